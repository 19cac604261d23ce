"""A researcher codes a transcript with mouse and keyboard, and without scripts; board and report show it."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.browsing import DESK, PHONE, Served, Watched
from tests.browser.conftest import serve
from tests.factories import copy_home, write_transcript
from tests.running import run_synth

Open = Callable[..., Watched]
SLOW = "The calendar takes forever to load"
TURNS = (
    ("Mara (Moderator)", "How does your day begin?"),
    ("Erika Muster", f"With coffee ☕ and a 🐈. {SLOW} every morning, so I wait."),
    ("Mara (Moderator)", "What do you do then?"),
    ("Erika Muster", "I print the plan on paper the evening before, so that I need no phone."),
)


@pytest.fixture(scope="module")
def study_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with one interview in a study."""
    folder = tmp_path_factory.mktemp("coding")
    path = write_transcript(folder / "talk 1.vtt", TURNS)
    taken = run_synth(
        folder / "home", "ingest", path, "--kind", "research", "--study", "Mornings", "--interviewer", "Mara"
    )
    assert taken.returncode == 0, taken.stderr
    return folder / "home"


@pytest.fixture
def study(study_home: Path, tmp_path: Path) -> Iterator[Served]:
    """A server on a copy of it."""
    yield from serve(copy_home(study_home, tmp_path / "home"))


def signed_in_at_codes(study: Served, open_page: Open, **options: object) -> Watched:
    """An administrator, with the codes Slow and Way round in the codebook."""
    watched = open_page(study, **options)
    page = watched.page
    page.goto(study.link)
    page.goto("/research/S1/codes")
    for name in ("Slow", "Way round"):
        add = page.locator("form", has=page.get_by_role("button", name="Add"))
        add.get_by_label("Name").fill(name)
        add.get_by_role("button", name="Add").click()
        expect(page.locator(".code-row h2", has_text=name)).to_be_visible()
    return watched


def open_transcript(page: Page) -> None:
    page.goto("/research/S1")
    page.get_by_role("link", name="talk 1").first.click()
    page.wait_for_url("**/documents/*")
    page.wait_for_load_state()  # the keys are listened to from then on


def select(page: Page, words: str) -> None:
    """Select words of the transcript, as a mouse would."""
    page.evaluate(
        """words => {
          const walker = document.createTreeWalker(document.querySelector('[data-coding]'), NodeFilter.SHOW_TEXT);
          for (let node; node = walker.nextNode();) {
            const at = node.data.indexOf(words);
            if (at < 0) continue;
            const range = document.createRange();
            range.setStart(node, at);
            range.setEnd(node, at + words.length);
            getSelection().removeAllRanges();
            getSelection().addRange(range);
            return;
          }
          throw new Error('not there: ' + words);
        }""",
        words,
    )


def test_selected_words_get_a_code_by_one_key(study: Served, open_page: Open) -> None:
    watched = signed_in_at_codes(study, open_page, viewport=DESK)
    page = watched.page
    open_transcript(page)
    select(page, SLOW)
    expect(page.locator("[data-chosen]")).to_contain_text("Chosen")
    page.keyboard.press("1")
    expect(page.locator("article .coded")).to_have_text(SLOW)
    expect(page.locator("mark#quote, .coded").first).to_be_visible()
    expect(page.locator(".codes li")).to_contain_text("Slow")
    page.wait_for_load_state()  # of the page that came after the code was given: what is pressed sooner, nobody hears
    page.keyboard.press("?")
    expect(page.get_by_text("to the next suggestion")).to_be_visible()
    document = page.url.partition("?")[0]
    page.goto(f"{document}?coder=Somebody+else")
    expect(page.get_by_text("Somebody else has coded nothing here.")).to_be_visible()
    expect(page.locator("article .coded")).to_have_count(0)
    page.get_by_label("Whose codes are shown").get_by_role("link").last.click()
    expect(page.locator("article .coded")).to_have_text(SLOW)
    page.goto("/research/S1/board")
    expect(page.locator(".note blockquote")).to_have_text(SLOW)
    page.goto("/research/S1/report")
    expect(page.get_by_text("Slow: 1 of 1 participant, in 1 document.")).to_be_visible()
    expect(page.locator("blockquote")).to_have_text(SLOW)
    assert watched.faults == []


