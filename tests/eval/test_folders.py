import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from plain import write_rows

from eval.folders import (
    draw,
    hash_files,
    open_collection,
    open_corpus,
    open_queries,
    open_questions,
    open_set,
    read_jsonl,
)
from synth.errors import BadInput


def handed_over(folder: Path, **given: Any) -> list[dict[str, Any]]:
    collection = open_collection(folder, **given)
    return [json.loads(line) for line in collection.uploads[0].content.decode().splitlines()]


def test_only_fields_that_every_feedback_has_are_handed_over(tmp_path: Path) -> None:
    row = {"id": "1", "text": "hello", "label": "x", "intent": "x", "domain": "y", "source": "chat", "rating": 3}
    write_rows(tmp_path / "items.jsonl", [row])
    assert handed_over(tmp_path) == [{"id": "1", "text": "hello", "source": "chat", "rating": 3}]
    assert open_collection(tmp_path).truth["1"]["intent"] == "x"


def test_packed_items_are_read(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl.gz").write_bytes(gzip.compress(b'{"id": "1", "text": "hello", "label": "x"}\n'))
    collection = open_collection(tmp_path)
    assert collection.uploads[0].filename == "items.jsonl"
    assert b"label" not in collection.uploads[0].content


def test_a_set_hides_the_fields_it_names_and_the_label(tmp_path: Path) -> None:
    write_rows(tmp_path / "rows.jsonl", [{"id": "1", "text": "hello", "label": "x", "mood": "sad", "shop": "Oslo"}])
    (tmp_path / "set.json").write_text('{"items": "rows.jsonl", "hidden": ["mood"]}')
    content = open_set(tmp_path).uploads[0].content
    assert json.loads(content) == {"id": "1", "text": "hello", "shop": "Oslo"}


def test_a_set_without_its_items_says_so(tmp_path: Path) -> None:
    (tmp_path / "set.json").write_text('{"items": "../nowhere.jsonl", "hidden": []}')
    with pytest.raises(BadInput, match="which is not there"):
        open_set(tmp_path)


def test_exported_files_are_taken_whole_with_labels_by_id(samples: Path) -> None:
    collection = open_collection(samples / "feedback")
    assert "expected.json" not in [upload.filename for upload in collection.uploads]
    assert collection.truth["T-1004"]["label"] == "calendar_duplicates"
    assert len(collection.truth) == 610
    with pytest.raises(BadInput, match="taken whole"):
        open_collection(samples / "feedback", limit=10)


def test_a_sample_is_the_same_for_a_seed_and_keeps_the_order() -> None:
    rows = list(range(100))
    assert draw(rows, 10, 1) == draw(rows, 10, 1)
    assert draw(rows, 10, 1) != draw(rows, 10, 2)
    assert draw(rows, 10, 1) == sorted(draw(rows, 10, 1))
    assert draw(rows, 1000, 1) == rows


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "items.jsonl").write_text('{"id": "1", "text": "a"}\nnot json\n')
    with pytest.raises(BadInput, match=r"items\.jsonl, line 2"):
        read_jsonl(tmp_path / "items.jsonl")


def test_an_empty_folder_is_refused_with_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither items"):
        open_collection(tmp_path)
    with pytest.raises(BadInput, match=r"holds no questions\.jsonl"):
        open_questions(tmp_path, limit=None, seed=0)


def test_queries_come_with_their_grades_and_items(tmp_path: Path) -> None:
    write_rows(tmp_path / "queries.jsonl", [{"id": "q1", "text": "how?", "item": "a"}, {"id": "q2", "text": "why?"}])
    (tmp_path / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\td1\t1\nq1\td2\t0\n")
    corpus = [{"id": f"d{n}", "text": "x", "item": "a" if n < 3 else "b"} for n in range(5)]
    write_rows(tmp_path / "corpus.jsonl", corpus)
    first, second = open_queries(tmp_path)
    assert (first.item, first.grades) == ("a", {"d1": 1.0, "d2": 0.0})
    assert (second.item, second.grades) == (None, {})
    assert set(open_corpus(tmp_path, items={"b"}).truth) == {"d3", "d4"}


def test_the_hash_changes_with_the_content_and_not_with_the_order(tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_text("1")
    two.write_text("2")
    before = hash_files([one, two])
    assert hash_files([two, one]) == before
    two.write_text("3")
    assert hash_files([one, two]) != before
