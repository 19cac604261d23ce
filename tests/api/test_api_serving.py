"""The server as a process meets it: its socket, what it prints, what it leaves; and the client of the command line."""

import json
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import uvicorn
from fastapi import FastAPI

from api.app import make_app
from api.serving import Server, open_socket
from synth.access import create_token
from synth.cli.client import Client
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.remote.client import RemoteClient
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotAllowed, NotFound, Unavailable
from synth.store.lock import read_owner
from tests.chaos.oracle import await_rest
from tests.running import environment

NO_FILTERS = GivenFilters(None, None, ())
LAST_WEEK = Period(None, None, None)
SERVING = """
import sys
from pathlib import Path
from api.serving import serve
from synth.embedding import HashingEmbedder
from synth.engine import open_engine
from synth.settings import Settings
from synth.store.lock import HomeLock

settings = Settings(home=Path(sys.argv[1]), port=int(sys.argv[2]))
with HomeLock.acquire(settings.home, command="synth serve") as lock:
    engine = open_engine(settings, embedder=HashingEmbedder())
    serve(settings, engine, lock)
    engine.close()
    print("closed in order")
"""


@pytest.fixture
def address(engine: Engine) -> Iterator[str]:
    """A real server over the test's engine, with a worker beside it."""
    with _serving(make_app(engine)) as url:
        stop = threading.Event()
        worker = threading.Thread(target=_work, args=(engine, stop))
        worker.start()
        yield url
        stop.set()
        worker.join()


@pytest.fixture
def remote(engine: Engine, address: str) -> Iterator[RemoteClient]:
    client = RemoteClient(address + "/", create_token(engine.parts, WORKSPACE, "test", "admin", expires=None))
    yield client
    client.close()


def test_the_remote_client_has_what_every_command_needs(remote: RemoteClient) -> None:
    client: Client = remote
    assert client is remote


def test_ingest_uploads_follows_and_tells_what_became_of_it(remote: RemoteClient, tmp_path: Path) -> None:
    file, seen = tmp_path / "odd näme.csv", list[dict]()
    file.write_text("a,b\nThe board is slow,Ana\n,Bo\n", "utf-8")
    options = {"source": "odd", "kind": "feedback", "mapping": {"text": "a"}, "hidden": ["b"], "interviewers": []}
    (state,) = remote.ingest([(file, options)], seen.append)
    assert (state["filename"], state["source"], state["taken"], state["refused"]) == ("odd näme.csv", "odd", 1, 1)
    assert state["finished"]
    assert seen[-1]["finished"]
    assert json.loads("".join(remote.export("documents", "jsonl", NO_FILTERS)))["attributes"] == {}


def test_decisions_are_made_told_and_undone_as_the_engine_does(remote: RemoteClient, samples: Path) -> None:
    remote.ingest([(samples / "feedback" / "community.jsonl", {})], lambda _: None)
    made = remote.create_themes([{"name": "Calendar doubles", "definition": "", "examples": ["duplicate events"]}])
    [theme] = made["decision"]["created"]
    wanted = {"kind": "rename", "theme": theme, "name": "Calendar shows visits twice"}
    assert remote.decide(wanted, preview=True)["effect"] == remote.decide(wanted, preview=False)["effect"]
    assert [row["id"] for row in remote.decisions()["decisions"]] == ["D2", "D1"]
    assert remote.lineage(theme)["lineage"][0]["event"] == "born"
    assert remote.trend(theme).keys() == {"weeks", "difference"}
    assert remote.emerging() == {"emerging": []}
    assert remote.suggestions(theme).keys() == {"suggestions"}
    with pytest.raises(Conflict, match=r"D2 .* undo it first"):
        remote.undo("D1")
    assert remote.undo("D2")["decision"]["undone_by"]


def test_a_hook_is_made_for_everybody_or_for_some(remote: RemoteClient) -> None:
    assert remote.add_hook("Desk", None)["source"] == "Desk"
    assert remote.add_hook("Exits", ["test"])["secret"].startswith("whsec_")
    read_by = {each["source"]: each["readers"] for each in remote.sources()["sources"]}
    assert read_by == {"Exits": ["test"]}  # the other is there when something has come


def test_ingest_takes_options_that_are_not_there_as_not_given(remote: RemoteClient, tmp_path: Path) -> None:
    file = tmp_path / "a.txt"
    file.write_text("The board is slow with many jobs.")
    (state,) = remote.ingest([(file, {"kind": "feedback"})], lambda _: None)
    assert state["taken"] == 1


def test_reading_gives_the_documents_of_the_engine(remote: RemoteClient, engine: Engine, samples: Path) -> None:
    remote.ingest([(samples / "feedback" / "community.jsonl", {})], lambda _: None)
    steps: list[dict] = []
    await_rest(engine, 120)  # areas are found, and insights looked at, by jobs that follow
    found = remote.discover(steps.append)
    await_rest(engine, 120)
    assert found == remote.themes() == engine.themes(WORKSPACE)
    assert all(step["stages"][0]["kind"] == "discover" for step in steps)
    assert remote.insights() == engine.insights(WORKSPACE)
    given = GivenFilters("2026-09-01", "2026-11-01", ("source=community",))
    asked = engine.filters(since=given.since, until=given.until, where=given.where)
    hits = engine.search(WORKSPACE, "calendar", asked, limit=5)
    assert remote.search("calendar", given, 5) == {**hits, "facets": None}  # not asked for, and said to be
    answer = remote.ask(Asking("What do people say about the calendar?", given))
    assert answer["plan"]["filters"]["where"] == [{"key": "source", "operator": "=", "value": "community"}]
    for form in ("jsonl", "csv"):
        assert "".join(remote.export("excerpts", form, NO_FILTERS)) == "".join(
            engine.export(WORKSPACE, "excerpts", format=form)
        )


