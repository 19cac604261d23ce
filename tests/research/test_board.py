"""The affinity board: it begins as the codes are, keeps what people move, gives it back, and a lane becomes a code."""

from typing import Any

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from tests.factories import rows_of
from tests.research.conftest import mark

FAR, SLOW = "it takes forever to load on my old phone", "The calendar takes forever to load before the first visit."
STUCK, PHOTO = "the upload is stuck every single morning", "The photo upload is stuck"
PAPER = "I print the plan on paper the evening before"


def lanes(engine: Engine) -> dict[str, list[str]]:
    shown = engine.board(WORKSPACE, "S1")["lanes"]
    return {lane["name"]: [card["note"] or card["quote"] for card in lane["cards"]] for lane in shown}


def card(engine: Engine, words: str) -> str:
    cards = [each for lane in engine.board(WORKSPACE, "S1")["lanes"] for each in lane["cards"]]
    return str(next(each["id"] for each in cards if words in (each["note"], each["quote"])))


def do(engine: Engine, what: str, **wanted: Any) -> None:
    engine.change_board(WORKSPACE, "S1", "Ann", {"do": what, **wanted})


AS_CODED = {"Slow calendar": [FAR, SLOW], "Stuck upload": [STUCK, PHOTO], "Way round": [PAPER], "Not placed": []}


def test_a_board_begins_as_the_codes_are(coded: Engine) -> None:
    mark(coded, "C4", FAR, "Bo")
    assert lanes(coded) == AS_CODED
    board = coded.board(WORKSPACE, "S1")
    first = board["lanes"][0]["cards"][0]
    assert (first["codes"], first["coders"], board["changes"]) == (["C2", "C4"], ["Ann", "Bo"], 0)


def test_cards_are_put_where_people_want_them_and_every_step_is_undone(coded: Engine) -> None:
    seen = [lanes(coded)]
    for what, wanted in (
        ("add_lane", {"name": "Mornings"}),
        ("move_cards", {"cards": [card(coded, STUCK), card(coded, SLOW)], "lane": "L1"}),
        ("move_cards", {"cards": [card(coded, PAPER)], "lane": "L1", "before": card(coded, SLOW)}),
        ("move_cards", {"cards": [card(coded, FAR)], "lane": "rest"}),
        ("rename_lane", {"lane": "L1", "name": "Before work"}),
        ("move_lane", {"lane": "L1", "by": -1}),
        ("add_note", {"lane": "L1", "text": "all before eight?"}),
        ("remove_lane", {"lane": "C3"}),
        ("remove_note", {"note": "N2"}),
    ):
        do(coded, what, **wanted)
        seen.append(lanes(coded))
    assert list(seen[-1]) == ["Slow calendar", "Before work", "Way round", "Not placed"]
    assert seen[-1] == {
        "Slow calendar": [],
        "Before work": [STUCK, PAPER, SLOW],
        "Way round": [],
        "Not placed": [FAR, PHOTO],
    }
    assert seen[-2]["Before work"] == [STUCK, PAPER, SLOW, "all before eight?"]
    while len(seen) > 1:
        assert lanes(coded) == seen.pop()
        do(coded, "undo")
    assert lanes(coded) == AS_CODED
    with pytest.raises(Conflict, match="nothing on this board to undo"):
        do(coded, "undo")


def test_what_is_marked_later_joins_the_lane_of_its_code(coded: Engine) -> None:
    do(coded, "move_cards", cards=[card(coded, SLOW)], lane="C4")
    mark(coded, "C3", "I send pictures by messenger", "Bo")
    assert lanes(coded)["Stuck upload"] == [STUCK, PHOTO, "I send pictures by messenger"]
    assert lanes(coded)["Way round"] == [PAPER, SLOW]


def test_a_lane_becomes_a_code_with_its_cards_as_highlights_and_back(coded: Engine) -> None:
    do(coded, "add_lane", name="Mornings")
    do(coded, "move_cards", cards=[card(coded, STUCK), card(coded, PAPER)], lane="L1")
    do(coded, "make_code", lane="L1")
    (made,) = [code for code in coded.codes(WORKSPACE, "S1")["codes"] if code["name"] == "Mornings"]
    assert made["highlights"] == 2
    assert lanes(coded)["Mornings"] == [STUCK, PAPER]
    with pytest.raises(Conflict, match="is a code already"):
        do(coded, "make_code", lane="L1")
    with pytest.raises(Conflict, match="in the codebook"):
        do(coded, "rename_lane", lane="L1", name="x")
    do(coded, "undo")
    assert "Mornings" not in {code["name"] for code in coded.codes(WORKSPACE, "S1")["codes"]}
    assert lanes(coded)["Mornings"] == [STUCK, PAPER]


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"do": "dance"}, BadInput, "nothing that can be done"),
        ({"do": "add_lane", "name": " "}, BadInput, "1 to 200"),
        ({"do": "rename_lane", "lane": "L9", "name": "x"}, NotFound, "no lane L9"),
        ({"do": "move_cards", "cards": [], "lane": "C2"}, BadInput, "Choose at least one"),
        ({"do": "move_cards", "cards": ["x:1-2"], "lane": "C2"}, NotFound, "no card x:1-2"),
        ({"do": "add_note", "lane": "C2", "text": ""}, BadInput, "1 to 2,000"),
        ({"do": "make_code", "lane": "rest"}, BadInput, "not placed"),
    ],
)
def test_what_cannot_be_done_changes_nothing(
    coded: Engine, wanted: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        coded.change_board(WORKSPACE, "S1", "Ann", wanted)
    assert rows_of(coded, "SELECT layout FROM boards") == []


def test_notes_are_for_researchers(coded: Engine) -> None:
    do(coded, "add_note", lane="C4", text=f"She says “{STUCK}” twice")
    seen = {lane["name"]: lane["cards"] for lane in coded.for_everybody().board(WORKSPACE, "S1")["lanes"]}
    assert STUCK not in str(seen)
    assert lanes(coded)["Way round"] == [PAPER, f"She says “{STUCK}” twice"]


def test_erasing_a_participant_takes_their_cards_and_notes_that_quote_them(coded: Engine) -> None:
    do(coded, "add_note", lane="C4", text=f"She says “{STUCK}” twice")
    do(coded, "add_note", lane="C4", text="ask the others")
    coded.erase(WORKSPACE, "Ann", "person", "Erika Muster")
    coded.drain()
    assert STUCK not in str(rows_of(coded, "SELECT layout, past FROM boards"))
    assert lanes(coded)["Slow calendar"] == [SLOW]
    assert "ask the others" in lanes(coded)["Way round"]
