"""Codebooks and projects of REFI-QDA read.

What a project holds besides what is carried (pictures, audio, video, cases, variables, sets, graphs, links, notes of
something else) is counted and reported, not read.
"""

import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from synth.errors import BadInput
from synth.research.exchange.qda import (
    WrittenCode,
    WrittenCoding,
    WrittenProject,
    WrittenSource,
    children,
    descendants,
    name_of,
)

LARGEST_XML: Final = 64 << 20  # bytes
LARGEST_TEXT: Final = 16 << 20
MOST_ENTRIES: Final = 5_000
LARGEST_ARCHIVE: Final = 256 << 20  # unpacked
_NOT_READ: Final = tuple((f"{name}s", name) for name in ("Case", "Variable", "Set", "Graph", "Link"))
_COLOR: Final = re.compile(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})")

Entries = dict[str, zipfile.ZipInfo]


def read_codebook(content: bytes) -> tuple[WrittenCode, ...]:
    """The codes of a `.qdc` file, parents first; raises BadInput for what is none."""
    root = _parse(content, "codebook")
    if name_of(root) != "CodeBook":
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
            if name_of(root) != "Project":
                raise BadInput("The file is no REFI-QDA project; export it again as .qdpx.")
            return _project(archive, entries, root)
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError) as error:
        raise BadInput("The file is no archive that can be opened; export the project again as .qdpx.") from error


def _project(archive: zipfile.ZipFile, entries: Entries, root: Any) -> WrittenProject:
    users = {user.get("guid", ""): user.get("name") or user.get("id") or "" for user in descendants(root, "User")}
    left_out: Counter[str] = Counter()
    notes = _read_notes(archive, entries, root)
    sources = []
    for holder in children(root, "Sources"):
        for element in holder:
            if name_of(element) == "TextSource":
                sources.append(_source(archive, entries, element, users, notes, left_out))
            else:
                left_out[name_of(element)] += 1
    for place, of in _NOT_READ:
        count = sum(len(children(holder, of)) for holder in children(root, place))
        if count:
            left_out[of] += count
    codes = tuple(code for book in children(root, "CodeBook") for code in _codes(book, notes=notes))
    unused = len(notes.texts.keys() - notes.used)
    if unused:
        left_out["Note of something else"] += unused
    return WrittenProject(root.get("name") or "", codes, tuple(sources), dict(+left_out))


def _source(
    archive: zipfile.ZipFile,
    entries: Entries,
    element: Any,
    users: dict[str, str],
    notes: "_ReadNotes",
    left_out: Counter[str],
) -> WrittenSource:
    text = _source_text(archive, entries, element)
    left_out["Coding of a whole text"] += len(children(element, "Coding"))
    left_out["Description of a text"] += bool(_description(element))
    codings = []
    for selection in children(element, "PlainTextSelection"):
        span = _span(selection, text)
        if span is None:
            left_out["selection without a span in its text"] += 1
            continue
        coded = [(coding, refs) for coding in children(selection, "Coding") if (refs := children(coding, "CodeRef"))]
        left_out["selection without a code"] += not coded
        start, end = span
        for coding, refs in coded:
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


def _span(selection: Any, text: str) -> tuple[int, int] | None:
    """Where a selection begins and ends; None where that is not in the text, if the project holds it."""
    try:
        start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
    except (TypeError, ValueError):
        return None
    return (start, end) if 0 <= start < end and (end <= len(text) or not text) else None


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
        guids = [ref.get("targetGUID") or "" for ref in children(element, "NoteRef")]
        self.used.update(guids)
        return "\n\n".join(dict.fromkeys(self.texts[guid] for guid in guids if self.texts.get(guid)))


def _read_notes(archive: zipfile.ZipFile, entries: Entries, root: Any) -> _ReadNotes:
    notes = [note for holder in children(root, "Notes") for note in children(holder, "Note")]
    return _ReadNotes({note.get("guid") or "": _source_text(archive, entries, note).strip() for note in notes})


def _source_text(archive: zipfile.ZipFile, entries: Entries, element: Any) -> str:
    for inline in children(element, "PlainTextContent"):
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
    holders = children(element, "Codes") if parent is None else [element]
    for holder in holders:
        for code in children(holder, "Code"):
            guid = code.get("guid") or ""
            yield WrittenCode(
                guid,
                code.get("name") or "",
                parent,
                _description(code),
                _color(code.get("color") or ""),
                notes.referred(code) if notes else "",
            )
            yield from _codes(code, guid, notes=notes)


def _color(written: str) -> str | None:
    """A colour with six digits, of which the format lets three be left out."""
    if not _COLOR.fullmatch(written):
        return None
    return written if len(written) == 7 else "#" + "".join(2 * digit for digit in written[1:])


def _parse(content: bytes, what: str) -> Any:
    from lxml import etree  # type: ignore[import-untyped]

    plain = content[:4096].replace(b"\x00", b"")
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in content.replace(b"\x00", b""):
        raise BadInput(f"The {what} holds XML declarations that none needs; export it again.")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        return etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BadInput(f"The {what} is no XML that can be read; export it again.") from error


def _description(element: Any) -> str:
    return next((child.text or "" for child in children(element, "Description")), "").strip()


def _read_moment(written: str | None) -> datetime | None:
    try:
        at = datetime.fromisoformat(written) if written else None
    except ValueError:
        return None
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)
