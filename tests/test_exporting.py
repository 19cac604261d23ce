"""Exports and the JSON documents: the promised fields, in a stable order, and nothing a spreadsheet would run."""

import csv
import io
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.exporting import Wanted, What
from synth.exporting.lists import LISTS
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


def test_a_workbook_leaves_out_what_excel_cannot_hold(engine: Engine) -> None:
    engine.create_study(WORKSPACE, "Ann", {"name": "Field\x01 day\ufffe\uffff"})
    sheet = load_workbook(io.BytesIO(engine.export_workbook(WORKSPACE, "studies"))).worksheets[0]
    assert "Field day" in [cell.value for row in sheet.iter_rows() for cell in row]


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


@pytest.mark.parametrize(("what", "form"), [("topics", "jsonl"), ("", "csv"), ("themes", "xml"), ("excerpts", "")])
def test_what_cannot_be_exported_is_refused_with_what_can(engine: Engine, what: str, form: str) -> None:
    with pytest.raises(BadInput, match="choose"):
        list(engine.export(WORKSPACE, what, format=form))


def test_an_empty_store_exports_nothing_and_a_header(engine: Engine) -> None:
    for what, columns in COLUMNS.items():
        assert exported(engine, what) == []
        assert "".join(engine.export(WORKSPACE, what, format="csv")).split("\r\n") == [",".join(columns), ""]


def test_whole_numbers_are_shown_whole() -> None:
    assert [repr(whole(number)) for number in (7.0, 7.5, 0.0)] == ["7", "7.5", "0"]


def test_every_list_is_written_in_every_format_within_its_filters(told: Engine) -> None:
    import_id = told.imports(WORKSPACE).rows[0]["id"]
    for what in get_args(What):
        wanted = Wanted(query="photo", subject=import_id)
        rows = json.loads("".join(told.export(WORKSPACE, what, format="json", wanted=wanted)))
        table = list(csv.reader(io.StringIO("".join(told.export(WORKSPACE, what, format="csv", wanted=wanted)))))
        marked = "".join(told.export(WORKSPACE, what, format="md", wanted=wanted)).splitlines()
        sheet = load_workbook(io.BytesIO(told.export_workbook(WORKSPACE, what, wanted=wanted))).worksheets[0]
        assert len(rows) == len(table) - 1 == len(marked) - 2 == sheet.max_row - 1, what
        assert [cell.value for cell in sheet[1]] == table[0] == list(LISTS[what].columns)
    theme = told.themes(WORKSPACE)["themes"][0]["id"]
    narrowed = Wanted(told.filters(where=[f"theme={theme}"]))
    documents = list(told.export(WORKSPACE, "documents", wanted=narrowed))
    assert len(documents) == told.themes(WORKSPACE)["themes"][0]["mentions"] < 72
    excerpts = [json.loads(line) for line in told.export(WORKSPACE, "excerpts", wanted=narrowed)]
    assert {row["theme_id"] for row in excerpts} == {theme}
    unassigned = [json.loads(line) for line in told.export(WORKSPACE, "unassigned")]
    assert len(unassigned) == told.themes(WORKSPACE)["unassigned"]
    assert not any(row["theme_id"] for row in unassigned)


def test_no_cell_of_a_workbook_is_run_and_none_of_a_markdown_table_breaks_it(engine: Engine) -> None:
    wild = [*FORMULAS, "a | b", "![x](http://evil.example/x.png)", "<b>bold</b>", "two\nlines"]
    take_rows(engine, [{"id": f"r{n}", "text": f"{each} stuck", "author": each} for n, each in enumerate(wild)])
    sheet = load_workbook(io.BytesIO(engine.export_workbook(WORKSPACE, "documents"))).worksheets[0]
    assert not [cell for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    lines = "".join(engine.export(WORKSPACE, "documents", format="md")).splitlines()
    assert len(lines) == len(wild) + 2
    assert len({len(re.findall(r"(?<!\\)\|", line)) for line in lines}) == 1
    assert not any("<b>" in line or "![" in line for line in lines)
