"""From notes to findings: codes and themes across participants, saturation, and the quotes behind each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.research.codebook import list_codes
from synth.research.highlighting import list_highlights
from synth.research.studies import find_study, list_participants, study_documents
from synth.store import tables
from synth.wire.values import moment

_QUOTED = ("document_id", "title", "start", "end", "quote", "begins", "page", "coder")
READABLE = range(40, 321)  # characters of a quote that says something by itself, and not too much
MOST_QUOTES = 5  # of one finding, from different participants where there are


def study_findings(session: Session, workspace: str, study: str) -> dict[str, Any]:
    """What a study found: codes and themes counted by participants, and new codes per interview; raises NotFound."""
    found = find_study(session, workspace, study)
    documents = study_documents(session, found)
    marks = [mark for mark in list_highlights(session, workspace, study) if mark["role"] != "interviewer"]
    codes = list_codes(session, workspace, study)
    authors = _authors(session, documents)
    spoke = {mark["id"]: mark["speaker"] or authors.get(mark["document_id"]) or mark["document_id"] for mark in marks}
    return {
        "participants": len(list_participants(session, workspace, study, named=False)),
        "interviews": len(documents),
        "codes": [_finding(code, marks, spoke, codes) for code in codes],
        "saturation": _saturation(documents, marks),
        "themes": _themes(session, workspace, documents),
    }


def findings_of_theme(session: Session, workspace: str, theme: str) -> list[dict[str, Any]]:
    """What researchers found that goes with a theme: codes that were linked to it, with their study and quotes."""
    mine = select(tables.Code).where(tables.Code.workspace_id == workspace, tables.Code.theme_id == theme)
    linked = {code.id: code.study_id for code in session.scalars(mine)}
    found: list[dict[str, Any]] = []
    for study in sorted(set(linked.values())):
        told = study_findings(session, workspace, study)
        name = find_study(session, workspace, study).name
        found += [
            {**row, "study_id": study, "study": name, "of": told["participants"]}
            for row in told["codes"]
            if row["code_id"] in linked
        ]
    return found


def _finding(
    code: Mapping[str, Any],
    marks: Sequence[Mapping[str, Any]],
    spoke: Mapping[str, str],
    codes: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """A code with what stands below it: participants, interviews, and quotes of different people first."""
    below = _below(code["id"], codes)
    own = [mark for mark in marks if mark["code_id"] in below]
    people = Counter(spoke[mark["id"]] for mark in own)
    return {
        "code_id": code["id"],
        "code": code["name"],
        "level": code["level"],
        "definition": code["definition"],
        "color": code["color"],
        "theme_id": code["theme_id"],
        "participants": len(people),
        "interviews": len({mark["document_id"] for mark in own}),
        "highlights": len(own),
        "quotes": _varied(own, spoke),
    }


def _below(id: str, codes: Sequence[Mapping[str, Any]]) -> set[str]:
    found = {id}
    for code in codes:  # in the order of the hierarchy: parents come before their children
        if code["parent_id"] in found:
            found.add(code["id"])
    return found


def _varied(marks: Sequence[Mapping[str, Any]], spoke: Mapping[str, str]) -> list[dict[str, Any]]:
    """A few of the quotes: the first of each participant, then the second; those one can read alone go ahead."""
    by_person: dict[str, list[Mapping[str, Any]]] = {}
    for mark in sorted(marks, key=lambda mark: len(mark["quote"]) not in READABLE):
        by_person.setdefault(spoke[mark["id"]], []).append(mark)
    chosen: list[Mapping[str, Any]] = []
    seen: set[tuple[str, int, int]] = set()
    for turn in range(MOST_QUOTES):
        for own in by_person.values():
            if (
                turn < len(own)
                and (span := (own[turn]["document_id"], own[turn]["start"], own[turn]["end"])) not in seen
            ):
                seen.add(span)
                chosen.append(own[turn])
    return [
        {
            **{
                name: mark[name]
                for name in ("document_id", "title", "start", "end", "quote", "begins", "page", "coder")
            },
            "speaker": spoke[mark["id"]],
        }
        for mark in chosen[:MOST_QUOTES]
    ]


def _saturation(documents: Sequence[tables.Document], marks: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """For each interview, in the order of time, how many codes are used in it for the first time."""
    seen: set[str] = set()
    rows = []
    for document in documents:
        here = {mark["code_id"] for mark in marks if mark["document_id"] == document.id}
        rows.append(
            {
                "document_id": document.id,
                "title": document.title,
                "created_at": moment(document.created_at),
                "codes": len(here),
                "new_codes": len(here - seen),
                "codes_so_far": len(here | seen),
            }
        )
        seen |= here
    return rows


def _themes(session: Session, workspace: str, documents: Sequence[tables.Document]) -> list[dict[str, Any]]:
    """Themes in what participants said, by how many of them, beside how many customers speak of each elsewhere."""
    ids = [document.id for document in documents]
    excerpt, assignment, theme = tables.Excerpt, tables.Assignment, tables.Theme
    query = (
        select(theme.id, theme.name, excerpt.speaker, excerpt.document_id)
        .join(assignment, (assignment.workspace_id == theme.workspace_id) & (assignment.theme_id == theme.id))
        .join(excerpt, excerpt.id == assignment.excerpt_id)
        .where(theme.workspace_id == workspace, theme.state == "active", excerpt.document_id.in_(ids))
    )
    rows = session.execute(query).all()
    authors = _authors(session, documents)
    names = {row.id: row.name for row in rows}
    people: dict[str, set[str]] = {}
    interviews: dict[str, set[str]] = {}
    for row in rows:
        people.setdefault(row.id, set()).add(row.speaker or authors.get(row.document_id) or row.document_id)
        interviews.setdefault(row.id, set()).add(row.document_id)
    return [
        {"theme_id": id, "name": names[id], "participants": len(people[id]), "interviews": len(interviews[id])}
        for id in sorted(names, key=lambda theme_id: (-len(people[theme_id]), names[theme_id]))
    ]


def _authors(session: Session, documents: Sequence[tables.Document]) -> dict[str, str]:
    numbers = {document.person_id for document in documents if document.person_id is not None}
    query = select(tables.Person.id, tables.Person.name).where(tables.Person.id.in_(numbers))
    names = {row.id: row.name for row in session.execute(query)}
    return {document.id: names[document.person_id] for document in documents if document.person_id in names}
