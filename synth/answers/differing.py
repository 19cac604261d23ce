"""What changed between two answers to the same question: the numbers, the claims, and the evidence that moved them.

Both are answer documents as they are kept, each with the count of its own week, so that a growing store is not taken
for a growing complaint. A change is said where chance does not explain it (see `change`).
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from synth.answers.change import Change, compare_rates
from synth.answers.wording import say_amount, say_number

_AMOUNT = re.compile(r"\d[\d.,–-]*(?:\s?%)?")
MOST = 3  # claims and quotes that are named

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One run of a saved question: the week, the answer, and what was counted in that week alone."""

    week: str
    answer: Document
    counted: Document


@dataclass(frozen=True, slots=True)
class Difference:
    """What a run brought against the one before it."""

    week: str
    before: str
    change: Change
    sentences: tuple[str, ...]
    claims_in: tuple[str, ...]
    claims_out: tuple[str, ...]
    moved_by: tuple[Document, ...]  # quotes that were not cited before

    @property
    def is_change(self) -> bool:
        """Whether there is something to tell: a number moved more than chance, a claim came or went, an answer came."""
        return self.change.direction != "flat" or bool(self.claims_in or self.claims_out)


def compare(before: Asked, after: Asked) -> Difference:
    """The later run against the earlier one."""
    change = compare_rates(before.counted["value"], before.counted["of"], after.counted["value"], after.counted["of"])
    was, is_now = _claims(before.answer), _claims(after.answer)
    came = tuple(text for shape, text in is_now.items() if shape not in was)
    went = tuple(text for shape, text in was.items() if shape not in is_now)
    moved_by = tuple(_new_quotes(before.answer, after.answer))
    said = (_say_count(before, after, change), *_say_status(before.answer, after.answer))
    return Difference(after.week, before.week, change, said, came, went, moved_by)


def difference_document(found: Difference) -> dict[str, Any]:
    """The difference as the API, the pages and the report show it."""
    return {
        "week": found.week,
        "before": found.before,
        "direction": found.change.direction,
        "is_change": found.is_change,
        "sentences": list(found.sentences),
        "claims_in": list(found.claims_in),
        "claims_out": list(found.claims_out),
        "moved_by": [dict(quote) for quote in found.moved_by],
    }


def _claims(answer: Document) -> dict[str, str]:
    """The sentences by what they say apart from their numbers; the first, which is all numbers, by its place."""
    claims = [claim["text"] for claim in answer["claims"]]
    return {("first" if place == 0 else _AMOUNT.sub("#", text)): text for place, text in enumerate(claims)}


def _say_count(before: Asked, after: Asked, change: Change) -> str:
    now, was = after.counted, before.counted
    both = (
        f"{say_number(now['value'])} of {say_amount(now['of'], now['unit'])} in {after.week}, "
        f"after {say_number(was['value'])} of {say_number(was['of'])} in {before.week}"
    )
    if change.direction == "flat":
        return f"No clear change: {both}."
    return f"{'More' if change.direction == 'up' else 'Fewer'} than chance explains: {both}."


def _say_status(before: Document, after: Document) -> Iterator[str]:
    if before["status"] == "abstained" and after["status"] == "answered":
        yield "There is an answer now; the week before there was none."
    if before["status"] == "answered" and after["status"] == "abstained":
        yield f"There is no answer any more: {after['reason']}"


def _new_quotes(before: Document, after: Document) -> list[Document]:
    """Quotes of the later answer whose excerpts the earlier one did not cite, the newest first."""
    known = {citation["excerpt_id"] for claim in before["claims"] for citation in claim["citations"]}
    new = {
        citation["excerpt_id"]: citation
        for claim in after["claims"]
        for citation in claim["citations"]
        if citation["excerpt_id"] not in known
    }
    return sorted(new.values(), key=lambda citation: citation["created_at"] or "", reverse=True)[:MOST]


def differences(runs: Sequence[Asked]) -> list[Difference]:
    """Each run against the one before it, oldest first."""
    return [compare(before, after) for before, after in pairwise(runs)]
