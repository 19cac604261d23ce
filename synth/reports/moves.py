"""Which themes are new, rising or fading: more than chance explains, more than a trifle, and not one voice alone."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sqlalchemy.orm import Session

from synth.reports.chance import discoveries, mid_p
from synth.reports.series import BEFORE, Series, Window, about
from synth.reports.spans import Span
from synth.store import tables
from synth.store.counting import count_by

Kind = Literal["new", "rising", "fading"]
PEOPLE = 3  # voices below which nothing is said about a theme
MENTIONS = 5  # mentions below which a rate is not compared
WORTH = 1.5  # times the rate before; a smaller change is not worth a reader's time, however certain
FALSE = 0.10  # share of false discoveries among the rising themes, and among the fading ones
CHANCE = 0.05  # probability from which on something may well be chance
HELD = 0.75  # of last span's share a rising theme keeps at least
FADED = 2  # spans a fading is measured over: that something is no longer said takes longer to show


@dataclass(frozen=True, slots=True)
class Move:
    """A theme that moved: its last `width` spans were compared; the voices of `span` show it."""

    theme: str
    kind: Kind
    width: int
    window: Window
    span: Span
    p: float


@dataclass(frozen=True, slots=True)
class Aside:
    """A theme that moved and is not reported among those that did, and why."""

    theme: str
    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True)
class Moves:
    """All that moved, the most important first, and all that did not."""

    new: tuple[Move, ...] = ()
    rising: tuple[Move, ...] = ()
    fading: tuple[Move, ...] = ()
    steady: tuple[str, ...] = ()
    aside: tuple[Aside, ...] = ()

    @property
    def all(self) -> tuple[Move, ...]:
        """New, rising, fading."""
        return (*self.new, *self.rising, *self.fading)


def find_moves(session: Session, workspace: str, series: Series) -> Moves:
    """Sort the themes of a series into what moved and what did not."""
    candidates = [*_new(series)]
    known = {move.theme for move in candidates}
    for move in (*_rising(series), *_fading(series)):
        if move.theme not in known:
            candidates.append(move)
            known.add(move.theme)
    doubts = {move.theme: _doubt(session, workspace, move) for move in candidates}
    sound = [move for move in candidates if doubts[move.theme] is None]
    moved = {move.theme for move in sound}
    return Moves(
        new=_ordered(sound, "new", lambda window: window.after),
        rising=_ordered(sound, "rising", lambda window: window.after - _expected(window)),
        fading=_ordered(sound, "fading", lambda window: _expected(window) - window.after),
        steady=tuple(_steady(series, moved)),
        aside=tuple(Aside(each.theme, each.kind, why) for each in candidates if (why := doubts[each.theme])),
    )


def _new(series: Series) -> list[Move]:
    """Themes first heard in the last two spans, where that is no chance of a young store or a rare theme."""
    if not series.before:
        return []
    moves = [
        Move(
            theme,
            "new",
            width,
            series.window(theme, width),
            series.joined(width),
            p=_chance_of_silence(series, theme, width),
        )
        for theme in series.themes
        for width in [_first_heard(series, theme)]
    ]
    return [move for move in _discovered(moves) if move.width and series.themes[move.theme][-1]]


def _first_heard(series: Series, theme: str) -> int:
    """1 for a theme first heard in this span, 2 for one first heard in the last, 0 for any other."""
    mentions = series.themes[theme]
    if series.earlier.get(theme) or sum(mentions[:-2]):
        return 0
    return 2 if mentions[-2] else 1


def _chance_of_silence(series: Series, theme: str, width: int) -> float:
    """The probability that mentions spread evenly over all documents leave all but the last spans without any."""
    recent, everything = sum(series.totals[-width:]), sum(series.totals) + series.earlier_total
    return float((recent / everything) ** sum(series.themes[theme][-width:])) if width else 1.0


def _rising(series: Series) -> list[Move]:
    """Themes with a larger share of the feedback than before: of this span, or of this and the last if it holds on."""
    looks = [_look(series, "up", width) for width in (1, 2) if len(series.spans) > width]
    best: dict[str, Move] = {}
    for move in (move for look in looks for move in look):
        p = min(1.0, move.p * len(looks))
        if move.theme not in best or p < best[move.theme].p:
            best[move.theme] = replace(move, p=p)
    return [move for move in _discovered(best.values()) if _has_risen(series, move)]


def _fading(series: Series) -> list[Move]:
    """Themes with a smaller share of the feedback of this span and the last than of the spans ahead of them."""
    if len(series.spans) <= FADED:
        return []
    return [move for move in _discovered(_look(series, "down", FADED)) if _has_faded(series, move)]


def _look(series: Series, side: Literal["up", "down"], width: int) -> list[Move]:
    """Each theme's last `width` spans against those ahead of them, where there are mentions enough to compare."""
    moves, wavering = [], series.dispersion
    for theme in series.themes:
        seen = series.window(theme, width)
        if seen.after + seen.before >= MENTIONS:
            p = mid_p(seen.after, seen.after_of, seen.before, seen.before_of, side, dispersion=wavering)
            span = series.joined(width) if side == "up" else series.ahead(width)
            moves.append(Move(theme, "rising" if side == "up" else "fading", width, seen, span, p))
    return moves


