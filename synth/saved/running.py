"""The weekly run: every active question is asked as of the end of the last complete week, and counted in that week.

The answer reaches back as far as the question does; the count of the week is what is compared with the week before.
"""

import logging
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, insert
from sqlalchemy.orm import Session

from synth.answers.asking import ask_in_steps
from synth.answers.lists import rival_subjects
from synth.answers.scope import find_scope
from synth.answers.tally import tally
from synth.answers.understanding import understand
from synth.errors import SynthError
from synth.model import Answer, Filters, Plan
from synth.parts import Parts
from synth.reports.reach import newest_document
from synth.reports.spans import Span
from synth.reports.weekly import request_reports
from synth.reports.weeks import choose_span
from synth.saved.questions import load_all
from synth.store import ledger, tables
from synth.store.citing import replace_citations
from synth.wire.answers import answer_document, read_filters_document
from synth.wire.values import whole

_log = logging.getLogger(__name__)


def request_runs(parts: Parts, workspace: str) -> bool:
    """Queue the run of the last complete week, once; True while it is to be waited for with the report."""
    now = parts.now()
    with parts.database.write() as session:
        span = _last_week(session, parts, workspace)
        active = [saved for saved in load_all(session, workspace) if saved.state == "active"]
        if span is None or all(_has_run(session, saved, span) for saved in active):
            return False
        key = f"saved:{span.id}:{','.join(sorted(saved.id for saved in active))}"
        id = ledger.enqueue(session, workspace, "saved", {"week": span.id}, key=key, now=now, subject=span.id)
        return session.get_one(tables.Job, id).state in ("queued", "running")


def run_saved(parts: Parts, held: ledger.Claim) -> None:
    """The job: ask what was not asked for this week yet, question by question, then let the report be written."""
    with parts.database.read() as session:
        span = _last_week(session, parts, held.workspace, held.payload.get("week"))
        active = [saved for saved in load_all(session, held.workspace) if saved.state == "active"]
        due = [saved for saved in active if span is not None and not _has_run(session, saved, span)]
    for done, saved in enumerate(due):
        if span is not None:
            try:
                run_question(parts, saved, span)
            except SynthError as error:  # one that cannot be asked holds up no other
                _log.warning("The saved question %s was not asked: %s", saved.id, error)
        with parts.database.write() as session:
            ledger.advance(session, held, now=parts.now(), stage="asking", done=done + 1, total=len(due))
    with parts.database.write() as session:
        ledger.finish(session, held, now=parts.now(), result={"questions": len(due)})
    request_reports(parts, held.workspace)


def run_now(parts: Parts, saved: tables.SavedQuestion) -> str | None:
    """Ask it for the last complete week, again where it was asked; returns the week, None where nothing has a date."""
    with parts.database.read() as session:
        span = _last_week(session, parts, saved.workspace_id)
    if span is None:
        return None
    run_question(parts, saved, span)
    return span.id


def run_once(parts: Parts, saved: tables.SavedQuestion) -> None:
    """Ask it for the last complete week, unless it was: who saves one, or takes one up again, does not wait."""
    with parts.database.read() as session:
        span = _last_week(session, parts, saved.workspace_id)
        is_due = span is not None and not _has_run(session, saved, span)
    if span is not None and is_due:
        run_question(parts, saved, span)


def run_question(parts: Parts, saved: tables.SavedQuestion, span: Span) -> None:
    """Ask one question as of the end of a week, for everybody, and keep what came of it."""
    parts = parts.for_everybody()
    left_out = parts.left_out()
    workspace, given = saved.workspace_id, read_filters_document(saved.given)
    plan = understand(parts, workspace, saved.question, given, dropped=saved.dropped).plan
    until = min(span.until, plan.filters.until) if plan.filters.until else span.until
    as_of = replace(given, until=until)
    *_, answer = ask_in_steps(parts, workspace, saved.question, as_of, dropped=saved.dropped)
    if not isinstance(answer, Answer):
        raise TypeError("The last step of an answer is the answer.")
    counted = _count_in(parts, workspace, plan, span)
    if counted and answer.status == "abstained":
        counted["value"] = 0  # what is not in the data up to then was not said in that week
    with parts.database.write() as session:
        _keep(session, parts, saved, span, answer, counted, left_out)


def _count_in(parts: Parts, workspace: str, plan: Plan, span: Span) -> dict[str, Any]:
    """What the question counts in that week alone; empty where the time it names lies outside of it.

    It is counted by meaning whatever the themes are: a theme that is cut anew would look like a change.
    """
    since = max(span.since, plan.filters.since) if plan.filters.since else span.since
    until = min(span.until, plan.filters.until) if plan.filters.until else span.until
    if since >= until:
        return {}
    unit = plan.unit if plan.unit in ("mentions", "people", "accounts") else "mentions"
    weekly = replace(
        plan,
        asked="compare" if rival_subjects(plan) else "count",
        unit=unit,
        filters=Filters(since, until, plan.filters.where),
        periods=(),
        options=(),
    )
    main = tally(parts, workspace, weekly, find_scope(parts, workspace, weekly, by_theme=False)).main
    return {"value": whole(main.value), "of": whole(main.of or 0), "unit": unit}


def _keep(
    session: Session,
    parts: Parts,
    saved: tables.SavedQuestion,
    span: Span,
    answer: Answer,
    counted: dict[str, Any],
    left_out: str,
) -> None:
    """Write the run down in place of an earlier one; of two at the same moment the later one stays."""
    key = {"workspace_id": saved.workspace_id, "question_id": saved.id, "week": span.id}
    if session.get(tables.SavedQuestion, (saved.workspace_id, saved.id), with_for_update=True) is None:
        return  # erased meanwhile
    session.execute(delete(tables.SavedRun).filter_by(**key))
    row = {**key, "answer": answer_document(answer), "counted": counted, "left_out": left_out, "asked_at": parts.now()}
    session.execute(insert(tables.SavedRun), [row])
    cited = {citation.excerpt_id for claim in answer.claims for citation in claim.citations}
    replace_citations(session, saved.workspace_id, f"{saved.id}.{span.id}", cited)


def _has_run(session: Session, saved: tables.SavedQuestion, span: Span) -> bool:
    return session.get(tables.SavedRun, (saved.workspace_id, saved.id, span.id)) is not None


def _last_week(session: Session, parts: Parts, workspace: str, week: str | None = None) -> Span | None:
    now = parts.now()
    newest = newest_document(session, workspace, now)
    return None if newest is None else choose_span(now, parts.zone(workspace), newest, week=week)
