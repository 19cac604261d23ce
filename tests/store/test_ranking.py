"""Ranking by words: the rarer word counts for more, on both databases, and a search on PostgreSQL has an end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from synth.store import ranking
from synth.store.excerpts import load_views
from synth.store.fulltext import search_words
from tests.databases import database_url
from tests.factories import new_home, take_rows

MANY = [f"The flight number {n} was late again." for n in range(40)]
ROWS = [*MANY, "The flight crew sang.", "Our crew was tired and the flight was late.", "A crew.", "Nothing of it."]


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def stored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, needs: Callable[[str], None]
) -> Iterator[Engine]:
    folder: Path = tmp_path_factory.mktemp("ranking")
    with database_url(request.param, folder, needs) as url:
        settings = Settings(home=new_home(folder / "home"), database_url=url)
        engine = open_engine(settings, embedder=HashingEmbedder())
        take_rows(engine, [{"id": f"r{n}", "text": text} for n, text in enumerate(ROWS)])
        yield engine
        engine.close()


def texts_found(engine: Engine, query: str, limit: int = 100) -> list[str]:
    with engine.parts.database.read() as session:
        ids = [id for id, _ in search_words(session, WORKSPACE, query, limit)]
        views = load_views(session, WORKSPACE, ids)
    return [views[id].text for id in ids]


def test_a_rare_word_counts_for_more_than_one_that_many_say(stored: Engine) -> None:
    found = texts_found(stored, "flight crew")
    assert found[:2] == ["A crew.", "The flight crew sang."]  # the shorter, the more it is about what it says
    assert found[2] == "Our crew was tired and the flight was late."
    assert len(found) == 43


def test_a_search_looks_at_no_more_than_it_has_to(stored: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    if stored.parts.database.dialect == "sqlite":
        return  # it ranks by itself
    monkeypatch.setattr(ranking, "LOOKED_AT", 5)
    looked_at: list[str] = []
    search = ranking._search

    def note(session: Session, workspace: str, wanted: str, *rest: object, **more: object) -> object:
        looked_at.append(wanted)
        return search(session, workspace, wanted, *rest, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(ranking, "_search", note)
    assert texts_found(stored, "flight crew", 1) == ["The flight crew sang."]
    assert looked_at == ["'crew'"]  # “flight” is weighed, not looked for
    looked_at.clear()
    found = texts_found(stored, "late flight", 1)
    assert looked_at == ["'flight' & 'late'"]  # both are said by too many
    assert "late" in found[0]
    looked_at.clear()
    assert texts_found(stored, "flight", 1)
    assert looked_at == ["'flight'"]


def test_what_only_stop_words_ask_for_is_nothing_or_what_says_them(stored: Engine) -> None:
    found = texts_found(stored, "the of")
    assert (found == []) == (stored.parts.database.dialect == "postgresql")
