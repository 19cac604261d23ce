"""From a question to a plan: the rules of `planning` over the values this store has, and a model where there is one."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, Text, cast, func, select, true
from sqlalchemy.orm import Session

from synth.answers.consulting import consult
from synth.answers.following import Earlier, bare_question, carry_on, read_fragment
from synth.answers.planning.planning import plan_question
from synth.answers.planning.vocabulary import Vocabulary
from synth.answers.tone import COMPLAINT, PRAISE, PRAISING, without
from synth.model import Condition, Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import days

RECENT = timedelta(weeks=4)
MOST_VALUES = 200  # an attribute with more values than this is not one a question filters by
MOST_READ = 20_000  # values of all attributes together
WIDELY = 0.1  # share of the documents, people or accounts that must have a value for it to stand for who speaks


@dataclass(frozen=True, slots=True)
class Understood:
    """The plan of a question, and when waiting for a language model ends that was asked to read it."""

    plan: Plan
    until: float | None = None  # by `time.monotonic`


def understand(
    parts: Parts,
    workspace: str,
    question: str,
    given: Filters,
    *,
    dropped: Collection[str] = (),
    earlier: Earlier | None = None,
) -> Understood:
    """The plan of a question; filters that were given beside it are added to those it names, and win over its times.

    `dropped` are filters that were read into the question and are not meant: `KEY=VALUE` each, or `time`. `earlier` is
    the answer it follows, whose filters hold where it names no others.
    """
    with parts.database.read() as session:
        vocabulary = parts.kept.read("vocabulary", session, workspace, lambda: _spelled(parts, session, workspace))
    said = bare_question(question) if earlier else question
    plan = plan_question(said, vocabulary, now=parts.now(), timezone=parts.zone(workspace))
    plan, until = consult(parts.drafter, workspace, plan, vocabulary)
    if earlier:
        plan = replace(read_fragment(plan, vocabulary), question=question.strip())
        plan = carry_on(plan, earlier, parts.zone(workspace))
    if "time" in dropped:
        plan = replace(plan, filters=replace(plan.filters, since=None, until=None), periods=(), notes=())
    filters = Filters(
        since=given.since or plan.filters.since,
        until=given.until or plan.filters.until,
        where=tuple(dict.fromkeys((*plan.filters.where, *given.where))),
    )
    zone = ZoneInfo(parts.zone(workspace))
    plan = _drop(_lean(_countable(replace(plan, filters=filters), vocabulary)), dropped)
    return Understood(_with_periods(plan, vocabulary, zone), until)


def _spelled(parts: Parts, session: Session, workspace: str) -> Vocabulary:
    before: Vocabulary | None = parts.kept.earlier("vocabulary", session, workspace)
    return load_vocabulary(session, workspace, parts.zone(workspace)).spelled(before)


def load_vocabulary(session: Session, workspace: str, timezone: str) -> Vocabulary:
    """The values that occur in this workspace, and the days it covers."""
    first, last = days(session, workspace)
    zone = ZoneInfo(timezone)
    themes = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state == "active"
    )
    values = {key: found for key, found in _named_values(session, workspace) if found}
    attributes, rare = _attribute_values(session, workspace)
    rated = (tables.Document.workspace_id == workspace, tables.Document.rating.is_not(None))
    low, high = session.execute(
        select(func.min(tables.Document.rating), func.max(tables.Document.rating)).where(*rated)
    ).one()
    return Vocabulary(
        values=values | attributes,
        rare=rare,
        rating=None if low is None or high is None else (low, high),
        themes={row.id: row.name for row in session.execute(themes)},
        first_day=first.astimezone(zone).date() if first else None,
        last_day=last.astimezone(zone).date() if last else None,
    )


def _named_values(session: Session, workspace: str) -> Iterable[tuple[str, tuple[str, ...]]]:
    columns = {
        "source": tables.Source.name,
        "kind": tables.Source.kind,
        "segment": tables.Account.segment,
        "plan": tables.Account.plan,
        "account": tables.Account.name,
        "person": tables.Person.name,
        "language": tables.Document.language,
    }
    for key, column in columns.items():
        owner = column.class_
        query = select(column).where(owner.workspace_id == workspace, column.is_not(None)).distinct().order_by(column)
        yield key, tuple(session.scalars(query))


def _attribute_values(
    session: Session, workspace: str
) -> tuple[dict[str, tuple[str, ...]], frozenset[tuple[str, str]]]:
    """The values of the imported attributes by key, and those that hardly anything has, as (key, value)."""
    found: dict[str, set[str]] = {}
    common: set[tuple[str, str]] = set()
    for table in (tables.Document, tables.Person, tables.Account):
        owners = session.scalar(select(func.count()).where(table.workspace_id == workspace)) or 0
        query = _document_values(workspace) if table is tables.Document else _values_of(session, table, workspace)
        for row in session.execute(query):
            found.setdefault(row.key, set()).add(row.value)
            if row.holders >= WIDELY * owners:
                common.add((row.key, row.value))
    values = {key: tuple(sorted(each)) for key, each in found.items() if len(each) <= MOST_VALUES}
    return values, frozenset((key, value) for key in values for value in values[key]) - common


def _document_values(workspace: str) -> Select[*tuple[Any, ...]]:
    """The values of the documents in the order of their index, which is grouped by them already."""
    held = tables.DocumentAttribute
    shown = select(held.key, held.value, func.count().label("holders")).where(held.workspace_id == workspace)
    return shown.group_by(held.key, held.folded, held.value).limit(MOST_READ)


def _values_of(
    session: Session, owner: type[tables.Document | tables.Person | tables.Account], workspace: str
) -> Select[*tuple[Any, ...]]:
    """The values that people or accounts have."""
    if session.get_bind().dialect.name == "sqlite":
        each = func.json_each(owner.attributes).table_valued("key", "value")
    else:
        each = func.json_each_text(owner.attributes).table_valued("key", "value")
    value = cast(each.c.value, Text).label("value")
    query = select(each.c.key.label("key"), value, func.count().label("holders")).select_from(owner).join(each, true())
    return query.where(owner.workspace_id == workspace).group_by(each.c.key, value).limit(MOST_READ)


def _lean(plan: Plan) -> Plan:
    """Words of complaint or praise that are not about anything in particular become a filter by sentiment.

    A complaint about something is searched by what it is about: what people write about a fault is a complaint
    whatever the tone, and a tone that is read from words misses a quarter of them.
    """
    if any(condition.key == "sentiment" for condition in plan.filters.where):
        return plan
    if PRAISE.search(plan.question) and not COMPLAINT.search(plan.question):
        return _with_mood(plan, PRAISING, without(PRAISE, plan.about))
    if COMPLAINT.search(plan.question):
        about = without(COMPLAINT, plan.about)
        return replace(plan, about=about) if about else _with_mood(plan, Condition("sentiment", "negative"), "")
    return plan


def _countable(plan: Plan, vocabulary: Vocabulary) -> Plan:
    """Mentions in place of people or accounts, where the data names none of these."""
    key = {"people": "person", "accounts": "account"}.get(plan.unit)
    if key is None or key in vocabulary.values:
        return plan
    note = f"No {key} is known in this data: mentions are counted, not {plan.unit}."
    return replace(plan, unit="mentions", notes=(*plan.notes, note))


def _drop(plan: Plan, dropped: Collection[str]) -> Plan:
    kept = [each for each in plan.filters.where if f"{each.key}{each.operator}{each.value}" not in dropped]
    return replace(plan, filters=replace(plan.filters, where=tuple(kept)))


def _with_mood(plan: Plan, mood: Condition, about: str) -> Plan:
    where = (*plan.filters.where, mood)
    return replace(plan, about=about, filters=replace(plan.filters, where=where))


def _with_periods(plan: Plan, vocabulary: Vocabulary, zone: ZoneInfo) -> Plan:
    """A trend over one time compares it with the one before, as long; one without, the last weeks with those before.

    Where the data reaches back less than twice that far, its second half is compared with its first.
    """
    first, last = vocabulary.first_day, vocabulary.last_day
    if plan.asked != "trend" or plan.periods or first is None or last is None:
        return plan
    newest = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    since, end = plan.filters.since, plan.filters.until or newest
    if since is not None and since < end:
        border, start = since, since - (end - since)
        note = "One time was named: it is compared with the time before it, as long."
    else:
        days = min(RECENT.days, max(1, ((last - first).days + 1) // 2))
        length = timedelta(days=days)
        end, border, start = newest, newest - length, newest - 2 * length
        said = "four weeks" if length == RECENT else "day" if days == 1 else f"{days} days"
        note = f"No times were named: the last {said} of the data are compared with the {said} before."
    filters = replace(plan.filters, since=None, until=None)
    periods = (Filters(start, border), Filters(border, end))
    return replace(plan, filters=filters, periods=periods, notes=(*plan.notes, note))
