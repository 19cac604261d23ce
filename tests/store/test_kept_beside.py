"""What is written twice so that it is found at once says the same twice, whatever happens to the feedback."""

import json

import pytest

from synth.engine import WORKSPACE, Engine
from synth.store.attributes import LONGEST, attribute_rows
from tests.factories import rows_of, take_rows, value_of

ASTRAY = """
    SELECT count(*) FROM assignments LEFT JOIN excerpts ON excerpts.id = assignments.excerpt_id
    WHERE excerpts.document_id IS NULL OR excerpts.document_id != assignments.document_id"""
COLUMNS = ("document_id", "key", "workspace_id", "value", "folded")


def expect_alike(engine: Engine) -> int:
    """The number of attributes, once they and the documents of the assignments were found to be right."""
    assert value_of(engine, "SELECT count(*) FROM assignments")
    assert value_of(engine, ASTRAY) == 0
    documents = rows_of(engine, "SELECT id, CAST(attributes AS TEXT) FROM documents")
    told = [row for id, written in documents for row in attribute_rows(WORKSPACE, id, json.loads(written))]
    kept = rows_of(engine, f"SELECT {', '.join(COLUMNS)} FROM document_attributes")
    assert sorted(tuple(row) for row in kept) == sorted(tuple(row[name] for name in COLUMNS) for row in told)
    return len(told)


def test_documents_of_assignments_and_attributes_stay_right(told: Engine) -> None:
    before = expect_alike(told)
    common = {"author": "Quentin", "date": "2026-11-12", "text": "The photo upload gets stuck near the van. " * 9}
    take_rows(told, [{"id": f"Q{n}", "Truck": "Ünimog", "Note": "long " * 45, **common} for n in range(3)])
    assert expect_alike(told) == before + 6
    found = told.documents(WORKSPACE, told.filters(where=["Truck=ünimog"]))
    assert len(found.rows) == 3
    assert len(told.documents(WORKSPACE, told.filters(where=[f"Note={'long ' * 45}"])).rows) == 3
    for wanted in ({"kind": "merge", "themes": ["T2"], "into": "T1"}, {"kind": "split", "theme": "T1", "words": ["2"]}):
        told.decide(WORKSPACE, "Ann", wanted)
        expect_alike(told)
    told.undo(WORKSPACE, "Ann", "D2")
    told.undo(WORKSPACE, "Ann", "D1")
    told.discover(WORKSPACE)
    told.drain()
    expect_alike(told)
    told.erase(WORKSPACE, "Ann", "person", "Quentin", "asked for")
    told.drain()
    assert expect_alike(told) == before


@pytest.mark.parametrize("value", ["Email", 12.0, True, "x" * (LONGEST + 1)])
def test_an_attribute_is_kept_as_filters_write_it(value: str | float | bool) -> None:
    (row,) = attribute_rows("w", "d", {"key": value, "nothing": None})
    assert row["folded"] == row["value"].lower()
    assert row["value"] == {"Email": "Email", 12.0: "12.0", True: "true"}.get(value, "x" * LONGEST)
