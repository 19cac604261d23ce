"""A study of three interviews with a codebook, as two researchers coded it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from tests.factories import exported, open_home, take_in, write_transcript

STUDY = "Field day"
TALKS = (
    (
        ("Mara (Moderator)", "How does your day begin?"),
        ("Erika Muster", "I open the calendar and it takes forever to load on my old phone."),
        ("Mara (Moderator)", "And then?"),
        ("Erika Muster", "Then I upload photos of the site, and the upload is stuck every single morning."),
    ),
    (
        ("Mara (Moderator)", "How does your day begin?"),
        ("Jonas Kern", "With coffee. The calendar takes forever to load before the first visit."),
        ("Mara (Moderator)", "What do you do about it?"),
        ("Jonas Kern", "I print the plan on paper the evening before, so I need no phone at all."),
    ),
    (
        ("Mara (Moderator)", "How does your day begin?"),
        ("Selma Ak", "The photo upload is stuck, so I send pictures by messenger to the office."),
        ("Mara (Moderator)", "And the calendar?"),
        ("Selma Ak", "The calendar is fine for me, I never had trouble with it."),
    ),
)


def passage(engine: Engine, words: str) -> dict[str, Any]:
    """The document and span in which these words stand."""
    document = next(row for row in exported(engine, "documents") if words in row["text"])
    start = document["text"].index(words)
    return {"document_id": document["document_id"], "start": start, "end": start + len(words)}


def mark(engine: Engine, code: str, words: str, coder: str = "Ann") -> dict[str, Any]:
    """A highlight of these words."""
    return engine.add_highlight(WORKSPACE, coder, {**passage(engine, words), "code_id": code})


@pytest.fixture
def talked(tmp_path: Path) -> Iterator[Engine]:
    """The interviews, taken in as the study S1."""
    engine = open_home(tmp_path / "home", embedder=HashingEmbedder())
    for number, turns in enumerate(TALKS, start=1):
        path = write_transcript(tmp_path / f"talk {number}.vtt", turns)
        take_in(engine, path, kind="research", study=STUDY, interviewers=("Mara",))
    yield engine
    engine.close()


@pytest.fixture
def coded(talked: Engine) -> Engine:
    """The same with codes C1 Trouble, C2 Slow calendar and C3 Stuck upload in it, and C4 Way round."""
    add = talked.add_code
    add(WORKSPACE, "S1", "Ann", {"name": "Trouble"})
    add(
        WORKSPACE,
        "S1",
        "Ann",
        {"name": "Slow calendar", "parent_id": "C1", "definition": "The calendar takes long to load."},
    )
    add(WORKSPACE, "S1", "Ann", {"name": "Stuck upload", "parent_id": "C1", "examples": ["The upload is stuck"]})
    add(WORKSPACE, "S1", "Ann", {"name": "Way round", "memo": "What people do instead.", "color": "#aa3300"})
    mark(talked, "C2", "it takes forever to load on my old phone")
    mark(talked, "C3", "the upload is stuck every single morning")
    mark(talked, "C2", "The calendar takes forever to load before the first visit.")
    mark(talked, "C4", "I print the plan on paper the evening before")
    mark(talked, "C3", "The photo upload is stuck")
    return talked
