"""The sanity guard: what is wrong with a run that must not be applied unasked, each reason a sentence."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.themes.listing import coverage
from synth.themes.proposal import Proposal
from synth.themes.reading import active_themes

LEAST_STABLE = 0.85  # of the excerpts on a theme, those that have to keep it
MOST_LOST = 0.1  # of all excerpts, those that may lose their theme for none
MOST_TIMES = 1.5  # as many themes, for a store of the same size
FEW = 5  # themes more or less that are never a jump


def find_faults(session: Session, workspace: str, proposal: Proposal) -> list[str]:
    """Why the run is to wait for a person; empty when it may be applied, as the first run always may."""
    before = len(active_themes(session, workspace))
    if not before:
        return []
    return [
        *_unstable(proposal),
        *_thinned(session, workspace, proposal),
        *_jumped(before, _after(before, proposal), _growth(session, workspace)),
    ]


def _unstable(proposal: Proposal) -> list[str]:
    stability = float(proposal.figures.get("stability", 1.0))
    if stability >= LEAST_STABLE:
        return []
    return [f"Only {stability:.0%} of the excerpts would keep their theme; {LEAST_STABLE:.0%} have to."]


def _thinned(session: Session, workspace: str, proposal: Proposal) -> list[str]:
    excerpts, unassigned = coverage(session, workspace)
    if proposal.scope == "unassigned" or not excerpts:
        return []
    assigned = int(proposal.figures["assigned"])
    lost = (excerpts - unassigned - assigned) / excerpts
    if lost <= MOST_LOST:
        return []
    was, would = (excerpts - unassigned) / excerpts, assigned / excerpts
    return [f"The share of excerpts on a theme would fall from {was:.0%} to {would:.0%}."]


def _after(before: int, proposal: Proposal) -> int:
    return len(proposal.clusters) + (before if proposal.scope == "unassigned" else 0)


def _jumped(before: int, after: int, growth: float) -> list[str]:
    """A store that has grown may have more themes, in the same measure."""
    most, least = MOST_TIMES * growth * before + FEW, before / MOST_TIMES - FEW
    return [] if least <= after <= most else [f"There would be {after} themes instead of {before}."]


def _growth(session: Session, workspace: str) -> float:
    """How many times as large the store is as when a run last looked at all of it."""
    run = tables.Run
    query = select(run.figures).where(
        run.workspace_id == workspace, run.state == "published", run.scope.in_(("all", "anew"))
    )
    figures = session.scalar(query.order_by(run.started_at.desc()).limit(1))
    now = session.scalar(select(func.count(tables.Excerpt.seq)).where(tables.Excerpt.workspace_id == workspace)) or 0
    return max(1.0, now / max(1, int(figures["excerpts"]))) if figures else 1.0
