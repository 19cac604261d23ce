"""The report as Markdown that reads well raw and rendered. What people wrote is escaped: it is text, never markup."""

from collections.abc import Callable, Iterable, Iterator, Sequence
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
from synth.words.markdown import escape_markdown

_BLOCKS = "▁▂▃▄▅▆▇█"


def render_markdown(content: dict[str, Any]) -> str:
    """The whole report."""
    return "\n\n".join(_blocks(content)) + "\n"


def draw_blocks(values: Sequence[int]) -> str:
    """The numbers as a row of block characters, a dot for nothing."""
    top = max(values, default=0)
    return "".join(_BLOCKS[round((len(_BLOCKS) - 1) * value / top)] if value else "·" for value in values)


def _blocks(content: dict[str, Any]) -> Iterator[str]:
    yield from _head(content)
    for _, heading, themes in sections_of(content):
        yield f"## {heading}"
        for theme in themes:
            yield from _theme(theme, content)
    yield from _under("Said more than before", (_word(word, content) for word in content["rising_words"]))
    yield from _under("Saved questions", (_saved(saved) for saved in content.get("saved_questions", ())))
    if content.get("saved_questions") and say_unchanged(content):
        yield _line(say_unchanged(content))
    yield from _under("Insights to look at again", (_aged(insight) for insight in content.get("insights", ())))
    yield from _under("Releases", (_release(release) for release in content.get("releases", ())))
    if content.get("next"):
        yield "## Look at next"
        yield "\n".join(f"- {_line(each['text'])} ([open]({each['link']}))" for each in content["next"])
    if content["aside"]:
        yield "## Set aside"
        yield _list(content["aside"])
    if listed(content["steady"]) and not content["empty"]:
        yield from _steady(content)
    if content["volume"]["sources"] and not content["empty"]:
        yield from _sources(content)
    yield from _what_it_rests_on(content)


def _what_it_rests_on(content: dict[str, Any]) -> Iterator[str]:
    if content["health"]:
        yield "## About the numbers"
        yield _list(content["health"])
    if content["trust"]:
        yield "## How far this can be relied on"
        yield f"{_list(content['trust'])}\n- More stands on the trust card ([/trust](/trust))."
    if content.get("left_out"):
        yield f"_It is written for everybody. {content['left_out']}_"


def _under(heading: str, told: Iterable[Iterator[str]]) -> Iterator[str]:
    """The blocks of each under one heading, which is left out where there are none."""
    for place, blocks in enumerate(told):
        if not place:
            yield f"## {heading}"
        yield from blocks


def _head(content: dict[str, Any]) -> Iterator[str]:
    yield f"# {content['title']}"
    yield f"Feedback report of {escape_markdown(content['workspace'])}, {say_written(content)}."
    if content["notice"]:
        yield f"> {content['notice']}"
    yield _list(content["short_version"])
    for warning in content["warnings"]:
        yield f"**Mind:** {_line(warning)}"


def _theme(theme: dict[str, Any], content: dict[str, Any]) -> Iterator[str]:
    yield f"### {_line(theme['name'])} ([{theme['id']}]({theme['link']}))"
    yield f"{_line(theme['claim']['text'])} {_line(theme['affected'])}".strip()
    for citation in theme["claim"]["citations"]:
        yield _quote(citation)
    trend = f"`{draw_blocks(theme['trend'])}` mentions over {content['words']['shown']}"
    yield f"{trend}. {_line(theme['certainty'])}".strip()


def _word(word: dict[str, Any], content: dict[str, Any]) -> Iterator[str]:
    yield f"### “{_line(word['word'])}”"
    yield _line(word["claim"]["text"])
    for citation in word["claim"]["citations"]:
        yield _quote(citation)
    yield f"`{draw_blocks(word['trend'])}` texts, {content['words']['each']}."


def _saved(saved: dict[str, Any]) -> Iterator[str]:
    yield f"### {_line(saved['title'])} ([{saved['id']}]({saved['link']}))"
    yield _line(saved["said"])
    yield _list(say_difference(saved["difference"]))
    for citation in saved["quotes"]:
        yield _quote(citation | {"said_by": say_cited(citation)})


def _aged(insight: dict[str, Any]) -> Iterator[str]:
    yield f"### {_line(insight['title'])} ([{insight['id']}]({insight['link']}))"
    yield _line(say_aged(insight))


def _release(release: dict[str, Any]) -> Iterator[str]:
    yield f"### {_line(say_release(release))} ({release['id']})"
    yield _list(release["said"])


def _quote(citation: dict[str, Any]) -> str:
    """A quote over as many lines as it has, and who said it."""
    lines = [*escape_markdown(f"“{citation['quote']}”").splitlines(), "", f"— {_line(citation['said_by'])}"]
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _steady(content: dict[str, Any]) -> Iterator[str]:
    """The themes that did not move; with nothing before there is no change and no trend to show."""
    words, compared, people = content["words"], bool(content["compared_with"]), content["people_known"]
    yield "## Steady" if compared else "## Themes"
    columns: list[tuple[str, bool, Callable[[dict[str, Any]], str]]] = [
        ("Theme", True, lambda theme: f"{_line(theme['name'])} ([{theme['id']}]({theme['link']}))"),
        ("Mentions", True, lambda theme: say_number(theme["mentions"])),
        ("Change", compared, lambda theme: say_change(theme["mentions"], theme["mean_before"])),
        ("People", people, lambda theme: say_number(theme["people"])),
        ("Share", True, lambda theme: say_part(theme["share"])),
        (f"Last {words['shown']}", compared, lambda theme: f"`{draw_blocks(theme['trend'])}`"),
    ]
    yield _table_of(columns, listed(content["steady"]))
    yield " ".join(filter(None, (say_steady(content), say_rest(content["steady"]))))


def _sources(content: dict[str, Any]) -> Iterator[str]:
    volume, words, compared = content["volume"], content["words"], bool(content["compared_with"])
    yield "## Volume by source"
    columns: list[tuple[str, bool, Callable[[dict[str, Any]], str]]] = [
        ("Source", True, lambda source: _line(source["name"])),
        ("Pieces", True, lambda source: say_number(source["mentions"])),
        ("Share", True, lambda source: say_part(source["share"])),
        (f"Before, {words['each']}", compared, lambda source: say_mean_or_none(source["mean_before"])),
        ("Change", compared, lambda source: say_change(source["mentions"], source["mean_before"])),
    ]
    yield _table_of(columns, volume["sources"])
    if compared:
        yield f"`{draw_blocks(volume['trend'])}` all feedback over {words['shown']}."


def _table_of(
    columns: Sequence[tuple[str, bool, Callable[[dict[str, Any]], str]]], rows: Sequence[dict[str, Any]]
) -> str:
    """A table of those columns that are wanted: heading, whether it is, and the cell of a row."""
    shown = [(heading, cell) for heading, wanted, cell in columns if wanted]
    return _table([heading for heading, _ in shown], [[cell(row) for _, cell in shown] for row in rows])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table whose columns are aligned in the raw text too; the first is text, the others are numbers."""
    widths = [max(len(row[place]) for row in (head, *rows)) for place in range(len(head))]
    rule = [f":{'-' * (widths[0] - 1)}", *(f"{'-' * (width - 1)}:" for width in widths[1:])]
    lines = [
        [
            cell.ljust(width) if place == 0 else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        for row in (head, rule, *rows)
    ]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {_line(sentence)}" for sentence in sentences)


def _line(text: str) -> str:
    """The escaped text in one line."""
    return escape_markdown(" ".join(text.split()))
