"""The numbers of an answer, computed before a word of it is written."""

import math
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar

from sqlalchemy import func
from sqlalchemy.orm import Session

from synth.answers.calibration import interval
from synth.answers.change import Change, compare_rates
from synth.answers.scope import Scope, reach
from synth.answers.subject import Likeness
from synth.answers.wording import say_filters, say_time
from synth.model import NO_FILTERS, Condition, Count, Filters, Plan, ThemeCount, Unit
from synth.parts import Parts
from synth.store.counting import BOTH, count, count_all, count_heads, count_themes
from synth.store.filtering import Document, merge, select_documents
from synth.store.rows import one_of

Counted = TypeVar("Counted")


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a plan: the one that was asked for, what it is out of, and its parts."""

    main: Count
    people: Count
    themes: tuple[ThemeCount, ...]
    parts: tuple[Count, ...] = ()  # one per option or subject compared, or per period of a trend
    first: datetime | None = None  # when it was first said
    theme: Likeness | None = None  # the theme that is the subject, where it was counted by it
    rivals: bool = False  # whether the parts are subjects that are held against each other
    moves: tuple["ThemeMove", ...] = ()  # of a trend over everything: the themes that moved more than chance

    @property
    def counts(self) -> tuple[Count, ...]:
        """All counts an answer shows, the one that was asked for first; of subjects, each alone and not all as one."""
        if self.rivals:
            return self.parts
        beside = (self.people,) if self.main.unit == "mentions" and self.people.value else ()
        return (self.main, *beside, *self.parts)

    def values(self) -> set[float]:
        """Every number that may stand in a claim."""
        numbers = [
            number
            for each in (self.main, self.people, *self.parts)
            for number in (each.value, each.of, each.low, each.high)
        ]
        moved = [number for move in self.moves for number in (move.before, move.after)]
        counted = {float(number) for number in (*numbers, *moved) if number is not None}
        return counted | {float(theme.mentions) for theme in self.themes}


@dataclass(frozen=True, slots=True)
class ThemeMove:
    """A theme that is spoken of more, or less, in the later of two times: its mentions in both."""

    theme: ThemeCount
    before: int
    after: int
    change: Change


def tally(parts: Parts, workspace: str, plan: Plan, scope: Scope) -> Tally:
    """Count what the plan asks for over its scope."""
    label = plan.about or say_filters(plan.filters, parts.zone(workspace)) or "everything"
    with parts.database.read() as session:
        counting = _Counting(parts, session, workspace, plan, scope)
        within = reach(plan)
        main = counting.count(within, plan.unit, label)
        return Tally(
            main=main,
            people=main if plan.unit == "people" else counting.count(within, "people", label),
            themes=counting.themes(within),
            parts=(*counting.options(plan), *counting.periods(plan, parts.zone(workspace)), *counting.rivals(within)),
            first=_first(session, workspace, within, scope.documents) if plan.asked == "since" else None,
            theme=scope.theme,
            rivals=bool(scope.rivals),
            moves=_moves(session, workspace, plan) if plan.asked == "trend" and not plan.about else (),
        )


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts over one scope, each with what it is out of."""

    parts: Parts
    session: Session
    workspace: str
    plan: Plan
    scope: Scope
    _found: dict[tuple[Filters, bool], dict[Unit, float]] = field(default_factory=dict)  # by filters, of both ways

    def count(self, filters: Filters, unit: Unit, label: str) -> Count:
        """What the filters let through of the scope, out of all they let through, or of all of their time."""
        among = self.scope.documents
        whole = filters if among is not None else Filters(filters.since, filters.until)
        value = self._within(filters, unit) if among is None else self._among(filters, unit, among)
        of = self._within(whole, unit)
        low, high = (self._interval(filters, unit, value, of) if among is not None else None) or (None, None)
        return Count(label, value, unit, filters, of=of, method=self.scope.method, low=low, high=high)

    def _interval(self, filters: Filters, unit: Unit, value: float, of: float) -> tuple[float, float] | None:
        """Between what the true number lies, by what both ways of counting find."""
        other = None if self.scope.other is None else self._among(filters, unit, self.scope.other)
        return interval(value, unit, of, basis=self.scope.basis, other=other, clear=self.scope.clear)

    def options(self, plan: Plan) -> list[Count]:
        """What each thing that is compared has, out of all that was said of it in that time."""
        counted = []
        for option in plan.options:
            found = self.count(_with_option(plan.filters, option), plan.unit, option.value)
            all_of_it = Filters(plan.filters.since, plan.filters.until, (option,))
            counted.append(replace(found, of=self._within(all_of_it, plan.unit)))
        return counted

    def periods(self, plan: Plan, timezone: str) -> list[Count]:
        """What each of the times that are compared has."""
        return [
            self.count(_in_period(plan.filters, period), plan.unit, say_time(period, timezone))
            for period in plan.periods
        ]

    def rivals(self, filters: Filters) -> list[Count]:
        """What each of the subjects has that are held against each other."""
        return [
            replace(self, scope=scope, _found={}).count(filters, self.plan.unit, subject)
            for subject, scope in self.scope.rivals
        ]

    def themes(self, filters: Filters) -> tuple[ThemeCount, ...]:
        """The themes of the scope; where its documents are known, all of them are within the filters already."""
        among = self.scope.documents
        if among is not None:
            return tuple(count_themes(self.session, self.workspace, NO_FILTERS, among=among))
        return tuple(self._all(filters)[1])

    def _within(self, filters: Filters, unit: Unit) -> float:
        """A count of all that filters let through."""
        if unit in BOTH and self.scope.documents is None and filters == reach(self.plan):
            return self._all(filters)[0][unit]
        if unit in BOTH:
            return self._kept("mentions and people", filters, lambda: self._both(filters))[unit]
        return self._kept(unit, filters, lambda: count(self.session, self.workspace, filters, unit))

    def _all(self, filters: Filters) -> tuple[dict[Unit, float], list[ThemeCount]]:
        return self._kept("all", filters, lambda: count_all(self.session, self.workspace, filters))

    def _among(self, filters: Filters, unit: Unit, among: Collection[str]) -> float:
        """A count of what the scope holds, or of what the other way of counting finds."""
        if unit not in BOTH:
            return count(self.session, self.workspace, filters, unit, among=among)
        which = filters, among is self.scope.documents
        if which not in self._found:
            self._found[which] = self._both(filters, among)
        return self._found[which][unit]

    def _both(self, filters: Filters, among: Collection[str] | None = None) -> dict[Unit, float]:
        return count_heads(self.session, self.workspace, filters, BOTH, among=among)

    def _kept(self, what: str, filters: Filters, make: Callable[[], Counted]) -> Counted:
        """What is counted by filters alone is the same until the workspace changes."""
        return self.parts.kept.read(f"{what} within {filters}", self.session, self.workspace, make)


