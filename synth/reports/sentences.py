"""The sentences of a report, written from its counts: short, with units, never without a number that was counted."""

from collections.abc import Sequence

from synth.answers.change import compare_rates
from synth.answers.wording import say_amount, say_list, say_number, say_share
from synth.reports.affected import Affected
from synth.reports.health import Dominant, Health
from synth.reports.moves import Aside, Move, Moves
from synth.reports.series import Series
from synth.reports.weeks import Span

NAMED = 3  # themes a sentence names
ALIKE = 0.10  # a change of the volume smaller than this is none


def write_short_version(series: Series, moves: Moves, volume: str, affected: dict[str, Affected]) -> list[str]:
    """What a leader reads: the volume, what is new, rising and fading, and what is said most among the rest."""
    if not series.totals[-1]:
        return [volume]
    if not series.names:
        return [volume, "No themes have been found yet, so this report cannot say what people speak of."]
    if not series.before:
        return [volume, "There is no earlier feedback, so nothing can be called new, rising or fading.", *_most(series, moves)]
    if not moves.all:
        return ["A quiet week: no theme is new, rising or fading." if series.span.is_week else
                "Quiet days: no theme is new, rising or fading.", volume, *_most(series, moves)]  # fmt: skip
    said = [_new(series, moves.new, affected), _rising(series, moves.rising), _fading(series, moves.fading)]
    return [volume, *filter(None, said), *_absent(moves), *_most(series, moves)]


def write_volume(series: Series, people: float, accounts: float) -> str:
    """How much came in, from whom, against the spans before."""
    this, before = series.totals[-1], series.totals[:-1][-series.before :] if series.before else ()
    span, usual = series.span, sum(before) / len(before) if before else 0.0
    if not this:
        return "No feedback came in." + (f" In {span.before(len(before))} there were {say_mean(usual)} pieces {span.each()}." if usual else "")
    amount = f"{say_number(this)} {'piece' if this == 1 else 'pieces'} of feedback came in {span.this()}"
    voices = f" from {say_amount(people, 'people')}" if people else ""
    where = f" in {say_amount(accounts, 'accounts')}" if accounts else ""
    return f"{amount}{voices}{where}{_against(series, this, before)}."


def write_move(move: Move, series: Series, affected: Affected) -> str:
    """What happened to a theme, in one or two sentences."""
    writers = {"new": _say_new, "rising": _say_rising, "fading": _say_fading}
    return writers[move.kind](move, series, affected)


def write_affected(affected: Affected, when: str) -> str:
    """'This week: 17 people in 11 accounts with 312,000 of yearly revenue; 9 of 17 mentions come from Mid-market.'"""
    people = say_amount(affected.people.value, "people") if affected.people.value else ""
    accounts = say_amount(affected.accounts.value, "accounts") if affected.accounts.value else ""
    revenue = f" with {say_amount(affected.revenue.value, 'revenue')}" if affected.revenue.value else ""
    who = " in ".join(part for part in (people, accounts) if part) + revenue
    segment = affected.segment
    most = f"{segment.mentions} of {segment.of} mentions come from {segment.name}" if segment else ""
    said = "; ".join(part for part in (who, most) if part)
    return f"{when}: {said}." if said else ""


def write_dominant(dominant: Dominant) -> str:
    """The warning that one voice gives much of the feedback."""
    share = say_share(dominant.mentions, dominant.of)
    counted = f"{share} of the feedback ({say_number(dominant.mentions)} of {say_number(dominant.of)})"
    if dominant.kind == "source":
        return f"One source, {dominant.name}, gives {counted}: what moves may be that source and not the product."
    return f"One {dominant.kind}, {dominant.name}, gives {counted}: read the counts of mentions with care."


def write_health(health: Health, *, themes: bool) -> list[str]:
    """What stands behind the numbers, in sentences."""
    lines = []
    if themes and health.excerpts:
        covered = health.excerpts - health.unassigned
        share = say_share(covered, health.excerpts)
        lines.append(f"{share} of the excerpts are on a theme; {say_number(health.unassigned)} of {say_number(health.excerpts)} are on none.")
    if health.documents and health.nameless == health.documents:
        lines.append("The feedback names nobody, so people are not known: where three people are asked for, three documents stand in.")
    elif health.nameless:
        lines.append(f"{_pieces(health.nameless)} of {say_number(health.documents)} {_name(health.nameless)} nobody; where three people are asked for, each counts as one voice.")
    if health.undated:
        lines.append(f"{_pieces(health.undated)} in the whole store {_has(health.undated)} no date and {_is(health.undated)} in no report.")
    if health.ahead:
        lines.append(f"{_pieces(health.ahead)} in the whole store {_has(health.ahead)} a date in the future.")
    return lines


def write_aside(aside: Aside, name: str) -> str:
    """A theme that moved but is not among those that did."""
    return f"“{name}” looks {aside.kind}, but {aside.reason}."


def say_mean(value: float) -> str:
    """52, or 6.8 where it is less than ten."""
    return say_number(round(value)) if value >= 10 else say_number(round(value, 1))


def _against(series: Series, this: int, before: Sequence[int]) -> str:
    if not before:
        return ""
    span, usual = series.span, sum(before) / len(before)
    earlier = span.before(len(before))
    if not usual:
        return f", after none in {earlier}"
    moved = compare_rates(sum(before), len(before), this, 1)
    ratio = this / usual
    if moved.direction == "flat" or abs(ratio - 1) < ALIKE:
        return f", about as much as in {earlier} ({say_mean(usual)} {span.each()})"
    if ratio >= 2:
        return f", {ratio:.1f} times as much as in {earlier} ({say_mean(usual)} {span.each()})"
    return f", {abs(ratio - 1):.0%} {'more' if ratio > 1 else 'less'} than in {earlier} ({say_mean(usual)} {span.each()})".replace("%", " %", 1)


def _new(series: Series, moves: Sequence[Move], affected: dict[str, Affected]) -> str:
    def one(move: Move) -> str:
        people = affected[move.theme].people.value
        voices = f" from {say_amount(people, 'people')}" if people else ""
        heard = series.span.this() if move.width == 1 else series.span.last()
        return f"“{series.names[move.theme]}” ({say_amount(move.window.after, 'mentions')}{voices}, first heard {heard})"

    return _listed("New", moves, one)


def _rising(series: Series, moves: Sequence[Move]) -> str:
    return _listed("Rising", moves, lambda move: f"“{series.names[move.theme]}” ({_counted(move, series)})")


def _fading(series: Series, moves: Sequence[Move]) -> str:
    return _listed("Fading", moves, lambda move: f"“{series.names[move.theme]}” ({_counted(move, series)})")
