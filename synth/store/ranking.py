"""Ranking by words on PostgreSQL, which knows how near words stand but not how rare they are.

The weights are those of BM25 (Robertson and Zaragoza 2009) for texts in which a word stands once, as most excerpts are.
What a search looks at has an end: excerpts that say the rarest of its words come first, and all its words are weighed
in them. To rank everything that says “flight” in a store about flights is most of what a search would wait for.
"""

import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from synth.store.stamp import hidden_sources

LOOKED_AT: Final = 2_000  # excerpts that one search weighs at least, and
TIMES: Final = 3  # times as many as are wanted
LARGE: Final = 10_000  # excerpts from which on it is remembered how many of them say a word
REMEMBERED: Final = 600.0  # seconds
_MOST_WORDS: Final = 20_000  # that are remembered
_SATURATION, _LENGTH = 1.2, 0.75  # k1 and b of BM25
_SAMPLE: Final = 2_000  # excerpts from which the usual length is taken

_HELD = text("""
    SELECT term, numnode(q) AS words,
           (SELECT count(*) FROM (SELECT 1 FROM excerpt_words w WHERE w.words @@ q LIMIT :most) AS said) AS held
    FROM unnest(:terms) AS term, to_tsquery('english', term) AS q""").bindparams(bindparam("terms", type_=ARRAY(Text)))
_SIZE = text("""
    SELECT (SELECT coalesce(max(seq), 0) FROM excerpts) AS excerpts,
           (SELECT coalesce(avg(length(words)), 1) FROM (SELECT words FROM excerpt_words LIMIT :some) s) AS usual""")
_SEARCH = """
    WITH said AS MATERIALIZED (SELECT seq, words FROM excerpt_words WHERE words @@ to_tsquery('english', :wanted)),
    found AS (
        SELECT e.id, s.words FROM said s JOIN excerpts e ON e.seq = s.seq WHERE e.workspace_id = :workspace {apart}
        LIMIT :most),
    terms AS MATERIALIZED (SELECT {terms})  -- once: a prepared statement reads them anew for each row
    SELECT id, ({weights}) / CAST(1 + :saturation * (1 - :by_length + :by_length * length(words) / :usual) AS float)
        AS score
    FROM found, terms ORDER BY score DESC, id LIMIT :limit"""
APART: Final = "AND (SELECT d.source_id FROM documents d WHERE d.id = e.document_id) NOT IN :sources"


@dataclass(slots=True)
class _Known:
    """What is remembered of a database: how many excerpts say the frequent words, how long excerpts are."""

    held: dict[str, tuple[int, float]]  # and since when
    excerpts: int = 0
    usual: float = 1.0
    sized: float = -math.inf


_known: WeakKeyDictionary[Engine, _Known] = WeakKeyDictionary()


def search_any(session: Session, workspace: str, terms: Sequence[str], limit: int) -> list[tuple[str, float]]:
    """(excerpt id, score) of the best matches for any of the terms, best first; terms as `to_tsquery` reads them."""
    known = _size(session)
    held = _count(session, known, terms)
    if not held:
        return []
    most = max(LOOKED_AT, TIMES * limit)
    weights = {term: _rarity(count, known.excerpts) for term, count in held.items()}
    for wanted in _wanted(held, most):
        found = _search(session, workspace, wanted, weights, known.usual, most=most, limit=limit)
        if len(found) == limit:
            break
    return found


def of_sources(statement: str, sources: Sequence[int]) -> TextClause:
    """The statement, in which `:sources` are these; where there are none it speaks of none."""
    named = text(statement)
    return named.bindparams(bindparam("sources", list(sources), expanding=True)) if sources else named


def _rarity(held: int, excerpts: int) -> float:
    return math.log1p((max(excerpts, held) - held + 0.5) / (held + 0.5))


def _wanted(held: Mapping[str, int], most: int) -> list[str]:
    """What to look for, in this order until enough is found: the rarest terms, as many as there is room for."""
    rarest = sorted(held, key=lambda term: (held[term], term))
    total, chosen = 0, list[str]()
    for term in rarest:
        total += held[term]
        if chosen and total > most:
            break
        chosen.append(term)
    both = [" & ".join(rarest[:2])] if held[rarest[0]] > most and len(rarest) > 1 else []
    return [*both, " | ".join(chosen)]


def _search(
    session: Session,
    workspace: str,
    wanted: str,
    weights: Mapping[str, float],
    usual: float,
    *,
    most: int,
    limit: int,
) -> list[tuple[str, float]]:
    numbers = range(len(weights))
    terms = ", ".join(f"to_tsquery('english', :term{n}) AS term{n}" for n in numbers)
    each = " + ".join(f"CASE WHEN words @@ term{n} THEN CAST(:weight{n} AS float) ELSE 0 END" for n in numbers)
    hidden = sorted(hidden_sources(session))
    statement = of_sources(_SEARCH.format(terms=terms, weights=each, apart=APART if hidden else ""), hidden)
    given: dict[str, Any] = {f"term{n}": term for n, term in enumerate(weights)}
    given |= {f"weight{n}": weight for n, weight in enumerate(weights.values())}
    given |= {"wanted": wanted, "workspace": workspace, "most": most, "limit": limit, "usual": usual}
    rows = session.execute(statement, {**given, "saturation": _SATURATION, "by_length": _LENGTH})
    return [(row.id, float(row.score)) for row in rows]


def _size(session: Session) -> _Known:
    engine = session.get_bind().engine
    known = _known.setdefault(engine, _Known({}))
    now = time.monotonic()
    if now - known.sized > REMEMBERED or known.excerpts < LARGE:
        row = session.execute(_SIZE, {"some": _SAMPLE}).one()
        known.excerpts, known.usual, known.sized = row.excerpts, float(row.usual), now
    return known


def _count(session: Session, known: _Known, terms: Sequence[str]) -> dict[str, int]:
    """By term, how many excerpts say it, up to a number that is beyond what one search looks at; without stop words."""
    now = time.monotonic()
    remembered = known.held
    held = {
        term: remembered[term][0] for term in terms if term in remembered and now - remembered[term][1] < REMEMBERED
    }
    asked = [term for term in terms if term not in held]
    if asked:
        rows = session.execute(_HELD, {"terms": asked, "most": max(LOOKED_AT, known.excerpts // 10) + 1})
        fresh = {row.term: row.held for row in rows if row.words}
        if known.excerpts >= LARGE:
            if len(known.held) > _MOST_WORDS:
                known.held = {}
            known.held.update({term: (count, now) for term, count in fresh.items() if count})
        held |= fresh
    return {term: held[term] for term in terms if held.get(term)}
