"""All that is said about one theme within some filters, of one state of the store."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from synth.model import Condition, Filters, Unit
from synth.parts import Parts
from synth.saying.contrasts import Contrast, find_contrasts
from synth.saying.impact import Impact, find_impacts
from synth.saying.kinds import Kind, count_kinds
from synth.saying.together import Companion, find_companions
from synth.store import tables
from synth.store.counting import count, count_by, count_units
from synth.store.excerpts import excerpt_text
from synth.store.filtering import Document, merge, select_documents
from synth.themes.listing import get_theme
from synth.themes.moods import Mood, count_moods


@dataclass(frozen=True, slots=True)
class Saying:
    """A theme in numbers: how many and who, how it sounds, of what kind, in which languages, where, and what with."""

    theme_id: str
    numbers: Mapping[Unit, float]
    of: float  # all mentions within the filters
    mood: Mood
    kinds: Mapping[Kind, int]  # excerpts
    languages: Mapping[str | None, float]  # mentions; None where a text is too short to tell
    contrasts: tuple[Contrast, ...]
    impacts: tuple[Impact, ...]
    companions: tuple[Companion, ...]


def read_saying(parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Saying:
    """One theme; raises NotFound."""
    with parts.database.read() as session:
        get_theme(session, workspace, theme_id)
        mine = merge(filters, [Condition("theme", theme_id)])
        return Saying(
            theme_id=theme_id,
            numbers=count_units(session, workspace, mine),
            of=count(session, workspace, filters),
            mood=count_moods(session, workspace, mine).get(theme_id, Mood()),
            kinds=_kinds(session, workspace, theme_id, mine),
            languages=count_by(session, workspace, mine, Document.language.expression),
            contrasts=tuple(find_contrasts(session, workspace, mine, filters)),
            impacts=tuple(find_impacts(session, workspace, mine, filters)),
            companions=tuple(find_companions(session, workspace, theme_id, mine, filters)),
        )


def _kinds(session: Session, workspace: str, theme_id: str, mine: Filters) -> dict[Kind, int]:
    query = (
        select_documents(workspace, mine, excerpt_text().label("text"), tables.Excerpt.sentiment)
        .join(tables.Excerpt, tables.Excerpt.document_id == Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .where(tables.Assignment.theme_id == theme_id)
    )
    return count_kinds((row.text, row.sentiment) for row in session.execute(query))
