"""What a run carries with it in the store: its proposal while it waits, what was before it while it is in force."""

import base64
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from synth.model import WAITING
from synth.store import tables
from synth.themes.finding.matching import Event, Match
from synth.themes.naming.naming import Naming
from synth.themes.proposal import Cluster, Proposal

Content = Mapping[str, Any]  # a JSON document; bytes in it are written in base 64


def keep(session: Session, workspace: str, run: str, content: Content) -> None:
    """Write what a run carries, in place of what it carried before."""
    drop(session, workspace, run)
    packed = zlib.compress(json.dumps(content, default=_write_special).encode("utf-8"))
    row = {"workspace_id": workspace, "run_id": run, "content": packed}
    session.execute(insert(tables.RunContent), [row])


def load(session: Session, workspace: str, run: str) -> dict[str, Any] | None:
    """What a run carries, if anything."""
    kept = session.get(tables.RunContent, (workspace, run))
    if kept is None:
        return None
    content: dict[str, Any] = json.loads(zlib.decompress(kept.content), object_hook=_read_special)
    return content


def drop(session: Session, workspace: str, run: str) -> None:
    """Forget what a run carries."""
    mine = (tables.RunContent.workspace_id == workspace) & (tables.RunContent.run_id == run)
    session.execute(delete(tables.RunContent).where(mine))


def waiting_runs(session: Session, workspace: str) -> list[tables.Run]:
    """The runs that wait for a person, newest first."""
    run = tables.Run
    query = select(run).where(run.workspace_id == workspace, run.state.in_(WAITING))
    return list(session.scalars(query.order_by(run.started_at.desc())))


def supersede(session: Session, runs: Iterable[tables.Run]) -> None:
    """Have these runs wait no longer, and forget what they proposed."""
    for run in runs:
        run.state = "superseded"
        drop(session, run.workspace_id, run.id)
    session.flush()


def pack(proposal: Proposal) -> Content:
    """A proposal as a document; what it leaves waiting is a run of its own."""
    clusters = [
        {**asdict(cluster), "centroid": cluster.centroid.astype("<f4").tobytes()} for cluster in proposal.clusters
    ]
    return {
        **asdict(proposal),
        "clusters": clusters,
        "waiting": None,
    }


def unpack(content: Content) -> Proposal:
    """The proposal that `pack` wrote down."""
    return Proposal(
        scope=content["scope"],
        embedder=content["embedder"],
        seen=tuple(content["seen"]),
        clusters=tuple(_cluster(each) for each in content["clusters"]),
        matches=tuple(Match(**each) for each in content["matches"]),
        events=tuple(Event(**{**each, "others": tuple(each["others"])}) for each in content["events"]),
        parameters=content["parameters"],
        figures=content["figures"],
        started_at=content["started_at"],
    )


def _cluster(content: Content) -> Cluster:
    naming = content["naming"]
    centroid: NDArray[np.float32] = np.frombuffer(content["centroid"], dtype="<f4")
    return Cluster(
        number=content["number"],
        members=tuple(content["members"]),
        confidence=tuple(content["confidence"]),
        centroid=centroid,
        threshold=content["threshold"],
        naming=None if naming is None else Naming(**{**naming, **_tuples(naming)}),
    )


def _tuples(naming: Content) -> dict[str, tuple[Any, ...]]:
    return {name: tuple(naming[name]) for name in ("key_phrases", "exemplars", "edge", "neighbours")}


def _write_special(value: object) -> dict[str, str]:
    """Bytes and moments, which JSON has no way to write."""
    if isinstance(value, bytes):
        return {"bytes": base64.b64encode(value).decode("ascii")}
    assert isinstance(value, datetime)
    return {"moment": value.isoformat()}


def _read_special(read: dict[str, Any]) -> Any:
    if read.keys() == {"bytes"}:
        return base64.b64decode(read["bytes"])
    return datetime.fromisoformat(read["moment"]) if read.keys() == {"moment"} else read
