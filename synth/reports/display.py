"""What Markdown and HTML have in common: which sections there are, and how a row of a table is put in words."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from synth.answers.planning.days import say_days
from synth.answers.wording import say_list
from synth.reports.sentences import say_mean

_LISTED = 15  # themes the table of steady ones shows
_HEADINGS = (("new", "New"), ("rising", "Rising"), ("fading", "Fading"))


def sections_of(content: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """(kind, heading, themes) of what moved."""
    return [(kind, heading, content[kind]) for kind, heading in _HEADINGS if content[kind]]


def say_release(release: dict[str, Any]) -> str:
    """'Release 5.2, 16 November 2026'."""
    day = date.fromisoformat(release["day"])
    return f"Release {release['name']}, {say_days(day, day)}"


def say_aged(insight: dict[str, Any]) -> str:
    """What became of an insight: 'Published, now contradicted. It weighs most in Small now, not in Large.'."""
    return f"{insight['state'].capitalize()}, now {insight['freshness']}. {insight['reason']}".strip()


def say_unchanged(content: dict[str, Any]) -> str:
    """The saved questions that were asked and of which nothing changed, in one line; '' where there are none."""
    titles = [f"“{each['title']}”" for each in content.get("unchanged_questions", ())]
    return f"No clear change: {say_list(titles)}." if titles else ""


def say_written(content: dict[str, Any]) -> str:
    """'written on 22 November 2026 at 21:04, days by UTC'."""
    moment = datetime.fromisoformat(content["written_at"]).astimezone(ZoneInfo(content["zone"]))
    return f"written on {say_days(moment.date(), moment.date())} at {moment:%H:%M}, days by {content['zone']}"


def say_change(now: float, mean: float | None) -> str:
    """How far a number is from the mean before: '+2.3', '−4', '±0'; '—' where there is nothing before."""
    if mean is None:
        return "—"
    size = say_mean(abs(now - mean))
    return "±0" if size == "0" else f"{'+' if now > mean else '−'}{size}"


def say_mean_or_none(mean: float | None) -> str:
    """The mean before, or a dash."""
    return "—" if mean is None else say_mean(mean)


def say_part(share: float | None) -> str:
    """'12 %' of a share between 0 and 1; a dash where there is no whole."""
    if share is None:
        return "—"
    return f"{100 * share:.0f} %" if share >= 0.0995 or not share else f"{100 * share:.1f} %"


def listed(themes: Sequence[dict[str, Any]]) -> Sequence[dict[str, Any]]:
    """The steady themes that a table shows: those somebody spoke of, the largest of them."""
    return [theme for theme in themes if theme["mentions"]][:_LISTED]


def say_rest(themes: Sequence[dict[str, Any]]) -> str:
    """What the table leaves out: '7 more themes with at most 2 mentions each'; '' when it shows all."""
    rest = themes[len(listed(themes)) :]
    if not rest:
        return ""
    most = max(theme["mentions"] for theme in rest)
    each = f" with at most {most} {'mention' if most == 1 else 'mentions'}{' each' if len(rest) > 1 else ''}"
    return f"{len(rest)} more {'theme' if len(rest) == 1 else 'themes'}{each if most else ' without a mention'}."


def say_steady(content: dict[str, Any]) -> str:
    """What the table of the steady themes compares."""
    before = content["words"]["before"]
    return f"Their share did not clearly change. Change: mentions against the mean of {before}." if before else ""


def say_trend(values: Sequence[float], shown: str) -> str:
    """The numbers of a chart as text."""
    return f"Mentions over {shown}, oldest first: {', '.join(f'{value:,}' for value in values)}."


def say_difference(difference: dict[str, Any] | None) -> list[str]:
    """What changed of a saved question since the week before, sentence by sentence."""
    if difference is None:
        return ["It was asked for the first time."]
    came = [f"New: {text}" for text in difference["claims_in"]]
    return [*difference["sentences"], *came, *(f"Gone: {text}" for text in difference["claims_out"])]


def say_cited(citation: dict[str, Any]) -> str:
    """Who said it, where and when."""
    day = (citation["created_at"] or "")[:10]
    return ", ".join(part for part in (citation["speaker"] or citation["person"], citation["source"], day) if part)
