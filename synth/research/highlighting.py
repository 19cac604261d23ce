"""Highlights: spans of a transcript with a code, by people and as suggestions of the machine."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.research.codebook import find_code
from synth.research.spans import find_same, trim
from synth.research.studies import find_study, study_documents, study_of_document
from synth.research.suggesting import code_meaning, is_about_something, is_worth_showing, suggest_codes
from synth.store import tables
from synth.store.rows import insert_new, next_numbers
from synth.wire.values import moment

MACHINE: Final = "machine"
LONGEST_MEMO: Final = 10_000
Code, Document, Excerpt, Highlight = tables.Code, tables.Document, tables.Excerpt, tables.Highlight


def list_highlights(
    session: Session,
    workspace: str,
    study: str,
    *,
    document: str | None = None,
    code: str | None = None,
    coder: str | None = None,
    state: str | None = "accepted",
) -> list[dict[str, Any]]:
    """The highlights of a study in the order of its documents and their texts; all states with `state` None."""
    found = find_study(session, workspace, study)
    query = (
        select(Highlight, Code.name)
        .join(Code, (Code.workspace_id == Highlight.workspace_id) & (Code.id == Highlight.code_id))
        .where(Code.workspace_id == workspace, Code.study_id == study)
    )
    for column, wanted in (
        (Highlight.document_id, document),
        (Highlight.code_id, code),
        (Highlight.coder, coder),
        (Highlight.state, state),
    ):
        if wanted is not None:
            query = query.where(column == wanted)
    documents = {each.id: each for each in study_documents(session, found)}
    places = {id: place for place, id in enumerate(documents)}
    turns = _turns(session, {mark.document_id for mark, _ in session.execute(query)})
    rows = [
        _highlight(mark, name, documents.get(mark.document_id), turns.get(mark.document_id, []))
        for mark, name in session.execute(query)
    ]
    return sorted(rows, key=lambda row: (places.get(row["document_id"], 0), row["start"], row["end"], row["code"]))


def get_highlight(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One highlight; raises NotFound."""
    mark = _find(session, workspace, id)
    document = session.get(Document, mark.document_id)
    name = find_code(session, workspace, mark.code_id).name
    return _highlight(mark, name, document, _turns(session, {mark.document_id}).get(mark.document_id, []))


def add_highlight(parts: Parts, workspace: str, coder: str, wanted: Mapping[str, Any]) -> str:
    """Give a span of a document a code; returns the id. The same span, code and coder gives what is there already."""
    with parts.database.write() as session:
        code = find_code(session, workspace, str(wanted["code_id"]))
        document = _document(session, workspace, code, str(wanted["document_id"]))
        span = trim(document.text, int(wanted["start"]), int(wanted["end"]))
        memo = _memo(wanted.get("memo"))
        return insert_highlight(session, parts, workspace, document.id, code.id, span, coder, memo=memo)


def insert_highlight(
    session: Session,
    parts: Parts,
    workspace: str,
    document: str,
    code: str,
    span: tuple[int, int],
    coder: str,
    *,
    memo: str = "",
) -> str:
    """The same within a transaction, of a span that is trimmed."""
    there = find_same(session, workspace, document, code, coder, span)
    if there is not None:
        return there.id
    id = f"H{next_numbers(session, workspace, 'highlight', 1)[0]}"
    row = highlight_row(workspace, id, document, code, span, coder, parts)
    session.execute(insert(Highlight), [{**row, "memo": memo}])
    return id


def highlight_row(
    workspace: str, id: str, document: str, code: str, span: tuple[int, int], coder: str, parts: Parts
) -> dict[str, Any]:
    """The row of a highlight that a person made."""
    return {
        "workspace_id": workspace,
        "id": id,
        "document_id": document,
        "code_id": code,
        "start": span[0],
        "end": span[1],
        "coder": coder,
        "origin": "human",
        "state": "accepted",
        "score": None,
        "memo": "",
        "guid": str(uuid.uuid4()),
        "created_at": parts.now(),
    }


