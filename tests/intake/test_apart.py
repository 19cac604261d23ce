"""A document is parsed in a process of its own: what it read comes back whole, and what breaks it breaks only it."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import UnreadableFile
from synth.intake import apart
from synth.intake.apart import read_apart
from synth.intake.formats import read_file
from synth.model import ParsedDocument, Refusal, Turn
from tests.factories import take_bytes

TALK = (
    "<!DOCTYPE html><html><body><p>Date: 2026-11-03</p><p>Interviewer: How does your day begin?</p>"
    "<p>Participant: With coffee – and the calendar.</p></body></html>"
)


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "talk.html"
    path.write_text(TALK, "utf-8")
    return path


def test_what_a_child_read_is_what_is_read_here(page: Path) -> None:
    options = {"kind": "research", "interviewers": ("Mara",), "mapping": {}, "hidden": (), "timezone": "UTC"}
    assert list(read_apart(page, name="talk.html", options=options)) == list(read_file(page, **options))


@pytest.mark.parametrize(
    "row",
    [
        Refusal(3, "no text"),
        ParsedDocument("word 🐈", 1, created_at=datetime(2026, 1, 2, tzinfo=UTC), attributes={"a": 1.5, "b": True}),
        ParsedDocument("I: x\nP: y", 2, turns=(Turn(3, 4, "I", "interviewer", 0.5, None, 7), Turn(8, 9, "P"))),
    ],
)
def test_a_row_survives_the_way(row: ParsedDocument | Refusal) -> None:
    assert apart._row(apart._written(row)) == row


def test_a_file_that_takes_too_long_is_given_up(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(apart, "SECONDS", 0.05)
    monkeypatch.setattr(apart, "SECONDS_PER_MB", 0.0)
    with pytest.raises(UnreadableFile, match=r"talk\.html takes too long to read"):
        list(read_apart(page, name="talk.html", options={}))


def test_a_file_that_needs_too_much_memory_is_given_up(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page.write_text(f"<html><body>{'<b>x</b>' * (1 << 20)}</body></html>", "utf-8")
    monkeypatch.setattr(apart, "MEMORY", 300 << 20)
    with pytest.raises(UnreadableFile, match=r"talk\.html (needs more memory|cannot be read|is damaged)"):
        list(read_apart(page, name="talk.html", options={}))


def test_a_child_sees_no_setting_of_ours(page: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SYNTH_LLM_KEY", "secret")
    assert "SYNTH_LLM_KEY" not in apart._environment("/tmp")
    assert list(read_apart(page, name="talk.html", options={}))


def test_a_broken_document_is_refused_and_the_next_one_is_taken(engine: Engine) -> None:
    broken = take_bytes(engine, b"%PDF-1.4\nnothing that is one", "broken.pdf", kind="research")
    assert (broken.taken, broken.refused) == (0, 1)
    taken = take_bytes(engine, TALK.encode(), "talk.html", kind="research")
    assert taken.taken == 1
    assert not engine.jobs(WORKSPACE, "dead").rows
