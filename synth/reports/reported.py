"""A theme's weeks as they were reported at the time, beside what is counted today.

Themes are merged, split and drawn anew, and late feedback arrives: a trend is counted anew each time it is shown. What
the archived report of a week said stays what it was; where the two differ, that is said.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.reports.spans import Span
from synth.store import tables
from synth.store.restricting import holds_nothing_of
from synth.store.stamp import hidden_sources


@dataclass(frozen=True, slots=True)
class Trend:
    """Mentions of a theme in each of the weeks, oldest first: as they are counted today, and as they were reported."""

    weeks: tuple[Span, ...]
    today: tuple[int, ...]
    reported: tuple[int | None, ...]  # None: no report was archived, or the theme was not there yet

    @property
    def restated(self) -> tuple[tuple[Span, int, int], ...]:
        """The weeks that were reported with another number: (week, then, today)."""
        compared = zip(self.weeks, self.reported, self.today, strict=True)
        return tuple((week, then, now) for week, then, now in compared if then is not None and then != now)

    def difference(self) -> str | None:
        """One sentence on how the reports of the time differ; None where no week of it was reported."""
        known = sum(then is not None for then in self.reported)
        if not known:
            return None
        told = f"{known} of these {len(self.weeks)} weeks" if known > 1 else f"One of these {len(self.weeks)} weeks"
        have = "have" if known > 1 else "has"
        if not self.restated:
            return f"{told} {have} an archived report, with the same numbers as today."
        parts = [f"{week.id} with {then:,} (today {now:,})" for week, then, now in self.restated]
        return f"Reported at the time with other numbers: {'; '.join(parts)}. {_WHY}"


_WHY = "Themes that were merged or split since, decisions of people, and late feedback make the difference."


def read_reported(session: Session, workspace: str, theme_id: str, weeks: Sequence[Span]) -> tuple[int | None, ...]:
    """What the archived report of each week counted for a theme, None where it says nothing of it.

    Nothing is said of one that counted what whoever reads may not see.
    """
    ids, report = [week.id for week in weeks], tables.Report
    readable = holds_nothing_of(report.left_out, hidden_sources(session))
    query = select(report.id, report.content).where(report.workspace_id == workspace, report.id.in_(ids), readable)
    archived = {id: content.get("mentions", {}).get(theme_id) for id, content in session.execute(query)}
    return tuple(archived.get(id) for id in ids)
