"""Studies: what was asked of whom and how, and who took part."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.intake.participants import LONGEST_NAME, open_study
from synth.parts import Parts
from synth.store import tables
from synth.wire.values import moment

LONGEST_TEXT = 5_000
_TEXTS = ("question", "method", "consent")
Study, Participant, Document = tables.Study, tables.Participant, tables.Document


def create_study(parts: Parts, workspace: str, actor: str, wanted: Mapping[str, Any]) -> str:
    """Begin a study; returns its id. Raises BadInput, Conflict where there is one of that name."""
    name = " ".join(str(wanted.get("name") or "").split())
    with parts.database.write() as session:
        if session.scalar(select(Study.id).where(Study.workspace_id == workspace, Study.name == name)):
            raise Conflict(f"There is a study called {name} already; give this one another name.")
        id = open_study(session, workspace, name, actor, parts.now())
        _set(find_study(session, workspace, id), {key: value for key, value in wanted.items() if key != "name"})
    return id


def change_study(parts: Parts, workspace: str, id: str, wanted: Mapping[str, Any]) -> None:
    """Change what is written about a study; raises NotFound, BadInput, Conflict."""
    with parts.database.write() as session:
        study = find_study(session, workspace, id)
        if wanted.get("name") not in (None, study.name):
            _rename(session, study, str(wanted["name"]))
        _set(study, {key: value for key, value in wanted.items() if key != "name"})


def find_study(session: Session, workspace: str, id: str) -> tables.Study:
    """The study of that id; raises NotFound."""
    study = session.get(Study, (workspace, id))
    if study is None:
        raise NotFound(f"There is no study {id}.")
    return study


def get_study(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One study with what is in it; raises NotFound."""
    study = find_study(session, workspace, id)
    documents = study_documents(session, study)
    return {
        **_document(study),
        "documents": [
            {
                "document_id": document.id,
                "title": document.title,
                "created_at": moment(document.created_at),
                "language": document.language,
                "participants": _speakers(session, document.id),
            }
            for document in documents
        ],
        "participants": _count(session, Participant, study),
        "codes": _count(session, tables.Code, study),
        "highlights": _highlights(session, study),
    }


def list_studies(session: Session, workspace: str) -> list[dict[str, Any]]:
    """The studies, the newest first, each with how much is in it."""
    studies = session.scalars(select(Study).where(Study.workspace_id == workspace)).all()
    return [
        {
            **_document(study),
            "interviews": len(study_documents(session, study)),
            "participants": _count(session, Participant, study),
            "codes": _count(session, tables.Code, study),
            "highlights": _highlights(session, study),
        }
        for study in sorted(studies, key=lambda each: int(each.id[1:]), reverse=True)
    ]


def study_documents(session: Session, study: tables.Study) -> list[tables.Document]:
    """The documents of a study, the earliest first: those of its source."""
    query = (
        select(Document)
        .join(tables.Source, tables.Source.id == Document.source_id)
        .where(Document.workspace_id == study.workspace_id, tables.Source.name == study.name)
        .order_by(Document.created_at, Document.title, Document.id)
    )
    return list(session.scalars(query))


def study_of_document(session: Session, workspace: str, document: str) -> tables.Study | None:
    """The study a document belongs to, if any."""
    query = (
        select(Study)
        .join(tables.Source, (tables.Source.name == Study.name) & (tables.Source.workspace_id == Study.workspace_id))
        .join(Document, Document.source_id == tables.Source.id)
        .where(Study.workspace_id == workspace, Document.id == document)
    )
    return session.scalar(query)


def list_participants(session: Session, workspace: str, id: str, *, named: bool) -> list[dict[str, Any]]:
    """Who took part: pseudonym, attributes and in how many documents; the name only where `named`."""
    study = find_study(session, workspace, id)
    query = (
        select(Participant, tables.Person.name, tables.Person.attributes)
        .outerjoin(tables.Person, tables.Person.id == Participant.person_id)
        .where(Participant.workspace_id == workspace, Participant.study_id == study.id)
    )
    heard: dict[str, int] = {}
    for document in study_documents(session, study):
        for speaker in _speakers(session, document.id) or [spoken for spoken in [_author(session, document)] if spoken]:
            heard[speaker] = heard.get(speaker, 0) + 1
    found = [
        {
            "pseudonym": participant.pseudonym,
            "person": person,
            "attributes": attributes or {},
            "documents": heard.get(person or "", 0),
            **({"name": participant.name} if named else {}),
        }
        for participant, person, attributes in session.execute(query)
    ]
    return sorted(found, key=lambda each: (len(each["pseudonym"]), each["pseudonym"]))


def _author(session: Session, document: tables.Document) -> str | None:
    return session.scalar(select(tables.Person.name).where(tables.Person.id == document.person_id))


def _speakers(session: Session, document: str) -> list[str]:
    turn = tables.Turn
    query = (
        select(turn.speaker)
        .distinct()
        .where(turn.document_id == document, turn.speaker.is_not(None), func.coalesce(turn.role, "") != "interviewer")
    )
    return sorted(str(speaker) for speaker in session.scalars(query))


def _count(session: Session, table: Any, study: tables.Study) -> int:
    mine = (table.workspace_id == study.workspace_id) & (table.study_id == study.id)
    return session.scalar(select(func.count()).select_from(table).where(mine)) or 0


def _highlights(session: Session, study: tables.Study) -> int:
    mark, code = tables.Highlight, tables.Code
    query = (
        select(func.count())
        .select_from(mark)
        .join(code, (code.workspace_id == mark.workspace_id) & (code.id == mark.code_id))
    )
    mine = (code.workspace_id == study.workspace_id) & (code.study_id == study.id) & (mark.state == "accepted")
    return session.scalar(query.where(mine)) or 0


def _set(study: tables.Study, wanted: Mapping[str, Any]) -> None:
    for key in _TEXTS:
        if key in wanted:
            text = (wanted[key] or "").strip()
            if len(text) > LONGEST_TEXT:
                raise BadInput(
                    f"The {key} of a study has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}."
                )
            setattr(study, key, text or None)
    if "state" in wanted:
        if wanted["state"] not in ("open", "closed"):
            raise BadInput(f"'{wanted['state']}' is no state of a study; use open or closed.")
        study.state = wanted["state"]
    if "keep_days" in wanted:
        days = wanted["keep_days"]
        if days is not None and not 0 < int(days) <= 36_500:
            raise BadInput("A study is kept for 1 to 36,500 days, or without an end.")
        study.keep_days = None if days is None else int(days)


def _rename(session: Session, study: tables.Study, name: str) -> None:
    shown = " ".join(name.split())
    if not 0 < len(shown) <= LONGEST_NAME:
        raise BadInput(f"The name of a study has 1 to {LONGEST_NAME} characters; this one has {len(shown)}.")
    taken = select(Study.id).where(Study.workspace_id == study.workspace_id, Study.name == shown)
    source = tables.Source
    used = select(source.id).where(source.workspace_id == study.workspace_id, source.name == shown)
    if session.scalar(taken) or session.scalar(used):
        raise Conflict(f"There is a study or a source called {shown} already.")
    mine = (source.workspace_id == study.workspace_id) & (source.name == study.name)
    for each in session.scalars(select(source).where(mine)):
        each.name = shown
    study.name = shown


def _document(study: tables.Study) -> dict[str, Any]:
    return {
        "id": study.id,
        "name": study.name,
        "question": study.question,
        "method": study.method,
        "consent": study.consent,
        "state": study.state,
        "keep_days": study.keep_days,
        "created_by": study.created_by,
        "created_at": moment(study.created_at),
    }
