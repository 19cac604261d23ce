"""`synth ingest`: every file is one import; what could not be taken is said at the end, row by row."""

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from synth.cli import output
from synth.cli.client import Document
from synth.cli.opening import files_in, open_client
from synth.cli.progress import show_progress


def run(
    paths: list[Path],
    options: Mapping[str, Any],
    *,
    json: bool,
    url: str | None,
) -> None:
    """Take the files in; exit code 1 when nothing of one of them could be taken."""
    files, started = files_in(paths), time.monotonic()
    with open_client(url, command="synth ingest") as client:
        label = files[0].name if len(files) == 1 else f"{len(files)} files"
        with show_progress(label, quiet=json) as progress:
            states = client.ingest([(file, dict(options)) for file in files], progress)
    summary = summarise(states, time.monotonic() - started)
    output.print_json(summary) if json else output.print_ingested(summary)
    complain(states)
    if any(failed(state) for state in states):
        raise typer.Exit(1)


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


def complain(states: list[Document]) -> None:
    """Say on standard error what is wrong with a file as a whole, or with the work on it."""
    for state in states:
        for complaint in _complaints(state):
            print(f"synth: {complaint}", file=sys.stderr)


def _complaints(state: Document) -> list[str]:
    name = state["filename"]
    said = [refusal["reason"] for refusal in state["refusals"] if not refusal["row"]]
    for stage in state["stages"]:
        if stage["dead"]:
            said.append(f"{name}: the step '{stage['kind']}' could not be finished: {stage['error']}")
        elif stage["finished"] < stage["jobs"] and stage["error"]:
            said.append(f"{name}: the step '{stage['kind']}' is not finished and is tried again: {stage['error']}")
    return said
