"""What people say about a theme within some days: verbatim quotes of distinct people, nearest to its centre."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from synth.answers.planning.days import say_days
from synth.answers.quoting import passages_of
from synth.answers.retrieval import distinct_voices, nearest
from synth.gate import Draft, Gated, gate
from synth.model import Filters
from synth.parts import Parts
from synth.reports.words import words_of
from synth.store import tables
from synth.store.excerpts import ExcerptView, load_views
from synth.store.filtering import excerpt_ids
from synth.themes.reading import load_centroids

QUOTES = 3
POOL = 40  # excerpts near the centre that quotes are chosen from
TELLING = range(40, 301)  # characters of a quote that says something and is read to its end
NAMING = 2  # words of the theme that a passage has to share to name it
STEM = 5  # letters that two forms of a word have in common
AHEAD = 16  # distinct voices among which the telling ones go first
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Voices:
    """Excerpts and the passage of each that is quoted, in the order in which they are shown."""

    excerpts: tuple[ExcerptView, ...]
    quotes: tuple[str, ...]


def find_voices(parts: Parts, workspace: str, theme: str, filters: Filters) -> Voices:
    """Up to three people who speak of a theme within the filters, from different sources where there are several."""
    with parts.database.read() as session:
        within = excerpt_ids(session, workspace, filters)
        named = session.get_one(tables.Theme, (workspace, theme))
        centre = load_centroids(session, workspace, [theme])[theme]
    near = nearest(parts, workspace, centre, POOL, within=within)
    with parts.database.read() as session:
        views = load_views(session, workspace, [excerpt for excerpt, _ in near])
    central = sorted(
        (views[excerpt] for excerpt, _ in near if excerpt in views), key=lambda view: view.repeat_of is not None
    )
    heard = distinct_voices(parts, workspace, central, limit=AHEAD)
    quotes = {voice.id: _quote(parts, voice.text, named, centre) for voice in heard}
    chosen = _varied(sorted(heard, key=lambda voice: len(quotes[voice.id]) not in TELLING))
    return Voices(tuple(chosen), tuple(quotes[voice.id] for voice in chosen))


def find_sayings(parts: Parts, workspace: str, documents: Sequence[str], stem: str) -> Voices:
    """Up to three people in whose words a stem stands, from the newest of the documents."""
    with parts.database.read() as session:
        of_documents = tables.Excerpt.document_id.in_(documents[:POOL])
        ids = session.scalars(select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, of_documents))
        views = load_views(session, workspace, list(ids))
    order = {document: place for place, document in enumerate(documents)}
    found = sorted(views.values(), key=lambda view: (order[view.document_id], view.id))
    quotes = {view.id: quote for view in found if (quote := _saying(view.text, stem))}
    heard = distinct_voices(parts, workspace, [view for view in found if view.id in quotes], limit=AHEAD)
    chosen = _varied(sorted(heard, key=lambda voice: len(quotes[voice.id]) not in TELLING))
    return Voices(tuple(chosen), tuple(quotes[voice.id] for voice in chosen))


def check(sentence: str, voices: Voices) -> Gated:
    """The sentence as a claim with those quotes that stand in their excerpts word for word."""
    pairs = tuple((excerpt.id, quote) for excerpt, quote in zip(voices.excerpts, voices.quotes, strict=True))
    evidence = {excerpt.id: excerpt for excerpt in voices.excerpts}
    return gate([Draft(sentence, pairs, "supported")], evidence, computed=[sentence])


def say_who(excerpt: ExcerptView, timezone: str) -> str:
    """'Jana Weiss, Brightline Plumbing (Mid-market), tickets, 12 November 2026'."""
    account = f"{excerpt.account} ({excerpt.segment})" if excerpt.account and excerpt.segment else excerpt.account
    name = excerpt.person or excerpt.speaker
    day = excerpt.created_at.astimezone(ZoneInfo(timezone)).date() if excerpt.created_at else None
    when = say_days(day, day) if day else None
    doubt = f"suspicious: {excerpt.suspicious}" if excerpt.suspicious else None
    return ", ".join(part for part in (name, account, excerpt.source, when, doubt) if part)


def _quote(parts: Parts, text: str, theme: tables.Theme, centre: NDArray[np.float32]) -> str:
    """The passage of a text that names the theme, or else is nearest to its centre; rather one that tells something."""
    passages = passages_of(text)
    headline, _, body = text.partition("\n")
    choices = [p for p in passages if len(p) in TELLING and not (body.strip() and p == headline.strip())] or passages
    if len(choices) == 1:
        return choices[0]
    wanted = _stems(" ".join([theme.name, *theme.key_phrases]))
    named = [min(len(wanted & _stems(passage)), NAMING) for passage in choices]
    close = parts.embedder.embed(choices) @ centre
    return max(zip(named, close.tolist(), choices, strict=True))[2]


def _saying(text: str, stem: str) -> str | None:
    """The passage of a text in which a stem stands; rather one that tells something."""
    holding = [passage for passage in passages_of(text) if stem in words_of(passage)]
    return next((passage for passage in holding if len(passage) in TELLING), holding[0] if holding else None)


def _stems(text: str) -> set[str]:
    """The longer words, cut so that their forms are alike."""
    return {word[:STEM] for word in _WORD.findall(text.casefold()) if len(word) > 3}


def _varied(voices: Sequence[ExcerptView]) -> list[ExcerptView]:
    """The first voice of each source, then the others, in their order; as many as are quoted."""
    first = {voice.source: voice for voice in reversed(voices)}
    ahead = [voice for voice in voices if first[voice.source] is voice]
    return [*ahead, *(voice for voice in voices if voice not in ahead)][:QUOTES]
