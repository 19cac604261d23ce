"""All that is said about one theme within some filters, of one state of the store."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from synth.model import Condition, Filters, ThemeCount, Unit
from synth.parts import Parts
from synth.saying.contrasts import Contrast, Places, count_places, find_contrasts
from synth.saying.impact import Impact, Ratings, find_impacts, sum_ratings
from synth.saying.kinds import Kind, count_kinds
from synth.saying.together import Companion, count_both, find_companions
from synth.store import tables
from synth.store.counting import count, count_by, count_themes, count_units
from synth.store.excerpts import excerpt_text
from synth.store.filtering import Document, merge, select_documents
from synth.themes.listing import find_theme
from synth.themes.moods import Mood, count_moods


@dataclass(frozen=True, slots=True)
class Saying:
    """A theme in numbers: how many and who, how it sounds, of what kind, in which languages, where, and what with."""

    theme_id: str
    numbers: Mapping[Unit, float]
    of: int  # all mentions within the filters
    mood: Mood
    kinds: Mapping[Kind, int]  # excerpts
    languages: Mapping[str | None, float]  # mentions; None where a text is too short to tell
    places: Mapping[str, Places]  # by source and by segment
    contrasts: tuple[Contrast, ...]
    impacts: tuple[Impact, ...]
    companions: tuple[Companion, ...]


@dataclass(frozen=True, slots=True)
class Everything:
    """All that is said within some filters, which every theme is held against."""

    mentions: int
    places: Mapping[str, Places]
    ratings: Ratings
    themes: tuple[ThemeCount, ...]


def read_saying(parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Saying:
    """One theme; raises NotFound."""
    with parts.database.read() as session:
        return keep_saying(session, parts, workspace, theme_id, filters)


def keep_saying(session: Session, parts: Parts, workspace: str, theme_id: str, filters: Filters) -> Saying:
    """What is said about a theme, counted once until something changes; raises NotFound."""
    find_theme(session, workspace, theme_id)
    kept = parts.kept
    everything = kept.read(
        f"everything within {filters}", session, workspace, lambda: _everything(session, workspace, filters)
    )
    name = f"saying of {theme_id} within {filters}"
    return kept.read(name, session, workspace, lambda: _read(session, workspace, theme_id, filters, everything))


def _everything(session: Session, workspace: str, filters: Filters) -> Everything:
    return Everything(
        mentions=int(count(session, workspace, filters)),
        places=count_places(session, workspace, filters),
        ratings=sum_ratings(session, workspace, filters),
        themes=tuple(count_themes(session, workspace, filters)),
    )


def _read(session: Session, workspace: str, theme_id: str, filters: Filters, everything: Everything) -> Saying:
    mine = merge(filters, [Condition("theme", theme_id)])
    numbers, places = count_units(session, workspace, mine), count_places(session, workspace, mine)
    both, here = count_both(session, workspace, theme_id, mine), int(numbers["mentions"])
    return Saying(
        theme_id=theme_id,
        numbers=numbers,
        of=everything.mentions,
        mood=count_moods(session, workspace, mine).get(theme_id, Mood()),
        kinds=_kinds(session, workspace, theme_id, mine),
        languages=count_by(session, workspace, mine, Document.language.expression),
        places=places,
        contrasts=tuple(find_contrasts(places, everything.places)),
        impacts=tuple(find_impacts(sum_ratings(session, workspace, mine), everything.ratings)),
        companions=tuple(find_companions(both, here, everything.mentions, everything.themes)),
    )


def _kinds(session: Session, workspace: str, theme_id: str, mine: Filters) -> dict[Kind, int]:
    query = (
        select_documents(workspace, mine, excerpt_text().label("text"), tables.Excerpt.sentiment)
        .join(tables.Excerpt, tables.Excerpt.document_id == Document.id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .where(tables.Assignment.theme_id == theme_id)
    )
    return count_kinds((row.text, row.sentiment) for row in session.execute(query))
