"""Names of any length: files bring them, and databases have an end to what they index."""

import json
import random
import string
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, open_engine
from synth.model import Condition, Filters
from synth.settings import Settings
from synth.store import tables
from synth.store.attributes import LONGEST, key_of
from synth.store.conditions import conditions_of_documents
from synth.store.walls import within
from tests.databases import database_url
from tests.factories import take_bytes

FIELDS = ("author", "account", "segment", "plan", "source", "id", "title", "url", "language", "rating", "browser")


def _long(characters: int, seed: int) -> str:
    """What cannot be compressed: databases compress what they index."""
    return "".join(random.Random(seed).choices(string.ascii_letters + string.digits, k=characters))


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_file_of_long_names_is_taken_in(kind: str, needs: Callable[[str], None], tmp_path: Path) -> None:
    column, other = (_long(3_000, seed) for seed in (1, 2))
    rows = [
        {"id": f"{field} 1", "text": f"The photo upload gets stuck, {field}.", field: _long(9_000, seed)}
        for seed, field in enumerate(FIELDS)
    ]
    rows += [{"id": "last", "text": "Calendar sync fails.", column: "yes", column[:LONGEST] + other: "no"}]
    content = "\n".join(json.dumps(row) for row in rows).encode()
    with database_url(kind, tmp_path, needs) as url, within(WORKSPACE):
        engine = open_engine(Settings(home=tmp_path / "home", database_url=url), embedder=HashingEmbedder())
        state = take_bytes(engine, content, "long.jsonl")
        assert (state.finished, state.taken) == (True, len(rows))
        for name, value, found in ((column, "yes", 1), (column, "no", 0), (column[:LONGEST] + other, "no", 1)):
            asked = Filters(where=(Condition(name, value),))
            with engine.parts.database.read() as session:
                query = select(tables.Document.id).where(*conditions_of_documents(WORKSPACE, asked))
                assert len(session.scalars(query).all()) == found
        assert engine.filters(where=[f"{column}=yes"]) == Filters(where=(Condition(column, "yes"),))
        engine.close()


def test_a_long_name_is_indexed_under_one_that_no_other_has() -> None:
    long, longer = "a" * LONGEST, "a" * (LONGEST + 1)
    assert key_of(long) == long
    assert len(key_of(longer)) == LONGEST
    assert key_of(key_of(longer)) == key_of(longer)
    assert key_of(longer) != key_of(longer + "a")
