"""Only what changed: quiet weeks in three lines, what is usual told as usual, insights that aged in the week."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from synth.engine import WORKSPACE
from synth.store import tables
from tests.reports.conftest import NOW, Store

WEEK = "2026-W46"


def _content(store: Store, **asked: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(store.engine.report(WORKSPACE, week=WEEK, format="json", **asked))
    return told


def _text(store: Store, format: str = "md") -> str:
    return store.engine.report(WORKSPACE, week=WEEK, format=format)


def _insight(store: Store, id: str, *, at: datetime, **said: Any) -> None:
    """An insight that an event of that moment says is what its freshness is."""
    with store.engine.parts.database.write() as session:
        row: Mapping[str, Any] = {
            "title": f"What {id} says", "state": "published", "freshness": "ageing", "freshness_reason": "It fades.",
            "drafter": "extractive", "created_at": NOW, "updated_at": NOW, **said,
        }  # fmt: skip
        session.add(tables.Insight(workspace_id=WORKSPACE, id=id, **row))
        session.add(
            tables.InsightEvent(workspace_id=WORKSPACE, insight_id=id, action=row["freshness"], actor="service", at=at)
        )


@pytest.fixture
def quiet(store: Store) -> Store:
    """Two themes that are spoken of as ever, in one source."""
    for id, name in (("T1", "Slow board"), ("T2", "Invoice layout")):
        store.theme(id, name)
        store.weeks(id, name, [4] * 8)
    return store


def test_a_quiet_week_is_three_lines_and_as_data_all_of_it_is_there(quiet: Store) -> None:
    told = _text(quiet)
    assert len([line for line in told.splitlines() if line.startswith("- ")]) == 3
    assert not {"##", "|", "Mind"} & {word for word in ("##", "|", "Mind") if word in told}
    assert "<table" not in _text(quiet, "html")
    content = _content(quiet)
    assert [theme["id"] for theme in content["steady"]] == ["T1", "T2"]
    assert content["health"]
    assert content["volume"]["sources"]


def test_what_dominates_every_week_is_no_warning_and_stands_with_the_numbers(quiet: Store) -> None:
    content = _content(quiet)
    assert content["warnings"] == []
    assert "As before: all of the feedback comes from one source, tickets." in content["health"]


def test_who_begins_to_dominate_is_warned_of(quiet: Store) -> None:
    for number in range(20):
        quiet.say(f"Thanks for the call {number}", day=quiet.monday, person="Loud Larry", source="calls")
    content = _content(quiet)
    assert "One source dominates: 20 of 28 pieces of feedback (71 %) come from calls." in content["warnings"]
    assert "One person is loud: 20 of 28 pieces of feedback (71 %) come from Loud Larry." in content["warnings"]
    assert "Mind:" in _text(quiet)


def test_insights_that_aged_this_week_are_told_and_no_others(quiet: Store) -> None:
    during = NOW - timedelta(days=4)
    _insight(quiet, "I1", at=during, freshness_reason="It counts 4 mentions; today there are 9.")
    _insight(quiet, "I2", at=during, freshness="contradicted",
             freshness_reason="3 new excerpts say the contrary of “It is slow”, one of them: “It is fast”")  # fmt: skip
    _insight(quiet, "I3", at=during, state="draft")
    _insight(quiet, "I4", at=NOW - timedelta(days=30))
    _insight(quiet, "I5", at=during, freshness="fresh", freshness_reason=None)
    content = _content(quiet)
    assert [(each["id"], each["freshness"]) for each in content["insights"]] == [
        ("I2", "contradicted"),
        ("I1", "ageing"),
    ]
    assert content["insights"][0]["reason"] == "3 new excerpts say the contrary of “It is slow”."
    told = _text(quiet)
    assert "## Insights to look at again" in told
    assert "Published, now ageing. It counts 4 mentions; today there are 9." in told
    assert "It is fast" not in told
    page = _text(quiet, "html")
    assert 'href="/insights/I2"' in page


def test_an_insight_is_in_the_pdf_too(quiet: Store) -> None:
    without = quiet.engine.report_file(WORKSPACE, week=WEEK, format="pdf")
    _insight(quiet, "I1", at=NOW - timedelta(days=4))
    assert len(quiet.engine.report_file(WORKSPACE, week=WEEK, format="pdf")) > len(without)


def test_what_to_look_at_next_names_the_moved_and_the_aged_and_leads_there(moving: Store) -> None:
    _insight(moving, "I1", at=NOW - timedelta(days=4), freshness="contradicted", freshness_reason="It is falling.")
    content = _content(moving)
    texts = [each["text"] for each in content["next"]]
    assert texts[0] == "Rewrite or withdraw the insight “What I1 says”: it is contradicted."
    moved = [theme for kind in ("new", "rising") for theme in content[kind]]
    assert [each["link"] for each in content["next"]][1 : 1 + len(moved)] == [theme["link"] for theme in moved][:3]
    assert len(texts) <= 4
    assert "## Look at next" in _text(moving)


def test_with_nothing_before_there_is_no_change_to_show(store: Store) -> None:
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow.", [5])
    told = _text(store)
    assert "| Theme" in told
    assert "Change" not in told


def test_where_the_feedback_ends_early_the_week_is_told_without_a_comparison(store: Store) -> None:
    for week in range(6, 2, -1):
        for day in range(4):
            store.say(f"A call {week} {day}", day=store.monday - timedelta(weeks=week) + timedelta(days=day))
    for day in range(2):
        store.say(f"A late call {day}", day=store.monday - timedelta(weeks=2) + timedelta(days=day))
    store.theme("T1", "Calls")
    told = store.engine.report(WORKSPACE, week="2026-W44", format="md")
    assert "so the week may not be complete" in told
    assert "2 pieces of feedback arrived this week." in told