def test_suggestions_are_walked_and_decided_by_keys(study: Served, open_page: Open) -> None:
    watched = signed_in_at_codes(study, open_page, viewport=DESK)
    page = watched.page
    page.goto("/research/S1/codes")
    row = page.locator(".code-row", has=page.locator("h2", has_text="Way round"))
    row.get_by_text("Change Way round").click()
    row.get_by_label("Examples").fill(TURNS[3][1])
    row.get_by_role("button", name="Save").click()
    open_transcript(page)
    page.get_by_role("button", name="Suggest codes for the rest").click()
    suggestions = page.locator(".suggestion")
    expect(suggestions.filter(has_text="Way round")).to_have_count(1)
    page.wait_for_load_state()
    before = suggestions.count()
    page.keyboard.press("n")
    page.keyboard.press("a")
    expect(suggestions).to_have_count(before - 1)
    expect(page.locator(".codes li")).to_have_count(1)
    page.wait_for_load_state()
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.matches('.turn')")
    assert watched.faults == []


def test_without_scripts_words_are_pasted(study: Served, open_page: Open) -> None:
    watched = signed_in_at_codes(study, open_page, viewport=PHONE, java_script_enabled=False)
    page = watched.page
    open_transcript(page)
    page.get_by_label("Words").fill(SLOW)
    page.locator("select[name=code]").select_option(label="1 Slow")
    page.get_by_role("button", name="Give the code").click()
    expect(page.locator(".codes li")).to_contain_text("Slow")
    page.get_by_role("button", name="Remove Slow").click()
    expect(page.get_by_text("Nothing is coded here yet.")).to_be_visible()
    page.get_by_label("Words").fill("words that nobody said")
    page.get_by_role("button", name="Give the code").click()
    expect(page.get_by_text("These words do not stand in the document")).to_be_visible()


def test_what_is_exported_holds_the_offsets_of_what_was_selected(study: Served, open_page: Open) -> None:
    page = signed_in_at_codes(study, open_page, viewport=DESK).page
    open_transcript(page)
    document = page.url.rpartition("/")[2]
    select(page, SLOW)
    page.keyboard.press("2")
    expect(page.locator(".codes li")).to_contain_text("Way round")
    answered = page.request.get("/v1/studies/S1/highlights").json()
    (mark,) = answered["highlights"]
    text = page.request.get(f"/v1/documents/{document}").json()["text"]
    assert text[mark["start"] : mark["end"]] == mark["quote"] == SLOW, json.dumps(mark)


def mark_two(page: Page) -> None:
    """Two passages with the code Slow."""
    open_transcript(page)
    for words in (SLOW, "I print the plan on paper"):
        select(page, words)
        page.keyboard.press("1")
        expect(page.locator("article .coded", has_text=words)).to_be_visible()
        page.wait_for_load_state()  # the keys are listened to from then on
    page.goto("/research/S1/board")


def lane_of(page: Page, words: str) -> str:
    return page.locator(".column", has=page.locator(".note", has_text=words)).locator("h2").inner_text()


def test_cards_are_moved_by_mouse_and_keys_and_given_back(study: Served, open_page: Open) -> None:
    watched = signed_in_at_codes(study, open_page, viewport=DESK)
    page = watched.page
    mark_two(page)
    page.get_by_label("New lane").fill("Workarounds")
    page.locator("form", has=page.get_by_label("New lane")).get_by_role("button").click()
    lane = page.locator(".column", has_text="Workarounds")
    expect(lane).to_be_visible()
    page.wait_for_load_state()
    page.locator(".note", has_text="paper").drag_to(lane)
    expect(lane.locator(".note")).to_contain_text("paper")
    page.locator(".note", has_text=SLOW).focus()
    page.keyboard.press("Shift+ArrowRight")
    expect(lane.locator(".note")).to_have_count(2)
    assert page.evaluate("document.activeElement.innerText").startswith(SLOW)
    page.keyboard.press("u")
    expect(lane.locator(".note")).to_have_count(1)
    page.wait_for_load_state()
    lane.locator("summary").click()
    lane.get_by_role("button", name="Make it a code").click()
    expect(page.locator(".column h2 .coded", has_text="Workarounds")).to_be_visible()
    assert watched.faults == []


def test_without_scripts_cards_are_chosen_and_sent_to_a_lane(study: Served, open_page: Open) -> None:
    page = signed_in_at_codes(study, open_page, viewport=DESK).page
    mark_two(page)
    address = page.url
    plain = open_page(study, viewport=PHONE, java_script_enabled=False, storage_state=page.context.storage_state()).page
    plain.goto(address)
    plain.get_by_label("Choose “I print the plan").check()
    plain.get_by_label("Chosen cards go to").select_option(label="Not placed")
    plain.get_by_role("button", name="Move").click()
    assert lane_of(plain, "paper").startswith("Not placed")
    plain.get_by_role("button", name="Undo the last change").click()
    assert lane_of(plain, "paper").startswith("Slow")
