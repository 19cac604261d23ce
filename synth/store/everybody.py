"""The store as somebody may read it: the one place where what is not theirs is left out.

A database opened for a reader gives sessions that leave out of every query what `synth.store.withholding` and
`synth.store.restricting` name, whatever asks: search, counts, themes, answers, insights, reports, exports. Nothing
above this file knows of it, and nothing above it can forget it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from sqlalchemy import ColumnElement, CompoundSelect, Select, Table, event, false, func, not_, or_, select, true, tuple_
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.orm import (
    InstrumentedAttribute,
    LoaderCriteriaOption,
    ORMExecuteState,
    QueryableAttribute,
    Session,
    with_loader_criteria,
)
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.util import find_tables

from synth.errors import NotAllowed, NotFound
from synth.store import tables
from synth.store.database import Database
from synth.store.restricting import (
    EVERYBODY,
    Criteria,
    Key,
    Reader,
    Restricted,
    any_of,
    criteria,
    found_by_id,
    read_restrictions,
    say_restricted,
    studies_of,
    write_left_out,
)
from synth.store.retelling import (
    Retelling,
    read_retelling,
    tell_area,
    tell_decision,
    tell_insight,
    tell_report,
    tell_step,
    tell_subscription,
    tell_theme,
)
from synth.store.rows import one_of
from synth.store.stamp import Kept, WritingSession, hidden_sources, read_stamp, read_standing
from synth.store.walls import EVERY, seen
from synth.store.withholding import (
    NOTHING,
    RESEARCH,
    Withheld,
    codes_shown,
    decisions_about,
    owners_of,
    owners_of_others,
    read_withheld,
    say_left_out,
    say_withheld,
)
from synth.wire.stripping import strip

DOT: Final = "·"
_SIGHT, _WHOLE_SIGHT = "sight", "whole sight"  # where a session keeps what it leaves out, now and of all there is
ALL_TOLD: Final = Retelling(Restricted())
_NAMES: Final = (tables.Theme.__table__.c.name, tables.Area.__table__.c.name)
_MARK: Final = re.compile(r"\S")
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True)
class _Sight:
    """What a session leaves out, and the conditions that do it."""

    withheld: Withheld = NOTHING
    retelling: Retelling = ALL_TOLD
    always: Criteria = ()
    apart: Criteria = ()  # where a statement speaks of no document
    to_change: Criteria = ()  # where something is changed


class DatabaseAsRead(Database):
    """The same store as somebody may read it: reading is filtered, writing is not.

    Those without the research role see nothing that fewer than `people` said in studies; nobody but administrators, who
    read the store itself, sees a source that is restricted to others.
    """

    def __init__(self, whole: Database, people: int, reader: Reader = EVERYBODY) -> None:
        self.engine, self.dialect, self._measured = whole.engine, whole.dialect, {}
        self.people, self.reader = people, reader
        self._kept = Kept()
        # Who sees a document sees as well whom its source is restricted to: all that is read is of one moment.
        self._snapshots = self.engine.execution_options(synth_snapshot=True)

    def answer_late(self) -> None:
        """What is left out may be behind feedback that everybody may read, for whoever reads."""
        self._kept.late = True

    def for_reader(self, reader: Reader) -> Self:
        """The same as somebody else may read it."""
        other = copy(self)
        other.reader = reader
        return other

    @contextmanager
    def _open(self) -> Iterator[Session]:
        """A session that leaves out what is not theirs; raises NotAllowed for what is withheld, not NotFound."""
        told = {"stamp": None}
        with _FilteredSession(self._snapshots, expire_on_commit=False, autoflush=False, info=told) as session:
            sight = self._look(session)
            withheld, hidden = sight.withheld, sight.retelling.restricted.sources
            if hidden or not self.reader.researches:
                eyes = "researchers" if self.reader.researches else "everybody"
                session.info["eyes"] = f"{eyes} without {sorted(hidden)}" if hidden else eyes
            session.info["hidden"] = frozenset(hidden)
            session.info[_SIGHT] = sight
            try:
                yield session
            except NotFound as missing:
                if withheld and _names_withheld(session, withheld, str(missing)):
                    raise NotAllowed(say_withheld(withheld.people)) from None
                raise

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A transaction in which a study or an import that they may not read is not there; all else is, to be moved."""
        with super().write() as session:
            sight = self._look(session)
            if sight.retelling.restricted:
                session.info[_WHOLE_SIGHT], session.info[_SIGHT] = sight, _Sight(always=sight.to_change)
            yield session

    def withheld(self) -> Withheld:
        """What few people said in studies, as far as it is left out now."""
        with self.read() as session:
            found: _Sight = session.info[_SIGHT]
            return found.withheld

    def say_left_out(self) -> str | None:
        """The sentence for what is left out now; None where nothing is."""
        with self.read() as session:
            sight: _Sight = session.info[_SIGHT]
        mine = sight.retelling.restricted.sources
        few = say_left_out(sight.withheld.people) if sight.withheld.excerpts else ""
        return " ".join(filter(None, (few, say_restricted() if mine else ""))) or None

    def left_out(self) -> str:
        """The sources that are left out now."""
        with self.read() as session:
            return write_left_out(hidden_sources(session))

    def _look(self, session: Session) -> _Sight:
        """What this one does not see, read once for each state of the store.

        Which sources are restricted is never late. What goes with them, and what few said in studies, is late only
        behind feedback that can change neither: it comes into sources that everybody reads, which are no studies.
        """
        stamp, standing = read_stamp(session), read_standing(session)
        all_there_are = self._kept.read_of("restrictions", stamp, seen(), lambda: read_restrictions(session))
        hidden = {each.source: (each.workspace, each.name) for each in all_there_are if each.concerns(self.reader)}
        if not hidden and self.reader.researches:
            return _Sight()
        name = f"{'all' if self.reader.researches else self.people} without {sorted(hidden)}"
        sight: _Sight = self._kept.read_of(
            name, stamp, seen(), lambda: self._read_sight(session, hidden), said=standing
        )
        if not sight.withheld:
            return sight
        return replace(sight, always=(*sight.always, *_criteria(session, sight.withheld)))

    def _read_sight(self, session: Session, hidden: Mapping[int, Key]) -> _Sight:
        sight = _without(session, hidden) if hidden else _Sight()
        session.info[_SIGHT] = sight  # what is withheld is counted over what is seen
        research = select(tables.Source.id).where(tables.Source.kind == RESEARCH).limit(1)
        if self.reader.researches or self.people < 2 or session.scalar(research) is None:
            return sight
        return replace(sight, withheld=read_withheld(session, self.people))


