"""The exchange formats of REFI-QDA 1.0: codebooks (`.qdc`) and projects (`.qdpx`), read and written; no database here.

What is carried: codes with hierarchy, colour and description; text sources with their plain text; selections of plain
text with codings, who coded and when; notes about codes and selections. What a project holds besides (pictures, audio,
video, cases, variables, sets, graphs, links, notes of something else) is counted and reported, not read. Offsets are
Unicode code points, the end exclusive. Source: REFI-QDA Standard 1.5, schemas `urn:QDA-XML:codebook:1.0` and
`…:project:1.0`.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

from synth.errors import BadInput

PROJECT: Final = "urn:QDA-XML:project:1.0"
CODEBOOK: Final = "urn:QDA-XML:codebook:1.0"
LARGEST_XML: Final = 64 << 20  # bytes
LARGEST_TEXT: Final = 16 << 20
MOST_ENTRIES: Final = 5_000
LARGEST_ARCHIVE: Final = 256 << 20  # unpacked
ORIGIN: Final = "Synth"
_GUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")
_NOT_READ: Final = tuple((f"{name}s", name) for name in ("Case", "Variable", "Set", "Graph", "Link"))
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


Entries = dict[str, zipfile.ZipInfo]


@dataclass(frozen=True, slots=True)
class WrittenCode:
    """A code of a file; `parent` is the guid of the one it stands in."""

    guid: str
    name: str
    parent: str | None = None
    description: str = ""
    color: str | None = None
    memo: str = ""  # a note; a codebook alone has no place for it


@dataclass(frozen=True, slots=True)
class WrittenCoding:
    """A span of a source with a code."""

    guid: str
    code: str  # the guid of the code
    start: int
    end: int
    coder: str
    at: datetime | None = None
    memo: str = ""


@dataclass(frozen=True, slots=True)
class WrittenSource:
    """A text of a project with what was coded in it."""

    guid: str
    name: str
    text: str
    codings: tuple[WrittenCoding, ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenProject:
    """A project as a file has it; `left_out` counts what was not read."""

    name: str
    codes: tuple[WrittenCode, ...]
    sources: tuple[WrittenSource, ...] = ()
    left_out: dict[str, int] = field(default_factory=dict)


def guid_of(*parts: str) -> str:
    """The guid of something that has an id of ours, always the same."""
    return str(uuid5(NAMESPACE_URL, "/".join(("synth", *parts))))


def write_codebook(codes: Sequence[WrittenCode]) -> bytes:
    """A `.qdc` file."""
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
        name=_clean(project.name),
        origin=ORIGIN,
        creatingUserGUID=maker,
        creationDateTime=_moment(now),
    )
    listed = etree.SubElement(root, f"{{{PROJECT}}}Users")
    for name, guid in {**users, ORIGIN: maker}.items():
        etree.SubElement(listed, f"{{{PROJECT}}}User", guid=guid, name=_clean(name))
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


def read_codebook(content: bytes) -> tuple[WrittenCode, ...]:
    """The codes of a `.qdc` file, parents first; raises BadInput for what is none."""
    root = _parse(content, "codebook")
    if _name(root) != "CodeBook":
        raise BadInput("The file is no REFI-QDA codebook; export it again as .qdc.")
    return tuple(_codes(root))


def read_project(content: bytes) -> WrittenProject:
    """What is read of a `.qdpx` file; raises BadInput for what is none, or is too large."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = {entry.filename.replace("\\", "/"): entry for entry in archive.infolist()}
            if len(entries) > MOST_ENTRIES or sum(entry.file_size for entry in entries.values()) > LARGEST_ARCHIVE:
                raise BadInput("The project unpacks to more than a project of texts holds; export it without media.")
            qde = next((entry for name, entry in entries.items() if name.casefold() == "project.qde"), None)
            if qde is None:
                raise BadInput("The archive holds no project.qde; export the project again as .qdpx.")
            root = _parse(_unpack(archive, qde, LARGEST_XML), "project")
            if _name(root) != "Project":
                raise BadInput("The file is no REFI-QDA project; export it again as .qdpx.")
            return _project(archive, entries, root)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BadInput("The file is no archive that can be opened; export the project again as .qdpx.") from error


