"""The insights job: for each theme that has none yet, or whose content moved, claims with their evidence."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from synth.answers.evidence import Sketch, cut_sections
from synth.answers.quoting import Point
from synth.answers.retrieval import distinct_voices, nearest
from synth.gate import Gated, gate
from synth.insights.facts import Facts, Totals, gather_facts, write_leads
from synth.llm import Brief, Drafting, Section
from synth.model import Condition, Filters
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.counting import count_themes
from synth.store.excerpts import load_views
from synth.store.filtering import excerpt_ids
from synth.store.rows import next_numbers
from synth.themes.reading import active_themes, load_centroids
from synth.wire.answers import claim_document, count_document

QUOTES = 3  # per claim
POOL = 60  # excerpts near the centre that quotes are chosen from
MOVED = 0.25  # a theme that grew or shrank by this share is drafted again


def draft_insights(parts: Parts, held: ledger.Claim) -> None:
    """Draft what is missing, theme by theme; each is a transaction, so a new attempt goes on where this one ended.

    While another such job waits, that one drafts: many imports at once are followed by one drafting.
    """
    with parts.database.read() as session:
        skip = ledger.another_waits(session, held, now=parts.now())
        themes = [] if skip else active_themes(session, held.workspace)
        due = [(theme, facts) for theme, facts in _gather(session, held.workspace, themes) if facts is not None]
    for done, (theme, facts) in enumerate(due):
        _draft(parts, held.workspace, theme, facts)
        with parts.database.write() as session:
            ledger.advance(session, held, now=parts.now(), stage="drafting", done=done + 1, total=len(due))
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now())


def _gather(
    session: Session, workspace: str, themes: Sequence[tables.Theme]
) -> Iterator[tuple[tables.Theme, Facts | None]]:
    """Each theme with its facts where an insight of it is due: there is none, or its draft is of another size."""
    insight = tables.Insight
    drafted = {
        each.theme_id: each for each in session.scalars(select(insight).where(insight.workspace_id == workspace))
    }
    mentions = {each.id: each.mentions for each in count_themes(session, workspace, Filters())}
    totals = Totals(session, workspace) if themes else None
    for theme in themes:
        before = drafted.get(theme.id)
        due = before is None or (before.state == "draft" and _has_moved(before, mentions.get(theme.id, 0)))
        yield theme, gather_facts(session, workspace, theme, totals) if due else None


def _has_moved(before: tables.Insight, mentions: int) -> bool:
    counted = before.counts[0]["value"] if before.counts else 0
    return bool(abs(mentions - counted) > MOVED * max(counted, 1))


def _draft(parts: Parts, workspace: str, theme: tables.Theme, facts: Facts) -> None:
    sections = _sections(parts, workspace, theme, facts)
    brief = Brief("insight", theme.name, sections, facts.counts, workspace=workspace)
    drafting = parts.drafter.draft(brief)
    gated = gate(drafting.drafts, brief.evidence, computed=brief.leads, numbers=facts.values())
    if gated.claims:
        with parts.database.write() as session:
            _store(session, parts, workspace, theme, facts, drafting, gated)


def _sections(parts: Parts, workspace: str, theme: tables.Theme, facts: Facts) -> tuple[Section, ...]:
    """One section per lead, with quotes of people none of the earlier sections quoted."""
    with parts.database.read() as session:
        within = excerpt_ids(session, workspace, Filters(where=(Condition("theme", theme.id),)))
        centre = load_centroids(session, workspace, [theme.id])[theme.id]
    near = nearest(parts, workspace, centre, POOL, within=within)
    with parts.database.read() as session:
        views = load_views(session, workspace, [id for id, _ in near])
    voices = distinct_voices(parts, workspace, [views[id] for id, _ in near if id in views], limit=POOL)
    sketches, used = [], set[str]()
    for lead in write_leads(theme, facts):
        fitting = [voice for voice in voices if lead.fits(voice)]
        chosen = [voice for voice in fitting if voice.id not in used][:QUOTES] or fitting[:QUOTES]
        used.update(voice.id for voice in chosen)
        sketches.append(Sketch(lead.text, chosen, Point(centre, f"{theme.name} {' '.join(theme.key_phrases[:5])}")))
    return tuple(cut_sections(parts, [sketch for sketch in sketches if sketch.excerpts]))


def _store(
    session: Session,
    parts: Parts,
    workspace: str,
    theme: tables.Theme,
    facts: Facts,
    drafting: Drafting,
    gated: Gated,
) -> None:
    now = parts.now()
    values = {
        "title": theme.name,
        "claims": [claim_document(claim) for claim in gated.claims],
        "counts": [count_document(count) for count in facts.counts],
        "freshness": "fresh",
        "drafter": drafting.provenance.drafter,
        "provenance": asdict(drafting.provenance) | {"rejected": gated.rejected + drafting.refused},
        "updated_at": now,
    }
    mine = (tables.Insight.workspace_id == workspace) & (tables.Insight.theme_id == theme.id)
    id = session.scalar(select(tables.Insight.id).where(mine, tables.Insight.state == "draft"))
    if id is None:
        id = f"I{next_numbers(session, workspace, 'insight', 1)[0]}"
        fixed = {"workspace_id": workspace, "id": id, "theme_id": theme.id, "state": "draft", "created_at": now}
        session.execute(insert(tables.Insight), [fixed | values])
    else:
        session.execute(update(tables.Insight).where(mine, tables.Insight.id == id).values(**values))
    _cite(session, workspace, id, gated)


def _cite(session: Session, workspace: str, owner: str, gated: Gated) -> None:
    cited = sorted({citation.excerpt_id for claim in gated.claims for citation in claim.citations})
    session.query(tables.Citation).filter_by(workspace_id=workspace, owner=owner).delete()
    rows = [{"workspace_id": workspace, "owner": owner, "excerpt_id": excerpt} for excerpt in cited]
    session.execute(insert(tables.Citation), rows)
