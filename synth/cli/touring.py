"""`synth demo`: the sample data through the whole job, and a short tour of what came out."""

import sys
from pathlib import Path

from synth.cli import output, written
from synth.cli.client import Client, Document
from synth.cli.ingesting import complain, failed, summarise
from synth.cli.opening import open_client
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.progress import show_progress
from synth.errors import Broken
from synth.settings import read_settings

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FEEDBACK = ("accounts.csv", "people.csv", "tickets.csv", "app_reviews.jsonl", "nps_survey.xlsx", "sales_calls.csv",
            "community.jsonl")  # fmt: skip
QUESTION = "What do people say about photo uploads?"
INTERVIEWER = "Maren Holt"
NO_FILTERS = GivenFilters(None, None, ())


def demo(serve: bool | None) -> None:
    """Run the whole job on the sample data, print the tour, then serve when asked to or attached to a terminal."""
    if not SAMPLES.is_dir():
        raise Broken("The sample data is not there; run `make demo` in a checkout of the project.")
    with open_client(None, command="synth demo") as client:
        with show_progress("Sample data") as progress:
            states = client.ingest([(path, _options(kind)) for path, kind in sample_files()], progress)
        if any(failed(state) for state in states):
            output.print_ingested(summarise(states, 0.0))
            complain(states)
            sys.exit(1)
        _tour(client, states)
    if serve if serve is not None else sys.stdin.isatty() and sys.stdout.isatty():
        from synth.cli import serving

        serving.serve(None, None)


def sample_files() -> list[tuple[Path, str]]:
    """The files of the sample data in the order they are taken in, each with its kind."""
    interviews = sorted(path for path in (SAMPLES / "interviews").glob("*-p*") if path.suffix != ".json")
    feedback = [(SAMPLES / "feedback" / name, "feedback") for name in FEEDBACK]
    return feedback + [(path, "research") for path in interviews]


def _options(kind: str) -> Document:
    return {"kind": kind, "interviewers": [INTERVIEWER] if kind == "research" else []}


def _tour(client: Client, states: list[Document]) -> None:
    themes, insights = client.themes(), client.insights()
    answer = client.ask(Asking(QUESTION, NO_FILTERS))
    report = read_settings().home / "reports" / "weekly.html"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_bytes(client.report(Period(None, None, None), "html"))
    _heading("Taken in")
    output.print_ingested(summarise(states, 0.0))
    _heading("Themes")
    output.print_themes(themes)
    _heading("One insight")
    largest = themes["themes"][0]["id"] if themes["themes"] else None
    written.print_insights({"insights": [each for each in insights["insights"] if each["theme_id"] == largest]})
    _heading(f"One answer: {QUESTION}")
    output.print_answer(answer)
    _heading("The weekly report")
    print(f"{report.resolve()}\n")
    print('Next: `make serve` opens the pages; `synth ask "…"` answers questions; `synth ingest FILE` takes in yours.')


def _heading(text: str) -> None:
    print(f"\n{text}\n{'─' * len(text)}")
