"""The store as everybody may see it: the one place where what is withheld is left out.

A database opened `for_everybody` gives sessions that leave what `synth.store.withholding` names out of every query,
whatever asks: search, counts, themes, answers, insights, reports, exports. Nothing above this file knows of it, and
nothing above it can forget it.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Set
from contextlib import contextmanager
from typing import Any, Final

from sqlalchemy import ColumnElement, event, false, func, not_, or_, select, true, tuple_
from sqlalchemy.orm import LoaderCriteriaOption, ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.attributes import set_committed_value

from synth.errors import NotAllowed, NotFound
from synth.store import tables
from synth.store.database import Database
from synth.store.rows import one_of
from synth.store.stamp import Stamp, read_stamp
from synth.store.walls import EVERY, seen
from synth.store.withholding import (
    NOTHING,
    RESEARCH,
    Key,
    Withheld,
    codes_shown,
    owners_of,
    owners_of_others,
    read_withheld,
    say_withheld,
)
from synth.wire.stripping import strip

DOT: Final = "·"
_STATE: Final = "withheld"  # where a session keeps what it leaves out
_MARK: Final = re.compile(r"\S")
_WORD: Final = re.compile(r"\w+")
Criteria = tuple[LoaderCriteriaOption, ...]


class DatabaseForEverybody(Database):
    """The same store as those without the research role see it: reading is filtered, writing is not."""

    def __init__(self, whole: Database, people: int) -> None:
        self.engine, self.dialect, self._measured = whole.engine, whole.dialect, 0
        self.people = people
        self._kept: dict[str, tuple[Stamp, Withheld]] = {}  # by the workspace that is seen: each has its own

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that leaves out what is withheld; raises NotAllowed for that where NotFound would be raised."""
        told = {"stamp": None, "eyes": "everybody"}
        with _FilteredSession(self.engine, expire_on_commit=False, autoflush=False, info=told) as session:
            withheld = self._withheld(session)
            session.info[_STATE] = withheld, _criteria(session, withheld) if withheld else ()
            try:
                yield session
            except NotFound as missing:
                if withheld and _names_withheld(session, withheld, str(missing)):
                    raise NotAllowed(say_withheld(withheld.people)) from None
                raise

    def withheld(self) -> Withheld:
        """What is left out now."""
        with self.read() as session:
            found: Withheld = session.info[_STATE][0]
            return found

    def _withheld(self, session: Session) -> Withheld:
        if self.people < 2:
            return NOTHING
        query = select(tables.Source.id).where(tables.Source.kind == RESEARCH).limit(1)
        if session.scalar(query) is None:
            return NOTHING
        stamp = read_stamp(session)
        kept = self._kept.get(seen())
        if kept is None or kept[0] != stamp:
            kept = self._kept[seen()] = stamp, read_withheld(session, self.people)
        return kept[1]


def _names_withheld(session: Session, withheld: Withheld, sentence: str) -> bool:
    """Whether a sentence names by its id what is there and withheld, in the workspace that is seen."""
    words, workspace = set(_WORD.findall(sentence)), seen()
    if any(id in words and workspace in (owner, EVERY) for owner, id in (*withheld.themes, *withheld.decisions)):
        return True
    quoting = owners_of(session, withheld.excerpts).subquery()
    named = select(quoting.c.owner).where(quoting.c.owner.in_(words))
    excerpts = tables.Excerpt.__table__.c
    said = select(excerpts.id).where(excerpts.id.in_(words & withheld.excerpts))
    if workspace != EVERY:
        named, said = named.where(quoting.c.workspace_id == workspace), said.where(excerpts.workspace_id == workspace)
    return any(session.scalar(query.limit(1)) is not None for query in (said, named))


class _FilteredSession(Session):
    """A session whose reading is filtered by what it is told to leave out."""


