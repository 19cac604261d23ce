"""Every page in a real browser: accessible, quiet in the console, asking no other host, and no wider than a phone."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tests.browser.browsing import DESK, PHONE, Served, Watched
from tests.browser.conftest import watch

Open = Callable[..., Watched]
AXE = Axe()
GRAVE = ("serious", "critical")
PAGES = (
    "/", "/?view=map", "/people", "/accounts", "/sources", "/themes/T1",
    "/themes/T1?where=source%3Dcommunity&since=2026-09-01", "/unassigned", "/search",
    "/search?q=calendar+sync", "/search?q=calendar&match=meaning&where=source%3Dcommunity",
    "/ask", "/ask?q=What+do+people+say+about+the+calendar%3F",
    "/ask?q=What+do+people+say+about+zeppelins%3F", "/insights", "/insights/I1",
    "/insights?state=draft", "/questions", "/questions/Q1", "/documents",
    "/documents?about=calendar", "/themes/T1/curate", "/themes/T1/curate?parts=true&q=calendar", "/decisions",
    "/decisions?theme=T1", "/upload", "/imports", "/jobs", "/reports", "/reports/latest",
    "/reports/latest?where=segment%3DEnterprise", "/reports/delivery", "/releases", "/account",
    "/trust", "/trust/sample?seed=1", "/erasures", "/settings", "/audit",
    "/research", "/research/S1", "/research/S1/board", "/research/S1/codes", "/research/S1/report",
    "/research/S1/agreement",
    "/erasures?kind=person&name=Sevgi+Aydin",
    "/runs", "/runs/R1", "/usage", "document", "transcript", "/themes/T999",
)  # fmt: skip
CUT = """() => [...document.querySelectorAll("main *")].filter((element) => {
  const meant = ".scroll, .board, .choices, .rows .cell, .unseen, thead, select, textarea, input, progress, svg";
  return getComputedStyle(element).overflowY !== "visible" && !element.closest(meant)
    && element.scrollHeight > element.clientHeight + 1;
}).map((element) => element.outerHTML.slice(0, 120))"""


@pytest.fixture(scope="module")
def views(stocked: Served, signed_in: dict[str, object], chromium: Browser) -> Iterator[tuple[Watched, ...]]:
    """A page on a desk in the light and one on a phone in the dark, which all addresses are opened in, one by one."""
    looks = ({"viewport": DESK, "color_scheme": "light"}, {"viewport": PHONE, "color_scheme": "dark"})
    contexts = [
        chromium.new_context(base_url=stocked.url, storage_state=signed_in, **look)  # type: ignore[arg-type]
        for look in looks
    ]
    yield tuple(watch(context.new_page(), stocked.url) for context in contexts)
    for context in contexts:
        context.close()


@pytest.mark.parametrize("address", PAGES)
def test_a_page_is_accessible_and_fits(views: tuple[Watched, ...], address: str) -> None:
    for watched in views:
        watched.faults.clear()
        page = watched.page
        found = page.goto(resolve(watched, address))
        assert found is not None
        assert found.ok or address == "/themes/T999"
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, f"{wide} pixels too wide at {page.viewport_size}"
        assert page.evaluate(CUT) == []
        findings = AXE.run(page, options={"resultTypes": ["violations"]}).response["violations"]
        assert not [(each["id"], each["nodes"][0]["html"]) for each in findings if each["impact"] in GRAVE]
        assert [fault for fault in watched.faults if "404" not in fault] == []


def test_the_keyboard_reaches_the_content_first(stocked: Served, signed_in: dict[str, object], open_page: Open) -> None:
    page = open_page(stocked, viewport=DESK, storage_state=signed_in).page
    page.goto("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_a_page_prints_without_its_controls(stocked: Served, signed_in: dict[str, object], open_page: Open) -> None:
    page = open_page(stocked, viewport=DESK, storage_state=signed_in).page
    page.goto("/reports/latest")
    page.emulate_media(media="print")
    assert not page.locator(".top nav").is_visible()
    assert not page.locator(".actions").is_visible()
    assert page.locator("h1").is_visible()
    page.goto("/insights/I1")
    assert page.locator(".quote").first.is_visible()
    for control in ("form", "summary", ".counts td:last-child"):
        assert not page.locator(f"main {control}").first.is_visible()
    page.emulate_media(media="print", color_scheme="dark")
    colours = "(({ backgroundColor, color }) => [backgroundColor, color])(getComputedStyle(document.body))"
    assert page.evaluate(colours) == ["rgb(255, 255, 255)", "rgb(0, 0, 0)"]


def resolve(watched: Watched, address: str) -> str:
    """The address of a document where the list of pages says only which kind it is."""
    if address.startswith("/"):
        return address
    where = "kind=research" if address == "transcript" else "source=community"
    listed = watched.page.request.get("/v1/documents", params={"where": where, "limit": 1}).json()["documents"]
    whole = watched.page.request.get(f"/v1/documents/{listed[0]['document_id']}").json()
    return f"/excerpts/{whole['excerpts'][0]['excerpt_id']}"
