from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import BadInput
from synth.reports.spans import Span
from synth.reports.weeks import choose_span, last_complete_week, parse_week, week_of

NOW = datetime(2026, 11, 17, 9, 30, tzinfo=UTC)


@given(st.dates(date(1971, 1, 4), date(2099, 12, 20)))
def test_a_week_is_written_as_it_is_read(day):
    week = week_of(datetime(day.year, day.month, day.day, 12, tzinfo=UTC), "UTC")
    assert week.first <= day < week.end
    assert week.first.weekday() == 0
    assert week.is_week
    assert parse_week(week.id, "UTC") == week
    assert tuple(map(int, week.id.split("-W"))) == day.isocalendar()[:2]


@pytest.mark.parametrize(
    ("written", "first", "title"),
    [
        ("2026-W46", date(2026, 11, 9), "Week 46: 9–15 November 2026"),
        ("2026-W53", date(2026, 12, 28), "Week 53: 28 December 2026 – 3 January 2027"),
        ("2025-W01", date(2024, 12, 30), "Week 1: 30 December 2024 – 5 January 2025"),
        ("2026-W44", date(2026, 10, 26), "Week 44: 26 October – 1 November 2026"),
    ],
)
def test_weeks_across_months_and_years_are_said_in_full(written, first, title):
    week = parse_week(written, "UTC")
    assert week.first == first
    assert week.title() == title


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("2025-W53", "2025 has no week 53; its last one is 2025-W52."),
        ("2026-W54", "2026 has no week 54; its last one is 2026-W53."),
        ("2026-W00", "2026 has no week 0; its last one is 2026-W53."),
        ("2026-46", "'2026-46' is not an ISO week; write it as 2026-W46."),
        ("0001-W01", "'0001-W01' is out of range; reports cover the years 1970 to 2100."),
    ],
)
def test_what_is_no_week_is_refused_with_what_to_write(written, sentence):
    with pytest.raises(BadInput) as refusal:
        parse_week(written, "UTC")
    assert str(refusal.value) == sentence


def test_a_week_begins_at_midnight_of_the_zone_and_is_an_hour_longer_when_clocks_go_back():
    week = parse_week("2026-W43", "Europe/Berlin")
    assert week.since == datetime(2026, 10, 18, 22, tzinfo=UTC)
    assert week.until == datetime(2026, 10, 25, 23, tzinfo=UTC)
    assert week.until - week.since == timedelta(days=7, hours=1)


def test_the_last_complete_week_depends_on_the_zone():
    monday_morning = datetime(2026, 11, 16, 3, tzinfo=UTC)
    assert last_complete_week(monday_morning, "UTC").id == "2026-W46"
    assert last_complete_week(monday_morning, "America/Los_Angeles").id == "2026-W45"


def test_without_a_choice_it_is_the_last_complete_week():
    assert choose_span(NOW, "UTC", NOW - timedelta(days=1)).id == "2026-W46"
    assert choose_span(NOW, "UTC", datetime(2026, 11, 9, tzinfo=UTC)).id == "2026-W46"


def test_where_the_feedback_ended_earlier_it_is_the_week_it_ends_in():
    assert choose_span(NOW, "UTC", datetime(2026, 9, 9, tzinfo=UTC)).id == "2026-W37"


@pytest.mark.parametrize("week", ["2026-W47", "2026-W48", "2027-W01"])
def test_a_week_that_is_not_over_is_refused(week):
    with pytest.raises(BadInput, match=f"{week} is not over; the last complete week is 2026-W46."):
        choose_span(NOW, "UTC", NOW, week=week)


def test_days_are_both_included_and_seven_from_a_monday_are_a_week():
    assert choose_span(NOW, "UTC", NOW, since="2026-11-01", until="2026-11-14").id == "2026-11-01..2026-11-14"
    assert choose_span(NOW, "UTC", NOW, since="2026-11-09", until="2026-11-15").id == "2026-W46"
    assert choose_span(NOW, "UTC", NOW, since="2026-11-16", until="2026-11-16").title() == "16 November 2026"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"since": "2026-11-01"}, "Give both the first and the last day"),
        ({"until": "2026-11-01"}, "Give both the first and the last day"),
        ({"week": "2026-W46", "since": "2026-11-01"}, "Give a week, or the first and the last day, not both."),
        ({"since": "2026-11-02", "until": "2026-11-01"}, "ends before it begins"),
        ({"since": "yesterday", "until": "2026-11-01"}, "'yesterday' is not a day"),
        (
            {"since": "2026-11-10", "until": "2026-11-17"},
            "2026-11-17 is not over; the last complete day is 2026-11-16.",
        ),
        ({"since": "2024-01-01", "until": "2026-01-01"}, "at most 366 days; 2024-01-01 to 2026-01-01 are 732."),
        ({"since": "0001-01-01", "until": "0001-01-02"}, "out of range"),
    ],
)
def test_days_that_make_no_report_are_refused(given, sentence):
    with pytest.raises(BadInput, match=sentence):
        choose_span(NOW, "UTC", NOW, **given)


def test_time_is_said_in_the_length_of_the_span():
    week, days, day = (Span(date(2026, 11, 9), date(2026, 11, end), "UTC") for end in (16, 23, 10))
    assert [week.before(4), days.before(4), day.before(1)] == [
        "the four weeks before",
        "the 56 days before",
        "the day before",
    ]
    assert [week.stretch(12), days.stretch(2), day.stretch(1)] == ["12 weeks", "28 days", "one day"]
