"""Who is behind the mentions of a theme: people, accounts, revenue, and the segment most of them come from."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from synth.model import Count, Filters, Unit
from synth.reports.moves import PEOPLE
from synth.store.counting import count, count_by
from synth.store.filtering import Account


@dataclass(frozen=True, slots=True)
class Segment:
    """The segment with most mentions: its mentions, and those whose segment is known."""

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


def count_affected(session: Session, workspace: str, filters: Filters, label: str) -> Affected:
    """Count the mentions within the filters and who made them."""

    def counted(unit: Unit) -> Count:
        whole = count(session, workspace, Filters(filters.since, filters.until), unit)
        return Count(label, count(session, workspace, filters, unit), unit, filters, of=whole)

    return Affected(
        mentions=counted("mentions"),
        people=counted("people"),
        accounts=counted("accounts"),
        revenue=counted("revenue"),
        segment=_segment(session, workspace, filters),
    )


def _segment(session: Session, workspace: str, filters: Filters) -> Segment | None:
    """The largest segment, where there are several in the store and enough mentions to speak of one."""
    mentions = {name: n for name, n in count_by(session, workspace, filters, Account.segment).items() if name}
    if not mentions or len(_segments(session, workspace)) < 2:
        return None
    name, most = max(mentions.items(), key=lambda pair: (pair[1], pair[0]))
    tied = sum(1 for n in mentions.values() if n == most) > 1
    return None if tied or most < PEOPLE else Segment(name, int(most), int(sum(mentions.values())))


def _segments(session: Session, workspace: str) -> list[str]:
    return [name for name in count_by(session, workspace, Filters(), Account.segment) if name]
