"""The store as somebody may read it: the one place where what is not theirs is left out.

A database opened for a reader gives sessions that leave out of every query what `synth.store.withholding` and
`synth.store.restricting` name, whatever asks: search, counts, themes, answers, insights, reports, exports. What may be
read of a row `synth.store.showing` shows. Nothing above this file knows of it, and nothing above it can forget it.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass, replace
from typing import Any, Final, Self

from sqlalchemy import CompoundSelect, Select, Table, event, not_, select
from sqlalchemy.engine import Result
from sqlalchemy.orm import ORMExecuteState, Session
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
    criteria,
    found_by_id,
    only,
    read_restrictions,
    say_restricted,
    studies_of,
    write_left_out,
)
from synth.store.retelling import Retelling, read_retelling
from synth.store.rows import one_of
from synth.store.showing import show, with_names
from synth.store.stamp import Kept, WritingSession, hidden_sources, read_stamp, read_standing
from synth.store.walls import seen
from synth.store.withholding import (
    NOTHING,
    RESEARCH,
    Withheld,
    decisions_about,
    left_out_of,
    names_withheld,
    read_withheld,
    say_left_out,
    say_withheld,
)

_SIGHT, _WHOLE_SIGHT = "sight", "whole sight"  # where a session keeps what it leaves out, now and of all there is
ALL_TOLD: Final = Retelling(Restricted())


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
                if withheld and names_withheld(session, withheld, str(missing)):
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
        return replace(sight, always=(*sight.always, *left_out_of(session, sight.withheld)))

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
        state.statement = state.statement.options(only(tables.Document, not_(ids)))
    return with_names(state, sight.retelling.names)


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


def _reads_whole_texts(state: ORMExecuteState) -> bool:
    """Whether texts of documents are selected by themselves, where nothing can be dotted out of them."""
    selected = (each["expr"] for each in getattr(state.statement, "column_descriptions", ()))
    return any(each is tables.Document.text or each is tables.Document.title for each in selected)


@event.listens_for(_FilteredSession, "loaded_as_persistent")
def _retell(session: Session, loaded: Any) -> None:
    sight: _Sight = session.info.get(_SIGHT, _ALL)
    show(session, loaded, sight.retelling, sight.withheld)
