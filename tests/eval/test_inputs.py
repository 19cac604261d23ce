"""Folders as others write them: what is merely odd is read, what cannot be used is answered in a sentence."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.folders import open_collection, open_corpus, open_events, open_queries, open_questions
from eval.running import Task
from eval.suites import redaction, retrieval, themes

ITEM = '{"id": "1", "text": "the parcel is late", "label": "late"}'
QRELS = "query\tdoc\tgrade\n"


def write(folder: Path, **files: str) -> Path:
    """The files with these contents; a name's __ is a dot."""
    for name, content in files.items():
        (folder / name.replace("__", ".")).write_bytes(content.encode("utf-8"))
    return folder


def test_windows_line_ends_blank_lines_and_a_byte_order_mark_do_no_harm(tmp_path: Path) -> None:
    write(tmp_path, items__jsonl="\ufeff" + ITEM + "\r\n\r\n" + ITEM.replace('"1"', '"2"') + "\r\n")
    assert set(open_collection(tmp_path).truth) == {"1", "2"}


def test_ids_may_be_numbers_in_every_file(tmp_path: Path) -> None:
    write(
        tmp_path,
        corpus__jsonl='{"id": 1, "text": "a", "item": 7}\n{"id": 2, "text": "b", "item": 8}\n',
        queries__jsonl='{"id": 5, "text": "a?", "item": 7}\n',
        qrels__tsv=QRELS + "5\t1\t1\r\n\r\n",
    )
    assert set(open_corpus(tmp_path, items={"7"}).truth) == {"1"}
    (query,) = open_queries(tmp_path)
    assert (query.item, query.grades) == ("7", {"1": 1.0})


def test_a_search_within_an_item_that_is_a_number_finds_its_documents(
    tmp_path: Path, make_task: Callable[..., Task]
) -> None:
    rows = [{"id": n, "text": text, "item": 7} for n, text in enumerate(("cold soup", "easy parking"))]
    write(
        tmp_path,
        corpus__jsonl="\n".join(map(json.dumps, rows)),
        queries__jsonl='{"id": 5, "text": "cold soup", "item": 7}',
        qrels__tsv=QRELS + "5\t0\t1",
    )
    assert retrieval.run(make_task(tmp_path)).figures["mrr@10"].value == 1.0


def test_packed_files_are_read_everywhere(tmp_path: Path) -> None:
    files = {"corpus.jsonl": ITEM, "queries.jsonl": '{"id": "q", "text": "late"}', "qrels.tsv": QRELS + "q\t1\t1\n"}
    for name, content in files.items():
        (tmp_path / f"{name}.gz").write_bytes(gzip.compress(content.encode()))
    assert open_queries(tmp_path)[0].grades == {"1": 1.0}
    assert set(open_corpus(tmp_path).truth) == {"1"}


def test_rows_without_a_label_are_taken_in_and_not_compared(folder: Path, make_task: Callable[..., Task]) -> None:
    rows = [json.loads(line) for line in (folder / "items.jsonl").read_text().splitlines()]
    bare = [{**row, "label": None} if place % 2 else row for place, row in enumerate(rows)]
    bare += [{"id": "bare", "text": "a parcel that came late in Rome"}]
    write(folder, items__jsonl="\n".join(map(json.dumps, bare)))
    assert themes.run(make_task(folder)).rows == 48


def test_a_text_without_spans_is_scored_as_one_in_which_nothing_is_personal(
    tmp_path: Path, make_task: Callable[..., Task]
) -> None:
    write(tmp_path, items__jsonl='{"id": 1, "text": "x", "spans": null}\n{"id": 2, "text": "y", "spans": []}\n')
    assert redaction.run(make_task(tmp_path)).figures["recall"].value is None


def test_an_event_without_an_end_goes_on(tmp_path: Path) -> None:
    write(tmp_path, events__jsonl='{"start": "2026-08-03T00:00:00Z", "pattern": "late", "end": null}\n')
    (event,) = open_events(tmp_path)
    assert (event.what, event.end) == ("late", None)
    assert event.lasts(event.start.replace(year=2030))


def test_a_question_may_have_no_id(tmp_path: Path) -> None:
    write(tmp_path, questions__jsonl='{"question": "How many?", "expect": {"kind": "abstain"}}\n')
    assert [question.id for question in open_questions(tmp_path, limit=None, seed=0)] == ["0"]


