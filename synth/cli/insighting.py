"""The commands under `synth insights`: the list, one of them, and what a person does to it."""

from typing import Annotated, Literal

import typer

from synth.cli.options import UrlOption

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Insight = Annotated[str, typer.Argument(metavar="INSIGHT", help="The id of an insight, e.g. I3.")]
Claim = Annotated[int, typer.Argument(metavar="CLAIM", min=1, help="The number of a claim, as `show` prints it.")]
Quotes = Annotated[
    list[str] | None,
    typer.Option("--quote", metavar="EXCERPT=WORDS", help="Words that stand in this excerpt; may be repeated."),
]


@app.callback()
def insights(
    context: typer.Context,
    theme: Annotated[str | None, typer.Option(metavar="THEME", help="Only those about this theme.")] = None,
    state: Annotated[Literal["draft", "reviewed", "published"] | None, typer.Option(help="Only those so far.")] = None,
    freshness: Annotated[
        Literal["fresh", "ageing", "contradicted"] | None, typer.Option(help="Only those that are so fresh.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List the insights; or make, show, review, publish, withdraw and rewrite one."""
    from synth.cli import reviewing

    if context.invoked_subcommand is None:
        reviewing.list_all(theme, state, freshness, json=json, url=url)


@app.command()
def show(insight: Insight, json: Json = False, url: UrlOption = None) -> None:
    """Show one whole: claims by number, dissent, what is open, how it was made, and its history."""
    from synth.cli import reviewing

    reviewing.show(insight, json=json, url=url)


@app.command()
def new(
    theme: Annotated[str | None, typer.Option(metavar="THEME", help="From this theme.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="ANSWER", help="From this answer, e.g. A12.")] = None,
    excerpts: Annotated[list[str] | None, typer.Option("--excerpt", metavar="ID", help="From these excerpts.")] = None,
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Make a draft from a theme, an answer, or excerpts."""
    from synth.cli import reviewing

    given = {"theme_id": theme, "answer_id": answer, "excerpt_ids": excerpts, "title": title}
    reviewing.make({name: value for name, value in given.items() if value}, json=json, url=url)


@app.command()
def review(insight: Insight, json: Json = False, url: UrlOption = None) -> None:
    """Say that you have read a draft and stand by it."""
    _change(insight, {"state": "reviewed"}, json, url)


@app.command()
def publish(insight: Insight, json: Json = False, url: UrlOption = None) -> None:
    """Publish what was reviewed."""
    _change(insight, {"state": "published"}, json, url)


@app.command()
def withdraw(insight: Insight, json: Json = False, url: UrlOption = None) -> None:
    """Make what was reviewed or published a draft again."""
    _change(insight, {"state": "draft"}, json, url)


@app.command()
def title(insight: Insight, title: str, json: Json = False, url: UrlOption = None) -> None:
    """Give it another title; it stays when the insight is drafted anew."""
    _change(insight, {"title": title}, json, url)


@app.command()
def rewrite(
    insight: Insight, claim: Claim, text: str, quotes: Quotes = None, json: Json = False, url: UrlOption = None
) -> None:
    """Put a claim into your words, backed by its quotes or by others; the gate checks both."""
    from synth.cli import reviewing

    reviewing.rewrite(insight, claim, text, quotes or [], json=json, url=url)


@app.command()
def add(insight: Insight, text: str, quotes: Quotes = None, json: Json = False, url: UrlOption = None) -> None:
    """Add a claim with the quotes that back it."""
    from synth.cli import reviewing

    reviewing.rewrite(insight, None, text, quotes or [], json=json, url=url)


@app.command()
def drop(insight: Insight, claim: Claim, json: Json = False, url: UrlOption = None) -> None:
    """Leave a claim out; it does not come back when the insight is drafted anew."""
    from synth.cli import reviewing

    reviewing.drop(insight, claim, json=json, url=url)


def _change(insight: str, wanted: dict[str, str], json: bool, url: str | None) -> None:
    from synth.cli import reviewing

    reviewing.change(insight, wanted, json=json, url=url)
