"""Within a transcript a turn is found by what is said around it."""

from pathlib import Path

from synth.engine import WORKSPACE, Engine
from synth.model import Condition, Filters
from tests.factories import exported, take_in, write_transcript

TURNS = [
    ("Ana", "We drew cats on the whiteboard all morning long."),
    ("Ben", "The battery of the remote control is empty after a day."),
    ("Ana", "Yeah."),
    ("Ben", "A battery should last for a year in such a remote control."),
    *[
        ("Ana" if number % 2 else "Ben", f"Something else about marketing plan number {number}.")
        for number in range(40)
    ],
    ("Ana", "Yeah."),
]


def test_a_nod_is_found_where_it_answers_and_not_elsewhere(engine: Engine, tmp_path: Path) -> None:
    take_in(engine, write_transcript(tmp_path / "talk.vtt", TURNS), kind="research")
    (document,) = exported(engine, "documents")
    within = Filters(where=(Condition("document", document["document_id"]),))
    found = engine.search(WORKSPACE, "battery of the remote control", within, limit=len(TURNS))["results"]
    nods = [place for place, row in enumerate(found) if row["text"] == "Yeah."]
    assert len(nods) == 2
    assert found[nods[0]]["start"] < found[nods[1]]["start"]
    assert nods[0] < 6 < nods[1]


def test_feedback_without_turns_is_found_by_its_own_words(engine: Engine, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("The battery is empty after a day.\n\nThe colour of the case is a bright yellow.\n", "utf-8")
    take_in(engine, path, kind="research")
    (document,) = exported(engine, "documents")
    within = Filters(where=(Condition("document", document["document_id"]),))
    (result, *_) = engine.search(WORKSPACE, "battery empty", within)["results"]
    assert result["score"] >= result["similarity"]
