"""An answer that a language model writes, in a real browser: told while it is made, then the page as ever."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from eval.scripted import Said, ScriptedServer, completion
from tests.browser.browsing import DESK, PHONE, Served, Watched
from tests.browser.conftest import serve
from tests.factories import copy_home

Open = Callable[..., Watched]
QUESTION = "What do people say about photo upload?"
THINKS = 1.0  # seconds of each of the four turns
REPLY = Said(completion("no JSON").body, wait=THINKS)


@pytest.fixture
def model() -> Iterator[ScriptedServer]:
    """A language model that is slow, and whose replies cannot be used: what comes is the fallback."""
    with ScriptedServer(REPLY) as server:
        yield server


@pytest.fixture
def slow(told_home: Path, tmp_path: Path, model: ScriptedServer) -> Iterator[Served]:
    """A server that asks that model."""
    yield from serve(copy_home(told_home, tmp_path / "home"), llm_url=model.url)


def test_an_answer_is_told_while_it_is_made_and_its_page_asks_for_nothing_again(
    slow: Served, open_page: Open, model: ScriptedServer
) -> None:
    watched = open_page(slow, viewport=DESK)
    page = watched.page
    page.goto(slow.link)
    page.goto("/ask")
    page.get_by_label("What do you want to know?").fill(QUESTION)
    page.get_by_text("Only from certain days").click()
    page.get_by_label("From").fill("2026-10-01")
    page.get_by_label("To", exact=True).fill("2026-11-30")
    page.get_by_role("button", name="Ask").click()
    told = page.locator(".telling")
    expect(told).to_contain_text("Understood as what is said about “photo upload”, counted in mentions")
    expect(told).to_contain_text("; since 1 Oct 2026; until 30 Nov 2026.")
    expect(told).to_contain_text("photo upload: 24 (9–39) of 72 mentions")
    expect(told.locator("p").last).to_have_text("Writing …")
    expect(page.locator(".examples")).to_be_hidden()
    assert page.url == f"{slow.url}/ask"
    expect(page.locator(".answer blockquote").first).to_be_visible()
    asked = QUESTION.replace(" ", "+").replace("?", "%3F")
    expect(page).to_have_url(f"{slow.url}/ask?q={asked}&since=2026-10-01&until=2026-11-30")
    expect(told).to_be_hidden()
    assert len(model.requests) == 4  # the plan, a reply, and a repair of each; the page did not ask again
    page.get_by_label("Ask on, within the same filters").fill("And how many people?")
    page.get_by_role("button", name="Ask", exact=True).last.click()
    expect(told.locator(".sentence")).to_have_text("And how many people?")
    expect(page.get_by_text("Carried over from A1")).to_be_visible()
    assert watched.faults == []


def test_what_arrives_is_shown_as_text(slow: Served, open_page: Open) -> None:
    watched = open_page(slow, viewport=PHONE)
    page = watched.page
    page.goto(slow.link)
    attack = '<img src="/no" onerror="document.title=1">'
    claim = {"text": attack, "citations": [{"quote": attack, "person": attack, "source": attack}]}
    body = f"event: claim\ndata: {json.dumps(claim)}\n\nevent: error\ndata: {json.dumps({'detail': attack})}\n\n"
    page.route(
        "**/v1/questions/stream", lambda route: route.fulfill(body=body, headers={"Content-Type": "text/event-stream"})
    )
    page.goto("/ask")
    page.get_by_label("What do you want to know?").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".telling .notice")).to_have_text(attack)
    expect(page.locator(".telling blockquote")).to_have_text(attack)
    assert page.locator(".telling img").count() == 0
    expect(page.locator(".examples")).to_be_visible()
    expect(page.get_by_role("button", name="Ask")).to_be_enabled()  # it can be asked again
    assert watched.faults == []


def test_what_cannot_be_asked_is_told_on_the_page_that_tells_it_without_javascript(
    slow: Served, open_page: Open
) -> None:
    page = open_page(slow, viewport=DESK).page
    page.goto(slow.link)
    page.goto("/ask?since=2026-11-01&until=2026-11-05")
    page.get_by_label("What do you want to know?").fill(QUESTION)
    page.get_by_label("From").fill("2026-11-20")
    page.get_by_role("button", name="Ask").click()
    expect(page.get_by_text("ends before it begins")).to_be_visible()


def test_without_javascript_the_same_question_is_answered(slow: Served, open_page: Open) -> None:
    page = open_page(slow, viewport=PHONE, java_script_enabled=False).page
    page.goto(slow.link)
    page.goto("/ask")
    page.get_by_label("What do you want to know?").fill(QUESTION)
    page.get_by_role("button", name="Ask").click()
    expect(page.locator(".answer blockquote").first).to_be_visible()
