"""Backups: made while the service writes, brought back whole into either database, refused when they are not whole."""

import json
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from sqlalchemy import text

from synth.backup.archive import MANIFEST
from synth.backup.restoring import restore
from synth.backup.saving import back_up
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput, Broken, Conflict, NotFound, UnreadableFile
from synth.intake.uploads import Submission
from synth.settings import Settings
from synth.store.database import Database, versions
from synth.store.tables import Base
from tests.databases import database_url
from tests.factories import exported, feedback_rows, take_rows, write_csv

QUESTION = "How many people mention the photo upload?"
WHAT = ("documents", "excerpts", "themes", "insights")


@pytest.fixture
def saved(told: Engine, tmp_path: Path) -> Path:
    """A backup of a store that is open, with an upload that waits."""
    with write_csv(tmp_path / "late.csv", feedback_rows(5)).open("rb") as content:
        told.submit(WORKSPACE, "late.csv", content, Submission(source="late"))
    path = tmp_path / "saved.zip"
    back_up(told.parts.database, told.parts.home, path)
    return path


def _open(url: str | None, home: Path) -> Engine:
    return open_engine(Settings(home=home, database_url=url), embedder=HashingEmbedder())


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_was_saved_is_there_again_and_goes_on(
    kind: str, saved: Path, told: Engine, needs: Callable[[str], None], tmp_path: Path
) -> None:
    home = tmp_path / "other"
    home.mkdir()
    with database_url(kind, home, needs) as url:
        database = Database(url)
        manifest = restore(database, home, saved)
        database.close()
        engine = _open(url, home)
        try:
            assert {name: exported(engine, name) for name in WHAT} == {name: exported(told, name) for name in WHAT}
            engine.take_over()
            engine.repair_index(WORKSPACE)
            engine.drain()  # the upload that waited is read, new rows get numbers of their own, the index is filled
            told.drain()
            assert engine.status(WORKSPACE)["index"] == told.status(WORKSPACE)["index"]
            assert len(exported(engine, "documents")) == len(exported(told, "documents"))
            asked, before = engine.ask(WORKSPACE, QUESTION), told.ask(WORKSPACE, QUESTION)
            assert asked.counts
            assert [c.value for c in asked.counts] == [c.value for c in before.counts]
        finally:
            engine.close()
    assert set(manifest.tables) == set(Base.metadata.tables)
    assert list(manifest.uploads)


def test_a_backup_is_one_state_of_the_store(told: Engine, tmp_path: Path) -> None:
    with told.parts.database.snapshot() as connection:
        before = connection.execute(text("SELECT count(*) FROM documents")).scalar_one()
        take_rows(told, feedback_rows(6), name="more.csv")
        assert connection.execute(text("SELECT count(*) FROM documents")).scalar_one() == before


def test_a_backup_of_an_earlier_schema_is_brought_up_to_date(tmp_path: Path) -> None:
    earlier, now = Database(f"sqlite:///{tmp_path / 'earlier.db'}"), Database(f"sqlite:///{tmp_path / 'now.db'}")
    earlier.migrate(versions()[-2])
    with earlier.write() as session:
        values = {"id": "w", "name": "W", "zone": "UTC", "at": "2026-11-01 00:00:00.000000"}
        insert = "INSERT INTO workspaces (id, name, timezone, created_at) VALUES (:id, :name, :zone, :at)"
        session.execute(text(insert), values)
    back_up(earlier, tmp_path, tmp_path / "saved.zip")
    (tmp_path / "home").mkdir()
    assert restore(now, tmp_path / "home", tmp_path / "saved.zip").schema_version == versions()[-2]
    assert now.is_current()
    with now.read() as session:
        assert session.execute(text("SELECT name FROM workspaces")).scalars().all() == ["W"]


def _rewritten(path: Path, target: Path, change: Callable[[str, bytes], bytes]) -> Path:
    with ZipFile(path) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
    return target


def _with_manifest(path: Path, target: Path, **changes: object) -> Path:
    def change(name: str, content: bytes) -> bytes:
        return json.dumps(json.loads(content) | changes).encode() if name == MANIFEST else content

    return _rewritten(path, target, change)


def test_what_is_not_whole_or_not_ours_is_refused_before_anything_is_written(saved: Path, tmp_path: Path) -> None:
    cut, none = tmp_path / "cut.zip", tmp_path / "none.zip"
    cut.write_bytes(saved.read_bytes()[:-2000])
    altered = _rewritten(
        saved,
        tmp_path / "altered.zip",
        lambda name, content: content.replace(b"photo", b"phono") if "docu" in name else content,
    )
    newer = _with_manifest(saved, tmp_path / "newer.zip", schema_version="9999")
    strange = _with_manifest(saved, tmp_path / "strange.zip", format=2)
    home = tmp_path / "empty"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'synth.db'}")
    for path, error, said in (
        (cut, UnreadableFile, "no whole backup"),
        (none, UnreadableFile, "no whole backup"),
        (altered, UnreadableFile, "documents"),
        (newer, BadInput, "update this service"),
        (strange, UnreadableFile, "format 2"),
    ):
        with pytest.raises(error, match=said):
            restore(database, home, path)
    assert database.schema_version() is None


def test_a_restore_that_is_broken_off_keeps_nothing_and_may_be_done_again(saved: Path, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    home.mkdir()
    database = Database(f"sqlite:///{home / 'synth.db'}")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("synth.backup.restoring._digest", lambda *_: "another")
        with pytest.raises(Broken, match="nothing was kept"):
            restore(database, home, saved)
    restore(database, home, saved)
    with pytest.raises(Conflict, match="empty"):
        restore(database, home, saved)


def test_nothing_is_written_over_and_there_must_be_something_to_save(saved: Path, told: Engine, tmp_path: Path) -> None:
    before = saved.read_bytes()
    with pytest.raises(BadInput, match="is there already"):
        back_up(told.parts.database, told.parts.home, saved)
    with pytest.raises(NotFound, match="nothing to back up"):
        back_up(Database(f"sqlite:///{tmp_path / 'no.db'}"), tmp_path, tmp_path / "no.zip")
    assert saved.read_bytes() == before
    assert not (tmp_path / "no.zip").exists()
