"""Which themes are spoken of in the same documents as a theme, more often than if each came by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import distinct, func, select
from sqlalchemy.orm import Session

from synth.model import Filters, ThemeCount
from synth.reports.chance import discoveries
from synth.saying.contrasts import FALSE, likelihood_p
from synth.store import tables
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


def find_companions(
    both: Mapping[str, int], here: int, everything: int, themes: Sequence[ThemeCount]
) -> list[Companion]:
    """The themes that go with one, the most frequent first.

    `both` are the documents of each that speak of the one too, which `here` do out of `everything`.
    """
    sizes = {theme.id: theme for theme in themes}
    tested = [(id, n) for id, n in both.items() if id in sizes and n >= LEAST]
    values = [likelihood_p(n, here, sizes[id].mentions - n, everything - here) for id, n in tested]
    found = [
        Companion(id, sizes[id].name, n, lift)
        for (id, n), stands in zip(tested, discoveries(values, FALSE), strict=True)
        if stands and (lift := n * everything / (here * sizes[id].mentions)) > 1
    ]
    return sorted(found, key=lambda each: (-each.mentions, each.id))[:SHOWN]


def count_both(session: Session, workspace: str, theme_id: str, mine: Filters) -> dict[str, int]:
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
