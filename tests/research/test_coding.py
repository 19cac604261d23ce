"""Codes and highlights: made, changed, merged, split and given back; suggestions accepted and rejected."""

from typing import Any

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from tests.factories import exported, rows_of
from tests.research.conftest import mark, passage


def marks(engine: Engine, **wanted: str | None) -> list[tuple[str, str, str]]:
    return [
        (each["code"], each["coder"], each["quote"])
        for each in engine.highlights(WORKSPACE, "S1", **wanted)["highlights"]
    ]


def names(engine: Engine) -> list[tuple[int, str, int]]:
    return [(code["level"], code["name"], code["highlights"]) for code in engine.codes(WORKSPACE, "S1")["codes"]]


def test_a_codebook_is_a_hierarchy(coded: Engine) -> None:
    assert names(coded) == [(0, "Trouble", 0), (1, "Slow calendar", 2), (1, "Stuck upload", 2), (0, "Way round", 1)]


def test_a_highlight_holds_the_words_to_the_letter(coded: Engine) -> None:
    texts = {row["document_id"]: row["text"] for row in exported(coded, "documents")}
    for each in coded.highlights(WORKSPACE, "S1")["highlights"]:
        assert texts[each["document_id"]][each["start"] : each["end"]] == each["quote"]
        assert each["role"] == "participant"
        assert each["begins"] is not None


def test_a_question_ahead_of_an_answer_is_context_of_who_answers(coded: Engine) -> None:
    span = passage(coded, "What do you do about it?")
    end = passage(coded, "I print the plan")["end"]
    both = coded.add_highlight(WORKSPACE, "Bo", {**span, "end": end, "code_id": "C4"})
    asked = coded.add_highlight(WORKSPACE, "Bo", {**span, "code_id": "C4"})
    assert (both["speaker"], both["role"]) == ("S1-P2", "participant")
    assert asked["role"] == "interviewer"
    assert both["begins"] == asked["begins"]