@event.listens_for(_FilteredSession, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> None:
    withheld, criteria = state.session.info.get(_STATE, (NOTHING, ()))
    if not withheld or not state.is_select:
        return
    state.statement = state.statement.options(*criteria)
    if _reads_whole_texts(state):
        ids = one_of(state.session, tables.Document.id, withheld.interviews)
        state.statement = state.statement.options(_only(tables.Document, not_(ids)))


def _reads_whole_texts(state: ORMExecuteState) -> bool:
    """Whether texts of documents are selected by themselves, where nothing can be dotted out of them."""
    selected = (each["expr"] for each in getattr(state.statement, "column_descriptions", ()))
    return any(each is tables.Document.text or each is tables.Document.title for each in selected)


@event.listens_for(_FilteredSession, "loaded_as_persistent")
def _dot_out(session: Session, loaded: Any) -> None:
    withheld, _ = session.info.get(_STATE, (NOTHING, ()))
    if withheld and (show := _SHOWN_OF.get(type(loaded))):
        for name, value in show(session, withheld, loaded).items():
            set_committed_value(loaded, name, value)


def _criteria(session: Session, withheld: Withheld) -> Criteria:
    """What is left out of each table, wherever a statement speaks of it."""
    excerpts = withheld.excerpts
    found = [
        _only(tables.Excerpt, not_(one_of(session, tables.Excerpt.id, excerpts))),
        _only(tables.Assignment, not_(one_of(session, tables.Assignment.excerpt_id, excerpts))),
        _only(tables.Highlight, _is_shown(withheld.people)),
        _only(tables.Board, false()),  # notes may say what is withheld: others see it as the codes are
    ]
    if excerpts:
        found += _derived(session, withheld)
    return tuple(found)


def _derived(session: Session, withheld: Withheld) -> list[LoaderCriteriaOption]:
    """What is left out of what was made from it: themes and insights that rest on nothing else, kept answers."""
    theme, insight, answer, run = tables.Theme, tables.Insight, tables.Answer, tables.SavedRun
    decision = tables.Decision
    quoting, others = owners_of(session, withheld.excerpts), owners_of_others(session, withheld.excerpts)
    mine = tuple_(insight.workspace_id, insight.id)
    rests_on_it = or_(
        _any_of(insight.workspace_id, insight.theme_id, withheld.themes), mine.in_(quoting) & mine.not_in(others)
    )
    return [
        _only(theme, not_(_any_of(theme.workspace_id, theme.id, withheld.themes))),
        _only(decision, not_(_any_of(decision.workspace_id, decision.id, withheld.decisions))),
        _only(insight, func.coalesce(not_(rests_on_it), true())),
        _only(answer, tuple_(answer.workspace_id, answer.id).not_in(quoting)),
        _only(run, tuple_(run.workspace_id, run.question_id + "." + run.week).not_in(quoting)),
    ]


def _only(table: Any, condition: ColumnElement[bool]) -> LoaderCriteriaOption:
    return with_loader_criteria(table, condition, include_aliases=True)


def _any_of(workspace: Any, key: Any, keys: Set[Key]) -> ColumnElement[bool]:
    by_workspace: dict[str, list[str]] = defaultdict(list)
    for owner, id in sorted(keys):
        by_workspace[owner].append(id)
    return or_(false(), *((workspace == owner) & key.in_(ids) for owner, ids in by_workspace.items()))


def _is_shown(people: int) -> ColumnElement[bool]:
    """Of a highlight: whether its code was found in interviews of so many people."""
    mark = tables.Highlight
    return tuple_(mark.workspace_id, mark.code_id).in_(codes_shown(people))


def _show_document(session: Session, withheld: Withheld, document: tables.Document) -> dict[str, Any]:
    """Of an interview only what is shown elsewhere too: every other character is a dot, and places stay as they are."""
    if document.id not in withheld.interviews:
        return {}
    mark = tables.Highlight
    marked = session.execute(select(mark.start, mark.end).where(mark.document_id == document.id))
    spans = (*withheld.interviews[document.id], *((row.start, row.end) for row in marked))
    text = list(_MARK.sub(DOT, document.text))
    for start, end in spans:
        text[start:end] = document.text[start:end]
    return {"text": "".join(text)}


def _show_theme(_: Session, withheld: Withheld, theme: tables.Theme) -> dict[str, Any]:
    told: dict[str, Any] = {
        "exemplars": [id for id in theme.exemplars if id not in withheld.excerpts],
        "edge": [id for id in theme.edge if id not in withheld.excerpts],
    }
    if withheld.traces.speaks(theme.definition):
        said = ", ".join(str(phrase) for phrase in theme.key_phrases[:3])
        told["definition"] = f"Feedback about {said}." if said else ""
    return told


def _show_insight(_: Session, withheld: Withheld, insight: tables.Insight) -> dict[str, Any]:
    """Without quotes that are withheld, and without claims that rest on them alone."""
    told = {name: getattr(insight, name) for name in ("claims", "content", "origin", "provenance")}
    return strip(told, withheld.traces) or {}


def _show_event(session: Session, withheld: Withheld, event: tables.InsightEvent) -> dict[str, Any]:
    quoting = owners_of(session, withheld.excerpts).subquery()
    mine = select(quoting.c.owner).where(
        quoting.c.workspace_id == event.workspace_id, quoting.c.owner == event.insight_id
    )
    return {} if session.scalar(mine.limit(1)) is None else {"change": {}}


def _show_answer(_: Session, withheld: Withheld, answer: tables.Answer) -> dict[str, Any]:
    """Nothing to be read, where it tells of a theme that is withheld: what quotes something is left out before."""
    mine = {id for workspace, id in withheld.themes if workspace == answer.workspace_id}
    if all(theme.get("id") not in mine for theme in answer.answer.get("themes", ())):
        return {}
    return {"answer": {**answer.answer, "claims": [], "counts": [], "themes": [], "withheld": True}}


def _show_report(_: Session, withheld: Withheld, report: tables.Report) -> dict[str, Any]:
    return {"content": strip(report.content, withheld.traces) or {}}


def _show_code(session: Session, withheld: Withheld, code: tables.Code) -> dict[str, Any]:
    found = codes_shown(withheld.people).subquery()
    shown = select(found.c.code_id).where(found.c.workspace_id == code.workspace_id, found.c.code_id == code.id)
    return {} if session.scalar(shown) else {"examples": [], "memo": ""}


_SHOWN_OF: Mapping[type, Callable[[Session, Withheld, Any], dict[str, Any]]] = {
    tables.Document: _show_document,
    tables.Theme: _show_theme,
    tables.Insight: _show_insight,
    tables.InsightEvent: _show_event,
    tables.Answer: _show_answer,
    tables.Report: _show_report,
    tables.Code: _show_code,
}
