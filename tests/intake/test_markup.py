"""Web pages, OpenDocument texts, RTF and archives: the same interview gives the same words and speakers in each."""

import io
import zipfile
from pathlib import Path

import pytest

from synth.errors import UnreadableFile
from synth.intake.formats import detect, read_file
from synth.model import ParsedDocument, Refusal

TURNS = (
    ("Interviewer", "How does your day begin?"),
    ("Participant", "With coffee – and the calendar, which is slow & old."),
    ("Interviewer", "And what do you do then?"),
    ("Participant", "I print the plan on paper the evening before."),
)
SAID = [(speaker, words) for speaker, words in TURNS]
ODF = (
    'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"'
)


def said(document: ParsedDocument) -> list[tuple[str | None, str]]:
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns]


def read(path: Path, content: bytes | str) -> ParsedDocument:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    (document,) = read_file(path, kind="research")
    assert isinstance(document, ParsedDocument)
    return document


def page(body: str) -> str:
    return f"<!DOCTYPE html><html><head><title>t</title><style>p {{}}</style></head><body>{body}</body></html>"


def escaped(words: str) -> str:
    return words.replace("&", "&amp;")


def odt(body: str, **parts: str) -> bytes:
    inner = f"<office:body><office:text>{body}</office:text></office:body>"
    content = f'<?xml version="1.0"?><office:document-content {ODF}>{inner}</office:document-content>'
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", content)
        for name, part in parts.items():
            archive.writestr(name, part)
    return packed.getvalue()


def rtf(lines: list[str]) -> bytes:
    def code(text: str) -> str:
        return "".join(char if ord(char) < 128 else f"\\u{ord(char)}?" for char in text)

    return ("{\\rtf1\\ansi " + "".join(code(line) + "\\par\n" for line in lines) + "}").encode()


@pytest.mark.parametrize(
    "body",
    [
        "".join(f"<p>{speaker}: {escaped(words)}</p>" for speaker, words in TURNS),
        "".join(f"<p><b>{speaker}:</b> {escaped(words)}</p>" for speaker, words in TURNS),
        "<div>" + "<br>".join(f"{speaker}: {escaped(words)}" for speaker, words in TURNS) + "</div>",
        "<ul>" + "".join(f"<li>{speaker}: {escaped(words)}</li>" for speaker, words in TURNS) + "</ul>",
    ],
)
def test_a_web_page_gives_turns(tmp_path: Path, body: str) -> None:
    document = read(tmp_path / "talk.html", page(body + "<script>alert(1)</script>"))
    assert said(document) == SAID
    assert "alert" not in document.text


def test_an_opendocument_text_gives_turns_without_comments_and_deleted_words(tmp_path: Path) -> None:
    hidden = "<text:tracked-changes><text:p>gone words</text:p></text:tracked-changes>"
    note = "<office:annotation><text:p>a remark</text:p></office:annotation>"
    body = hidden + "".join(
        f"<text:p><text:span>{speaker}:</text:span> {escaped(words)}{note}</text:p>" for speaker, words in TURNS
    )
    document = read(tmp_path / "talk.odt", odt(body))
    assert said(document) == SAID
    assert "gone" not in document.text
    assert "remark" not in document.text


def test_rtf_gives_turns(tmp_path: Path) -> None:
    lines = [f"{speaker}: {words}" for speaker, words in TURNS]
    assert said(read(tmp_path / "talk.rtf", rtf(lines))) == SAID


def packed(files: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in files.items():
            archive.writestr(name, part)
    return content.getvalue()


def test_an_archive_is_read_file_by_file_and_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    text = "\n".join(f"{speaker}: {words}" for speaker, words in TURNS).encode()
    files = {
        "../../etc/one.txt": text,
        "talks/two.rtf": rtf([f"{speaker}: {words}" for speaker, words in TURNS]),
        "photo.png": b"\x89PNG\r\n\x1a\n" + b"\x00" * 40,
        "__MACOSX/._one.txt": b"junk",
        "inner.zip": packed({"a.txt": text}),
        "rows.csv": b"text\nThe calendar is slow\nThe upload is stuck\n",
    }
    path = tmp_path / "all.zip"
    path.write_bytes(packed(files))
    assert detect(path) == "zip"
    rows = list(read_file(path, kind="research"))
    documents = [row for row in rows if isinstance(row, ParsedDocument)]
    assert [document.title for document in documents[:2]] == ["one", "two"]
    assert [said(document) for document in documents[:2]] == [SAID, SAID]
    assert [document.text for document in documents[2:]] == ["The calendar is slow", "The upload is stuck"]
    refused = [row.reason for row in rows if isinstance(row, Refusal)]
    assert any("photo.png" in reason for reason in refused)
    assert any("inner.zip is an archive within an archive" in reason for reason in refused)
    assert not (tmp_path.parent / "etc").exists()


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("x.zip", packed({}), "damaged|empty"),
        ("x.zip", packed({"zero.txt": b"0" * (90 << 20)}), "unpacks to far more"),
        ("x.zip", packed({f"{number}.txt": b"hello there" for number in range(501)}), "more than 500 files"),
        ("x.odt", odt("<text:p>broken"), "damaged"),
        ("x.odt", odt("").replace(b"PK", b"PK", 1), "no words"),
        ("x.html", page("<div>" * 100_000), "no words|damaged"),
        ("x.html", page(""), "no words"),
        ("x.rtf", b"{\\rtf1 " + b"{" * 60_000, "larger than a text"),
        ("x.rtf", b"{\\rtf1 }", "no words"),
    ],
)
def test_what_is_hostile_or_empty_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes | str, sentence: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UnreadableFile, match=sentence) as caught:
        list(read_file(path))
    assert name in str(caught.value)


def test_an_opendocument_text_with_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "x.odt"
    bomb = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><a/>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        archive.writestr("content.xml", bomb)
    with pytest.raises(UnreadableFile, match="XML declarations"):
        list(read_file(path))
