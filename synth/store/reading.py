"""Reading what lies in the store a page at a time, newest first: documents, imports, jobs, runs, reports.

A page ends at a place, the time and id of its last row; the next page begins after it, whatever came in meanwhile.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, NotFound
from synth.model import Condition, Filters
from synth.store import tables
from synth.store.excerpts import ExcerptView, load_views, select_views, spoken
from synth.store.filtering import is_open, merge, select_documents, select_excerpt_ids
from synth.store.tables import Document, Excerpt, Import, Job, RefusedRow, Report, Run, Theme, Turn
from synth.wire.answers import excerpt_document
from synth.wire.curating import run_document
from synth.wire.intake import document_document, import_row_document, job_document, turn_document
from synth.wire.values import moment

Place = tuple[str | None, str]
Shown = dict[str, Any]
PREVIEW = 280  # characters of a document shown in a list


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list is wanted: what comes after a place, and how much of it."""

    after: Place | None = None
    limit: int = 50


FIRST_PAGE = Page()


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, as JSON documents, and the place it ends at; None on the last page."""

    rows: list[Shown]
    ends: Place | None


def list_documents(
    session: Session, workspace: str, filters: Filters, page: Page, *, among: Collection[str] | None = None
) -> Listed:
    """The documents within the filters, each with the beginning of its text; only those named where some are."""
    columns = (Document, tables.Source.name, tables.Source.kind, tables.Person.name, tables.Account.name)
    query = select_documents(workspace, filters, *columns)
    if among is not None:
        query = query.where(Document.id.in_(among))
    return read_page(session, query, (Document.created_at, Document.id), page, _preview)


def get_document(session: Session, workspace: str, id: str) -> Shown:
    """One document whole, with the turns of a transcript and its excerpts; raises NotFound."""
    source = tables.Source
    columns = (Document, source.name, source.kind, tables.Person.name, tables.Account.name, source.readers.is_not(None))
    row = session.execute(select_documents(workspace, Filters(), *columns).where(Document.id == id)).one_or_none()
    if row is None:
        raise NotFound(f"There is no document {id}.")
    *told, restricted = row
    turns = session.scalars(select(Turn).where(Turn.document_id == id).order_by(Turn.position))
    excerpts = session.execute(select_views().where(Excerpt.document_id == id).order_by(Excerpt.position))
    return document_document(*told) | {
        "restricted": restricted,
        "turns": [turn_document(turn) for turn in turns],
        "excerpts": [_excerpt(row) for row in excerpts],
    }


def list_theme_excerpts(session: Session, workspace: str, theme_id: str, filters: Filters, page: Page) -> Listed:
    """The excerpts on a theme whose documents are within the filters; raises NotFound."""
    if session.get(Theme, (workspace, theme_id)) is None:
        raise NotFound(f"There is no theme {theme_id}.")
    wanted = merge(filters, [Condition("theme", theme_id)])
    query = select(Excerpt.id).join(Document, Document.id == Excerpt.document_id)
    query = query.where(Excerpt.id.in_(select_excerpt_ids(workspace, wanted)))
    listed = read_page(session, query, (Document.created_at, Excerpt.id), page, lambda row: {"id": row.page_key})
    views = load_views(session, workspace, [row["id"] for row in listed.rows])  # so that only these are read whole
    return Listed([excerpt_document(views[row["id"]]) for row in listed.rows if row["id"] in views], listed.ends)


def list_unassigned(session: Session, workspace: str, filters: Filters, page: Page) -> Listed:
    """The excerpts on no theme whose documents are within the filters."""
    mine = (Document.workspace_id == workspace, spoken(), tables.Assignment.excerpt_id.is_(None))
    query = select_views().where(*mine)
    if not is_open(filters):
        query = query.where(Excerpt.id.in_(select_excerpt_ids(workspace, filters)))
    return read_page(session, query, (Document.created_at, Excerpt.id), page, _excerpt)


def get_excerpt(session: Session, workspace: str, id: str) -> Shown:
    """One excerpt with its words; raises NotFound."""
    query = select_views().where(Excerpt.workspace_id == workspace, Excerpt.id == id)
    row = session.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"There is no excerpt {id}.")
    return _excerpt(row)


def list_imports(session: Session, workspace: str, page: Page) -> Listed:
    """The imports, each with its counts."""
    query = select(Import).where(Import.workspace_id == workspace)
    listed = read_page(session, query, (Import.created_at, Import.id), page, lambda row: import_row_document(row[0]))
    busy = _busy(session, [row["id"] for row in listed.rows])
    begun = _begun(session, [row["id"] for row in listed.rows if row["waits"]])
    for row in listed.rows:
        row["waits"] = row["waits"] and row["id"] not in begun
        row["finished"] = row["waits"] or (row["finished"] and row["id"] not in busy)
    return listed


def list_refusals(session: Session, workspace: str, import_id: str) -> list[tuple[int, str]]:
    """(row, reason) of every row of an import that was not taken, in the order of the file; raises NotFound."""
    known = select(Import.id).where(Import.workspace_id == workspace, Import.id == import_id)
    if session.scalar(known) is None:
        raise NotFound(f"There is no import {import_id}.")
    query = select(RefusedRow.row, RefusedRow.reason).where(RefusedRow.import_id == import_id)
    return [(row.row, row.reason) for row in session.execute(query.order_by(RefusedRow.row))]


def list_jobs(session: Session, workspace: str, state: str | None, page: Page) -> Listed:
    """The jobs, those in one state when it is named."""
    query = select(Job).where(Job.workspace_id == workspace)
    if state is not None:
        query = query.where(Job.state == state)
    return read_page(session, query, (Job.created_at, Job.id), page, lambda row: job_document(row[0]))


def get_job(session: Session, workspace: str, id: str) -> Shown:
    """One job; raises NotFound."""
    job = session.scalar(select(Job).where(Job.workspace_id == workspace, Job.id == id))
    if job is None:
        raise NotFound(f"There is no job {id}.")
    return job_document(job)


def list_runs(session: Session, workspace: str, page: Page) -> Listed:
    """The runs of discovery."""
    query = select(Run).where(Run.workspace_id == workspace)
    return read_page(session, query, (Run.started_at, Run.id), page, lambda row: run_document(row[0]))


def get_run(session: Session, workspace: str, id: str) -> Shown:
    """One run; raises NotFound."""
    run = session.get(Run, (workspace, id))
    if run is None:
        raise NotFound(f"There is no run {id}.")
    return run_document(run)


def list_reports(session: Session, workspace: str) -> list[Shown]:
    """The reports that were written, the latest period first."""
    query = select(Report.id, Report.created_at).where(Report.workspace_id == workspace).order_by(Report.id.desc())
    return [{"id": row.id, "created_at": moment(row.created_at)} for row in session.execute(query)]


def read_page(
    session: Session,
    query: Select[Any],
    order: tuple[Any, Any],  # the columns of time and id
    page: Page,
    show: Callable[[Row[Any]], Shown],
) -> Listed:
    """One page by (time, id), newest first, what has no time last."""
    time, key = order
    if page.after is not None:
        query = query.where(_after(time, key, page.after))
    ordered = query.add_columns(time.label("page_time"), key.label("page_key"))
    rows = session.execute(ordered.order_by(time.desc().nulls_last(), key.desc()).limit(page.limit + 1)).all()
    shown = rows[: page.limit]
    ends = (moment(shown[-1].page_time), shown[-1].page_key) if len(rows) > page.limit else None
    return Listed([show(row) for row in shown], ends)


def _after(time: Any, key: Any, place: Place) -> ColumnElement[bool]:
    written, last = place
    if written is None:
        return and_(time.is_(None), key < last)
    try:
        then = datetime.fromisoformat(written)
    except ValueError:
        raise BadInput("This cursor was not made here; begin with the first page.") from None
    return or_(time < then, and_(time == then, key < last), time.is_(None))


def _preview(row: Row[Any]) -> Shown:
    values: tuple[Any, ...] = tuple(row)
    document, source, kind, person, account = values[:5]
    shown = document_document(document, source, kind, person, account)
    text = shown.pop("text")
    return shown | {"preview": text[:PREVIEW], "length": len(text)}


def _excerpt(row: Row[Any]) -> Shown:
    names = ExcerptView.__dataclass_fields__
    return excerpt_document(ExcerptView(**{name: value for name, value in row._mapping.items() if name in names}))


def _busy(session: Session, imports: Iterable[str]) -> set[str]:
    """Those of the imports that still have work to be done."""
    open_ = Job.state.in_(("queued", "running"))
    query = select(Job.subject).where(Job.subject.in_(list(imports)), open_).group_by(Job.subject)
    return {subject for subject in session.scalars(query) if subject is not None}


def _begun(session: Session, imports: Iterable[str]) -> set[str | None]:
    """Those of the imports that wait for no person: they are being heard, or read, or that failed."""
    ahead = (Job.kind == "intake") | ((Job.kind == "transcribe") & (Job.state != "done"))
    return set(session.scalars(select(Job.subject).where(Job.subject.in_(list(imports)), ahead)))


def count_jobs(session: Session, workspace: str) -> dict[str, int]:
    """How many jobs are in each state."""
    query = select(Job.state, func.count()).where(Job.workspace_id == workspace).group_by(Job.state)
    counted = {state: int(number) for state, number in session.execute(query)}
    return {state: counted.get(state, 0) for state in ("queued", "running", "done", "dead")}
