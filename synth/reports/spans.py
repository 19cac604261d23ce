"""A stretch of whole days, and how it is said in a sentence."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from synth.answers.planning.days import say_days, to_moment
from synth.model import Condition, Filters

SUBJECTS = ("theme", "area")  # what a team cares for; its other filters say for whom
_NUMBERS = ("no", "one", "two", "three", "four")


@dataclass(frozen=True, slots=True)
class Span:
    """The days [first, end) of a zone; of a team, only what meets its filters."""

    first: date
    end: date
    timezone: str
    where: tuple[Condition, ...] = ()

    @property
    def days(self) -> int:
        """How many days."""
        return (self.end - self.first).days

    @property
    def is_week(self) -> bool:
        """True for Monday to Sunday."""
        return self.days == 7 and self.first.weekday() == 0

    @property
    def id(self) -> str:
        """2026-W46 for a week, else 2026-11-01..2026-11-14."""
        if not self.is_week:
            return f"{self.first}..{self.end - timedelta(days=1)}"
        year, week, _ = self.first.isocalendar()
        return f"{year}-W{week:02}"

    @property
    def since(self) -> datetime:
        """The moment it begins, in UTC."""
        return to_moment(self.first, ZoneInfo(self.timezone))

    @property
    def until(self) -> datetime:
        """The moment it is over, in UTC."""
        return to_moment(self.end, ZoneInfo(self.timezone))

    def filters(self, *where: Condition) -> Filters:
        """What was said in it. A condition takes the place of a team's own on the same key: it is one of these."""
        narrowed = {each.key for each in where}
        own = (each for each in self.where if each.operator != "=" or each.key not in narrowed)
        return Filters(self.since, self.until, (*own, *where))

    @property
    def whole(self) -> "Span":
        """The same days without a team's themes and areas: all that these are a share of."""
        return replace(self, where=tuple(each for each in self.where if not is_subject(each)))

    def back(self, count: int) -> "Span":
        """The span of the same length that many lengths earlier."""
        shift = timedelta(days=self.days * count)
        return replace(self, first=self.first - shift, end=self.end - shift)

    def joined(self, last: "Span") -> "Span":
        """From the first day of this one to the last day of another."""
        return replace(self, end=last.end)

    def last_day(self) -> "Span":
        """Its last day."""
        return replace(self, first=self.end - timedelta(days=1))

    def said(self) -> str:
        """'9–15 November 2026'."""
        return say_days(self.first, self.end)

    def title(self) -> str:
        """'Week 46: 9–15 November 2026', or the days alone."""
        return f"Week {self.first.isocalendar().week}: {self.said()}" if self.is_week else self.said()

    def this(self) -> str:
        """As in 'came this week'."""
        return "this week" if self.is_week else "that day" if self.days == 1 else f"in these {self.days} days"

    def last(self) -> str:
        """'last week'."""
        return (
            "last week" if self.is_week else "the day before" if self.days == 1 else f"in the {self.days} days before"
        )

    def both(self) -> str:
        """As in 'not mentioned this week or last'."""
        if self.is_week:
            return "this week or last"
        return "that day or the day before" if self.days == 1 else f"in the last {2 * self.days} days"

    def each(self) -> str:
        """'a week', after a mean."""
        return "a week" if self.is_week else "a day" if self.days == 1 else f"per {self.days} days"

    def stretch(self, count: int) -> str:
        """'two weeks', '12 weeks', '28 days'."""
        if not self.is_week and self.days > 1:
            return f"{self.days * count} days"
        number = _NUMBERS[count] if count < len(_NUMBERS) else str(count)
        return f"{number} {'week' if self.is_week else 'day'}{'' if count == 1 else 's'}"

    def before(self, count: int) -> str:
        """'the four weeks before'; 'the week before'."""
        return f"the {self.stretch(count).removeprefix('one ')} before"


def is_subject(condition: Condition) -> bool:
    """True of a theme or an area that is a team's."""
    return condition.key in SUBJECTS and condition.operator == "="