def _project(archive: zipfile.ZipFile, entries: Entries, root: Any) -> WrittenProject:
    users = {user.get("guid", ""): user.get("name") or user.get("id") or "" for user in _all(root, "User")}
    left_out: Counter[str] = Counter()
    notes = _read_notes(archive, entries, root)
    sources = []
    for holder in _children(root, "Sources"):
        for element in holder:
            if _name(element) == "TextSource":
                sources.append(_source(archive, entries, element, users, notes, left_out))
            else:
                left_out[_name(element)] += 1
    for place, of in _NOT_READ:
        count = sum(len(_children(holder, of)) for holder in _children(root, place))
        if count:
            left_out[of] += count
    codes = tuple(code for book in _children(root, "CodeBook") for code in _codes(book, notes=notes))
    unused = len(notes.texts.keys() - notes.used)
    if unused:
        left_out["Note of something else"] += unused
    return WrittenProject(root.get("name") or "", codes, tuple(sources), dict(left_out))


def _source(
    archive: zipfile.ZipFile,
    entries: Entries,
    element: Any,
    users: dict[str, str],
    notes: "_ReadNotes",
    left_out: Counter[str],
) -> WrittenSource:
    text = _source_text(archive, entries, element)
    codings = []
    for selection in _children(element, "PlainTextSelection"):
        try:
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
        except (TypeError, ValueError):
            left_out["selection without a span"] += 1
            continue
        for coding in _children(selection, "Coding"):
            refs = _children(coding, "CodeRef")
            if not refs:
                continue
            user = coding.get("creatingUser") or selection.get("creatingUser") or ""
            codings.append(
                WrittenCoding(
                    coding.get("guid") or selection.get("guid") or "",
                    refs[0].get("targetGUID") or "",
                    start,
                    end,
                    users.get(user) or "unknown",
                    _read_moment(coding.get("creationDateTime") or selection.get("creationDateTime")),
                    notes.memo_of(selection, coding),
                )
            )
    return WrittenSource(element.get("guid") or "", element.get("name") or "", text, tuple(codings))


@dataclass(slots=True)
class _ReadNotes:
    """The texts of a project's notes by their guids, and which of them something refers to."""

    texts: dict[str, str]
    used: set[str] = field(default_factory=set)

    def memo_of(self, selection: Any, coding: Any) -> str:
        """What is noted about a coding: the description of its selection, and the notes that either refers to."""
        said = [_description(selection), self.referred(selection), self.referred(coding)]
        return "\n\n".join(dict.fromkeys(filter(None, said)))

    def referred(self, element: Any) -> str:
        """The notes that an element refers to, as one text."""
        guids = [ref.get("targetGUID") or "" for ref in _children(element, "NoteRef")]
        self.used.update(guids)
        return "\n\n".join(dict.fromkeys(self.texts[guid] for guid in guids if self.texts.get(guid)))


def _read_notes(archive: zipfile.ZipFile, entries: Entries, root: Any) -> _ReadNotes:
    notes = [note for holder in _children(root, "Notes") for note in _children(holder, "Note")]
    return _ReadNotes({note.get("guid") or "": _source_text(archive, entries, note).strip() for note in notes})


def _source_text(archive: zipfile.ZipFile, entries: Entries, element: Any) -> str:
    for inline in _children(element, "PlainTextContent"):
        return inline.text or ""
    path = element.get("plainTextPath") or ""
    name = path.removeprefix("internal://").replace("\\", "/").lstrip("/")
    entry = entries.get(name) or entries.get(f"sources/{name}") or entries.get(f"Sources/{name}")
    if entry is None:
        return ""
    return _unpack(archive, entry, LARGEST_TEXT).decode("utf-8-sig", "replace")


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, largest: int) -> bytes:
    with archive.open(entry) as part:
        content = part.read(largest + 1)
    if len(content) > largest:
        raise BadInput(f"A part of the project is larger than {largest >> 20} MB; export it without media.")
    return content