def _moves(session: Session, workspace: str, plan: Plan) -> tuple[ThemeMove, ...]:
    """The themes whose share of the feedback moved more than chance explains among so many, the surest first."""
    earlier, later = (_in_period(plan.filters, period) for period in plan.periods[:2])
    totals = [count(session, workspace, filters) for filters in (earlier, later)]
    before, after = (
        {each.id: each for each in count_themes(session, workspace, filters)} for filters in (earlier, later)
    )
    themes = {**before, **after}
    moves = []
    for id, theme in themes.items():
        was, is_now = (found[id].mentions if id in found else 0 for found in (before, after))
        change = compare_rates(was, totals[0], is_now, totals[1], among=len(themes))
        if change.direction != "flat":
            moves.append(ThemeMove(theme, was, is_now, change))
    return tuple(sorted(moves, key=lambda move: (-abs(math.log(move.change.ratio)), move.theme.id)))


def _with_option(filters: Filters, option: Condition) -> Filters:
    others = tuple(condition for condition in filters.where if condition.key != option.key)
    return merge(replace(filters, where=others), [option])


def _in_period(filters: Filters, period: Filters) -> Filters:
    return replace(filters, since=period.since, until=period.until)


def _first(session: Session, workspace: str, filters: Filters, among: Collection[str] | None) -> datetime | None:
    query = select_documents(workspace, filters, func.min(Document.created_at))
    first: datetime | None = session.scalar(
        query if among is None else query.where(one_of(session, Document.id, among))
    )
    return first
