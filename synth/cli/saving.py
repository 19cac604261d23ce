"""The commands under `synth questions`: questions that are asked again every week."""

from typing import Annotated

import typer

from synth.cli.options import UrlOption, parse_filters

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Saved = Annotated[str, typer.Argument(metavar="QUESTION", help="The id of a saved question, e.g. Q1.")]


@app.callback()
def questions(
    context: typer.Context,
    followed: Annotated[bool, typer.Option("--followed", help="Only those you follow.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="The archived ones too.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List the saved questions with what changed; or save, show, ask, archive and follow one."""
    from synth.cli import following_up

    if context.invoked_subcommand is None:
        following_up.list_all(followed=followed, everything=everything, json=json, url=url)


@app.command()
def save(
    question: Annotated[str | None, typer.Argument(metavar="QUESTION", help="The question.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="ANSWER", help="The question of this answer, e.g. A12.")] = None,
    title: Annotated[str | None, typer.Option(help="What it is called.")] = None,
    since: Annotated[str | None, typer.Option(help="First day, e.g. 2026-10-01.")] = None,
    until: Annotated[str | None, typer.Option(help="Last day, included.")] = None,
    where: Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Filter; may be repeated.")] = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A filter wrongly read into the question, or 'time'.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Save a question; it is asked for the last complete week, and again every week."""
    from synth.cli import following_up

    given = parse_filters(since, until, where or [])
    wanted = {"question": question, "answer_id": answer, "title": title, "drop": drop}
    following_up.save({name: value for name, value in wanted.items() if value}, given, json=json, url=url)


@app.command()
def show(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Show its weeks: the answer, and what changed."""
    from synth.cli import following_up

    following_up.show(saved, json=json, url=url)


@app.command()
def run(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Ask it now for the last complete week."""
    _do("run", saved, json, url)


@app.command()
def archive(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Ask it no more; what it was answered with stays."""
    _do("archive", saved, json, url)


@app.command()
def resume(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Take an archived one up again: it is asked at once, and every week."""
    _do("resume", saved, json, url)


@app.command()
def follow(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Be told when its answer changes."""
    _do("follow", saved, json, url)


@app.command()
def unfollow(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Be told no more."""
    _do("unfollow", saved, json, url)


@app.command()
def seen(saved: Saved, json: Json = False, url: UrlOption = None) -> None:
    """Say that you have read what changed."""
    _do("seen", saved, json, url)


def _do(what: str, saved: str, json: bool, url: str | None) -> None:
    from synth.cli import following_up

    following_up.do(what, saved, json=json, url=url)