def _without(session: Session, hidden: Mapping[int, Key]) -> _Sight:
    retelling, alone, mixed = read_retelling(session, Restricted(hidden))
    studies, about = studies_of(session, hidden), decisions_about(session, alone)
    whole = Restricted(hidden, studies, alone, mixed, about)
    always, apart = criteria(whole, session.get_bind().dialect.name)
    to_change = found_by_id(whole, session.get_bind().dialect.name)
    return _Sight(NOTHING, replace(retelling, restricted=whole), always, apart, to_change)


_ALL: Final = _Sight()


def told(session: Session, workspace: str, text: str, otherwise: str) -> str:
    """A text that was made of everything there is, or `otherwise` where it gives away what is left out."""
    sight: _Sight = session.info.get(_SIGHT, _ALL)
    if sight.retelling.restricted and sight.retelling.gives_away(session, workspace, text):
        return otherwise
    return text


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


@contextmanager
def as_read(session: Session) -> Iterator[None]:
    """Within a transaction, see for a moment what whoever began it may read: to count what they are told."""
    whole, before = session.info.get(_WHOLE_SIGHT), session.info.get(_SIGHT)
    if whole is None:
        yield
        return
    session.info[_SIGHT] = whole
    try:
        yield
    finally:
        session.info[_SIGHT] = before


