"""What changed between two answers to the same question: the numbers, the claims, and the evidence that moved them.

Both are answer documents as they are kept, each with the count of its own week, so that a growing store is not taken
for a growing complaint. A change is said where chance does not explain it (see `change`). The week is held against all
weeks since the last change as a whole: what rises a little every week is noticed, and what stays is not told again.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from synth.answers.change import Change, compare_rates
from synth.answers.wording import say_amount, say_number, say_times
from synth.store.tables import SavedRun

_AMOUNT: Final = re.compile(r"\d[\d.,–-]*(?:\s?%)?")
_ABOUT_THEME: Final = re.compile(r"(?P<name>.+): [\d.,]+ mentions?(?: \([^()]*\))?\.$")
MOST: Final = 3  # quotes that are named
LONGEST: Final = 8  # weeks that a week is held against

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """One run of a saved question: the week, the answer, and what was counted in that week alone.

    Nothing is counted in a week outside of the time that the question names.
    """

    week: str
    answer: Document
    counted: Document | None


def as_asked(run: SavedRun) -> Asked:
    """A run as it is kept."""
    return Asked(run.week, run.answer, run.counted or None)


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


def differences(runs: Sequence[Asked]) -> list[Difference]:
    """Each run but the first against those before it, oldest first."""
    found: list[Difference] = []
    level: list[Asked] = []  # the weeks since the last change
    for place, run in enumerate(runs):
        if place:
            found.append(compare(runs[place - 1], run, level=level))
        changed = bool(found) and found[-1].change.direction != "flat"
        level = [run] if changed else [*level, run][-LONGEST:]
    return found


def compare(before: Asked, after: Asked, *, level: Sequence[Asked] = ()) -> Difference:
    """The later run against the earlier one, its count against all of the weeks of `level`."""
    counted = [(run.week, run.counted) for run in level or (before,) if run.counted is not None]
    change = _compare_counts([each for _, each in counted], after.counted)
    said = (_say_count(counted, after, change), *_say_status(before.answer, after.answer))
    return Difference(
        after.week,
        before.week,
        change,
        said,
        tuple(_only_in(after.answer, before.answer)),
        tuple(_only_in(before.answer, after.answer)),
        tuple(_new_quotes(before.answer, after.answer)),
    )


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


def _compare_counts(before: Sequence[Document], after: Document | None) -> Change:
    now = after or {"value": 0, "of": 0}
    earlier, whole = (sum(each[what] for each in before) for what in ("value", "of"))
    return compare_rates(earlier, whole, now["value"], now["of"])


def _only_in(answer: Document, other: Document) -> Iterator[str]:
    """The sentences that have no like in the other answer, and whose subject has moved more than chance."""
    known = _shapes(other)
    for shape, claim in _shapes(answer).items():
        if shape not in known and not _is_written_anew(claim, answer, other) and not _has_kept(claim, answer, other):
            yield claim["text"]


def _shapes(answer: Document) -> dict[str, Document]:
    """The claims by what they say apart from their numbers; the first, which is all numbers, by its place."""
    return {
        ("first" if place == 0 else _AMOUNT.sub("#", claim["text"])): claim
        for place, claim in enumerate(answer["claims"])
    }


def _is_written_anew(claim: Document, answer: Document, other: Document) -> bool:
    """A model puts the same in other words every week: what rests on a quote that was shown already is nothing new."""
    if answer.get("drafter", "extractive") == "extractive":
        return False
    return not _cited([claim]).keys().isdisjoint(_cited(other["claims"]))


def _has_kept(claim: Document, answer: Document, other: Document) -> bool:
    """Whether it is about a theme that both answers count, with no clear change of its share: it only changed ranks."""
    match = _ABOUT_THEME.match(claim["text"])
    named = {theme["name"]: theme for theme in answer.get("themes", ())}
    mine = named.get(match["name"]) if match else None
    theirs = {theme["id"]: theme for theme in other.get("themes", ())}.get(mine["id"]) if mine else None
    if mine is None or theirs is None:
        return False
    wholes = [each["counts"][0]["value"] if each["counts"] else 0 for each in (other, answer)]
    return compare_rates(theirs["mentions"], wholes[0], mine["mentions"], wholes[1]).direction == "flat"


def _say_count(before: Sequence[tuple[str, Document]], after: Asked, change: Change) -> str:
    """What was counted in the week, and in the weeks it is held against."""
    now = after.counted
    if now is None:
        return f"{after.week} lies outside of the time that the question names."
    counted = f"{say_number(now['value'])} of {say_amount(now['of'], now['unit'])} in {after.week}"
    if not before:
        return f"{counted}; before it nothing was counted."
    value, of = (sum(each[what] for _, each in before) for what in ("value", "of"))
    weeks = before[-1][0] if len(before) == 1 else f"the {len(before)} weeks before"
    both = f"{counted}, after {say_number(value)} of {say_number(of)} in {weeks}"
    if change.direction == "flat":
        return f"No clear change: {both}."
    return f"{'More' if change.direction == 'up' else 'Fewer'} than chance explains: {both}, {say_times(change)}."


def _say_status(before: Document, after: Document) -> Iterator[str]:
    if before["status"] == "abstained" and after["status"] == "answered":
        yield "There is an answer now; the week before there was none."
    if before["status"] == "answered" and after["status"] == "abstained":
        yield f"There is no answer any more: {after['reason']}"


def _new_quotes(before: Document, after: Document) -> list[Document]:
    """Quotes of the later answer whose excerpts the earlier one did not cite, the newest first."""
    known, cited = _cited(before["claims"]), _cited(after["claims"])
    new = [citation for id, citation in cited.items() if id not in known]
    return sorted(new, key=lambda citation: citation["created_at"] or "", reverse=True)[:MOST]


def _cited(claims: Sequence[Document]) -> dict[str, Document]:
    return {citation["excerpt_id"]: citation for claim in claims for citation in claim["citations"]}
