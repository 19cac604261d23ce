"""Restricted sources: whom a source is restricted to, and what of each table goes with what others may not read.

A source names those who may read it; administrators read everything. To all others it is not there: neither its name
nor a document, nor what rests on its documents alone. `synth.store.everybody` leaves it out.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import ColumnElement, Exists, String, and_, false, func, not_, or_, select, true
from sqlalchemy.orm import LoaderCriteriaOption, Session, with_loader_criteria

from synth.store import tables

Key = tuple[str, str]  # workspace and id, or workspace and name
Criteria = tuple[LoaderCriteriaOption, ...]
NO_SOURCE: Final[Mapping[int, Key]] = {}


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads: by the name of their credential in its workspace, and whether in the role of a researcher."""

    workspace: str
    name: str
    researches: bool


EVERYBODY: Final = Reader("", "", researches=False)  # what all of a workspace may read: named nowhere
RESEARCHERS: Final = Reader("", "", researches=True)


@dataclass(frozen=True)
class Restriction:
    """A source and the names of those who may read it."""

    source: int
    workspace: str
    name: str
    readers: frozenset[str]

    def concerns(self, reader: Reader) -> bool:
        """Whether this one may not read it: it is in their workspace, and does not name them."""
        return reader.workspace in ("", self.workspace) and not (reader.name and reader.name in self.readers)


@dataclass(frozen=True)
class Restricted:
    """What is left out for somebody: sources by number, their studies, what rests on them alone; and what in part."""

    sources: Mapping[int, Key] = field(default_factory=lambda: NO_SOURCE)
    studies: frozenset[Key] = frozenset()
    themes: frozenset[Key] = frozenset()
    mixed: frozenset[Key] = frozenset()  # themes that rest on them and on others: these are told without them
    decisions: frozenset[Key] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.sources)


def say_restricted() -> str:
    """The sentence beside a list that a source is left out of."""
    return "Sources that only some may read are left out here: administrators say who may."


def read_restrictions(session: Session) -> tuple[Restriction, ...]:
    """The restricted sources of all workspaces."""
    source = tables.Source
    query = select(source.id, source.workspace_id, source.name, source.readers).where(source.readers.is_not(None))
    return tuple(
        Restriction(row.id, row.workspace_id, row.name, frozenset(row.readers))
        for row in session.execute(query.order_by(source.id))
    )


def write_left_out(sources: Collection[int]) -> str:
    """The sources that were left out of something, as it is stored beside it."""
    return f" {' '.join(map(str, sorted(sources)))} " if sources else ""


def read_left_out(written: str) -> set[int]:
    """The same read again."""
    return set(map(int, written.split()))


def holds_nothing_of(left_out: Any, sources: Collection[int]) -> ColumnElement[bool]:
    """True where all of these were left out."""
    return and_(true(), *(left_out.contains(f" {source} ", autoescape=True) for source in sorted(sources)))


def is_of(document: Any, sources: Collection[int]) -> Exists:
    """True of the id of a document of these sources: looked up one by one, which an index answers."""
    held = tables.Document.__table__.alias("restricted")
    return select(held.c.id).where(held.c.id == document, held.c.source_id.in_(sorted(sources))).exists()


def studies_of(session: Session, sources: Collection[int]) -> frozenset[Key]:
    """The studies that these are the sources of, by workspace and id."""
    study, source = tables.Study, tables.Source
    same = (source.workspace_id == study.workspace_id) & (source.name == study.name)
    query = select(study.workspace_id, study.id).join(source, same).where(source.id.in_(sorted(sources)))
    return frozenset((row.workspace_id, row.id) for row in session.execute(query))


def themes_on(sources: Collection[int]) -> tuple[Exists, Exists]:
    """Whether a theme has excerpts of these sources, and whether it has others."""
    held, placed = tables.Document.__table__.alias("held"), tables.Assignment.__table__.alias("placed")
    mine = (
        select(placed.c.excerpt_id)
        .join(held, held.c.id == placed.c.document_id)
        .where(placed.c.workspace_id == tables.Theme.workspace_id, placed.c.theme_id == tables.Theme.id)
    )
    inside = held.c.source_id.in_(sorted(sources))
    return mine.where(inside).exists(), mine.where(not_(inside)).exists()


def criteria(restricted: Restricted, dialect: str) -> tuple[Criteria, Criteria]:
    """What is left out of each table, wherever a statement speaks of it; the second where it speaks of no document.

    A person or account is read beside a document that may be read, or by itself: then somebody must have said
    something that may be read, or nothing at all, as on a roster.
    """
    sources = sorted(restricted.sources)
    document, source, excerpt = tables.Document, tables.Source, tables.Excerpt
    of_document = (tables.Assignment, tables.DocumentAttribute, tables.Turn)
    theme, decision = tables.Theme, tables.Decision
    always = [
        only(source, source.id.not_in(sources)),
        only(document, document.source_id.not_in(sources)),
        only(excerpt, not_(is_of(excerpt.document_id, sources))),
        *(only(table, not_(is_of(table.document_id, sources))) for table in of_document),
        only(theme, not_(any_of(theme.workspace_id, theme.id, restricted.themes))),
        only(decision, not_(any_of(decision.workspace_id, decision.id, restricted.decisions))),
        *found_by_id(restricted, dialect),
        *_told(restricted),
    ]
    person, account = tables.Person, tables.Account
    alone = [only(person, _is_heard(person, sources)), only(account, _is_heard(account, sources))]
    return tuple(always), tuple(alone)


