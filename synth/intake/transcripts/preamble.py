"""What a document says about itself before it begins: front matter, and lines such as 'Date: 2026-09-08'."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import takewhile

from synth.intake.tabular.dates import choose_style, get_zone, read_date
from synth.intake.transcripts.roles import label_role
from synth.intake.transcripts.turns import Line

Fields = Mapping[str, str]

MOST_LINES = 40  # of title and fields together
MOST_TITLES = 3
LONGEST_TITLE = 100  # characters of a line above the fields

_KEYS: Mapping[str, tuple[str, ...]] = {
    "created_at": (
        "date",
        "datum",
        "when",
        "recorded",
        "recorded on",
        "interview date",
        "date of interview",
        "call date",
    ),
    "person": ("person", "participant name", "name"),
    "account": ("account", "company", "organisation", "organization", "firma", "unternehmen"),
    "segment": ("segment",),
    "plan": ("plan",),
    "language": ("language", "sprache"),
    "url": ("url", "link", "recording", "recording link"),
    "title": ("title", "titel", "subject", "betreff"),
    "external_id": ("id", "external id", "interview id", "session id"),
}
_PLAIN = (
    "location ort place where setting context duration dauer time uhrzeit attendees present project projekt product "
    "study studie role position age alter industry branche team version format medium channel platform session consent "
    "tags author"
)
_FIELD_OF = {key: name for name, keys in _KEYS.items() for key in keys} | {
    key: key for key in (*_PLAIN.split(), "job title", "transcribed by", "participant id", "team size", "company size")
}
_PAIR = re.compile(r"^\W{0,3}([^\W\d_][\w ]{0,30}?)\W{0,2}:\W{0,2}\s+(.+)$")
_NAME = re.compile(r"(?!.*[.!?]$)[A-ZÄÖÜ0-9][\w.'’\-]*(?: [\w.'’\-]+){0,3}(?:,.*| \(.*\))?")
_ASKED_BY = re.compile(
    r"\b(?:interviewers?|moderators?|interviewed) (?:is|are|was|were|by)\s+(.+?)(?:\.\s|\.?$)", re.IGNORECASE
)
_DAY = r"[^.;|,]{3,20}[ ,]+\d{4}"
_EVENT = r"(?:took place|recorded|conducted|held) on|(?:call|interview|session|conversation) (?:of|on|from)"
_TOOK_PLACE = re.compile(rf"\b(?:{_EVENT})\s+({_DAY})", re.IGNORECASE)
_DAY_ALONE = re.compile(
    r"\s*(?:\w+day,? )?(?:\d{4}-\d\d-\d\d|\d\d?\.? [^\W\d]+ \d{4}|[^\W\d]+ \d\d?, \d{4})\s*",
)
_TWO_DAYS = re.compile(r"\b(\d{1,2})[/-](\d{1,2})[/-](?:\d{4}|\d\d)\b")


@dataclass(frozen=True, slots=True)
class Preamble:
    """The fields a document states about itself, who it says asked, and the lines where it does."""

    fields: Fields = field(default_factory=dict)
    interviewers: tuple[str, ...] = ()
    where: range = range(0)


def read_preamble(lines: Sequence[Line], *, speakers: Collection[str] = ()) -> Preamble:
    """The 'Key: value' lines under the title of a document; `speakers` are labels that speak further down."""
    found = [_pair(line, speakers) for line in lines[:MOST_LINES]]
    start = next((number for number, pair in enumerate(found) if pair), 0)
    if start > MOST_TITLES or any(len(line.text) > LONGEST_TITLE for line in lines[:start]):
        return Preamble()
    pairs = [pair for pair in takewhile(bool, found[start:]) if pair]
    if not any(key in _FIELD_OF for key, _ in pairs):
        return Preamble()
    return Preamble(_fields(pairs), _asking(pairs), range(start, start + len(pairs)))


def is_field_key(label: str) -> bool:
    """Whether a label is one of the keys that documents describe themselves with, and so no speaker."""
    return label.casefold().strip() in _FIELD_OF


def fields_of(front_matter: Mapping[str, object]) -> dict[str, str]:
    """The fields of a front matter, under the names that documents carry."""
    pairs = [(str(key).casefold(), _plain(value)) for key, value in front_matter.items()]
    return _fields([(key, value) for key, value in pairs if value])


def asking_in(front_matter: Mapping[str, object]) -> tuple[str, ...]:
    """The interviewers that a front matter names."""
    return tuple(_plain(value) for key, value in front_matter.items() if label_role(str(key)) == "interviewer")


def mentioned(lines: Sequence[str]) -> Preamble:
    """A date and the interviewers that the sentences before the first turn name."""
    text = "\n".join(lines)
    day = next((match[1] for match in [_TOOK_PLACE.search(text)] if match), None)
    day = day or next((line.strip() for line in lines if _DAY_ALONE.fullmatch(line)), None)
    names = [name for match in _ASKED_BY.finditer(text) for name in re.split(r",|&|\band\b|\bund\b", match[1])]
    return Preamble({"created_at": day} if day else {}, tuple(name.strip() for name in names if name.strip()))


def read_moment(text: str | None, timezone: str) -> datetime | None:
    """The moment a text states, in UTC, or None where it is not clearly one (03/04/2026 can be two days)."""
    plain = re.sub(r"\s+", " ", text or "").strip()
    two_days = _TWO_DAYS.search(plain)
    if plain.isdecimal() and len(plain) != 8:
        return None
    if two_days and two_days[1] != two_days[2] and int(two_days[1]) <= 12 and int(two_days[2]) <= 12:
        return None
    style = choose_style([plain], zone=get_zone(timezone)) if plain else None
    return read_date(plain, style) if style else None


def _pair(line: Line, speakers: Collection[str]) -> tuple[str, str] | None:
    match = _PAIR.match(line.text.strip())
    if not match or not _is_field(match[1].casefold(), match[2], speakers):
        return None
    return match[1].casefold(), match[2].strip()


def _is_field(key: str, value: str, speakers: Collection[str]) -> bool:
    if key in {speaker.casefold() for speaker in speakers}:
        return False
    return key in _FIELD_OF or (label_role(key) is not None and bool(_NAME.fullmatch(value)))


def _fields(pairs: Sequence[tuple[str, str]]) -> dict[str, str]:
    fields: dict[str, str] = {}
    for key, value in pairs:
        name = _FIELD_OF.get(key) or ("person" if label_role(key) == "participant" else key)
        fields[name if name not in fields else key] = value
    return fields


def _asking(pairs: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value for key, value in pairs if label_role(key) == "interviewer")


def _plain(value: object) -> str:
    if isinstance(value, list | tuple):
        return ", ".join(str(part) for part in value)
    return "" if value is None or isinstance(value, dict) else str(value)
