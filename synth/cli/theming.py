"""The commands under `synth themes`: the list, and what a person can decide about a theme."""

from pathlib import Path
from typing import Annotated, Any

import typer

from synth.cli.options import UrlOption

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Preview = Annotated[bool, typer.Option("--preview", help="Only tell what it would do; nothing is changed.")]
Theme = Annotated[str, typer.Argument(metavar="THEME", help="The id of a theme, e.g. T3.")]


@app.callback()
def themes(
    context: typer.Context,
    taxonomy: Annotated[
        Path | None,
        typer.Option("--import", metavar="FILE", help="Begin with these themes: CSV or JSON Lines, name and examples."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="List every theme, not only the largest 70.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List the themes by area; or rename, merge, split, move, exclude and pin them, and undo that."""
    from synth.cli import curating, reading

    if context.invoked_subcommand is not None:
        return
    if taxonomy is not None:
        curating.bring_in(taxonomy, json=json, url=url)
    else:
        reading.themes(json=json, url=url, everything=everything)


@app.command()
def emerging(json: Json = False, url: UrlOption = None) -> None:
    """List what is on no theme yet and spoken of lately, more than chance explains."""
    from synth.cli import reading

    reading.emerging(json=json, url=url)


@app.command()
def trend(theme: Theme, json: Json = False, url: UrlOption = None) -> None:
    """Show a theme week by week: as counted today, and as it was reported at the time."""
    from synth.cli import reading

    reading.trend(theme, json=json, url=url)


@app.command()
def rename(theme: Theme, name: str, preview: Preview = False, json: Json = False, url: UrlOption = None) -> None:
    """Give a theme another name; no run changes it from then on."""
    _decide({"kind": "rename", "theme": theme, "name": name}, preview, json, url)


@app.command()
def merge(
    themes: Annotated[list[str], typer.Argument(metavar="THEME…", help="The themes that go.")],
    into: Annotated[str, typer.Option(metavar="THEME", help="The theme they go into.")],
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Put several themes together."""
    _decide({"kind": "merge", "themes": themes, "into": into}, preview, json, url)


@app.command()
def split(
    theme: Theme,
    words: Annotated[list[str] | None, typer.Option("--words", metavar="WORDS", help="What holds them goes.")] = None,
    excerpts: Annotated[list[str] | None, typer.Option("--excerpt", metavar="ID", help="This excerpt goes.")] = None,
    suggestion: Annotated[str | None, typer.Option(metavar="KEY", help="One of the suggestions goes.")] = None,
    name: Annotated[str | None, typer.Option(help="What the new theme is called.")] = None,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Make a part of a theme a theme of its own; without saying which part, list what could be one."""
    from synth.cli import curating

    part: dict[str, Any] = {"words": words, "excerpts": excerpts, "suggestion": suggestion}
    given = {key: value for key, value in part.items() if value}
    if not given:
        curating.suggest(theme, json=json, url=url)
        return
    named = {"name": name} if name else {}
    _decide({"kind": "split", "theme": theme, **given, **named}, preview, json, url)


@app.command()
def move(
    excerpts: Annotated[
        list[str], typer.Argument(metavar="EXCERPT…", help="Ids of excerpts, e.g. from `synth search`.")
    ],
    to: Annotated[str | None, typer.Option(metavar="THEME", help="The theme they belong to.")] = None,
    off: Annotated[bool, typer.Option("--off", help="They belong to no theme.")] = False,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Say where excerpts belong; placement learns from it."""
    if (to is None) != off:
        raise typer.BadParameter("Give --to THEME, or --off for no theme.")
    _decide({"kind": "move", "excerpts": excerpts, "to": to}, preview, json, url)


@app.command()
def exclude(
    theme: Theme,
    off: Annotated[bool, typer.Option("--off", help="Take it back in.")] = False,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Show and count a theme no longer; what is like it is kept out as well."""
    _decide({"kind": "exclude", "theme": theme, "excluded": not off}, preview, json, url)


@app.command()
def pin(
    theme: Theme,
    off: Annotated[bool, typer.Option("--off", help="Runs may change it again.")] = False,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Keep a theme as it is: no run takes it apart, merges or retires it."""
    _decide({"kind": "pin", "theme": theme, "pinned": not off}, preview, json, url)


@app.command()
def parent(
    theme: Theme,
    of: Annotated[str | None, typer.Option("--of", metavar="THEME", help="The theme it is a part of.")] = None,
    off: Annotated[bool, typer.Option("--off", help="It is a part of none.")] = False,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Make a theme a part of another."""
    if (of is None) != off:
        raise typer.BadParameter("Give --of THEME, or --off for none.")
    _decide({"kind": "parent", "theme": theme, "parent": of}, preview, json, url)


@app.command()
def apart(theme: Theme, other: Theme, preview: Preview = False, json: Json = False, url: UrlOption = None) -> None:
    """Say that two themes are not the same, however alike they look."""
    _decide({"kind": "apart", "theme": theme, "other": other}, preview, json, url)


@app.command()
def teach(
    theme: Theme,
    off: Annotated[bool, typer.Option("--off", help="Placement keeps to the centre of the theme.")] = False,
    preview: Preview = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Let placement on a theme follow what moves taught."""
    _decide({"kind": "teach", "theme": theme, "taught": not off}, preview, json, url)


@app.command()
def decisions(json: Json = False, url: UrlOption = None) -> None:
    """List what was decided, newest first."""
    from synth.cli import curating

    curating.decisions(json=json, url=url)


@app.command()
def undo(
    decision: Annotated[str, typer.Argument(metavar="DECISION", help="Its id, e.g. D4.")],
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Take a decision back."""
    from synth.cli import curating

    curating.undo(decision, json=json, url=url)


@app.command()
def lineage(theme: Theme, json: Json = False, url: UrlOption = None) -> None:
    """Tell what runs and people did to a theme."""
    from synth.cli import curating

    curating.lineage(theme, json=json, url=url)


def _decide(wanted: dict[str, Any], preview: bool, json: bool, url: str | None) -> None:
    from synth.cli import curating

    curating.decide(wanted, preview=preview, json=json, url=url)
