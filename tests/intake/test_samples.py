"""The interviews that come with the project, read as their truth file says."""

import hashlib
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from synth.intake.formats import read_file
from synth.model import ParsedDocument

FOLDER = Path(__file__).parents[2] / "samples" / "interviews"
TRUTH: dict[str, dict[str, Any]] = json.loads((FOLDER / "expected.json").read_text("utf-8"))["files"]


def read(name: str) -> ParsedDocument:
    (document,) = read_file(FOLDER / name, kind="research")
    assert isinstance(document, ParsedDocument)
    return document


def spoken(document: ParsedDocument) -> list[str]:
    return " ".join(document.text[turn.start : turn.end] for turn in document.turns).split()


@pytest.mark.parametrize("name", TRUTH)
def test_every_spoken_word_is_read_and_no_other(name: str) -> None:
    words = spoken(read(name))
    assert len(words) == TRUTH[name]["words"]
    assert hashlib.sha256(" ".join(words).encode()).hexdigest() == TRUTH[name]["spoken_sha256"]


@pytest.mark.parametrize("name", TRUTH)
def test_turns_have_the_right_speaker_and_role(name: str) -> None:
    found = Counter((turn.speaker, turn.role) for turn in read(name).turns)
    assert found == {(speaker["label"], speaker["role"]): speaker["turns"] for speaker in TRUTH[name]["speakers"]}


@pytest.mark.parametrize("name", TRUTH)
def test_time_codes_and_pages_are_kept(name: str) -> None:
    turns = read(name).turns
    if "first_turn_begins_s" in TRUTH[name]:
        assert turns[0].begins == pytest.approx(TRUTH[name]["first_turn_begins_s"])
        assert turns[-1].begins == pytest.approx(TRUTH[name]["last_turn_begins_s"])
    if "turns_beginning_on_page" in TRUTH[name]:
        pages = Counter(turn.page for turn in turns)
        assert [pages[number] for number in sorted(filter(None, pages))] == TRUTH[name]["turns_beginning_on_page"]


@pytest.mark.parametrize("name", TRUTH)
def test_the_day_of_the_interview_is_read(name: str) -> None:
    created_at = read(name).created_at
    assert created_at is not None
    assert created_at.date().isoformat() == TRUTH[name]["date"]
