"""What a run that waits would change, one change at a time, and the run with only those a person chose.

A change is a theme as the run would have it (born, or carried on with other members) or a merge it proposes. That a
theme ends is no change of its own: it follows where the changes leave nothing on it.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.store import tables
from synth.themes.finding.matching import Event
from synth.themes.proposal import Cluster, Proposal
from synth.themes.reading import theme_names

On = Mapping[str, str]  # excerpt to the theme it is on


@dataclass(frozen=True, slots=True)
class Change:
    """One thing a run would do. `arriving` and `leaving` count excerpts by theme; under '' those on no theme."""

    key: str  # C and a number for a theme that would be born; the id of a theme otherwise
    kind: str  # born | kept | grown | faded | merged
    name: str
    size: int  # excerpts it would have; of a theme to be merged, those it has
    arriving: Mapping[str, int]
    leaving: Mapping[str, int]
    into: str | None = None  # the theme it would be merged into
    confused: float | None = None  # the share of the two themes' members that are nearer to the other one


def list_changes(session: Session, workspace: str, proposal: Proposal, on: On) -> list[Change]:
    """The changes of a run, merges first, then births, then themes with other members, the largest first."""
    names = theme_names(session, workspace)
    would = {id: cluster for cluster in proposal.clusters for id in cluster.members}
    carried = {pair.cluster: pair.theme_id for pair in proposal.matches}
    kinds = {event.cluster: event.kind for event in proposal.events if event.kind in ("kept", "grown", "faded")}
    sizes = Counter(on.values())
    merges = [_merge(event, names, sizes) for event in proposal.events if is_merge(event)]
    clusters = []
    for cluster in proposal.clusters:
        theme = carried.get(cluster.number)
        arriving = Counter(on.get(id, "") for id in cluster.members if on.get(id) != theme)
        gone = [id for id in proposal.seen if theme and on.get(id) == theme and would.get(id) is not cluster]
        leaving = Counter(_called(would.get(id), carried) for id in gone)
        if theme is None or arriving or leaving:
            kind = kinds.get(cluster.number, "kept") if theme else "born"
            name = names[theme] if theme else cluster.naming.name if cluster.naming else ""
            clusters.append(
                Change(key_of(cluster, carried), kind, name, len(cluster.members), dict(arriving), dict(leaving))
            )
    ordered = sorted(clusters, key=lambda change: (change.kind != "born", -change.size, change.key))
    return [*merges, *ordered]


def choose(proposal: Proposal, keys: Collection[str], on: On) -> Proposal:
    """The run with only the named changes; raises BadInput for a key it does not have, or where none is named."""
    carried = {pair.cluster: pair.theme_id for pair in proposal.matches}
    merges = {event.theme_id for event in proposal.events if is_merge(event)}
    by_key = {key_of(cluster, carried): cluster for cluster in proposal.clusters}
    if unknown := sorted(set(keys) - by_key.keys() - {str(theme) for theme in merges}):
        raise BadInput(f"The run has no change {unknown[0]}; `synth runs --show RUN` lists those it has.")
    if not keys:
        raise BadInput("Choose at least one change, or accept the run whole.")
    clusters = tuple(cluster for key, cluster in by_key.items() if key in keys)
    numbers = {cluster.number for cluster in clusters}
    seen = {id for cluster in clusters for id in cluster.members}
    stay = {theme for id, theme in on.items() if id not in seen}
    events = [_narrow(event, numbers) for event in proposal.events if _stands(event, numbers, set(keys), stay)]
    return replace(
        proposal,
        seen=tuple(id for id in proposal.seen if id in seen),
        clusters=clusters,
        matches=tuple(pair for pair in proposal.matches if pair.cluster in numbers),
        events=tuple(events),
    )


def is_merge(event: Event[str]) -> bool:
    """True of a merge that is proposed, not one that was found: it goes from theme to theme, through no cluster."""
    return event.kind == "merged" and event.cluster is None


def key_of(cluster: Cluster, carried: Mapping[int, str]) -> str:
    """What a person names a cluster by."""
    return carried.get(cluster.number) or f"C{cluster.number}"


def read_on(session: Session, workspace: str) -> dict[str, str]:
    """Excerpt to the theme it is on."""
    assignment = tables.Assignment
    query = select(assignment.excerpt_id, assignment.theme_id).where(assignment.workspace_id == workspace)
    return {row.excerpt_id: row.theme_id for row in session.execute(query)}


def _merge(event: Event[str], names: Mapping[str, str], sizes: Mapping[str, int]) -> Change:
    theme, into = str(event.theme_id), str(event.others[0])
    return Change(theme, "merged", names[theme], sizes[theme], {}, {into: sizes[theme]}, into, event.overlap)


def _called(cluster: Cluster | None, carried: Mapping[int, str]) -> str:
    return "" if cluster is None else key_of(cluster, carried)


def _stands(event: Event[str], numbers: set[int], keys: set[str], stay: set[str]) -> bool:
    """Whether an event still happens where only these clusters do, and these themes keep an excerpt."""
    if is_merge(event):
        return event.theme_id in keys
    if event.kind == "split":
        return not numbers.isdisjoint(_pieces(event.others))
    if event.kind == "retired":
        return event.theme_id not in stay
    return event.cluster in numbers and (event.kind != "merged" or event.theme_id not in stay)


def _narrow(event: Event[str], numbers: set[int]) -> Event[str]:
    others = tuple(other for other in event.others if not isinstance(other, int) or other in numbers)
    return replace(event, others=others)


def _pieces(others: Sequence[str | int]) -> list[int]:
    return [other for other in others if isinstance(other, int)]
