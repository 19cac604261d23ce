"""From a question to a plan: the rules of `planning` over the vocabulary this store really has."""

import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from synth.answers.planning import plan_question
from synth.answers.vocabulary import Vocabulary
from synth.model import Condition, Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import days

RECENT = timedelta(weeks=4)
MOST_VALUES = 200  # an attribute with more values than this is not one a question filters by
_COMPLAINT = re.compile(
    r"\b(complain\w*|problems?|issues?|negative\w*|frustrat\w+|unhappy|upset|dislik\w+|hates?|hated"
    r"|\w*beschwer\w*|unzufrieden\w*|probleme?n?|negativ\w*)\b",
    re.IGNORECASE,
)
_PRAISE = re.compile(
    r"\b(prais\w+|thank[- ]?you|thanks|thankful|compliments?|positive\w*|loves?|loved|happy|like best"
    r"|lob|lobt|loben|gelobt|zufrieden\w*|positiv\w*)\b",
    re.IGNORECASE,
)
_SMALL = "and|or|for|with|about|of|when|the|main|what|any|there|are|people|have|to"
_LOOSE_ENDS = re.compile(rf"^(?:(?:{_SMALL})\b\s*)+|(?:\s*\b(?:{_SMALL}))+$", re.IGNORECASE)
_ATTRIBUTE_VALUES = {
    "sqlite": """SELECT DISTINCT j.key AS key, CAST(j.value AS TEXT) AS value FROM {table} t, json_each(t.attributes) j
                 WHERE t.workspace_id = :workspace LIMIT 20000""",
    "postgresql": """SELECT DISTINCT j.key AS key, j.value AS value FROM {table} t, json_each_text(t.attributes) j
                     WHERE t.workspace_id = :workspace LIMIT 20000""",
}


def understand(parts: Parts, workspace: str, question: str, given: Filters, *, dropped: Collection[str] = ()) -> Plan:
    """The plan of a question; filters that were given beside it are added to those it names, and win over its times.

    `dropped` are filters that were read into the question and are not meant: `KEY=VALUE` each, or `time`.
    """
    with parts.database.read() as session:
        vocabulary = load_vocabulary(session, workspace, parts.timezone)
    plan = plan_question(question, vocabulary, now=parts.now(), timezone=parts.timezone)
    if "time" in dropped:
        plan = replace(plan, filters=replace(plan.filters, since=None, until=None), periods=(), notes=())
    filters = Filters(
        since=given.since or plan.filters.since,
        until=given.until or plan.filters.until,
        where=tuple(dict.fromkeys((*plan.filters.where, *given.where))),
    )
    zone = ZoneInfo(parts.timezone)
    return _with_periods(_drop(_lean(replace(plan, filters=filters)), dropped), vocabulary.last_day, zone)


def load_vocabulary(session: Session, workspace: str, timezone: str) -> Vocabulary:
    """The values that occur in this workspace, and the days it covers."""
    first, last = days(session, workspace)
    zone = ZoneInfo(timezone)
    themes = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state == "active"
    )
    values = {key: found for key, found in _named_values(session, workspace) if found}
    return Vocabulary(
        values=values | _attribute_values(session, workspace),
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


def _attribute_values(session: Session, workspace: str) -> dict[str, tuple[str, ...]]:
    statement = _ATTRIBUTE_VALUES[session.get_bind().dialect.name]
    found: dict[str, set[str]] = {}
    for table in ("documents", "people", "accounts"):
        rows = session.execute(text(statement.format(table=table)), {"workspace": workspace})
        for row in rows:
            found.setdefault(row.key, set()).add(row.value)
    return {key: tuple(sorted(values)) for key, values in found.items() if len(values) <= MOST_VALUES}


def _lean(plan: Plan) -> Plan:
    """Words of complaint or praise that are not about anything in particular become a filter by sentiment.

    A complaint about something is searched by what it is about: what people write about a fault is a complaint
    whatever the tone, and a tone that is read from words misses a quarter of them.
    """
    if any(condition.key == "sentiment" for condition in plan.filters.where):
        return plan
    if _PRAISE.search(plan.question) and not _COMPLAINT.search(plan.question):
        return _with_mood(plan, "positive", _without(_PRAISE, plan.about))
    if _COMPLAINT.search(plan.question):
        about = _without(_COMPLAINT, plan.about)
        return replace(plan, about=about) if about else _with_mood(plan, "negative", "")
    return plan


def _drop(plan: Plan, dropped: Collection[str]) -> Plan:
    kept = [each for each in plan.filters.where if f"{each.key}{each.operator}{each.value}" not in dropped]
    return replace(plan, filters=replace(plan.filters, where=tuple(kept)))


def _with_mood(plan: Plan, mood: str, about: str) -> Plan:
    where = (*plan.filters.where, Condition("sentiment", mood))
    return replace(plan, about=about, filters=replace(plan.filters, where=where))


def _without(pattern: re.Pattern[str], about: str) -> str:
    """The phrase without the matched words, and without the small words a removed one leaves hanging at its ends."""
    rest = " ".join(pattern.sub(" ", about).split())
    return _LOOSE_ENDS.sub("", rest).strip(" ,")


def _with_periods(plan: Plan, last: date | None, zone: ZoneInfo) -> Plan:
    """A trend without times of its own compares the last four weeks of the data with the four before."""
    if plan.asked != "trend" or plan.periods or last is None:
        return plan
    end = datetime.combine(last + timedelta(days=1), time(), zone).astimezone(UTC)
    border, start = end - RECENT, end - 2 * RECENT
    filters = replace(plan.filters, since=None, until=None)
    note = "No times were named: the last four weeks of the data are compared with the four before."
    periods = (Filters(start, border), Filters(border, end))
    return replace(plan, filters=filters, periods=periods, notes=(*plan.notes, note))
