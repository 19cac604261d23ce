"""Plain text and Markdown as lines: marks reduced to the words they mark, front matter read into fields."""

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from synth.intake.transcripts.turns import Line

if TYPE_CHECKING:
    from markdown_it.token import Token

DEEPEST = 100  # quotes and lists inside each other

_FRONT = re.compile(r"\A---[ \t]*\n(.{0,20000}?)\n(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_PAIR = re.compile(r"^([A-Za-zÄÖÜäöüß][\w \-]{0,40}):(?:\s+(.*))?$")
_TAG = re.compile(r"</?[A-Za-z][^<>]*>")


def text_lines(text: str) -> list[Line]:
    """The lines of a plain text; a paragraph begins after an empty line."""
    lines: list[Line] = []
    gap = True
    for line in text.split("\n"):
        if line.strip():
            lines.append(Line(line.rstrip(), gap=gap))
        gap = not line.strip()
    return lines


def split_front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields between two '---' lines at the start of a text, and the rest."""
    match = _FRONT.match(text)
    if not match:
        return {}, text
    fields: dict[str, str] = {}
    for line in match[1].split("\n"):
        if pair := _PAIR.match(line.rstrip()):
            key, value = pair[1].strip().replace("_", " "), _unquoted(pair[2] or "")
            fields[key] = value
        elif fields and re.match(r"\s*-\s+\S", line):
            last = next(reversed(fields))
            fields[last] = ", ".join(filter(None, (fields[last], _unquoted(line.strip()[1:]))))
    return ({key: value for key, value in fields.items() if value}, text[match.end() :]) if fields else ({}, text)


def markdown_lines(text: str) -> list[Line]:
    """The lines of a Markdown text without its marks; list marks stay, and bold words at a start are set apart."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": DEEPEST}).enable("table").disable("lheading")
    return list(_blocks(parser.parse(text)))


def _blocks(tokens: Sequence["Token"]) -> Iterator[Line]:
    heading, mark = False, ""
    cells: list[str] | None = None
    for token in tokens:
        match token.type:
            case "heading_open" | "heading_close":
                heading = token.type == "heading_open"
            case "list_item_open":
                mark = f"{token.info}. " if token.info else "- "
            case "tr_open":
                cells = []
            case "tr_close" if cells is not None:
                yield Line(" | ".join(cells), gap=True)
                cells = None
            case "inline" if cells is not None:
                cells.append(" ".join(_inline(token.children or [])))
            case "inline":
                yield from _lines(token, mark, heading)
                mark = ""
            case "fence" | "code_block" | "html_block":
                plain = _without_html(token.content) if token.type == "html_block" else token.content
                yield from text_lines(plain)


def _lines(token: "Token", mark: str, heading: bool) -> Iterator[Line]:
    children = token.children or []
    lead = None if mark else _lead(children)
    for number, line in enumerate(_inline(children)):
        if line.strip():
            first = number == 0
            yield Line(mark * first + line, gap=first, lead=lead if first else None, heading=heading)


def _lead(children: Sequence["Token"]) -> str | None:
    marks = [token for token in children[:4] if token.type != "text" or token.content]
    if (
        len(marks) > 2
        and marks[0].type == "strong_open"
        and marks[1].type == "text"
        and marks[2].type == "strong_close"
    ):
        return marks[1].content
    return None


def _inline(children: Sequence["Token"]) -> list[str]:
    lines = [""]
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            lines.append("")
        elif token.type == "image":
            lines[-1] += token.content
        elif token.type == "html_inline":
            lines[-1] += _without_html(token.content)
        else:
            lines[-1] += token.content
    return lines


def _without_html(text: str) -> str:
    """The text without tags and closed comments."""
    kept, rest = "", text
    while (start := rest.find("<!--")) >= 0 and (end := rest.find("-->", start)) >= 0:
        kept, rest = kept + rest[:start], rest[end + 3 :]
    return _TAG.sub("", kept + rest)


def _unquoted(value: str) -> str:
    plain = value.strip()
    if plain[:1] == "[" and plain[-1:] == "]":
        return ", ".join(_unquoted(part) for part in plain[1:-1].split(","))
    return plain[1:-1] if len(plain) > 1 and plain[0] == plain[-1] and plain[0] in "\"'" else plain
