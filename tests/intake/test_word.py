"""Word documents: paragraphs, bold names, tables, and files that are not safe to open."""

import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest

from synth.errors import UnreadableFile
from synth.intake.formats import read_file
from synth.intake.transcripts.word import read_word
from synth.model import ParsedDocument


def read(path: Path) -> ParsedDocument:
    (document,) = read_file(path, kind="research")
    assert isinstance(document, ParsedDocument)
    return document


def said(document: ParsedDocument) -> list[tuple[str | None, float | None, str]]:
    return [(turn.speaker, turn.begins, document.text[turn.start : turn.end]) for turn in document.turns]


def save(tmp_path: Path, document: Any) -> Path:
    path = tmp_path / "talk.docx"
    document.save(str(path))
    return path


def rewritten(path: Path, part: str, old: bytes, new: bytes) -> Path:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new, 1)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def test_bold_names_without_a_colon_are_speakers(tmp_path: Path) -> None:
    document = docx.Document()
    for name, words in [
        ("Ana Lee", "So?"),
        ("Ben Ode", "Yes, it broke."),
        ("Ana Lee", "Why?"),
        ("Ben Ode", "Who knows."),
    ]:
        paragraph = document.add_paragraph()
        paragraph.add_run(name).bold = True
        paragraph.add_run(" " + words)
    assert said(read(save(tmp_path, document))) == [
        ("Ana Lee", None, "So?"),
        ("Ben Ode", None, "Yes, it broke."),
        ("Ana Lee", None, "Why?"),
        ("Ben Ode", None, "Who knows."),
    ]


def test_a_name_with_a_time_code_above_its_words(tmp_path: Path) -> None:
    document = docx.Document()
    for n, name in enumerate(["Ana Lee", "Ben Ode"] * 2):
        run = document.add_paragraph().add_run(f"{name}   0:0{n}")
        run.add_break()
        run.add_text(f"words {n}")
    assert said(read(save(tmp_path, document)))[2:] == [("Ana Lee", 2.0, "words 2"), ("Ben Ode", 3.0, "words 3")]


def test_a_table_of_time_speaker_and_words(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_heading("Talk with Acme", 0)
    table = document.add_table(rows=0, cols=3)
    for row in [
        ("Time", "Speaker", "Text"),
        ("00:01", "Ana", "So?"),
        ("00:04", "Ben", "Yes."),
        ("00:09", "Ana", "Right."),
        ("01:00:00", "Ben", "Bye."),
    ]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    found = read(save(tmp_path, document))
    assert found.title == "Talk with Acme"
    assert said(found) == [("Ana", 1.0, "So?"), ("Ben", 4.0, "Yes."), ("Ana", 9.0, "Right."), ("Ben", 3600.0, "Bye.")]


def test_a_table_of_facts_becomes_fields_and_other_tables_stay_readable(tmp_path: Path) -> None:
    document = docx.Document()
    facts = document.add_table(rows=2, cols=2)
    for row, (key, value) in zip(facts.rows, [("Date", "8 September 2026"), ("Company", "Acme")], strict=True):
        row.cells[0].text, row.cells[1].text = key, value
    document.add_paragraph("The board is slow.")
    grid = document.add_table(rows=1, cols=3)
    for cell, text in zip(grid.rows[0].cells, "abc", strict=True):
        cell.text = text
    found = read(save(tmp_path, document))
    assert found.account == "Acme"
    assert found.created_at is not None
    assert found.text == "The board is slow.\n\na | b | c"


def test_captions_pasted_into_word_are_captions(tmp_path: Path) -> None:
    document = docx.Document()
    for n, name in enumerate(["Ana Lee", "Ben Ode"] * 3):
        document.add_paragraph(f"0:0:{n}.0 --> 0:0:{n}.900".replace("0:0:", "00:00:0"))
        document.add_paragraph(name)
        document.add_paragraph(f"words {n}")
    assert said(read(save(tmp_path, document)))[1] == ("Ben Ode", 1.0, "words 1")


def test_inserted_words_are_read_and_deleted_ones_are_not(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("Ana: kept")
    path = save(tmp_path, document)
    insertion = b'<w:ins w:id="1" w:author="x"><w:r><w:t xml:space="preserve"> new</w:t></w:r></w:ins>'
    deletion = b'<w:del w:id="2" w:author="x"><w:r><w:delText> old</w:delText></w:r></w:del>'
    rewritten(path, "word/document.xml", b"</w:r></w:p>", b"</w:r>" + insertion + deletion + b"</w:p>")
    assert [line.text for line in read_word(path)] == ["Ana: kept new"]


def test_xml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("x")
    declaration = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><w:document'
    path = rewritten(save(tmp_path, document), "word/document.xml", b"<w:document", declaration)
    with pytest.raises(UnreadableFile, match="declarations"):
        read(path)


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.docx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * 30_000_000)
    with pytest.raises(UnreadableFile, match=r"bomb\.docx unpacks to far more"):
        read(path)


def test_a_cut_off_document_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("x")
    path = save(tmp_path, document)
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(UnreadableFile, match="damaged"):
        read(path)


def test_a_document_with_broken_xml_is_refused(tmp_path: Path) -> None:
    document = docx.Document()
    document.add_paragraph("x")
    path = rewritten(save(tmp_path, document), "word/document.xml", b"</w:body>", b"")
    with pytest.raises(UnreadableFile, match="damaged"):
        read(path)


def test_a_document_without_words_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no words"):
        read(save(tmp_path, docx.Document()))
