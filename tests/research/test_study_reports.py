"""The report of a study: computed sentences, quotes to the letter, in Markdown, HTML and Word."""

import io

import pytest
from docx import Document

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from tests.factories import exported, rows_of
from tests.research.conftest import mark

FORMATS = ("md", "html", "docx")


def test_sentences_are_counts_and_quotes_stand_in_their_documents(coded: Engine) -> None:
    report = coded.study_report(WORKSPACE, "S1")
    assert report["short"][0] == "3 participants in 3 documents; 5 highlights under 4 codes."
    assert [finding["sentence"] for finding in report["findings"]] == [
        "Trouble: 3 of 3 participants, in 3 documents.",
        "Slow calendar: 2 of 3 participants, in 2 documents.",
        "Stuck upload: 2 of 3 participants, in 2 documents.",
        "Way round: 1 of 3 participants, in 1 document.",
    ]
    texts = {row["document_id"]: row["text"] for row in exported(coded, "documents")}
    for finding in report["findings"]:
        assert finding["quotes"]
        for quote in finding["quotes"]:
            assert texts[quote["document_id"]][quote["start"] : quote["end"]] == quote["quote"]
    assert report["rejected"] == 0
    assert "no new code" in report["saturation"][1]
    assert "not known" in report["agreement"]


@pytest.mark.parametrize("format", FORMATS)
def test_it_is_written_in_every_format(coded: Engine, format: str) -> None:
    content = coded.render_study(WORKSPACE, "S1", format)
    text = (
        "\n".join(paragraph.text for paragraph in Document(io.BytesIO(content)).paragraphs)
        if format == "docx"
        else content.decode()
    )
    for said in ("Field day", "2 of 3 participants", "I print the plan on paper", "S1-P2"):
        assert said in text
    assert "Kern" not in text


def test_what_people_wrote_is_text_and_never_markup(coded: Engine) -> None:
    coded.change_code(WORKSPACE, "C4", {"name": "<script>alert(1)</script> [x](http://e.vil)"})
    html = coded.render_study(WORKSPACE, "S1", "html").decode()
    assert "<script>" not in html
    markdown = coded.render_study(WORKSPACE, "S1", "md").decode()
    assert "<script>" not in markdown
    assert "[x](" not in markdown


@pytest.mark.parametrize("format", FORMATS)
def test_characters_that_a_format_cannot_hold_are_left_out(coded: Engine, format: str) -> None:
    coded.change_study(WORKSPACE, "S1", {"name": "Field\x01 day\uffff", "question": "Why\x0b?"})
    coded.change_code(WORKSPACE, "C4", {"name": "Way\x1b round", "definition": "\ufffe"})
    assert coded.render_study(WORKSPACE, "S1", format)


def test_two_coders_are_compared_in_it(coded: Engine) -> None:
    mark(coded, "C2", "it takes forever to load on my old phone", "Bo")
    assert "Ann, Bo coded 1 document in common" in coded.study_report(WORKSPACE, "S1")["agreement"]


def test_a_format_there_is_not_is_refused(coded: Engine) -> None:
    with pytest.raises(BadInput, match="use md, html, docx"):
        coded.render_study(WORKSPACE, "S1", "pdf")


def test_a_study_is_erased_with_all_that_is_in_it(coded: Engine) -> None:
    coded.change_code(WORKSPACE, "C2", {"examples": ["it takes forever to load on my old phone"]})
    coded.merge_codes(WORKSPACE, "Ann", ["C4"], "C3")
    erasure = coded.erase(WORKSPACE, "Ann", "study", "Field day")
    coded.drain()
    receipt = coded.erasure(WORKSPACE, erasure)
    assert receipt["state"] == "done"
    assert receipt["receipt"]["proof"]["found_in"] == []
    for table in ("studies", "participants", "codes", "highlights", "coding_changes", "documents", "people", "sources"):
        assert rows_of(coded, f"SELECT * FROM {table}") == [], table
