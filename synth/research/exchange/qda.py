"""What the exchange formats of REFI-QDA 1.0 carry: codebooks (`.qdc`) and projects (`.qdpx`); no file is touched here.

What is carried: codes with hierarchy, colour and description; text sources with their plain text; selections of plain
text with codings, who coded and when; notes about codes and selections. Offsets are Unicode code points, the end
exclusive. Source: REFI-QDA Standard 1.5, schemas `urn:QDA-XML:codebook:1.0` and `…:project:1.0`, whose rules
`docs/exchange.md` states.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import NAMESPACE_URL, uuid5

PROJECT: Final = "urn:QDA-XML:project:1.0"
CODEBOOK: Final = "urn:QDA-XML:codebook:1.0"
ORIGIN: Final = "Synth"
_GUID: Final = re.compile(r"\{?[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}\}?")


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


def is_guid(text: str) -> bool:
    """Whether a text is a guid as the schemas want it, in braces or without."""
    return bool(_GUID.fullmatch(text)) and text.startswith("{") == text.endswith("}")


def as_guid(known: str) -> str:
    """By what something is known elsewhere as a guid; what is none becomes one, always the same."""
    return known if is_guid(known) else guid_of("known", known)


def name_of(element: Any) -> str:
    """The name of an XML element without its namespace."""
    return str(element.tag).rpartition("}")[2]


def children(element: Any, name: str) -> list[Any]:
    """The children of that name."""
    return [child for child in element if name_of(child) == name]


def descendants(element: Any, name: str) -> list[Any]:
    """All elements below of that name, itself among them."""
    return [each for each in element.iter() if name_of(each) == name]
