"""Themes and areas with their numbers, what is said about them, and insights."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from synth.wire.answers import citation_document
from synth.wire.values import moment, short, whole

if TYPE_CHECKING:
    from synth.reports.emerging import Emerging
    from synth.reports.reported import Trend
    from synth.saying.reading import Saying
    from synth.store import tables
    from synth.themes.listing import AreaSummary, Level, LineageEvent, ThemeList, ThemeSummary


def theme_list_document(found: "ThemeList", level: "Level" = "all") -> dict[str, Any]:
    """What `synth themes --json` prints and `GET /v1/themes` returns: the themes of a level, and all areas."""
    listed = () if level == "areas" else found.themes
    return {
        "coverage": round(found.coverage, 4),
        "unassigned": found.unassigned,
        "excerpts": found.excerpts,
        "run": found.run,
        "areas": [area_document(area) for area in found.areas],
        "themes": [
            theme_document(theme) | {"shown": theme.id in found.shown}
            for theme in listed
            if level == "all" or theme.id in found.shown
        ],
    }


def trend_document(trend: "Trend") -> dict[str, Any]:
    """A theme week by week: `mentions` as counted today, `reported` as the archived report said."""
    told = zip(trend.weeks, trend.today, trend.reported, strict=True)
    return {
        "weeks": [
            {
                "id": week.id,
                "since": moment(week.since),
                "until": moment(week.until),
                "mentions": today,
                "reported": then,
            }
            for week, today, then in told
        ],
        "difference": trend.difference(),
    }


def emerging_document(found: Sequence["Emerging"]) -> dict[str, Any]:
    """What `synth themes emerging --json` prints and `GET /v1/themes/emerging` returns."""
    return {"emerging": [_emerging(each) for each in found]}


def _emerging(each: "Emerging") -> dict[str, Any]:
    change = each.window.change
    return {
        "name": each.name,
        "definition": each.definition,
        "key_phrases": list(each.key_phrases),
        "mentions": each.window.after,
        "of": each.window.after_of,
        "mentions_before": each.window.before,
        "of_before": each.window.before_of,
        "ratio": {"value": short(change.ratio), "low": short(change.low), "high": short(change.high)},
        "people": each.people,
        "sources": dict(each.sources),
        "since": moment(each.since),
        "excerpts": list(each.excerpts),
        "quotes": [citation_document(quote) for quote in each.quotes],
    }


def area_document(area: "AreaSummary") -> dict[str, Any]:
    """An area with its themes and numbers."""
    return {
        "id": area.id,
        "name": area.name,
        "themes": list(area.themes),
        "mentions": area.mentions,
        "people": area.people,
    }


def theme_document(theme: "ThemeSummary") -> dict[str, Any]:
    """A theme with its numbers, what is central in it and what is at its edge."""
    return {
        "id": theme.id,
        "name": theme.name,
        "definition": theme.definition,
        "key_phrases": list(theme.key_phrases),
        "mentions": theme.mentions,
        "people": theme.people,
        "accounts": theme.accounts,
        "revenue": whole(theme.revenue),
        "share": round(theme.share, 4),
        "sentiment": None if theme.sentiment is None else round(theme.sentiment, 3),
        "exemplars": [citation_document(citation) for citation in theme.exemplars],
        "edge": [citation_document(citation) for citation in theme.edge],
        "state": theme.state,
        "area": theme.area,
        "parent": theme.parent,
        "pinned": theme.pinned,
        "name_origin": theme.name_origin,
        "created_at": moment(theme.created_at),
    }


def lineage_document(event: "LineageEvent") -> dict[str, Any]:
    """One line in the life of a theme."""
    return {
        "run": event.run_id,
        "event": event.event,
        "others": list(event.others),
        "overlap": round(event.overlap, 3),
        "size": event.size,
        "at": moment(event.at),
    }


def insight_document(insight: "tables.Insight") -> dict[str, Any]:
    """An insight with its claims, numbers, state and what made it."""
    return {
        "id": insight.id,
        "theme_id": insight.theme_id,
        "origin": insight.origin or {"kind": "theme", "theme_id": insight.theme_id},
        "title": insight.title,
        "titled_by": insight.titled_by,
        "claims": [{"kind": None, "written_by": None, **claim} for claim in insight.claims],
        "counts": insight.counts,
        "segments": insight.content.get("segments", []),
        "dissenting": insight.content.get("dissenting", []),
        "questions": insight.content.get("questions", []),
        "state": insight.state,
        "freshness": insight.freshness,
        "freshness_reason": insight.freshness_reason,
        "checked_at": moment(insight.checked_at),
        "drafter": insight.drafter,
        "provenance": insight.provenance,
        "created_at": moment(insight.created_at),
        "updated_at": moment(insight.updated_at),
    }


def saying_document(saying: "Saying") -> dict[str, Any]:
    """What is said about a theme, as `GET /v1/themes/{id}/facts` returns it."""
    return {
        "theme_id": saying.theme_id,
        **{unit: whole(amount) for unit, amount in saying.numbers.items()},
        "share": short(saying.numbers["mentions"] / saying.of) if saying.of else None,
        "sentiment": {
            "positive": saying.mood.positive,
            "neutral": saying.mood.neutral,
            "negative": saying.mood.negative,
            "word": saying.mood.word,
        },
        "kinds": dict(saying.kinds),
        "languages": [{"language": code, "mentions": whole(count)} for code, count in saying.languages.items()],
        "contrasts": [
            {
                "key": each.key,
                "value": each.value,
                "mentions": each.mentions,
                "of": each.of,
                "ratio": short(each.ratio),
                "p": float(f"{each.p:.4g}"),
                "stands": each.stands,
            }
            for each in saying.contrasts
        ],
        "impacts": [
            {
                "scale": each.scale,
                "mean": short(each.mean),
                "n": each.n,
                "mean_elsewhere": short(each.mean_elsewhere),
                "n_elsewhere": each.n_elsewhere,
                "difference": short(each.difference),
                "low": short(each.low),
                "high": short(each.high),
            }
            for each in saying.impacts
        ],
        "companions": [
            {"id": each.id, "name": each.name, "mentions": each.mentions, "lift": short(each.lift)}
            for each in saying.companions
        ],
    }
