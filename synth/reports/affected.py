"""Who is behind the mentions of a theme: people, accounts, revenue, and the segment most of them come from."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from synth.answers.wording import say_amount
from synth.model import NO_FILTERS, Count, Filters, Unit
from synth.reports.moves import PEOPLE
from synth.store.counting import count_by, count_units
from synth.store.filtering import Account


@dataclass(frozen=True, slots=True)
class Segment:
    """The segment with most mentions: its mentions, out of those whose segment is known."""

    name: str
    mentions: int
    of: int


@dataclass(frozen=True, slots=True)
class Affected:
    """Counts within some filters; each can be opened as the list behind it."""

    mentions: Count
    people: Count
    accounts: Count
    revenue: Count
    segment: Segment | None

    @property
    def counts(self) -> tuple[Count, ...]:
        """Those that say something."""
        return tuple(each for each in (self.mentions, self.people, self.accounts, self.revenue) if each.value)


@dataclass(frozen=True, slots=True)
class Whole:
    """What counts are out of: everything of their time, counted once for all themes; and the segments there are."""

    session: Session
    workspace: str
    _counted: dict[Filters, Mapping[Unit, float]] = field(default_factory=dict)
    _segments: list[str] = field(default_factory=list)

    def of(self, filters: Filters) -> Mapping[Unit, float]:
        """All feedback of the time of the filters, in every unit."""
        time = Filters(filters.since, filters.until)
        if time not in self._counted:
            self._counted[time] = count_units(self.session, self.workspace, time)
        return self._counted[time]

    def segments(self) -> list[str]:
        """The names of the segments that any feedback comes from."""
        if not self._segments:
            found = count_by(self.session, self.workspace, NO_FILTERS, Account.segment)
            self._segments.extend(name for name in found if name)
        return self._segments


def count_affected(session: Session, workspace: str, filters: Filters, label: str, whole: Whole) -> Affected:
    """Count the mentions within the filters and who made them."""
    mine, everything = count_units(session, workspace, filters), whole.of(filters)

    def counted(unit: Unit) -> Count:
        return Count(label, mine[unit], unit, filters, of=everything[unit])

    return Affected(
        mentions=counted("mentions"),
        people=counted("people"),
        accounts=counted("accounts"),
        revenue=counted("revenue"),
        segment=_segment(session, workspace, filters, whole),
    )


def write_affected(affected: Affected, when: str) -> str:
    """Who it was: '17 people in 11 accounts with 312,000 of yearly revenue; 9 of 17 mentions come from Mid-market'."""
    units: tuple[Count, ...] = (affected.people, affected.accounts)
    voices = " in ".join(say_amount(each.value, each.unit) for each in units if each.value)
    revenue = f" with {say_amount(affected.revenue.value, 'revenue')}" if affected.revenue.value else ""
    segment = affected.segment
    most = f"{segment.mentions} of {segment.of} mentions come from {segment.name}" if segment else ""
    said = "; ".join(part for part in (voices + revenue, most) if part)
    return f"{when}: {said}." if said else ""


def _segment(session: Session, workspace: str, filters: Filters, whole: Whole) -> Segment | None:
    """The one largest segment, where the store knows several and there are mentions enough to speak of one."""
    mentions = {name: n for name, n in count_by(session, workspace, filters, Account.segment).items() if name}
    if not mentions or len(whole.segments()) < 2:
        return None
    name, most = max(mentions.items(), key=lambda pair: pair[1])
    tied = list(mentions.values()).count(most) > 1
    return None if tied or most < PEOPLE else Segment(name, int(most), int(sum(mentions.values())))
