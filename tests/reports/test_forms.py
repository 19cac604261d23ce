"""Forms and files of a report: one page leaves out and adds nothing; a PDF shows what the report says and no markup."""

import io
import json
from typing import Any

import pdfplumber
import pytest

from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.reports.forms import MOVED, in_form
from synth.reports.pdf import render_pdf

WEEK = "2026-W46"


@pytest.fixture
def content(moving) -> dict[str, Any]:
    return json.loads(moving.engine.report(WORKSPACE, week=WEEK, format="json"))


def _text(pdf: bytes) -> str:
    with pdfplumber.open(io.BytesIO(pdf)) as document:
        return " ".join(" ".join(page.extract_text().split()) for page in document.pages)


def test_a_pdf_shows_what_the_report_says(moving, content) -> None:
    pdf = moving.engine.report_file(WORKSPACE, week=WEEK, format="pdf")
    text = _text(pdf)
    assert pdf.startswith(b"%PDF-")
    for said in (content["title"], *content["short_version"], content["new"][0]["claim"]["text"]):
        assert " ".join(said.split()) in text
    for theme in (*content["new"], *content["rising"]):
        assert all(" ".join(each["quote"].split()) in text for each in theme["claim"]["citations"])


def test_what_people_wrote_is_never_markup_in_a_pdf(content) -> None:
    hostile = '#panic("x") *bold* $x$ [link](http://a.b) @ref <label> \\ " #read("/etc/passwd")'
    content["new"][0]["name"] = hostile
    content["new"][0]["claim"]["citations"][0]["quote"] = hostile
    assert _text(render_pdf(content)).count("".join('#panic("x")')) == 2
    assert "root:" not in _text(render_pdf(content))


def test_one_page_has_what_moved_with_one_quote_each_and_nothing_new(content) -> None:
    content["new"] = content["new"] * (MOVED + 2)
    page = in_form(content, "executive")
    assert [len(page["new"]), page["steady"], page["trust"]] == [MOVED, [], []]
    assert {len(theme["claim"]["citations"]) for theme in page["new"]} == {1}
    assert page["short_version"] == [*content["short_version"], "2 more themes moved: the whole report tells of them."]
    assert len(content["new"][0]["claim"]["citations"]) > 1  # the whole one is as it was
    with pdfplumber.open(io.BytesIO(render_pdf(in_form(content, "executive")))) as document:
        assert len(document.pages) <= 2


@pytest.mark.parametrize("format", ["md", "html", "pdf"])
def test_one_page_is_had_in_every_format(moving, format: str) -> None:
    whole, page = (
        moving.engine.report_file(WORKSPACE, week=WEEK, format=format, form=form) for form in ("whole", "executive")
    )
    assert len(page) < len(whole)


def test_a_form_there_is_not_is_refused(moving) -> None:
    with pytest.raises(BadInput, match="use whole or executive"):
        moving.engine.report(WORKSPACE, week=WEEK, form="short")


def test_the_same_report_makes_the_same_file(content) -> None:
    assert render_pdf(content) == render_pdf(content)
