"""Finding evidence: vectors and words, fused; exact over SQL when filters are set, when the index is behind or broken.

The fusion is by score, not by rank: a cosine similarity says how near a text is, a rank only that others are farther.
Words get a say in proportion to how much they can tell: quoted phrases and codes much, other words the more the farther
the nearest text is. Where texts are near, what the best of them say leads to the others.
"""

import logging
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from sqlalchemy.orm import Session

from synth.answers.context import with_context
from synth.answers.subject import members
from synth.embedding import embedded_words
from synth.errors import Unavailable
from synth.model import Filters
from synth.parts import Parts
from synth.store.excerpts import ExcerptView, asked_by_interviewers, load_views
from synth.store.filtering import excerpt_ids, is_open
from synth.store.fulltext import search_words
from synth.store.indexing import find_coming, request_repair
from synth.store.stamp import hidden_sources, sees_all
from synth.store.vectors import Matrix

POOL = 200  # candidates each side brings to the fusion
SPARE = 50  # the nearest beyond those that are wanted, since some are an interviewer's words
WIDE = 3_000  # of the nearest, how many are held against filters before all that these let through is compared
FIRST, LARGER = 2, 4  # times as many as are wanted are held against filters first; each piece after is so much larger
SCANNED = 200_000  # excerpts up to which a scan costs less than opening the index
INDEXED = 500  # results up to which the index is asked; an exact scan is faster beyond
WORD_WEIGHT = 0.6  # what the best match by words is worth, in cosine, for each unit that the nearest text is away
CODE_WEIGHT = 0.35  # what it is worth at least where the query names a code, a quoted phrase or the like
ALIKE = 0.95  # two excerpts this similar say the same thing twice
LEADERS = 5  # hits that the others are compared with
FOLLOWED = 0.7  # what nearness to these counts beside nearness to the query, where the best hit is near
FAR, CLOSE = 0.4, 0.7  # similarity of the best hit up to which it leads nobody, and from which it leads fully
_CODE = re.compile(r"[\"“„][^\"“”„]{2,}[\"”“]|\b\w*\d\w*[A-Za-z]\w*\b|\b\w*[A-Za-z]\w*\d\w*\b|\b[A-Z]{2,}[-_]?\d*\b")

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Hit:
    """An excerpt that was found: its fused score, and its cosine similarity to the query."""

    excerpt_id: str
    score: float
    similarity: float


@dataclass(frozen=True, slots=True)
class Scan:
    """How near everything is to a query: (n,) cosines, in the order of the matrix they were read from."""

    matrix: Matrix
    cosines: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Found:
    """What a search brought back, best first, the query as a vector, and the scan where everything was compared."""

    hits: tuple[Hit, ...]
    query: NDArray[np.float32]
    scan: Scan | None = None


def search(
    parts: Parts, workspace: str, query: str, filters: Filters, *, limit: int, compare_all: bool = False
) -> Found:
    """The excerpts within the filters that speak to the query; `compare_all` where it is compared with all anyway."""
    vector = parts.embedder.embed([embedded_words(query)])[0]
    scan = scan_all(parts, workspace, vector) if compare_all else None
    within = _one_talk(parts, workspace, filters)
    pool = len(within) if within else max(limit, POOL)
    near = nearest_in(parts, workspace, vector, pool, filters, within=within, scan=scan)
    with parts.database.read() as session:
        words = dict(search_words(session, workspace, query, POOL * (1 if is_open(filters) else 5)))
        within_filters = set(heard(parts, session, workspace, filters, list(words)))
    said = {id: score for id, score in words.items() if id in within_filters}
    fused = _fuse(parts, workspace, vector, dict(near), said, query)
    fused = _in_context(parts, fused) if within else follow_best(parts, workspace, fused)
    return Found(tuple(fused[:limit]), vector, scan)


def scan_all(parts: Parts, workspace: str, vector: NDArray[np.float32]) -> Scan:
    """Compare a vector with everything there is."""
    matrix = parts.vectors.matrix(workspace)
    return Scan(matrix, matrix.vectors @ vector)


