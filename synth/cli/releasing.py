"""The commands under `synth releases`: what came out when, and what was said afterwards."""

from typing import Annotated

import typer

from synth.cli.options import UrlOption

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]


@app.callback()
def releases(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List the releases with what followed; or add one, or take one out."""
    if context.invoked_subcommand is None:
        from synth.cli import output
        from synth.cli.opening import open_client

        with open_client(url, command="synth releases") as client:
            found = client.releases()
        output.print_json(found) if json else output.print_releases(found)


@app.command()
def add(
    name: Annotated[str, typer.Argument(help="What it is called, e.g. 5.2.")],
    date: Annotated[str, typer.Option(help="The day it came out, e.g. 2026-11-16.")],
    theme: Annotated[list[str] | None, typer.Option(help="A theme it was to change; may be repeated.")] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Write a release down."""
    from synth.cli import output
    from synth.cli.opening import open_client

    with open_client(url, command="synth releases add") as client:
        made = client.add_release({"name": name, "day": date, "themes": theme or []})
    output.print_json(made) if json else print(f"{made['id']}  {made['name']}, {made['day']}")


@app.command()
def remove(
    release: Annotated[str, typer.Argument(metavar="RELEASE", help="The id of one, e.g. V1.")], url: UrlOption = None
) -> None:
    """Take one out."""
    from synth.cli.opening import open_client

    with open_client(url, command="synth releases remove") as client:
        client.remove_release(release)
    print(f"{release} is taken out.")
