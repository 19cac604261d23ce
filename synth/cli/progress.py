"""Showing how far work is: a bar on a terminal, a line per stage otherwise; always on standard error."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

STEPS = {
    "transcribe": "transcribing",
    "intake": "reading",
    "embed": "embedding",
    "index": "indexing",
    "themes": "finding themes",
    "discover": "finding themes",
    "insights": "drafting insights",
}


@contextmanager
def show_progress(label: str, *, quiet: bool = False) -> Iterator[Callable[[dict[str, Any]], None]]:
    """Yields a function that is given the state of an import after each step."""
    if quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _bar(label) as show:
            yield show
    else:
        yield _lines(label)


def describe(state: dict[str, Any]) -> str:
    """What is being done (where nothing reports a step: what is next), and how far it is: 'embedding 400 of 610'."""
    open_ = [stage for stage in state.get("stages", []) if stage["finished"] + stage["dead"] < stage["jobs"]]
    current = next((stage for stage in open_ if stage.get("step")), open_[0] if open_ else None)
    if current is None:
        return "done" if state.get("finished") else "working"
    step = STEPS.get(current["kind"], str(current["kind"]))
    if current["kind"] == "intake":
        return f"{step} {current['done']:,} rows" if current["done"] else step
    if current["kind"] == "embed" and current["total"]:
        return f"{step} {current['done']:,} of {current['total']:,}"
    return step


@contextmanager
def _bar(label: str) -> Iterator[Callable[[dict[str, Any]], None]]:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    columns = (SpinnerColumn(), TextColumn("{task.fields[label]}"), BarColumn(24), TextColumn("{task.description}"))
    with Progress(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as progress:
        task = progress.add_task("waiting", label=label, total=None)

        def show(state: dict[str, Any]) -> None:
            done, total = _amount(state)
            progress.update(task, description=describe(state), completed=done, total=total)

        yield show


def _amount(state: dict[str, Any]) -> tuple[int, int | None]:
    """Finished and planned jobs of an import."""
    stages = state.get("stages", [])
    return sum(stage["finished"] for stage in stages), sum(stage["jobs"] for stage in stages) or None


def _lines(label: str) -> Callable[[dict[str, Any]], None]:
    last: list[str] = []

    def show(state: dict[str, Any]) -> None:
        step = describe(state)
        stage = step.split(" ")[0]
        if last[-1:] != [stage]:
            last.append(stage)
            print(f"{label}: {step}", file=sys.stderr, flush=True)

    return show