def nearest_in(
    parts: Parts,
    workspace: str,
    vector: NDArray[np.float32],
    k: int,
    filters: Filters,
    *,
    within: Collection[str] | None = None,
    scan: Scan | None = None,
) -> list[tuple[str, float]]:
    """The k excerpts of the filters nearest to a vector: what is near is held against the filters, not all there is.

    Only where the filters leave less than k of the nearest is everything that they let through compared. `within` are
    the excerpts of the filters where they are known already, `scan` all cosines where they are.
    """
    if within is not None:
        return nearest(parts, workspace, vector, k, within=within)
    with parts.database.read() as session:
        all_let_through = is_open(filters) and not hidden_sources(session)
        wide = k + SPARE if all_let_through else WIDE
        near = dict(nearest(parts, workspace, vector, wide) if scan is None else scan.matrix.best(scan.cosines, wide))
        found = _first_within(parts, session, workspace, list(near), k, filters)
        if len(found) == k or all_let_through:
            return [(id, near[id]) for id in found]
        everything = excerpt_ids(session, workspace, filters)
    return nearest(parts, workspace, vector, k, within=everything)


def nearest_on_theme(
    parts: Parts, workspace: str, theme: str, centre: NDArray[np.float32], k: int, filters: Filters
) -> list[str]:
    """The k excerpts on a theme, and within the filters, that are nearest to its centre."""
    matrix = parts.vectors.matrix(workspace)
    with parts.database.read() as session:
        near = matrix.ranked(centre, members(parts, session, workspace, theme))
        return _first_within(parts, session, workspace, matrix.ids[near].tolist(), k, filters)


def heard(parts: Parts, session: Session, workspace: str, filters: Filters, ids: Sequence[str]) -> list[str]:
    """Those of these excerpts that count as evidence and that the filters let through, in any order."""
    if is_open(filters) and sees_all(session):
        asked = parts.kept.read(
            "words of interviewers", session, workspace, lambda: asked_by_interviewers(session, workspace)
        )
        return [id for id in ids if id not in asked]
    return excerpt_ids(session, workspace, filters, among=ids)


def _first_within(
    parts: Parts, session: Session, workspace: str, ids: Sequence[str], k: int, filters: Filters
) -> list[str]:
    """The first k of these excerpts that the filters let through, or as many as there are.

    They are held against the filters in pieces, each larger than the one before: mostly the first of them will do.
    """
    found: list[str] = []
    start, size = 0, FIRST * k
    while len(found) < k and start < len(ids):
        piece = ids[start : start + size]
        let_through = set(heard(parts, session, workspace, filters, piece))
        found += [id for id in piece if id in let_through]
        start, size = start + size, size * LARGER
    return found[:k]


def nearest(
    parts: Parts, workspace: str, vector: NDArray[np.float32], k: int, *, within: Collection[str] | None = None
) -> list[tuple[str, float]]:
    """The k nearest excerpts by cosine: from the index where it can be trusted, else by an exact scan of SQL.

    What the index does not show yet is compared beside it.

    An index that nobody has opened yet stays closed where the scan is short: a command that answers one question would
    wait seconds for it. A server opens it when it starts.
    """
    matrix = parts.vectors.matrix(workspace)
    closed = len(matrix.ids) <= SCANNED and parts.index.is_at_rest()
    if within is None and k <= INDEXED and not closed:
        try:
            coming = find_coming(parts, workspace, matrix)
            if coming is not None:
                return coming.added(parts.index.query(workspace, vector, k), vector, k)
        except Unavailable as error:
            _log.warning("Answering by exact search: %s", error)
            request_repair(parts, workspace)
    return matrix.nearest(vector, k, within=within)


def _one_talk(parts: Parts, workspace: str, filters: Filters) -> list[str] | None:
    """The excerpts of the filters where these name documents: few, and all of them are ranked."""
    if not any(condition.key == "document" for condition in filters.where):
        return None
    with parts.database.read() as session:
        return excerpt_ids(session, workspace, filters)


