"""A study's codebook: codes in a hierarchy, with definition, examples and memo; merged and split with an undo."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.research.spans import find_same
from synth.research.studies import find_study
from synth.store import tables
from synth.store.rows import next_numbers
from synth.wire.values import moment

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 10_000
MOST_EXAMPLES: Final = 20
DEEPEST: Final = 10  # codes within codes
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS: Final = ("definition", "memo")
Code, Highlight = tables.Code, tables.Highlight
_CODE_COLUMNS: Final = tuple(column.key for column in tables.Code.__table__.columns if column.key != "created_at")
_MARK_COLUMNS: Final = tuple(column.key for column in tables.Highlight.__table__.columns if column.key != "created_at")


def list_codes(session: Session, workspace: str, study: str) -> list[dict[str, Any]]:
    """The codes in the order of the hierarchy, each with its level and how often and by how many it is used."""
    find_study(session, workspace, study)
    codes = list(session.scalars(select(Code).where(Code.workspace_id == workspace, Code.study_id == study)))
    used = _use(session, workspace)
    children: dict[str | None, list[tables.Code]] = {}
    known = {code.id for code in codes}
    for code in sorted(codes, key=lambda each: each.name.casefold()):
        children.setdefault(code.parent_id if code.parent_id in known else None, []).append(code)
    return [_code(code, level, used.get(code.id)) for code, level in _walk(children, None, 0)]


def get_code(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One code; raises NotFound."""
    return _code(find_code(session, workspace, id), 0, _use(session, workspace).get(id))


def find_code(session: Session, workspace: str, id: str) -> tables.Code:
    """The row of a code; raises NotFound."""
    code = session.get(Code, (workspace, id))
    if code is None:
        raise NotFound(f"There is no code {id}.")
    return code


def add_code(parts: Parts, workspace: str, study: str, actor: str, wanted: Mapping[str, Any]) -> str:
    """Add a code; returns its id. Raises NotFound, BadInput, Conflict for a name that its level has already."""
    with parts.database.write() as session:
        find_study(session, workspace, study)
        return insert_code(session, workspace, study, actor, wanted, parts.now())


def insert_code(
    session: Session, workspace: str, study: str, actor: str, wanted: Mapping[str, Any], now: datetime
) -> str:
    """The same within a transaction; `guid` is by what another tool knows it."""
    name = _read_name(wanted.get("name"))
    parent = wanted.get("parent_id")
    if parent is not None:
        _expect_parent(session, workspace, study, None, parent)
    _expect_free(session, workspace, study, parent, name)
    id = f"C{next_numbers(session, workspace, 'code', 1)[0]}"
    row = {
        "workspace_id": workspace,
        "id": id,
        "study_id": study,
        "parent_id": parent,
        "name": name,
        **_read_texts(wanted),
        "guid": str(wanted.get("guid") or uuid.uuid4()),
        "created_by": actor,
        "created_at": now,
    }
    session.execute(insert(Code), [row])
    return id


def change_code(parts: Parts, workspace: str, id: str, wanted: Mapping[str, Any]) -> None:
    """Change a code's name, place or texts; raises NotFound, BadInput, Conflict."""
    with parts.database.write() as session:
        code = find_code(session, workspace, id)
        name = _read_name(wanted["name"]) if "name" in wanted else code.name
        parent = wanted.get("parent_id", code.parent_id)
        if parent is not None and parent != code.parent_id:
            _expect_parent(session, workspace, code.study_id, id, parent)
        if (name, parent) != (code.name, code.parent_id):
            _expect_free(session, workspace, code.study_id, parent, name, but=id)
        if wanted.get("theme_id") is not None and session.get(tables.Theme, (workspace, wanted["theme_id"])) is None:
            raise NotFound(f"There is no theme {wanted['theme_id']}.")
        code.name, code.parent_id = name, parent
        for key, value in _read_texts(wanted).items():
            if key in wanted:
                setattr(code, key, value)
        if "theme_id" in wanted:
            code.theme_id = wanted["theme_id"]


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
            _expect_free(session, workspace, change.study_id, row["parent_id"], row["name"])
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


def _walk(
    children: Mapping[str | None, Sequence[tables.Code]], parent: str | None, level: int
) -> list[tuple[tables.Code, int]]:
    if level > DEEPEST:
        return []
    return [pair for code in children.get(parent, ()) for pair in ((code, level), *_walk(children, code.id, level + 1))]


def _use(session: Session, workspace: str) -> dict[str, tuple[int, int, int]]:
    """For each code: accepted highlights, documents, people who used it."""
    query = (
        select(
            Highlight.code_id,
            func.count(),
            func.count(Highlight.document_id.distinct()),
            func.count(Highlight.coder.distinct()),
        )
        .where(Highlight.workspace_id == workspace, Highlight.state == "accepted")
        .group_by(Highlight.code_id)
    )
    return {row[0]: (row[1], row[2], row[3]) for row in session.execute(query)}


def _code(code: tables.Code, level: int, used: tuple[int, int, int] | None) -> dict[str, Any]:
    highlights, documents, coders = used or (0, 0, 0)
    return {
        "id": code.id,
        "study_id": code.study_id,
        "parent_id": code.parent_id,
        "level": level,
        "name": code.name,
        "definition": code.definition,
        "examples": code.examples,
        "memo": code.memo,
        "color": code.color,
        "theme_id": code.theme_id,
        "guid": code.guid,
        "highlights": highlights,
        "documents": documents,
        "coders": coders,
        "created_by": code.created_by,
    }


def _read_name(given: object) -> str:
    name = " ".join(str(given or "").split())
    if not 0 < len(name) <= LONGEST_NAME:
        raise BadInput(f"The name of a code has 1 to {LONGEST_NAME} characters; this one has {len(name)}.")
    return name


def _read_texts(wanted: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key in _TEXTS:
        text = str(wanted.get(key) or "").strip()
        if len(text) > LONGEST_TEXT:
            raise BadInput(f"The {key} of a code has at most {LONGEST_TEXT:,} characters; this one has {len(text):,}.")
        found[key] = text
    examples = [str(each).strip() for each in wanted.get("examples") or () if str(each).strip()]
    if len(examples) > MOST_EXAMPLES:
        raise BadInput(f"A code has at most {MOST_EXAMPLES} examples; these are {len(examples)}.")
    color = wanted.get("color")
    if color is not None and not _COLOR.fullmatch(str(color)):
        raise BadInput(f"'{color}' is no colour; write it as #3366cc.")
    return {**found, "examples": examples, "color": color}


def _expect_parent(session: Session, workspace: str, study: str, child: str | None, parent: str) -> None:
    """Raise unless the parent is a code of the study, not below the child, and not too deep."""
    above, depth = session.get(Code, (workspace, parent)), 0
    if above is None or above.study_id != study:
        raise BadInput(f"There is no code {parent} in this study.")
    while above is not None:
        depth += 1
        if above.id == child:
            raise BadInput("A code cannot stand below itself.")
        if depth >= DEEPEST:
            raise BadInput(f"Codes stand at most {DEEPEST} deep.")
        above = session.get(Code, (workspace, above.parent_id)) if above.parent_id else None


def _expect_free(
    session: Session, workspace: str, study: str, parent: str | None, name: str, *, but: str | None = None
) -> None:
    level = Code.parent_id.is_(None) if parent is None else Code.parent_id == parent
    siblings = select(Code.id, Code.name).where(Code.workspace_id == workspace, Code.study_id == study, level)
    if any(row.name.casefold() == name.casefold() and row.id != but for row in session.execute(siblings)):
        raise Conflict(f"There is a code called {name} here already.")


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
