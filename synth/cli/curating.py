"""Commands that decide about themes: each asks the client once and prints what came of it."""

from pathlib import Path

from synth.cli import output
from synth.cli.client import Document
from synth.cli.opening import open_client


def decide(wanted: Document, *, preview: bool, json: bool, url: str | None) -> None:
    """Make a decision, or tell what it would do."""
    with open_client(url, command="synth themes") as client:
        made = client.decide(wanted, preview=preview)
        output.print_json(made) if json else output.print_decision(made, preview=preview)


def undo(decision: str, *, json: bool, url: str | None) -> None:
    """Take a decision back."""
    with open_client(url, command="synth themes") as client:
        undone = client.undo(decision)
        output.print_json(undone) if json else output.print_decision(undone)


def decisions(*, json: bool, url: str | None) -> None:
    """List the decisions."""
    with open_client(url, command="synth themes") as client:
        found = client.decisions()
        output.print_json(found) if json else output.print_decisions(found)


def lineage(theme: str, *, json: bool, url: str | None) -> None:
    """Tell the life of a theme."""
    with open_client(url, command="synth themes") as client:
        found = client.lineage(theme)
        output.print_json(found) if json else output.print_lineage(found)


def suggest(theme: str, *, json: bool, url: str | None) -> None:
    """List what a theme could be split into."""
    with open_client(url, command="synth themes") as client:
        found = client.suggestions(theme)
        output.print_json(found) if json else output.print_suggestions(theme, found)


def bring_in(path: Path, *, json: bool, url: str | None) -> None:
    """Make the themes of a file and place what belongs to them."""
    from synth.themes.curating.taxonomy import read_taxonomy

    seeds = read_taxonomy(path)
    with open_client(url, command="synth themes") as client:
        made = client.create_themes([dict(seed) for seed in seeds])
        output.print_json(made) if json else output.print_decision(made)
