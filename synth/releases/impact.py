"""What followed a release: how often its themes were spoken of before and after, beside all other themes.

The themes that are not linked to it are the control: when everything is spoken of more, because more people write,
nothing followed. The ratio of the two rates has the interval of `synth.answers.change`. Other things happen in the same
weeks, and the sentence says no more than what was counted.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from synth.answers.change import Change, compare_rates
from synth.answers.planning.days import to_moment
from synth.answers.wording import say_amount, say_times
from synth.model import Filters
from synth.releases.recording import list_releases, release_document
from synth.store.counting import count_themes
from synth.store.tables import Release

WINDOW = timedelta(weeks=4)  # before, and after as far as it has passed
_Counted = Mapping[str, tuple[str, int]]  # name and mentions of each theme
LEAST = timedelta(weeks=1)  # after it, before anything is said


@dataclass(frozen=True, slots=True)
class Followed:
    """One theme of a release: mentions before and after, beside those of the themes that are not linked to it."""

    theme: str
    name: str
    before: int
    control_before: int
    after: int
    control_after: int

    @property
    def change(self) -> Change:
        """After against before, beside the control."""
        return compare_rates(self.before, self.control_before, self.after, self.control_after)


def releases_of(
    session: Session, workspace: str, timezone: str, *, since: date | None = None, until: date
) -> list[dict[str, Any]]:
    """The releases, newest first, each with what followed before the day `until`.

    With `since`, those from then on, and those of the four weeks before: what is counted is what followed them.
    """
    known = list_releases(session, workspace)
    if since is not None:
        known = [each for each in known if since - WINDOW <= date.fromisoformat(each.day) < until]
    return [release_document(each) | _told(session, workspace, timezone, each, until) for each in known]


def _told(session: Session, workspace: str, timezone: str, release: Release, until: date) -> dict[str, Any]:
    day = date.fromisoformat(release.day)
    end = min(until, day + WINDOW)
    if not release.themes:
        return {"followed": [], "said": ["No theme is linked to it: nothing is compared."]}
    if end - day < LEAST:
        return {"followed": [], "said": ["It came out less than a week before: it is too early to say what followed."]}
    before, after = (_count(session, workspace, timezone, *days) for days in ((day - WINDOW, day), (day, end)))
    followed = [_follow(theme, release.themes, before, after) for theme in release.themes]
    said = [_sentence(each, (end - day).days) for each in followed]
    return {"followed": [_document(each) for each in followed if each.name], "said": said}


def _count(session: Session, workspace: str, timezone: str, first: date, end: date) -> _Counted:
    """Mentions by theme, with its name."""
    zone = ZoneInfo(timezone)
    within = Filters(to_moment(first, zone), to_moment(end, zone))
    return {each.id: (each.name, each.mentions) for each in count_themes(session, workspace, within)}


def _follow(theme: str, linked: Sequence[str], before: _Counted, after: _Counted) -> Followed:
    name = (after.get(theme) or before.get(theme) or ("", 0))[0]
    was, is_now = (each.get(theme, ("", 0))[1] for each in (before, after))
    controls = (sum(n for id, (_, n) in each.items() if id not in linked) for each in (before, after))
    control_before, control_after = controls
    return Followed(theme, name, was, control_before, is_now, control_after)


def _sentence(followed: Followed, days: int) -> str:
    if not followed.name:
        return f"{followed.theme} was not spoken of in these weeks, or is no theme any more."
    said = (
        f"“{followed.name}”: {say_amount(followed.after, 'mentions')} in the {days} days since, after "
        f"{followed.before:,} in the four weeks before"
    )
    change = followed.change
    if not (followed.control_before and followed.control_after):
        return f"{said}; there is nothing to compare it with."
    if change.direction == "flat":
        return f"{said}; beside other themes no clear change ({say_times(change)})."
    return f"{said}; beside other themes {say_times(change)}."


def _document(followed: Followed) -> dict[str, Any]:
    change = followed.change
    return {
        "theme": followed.theme,
        "name": followed.name,
        "before": followed.before,
        "control_before": followed.control_before,
        "after": followed.after,
        "control_after": followed.control_after,
        "direction": change.direction,
        "low": round(change.low, 3),
        "high": round(change.high, 3) if change.high != float("inf") else None,
    }


def day_of(moment: datetime, timezone: str) -> date:
    """The day a moment lies on in the zone."""
    return moment.astimezone(ZoneInfo(timezone)).date()