def test_what_the_server_refuses_is_raised_with_its_sentence(remote: RemoteClient, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="write it as 2026-11-22"):
        remote.search("x", GivenFilters("2026-99-99", None, ()), 5)
    with pytest.raises(BadInput, match="'question' cannot be used"):
        remote.ask(Asking("why? " * 20_000, NO_FILTERS))
    with pytest.raises(BadInput, match="'what' cannot be used"):
        list(remote.export("secrets", "jsonl", NO_FILTERS))
    with pytest.raises(NotFound, match="There is no report"):
        remote.report(Period("latest-but-one", None, None), "md")
    (tmp_path / "empty.csv").touch()
    (state,) = remote.ingest([(tmp_path / "empty.csv", {})], lambda _: None)
    assert [refusal["reason"] for refusal in state["refusals"]] == ["empty.csv is empty; there is nothing to take in."]


def test_a_wrong_token_is_said_to_be_wrong(address: str) -> None:
    client = RemoteClient(address, "synth_wrong")
    with pytest.raises(NotAllowed, match="unknown, has expired or was revoked"):
        client.themes()
    client.close()


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "127.0.0.1:9", "http://"])
def test_where_no_server_answers_the_client_says_so(url: str) -> None:
    client = RemoteClient(url, "synth_x")
    with pytest.raises(Unavailable, match="No server answers"):
        client.themes()
    client.close()


def test_an_address_that_is_none_is_refused() -> None:
    with pytest.raises(BadInput, match="no address"):
        RemoteClient("http://[::1", "synth_x")


def test_what_is_not_this_service_is_said_to_be_none() -> None:
    with _serving(FastAPI()) as url:
        client = RemoteClient(url, "synth_x")
        with pytest.raises(Unavailable, match="is not this service"):
            client.themes()
        client.close()


def test_a_file_above_the_limit_is_refused_over_the_wire_too(
    engine: Engine, remote: RemoteClient, address: str
) -> None:
    def body() -> Iterator[bytes]:
        yield b'{"documents": [{"text": "'
        for _ in range(25):
            yield b"x" * 1_000_000

    secret = create_token(engine.parts, WORKSPACE, "big", "admin", expires=None)
    headers = {"Authorization": f"Bearer {secret}", "Content-Type": "application/json"}
    response = httpx.post(f"{address}/v1/documents", content=body(), headers=headers, trust_env=False)
    assert response.status_code == 413


def test_no_response_names_the_server_software(address: str) -> None:
    assert "server" not in httpx.get(f"{address}/health", trust_env=False).headers


def test_a_port_in_use_is_said_to_be_in_use() -> None:
    with open_socket("127.0.0.1", 0) as first:
        first.listen()
        with pytest.raises(BadInput, match="is in use by another program; choose one with --port"):
            open_socket("127.0.0.1", first.getsockname()[1])


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_of_this_machine_is_refused(host: str) -> None:
    with pytest.raises(BadInput, match="SYNTH_HOST"):
        open_socket(host, 0)


def test_a_server_says_where_it_is_lets_in_and_ends_in_order(tmp_path: Path) -> None:
    home = tmp_path / "home"
    process, lines = _start(home)
    assert re.fullmatch(r"Serving at http://127\.0\.0\.1:\d+", lines[0])
    link = lines[1].removeprefix("Sign in: ")
    owner = read_owner(home)
    assert owner is not None
    assert owner.url == lines[0].removeprefix("Serving at ")
    client = RemoteClient(str(owner.url), str(owner.token))
    assert client.themes()["themes"] == []
    client.close()
    assert httpx.get(link, trust_env=False).status_code == 303
    assert httpx.get(link, trust_env=False).status_code == 403
    process.send_signal(signal.SIGTERM)
    output, errors = process.communicate(timeout=30)
    assert (process.returncode, output.strip()) == (0, "closed in order"), errors
    assert read_owner(home) is None

    again, lines = _start(home, expected=1)
    assert len(lines) == 1  # somebody is signed in: no second link
    again.send_signal(signal.SIGINT)
    again.communicate(timeout=30)
    assert again.returncode == 0


def _start(home: Path, expected: int = 2) -> tuple[subprocess.Popen[str], list[str]]:
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(
        [sys.executable, "-c", SERVING, str(home), "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=root,
        env={**environment(home), "PYTHONPATH": str(root)},
    )
    assert process.stdout is not None
    return process, [process.stdout.readline().strip() for _ in range(expected)]


class _serving:  # noqa: N801 - a context manager
    """The app on a free port, in a thread of this process."""

    def __init__(self, app: FastAPI) -> None:
        self.socket: socket.socket = open_socket("127.0.0.1", 0)
        self.ready = threading.Event()
        config = uvicorn.Config(app, log_config=None, log_level="error", server_header=False)
        self.server = Server(config, self.ready.set)
        self.thread = threading.Thread(target=self.server.run, kwargs={"sockets": [self.socket]})

    def __enter__(self) -> str:
        self.thread.start()
        assert self.ready.wait(20)
        return f"http://127.0.0.1:{self.socket.getsockname()[1]}"

    def __exit__(self, *_: object) -> None:
        self.server.should_exit = True
        self.thread.join()
        self.socket.close()


def _work(engine: Engine, stop: threading.Event) -> None:
    while not stop.is_set():
        engine.drain()
        time.sleep(0.05)
