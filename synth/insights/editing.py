"""What people do to an insight: review, publish and withdraw it, and rewrite it through the gate.

A rewritten sentence needs a quote that stands word for word in an excerpt of the workspace, and its numbers must be
among those counted for the insight. Whoever rewrites what was reviewed or published makes it a draft again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.gate import Draft, cite, gate
from synth.insights.drafting import cite as write_citations
from synth.insights.drafting import delete_insight
from synth.insights.freshness import counted_numbers, last_excerpt
from synth.insights.history import note
from synth.insights.making import LONGEST_TITLE
from synth.insights.statements import Statement, key, written
from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import ExcerptView, load_views
from synth.wire.values import moment

MOST_CLAIMS, MOST_QUOTES, LONGEST_CLAIM = 20, 10, 1_000  # an insight is read by people
_MOVES = {  # from what to what, and how that is called
    ("draft", "reviewed"): "reviewed",
    ("reviewed", "published"): "published",
    ("reviewed", "draft"): "withdrawn",
    ("published", "draft"): "withdrawn",
}
_WAY = "A draft is reviewed, then published; what is reviewed or published can be withdrawn to a draft."


@dataclass(frozen=True, slots=True)
class Rewrite:
    """A claim as it is to be: the number of the one it comes from, and words or quotes where they are new."""

    kept: int | None  # counted from 1; None for a new claim
    text: str | None
    quotes: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Change:
    """What is to change of an insight; None where nothing."""

    title: str | None = None
    state: str | None = None
    claims: tuple[Rewrite, ...] | None = None
    unchanged_since: str | None = None  # its `updated_at` as it was seen: nothing is done where it is another by now


def read_change(given: Mapping[str, Any]) -> Change:
    """What was asked for; raises BadInput."""
    title = " ".join(given["title"].split()) if given.get("title") is not None else None
    if title is not None and not 0 < len(title) <= LONGEST_TITLE:
        raise BadInput(f"A title has 1 to {LONGEST_TITLE} characters; this one has {len(title)}.")
    state = given.get("state")
    if state is not None and state not in ("draft", "reviewed", "published"):
        raise BadInput(f"'{state}' is no state of an insight; use draft, reviewed or published.")
    claims = given.get("claims")
    if claims is not None and len(claims) > MOST_CLAIMS:
        raise BadInput(f"An insight has at most {MOST_CLAIMS} claims; these are {len(claims)}.")
    rewrites = None if claims is None else tuple(_read_rewrite(each) for each in claims)
    if rewrites is not None and not rewrites:
        raise BadInput("An insight needs at least one claim; withdraw it instead of emptying it.")
    if title is None and state is None and rewrites is None:
        raise BadInput("Nothing is to change: give a title, a state, or claims.")
    return Change(title, state, rewrites, given.get("unchanged_since"))


def _read_rewrite(given: Mapping[str, Any]) -> Rewrite:
    text = " ".join(given["text"].split()) if given.get("text") is not None else None
    if text is not None and not 0 < len(text) <= LONGEST_CLAIM:
        raise BadInput(f"A claim has 1 to {LONGEST_CLAIM} characters; this one has {len(text)}.")
    quotes = given.get("quotes")
    if quotes is not None and not 0 < len(quotes) <= MOST_QUOTES:
        raise BadInput(f"A claim needs 1 to {MOST_QUOTES} quotes; this one has {len(quotes)}.")
    kept = given.get("kept")
    if kept is None and (text is None or quotes is None):
        raise BadInput("A new claim needs a text and at least one quote with the id of its excerpt.")
    pairs = None if quotes is None else tuple((each["excerpt_id"], each["quote"]) for each in quotes)
    return Rewrite(kept, text, pairs)


def change_insight(parts: Parts, workspace: str, actor: str, id: str, change: Change) -> None:
    """Carry out a change, or nothing of it; raises NotFound, BadInput for what the gate refuses, Conflict."""
    at = parts.now()
    with parts.database.write() as session:
        insight = session.get(tables.Insight, (workspace, id), with_for_update=True)
        if insight is None:
            raise NotFound(f"There is no insight {id}.")
        if change.unchanged_since not in (None, moment(insight.updated_at)):
            raise Conflict(f"{id} was changed meanwhile; look at it again, and then change it.")
        if change.claims is not None:
            _expect_whole(parts, insight)
        _rewrite(session, insight, actor, change, at)
        if change.state is not None and change.state != insight.state:
            _move(session, insight, actor, change.state, at)


def _expect_whole(parts: Parts, insight: tables.Insight) -> None:
    """Claims are named by their places: who is not shown all of them would rewrite another."""
    with parts.database.read() as session:
        seen = session.get(tables.Insight, (insight.workspace_id, insight.id))
        if seen is None or len(seen.claims) != len(insight.claims):
            raise Conflict(f"{insight.id} holds claims that are not shown to you; who sees all of it can rewrite them.")


def _rewrite(session: Session, insight: tables.Insight, actor: str, change: Change, at: Any) -> None:
    before = {"title": insight.title, "claims": [claim["text"] for claim in insight.claims]}
    if change.title is not None and change.title != insight.title:
        insight.title, insight.titled_by = change.title, actor
    if change.claims is not None:
        claims = _rewritten(session, insight, change.claims, actor)
        gone = {key(claim) for claim in insight.claims} - {key(claim) for claim in claims}
        dropped = sorted({*insight.content.get("dropped", ()), *gone})
        insight.claims = claims
        insight.content = {**insight.content, "dropped": dropped, "read_to": last_excerpt(session)}
        write_citations(session, insight)
    after = {"title": insight.title, "claims": [claim["text"] for claim in insight.claims]}
    if after == before:
        return
    insight.updated_at = at
    note(session, insight, "edited", actor, at, {"before": before, "after": after})
    if insight.state != "draft":
        _stay_the_only_draft(session, insight)
        was, insight.state = insight.state, "draft"
        note(
            session,
            insight,
            "withdrawn",
            actor,
            at,
            {"before": was, "reason": "It was edited, and is to be reviewed again."},
        )


def _move(session: Session, insight: tables.Insight, actor: str, state: str, at: Any) -> None:
    action = _MOVES.get((insight.state, state))
    if action is None:
        raise Conflict(f"{insight.id} is {insight.state} and cannot become {state}. {_WAY}")
    if state == "draft":
        _stay_the_only_draft(session, insight)
    note(session, insight, action, actor, at, {"before": insight.state})
    insight.state = state


def _stay_the_only_draft(session: Session, insight: tables.Insight) -> None:
    """Delete the draft of the same theme that was made beside what becomes a draft again.

    Nothing is lost: what nobody touched is drafted anew. Raises Conflict where somebody did.
    """
    if insight.theme_id is None:
        return
    mine = (tables.Insight.workspace_id == insight.workspace_id) & (tables.Insight.theme_id == insight.theme_id)
    beside = select(tables.Insight).where(mine, tables.Insight.state == "draft", tables.Insight.id != insight.id)
    for draft in session.scalars(beside.with_for_update()):
        if draft.titled_by or draft.content.get("dropped") or any(claim.get("written_by") for claim in draft.claims):
            raise Conflict(
                f"{draft.id} is a newer draft of the same theme that people edited; review it, and then change "
                f"{insight.id}."
            )
        delete_insight(session, draft)


def _rewritten(session: Session, insight: tables.Insight, rewrites: Sequence[Rewrite], actor: str) -> list[Statement]:
    """The claims as they are to be; raises BadInput with what stands in the way of the first that cannot stand."""
    seen: set[int] = set()
    claims = []
    for rewrite in rewrites:
        if rewrite.kept is not None and (rewrite.kept in seen or not 0 < rewrite.kept <= len(insight.claims)):
            raise BadInput(
                f"{insight.id} has claims 1 to {len(insight.claims)}, each to be kept once; not {rewrite.kept}."
            )
        old = insight.claims[rewrite.kept - 1] if rewrite.kept else None
        seen.update([rewrite.kept] if rewrite.kept else [])
        claims.append(_claim(session, insight, old, rewrite, actor))
    return claims


def _claim(session: Session, insight: tables.Insight, old: Statement | None, rewrite: Rewrite, actor: str) -> Statement:
    held = [(each["excerpt_id"], each["quote"]) for each in old["citations"]] if old else []
    text = rewrite.text if rewrite.text is not None else str((old or {})["text"])
    quotes = list(rewrite.quotes) if rewrite.quotes is not None else held
    if old is not None and text == old["text"] and quotes == held:
        return old
    evidence = load_views(session, insight.workspace_id, [excerpt for excerpt, _ in quotes])
    for excerpt, quote in quotes:
        _expect_quotable(evidence.get(excerpt), excerpt, quote)
    computed = {text} if old is not None and text == old["text"] and not old.get("written_by") else set()
    gated = gate([Draft(text, tuple(quotes))], evidence, computed=computed, numbers=counted_numbers(insight))
    if not gated.claims:
        known = ", ".join(f"{number:g}" for number in sorted(counted_numbers(insight)))
        raise BadInput(
            f"“{text}” names a number that neither was counted nor stands in its quotes; counted are {known}."
        )
    return written(gated.claims[0], (old or {}).get("kind"), actor)


def _expect_quotable(excerpt: ExcerptView | None, id: str, quote: str) -> None:
    if excerpt is None:
        raise BadInput(f"There is no excerpt {id}; `synth search` shows the ids of excerpts.")
    if cite(excerpt, quote) is None:
        raise BadInput(f"“{quote}” does not stand in excerpt {id} word for word.")
    if excerpt.suspicious is not None:
        raise BadInput(f"Excerpt {id} is suspicious ({excerpt.suspicious}) and cannot back a sentence.")
