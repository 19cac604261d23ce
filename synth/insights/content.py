"""What an insight holds beside its claims: segments, dissent, and what the data leaves open."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.retrieval import distinct_voices
from synth.answers.tone import clearest_passage
from synth.answers.wording import say_amount, say_number
from synth.gate import cite
from synth.insights.facts import FEW, Facts
from synth.model import Condition, Filters
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count, days
from synth.store.excerpts import load_views
from synth.store.filtering import merge, select_excerpt_ids
from synth.wire.answers import citation_document
from synth.wire.values import whole

DISSENTING = 2  # quotes of the other mood
READ = 20  # excerpts of the other mood that these are chosen from
MAIN = 0.8  # of the mentions: a source with as many decides what is seen
_CLEARLY = {"positive": "clearly positive", "negative": "clearly negative"}
Mood = tuple[float, float]  # mentions that sound positive, and negative


def read_mood(session: Session, workspace: str, filters: Filters) -> Mood:
    """How many mentions within the filters sound positive, and how many negative."""
    return (
        count(session, workspace, merge(filters, [Condition("sentiment", "positive")])),
        count(session, workspace, merge(filters, [Condition("sentiment", "negative")])),
    )


def lean(mood: Mood) -> str | None:
    """The mood that clearly prevails: half as many again as of the other, and not a few."""
    positive, negative = mood
    if positive + negative < 2 * FEW:
        return None
    return "positive" if positive >= 1.5 * negative else "negative" if negative >= 1.5 * positive else None


def find_dissent(parts: Parts, workspace: str, filters: Filters, mood: Mood) -> list[dict[str, Any]]:
    """Quotes of those who clearly sound the other way than most, by distinct people."""
    prevailing = lean(mood)
    if prevailing is None:
        return []
    other = "negative" if prevailing == "positive" else "positive"
    tone = tables.Excerpt.sentiment
    query = select_excerpt_ids(workspace, merge(filters, [Condition("sentiment", _CLEARLY[other])]))
    clearest = query.order_by(tone.desc() if other == "positive" else tone, tables.Excerpt.id).limit(READ)
    with parts.database.read() as session:
        ids = list(session.scalars(clearest))
        views = load_views(session, workspace, ids)
    said = [views[id] for id in ids if id in views and views[id].suspicious is None]
    voices = distinct_voices(parts, workspace, said, DISSENTING)
    cited = (cite(voice, clearest_passage(voice, praise=other == "positive")) for voice in voices)
    return [citation_document(citation) for citation in cited if citation]


def list_segments(facts: Facts) -> list[dict[str, Any]]:
    """Mentions by segment, out of all mentions of that segment, most first."""
    ordered = sorted(facts.segments.items(), key=lambda pair: (-pair[1][0], pair[0]))
    return [{"segment": name, "mentions": whole(part), "of": whole(of)} for name, (part, of) in ordered]


def open_questions(session: Session, workspace: str, facts: Facts, filters: Filters) -> list[str]:
    """What cannot be told from this data, each as a sentence with its numbers."""
    total = facts.mentions.value
    found = []
    if facts.segments:
        known = sum(part for part, _ in facts.segments.values())
        if known < total:
            missing = f"{say_number(total - known)} of {say_amount(total, 'mentions')}"
            found.append(f"{missing} belong to no known segment: whether segments differ is told without them.")
        silent = [(name, of) for name, (part, of) in facts.segments.items() if not part and of >= 5 * FEW]
        found += [
            f"Nobody of {name} speaks of it, in {say_amount(of, 'mentions')}: why is not known." for name, of in silent
        ]
    else:
        found.append("No segment of anybody is known: whom it touches most cannot be told.")
    source, most = max(facts.sources.items(), key=lambda pair: pair[1], default=("", 0.0))
    if total >= 2 * FEW and most >= MAIN * total and _has_others(session, workspace):
        found.append(
            f"{say_number(most)} of {say_amount(total, 'mentions')} come from {source}: others may see it differently."
        )
    undated = count(session, workspace, filters) - _dated(session, workspace, filters)
    if undated:
        found.append(
            f"{say_number(undated)} of {say_amount(total, 'mentions')} have no date: its course is told without them."
        )
    return found


def _has_others(session: Session, workspace: str) -> bool:
    sources = select(tables.Source.id).where(tables.Source.workspace_id == workspace).limit(2)
    return len(session.scalars(sources).all()) > 1


def _dated(session: Session, workspace: str, filters: Filters) -> float:
    first, _ = days(session, workspace)
    return count(session, workspace, Filters(first, None, filters.where)) if first else 0.0