def _codes(element: Any, parent: str | None = None, *, notes: "_ReadNotes | None" = None) -> Iterator[WrittenCode]:
    holders = _children(element, "Codes") if parent is None else [element]
    for holder in holders:
        for code in _children(holder, "Code"):
            guid, color = code.get("guid") or "", code.get("color")
            yield WrittenCode(
                guid,
                code.get("name") or "",
                parent,
                _description(code),
                color if color and _COLOR.fullmatch(color) else None,
                notes.referred(code) if notes else "",
            )
            yield from _codes(code, guid, notes=notes)


def _write_codes(etree: Any, root: Any, space: str, codes: Sequence[WrittenCode]) -> None:
    holder = etree.SubElement(root, f"{{{space}}}Codes")
    made: dict[str, Any] = {}
    for code in codes:
        above = made.get(code.parent or "", holder)
        attributes = {"guid": code.guid, "name": _clean(code.name), "isCodable": "true"}
        if code.color:
            attributes["color"] = code.color
        element = etree.SubElement(above, f"{{{space}}}Code", attributes)
        if code.description:
            etree.SubElement(element, f"{{{space}}}Description").text = _clean(code.description)
        made[code.guid] = element


def _write_source(
    etree: Any, sources: Any, source: WrittenSource, users: dict[str, str], notes: "_Notes", now: datetime
) -> None:
    element = etree.SubElement(
        sources,
        f"{{{PROJECT}}}TextSource",
        guid=source.guid,
        name=_clean(source.name),
        plainTextPath=f"internal://{source.guid}.txt",
        creatingUser=guid_of("user", ORIGIN),
        creationDateTime=_moment(now),
    )
    for coding in source.codings:
        user, at = users[coding.coder], _moment(coding.at or now)
        selection = etree.SubElement(
            element,
            f"{{{PROJECT}}}PlainTextSelection",
            guid=guid_of("selection", coding.guid),
            name=_clean(source.text[coding.start : coding.end][:60]),
            startPosition=str(coding.start),
            endPosition=str(coding.end),
            creatingUser=user,
            creationDateTime=at,
        )
        made = etree.SubElement(
            selection, f"{{{PROJECT}}}Coding", guid=coding.guid, creatingUser=user, creationDateTime=at
        )
        etree.SubElement(made, f"{{{PROJECT}}}CodeRef", targetGUID=coding.code)
        if coding.memo:
            notes.refer(selection, guid_of("note", coding.guid), coding.memo, coding.coder)


def _write_notes_of_codes(root: Any, codes: Sequence[WrittenCode], notes: "_Notes") -> None:
    """A reference to its memo in each code, ahead of the codes below it, as the schema has it."""
    memos = {code.guid: code.memo for code in codes if code.memo}
    for element in _all(root, "Code"):
        if memo := memos.get(element.get("guid")):
            ref = notes.refer(element, guid_of("note", element.get("guid")), memo, ORIGIN)
            below = _children(element, "Code")
            if below:
                below[0].addprevious(ref)


class _Notes:
    """The notes of a project as they come up: they stand at its end, and what they are about refers to them."""

    def __init__(self, etree: Any, users: Mapping[str, str], now: datetime) -> None:
        self._etree, self._users, self._now = etree, users, now
        self._written: list[tuple[str, str, str]] = []

    def refer(self, element: Any, guid: str, text: str, by: str) -> Any:
        """A reference to a note in what it is about."""
        self._written.append((guid, _clean(text), self._users[by]))
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


def _parse(content: bytes, what: str) -> Any:
    from lxml import etree

    plain = content[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in content.replace(b"\x00", b""):
        raise BadInput(f"The {what} holds XML declarations that none needs; export it again.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"The {what} is no XML that can be read; export it again.") from error


def _name(element: Any) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Any, name: str) -> list[Any]:
    return [child for child in element if _name(child) == name]


def _all(element: Any, name: str) -> list[Any]:
    return [each for each in element.iter() if _name(each) == name]


def _description(element: Any) -> str:
    return next((child.text or "" for child in _children(element, "Description")), "").strip()


def _clean(text: str) -> str:
    """Without characters that XML does not know."""
    return _UNWRITABLE.sub("", text)


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _read_moment(written: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
