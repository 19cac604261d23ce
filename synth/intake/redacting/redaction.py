"""Hiding what points at a person before a text is stored: "[EMAIL_1]" instead of the address.

Within one text the same secret always gets the same number, however it is spaced or spelled. Redacting twice changes
nothing more. What was hidden is never kept: a `Replacement` knows where it stood and what stands there now.
"""

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import count

from synth.intake.redacting.identifiers import (
    Hit,
    Kind,
    find_cards,
    find_emails,
    find_ibans,
    find_ips,
    find_keys,
    find_machines,
    find_national_ids,
    find_ssns,
)
from synth.intake.redacting.phones import find_phones
from synth.intake.redacting.streets import find_addresses
from synth.model import Turn

_ROUNDS = 10  # bounds a text built so that each thing hidden uncovers the next
_MAY_HOLD = re.compile(r"[0-9@=]|://|earer|EARER|assw|[a-z][_-]\w{16}")
_MANY_DIGITS = re.compile(
    r"(?:[0-9][^0-9\n]{0,3}){6}|:[0-9a-fA-F]{0,4}:|-[0-9a-fA-F]{2}-[0-9a-fA-F]{2}-|\.[0-9a-fA-F]{4}\."
)
_PLACEHOLDER = re.compile(r"\[(EMAIL|PHONE|CARD|IBAN|SSN|ID|IP|MAC|KEY|NAME|ADDRESS)_([0-9]{1,6})\]", re.ASCII)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Replacement:
    """`original[start:end]` was hidden behind `placeholder`."""

    kind: Kind
    start: int
    end: int
    placeholder: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without its secrets, and where in the original they stood, in order."""

    text: str
    replaced: tuple[Replacement, ...] = ()

    def shift(self, offset: int) -> int:
        """Where an offset of the original lies now; one inside a secret moves behind its placeholder."""
        return self._shifter()(offset)

    def move(self, turns: Iterable[Turn]) -> tuple[Turn, ...]:
        """The turns of the original, with offsets into `text`."""
        shift = self._shifter()
        return tuple(replace(turn, start=shift(turn.start), end=shift(turn.end)) for turn in turns)

    def _shifter(self) -> Callable[[int], int]:
        starts, gains = [r.start for r in self.replaced], [0]
        for replaced in self.replaced:
            gains.append(gains[-1] + len(replaced.placeholder) - (replaced.end - replaced.start))

        def shift(offset: int) -> int:
            after = bisect_right(starts, offset - 1)
            inside = after > 0 and offset < self.replaced[after - 1].end
            return (self.replaced[after - 1].end if inside else offset) + gains[after]

        return shift


def redact(text: str, *, regions: Sequence[str] = ("US", "GB", "DE"), names: Collection[str] = ()) -> Redacted:
    """Hide addresses, numbers and keys in `text`, and every one of `names` that stands there as a whole.

    `regions` are the countries (ISO codes) whose telephone numbers are known without their country code. A name of one
    word must match in its case ("Mark", not "mark"); longer ones match in any case.
    """
    if not names and text.isascii() and not _MAY_HOLD.search(text):
        return Redacted(text)
    hits = _find(text, tuple(regions), frozenset(names))
    if not hits:
        return Redacted(text)
    replaced = tuple(_number(text, hits))
    return Redacted(_rewrite(text, replaced), replaced)


def hide_names(text: str, names: Collection[str]) -> Redacted:
    """Hide every one of `names` that stands in `text` as a whole, and nothing else."""
    masked = _mask(_fold(text), (match.span() for match in _PLACEHOLDER.finditer(text)))
    hits = _apart(_find_names(masked, frozenset(names))) if names else []
    replaced = tuple(_number(text, hits))
    return Redacted(_rewrite(text, replaced), replaced)


def hide_spans(text: str, spans: Iterable[tuple[Kind, int, int]]) -> Redacted:
    """Hide exactly these; of two that overlap the first, and the same words get the same number."""
    hits = _apart(Hit(kind, start, end, one_secret(text[start:end])) for kind, start, end in spans)
    replaced = tuple(_number(text, hits))
    return Redacted(_rewrite(text, replaced), replaced)


def one_secret(words: str) -> str:
    """By what words that a person marked are known to be the same: their letters and digits."""
    return "".join(filter(str.isalnum, words)).casefold()


def count_hidden(text: str) -> dict[str, int]:
    """How many placeholders of each kind stand in a text."""
    return dict(Counter(match[1] for match in _PLACEHOLDER.finditer(text)))


def _find(text: str, regions: Sequence[str], names: frozenset[str]) -> list[Hit]:
    """All there is to hide, sorted; sought until nothing new shows, so that a second pass finds nothing."""
    masked, hits = _mask(_fold(text), (match.span() for match in _PLACEHOLDER.finditer(text))), list[Hit]()
    for _ in range(_ROUNDS):
        known = len(hits)
        for find in _finders(masked, regions, names):
            fresh = _apart(find(masked))
            masked = _mask(masked, ((hit.start, hit.end) for hit in fresh))
            hits += fresh
        if len(hits) == known:
            break
    return sorted(hits, key=lambda hit: hit.start)


def _finders(text: str, regions: Sequence[str], names: frozenset[str]) -> Iterator[Callable[[str], Iterable[Hit]]]:
    """In the order in which they may claim text: the surest first."""
    yield find_keys
    yield find_emails
    if _MANY_DIGITS.search(text):
        yield from (find_machines, find_ips, find_ibans, find_cards, find_ssns, find_national_ids)
        yield lambda masked: find_phones(masked, regions)
    elif "." in text:
        yield find_ips
    yield find_addresses
    if names:
        yield lambda masked: _find_names(masked, names)


def _fold(text: str) -> str:
    """The text with ASCII digits, dashes and blanks for their look-alikes: as long as before."""
    return text if text.isascii() else text.translate(_ascii_forms())


@cache
def _ascii_forms() -> dict[int, str]:
    digits = {code: str(int(chr(code))) for code in range(128, 0x1FBFA) if chr(code).isdecimal()}
    dashes = dict.fromkeys([*range(0x2010, 0x2016), 0x2212, 0xFE58, 0xFE63, 0xFF0D], "-")
    blanks = dict.fromkeys([0xA0, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
    return (
        digits
        | dashes
        | blanks
        | {0xFF20: "@", 0xFE6B: "@", 0xFF0B: "+", 0xFF0E: ".", 0xFF1A: ":", 0xFF08: "(", 0xFF09: ")"}
    )


def _mask(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The same text with NUL over the spans."""
    parts, done = list[str](), 0
    for start, end in spans:
        parts += text[done:start], "\0" * (end - start)
        done = end
    return "".join([*parts, text[done:]]) if parts else text


