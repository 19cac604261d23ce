"""Codebooks and projects of REFI-QDA written."""

import io
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from synth.research.exchange.qda import (
    CODEBOOK,
    ORIGIN,
    PROJECT,
    WrittenCode,
    WrittenProject,
    WrittenSource,
    as_guid,
    children,
    descendants,
    guid_of,
)
from synth.words.xml import writable


def write_codebook(codes: Sequence[WrittenCode]) -> bytes:
    """A `.qdc` file, which holds at least one code."""
    from lxml import etree  # type: ignore[import-untyped]

    root = etree.Element(f"{{{CODEBOOK}}}CodeBook", nsmap={None: CODEBOOK}, origin=ORIGIN)
    _write_codes(etree, root, CODEBOOK, codes)
    return _serialise(etree, root)


def write_project(project: WrittenProject, *, now: datetime) -> bytes:
    """A `.qdpx` file."""
    from lxml import etree

    users = {coder: guid_of("user", coder) for source in project.sources for coder in (c.coder for c in source.codings)}
    maker = guid_of("user", ORIGIN)
    root = etree.Element(
        f"{{{PROJECT}}}Project",
        nsmap={None: PROJECT},
        name=writable(project.name),
        origin=ORIGIN,
        creatingUserGUID=maker,
        creationDateTime=_moment(now),
    )
    listed = etree.SubElement(root, f"{{{PROJECT}}}Users")
    for name, guid in {**users, ORIGIN: maker}.items():
        etree.SubElement(listed, f"{{{PROJECT}}}User", guid=guid, name=writable(name))
    if project.codes:
        _write_codes(etree, etree.SubElement(root, f"{{{PROJECT}}}CodeBook"), PROJECT, project.codes)
    notes = _Notes(etree, {**users, ORIGIN: maker}, now)
    _write_notes_of_codes(root, project.codes, notes)
    if project.sources:
        sources = etree.SubElement(root, f"{{{PROJECT}}}Sources")
        for source in project.sources:
            _write_source(etree, sources, source, users, notes, now)
    notes.write(root)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", _serialise(etree, root))
        for source in project.sources:
            archive.writestr(f"sources/{source.guid}.txt", source.text.encode("utf-8", "replace"))
    return packed.getvalue()


def _write_codes(etree: Any, root: Any, space: str, codes: Sequence[WrittenCode]) -> None:
    holder = etree.SubElement(root, f"{{{space}}}Codes")
    made: dict[str, Any] = {}
    for code in codes:
        above = made.get(code.parent or "", holder)
        attributes = {"guid": as_guid(code.guid), "name": writable(code.name), "isCodable": "true"}
        if code.color:
            attributes["color"] = code.color
        element = etree.SubElement(above, f"{{{space}}}Code", attributes)
        if code.description:
            etree.SubElement(element, f"{{{space}}}Description").text = writable(code.description)
        made[code.guid] = element


def _write_source(
    etree: Any,
    sources: Any,
    source: WrittenSource,
    users: dict[str, str],
    notes: "_Notes",
    now: datetime,
) -> None:
    element = etree.SubElement(
        sources,
        f"{{{PROJECT}}}TextSource",
        guid=source.guid,
        name=writable(source.name),
        plainTextPath=f"internal://{source.guid}.txt",
        creatingUser=guid_of("user", ORIGIN),
        creationDateTime=_moment(now),
    )
    for coding in source.codings:
        user, at, guid = users[coding.coder], _moment(coding.at or now), notes.guids.new(coding.guid)
        selection = etree.SubElement(
            element,
            f"{{{PROJECT}}}PlainTextSelection",
            guid=guid_of("selection", guid),
            name=writable(source.text[coding.start : coding.end][:60]),
            startPosition=str(coding.start),
            endPosition=str(coding.end),
            creatingUser=user,
            creationDateTime=at,
        )
        made = etree.SubElement(selection, f"{{{PROJECT}}}Coding", guid=guid, creatingUser=user, creationDateTime=at)
        etree.SubElement(made, f"{{{PROJECT}}}CodeRef", targetGUID=as_guid(coding.code))
        if coding.memo:
            notes.refer(selection, guid_of("note", guid), coding.memo, coding.coder)


def _write_notes_of_codes(root: Any, codes: Sequence[WrittenCode], notes: "_Notes") -> None:
    """A reference to its memo in each code, ahead of the codes below it, as the schema has it."""
    memos = {as_guid(code.guid): code.memo for code in codes if code.memo}
    for element in descendants(root, "Code"):
        if memo := memos.get(element.get("guid")):
            ref = notes.refer(element, guid_of("note", element.get("guid")), memo, ORIGIN)
            below = children(element, "Code")
            if below:
                below[0].addprevious(ref)


class _Guids:
    """The guids of a file, where none may stand twice: other tools give one to each code of a span they share."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def new(self, known: str) -> str:
        """The guid of something, or where it stands in the file already another, always the same."""
        guid = as_guid(known)
        self._seen[guid] += 1
        return guid if self._seen[guid] == 1 else guid_of("again", guid, str(self._seen[guid]))


class _Notes:
    """The notes of a project as they come up: they stand at its end, and what they are about refers to them."""

    def __init__(self, etree: Any, users: Mapping[str, str], now: datetime) -> None:
        self._etree, self._users, self._now = etree, users, now
        self._written: list[tuple[str, str, str]] = []
        self.guids = _Guids()

    def refer(self, element: Any, guid: str, text: str, by: str) -> Any:
        """A reference to a note in what it is about."""
        self._written.append((guid, writable(text), self._users[by]))
        return self._etree.SubElement(element, f"{{{PROJECT}}}NoteRef", targetGUID=guid)

    def write(self, root: Any) -> None:
        """The notes themselves."""
        if not self._written:
            return
        holder = self._etree.SubElement(root, f"{{{PROJECT}}}Notes")
        for guid, text, user in self._written:
            note = self._etree.SubElement(
                holder,
                f"{{{PROJECT}}}Note",
                guid=guid,
                name=" ".join(text.split())[:60],
                creatingUser=user,
                creationDateTime=_moment(self._now),
            )
            self._etree.SubElement(note, f"{{{PROJECT}}}PlainTextContent").text = text


def _serialise(etree: Any, root: Any) -> bytes:
    content: bytes = etree.tostring(root, xml_declaration=True, encoding="utf-8", pretty_print=True)
    return content


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
