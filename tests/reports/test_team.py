"""The report of a team: counted over what meets its filters, its own changes tested, its quiet weeks in three lines."""

import json
from datetime import timedelta
from typing import Any

import pytest

from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.model import Condition
from synth.reports.forms import in_form
from tests.factories import value_of
from tests.reports.conftest import MONDAY, Store

WEEK = "2026-W46"
ENTERPRISE = Condition("segment", "Enterprise")


def _content(store: Store, *where: Condition, form: str = "whole") -> dict[str, Any]:
    told: dict[str, Any] = json.loads(store.engine.report(WORKSPACE, week=WEEK, format="json", where=where, form=form))
    return told


def _moved(content: dict[str, Any]) -> dict[str, list[str]]:
    return {kind: [theme["id"] for theme in content[kind]] for kind in ("new", "rising", "fading")}


def _write(store: Store, theme: str, company: str, text: str, mentions: list[int]) -> None:
    """So many documents of one company's people in each week, the last of them the week of MONDAY."""
    for back, amount in enumerate(reversed(mentions)):
        for number in range(amount):
            day = MONDAY - timedelta(weeks=back) + timedelta(days=number % 7)
            who = f"{company} person {number % 7}"
            store.say(f"{text} ({company} {back}.{number})", day=day, theme=theme, person=who, account=company)


@pytest.fixture
def divided(store: Store) -> Store:
    """A theme that rises among large customers and falls among small ones, so that all in all it is steady."""
    store.account("Northwind", "Enterprise", 90000)
    store.account("Brightline", "Small", 12000)
    store.theme("T1", "Slow board")
    store.theme("T2", "Friendly support")
    slow, friendly = "The board is slow when many jobs are on it.", "Friendly support, quick help."
    _write(store, "T1", "Northwind", slow, [2] * 11 + [16])
    _write(store, "T1", "Brightline", slow, [16] * 11 + [2])
    for company in ("Northwind", "Brightline"):
        _write(store, "T2", company, friendly, [20] * 12)
    return store


def test_a_change_of_a_team_is_found_that_the_whole_does_not_show(divided: Store) -> None:
    assert _moved(_content(divided)) == {"new": [], "rising": [], "fading": []}
    mine = _content(divided, ENTERPRISE)
    assert _moved(mine) == {"new": [], "rising": ["T1"], "fading": []}
    assert (mine["rising"][0]["mentions"], mine["rising"][0]["mean_before"]) == (16, 2.0)
    assert {each["said_by"].split(",")[1].strip() for each in mine["rising"][0]["claim"]["citations"]} == {
        "Northwind (Enterprise)"
    }


def test_its_numbers_are_those_of_its_rows(divided: Store) -> None:
    mine = _content(divided, ENTERPRISE)
    statement = """SELECT count(*) FROM documents d JOIN people p ON p.id = d.person_id JOIN accounts a
        ON a.id = p.account_id WHERE a.segment = 'Enterprise' AND d.created_at >= '2026-11-09'
        AND d.created_at < '2026-11-16'"""
    assert mine["volume"]["mentions"] == value_of(divided.engine, statement) == 36
    assert mine["volume"]["accounts"] == 1
    assert mine["title"] == "Week 46: 9–15 November 2026, segment Enterprise"
    assert mine["where"] == [{"key": "segment", "operator": "=", "value": "Enterprise"}]
    counted = mine["rising"][0]["counts"][0]["filter"]["where"]
    assert {each["key"] for each in counted} == {"segment", "theme"}


def test_a_theme_of_a_team_is_a_share_of_all_feedback(moving: Store) -> None:
    whole = {theme["id"]: theme for theme in _content(moving)["rising"]}
    mine = _content(moving, Condition("theme", "T2"))
    assert _moved(mine) == {"new": [], "rising": ["T2"], "fading": []}
    for key in ("mentions", "share", "mean_before", "people"):
        assert mine["rising"][0][key] == whole["T2"][key], key
    assert mine["volume"]["mentions"] == whole["T2"]["mentions"]
    assert "Only feedback of theme “Slow board”. Shares are of all feedback." in mine["notice"]


def test_several_themes_are_told_each_by_its_own_numbers(moving: Store) -> None:
    mine = _content(moving, Condition("theme", "T2"), Condition("theme", "T4"))
    assert {theme["id"] for kind in ("rising", "steady") for theme in mine[kind]} == {"T2", "T4"}
    assert mine["mentions"] == {theme: _content(moving)["mentions"][theme] for theme in ("T2", "T4")}
    assert mine["title"].endswith("theme “Slow board” or “Invoice layout”")


def test_a_quiet_week_of_a_team_is_three_lines(moving: Store) -> None:
    told = moving.engine.report(WORKSPACE, week=WEEK, where=[Condition("source", "reviews"), Condition("theme", "T4")])
    lines = [line for line in told.splitlines() if line.startswith("- ")]
    assert len(lines) <= 3
    assert lines[0] == "- A quiet week: no theme is new, rising or fading."
    assert "##" not in told
    assert "|" not in told


def test_a_week_in_which_nothing_came_says_so(moving: Store) -> None:
    mine = _content(moving, Condition("source", "tickets"), Condition("theme", "T4"))
    assert (mine["empty"], mine["quiet"]) == (True, False)
    assert mine["short_version"] == ["No feedback came in."]


def test_what_is_of_the_whole_installation_is_left_out(divided: Store) -> None:
    mine = _content(divided, ENTERPRISE)
    assert (mine["trust"], mine["saved_questions"], mine["releases"]) == ([], [], [])
    assert mine == in_form(mine, "team")


def test_one_page_is_had_for_a_team_too(divided: Store) -> None:
    page = _content(divided, ENTERPRISE, form="executive")
    assert _moved(page)["rising"] == ["T1"]
    assert page["steady"] == []


@pytest.mark.parametrize("format", ["md", "html", "pdf", "json"])
def test_it_is_had_in_every_format(divided: Store, format: str) -> None:
    file = divided.engine.report_file(WORKSPACE, week=WEEK, format=format, form="team", where=[ENTERPRISE])
    assert file.startswith(b"%PDF-") or "segment Enterprise" in file.decode()


def test_a_team_without_filters_and_an_archived_one_are_refused(moving: Store) -> None:
    with pytest.raises(BadInput, match="needs what the team cares for"):
        moving.engine.report(WORKSPACE, week=WEEK, form="team")
    with pytest.raises(BadInput, match="is counted anew"):
        moving.engine.report(WORKSPACE, week=WEEK, where=[ENTERPRISE], reported=True)
