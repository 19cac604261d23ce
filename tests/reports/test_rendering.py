import html
import json
import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest

from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.reports.charts import draw_bar, draw_large_trend, draw_trend
from synth.reports.html import render_html
from synth.reports.markdown import draw_blocks, escape_markdown, render_markdown
from synth.reports.weekly import render_report

SNAPSHOT = Path(__file__).parent / "snapshots" / "week.md"
HOSTILE = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "{{ 7 * 7 }}{% raw %}",
    "[click](javascript:alert(1))",
    "</style><script>alert(2)</script>",
    "| a | b |\n|---|---|",
    "# Heading\n- list\n1. one\n> quote\n---\n```code",
    "&lt;b&gt; &amp; &#x27;",
)


class Tags(HTMLParser):
    """Collects what a page is made of."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


def render(store, format, **period):
    return render_report(store.engine.parts, WORKSPACE, format=format, **(period or {"week": "2026-W46"})).decode()


def test_the_markdown_reads_as_it_is_meant_to(moving):
    assert render(moving, "md") == SNAPSHOT.read_text("utf-8")


def test_the_html_is_one_file_that_asks_for_nothing(moving):
    page = render(moving, "html")
    assert len(page.encode()) < 300_000
    tags = Tags(page).tags
    names = [tag for tag, _ in tags]
    assert names.count("style") == 1
    assert not {"script", "link", "img", "iframe", "object", "embed", "form", "base"} & set(names)
    assert not [attributes for _, attributes in tags if "style" in attributes]
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert links <= {"/trust", *(f"/themes/T{n}" for n in range(1, 6))}
    assert not re.search(r"url\(|@import|https?://", page)


def test_every_chart_says_its_numbers_and_every_id_is_there_once(moving):
    page = render(moving, "html")
    tags = Tags(page).tags
    charts = [attributes for tag, attributes in tags if tag == "svg"]
    assert len(charts) == 3 + 2 + 1 + 2  # what moved, what did not, the volume, the sources
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for attributes in charts:
        assert attributes["role"] == "img"
        assert set(attributes["aria-labelledby"].split()) <= set(ids)
    assert "Mentions over 12 weeks, oldest first: 2, 1, 2, 2, 1, 2, 2, 1, 2, 1, 2, 12." in page


@pytest.fixture
def hostile(store):
    for number, text in enumerate(HOSTILE):
        if number % 3 == 0:
            store.theme(f"T{number}", f"{text} | *theme*")
        said = date(2026, 11, 9 + number % 7)
        store.say(text, day=said, theme=f"T{number // 3 * 3}", person=f"<b>P{number}</b>", source="<i>s</i>")
    store.weeks(None, "Thanks!", [20] * 6)
    return store


def test_what_people_write_is_text_in_the_html(hostile):
    page = render(hostile, "html")
    words = html.unescape(page)
    assert [text for text in HOSTILE if text not in words] == []
    tags = Tags(page).tags
    assert not {"script", "img", "i", "b"} & {tag for tag, _ in tags}
    assert not [name for _, attributes in tags for name in attributes if name.startswith("on")]
    links = {attributes["href"] for tag, attributes in tags if tag == "a"}
    assert links == {"/themes/T0", "/themes/T3", "/themes/T6", "/trust"}


def test_what_people_write_is_text_in_the_markdown(hostile):
    shown = render(hostile, "md")
    assert "{{ 7 * 7 }}" in shown.replace("\\*", "*")
    assert not re.search(r"<\w", shown)
    assert not re.search(r"(?<!\\)\]\(javascript", shown)
    assert not re.search(r"^>? ?(# |- list|1\. |```)", shown.replace("# Week 46", "", 1), re.MULTILINE)


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("snake_case stays, _this_ does not", "snake_case stays, \\_this\\_ does not"),
        ("1. one", "1\\. one"),
        ("see https://evil.example or www.evil.example", "see https:\\//evil.example or www\\.evil.example"),
        ("# no heading\n- no list", "\\# no heading\n\\- no list"),
        ("Septic & Sewer &lt;", "Septic & Sewer &amp;lt;"),
        ("<b> *x* `y` [z](u) |", "&lt;b> \\*x\\* \\`y\\` \\[z\\](u) \\|"),
    ],
)
def test_markdown_is_escaped_where_it_would_be_markup_and_nowhere_else(text, escaped):
    assert escape_markdown(text) == escaped


def test_a_quote_of_several_lines_stays_one_quote(store):
    store.theme("T1", "Slow board")
    for person in ("Ana", "Ben", "Cleo"):
        store.say(f"Slow board\n\nIt is so slow, {person}!", day=date(2026, 11, 10), theme="T1", person=person)
    store.weeks(None, "Thanks!", [20] * 6)
    shown = render(store, "md")
    assert "> “Slow board\n>\n> It is so slow, Ana!”\n>\n> — Ana, tickets, 10 November 2026" in shown


@pytest.mark.parametrize("format", ["md", "html", "json"])
@pytest.mark.parametrize(
    "period",
    [
        {"week": "2026-W46"},
        {"week": "2026-W30"},
        {"week": "2026-W35"},
        {"since": "2026-10-01", "until": "2026-10-20"},
        {},
    ],
)
def test_every_format_shows_every_kind_of_report(moving, format, period):
    shown = render_report(moving.engine.parts, WORKSPACE, format=format, **period).decode()
    assert "feedback" in shown
    assert shown.endswith("\n")


def test_the_json_is_the_whole_content(moving):
    content = json.loads(render(moving, "json"))
    assert content["version"] == 1
    assert {
        "short_version",
        "volume",
        "new",
        "rising",
        "fading",
        "steady",
        "warnings",
        "health",
        "trust",
    } <= content.keys()


@pytest.mark.parametrize("render_old", [render_html, render_markdown])
def test_a_report_that_was_archived_before_it_said_what_it_leaves_out_is_rendered(moving, render_old):
    content = json.loads(render(moving, "json"))
    del content["left_out"]
    assert "written for everybody" not in render_old(content)


def test_a_format_that_there_is_not_is_refused(moving):
    with pytest.raises(BadInput, match="'docx' is no format of a report; use md, html, json, pdf"):
        render(moving, "docx")


def test_a_row_of_blocks_has_a_dot_for_nothing_and_is_never_higher_than_its_largest():
    assert draw_blocks([0, 1, 8, 4]) == "·▂█▅"
    assert draw_blocks([0, 0]) == "··"
    assert draw_blocks([]) == ""


def test_charts_of_nothing_are_drawn_without_bars():
    for chart in (
        draw_trend([], compared=0, key="k", title="t", description="d"),
        draw_large_trend([0, 0], now=1, compared=1, key="k", title="t", description="d"),
        draw_bar(0, None, 0, key="k", title="t"),
    ):
        assert chart.startswith("<svg")
        assert "nan" not in chart
        assert "style=" not in chart


def test_a_chart_escapes_its_words():
    chart = draw_trend([1], compared=0, key='"><x', title="<script>", description="&")
    assert "<script>" not in chart
    assert '"><x' not in chart
