"""Exports and the JSON documents: the promised fields, in a stable order, and nothing a spreadsheet would run."""

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.exporting.rows import COLUMNS
from synth.wire.answers import answer_document
from synth.wire.cells import defused
from synth.wire.values import whole
from tests.factories import exported, take_in, take_rows, write_transcript

DOCUMENTS = {
    "document_id",
    "external_id",
    "source",
    "kind",
    "title",
    "text",
    "created_at",
    "person",
    "account",
    "attributes",
}
EXCERPTS = {
    "excerpt_id", "document_id", "external_id", "source", "speaker", "text", "start", "end", "theme_id", "confidence",
    "created_at", "person", "suspicious",
}  # fmt: skip
THEMES = {"id", "name", "definition", "key_phrases", "mentions", "people", "share", "exemplars"}
CITATION = {"excerpt_id", "document_id", "external_id", "source", "quote", "start", "end"}


def test_documents_have_the_promised_fields_and_transcripts_their_turns(told: Engine, tmp_path: Path) -> None:
    turns = [("Maren", "How does it go?"), ("Jo", "The calendar sync creates duplicate events.")]
    take_in(told, write_transcript(tmp_path / "talk.vtt", turns), kind="research", interviewers=["Maren"])
    documents = exported(told, "documents")
    assert len(documents) == 73
    assert all(row.keys() >= DOCUMENTS for row in documents)
    (talk,) = [row for row in documents if row["kind"] == "research"]
    assert [(turn["speaker"], turn["role"]) for turn in talk["turns"]] == [
        ("Maren", "interviewer"),
        ("Jo", "participant"),
    ]
    assert [turn["begins"] for turn in talk["turns"]] == [0.0, 60.0]
    assert [talk["text"][turn["start"] : turn["end"]] for turn in talk["turns"]] == [words for _, words in turns]


def test_excerpts_have_the_promised_fields_and_an_empty_theme_where_there_is_none(told: Engine) -> None:
    excerpts = exported(told, "excerpts")
    assert len(excerpts) == 72
    assert all(row.keys() == EXCERPTS for row in excerpts)
    assert {bool(row["theme_id"]) == (row["confidence"] is not None) for row in excerpts} == {True}
    assert "" in {row["theme_id"] for row in excerpts}


def test_themes_and_insights_have_the_promised_fields(told: Engine) -> None:
    listed = told.themes(WORKSPACE)
    assert listed.keys() >= {"themes", "coverage", "unassigned", "run"}
    assert all(theme.keys() >= THEMES for theme in listed["themes"])
    assert exported(told, "themes") == listed["themes"]
    assert exported(told, "insights") == told.insights(WORKSPACE)["insights"]


def test_an_answer_has_the_promised_fields(told: Engine) -> None:
    shown = json.loads(json.dumps(answer_document(told.ask(WORKSPACE, "What do people say about photo upload?"))))
    assert shown.keys() >= {"status", "reason", "claims", "counts", "themes", "plan", "drafter"}
    assert all(claim.keys() >= {"text", "support", "citations"} for claim in shown["claims"])
    assert all(citation.keys() >= CITATION for claim in shown["claims"] for citation in claim["citations"])
    assert all(count.keys() >= {"label", "value", "unit", "filter"} for count in shown["counts"])
    assert all(theme.keys() == {"id", "name", "mentions"} for theme in shown["themes"])


def test_an_export_is_in_the_same_order_every_time(told: Engine) -> None:
    for what in ("documents", "excerpts"):
        ids = [row[f"{what[:-1]}_id"] for row in exported(told, what)]
        assert ids == sorted(set(ids))


@pytest.mark.parametrize("what", COLUMNS)
def test_csv_holds_what_json_lines_hold(told: Engine, what: str) -> None:
    rows = list(csv.DictReader(io.StringIO("".join(told.export(WORKSPACE, what, format="csv")))))
    lines = exported(told, what)
    assert len(rows) == len(lines)
    for row, line in zip(rows, lines, strict=True):
        for column, cell in row.items():
            value = line.get(column)
            assert cell == (
                "" if value is None else json.dumps(value) if isinstance(value, list | dict) else str(value)
            ) or (json.loads(cell) == value)


FORMULAS = ['=HYPERLINK("http://evil.example")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", "＝1+1"]


def test_no_cell_is_run_by_a_spreadsheet(engine: Engine) -> None:
    rows = [{"id": formula, "text": f"{formula} is stuck", "author": formula, "title": formula} for formula in FORMULAS]
    take_rows(engine, rows)
    for row in csv.reader(io.StringIO("".join(engine.export(WORKSPACE, "documents", format="csv")))):
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝")), cell


@given(st.text(max_size=20))
def test_a_defused_cell_keeps_its_words(text: str) -> None:
    shown = defused(text)
    assert shown in (text, f"'{text}")
    assert not str(shown).lstrip().startswith(("=", "+", "-", "@"))


def test_numbers_are_left_alone_and_what_is_nested_is_json() -> None:
    assert [defused(value) for value in (-5, -1.5, None, True)] == [-5, -1.5, None, True]
    assert defused({"a": "=1"}) == '{"a": "=1"}'


@pytest.mark.parametrize(("what", "form"), [("people", "jsonl"), ("", "csv"), ("themes", "xml"), ("excerpts", "")])
def test_what_cannot_be_exported_is_refused_with_what_can(engine: Engine, what: str, form: str) -> None:
    with pytest.raises(BadInput, match="choose"):
        list(engine.export(WORKSPACE, what, format=form))


def test_an_empty_store_exports_nothing_and_a_header(engine: Engine) -> None:
    for what, columns in COLUMNS.items():
        assert exported(engine, what) == []
        assert "".join(engine.export(WORKSPACE, what, format="csv")).split("\r\n") == [",".join(columns), ""]


def test_whole_numbers_are_shown_whole() -> None:
    assert [repr(whole(number)) for number in (7.0, 7.5, 0.0)] == ["7", "7.5", "0"]
