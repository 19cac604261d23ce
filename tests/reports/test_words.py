"""Words that rose: which do, which do not, and how they are told."""

import json
from collections.abc import Sequence
from datetime import timedelta

import pytest

from synth.engine import WORKSPACE
from synth.reports.html import render_html
from synth.reports.markdown import render_markdown
from synth.reports.weekly import render_report
from synth.reports.words import Text, rises, words_of

USUAL = ("the board is slow today", "invoices look wrong", "friendly support again", "calendar shows nothing")


def span(*texts: str, source: str = "tickets", voice: str | None = None) -> list[Text]:
    return [Text(f"{source}{n}", voice or f"p{n}", source, words_of(text)) for n, text in enumerate(texts)]


def weeks(last: Sequence[Text], *, ahead: Sequence[Text] = (), count: int = 8) -> list[list[Text]]:
    """So many usual spans of 40 texts, then one whose texts are given beside the usual ones."""
    usual = [[*span(*USUAL * 10), *ahead] for _ in range(count)]
    return [*usual, [*span(*USUAL * 10), *last]]


def risen(spans: Sequence[Sequence[Text]]) -> list[str]:
    return [rise.word for rise in rises(spans)]


def test_a_word_that_many_say_at_once_rose_whatever_its_form() -> None:
    found = list(rises(weeks(span(*["our school is closed"] * 6, *["schools cannot join"] * 4))))
    school = next(rise for rise in found if rise.stem == "schoo")
    assert (school.word, school.window.after, school.window.before) == ("school", 10, 0)
    assert school.trend == (0,) * 8 + (10,)


def test_function_words_are_no_news() -> None:
    assert set(words_of("Since the holidays nobody could reach unsere Schule, weil sie").values()) == {
        "holidays", "nobody", "reach", "schule",
    }  # fmt: skip


def test_a_busy_week_with_the_same_words_raises_nothing() -> None:
    assert risen(weeks(span(*USUAL * 30))) == []


def test_a_few_texts_or_one_loud_voice_raise_nothing() -> None:
    assert risen(weeks(span(*["our school is closed"] * 4))) == []
    assert risen(weeks(span(*["our school is closed"] * 20, voice="loud"))) == []


def test_a_source_that_begins_raises_nothing_nor_does_one_that_alone_says_it() -> None:
    assert risen(weeks(span(*["sehr geehrte damen"] * 20, source="mail"))) == []
    both = weeks(span(*["our school is closed"] * 20), ahead=span(*USUAL * 10, source="reviews"))
    both[-1] += span(*USUAL * 10, source="reviews")
    assert risen(both) == []


def test_a_word_that_was_as_common_once_before_is_no_news() -> None:
    spans = weeks(span(*["our school is closed"] * 10))
    spans[2] += span(*["our school is closed"] * 12)
    assert risen(spans) == []


def test_without_enough_spans_nothing_rises() -> None:
    assert risen(weeks(span(*["our school is closed"] * 10), count=3)) == []
    assert risen([]) == []


@pytest.fixture
def schools(store):
    """Nine weeks; in the last, ten people speak of their school, on no theme of its own."""
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow when many jobs are on it.", [20] * 9, people=20)
    store.weeks(None, "Our school cannot open the board at all, please help us out.", [0] * 8 + [10], people=10)
    return store


def read(store, **given):
    return json.loads(render_report(store.engine.parts, WORKSPACE, format="json", **(given or {"week": "2026-W46"})))


def test_the_report_tells_the_word_with_quotes_in_which_it_stands(schools) -> None:
    content = read(schools)
    told = {word["word"]: word for word in content["rising_words"]}
    (word,) = told.values()
    assert (word["texts"], word["share_before"], len(word["documents"])) == (10, 0.0, 10)
    assert "stands in 10 of" in word["claim"]["text"]
    assert word["claim"]["citations"]
    assert all(word["word"] in citation["quote"].casefold() for citation in word["claim"]["citations"])
    assert content["short_version"][-1] == f"Said more than before: “{word['word']}”."
    assert "## Said more than before" in render_markdown(content)
    assert 'id="words"' in render_html(content)


def test_a_word_that_was_told_a_week_ago_is_not_told_again(schools) -> None:
    assert read(schools)["rising_words"]
    for number in range(10):
        day = schools.monday - timedelta(days=3)
        schools.say(f"Our school cannot open the board, {number}", day=day, person=f"Ahead {number}")
    assert read(schools)["rising_words"] == []


def test_a_word_that_a_moving_theme_tells_is_not_told_twice(store) -> None:
    store.theme("T1", "Slow board")
    store.theme("T2", "Schools")
    store.weeks("T1", "The board is slow when many jobs are on it.", [20] * 9, people=20)
    store.weeks("T2", "Our school cannot open the board at all.", [0] * 8 + [12], people=12)
    content = read(store)
    assert [theme["name"] for theme in content["new"]] == ["Schools"]
    assert content["rising_words"] == []
