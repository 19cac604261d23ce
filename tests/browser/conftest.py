"""A real server and a real Chromium. Without a browser these tests skip, unless SYNTH_REQUIRE names chromium."""

import os
import re
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser.browsing import Served, Watched
from tests.running import PATIENCE, read_output, run_synth, start_synth

expect.set_options(timeout=15_000)  # a busy machine shows a page late, not never

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The installed browser."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = "no Chromium is installed; the pages were not tried in a browser"
        if "chromium" in os.environ.get("SYNTH_REQUIRE", ""):
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Served]:
    """A server on an empty home folder: a first start."""
    yield from serve(tmp_path / "home")


@pytest.fixture(scope="session")
def stocked(tmp_path_factory: pytest.TempPathFactory, samples: Path, chromium: Browser) -> Iterator[Served]:
    """A server with sample feedback and an interview."""
    home = tmp_path_factory.mktemp("browser") / "home"
    feedback = [samples / "feedback" / name for name in ("people.csv", "community.jsonl")]
    assert run_synth(home, "ingest", *feedback).returncode == 0
    interview = next((samples / "interviews").glob("*.vtt"))
    assert run_synth(home, "ingest", interview, "--kind", "research", "--study", "Field interviews").returncode == 0
    assert run_synth(home, "questions", "save", "What do people say about the calendar?").returncode == 0
    yield from serve(home)


@pytest.fixture(scope="session")
def signed_in(stocked: Served, chromium: Browser) -> dict[str, object]:
    """The cookies of an administrator of the stock."""
    context = chromium.new_context()
    context.new_page().goto(stocked.link)
    state = context.storage_state()
    context.close()
    return state  # type: ignore[return-value]


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Watched]]:
    """Opens pages in contexts of their own and watches them."""
    contexts: list[BrowserContext] = []

    def open_one(server: Served, **options: object) -> Watched:
        context = chromium.new_context(base_url=server.url, **options)  # type: ignore[arg-type]
        context.set_default_timeout(30_000)
        contexts.append(context)
        return watch(context.new_page(), server.url)

    yield open_one
    for context in contexts:
        context.close()


def serve(home: Path, **settings: str) -> Iterator[Served]:
    """`synth serve` until the test is over."""
    process = start_synth(home, "serve", "--port", "0", **settings)
    try:
        yield _await_link(home, process.poll)
    finally:
        process.terminate()
        process.wait(30)


def watch(page: Page, url: str) -> Watched:
    """Write down what a page must not do."""
    faults: list[str] = []
    page.on("console", lambda message: faults.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: None if request.url.startswith(url) else faults.append(request.url))
    return Watched(page, faults)


def _await_link(home: Path, ended: Callable[[], int | None]) -> Served:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and ended() is None:
        if link := re.search(r"Sign in: ((http://[\w.:]+)/login\S+)", read_output(home)):
            return Served(link[2], link[1])
        time.sleep(0.1)
    pytest.fail(f"the server did not start: {read_output(home)}")