def change_highlight(parts: Parts, workspace: str, actor: str, id: str, wanted: Mapping[str, Any]) -> None:
    """Accept or reject a suggestion, or write a memo; an accepted suggestion is the person's own from then on."""
    with parts.database.write() as session:
        mark = _find(session, workspace, id)
        if "memo" in wanted:
            mark.memo = _memo(wanted["memo"])
        state = wanted.get("state")
        if state is None:
            return
        if state not in ("accepted", "rejected"):
            raise BadInput(f"'{state}' is no state of a suggestion; use accepted or rejected.")
        if mark.origin != MACHINE:
            raise Conflict(f"{id} was made by a person; delete it instead of rejecting it.")
        if state == "accepted":
            _take_over(session, mark, actor)
        else:
            mark.state = state


def delete_highlight(parts: Parts, workspace: str, id: str) -> None:
    """Delete a highlight; raises NotFound."""
    with parts.database.write() as session:
        session.delete(_find(session, workspace, id))


def suggest(parts: Parts, workspace: str, study: str, document: str | None = None) -> int:
    """Suggest codes for what participants said and nobody has coded, from what people coded and what codes mean.

    Suggestions that nobody has looked at are made anew; rejected ones do not come back. Returns how many there are.
    """
    with parts.database.read() as session:
        found = find_study(session, workspace, study)
        codes = list(session.scalars(select(Code).where(Code.workspace_id == workspace, Code.study_id == study)))
        if not codes:
            raise BadInput("The codebook is empty; add codes, with a definition or an example each, or import one.")
        documents = {each.id: each for each in study_documents(session, found) if document in (None, each.id)}
        marks = list_highlights(session, workspace, study, state=None)
        segments = _segments(session, workspace, documents, marks)
    accepted = [mark for mark in marks if mark["state"] == "accepted" and mark["quote"].strip()]
    coded = [(mark["quote"], mark["code_id"]) for mark in accepted]
    meanings = {code.id: code_meaning(code.name, code.definition, code.examples) for code in codes}
    texts = [text for _, _, text in segments]
    suggested = suggest_codes(parts.embedder, texts, coded, meanings, most=1) if texts else []
    rejected = {(m["document_id"], m["code_id"], m["start"], m["end"]) for m in marks if m["state"] == "rejected"}
    rows = []
    for (id, span, _), best in zip(segments, suggested, strict=True):
        if best and is_worth_showing(best[0]) and (id, best[0].code, *span) not in rejected:
            rows.append((id, best[0].code, span, best[0].score))
    with parts.database.write() as session:
        _drop_suggestions(session, workspace, set(documents), {code.id for code in codes})
        numbers = next_numbers(session, workspace, "highlight", len(rows)) if rows else []
        for number, (id, code, span, score) in zip(numbers, rows, strict=True):
            row = highlight_row(workspace, f"H{number}", id, code, span, MACHINE, parts)
            session.execute(insert(Highlight), [{**row, "origin": MACHINE, "state": "suggested", "score": score}])
        shown = {id for id, *_ in rows}
        common = {"workspace_id": workspace, "at": parts.now()}
        insert_new(session, tables.FirstSuggestion, [{"document_id": id, **common} for id in sorted(shown)])
    return len(rows)


def highlights_of_document(session: Session, workspace: str, document: str) -> list[dict[str, Any]]:
    """All highlights of one document that nobody rejected, for its reader; empty where it is in no study."""
    study = study_of_document(session, workspace, document)
    if study is None:
        return []
    found = list_highlights(session, workspace, study.id, document=document, state=None)
    return [mark for mark in found if mark["state"] != "rejected"]


