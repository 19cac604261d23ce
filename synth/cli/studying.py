"""The commands under `synth studies`: research, its codebook, what it found, and files for other tools."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from synth.cli.options import UrlOption

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Study = Annotated[str, typer.Argument(metavar="STUDY", help="The id of a study, e.g. S1.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file; without it, STUDY.FORMAT here.")]


@app.callback()
def studies(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List the studies; or show one, its codes and its findings, or take files in and out."""
    from synth.cli import researching

    if context.invoked_subcommand is None:
        researching.list_all(json=json, url=url)


@app.command()
def show(study: Study, json: Json = False, url: UrlOption = None) -> None:
    """Show what it found: codes and themes by participants, quotes, new codes per interview, agreement."""
    from synth.cli import researching

    researching.show(study, json=json, url=url)


@app.command()
def codes(study: Study, json: Json = False, url: UrlOption = None) -> None:
    """List its codebook."""
    from synth.cli import researching

    researching.codes(study, json=json, url=url)


@app.command()
def agreement(study: Study, json: Json = False, url: UrlOption = None) -> None:
    """Show how far its coders agree, and the machine with them: kappa and Krippendorff's alpha with intervals."""
    from synth.cli import researching

    researching.agreement(study, json=json, url=url)


@app.command()
def keep(
    study: Study,
    days: Annotated[int | None, typer.Option(min=1, help="Days after which what was said is erased.")] = None,
    forever: Annotated[bool, typer.Option("--forever", help="Keep it without an end.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Say how long what was said in it is kept; what is older is erased by the schedule, with a receipt."""
    from synth.cli import researching

    if (days is None) != forever:
        raise typer.BadParameter("Give either --days or --forever.")
    researching.keep(study, days, json=json, url=url)


@app.command()
def board(study: Study, json: Json = False, url: UrlOption = None) -> None:
    """Show its affinity board, lane by lane; it is arranged on the page."""
    from synth.cli import researching

    researching.board(study, json=json, url=url)


@app.command()
def suggest(study: Study, json: Json = False, url: UrlOption = None) -> None:
    """Have the machine suggest codes for what nobody has coded; people accept or reject them in the reader."""
    from synth.cli import researching

    researching.suggest(study, json=json, url=url)


@app.command()
def export(
    study: Study,
    format: Annotated[Literal["qdpx", "qdc", "csv", "xlsx"], typer.Option(help="How it is written.")] = "qdpx",
    out: Out = None,
    url: UrlOption = None,
) -> None:
    """Write codebook and codings to a file: REFI-QDA, CSV or Excel."""
    from synth.cli import researching

    researching.export(study, format, out, url=url)


@app.command()
def take(
    study: Study, path: Annotated[Path, typer.Argument(metavar="FILE")], json: Json = False, url: UrlOption = None
) -> None:
    """Take a codebook or codings in: .qdpx, .qdc, .csv or .xlsx; says what had no place."""
    from synth.cli import researching

    researching.take(study, path, json=json, url=url)


@app.command()
def roster(
    study: Study, path: Annotated[Path, typer.Argument(metavar="FILE")], json: Json = False, url: UrlOption = None
) -> None:
    """Say who its participants are: a .csv or .xlsx with a name or pseudonym a row, and columns such as role."""
    from synth.cli import researching

    researching.roster(study, path, json=json, url=url)


@app.command()
def report(
    study: Study,
    format: Annotated[Literal["md", "html", "docx"], typer.Option(help="How it is written.")] = "md",
    out: Out = None,
    url: UrlOption = None,
) -> None:
    """Write its report: findings with verified quotes; Markdown goes to the terminal without --out."""
    from synth.cli import researching

    researching.report(study, format, out, url=url)
