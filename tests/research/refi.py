"""The rules of docs/exchange.md, and what a file does against them."""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lxml import etree  # type: ignore[import-untyped]

_DOCS = Path(__file__).resolve().parents[2] / "docs" / "exchange.md"
_GUID = re.compile(
    r"([0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})|(\{[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\})"
)
_VALUES = {
    "guid": _GUID,
    "color": re.compile(r"#([0-9a-fA-F]{6}|[0-9a-fA-F]{3})"),
    "isCodable": re.compile(r"true|false|1|0"),
    "startPosition": re.compile(r"[+-]?\d+"),
    "creationDateTime": re.compile(r"-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
}  # the first attribute of each row of the table of values


@dataclass(frozen=True)
class Rule:
    """What an element may carry and hold; `holds` is a pattern over the names of its children, each with a blank."""

    attributes: Mapping[str, bool]
    holds: re.Pattern[str]


@dataclass(frozen=True)
class Rules:
    """The rules of one schema, by the names of elements, and the patterns of attributes."""

    space: str
    elements: Mapping[str, Rule]
    values: Mapping[str, re.Pattern[str]]


def read_rules(heading: str, space: str) -> Rules:
    """The table below a heading of the page."""
    rules = {
        name: Rule(
            {each.rstrip("!"): each.endswith("!") for each in _listed(attributes)},
            re.compile("".join(_pattern(each) for each in _listed(holds))),
        )
        for name, attributes, holds in _rows(heading)
    }
    patterns: dict[str, re.Pattern[str]] = {}
    for names, _ in _rows("Values"):
        listed = _listed(names)
        patterns |= dict.fromkeys(listed, _VALUES[listed[0]])
    return Rules(space, rules, patterns)


def faults(content: bytes, rules: Rules) -> list[str]:
    """What a piece of XML does against the rules of its schema."""
    root = etree.fromstring(content)
    return [fault for element in root.iter(etree.Element) for fault in _faults_of(element, rules)]


def faults_of_project(content: bytes, rules: Rules) -> list[str]:
    """The same of a `.qdpx` file, with what holds beyond the schema."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    if "project.qde" not in parts:
        return ["no project.qde at the top"]
    root = etree.fromstring(parts["project.qde"])
    return [*faults(parts["project.qde"], rules), *_dangling(root), *_texts(root, parts)]


def _rows(heading: str) -> list[list[str]]:
    section = _DOCS.read_text("utf-8").split(f"### {heading}\n")[1].split("\n#")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def _listed(cell: str) -> list[str]:
    return [each.strip() for each in cell.split(",") if each.strip()]


def _pattern(child: str) -> str:
    name = child.rstrip("?*+")
    return f"(?:{name} ){child[len(name) :]}"


def _faults_of(element: Any, rules: Rules) -> Iterator[str]:
    name = etree.QName(element)
    rule = rules.elements.get(name.localname)
    if name.namespace != rules.space or rule is None:
        yield f"{name} is no element of the schema"
        return
    for attribute, needed in rule.attributes.items():
        if needed and attribute not in element.attrib:
            yield f"{name.localname} has no {attribute}"
    for attribute, value in element.attrib.items():
        if attribute not in rule.attributes:
            yield f"{name.localname} has an attribute {attribute}"
        elif attribute in rules.values and not rules.values[attribute].fullmatch(value):
            yield f"{attribute} of {name.localname} is {value!r}"
    held = "".join(f"{etree.QName(child).localname} " for child in element)
    if not rule.holds.fullmatch(held):
        yield f"{name.localname} holds {held}"
    if len(element) and (element.text or "").strip():
        yield f"{name.localname} holds text beside elements"


def _dangling(root: Any) -> Iterator[str]:
    guids = Counter(element.get("guid") for element in root.iter(etree.Element) if element.get("guid"))
    yield from (f"the guid {guid} stands {count} times" for guid, count in guids.items() if count > 1)
    for reference, to in (("CodeRef", "Code"), ("NoteRef", "Note")):
        known = {element.get("guid") for element in root.iter("{*}" + to)}
        missing = {element.get("targetGUID") for element in root.iter("{*}" + reference)} - known
        yield from (f"a {reference} refers to {guid}, which is no {to}" for guid in missing)
    users = {user.get("guid") for user in root.iter("{*}User")}
    named = {each.get(key) for each in root.iter(etree.Element) for key in ("creatingUser", "creatingUserGUID")}
    yield from (f"{guid} is no user" for guid in named - users - {None})


def _texts(root: Any, parts: Mapping[str, bytes]) -> Iterator[str]:
    for source in (*root.iter("{*}TextSource"), *root.iter("{*}Note")):
        inline, path = source.find("{*}PlainTextContent"), source.get("plainTextPath")
        if (inline is None) == (path is None):
            yield "a text has both or none of PlainTextContent and plainTextPath"
            continue
        content = parts.get("sources/" + (path or "").removeprefix("internal://"), b"")
        text = (inline.text or "") if inline is not None else content.decode("utf-8")
        if path and (not content or text.startswith("\ufeff")):
            yield f"{path} is not in the archive as plain UTF-8"
        for selection in source.iter("{*}PlainTextSelection"):
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            if not 0 <= start < end <= len(text):
                yield f"a selection is from {start} to {end} of {len(text)}"
