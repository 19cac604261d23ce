"""The excerpts on a theme with their words and vectors, and the theme's centre and quotes drawn from them anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import excerpt_text
from synth.themes.curating.columns import set_columns
from synth.themes.finding.placement import fit_placement
from synth.themes.finding.vectors import Vectors

EXEMPLARS, EDGE = 5, 3
SAME = 0.95  # cosine from which two exemplars say the same
STRANGERS = 5_000  # excerpts of elsewhere that a threshold is drawn against


@dataclass(frozen=True, slots=True)
class Members:
    """Excerpts in the order of their ids; those without a vector are left out."""

    ids: tuple[str, ...]
    texts: tuple[str, ...]
    voices: tuple[str, ...]
    vectors: Vectors

    def take(self, ids: Collection[str]) -> "Members":
        """Those of them that are named."""
        rows = [row for row, id in enumerate(self.ids) if id in ids]
        return Members(
            tuple(self.ids[row] for row in rows),
            tuple(self.texts[row] for row in rows),
            tuple(self.voices[row] for row in rows),
            self.vectors[rows],
        )


def load_members(session: Session, parts: Parts, workspace: str, theme: str) -> Members:
    """The excerpts on a theme."""
    query = (
        select(
            tables.Excerpt.id,
            excerpt_text().label("text"),
            tables.Document.person_id,
            tables.Document.id.label("document"),
        )
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .join(tables.Assignment, tables.Assignment.excerpt_id == tables.Excerpt.id)
        .where(tables.Assignment.workspace_id == workspace, tables.Assignment.theme_id == theme)
        .order_by(tables.Excerpt.id)
    )
    rows = session.execute(query).all()
    matrix = parts.vectors.matrix(workspace)
    known = matrix.rows([row.id for row in rows])
    with_vector = {str(id) for id in matrix.ids[known]}
    kept = [row for row in rows if row.id in with_vector]
    return Members(
        tuple(row.id for row in kept),
        tuple(row.text for row in kept),
        tuple(str(row.person_id or row.document) for row in kept),
        matrix.vectors[known],
    )


def refresh_shape(session: Session, parts: Parts, workspace: str, themes: Sequence[str]) -> None:
    """Draw centre, threshold and quotes of the themes from the excerpts that are on them now."""
    members = [load_members(session, parts, workspace, theme) for theme in themes]
    filled = [(theme, each) for theme, each in zip(themes, members, strict=True) if each.ids]
    if not filled:
        return
    strangers = _sample_others(parts, workspace, {id for _, each in filled for id in each.ids})
    vectors = np.concatenate([*(each.vectors for _, each in filled), strangers])
    sizes = [len(each.ids) for _, each in filled]
    labels = np.concatenate([np.repeat(np.arange(len(filled)), sizes), np.full(len(strangers), -1)])
    model = fit_placement(vectors, labels.astype(np.int64))
    for number, (theme, each) in enumerate(filled):
        centroid = model.centroids[number]
        values = {"centroid": centroid.astype("<f4").tobytes(), "threshold": float(model.thresholds[number])}
        set_columns(session, workspace, theme, **values, **_quotes(each, centroid))


def refresh_quotes(session: Session, parts: Parts, workspace: str, themes: Sequence[str]) -> None:
    """Choose quotes anew for those of the themes that quote an excerpt they no longer hold."""
    for theme in themes:
        row = session.get_one(tables.Theme, (workspace, theme))
        members = load_members(session, parts, workspace, theme)
        if not row.exemplars or not set(members.ids) >= {*row.exemplars, *row.edge}:
            centroid = np.frombuffer(row.centroid, dtype="<f4")
            set_columns(session, workspace, theme, **_quotes(members, centroid))


def _quotes(members: Members, centroid: Vectors) -> dict[str, Any]:
    """The most central members, each saying something else, and the least central ones."""
    if members.vectors.shape[1] != len(centroid):
        return {"exemplars": [], "edge": []}
    order = np.argsort(-(members.vectors @ centroid), kind="stable")
    picked: list[int] = []
    for place in order:
        if len(picked) < EXEMPLARS and (
            not picked or float((members.vectors[picked] @ members.vectors[place]).max()) < SAME
        ):
            picked.append(int(place))
    edge = [int(place) for place in order[::-1] if int(place) not in picked][:EDGE]
    return {"exemplars": [members.ids[place] for place in picked], "edge": [members.ids[place] for place in edge]}


def _sample_others(parts: Parts, workspace: str, mine: set[str]) -> Vectors:
    """Evenly spaced excerpts of the workspace that are not among these."""
    matrix = parts.vectors.matrix(workspace)
    others = np.setdiff1d(np.arange(len(matrix.ids)), matrix.rows(mine))
    step = max(1, len(others) // STRANGERS)
    return matrix.vectors[others[::step][:STRANGERS]]
