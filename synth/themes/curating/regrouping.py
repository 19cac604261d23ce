"""Moving single excerpts: a person says where each of them belongs, or that it belongs nowhere."""

from sqlalchemy.orm import Session

from synth.errors import Conflict
from synth.parts import Parts
from synth.themes.curating.members import refresh_quotes
from synth.themes.curating.moving import Cause, point
from synth.themes.curating.plans import Outcome, Plan, by_number, check_excerpts, find_theme
from synth.themes.curating.wanted import Move


def plan_move(session: Session, parts: Parts, workspace: str, wanted: Move) -> Plan:
    """The excerpts go to the theme, or off all themes; no run moves them again."""
    if wanted.to is not None:
        find_theme(session, workspace, wanted.to)
    on = check_excerpts(session, workspace, wanted.excerpts)
    before = by_number(theme for theme in on.values() if theme)
    touched = tuple(dict.fromkeys((*((wanted.to,) if wanted.to else ()), *before)))
    if not touched:
        raise Conflict("None of these excerpts is on a theme.")

    def carry_out(cause: Cause) -> Outcome:
        point(session, cause, wanted.excerpts, wanted.to)
        refresh_quotes(session, parts, workspace, touched)
        return Outcome()

    return Plan("move", touched[0], touched, {"to": wanted.to, "excerpts": len(wanted.excerpts)}, carry_out)
