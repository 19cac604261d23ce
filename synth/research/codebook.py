"""A study's codebook: codes in a hierarchy, with definition, examples and memo."""

import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.parts import Parts
from synth.research.studies import find_study
from synth.store import tables
from synth.store.rows import next_numbers

LONGEST_NAME: Final = 200
LONGEST_TEXT: Final = 10_000
MOST_EXAMPLES: Final = 20
DEEPEST: Final = 10  # codes within codes
_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_TEXTS: Final = ("definition", "memo")
Code, Highlight = tables.Code, tables.Highlight


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
    expect_free(session, workspace, study, parent, name)
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
            expect_free(session, workspace, code.study_id, parent, name, but=id)
        if wanted.get("theme_id") is not None and session.get(tables.Theme, (workspace, wanted["theme_id"])) is None:
            raise NotFound(f"There is no theme {wanted['theme_id']}.")
        code.name, code.parent_id = name, parent
        for key, value in _read_texts(wanted).items():
            if key in wanted:
                setattr(code, key, value)
        if "theme_id" in wanted:
            code.theme_id = wanted["theme_id"]


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


def expect_free(
    session: Session, workspace: str, study: str, parent: str | None, name: str, *, but: str | None = None
) -> None:
    """Raise Conflict where another code of that level has the name."""
    level = Code.parent_id.is_(None) if parent is None else Code.parent_id == parent
    siblings = select(Code.id, Code.name).where(Code.workspace_id == workspace, Code.study_id == study, level)
    if any(row.name.casefold() == name.casefold() and row.id != but for row in session.execute(siblings)):
        raise Conflict(f"There is a code called {name} here already.")
