"""A decision that was checked and can be carried out: what it touches, and what carries it out."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict, NotFound
from synth.store import tables
from synth.store.excerpts import spoken
from synth.store.rows import chunks
from synth.themes.curating.moving import Cause
from synth.themes.curating.standing import IN_FORCE


@dataclass(frozen=True, slots=True)
class Outcome:
    """What carrying out made: new themes, where their excerpts go when they are undone, whose definition is meant."""

    created: tuple[str, ...] = ()
    homes: Mapping[str, str | None] = field(default_factory=dict)
    described: tuple[str, ...] = ()
    lineage: tuple[tuple[str, str, tuple[str, ...]], ...] = ()  # (theme, event, others)


@dataclass(frozen=True, slots=True)
class Plan:
    """A checked decision. `asked` is what was wanted, short enough to keep; `carry_out` writes it."""

    kind: str
    theme: str
    touched: tuple[str, ...]
    asked: Mapping[str, Any]
    carry_out: Callable[[Cause], Outcome]


def find_theme(session: Session, workspace: str, id: str, *, states: Collection[str] = IN_FORCE) -> tables.Theme:
    """A theme in one of these states; raises NotFound, or Conflict with the state it is in."""
    theme = session.get(tables.Theme, (workspace, id))
    if theme is None:
        raise NotFound(f"There is no theme {id}; `synth themes` lists those there are.")
    if theme.state not in states:
        said = "it is excluded; take it back in first" if theme.state == "excluded" else f"it is {theme.state}"
        raise Conflict(f"{id} “{theme.name}” cannot be changed like this: {said}.")
    return theme


def check_excerpts(session: Session, workspace: str, ids: Sequence[str]) -> dict[str, str | None]:
    """The theme each named excerpt is on now; raises BadInput for one that is not there or is an interviewer's."""
    found: dict[str, str | None] = {}
    for part in chunks(ids):
        query = (
            select(tables.Excerpt.id, tables.Assignment.theme_id)
            .outerjoin(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
            .where(tables.Excerpt.workspace_id == workspace, tables.Excerpt.id.in_(part), spoken())
        )
        found |= {row.id: row.theme_id for row in session.execute(query)}
    missing = [id for id in ids if id not in found]
    if missing:
        more = f" and {len(missing) - 1} more" if len(missing) > 1 else ""
        raise BadInput(f"{missing[0]}{more} cannot be put on a theme: no such excerpt, or an interviewer's words.")
    return found


def by_number(ids: Iterable[str]) -> list[str]:
    """Ids of themes in the order of their numbers, each once."""
    return sorted(set(ids), key=lambda theme: int(theme[1:]))
