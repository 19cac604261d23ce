"""The sections of an answer: which excerpts show what each computed sentence means."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from synth.answers.calibration import NEAR
from synth.answers.headline import write_alone, write_headline, write_move
from synth.answers.quoting import Point, cut_quotes
from synth.answers.reasons import gives_reason
from synth.answers.retrieval import Hit, distinct_voices, load_hits, nearest_on_theme
from synth.answers.scope import Scope, reach
from synth.answers.tally import Tally
from synth.answers.tone import asks_for_complaints, asks_for_praise, leave_out_praise, rank_praise
from synth.answers.wording import say_amount, say_share
from synth.llm import Section
from synth.model import Filters, Plan, ThemeCount
from synth.parts import Parts
from synth.store.excerpts import ExcerptView, load_views
from synth.store.filtering import excerpt_ids
from synth.themes.reading import load_centroids

QUOTES = 3  # per section
THEMES = 3  # sections about themes, beside the headline
_WHOLE = ("what", "top", "why", "examples", "who")  # questions that are answered theme by theme
LEAST_SHARE = 0.1  # of what was found; a theme with less is a neighbour of the subject rather than a part of it
PRAISES = 90  # excerpts of praise that are read
POOLS = (9, 60)  # excerpts near a theme's centre that quotes are chosen from: the second where the first repeats itself


@dataclass(frozen=True, slots=True)
class Sketch:
    """A section before its quotes are cut: what is said, who shows it, and the point their quotes should make."""

    lead: str
    excerpts: Sequence[ExcerptView]
    point: Point | None


def find_sections(parts: Parts, workspace: str, plan: Plan, scope: Scope, numbers: Tally) -> list[Section]:
    """The direct answer with its evidence, then what it consists of by theme."""
    headline = write_headline(plan, numbers, timezone=parts.zone(workspace))
    if scope.rivals:
        return cut_sections(parts, _by_rival(parts, workspace, scope, numbers, headline))
    if plan.about:
        return cut_sections(parts, _by_meaning(parts, workspace, plan, scope, numbers, headline))
    return cut_sections(parts, _by_theme(parts, workspace, plan, numbers, headline))


def cut_sections(parts: Parts, sketches: Sequence[Sketch]) -> list[Section]:
    """Cut the quotes of all sections at once: embedding in one go is what makes an answer fast."""
    shown = [(excerpt, sketch.point) for sketch in sketches for excerpt in sketch.excerpts]
    texts = [excerpt.text for excerpt, _ in shown]
    quotes = iter(cut_quotes(texts, [point for _, point in shown], parts.embedder.embed))
    return [
        Section(sketch.lead, tuple(sketch.excerpts), tuple(islice(quotes, len(sketch.excerpts)))) for sketch in sketches
    ]


def _by_meaning(parts: Parts, workspace: str, plan: Plan, scope: Scope, numbers: Tally, headline: str) -> list[Sketch]:
    """Evidence is what was found; the best of it backs the headline, the rest is grouped by theme."""
    with parts.database.read() as session:
        found = load_hits(session, workspace, _speaking(scope) or scope.hits[:QUOTES])
    if asks_for_complaints(plan):
        found = leave_out_praise(parts, found)
    if plan.asked == "why":
        found = sorted(found, key=lambda excerpt: not gives_reason(excerpt.text))
    voices = distinct_voices(parts, workspace, found, limit=len(found))
    point = None if scope.query is None else Point(scope.query, plan.about)
    counted = numbers.theme.theme if numbers.theme else None  # told by the headline, and shown by as much more
    shown = 2 * QUOTES if counted else QUOTES
    sketches = [Sketch(headline, voices[:shown], point)]
    least = LEAST_SHARE * numbers.main.value if numbers.main.unit in ("mentions", "people") else 0
    themes = [theme for theme in numbers.themes if theme.mentions >= least and theme.id != counted]
    for theme, excerpts in _grouped(voices[shown:], themes):
        sketches.append(Sketch(_lead(theme, numbers), excerpts[:QUOTES], point))
    return sketches


def _speaking(scope: Scope) -> list[Hit]:
    """What was found that speaks about the subject: near in meaning, or in its very words."""
    return [hit for hit in scope.hits if hit.similarity >= NEAR or hit.excerpt_id in scope.said]


def _by_rival(parts: Parts, workspace: str, scope: Scope, numbers: Tally, headline: str) -> list[Sketch]:
    """One quote of each subject for the headline, then each by itself, the one with most first."""
    sizes = {part.label: part for part in numbers.parts}
    sketches = []
    for subject, one in sorted(scope.rivals, key=lambda each: -sizes[each[0]].value):
        with parts.database.read() as session:
            found = load_hits(session, workspace, _speaking(one) or one.hits[:1])
        voices = distinct_voices(parts, workspace, found, limit=QUOTES + 1)
        if voices and one.query is not None:
            lead = f"“{subject}”: {write_alone(sizes[subject])}."
            sketches.append(Sketch(lead, voices, Point(one.query, subject)))
    firsts = [sketch.excerpts[0] for sketch in sketches[:QUOTES]]
    rest = [replace(sketch, excerpts=sketch.excerpts[1:]) for sketch in sketches if len(sketch.excerpts) > 1]
    point = None if scope.query is None else Point(scope.query, " ".join(subject for subject, _ in scope.rivals))
    return [Sketch(headline, firsts, point), *rest]


def _by_theme(parts: Parts, workspace: str, plan: Plan, numbers: Tally, headline: str) -> list[Sketch]:
    """A question about everything in its filters is shown by the centre of its largest themes, praise by itself."""
    sketches: list[Sketch] = []
    praise = _praise(parts, workspace, plan, numbers) if asks_for_praise(plan) else []
    if praise:
        return [Sketch(headline, praise[0].excerpts, None), *praise[1:]]
    within = _shown(plan, numbers)
    for theme, lead in _told(numbers):
        centre, excerpts = _central(parts, workspace, within, theme)
        if excerpts:
            point = None if centre is None else Point(centre, theme.name)
            sketches.append(Sketch(lead, excerpts, point))
    if not sketches:
        return [Sketch(headline, _any(parts, workspace, within), None)]
    first = Sketch(headline, [sketch.excerpts[0] for sketch in sketches[:QUOTES]], sketches[0].point)
    if plan.asked in _WHOLE or numbers.moves:
        return [first, *sketches]
    return [first]


def _told(numbers: Tally) -> list[tuple[ThemeCount, str]]:
    """The themes that are told one by one, each with its sentence: those that moved where it is asked what changed."""
    if numbers.moves:
        return [(move.theme, write_move(move, numbers)) for move in numbers.moves[: THEMES + 1]]
    return [(theme, _lead(theme, numbers)) for theme in numbers.themes[: THEMES + 1]]


def _shown(plan: Plan, numbers: Tally) -> Filters:
    """Where quotes come from: of what is compared, from what has most; of two times, from the later."""
    if plan.asked == "compare" and numbers.parts:
        return max(numbers.parts, key=lambda part: part.value).filters
    if plan.asked == "trend" and len(numbers.parts) == 2:
        return numbers.parts[1].filters
    return reach(plan)


def _praise(parts: Parts, workspace: str, plan: Plan, numbers: Tally) -> list[Sketch]:
    """The clearest praise of all, then that of the largest themes in it."""
    voices = distinct_voices(parts, workspace, rank_praise(parts, workspace, plan.filters, PRAISES), PRAISES)
    sketches = [Sketch("", voices[:QUOTES], None)] if voices else []
    grouped = _grouped(voices[QUOTES:], numbers.themes) if plan.asked in _WHOLE else []
    return sketches + [Sketch(_lead(theme, numbers), excerpts[:QUOTES], None) for theme, excerpts in grouped]


def _grouped(
    excerpts: Sequence[ExcerptView], themes: Sequence[ThemeCount]
) -> list[tuple[ThemeCount, list[ExcerptView]]]:
    by_theme: dict[str, list[ExcerptView]] = defaultdict(list)
    for excerpt in excerpts:
        if excerpt.theme_id:
            by_theme[excerpt.theme_id].append(excerpt)
    return [(theme, by_theme[theme.id]) for theme in themes if theme.id in by_theme][:THEMES]


def _lead(theme: ThemeCount, numbers: Tally) -> str:
    whole = numbers.main.value if numbers.main.unit == "mentions" else 0
    share = f" ({say_share(theme.mentions, whole)})" if whole >= theme.mentions else ""
    return f"{theme.name}: {say_amount(theme.mentions, 'mentions')}{share}."


def _central(
    parts: Parts, workspace: str, within: Filters, theme: ThemeCount
) -> tuple[NDArray[np.float32] | None, list[ExcerptView]]:
    """The centre of a theme, and distinct voices near it within the filters."""
    with parts.database.read() as session:
        centre = load_centroids(session, workspace, [theme.id]).get(theme.id)
    if centre is None:
        return None, []
    voices: list[ExcerptView] = []
    for pool in POOLS:
        near = nearest_on_theme(parts, workspace, theme.id, centre, pool, within)
        with parts.database.read() as session:
            views = load_views(session, workspace, near)
        voices = distinct_voices(parts, workspace, [views[id] for id in near if id in views], QUOTES)
        if len(voices) == QUOTES or len(near) < pool:
            break
    return centre, voices


def _any(parts: Parts, workspace: str, within: Filters) -> list[ExcerptView]:
    with parts.database.read() as session:
        ids = excerpt_ids(session, workspace, within)[: POOLS[1]]
        views = load_views(session, workspace, ids)
    return distinct_voices(parts, workspace, [views[id] for id in ids if id in views], QUOTES)
