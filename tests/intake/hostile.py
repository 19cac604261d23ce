"""Files that mean harm, by name: what they are called and what is in them. Made here; none is larger than 25 MB."""

import gzip
import io
import sys
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

ODT = "application/vnd.oasis.opendocument.text"
BOMB = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;&b;&b;">]><a>&d;</a>'
EXTERNAL = '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'
_SIGNATURES = {
    "png": b"\x89PNG\r\n\x1a\n",
    "jpg": b"\xff\xd8\xff\xe0",
    "gif": b"GIF89a",
    "tif": b"II*\x00",
    "webp": b"RIFF\x00\x00\x00\x00WEBP",
    "mp4": b"\x00\x00\x00\x20ftypisom",
    "wav": b"RIFF\x00\x00\x00\x00WAVE",
    "avi": b"RIFF\x00\x00\x00\x00AVI ",
    "mp3": b"ID3\x04",
    "ogg": b"OggS",
    "flac": b"fLaC",
    "mkv": b"\x1aE\xdf\xa3",
    "exe": b"MZ\x90\x00",
    "so": b"\x7fELF",
    "db": b"SQLite format 3\x00",
    "parquet": b"PAR1",
    "rar": b"Rar!\x1a\x07",
    "7z": b"7z\xbc\xaf\x27\x1c",
    "xz": b"\xfd7zXZ\x00",
    "bz2": b"BZh91AY",
}


Content = bytes | Callable[[], bytes]  # large ones are made when they are wanted


def hostile_files() -> Iterator[tuple[str, Content]]:
    """Name and content of each."""
    for suffix, start in _SIGNATURES.items():
        yield f"signature.{suffix}", start + bytes(200)
        yield f"disguised-{suffix}.txt", start + bytes(200)
    yield from _archives()
    yield from _documents()
    yield from _pages()
    yield from _texts()


def _zip(*files: tuple[str, bytes | str]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return packed.getvalue()


def _archives() -> Iterator[tuple[str, Content]]:
    whole = _zip(("a.txt", "hello there, all of you"))
    inner = _zip(("a.zip", whole))
    yield "empty.zip", _zip()
    yield "nested.zip", _zip(("a.zip", inner), ("b.zip", inner))
    yield "bomb.zip", lambda: _zip(("zero.txt", bytes(320_000_000)))
    yield "many.zip", lambda: _zip(*((f"{number}.txt", "x") for number in range(11_000)))
    yield "truncated.zip", whole[: len(whole) // 2]
    yield "damaged.zip", whole.replace(b"hello", b"HELLO", 1)[:-30] + bytes(30)
    yield (
        "encrypted.zip",
        whole.replace(b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00", 1),
    )
    yield "traversal.zip", _zip(("../../../../tmp/out.txt", "hello there, all of you"), ("/etc/x.txt", "hello, all"))
    yield "only-hidden.zip", _zip((".secret", "x"), ("__MACOSX/._a", "x"))
    yield "wrong-sizes.zip", whole[:-22] + whole[-22:].replace(b"\x01\x00", b"\xff\x7f")


def _documents() -> Iterator[tuple[str, Content]]:
    for name, content in (
        ("bomb", BOMB),
        ("external", EXTERNAL),
        ("broken", "<a><b>"),
        ("empty", ""),
        ("text", "hello"),
    ):
        yield f"{name}.docx", _zip(("[Content_Types].xml", content), ("word/document.xml", content))
        yield f"{name}.xlsx", _zip(("[Content_Types].xml", content), ("xl/workbook.xml", content))
        yield f"{name}.odt", _zip(("mimetype", ODT), ("content.xml", content))
    deep = "<text:p>" * 50_000
    yield "deep.odt", _zip(("mimetype", ODT), ("content.xml", f'<a xmlns:text="urn:x">{deep}</a>'))
    yield "wide.docx", lambda: _zip(("word/document.xml", "<a>" + "<b/>" * 2_000_000 + "</a>"))
    yield "garbage.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 200
    yield "truncated.pdf", b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    catalog = b"1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n"
    pages = b"2 0 obj\n<< /Type /Pages /Kids [2 0 R] /Count %d >>\nendobj\n"
    end = b"trailer\n<< /Root 1 0 R >>\nstartxref\n0\n%%EOF"
    yield "loop.pdf", b"%PDF-1.4\n" + catalog + pages % 9 + end
    yield "count.pdf", b"%PDF-1.4\n" + catalog + pages % 999_999_999 + end


def _pages() -> Iterator[tuple[str, Content]]:
    yield "deep.html", b"<html><body>" + b"<div>" * 200_000 + b"hello there"
    yield "attributes.html", b"<html><body " + b"a=1 " * 1_000_000 + b">hello there</body></html>"
    yield "entities.html", BOMB.replace("<a>", "<html><body>").encode()
    yield "script.html", b"<html><body><script>" + b"x" * 1_000_000 + b"</script></body></html>"
    yield "null.html", b"<html><body>" + bytes(1_000_000)
    yield "brackets.html", b"<html>" + b"<" * 5_000_000
    yield "deep.rtf", b"{\\rtf1 " + b"{" * 40_000 + b"x" + b"}" * 40_000 + b"}"
    yield "unicode.rtf", b"{\\rtf1 " + b"\\u999999999? " * 10_000 + b"}"
    yield "hex.rtf", b"{\\rtf1 " + b"\\'zz" * 10_000 + b"}"


def _texts() -> Iterator[tuple[str, Content]]:
    yield "nothing.txt", b""
    yield "blank.txt", b" \n\t\r\n"
    yield "bom.txt", b"\xef\xbb\xbf"
    yield "controls.txt", bytes(range(1, 32)) * 5_000
    yield "half.txt", b"\xff\xfe" + b"a" * 4_001
    yield "one-line.txt", b"word " * 2_000_000
    yield "quotes.csv", b'id,text\n1,"' + b"x" * 10_000_000
    yield "columns.csv", b",".join(b"c%d" % number for number in range(20_000)) + b"\n" + b"," * 20_000
    yield "deep.json", b"[" * 200_000
    yield "number.json", b"[" + b"9" * 100_000 + b"]"
    yield "cues.srt", b"1\n00:00:01,000 --> 00:00:02,000\n" * 50_000
    yield "tags.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000\n" + b"<v x>" * 200_000
    yield "times.vtt", b"WEBVTT\n\n99999999999:99:99.999 --> 00:00.000\nhello there\n"
    yield "bomb.txt.gz", lambda: gzip.compress(bytes(300_000_000))


def main(folder: Path) -> None:
    """Write them all into a folder: `python -m tests.intake.hostile FOLDER`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in hostile_files():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
