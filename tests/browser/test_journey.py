"""What a new user does, in a real browser against `synth serve`: with JavaScript, and without it."""

import csv
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import DESK, PHONE, Served, Watched

Open = Callable[..., Watched]
SUBJECTS = {
    "calendar": "The calendar sync creates duplicate events in Google Calendar, every visit is there twice",
    "photos": "Photo upload hangs at 99 percent since the new uploader, the pictures never arrive",
    "invoice": "The invoice PDF layout is broken, line items and tax are on the wrong page",
}


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """An export whose columns have names nobody could guess; one row of it cannot be taken."""
    path = tmp_path / "helpdesk export.csv"
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file)
        rows.writerow(["ref", "day", "col_a", "col_b", "internal note"])
        for number in range(60):
            words = list(SUBJECTS.values())[number % len(SUBJECTS)]
            text = f"{words}. Seen by crew {number} on job {number * 7}, please look into it."
            rows.writerow(
                [f"Z-{number}", f"2026-11-{number % 15 + 1:02}", text, f"Person {number % 25}", "do not show"]
            )
        rows.writerow(["Z-99", "2026-11-03", "", "Person 1", "empty"])
    return path


def test_from_the_first_start_to_the_report(fresh: Served, open_page: Open, export: Path) -> None:
    watched = open_page(fresh, viewport=DESK)
    page = watched.page
    page.goto(fresh.link)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing has been said here yet")
    upload(page, export)
    page.locator(".done").wait_for(timeout=120_000)
    expect(page.get_by_role("heading", name="Refused rows")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download all as CSV").click()
    assert download.value.path().read_text("utf-8").startswith("row,reason")

    page.get_by_role("link", name="the themes").click()
    expect(page.get_by_role("definition").first).to_have_text("60")
    page.locator("table.themes tbody th a").first.click()
    expect(page.get_by_role("heading", name="Mentions by week")).to_be_visible()
    assert "do not show" not in page.content()

    merge_and_undo(page)
    ask_within_filters(page)
    look_at_the_map(page)
    page.goto("/")
    page.wait_for_load_state()  # the shortcut is there once the scripts have run
    page.keyboard.press("/")
    page.keyboard.type("pictures never arrive")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    read_on(page)
    assert watched.faults == []


def test_the_same_can_be_read_without_javascript(
    stocked: Served, signed_in: dict[str, object], open_page: Open
) -> None:
    watched = open_page(stocked, viewport=PHONE, java_script_enabled=False, storage_state=signed_in)
    page = watched.page
    page.goto("/")
    page.get_by_label("Search the feedback").fill("calendar duplicates")
    page.get_by_role("button", name="Search").first.click()
    expect(page.locator("mark").first).to_be_visible()
    read_on(page)
    assert watched.faults == []


def test_an_upload_needs_no_javascript(fresh: Served, open_page: Open, export: Path) -> None:
    watched = open_page(fresh, viewport=PHONE, java_script_enabled=False)
    page = watched.page
    page.goto(fresh.link)
    upload(page, export)
    page.locator(".done").wait_for(timeout=120_000)  # the page loads itself anew
    page.goto("/jobs")
    expect(page.get_by_role("heading", name="Jobs")).to_be_visible()
    page.get_by_role("link", name="Signed in as").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are not signed in")


def test_the_columns_of_a_wide_table_can_be_read_on_a_phone(fresh: Served, open_page: Open, export: Path) -> None:
    page = open_page(fresh, viewport=PHONE).page
    page.goto(fresh.link)
    page.goto("/upload")
    page.get_by_label("Files").set_input_files(export)
    page.get_by_role("button", name="Continue").click()
    page.locator("table.rows").wait_for()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


def upload(page: Page, export: Path) -> None:
    """Choose the file, correct what was recognised, leave a column out, take it in."""
    page.get_by_role("link", name="Upload", exact=True).click()
    page.get_by_label("Files").set_input_files(export)
    page.get_by_label("Source").fill("help desk")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="Check the columns")).to_be_visible()
    page.get_by_label("Text", exact=True).select_option("col_a")
    page.get_by_label("Person").select_option("col_b")
    page.get_by_label("Leave out the column internal note").check()
    page.get_by_role("button", name="Take in").click()
    page.wait_for_url("**/imports/*")


def merge_and_undo(page: Page) -> None:
    """On the page of a theme: merge another into it after a look at what that changes, then take it back."""
    before = page.get_by_role("definition").first.inner_text()
    page.get_by_role("link", name="Curate").first.click()
    page.get_by_role("group", name="These say the same").get_by_role("checkbox").first.check()
    page.get_by_role("button", name="Preview the merge").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Nothing is changed yet")
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("#D1")).to_contain_text(f"{before} excerpts moved")
    page.get_by_role("button", name="Undo D1").click()
    expect(page.locator("#D1.undone")).to_contain_text("undone by")
    page.locator("#D1").get_by_role("link", name="T1").first.click()
    expect(page.get_by_role("definition").first).to_have_text(before)


def ask_within_filters(page: Page) -> None:
    """Ask with a filter in the words, read which filter was understood, and take it away."""
    page.goto("/ask?q=How+many+people+mention+the+invoice+in+the+help+desk%3F")
    chip = page.locator(".chips li", has_text="help desk")
    expect(chip).to_be_visible()
    chip.get_by_role("link").click()
    expect(page.get_by_text("Not applied: source=help desk")).to_be_visible()
    expect(chip).to_have_count(0)


def look_at_the_map(page: Page) -> None:
    """Point at a theme on the map, read what people say, and take the list of themes along."""
    page.goto("/?view=map")
    page.wait_for_load_state()
    page.locator("[data-spot]").first.hover()
    expect(page.locator(".atlas-card")).to_contain_text(re.compile("crew \\d+"))
    page.goto("/")
    with page.expect_download() as download:
        page.get_by_role("link", name="CSV").first.click()
    assert "mentions" in download.value.path().read_text("utf-8").partition("\n")[0]


def read_on(page: Page, question: str = "What do people complain about most?") -> None:
    """Ask, open a quote where it was said, open the list behind a number, read the report."""
    page.get_by_role("link", name="Ask", exact=True).click()
    page.get_by_label("What do you want to know?").fill(question)
    page.get_by_role("button", name="Ask").click()
    quote = page.locator(".answer blockquote").first
    said = quote.inner_text().split("\n")[0].strip()
    page.locator(".answer figcaption a", has_text="In context").first.click()
    expect(page.locator("article mark").first).to_contain_text(said)
    page.go_back()
    value = page.locator(".counts tbody td.amount").first.inner_text()
    page.get_by_role("link", name="Open the list").first.click()
    expect(page.locator(".lead strong").first).to_have_text(value)
    page.get_by_role("link", name="Reports", exact=True).click()
    page.locator(".weeks a").first.click()
    expect(page.get_by_role("heading", name="Volume by source")).to_be_visible()
