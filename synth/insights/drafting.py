"""The insights job: for each theme that has none yet, or whose content moved, claims with their evidence.

Afterwards every insight is held against what is known by then.
"""

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from synth.answers.evidence import Sketch, cut_sections
from synth.answers.quoting import Point
from synth.answers.retrieval import distinct_voices, nearest_on_theme
from synth.gate import Gated, gate
from synth.insights.content import find_dissent, list_segments, open_questions, read_mood
from synth.insights.facts import Facts, Lead, Totals, gather_facts, strongest_segment, write_leads
from synth.insights.freshness import check_all, counted_mentions, has_moved, last_excerpt
from synth.insights.history import SERVICE, note
from synth.insights.statements import cited_excerpts, drafted, redrafted
from synth.llm import Brief, Drafting, Section
from synth.model import NO_FILTERS, Condition, Filters
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.citing import replace_citations
from synth.store.counting import count_themes
from synth.store.excerpts import load_views
from synth.store.restricting import RESEARCHERS
from synth.store.rows import next_numbers
from synth.themes.reading import active_themes, load_centroids
from synth.wire.answers import count_document, filters_document
from synth.wire.values import moment

QUOTES = 3  # per claim
POOL = 60  # excerpts near the centre that quotes are chosen from


def draft_insights(parts: Parts, held: ledger.Claim) -> None:
    """Draft what is missing, theme by theme; each is a transaction, so a new attempt goes on where this one ended.

    While another such job waits, that one drafts: many imports at once are followed by one drafting. All who may read
    an insight read the same numbers, so restricted sources are left out of it; a theme that rests on these alone is
    drafted over them.
    """
    common = parts.for_reader(RESEARCHERS)
    with parts.database.read() as session:
        skip = ledger.another_waits(session, held, now=parts.now())
    due = [] if skip else list(_due(common, held.workspace, frozenset()))
    if not skip and common.left_out():
        with common.database.read() as session:
            seen = frozenset(theme.id for theme in active_themes(session, held.workspace))
        due += _due(parts, held.workspace, seen)
    for done, (eyes, theme, facts) in enumerate(due):
        draft_theme(eyes, held.workspace, theme, facts)
        with parts.database.write() as session:
            ledger.advance(session, held, now=parts.now(), stage="drafting", done=done + 1, total=len(due))
    if not skip:
        check_all(parts, held.workspace)
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now())


def _due(parts: Parts, workspace: str, seen: frozenset[str]) -> Iterator[tuple[Parts, tables.Theme, Facts]]:
    """Each theme that is to be drafted, and has not been seen, with its facts, and the parts it is read with."""
    with parts.database.read() as session:
        themes = [theme for theme in active_themes(session, workspace) if theme.id not in seen]
        gathered = _gather(session, workspace, themes, parts.left_out())
        found = [(parts, theme, facts) for theme, facts in gathered if facts is not None]
    yield from found


def _gather(
    session: Session, workspace: str, themes: Sequence[tables.Theme], left_out: str
) -> Iterator[tuple[tables.Theme, Facts | None]]:
    """Each theme with its facts where an insight of it is due.

    There is none, or its draft is of another size, or counted what is restricted by now, or left out what is not.
    """
    insight = tables.Insight
    newest_last = select(insight).where(insight.workspace_id == workspace).order_by(insight.created_at)
    before = {each.theme_id: each for each in session.scalars(newest_last)}
    mentions = {each.id: each.mentions for each in count_themes(session, workspace, NO_FILTERS)}
    totals = Totals(session, workspace) if themes else None
    for theme in themes:
        last = before.get(theme.id)
        due = last is None or (last.state == "draft" and _is_stale(last, mentions.get(theme.id, 0), left_out))
        yield theme, gather_facts(session, workspace, theme, totals) if due else None


def _is_stale(before: tables.Insight, mentions: int, left_out: str) -> bool:
    return before.left_out != left_out or has_moved(counted_mentions(before), mentions)


def draft_theme(parts: Parts, workspace: str, theme: tables.Theme, facts: Facts, *, actor: str = SERVICE) -> str | None:
    """Draft one theme, or its draft anew; returns the id of the insight, None where no claim could be backed."""
    mine, left_out = Filters(where=(Condition("theme", theme.id),)), parts.left_out()
    leads = write_leads(theme, facts)
    sections = _sections(parts, workspace, theme, leads)
    brief = Brief("insight", theme.name, sections, facts.counts, workspace=workspace)
    drafting = parts.drafter.draft(brief)
    gated = gate(drafting.drafts, brief.evidence, computed=brief.leads, numbers=facts.values())
    if not gated.claims:
        return None
    with parts.database.read() as session:
        read_to = last_excerpt(session)
        mood = read_mood(session, workspace, mine)
        questions = open_questions(session, workspace, facts, mine)
    content = {
        "segments": list_segments(facts),
        "dissenting": find_dissent(parts, workspace, mine, mood),
        "questions": questions,
        "numbers": sorted(facts.values() | facts.derived()),
        "read_to": read_to,
        "rests_on": {
            "direction": facts.change.direction,
            "segment": strongest_segment(facts.segments),
            "mood": list(mood),
            "newest": moment(facts.last),
        },
    }
    values = {
        "claims": drafted(gated.claims, {lead.text: lead.kind for lead in leads}),
        "counts": [count_document(count) for count in facts.counts],
        "content": content,
        "provenance": _provenance(drafting, gated, mine, moment(parts.now())),
        "drafter": drafting.provenance.drafter,
        "left_out": left_out,
    }
    with parts.database.write() as session:
        return _store(session, parts, workspace, theme, values, actor)


