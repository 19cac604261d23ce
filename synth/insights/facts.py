"""What can be counted about a theme, and the sentences that say it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import func
from sqlalchemy.orm import Session

from synth.answers.change import Change, compare_rates
from synth.answers.wording import say_amount, say_number, say_share
from synth.model import Condition, Count, Filters, Unit
from synth.store import tables
from synth.store.counting import count, count_by, days
from synth.store.excerpts import ExcerptView
from synth.store.filtering import Account, Document, select_documents

LeadKind = Literal["size", "movement", "segment"]
RECENT = timedelta(weeks=4)  # the span a trend compares with the one before it
FEW = 3  # people below which nothing is said about a group


@dataclass(frozen=True, slots=True)
class Facts:
    """The counts of a theme: over all time, by source and segment, and recently against before."""

    mentions: Count
    people: Count
    accounts: Count
    revenue: Count
    sources: dict[str, float]
    segments: dict[str, tuple[float, float]]  # segment to (mentions of the theme, mentions of everything)
    recent: Count
    before: Count
    first: datetime | None
    last: datetime | None

    @property
    def counts(self) -> tuple[Count, ...]:
        """Those an insight shows."""
        shown = (self.mentions, self.people, self.accounts, self.revenue, self.recent, self.before)
        return tuple(each for each in shown if each.value or each is self.mentions)

    def values(self) -> set[float]:
        """Every number a claim may use."""
        numbers = [n for each in self.counts for n in (each.value, each.of) if n is not None]
        return {*numbers, *self.sources.values(), *(n for pair in self.segments.values() for n in pair)}

    def derived(self) -> set[float]:
        """Numbers that its sentences make of these: how many sources, and the shares of segments in per cent."""
        shares = [100 * part / whole for part, whole in self.segments.values() if whole]
        return {float(len(self.sources)), *(round(share, digits) for share in shares for digits in (0, 1))}

    @property
    def change(self) -> Change:
        """The recent rate against the one before."""
        return compare_rates(self.before.value, self.before.of or 0, self.recent.value, self.recent.of or 0)


@dataclass(frozen=True, slots=True)
class Lead:
    """A computed sentence, of what kind it is, and which excerpts can show it."""

    text: str
    kind: LeadKind
    fits: Callable[[ExcerptView], bool]


class Totals:
    """What is counted over everything, once for all themes that are compared with it."""

    def __init__(self, session: Session, workspace: str) -> None:
        self._session, self._workspace = session, workspace
        self._counted: dict[tuple[Filters, Unit], float] = {}
        self.newest = days(session, workspace)[1]
        self.segments = count_by(session, workspace, Filters(), Account.segment)

    def count(self, filters: Filters, unit: Unit) -> float:
        """How many there are of the unit within the filters, which are times alone."""
        if (filters, unit) not in self._counted:
            self._counted[filters, unit] = count(self._session, self._workspace, filters, unit)
        return self._counted[filters, unit]


def gather_facts(session: Session, workspace: str, theme: tables.Theme, totals: Totals | None = None) -> Facts:
    """Count a theme; recent is the four weeks up to the newest document of the store."""
    totals = totals or Totals(session, workspace)
    mine = Filters(where=(Condition("theme", theme.id),))
    newest = totals.newest
    border = newest - RECENT if newest else None
    earlier = newest - 2 * RECENT if newest else None
    recent = Filters(since=border, where=mine.where)
    before = Filters(since=earlier, until=border, where=mine.where)
    span = select_documents(workspace, mine, func.min(Document.created_at), func.max(Document.created_at))
    first, last = session.execute(span).one()

    def counted(label: str, filters: Filters, unit: Unit = "mentions") -> Count:
        whole = Filters(filters.since, filters.until)
        value = count(session, workspace, filters, unit)
        return Count(label, value, unit, filters, of=totals.count(whole, unit))

    return Facts(
        mentions=counted(theme.name, mine),
        people=counted(theme.name, mine, "people"),
        accounts=counted(theme.name, mine, "accounts"),
        revenue=counted(theme.name, mine, "revenue"),
        sources=count_by(session, workspace, mine, tables.Source.name),
        segments=by_segment(session, workspace, mine, totals),
        recent=counted("last four weeks", recent),
        before=counted("four weeks before", before),
        first=first,
        last=last,
    )


def write_leads(theme: tables.Theme, facts: Facts) -> list[Lead]:
    """What an insight says about a theme, strongest first: its size, whether it moves, whom it touches most."""
    leads = [Lead(_size(theme, facts), "size", lambda _: True)]
    border = facts.recent.filters.since
    if border is not None and facts.change.direction != "flat":
        leads.append(Lead(_movement(facts), "movement", _said_since(border)))
    segment = strongest_segment(facts.segments)
    if segment:
        leads.append(Lead(_segment(segment, facts), "segment", lambda voice: voice.segment == segment))
    return leads


def _said_since(border: datetime) -> Callable[[ExcerptView], bool]:
    return lambda voice: voice.created_at is not None and voice.created_at >= border


def _size(theme: tables.Theme, facts: Facts) -> str:
    who = f" from {say_amount(facts.people.value, 'people')}" if facts.people.value else ""
    where = f" in {say_amount(facts.accounts.value, 'accounts')}" if facts.accounts.value else ""
    share = say_share(facts.mentions.value, facts.mentions.of or 0)
    sources = f", across {len(facts.sources)} sources" if len(facts.sources) > 1 else ""
    return (
        f"{theme.name}: {say_amount(facts.mentions.value, 'mentions')}{who}{where}{sources}, {share} of all feedback."
    )


def _movement(facts: Facts) -> str:
    word = "rising" if facts.change.direction == "up" else "falling"
    recent, before = facts.recent, facts.before
    return (
        f"It is {word}: {say_number(recent.value)} of {say_amount(recent.of or 0, 'mentions')} in the last four weeks, "
        f"after {say_number(before.value)} of {say_number(before.of or 0)} in the four weeks before."
    )


def _segment(segment: str, facts: Facts) -> str:
    part, whole = facts.segments[segment]
    share = say_share(part, whole)
    return f"It weighs most in {segment}: {say_number(part)} of {say_amount(whole, 'mentions')} there ({share})."


def strongest_segment(segments: Mapping[str, tuple[float, float]]) -> str | None:
    """The segment that speaks of the theme clearly more than the others together."""
    if len(segments) < 2:
        return None
    everything = sum(whole for _, whole in segments.values())
    total = sum(part for part, _ in segments.values())
    for name, (part, whole) in sorted(segments.items(), key=lambda pair: -pair[1][0] / max(pair[1][1], 1)):
        rest = compare_rates(total - part, everything - whole, part, whole)
        if part >= FEW and rest.direction == "up":
            return name
    return None


def by_segment(session: Session, workspace: str, mine: Filters, totals: Totals) -> dict[str, tuple[float, float]]:
    """Each known segment with the mentions within the filters, and with all there are of it."""
    here = count_by(session, workspace, mine, Account.segment)
    return {name: (here.get(name, 0.0), whole) for name, whole in totals.segments.items() if name}
