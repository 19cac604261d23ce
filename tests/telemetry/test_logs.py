"""The log: each line carries the request or the job that it belongs to, and nothing that anybody said."""

import json
import logging
from collections.abc import Iterator
from typing import Literal

import pytest

from synth.engine import WORKSPACE, Engine
from synth.telemetry.logs import bound, set_up_logging
from tests.factories import feedback_rows, take_rows


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    """The logging of the tests, put back afterwards."""
    root = logging.getLogger()
    handlers, levels = (
        list(root.handlers),
        {name: logging.getLogger(name).level for name in ("synth", "api", "workers")},
    )
    yield
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_a_line_is_an_object_with_the_ids_it_belongs_to(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "json")
    with bound(request="r1"), bound(job="j1"):
        logging.getLogger("synth.jobs").warning("Job %s waits", "j1")
    logging.getLogger("synth.jobs").info("after")
    logging.getLogger("some.library").info("chatter")
    first, second = (json.loads(line) for line in capsys.readouterr().err.splitlines())
    assert {"request": "r1", "job": "j1", "event": "Job j1 waits", "level": "warning"}.items() <= first.items()
    assert set(second) == {"event", "level", "logger", "timestamp"}


def test_an_error_stands_in_its_line_with_where_it_happened(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("info", "json")
    try:
        raise ValueError("odd")  # noqa: TRY301
    except ValueError:
        logging.getLogger("synth.jobs").exception("failed")
    told = json.loads(capsys.readouterr().err)
    assert told["exception"][0]["exc_type"] == "ValueError"


@pytest.mark.parametrize("format", ["text", "json"])
def test_an_error_is_told_without_the_values_of_variables(
    format: Literal["text", "json"], capsys: pytest.CaptureFixture[str]
) -> None:
    set_up_logging("info", format)
    said = " ".join(["The photo", "upload hangs"])
    try:
        int([said][len(said)])
    except IndexError:
        logging.getLogger("synth.jobs").exception("failed")
    told = capsys.readouterr().err
    assert "list index out of range" in told
    assert said not in told


def test_jobs_are_told_of_without_a_word_of_what_was_said(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logging("debug", "json")
    rows = feedback_rows(1)
    take_rows(engine, rows)
    engine.ask(WORKSPACE, "How many people mention the photo upload?")
    lines = capsys.readouterr().err
    told = [json.loads(line) for line in lines.splitlines()]
    assert {"intake", "embed", "index"} <= {line.get("kind") for line in told if line.get("job")}
    assert not [row for row in rows if row["text"] in lines]
    assert "photo" not in lines
