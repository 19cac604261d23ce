"""Agreement worked by hand, and by the study's own highlights."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from synth.research.measures import cohen_kappa, krippendorff_alpha
from tests.research.conftest import mark

YES, NO = True, False


class Counting(HashingEmbedder):
    """An embedder that counts the texts it is handed."""

    texts = 0

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.texts += len(texts)
        return super().embed(texts)


def test_kappa_by_hand() -> None:
    one, other = [YES] * 20 + [YES] * 5 + [NO] * 10 + [NO] * 15, [YES] * 20 + [NO] * 5 + [YES] * 10 + [NO] * 15
    assert cohen_kappa(one, other) == pytest.approx(0.4)  # the textbook's table of 20, 5, 10 and 15
    assert cohen_kappa([YES, NO], [YES, NO]) == 1
    assert cohen_kappa([NO, NO], [NO, NO]) is None


def test_alpha_by_hand() -> None:
    # Krippendorff 2011, two observers, binary data: 10 units, alpha = 0.095
    one = [NO, YES, NO, NO, NO, NO, NO, NO, YES, NO]
    other = [YES, YES, YES, NO, NO, YES, NO, NO, NO, NO]
    assert krippendorff_alpha([one, other]) == pytest.approx(0.095, abs=0.001)
    assert krippendorff_alpha([[YES, None], [None, NO]]) is None
    assert krippendorff_alpha([[YES, NO, None], [YES, NO, YES], [None, NO, YES]]) == 1


def test_two_coders_of_a_study_are_compared_where_both_have_marked(coded: Engine) -> None:
    assert coded.agreement(WORKSPACE, "S1")["documents"] == 0
    mark(coded, "C2", "it takes forever to load on my old phone", "Bo")
    mark(coded, "C4", "the upload is stuck every single morning", "Bo")
    found = coded.agreement(WORKSPACE, "S1")
    assert (found["coders"], found["documents"], found["units"]) == (["Ann", "Bo"], 1, 2)
    by_code = {row["code"]: row["alpha"]["value"] for row in found["codes"]}
    assert by_code["Slow calendar"] == 1
    assert by_code["Stuck upload"] == 0
    assert found["pairs"][0]["coders"] == ["Ann", "Bo"]
    low, value, high = (found["alpha"][name] for name in ("low", "value", "high"))
    assert low <= value <= high


def test_the_machine_is_judged_by_what_people_did_with_its_suggestions(coded: Engine) -> None:
    coded.suggest_highlights(WORKSPACE, "S1")
    suggested = coded.highlights(WORKSPACE, "S1", state="suggested")["highlights"]
    coded.change_highlight(WORKSPACE, "Ann", suggested[0]["id"], {"state": "accepted"})
    machine = coded.agreement(WORKSPACE, "S1")["machine"]
    assert (machine["judged"], machine["accepted"], machine["share"]) == (1, 1, 1.0)
    assert machine["waiting"] == len(suggested) - 1
    assert machine["low"] < 0.5


def test_the_machine_is_a_coder_where_people_coded_without_it(coded: Engine) -> None:
    found = coded.machine_agreement(WORKSPACE, "S1")
    assert (found["documents"], found["units"], found["with_suggestions"]) == (3, 6, 0)
    by_code = {row["code"]: row for row in found["codes"]}
    assert (by_code["Slow calendar"]["people"], by_code["Way round"]["people"]) == (2, 1)
    assert by_code["Slow calendar"]["kappa"]["value"] > 0  # each interview's calendar is known from the other's
    assert found["kappa"]["low"] <= found["kappa"]["value"] <= found["kappa"]["high"]
    assert found["pairs"] == [{"coder": "Ann", "kappa": found["kappa"]}]


def test_what_the_machine_says_of_an_interview_knows_nothing_of_its_coding(coded: Engine) -> None:
    before = coded.machine_agreement(WORKSPACE, "S1")
    coded.change_code(WORKSPACE, "C4", {"examples": ["I print the plan on paper the evening before"]})
    after = coded.machine_agreement(WORKSPACE, "S1")  # the example stands in the interview it was coded in
    assert [row["machine"] for row in after["codes"]] == [row["machine"] for row in before["codes"]]


def test_it_is_measured_anew_only_where_the_coding_has_changed(coded: Engine) -> None:
    counted = Counting()
    coded.parts = replace(coded.parts, embedder=counted)
    first = coded.machine_agreement(WORKSPACE, "S1")
    embedded = counted.texts
    assert coded.machine_agreement(WORKSPACE, "S1") == first
    assert counted.texts == embedded > 0
    mark(coded, "C2", "I print the plan on paper")
    assert coded.machine_agreement(WORKSPACE, "S1") != first
    assert counted.texts > embedded


def test_what_was_coded_with_suggestions_in_view_is_no_agreement(coded: Engine) -> None:
    coded.suggest_highlights(WORKSPACE, "S1")
    assert coded.machine_agreement(WORKSPACE, "S1")["documents"] == 3  # all was coded before
    suggested = coded.highlights(WORKSPACE, "S1", state="suggested")["highlights"][0]
    coded.change_highlight(WORKSPACE, "Ann", suggested["id"], {"state": "rejected"})
    coded.suggest_highlights(WORKSPACE, "S1")  # made anew, they are as old as the first
    coded.add_highlight(WORKSPACE, "Ann", {**suggested, "memo": "seen"})
    found = coded.machine_agreement(WORKSPACE, "S1")
    assert (found["documents"], found["with_suggestions"]) == (2, 1)
