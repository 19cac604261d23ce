from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.answers.planning.days import say_days
from synth.answers.planning.times import find_times, hull

WEDNESDAY = date(2026, 11, 18)

CASES = [
    ("on 20 February 2015", "20 February 2015"),
    ("on February 20, 2015", "20 February 2015"),
    ("on the 20th of February 2015", "20 February 2015"),
    ("on 2015-02-20", "20 February 2015"),
    ("on 2015/02/20", "20 February 2015"),
    ("am 20.02.2015", "20 February 2015"),
    ("am 20.2.15", "20 February 2015"),
    ("am 20. Februar 2015", "20 February 2015"),
    ("on 22/02", "22 February 2026"),
    ("on 02/22", "22 February 2026"),
    ("on Feb 22", "22 February 2026"),
    ("on Dec 24", "24 December 2025"),
    ("between 17 February 2015 and 19 February 2015", "17–19 February 2015"),
    ("between 17 and 19 February 2015", "17–19 February 2015"),
    ("Feb 17–19, 2015", "17–19 February 2015"),
    ("zwischen dem 18. und dem 22. Februar", "18–22 February 2026"),
    ("vom 1. bis 5. November 2026", "1–5 November 2026"),
    ("from January to March 2026", "1 January – 31 March 2026"),
    ("between December 2025 and February", "1 December 2025 – 28 February 2026"),
    ("from Monday to Wednesday", "9–11 November 2026"),
    ("today", "18 November 2026"),
    ("yesterday", "17 November 2026"),
    ("the day before yesterday", "16 November 2026"),
    ("vorgestern", "16 November 2026"),
    ("last week", "9–15 November 2026"),
    ("letzte Woche", "9–15 November 2026"),
    ("in der letzten Woche", "9–15 November 2026"),
    ("the week before last", "2–8 November 2026"),
    ("vorletzte Woche", "2–8 November 2026"),
    ("this week", "16–22 November 2026"),
    ("diese Woche", "16–22 November 2026"),
    ("two weeks ago", "2–8 November 2026"),
    ("vor zwei Wochen", "2–8 November 2026"),
    ("3 days ago", "15 November 2026"),
    ("in the past 7 days", "12–18 November 2026"),
    ("in den letzten 7 Tagen", "12–18 November 2026"),
    ("over the last two weeks", "5–18 November 2026"),
    ("last 24 hours", "18 November 2026"),
    ("last 3 months", "19 August – 18 November 2026"),
    ("over the past month", "19 October – 18 November 2026"),
    ("this month", "1–30 November 2026"),
    ("last month", "1–31 October 2026"),
    ("im letzten Monat", "1–31 October 2026"),
    ("last quarter", "1 July – 30 September 2026"),
    ("this year", "1 January – 31 December 2026"),
    ("year to date", "1 January – 18 November 2026"),
    ("last weekend", "14–15 November 2026"),
    ("on Friday", "13 November 2026"),
    ("last Friday", "13 November 2026"),
    ("am Freitag", "13 November 2026"),
    ("in October", "1–31 October 2026"),
    ("im Oktober", "1–31 October 2026"),
    ("in December", "1–31 December 2025"),
    ("last October", "1–31 October 2026"),
    ("in October 2025", "1–31 October 2025"),
    ("in 2026-10", "1–31 October 2026"),
    ("in early October", "1–10 October 2026"),
    ("Q3 2026", "1 July – 30 September 2026"),
    ("in Q3", "1 July – 30 September 2026"),
    ("2026-Q3", "1 July – 30 September 2026"),
    ("in the third quarter of 2025", "1 July – 30 September 2025"),
    ("im 3. Quartal 2026", "1 July – 30 September 2026"),
    ("in H1 2026", "1 January – 30 June 2026"),
    ("week 43", "19–25 October 2026"),
    ("in week 43 of 2025", "20–26 October 2025"),
    ("2026-W43", "19–25 October 2026"),
    ("in KW 43", "19–25 October 2026"),
    ("in the week of November 9", "9–15 November 2026"),
    ("in 2025", "1 January – 31 December 2025"),
    ("im Jahr 2025", "1 January – 31 December 2025"),
    ("since the 5th", "from 5 November 2026 on"),
    ("seit dem 5.", "from 5 November 2026 on"),
    ("since the 25th", "from 25 October 2026 on"),
    ("since October", "from 1 October 2026 on"),
    ("seit Oktober", "from 1 October 2026 on"),
    ("from 3 November onwards", "from 3 November 2026 on"),
    ("after 20 October 2026", "from 21 October 2026 on"),
    ("before 1 October 2026", "before 1 October 2026"),
    ("vor dem 1. Oktober 2026", "before 1 October 2026"),
    ("until 5 October 2026", "before 6 October 2026"),
    ("bis Freitag", "before 14 November 2026"),
    ("since last Monday", "from 16 November 2026 on"),
]


