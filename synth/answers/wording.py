"""How numbers, filters and times are said in a sentence."""

from collections.abc import Sequence
from datetime import timedelta
from zoneinfo import ZoneInfo

from synth.answers.change import Change
from synth.model import Condition, Count, Filters, Plan, Unit

_UNITS: dict[Unit, tuple[str, str]] = {
    "mentions": ("mention", "mentions"),
    "people": ("person", "people"),
    "accounts": ("account", "accounts"),
    "revenue": ("of yearly revenue", "of yearly revenue"),
}


HARDLY = 5  # per cent: a change smaller than this is hardly any


def say_number(value: float) -> str:
    """1,234 or 12.5."""
    return f"{int(value):,}" if value == int(value) else f"{value:,.1f}"


def say_amount(value: float, unit: Unit) -> str:
    """A number with its unit: '1 person', '1,204 mentions'."""
    one, many = _UNITS[unit]
    return f"{say_number(value)} {one if value == 1 else many}"


def say_between(count: Count) -> str:
    """' (49–300)': between what the true number lies; '' of an exact count."""
    if count.low is None or count.high is None:
        return ""
    return f" ({say_number(count.low)}–{say_number(count.high)})"


def say_share(part: float, whole: float) -> str:
    """'12.5 %', never more than one decimal; '—' of nothing."""
    if not whole:
        return "—"
    share = 100 * part / whole
    return f"{share:.0f} %" if share >= 10 or share == int(share) else f"{share:.1f} %"


def say_share_between(count: Count) -> str:
    """' (4–28 %)': between what the true share lies; '' of an exact one."""
    if count.low is None or count.high is None or not count.of:
        return ""
    low, high = (say_share(end, count.of).removesuffix(" %") for end in (count.low, count.high))
    return f" ({low}–{high} %)"


def say_times(change: Change) -> str:
    """How large a change is, as an interval: '1.4 to 9.6 times as often', '40 to 80 % less often'.

    'up to' where it may be hardly any. Where there is none to be sure of: 'anything from 40 % less often to 2.5 times
    as often is possible'.
    """
    if change.direction == "down":
        return f"{_from(_less(change.high))}{_less(change.low)} % less often"
    if change.direction == "up" and change.high < 2:
        return f"{_from(_more(change.low))}{_more(change.high)} % more often"
    if change.direction == "up":
        least = f"{_factor(change.low)} to " if change.low >= 1 + HARDLY / 100 else "up to "
        return f"{least}{_factor(change.high)} times as often"
    more = f"{_more(change.high)} % more often" if change.high < 2 else f"{_factor(change.high)} times as often"
    return f"anything from {_less(change.low)} % less often to {more} is possible"


def say_filters(filters: Filters, timezone: str, *, names: dict[str, str] | None = None) -> str:
    """'source United, 17–19 Feb 2015'; empty when there are none. `names` gives themes their names."""
    parts = [_say_condition(condition, names or {}) for condition in filters.where]
    time = say_time(filters, timezone)
    return ", ".join([*parts, time] if time else parts)


def say_time(filters: Filters, timezone: str) -> str:
    """The days a filter covers, inclusive, in the workspace's zone."""
    zone = ZoneInfo(timezone)
    first = filters.since.astimezone(zone).date() if filters.since else None
    last = (filters.until.astimezone(zone) - timedelta(microseconds=1)).date() if filters.until else None
    if first and last:
        return f"on {first:%-d %b %Y}" if first == last else f"{first:%-d %b %Y} to {last:%-d %b %Y}"
    if first:
        return f"since {first:%-d %b %Y}"
    return f"until {last:%-d %b %Y}" if last else ""


def say_subject(plan: Plan) -> str:
    """What the question is about, in the asker's own words; '' when it is about everything."""
    return f"“{plan.about}”" if plan.about else ""


def say_list(words: Sequence[str]) -> str:
    """'a, b and c'."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


def _say_condition(condition: Condition, names: dict[str, str]) -> str:
    value = names.get(condition.value, condition.value) if condition.key == "theme" else condition.value
    sign = " " if condition.operator == "=" else f" {condition.operator} "
    return f"{condition.key}{sign}{value}"


def _from(percent: int) -> str:
    return f"{percent} to " if percent >= HARDLY else "up to "


def _less(ratio: float) -> int:
    return min(99, max(1, round(100 * (1 - ratio))))


def _more(ratio: float) -> int:
    return max(1, round(100 * (ratio - 1)))


def _factor(ratio: float) -> str:
    return f"{ratio:.0f}" if ratio >= 10 else f"{ratio:.1f}"
