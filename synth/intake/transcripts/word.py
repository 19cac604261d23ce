"""Word documents as lines: paragraphs, line breaks and tables in their order, bold names set apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from synth.errors import UnreadableFile
from synth.intake.signatures import check_archive, check_markup
from synth.intake.transcripts.preamble import is_field_key
from synth.intake.transcripts.roles import label_role
from synth.intake.transcripts.speech import looks_like_name
from synth.intake.transcripts.timecodes import CODE
from synth.intake.transcripts.turns import Line, clean

if TYPE_CHECKING:
    from docx.document import Document

LONGEST_LEAD = 60  # characters of a bold label

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_SKIPPED = frozenset((f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText", f"{_W}delText"))
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_CODE = re.compile(CODE)
_HEADS = frozenset(
    [
        "speaker",
        "name",
        "sprecher",
        "person",
        "who",
        "text",
        "words",
        "transcript",
        "time",
        "timestamp",
        "zeit",
        "content",
        "utterance",
    ]
)


@dataclass(frozen=True, slots=True)
class _Piece:
    text: str
    bold: bool


def read_word(path: Path, *, name: str | None = None) -> list[Line]:
    """The lines of a .docx in reading order; raises UnreadableFile when it cannot be opened or is not safe to open."""
    shown = name or path.name
    check_archive(path, shown)
    check_markup(path, shown)
    document = _open(path, shown)
    headings = _heading_styles(document)
    return [line for block in _blocks(document.element.body) for line in _block_lines(block, headings)]


def _open(path: Path, name: str) -> "Document":
    import docx
    from docx.opc.exceptions import OpcError
    from lxml.etree import LxmlError  # type: ignore[import-untyped]

    try:
        return docx.Document(str(path))
    except (OpcError, LxmlError, KeyError, ValueError, AttributeError, OSError) as error:
        raise UnreadableFile(
            f"{name} is damaged and cannot be opened; save it again and import the new file."
        ) from error


def _heading_styles(document: "Document") -> frozenset[str]:
    styles = document.styles.element.iter(f"{_W}style")
    return frozenset(style.get(f"{_W}styleId") for style in styles if _is_heading(style))


def _is_heading(style: Any) -> bool:
    named = style.find(f"{_W}name")
    return named is not None and bool(
        re.match(r"(?:heading|title|überschrift|titel)\b", named.get(f"{_W}val", ""), re.IGNORECASE)
    )


def _blocks(container: Any) -> Iterator[Any]:
    """Paragraphs and tables, also those inside content controls and accepted insertions."""
    for child in container:
        if child.tag in (f"{_W}p", f"{_W}tbl"):
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml"):
            yield from _blocks(child)


def _block_lines(block: Any, headings: frozenset[str]) -> Iterator[Line]:
    if block.tag == f"{_W}tbl":
        yield from _table_lines(block, headings)
    else:
        yield from _paragraph_lines(block, headings)


def _paragraph_lines(paragraph: Any, headings: frozenset[str]) -> Iterator[Line]:
    pieces = list(_pieces(paragraph))
    text = "".join(piece.text for piece in pieces)
    style = paragraph.find(f"{_W}pPr/{_W}pStyle")
    heading = style is not None and style.get(f"{_W}val") in headings
    lead = _lead(pieces)
    gap = True
    for words in text.split("\n"):
        if words.strip():
            yield Line(words.strip(), gap=gap, lead=lead, heading=heading)
            gap, lead = False, None


def _pieces(node: Any, bold: bool = False) -> Iterator[_Piece]:
    for child in node:
        if child.tag in _SKIPPED or child.tag == _FALLBACK or not isinstance(child.tag, str):
            continue
        if child.tag == f"{_W}t":
            yield _Piece(child.text or "", bold)
        elif child.tag in (f"{_W}br", f"{_W}cr"):
            yield _Piece("\n", bold)
        elif child.tag == f"{_W}tab":
            yield _Piece("\t", bold)
        elif child.tag == f"{_W}noBreakHyphen":
            yield _Piece("-", bold)
        elif child.tag == f"{_W}txbxContent":
            yield from (
                _Piece(f"\n{line.text}\n", False)
                for block in _blocks(child)
                for line in _block_lines(block, frozenset())
            )
        else:
            yield from _pieces(child, _is_bold(child) if child.tag == f"{_W}r" else bold)


def _is_bold(run: Any) -> bool:
    mark, style = run.find(f"{_W}rPr/{_W}b"), run.find(f"{_W}rPr/{_W}rStyle")
    if mark is not None:
        return mark.get(f"{_W}val", "true") not in ("0", "false", "off", "none")
    return style is not None and style.get(f"{_W}val") == "Strong"


def _lead(pieces: Sequence[_Piece]) -> str | None:
    """The bold words that a paragraph begins with, where words that are not bold follow."""
    lead = ""
    for piece in pieces:
        if piece.text.strip() and not piece.bold:
            return lead.strip() if 0 < len(lead.strip()) <= LONGEST_LEAD and "\n" not in lead.strip() else None
        lead += piece.text
    return None


def _table_lines(table: Any, headings: frozenset[str]) -> Iterator[Line]:
    rows = [_cells(row, headings) for row in _rows(table)]
    rows = [row for row in rows if any(rows)]
    column = _speaker_column(rows)
    for row in rows:
        yield from _row_lines(row, column)


def _rows(table: Any) -> Iterator[Any]:
    for child in table:
        if child.tag == f"{_W}tr":
            yield child
        elif child.tag in (f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins"):
            yield from _rows(child)


def _cells(row: Any, headings: frozenset[str]) -> list[list[str]]:
    """The lines of each cell of a row."""
    cells = [cell for child in row for cell in ([child] if child.tag == f"{_W}tc" else child.iter(f"{_W}tc"))]
    return [[line.text for block in _blocks(cell) for line in _block_lines(block, headings)] for cell in cells]


def _speaker_column(rows: Sequence[Sequence[Sequence[str]]]) -> int | None:
    """The column that names who speaks: names only, in nearly every row, and again and again."""
    width = min((len(row) for row in rows), default=0)
    for column in range(width - 1):
        labels = [clean(" ".join(row[column])) for row in rows if row[column]]
        labels = [_CODE.sub("", label).strip(" :") for label in labels if label.casefold() not in _HEADS]
        named = [label for label in labels if looks_like_name(label) and len(label) <= LONGEST_LEAD]
        again = len(set(named)) < len(named) or any(label_role(label) for label in named)
        if len(named) >= 2 and len(named) >= 0.8 * len(labels) and again and not any(map(is_field_key, named)):
            return column
    return None


def _row_lines(row: Sequence[Sequence[str]], speaker: int | None) -> Iterator[Line]:
    cells = [cell for cell in row if cell]
    if speaker is not None and len(row) > speaker and row[speaker]:
        yield from _spoken(row, speaker)
    elif len(cells) == 2 and len(cells[0]) == 1 and len(cells[0][0]) <= LONGEST_LEAD:
        yield Line(f"{cells[0][0].strip().rstrip(':')}: {' '.join(cells[1])}")
    elif len(cells) == 1:
        yield from (Line(text, gap=number == 0) for number, text in enumerate(cells[0]))
    elif cells:
        yield Line(" | ".join(" ".join(cell) for cell in cells), gap=True)


def _spoken(row: Sequence[Sequence[str]], speaker: int) -> Iterator[Line]:
    """A row of a transcript as 'Name [0:21]: words'; the row of column heads says nothing."""
    label = clean(" ".join(row[speaker])).strip(" :")
    rest = [(column, cell) for column, cell in enumerate(row) if column != speaker and cell]
    codes = [cell[0].strip() for _, cell in rest if len(cell) == 1 and _CODE.fullmatch(cell[0].strip())]
    words = [line for _, cell in rest if not (len(cell) == 1 and _CODE.fullmatch(cell[0].strip())) for line in cell]
    if label.casefold() in _HEADS and all(clean(line).casefold() in _HEADS for line in words):
        return
    code = f" [{codes[0].strip('[]()<>')}]" if codes and not _CODE.search(label) else ""
    yield Line(f"{label}{code}: {words[0] if words else ''}", gap=True)
    yield from (Line(line, gap=True) for line in words[1:])
