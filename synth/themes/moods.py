"""How the excerpts on a theme sound, taken together: counts of positive, neutral and negative ones."""

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import case, func
from sqlalchemy.orm import Session

from synth.model import Filters
from synth.store import tables
from synth.store.conditions import MOOD, PRAISE
from synth.store.filtering import select_documents

MOST = 0.6  # share of the excerpts from which on a theme is said to sound one way


@dataclass(frozen=True, slots=True)
class Mood:
    """Numbers of excerpts; those whose tone cannot be told are in none of them."""

    positive: int = 0
    neutral: int = 0
    negative: int = 0

    @property
    def total(self) -> int:
        """All that have a tone."""
        return self.positive + self.neutral + self.negative

    @property
    def word(self) -> Literal["positive", "negative", "mixed", "unknown"]:
        """The tone of most of them."""
        if not self.total:
            return "unknown"
        if self.positive >= MOST * self.total:
            return "positive"
        return "negative" if self.negative >= MOST * self.total else "mixed"


def count_moods(session: Session, workspace: str, filters: Filters) -> dict[str, Mood]:
    """Theme id to the mood of its excerpts within the filters."""
    tone = tables.Excerpt.sentiment
    query = (
        select_documents(
            workspace,
            filters,
            tables.Assignment.theme_id,
            func.sum(case((tone >= PRAISE, 1), else_=0)).label("positive"),
            func.sum(case(((tone > -MOOD) & (tone < PRAISE), 1), else_=0)).label("neutral"),
            func.sum(case((tone <= -MOOD, 1), else_=0)).label("negative"),
        )
        .join(tables.Excerpt, tables.Excerpt.document_id == tables.Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .group_by(tables.Assignment.theme_id)
    )
    return {row.theme_id: Mood(row.positive, row.neutral, row.negative) for row in session.execute(query)}
