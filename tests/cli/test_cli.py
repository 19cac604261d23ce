"""The command line over a real home folder: what it prints, what it returns, and that wrong use is told apart."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer import BadParameter

from synth.cli.ingesting import failed, summarise
from synth.cli.options import parse_filters, parse_mapping, parse_period
from synth.cli.progress import describe
from tests.factories import copy_home, feedback_rows, write_csv

Run = Callable[..., tuple[int, str, str]]
QUESTION = "What do people say about photo upload?"


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], told_home: Path, tmp_path: Path) -> Run:
    """Runs a command in this process over a copy of the small store; gives (exit code, output, errors)."""
    copy_home(told_home, tmp_path / "home")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNTH_EMBEDDER", "hashing")
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str, str]:
        from synth.cli import main

        monkeypatch.setattr(sys, "argv", ["synth", *arguments])
        code: Any = 0
        try:
            main()
        except SystemExit as ended:
            code = ended.code
        shown = capsys.readouterr()
        return int(code or 0), shown.out, shown.err

    return call


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("themes",), {"themes", "coverage", "unassigned", "run"}),
        (("insights",), {"insights"}),
        (("ask", QUESTION), {"status", "claims", "counts", "themes", "plan", "drafter"}),
        (("ask", "What about zeppelins?", "--where", "segment=Small"), {"status", "reason"}),
        (("search", "photo upload", "--limit", "3"), {"query", "filter", "results"}),
        (("discover",), {"themes", "coverage"}),
        (("runs",), {"runs"}),
        (("ingest", "rows.csv"), {"taken", "already", "refused", "seconds"}),
        (("ingest", "bad.csv", "rows.csv"), {"taken", "already", "refused", "seconds"}),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_json_is_one_document_and_nothing_else_on_standard_output(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], keys: set[str]
) -> None:
    write_csv(tmp_path / "rows.csv", feedback_rows(1))
    (tmp_path / "bad.csv").write_bytes(b"\x00\x01\x02" * 50)
    code, out, _ = run(*arguments, "--json")
    assert json.loads(out).keys() >= keys
    assert code == (1 if "bad.csv" in arguments else 0)


def test_ingest_says_what_was_taken_and_why_the_rest_was_not(run: Run, tmp_path: Path) -> None:
    rows = [*feedback_rows(1), {"id": "new", "text": ""}, {"id": "newer", "text": "The map is blank today."}]
    write_csv(tmp_path / "feedback.csv", rows)
    code, out, err = run("ingest", "feedback.csv")
    assert (code, out.splitlines()[0]) == (0, "1 taken, 18 already there, 1 refused.")
    assert out.splitlines()[1].startswith("  feedback.csv, row 20: row has no text in column 'text'")
    assert "reading" in err or "working" in err or "done" in err


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (("ingest", "nowhere.csv"), "There is no file nowhere.csv"),
        (("ingest", "empty"), "There is no file in empty"),
        (("ask", " "), "question is empty"),
        (("search", " "), "search is empty"),
        (("search", "x", "--where", "rating=good"), "needs a number"),
        (("themes", "--url", "http://127.0.0.1:1"), "SYNTH_TOKEN"),
        (("ask", "x", "--since", "2026-11-05", "--until", "2026-11-01"), "ends before it begins"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_one_sentence_on_standard_error_and_exit_code_1(
    run: Run, tmp_path: Path, arguments: tuple[str, ...], part: str
) -> None:
    (tmp_path / "empty").mkdir()
    code, out, err = run(*arguments)
    assert (code, out) == (1, "")
    assert err.splitlines()[-1].startswith("synth: ")
    assert part in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest",),
        ("ingest", "x", "--kind", "chatter"),
        ("ingest", "x", "--map", "text"),
        ("ingest", "x", "--map", "colour=red"),
        ("ask", "x", "--since", "yesterday"),
        ("ask", "x", "--where", "segment"),
        ("search", "x", "--limit", "0"),
        ("report", "--week", "2026-W1"),
        ("report", "--week", "2026-W01", "--since", "2026-01-01"),
        ("report", "--since", "2026-01-01"),
        ("export", "topics"),
        ("export", "themes", "--format", "xml"),
        ("nonsense",),
        ("themes", "--nonsense"),
    ],
    ids=" ".join,
)
def test_wrong_use_is_exit_code_2(run: Run, arguments: tuple[str, ...]) -> None:
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err


def test_the_themes_are_a_table(run: Run) -> None:
    code, out, _ = run("themes")
    lines = out.splitlines()
    assert code == 0
    assert lines[0].split() == ["id", "theme", "mentions", "people", "share"]
    assert lines[1].split()[0] == "T1"
    assert lines[1].rstrip().endswith("%")
    assert lines[-1].endswith("unassigned.")


def test_an_answer_shows_claims_quotes_counts_and_how_it_was_understood(run: Run) -> None:
    code, out, _ = run("ask", QUESTION, "--where", "segment=Small")
    assert code == 0
    assert "    “" in out
    assert "photo upload" in out
    assert re.search(r"mentions(?: \(likely [\d,]+ to [\d,]+\))? of", out)
    assert "Understood as: what about “photo upload”; segment = Small" in out


def test_an_abstention_says_so_first(run: Run) -> None:
    code, out, _ = run("ask", "What do people say about zeppelins?")
    assert code == 0
    assert out.startswith("Not in the data: Nothing in 72 mentions speaks about “zeppelins”.")


def test_insights_and_results_are_readable(run: Run) -> None:
    assert "[draft, fresh]" in run("insights")[1]
    _, out, _ = run("search", "duplicate events", "--limit", "2")
    assert "feedback · Person" in out
    assert run("search", "duplicate events", "--where", "segment=None such")[1] == "Nothing found.\n"


def test_an_export_goes_to_a_file_whole_or_not_at_all(run: Run, tmp_path: Path) -> None:
    code, out, err = run("export", "excerpts", "--out", "excerpts.jsonl")
    assert (code, out, err.strip()) == (0, "", "Written to excerpts.jsonl.")
    written = (tmp_path / "excerpts.jsonl").read_text("utf-8")
    assert written == run("export", "excerpts")[1]
    assert len(written.splitlines()) == 72
    assert run("export", "excerpts", "--format", "xml", "--out", "other.xml")[0] == 2
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["excerpts.jsonl"]


def test_the_schema_and_the_index_are_looked_after(run: Run) -> None:
    assert run("migrate")[:2] == (0, "The database is at the newest schema.\n")
    assert run("reindex")[:2] == (0, "72 vectors indexed.\n")


def test_everything_is_saved_into_a_file_and_only_an_empty_home_is_filled_from_it(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run("backup", "saved.zip")
    assert (code, out.startswith("saved.zip: ")) == (0, True)
    assert run("restore", "saved.zip")[2].startswith("synth: A backup is restored into an empty SYNTH_HOME")
    monkeypatch.setenv("SYNTH_HOME", str(tmp_path / "another"))
    code, out, err = run("restore", "saved.zip")
    assert (code, err) == (0, "")
    assert "is the same by its hash" in out
    assert len(run("export", "excerpts")[1].splitlines()) == 72


def test_a_mapping_and_hidden_columns_are_followed(run: Run, tmp_path: Path) -> None:
    write_csv(tmp_path / "odd.csv", [{"a": "The map is blank today.", "b": "Ann", "c": "secret"}])
    assert run("ingest", "odd.csv", "--map", "text=a", "--map", "person=b", "--hide", "c", "--source", "Forum")[0] == 0
    rows = [json.loads(line) for line in run("export", "documents")[1].splitlines()]
    (row,) = [row for row in rows if row["source"] == "Forum"]
    assert (row["text"], row["person"], row["attributes"]) == ("The map is blank today.", "Ann", {})


def test_help_is_there_at_once_and_imports_nothing_heavy() -> None:
    heavy = ("torch", "numpy", "chromadb", "sqlalchemy", "fastapi", "celery")
    code = f"import sys; from synth.cli.commands import app; print([n for n in {heavy} if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_options_as_they_are_typed() -> None:
    assert parse_mapping(["text=Body", "person=a=b"]) == {"text": "Body", "person": "a=b"}
    assert parse_filters("2026-11-01", None, ["a=b", "c>=3"]).where == ("a=b", "c>=3")
    assert parse_period("2026-W47", None, None).week == "2026-W47"
    for wrong in ("text", "=x", "text=", "colour=x"):
        with pytest.raises(BadParameter):
            parse_mapping([wrong])
    for wrong in ("a", "=b", "a>3", ""):
        with pytest.raises(BadParameter):
            parse_filters(None, None, [wrong])
    for day in ("2026-11-1", "1.11.2026", "2026-11-01x"):
        with pytest.raises(BadParameter):
            parse_filters(day, None, [])


def stage(kind: str, **changes: Any) -> dict[str, Any]:
    return {"kind": kind, "jobs": 1, "finished": 0, "dead": 0, "done": 0, "total": None, "error": None} | changes


def test_progress_names_the_stage_under_way() -> None:
    assert describe({"stages": [stage("intake", done=1400)]}) == "reading 1,400 rows"
    stages = [stage("intake", finished=1), stage("embed", jobs=2, finished=1, done=400, total=610)]
    assert describe({"stages": stages}) == "embedding 400 of 610"
    assert describe({"stages": [stage("intake", finished=1)], "finished": True}) == "done"
    assert describe({"stages": []}) == "working"


def test_a_summary_adds_files_up_and_tells_a_failed_one() -> None:
    good = {
        "filename": "a.csv",
        "taken": 2,
        "already": 1,
        "refused": 1,
        "refusals": [{"row": 3, "reason": "r"}],
        "stages": [],
        "finished": True,
    }
    bad = {
        "filename": "b.csv",
        "taken": 0,
        "already": 0,
        "refused": 1,
        "refusals": [{"row": 0, "reason": "s"}],
        "stages": [],
        "finished": True,
    }
    summary = summarise([good, bad], 1.234)
    assert (summary["taken"], summary["already"], summary["refused_rows"], summary["seconds"]) == (2, 1, 2, 1.23)
    assert summary["refused"] == [
        {"file": "a.csv", "row": 3, "reason": "r"},
        {"file": "b.csv", "row": 0, "reason": "s"},
    ]
    assert [failed(good), failed(bad), failed(good | {"stages": [stage("embed", dead=1)]})] == [False, True, True]


def test_a_part_of_a_run_that_waits_is_accepted_by_its_key(run: Run, tmp_path: Path) -> None:
    rows = [
        {"id": f"p{n}", "text": f"The parking permit printer jams on level {n}", "author": f"P{n}"} for n in range(20)
    ]
    (tmp_path / "permits.jsonl").write_text("\n".join(map(json.dumps, rows)))
    assert run("ingest", str(tmp_path / "permits.jsonl"))[0] == 0
    assert run("discover", "--anew")[0] == 0
    shown = json.loads(run("runs", "--show", "R2", "--json")[1])
    assert shown["changes"]
    key = shown["changes"][0]["key"]
    code, _, said = run("runs", "--accept", "R2", "--only", "Z9")
    assert (code, "Z9" in said) == (1, True)
    accepted = json.loads(run("runs", "--accept", "R2", "--only", key, "--json")[1])["runs"][0]
    assert (accepted["id"], accepted["state"]) == ("R2", "published")


def test_a_run_that_waits_is_shown_accepted_and_taken_back(run: Run) -> None:
    code, _, said = run("discover", "--anew")
    assert (code, "R2 is proposed; `synth runs` shows it" in said) == (0, True)
    _, listed, _ = run("runs")
    assert listed.splitlines()[0].split()[:3] == ["R2", "proposed", "anew"]
    assert "`synth runs --show RUN`" in listed
    assert "`--accept RUN`" in listed
    assert run("runs", "--accept", "R2")[1].split()[:2] == ["R2", "published"]
    assert run("runs", "--rollback", "R2")[1].split()[:2] == ["R2", "rolled_back"]
    code, _, said = run("runs", "--rollback", "R2")
    assert (code, "only a run that is in force can be rolled back" in said) == (1, True)
    assert run("runs", "--accept", "R1", "--rollback", "R1")[0] == 2


def test_a_follow_up_keeps_the_filters_of_the_answer_it_names(run: Run) -> None:
    first = json.loads(run("ask", "How many Small customers mention photo upload?", "--json")[1])
    code, out, _ = run("ask", "And what about Enterprise?", "--follow", first["id"], "--json")
    then = json.loads(out)
    assert code == 0
    assert (then["follows"], then["plan"]["about"]) == (first["id"], first["plan"]["about"])
    assert [each["value"] for each in then["plan"]["filters"]["where"]] == ["Enterprise"]
    code, _, error = run("ask", "And what about Enterprise?", "--follow", "A999")
    assert code != 0
    assert "no answer A999" in error
