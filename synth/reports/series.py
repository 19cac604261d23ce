"""The numbers of a report: documents and mentions of each theme, span by span, up to the one that is reported."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property

from sqlalchemy.orm import Session

from synth.answers.change import Change, compare_rates
from synth.model import Condition
from synth.reports.spans import Span
from synth.reports.team import own_themes
from synth.store.counting import count_stretches, count_themes_by_stretch

SHOWN = 12  # spans a trend shows
BEFORE = 4  # spans a change is measured against
_LONG_AGO = datetime(1, 1, 2, tzinfo=UTC)  # before any document was written
LEAST_FREEDOM = 10  # below this many degrees of freedom the wavering of counts is not known


@dataclass(frozen=True, slots=True)
class Window:
    """What is compared: `after` of `after_of` documents with `before` of `before_of`; and the mean per span before."""

    after: int
    after_of: int
    before: int
    before_of: int
    spans: int  # how many spans `before` adds up

    @property
    def mean(self) -> float:
        """Mentions per span before."""
        return self.before / self.spans if self.spans else 0.0

    @property
    def change(self) -> Change:
        """The rate after against the rate before, both per document."""
        return compare_rates(self.before, self.before_of, self.after, self.after_of)


@dataclass(frozen=True)
class Series:
    """Counts per span, oldest first; the last span is the one that is reported."""

    spans: tuple[Span, ...]
    totals: tuple[int, ...]
    themes: Mapping[str, tuple[int, ...]]
    names: Mapping[str, str]
    earlier: Mapping[str, int]  # mentions before the first span
    earlier_total: int
    own: tuple[int, ...] | None = None  # documents of a team's own themes, of which `totals` are the whole

    @property
    def seen(self) -> "Series":
        """The same with what came in as the totals: of a team, its own feedback."""
        return self if self.own is None else replace(self, totals=self.own, own=None)

    @property
    def span(self) -> Span:
        """The one that is reported."""
        return self.spans[-1]

    @property
    def before(self) -> int:
        """How many spans there are to compare with, at most BEFORE."""
        return min(BEFORE, len(self.spans) - 1)

    def window(self, theme: str, width: int = 1) -> Window:
        """The last `width` spans of a theme against up to BEFORE spans ahead of them."""
        mentions = self.themes[theme]
        before, before_of = mentions[:-width][-BEFORE:], self.totals[:-width][-BEFORE:]
        return Window(sum(mentions[-width:]), sum(self.totals[-width:]), sum(before), sum(before_of), len(before))

    @cached_property
    def dispersion(self) -> float:
        """How much more the mentions of themes waver from span to span than by chance; 1 where they do not.

        Pearson's chi-square per degree of freedom over all themes and all spans but the last two, each theme against
        its own mean rate per document (McCullagh and Nelder 1989); cells where less than one mention is expected say
        nothing.
        """
        totals = self.totals[:-2]
        surprise, freedom, documents = 0.0, 0, sum(totals)
        for mentions in self.themes.values():
            said = sum(mentions[:-2])
            cells = [
                (count, said * of / documents) for count, of in zip(mentions[:-2], totals, strict=True) if documents
            ]
            counted = [(count, expected) for count, expected in cells if expected >= 1]
            surprise += sum((count - expected) ** 2 / expected for count, expected in counted)
            freedom += max(0, len(counted) - 1)
        return max(1.0, surprise / freedom) if freedom >= LEAST_FREEDOM else 1.0

    def joined(self, width: int) -> Span:
        """The last `width` spans as one."""
        return self.spans[-min(width, len(self.spans))].joined(self.span)

    def ahead(self, width: int) -> Span:
        """The spans that the last `width` are compared with, as one."""
        before = self.spans[:-width][-BEFORE:]
        return before[0].joined(before[-1])


def gather_series(session: Session, workspace: str, span: Span, oldest: datetime | None) -> Series:
    """Count documents and mentions in the span and in up to eleven before it, as far back as the feedback goes."""
    spans = [span.back(steps) for steps in range(SHOWN)]
    reached = [each for each in spans[1:] if oldest is not None and oldest < each.until]
    shown = (*reversed(reached), span)
    starts = [_LONG_AGO, *(each.since for each in shown)]
    mine, whole = (replace(each.filters(), since=None) for each in (span, span.whole))
    own = own_themes(session, workspace, span.where)
    names, counted = count_themes_by_stretch(session, workspace, mine, starts)
    themes = {theme: mentions for theme, mentions in counted.items() if own is None or theme in own}
    earlier_total, *totals = count_stretches(session, workspace, whole, starts)
    seen = None if span.whole == span else count_stretches(session, workspace, mine, starts)
    return Series(
        spans=shown,
        totals=tuple(totals),
        themes={theme: tuple(mentions[1:]) for theme, mentions in themes.items()},
        names={theme: names[theme] for theme in themes},
        earlier={theme: mentions[0] for theme, mentions in themes.items() if mentions[0]},
        earlier_total=earlier_total,
        own=tuple(seen[1:]) if seen else None,
    )


def about(theme: str) -> Condition:
    """The filter that lets through what speaks to a theme."""
    return Condition("theme", theme)