@pytest.mark.parametrize(
    ("suite", "files", "sentence"),
    [
        ("themes", {"README__md": "# nothing else"}, "holds neither items.jsonl"),
        ("themes", {"items__jsonl": ""}, "holds no rows"),
        ("themes", {"items__jsonl": "[1, 2]"}, "line 1 is not a JSON object"),
        ("themes", {"items__jsonl": '{"id": "1"}'}, "row 1 has no `text`"),
        ("themes", {"items__jsonl": '{"text": "a"}'}, "row 1 has no `id`"),
        ("themes", {"items__jsonl": '{"id": "1", "text": 5}'}, "must be text"),
        ("themes", {"items__jsonl": f"{ITEM}\n{ITEM}"}, "rows 1 and 2 have one id, 1"),
        ("themes", {"items__jsonl": '{"id": "1", "text": "a"}'}, "has a `label`"),
        ("themes", {"expected__json": "[]"}, "not a JSON object"),
        ("themes", {"expected__json": "{}"}, "must hold `themes`"),
        ("events", {"items__jsonl": ITEM}, "holds no events.jsonl"),
        ("events", {"items__jsonl": ITEM, "events__jsonl": '{"start": "soon", "pattern": "x"}'}, "write days as"),
        ("events", {"items__jsonl": ITEM, "events__jsonl": '{"start": "2026-01-01"}'}, "has no `pattern`"),
        (
            "events",
            {"items__jsonl": ITEM, "events__jsonl": '{"start": "2026-01-01", "pattern": "("}'},
            "no regular exp",
        ),
        (
            "events",
            {"items__jsonl": ITEM, "events__jsonl": '{"start": "2026-02-01", "end": "2026-01-01", "pattern": "x"}'},
            "before it begins",
        ),
        ("retrieval", {"corpus__jsonl": ITEM}, "holds no qrels.tsv"),
        ("retrieval", {"corpus__jsonl": ITEM, "qrels__tsv": "q 1 1"}, "must begin with the line"),
        ("retrieval", {"corpus__jsonl": ITEM, "qrels__tsv": QRELS + "q\t1"}, "needs a query, a document and a number"),
        ("retrieval", {"corpus__jsonl": ITEM, "qrels__tsv": QRELS, "queries__jsonl": '{"id": "q"}'}, "has no `text`"),
        ("answers", {"set__json": "{}"}, "must hold `items`"),
        ("answers", {"set__json": "no"}, "not a JSON object"),
        ("answers", {"set__json": '{"items": "rows.jsonl"}'}, "which is not there"),
        (
            "answers",
            {"set__json": '{"items": "rows.jsonl"}', "rows__jsonl": ITEM, "questions__jsonl": '{"question": "?"}'},
            "has no `expect`",
        ),
        ("redaction", {"items__jsonl": ITEM}, "has no `spans`"),
        ("redaction", {"variants__json": '{"carriers": {}}'}, "`carriers` by language, and `without`"),
        ("redaction", {"variants__json": '{"carriers": {"xx": ["a"]}, "without": ["b"]}'}, "the language xx"),
        ("redaction", {"variants__json": '{"carriers": {"de": ["{CAT}"]}, "without": ["b"]}'}, "the hole {CAT}"),
        ("speed", {"items__jsonl": '{"id": "1", "text": ""}'}, "Nothing of"),
    ],
)
def test_what_cannot_be_used_ends_with_two_and_a_sentence(
    suite: str, files: dict[str, str], sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, **files)
    assert main(["run", suite, "--data", str(tmp_path), "--embedder", "hashing"]) == 2
    shown = capsys.readouterr().err
    assert sentence in shown
    assert "Traceback" not in shown


def test_a_file_that_is_no_text_is_refused_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "items.jsonl").write_bytes(b"\xff\xfe\x00")
    assert main(["run", "themes", "--data", str(tmp_path), "--embedder", "hashing"]) == 2
    (tmp_path / "items.jsonl").unlink()
    (tmp_path / "items.jsonl.gz").write_bytes(b"not packed")
    assert main(["run", "themes", "--data", str(tmp_path), "--embedder", "hashing"]) == 2
    assert capsys.readouterr().err.count("cannot be read as UTF-8 text") == 2
