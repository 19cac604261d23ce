"""Commands about studies: each asks the client and prints what came of it."""

import sys
from pathlib import Path

from synth.cli import output
from synth.cli.client import Document
from synth.cli.opening import open_client
from synth.errors import BadInput
from synth.research.rendering import say_measure

_COMMAND = "synth studies"


def list_all(*, json: bool, url: str | None) -> None:
    """List the studies."""
    with open_client(url, command=_COMMAND) as client:
        found = client.studies()
        if json:
            output.print_json(found)
            return
        if not found["studies"]:
            print("There is no study; `synth ingest PATH… --kind research --study NAME` begins one.")
        for study in found["studies"]:
            held = f"{study['interviews']} documents, {study['participants']} participants"
            print(f"{study['id']:<4} {study['name']}: {held}, {study['codes']} codes, {study['highlights']} highlights")


def show(study: str, *, json: bool, url: str | None) -> None:
    """Show what a study found."""
    with open_client(url, command=_COMMAND) as client:
        found = client.study(study) | {"findings": client.findings(study), "agreement": client.agreement(study)}
        if json:
            output.print_json(found)
            return
        print(client.study_report(study, "md").decode(), end="")


def codes(study: str, *, json: bool, url: str | None) -> None:
    """List the codes of a study in their hierarchy."""
    with open_client(url, command=_COMMAND) as client:
        found = client.codes(study)
        if json:
            output.print_json(found)
            return
        if not found["codes"]:
            print("The codebook is empty; add codes on the page, or `synth studies take` a file.")
        for code in found["codes"]:
            told = f" – {code['definition']}" if code["definition"] else ""
            print(f"{'  ' * code['level']}{code['name']} ({code['id']}, {code['highlights']} highlights){told}")


def agreement(study: str, *, json: bool, url: str | None) -> None:
    """Show how far people agree, and the machine with them."""
    with open_client(url, command=_COMMAND) as client:
        found = client.agreement(study) | {"with_machine": client.machine_agreement(study)}
        output.print_json(found) if json else _print_agreement(found)


def keep(study: str, days: int | None, *, json: bool, url: str | None) -> None:
    """Set how long what was said in a study is kept."""
    with open_client(url, command=_COMMAND) as client:
        found = client.keep_study(study, days)
        if json:
            output.print_json(found)
            return
        print(f"{found['name']} is kept {'without an end' if days is None else f'for {days:,} days'}.")


def board(study: str, *, json: bool, url: str | None) -> None:
    """Show the affinity board."""
    with open_client(url, command=_COMMAND) as client:
        found = client.board(study)
        if json:
            output.print_json(found)
            return
        for lane in found["lanes"]:
            if lane["cards"] or lane["id"] != "rest":
                print(f"{lane['name']} ({lane['id']}, {len(lane['cards'])} cards)")
            for card in lane["cards"]:
                words = " ".join(str(card["note"] or card["quote"]).split())
                print(f"  {words} ({card['speaker'] or ', '.join(card['coders'])})")


def suggest(study: str, *, json: bool, url: str | None) -> None:
    """Have codes suggested."""
    with open_client(url, command=_COMMAND) as client:
        found = client.suggest_highlights(study)
        count = found["suggested"]
        output.print_json(found) if json else print(f"{count:,} passages have a suggestion; decide in the reader.")


def export(study: str, format: str, out: Path | None, *, url: str | None) -> None:
    """Write a coded study to a file."""
    with open_client(url, command=_COMMAND) as client:
        write_file(client.export_study(study, format), out or Path(f"{study}.{format}"))


def report(study: str, format: str, out: Path | None, *, url: str | None) -> None:
    """Write the report of a study."""
    with open_client(url, command=_COMMAND) as client:
        content = client.study_report(study, format)
    if format == "md" and out is None:
        print(content.decode(), end="")
    else:
        write_file(content, out or Path(f"{study}-report.{format}"))


def roster(study: str, path: Path, *, json: bool, url: str | None) -> None:
    """Give participants the attributes of a table."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    with open_client(url, command=_COMMAND) as client:
        found = client.take_roster(study, path)
        if json:
            output.print_json(found)
            return
        told = ", ".join(found["attributes"]) or "nothing new"
        print(f"{found['participants']:,} participants were told of, {found['changed']:,} changed: {told}.")
        _print_refused(found)


def take(study: str, path: Path, *, json: bool, url: str | None) -> None:
    """Take codes and codings in."""
    if not path.is_file():
        raise BadInput(f"There is no file {path}.")
    with open_client(url, command=_COMMAND) as client:
        found = client.import_codings(study, path)
        output.print_json(found) if json else _print_taken(found)


def _print_agreement(found: Document) -> None:
    print(f"People: {', '.join(found['coders']) or 'nobody has coded'}")
    print(f"  in common: {found['documents']:,} documents, {found['units']:,} excerpts")
    print(f"  alpha, mean over codes: {say_measure(found['alpha'])}")
    for pair in found["pairs"]:
        print(f"  kappa of {' and '.join(pair['coders'])}: {say_measure(pair['kappa'])}")
    machine = found["with_machine"]
    print(f"Machine: {machine['documents']:,} documents, {machine['units']:,} excerpts coded without its suggestions")
    print(f"  kappa, mean over codes: {say_measure(machine['kappa'])} · alpha: {say_measure(machine['alpha'])}")
    for row in machine["codes"]:
        used = f"{row['people']:,} by people, {row['machine']:,} by the machine"
        print(f"  {row['code']} ({used}): kappa {say_measure(row['kappa'])}")


def _print_taken(found: Document) -> None:
    print(f"{found['codes']:,} codes and {found['highlights']:,} highlights came in, {found['already']:,} were there.")
    if found["documents"]:
        print(f"{found['documents']:,} texts that were not in the study were taken in.")
    _print_refused(found)


def _print_refused(found: Document) -> None:
    for refusal in found["refused"]:
        print(f"left out: {refusal}", file=sys.stderr)


def write_file(content: bytes, path: Path) -> None:
    """The content as a file; raises BadInput where it cannot be one."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error
    print(f"Written to {path}.", file=sys.stderr)