def _provenance(drafting: Drafting, gated: Gated, filters: Filters, at: str | None) -> dict[str, Any]:
    """All that it takes to make the claims again."""
    made = asdict(drafting.provenance) | {"rejected": gated.rejected + drafting.refused}
    return made | {"filter": filters_document(filters), "counted_at": at}


def _sections(parts: Parts, workspace: str, theme: tables.Theme, leads: Sequence[Lead]) -> tuple[Section, ...]:
    """One section per lead, with quotes of people none of the earlier sections quoted."""
    with parts.database.read() as session:
        centre = load_centroids(session, workspace, [theme.id])[theme.id]
    near = nearest_on_theme(parts, workspace, theme.id, centre, POOL, NO_FILTERS)
    with parts.database.read() as session:
        views = load_views(session, workspace, near)
    voices = distinct_voices(parts, workspace, [views[id] for id in near if id in views], limit=POOL)
    sketches, used = [], set[str]()
    for lead in leads:
        fitting = [voice for voice in voices if lead.fits(voice)]
        chosen = [voice for voice in fitting if voice.id not in used][:QUOTES] or fitting[:QUOTES]
        used.update(voice.id for voice in chosen)
        sketches.append(Sketch(lead.text, chosen, Point(centre, f"{theme.name} {' '.join(theme.key_phrases[:5])}")))
    return tuple(cut_sections(parts, [sketch for sketch in sketches if sketch.excerpts]))


def _store(
    session: Session, parts: Parts, workspace: str, theme: tables.Theme, values: dict[str, Any], actor: str
) -> str:
    now = parts.now()
    draft = session.scalars(
        select(tables.Insight)
        .where(tables.Insight.workspace_id == workspace, tables.Insight.theme_id == theme.id)
        .where(tables.Insight.state == "draft")
        .order_by(tables.Insight.created_at.desc())
        .with_for_update()
    ).first()
    if draft is None:
        origin = {"kind": "theme", "theme_id": theme.id}
        return add_insight(
            session, workspace, now, actor, {"theme_id": theme.id, "title": theme.name, "origin": origin, **values}
        )
    before = draft.claims
    dropped = draft.content.get("dropped", [])
    draft.claims = redrafted(before, values["claims"], dropped)
    for name in ("counts", "provenance", "drafter", "left_out"):
        setattr(draft, name, values[name])
    draft.content = values["content"] | {"dropped": dropped}
    draft.title = draft.title if draft.titled_by else theme.name
    draft.freshness, draft.freshness_reason, draft.updated_at = "fresh", None, now
    note(session, draft, "redrafted", actor, now, {"before": [claim["text"] for claim in before]})
    cite(session, draft)
    return draft.id


def add_insight(session: Session, workspace: str, now: Any, actor: str, values: dict[str, Any]) -> str:
    """Store a new draft with its citations and the first line of its history; returns its id."""
    id = f"I{next_numbers(session, workspace, 'insight', 1)[0]}"
    fixed = {"workspace_id": workspace, "id": id, "state": "draft", "freshness": "fresh"}
    insight = tables.Insight(**fixed, created_at=now, updated_at=now, **values)
    session.add(insight)
    session.flush()
    note(session, insight, "drafted", actor, now)
    cite(session, insight)
    return id


def delete_insight(session: Session, insight: tables.Insight) -> None:
    """Delete an insight with its history and where it quotes."""
    mine = (tables.InsightEvent.workspace_id == insight.workspace_id) & (tables.InsightEvent.insight_id == insight.id)
    session.execute(delete(tables.InsightEvent).where(mine))
    replace_citations(session, insight.workspace_id, insight.id, ())
    session.delete(insight)


def cite(session: Session, insight: tables.Insight) -> None:
    """Write down where the insight quotes, so that erasure can follow."""
    dissenting = {citation["excerpt_id"] for citation in insight.content.get("dissenting", [])}
    replace_citations(session, insight.workspace_id, insight.id, cited_excerpts(insight.claims) | dissenting)
