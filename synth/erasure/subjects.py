"""Whom or what an erasure is about, and which documents that means. No name is kept: people are known by a hash."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from synth.erasure.expiring import find_expired
from synth.errors import BadInput, NotFound
from synth.store import tables
from synth.store.fulltext import search_words
from synth.store.identity import person_key
from synth.store.rows import chunks

SubjectKind = Literal["person", "document", "source", "study"]
ReachKind = SubjectKind | Literal["expired"]
Document, Turn, Person = tables.Document, tables.Turn, tables.Person
_MOST_NAMING = 1_000  # documents of others that are looked through for the name


@dataclass(frozen=True, slots=True)
class Subject:
    """What is to be erased; `key` finds it again and holds no name."""

    kind: ReachKind
    key: str


@dataclass(frozen=True, slots=True)
class Reach:
    """What an erasure reaches: documents that go whole, and those of which only what one person said goes."""

    whole: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    speakers: frozenset[str] = frozenset()  # the spellings of the person's name
    people: tuple[int, ...] = ()


def find_subject(session: Session, workspace: str, kind: str, named: str) -> Subject:
    """The subject of that name or id; raises BadInput for a kind there is not, NotFound where nothing is called so."""
    if kind not in get_args(SubjectKind):
        raise BadInput(f"'{kind}' cannot be erased; choose {', '.join(get_args(SubjectKind))}.")
    named = named.strip()
    if kind == "document":
        found = session.scalar(select(Document.id).where(Document.workspace_id == workspace, Document.id == named))
        if found is None:
            raise NotFound(f"There is no document {named}.")
        return Subject("document", found)
    if kind == "study":
        return Subject("study", _find_study(session, workspace, named))
    if kind == "source":
        source = select(tables.Source.id).where(tables.Source.workspace_id == workspace, tables.Source.name == named)
        number = session.scalar(source)
        if number is None:
            raise NotFound(f"There is no source called {named}; `synth status` lists the sources.")
        return Subject("source", str(number))
    subject = Subject("person", person_key(workspace, named))
    reach = find_reach(session, workspace, subject)
    if not reach.people and not reach.speakers:
        raise NotFound("Nobody of that name is known here; write the name as it stands in the data.")
    return subject


def find_reach(session: Session, workspace: str, subject: Subject) -> Reach:
    """The documents an erasure of the subject reaches now; nothing where it is gone already."""
    if subject.kind == "document":
        mine = select(Document.id).where(Document.workspace_id == workspace, Document.id == subject.key)
        return Reach(tuple(session.scalars(mine)))
    if subject.kind == "expired":
        return Reach(tuple(find_expired(session, workspace, datetime.fromisoformat(subject.key))))
    if subject.kind == "study":
        return _reach_of_study(session, workspace, subject.key)
    if subject.kind == "source":
        mine = select(Document.id).where(Document.workspace_id == workspace, Document.source_id == int(subject.key))
        return Reach(tuple(session.scalars(mine.order_by(Document.id))))
    return _reach_of_person(session, workspace, subject.key)


def named_elsewhere(session: Session, workspace: str, name: str, reach: Reach) -> list[str]:
    """Ids of documents of others in which the name stands: an erasure leaves them, and a person has to look."""
    phrase = f'"{name}"'
    hits = [excerpt for excerpt, _ in search_words(session, workspace, phrase, _MOST_NAMING)]
    gone = {*reach.whole, *reach.parts}
    found: dict[str, None] = {}
    for part in chunks(hits):
        query = select(tables.Excerpt.document_id).where(tables.Excerpt.id.in_(part))
        found.update(dict.fromkeys(id for id in session.scalars(query) if id not in gone))
    return sorted(found)


def _find_study(session: Session, workspace: str, named: str) -> str:
    study = tables.Study
    mine = select(study.id).where(study.workspace_id == workspace, or_(study.id == named, study.name == named))
    found = session.scalar(mine.order_by(study.id))
    if found is None:
        raise NotFound(f"There is no study {named}.")
    return found


def _reach_of_study(session: Session, workspace: str, key: str) -> Reach:
    """The documents of a study and who took part in it."""
    study = session.get(tables.Study, (workspace, key))
    if study is None:
        return Reach()
    source = tables.Source
    mine = select(Document.id).join(source, source.id == Document.source_id)
    mine = mine.where(Document.workspace_id == workspace, source.name == study.name)
    who = tables.Participant
    took_part = select(who.person_id).where(who.workspace_id == workspace, who.study_id == key)
    people = {number for number in session.scalars(took_part) if number is not None}
    return Reach(tuple(session.scalars(mine.order_by(Document.id))), people=tuple(sorted(people)))


def _reach_of_person(session: Session, workspace: str, key: str) -> Reach:
    people = {
        row.id: row.name
        for row in session.execute(select(Person.id, Person.name).where(Person.workspace_id == workspace))
        if person_key(workspace, row.name) == key
    }
    people |= _people_of_studies(session, workspace, key)
    spoken = select(Turn.speaker).where(Turn.workspace_id == workspace, Turn.speaker.is_not(None)).distinct()
    called = {person_key(workspace, name) for name in people.values()} | {key}
    speakers = {str(name) for name in session.scalars(spoken) if person_key(workspace, str(name)) in called}
    theirs = {
        *_documents(session, Document.person_id, people),
        *_documents_spoken(session, workspace, speakers),
    }
    shared = _shared(session, sorted(theirs), speakers)
    return Reach(
        tuple(sorted(theirs - shared)),
        tuple(sorted(shared)),
        frozenset((*speakers, *people.values())),
        tuple(sorted(people)),
    )


def _people_of_studies(session: Session, workspace: str, key: str) -> dict[int, str]:
    """The people who took part in studies under that name, by number, with their pseudonyms."""
    took_part = (
        select(Person.id, Person.name)
        .join(tables.Participant, tables.Participant.person_id == Person.id)
        .where(tables.Participant.workspace_id == workspace, tables.Participant.key == key)
    )
    return {row.id: row.name for row in session.execute(took_part)}


def _documents(session: Session, column: InstrumentedAttribute[int | None], values: Iterable[int]) -> list[str]:
    found: list[str] = []
    for part in chunks(sorted(values)):
        found += session.scalars(select(Document.id).where(column.in_(part)))
    return found


def _documents_spoken(session: Session, workspace: str, speakers: Iterable[str]) -> list[str]:
    query = select(Turn.document_id).distinct().where(Turn.workspace_id == workspace)
    return list(session.scalars(query.where(Turn.speaker.in_(sorted(speakers)))))


def _shared(session: Session, documents: list[str], speakers: Iterable[str]) -> set[str]:
    """Those of the documents in which others answer too: people who do not ask, and are not this person."""
    shared: set[str] = set()
    for part in chunks(documents):
        query = (
            select(Turn.document_id)
            .distinct()
            .where(
                Turn.document_id.in_(part),
                Turn.speaker.is_not(None),
                Turn.speaker.not_in(sorted(speakers)),
                or_(Turn.role.is_(None), Turn.role != "interviewer"),
            )
        )
        shared |= set(session.scalars(query))
    return shared
