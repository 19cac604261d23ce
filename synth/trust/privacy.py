"""The self-check of redaction: made-up personal data through the very code that hides it before anything is stored."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from synth.answers.wording import say_number
from synth.intake.redacting.redaction import redact
from synth.trust.figures import Figure, part, say_rate
from synth.trust.intervals import wilson
from synth.trust.specimens import draw_specimens


@dataclass(frozen=True, slots=True)
class Checked:
    """Of each kind, how many specimens were wholly hidden; of those that hold nothing, how many stayed as they were."""

    hidden: tuple[tuple[str, int, int], ...]  # kind, hidden, of
    spared: int
    harmless: int


@lru_cache(maxsize=8)
def check_redaction(regions: tuple[str, ...]) -> Checked:
    """Redact all specimens; the same code over the same specimens finds the same, so it is done once in a process."""
    found: Counter[str] = Counter()
    drawn: Counter[str] = Counter()
    spared = harmless = 0
    for specimen in draw_specimens(regions):
        replaced = redact(specimen.text, regions=regions).replaced
        if specimen.kind is None:
            harmless += 1
            spared += not replaced
            continue
        drawn[specimen.kind] += 1
        found[specimen.kind] += _covers([(each.start, each.end) for each in replaced], specimen.start, specimen.end)
    return Checked(tuple((kind, found[kind], count) for kind, count in drawn.items()), spared, harmless)


def measure_redaction(regions: Sequence[str], now: datetime) -> tuple[Figure, Figure]:
    """What is hidden of what should be, and what is left of what should be."""
    checked = check_redaction(tuple(regions))
    return _recall(checked, now), _spared(checked, now)


def _recall(checked: Checked, now: datetime) -> Figure:
    right = sum(count for _, count, _ in checked.hidden)
    of = sum(size for _, _, size in checked.hidden)
    low, high = wilson(right, of)
    parts = tuple(part(kind, count, size) for kind, count, size in checked.hidden)
    return Figure(
        name="redaction",
        title="Personal data hidden",
        group="Privacy",
        meaning=f"Of {say_number(of)} made-up addresses, numbers and keys, {say_rate(right / of)} were wholly hidden.",
        note="Names are hidden only where they are known, and what people write can be stranger than what was made up.",
        how=(
            "A self-check made now: values valid by their own rules, in templates of this project, through the code "
            "that every import goes through. It cannot show what nobody thought of."
        ),
        value=right / of,
        low=low,
        high=high,
        n=of,
        unit="made-up values",
        measured_at=now,
        parts=parts,
    )


def _spared(checked: Checked, now: datetime) -> Figure:
    low, high = wilson(checked.spared, checked.harmless)
    rate = checked.spared / checked.harmless
    return Figure(
        name="spared",
        title="Harmless numbers left alone",
        group="Privacy",
        meaning=(
            f"Of {say_number(checked.harmless)} messages with order numbers, dates, versions and prices, "
            f"{say_rate(rate)} were stored as they were."
        ),
        how="The same self-check, over messages that only look like personal data.",
        value=rate,
        low=low,
        high=high,
        n=checked.harmless,
        unit="messages",
        measured_at=now,
    )


def _covers(spans: Sequence[tuple[int, int]], start: int, end: int) -> bool:
    """Whether every character between is hidden; half a card number in the open is a leak."""
    return sum(max(0, min(stop, end) - max(begin, start)) for begin, stop in spans) >= end - start