def test_blanks_at_its_ends_are_no_part_of_a_highlight_and_the_same_one_is_made_once(coded: Engine) -> None:
    span = passage(coded, "I print the plan on paper the evening before")
    again = coded.add_highlight(WORKSPACE, "Ann", {**span, "code_id": "C4", "end": span["end"]})
    assert len(marks(coded)) == 5
    other = coded.add_highlight(WORKSPACE, "Bo", {**span, "code_id": "C4", "start": span["start"] - 1})
    assert (other["quote"], other["coder"]) == (again["quote"], "Bo")


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"start": 5, "end": 5}, BadInput, "not within the text"),
        ({"start": -1, "end": 5}, BadInput, "not within the text"),
        ({"start": 0, "end": 99_999}, BadInput, "not within the text"),
        ({"code_id": "C99"}, NotFound, "There is no code C99"),
        ({"document_id": "dnone"}, NotFound, "There is no document dnone"),
    ],
)
def test_what_cannot_be_a_highlight_is_refused(
    coded: Engine, wanted: dict[str, Any], error: type[Exception], said: str
) -> None:
    span = passage(coded, "I print the plan")
    with pytest.raises(error, match=said):
        coded.add_highlight(WORKSPACE, "Ann", {**span, "code_id": "C4", **wanted})


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"name": " "}, BadInput, "1 to 200"),
        ({"name": "trouble"}, Conflict, "here already"),
        ({"name": "x", "parent_id": "C99"}, BadInput, "no code C99"),
        ({"name": "x", "color": "red"}, BadInput, "#3366cc"),
        ({"name": "x", "examples": ["e"] * 21}, BadInput, "at most 20"),
    ],
)
def test_what_cannot_be_a_code_is_refused(
    coded: Engine, wanted: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        coded.add_code(WORKSPACE, "S1", "Ann", wanted)


def test_a_code_cannot_stand_below_itself(coded: Engine) -> None:
    with pytest.raises(BadInput, match="below itself"):
        coded.change_code(WORKSPACE, "C1", {"parent_id": "C2"})


def test_codes_merge_and_come_back(coded: Engine) -> None:
    mark(coded, "C3", "it takes forever to load on my old phone")  # the same span, which C2 has too
    before, held = names(coded), marks(coded)
    merged = coded.merge_codes(WORKSPACE, "Ann", ["C2"], "C3")
    assert names(coded) == [(0, "Trouble", 0), (1, "Stuck upload", 4), (0, "Way round", 1)]
    coded.undo_coding(WORKSPACE, merged["change"])
    assert names(coded) == before
    assert sorted(marks(coded)) == sorted(held)
    with pytest.raises(Conflict, match="undone already"):
        coded.undo_coding(WORKSPACE, merged["change"])


def test_a_code_merged_with_the_one_above_it_takes_its_place(coded: Engine) -> None:
    before = names(coded)
    merged = coded.merge_codes(WORKSPACE, "Ann", ["C1", "C4"], "C2")
    assert names(coded) == [(0, "Slow calendar", 3), (1, "Stuck upload", 2)]
    coded.undo_coding(WORKSPACE, merged["change"])
    assert names(coded) == before


def test_a_code_is_split_and_made_whole_again(coded: Engine) -> None:
    before = names(coded)
    chosen = [each["id"] for each in coded.highlights(WORKSPACE, "S1", code="C3")["highlights"]][:1]
    split = coded.split_code(WORKSPACE, "Ann", "C3", "Stuck in the morning", chosen)
    assert (1, "Stuck in the morning", 1) in names(coded)
    assert split["code"]["parent_id"] == "C1"
    coded.undo_coding(WORKSPACE, split["change"])
    assert names(coded) == before


def test_a_deleted_code_lifts_what_is_below_it_and_comes_back(coded: Engine) -> None:
    before = names(coded)
    change = coded.delete_code(WORKSPACE, "Ann", "C1")["change"]
    assert names(coded) == [(0, "Slow calendar", 2), (0, "Stuck upload", 2), (0, "Way round", 1)]
    coded.undo_coding(WORKSPACE, change)
    assert names(coded) == before


def test_the_machine_suggests_marks_as_its_own_and_people_decide(coded: Engine) -> None:
    assert coded.suggest_highlights(WORKSPACE, "S1")["suggested"] >= 1
    suggested = coded.highlights(WORKSPACE, "S1", state="suggested")["highlights"]
    assert {(each["origin"], each["coder"]) for each in suggested} == {("machine", "machine")}
    assert len(marks(coded)) == 5  # none of them counts as coded
    first, *others = suggested
    coded.change_highlight(WORKSPACE, "Ann", first["id"], {"state": "accepted"})
    assert coded.highlight(WORKSPACE, first["id"])["coder"] == "Ann"
    for each in others:
        coded.change_highlight(WORKSPACE, "Ann", each["id"], {"state": "rejected"})
    again = coded.suggest_highlights(WORKSPACE, "S1")["suggested"]
    rejected = {(each["code_id"], each["start"]) for each in others}
    left = coded.highlights(WORKSPACE, "S1", state="suggested")["highlights"]
    assert len(left) == again
    assert not {(each["code_id"], each["start"]) for each in left} & rejected


def test_a_highlight_of_a_person_is_deleted_not_rejected(coded: Engine) -> None:
    first = coded.highlights(WORKSPACE, "S1")["highlights"][0]
    with pytest.raises(Conflict, match="delete it instead"):
        coded.change_highlight(WORKSPACE, "Ann", first["id"], {"state": "rejected"})
    coded.delete_highlight(WORKSPACE, first["id"])
    assert len(marks(coded)) == 4


def test_an_empty_codebook_suggests_nothing(talked: Engine) -> None:
    with pytest.raises(BadInput, match="codebook is empty"):
        talked.suggest_highlights(WORKSPACE, "S1")


def test_erasing_a_participant_takes_their_highlights(coded: Engine) -> None:
    coded.erase(WORKSPACE, "Ann", "person", "Erika Muster")
    coded.drain()
    assert len(marks(coded)) == 3
    assert rows_of(coded, "SELECT pseudonym FROM participants ORDER BY 1") == [("P2",), ("P3",)]


def test_a_code_goes_with_a_theme_and_the_theme_shows_it(coded: Engine) -> None:
    theme = coded.themes(WORKSPACE)["themes"]
    if not theme:
        coded.create_themes(
            WORKSPACE, "Ann", [{"name": "Calendar", "examples": ["The calendar takes forever to load"]}]
        )
        coded.drain()
        theme = coded.themes(WORKSPACE)["themes"]
    id = theme[0]["id"]
    assert coded.findings_of_theme(WORKSPACE, id) == []
    coded.change_code(WORKSPACE, "C1", {"theme_id": id})
    (found,) = coded.findings_of_theme(WORKSPACE, id)
    assert (found["study"], found["code"], found["participants"], found["of"]) == ("Field day", "Trouble", 3, 3)
    with pytest.raises(NotFound, match="no theme T99"):
        coded.change_code(WORKSPACE, "C1", {"theme_id": "T99"})
    assert coded.code(WORKSPACE, "C1")["theme_id"] == id
