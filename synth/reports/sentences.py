"""The sentences about volume and themes, written from counts: short, with units, no number that was not counted."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from synth.answers.change import compare_rates
from synth.answers.wording import say_amount, say_list, say_number, say_share
from synth.reports.affected import Affected
from synth.reports.moves import PEOPLE, Aside, Kind, Move, Moves
from synth.reports.series import Series
from synth.reports.words import Rise

NAMED = 3  # themes one sentence names
OTHERS = 2  # themes named among those that did not move
ALIKE = 0.10  # a change of the volume smaller than this is none
_KINDS: tuple[Kind, ...] = ("new", "rising", "fading")


def write_short_version(series: Series, moves: Moves, volume: str, affected: Mapping[str, Affected]) -> list[str]:
    """What a leader reads: the volume, what is new, rising and fading, and what is said most among the rest."""
    if not series.totals[-1]:
        return [volume]
    if not series.names:
        return [volume, "No themes have been found yet, so there is nothing to say about what people speak of."]
    if not series.before:
        unknown = "There is no earlier feedback, so nothing can be called new, rising or fading."
        return [volume, unknown, *_others(series, moves)]
    if not moves.all:
        quiet = "A quiet week" if series.span.is_week else "A quiet time"
        return [f"{quiet}: no theme is new, rising or fading.", volume, *_others(series, moves)]
    moved = [_moved(series, kind, affected, of_kind(moves, kind)) for kind in _KINDS if of_kind(moves, kind)]
    absent = [kind for kind in _KINDS if not of_kind(moves, kind)]
    return [volume, *moved, *([f"No theme is {' or '.join(absent)}."] if absent else []), *_others(series, moves)]


def write_volume(series: Series, people: float, accounts: float, *, whole: bool = True) -> str:
    """How much came in and from whom, against the spans before; not where the feedback ends within the span."""
    span, this = series.span, series.totals[-1]
    if not this:
        return f"No feedback came in{_usually(series)}."
    voices = f" from {say_amount(people, 'people')}" if people else ""
    where = f" in {say_amount(accounts, 'accounts')}" if accounts else ""
    return f"{_pieces(this)} of feedback arrived {span.this()}{voices}{where}{_against(series) if whole else ''}."


def write_move(move: Move, series: Series) -> str:
    """What happened to a theme."""
    writers: dict[Kind, Callable[[Move, Series], str]] = {"new": _is_new, "rising": _has_moved, "fading": _has_moved}
    return writers[move.kind](move, series)


def write_certainty(move: Move) -> str:
    """How large the change is and how sure; nothing where one side is empty."""
    if not move.window.before or not move.window.after:
        return ""
    change = move.window.change
    size, low, high = (_say_ratio(number) for number in (change.ratio, change.low, change.high))
    return f"Its share is about {size} times what it was (95 % interval: {low} to {high})."


def _say_ratio(number: float) -> str:
    """Two figures or so: more would claim what nobody knows."""
    return f"{number:,.0f}" if number >= 10 else f"{number:.1f}" if number >= 1 else f"{number:.2f}"


def write_aside(aside: Aside, name: str) -> str:
    """A theme that moved and is not told among those that did."""
    return f"“{name}” looks {aside.kind}, but {aside.reason}."


def write_rise(rise: Rise, series: Series) -> str:
    """'“school” stands in 17 of 139 texts this week (12 %), after 1 a week in the eight weeks before (1.2 %)'."""
    span, window = series.span, rise.window
    when = span.this() if rise.width == 1 else f"in these {span.stretch(rise.width)}"
    shares = say_share(window.after, window.after_of), say_share(window.before, window.before_of)
    usual = _each(window.mean, series, window.spans) if window.before else "none"
    return (
        f"“{rise.word}” stands in {say_number(window.after)} of {say_number(window.after_of)} texts {when} "
        f"({shares[0]}), after {usual} in {span.before(window.spans)} ({shares[1]})."
    )


def write_rises(words: Sequence[Mapping[str, Any]]) -> list[str]:
    """One sentence that names the words that rose and are told; none where none did."""
    named = [f"“{told['word']}”" for told in words]
    return [f"Said more than before: {say_list(named)}."] if named else []


def say_mean(value: float) -> str:
    """'52', or '6.8' where it is less than ten."""
    return say_number(round(value)) if value >= 9.95 else say_number(round(value, 1))


def of_kind(moves: Moves, kind: Kind) -> tuple[Move, ...]:
    """The moves of one kind."""
    return {"new": moves.new, "rising": moves.rising, "fading": moves.fading}[kind]


def _moved(series: Series, kind: Kind, affected: Mapping[str, Affected], moves: Sequence[Move]) -> str:
    """One sentence: 'Rising: “A” (13 mentions, after 2.8 a week), “B” (…) and 2 more'."""
    named = [f"“{series.names[move.theme]}” ({_in_brief(move, series, affected)})" for move in moves[:NAMED]]
    more = [f"{len(moves) - NAMED} more"] if len(moves) > NAMED else []
    return f"{kind.capitalize()}: {say_list([*named, *more])}."


def _in_brief(move: Move, series: Series, affected: Mapping[str, Affected]) -> str:
    span = series.span
    amount = say_amount(move.window.after, "mentions")
    if move.kind == "new":
        people = affected[move.theme].people.value
        voices = f" from {say_amount(people, 'people')}" if people else ""
        return f"{amount}{voices}, first heard {span.this() if move.width == 1 else span.last()}"
    usual = _usual(move, series)
    if move.width == 1:
        return f"{amount}, after {usual}"
    *_, last, this = series.themes[move.theme]
    lately = f"{say_number(last) if last else 'none'} {span.last()}"
    return f"{say_amount(this, 'mentions') if this else 'no mention'}, after {lately} and {usual} before that"


def _others(series: Series, moves: Moves) -> list[str]:
    """The largest themes that did not move."""
    mentions = {theme: series.themes[theme][-1] for theme in moves.steady}
    largest = [theme for theme in moves.steady if mentions[theme] >= PEOPLE][: OTHERS if moves.all else NAMED]
    named = [f"“{series.names[theme]}” ({say_amount(mentions[theme], 'mentions')})" for theme in largest]
    which = "Most mentioned of the others" if moves.all else "Most mentioned"
    return [f"{which}: {say_list(named)}."] if named else []


def _usually(series: Series) -> str:
    mean = _mean_volume(series)
    return f"; in {series.span.before(series.before)} it was {_each(mean, series, series.before)}" if mean else ""


def _against(series: Series) -> str:
    """', 31 % more than in the four weeks before (40 a week)'; nothing where there is nothing before."""
    span, this, mean = series.span, series.totals[-1], _mean_volume(series)
    if not series.before:
        return ""
    earlier = span.before(series.before)
    if not mean:
        return f", after none in {earlier}"
    ratio = this / mean
    chance = compare_rates(mean * series.before, series.before, this, 1).direction == "flat"
    if chance or abs(ratio - 1) < ALIKE:
        size = "about as many as"
    elif ratio >= 2:
        size = f"{ratio:.1f} times as many as"
    else:
        size = f"{100 * abs(ratio - 1):.0f} % {'more' if ratio > 1 else 'fewer'} than"
    return f", {size} in {earlier} ({_each(mean, series, series.before)})"


def _mean_volume(series: Series) -> float:
    return sum(series.totals[-1 - series.before : -1]) / series.before if series.before else 0.0


def _is_new(move: Move, series: Series) -> str:
    span, (*_, last, this) = series.span, series.themes[move.theme]
    if move.width == 1:
        share = say_share(this, series.totals[-1])
        return f"First heard {span.this()}: {say_amount(this, 'mentions')}, {share} of the feedback."
    return f"First heard {span.last()}: {say_amount(last, 'mentions')} then, {say_number(this)} {span.this()}."


def _has_moved(move: Move, series: Series) -> str:
    span, window, (*_, last, this) = series.span, move.window, series.themes[move.theme]
    share = f"from {say_share(window.before, window.before_of)} to {say_share(window.after, window.after_of)}"
    earlier = f"after {_usual(move, series)} in {span.before(window.spans)}"
    verb = "rose" if move.kind == "rising" else "fell"
    if move.width == 1:
        return f"{say_amount(this, 'mentions')} {span.this()}, {earlier}; its share of the feedback {verb} {share}."
    if not this and not last:
        lately = f"Not mentioned {span.both()}"
    else:
        lately = f"{_some(last)} {span.last()} and {say_number(this) if this else 'none'} {span.this()}"
    return f"{lately}, {earlier} that; its share of the feedback {verb} {share}."


def _usual(move: Move, series: Series) -> str:
    return _each(move.window.mean, series, move.window.spans) if move.window.before else "none"


def _each(mean: float, series: Series, spans: int) -> str:
    """'6.8 a week'; of one week alone its number."""
    return say_mean(mean) if spans == 1 else f"{say_mean(mean)} {series.span.each()}"


def _some(mentions: int) -> str:
    return say_amount(mentions, "mentions") if mentions else "No mention"


def _pieces(count: int) -> str:
    return f"{say_number(count)} {'piece' if count == 1 else 'pieces'}"
