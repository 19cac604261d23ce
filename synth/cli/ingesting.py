"""`synth ingest`: every file is one import; what could not be taken is said at the end, row by row."""

import sys
import time
from pathlib import Path

import typer

from synth.cli import output
from synth.cli.client import Client, Document, files_in, open_client
from synth.cli.progress import show_progress
from synth.errors import BadInput


def run(
    paths: list[Path],
    source: str | None,
    kind: str,
    mapping: dict[str, str],
    hidden: list[str],
    interviewers: list[str],
    *,
    json: bool,
    url: str | None,
) -> None:
    """Take the files in; exit code 1 when nothing of one of them could be taken."""
    if kind not in ("feedback", "research"):
        raise typer.BadParameter(f"'{kind}' is not feedback or research.")
    options = {"source": source, "kind": kind, "mapping": mapping, "hidden": hidden, "interviewers": interviewers}
    files, started = files_in(paths), time.monotonic()
    with open_client(url, command="synth ingest") as client:
        states = [_ingest(client, file, options, quiet=json) for file in files]
    summary = summarise(states, time.monotonic() - started)
    output.print_json(summary) if json else output.print_ingested(summary)
    for complaint in (complaint for state in states for complaint in complaints(state)):
        print(f"synth: {complaint}", file=sys.stderr)
    if any(failed(state) for state in states):
        raise typer.Exit(1)


def _ingest(client: Client, file: Path, options: Document, *, quiet: bool) -> Document:
    """The import as it ended; a file that is turned away at the door does not keep the others out."""
    try:
        with show_progress(file.name, quiet=quiet) as progress:
            return client.ingest(file, options, progress)
    except BadInput as error:
        refusals = [{"row": 0, "reason": str(error)}]
        counts = {"taken": 0, "already": 0, "refused": 1}
        return {"filename": file.name, **counts, "refusals": refusals, "stages": [], "finished": True}


def summarise(states: list[Document], seconds: float) -> Document:
    """What `synth ingest --json` prints."""
    return {
        "taken": sum(state["taken"] for state in states),
        "already": sum(state["already"] for state in states),
        "refused": [{"file": state["filename"], **refusal} for state in states for refusal in state["refusals"]],
        "refused_rows": sum(state["refused"] for state in states),
        "seconds": round(seconds, 2),
        "files": states,
    }


def failed(state: Document) -> bool:
    """Nothing of the file is stored, or work on it could not be finished."""
    nothing = state["refused"] > 0 and not state["taken"] and not state["already"]
    return nothing or not state["finished"] or any(stage["dead"] for stage in state["stages"])


def complaints(state: Document) -> list[str]:
    """What is wrong with the file as a whole, and with the work on it."""
    name = state["filename"]
    said = [refusal["reason"] for refusal in state["refusals"] if not refusal["row"]]
    for stage in state["stages"]:
        if stage["dead"]:
            said.append(f"{name}: the step '{stage['kind']}' could not be finished: {stage['error']}")
        elif stage["finished"] < stage["jobs"] and stage["error"]:
            said.append(f"{name}: the step '{stage['kind']}' is not finished and is tried again: {stage['error']}")
    return said
