"""The same erasure on PostgreSQL: rows go, what rested on them is withdrawn, the service goes on."""

from collections.abc import Callable
from pathlib import Path

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, open_engine
from synth.settings import Settings
from tests.databases import throwaway_postgres
from tests.factories import exported, feedback_rows, rows_of, take_rows

NAME = "Quentin Kanarienvogel"
CANARY = "The photo upload gets stuck whenever my zorbulating marmalade gadget is near the van"


def test_a_person_goes_from_postgresql_too(needs: Callable[[str], None], tmp_path: Path) -> None:
    needs("postgresql")
    with throwaway_postgres() as url:
        engine = open_engine(Settings(home=tmp_path / "home", database_url=url), embedder=HashingEmbedder())
        rows = [*feedback_rows(), {"id": "K1", "text": CANARY, "author": NAME, "date": "2026-11-12"}]
        take_rows(engine, rows)
        engine.ask(WORKSPACE, "What do people say about the zorbulating gadget?")
        engine.ask(WORKSPACE, "What do people say about photo upload?")
        erasure = engine.erase(WORKSPACE, "Ann", "person", NAME)
        engine.drain()
        receipt = engine.erasure(WORKSPACE, erasure)
        assert receipt["state"] == "done", engine.jobs(WORKSPACE, "dead").rows
        assert "VACUUM FULL" in receipt["receipt"]["bytes"]["database"]
        tables = [name for (name,) in rows_of(engine, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        held = [name for name in tables if "zorbulating" in str(rows_of(engine, f"SELECT * FROM {name}"))]
        assert held == []
        assert len(exported(engine, "documents")) == len(rows) - 1
        answer = engine.ask(WORKSPACE, "What do people say about photo upload?")
        assert answer.status == "answered"
        assert take_rows(engine, rows[-1:], name="again.csv").refused == 1
        engine.close()
