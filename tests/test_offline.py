"""The demo without any network: the whole job on the sample data, with the model that was installed."""

import re
import resource
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.running import SYNTH, environment, run_synth

HEADINGS = ("Taken in", "Themes", "One insight", "One answer", "The weekly report")
LONGEST = 1500.0

pytestmark = [pytest.mark.timeout(2 * LONGEST), pytest.mark.sqlite]  # no server answers where there is no network


def _processor_seconds() -> float:
    """What processes that ended have used, so that what else runs on the machine does not count."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


class Demo:
    """One run of `synth demo` in a network namespace that has nothing in it, not even itself."""

    def __init__(self, home: Path) -> None:
        began = _processor_seconds()
        self.done = subprocess.run(
            ["unshare", "-n", SYNTH, "demo", "--no-serve"],
            env=environment(home, embedder="minilm"),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )
        self.seconds = _processor_seconds() - began

    def part(self, heading: str) -> list[str]:
        """What stands under a heading of the tour."""
        lines = self.done.stdout.splitlines()
        start = next(number for number, line in enumerate(lines) if line.startswith(heading)) + 2
        ends = [number - 1 for number, line in enumerate(lines) if number > start and set(line) == {"─"}]
        return [line for line in lines[start : min(ends, default=len(lines))] if line]


@pytest.fixture(scope="module")
def demos(needs: Callable[[str], None], tmp_path_factory: pytest.TempPathFactory) -> tuple[Demo, Demo, Path]:
    """The first run, a second one, and the home folder of both."""
    needs("network-namespace")
    home = tmp_path_factory.mktemp("demo") / "home"
    return Demo(home), Demo(home), home


def test_the_demo_ends_well_without_a_network(demos: tuple[Demo, Demo, Path]) -> None:
    for demo in demos[:2]:
        assert demo.done.returncode == 0, demo.done.stderr
        assert "Traceback" not in demo.done.stderr


def test_the_tour_shows_what_came_out(demos: tuple[Demo, Demo, Path]) -> None:
    first, _, home = demos
    assert all(first.part(heading) for heading in HEADINGS)
    assert first.part("Taken in")[0].endswith(" taken, 0 already there, 0 refused.")
    assert len([line for line in first.part("Themes") if line.split()[0].startswith("T")]) >= 8
    assert any("“" in line for line in first.part("One insight"))
    assert any("“" in line for line in first.part("One answer"))
    assert any(re.search(r" mentions (\(likely .+\) )?of ", line) for line in first.part("One answer"))
    assert first.part("The weekly report")[0] == str(home / "reports" / "weekly.html")


def test_the_weekly_report_is_one_page_that_asks_for_nothing(demos: tuple[Demo, Demo, Path]) -> None:
    page = (demos[2] / "reports" / "weekly.html").read_text("utf-8")
    assert "<svg" in page
    assert "src=" not in page
    assert "http" not in page.replace("http://www.w3.org/", "")


def test_progress_is_told_step_by_step(demos: tuple[Demo, Demo, Path]) -> None:
    said = demos[0].done.stderr
    for step in ("reading", "embedding", "finding themes", "done"):
        assert step in said


def test_a_second_run_is_fast_and_changes_nothing(demos: tuple[Demo, Demo, Path]) -> None:
    first, second, _ = demos
    taken = first.part("Taken in")[0].split()[0]
    assert second.part("Taken in")[0] == f"0 taken, {taken} already there, 0 refused."
    again, before = (
        [[line for line in demo.part(heading) if "--follow" not in line] for heading in HEADINGS[1:]]
        for demo in (second, first)  # each answer has an id of its own to be followed by
    )
    assert again == before
    assert second.seconds < 0.75 * first.seconds


def test_the_model_answers_differently_worded_questions(demos: tuple[Demo, Demo, Path]) -> None:
    found = run_synth(demos[2], "search", "pictures stay at ninety-nine percent", "--limit", "5", embedder="minilm")
    assert found.returncode == 0, found.stderr
    assert "upload" in found.stdout.casefold()
