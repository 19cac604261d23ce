"""How far the numbers of a report can be trusted: coverage, what one voice dominates, what has no date or no name."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import ColumnElement, func
from sqlalchemy.orm import Session

from synth.answers.wording import say_number, say_share
from synth.model import Filters
from synth.reports.spans import Span
from synth.store import tables
from synth.store.counting import count_by
from synth.store.filtering import Account, Document, Person, select_documents, select_excerpt_ids

ONE_SOURCE = 0.60  # share of the feedback above which a source dominates
ONE_VOICE = 0.20  # the same for a person or an account
FEW = 3  # mentions below which nobody dominates
Voice = Literal["source", "person", "account"]


@dataclass(frozen=True, slots=True)
class Dominant:
    """A source, person or account that gives more of the feedback than is good for the counts."""

    kind: Voice
    name: str
    mentions: int
    of: int
    usual: bool = False  # so it was in the spans before


@dataclass(frozen=True, slots=True)
class Health:
    """What stands behind the counts of a span."""

    documents: int
    nameless: int  # documents of nobody known
    excerpts: int
    unassigned: int  # excerpts on no theme
    dominant: tuple[Dominant, ...]
    undated: int  # documents of the whole store without a date
    ahead: int  # documents of the whole store dated later than now


def check_health(session: Session, workspace: str, span: Span, ahead: int, before: Filters | None = None) -> Health:
    """Look at the feedback of a span, and at what of the store no report can show, of which `ahead` is known.

    `before` are the spans it is compared with: who dominated there already is no news.
    """
    filters = span.filters()
    people = count_by(session, workspace, filters, Document.person_id)
    spoken = select_excerpt_ids(workspace, filters)
    amounts = func.count(), func.count(tables.Assignment.excerpt_id)
    placed = spoken.with_only_columns(*amounts).select_from(tables.Excerpt)
    placed = placed.outerjoin(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
    excerpts, assigned = session.execute(placed).one()
    documents = select_documents(workspace, Filters(), func.count(Document.id))
    return Health(
        documents=int(sum(people.values())),
        nameless=int(people.get(None, 0)),
        excerpts=excerpts,
        unassigned=excerpts - assigned,
        dominant=_dominant(session, workspace, filters, before),
        undated=session.scalar(documents.where(Document.created_at.is_(None))) or 0,
        ahead=ahead,
    )


def count_ahead(session: Session, workspace: str, now: datetime) -> int:
    """Documents of the whole store that are dated later than now."""
    documents = select_documents(workspace, Filters(), func.count(Document.id))
    return session.scalar(documents.where(Document.created_at > now)) or 0


def write_warnings(health: Health) -> list[str]:
    """A sentence for each voice that dominates and did not before: what is so every week is nobody's warning."""
    return [_warning(dominant) for dominant in health.dominant if not dominant.usual]


def write_health(health: Health) -> list[str]:
    """What stands behind the numbers, in sentences."""
    lines = []
    if health.excerpts:
        lines.append(_coverage(health))
    lines += [f"As before: {_uncapitalised(_warning(each))}" for each in health.dominant if each.usual]
    if health.nameless and health.nameless == health.documents:
        lines.append("People are not known: the feedback names nobody. Three documents stand in for three people.")
    elif health.nameless:
        named = f"{say_number(health.nameless)} of {say_number(health.documents)} pieces of feedback name nobody"
        lines.append(f"{named}; each counts as one voice where a theme needs three people.")
    if health.undated:
        lines.append(f"{_pieces(health.undated, 'has', 'have')} no date and cannot be in any report.")
    if health.ahead:
        lines.append(f"{_pieces(health.ahead, 'is', 'are')} dated in the future.")
    return lines


def _coverage(health: Health) -> str:
    share = say_share(health.excerpts - health.unassigned, health.excerpts)
    free = f"{say_number(health.unassigned)} of {say_number(health.excerpts)} excerpts"
    rest = f"; {free} {'is' if health.unassigned == 1 else 'are'} on none" if health.unassigned else ""
    return f"Coverage: {share} of what was said is on a theme{rest}."


def _warning(dominant: Dominant) -> str:
    counted = f"{say_number(dominant.mentions)} of {say_number(dominant.of)} pieces of feedback"
    share = say_share(dominant.mentions, dominant.of)
    if dominant.kind == "source" and dominant.mentions == dominant.of:
        return f"All of the feedback comes from one source, {dominant.name}."
    if dominant.kind == "source":
        return f"One source dominates: {counted} ({share}) come from {dominant.name}."
    return f"One {dominant.kind} is loud: {counted} ({share}) come from {dominant.name}."


def _uncapitalised(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:]


def _dominant(session: Session, workspace: str, filters: Filters, before: Filters | None) -> tuple[Dominant, ...]:
    """Who dominates the feedback of the filters, and whether they did in that of the filters before."""
    usual = {(each.kind, each.name) for each in _loud(session, workspace, before)} if before else set()
    return tuple(replace(each, usual=(each.kind, each.name) in usual) for each in _loud(session, workspace, filters))


def _loud(session: Session, workspace: str, filters: Filters) -> list[Dominant]:
    keys: tuple[tuple[Voice, ColumnElement[Any], float], ...] = (
        ("source", tables.Source.name.expression, ONE_SOURCE),
        ("person", Person.name.expression, ONE_VOICE),
        ("account", Account.name.expression, ONE_VOICE),
    )
    found: list[Dominant] = []
    for kind, column, border in keys:
        mentions = count_by(session, workspace, filters, column)
        total = sum(mentions.values())
        loud = {name: n for name, n in mentions.items() if name is not None and n >= FEW and n > border * total}
        found += [Dominant(kind, name, int(n), int(total)) for name, n in loud.items()]
    return found


def _pieces(count: int, one: str, many: str) -> str:
    noun, verb = ("piece", one) if count == 1 else ("pieces", many)
    return f"{say_number(count)} {noun} of feedback in the store {verb}"
