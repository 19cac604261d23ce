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
from synth.store.counting import count, count_themes
from synth.store.filtering import Document, merge, select_documents
from synth.store.rows import chunks


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


def tally(session: Session, workspace: str, plan: Plan, scope: Scope, *, timezone: str) -> Tally:
    """Count what the plan asks for over its scope."""
    among = scope.documents
    label = plan.about or say_filters(plan.filters, timezone) or "everything"
    return Tally(
        main=_count(session, workspace, plan.filters, plan.unit, among, label=label, method=scope.method),
        people=_count(session, workspace, plan.filters, "people", among, label=label, method=scope.method),
        themes=tuple(count_themes(session, workspace, plan.filters, among=among)),
        parts=_parts(session, workspace, plan, scope, timezone),
        first=_first(session, workspace, plan.filters, among) if plan.asked == "since" else None,
    )


def _parts(session: Session, workspace: str, plan: Plan, scope: Scope, timezone: str) -> tuple[Count, ...]:
    labelled = [(option.value, _with_option(plan.filters, option)) for option in plan.options]
    labelled += [(say_time(period, timezone), _in_period(plan.filters, period)) for period in plan.periods]
    return tuple(
        _count(session, workspace, filters, plan.unit, scope.documents, label=label, method=scope.method)
        for label, filters in labelled
    )


def _count(
    session: Session,
    workspace: str,
    filters: Filters,
    unit: Unit,
    among: Collection[str] | None,
    *,
    label: str,
    method: str,
) -> Count:
    value = count(session, workspace, filters, unit, among=among)
    whole = filters if among is not None else Filters(filters.since, filters.until)
    of = count(session, workspace, whole, unit)
    low, high = (interval(value, unit, of) if among is not None else None) or (None, None)
    return Count(label, value, unit, filters, of=of, method=method, low=low, high=high)


def _with_option(filters: Filters, option: Condition) -> Filters:
    others = tuple(condition for condition in filters.where if condition.key != option.key)
    return merge(replace(filters, where=others), [option])


def _in_period(filters: Filters, period: Filters) -> Filters:
    return replace(filters, since=period.since, until=period.until)


def _first(session: Session, workspace: str, filters: Filters, among: Collection[str] | None) -> datetime | None:
    query = select_documents(workspace, filters, func.min(Document.created_at))
    if among is None:
        first: datetime | None = session.scalar(query)
        return first
    found = [session.scalar(query.where(Document.id.in_(part))) for part in chunks(list(among))]
    return min((moment for moment in found if moment), default=None)
