"""What must hold in the end, asked of SQL, of the index and of the disk. Each finding is a sentence."""

import time
from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func, select

from synth.engine import WORKSPACE, Engine
from synth.intake.importing import upload_path
from synth.store import tables
from synth.store.indexing import difference
from synth.store.walls import everywhere
from tests.chaos.sending import Client, Request


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must hold: what was looked at, what was found, and whether it holds."""

    name: str
    found: str
    holds: bool


def await_rest(engine: Engine, seconds: float) -> float:
    """Wait until no job is queued or running; returns how long that took, or raises TimeoutError."""
    began = time.monotonic()
    while open_jobs(engine):
        if time.monotonic() - began > seconds:
            raise TimeoutError(f"after {seconds:.0f} s these jobs are not through: {open_jobs(engine)}")
        time.sleep(0.5)
    return time.monotonic() - began


def open_jobs(engine: Engine) -> dict[str, int]:
    """Kind and state to the number of jobs that are queued or running."""
    with everywhere(), engine.parts.database.read() as session:
        query = select(tables.Job.kind, tables.Job.state, func.count()).group_by(tables.Job.kind, tables.Job.state)
        rows = session.execute(query.where(tables.Job.state.in_(("queued", "running"))))
        return {f"{kind} {state}": int(count) for kind, state, count in rows}


def check_all(engine: Engine, client: Client, requests: list[Request], dead: set[str]) -> list[Check]:
    """Every check; `dead` are the ids of the jobs that were made to fail."""
    return [
        *_rows(engine, client, requests),
        *_imports(engine, client, requests),
        *_jobs(engine, dead),
        *_index(engine),
        *_disk(engine),
    ]


def _rows(engine: Engine, client: Client, requests: list[Request]) -> list[Check]:
    with engine.parts.database.read() as session:
        held = Counter(session.scalars(select(tables.Document.external_id)))
    acknowledged = {row for each in requests if each.key in client.acknowledged for row in each.ids}
    lost, doubled = acknowledged - held.keys(), [row for row, times in held.items() if times > 1]
    doubted = [each for each in requests if each.key in client.doubted]
    halves = [each.key for each in doubted if 0 < len(set(each.ids) & held.keys()) < len(each.ids)]
    known = acknowledged | {row for each in doubted for row in each.ids}
    return [
        Check("acknowledged rows that are lost", f"{len(lost)} of {len(acknowledged):,}", not lost),
        Check("rows that are there twice", f"{len(doubled)}", not doubled),
        Check("rows nobody sent", f"{len(held.keys() - known)}", held.keys() <= known),
        Check("requests without an answer that are there in part", f"{len(halves)} of {len(doubted)}", not halves),
        Check("requests that were refused", "; ".join(client.refused[:2]) or "0", not client.refused),
    ]


def _imports(engine: Engine, client: Client, requests: list[Request]) -> list[Check]:
    rows = {client.acknowledged[each.key]: len(each.ids) for each in requests if each.key in client.acknowledged}
    with engine.parts.database.read() as session:
        imports = list(session.scalars(select(tables.Import)))
        bare = session.scalar(
            select(func.count(tables.Document.id)).where(~tables.Document.id.in_(select(tables.Excerpt.document_id)))
        )
        outbox = session.scalar(select(func.count(tables.IndexChange.seq)))
    wrong = [each.id for each in imports if each.id in rows and each.taken + each.already != rows[each.id]]
    unfinished = [each.id for each in imports if each.finished_at is None]
    return [
        Check("imports whose counts are wrong", f"{len(wrong)} of {len(imports):,}", not wrong),
        Check("imports that are not finished", f"{len(unfinished)}", not unfinished),
        Check("documents without an excerpt", f"{bare}", not bare),
        Check("changes the index has not been told", f"{outbox}", not outbox),
    ]


def _jobs(engine: Engine, dead: set[str]) -> list[Check]:
    with engine.parts.database.read() as session:
        states = {row.id: row.state for row in session.execute(select(tables.Job.id, tables.Job.state))}
        errors = dict(
            session.execute(select(tables.Job.kind, tables.Job.error).where(tables.Job.state == "dead")).all()
        )
    died = {job for job, state in states.items() if state == "dead"}
    third = Counter(state for state in states.values() if state not in ("done", "dead"))
    others = died - dead
    return [
        Check("jobs in a third state", f"{dict(third) or 0} of {len(states):,}", not third),
        Check("jobs made to fail that are dead letters", f"{len(died & dead)} of {len(dead)}", dead <= died),
        Check("other dead jobs", f"{len(others)} {errors if others else ''}".strip(), not others),
    ]


def _index(engine: Engine) -> list[Check]:
    parts = engine.parts
    matrix, apart = parts.vectors.matrix(WORKSPACE, fresh=True), difference(parts, WORKSPACE)
    with parts.database.read() as session:
        excerpts = session.scalar(select(func.count(tables.Excerpt.seq))) or 0
    try:
        parts.index.verify(WORKSPACE, matrix.ids.tolist(), matrix.vectors)
        fault = ""
    except Exception as error:  # noqa: BLE001 - whatever it says, it is the finding
        fault = str(error)
    told = f"{len(apart.missing)} missing, {len(apart.surplus)} too many of {len(matrix.ids):,}"
    return [
        Check(
            "excerpts without a vector", f"{excerpts - len(matrix.ids)} of {excerpts:,}", excerpts == len(matrix.ids)
        ),
        Check("index against SQL", told, not apart),
        Check("vectors that differ", fault or "0", not fault),
    ]


def _disk(engine: Engine) -> list[Check]:
    folder = upload_path(engine.parts.home, "")
    left = [path.name for path in folder.iterdir() if path.name.startswith("i")] if folder.is_dir() else []
    return [Check("uploads left on the disk", f"{len(left)}", not left)]
