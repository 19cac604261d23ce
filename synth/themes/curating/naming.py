"""Names people give: short, not empty, and never the name of another theme."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict
from synth.store import tables
from synth.themes.curating.standing import IN_FORCE
from synth.themes.curating.wanted import LONGEST_NAME


def check_name(session: Session, workspace: str, name: str, *, but: str = "") -> str:
    """The name with single blanks; raises BadInput when it is too long, Conflict when another theme has it."""
    plain = " ".join(name.split())
    if not plain or len(plain) > LONGEST_NAME:
        raise BadInput(f"A name has 1 to {LONGEST_NAME} characters; this one has {len(plain)}.")
    holder = _holders(session, workspace, but).get(plain.casefold())
    if holder:
        raise Conflict(f"{holder} has the name “{plain}” already; choose another one, or merge the two themes.")
    return plain


def free_name(session: Session, workspace: str, name: str, *, but: str = "") -> str:
    """The name, or the name with a number where another theme has it already."""
    taken, free, number = _holders(session, workspace, but), name, 2
    while free.casefold() in taken:
        free, number = f"{name} ({number})", number + 1
    return free


def _holders(session: Session, workspace: str, but: str) -> dict[str, str]:
    query = select(tables.Theme.id, tables.Theme.name).where(
        tables.Theme.workspace_id == workspace, tables.Theme.state.in_(IN_FORCE), tables.Theme.id != but
    )
    return {row.name.casefold(): row.id for row in session.execute(query)}
