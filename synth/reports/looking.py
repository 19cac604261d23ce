"""What to look at next: where a reader of the report goes from here, and why; at most four things, the surest first."""

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from synth.answers.wording import say_amount, say_number

MOST = 4
_UP = ("new", "rising")


def look_next(content: Mapping[str, Any]) -> list[dict[str, str]]:
    """Each with `text` and `link`; none where the report tells of nothing."""
    return list(islice(_all(content), MOST))


def _all(content: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    for insight in content["insights"]:
        what = "Rewrite or withdraw" if insight["freshness"] == "contradicted" else "Bring up to date"
        yield _step(f"{what} the insight “{insight['title']}”: it is {insight['freshness']}.", insight["link"])
    for theme in (theme for kind in _UP for theme in content[kind]):
        weighs = theme["segment"]
        where = f"; {say_number(weighs['mentions'])} of them are from {weighs['name']}" if weighs else ""
        yield _step(f"Read what is behind “{theme['name']}”: {_mentions(theme)}{where}.", theme["link"])
    for saved in content["saved_questions"]:
        if saved["difference"] is not None:
            yield _step(f"The answer to “{saved['title']}” has changed: read it.", saved["link"])
    for theme in content["fading"]:
        yield _step(f"See whether “{theme['name']}” is settled: {_mentions(theme)}.", theme["link"])


def _mentions(theme: Mapping[str, Any]) -> str:
    return say_amount(theme["mentions"], "mentions") if theme["mentions"] else "no mention"


def _step(text: str, link: str) -> dict[str, str]:
    return {"text": text, "link": link}