def follow_best(parts: Parts, workspace: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits in the order of how near they are to the query and to what the best of them say.

    A question's words are few; the best answers to it say how people put it (Rocchio 1971, without a judge). Where even
    the best is far from the query, it says something else, and leads nobody.
    """
    best = max((hit.similarity for hit in hits), default=0.0)
    strength = FOLLOWED * min(1.0, max(0.0, (best - FAR) / (CLOSE - FAR)))
    if len(hits) <= LEADERS or not strength:
        return list(hits)
    matrix = parts.vectors.matrix(workspace)
    rows = {str(matrix.ids[row]): row for row in matrix.rows([hit.excerpt_id for hit in hits])}
    known = [hit for hit in hits if hit.excerpt_id in rows]
    vectors = matrix.vectors[[rows[hit.excerpt_id] for hit in known]]
    middle = vectors[:LEADERS].sum(axis=0)
    closeness = vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    led = [
        Hit(hit.excerpt_id, hit.score + strength * near, hit.similarity)
        for hit, near in zip(known, closeness.tolist(), strict=True)
    ]
    return sorted(led, key=lambda hit: (-hit.score, hit.excerpt_id))


def load_hits(session: Session, workspace: str, hits: Sequence[Hit]) -> list[ExcerptView]:
    """The excerpts of the hits in their order.

    Left out are hits that are gone from SQL or another workspace's, and what an interviewer said: it is no evidence.
    """
    views = load_views(session, workspace, [hit.excerpt_id for hit in hits])
    found = [views[hit.excerpt_id] for hit in hits if hit.excerpt_id in views]
    return [excerpt for excerpt in found if excerpt.role != "interviewer"]


def distinct_voices(parts: Parts, workspace: str, excerpts: Sequence[ExcerptView], limit: int) -> list[ExcerptView]:
    """The first `limit` excerpts in which nobody speaks twice and nothing is said twice, or as many as there are.

    Suspicious ones come last: they are quoted where nobody else says it.
    """
    matrix = parts.vectors.matrix(workspace)
    rows = {str(matrix.ids[row]): row for row in matrix.rows([excerpt.id for excerpt in excerpts])}
    chosen: list[ExcerptView] = []
    people: set[str] = set()
    for excerpt in sorted(excerpts, key=lambda each: each.suspicious is not None):
        voice = excerpt.person or excerpt.document_id
        if len(chosen) == limit or voice in people or excerpt.role == "interviewer":
            continue
        if excerpt.id in rows and _says_the_same(matrix.vectors, rows, excerpt, chosen):
            continue
        chosen.append(excerpt)
        people.add(voice)
    return chosen


def _says_the_same(
    vectors: NDArray[np.float32], rows: Mapping[str, int], excerpt: ExcerptView, chosen: Sequence[ExcerptView]
) -> bool:
    others = [rows[other.id] for other in chosen if other.id in rows]
    return bool(others) and float((vectors[others] @ vectors[rows[excerpt.id]]).max()) >= ALIKE


def _fuse(
    parts: Parts,
    workspace: str,
    query: NDArray[np.float32],
    near: dict[str, float],
    words: Mapping[str, float],
    written: str,
) -> list[Hit]:
    unseen = words.keys() - near.keys()
    if unseen:
        matrix = parts.vectors.matrix(workspace)
        rows = matrix.rows(unseen)
        near |= dict(zip(matrix.ids[rows].tolist(), (matrix.vectors[rows] @ query).tolist(), strict=True))
    best = max(words.values(), default=0.0) or 1.0
    weight = _word_weight(written, max(near.values(), default=0.0))
    hits = [Hit(id, similarity + weight * words.get(id, 0.0) / best, similarity) for id, similarity in near.items()]
    return sorted(hits, key=lambda hit: (-hit.score, hit.excerpt_id))


def _in_context(parts: Parts, hits: Sequence[Hit]) -> list[Hit]:
    """The hits within one document in the order of what is said around them, where it is a transcript."""
    with parts.database.read() as session:
        spread = with_context(session, {hit.excerpt_id: hit.score for hit in hits})
    around = [replace(hit, score=spread[hit.excerpt_id]) for hit in hits]
    return sorted(around, key=lambda hit: (-hit.score, hit.excerpt_id))


def _word_weight(query: str, nearest: float) -> float:
    """What the best match by words is worth: little where a text is near in meaning, much where none is."""
    weight = WORD_WEIGHT * (1.0 - min(1.0, max(0.0, nearest)))
    return max(CODE_WEIGHT, weight) if _CODE.search(query) else weight
