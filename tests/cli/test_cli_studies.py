"""`synth studies`: from an interview on the command line to a coded study in a file."""

import json
from pathlib import Path

import pytest

from tests.factories import write_transcript
from tests.running import run_synth

TURNS = (
    ("Mara (Moderator)", "How does your day begin?"),
    ("Erika Muster", "The calendar takes forever to load, every morning."),
    ("Mara (Moderator)", "And then?"),
    ("Erika Muster", "I print the plan on paper the evening before."),
)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("studies")
    path = write_transcript(folder / "talk.vtt", TURNS)
    given = ("--kind", "research", "--study", "Mornings", "--interviewer", "Mara")
    taken = run_synth(folder / "home", "ingest", path, *given)
    assert taken.returncode == 0, taken.stderr
    return folder / "home"


def test_a_study_is_listed_coded_shown_and_taken_along(home: Path, tmp_path: Path) -> None:
    assert "S1   Mornings: 1 documents, 1 participants" in run_synth(home, "studies").stdout
    assert "codebook is empty" in run_synth(home, "studies", "codes", "S1").stdout
    table = tmp_path / "codes.csv"
    rows = ("Slow / Calendar,talk,The calendar takes forever to load,Ann", "Slow,talk,not said,Ann")
    table.write_text("\n".join(("code,document,quote,coder", *rows, "")), "utf-8")
    taken = run_synth(home, "studies", "take", "S1", table)
    assert "2 codes and 1 highlights came in" in taken.stdout
    assert "Row 3" in taken.stderr
    assert "  Calendar (C2, 1 highlights)" in run_synth(home, "studies", "codes", "S1").stdout
    shown = run_synth(home, "studies", "show", "S1").stdout
    assert "Calendar: 1 of 1 participant, in 1 document." in shown
    assert "S1-P1" in shown
    assert "Erika" not in shown
    for format in ("qdpx", "xlsx"):
        done = run_synth(home, "studies", "export", "S1", "--format", format, "--out", tmp_path / f"x.{format}")
        assert done.returncode == 0
        assert (tmp_path / f"x.{format}").read_bytes().startswith(b"PK")
    table.write_text("name,role\nErika Muster,Planner\nBo,Boss\n", "utf-8")
    told = run_synth(home, "studies", "roster", "S1", table)
    assert "1 participants were told of, 1 changed: role." in told.stdout
    assert "Row 3: “Bo” took no part" in told.stderr
    assert "Mornings is kept for 400 days." in run_synth(home, "studies", "keep", "S1", "--days", "400").stdout
    assert json.loads(run_synth(home, "studies", "keep", "S1", "--forever", "--json").stdout)["keep_days"] is None
    assert "either --days or --forever" in run_synth(home, "studies", "keep", "S1").stderr
    assert "Calendar (C2, 1 cards)" in run_synth(home, "studies", "board", "S1").stdout
    agreed = run_synth(home, "studies", "agreement", "S1").stdout
    assert "Machine: 1 documents, 2 excerpts coded without its suggestions" in agreed
    assert "Calendar (1 by people, " in agreed
    assert "passages have a suggestion" in run_synth(home, "studies", "suggest", "S1").stdout
    word = run_synth(home, "studies", "report", "S1", "--format", "docx", "--out", tmp_path / "r.docx")
    assert word.returncode == 0


def test_a_study_needs_research_and_a_file_that_is_there(home: Path, tmp_path: Path) -> None:
    wrong = run_synth(home, "ingest", tmp_path, "--study", "Mornings")
    assert wrong.returncode == 2
    assert "A study holds research" in wrong.stderr
    assert run_synth(home, "studies", "take", "S1", tmp_path / "none.csv").returncode == 1
    assert "There is no study S9" in run_synth(home, "studies", "show", "S9").stderr
