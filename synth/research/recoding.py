"""Codes of a codebook merged, split and deleted, each with an undo."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.research.codebook import expect_free, find_code, insert_code
from synth.research.spans import find_same
from synth.store import tables
from synth.store.rows import next_numbers
from synth.wire.values import moment

Code, Highlight = tables.Code, tables.Highlight
_CODE_COLUMNS: Final = tuple(column.key for column in tables.Code.__table__.columns if column.key != "created_at")
_MARK_COLUMNS: Final = tuple(column.key for column in tables.Highlight.__table__.columns if column.key != "created_at")


def merge_codes(parts: Parts, workspace: str, actor: str, codes: Sequence[str], into: str) -> str:
    """Make several codes one: their highlights get the code `into`; returns the id of the change, for undoing it."""
    with parts.database.write() as session:
        kept = find_code(session, workspace, into)
        merged = [find_code(session, workspace, id) for id in dict.fromkeys(codes) if id != into]
        if not merged:
            raise BadInput("Name at least one other code to be merged.")
        if any(code.study_id != kept.study_id for code in merged):
            raise BadInput("Codes of two studies cannot be merged.")
        ids = {code.id for code in merged}
        before = _before(session, workspace, sorted(ids))
        above = {code.id: code.parent_id for code in merged}
        while kept.parent_id in above:
            kept.parent_id = above[kept.parent_id]
        session.flush()
        for mark in _marks_of(session, workspace, ids):
            _recode(session, mark, into)
        _lift_children(session, workspace, ids, into)
        session.flush()
        session.execute(delete(Code).where(Code.workspace_id == workspace, Code.id.in_(sorted(ids))))
        return _note(session, parts, workspace, kept.study_id, "merge", actor, before, {"into": into})


def split_code(
    parts: Parts, workspace: str, actor: str, id: str, name: str, highlights: Sequence[str]
) -> tuple[str, str]:
    """Give some highlights of a code a new code beside it; returns the ids of the new code and of the change."""
    with parts.database.write() as session:
        code = find_code(session, workspace, id)
        marks = [mark for mark in _marks_of(session, workspace, {id}) if mark.id in set(highlights)]
        if not marks:
            raise BadInput(f"None of the highlights has the code {code.name}; name at least one that has.")
        before = {"codes": [], "highlights": [_row(mark, _MARK_COLUMNS) for mark in marks], "children": {}}
        wanted = {"name": name, "parent_id": code.parent_id}
        new = insert_code(session, workspace, code.study_id, actor, wanted, parts.now())
        for mark in marks:
            _recode(session, mark, new)
        return new, _note(session, parts, workspace, code.study_id, "split", actor, before, {"new": new})


def delete_code(parts: Parts, workspace: str, actor: str, id: str) -> str:
    """Delete a code with its highlights; what was below it moves up. Returns the id of the change, for undoing it."""
    with parts.database.write() as session:
        code = find_code(session, workspace, id)
        before = _before(session, workspace, [id])
        session.execute(delete(Highlight).where(Highlight.workspace_id == workspace, Highlight.code_id == id))
        _lift_children(session, workspace, {id}, code.parent_id)
        study = code.study_id
        session.delete(code)
        session.flush()
        return _note(session, parts, workspace, study, "delete", actor, before, {})


def undo_change(parts: Parts, workspace: str, id: str) -> None:
    """Give codes and highlights back as they were before a merge, a split or a deletion; raises NotFound, Conflict."""
    with parts.database.write() as session:
        change = session.get(tables.CodingChange, (workspace, id))
        if change is None:
            raise NotFound(f"There is no change {id} of a codebook.")
        if change.undone_at is not None:
            raise Conflict(f"{id} was undone already.")
        now = parts.now()
        for row in change.before["codes"]:
            expect_free(session, workspace, change.study_id, row["parent_id"], row["name"])
            session.execute(insert(Code), [{**row, "created_at": now}])
        for child, parent in change.before["children"].items():
            code = session.get(Code, (workspace, child))
            if code is not None:
                code.parent_id = parent
        session.flush()
        _give_back(session, workspace, change.before["highlights"], now)
        if change.kind == "split":
            _drop_emptied(session, workspace, change.after["new"])
        change.undone_at = now


def list_changes(session: Session, workspace: str, study: str) -> list[dict[str, Any]]:
    """What was done to a codebook, the newest first."""
    change = tables.CodingChange
    query = select(change).where(change.workspace_id == workspace, change.study_id == study)
    return [
        {
            "id": each.id,
            "kind": each.kind,
            "codes": [row["name"] for row in each.before["codes"]],
            "highlights": len(each.before["highlights"]),
            "actor": each.actor,
            "at": moment(each.created_at),
            "undone_at": moment(each.undone_at),
        }
        for each in sorted(session.scalars(query), key=lambda each: int(each.id[1:]), reverse=True)
    ]


def _marks_of(session: Session, workspace: str, codes: set[str]) -> list[tables.Highlight]:
    query = select(Highlight).where(Highlight.workspace_id == workspace, Highlight.code_id.in_(sorted(codes)))
    return list(session.scalars(query.order_by(Highlight.id)))


def _recode(session: Session, mark: tables.Highlight, code: str) -> None:
    """Give a highlight another code; where the same coder marked the same span so already, it goes."""
    if find_same(session, mark.workspace_id, mark.document_id, code, mark.coder, (mark.start, mark.end)):
        session.delete(mark)
    else:
        mark.code_id = code
    session.flush()


def _lift_children(session: Session, workspace: str, codes: set[str], to: str | None) -> None:
    below = select(Code).where(Code.workspace_id == workspace, Code.parent_id.in_(sorted(codes)))
    for child in session.scalars(below):
        if child.id not in codes and child.id != to:
            child.parent_id = to


def _before(session: Session, workspace: str, codes: Sequence[str]) -> dict[str, Any]:
    rows = [find_code(session, workspace, id) for id in codes]
    below = select(Code.id, Code.parent_id).where(Code.workspace_id == workspace, Code.parent_id.in_(codes))
    return {
        "codes": [_row(code, _CODE_COLUMNS) for code in rows],
        "highlights": [_row(mark, _MARK_COLUMNS) for mark in _marks_of(session, workspace, set(codes))],
        "children": {row.id: row.parent_id for row in session.execute(below)},
    }


def _row(row: object, columns: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in columns}


def _give_back(session: Session, workspace: str, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Highlights as they were; one whose document was erased meanwhile does not come back."""
    for row in rows:
        if session.get(tables.Document, row["document_id"]) is None:
            continue
        mark = session.get(Highlight, (workspace, row["id"]))
        if mark is None:
            session.execute(insert(Highlight), [{**row, "created_at": now}])
        else:
            mark.code_id = row["code_id"]
    session.flush()


def _drop_emptied(session: Session, workspace: str, code: str) -> None:
    if not _marks_of(session, workspace, {code}):
        session.execute(delete(Code).where(Code.workspace_id == workspace, Code.id == code))


def _note(
    session: Session,
    parts: Parts,
    workspace: str,
    study: str,
    kind: str,
    actor: str,
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> str:
    id = f"K{next_numbers(session, workspace, 'coding_change', 1)[0]}"
    row = {
        "workspace_id": workspace,
        "id": id,
        "study_id": study,
        "kind": kind,
        "actor": actor,
        "before": before,
        "after": after,
        "created_at": parts.now(),
    }
    session.execute(insert(tables.CodingChange), [row])
    return id