def _apart(hits: Iterable[Hit]) -> list[Hit]:
    """Sorted, and of two that overlap only the first."""
    kept = list[Hit]()
    for hit in sorted(hits, key=lambda hit: (hit.start, -hit.end)):
        if not kept or hit.start >= kept[-1].end:
            kept.append(hit)
    return kept


def _find_names(text: str, names: frozenset[str]) -> Iterator[Hit]:
    by_first_word = _by_first_word(names)
    for word in _WORD.finditer(text):
        for name in by_first_word.get(word.group().lower(), ()):
            end = word.start() + len(name)
            there = text[word.start() : end]
            same = there == name or (" " in name and there.lower() == name.lower())
            if same and not text[end : end + 1].isalnum() and text[end : end + 1] != "_":
                yield Hit("NAME", word.start(), end, name.lower())
                break


@lru_cache(maxsize=32)
def _by_first_word(names: frozenset[str]) -> dict[str, list[str]]:
    """The names under the first word of each, the longest ahead."""
    found: dict[str, list[str]] = {}
    for name in sorted((name.strip() for name in names), key=lambda name: (-len(name), name)):
        first = _WORD.match(name)
        if first:
            found.setdefault(first.group().lower(), []).append(name)
    return found


def _number(text: str, hits: Iterable[Hit]) -> Iterator[Replacement]:
    """Count the secrets of each kind from one, or on from the placeholders that the text already has."""
    taken: dict[str, int] = {}
    for match in _PLACEHOLDER.finditer(text):
        taken[match[1]] = max(taken.get(match[1], 0), int(match[2]))
    counters: dict[str, count[int]] = {}
    placeholders: dict[tuple[str, str], str] = {}
    for hit in hits:
        if (hit.kind, hit.secret) not in placeholders:
            number = next(counters.setdefault(hit.kind, count(taken.get(hit.kind, 0) + 1)))
            placeholders[hit.kind, hit.secret] = f"[{hit.kind}_{number}]"
        yield Replacement(hit.kind, hit.start, hit.end, placeholders[hit.kind, hit.secret])


def _rewrite(text: str, replaced: Iterable[Replacement]) -> str:
    parts, done = list[str](), 0
    for replacement in replaced:
        parts += text[done : replacement.start], replacement.placeholder
        done = replacement.end
    return "".join([*parts, text[done:]])
