"""Which themes are spoken of in the same documents as a theme, more often than if each came by itself."""

from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.reports.chance import discoveries
from synth.saying.contrasts import FALSE, likelihood_p
from synth.store import tables
from synth.store.counting import count, count_themes
from synth.store.filtering import select_documents

SHOWN = 5
LEAST = 3  # documents that speak of both


@dataclass(frozen=True, slots=True)
class Companion:
    """Another theme in the same documents: in how many, and how many times as often as by chance."""

    id: str
    name: str
    mentions: int
    lift: float


def find_companions(session: Session, workspace: str, theme_id: str, mine: Filters, whole: Filters) -> list[Companion]:
    """The themes that go with this one, the most frequent first."""
    here, everything = int(count(session, workspace, mine)), int(count(session, workspace, whole))
    sizes = {theme.id: theme for theme in count_themes(session, workspace, whole)}
    both = _both(session, workspace, theme_id, mine)
    tested = [(id, n) for id, n in both.items() if id in sizes and n >= LEAST]
    values = [likelihood_p(n, here, sizes[id].mentions - n, everything - here) for id, n in tested]
    found = [
        Companion(id, sizes[id].name, n, lift)
        for (id, n), stands in zip(tested, discoveries(values, FALSE), strict=True)
        if stands and (lift := n * everything / (here * sizes[id].mentions)) > 1
    ]
    return sorted(found, key=lambda each: (-each.mentions, each.id))[:SHOWN]


def _both(session: Session, workspace: str, theme_id: str, mine: Filters) -> dict[str, int]:
    """Theme id to the number of documents of this theme that speak of it too."""
    query = (
        select(tables.Assignment.theme_id, func.count(distinct(tables.Assignment.document_id)).label("n"))
        .where(
            tables.Assignment.workspace_id == workspace,
            tables.Assignment.theme_id != theme_id,
            tables.Assignment.document_id.in_(select_documents(workspace, mine)),
        )
        .group_by(tables.Assignment.theme_id)
    )
    return {row.theme_id: row.n for row in session.execute(query)}
