"""How far the numbers of a report can be trusted: coverage, what one voice dominates, what has no date or no name."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.reports.weeks import Span
from synth.store import tables
from synth.store.counting import count_by
from synth.store.filtering import Account, Document, Person, select_documents, select_excerpt_ids

ONE_SOURCE = 0.60  # share of the feedback from which on a source dominates
ONE_VOICE = 0.20  # the same for a person or an account
FEW = 3  # mentions below which nobody dominates


@dataclass(frozen=True, slots=True)
class Dominant:
    """A source, person or account that gives more of the feedback than it should."""

    kind: str  # source | person | account
    name: str
    mentions: int
    of: int


@dataclass(frozen=True, slots=True)
class Health:
    """What stands behind the counts of a span."""

    excerpts: int
    unassigned: int  # excerpts on no theme
    documents: int
    nameless: int  # documents of nobody known
    dominant: tuple[Dominant, ...]
    undated: int  # documents of the whole store without a date
    ahead: int  # documents of the whole store dated later than now


def check_health(session: Session, workspace: str, span: Span, now: datetime) -> Health:
    """Look at the feedback of a span and at what of the store no report can show."""
    filters = span.filters()
    spoken = select_excerpt_ids(workspace, filters)
    assigned = select(tables.Assignment.excerpt_id).where(tables.Assignment.workspace_id == workspace)
    people = count_by(session, workspace, filters, Document.person_id)
    undated = select_documents(workspace, Filters(), func.count(Document.id)).where(Document.created_at.is_(None))
    excerpts = session.scalar(select(func.count()).select_from(spoken.subquery())) or 0
    free = spoken.where(tables.Excerpt.id.not_in(assigned))
    return Health(
        excerpts=excerpts,
        unassigned=session.scalar(select(func.count()).select_from(free.subquery())) or 0,
        documents=int(sum(people.values())),
        nameless=int(people.get(None, 0)),
        dominant=_dominant(session, workspace, filters),
        undated=session.scalar(undated) or 0,
        ahead=session.scalar(select_documents(workspace, Filters(since=now), func.count(Document.id))) or 0,
    )


def _dominant(session: Session, workspace: str, filters: Filters) -> tuple[Dominant, ...]:
    keys = (("source", tables.Source.name, ONE_SOURCE), ("person", Person.name, ONE_VOICE), ("account", Account.name, ONE_VOICE))
    found = []
    for kind, column, border in keys:
        mentions = count_by(session, workspace, filters, column)
        total = sum(mentions.values())
        named = [(name, n) for name, n in mentions.items() if name is not None and n >= FEW and n > border * total]
        found += [Dominant(kind, name, int(n), int(total)) for name, n in named]
    return tuple(found)
