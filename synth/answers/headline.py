"""The direct first sentence of an answer, written from the counts."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from synth.answers.change import compare_rates
from synth.answers.tally import Tally, ThemeMove
from synth.answers.wording import (
    say_amount,
    say_between,
    say_filters,
    say_list,
    say_number,
    say_share,
    say_share_between,
    say_subject,
    say_times,
)
from synth.model import Count, Plan


def write_headline(plan: Plan, numbers: Tally, *, timezone: str) -> str:
    """One sentence that answers what was asked, with the numbers it rests on."""
    if plan.asked == "trend" and len(numbers.parts) == 2:
        return _trend(plan, numbers, timezone)
    if plan.asked == "compare" and len(numbers.parts) >= 2:
        return _rivals(plan, numbers, timezone) if numbers.rivals else _comparison(plan, numbers, timezone)
    writers: dict[str, Callable[[Plan, Tally, str], str]] = {
        "share": _share,
        "top": _top,
        "since": _since,
    }
    return writers.get(plan.asked, _amount)(plan, numbers, timezone)


def _amount(plan: Plan, numbers: Tally, timezone: str) -> str:
    main = numbers.main
    if not plan.about and plan.asked in ("what", "why") and len(numbers.themes) > 1 and main.unit == "mentions":
        named = say_list([f"{theme.name} ({say_number(theme.mentions)})" for theme in numbers.themes[:3]])
        return f"{say_amount(main.value, main.unit)} {_matches(main)}{_scope(plan, timezone)}; most are about {named}."
    verb = _speaks(main) if plan.about else _matches(main)
    voices = f" by {say_amount(numbers.people.value, 'people')}" if _worth_voices(numbers) else ""
    about = "About " if main.low is not None else ""
    amount = f"{about}{say_amount(main.value, main.unit)}{say_between(main)}{voices}"
    return f"{amount} {verb}{_scope(plan, timezone)}{_mostly(plan, numbers)}."


def _share(plan: Plan, numbers: Tally, timezone: str) -> str:
    main = numbers.main
    about = "About " if main.low is not None else ""
    share = f"{about}{say_share(main.value, main.of or 0)}{say_share_between(main)}"
    whole = say_amount(main.of or 0, main.unit)
    return f"{share} — {say_number(main.value)} of {whole} — {_speaks(main)}{_scope(plan, timezone)}."


def _top(plan: Plan, numbers: Tally, timezone: str) -> str:
    named = [f"{theme.name} ({say_number(theme.mentions)})" for theme in numbers.themes[:3]]
    if not named:
        return _amount(plan, numbers, timezone)
    scope = f"{_scope(plan, timezone)}"
    return (
        f"Most mentions{scope} are about {say_list(named)}, out of {say_amount(numbers.main.value, numbers.main.unit)}."
    )


def _since(plan: Plan, numbers: Tally, timezone: str) -> str:
    if numbers.first is None:
        return _amount(plan, numbers, timezone)
    day = numbers.first.astimezone(ZoneInfo(timezone))
    main = say_amount(numbers.main.value, numbers.main.unit)
    verb = _speaks(numbers.main)
    return f"It was first said on {day:%-d %b %Y}; since then {main} {verb}{_scope(plan, timezone)}."


def _comparison(plan: Plan, numbers: Tally, timezone: str) -> str:
    """Who has more, each beside all that was said of it; and who leads by that share, where that is clear."""
    first, *others = sorted(numbers.parts, key=lambda part: (-part.value, part.label))
    rest = say_list([f"{part.label} has {_out_of(part)}" for part in others])
    more = "Most" if len(others) > 1 else "More"
    tie = "As many come from" if first.value == others[0].value else f"{more} come from"
    amount = f"{say_number(first.value)} of {say_amount(first.of or 0, first.unit)}"
    share = f" ({say_share(first.value, first.of)})" if first.of else ""
    said = f"{tie} {first.label}: {amount}{share}{_scope(plan, timezone)}, while {rest}."
    return f"{said}{_lead_by_share(numbers.parts)}"


def _rivals(plan: Plan, numbers: Tally, timezone: str) -> str:
    """Which of the subjects more is said about, each with the range it lies in; and whether that is sure."""
    first, *others = sorted(numbers.parts, key=lambda part: (-part.value, part.label))
    within = _within(plan, timezone)
    rest = say_list([f"“{part.label}” has {_ranged(part, say_number(part.value))}" for part in others])
    if first.value == others[0].value:
        both = "each" if len(others) > 1 else "both"
        return f"As much is said{within} about {both}: “{first.label}” has {write_alone(first)}; {rest}."
    more = "Most" if len(others) > 1 else "More"
    overlaps = any(part.high is not None and first.low is not None and part.high >= first.low for part in others)
    instead = "another" if len(others) > 1 else "the other way round"
    doubt = f" The ranges overlap, so it may be {instead}." if overlaps else ""
    return f"{more} is said{within} about “{first.label}”: {write_alone(first)}; {rest}.{doubt}"


def write_alone(part: Count) -> str:
    """'about 120 mentions (50–310)': one of the subjects that are held against each other."""
    return _ranged(part, say_amount(part.value, part.unit))


def _ranged(part: Count, amount: str) -> str:
    """An amount of it with the range it lies in, where it has one."""
    return f"{'about ' if part.low is not None else ''}{amount}{say_between(part)}"


def _lead_by_share(parts: Sequence[Count]) -> str:
    """' By share, Small leads: 1.4 to 21 times as often as Large.'; that there is no clear difference, where none is.

    The first is held against the second, with an interval as much wider as there were others to be first.
    """
    first, second, *_ = sorted(parts, key=lambda part: (-_share_of(part), part.label))
    if first.unit == "revenue" or not first.of or not second.of:
        return ""
    change = compare_rates(second.value, second.of, first.value, first.of, among=len(parts) - 1)
    if change.direction != "up":
        return " By share, there is no clear difference." if len(parts) == 2 else " By share, nobody clearly leads."
    times = say_times(change)
    return f" By share, {first.label} leads: {times} {'than' if times.endswith('more often') else 'as'} {second.label}."


def _out_of(part: Count) -> str:
    share = f" ({say_share(part.value, part.of)})" if part.of else ""
    return f"{say_number(part.value)} of {say_number(part.of or 0)}{share}"


def _share_of(part: Count) -> float:
    return part.value / part.of if part.of else 0.0


def _trend(plan: Plan, numbers: Tally, timezone: str) -> str:
    before, after = numbers.parts
    if not plan.about and not plan.filters.where and before.of:
        return _movement(numbers)
    if not before.of:
        amount = f"{say_number(after.value)} of {say_number(after.of or 0)} {after.unit} ({after.label})"
        return f"There is nothing from {before.label} to compare with: {amount}{_scope(plan, timezone)}."
    change = compare_rates(before.value, before.of or 0, after.value, after.of or 0)
    said = {"up": "It went up", "down": "It went down", "flat": "No clear change"}[change.direction]
    if (after.value - before.value) * (change.ratio - 1) < 0:
        said = f"{said} as a share" if change.direction != "flat" else said
    sure = "" if after.unit == "revenue" else f"{'; ' if change.direction == 'flat' else ', '}{say_times(change)}"
    counts = f"{say_number(before.value)} of {say_number(before.of or 0)} {before.unit} ({before.label})"
    later = f"{say_number(after.value)} of {say_number(after.of or 0)} ({after.label})"
    return f"{said}: from {counts} to {later}{_scope(plan, timezone)}{sure}."


def _movement(numbers: Tally) -> str:
    """Of everything that was said: which themes moved, since all of it is all of it in both times."""
    before, after = numbers.parts
    times = f"{say_number(after.value)} {after.unit} ({after.label}) after {say_number(before.value)} ({before.label})"
    if not numbers.moves:
        return f"No theme is spoken of more or less than chance explains: {times}."
    said = []
    for word, direction in (("more", "up"), ("less", "down")):
        names = [f"“{move.theme.name}”" for move in numbers.moves if move.change.direction == direction]
        said += [f"{word} about {say_list(names[:3])}"] if names else []
    first = ", and ".join(said)
    return f"{first[0].upper()}{first[1:]} than chance explains: {times}."


def write_move(move: ThemeMove, numbers: Tally) -> str:
    """One theme that moved, with its counts in both times."""
    before, after = numbers.parts
    return (
        f"{move.theme.name}: {say_number(move.after)} of {say_number(after.value)} {after.unit}, "
        f"after {say_number(move.before)} of {say_number(before.value)}, {say_times(move.change)}."
    )


def _scope(plan: Plan, timezone: str) -> str:
    """What the sentence is about, and within which filters."""
    return f"{_about(plan)}{_within(plan, timezone)}"


def _about(plan: Plan) -> str:
    subject = say_subject(plan)
    return f" about {subject}" if subject else ""


def _within(plan: Plan, timezone: str) -> str:
    filters = say_filters(plan.filters, timezone)
    return f" ({filters})" if filters else ""


def _mostly(plan: Plan, numbers: Tally) -> str:
    """The theme that was counted; else, where the largest theme is a good part of what was found, that one."""
    if numbers.theme is not None:
        return f", counted as the theme “{numbers.theme.name}”"
    if not plan.about or not numbers.themes or numbers.main.unit != "mentions":
        return ""
    largest = numbers.themes[0]
    if largest.mentions * 4 < numbers.main.value:
        return ""
    return f", {say_number(largest.mentions)} of them under “{largest.name}”"


def _speaks(main: Count) -> str:
    singular = main.value == 1 and main.unit != "people"
    return "speaks" if singular or main.unit == "revenue" else "speak" if main.value != 1 else "speaks"


def _matches(main: Count) -> str:
    return "matches" if main.value == 1 or main.unit == "revenue" else "match"


def _worth_voices(numbers: Tally) -> bool:
    return numbers.main.unit == "mentions" and 0 < numbers.people.value < numbers.main.value
