"""What a discovery works on: the excerpts that may form themes, with their vectors, words, voices and languages."""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import excerpt_text

APART = 60  # excerpts another language needs to be searched for themes of its own


@dataclass(frozen=True, slots=True)
class Soil:
    """Excerpts in the order of their ids."""

    ids: tuple[str, ...]
    vectors: NDArray[np.float32]  # (n, dimension), unit length
    texts: tuple[str, ...]
    voices: tuple[str, ...]
    languages: tuple[str | None, ...]

    def take(self, rows: Sequence[int]) -> "Soil":
        """The named rows only."""
        return Soil(
            tuple(self.ids[row] for row in rows),
            self.vectors[list(rows)],
            tuple(self.texts[row] for row in rows),
            tuple(self.voices[row] for row in rows),
            tuple(self.languages[row] for row in rows),
        )

    def without(self, ids: Collection[str]) -> "Soil":
        """All rows but the named excerpts."""
        return self.take([row for row, id in enumerate(self.ids) if id not in ids]) if ids else self

    def by_language(self) -> list[list[int]]:
        """Row numbers by language: the main one with all texts too short to tell, then each that is large enough.

        A model of one language puts texts of another together because of the language, not of what they say.
        """
        told = Counter(language for language in self.languages if language)
        if not told:
            return [list(range(len(self.ids)))]
        main = max(sorted(told), key=lambda language: told[language])
        groups = [[row for row, language in enumerate(self.languages) if language in (main, None)]]
        apart = [language for language in sorted(told) if language != main and told[language] >= APART]
        return groups + [[row for row, each in enumerate(self.languages) if each == language] for language in apart]


def load_soil(session: Session, parts: Parts, workspace: str, *, unassigned: bool) -> Soil:
    """All excerpts that may form themes (people's words, not the interviewer's), or only those on no theme."""
    rows = session.execute(_query(workspace, unassigned)).all()
    matrix = parts.vectors.matrix(workspace)
    known = matrix.rows([row.id for row in rows])
    with_vector = {str(id) for id in matrix.ids[known]}
    kept = [row for row in rows if row.id in with_vector]
    return Soil(
        tuple(row.id for row in kept),
        matrix.vectors[known],
        tuple(row.text for row in kept),
        tuple(str(row.person_id or row.document_id) for row in kept),
        tuple(row.language for row in kept),
    )


def _query(workspace: str, unassigned: bool) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            tables.Excerpt.id,
            excerpt_text().label("text"),
            tables.Document.person_id,
            tables.Excerpt.document_id,
            tables.Document.language,
        )
        .join(tables.Document, tables.Document.id == tables.Excerpt.document_id)
        .where(
            tables.Excerpt.workspace_id == workspace,
            or_(tables.Excerpt.role.is_(None), tables.Excerpt.role != "interviewer"),
        )
        .order_by(tables.Excerpt.id)
    )
    if unassigned:
        assigned = select(tables.Assignment.excerpt_id).where(tables.Assignment.workspace_id == workspace)
        query = query.where(tables.Excerpt.id.not_in(assigned))
    return query
