"""The vector index: what it finds, what it survives, and that no damage is taken for truth."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from synth.errors import BadInput, Unavailable
from synth.store.chroma import ChromaIndex, IndexBroken
from tests.chaos.ports import free_port
from tests.running import chroma_server

_ROOT = Path(__file__).resolve().parents[2]
_DIMENSION, _MANY = 24, 5_400  # more than one save of the graph, so that there are files to damage
_WRITER = """
import sys, numpy as np
from pathlib import Path
from synth.store.chroma import ChromaIndex
index = ChromaIndex(folder=Path(sys.argv[1]), url=None, embedder="e1", dimension=24)
index.put("w", ["first"], np.ones((1, 24), dtype=np.float32))
print("ready", flush=True)
for start in range(0, 1_000_000, 100):
    rows = np.random.default_rng(start).standard_normal((100, 24)).astype(np.float32)
    index.put("w", [f"{start + row}" for row in range(100)], rows)
    print(start + 100, flush=True)
"""


def vectors(count: int, seed: int = 1) -> np.ndarray:
    rows = np.random.default_rng(seed).standard_normal((count, _DIMENSION)).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(count: int) -> list[str]:
    return [f"exc_{number:05d}" for number in range(count)]


def open_index(folder: Path) -> ChromaIndex:
    return ChromaIndex(folder=folder, url=None, embedder="e1", dimension=_DIMENSION)


def unseal(folder: Path) -> None:
    """What a death of the owner leaves: the files, and nothing that vouches for them."""
    folder.with_name(f"{folder.name}.seal").unlink()


@pytest.fixture
def index(tmp_path):
    index = open_index(tmp_path / "chroma")
    yield index
    index.close()


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """A closed, sealed home with many vectors; copied by who wants to damage it."""
    home = tmp_path_factory.mktemp("filled")
    index = open_index(home / "chroma")
    index.put("w", names(_MANY), vectors(_MANY))
    index.close()
    return home


@pytest.fixture
def folder(filled, tmp_path):
    shutil.copytree(filled, tmp_path / "home")
    return tmp_path / "home" / "chroma"


class TestSearch:
    def test_the_nearest_come_first_with_their_cosine(self, index):
        rows = vectors(300)
        index.put("w", names(300), rows)
        found = index.query("w", rows[7], 5)
        truth = rows @ rows[7]
        best = np.argsort(-truth)[:5]
        assert [name for name, _ in found] == [names(300)[row] for row in best]
        assert [score for _, score in found] == pytest.approx(truth[best].tolist(), abs=1e-4)

    def test_the_length_of_a_vector_means_nothing(self, index):
        rows = vectors(20)
        index.put("w", names(20), rows * 17)
        assert index.query("w", rows[3] / 9, 1) == [("exc_00003", pytest.approx(1.0, abs=1e-4))]

    def test_an_empty_workspace_finds_nothing_and_a_small_one_what_it_has(self, index):
        assert index.query("w", vectors(1)[0], 5) == []
        assert (index.count("w"), index.ids("w")) == (0, set())
        index.put("w", names(3), vectors(3))
        assert len(index.query("w", vectors(1)[0], 50)) == 3
        assert index.query("w", vectors(1)[0], 0) == []

    def test_workspaces_and_embedder_versions_never_meet(self, index, tmp_path):
        index.put("a", ["one"], vectors(1))
        index.put("b", ["two"], vectors(1))
        assert (index.ids("a"), index.ids("b")) == ({"one"}, {"two"})
        index.close()
        other = ChromaIndex(folder=tmp_path / "chroma", url=None, embedder="e2", dimension=_DIMENSION)
        assert other.count("a") == 0
        other.close()

    def test_putting_twice_counts_once_and_a_changed_vector_replaces(self, index):
        rows = vectors(4)
        index.put("w", names(2), rows[:2])
        index.put("w", names(2), rows[:2])
        index.put("w", ["exc_00000"], rows[3:])
        assert index.count("w") == 2
        assert index.query("w", rows[3], 1)[0] == ("exc_00000", pytest.approx(1.0, abs=1e-4))

    def test_of_an_id_given_twice_the_last_vector_stays(self, index):
        rows = vectors(2)
        index.put("w", ["a", "a"], rows)
        index.verify("w", ["a"], rows[1:])

    def test_dropped_and_cleared_vectors_are_not_found(self, index):
        rows = vectors(10)
        index.put("w", names(10), rows)
        index.drop("w", ["exc_00004", "exc_00004", "never there"])
        assert "exc_00004" not in {name for name, _ in index.query("w", rows[4], 10)}
        assert index.count("w") == 9
        index.clear("w")
        assert index.count("w") == 0

    def test_ids_are_read_over_all_pages(self, folder):
        index = open_index(folder)
        assert index.ids("w") == set(names(_MANY))
        index.close()

    def test_a_vector_of_the_wrong_shape_or_without_direction_is_refused(self, index):
        wrong = [np.ones((1, 3)), np.ones((2, _DIMENSION)), np.zeros((1, _DIMENSION)), np.full((1, _DIMENSION), np.nan)]
        for rows in wrong:
            with pytest.raises(BadInput):
                index.put("w", ["a"], rows.astype(np.float32))
        assert index.count("w") == 0

    def test_threads_may_share_it(self, index):
        rows = vectors(1_200)
        index.put("w", names(400), rows[:400])
        wrong: list[object] = []

        def read() -> None:
            wrong.extend(row for row in range(0, 400, 8) if index.query("w", rows[row], 1)[0][0] != names(400)[row])

        def write(start: int) -> None:
            index.put("w", names(1_200)[start : start + 400], rows[start : start + 400])

        work = [threading.Thread(target=read) for _ in range(3)]
        work += [threading.Thread(target=write, args=(start,)) for start in (400, 800)]
        for thread in work:
            thread.start()
        for thread in work:
            thread.join()
        assert wrong == []
        assert index.count("w") == 1_200


class TestLifetime:
    def test_nothing_is_made_before_the_first_use(self, tmp_path):
        index = open_index(tmp_path / "chroma")
        index.probe()
        index.close()
        assert list(tmp_path.iterdir()) == []

    def test_it_is_the_same_after_closing(self, folder):
        for _ in range(2):
            index = open_index(folder)
            index.probe()
            assert index.count("w") == _MANY
            index.verify("w", names(50), vectors(_MANY)[:50])
            index.probe()
            index.close()

    def test_destroyed_it_can_be_filled_again_in_the_same_process(self, folder):
        index = open_index(folder)
        assert index.count("w") == _MANY
        for _ in range(3):
            index.destroy()
            assert index.count("w") == 0
            index.put("w", names(20), vectors(20))
            assert index.query("w", vectors(20)[5], 1)[0][0] == "exc_00005"
        index.close()
        assert sorted(path.name for path in folder.parent.iterdir()) == ["chroma", "chroma.seal"]

    def test_the_files_of_a_cleared_workspace_are_gone_after_closing(self, folder):
        cleared = _part(folder, "data_level0.bin").parent
        index = open_index(folder)
        index.clear("w")
        index.put("other", ["a"], vectors(1))
        index.close()
        assert not cleared.exists()
        assert index.ids("other") == {"a"}
        index.close()

    @pytest.mark.parametrize("name", ["data_level0.bin", "length.bin"])
    def test_what_lay_in_memory_is_not_left_in_the_places_that_hold_nothing(self, tmp_path, name):
        folder = tmp_path / "chroma"
        index = open_index(folder)
        index.put("w", names(3), vectors(3))
        index.close()
        for at in ("rest", "work"):
            index = open_index(folder)
            if at == "work":
                index.count("w")
            else:
                unseal(folder)
            with _part(folder, name).open("r+b") as file:
                file.seek(-4, os.SEEK_END)
                file.write(b"\x07\x08\x09\x0a")
            assert index.query("w", vectors(1)[0], 1)[0][0] == names(1)[0]
            assert not any(_part(folder, name).read_bytes())
            index.close()

    def test_an_index_is_a_folder_or_an_address(self, tmp_path):
        for folder, url in ((None, None), (tmp_path, "http://127.0.0.1:1")):
            with pytest.raises(BadInput):
                ChromaIndex(folder=folder, url=url, embedder="e", dimension=3)

    def test_an_owner_killed_while_writing_leaves_an_index_that_is_found_sound_or_broken(self, tmp_path):
        for steps in (2, 51):
            folder = tmp_path / f"{steps}" / "chroma"
            put = _write_and_kill(folder, steps)
            index = open_index(folder)
            try:
                index.probe()
                assert index.count("w") >= put
                assert index.query("w", np.ones(_DIMENSION, dtype=np.float32), 1)[0][0] == "first"
            except IndexBroken:
                index.destroy()
                assert index.count("w") == 0
            index.close()


class TestVerify:
    def test_it_accepts_what_sql_holds_and_names_what_is_missing_or_different(self, index):
        rows = vectors(5)
        index.put("w", names(5), rows)
        index.verify("w", names(5), rows)
        with pytest.raises(IndexBroken, match="exc_00004"):
            index.verify("w", names(5), np.concatenate([rows[:4], rows[:1]]))
        with pytest.raises(IndexBroken, match="absent"):
            index.verify("w", ["absent"], rows[:1])


def _part(folder: Path, name: str) -> Path:
    return next(folder.rglob(name))


def _scramble(name: str, start: float, end: float) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        path = _part(folder, name)
        size = path.stat().st_size
        with path.open("r+b") as file:
            file.seek(int(size * start))
            file.write(np.random.default_rng(7).bytes(max(1, int(size * (end - start)))))

    return damage


def _truncate(name: str, keep: float) -> Callable[[Path], None]:
    return lambda folder: os.truncate(_part(folder, name), int(_part(folder, name).stat().st_size * keep))


def _remove(name: str) -> Callable[[Path], None]:
    return lambda folder: _part(folder, name).unlink()


def _empty_segment(folder: Path) -> None:
    for path in _part(folder, "header.bin").parent.iterdir():
        path.unlink()


def _text_database(folder: Path) -> None:
    (folder / "chroma.sqlite3").write_text("This is no database.\n")


_FILES = ("data_level0.bin", "header.bin", "length.bin", "link_lists.bin", "index_metadata.pickle", "chroma.sqlite3")
_SILENT_WITHOUT_SEAL = {"link_lists.bin scrambled", "link_lists.bin cut in half", "link_lists.bin emptied"}
_DAMAGES: dict[str, Callable[[Path], None]] = {
    **{f"{name} scrambled": _scramble(name, 0, 1) for name in _FILES},
    **{f"{name} cut in half": _truncate(name, 0.5) for name in _FILES},
    **{f"{name} emptied": _truncate(name, 0) for name in _FILES},
    **{f"{name} removed": _remove(name) for name in _FILES},
    "data_level0.bin scrambled in places": _scramble("data_level0.bin", 0.5, 0.6),
    "chroma.sqlite3 scrambled in places": _scramble("chroma.sqlite3", 0.4, 0.6),
    "chroma.sqlite3 is text": _text_database,
    "vectors removed": lambda folder: shutil.rmtree(_part(folder, "header.bin").parent),
    "vectors emptied": _empty_segment,
}


class TestDamage:
    @pytest.mark.parametrize("name", _DAMAGES)
    def test_any_change_to_a_closed_folder_is_found_before_it_is_loaded(self, folder, name):
        _DAMAGES[name](folder)
        index = open_index(folder)
        with pytest.raises(IndexBroken):
            index.probe()
        with pytest.raises(IndexBroken):
            index.query("w", vectors(1)[0], 5)
        index.destroy()
        index.put("w", names(5), vectors(5))
        index.probe()
        index.close()

    @pytest.mark.parametrize("name", [name for name in _DAMAGES if name not in _SILENT_WITHOUT_SEAL])
    def test_damage_left_by_a_dead_owner_is_found_without_taking_this_process_down(self, folder, name):
        unseal(folder)
        _DAMAGES[name](folder)
        index = open_index(folder)
        with pytest.raises(IndexBroken):
            index.count("w")
        index.destroy()
        assert index.count("w") == 0
        index.close()

    def test_a_sound_folder_of_a_dead_owner_is_used_on(self, folder):
        unseal(folder)
        index = open_index(folder)
        assert index.count("w") == _MANY
        index.close()

    def test_a_sealed_folder_that_was_emptied_or_removed_is_missed(self, folder):
        shutil.rmtree(folder)
        with pytest.raises(IndexBroken, match="missing"):
            open_index(folder).probe()
        folder.mkdir()
        with pytest.raises(IndexBroken, match="missing"):
            open_index(folder).probe()

    def test_a_folder_removed_while_open_is_noticed_at_the_next_call(self, folder):
        index = open_index(folder)
        index.count("w")
        shutil.rmtree(folder)
        with pytest.raises(IndexBroken, match="removed or replaced"):
            index.probe()
        with pytest.raises(IndexBroken):
            index.query("w", vectors(1)[0], 5)
        with pytest.raises(IndexBroken):
            index.put("w", ["a"], vectors(1))
        index.destroy()
        index.put("w", ["a"], vectors(1))
        assert index.ids("w") == {"a"}
        index.close()

    def test_a_folder_that_may_not_be_made_is_named(self, tmp_path):
        (tmp_path / "file").write_text("")
        with pytest.raises(Unavailable, match=r"file/chroma cannot be used: Not a directory"):
            open_index(tmp_path / "file" / "chroma").count("w")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_folder_is_not_taken_for_a_broken_one(self, folder):
        folder.chmod(0o500)
        with pytest.raises(Unavailable, match="cannot be used: Permission denied") as refusal:
            open_index(folder).count("w")
        assert not isinstance(refusal.value, IndexBroken)
        folder.chmod(0o700)


class TestServer:
    def test_the_same_index_over_http(self, server):
        rows = vectors(1_500)
        index = ChromaIndex(folder=None, url=server, embedder="e1", dimension=_DIMENSION, token="secret")
        index.put("w", names(1_500), rows)
        index.put("w", names(10), rows[:10])
        assert index.count("w") == 1_500
        assert index.query("w", rows[9], 3)[0] == ("exc_00009", pytest.approx(1.0, abs=1e-4))
        index.drop("w", names(1_000))
        assert index.ids("w") == set(names(1_500)[1_000:])
        index.probe()
        index.clear("w")
        assert index.count("w") == 0
        with pytest.raises(Unavailable, match="clear its workspaces"):
            index.destroy()
        index.close()

    def test_a_collection_another_process_cleared_is_made_again_at_the_second_try(self, server):
        first, second = (ChromaIndex(folder=None, url=server, embedder="e9", dimension=_DIMENSION) for _ in range(2))
        first.put("w", ["a"], vectors(1))
        second.clear("w")
        with pytest.raises(Unavailable):
            first.count("w")
        assert first.count("w") == 0
        first.close()
        second.close()

    def test_a_server_that_is_not_there_is_unavailable(self):
        index = ChromaIndex(folder=None, url=f"http://127.0.0.1:{free_port()}", embedder="e1", dimension=_DIMENSION)
        with pytest.raises(Unavailable, match="does not answer"):
            index.count("w")
        with pytest.raises(Unavailable):
            index.probe()
        index.close()

    def test_a_server_that_never_answers_is_waited_for_ten_seconds(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            url = f"http://127.0.0.1:{silent.getsockname()[1]}"
            index = ChromaIndex(folder=None, url=url, embedder="e1", dimension=_DIMENSION)
            started = time.monotonic()
            with pytest.raises(Unavailable, match="timed out"):
                index.probe()
            assert 9 < time.monotonic() - started < 20
            index.close()

    def test_an_answer_that_is_not_chromas_is_unavailable(self, httpserver):
        httpserver.expect_request("/").respond_with_data("hello")
        index = ChromaIndex(folder=None, url=httpserver.url_for(""), embedder="e1", dimension=_DIMENSION)
        with pytest.raises(Unavailable):
            index.count("w")
        index.close()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with chroma_server(tmp_path_factory.mktemp("server")) as url:
        yield url


def _write_and_kill(folder: Path, steps: int) -> int:
    """Let a child write until it has confirmed `steps` steps, kill it in the next one; what it had confirmed."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(folder)], stdout=subprocess.PIPE, text=True, cwd=_ROOT
    )
    assert process.stdout is not None
    lines = [process.stdout.readline() for _ in range(steps)]
    time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    return int(lines[-1])
