"""The words of the product as types: what travels between the rooms.

Everything here is frozen, holds no behaviour beyond what its own fields say, and imports the standard library only.
Offsets are counted in characters (code points) of `Document.text`, end exclusive; times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal


Kind = Literal["feedback", "research"]
Role = Literal["participant", "interviewer", "other"]
Unit = Literal["mentions", "people", "accounts", "revenue"]
Attribute = str | float | bool


@dataclass(frozen=True, slots=True)
class Turn:
    """What one speaker said without a break: `text[start:end]` of its document, without the speaker's label."""

    start: int
    end: int
    speaker: str | None = None
    role: Role | None = None
    begins: float | None = None  # seconds from the start of the recording
    ends: float | None = None
    page: int | None = None  # counted from 1


@dataclass(frozen=True, slots=True)
class ParsedDocument:
    """One thing somebody said, as a parser read it; nothing of it is stored yet."""

    text: str
    row: int  # where it stands in its file, counted from 1 (a spreadsheet's header is row 1)
    external_id: str | None = None
    title: str | None = None
    created_at: datetime | None = None
    person: str | None = None
    account: str | None = None
    source: str | None = None
    language: str | None = None
    rating: float | None = None
    url: str | None = None
    segment: str | None = None
    plan: str | None = None
    revenue: float | None = None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    turns: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """A row (or a whole file, row 0) that was not taken, and what the reader can do about it."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Span:
    """An excerpt before it is stored: `text[start:end]`, and who said it."""

    start: int
    end: int
    speaker: str | None = None
    role: Role | None = None
