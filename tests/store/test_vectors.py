"""Vectors in SQL and their index: exact search is right, and the index is brought up to SQL and kept there."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from synth.answers.retrieval import nearest
from synth.engine import WORKSPACE, Engine
from synth.store import tables
from synth.store.indexing import difference, is_behind, rebuild, reconcile
from synth.store.outbox import forget_vectors
from synth.store.stamp import note_vectors
from synth.store.vectors import Matrix, VectorStore
from tests.factories import feedback_rows, submit_file, take_rows, value_of, write_csv


def matrix_of(count: int, seed: int = 0) -> Matrix:
    vectors = np.random.default_rng(seed).normal(size=(count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Matrix(np.asarray([f"x{n:04d}" for n in range(count)], dtype=np.str_), vectors)


@given(st.integers(1, 300), st.integers(1, 40), st.integers(0, 5))
def test_the_nearest_are_those_a_full_sort_finds(count: int, k: int, seed: int) -> None:
    matrix = matrix_of(count, seed)
    query = matrix.vectors[0]
    found = matrix.nearest(query, k)
    scores = matrix.vectors @ query
    assert [score for _, score in found] == pytest.approx(sorted(scores, reverse=True)[:k])
    assert found[0][0] == "x0000"


@given(st.lists(st.integers(0, 60), max_size=30))
def test_a_search_within_some_excerpts_finds_only_those_that_have_a_vector(numbers: list[int]) -> None:
    matrix = matrix_of(40)
    within = {f"x{n:04d}" for n in numbers} | {"a", "zzz"}
    found = {id_ for id_, _ in matrix.nearest(matrix.vectors[3], 100, within=within)}
    assert found == within & set(matrix.ids.tolist())
    assert list(matrix.rows(within)) == sorted(n for n in set(numbers) if n < 40)


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_a_matrix_in_which_some_are_replaced_is_the_one_that_would_be_read(
    before: set[int], changed: set[int], there: set[int]
) -> None:
    def some(rows: set[int], seed: int) -> Matrix:
        picked = sorted(rows)
        return Matrix(matrix_of(41).ids[picked], matrix_of(41, seed).vectors[picked])

    found = some(before, 0).replaced([f"x{n:04d}" for n in changed], some(changed & there, 1))
    old, new = some(before - changed, 0), some(changed & there, 1)
    vectors = dict(zip([*old.ids, *new.ids], [*old.vectors, *new.vectors], strict=True))
    assert found.ids.tolist() == sorted(vectors)
    assert np.array_equal(found.vectors, np.asarray([vectors[id] for id in found.ids]).reshape(-1, 8))


def test_an_empty_matrix_finds_nothing() -> None:
    empty = Matrix(np.asarray([], dtype=np.str_), np.zeros((0, 8), dtype=np.float32))
    assert empty.nearest(np.ones(8, dtype=np.float32), 3) == []
    assert empty.nearest(np.ones(8, dtype=np.float32), 3, within={"x"}) == []
    assert len(empty.rows({"x"})) == 0


def test_a_matrix_is_read_anew_when_the_store_has_changed_and_only_then(engine: Engine) -> None:
    take_rows(engine, feedback_rows(1))
    first = engine.parts.vectors.matrix(WORKSPACE)
    assert engine.parts.vectors.matrix(WORKSPACE) is first
    take_rows(engine, [{"id": "n", "text": "Something new about the map."}])
    assert len(engine.parts.vectors.matrix(WORKSPACE).ids) == len(first.ids) + 1
    assert list(first.ids) == sorted(first.ids)


def test_only_what_changed_is_read_and_it_makes_the_same_matrix(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    whole: list[str] = []
    read = VectorStore._read

    def count(store: VectorStore, session: Session, workspace: str, *which: Any) -> Matrix:
        whole.append("some" if which else "all")
        return read(store, session, workspace, *which)

    monkeypatch.setattr(VectorStore, "_read", count)
    vectors = told.parts.vectors
    vectors.matrix(WORKSPACE)
    take_rows(told, [{"id": f"n{n}", "text": f"The map number {n} is new."} for n in range(3)])
    vectors.matrix(WORKSPACE)
    whole.clear()
    take_rows(told, [{"id": f"m{n}", "text": f"The map number {n} is odd."} for n in range(3)])
    told.erase(WORKSPACE, "ana", "document", some_document(told), "asked for")
    told.drain()
    followed = vectors.matrix(WORKSPACE)
    assert whole.count("some") >= 1
    assert "all" not in whole[:1]
    read_anew = vectors.matrix(WORKSPACE, fresh=True)
    assert followed.ids.tolist() == read_anew.ids.tolist()
    assert np.array_equal(followed.vectors, read_anew.vectors)


def test_who_knows_less_than_what_is_written_down_reads_everything(told: Engine) -> None:
    vectors = told.parts.vectors
    before = vectors.matrix(WORKSPACE)
    for word in ("map", "van"):
        take_rows(told, [{"id": word, "text": f"Something new about the {word}."}])
    with told.parts.database.write() as session:
        session.execute(delete(tables.VectorChange).where(tables.VectorChange.number < latest_change(session)))
    assert len(vectors.matrix(WORKSPACE).ids) == len(before.ids) + 2


def test_what_an_earlier_version_wrote_is_noticed_after_a_while(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    vectors = told.parts.vectors
    take_rows(told, [{"id": "a", "text": "Something new about the map."}])
    before = vectors.matrix(WORKSPACE)
    with monkeypatch.context() as earlier:
        earlier.setattr("synth.store.outbox.note_vectors", lambda *_: None)
        take_rows(told, [{"id": "b", "text": "Something new about the van."}])
    assert len(vectors.matrix(WORKSPACE).ids) == len(before.ids)
    monkeypatch.setattr("synth.store.vectors._LOOKED_OVER", -1.0)
    take_rows(told, [{"id": "c", "text": "Something new about the lid."}])
    assert len(vectors.matrix(WORKSPACE).ids) == len(before.ids) + 2


def test_changes_that_are_beyond_the_most_are_let_go_of(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("synth.store.outbox.MOST_NOTED", 10)
    take_rows(told, [{"id": "a", "text": "Something new about the map."}])
    with told.parts.database.write() as session:
        forget_vectors(session, WORKSPACE)
    assert value_of(told, "SELECT count(*) FROM vector_changes") >= 10
    assert value_of(told, "SELECT count(DISTINCT number) FROM vector_changes") == 2


def some_document(engine: Engine) -> str:
    return str(value_of(engine, "SELECT id FROM documents ORDER BY id LIMIT 1"))


def latest_change(session: Session) -> int:
    return session.scalar(select(func.max(tables.VectorChange.number))) or 0


def test_after_an_import_the_index_holds_what_sql_holds(told: Engine) -> None:
    assert not is_behind(told.parts, WORKSPACE)
    assert not difference(told.parts, WORKSPACE)
    assert told.parts.index.count(WORKSPACE) == value_of(told, "SELECT count(*) FROM excerpts")
    matrix = told.parts.vectors.matrix(WORKSPACE)
    for row in (0, 40, 71):
        best = told.parts.index.query(WORKSPACE, matrix.vectors[row], 3)
        assert best[0][1] == pytest.approx(1.0, abs=1e-3)
        assert {id_ for id_, _ in best} & {id_ for id_, _ in matrix.nearest(matrix.vectors[row], 3)}


def test_what_waits_in_the_outbox_is_not_in_the_index_yet(engine: Engine) -> None:
    submit_file(engine, write_csv(engine.parts.home.parent / "f.csv", feedback_rows(1)))
    for _ in range(2):  # reading and embedding
        engine.perform()
    assert is_behind(engine.parts, WORKSPACE)
    engine.drain()
    assert not is_behind(engine.parts, WORKSPACE)
    assert not difference(engine.parts, WORKSPACE)


def test_what_is_coming_is_compared_beside_the_index_of_a_server(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    parts, vector = told.parts, told.parts.embedder.embed(["the photo upload gets stuck"])[0]
    assert parts.index.count(WORKSPACE)  # it is open from here on
    before = nearest(parts, WORKSPACE, vector, 5)
    monkeypatch.setattr(type(parts.index), "is_served", True)
    gone, rows = before[0][0], [{"id": "new", "text": "The photo upload gets stuck."}]
    submit_file(told, write_csv(parts.home.parent / "f.csv", rows))
    for _ in range(2):  # reading and embedding
        told.perform()
    with parts.database.write() as session:
        session.execute(delete(tables.Excerpt).where(tables.Excerpt.id == gone))
        session.execute(insert(tables.IndexChange), [{"workspace_id": WORKSPACE, "excerpt_id": gone, "change": "drop"}])
        note_vectors(session, WORKSPACE, [gone])
    asked: list[int] = []
    query = parts.index.query
    monkeypatch.setattr(parts.index, "query", lambda *given: asked.append(1) or query(*given))
    found = nearest(parts, WORKSPACE, vector, 5)
    assert asked
    assert [id for id, _ in found] == [id for id, _ in parts.vectors.matrix(WORKSPACE).nearest(vector, 5)]
    assert gone not in dict(found)
    parts.index.drop(WORKSPACE, [id for id, _ in parts.vectors.matrix(WORKSPACE).nearest(vector, 40)])
    assert nearest(parts, WORKSPACE, vector, 5) == parts.vectors.matrix(WORKSPACE).nearest(vector, 5)
    assert value_of(told, "SELECT count(*) FROM jobs WHERE kind = 'repair' AND state = 'queued'") == 1


def test_a_difference_is_found_and_repaired_in_both_directions(told: Engine) -> None:
    ids = told.parts.vectors.matrix(WORKSPACE).ids.tolist()
    told.parts.index.drop(WORKSPACE, ids[:3])
    with told.parts.database.write() as session:
        session.execute(delete(tables.Excerpt).where(tables.Excerpt.id == ids[10]))
    found = difference(told.parts, WORKSPACE)
    assert (found.missing, found.surplus) == (tuple(ids[:3]), (ids[10],))
    reconcile(told.parts, WORKSPACE)
    assert not difference(told.parts, WORKSPACE)


def test_an_index_is_built_anew_without_embedding_anything(told: Engine) -> None:
    told.parts.index.destroy()
    assert rebuild(told.parts, WORKSPACE) == 72
    assert not difference(told.parts, WORKSPACE)