def _discovered(moves: Iterable[Move]) -> list[Move]:
    tested = list(moves)
    return [
        move for move, stands in zip(tested, discoveries([move.p for move in tested], FALSE), strict=True) if stands
    ]


def _has_risen(series: Series, move: Move) -> bool:
    """Share and number are up by what is worth telling, and this span has not fallen back from the last."""
    *_, last, this = series.themes[move.theme]
    kept = this * series.totals[-2] >= HELD * last * series.totals[-1] or move.width == 1
    enough = this >= MENTIONS and this >= WORTH * move.window.mean
    return enough and kept and move.window.change.ratio >= WORTH


def _has_faded(series: Series, move: Move) -> bool:
    """Share and number are down by what is worth telling, in this span too."""
    this = series.themes[move.theme][-1]
    most = move.window.mean / WORTH
    lower = this <= most and move.window.after / FADED <= most
    return lower and move.window.before >= MENTIONS and move.window.change.ratio <= 1 / WORTH


def _doubt(session: Session, workspace: str, move: Move) -> str | None:
    """Why a move is not to be trusted: too few voices, or one that makes most of it; None when it is."""
    filters = move.span.filters(about(move.theme))
    by_person = count_by(session, workspace, filters, tables.Document.person_id)
    nameless = by_person.pop(None, 0.0)
    if len(by_person) + nameless < PEOPLE:
        return f"fewer than {PEOPLE} people speak of it"
    mentions = sum(by_person.values()) + nameless
    if max(by_person.values(), default=0.0) * 2 > mentions:
        return "most of it comes from one person"
    return _one_source(session, workspace, move, mentions)


def _one_source(session: Session, workspace: str, move: Move, mentions: float) -> str | None:
    """The source that alone speaks of a theme, where all the feedback of that time would make others likely too."""
    mine = count_by(session, workspace, move.span.filters(about(move.theme)), tables.Source.name)
    if move.kind == "new" or len(mine) != 1:
        return None
    name = next(iter(mine))
    everything = count_by(session, workspace, move.span.filters(), tables.Source.name)
    chance = (everything[name] / sum(everything.values())) ** mentions
    return f"all of it comes from one source, {name}" if chance <= CHANCE else None


def is_of_many(voices: Sequence[object], sources: Sequence[str], everywhere: Sequence[str]) -> bool:
    """Whether what was said is no single voice's or source's: who said each of it and where, and where all was said.

    Several voices, none of them most of it, and several sources where all the feedback makes others likely.
    """
    heard = Counter(voices)
    if len(heard) < PEOPLE or max(heard.values()) * 2 > len(voices):
        return False
    mine = set(sources)
    share = sum(source in mine for source in everywhere) / len(everywhere)
    return len(mine) > 1 or share ** len(sources) > CHANCE


def _expected(window: Window) -> float:
    """Mentions there would have been at the rate before."""
    return window.before * window.after_of / window.before_of if window.before_of else 0.0


def _ordered(moves: Sequence[Move], kind: Kind, weight: Callable[[Window], float]) -> tuple[Move, ...]:
    mine = [move for move in moves if move.kind == kind]
    return tuple(sorted(mine, key=lambda move: (-weight(move.window), int(move.theme[1:]))))


def _steady(series: Series, moved: set[str]) -> list[str]:
    """The themes that were heard lately and did not move, most mentions first."""
    lately = {theme: sum(mentions[-1 - BEFORE :]) for theme, mentions in series.themes.items() if theme not in moved}
    heard = [theme for theme, mentions in lately.items() if mentions]
    return sorted(heard, key=lambda theme: (-series.themes[theme][-1], -sum(series.themes[theme]), int(theme[1:])))
