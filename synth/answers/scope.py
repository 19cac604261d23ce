"""Which documents a question is about: those its filters let through and whose meaning is near enough."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain, zip_longest

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.absence import LONE, SURE, few, missing_words, telling_words
from synth.answers.calibration import ALIKE, NEAR, Basis, counting_cut, is_clear
from synth.answers.lists import rival_subjects, split_list
from synth.answers.retrieval import Found, Hit, heard, load_hits, scan_all, search
from synth.answers.subject import Likeness, find_theme, members
from synth.model import Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.store.excerpts import document_ids
from synth.store.filtering import excerpt_ids, merge
from synth.store.fulltext import says_all
from synth.store.rows import read_ids
from synth.store.verdicts import Judged, read_verdicts

LEAST = 0.30  # where the best match is below this, the store has nothing on the question
PASSAGES = 60  # evidence candidates that are read
JUDGED = 20  # excerpts that people must have judged before it is told how many are rightly placed


@dataclass(frozen=True, slots=True)
class Scope:
    """The set a question counts over, and the evidence found in it."""

    documents: tuple[str, ...] | None  # None: all the filters let through
    hits: tuple[Hit, ...]
    query: NDArray[np.float32] | None
    method: str
    missing: tuple[str, ...] = ()  # what is asked about and the store does not speak of
    theme: Likeness | None = None  # the theme that is the subject: its members are counted
    other: tuple[str, ...] | None = None  # what the other way of counting finds: by meaning, or on the nearest theme
    clear: bool = True  # whether the subject has texts of its own, and not only neighbours
    said: frozenset[str] = frozenset()  # the excerpts that say the very words of the subject
    rivals: tuple[tuple[str, "Scope"], ...] = ()  # the subjects that are held against each other, each with its own

    @property
    def basis(self) -> Basis:
        """What a count of it rests on."""
        return "theme" if self.theme is not None else "cut" if self.other is None else "both"

    @property
    def best(self) -> float:
        """The similarity of the nearest excerpt; 1 for a question about everything."""
        return max((hit.similarity for hit in self.hits), default=0.0) if self.query is not None else 1.0


@dataclass(frozen=True, slots=True)
class _Near:
    """The excerpts near in meaning, how many are near at all, and the cosine from which they count.

    Beside it the theme that shares most with them, and its excerpts within the same filters.
    """

    counted: list[str]
    near: int
    cut: float
    clear: bool = True
    theme: Likeness | None = None
    members: list[str] = field(default_factory=list)
    worded: bool = False  # whether some are counted only because they say the very words
    saying: frozenset[str] = frozenset()  # the excerpts of the workspace that say them

    @property
    def by_theme(self) -> bool:
        """Whether the theme is the subject, and its members are counted."""
        return self.theme is not None and self.theme.share >= ALIKE


def find_scope(parts: Parts, workspace: str, plan: Plan, *, by_theme: bool = True) -> Scope:
    """The scope of a plan: everything in its filters, or the part of it that is about the subject.

    That part is a theme, where one is the subject and `by_theme` allows it, or what is near in meaning.
    """
    if not plan.about:
        return Scope(None, (), None, "counted")
    if subjects := rival_subjects(plan):
        alone = [replace(plan, asked="what", about=subject) for subject in subjects]
        return _of_rivals([(each.about, find_scope(parts, workspace, each, by_theme=by_theme)) for each in alone])
    within = reach(plan)
    by_theme = by_theme and not any(condition.key == "theme" for condition in within.where)
    listed = split_list(plan.about)
    found = [search(parts, workspace, part, within, limit=PASSAGES, compare_all=True) for part in listed]
    hits, query = _interleaved([each.hits for each in found]), _middle(found)
    near = [
        _near(parts, workspace, part, each, within, by_theme=by_theme) for part, each in zip(listed, found, strict=True)
    ]
    owners: dict[str, str] = parts.kept.read_of("documents of excerpts", "for good", workspace, dict)
    with parts.database.read() as session:
        counted = [each.members if each.by_theme else each.counted for each in near]
        others = [each.counted if each.by_theme else each.members for each in near]
        documents, other = (
            document_ids(session, list(dict.fromkeys(chain(*ids))), owners) for ids in (counted, others)
        )
        missing = _missing(parts, workspace, session, plan.about, hits, sum(each.near for each in near))
        judged = read_verdicts(session, workspace, parts.now())
    subject = near[0].theme if len(near) == 1 and near[0].by_theme else None
    known = other if all(each.theme for each in near) else None
    clear, said = all(each.clear for each in near), frozenset(chain.from_iterable(each.saying for each in near))
    return Scope(documents, hits, query, _method(plan.about, near, judged), missing, subject, known, clear, said)


def _of_rivals(rivals: Sequence[tuple[str, Scope]]) -> Scope:
    """All that is about any of the subjects; a subject of which nothing speaks has an empty scope."""
    told = [(subject, _if_spoken_of(scope)) for subject, scope in rivals]
    spoken = [scope for _, scope in told if scope.documents] or [scope for _, scope in rivals]
    hits = _interleaved([scope.hits for scope in spoken])
    query = _unit(np.sum([scope.query for scope in spoken if scope.query is not None], axis=0, dtype=np.float32))
    documents = tuple(dict.fromkeys(chain.from_iterable(scope.documents or () for _, scope in told)))
    missing = tuple(chain.from_iterable(scope.missing for _, scope in rivals))
    others = [scope.other for scope in spoken]
    other = None if None in others else tuple(dict.fromkeys(chain.from_iterable(each or () for each in others)))
    return Scope(
        documents,
        hits,
        query,
        ", or ".join(dict.fromkeys(scope.method for scope in spoken)),
        () if any(scope.documents for _, scope in told) else missing,
        other=other,
        clear=all(scope.clear for scope in spoken),
        said=frozenset(chain.from_iterable(scope.said for scope in spoken)),
        rivals=tuple(told),
    )


def _if_spoken_of(scope: Scope) -> Scope:
    return replace(scope, documents=(), hits=(), other=None) if scope.missing or scope.best < LEAST else scope


def _method(about: str, near: Sequence[_Near], judged: Judged) -> str:
    """How the subject was turned into a set, as it ends a sentence: 'Counted is what is …'.

    Of themes it says how many people found rightly placed on them, where enough was judged.
    """
    themes = dict.fromkeys(f"“{each.theme.name}” ({each.theme.theme})" for each in near if each.theme and each.by_theme)
    cuts = dict.fromkeys(f"{each.cut:.2f}" for each in near if not each.by_theme)
    ways = [f"on the theme {' or '.join(themes)}"] if themes else []
    ways += [f"near in meaning to “{about}” (cosine ≥ {' or '.join(cuts)})"] if cuts else []
    ways += ["in its very words"] if any(each.worded for each in near) else []
    placed = f"; of {len(judged.verdicts)} excerpts drawn by lot, people found {judged.right} rightly on their themes"
    return ", or ".join(ways) + (placed if themes and len(judged.verdicts) >= JUDGED else "")


def reach(plan: Plan) -> Filters:
    """Which feedback a plan is about: within its filters, of what it compares, and of the times it compares."""
    filters = merge(plan.filters, plan.options)
    if not plan.periods:
        return filters
    since = min((each.since for each in plan.periods if each.since), default=None)
    until = max((each.until for each in plan.periods if each.until), default=None)
    return replace(filters, since=since or filters.since, until=until or filters.until)


def _interleaved(found: Sequence[tuple[Hit, ...]]) -> tuple[Hit, ...]:
    """The best of each search in turn."""
    if len(found) == 1:
        return found[0]
    rows = zip_longest(*found)
    best = {hit.excerpt_id: hit for row in reversed(list(rows)) for hit in reversed(row) if hit}
    return tuple(reversed(best.values()))


def _middle(found: Sequence[Found]) -> NDArray[np.float32]:
    """The direction between the queries, as a unit vector."""
    return _unit(np.sum([each.query for each in found], axis=0, dtype=np.float32))


def _unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def _missing(
    parts: Parts, workspace: str, session: Session, about: str, hits: Sequence[Hit], near: int
) -> tuple[str, ...]:
    best = max((hit.similarity for hit in hits), default=0.0)
    if not LEAST <= best < SURE:
        return ()
    read = load_hits(session, workspace, [hit for hit in hits if hit.similarity >= LEAST])
    rare, lone = near < few(len(parts.vectors.matrix(workspace).ids)), near <= LONE
    texts = [each.text for each in read]
    return missing_words(session, workspace, about, texts, best=best, rare=rare, lone=lone)


def _near(parts: Parts, workspace: str, about: str, found: Found, filters: Filters, *, by_theme: bool) -> _Near:
    """What lies near the query within the filters. The cut is that of the whole workspace, so that parts add up.

    Where that leaves nothing of what is near, the filters have a cut of their own. How many are near is told exactly
    only where they are few. Which theme is nearest is asked of the whole workspace, too.
    """
    scan = found.scan or scan_all(parts, workspace, found.query)
    matrix, everywhere = scan.matrix, scan.cosines
    cut = counting_cut(everywhere)
    with parts.database.read() as session:
        saying = _saying(session, workspace, about)

        within_cut: list[str] = matrix.ids[everywhere >= cut].tolist()
        speaking = list(dict.fromkeys((*within_cut, *saying)))
        theme = find_theme(parts, session, workspace, speaking) if by_theme else None
        on_theme = members(parts, session, workspace, theme.theme) if theme else []
        let_through = set(heard(parts, session, workspace, filters, list(dict.fromkeys((*speaking, *on_theme)))))
        counted = [id for id in speaking if id in let_through]
        if not counted:
            rows = matrix.rows(excerpt_ids(session, workspace, filters))
            within = everywhere[rows]
            cut = counting_cut(within)
            near = int((within >= NEAR).sum())
            return _Near(matrix.ids[rows[within >= cut]].tolist(), near, cut, is_clear(within, cut))
        many = len(counted) >= few(len(matrix.ids)) or cut < NEAR
        near = (
            len(counted)
            if many
            else len(heard(parts, session, workspace, filters, matrix.ids[everywhere >= NEAR].tolist()))
        )
        clear = is_clear(everywhere, cut)
        worded = len(speaking) > len(within_cut)
        if not by_theme:
            return _Near(counted, near, cut, clear, worded=worded, saying=frozenset(saying))
        there = dict.fromkeys((*on_theme, *saying)) if theme else ()
        counted_there = [id for id in there if id in let_through]
        found_on = _Near(counted, near, cut, clear, theme, counted_there, worded, frozenset(saying))
    return replace(found_on, worded=not found_on.saying.issubset(on_theme)) if found_on.by_theme else found_on


def _saying(session: Session, workspace: str, about: str) -> list[str]:
    """The excerpts that say all the words of a subject, in one form or another.

    What is near in meaning misses most of those that speak of a subject of one word among others: it is counted beside.
    """
    said = says_all(session, " ".join(telling_words(about)))
    if said is None:
        return []
    return read_ids(session, select(tables.Excerpt.id).where(tables.Excerpt.workspace_id == workspace, said))
