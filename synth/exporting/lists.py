"""Every list that can be taken along: its columns, and how its rows are read within what it was narrowed to."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, get_args

from sqlalchemy.orm import Session

from synth import auditing
from synth.answers.scope import find_scope
from synth.answers.searching import MOST, search_excerpts
from synth.erasure.erasing import list_erasures
from synth.errors import BadInput
from synth.exporting import EVERYTHING, Wanted, What
from synth.exporting.rows import COLUMNS, PIECE, Row, read_documents, read_excerpts, read_insights, read_themes
from synth.model import Plan
from synth.parts import Parts
from synth.research.studies import list_studies
from synth.saved.questions import describe, load_all
from synth.store import reading
from synth.store.reading import Listed, Page
from synth.store.voices import list_voices
from synth.themes.curating.records import list_decisions

Reader = Callable[[Session, Parts, str, Wanted], Iterator[Row]]


@dataclass(frozen=True, slots=True)
class Exported:
    """A list: its columns in a table, and its rows."""

    columns: tuple[str, ...]
    read: Reader


def export_rows(parts: Parts, workspace: str, what: str, wanted: Wanted = EVERYTHING) -> Iterator[Row]:
    """The rows of a list; raises BadInput for a kind of list there is not."""
    if what not in get_args(What):
        raise BadInput(f"'{what}' cannot be exported; choose {', '.join(get_args(What))}.")
    return _read(parts, workspace, LISTS[what].read, wanted)


def _read(parts: Parts, workspace: str, reader: Reader, wanted: Wanted) -> Iterator[Row]:
    with parts.database.read() as session:
        yield from reader(session, parts, workspace, wanted)


def _documents(session: Session, parts: Parts, workspace: str, wanted: Wanted) -> Iterator[Row]:
    about = wanted.about.strip()
    plan = Plan(about or "everything", "what", about=about, filters=wanted.filters)
    among = find_scope(parts, workspace, plan).documents if about else None
    return read_documents(session, workspace, wanted.filters, among)


def _search(_: Session, parts: Parts, workspace: str, wanted: Wanted) -> Iterator[Row]:
    return iter(search_excerpts(parts, workspace, wanted.query, wanted.filters, limit=MOST)["results"])


def _questions(session: Session, parts: Parts, workspace: str, _: Wanted) -> Iterator[Row]:
    for saved in load_all(session, workspace):
        told = describe(session, saved, "", timezone=parts.zone(workspace))
        last = told["last"] or {}
        yield told | {"week": last.get("week"), "answer": _answered(last.get("answer") or {})}


def _answered(answer: Mapping[str, Any]) -> str:
    return " ".join(claim["text"] for claim in answer.get("claims") or []) or str(answer.get("reason") or "")


def _refused(session: Session, _: Parts, workspace: str, wanted: Wanted) -> Iterator[Row]:
    if wanted.subject is None:
        raise BadInput("Name the import whose refused rows are wanted.")
    refusals = reading.list_refusals(session, workspace, wanted.subject)
    return ({"row": row, "reason": reason} for row, reason in refusals)


def _audited(wanted: Wanted) -> auditing.Wanted:
    days = wanted.filters
    return auditing.Wanted(days.since, days.until, wanted.action, wanted.who, wanted.subject)


def _voices(by: str) -> Reader:
    return lambda session, _, workspace, wanted: _pages(
        lambda page: list_voices(session, workspace, by, wanted.filters, page)
    )


def _pages(read: Callable[[Page], Listed]) -> Iterator[Row]:
    """All pages of a list, one after another."""
    listed = read(Page(limit=PIECE))
    yield from listed.rows
    while listed.ends is not None:
        listed = read(Page(listed.ends, PIECE))
        yield from listed.rows


_ID = ("id", "created_at")
LISTS: Mapping[str, Exported] = {
    "documents": Exported(COLUMNS["documents"], _documents),
    "excerpts": Exported(
        COLUMNS["excerpts"], lambda session, _, workspace, wanted: read_excerpts(session, workspace, wanted.filters)
    ),
    "unassigned": Exported(
        COLUMNS["excerpts"],
        lambda session, _, workspace, wanted: read_excerpts(session, workspace, wanted.filters, unassigned=True),
    ),
    "search": Exported((*COLUMNS["excerpts"], "score"), _search),
    "themes": Exported(
        COLUMNS["themes"], lambda session, _, workspace, wanted: read_themes(session, workspace, wanted.filters)
    ),
    "insights": Exported(
        COLUMNS["insights"],
        lambda session, _, workspace, wanted: read_insights(
            session, workspace, theme=wanted.theme, state=wanted.state, freshness=wanted.freshness
        ),
    ),
    "people": Exported(("name", "account", "segment", "mentions", "first", "last"), _voices("people")),
    "accounts": Exported(
        ("name", "segment", "plan", "revenue", "people", "mentions", "first", "last"), _voices("accounts")
    ),
    "sources": Exported(("name", "kind", "people", "mentions", "first", "last"), _voices("sources")),
    "questions": Exported(
        ("id", "question", "title", "state", "created_by", "created_at", "week", "answer"), _questions
    ),
    "reports": Exported(_ID, lambda session, _, workspace, __: iter(reading.list_reports(session, workspace))),
    "imports": Exported(
        ("id", "filename", "source", "kind", "size", "taken", "already", "refused", "finished", "created_at"),
        lambda session, _, workspace, __: _pages(lambda page: reading.list_imports(session, workspace, page)),
    ),
    "refused": Exported(("row", "reason"), _refused),
    "jobs": Exported(
        ("id", "kind", "state", "subject", "attempts", "done", "total", "error", "created_at", "finished_at"),
        lambda session, _, workspace, wanted: _pages(
            lambda page: reading.list_jobs(session, workspace, wanted.state, page)
        ),
    ),
    "runs": Exported(
        ("id", "state", "scope", "embedder", "figures", "started_at", "finished_at"),
        lambda session, _, workspace, __: _pages(lambda page: reading.list_runs(session, workspace, page)),
    ),
    "decisions": Exported(
        ("id", "kind", "says", "themes", "actor", "created_at", "undone_at", "undone_by"),
        lambda session, _, workspace, wanted: _pages(
            lambda page: list_decisions(session, workspace, page, theme=wanted.theme)
        ),
    ),
    "studies": Exported(
        ("id", "name", "question", "state", "interviews", "participants", "codes", "highlights"),
        lambda session, _, workspace, __: iter(list_studies(session, workspace)),
    ),
    "audit": Exported(
        ("id", "at", "who", "kind", "role", "action", "says", "subject_kind", "subject", "subject_name", "request"),
        lambda session, _, workspace, wanted: _pages(
            lambda page: auditing.list_events(session, workspace, _audited(wanted), page)
        ),
    ),
    "erasures": Exported(
        ("id", "kind", "subject", "state", "actor", "reason", "created_at", "finished_at"),
        lambda session, _, workspace, __: iter(list_erasures(session, workspace)),
    ),
}
OF_PEOPLE = frozenset(name for name, listed in LISTS.items() if name == "people" or "person" in listed.columns)
"""The lists that say who said something."""
