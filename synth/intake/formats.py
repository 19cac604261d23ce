"""The door of intake: what a file is, decided by its content, and the documents in it."""

import gzip
import re
import zlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

from synth.errors import UnreadableFile
from synth.intake.archives import read_archive
from synth.intake.encoding import open_bytes, sniff_encoding
from synth.intake.signatures import binary_kind, check_archive
from synth.intake.transcripts.assembly import Options, document_of_lines, document_of_parts
from synth.intake.transcripts.captions import CaptionFormat, read_captions
from synth.intake.transcripts.markup import read_html, read_odt, read_rtf
from synth.intake.transcripts.plain import read_text
from synth.intake.transcripts.prose import markdown_lines, split_front_matter, text_lines
from synth.intake.transcripts.timecodes import STAMP
from synth.model import Kind, ParsedDocument, Refusal

TableFormat = Literal["csv", "jsonl", "json", "xlsx"]
Format = Literal[
    "csv", "jsonl", "json", "xlsx", "vtt", "srt", "whisper", "segments", "lrc", "text", "markdown", "docx", "pdf",
    "html", "odt", "rtf", "zip",
]  # fmt: skip

TABLE_LIMIT = 2 << 30  # bytes
DOCUMENT_LIMIT = 200 << 20
SEGMENTS_LIMIT = 32 << 20
_HEAD = 1 << 16

_BY_SUFFIX: Mapping[str, Format] = {
    ".csv": "csv", ".tsv": "csv", ".tab": "csv", ".jsonl": "jsonl", ".ndjson": "jsonl", ".json": "json",
    ".vtt": "vtt", ".srt": "srt", ".lrc": "lrc", ".txt": "text", ".text": "text", ".log": "text", "": "text",
    ".md": "markdown", ".markdown": "markdown", ".html": "html", ".htm": "html", ".rtf": "rtf",
}  # fmt: skip
_ADVICE = "import CSV, JSON, XLSX, text, Markdown, HTML, DOCX, ODT, RTF, PDF, VTT, SRT or a ZIP of those"
_OLD = {".doc": "Word file; save it as .docx", ".xls": "Excel file; save it as .xlsx"}
_TIMED = re.compile(rf"^\s*{STAMP}\s*-->\s*{STAMP}", re.MULTILINE)
_LRC_LINE = re.compile(r"\[\d{1,3}:\d\d\.\d{1,3}\]|\[[a-z#]+:.*\]\s*$")
_SPOKEN = re.compile(r'\s*\{\s*"(?:text|segments|task|language|duration|usage)"\s*:')
_SEGMENTS = re.compile(rb'"segments"\s*:\s*\[\s*\{(?=[^{}]{0,400}"start"\s*:)(?=[^{}]{0,400}"end"\s*:)')
_HTML = re.compile(r"\s*(?:<!doctype html|<html|<\?xml|<head)", re.IGNORECASE)


def read_file(
    path: Path,
    *,
    name: str | None = None,
    kind: Kind = "feedback",
    mapping: Mapping[str, str] | None = None,
    hidden: Collection[str] = (),
    timezone: str = "UTC",
    interviewers: Collection[str] = (),
    source: str | None = None,
) -> Iterator[ParsedDocument | Refusal]:
    """The documents of a file and the rows that were refused.

    `name` is the file's name where it is not the path's (an upload). For a table, `mapping` says which column is which
    field and `hidden` which columns to leave out; in a document they do so for the fields it opens with.
    Raises UnreadableFile when the file as a whole cannot be read.
    """
    shown = Path(name or path.name).name
    form = detect(path, name=shown)
    if form in ("csv", "jsonl", "json", "xlsx"):
        return _read_table(path, shown, form, mapping or {}, hidden, timezone)
    if form == "zip":
        given = {"kind": kind, "mapping": mapping, "hidden": hidden, "timezone": timezone}
        more = {"interviewers": interviewers, "source": source}
        return read_archive(path, shown, lambda file, named: _read_packed(file, named, {**given, **more}))
    options = Options(kind, mapping or {}, hidden, timezone, interviewers, source)
    return iter((_read_document(path, shown, form, options),))


