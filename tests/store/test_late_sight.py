"""Beside workers, what is left out may be behind feedback that everybody may read, and behind nothing else.

A server keeps it while an import runs. Nothing of what comes into a restricted source, or into a study, may be shown
by what was kept before it came.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select, update

from api.app import make_app
from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.jobs import TAKING_IN
from synth.store import everybody, stamp, tables
from synth.store.restricting import Reader
from synth.store.stamp import note_sources, taking_in
from tests.factories import exported, rows_of, submit_file, take_rows, value_of, write_csv, write_transcript

ANN, BEN = (Reader(WORKSPACE, name, researches=False) for name in ("Ann", "Ben"))
CANARY = "zorbulon"
LETTERS = [{"id": f"L{number}", "text": f"The {CANARY} letter came late, case {number}"} for number in range(3)]
PHOTOS = [{"id": f"P{number}", "text": f"The photo upload gets stuck, job {number}"} for number in range(8)]
TALK = [("Ina", "What gets in your way?"), ("Otto", f"The photo upload gets stuck at the {CANARY} gate.")]
OTHER_TALK = [("Ina", "And with you?"), ("Mara", "My calendar forgets the technician every day.")]


@pytest.fixture
def beside(told: Engine, monkeypatch: pytest.MonkeyPatch) -> Engine:
    """Beside workers: a source that Ann alone reads, and interviews; what may be late is so for a minute."""
    monkeypatch.setattr(stamp, "TIMES", 1e9)
    monkeypatch.setattr(stamp, "TRIFLE", -1.0)
    take_rows(told, LETTERS, name="exits.csv")
    talk = write_transcript(told.parts.home.parent / "talk.vtt", OTHER_TALK)
    submit_file(told, talk, kind="research", source="talks")
    told.drain()
    for name in ("Ann", "Ben"):
        create_token(told.parts, WORKSPACE, name, "viewer", expires=None)
    told.set_readers(WORKSPACE, "exits", ["Ann"])
    told.drain()
    told.answer_beside_workers()
    return told


@pytest.fixture
def read_anew(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What of what is left out was read anew."""
    found: list[str] = []
    for name in ("read_retelling", "read_withheld"):
        monkeypatch.setattr(everybody, name, _noting(getattr(everybody, name), found, name))
    return found


def _noting(do: Callable[..., Any], found: list[str], name: str) -> Callable[..., Any]:
    def noted(*given: Any) -> Any:
        found.append(name)
        return do(*given)

    return noted


def take(engine: Engine, path: Path, look: Callable[[], object], **options: Any) -> None:
    """Take a file in as workers do it, looked at before and after each of the jobs, and no themes found after it."""
    submit_file(engine, path, **options)
    look()
    while engine.perform(kinds=TAKING_IN):
        look()


def seen_by(engine: Engine, reader: Reader) -> str:
    """All that somebody is told of documents, themes and insights."""
    theirs = engine.for_reader(reader)
    told = [theirs.themes(WORKSPACE), theirs.insights(WORKSPACE), exported(theirs, "documents")]
    return json.dumps([*told, exported(theirs, "excerpts")])


def photos(engine: Engine) -> str:
    found: str = next(each["id"] for each in engine.themes(WORKSPACE)["themes"] if "hoto" in each["name"])
    return found


def numbers(engine: Engine) -> list[int]:
    return [value_of(engine, f"SELECT coalesce(max(number), 0) FROM changes WHERE id = {id}") for id in (1, 2, 3)]


@pytest.mark.parametrize("late", [True, False])
def test_feedback_for_everybody_does_not_have_it_read_anew(
    beside: Engine, tmp_path: Path, read_anew: list[str], late: bool
) -> None:
    beside.parts.everybody._kept.late &= late
    looked: list[int] = []

    def look() -> None:
        before = len(read_anew)
        seen_by(beside, BEN)
        looked.append(len(read_anew) - before)

    take(beside, write_csv(tmp_path / "more.csv", PHOTOS), look, source="feedback")
    assert looked[0] == 2  # what was restricted, or submitted, is seen at once
    assert any(looked[1:]) is not late


def test_feedback_for_everybody_is_seen_meanwhile(beside: Engine, tmp_path: Path) -> None:
    take(beside, write_csv(tmp_path / "more.csv", PHOTOS), lambda: seen_by(beside, BEN), source="feedback")
    assert seen_by(beside, BEN).count("The photo upload gets stuck, job") == 2 * len(PHOTOS)


def test_an_insight_of_a_theme_in_which_it_has_just_come_stays_with_its_readers(beside: Engine, tmp_path: Path) -> None:
    theme = photos(beside)
    rows = [{**row, "text": f"{row['text']} at the {CANARY}"} for row in PHOTOS]
    take(beside, write_csv(tmp_path / "more.csv", rows), lambda: seen_by(beside, BEN), source="exits")
    placed = [row for row in exported(beside, "excerpts") if row["theme_id"] == theme and CANARY in row["text"]]
    assert placed
    made = beside.for_reader(ANN).make_insight(WORKSPACE, "Ann", {"theme_id": theme})
    assert made["id"] in json.dumps(beside.for_reader(ANN).insights(WORKSPACE))
    assert f'"id": "{made["id"]}"' not in json.dumps(beside.for_reader(BEN).insights(WORKSPACE))
    assert CANARY not in seen_by(beside, BEN)


