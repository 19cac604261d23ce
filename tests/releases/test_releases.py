"""Releases: what followed is counted beside all other themes, and nothing is said too early or of too little."""

from datetime import date, timedelta

import pytest

from synth.engine import WORKSPACE
from synth.errors import BadInput, Conflict, NotFound
from tests.reports.conftest import open_store, store

__all__ = ["open_store", "store"]

OUT = date(2026, 10, 19)  # a Monday, four weeks before 2026-11-16


@pytest.fixture
def engine(store):
    """Twelve mentions a week of a theme until its release and one afterwards; two others that stay as they are."""
    for id, name in (("T1", "Photo upload stuck"), ("T2", "Slow board"), ("T3", "Invoice layout")):
        store.theme(id, name)
    for week in range(-4, 4):
        monday = OUT + timedelta(weeks=week)
        for theme, count in (("T1", 12 if week < 0 else 1), ("T2", 10), ("T3", 6 if week < 0 else 7)):
            for number in range(count):
                store.say(f"About {theme}, case {week} {number}.", day=monday + timedelta(days=number % 7), theme=theme)
    return store.engine


def _told(engine, name: str) -> list[str]:
    return next(each["said"] for each in engine.releases(WORKSPACE)["releases"] if each["name"] == name)


def test_what_followed_is_said_beside_all_other_themes(engine) -> None:
    engine.add_release(WORKSPACE, "Ana", "5.2", OUT.isoformat(), ["T1", "T2"])
    fixed, steady = _told(engine, "5.2")
    assert fixed.startswith("“Photo upload stuck”: 4 mentions in the 28 days since, after 48 in the four weeks before")
    assert fixed.endswith("% less often.")
    assert "no clear change" in steady


def test_a_mere_fall_of_everything_is_no_effect(store) -> None:
    for id in ("T1", "T2"):
        store.theme(id, f"Theme {id}")
    for week, count in ((-3, 20), (-1, 20), (0, 5), (1, 5)):
        for theme in ("T1", "T2"):
            for number in range(count):
                store.say(f"{theme} {week} {number}", day=OUT + timedelta(weeks=week, days=number % 7), theme=theme)
    store.engine.add_release(WORKSPACE, "Ana", "5.2", OUT.isoformat(), ["T1"])
    assert "no clear change" in _told(store.engine, "5.2")[0]


def test_nothing_is_said_too_early_or_of_nothing(engine) -> None:
    engine.add_release(WORKSPACE, "Ana", "late", "2026-11-14", ["T1"])
    engine.add_release(WORKSPACE, "Ana", "bare", OUT.isoformat())
    engine.add_release(WORKSPACE, "Ana", "planned", "2027-03-01", ["T1"])
    engine.add_release(WORKSPACE, "Ana", "ancient", "2015-01-05", ["T1"])
    assert "too early" in _told(engine, "late")[0]
    assert "too early" in _told(engine, "planned")[0]
    assert "No theme is linked" in _told(engine, "bare")[0]
    assert "was not spoken of" in _told(engine, "ancient")[0]


def test_the_report_tells_of_the_releases_of_its_week_and_of_the_four_before(engine) -> None:
    for name, day in (("5.2", OUT), ("5.1", OUT - timedelta(days=60))):
        engine.add_release(WORKSPACE, "Ana", name, day.isoformat(), ["T1"])
    for format in ("md", "html"):
        report = engine.report(WORKSPACE, week="2026-W45", format=format)
        assert "5.2, 19 October 2026" in report
        assert "5.1" not in report
        assert "in the 21 days since" in report


def test_what_is_no_release_is_refused(engine) -> None:
    made = engine.add_release(WORKSPACE, "Ana", " 5.2 ", OUT.isoformat(), ["T1", "T1"])
    assert (made["id"], made["name"], made["themes"]) == ("V1", "5.2", ["T1"])
    for name, day, themes, error in (
        ("5.2", "2026-10-19", [], Conflict),
        ("", "2026-10-19", [], BadInput),
        ("5.3", "19 October", [], BadInput),
        ("5.3", "2026-10-19", ["T99"], NotFound),
    ):
        with pytest.raises(error):
            engine.add_release(WORKSPACE, "Ana", name, day, themes)
    engine.remove_release(WORKSPACE, "V1")
    with pytest.raises(NotFound):
        engine.remove_release(WORKSPACE, "V1")
    assert engine.releases(WORKSPACE) == {"releases": []}
