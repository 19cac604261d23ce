"""Dates as exports write them."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.errors import BadInput
from synth.intake.tabular.dates import DateStyle, choose_style, get_zone, read_date, settle_order

NOON = datetime(2015, 2, 24, 11, 35, tzinfo=UTC)
DAY = datetime(2015, 2, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "written",
    [
        "2015-02-24T11:35:00Z",
        "2015-02-24 11:35",
        "2015-02-24 03:35:00 -0800",
        "2015-02-24T11:35:00.000000000Z",
        "20150224113500",
        "1424777700",
        "1424777700000",
        "1424777700.0",
        "24-02-2015 11.35",
        "24.02.2015 11:35 Uhr",
        "24/02/15 11:35 AM",
        "2015/2/24 11:35",
        "Feb 24, 2015 at 11:35 AM",
        "February 24th, 2015 11:35",
        "Tue Feb 24 11:35:00 +0000 2015",
        "Tue, 24 Feb 2015 11:35:00 GMT",
        "Tue Feb 24 03:35:00 PST 2015",
        "Tue Feb 24 2015 12:35:00 GMT+0100 (Central European Standard Time)",
        "24. Februar 2015, 11:35 Uhr",
        "24 de febrero de 2015 11:35",
        "24 février 2015 à 11h35",
        "2015年2月24日 11:35",
        1424777700,
        datetime(2015, 2, 24, 11, 35),  # noqa: DTZ001 (a spreadsheet's date cell has no zone)
    ],
)
def test_reads_the_ways_exports_write_a_moment(written: object) -> None:
    assert read_date(written, DateStyle()) == NOON


@pytest.mark.parametrize(
    "written", ["24.2.2015", "24-Feb-15", "Feb 24, 2015", "2015-02-24", "20150224", "42059", 42059]
)
def test_reads_the_ways_exports_write_a_day(written: object) -> None:
    assert read_date(written, DateStyle()) == DAY


@pytest.mark.parametrize(
    "written", ["", "soon", "12:30", "5", "2015", "May was great", "31.02.2015", "version 1.2.2015", "9" * 50, True]
)
def test_does_not_make_a_date_of_other_things(written: object) -> None:
    assert read_date(written, DateStyle()) is None


def test_a_time_without_a_zone_is_in_the_zone_of_the_import() -> None:
    style = choose_style(["2015-07-01 12:00"], zone=ZoneInfo("Europe/Berlin"))
    assert style is not None
    assert read_date("2015-07-01 12:00", style) == datetime(2015, 7, 1, 10, tzinfo=UTC)
    assert read_date("2015-01-01 12:00", style) == datetime(2015, 1, 1, 11, tzinfo=UTC)
    assert read_date("2015-01-01 12:00Z", style) == datetime(2015, 1, 1, 12, tzinfo=UTC)


def test_one_day_above_twelve_settles_the_order_for_the_whole_column() -> None:
    style = choose_style(["03/04/2015", "13/04/2015", "05/04/2015"])
    assert style is not None
    assert style.settled
    assert read_date("03/04/2015", style) == datetime(2015, 4, 3, tzinfo=UTC)
    american = choose_style(["03/04/2015", "03/14/2015"])
    assert american is not None
    assert read_date("03/04/2015", american) == datetime(2015, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(("written", "day_first"), [("%d/%m/%Y", True), ("%m/%d/%Y", False)])
def test_without_a_day_above_twelve_the_calmer_order_wins(written: str, day_first: bool) -> None:
    days = [datetime(2020, 3, 1, tzinfo=UTC) + timedelta(days=day) for day in range(12)]
    style = choose_style([day.strftime(written) for day in days])
    assert style is not None
    assert not style.settled
    assert style.day_first is day_first


def test_the_order_can_be_settled_by_a_later_value() -> None:
    style = choose_style(["01/01/2026"])
    assert style is not None
    assert not settle_order(style, ["01/01/2026", None, "01/13/2026"]).day_first
    assert settle_order(style, ["01/01/2026", "13/01/2026"]).day_first


def test_a_column_of_which_half_cannot_be_read_is_no_date_column() -> None:
    assert choose_style(["2015-02-24", "soon"]) is None
    assert choose_style(["2015-02-24", "2015-02-25", "soon"]) is not None
    assert choose_style([]) is None


def test_bare_numbers_count_only_in_a_column_that_is_called_a_date() -> None:
    assert choose_style(["1424777700", "1424777800"], named=False) is None
    assert choose_style(["1424777700", "1424777800"]) is not None


def test_months_in_other_languages_are_looked_up() -> None:
    style = choose_style(["24 февраля 2015 11:35", "25 февраля 2015 12:00"])
    assert style is not None
    assert read_date("24 февраля 2015 11:35", style) == NOON


def test_an_unknown_time_zone_is_refused_with_advice() -> None:
    with pytest.raises(BadInput, match="Europe/Berlin"):
        get_zone("Mars/Olympus")


WRITTEN = ("%d.%m.%Y %H:%M:%S", "%b %d, %Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S", "%d %B %Y at %I:%M:%S %p")


@given(st.integers(631_152_000, 1_798_761_600), st.sampled_from(WRITTEN))
def test_what_is_written_comes_back(second: int, written: str) -> None:
    moment = datetime.fromtimestamp(second, UTC)
    assert read_date(moment.strftime(written), DateStyle(day_first=True)) == moment
