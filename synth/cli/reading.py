"""Commands that read: each asks the client once and prints what came."""

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from synth.cli import output
from synth.cli.opening import open_client
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.progress import show_progress
from synth.cli.researching import write_file


def discover(*, anew: bool, json: bool, url: str | None) -> None:
    """Look at the themes and list them."""
    with open_client(url, command="synth discover") as client, show_progress("Finding themes", quiet=json) as progress:
        found = client.discover(progress, "anew" if anew else "all")
        output.print_json(found) if json else output.print_themes(found)


def runs(accept: str | None, roll_back: str | None, only: Sequence[str], *, json: bool, url: str | None) -> None:
    """List the runs, or put one in force, or take one back."""
    with open_client(url, command="synth runs") as client:
        if accept:
            found = {"runs": [client.accept_run(accept, only)]}
        elif roll_back:
            found = {"runs": [client.roll_back_run(roll_back)]}
        else:
            found = client.runs()
        output.print_json(found) if json else output.print_runs(found)


def changes(run: str, *, json: bool, url: str | None) -> None:
    """List what a run that waits would change."""
    with open_client(url, command="synth runs") as client:
        found = client.run(run)
        output.print_json(found) if json else output.print_changes(found)


def themes(*, json: bool, url: str | None, everything: bool = False) -> None:
    """List the themes."""
    with open_client(url, command="synth themes") as client:
        found = client.themes()
        output.print_json(found) if json else output.print_themes(found, everything=everything)


def trust(*, json: bool, url: str | None) -> None:
    """Show the trust card."""
    with open_client(url, command="synth trust") as client:
        found = client.trust()
        output.print_json(found) if json else output.print_trust(found)


def usage(days: int, *, json: bool, url: str | None) -> None:
    """Show what the language model took."""
    with open_client(url, command="synth usage") as client:
        found = client.usage(days)
        output.print_json(found) if json else output.print_usage(found)


def ask(asked: Asking, *, json: bool, url: str | None) -> None:
    """Answer a question; on a terminal step by step where a language model makes it slow."""
    with open_client(url, command="synth ask") as client:
        if not json and sys.stdout.isatty() and client.asks_a_model():
            output.print_steps(client.ask_in_steps(asked))
            return
        answer = client.ask(asked)
        output.print_json(answer) if json else output.print_answer(answer)


def search(query: str, given: GivenFilters, limit: int, counted: str | None, *, json: bool, url: str | None) -> None:
    """Find excerpts; `counted` is the way in which all matches are counted, '' for the one that fits, None for none."""
    with open_client(url, command="synth search") as client:
        found = client.search(query, given, limit, counted)
        output.print_json(found) if json else output.print_results(found)


def emerging(*, json: bool, url: str | None) -> None:
    """List what emerges among the excerpts on no theme."""
    with open_client(url, command="synth themes") as client:
        found = client.emerging()
        output.print_json(found) if json else output.print_emerging(found)


def trend(theme: str, *, json: bool, url: str | None) -> None:
    """Show a theme week by week."""
    with open_client(url, command="synth themes") as client:
        found = client.trend(theme)
        output.print_json(found) if json else output.print_trend(found)


def report(
    period: Period, format: str, out: Path | None, *, form: str, reported: bool, where: Sequence[str], url: str | None
) -> None:
    """Write a report."""
    with open_client(url, command="synth report") as client:
        _write([client.report(period, format, form=form, reported=reported, where=where)], out)


def export(what: str, format: str, given: GivenFilters, out: Path | None, *, url: str | None) -> None:
    """Write an export; a workbook goes to a file in any case."""
    with open_client(url, command="synth export") as client:
        if format == "xlsx":
            write_file(client.export_workbook(what, given), out or Path(f"{what}.xlsx"))
        else:
            _write((line.encode() for line in client.export(what, format, given)), out)


def _write(pieces: Iterable[bytes], out: Path | None) -> None:
    """To standard output; or to a file that is complete or not there at all."""
    if out is None:
        sys.stdout.writelines(piece.decode() for piece in pieces)
        return
    part = out.with_name(out.name + ".part")
    try:
        with part.open("wb") as file:
            file.writelines(pieces)
        part.replace(out)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    print(f"Written to {out}.", file=sys.stderr)