def found_by_id(restricted: Restricted, dialect: str) -> Criteria:
    """What is left out of what people change by its id: who may not read a study or an import does not change it."""
    study, sources = tables.Study, restricted.sources
    of_document = (tables.Highlight, tables.FirstSuggestion)
    of_study = (tables.Code, tables.Board, tables.CodingChange, tables.Participant)
    return (
        *(only(table, not_(is_of(table.document_id, sources))) for table in of_document),
        only(study, not_(any_of(study.workspace_id, study.id, restricted.studies))),
        *(only(each, not_(any_of(each.workspace_id, each.study_id, restricted.studies))) for each in of_study),
        *_of_imports(restricted, dialect),
    )


def _of_imports(restricted: Restricted, dialect: str) -> list[LoaderCriteriaOption]:
    """An import goes with what it brought, or is to bring, and with it what tells of it."""
    found, job = tables.Import, tables.Job
    brought = tables.Import.__table__.alias("brought")
    of_them = select(brought.c.id).where(_brings(brought.c, restricted, dialect))

    def mine(id: Any) -> ColumnElement[bool]:
        return not_(of_them.where(brought.c.id == id).exists())

    told = (tables.RefusedRow, tables.RedactionDecision)
    return [
        only(found, mine(found.id)),
        only(job, or_(job.subject.is_(None), mine(job.subject))),
        *(only(each, mine(each.import_id)) for each in told),
    ]


def _brings(columns: Any, restricted: Restricted, dialect: str) -> ColumnElement[bool]:
    held = tables.Document.__table__.alias("come")
    come = select(held.c.id).where(held.c.import_id == columns.id, held.c.source_id.in_(sorted(restricted.sources)))
    sqlite = dialect == "sqlite"
    path, read = ("$.source", func.json_extract) if sqlite else ("source", func.json_extract_path_text)
    named = func.coalesce(read(columns.options, path, type_=String), "")
    meant = any_of(columns.workspace_id, named, frozenset(restricted.sources.values()))
    return or_(come.exists(), meant)


def _told(restricted: Restricted) -> list[LoaderCriteriaOption]:
    """What was told, where anything of these was counted in it: it is asked and drafted anew."""
    theme, answer, run = tables.Theme, tables.Answer, tables.SavedRun
    return [
        only(answer, holds_nothing_of(answer.left_out, restricted.sources)),
        only(run, holds_nothing_of(run.left_out, restricted.sources)),
        only(tables.Insight, _stands(restricted)),
        only(tables.Place, not_(any_of(tables.Place.workspace_id, tables.Place.theme_id, restricted.themes))),
        only(tables.Lineage, not_(any_of(tables.Lineage.workspace_id, tables.Lineage.theme_id, restricted.themes))),
        only(tables.Area, _is_shown(tables.Area, theme.__table__.alias("within"), restricted.themes)),
    ]


def _stands(restricted: Restricted) -> ColumnElement[bool]:
    """Of an insight: whether it was drafted without these, or about a theme without them, and quotes something else."""
    insight, cited = tables.Insight, tables.Citation.__table__.alias("cited")
    excerpt = tables.Excerpt.__table__.alias("quoted")
    about = func.coalesce(insight.theme_id, "")
    touched = any_of(insight.workspace_id, about, restricted.themes | restricted.mixed)
    quotes = select(cited.c.seq).where(cited.c.workspace_id == insight.workspace_id, cited.c.owner == insight.id)
    others = quotes.join(excerpt, excerpt.c.id == cited.c.excerpt_id).where(
        not_(is_of(excerpt.c.document_id, restricted.sources))
    )
    uncounted = or_(holds_nothing_of(insight.left_out, restricted.sources), (about != "") & not_(touched))
    hidden = any_of(insight.workspace_id, about, restricted.themes)
    return not_(hidden) & uncounted & or_(not_(quotes.exists()), others.exists())


def _is_shown(area: Any, within: Any, themes: frozenset[Key]) -> ColumnElement[bool]:
    """Of an area: whether one of its themes may be read, or it has none."""
    mine = select(within.c.id).where(within.c.workspace_id == area.workspace_id, within.c.area == area.id)
    hidden = any_of(within.c.workspace_id, within.c.id, themes)
    return or_(mine.where(not_(hidden)).exists(), not_(mine.exists()))


def _is_heard(owner: Any, sources: Collection[int]) -> ColumnElement[bool]:
    held, people = tables.Document.__table__.alias("said"), tables.Person.__table__.alias("speaking")
    if owner is tables.Person:
        said = select(held.c.id).where(held.c.person_id == owner.id)
    else:
        theirs = select(people.c.id).where(people.c.account_id == owner.id)
        own = held.c.account_id == owner.id
        said = select(held.c.id).where(or_(own, held.c.account_id.is_(None) & held.c.person_id.in_(theirs)))
    return or_(said.where(held.c.source_id.not_in(sources)).exists(), not_(said.exists()))


def only(table: Any, condition: ColumnElement[bool]) -> LoaderCriteriaOption:
    """Of a table only the rows of which this holds, wherever a statement speaks of it."""
    return with_loader_criteria(table, condition, include_aliases=True)


def any_of(workspace: Any, key: Any, keys: Collection[Key]) -> ColumnElement[bool]:
    """True of what is named by one of the keys, of which there are never many."""
    by_workspace: dict[str, list[str]] = {}
    for owner, id in sorted(keys):
        by_workspace.setdefault(owner, []).append(id)
    return or_(false(), *((workspace == owner) & key.in_(ids) for owner, ids in by_workspace.items()))
