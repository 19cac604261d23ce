"""What words mean, learned from the members' vectors: a guess at the vector of a phrase that costs no embedding.

A text's vector is taken for the sum of its words' (ridge regression of the vectors on the stems). On short texts the
guess orders candidates nearly as the embedder would; what it cannot see is the order of words.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from synth.themes.finding.vectors import Vectors, unit_rows
from synth.themes.naming.lexicon import Language
from synth.themes.naming.scene import Scene
from synth.themes.naming.words import key_of

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

MOST_WORDS = 1500
FEWEST_USES = 3
DOUBT = 1.0  # the ridge: how many uses a word needs before its vector is believed


@dataclass(frozen=True, slots=True)
class Meanings:
    """Vectors of words, one row per entry of `places`, around the mean of all texts."""

    places: Mapping[str, int]
    rows: NDArray[np.float32]
    mean: NDArray[np.float32]

    def guess(self, phrases: Sequence[Collection[str]]) -> Vectors:
        """Unit rows for phrases given by their stems; the mean where no word is known."""
        vectors = _table(phrases, self.places) @ self.rows + self.mean
        return unit_rows(vectors)


def learn_meanings(scene: Scene) -> dict[Language, Meanings]:
    """By language, from the members that were read."""
    return {language: _learn(*_collect(scene, language)) for language in sorted(scene.grammars)}


def _collect(scene: Scene, language: Language) -> tuple[list[set[str]], Vectors]:
    texts: list[set[str]] = []
    vectors: list[Vectors] = []
    for group, speech, central in zip(scene.groups, scene.speeches, scene.central, strict=True):
        if speech.language == language:
            texts += [
                {key_of(word, language) for clause in text for word in clause if word.role not in ("idle", "inner")}
                for text in speech.clauses
            ]
            vectors.append(group.vectors[list(central[: speech.size])])
    return texts, np.concatenate(vectors)


def _learn(texts: Sequence[set[str]], vectors: Vectors) -> Meanings:
    uses = Counter(key for text in texts for key in text)
    kept = sorted((key for key, count in uses.items() if count >= FEWEST_USES), key=lambda key: (-uses[key], key))
    places = {key: place for place, key in enumerate(kept[:MOST_WORDS])}
    mean = vectors.mean(axis=0)
    table = _table(texts, places)
    together = (table.T @ table).toarray() + DOUBT * np.eye(len(places), dtype=np.float32)
    rows = np.linalg.solve(together, table.T @ (vectors - mean)) if places else np.zeros((0, vectors.shape[1]))
    return Meanings(places, np.asarray(rows, dtype=np.float32), np.asarray(mean, dtype=np.float32))


def _table(texts: Sequence[Collection[str]], places: Mapping[str, int]) -> "csr_matrix":
    from scipy.sparse import csr_matrix

    pairs = [(row, places[key]) for row, text in enumerate(texts) for key in sorted(text) if key in places]
    rows, columns = [row for row, _ in pairs], [column for _, column in pairs]
    ones = np.ones(len(pairs), dtype=np.float32)
    return csr_matrix((ones, (rows, columns)), shape=(len(texts), len(places)))