def _read_packed(path: Path, name: str, options: Mapping[str, Any]) -> Iterator[ParsedDocument | Refusal]:
    """A file of an archive; one that is an archive again is refused, so that none can unpack without an end."""
    if detect(path, name=name) == "zip":
        raise UnreadableFile(f"{name} is an archive within an archive; unpack it and import the files in it.")
    return read_file(path, name=name, **options)


def detect(path: Path, *, name: str | None = None) -> Format:
    """The format of a file by its content, its name being a hint; raises UnreadableFile when it is none of them."""
    shown = Path(name or path.name).name
    head = _read_head(path, shown)
    form = _binary_format(path, shown, head)
    if form is None:
        _check_size(path, shown, _hint(shown) or "csv")
        form = _text_format(path, shown, head)
    _check_size(path, shown, form)
    return form


def _read_head(path: Path, name: str) -> bytes:
    if not path.is_file():
        raise UnreadableFile(f"There is no file {name}; check the path.")
    try:
        with open_bytes(path) as file:
            head = file.read(_HEAD)
    except (gzip.BadGzipFile, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{name} is a damaged gzip file; pack it again.") from error
    if not head.strip(b" \t\r\n\x00\xef\xbb\xbf"):
        raise UnreadableFile(f"{name} is empty; export it again and import the new file.")
    return head


def _binary_format(path: Path, name: str, head: bytes) -> Format | None:
    if b"%PDF-" in head[:1024]:
        return "pdf"
    if head.startswith(b"PK\x03\x04"):
        return _office_format(path, name)
    if head.startswith(b"PK\x05\x06"):
        raise UnreadableFile(f"{name} is an empty archive; pack the files again.")
    if head.startswith(b"{\\rtf"):
        return "rtf"
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        raise UnreadableFile(f"{name} is {_old_office(path, name)}.")
    what = binary_kind(head)
    if what:
        raise UnreadableFile(f"{name} is not text (it looks like {what}).")
    if _is_binary(head):
        raise UnreadableFile(f"{name} is not text and of no known kind; {_ADVICE}.")
    return None


def _office_format(path: Path, name: str) -> Format:
    entries = check_archive(path, name)
    if "word/document.xml" in entries:
        return "docx"
    if "xl/workbook.xml" in entries or "xl/workbook.bin" in entries:
        return "xlsx"
    if "content.xml" in entries and "mimetype" in entries:
        return "odt"
    return "zip"


def _old_office(path: Path, name: str) -> str:
    """An OLE file: an encrypted new one, or an old one."""
    with path.open("rb") as file:
        content = file.read(DOCUMENT_LIMIT)
    if "EncryptedPackage".encode("utf-16-le") in content:
        return "protected with a password; save it without one"
    is_sheet = "Workbook".encode("utf-16-le") in content or Path(name).suffix.casefold() == ".xls"
    return "an old " + _OLD[".xls" if is_sheet else ".doc"]


def _is_binary(head: bytes) -> bool:
    """Control characters that no text has; zero bytes are left to the encodings that have them."""
    controls = sum(head.count(byte) for byte in range(1, 32) if byte not in (9, 10, 11, 12, 13, 27))
    zeros_on_both_sides = min(head[::2].count(0), head[1::2].count(0)) > 0.02 * len(head)
    utf_32 = head.startswith((b"\xff\xfe\x00\x00", b"\x00\x00\xfe\xff"))
    return controls > 0.05 * len(head) or (zeros_on_both_sides and not utf_32)


def _text_format(path: Path, name: str, head: bytes) -> Format:
    hint = _hint(name)
    start = head.decode(_encoding(path, name), errors="replace").lstrip("\ufeff")
    lines = [line.strip() for line in start.splitlines()[:200] if line.strip()]
    if caption := _caption_format(start, lines, hint):
        return caption
    if _HTML.match(start):
        if "<html" not in start.casefold() and hint != "html":
            raise UnreadableFile(f"{name} is XML of a kind that cannot be imported; {_ADVICE}.")
        return "html"
    if _is_segments(path, start):
        return "segments"
    if hint in ("json", "jsonl") or re.match(r'\s*(?:\{\s*"|\[\s*\{\s*")', start):
        return _json_format(lines, hint)
    if hint in ("text", None) and _is_tabbed(lines):
        return "csv"
    if hint is None:
        raise UnreadableFile(f"{name} is of a kind that cannot be imported; {_ADVICE}.")
    return hint


def _hint(name: str) -> Format | None:
    return _BY_SUFFIX.get(Path(name.removesuffix(".gz")).suffix.casefold())


def _encoding(path: Path, name: str) -> str:
    try:
        return sniff_encoding(path)
    except UnreadableFile as error:
        raise UnreadableFile(str(error).replace(path.name, name)) from error


def _caption_format(start: str, lines: list[str], hint: Format | None) -> Format | None:
    if start.startswith("WEBVTT"):
        return "vtt"
    if lines[0].split("\t") == ["start", "end", "text"]:
        return "whisper"
    if hint in ("vtt", "srt") or (_TIMED.search("\n".join(lines[:4])) and hint != "csv"):
        return "srt"
    stamped = sum(bool(_LRC_LINE.match(line)) for line in lines)
    return (
        "lrc" if hint == "lrc" or (hint in ("text", None) and stamped > 0.8 * len(lines) and len(lines) > 4) else None
    )


def _is_segments(path: Path, start: str) -> bool:
    """Whether a file is the JSON of Whisper and its kin, in which the segments may follow the whole text."""
    if not _SPOKEN.match(start) or path.stat().st_size > SEGMENTS_LIMIT:
        return False
    with open_bytes(path) as file:
        return bool(_SEGMENTS.search(file.read(SEGMENTS_LIMIT)))


def _json_format(lines: list[str], hint: Format | None) -> Format:
    whole = [line for line in lines if line.startswith("{") and line.endswith("}")]
    if len(whole) > 1 and len(whole) >= 0.5 * len(lines):
        return "jsonl"
    return "jsonl" if hint == "jsonl" else "json"


def _is_tabbed(lines: list[str]) -> bool:
    """Whether a text is a table after all, as spreadsheets save it: all lines with two tabs or more, as many."""
    tabs = {line.count("\t") for line in lines[:20]}
    return len(lines) > 2 and len(tabs) == 1 and tabs.pop() > 1


def _check_size(path: Path, name: str, form: Format) -> None:
    limit = TABLE_LIMIT if form in get_args(TableFormat) else DOCUMENT_LIMIT
    if path.stat().st_size > limit:
        raise UnreadableFile(f"{name} is larger than {limit >> 20:,} MB; split it and import the parts.")


def _read_table(
    path: Path, name: str, form: TableFormat, mapping: Mapping[str, str], hidden: Collection[str], timezone: str
) -> Iterator[ParsedDocument | Refusal]:
    from synth.intake.tabular.tables import read_table

    return read_table(path, format=form, mapping=mapping, hidden=hidden, timezone=timezone, name=name)


def _read_document(path: Path, name: str, form: Format, options: Options) -> ParsedDocument:
    document = _parse(path, name, form, options)
    if not document.text.strip():
        raise UnreadableFile(f"{name} holds no words; export it again and import the new file.")
    return document


def _parse(path: Path, name: str, form: Format, options: Options) -> ParsedDocument:
    stem = Path(name.removesuffix(".gz")).stem
    if form == "pdf":
        from synth.intake.transcripts.pdf import read_pdf

        return document_of_lines(read_pdf(path, name=name), stem, options, glue=" ")
    if form == "docx":
        from synth.intake.transcripts.word import read_word

        return document_of_lines(read_word(path, name=name), stem, options)
    if form == "odt":
        return document_of_lines(read_odt(path, name=name), stem, options)
    text = read_text(path, limit=DOCUMENT_LIMIT, name=name)
    if form in ("vtt", "srt", "whisper", "segments", "lrc"):
        return _captions(text, form, name, options)
    if form in ("html", "rtf"):
        return document_of_lines((read_html if form == "html" else read_rtf)(text, name), stem, options)
    if form == "markdown":
        front, rest = split_front_matter(text)
        return document_of_lines(markdown_lines(rest), stem, options, front=front)
    return document_of_lines(text_lines(text), stem, options)


def _captions(text: str, form: CaptionFormat, name: str, options: Options) -> ParsedDocument:
    utterances = read_captions(text, form)
    if not utterances:
        raise UnreadableFile(f"{name} holds no captions; export it again as VTT or SRT.")
    return document_of_parts(utterances, {"title": Path(name).stem}, options)
