"""Retention: what is older than its source or study is kept is erased, and nothing else."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput, NotFound
from synth.settings import Settings
from tests.factories import exported, new_home, take_in, take_rows, write_transcript

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def dated(tmp_path: Path) -> Iterator[Engine]:
    """Two old and two new messages of one source, and an old one of another."""
    home = new_home(tmp_path / "home")
    engine = open_engine(Settings(home=home), embedder=HashingEmbedder(), clock=lambda: NOW)
    rows = [
        {"id": f"r{number}", "text": f"The photo upload is stuck, case {number}", "date": day}
        for number, day in enumerate(("2026-08-01", "2026-10-27", "2026-10-29", "2026-11-20"))
    ]
    take_rows(engine, rows, name="tickets.csv")
    take_rows(engine, [{**rows[0], "id": "x"}], name="reviews.csv")
    yield engine
    engine.close()


def tend(engine: Engine) -> list[str]:
    engine.tend(WORKSPACE)
    engine.drain()
    return sorted(str(row["external_id"]) for row in exported(engine, "documents"))


def test_nothing_goes_unless_it_was_said_how_long_it_is_kept(dated: Engine) -> None:
    assert tend(dated) == ["r0", "r1", "r2", "r3", "x"]
    assert [row["keep_days"] for row in dated.retention(WORKSPACE)["sources"]] == [None, None]


def test_what_is_older_goes_with_a_receipt_and_once(dated: Engine) -> None:
    dated.retain(WORKSPACE, "tickets", 30)
    assert tend(dated) == ["r2", "r3", "x"]
    (receipt,) = dated.erasures(WORKSPACE)["erasures"]
    assert (receipt["kind"], receipt["state"], receipt["actor"]) == ("expired", "done", "retention")
    assert receipt["receipt"]["rows"]["documents"] == 2
    assert receipt["receipt"]["proof"]["found_in"] == []
    assert tend(dated) == ["r2", "r3", "x"]
    assert len(dated.erasures(WORKSPACE)["erasures"]) == 1
    dated.retain(WORKSPACE, "tickets", None)
    assert dated.retention(WORKSPACE)["sources"][1]["keep_days"] is None


def test_a_source_of_which_all_is_over_is_still_kept_that_long(dated: Engine) -> None:
    dated.retain(WORKSPACE, "reviews", 30)
    assert tend(dated) == ["r0", "r1", "r2", "r3"]
    take_rows(dated, [{"id": "y", "text": "The photo upload is stuck again", "date": "2026-08-02"}], name="reviews.csv")
    assert tend(dated) == ["r0", "r1", "r2", "r3"]


def test_a_source_that_an_erasure_of_something_else_empties_is_still_kept_that_long(dated: Engine) -> None:
    dated.retain(WORKSPACE, "reviews", 30)
    (only,) = [row["document_id"] for row in exported(dated, "documents") if row["source"] == "reviews"]
    dated.erase(WORKSPACE, "Ann", "document", str(only))
    dated.drain()
    assert {row["source"]: row["keep_days"] for row in dated.retention(WORKSPACE)["sources"]} == {
        "reviews": 30,
        "tickets": None,
    }


def test_a_source_that_is_empty_goes_where_nobody_set_anything_or_it_is_called_after_who_was_erased(
    dated: Engine,
) -> None:
    written = {"text": "The photo upload is stuck for me", "date": "2026-11-20", "author": "Ida Zaunkönig"}
    for name in ("letters.csv", "from ida.csv", "suggested.csv"):
        take_rows(dated, [{**written, "id": name}], name=name)
    dated.retain(WORKSPACE, "from ida", 30)
    dated.set_redaction(WORKSPACE, "suggested", "suggest")
    dated.erase(WORKSPACE, "Ann", "person", "Ida Zaunkönig")
    dated.drain()
    assert [row["source"] for row in dated.retention(WORKSPACE)["sources"]] == ["reviews", "suggested", "tickets"]
    dated.erase(WORKSPACE, "Ann", "source", "suggested")
    dated.drain()
    assert [row["source"] for row in dated.retention(WORKSPACE)["sources"]] == ["reviews", "tickets"]


def test_the_time_of_a_study_holds_for_its_interviews(dated: Engine, tmp_path: Path) -> None:
    turns = (("Mara (Moderator)", "What is slow?"), ("Otto Kern", "The calendar is slow in my garage."))
    path = write_transcript(tmp_path / "2026-08-02 talk.vtt", turns)
    take_in(dated, path, kind="research", study="Mornings", interviewers=("Mara",))
    dated.change_study(WORKSPACE, "S1", {"keep_days": 365})
    assert len(tend(dated)) == 6
    dated.change_study(WORKSPACE, "S1", {"keep_days": 30})
    assert len(tend(dated)) == 5


@pytest.mark.parametrize(("source", "days", "error"), [("none", 5, NotFound), ("tickets", 0, BadInput)])
def test_what_cannot_be_kept_is_refused(dated: Engine, source: str, days: int, error: type[Exception]) -> None:
    with pytest.raises(error):
        dated.retain(WORKSPACE, source, days)