@event.listens_for(_FilteredSession, "do_orm_execute")
@event.listens_for(WritingSession, "do_orm_execute")
def _leave_out(state: ORMExecuteState) -> Result[Any] | None:
    sight: _Sight = state.session.info.get(_SIGHT, _ALL)
    if not state.is_select or not (sight.always or sight.apart):
        return None
    state.statement = state.statement.options(*sight.always)
    if sight.apart and not _speaks_of_documents(state.statement):
        state.statement = state.statement.options(*sight.apart)
    if sight.withheld and _reads_whole_texts(state):
        ids = one_of(state.session, tables.Document.id, sight.withheld.interviews)
        state.statement = state.statement.options(_only(tables.Document, not_(ids)))
    return _renamed(state, sight.retelling.names)


def _speaks_of_documents(statement: Any) -> bool:
    """Whether documents are among what is read, so that whom they are of is known by these."""
    if isinstance(statement, CompoundSelect):
        return all(map(_speaks_of_documents, statement.selects))
    return isinstance(statement, Select) and any(
        table.name == "documents"
        for source in statement.get_final_froms()
        for table in find_tables(source, check_columns=False, include_joins=True, include_aliases=True)
        if isinstance(table, Table)
    )


def _renamed(state: ORMExecuteState, names: Mapping[str, str]) -> Result[Any] | None:
    """Where names of themes and areas are selected by themselves: each as it is told."""
    shown = getattr(state.statement, "column_descriptions", ())
    places = [place for place, each in enumerate(shown) if _is_name(each["expr"])]
    if not names or not places:
        return None
    found = state.invoke_statement()
    rows = [
        tuple(names.get(value, value) if place in places else value for place, value in enumerate(row)) for row in found
    ]
    return IteratorResult(SimpleResultMetaData(list(found.keys())), iter(rows))


def _is_name(shown: Any) -> bool:
    return isinstance(shown, InstrumentedAttribute | QueryableAttribute) and any(
        getattr(shown.property, "columns", [None])[0] is each for each in _NAMES
    )


def _reads_whole_texts(state: ORMExecuteState) -> bool:
    """Whether texts of documents are selected by themselves, where nothing can be dotted out of them."""
    selected = (each["expr"] for each in getattr(state.statement, "column_descriptions", ()))
    return any(each is tables.Document.text or each is tables.Document.title for each in selected)


@event.listens_for(_FilteredSession, "loaded_as_persistent")
def _retell(session: Session, loaded: Any) -> None:
    sight: _Sight = session.info.get(_SIGHT, _ALL)
    if sight.retelling.restricted and (tell := _TOLD_OF.get(type(loaded))):
        _change(loaded, tell(session, sight.retelling, loaded))
    if sight.withheld and (show := _SHOWN_OF.get(type(loaded))):
        _change(loaded, show(session, sight.withheld, loaded))


def _change(loaded: Any, told: Mapping[str, Any]) -> None:
    for name, value in told.items():
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
        any_of(insight.workspace_id, insight.theme_id, withheld.themes), mine.in_(quoting) & mine.not_in(others)
    )
    return [
        _only(theme, not_(any_of(theme.workspace_id, theme.id, withheld.themes))),
        _only(decision, not_(any_of(decision.workspace_id, decision.id, withheld.decisions))),
        _only(insight, func.coalesce(not_(rests_on_it), true())),
        _only(answer, tuple_(answer.workspace_id, answer.id).not_in(quoting)),
        _only(run, tuple_(run.workspace_id, run.question_id + "." + run.week).not_in(quoting)),
    ]


def _only(table: Any, condition: ColumnElement[bool]) -> LoaderCriteriaOption:
    return with_loader_criteria(table, condition, include_aliases=True)


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
_TOLD_OF: Mapping[type, Callable[[Session, Retelling, Any], dict[str, Any]]] = {
    tables.Theme: tell_theme,
    tables.Area: tell_area,
    tables.Insight: tell_insight,
    tables.InsightEvent: tell_step,
    tables.Decision: tell_decision,
    tables.Report: tell_report,
    tables.Subscription: tell_subscription,
}
