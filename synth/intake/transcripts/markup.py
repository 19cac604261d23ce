"""Web pages, OpenDocument texts and RTF as lines: paragraphs, list items, headings, rows of tables, in order."""

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from synth.errors import UnreadableFile
from synth.intake.signatures import check_archive, check_markup
from synth.intake.transcripts.prose import text_lines
from synth.intake.transcripts.turns import Line, clean

LARGEST_PAGE: Final = 20 << 20  # characters of a web page or an RTF file
LARGEST_PART: Final = 100 << 20  # bytes of an OpenDocument's content
LONGEST_LEAD: Final = 60  # characters of a bold label
DEEPEST: Final = 500  # elements inside each other

_BLOCKS: Final = frozenset((
    "p", "div", "li", "h1", "h2", "h3", "h4", "h5", "h6", "tr", "blockquote", "pre", "section", "article",
    "header", "footer", "dd", "dt", "figcaption", "caption", "td", "th",
))  # fmt: skip
_SKIPPED: Final = frozenset((
    "script", "style", "head", "template", "noscript", "svg", "math", "iframe", "object", "nav",
))  # fmt: skip
_HEADINGS: Final = frozenset(f"h{level}" for level in range(1, 7))
_BOLD: Final = frozenset(("b", "strong"))
_TEXT: Final = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE: Final = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_OFFICE: Final = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
_DAMAGED: Final = "{} is damaged and cannot be opened; save it again and import the new file."
_RTF_GROUPS: Final = 50_000  # braces of an RTF file


def read_html(text: str, name: str) -> list[Line]:
    """The lines of a web page; raises UnreadableFile for one that is too large, too deep, or no page."""
    from lxml import etree, html  # type: ignore[import-untyped]

    if len(text) > LARGEST_PAGE:
        raise UnreadableFile(f"{name} is larger than a page of text; save its text and import that.")
    try:
        parser = html.HTMLParser(encoding="utf-8", no_network=True)
        root = html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as error:
        raise UnreadableFile(_DAMAGED.format(name)) from error
    return list(_page_lines(root))


def read_odt(path: Path, *, name: str) -> list[Line]:
    """The lines of an OpenDocument text; raises UnreadableFile when it cannot be opened or is not safe to open."""
    from lxml import etree

    check_archive(path, name)
    check_markup(path, name)
    try:
        with zipfile.ZipFile(path) as archive, archive.open("content.xml") as part:
            content = part.read(LARGEST_PART + 1)
        if len(content) > LARGEST_PART:
            raise UnreadableFile(f"{name} holds more than a document does; save its text as a new file.")
        root = etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, KeyError, OSError, zipfile.BadZipFile, ValueError) as error:
        raise UnreadableFile(_DAMAGED.format(name)) from error
    body = root.find(f".//{_OFFICE}text")
    return [] if body is None else list(_document_lines(body))


def read_rtf(text: str, name: str) -> list[Line]:
    """The lines of an RTF file; raises UnreadableFile for one that is too large or not to be read."""
    from striprtf.striprtf import rtf_to_text

    if len(text) > LARGEST_PAGE or text.count("{") > _RTF_GROUPS:
        raise UnreadableFile(f"{name} is larger than a text; save it as .docx and import that.")
    try:
        plain: str = rtf_to_text(text, errors="ignore")  # type: ignore[no-untyped-call]
    except (ValueError, LookupError, IndexError, RecursionError, UnicodeError) as error:
        raise UnreadableFile(_DAMAGED.format(name)) from error
    rows = (re.sub(r"\s*\|\s*$", "", line).replace("|", " ") for line in plain.replace("\r\n", "\n").split("\n"))
    return text_lines("\n".join(rows))


def _page_lines(root: Any) -> Iterator[Line]:
    """The blocks of a page, walked without recursion: pages can be deeper than Python's stack."""
    parts: list[str] = []
    lead: str | None = None
    tag, gap = "", True

    def line() -> Line | None:
        words = clean("".join(parts))
        if not words:
            return None
        first = clean(lead or "")
        label = first if first and len(first) <= LONGEST_LEAD and words.startswith(first) else None
        return Line(words, gap=gap, lead=label, heading=tag in _HEADINGS)

    for event, element, text in _walk(root):
        if event == "text":
            if lead is None and not "".join(parts).strip() and text.strip():
                lead = text if element.tag in _BOLD else ""
            parts.append(text)
            continue
        if element.tag in ("td", "th") and event == "end":
            parts.append(" ")
            continue
        if element.tag in _BLOCKS - {"td", "th"} or element.tag == "br":
            if (made := line()) is not None:
                yield made
            gap = element.tag != "br"
            parts, lead, tag = [], None, str(element.tag) if event == "start" else ""
    if (made := line()) is not None:
        yield made


def _walk(root: Any) -> Iterator[tuple[str, Any, str]]:
    """("start" | "end", element, "") and ("text", element, its words), in the order of the page."""
    stack: list[tuple[Any, bool]] = [(root, False)]
    while stack:
        element, done = stack.pop()
        if done:
            yield "end", element, ""
            if element.tail:
                parent = element.getparent()
                yield "text", element if parent is None else parent, element.tail
            continue
        if not isinstance(element.tag, str) or element.tag in _SKIPPED:
            if element.tail:
                yield "text", element.getparent(), element.tail
            continue
        yield "start", element, ""
        if element.text:
            yield "text", element, element.text
        stack.append((element, True))
        stack.extend((child, False) for child in reversed(element))


def _document_lines(body: Any) -> Iterator[Line]:
    for element in body.iter(f"{_TEXT}p", f"{_TEXT}h", f"{_TABLE}table-row"):
        if _is_hidden(element, body):
            continue
        if element.tag == f"{_TABLE}table-row":
            cells = (_spoken(cell) for cell in element if cell.tag == f"{_TABLE}table-cell")
            text = " ".join(filter(None, (clean(cell) for cell in cells)))
        elif any(above.tag == f"{_TABLE}table-row" for above in element.iterancestors()):
            continue  # it stood in its row
        else:
            text = _spoken(element)
        for number, words in enumerate(text.split("\n")):
            if clean(words):
                yield Line(clean(words), gap=number == 0, heading=element.tag == f"{_TEXT}h")


def _is_hidden(element: Any, body: Any) -> bool:
    """Whether it stands in a comment, a foot note, or in what was deleted."""
    hidden = (f"{_TEXT}tracked-changes", f"{_OFFICE}annotation", f"{_TEXT}note")
    for depth, above in enumerate(element.iterancestors()):
        if above is body:
            return False
        if above.tag in hidden or depth > DEEPEST:
            return True
    return False


def _spoken(element: Any) -> str:
    """The words of a paragraph, with its line breaks; comments and notes are left out."""
    parts: list[str] = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}line-break":
            parts.append("\n")
        elif child.tag in (f"{_TEXT}tab", f"{_TEXT}s"):
            parts.append(" ")
        elif isinstance(child.tag, str) and child.tag not in (f"{_OFFICE}annotation", f"{_TEXT}note"):
            parts.append(_inner(child))
        parts.append(child.tail or "")
        if child.tag in (f"{_TEXT}p", f"{_TEXT}h"):
            parts.append(" ")
    return "".join(parts)


def _inner(element: Any) -> str:
    """The words of a span; spans stand a few deep, and what stands deeper is no text of a person."""
    depth = sum(1 for _ in zip(element.iterancestors(), range(DEEPEST), strict=False))
    return _spoken(element) if depth < DEEPEST else ""