def _segments(
    session: Session, workspace: str, documents: Mapping[str, tables.Document], marks: Sequence[Mapping[str, Any]]
) -> list[tuple[str, tuple[int, int], str]]:
    """What participants said and nobody has coded: document, span and text of excerpts."""
    taken: dict[str, list[tuple[int, int]]] = {}
    for mark in marks:
        if mark["state"] == "accepted":
            taken.setdefault(mark["document_id"], []).append((mark["start"], mark["end"]))
    query = select(Excerpt).where(Excerpt.workspace_id == workspace, Excerpt.document_id.in_(sorted(documents)))
    found = []
    for excerpt in session.scalars(query.order_by(Excerpt.document_id, Excerpt.start)):
        if excerpt.role == "interviewer":
            continue
        if any(start < excerpt.end and end > excerpt.start for start, end in taken.get(excerpt.document_id, ())):
            continue
        text = documents[excerpt.document_id].text[excerpt.start : excerpt.end]
        if is_about_something(text):
            found.append((excerpt.document_id, (excerpt.start, excerpt.end), text))
    return found


def _drop_suggestions(session: Session, workspace: str, documents: set[str], codes: set[str]) -> None:
    query = select(Highlight).where(
        Highlight.workspace_id == workspace, Highlight.state == "suggested", Highlight.code_id.in_(sorted(codes))
    )
    for mark in session.scalars(query):
        if mark.document_id in documents:
            session.delete(mark)
    session.flush()


def _take_over(session: Session, mark: tables.Highlight, actor: str) -> None:
    span = (mark.start, mark.end)
    if find_same(session, mark.workspace_id, mark.document_id, mark.code_id, actor, span):
        session.delete(mark)
        return
    mark.state, mark.coder = "accepted", actor


def _find(session: Session, workspace: str, id: str) -> tables.Highlight:
    mark = session.get(Highlight, (workspace, id))
    if mark is None:
        raise NotFound(f"There is no highlight {id}.")
    return mark


def _document(session: Session, workspace: str, code: tables.Code, id: str) -> tables.Document:
    document = session.get(Document, id)
    if document is None or document.workspace_id != workspace:
        raise NotFound(f"There is no document {id}.")
    study = study_of_document(session, workspace, id)
    if study is None or study.id != code.study_id:
        raise BadInput(f"The document is not one of the study whose codebook has {code.name}.")
    return document


def _memo(given: object) -> str:
    memo = str(given or "").strip()
    if len(memo) > LONGEST_MEMO:
        raise BadInput(f"A memo has at most {LONGEST_MEMO:,} characters; this one has {len(memo):,}.")
    return memo


def _turns(session: Session, documents: set[str]) -> dict[str, list[tables.Turn]]:
    query = select(tables.Turn).where(tables.Turn.document_id.in_(sorted(documents)))
    found: dict[str, list[tables.Turn]] = {}
    for turn in session.scalars(query.order_by(tables.Turn.document_id, tables.Turn.position)):
        found.setdefault(turn.document_id, []).append(turn)
    return found


def _highlight(
    mark: tables.Highlight, code: str, document: tables.Document | None, turns: Sequence[tables.Turn]
) -> dict[str, Any]:
    turn = next((each for each in turns if each.start <= mark.start < each.end), None)
    spoken = (each for each in turns if each.start < mark.end and each.end > mark.start and each.role != "interviewer")
    voice = next(spoken, turn)  # a question ahead of an answer is its context
    return {
        "id": mark.id,
        "document_id": mark.document_id,
        "title": document.title if document else None,
        "code_id": mark.code_id,
        "code": code,
        "start": mark.start,
        "end": mark.end,
        "quote": document.text[mark.start : mark.end] if document else "",
        "speaker": voice.speaker if voice else None,
        "role": voice.role if voice else None,
        "begins": turn.begins if turn else None,
        "page": turn.page if turn else None,
        "coder": mark.coder,
        "origin": mark.origin,
        "state": mark.state,
        "score": mark.score,
        "memo": mark.memo,
        "guid": mark.guid,
        "created_at": moment(mark.created_at),
    }