@pytest.mark.parametrize(("said", "days"), CASES)
def test_a_time_is_read_as_the_days_it_means(said: str, days: str) -> None:
    (time,) = find_times(f"What did people write {said}?", today=WEDNESDAY)
    assert say_days(time.since, time.until) == days


@pytest.mark.parametrize(
    "question",
    [
        "What may people say about the app?",
        "Do orders march through the queue?",
        "Why is it open 24/7 for 9/10 customers?",
        "What do people say about version 5.2 and Office 365?",
        "How many of 2000 users got error 2015?",
        "What happened on 31 February 2015?",
        "What do people say about Sundays and the second attempt?",
        "Is the app at 99 % slower by 10.5 points?",
        "Sagen die Nutzer im Mai-Update etwas?",
    ],
)
def test_ordinary_words_and_numbers_are_not_times(question: str) -> None:
    assert find_times(question, today=WEDNESDAY) == ()


@pytest.mark.parametrize(
    ("question", "span"),
    [
        (
            "How many came in between 17 February 2015 and 19 February 2015?",
            "between 17 February 2015 and 19 February 2015",
        ),
        ("What problems did people have logging in yesterday?", "yesterday"),
        ("How many tweets came in on 20 February 2015?", "on 20 February 2015"),
        ("What was said in the past 7 days about login?", "in the past 7 days"),
        ("Was wurde seit dem 5. Oktober gesagt?", "seit dem 5. Oktober"),
    ],
)
def test_a_time_takes_its_prepositions_with_it_and_no_other_word(question: str, span: str) -> None:
    (time,) = find_times(question, today=WEDNESDAY)
    assert question[time.start : time.end] == span


def test_a_range_keeps_its_two_ends_apart_for_comparisons() -> None:
    (time,) = find_times("between 18 February 2015 and 22 February 2015", today=WEDNESDAY)
    assert [say_days(part.since, part.until) for part in time.parts] == ["18 February 2015", "22 February 2015"]


def test_two_times_are_found_in_their_order() -> None:
    times = find_times("more in March than in February?", today=WEDNESDAY)
    assert [say_days(time.since, time.until) for time in times] == ["1–31 March 2026", "1–28 February 2026"]
    assert hull(times) == (date(2026, 2, 1), date(2026, 4, 1))


def test_open_ends_meet() -> None:
    times = find_times("since 1 May 2026 but before 1 July 2026", today=WEDNESDAY)
    assert hull(times) == (date(2026, 5, 1), date(2026, 7, 1))


def test_numbers_of_day_and_month_follow_the_habit_unless_one_is_above_twelve() -> None:
    for day_first, expected in ((True, "4 March 2026"), (False, "3 April 2026")):
        (time,) = find_times("on 4/3/2026", today=WEDNESDAY, day_first=day_first)
        assert say_days(time.since, time.until) == expected
    (time,) = find_times("on 2/22/2026", today=WEDNESDAY, day_first=True)
    assert say_days(time.since, time.until) == "22 February 2026"


def test_the_newest_day_ends_the_present_and_rolling_times() -> None:
    today, newest = date(2026, 11, 16), date(2026, 11, 15)
    said = {"last week": "9–15 November 2026", "past 7 days": "9–15 November 2026", "this week": "9–15 November 2026"}
    for words, days in said.items():
        (time,) = find_times(words, today=today, newest=newest)
        assert say_days(time.since, time.until) == days


@given(st.dates(min_value=date(1971, 1, 1), max_value=date(2099, 12, 30)))
def test_every_written_day_is_read_back(day: date) -> None:
    for written in (day.isoformat(), f"{day:%d.%m.%Y}", f"{day:%d %B %Y}", f"{day:%B} {day.day}, {day.year}"):
        (time,) = find_times(f"How many on {written}?", today=WEDNESDAY)
        assert (time.since, time.grain, time.relative) == (day, "day", False)


@given(st.text(max_size=200))
def test_any_text_can_be_searched_for_times(text: str) -> None:
    for time in find_times(text, today=WEDNESDAY):
        assert 0 <= time.start < time.end <= len(text)
        assert time.since is None or time.until is None or time.since < time.until
