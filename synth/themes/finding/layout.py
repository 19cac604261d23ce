"""Places in two dimensions for points in many, so that what is near there is near here, and what has a place keeps it.

Distances are cosine distances. The first layout begins with classical scaling and is then moved by majorisation, with
small distances counting more than large ones (Sammon 1969; de Leeuw 1977): a map is read for who lies next to whom. A
point that comes later is moved alone among those that have a place. No randomness is in it, so the same points in the
same order lie in the same places.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
FEWEST = 3  # points with a place, below which all are laid out anew
ROUNDS = 300  # of majorisation; the layout hardly moves after a hundred
APART = 0.11  # least distance between two places, in a frame from -1 to 1
SPREADING = 60  # rounds of pushing apart
EDGE = 1.0  # of the frame
_TINY = 1e-9


def lay_out(vectors: Mapping[str, NDArray[np.float32]], placed: Mapping[str, tuple[float, float]]) -> dict[str, Points]:
    """A place for every point that has none, by id, within the frame; the others stay where they are."""
    if not vectors:
        return {}
    ids = sorted(vectors, key=lambda each: (len(each), each))
    fixed = [id for id in ids if id in placed]
    if len(fixed) < FEWEST:
        return dict(zip(ids, _first(_distances(vectors, ids, ids)), strict=True))
    places = np.array([placed[id] for id in fixed], np.float64)
    scale = _scale(_distances(vectors, fixed, fixed), places)
    found: dict[str, Points] = {}
    for id in ids:
        if id not in placed:
            found[id] = _beside(_distances(vectors, [id], fixed)[0], places, scale)
            fixed, places = [*fixed, id], np.vstack([places, found[id]])
    return found


def _distances(vectors: Mapping[str, NDArray[np.float32]], rows: list[str], columns: list[str]) -> Points:
    one, other = (np.stack([vectors[id] for id in ids]).astype(np.float64) for ids in (rows, columns))
    one, other = (each / np.maximum(np.linalg.norm(each, axis=1, keepdims=True), _TINY) for each in (one, other))
    return np.asarray(np.clip(1 - one @ other.T, 0, 2))


def _first(distances: Points) -> Points:
    """All points at once, as large as the frame."""
    count = len(distances)
    if count < FEWEST:
        return np.array([[-0.4, 0.0], [0.4, 0.0]])[:count] if count > 1 else np.zeros((count, 2))
    places = _majorise(distances, _classical(distances))
    places -= (places.max(axis=0) + places.min(axis=0)) / 2
    places *= EDGE / max(float(np.abs(places).max()), _TINY)
    return _spread(places)


def _classical(distances: Points) -> Points:
    """Torgerson's scaling; each axis points to where its longest arm lies, so that no sign is left to chance."""
    count = len(distances)
    centre = np.eye(count) - 1 / count
    values, axes = np.linalg.eigh(-centre @ distances**2 @ centre / 2)
    places = axes[:, [-1, -2]] * np.sqrt(np.maximum(values[[-1, -2]], _TINY))
    return np.asarray(places * np.sign(places[np.abs(places).argmax(axis=0), [0, 1]] + _TINY))


def _majorise(distances: Points, places: Points) -> Points:
    """Each point in turn, all at once, to where the others would have it."""
    weights = 1 / np.maximum(distances, 0.05) ** 2
    np.fill_diagonal(weights, 0)
    inverse = np.linalg.pinv(np.diag(weights.sum(axis=1)) - weights)
    for _ in range(ROUNDS):
        far = np.linalg.norm(places[:, None] - places[None], axis=2)
        pull = -weights * distances / np.maximum(far, _TINY)
        np.fill_diagonal(pull, 0)
        np.fill_diagonal(pull, -pull.sum(axis=1))
        places = inverse @ pull @ places
    return places


def _spread(places: Points) -> Points:
    """Push apart what would be drawn on top of another, and keep all within the frame."""
    for _ in range(SPREADING):
        away = places[:, None] - places[None]
        far = np.linalg.norm(away, axis=2)
        np.fill_diagonal(far, np.inf)
        push = np.maximum(APART - far, 0) / 2 / np.maximum(far, _TINY)
        if not push.any():
            break
        places = np.clip(places + (push[:, :, None] * away).sum(axis=1), -EDGE, EDGE)
    return places


def _scale(distances: Points, places: Points) -> float:
    """How much of the frame one unit of distance is, by the points that have a place."""
    far = np.linalg.norm(places[:, None] - places[None], axis=2)
    weights = 1 / np.maximum(distances, 0.05) ** 2
    np.fill_diagonal(weights, 0)
    return float((weights * far * distances).sum() / max(float((weights * distances**2).sum()), _TINY))


def _beside(distances: Points, places: Points, scale: float) -> Points:
    """A place for one more point: from the middle of its nearest neighbours to where all would have it."""
    weights, wanted = 1 / np.maximum(distances, 0.05) ** 2, scale * distances
    nearest = np.argsort(distances, kind="stable")[:FEWEST]
    place = np.asarray(np.average(places[nearest], axis=0, weights=weights[nearest]))
    for _ in range(ROUNDS):
        away = place - places
        far = np.maximum(np.linalg.norm(away, axis=1), _TINY)
        place = np.average(places + (wanted / far)[:, None] * away, axis=0, weights=weights)
    return _clear(np.clip(place, -EDGE, EDGE), places)


def _clear(place: Points, places: Points) -> Points:
    """The free place nearest to one that another may hold, on rings around it."""
    turns = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    for radius in np.arange(0, EDGE, APART / 4):
        candidates = np.clip(place + radius * ring, -EDGE, EDGE)
        free = np.linalg.norm(candidates[:, None] - places[None], axis=2).min(axis=1)
        if free.max() >= APART:
            return np.asarray(candidates[int(np.argmax(free >= APART))])
    return place
