"""The report as a PDF, tagged for readers of screens. Typst sets it from data: what people wrote is never markup."""

import json
from datetime import datetime
from importlib.resources import files
from typing import Any

from synth.answers.wording import say_number
from synth.reports.display import (
    listed,
    say_aged,
    say_change,
    say_cited,
    say_difference,
    say_mean_or_none,
    say_part,
    say_release,
    say_rest,
    say_steady,
    say_unchanged,
    say_written,
    sections_of,
)


def render_pdf(content: dict[str, Any]) -> bytes:
    """The whole report; the same content makes the same bytes."""
    import typst

    template = files("synth.reports").joinpath("templates/report.typ").read_bytes()
    told = json.dumps(_told(content), ensure_ascii=False)
    written = int(datetime.fromisoformat(content["written_at"]).timestamp())
    made: bytes = typst.compile(template, format="pdf", sys_inputs={"report": told}, timestamp=written)
    return made


def _told(content: dict[str, Any]) -> dict[str, Any]:
    """What the page shows, in words."""
    written = say_written(content)
    return {
        "title": content["title"],
        "workspace": content["workspace"],
        "written": written[:1].upper() + written[1:],
        "notice": content["notice"],
        "short_version": content["short_version"],
        "warnings": content["warnings"],
        "words": {"alt": f"Over {content['words']['shown']}, oldest first: "},
        "sections": [{"heading": heading, "themes": themes} for _, heading, themes in sections_of(content)],
        "rising_words": content["rising_words"],
        "saved_questions": [_saved(saved) for saved in content.get("saved_questions", ())],
        "unchanged": say_unchanged(content) if content.get("saved_questions") else "",
        "insights": [insight | {"said": say_aged(insight)} for insight in content.get("insights", ())],
        "releases": [release | {"name": say_release(release)} for release in content.get("releases", ())],
        "next": content.get("next", []),
        "aside": content["aside"],
        "steady_heading": "Steady" if content["compared_with"] else "Themes",
        "steady": [] if content["empty"] else [_steady(theme) for theme in listed(content["steady"])],
        "rest": " ".join(filter(None, (say_steady(content), say_rest(content["steady"])))),
        "volume_trend": content["volume"]["trend"],
        "sources": [] if content["empty"] else [_source(source) for source in content["volume"]["sources"]],
        "health": content["health"],
        "trust": content["trust"],
        "left_out": content.get("left_out") or "",
    }


def _saved(saved: dict[str, Any]) -> dict[str, Any]:
    quotes = [{"quote": each["quote"], "said_by": say_cited(each)} for each in saved["quotes"]]
    return {**saved, "changes": say_difference(saved["difference"]), "quotes": quotes}


def _steady(theme: dict[str, Any]) -> dict[str, str]:
    return {
        "name": f"{theme['name']} ({theme['id']})",
        "mentions": say_number(theme["mentions"]),
        "change": say_change(theme["mentions"], theme["mean_before"]),
        "share": say_part(theme["share"]),
    }


def _source(source: dict[str, Any]) -> dict[str, str]:
    return {
        "name": source["name"],
        "mentions": say_number(source["mentions"]),
        "before": say_mean_or_none(source["mean_before"]),
        "change": say_change(source["mentions"], source["mean_before"]),
    }
