"""The job that has placement learn from what people moved: one lesson for each theme they moved excerpts to or from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import ledger, tables
from synth.themes.curating.standing import last_moves, standing_decisions
from synth.themes.curating.teaching import Ground, Moves, Taught, teach_row
from synth.themes.placing import Prototypes, load_prototypes

GROUND = 5_000  # excerpts nobody moved that a lesson must not place worse


@dataclass(frozen=True, slots=True)
class Moved:
    """One excerpt a person moved, by a decision that stands."""

    excerpt: str
    source: str | None
    target: str | None
    decision: int


def teach(parts: Parts, held: ledger.Claim) -> None:
    """Learn anew from all moves that stand; what they no longer bear out is forgotten."""
    with parts.database.read() as session:
        lessons = _learn_all(session, parts, held.workspace)
        off = _turned_off(session, held.workspace)
    with parts.database.write() as session:
        session.execute(delete(tables.Lesson).where(tables.Lesson.workspace_id == held.workspace))
        rows = [_row(parts, held.workspace, theme, lesson, off=theme in off) for theme, lesson in lessons.items()]
        if rows:
            session.execute(insert(tables.Lesson), rows)
        better = [theme for theme, lesson in lessons.items() if lesson.better and theme not in off]
        ledger.finish(session, held, now=parts.now(), result={"lessons": len(lessons), "in_force": better})


def teach_after_run(session: Session, parts: Parts, workspace: str) -> None:
    """Queue the job where something was taught: a run draws the centres anew that lessons start from."""
    if any(decision.kind == "move" for decision in standing_decisions(session, workspace)):
        ledger.enqueue(session, workspace, "teach", {}, key="teach", now=parts.now(), again=True)


def _learn_all(session: Session, parts: Parts, workspace: str) -> dict[str, Taught]:
    known = load_prototypes(session, parts, workspace, taught=False)
    moved = _load_moves(session, workspace)
    if known is None or not moved:
        return {}
    vectors = _vectors(parts, workspace, [each.excerpt for each in moved])
    moved = [each for each in moved if each.excerpt in vectors]
    unmoved = _load_unmoved(session, workspace, {each.excerpt for each in moved})
    same = np.asarray([known.themes.index(theme) for theme in known.themes], np.int64)
    lessons = {}
    for theme in sorted({theme for each in moved for theme in (each.source, each.target) if theme in known.themes}):
        mine = [each for each in moved if theme in (each.source, each.target)]
        ground = _ground(parts, workspace, known, theme, unmoved)
        row = known.themes.index(theme)
        lessons[theme] = teach_row(known.model, row, _as_moves(mine, vectors, known), ground, same)
    return lessons


def _load_moves(session: Session, workspace: str) -> list[Moved]:
    """The last word about each excerpt that people moved."""
    last = last_moves(session, workspace, standing_decisions(session, workspace))
    return [
        Moved(excerpt, move.from_theme, move.to_theme, int(move.cause[1:])) for excerpt, move in sorted(last.items())
    ]


def _as_moves(moved: Sequence[Moved], vectors: Mapping[str, np.ndarray], known: Prototypes) -> Moves:
    rows = [known.themes.index(each.target) if each.target in known.themes else -1 for each in moved]
    return Moves(
        np.stack([vectors[each.excerpt] for each in moved]),
        np.asarray(rows, np.int64),
        np.asarray([each.decision for each in moved], np.int64),
    )


def _load_unmoved(session: Session, workspace: str, moved: set[str]) -> dict[str, str]:
    """The theme of every excerpt that no person put where it is."""
    query = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id).where(
        tables.Assignment.workspace_id == workspace, tables.Assignment.origin != "human"
    )
    return {row.excerpt_id: row.theme_id for row in session.execute(query) if row.excerpt_id not in moved}


def _ground(parts: Parts, workspace: str, known: Prototypes, theme: str, on: Mapping[str, str]) -> Ground:
    """The theme's other members, and as many excerpts of other themes evenly spread; `on` is all that nobody moved."""
    own = sorted(excerpt for excerpt, its in on.items() if its == theme)
    others = sorted(excerpt for excerpt, its in on.items() if its != theme and its in known.themes)
    chosen = [*_spread(own), *_spread(others)]
    vectors = _vectors(parts, workspace, chosen)
    kept = [excerpt for excerpt in chosen if excerpt in vectors]
    dimension = known.model.centroids.shape[1]
    return Ground(
        np.stack([vectors[excerpt] for excerpt in kept]) if kept else np.zeros((0, dimension), np.float32),
        np.asarray([known.themes.index(on[excerpt]) for excerpt in kept], np.int64),
    )


def _spread(excerpts: Sequence[str]) -> Sequence[str]:
    return excerpts[:: max(1, len(excerpts) // GROUND)][:GROUND]


def _vectors(parts: Parts, workspace: str, excerpts: Sequence[str]) -> dict[str, np.ndarray]:
    matrix = parts.vectors.matrix(workspace)
    return {str(matrix.ids[row]): matrix.vectors[row] for row in matrix.rows(excerpts)}


def _turned_off(session: Session, workspace: str) -> set[str]:
    """The themes whose last decision about learning was that they should not."""
    last = {each.theme_id: each for each in standing_decisions(session, workspace) if each.kind == "teach"}
    return {theme for theme, decision in last.items() if not decision.after["wanted"]["taught"]}


def _row(parts: Parts, workspace: str, theme: str, lesson: Taught, *, off: bool) -> dict[str, object]:
    return {
        "workspace_id": workspace,
        "theme_id": theme,
        "embedder": parts.embedder.version,
        "state": "off" if off else "in force" if lesson.better else "not better",
        "centroid": lesson.centroid.astype("<f4").tobytes(),
        "threshold": lesson.threshold,
        "figures": lesson.figures,
        "created_at": parts.now(),
    }
