"""The numbers of an answer, computed before a word of it is written."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import Session

from synth.answers.calibration import interval
from synth.answers.scope import Scope
from synth.answers.wording import say_filters, say_time
from synth.model import Condition, Count, Filters, Plan, ThemeCount, Unit
from synth.parts import Parts
from synth.store.counting import count, count_themes
from synth.store.filtering import Document, is_open, merge, select_documents
from synth.store.rows import one_of


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts of a plan: the one that was asked for, what it is out of, and its parts."""

    main: Count
    people: Count
    themes: tuple[ThemeCount, ...]
    parts: tuple[Count, ...] = ()  # one per option compared, or per period of a trend
    first: datetime | None = None  # when it was first said

    @property
    def counts(self) -> tuple[Count, ...]:
        """All counts an answer shows, the one that was asked for first."""
        beside = (self.people,) if self.main.unit == "mentions" and self.people.value else ()
        return (self.main, *beside, *self.parts)

    def values(self) -> set[float]:
        """Every number that may stand in a claim."""
        numbers = [
            number
            for each in (self.main, self.people, *self.parts)
            for number in (each.value, each.of, each.low, each.high)
        ]
        return {float(number) for number in numbers if number is not None} | {float(t.mentions) for t in self.themes}


def tally(parts: Parts, workspace: str, plan: Plan, scope: Scope) -> Tally:
    """Count what the plan asks for over its scope."""
    label = plan.about or say_filters(plan.filters, parts.timezone) or "everything"
    with parts.database.read() as session:
        counting = _Counting(parts, session, workspace, scope)
        main = counting.count(plan.filters, plan.unit, label)
        return Tally(
            main=main,
            people=main if plan.unit == "people" else counting.count(plan.filters, "people", label),
            themes=tuple(count_themes(session, workspace, plan.filters, among=scope.documents)),
            parts=tuple(
                counting.count(filters, plan.unit, label) for label, filters in _labelled(plan, parts.timezone)
            ),
            first=_first(session, workspace, plan.filters, scope.documents) if plan.asked == "since" else None,
        )


@dataclass(frozen=True, slots=True)
class _Counting:
    """Counts over one scope, each with what it is out of."""

    parts: Parts
    session: Session
    workspace: str
    scope: Scope

    def count(self, filters: Filters, unit: Unit, label: str) -> Count:
        """What the filters let through of the scope, out of all they let through, or of all of their time."""
        among = self.scope.documents
        value = count(self.session, self.workspace, filters, unit, among=among)
        whole = filters if among is not None else Filters(filters.since, filters.until)
        of = self._whole(whole, unit)
        low, high = (interval(value, unit, of) if among is not None else None) or (None, None)
        return Count(label, value, unit, filters, of=of, method=self.scope.method, low=low, high=high)

    def _whole(self, filters: Filters, unit: Unit) -> float:
        """A count of everything is the same until the workspace changes."""

        def counted() -> float:
            return count(self.session, self.workspace, filters, unit)

        if not is_open(filters):
            return counted()
        return self.parts.kept.read(f"count of all {unit}", self.session, self.workspace, counted)


def _labelled(plan: Plan, timezone: str) -> list[tuple[str, Filters]]:
    """What is compared: options, or periods."""
    options = [(option.value, _with_option(plan.filters, option)) for option in plan.options]
    return options + [(say_time(period, timezone), _in_period(plan.filters, period)) for period in plan.periods]


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
