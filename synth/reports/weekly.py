"""The weekly report: written on demand in any format, and once for each week by the job that archives it."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from synth.errors import BadInput, NotFound
from synth.model import Condition
from synth.parts import Parts
from synth.reports.content import Content, write_content
from synth.reports.forms import form_for, in_form
from synth.reports.html import render_html
from synth.reports.markdown import render_markdown
from synth.reports.pdf import render_pdf
from synth.reports.reach import find_reach, newest_document
from synth.reports.scheduling import weeks_due
from synth.reports.spans import Span
from synth.reports.weeks import choose_span
from synth.store import ledger, tables
from synth.store.citing import replace_citations
from synth.store.rows import insert_new


def render_report(
    parts: Parts,
    workspace: str,
    *,
    week: str | None = None,
    since: str | None = None,
    until: str | None = None,
    format: str = "md",
    form: str = "whole",
    reported: bool = False,
    where: Sequence[Condition] = (),
) -> bytes:
    """The report of a week ('2026-W46'), of days (both included), or of the last complete week; in any format.

    It is written for everybody: without what is withheld from those without the research role. Counts and names are
    those of now, also for a week that was archived; with `reported`, they are those of then. Within the conditions of
    `where` it is that of a team: all of it is counted and tested over what meets them.
    Raises BadInput, and NotFound for a report that was not archived.
    """
    parts = parts.for_everybody()
    render = _RENDERERS.get(format)
    if render is None:
        raise BadInput(f"'{format}' is no format of a report; use {', '.join(_RENDERERS)}.")
    form = form_for(form, where)
    if where and reported:
        raise BadInput("What was archived is the whole report; that of a team is counted anew, under today's themes.")
    span = replace(_span(parts, workspace, week, since, until), where=tuple(where))
    content = _read_archived(parts, workspace, span) if reported else write_content(parts, workspace, span)
    whole_data = format == "json" and form == "whole"  # a form leaves out what is not told; as data all of it is there
    return render(content if whole_data else in_form(content, form))


def write_for_team(parts: Parts, workspace: str, report: str, where: Sequence[Condition]) -> Content:
    """A report by its id, a week or the days it covers, for a team: counted now, over what meets its filters."""
    first, _, last = report.partition("..")
    days = (None, first, last) if last else (report, None, None)
    span = replace(_span(parts, workspace, *days), where=tuple(where))
    return write_content(parts.for_everybody(), workspace, span)


def request_reports(parts: Parts, workspace: str) -> list[str]:
    """Queue the reports that are due, each week once; returns the ids of their jobs. The last one is sent out, too."""
    now = parts.now()
    with parts.database.write() as session:
        newest = newest_document(session, workspace, now)
        if newest is None:
            return []
        weeks = [week.id for week in weeks_due(session, workspace, now, parts.zone(workspace), newest)]
        return [_queue(session, workspace, week, now, deliver=week == weeks[-1]) for week in weeks]


def _queue(session: Session, workspace: str, week: str, now: datetime, *, deliver: bool) -> str:
    payload = {"week": week, "deliver": deliver}
    return ledger.enqueue(session, workspace, "report", payload, key=f"report:{week}", now=now, subject=week)


def write_report(parts: Parts, held: ledger.Claim) -> None:
    """The report job: archive the report of the payload's week (or the last complete one), unless it is there."""
    span = _span(parts, held.workspace, held.payload.get("week"), None, None)
    with parts.database.read() as session:
        archived = _is_archived(session, held.workspace, span)
    readable = parts.for_everybody()
    left_out = readable.left_out()
    content = None if archived else write_content(readable, held.workspace, span)
    with parts.database.write() as session:
        if content is not None and not _is_archived(session, held.workspace, span):
            _archive(session, parts, held.workspace, content, left_out)
            if held.payload.get("deliver"):
                _send_out(session, held.workspace, span.id, parts.now())
        ledger.finish(session, held, now=parts.now(), result={"report": span.id})


def _span(parts: Parts, workspace: str, week: str | None, since: str | None, until: str | None) -> Span:
    now = parts.now()
    with parts.database.read() as session:
        reach = find_reach(session, workspace, now)
    return choose_span(now, parts.zone(workspace), reach.newest, week=week, since=since, until=until)


def _is_archived(session: Session, workspace: str, span: Span) -> bool:
    return session.get(tables.Report, (workspace, span.id)) is not None


def _read_archived(parts: Parts, workspace: str, span: Span) -> Content:
    with parts.database.read() as session:
        report = session.get(tables.Report, (workspace, span.id))
        if report is None:
            raise NotFound(f"No report of {span.id} was archived; it can only be written with the themes of today.")
        return report.content


def _send_out(session: Session, workspace: str, report: str, now: datetime) -> None:
    """In the transaction that archives it: a report that is there will be sent."""
    key = f"deliver:{report}"
    ledger.enqueue(session, workspace, "deliver", {"report": report}, key=key, now=now, subject=report)


def _archive(session: Session, parts: Parts, workspace: str, content: Content, left_out: str) -> None:
    row = {"workspace_id": workspace, "id": content["id"], "content": content, "left_out": left_out}
    row["created_at"] = parts.now()
    insert_new(session, tables.Report, [row])
    replace_citations(session, workspace, content["id"], _cited(content))


def _cited(content: Content) -> list[str]:
    """The excerpts a report quotes, so that erasure can follow them."""
    told = [*content["new"], *content["rising"], *content["fading"], *content["rising_words"]]
    quotes = [citation for each in told for citation in each["claim"]["citations"]]
    for saved in content.get("saved_questions", ()):
        quotes += [*saved["quotes"], *(saved["difference"] or {"moved_by": ()})["moved_by"]]
    return sorted({quote["excerpt_id"] for quote in quotes})


def _render_json(content: Content) -> str:
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


_RENDERERS: Mapping[str, Callable[[Content], bytes]] = {
    "md": lambda content: render_markdown(content).encode(),
    "html": lambda content: render_html(content).encode(),
    "json": lambda content: _render_json(content).encode(),
    "pdf": render_pdf,
}
