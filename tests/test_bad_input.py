"""What nobody can use: a clear sentence on standard error, an exit code that says so, and the rest unharmed."""

import json
import os
import random
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pytest

from tests.running import run_synth

GOOD = "id,comment,created_at\n1,The map loads slowly every morning,2026-09-01\n2,I love the new search,2026-09-02\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" * 200
LARGE = 1_100_000_000  # bytes

Ingested = tuple[int, dict[str, Any], str, Path]


@pytest.fixture(scope="module")
def bad_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Files by what is wrong with them; `good` is the one there is nothing wrong with."""
    folder = tmp_path_factory.mktemp("files")
    contents = {
        "empty.csv": b"",
        "blank.csv": b"\n \n\n",
        "photo.csv": PNG,
        "noise.csv": random.Random(1).randbytes(5_000),
        "no_text.csv": b"id,amount,paid\n1,20,yes\n2,30,no\n",
        "header_only.csv": b"id,comment\n",
        "broken.pdf": b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 9 0 R >>",
        "good.csv": GOOD.encode(),
    }
    for name, content in contents.items():
        (folder / name).write_bytes(content)
    for suffix in ("xlsx", "docx"):
        whole = _office_file(folder / f"whole.{suffix}")
        (folder / f"broken.{suffix}").write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
        whole.unlink()
    _bomb(folder / "bomb.xlsx", "xl/workbook.xml", "xl/worksheets/sheet1.xml")
    _bomb(folder / "bomb.docx", "[Content_Types].xml", "word/document.xml")
    return {path.name: path for path in folder.iterdir()}


@pytest.fixture(scope="module")
def ingested(bad_files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Ingested:
    """All of them in one command: its exit code, its JSON document, what it complained about, and the home folder."""
    home = tmp_path_factory.mktemp("bad") / "home"
    done = run_synth(home, "ingest", *sorted(bad_files.values()), "--json")
    return done.returncode, json.loads(done.stdout), done.stderr, home


def test_a_good_file_among_bad_ones_is_taken(ingested: Ingested) -> None:
    code, summary, _, _ = ingested
    assert code == 1
    assert summary["taken"] == 2
    assert [file["filename"] for file in summary["files"] if file["taken"]] == ["good.csv"]


def test_every_bad_file_is_refused_in_a_sentence_that_names_it(ingested: Ingested, bad_files: dict[str, Path]) -> None:
    _, summary, complaints, _ = ingested
    refused = {refusal["file"]: refusal["reason"] for refusal in summary["refused"]}
    assert refused.keys() == bad_files.keys() - {"good.csv"}
    for name, reason in refused.items():
        assert name in reason, reason
        assert reason.endswith("."), reason
        assert f"synth: {reason}" in complaints
    assert "Traceback" not in complaints


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("empty.csv", "empty"),
        ("blank.csv", "empty"),
        ("photo.csv", "PNG image"),
        ("noise.csv", "not text"),
        ("no_text.csv", "--map text=COLUMN"),
        ("broken.xlsx", "damaged"),
        ("broken.docx", "damaged"),
        ("bomb.xlsx", "unpacks"),
        ("bomb.docx", "unpacks"),
    ],
)
def test_the_sentence_says_what_is_wrong(ingested: Ingested, name: str, said: str) -> None:
    refused = {refusal["file"]: refusal["reason"] for refusal in ingested[1]["refused"]}
    assert said in refused[name]


def test_rows_that_cannot_be_read_are_refused_alone(tmp_path: Path) -> None:
    table = tmp_path / "rows.csv"
    lines = [
        b"id,comment,created_at",
        b"1,The map is slow,2026-09-01",
        b"2,The map is \xff\xfe slow,2026-09-01",
        b"3,The map is late,the day before the flood",
        b"4,,2026-09-01",
        b"5,The map is gone,2026-09-01,and,more,cells",
        *(b"%d,Die Karte l\xc3\xa4dt %d,2026-09-%02d" % (number, number, number) for number in range(6, 30)),
    ]
    table.write_bytes(b"\n".join(lines) + b"\n")
    done = run_synth(tmp_path / "home", "ingest", table, "--json")
    summary = json.loads(done.stdout)
    reasons = {refusal["row"]: refusal["reason"] for refusal in summary["refused"]}
    assert summary["taken"] + len(reasons) == 29
    assert reasons.keys() == {3, 4, 5, 6}
    assert done.returncode == 0


def test_a_file_in_another_encoding_is_read(tmp_path: Path) -> None:
    for name, encoding in (("a.csv", "cp1252"), ("b.csv", "utf-16")):
        words = f"id,comment\n1,Die Überweisung schlägt fehl seit {name}\n"
        (tmp_path / name).write_text(words * 1, encoding=encoding)
    done = run_synth(tmp_path / "home", "ingest", tmp_path / "a.csv", tmp_path / "b.csv")
    assert done.returncode == 0, done.stderr
    exported = run_synth(tmp_path / "home", "export", "documents").stdout
    assert exported.count("Die Überweisung schlägt fehl") == 2


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("ask", "?" * 100_000), 1, "100,000"),
        (("ask", " "), 1, "question"),
        (("search", "x" * 100_000), 1, "100,000"),
        (("themes", "--where", "theme=T1"), 2, "No such option"),
        (("ask", "What is slow?", "--where", "theme=T999"), 1, "T999"),
        (("ask", "What is slow?", "--where", "color=blue"), 1, "color"),
        (("ask", "What is slow?", "--where", "colourless"), 2, "KEY=VALUE"),
        (("ask", "What is slow?", "--since", "yesterday"), 2, "2026-11-22"),
        (("ask", "What is slow?", "--since", "2026-13-45"), 1, "2026-13-45"),
        (("export", "secrets"), 2, "secrets"),
        (("export", "documents", "--format", "pdf"), 2, "pdf"),
        (("report", "--week", "2026-47"), 2, "2026-W47"),
        (("report", "--week", "2026-W60"), 1, "no week 60"),
        (("report", "--since", "2026-09-01"), 2, "--until"),
        (("ingest", "nowhere.csv"), 1, "nowhere.csv"),
        (("ingest", "pyproject.toml", "--map", "text"), 2, "FIELD=COLUMN"),
        (("ingest", "pyproject.toml", "--kind", "gossip"), 2, "gossip"),
    ],
)
def test_wrong_use_is_told(ingested: Ingested, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = run_synth(ingested[3], *arguments)
    assert (done.returncode, done.stdout) == (code, ""), done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_mapped_column_that_is_not_there_is_told(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD, "utf-8")
    done = run_synth(tmp_path / "home", "ingest", tmp_path / "good.csv", "--map", "text=remark")
    assert done.returncode == 1
    assert "remark" in done.stderr


def test_a_setting_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    for setting, value in (
        ("port", "many"),
        ("timezone", "Mars/Olympus"),
        ("embedder", "/nowhere"),
        ("log_level", "x"),
    ):
        done = run_synth(tmp_path / "home", "themes", **{setting: value})
        assert done.returncode == 1
        assert f"SYNTH_{setting.upper()}" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_file_over_the_limit_is_refused_before_it_is_stored(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text(GOOD * 100, "utf-8")
    done = run_synth(tmp_path / "home", "ingest", tmp_path / "good.csv", upload_limit="1000")
    assert done.returncode == 1
    assert "1,000 bytes" in done.stderr
    assert "SYNTH_UPLOAD_LIMIT" in done.stderr
    assert list((tmp_path / "home" / "uploads").iterdir()) == []


@pytest.mark.skipif(os.environ.get("SYNTH_LARGE") != "1", reason="SYNTH_LARGE=1 makes and ingests a file of 1.1 GB")
@pytest.mark.timeout(1800)
def test_a_gigabyte_is_refused_clearly_and_in_little_memory(tmp_path: Path) -> None:
    table = tmp_path / "large.csv"
    line = "{number},The map loads slowly in the morning and nobody tells us why this is,2026-09-01\n"
    with table.open("w", encoding="utf-8") as file:
        file.write("id,comment,created_at\n")
        for number in range(LARGE // len(line.format(number=1_000_000))):
            file.write(line.format(number=number))
    done = run_synth(tmp_path / "home", "ingest", table)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(f"peak of the children of this process: {peak} MB", file=sys.stderr)
    assert done.returncode == 1
    assert "SYNTH_UPLOAD_LIMIT" in done.stderr
    assert peak < 500


def _office_file(path: Path) -> Path:
    if path.suffix == ".xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in [("id", "comment"), *((str(number), f"The map is slow {number}") for number in range(200))]:
            book.active.append(row)
        book.save(path)
    else:
        document = docx.Document()
        for number in range(200):
            document.add_paragraph(f"The map is slow {number}")
        document.save(str(path))
    return path


def _bomb(path: Path, *parts: str) -> None:
    """An archive of a few hundred kilobytes that unpacks to hundreds of megabytes."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part in parts[:-1]:
            archive.writestr(part, b"<x/>")
        with archive.open(parts[-1], "w") as large:
            for _ in range(350):
                large.write(b" " * 1_000_000)
