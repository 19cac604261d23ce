"""Several Chroma servers that share the workspaces: each is on one, moves when it has to, and is nowhere else then."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from synth.checkup import Finding, examine
from synth.embedding import HashingEmbedder
from synth.engine import Engine, open_engine
from synth.errors import Unavailable
from synth.intake.uploads import Submission
from synth.model import Filters
from synth.settings import Settings
from synth.store.chroma import ChromaIndex
from synth.store.indexing import difference
from synth.store.shards import ShardedIndex, open_index
from synth.store.walls import within
from synth.workspaces import add_workspace
from tests.chaos.ports import free_port
from tests.factories import Row, feedback_rows, write_csv
from tests.running import chroma_server

WORKSPACES = ("main", "alpha", "beta", "gamma")
SAID = "The photo upload gets stuck at the end of every visit."


@pytest.fixture(scope="module")
def urls(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """Two servers, under addresses by which both hold some of the workspaces."""
    with (
        chroma_server(tmp_path_factory.mktemp("one")) as one,
        chroma_server(tmp_path_factory.mktemp("two")) as two,
    ):
        yield one, _sharing(one, two)


def _sharing(one: str, other: str) -> str:
    """The other address, written so that it and the first share the workspaces."""
    written = (f"{other}{'/.' * more}" for more in range(99))
    return next(url for url in written if len({_sharded(one, url).url_of(each) for each in WORKSPACES}) == 2)


def _sharded(*urls: str) -> ShardedIndex:
    return ShardedIndex({url: ChromaIndex(folder=None, url=url, embedder="e1", dimension=3) for url in urls})


def _open(home: Path, *urls: str) -> Engine:
    return open_engine(Settings(home=home, chroma_url=", ".join(urls)), embedder=HashingEmbedder())


def _indexed(engine: Engine, url: str, workspace: str) -> int:
    """How many vectors a server holds of a workspace."""
    words = engine.parts.embedder
    alone = ChromaIndex(folder=None, url=url, embedder=words.version, dimension=words.dimension)
    held = alone.count(workspace)
    alone.close()
    return held


def _take(engine: Engine, workspace: str, rows: Sequence[Row], *, home: Path) -> None:
    with write_csv(home / "feedback.csv", rows).open("rb") as content:
        engine.submit(workspace, "feedback.csv", content, Submission())
    engine.drain()


@pytest.fixture
def spread(urls: tuple[str, str], tmp_path: Path) -> Iterator[tuple[Engine, Path]]:
    """A store of several workspaces with feedback in each, their index on two servers."""
    engine = _open(tmp_path / "home", *urls)
    for place, workspace in enumerate(WORKSPACES):
        if workspace != "main":
            now = engine.parts.now()
            add_workspace(engine.parts.database, workspace, id=workspace, timezone="UTC", now=now)
        with within(workspace):
            _take(engine, workspace, feedback_rows(2 + place), home=tmp_path)
    yield engine, tmp_path / "home"
    for workspace in WORKSPACES:
        engine.parts.index.clear(workspace)
    engine.close()


def test_each_workspace_is_whole_on_one_server(spread: tuple[Engine, Path], urls: tuple[str, str]) -> None:
    engine, _ = spread
    index = engine.parts.index
    assert isinstance(index, ShardedIndex)
    assert {index.url_of(workspace) for workspace in WORKSPACES} == set(urls)
    for workspace in WORKSPACES:
        with within(workspace):
            assert not difference(engine.parts, workspace)
            assert [_indexed(engine, url, workspace) > 0 for url in urls] == [
                url == index.url_of(workspace) for url in urls
            ]
            assert engine.search(workspace, SAID, Filters())["results"]


def test_what_moves_is_filled_again_and_is_left_nowhere_else(
    spread: tuple[Engine, Path], urls: tuple[str, str]
) -> None:
    before, home = spread
    counts = {workspace: before.parts.index.count(workspace) for workspace in WORKSPACES}
    one = _open(home, urls[0])
    one.repair_indexes()
    one.drain()
    assert {workspace: one.parts.index.count(workspace) for workspace in WORKSPACES} == counts
    one.close()
    both = _open(home, *urls)
    both.repair_indexes()
    both.drain()
    assert isinstance(both.parts.index, ShardedIndex)
    for workspace, held in counts.items():
        mine = both.parts.index.url_of(workspace)
        assert [_indexed(both, url, workspace) for url in urls] == [held if url == mine else 0 for url in urls]
    both.close()


def test_only_what_has_to_moves_when_a_server_is_added() -> None:
    names = [f"workspace {number}" for number in range(400)]
    held = [f"http://chroma-{number}:8000" for number in range(3)]
    two, three = _sharded(*held[:2]), _sharded(*held)
    moved = [name for name in names if two.url_of(name) != three.url_of(name)]
    assert {three.url_of(name) for name in moved} == {held[2]}
    assert 0.25 < len(moved) / len(names) < 0.42
    assert three.url_of("main") == _sharded(*reversed(held)).url_of("main")


def test_a_server_that_is_away_takes_the_index_of_its_workspaces_alone(
    spread: tuple[Engine, Path], urls: tuple[str, str]
) -> None:
    engine, home = spread
    away = _sharing(urls[0], f"http://127.0.0.1:{free_port()}")
    half = _open(home, urls[0], away)
    half.repair_indexes()
    half.drain()
    index = half.parts.index
    assert isinstance(index, ShardedIndex)
    assert {index.url_of(workspace) for workspace in WORKSPACES} == {urls[0], away}
    for workspace in WORKSPACES:
        with within(workspace):
            found = half.search(workspace, SAID, Filters())["results"]
            assert [each["excerpt_id"] for each in found] == [
                each["excerpt_id"] for each in engine.search(workspace, SAID, Filters())["results"]
            ]
            state = half.status(workspace)["index"]
            assert state == ("ready" if index.url_of(workspace) == urls[0] else "broken")
    with pytest.raises(Unavailable, match="does not answer"):
        index.probe()
    half.close()


def test_an_erasure_leaves_no_vector_on_any_server(spread: tuple[Engine, Path], urls: tuple[str, str]) -> None:
    engine, _ = spread
    words = engine.parts.embedder
    for url in urls:  # as a server holds them that was away when the workspace moved
        old = ChromaIndex(folder=None, url=url, embedder=words.version, dimension=words.dimension)
        old.put("beta", ["long gone"], np.eye(1, words.dimension, dtype=np.float32))
        old.close()
    engine.parts.index.clear("beta")
    assert [_indexed(engine, url, "beta") for url in urls] == [0, 0]


def test_the_check_up_asks_every_server(urls: tuple[str, str], tmp_path: Path) -> None:
    found = _examined(tmp_path, *urls)
    assert found.ok
    assert all(url in found.said for url in urls)
    away = f"http://127.0.0.1:{free_port()}"
    found = _examined(tmp_path, urls[0], away)
    assert not found.ok
    assert away in found.said


def _examined(home: Path, *urls: str) -> Finding:
    settings = Settings(home=home, embedder="hashing", chroma_url=",".join(urls))
    return next(each for each in examine(settings) if each.part == "index")


def test_addresses_are_read_as_they_are_written(tmp_path: Path) -> None:
    written = Settings(home=tmp_path, chroma_url=" http://a:1/, http://b:2 ,,http://a:1")
    assert written.chroma_urls == ("http://a:1", "http://b:2")
    assert Settings(home=tmp_path).chroma_urls == ()
    one = open_index(folder=tmp_path, urls=("http://a:1",), embedder="e1", dimension=3)
    assert isinstance(one, ChromaIndex)
