"""PDF files as lines: rows joined into paragraphs, words that a line end broke made whole, the page kept."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from synth.errors import UnreadableFile
from synth.intake.transcripts.layout import Page, Row, Word, read_rows
from synth.intake.transcripts.margins import part_notes
from synth.intake.transcripts.reading_order import in_reading_order
from synth.intake.transcripts.turns import Line, clean

if TYPE_CHECKING:
    from pdfplumber.page import Page as PlumberPage
    from pdfplumber.pdf import PDF

MOST_PAGES = 2_000
PARAGRAPH_GAP = 1.3  # times the usual distance of two lines
HEADING_SIZE = 1.25  # times the usual size of the letters
INDENT = 8.0  # points
LEAST_WORDS = 3  # on a page, below which a page with an image counts as scanned

_SOFT = "\u00ad"
_LISTED = frozenset(  # before these a hyphen stands for the end of a word that comes later
    ["und", "oder", "bzw", "sowie", "bis", "and", "or", "to", "et", "ou", "en", "of", "och", "og", "y", "o", "e"]
)
_BROKEN = re.compile(r"([^\W\d_]+)[-‐\u00ad]$")
_PREFIXES = frozenset(
    ["non", "self", "ex", "all", "well", "cross", "semi", "quasi", "multi", "anti", "pre", "post", "co"]
)
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def read_pdf(path: Path, *, name: str | None = None) -> list[Line]:
    """The lines of a PDF in reading order; raises UnreadableFile when it is broken, locked, too long or only images."""
    shown = name or path.name
    with _open(path, shown) as pdf:
        pages, pictures = _read_pages(pdf, shown)
    words = sum(len(page.words) for page in pages)
    if pictures and words < LEAST_WORDS * len(pages):
        raise UnreadableFile(f"{shown} holds images, not text; run OCR first.")
    if not words:
        raise UnreadableFile(f"{shown} holds no text; export it again and import the new file.")
    rows = read_rows(*part_notes(pages))
    body, notes = [row for row in rows if not row.note], [row for row in rows if row.note]
    return [*_whole_words(_lines(body)), *_whole_words(_lines(notes))]


def _open(path: Path, name: str) -> "PDF":
    import pdfplumber
    from pdfminer.pdfdocument import PDFEncryptionError, PDFPasswordIncorrect
    from pdfplumber.utils.exceptions import PdfminerException

    try:
        return pdfplumber.open(path)
    except (PdfminerException, PDFEncryptionError) as error:
        causes = (error, *error.args)
        if any(isinstance(cause, PDFPasswordIncorrect | PDFEncryptionError) for cause in causes):
            raise UnreadableFile(f"{name} is protected with a password; save it without one.") from error
        raise UnreadableFile(f"{name} is a damaged PDF; export it again and import the new file.") from error
    except Exception as error:  # the parser below raises whatever a broken file leads it to
        raise UnreadableFile(f"{name} is a damaged PDF; export it again and import the new file.") from error


def _read_pages(pdf: "PDF", name: str) -> tuple[list[Page], int]:
    """The pages, and how many of them show an image."""
    pages: list[Page] = []
    pictures = 0
    try:
        for page in _few_pages(pdf, name):
            pages.append(_read_page(page))
            pictures += bool(page.images)
            page.close()
    except UnreadableFile:
        raise
    except Exception as error:  # the parser below raises whatever a broken file leads it to
        raise UnreadableFile(f"{name} is a damaged PDF; export it again and import the new file.") from error
    if not pages:
        raise UnreadableFile(f"{name} is a damaged PDF; export it again and import the new file.")
    return pages, pictures


def _few_pages(pdf: "PDF", name: str) -> Sequence["PlumberPage"]:
    if len(pdf.pages) > MOST_PAGES:
        raise UnreadableFile(f"{name} has more than {MOST_PAGES:,} pages; split it and import the parts.")
    return pdf.pages


def _read_page(page: "PlumberPage") -> Page:
    """The words inside a page that stand upright, each letter once."""
    from pdfplumber.utils.text import extract_words

    inside = {
        (char["text"], round(char["x0"]), round(char["top"])): char
        for char in page.chars
        if char["upright"] and _is_inside(char, page)
    }
    words = extract_words(list(inside.values()), extra_attrs=["size"])
    return Page(page.page_number, float(page.height), tuple(map(_word, words)))


def _is_inside(char: dict[str, Any], page: "PlumberPage") -> bool:
    across, down = (char["x0"] + char["x1"]) / 2, (char["top"] + char["bottom"]) / 2
    return bool(0 <= across <= page.width and 0 <= down <= page.height)


def _word(word: dict[str, Any]) -> Word:
    return Word(word["text"], word["x0"], word["x1"], word["top"], word["bottom"], word["size"])


def _lines(rows: Sequence[Row]) -> list[Line]:
    if not rows:
        return []
    size = _usual_size(rows)
    pitch = _usual_pitch(rows)
    edges = _edges(rows)
    lines = [_line(rows[0], size, gap=True)]
    for before, row in pairwise(rows):
        lines.append(_line(row, size, gap=_begins_paragraph(before, row, pitch, edges)))
    return lines


def _line(row: Row, size: float, *, gap: bool) -> Line:
    heading = row.size >= HEADING_SIZE * size and len(row.text) < 120
    text = " ".join(in_reading_order([word.text for word in row.words])).replace(f"{_SOFT} ", "- ")
    broken = _SOFT * text.rstrip().endswith(_SOFT)  # one that is shown ends a line, or was a hyphen
    return Line(clean(text) + broken, page=row.page, gap=gap, heading=heading, aside=row.note)


def _usual_size(rows: Sequence[Row]) -> float:
    letters: Counter[float] = Counter()
    for row in rows:
        letters[round(row.size, 1)] += len(row.text)
    return letters.most_common(1)[0][0]


def _usual_pitch(rows: Sequence[Row]) -> float:
    steps = [b.top - a.top for a, b in pairwise(rows) if _same_block(a, b) and b.top - a.top > 1]
    return min(median(steps), 1.5 * _usual_size(rows)) if steps else 0.0


def _edges(rows: Sequence[Row]) -> dict[int, tuple[float, float]]:
    """The left edge of most rows and the right edge of the longest, by column."""
    edges: dict[int, tuple[float, float]] = {}
    for column in {row.column for row in rows}:
        own = [row for row in rows if row.column == column]
        left = Counter(round(row.x0 / 3) for row in own).most_common(1)[0][0] * 3
        edges[column] = (left, max(row.x1 for row in own))
    return edges


def _begins_paragraph(before: Row, row: Row, pitch: float, edges: dict[int, tuple[float, float]]) -> bool:
    left, _ = edges[row.column]
    if row.numbered or row.x0 < left - INDENT:
        return True
    if row.x0 > left + INDENT and before.x0 <= edges[before.column][0] + INDENT / 2 and _is_last(before, edges):
        return True
    if not _same_block(before, row):
        return _is_last(before, edges)
    return row.top - before.top > PARAGRAPH_GAP * pitch


def _is_last(row: Row, edges: dict[int, tuple[float, float]]) -> bool:
    """Whether a row looks like the last one of a paragraph: it ends a sentence, and early."""
    left, right = edges[row.column]
    return row.x1 < right - 0.15 * (right - left) and bool(re.search(r"[.!?:…][\"'”’)\]]*$", row.text))


def _same_block(a: Row, b: Row) -> bool:
    return a.page == b.page and a.column == b.column and b.top > a.top


def _whole_words(lines: Sequence[Line]) -> list[Line]:
    """The lines with a word that is broken at a line end drawn together at the end of the first of the two."""
    known = Counter(word.casefold() for line in lines for word in _WORD.findall(line.text))
    whole: list[Line] = []
    for line in lines:
        broken = _BROKEN.search(whole[-1].text) if whole and not line.gap else None
        first, _, rest = line.text.partition(" ")
        if broken and first.casefold().rstrip(".,") in _LISTED:
            whole[-1] = _with_text(whole[-1], whole[-1].text[:-1] + "-")  # Handy- und Tabletproblem
            whole.append(line)
        elif broken and (first[:1].islower() or broken[0][-1] == _SOFT):
            before = whole.pop()
            hyphen = "-" if broken[0][-1] != _SOFT and _keeps_hyphen(broken[1], first, known) else ""
            whole.append(_with_text(before, before.text[:-1] + hyphen + first))
            if rest:
                whole.append(_with_text(line, rest))
        else:
            whole.append(line)
    return [_with_text(line, line.text.rstrip(_SOFT)) for line in whole]


def _keeps_hyphen(start: str, end: str, known: Counter[str]) -> bool:
    """Whether the hyphen is part of the word: so written elsewhere, or between two words where the whole is none."""
    tail = (_WORD.match(end) or re.match("", end))[0].casefold()  # type: ignore[index]
    first = start.casefold()
    if known[first + tail]:
        return False
    if first in _PREFIXES or known[f"{first}-{tail}"]:
        return True
    return known[first] > 1 and known[tail] > 1


def _with_text(line: Line, text: str) -> Line:
    return replace(line, text=text)
