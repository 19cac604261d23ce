"""The report as one HTML file that needs nothing else: its style within it, its charts as SVG, no script."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from synth.answers.wording import say_number
from synth.reports.charts import draw_bar, draw_large_trend, draw_trend
from synth.reports.display import (
    LISTED,
    say_change,
    say_mean_or_none,
    say_part,
    say_rest,
    say_trend,
    say_written,
    sections_of,
)


def render_html(content: dict[str, Any]) -> str:
    """The whole report; everything that people wrote is escaped."""
    pages = Environment(
        loader=PackageLoader("synth.reports"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    pages.filters |= {
        "number": say_number,
        "part": say_part,
        "mean": say_mean_or_none,
    }
    return pages.get_template("report.html").render(
        report=content,
        sections=sections_of(content),
        steady=content["steady"][:LISTED],
        rest=say_rest(content["steady"]),
        written=say_written(content),
        change=say_change,
        charts=_charts(content),
    )


def _charts(content: dict[str, Any]) -> dict[str, Any]:
    """The chart of the volume, of each theme by its id, and the bar of each source by its name."""
    moved = [theme for _, _, themes in sections_of(content) for theme in themes]
    sources = content["volume"]["sources"]
    largest = max((max(source["mentions"], source["mean_before"] or 0) for source in sources), default=0)
    return {
        "volume": _trend(content, content["volume"]["trend"], "volume", "All feedback", large=True),
        "moved": {theme["id"]: _trend(content, theme["trend"], theme["id"], theme["name"], large=True) for theme in moved},
        "steady": {theme["id"]: _trend(content, theme["trend"], theme["id"], theme["name"]) for theme in content["steady"][:LISTED]},
        "sources": {
            source["name"]: Markup(
                draw_bar(
                    source["mentions"],
                    source["mean_before"],
                    largest,
                    key=f"source-{place}",
                    title=f"{source['mentions']:,}, before {say_mean_or_none(source['mean_before'])}",
                )
            )
            for place, source in enumerate(sources)
        },
    }


def _trend(content: dict[str, Any], values: list[int], key: str, title: str, *, large: bool = False) -> Markup:
    draw = draw_large_trend if large else draw_trend
    compared = content["words"]["compared"]
    text = say_trend(values, content["words"]["shown"])
    return Markup(draw(values, compared=compared, key=key, title=title, description=text))
