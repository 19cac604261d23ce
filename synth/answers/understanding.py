"""From a question to a plan: the rules of `planning` over the vocabulary this store really has."""

import re
from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from synth.answers.planning import plan_question
from synth.answers.vocabulary import Vocabulary
from synth.model import Condition, Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import days

MOST_VALUES = 200  # an attribute with more values than this is not one a question filters by
_COMPLAINT = re.compile(r"\b(complain\w*|problems?|issues?|negative\w*|frustrat\w+|unhappy|upset|dislik\w+|hate\w*)\b", re.I)
_PRAISE = re.compile(r"\b(prais\w+|thank[- ]?you|thanks|thankful|compliments?|positive\w*|love\w*|happy|like best)\b", re.I)
_ATTRIBUTE_VALUES = {
    "sqlite": """SELECT DISTINCT j.key AS key, CAST(j.value AS TEXT) AS value FROM {table} t, json_each(t.attributes) j
                 WHERE t.workspace_id = :workspace LIMIT 20000""",
    "postgresql": """SELECT DISTINCT j.key AS key, j.value AS value FROM {table} t, json_each_text(t.attributes) j
                     WHERE t.workspace_id = :workspace LIMIT 20000""",
}


def understand(parts: Parts, workspace: str, question: str, given: Filters) -> Plan:
    """The plan of a question; filters that were given beside it are added to those it names, and win over its times."""
    with parts.database.read() as session:
        vocabulary = load_vocabulary(session, workspace, parts.timezone)
    plan = plan_question(question, vocabulary, now=parts.now(), timezone=parts.timezone)
    filters = Filters(
        since=given.since or plan.filters.since,
        until=given.until or plan.filters.until,
        where=tuple(dict.fromkeys((*plan.filters.where, *given.where))),
    )
    return _lean(replace(plan, filters=filters))


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
    """Words of complaint or praise become a filter by sentiment; what is left of the question is searched by meaning."""
    if any(condition.key == "sentiment" for condition in plan.filters.where):
        return plan
    for pattern, mood in ((_COMPLAINT, "negative"), (_PRAISE, "positive")):
        if pattern.search(plan.question):
            about = " ".join(pattern.sub(" ", plan.about).split())
            where = (*plan.filters.where, Condition("sentiment", mood))
            return replace(plan, about=_without_loose_ends(about), filters=replace(plan.filters, where=where))
    return plan


def _without_loose_ends(about: str) -> str:
    """The phrase without the small words a removed one leaves hanging at its ends."""
    return re.sub(r"^(?:(?:and|or|for|with|about|of|when|the|main|what|any)\b\s*)+|(?:\s*\b(?:and|or|for|with|about|of|what))+$", "", about).strip()
