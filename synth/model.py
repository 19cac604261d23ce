"""The words of the product as types: what travels between the rooms.

Everything here is frozen, holds no behaviour beyond what its own fields say, and imports the standard library only.
Offsets are counted in characters (code points) of `Document.text`, end exclusive; times are aware and in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Kind = Literal["feedback", "research"]
Redacting = Literal["automatic", "suggest"]  # whether personal data is hidden at once, or a person is asked before
Role = Literal["participant", "interviewer", "other"]
Unit = Literal["mentions", "people", "accounts", "revenue"]
Attribute = str | float | bool

WAITING = ("proposed", "refused")
"""The states of a run that waits for a person."""


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
    decided: tuple[tuple[str, int, int], ...] | None = None  # kind and span of what a person said is to be hidden


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


Operator = Literal["=", "!=", "<=", ">="]
Asked = Literal["what", "count", "share", "top", "compare", "trend", "since", "who", "why", "examples"]
Support = Literal["supported", "partly", "disputed", "not checked"]


@dataclass(frozen=True, slots=True)
class Condition:
    """One filter: a field or attribute of a document, its person or its account, compared with a value that occurs.

    Fields are source, kind, segment, plan, account, person, language, rating, theme; any other key is an imported
    attribute. Several conditions with "=" on one key mean any of them; different keys must all hold.
    """

    key: str
    value: str
    operator: Operator = "="


@dataclass(frozen=True, slots=True)
class Filters:
    """Which documents are meant: said in [since, until) and meeting the conditions. Empty means all of them."""

    since: datetime | None = None
    until: datetime | None = None
    where: tuple[Condition, ...] = ()


NO_FILTERS = Filters()


@dataclass(frozen=True, slots=True)
class Plan:
    """What a question asks of the store, as it was understood; shown with the answer and open to correction."""

    question: str
    asked: Asked
    unit: Unit = "mentions"
    about: str = ""  # the words to search by meaning; empty when the question is about everything in the filters
    filters: Filters = field(default_factory=Filters)
    options: tuple[Condition, ...] = ()  # what is to be compared: two or more values of one key
    periods: tuple[Filters, ...] = ()  # for a trend between two times: before and after
    unknown: tuple[str, ...] = ()  # what the question names and the store does not have
    notes: tuple[str, ...] = ()  # how relative times were read, which spelling was matched


@dataclass(frozen=True, slots=True)
class Citation:
    """A quote and where it stands: `document.text[start:end] == quote`, checked before anything is shown."""

    excerpt_id: str
    document_id: str
    external_id: str | None
    source: str
    quote: str
    start: int
    end: int
    speaker: str | None = None
    person: str | None = None
    created_at: datetime | None = None
    suspicious: str | None = None  # why the excerpt is shown as suspicious, where it is


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence that is backed by quotes; without a verified citation it is not shown."""

    text: str
    support: Support
    citations: tuple[Citation, ...]
    counter: Citation | None = None  # the strongest evidence against it


@dataclass(frozen=True, slots=True)
class Count:
    """A number from SQL: what was counted, in which unit, out of how many, and the filters that reproduce it."""

    label: str
    value: float
    unit: Unit
    filters: Filters
    of: float | None = None
    method: str = "counted"  # "counted" by exact filters, or how a meaning was turned into a set
    low: float | None = None  # where it was counted by meaning: the true number lies between, four times in five
    high: float | None = None


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """A theme beside its number of mentions within some filters."""

    id: str
    name: str
    mentions: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Claims and counts, or an abstention with its reason."""

    status: Literal["answered", "abstained"]
    plan: Plan
    drafter: str
    claims: tuple[Claim, ...] = ()
    counts: tuple[Count, ...] = ()
    themes: tuple[ThemeCount, ...] = ()
    reason: str | None = None
    nearest: tuple[Citation, ...] = ()  # shown with an abstention, marked as not answering
    rejected: int = 0  # claims and citations the gate dropped
    fell_back: str | None = None  # why the language model's text was not used
    id: str = ""  # given when it is kept
    follows: str | None = None  # the answer whose filters and subject it carries on
