"""Small folders in the plain formats, written for a test."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain import write_rows

from eval.running import Task
from synth.embedding import HashingEmbedder

SUBJECTS = {
    "late": ("the parcel arrived late again", "delivery was delayed", "my parcel came too late", "late delivery"),
    "billing": ("the invoice shows a wrong amount", "I was billed twice", "wrong invoice amount", "double billing"),
    "login": ("cannot sign in with my password", "the login page rejects me", "password reset fails", "login fails"),
}
PLACES = ("in Berlin", "in Oslo", "at home", "on my phone", "since Monday", "this week", "for my team", "after it")


@pytest.fixture
def rows() -> list[dict[str, Any]]:
    """96 short messages on three subjects, each labelled; in the order of their ids the subjects are mixed."""
    return [
        {"id": f"r{number:03d}-{label}", "text": f"{text} {place}", "label": label, "source": "chat"}
        for number, (place, (label, text)) in enumerate(
            (place, (label, text)) for place in PLACES for label, texts in SUBJECTS.items() for text in texts
        )
    ]


@pytest.fixture
def folder(tmp_path: Path, rows: list[dict[str, Any]]) -> Path:
    """A folder with these rows as items.jsonl."""
    made = tmp_path / "messages"
    made.mkdir()
    write_rows(made / "items.jsonl", [{**row, "id": row["id"].partition("-")[0]} for row in rows])
    return made


@pytest.fixture
def make_task() -> Callable[..., Task]:
    """A task with the embedder that needs no model, and nothing said."""

    def make(folder: Path, **given: Any) -> Task:
        embedder = given.pop("embedder", None) or HashingEmbedder()
        return Task(folder, embedder, say=len, **given)

    return make
