"""Studies: what is written about them, who took part, what they found."""

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound


def test_a_study_is_begun_by_its_first_interview_and_written_about(talked: Engine) -> None:
    (study,) = talked.studies(WORKSPACE)["studies"]
    assert (study["id"], study["name"], study["interviews"], study["participants"]) == ("S1", "Field day", 3, 3)
    changed = talked.change_study(
        WORKSPACE, "S1", {"question": "How do days begin?", "method": "interviews", "keep_days": 365}
    )
    assert (changed["question"], changed["keep_days"], changed["state"]) == ("How do days begin?", 365, "open")
    assert [document["participants"] for document in changed["documents"]] == [["S1-P1"], ["S1-P2"], ["S1-P3"]]


def test_a_study_renamed_keeps_its_interviews(talked: Engine) -> None:
    talked.change_study(WORKSPACE, "S1", {"name": "Mornings"})
    assert len(talked.study(WORKSPACE, "S1")["documents"]) == 3
    assert talked.studies(WORKSPACE)["studies"][0]["name"] == "Mornings"


def test_names_are_shown_to_nobody_who_does_not_ask_for_them(talked: Engine) -> None:
    shown = talked.participants(WORKSPACE, "S1", named=False)["participants"]
    assert [row["person"] for row in shown] == ["S1-P1", "S1-P2", "S1-P3"]
    assert all("name" not in row and row["documents"] == 1 for row in shown)
    named = talked.participants(WORKSPACE, "S1", named=True)["participants"]
    assert [row["name"] for row in named] == ["Erika Muster", "Jonas Kern", "Selma Ak"]


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"name": ""}, BadInput, "1 to 200 characters"),
        ({"name": "Field day"}, Conflict, "already"),
        ({"name": "New", "keep_days": 0}, BadInput, "1 to 36,500 days"),
        ({"name": "New", "state": "lost"}, BadInput, "no state of a study"),
        ({"name": "New", "question": "x" * 6000}, BadInput, "at most 5,000"),
    ],
)
def test_what_cannot_be_a_study_is_refused(
    talked: Engine, wanted: dict[str, object], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        talked.create_study(WORKSPACE, "Ann", wanted)
    assert len(talked.studies(WORKSPACE)["studies"]) == 1


def test_a_study_that_is_not_there_is_not_found(talked: Engine) -> None:
    with pytest.raises(NotFound, match="There is no study S9"):
        talked.study(WORKSPACE, "S9")


def test_findings_count_participants_and_codes_below_a_code(coded: Engine) -> None:
    found = coded.findings(WORKSPACE, "S1")
    by_code = {row["code"]: row for row in found["codes"]}
    assert (found["participants"], found["interviews"]) == (3, 3)
    assert {name: (row["participants"], row["highlights"]) for name, row in by_code.items()} == {
        "Trouble": (3, 4),
        "Slow calendar": (2, 2),
        "Stuck upload": (2, 2),
        "Way round": (1, 1),
    }
    quotes = by_code["Trouble"]["quotes"]
    assert len({quote["speaker"] for quote in quotes[:3]}) == 3
    assert all(quote["begins"] is not None for quote in quotes)


def test_saturation_counts_the_codes_each_interview_adds(coded: Engine) -> None:
    found = coded.findings(WORKSPACE, "S1")["saturation"]
    assert [(row["codes"], row["new_codes"], row["codes_so_far"]) for row in found] == [(2, 2, 2), (2, 1, 3), (1, 0, 3)]


def test_who_asks_is_put_right_and_is_no_evidence_from_then_on(talked: Engine) -> None:
    document = talked.study(WORKSPACE, "S1")["documents"][0]["document_id"]
    assert talked.ask(WORKSPACE, "What do people say about the calendar?").claims
    talked.set_role(WORKSPACE, document, "S1-P1", "interviewer")
    answer = talked.ask(WORKSPACE, "What do people say about the calendar?")
    assert "S1-P1" not in {citation.person for claim in answer.claims for citation in claim.citations}
    assert talked.study(WORKSPACE, "S1")["documents"][0]["participants"] == []
    talked.set_role(WORKSPACE, document, "S1-P1", "participant")
    talked.set_role(WORKSPACE, document, "Mara (Moderator)", "other")
    assert talked.study(WORKSPACE, "S1")["documents"][0]["participants"] == ["Mara (Moderator)", "S1-P1"]


@pytest.mark.parametrize(("speaker", "role", "error"), [("Nobody", "other", NotFound), ("S1-P1", "king", BadInput)])
def test_a_role_that_is_none_is_refused(talked: Engine, speaker: str, role: str, error: type[Exception]) -> None:
    document = talked.study(WORKSPACE, "S1")["documents"][0]["document_id"]
    with pytest.raises(error):
        talked.set_role(WORKSPACE, document, speaker, role)
