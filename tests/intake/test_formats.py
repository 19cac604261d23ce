"""Which format a file is, by its content, and the sentences for files that are none."""

import gzip
import json
import os
from pathlib import Path

import openpyxl
import pytest

from synth.errors import UnreadableFile
from synth.intake.formats import detect, read_file
from synth.model import ParsedDocument

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" * 20
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
DIALOGUE = "Ana: So?\nBen: Yes.\nAna: Right.\nBen: Bye.\n"


def write(tmp_path: Path, name: str, content: bytes | str) -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(
    ("name", "content", "expected"),
    [
        ("a.csv", "id,text\n1,hello\n", "csv"),
        ("a.tsv", "id\ttext\n1\thello\n", "csv"),
        ("a.tsv", "start\tend\ttext\n0\t1000\thello\n", "whisper"),
        ("a.txt", "id\tname\ttext\n1\tx\thello\n2\ty\tbye\n", "csv"),
        ("a.json", '[{"text": "hello"}]', "json"),
        ("a.json", '{"text": "hello"}\n{"text": "bye"}\n', "jsonl"),
        ("a.ndjson", '{"text": "hello"}\n', "jsonl"),
        ("a.txt", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", "vtt"),
        ("a.vtt", "1\n00:00:01,000 --> 00:00:02,000\nhi\n", "srt"),
        ("a.csv", "WEBVTT\n\n00:01.000 --> 00:02.000\nhi\n", "vtt"),
        ("a", "1\n00:00:01,000 --> 00:00:02,000\nhi\n", "srt"),
        ("a.lrc", "[00:01.50]hi\n", "lrc"),
        ("a.txt", "[00:01] Ana: [laughs] hi\n", "text"),
        ("a.txt", DIALOGUE, "text"),
        ("NOTES.MD", "# Hi\n", "markdown"),
        ("a.txt", "%PDF-1.4\n...", "pdf"),
    ],
)
def test_the_content_decides_the_format(tmp_path: Path, name: str, content: str, expected: str) -> None:
    assert detect(write(tmp_path, name, content)) == expected


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.csv", PNG, r"^x\.csv is not text \(it looks like a PNG image; .*\)\.$"),
        ("x.png", PNG, "PNG image"),
        ("x.mp3", b"ID3\x04" + b"\x00" * 99, "transcribe it first"),
        ("x.mp4", b"\x00\x00\x00\x20ftypisom" + b"\x00" * 99, "transcribe it first"),
        ("x.exe", b"MZ\x90\x00" + b"\x00" * 99, "a program"),
        ("x.doc", OLE + "WordDocument".encode("utf-16-le"), r"old Word file; save it as \.docx"),
        ("x.xls", OLE + "Workbook".encode("utf-16-le"), r"old Excel file; save it as \.xlsx"),
        ("x.docx", OLE + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        ("x.svg", "<?xml version='1.0'?><svg/>", "XML of a kind that cannot be imported"),
        ("x.html", "<!DOCTYPE html><html><head><title>x</title></head></html>", "holds no words"),
        ("x.csv", "", "empty"),
        ("x.csv", " \n\r\n", "empty"),
        ("x.py", "print('hello')\n", "of a kind that cannot be imported"),
        ("x.bin", bytes(range(256)) * 40, "not text"),
        ("x.docx", b"PK\x03\x04 and then nothing", "damaged"),
        ("x.srt", "just words\n", "holds no captions"),
        ("x.vtt", "WEBVTT\n\nNOTE nothing\n", "holds no captions"),
        ("x.txt.gz", b"\x1f\x8b\x08 broken", "damaged gzip"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(
    tmp_path: Path, name: str, content: bytes | str, sentence: str
) -> None:
    with pytest.raises(UnreadableFile, match=sentence) as caught:
        list(read_file(write(tmp_path, name, content)))
    assert str(caught.value).endswith(".")
    assert name in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match=r"no file gone\.csv"):
        detect(tmp_path / "gone.csv")


@pytest.mark.parametrize(("name", "megabytes"), [("x.txt", 201), ("x.csv", 2049)])
def test_a_file_over_the_limit_is_refused_before_it_is_read(tmp_path: Path, name: str, megabytes: int) -> None:
    path = write(tmp_path, name, b"id,text\n" * 20_000)
    os.truncate(path, megabytes << 20)
    with pytest.raises(UnreadableFile, match="is larger than"):
        detect(path)


def test_the_name_of_an_upload_is_the_hint_and_stands_in_messages(tmp_path: Path) -> None:
    path = write(tmp_path, "3f2a", DIALOGUE)
    (document,) = read_file(path, name="talk with acme.txt", kind="research")
    assert isinstance(document, ParsedDocument)
    assert document.title == "talk with acme"
    with pytest.raises(UnreadableFile, match=r"^photo\.csv is not text"):
        detect(write(tmp_path, "77ab", PNG), name="photo.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_read_in_the_encoding_it_is_in(tmp_path: Path, encoding: str) -> None:
    text = "Jörg: Läuft die Übergabe?\nÜnal: Ja, natürlich läuft sie.\nJörg: Schön.\nÜnal: Größtenteils.\n"
    (document,) = read_file(write(tmp_path, "a.txt", text.encode(encoding)), kind="research")
    assert isinstance(document, ParsedDocument)
    assert document.text == text.rstrip()


def test_a_packed_text_is_unpacked(tmp_path: Path) -> None:
    (document,) = read_file(write(tmp_path, "a.txt.gz", gzip.compress(DIALOGUE.encode())), kind="research")
    assert isinstance(document, ParsedDocument)
    assert (document.title, len(document.turns)) == ("a", 4)


def test_tables_go_to_the_reader_of_tables(tmp_path: Path) -> None:
    workbook = openpyxl.Workbook()
    workbook.active.append(["id", "comment"])  # type: ignore[union-attr]
    workbook.active.append(["7", "The board is slow on Mondays."])  # type: ignore[union-attr]
    workbook.save(tmp_path / "x.xlsx")
    write(tmp_path, "x.csv", "id,comment\n7,The board is slow on Mondays.\n")
    write(tmp_path, "x.jsonl", json.dumps({"id": "7", "comment": "The board is slow on Mondays."}) + "\n")
    for name in ("x.xlsx", "x.csv", "x.jsonl"):
        (document,) = read_file(tmp_path / name)
        assert isinstance(document, ParsedDocument)
        assert (document.text, document.external_id) == ("The board is slow on Mondays.", "7")
