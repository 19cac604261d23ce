"""The report as one HTML file that needs nothing else: its style within it, its charts as SVG, no script."""

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from synth.answers.wording import say_number
from synth.reports.charts import draw_bar, draw_large_trend, draw_trend
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
    say_trend,
    say_unchanged,
    say_written,
    sections_of,
)


def render_html(content: dict[str, Any], *, links: str | None = "", leave: str | None = None) -> str:
    """The whole report; everything that people wrote is escaped.

    `links` is what the addresses of themes and saved questions begin with: nothing within the service, its public URL
    outside, None for none. `leave` is the address that ends a reader's subscription.
    """
    pages = Environment(
        loader=PackageLoader("synth.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters |= {"number": say_number, "part": say_part, "mean": say_mean_or_none, "tight": _keep_together}
    return pages.get_template("report.html").render(
        report=content,
        sections=sections_of(content),
        steady=listed(content["steady"]),
        rest=" ".join(filter(None, (say_steady(content), say_rest(content["steady"])))),
        written=say_written(content),
        change=say_change,
        say_cited=say_cited,
        say_release=say_release,
        say_difference=say_difference,
        say_aged=say_aged,
        unchanged=say_unchanged(content),
        charts=draw_charts(content),
        links=links.rstrip("/") if links is not None else None,
        leave=leave,
    )


def _keep_together(sentence: str) -> str:
    """A sentence of ours in which no line begins with a percent sign or a dash."""
    return sentence.replace(" %", "\u00a0%").replace(" –", "\u00a0–")


def draw_charts(content: dict[str, Any]) -> dict[str, Any]:
    """The chart of the volume, of each theme by its id, of each word, and the bar of each source by its name."""
    compared = content["words"]["compared"]
    moved = {theme["id"]: theme for _, _, themes in sections_of(content) for theme in themes}
    sources = content["volume"]["sources"]
    largest = max((max(source["mentions"], source["mean_before"] or 0) for source in sources), default=0)
    return {
        "volume": _large(content, content["volume"]["trend"], "volume", "All feedback", 1, compared),
        "moved": {
            key: _large(content, theme["trend"], key, theme["name"], theme["spans"]["now"], theme["spans"]["compared"])
            for key, theme in moved.items()
        },
        "words": [
            _large(
                content, word["trend"], f"word-{place}", word["word"], word["spans"]["now"], word["spans"]["compared"]
            )
            for place, word in enumerate(content["rising_words"])
        ],
        "steady": {theme["id"]: _small(content, theme) for theme in listed(content["steady"])},
        "sources": {source["name"]: _source(source, largest, place) for place, source in enumerate(sources)},
    }


def _large(content: dict[str, Any], values: list[int], key: str, title: str, now: int, compared: int) -> Markup:
    text = say_trend(values, content["words"]["shown"])
    return _safe(draw_large_trend(values, now=now, compared=compared, key=key, title=title, description=text))


def _small(content: dict[str, Any], theme: dict[str, Any]) -> Markup:
    values, compared = theme["trend"], content["words"]["compared"]
    text = say_trend(values, content["words"]["shown"])
    return _safe(draw_trend(values, compared=compared, key=theme["id"], title=theme["name"], description=text))


def _source(source: dict[str, Any], largest: float, place: int) -> Markup:
    mean = source["mean_before"]
    title = f"{say_number(source['mentions'])} pieces, before {say_mean_or_none(mean)}"
    return _safe(draw_bar(source["mentions"], mean, largest, key=f"source-{place}", title=title))


def _safe(chart: str) -> Markup:
    """A chart of ours, in which every text is escaped already."""
    return Markup(chart)  # noqa: S704