def test_a_theme_that_rests_on_nothing_else_is_gone_with_what_comes(beside: Engine, tmp_path: Path) -> None:
    theme = photos(beside)
    mine = [row["excerpt_id"] for row in exported(beside, "excerpts") if row["theme_id"] == theme]
    beside.decide(WORKSPACE, "Boss", {"kind": "move", "excerpts": mine, "to": None})
    beside.drain()

    def listed() -> set[str]:
        with beside.for_reader(BEN).parts.database.read() as session:
            return set(session.scalars(select(tables.Theme.id)))

    assert theme in listed()
    rows = [{**row, "text": f"{row['text']} at the {CANARY}"} for row in PHOTOS]
    take(beside, write_csv(tmp_path / "more.csv", rows), listed, source="exits")
    assert rows_of(beside, f"SELECT DISTINCT theme_id FROM assignments WHERE theme_id = '{theme}'") == [(theme,)]
    assert theme not in listed()


def test_what_a_new_interview_says_is_withheld_at_once(beside: Engine, tmp_path: Path) -> None:
    talk = write_transcript(tmp_path / "new.vtt", TALK)
    take(beside, talk, lambda: seen_by(beside, BEN), kind="research", source="talks")
    assert CANARY in json.dumps(exported(beside, "documents"))
    assert CANARY not in seen_by(beside, BEN)
    document = next(
        row["document_id"]
        for row in exported(beside, "documents")
        if row["source"] == "talks" and CANARY in row["text"]
    )
    assert CANARY not in json.dumps(beside.for_reader(BEN).document(WORKSPACE, document))


def test_what_is_restricted_is_gone_at_once_and_so_is_what_comes_after_it(beside: Engine, tmp_path: Path) -> None:
    rows = [{**row, "text": f"{row['text']} at the {CANARY}"} for row in PHOTOS]
    submit_file(beside, write_csv(tmp_path / "more.csv", rows), source="calls")
    beside.perform(kinds={"intake"})
    assert seen_by(beside, BEN).count(CANARY) == 2 * len(rows)
    beside.set_readers(WORKSPACE, "calls", ["Ann"])
    assert CANARY not in seen_by(beside, BEN)
    before = numbers(beside)
    assert beside.perform(kinds={"embed"})
    assert [now > then for now, then in zip(numbers(beside), before, strict=True)] == [True, False, False]
    made = beside.for_reader(ANN).make_insight(WORKSPACE, "Ann", {"theme_id": photos(beside)})
    assert f'"id": "{made["id"]}"' not in json.dumps(beside.for_reader(BEN).insights(WORKSPACE))
    beside.set_readers(WORKSPACE, "calls", None)
    assert CANARY in seen_by(beside, BEN)


def test_a_theme_that_everybody_has_come_to_speak_of_breaks_no_page(beside: Engine, tmp_path: Path) -> None:
    """It is hidden a little longer: its excerpts are there, and it is not."""
    theme = photos(beside)
    mine = [row["excerpt_id"] for row in exported(beside, "excerpts") if row["theme_id"] == theme]
    letters = [row["excerpt_id"] for row in exported(beside, "excerpts") if CANARY in row["text"]]
    beside.decide(WORKSPACE, "Boss", {"kind": "move", "excerpts": mine, "to": None})
    beside.decide(WORKSPACE, "Boss", {"kind": "move", "excerpts": letters, "to": theme})
    beside.drain()
    secret = create_token(beside.parts, WORKSPACE, "Ben", "viewer", expires=None)
    ben = TestClient(make_app(beside), headers={"Authorization": f"Bearer {secret}", "Accept": "text/html"})
    submit_file(beside, write_csv(tmp_path / "more.csv", PHOTOS), source="feedback")
    assert ben.get(f"/themes/{theme}").status_code == 404
    while beside.perform(kinds=TAKING_IN):
        pass
    new = next(row for row in exported(beside, "excerpts") if row["text"].endswith("job 1"))
    assert new["theme_id"] == theme
    addresses = ("/", "/?view=map", "/documents", "/insights", "/search?q=photo+upload", "/v1/themes", "/v1/documents")
    of_it = (f"/documents/{new['document_id']}", f"/excerpts/{new['excerpt_id']}", "/unassigned", "/jobs", "/trust")
    asked = ("/ask?q=What+do+people+say+about+photo+uploads%3F", "/v1/search?q=photo&facets=true")
    for address in (*addresses, *of_it, *asked, "/reports", f"/reports/{beside.weeks(WORKSPACE)[-1].id}"):
        shown = ben.get(address)
        assert (shown.status_code, CANARY in shown.text) == (200, False), address
    assert ben.get(f"/themes/{theme}").status_code == 404
    beside.decide(WORKSPACE, "Boss", {"kind": "pin", "theme": theme})
    assert ben.get(f"/themes/{theme}").status_code == 200


def test_what_does_not_say_whose_it_is_counts_as_not_for_everybody(beside: Engine) -> None:
    source = value_of(beside, "SELECT id FROM sources WHERE name = 'feedback'")
    for said, table, is_open in (
        ([source], tables.Document, True),
        ([], tables.Document, False),
        ([source], tables.Study, False),  # not a table of feedback
        ([], tables.Import, True),
    ):
        before = numbers(beside)
        with beside.parts.database.write() as session, taking_in():
            note_sources(session, said)
            session.execute(update(table).values(workspace_id=WORKSPACE))
            session.commit()
        moved = [now > then for now, then in zip(numbers(beside), before, strict=True)]
        assert moved == [True, False, is_open], table
