"""One owner per home folder, whoever dies and however."""

import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from synth.errors import BadInput, HomeInUse
from synth.store.lock import HomeLock, read_owner

_ROOT = Path(__file__).resolve().parents[2]
_HOLDER = """
import sys, time
from pathlib import Path
from synth.store.lock import HomeLock
lock = HomeLock.acquire(Path(sys.argv[1]), command="synth serve")
lock.publish("http://127.0.0.1:8300", "secret-token")
print("ready", flush=True)
time.sleep(60)
"""


@pytest.fixture
def holder(tmp_path):
    """Another process that holds the folder `home`."""
    process = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(tmp_path / "home")], stdout=subprocess.PIPE, text=True, cwd=_ROOT
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_missing_home_is_made_for_this_user_only(tmp_path):
    home = tmp_path / "a" / "home"
    with HomeLock.acquire(home, command="synth serve"):
        assert stat.S_IMODE(home.stat().st_mode) == 0o700


def test_the_owner_is_readable_while_the_lock_is_held_and_gone_after(tmp_path):
    with HomeLock.acquire(tmp_path, command="synth report") as lock:
        found = read_owner(tmp_path)
        assert found == lock.owner
        assert found is not None
        assert (found.command, found.pid, found.url, found.token) == ("synth report", os.getpid(), None, None)
    assert read_owner(tmp_path) is None
    assert not (tmp_path / "owner.json").exists()


def test_what_is_published_can_be_read_by_this_user_only(tmp_path):
    with HomeLock.acquire(tmp_path, command="synth serve") as lock:
        lock.publish("http://127.0.0.1:8300", "secret-token")
        found = read_owner(tmp_path)
        assert found is not None
        assert (found.url, found.token) == ("http://127.0.0.1:8300", "secret-token")
        assert stat.S_IMODE((tmp_path / "owner.json").stat().st_mode) == 0o600
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "owner.json"]


def test_a_second_process_is_refused_with_the_address_of_the_first(tmp_path, holder):
    with pytest.raises(HomeInUse) as refusal:
        HomeLock.acquire(tmp_path / "home", command="synth ingest")
    message = str(refusal.value)
    assert message.startswith(f"'{tmp_path / 'home'}' is in use by `synth serve` (process {holder.pid}, since 20")
    assert message.endswith("Use it at http://127.0.0.1:8300, or stop it first.")
    assert "secret-token" not in message


def test_an_owner_without_an_address_is_to_be_stopped(tmp_path):
    expected = pytest.raises(HomeInUse, match=r"in use by `synth ingest` .* Stop it first\.$")
    with HomeLock.acquire(tmp_path, command="synth ingest"), expected:
        HomeLock.acquire(tmp_path, command="synth serve")


def test_an_owner_that_was_killed_holds_nothing(tmp_path, holder):
    home = tmp_path / "home"
    assert read_owner(home) is not None
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert (home / "owner.json").exists()
    assert read_owner(home) is None
    with HomeLock.acquire(home, command="synth serve") as lock:
        assert read_owner(home) == lock.owner


def test_a_released_home_can_be_taken_again_and_releasing_twice_is_harmless(tmp_path):
    first = HomeLock.acquire(tmp_path, command="one")
    first.release()
    with HomeLock.acquire(tmp_path, command="two"):
        first.release()
        found = read_owner(tmp_path)
        assert found is not None
        assert found.command == "two"


def test_asking_who_owns_a_home_makes_nothing(tmp_path):
    assert read_owner(tmp_path / "nowhere") is None
    assert read_owner(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_an_owner_file_of_nonsense_is_an_owner_unknown(tmp_path):
    with HomeLock.acquire(tmp_path, command="synth serve"):
        for text in ("", "[1]", "not json", '{"pid": 1}'):
            (tmp_path / "owner.json").write_text(text)
            assert read_owner(tmp_path) is None
            with pytest.raises(HomeInUse, match="in use by another process"):
                HomeLock.acquire(tmp_path, command="synth ingest")


def test_a_file_in_the_place_of_the_home_is_named(tmp_path):
    (tmp_path / "home").write_text("a file")
    for place in (tmp_path / "home", tmp_path / "home" / "below"):
        with pytest.raises(BadInput, match="is not a folder"):
            HomeLock.acquire(place, command="synth serve")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere")
def test_a_home_that_cannot_be_written_is_named(tmp_path):
    home = tmp_path / "home"
    home.mkdir(mode=0o500)
    with pytest.raises(BadInput, match="cannot be written to"):
        HomeLock.acquire(home, command="synth serve")


@pytest.mark.skipif(not Path("/proc/self").is_dir(), reason="needs a place where nobody can make a folder")
def test_a_home_where_no_folder_can_be_made_is_named():
    with pytest.raises(BadInput, match="Set SYNTH_HOME to another folder"):
        HomeLock.acquire(Path("/proc/self/home"), command="synth serve")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a limit on file sizes")
def test_a_publication_that_cannot_be_written_leaves_the_earlier_one(tmp_path):
    import resource

    with HomeLock.acquire(tmp_path, command="synth serve") as lock:
        before = read_owner(tmp_path)
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (10, limits[1]))
        try:
            with pytest.raises(BadInput, match="Set SYNTH_HOME to another folder"):
                lock.publish("http://127.0.0.1:8300", "token")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, handler)
        assert read_owner(tmp_path) == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["lock", "owner.json"]


def test_the_door_to_the_lock_is_cheap():
    code = "import sys, synth.store.lock; print([m for m in ('numpy', 'chromadb', 'sqlalchemy') if m in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=_ROOT, check=True)
    assert found.stdout.strip() == "[]"
