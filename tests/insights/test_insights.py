"""Insights: every number is a hand count, every quote stands in its document, and nothing is drafted without need."""

import io
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from synth.answers.change import compare_rates
from synth.engine import WORKSPACE, Engine
from synth.insights import drafting
from synth.insights.facts import Facts, gather_facts, write_leads
from synth.insights.freshness import MOVED
from synth.intake.uploads import Submission
from synth.model import Count, Filters
from synth.store import tables
from synth.themes.reading import active_themes
from tests.factories import CALENDAR, PEOPLE, exported, feedback_rows, rows_of, take_rows, value_of

ON_THEME = """FROM assignments a JOIN excerpts e ON e.id = a.excerpt_id JOIN documents d ON d.id = e.document_id
              WHERE a.theme_id = :theme"""


def redraft(engine: Engine) -> None:
    engine.draft_insights(WORKSPACE)
    engine.drain()


def unchecked(insight: dict[str, Any]) -> dict[str, Any]:
    """All but when it was last held against the feedback."""
    return {name: value for name, value in insight.items() if name != "checked_at"}


def facts_of(engine: Engine, theme: str) -> Facts:
    with engine.parts.database.read() as session:
        return gather_facts(session, WORKSPACE, session.get_one(tables.Theme, (WORKSPACE, theme)))


def test_every_theme_has_an_insight_whose_numbers_are_hand_counts(told: Engine) -> None:
    insights = told.insights(WORKSPACE)["insights"]
    assert {insight["theme_id"] for insight in insights} == {t["id"] for t in told.themes(WORKSPACE)["themes"]}
    for insight in insights:
        theme = insight["theme_id"]
        facts = facts_of(told, theme)
        assert facts.mentions.value == value_of(told, f"SELECT count(DISTINCT d.id) {ON_THEME}", theme=theme)
        assert facts.people.value == value_of(told, f"SELECT count(DISTINCT d.person_id) {ON_THEME}", theme=theme)
        accounts = rows_of(told, f"SELECT DISTINCT d.account_id {ON_THEME}", theme=theme)
        assert facts.accounts.value == len(accounts)
        assert facts.revenue.value == sum(1000 * number for (number,) in accounts)
        assert facts.sources == {"feedback": facts.mentions.value}
        assert sum(part for part, _ in facts.segments.values()) == facts.mentions.value
        assert (facts.mentions.of, facts.people.of, facts.accounts.of, facts.revenue.of) == (72, 12, 6, 21000)
        shown = {(count["unit"], count["value"]) for count in insight["counts"]}
        assert {("mentions", facts.mentions.value), ("people", facts.people.value)} <= shown


def test_every_claim_of_an_insight_is_backed_by_words_that_stand_in_their_document(told: Engine) -> None:
    documents = {row["document_id"]: row["text"] for row in exported(told, "documents")}
    for insight in told.insights(WORKSPACE)["insights"]:
        assert insight["claims"]
        assert insight["drafter"] == "extractive"
        cited = set()
        for claim in insight["claims"]:
            assert claim["citations"]
            for citation in claim["citations"]:
                cited.add(citation["excerpt_id"])
                text = documents[citation["document_id"]]
                assert text[citation["start"] : citation["end"]] == citation["quote"]
            people = [citation["person"] for citation in claim["citations"]]
            assert len(people) == len(set(people))
        cited |= {citation["excerpt_id"] for citation in insight["dissenting"]}
        owned = rows_of(told, "SELECT excerpt_id FROM citations WHERE owner = :id", id=insight["id"])
        assert {row[0] for row in owned} == cited


def test_nothing_is_drafted_again_while_nothing_moved(told: Engine) -> None:
    before = told.insights(WORKSPACE)["insights"]
    redraft(told)
    assert [unchecked(each) for each in told.insights(WORKSPACE)["insights"]] == [unchecked(each) for each in before]


def test_many_imports_at_once_are_followed_by_one_drafting(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def watched(session: Session, workspace: str) -> list[tables.Theme]:
        looked.append(workspace)
        return active_themes(session, workspace)

    monkeypatch.setattr(drafting, "active_themes", watched)
    for number in range(4):
        content = json.dumps({"id": f"more-{number}", "text": "The export of the report never ends."})
        told.submit(WORKSPACE, f"{number}.jsonl", io.BytesIO(content.encode()), Submission())
    told.drain()
    assert looked == [WORKSPACE]


def test_a_theme_that_grew_is_drafted_again_under_its_id_unless_a_person_has_taken_it_over(told: Engine) -> None:
    before = {insight["theme_id"]: insight for insight in told.insights(WORKSPACE)["insights"]}
    theme = next(insight["theme_id"] for insight in before.values() if "alendar" in insight["title"])
    other = next(name for name in before if name != theme)
    rows = [{"id": f"c{n}", "text": CALENDAR[n % 6], "author": PEOPLE[n % 12]} for n in range(18)]
    take_rows(told, rows, name="more.csv")
    grown = facts_of(told, theme).mentions.value
    assert grown > (1 + MOVED) * before[theme]["counts"][0]["value"]
    after = {insight["theme_id"]: insight for insight in told.insights(WORKSPACE)["insights"]}
    assert after[theme]["id"] == before[theme]["id"]
    assert after[theme]["counts"][0]["value"] == grown
    assert after[theme]["created_at"] == before[theme]["created_at"]
    assert unchecked(after[other]) == unchecked(before[other])
    with told.parts.database.write() as session:
        session.query(tables.Insight).filter_by(theme_id=theme).update({"state": "published", "counts": []})
    redraft(told)
    assert told.insight(WORKSPACE, after[theme]["id"])["counts"] == []


def count(value: float, of: float, since: datetime | None = None) -> Count:
    return Count("n", value, "mentions", Filters(since=since), of=of)


def facts(**changes: Any) -> Facts:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    values: dict[str, Any] = {
        "mentions": count(1, 40), "people": count(1, 9), "accounts": count(0, 0), "revenue": count(0, 0),
        "sources": {"Tickets": 1.0}, "segments": {}, "recent": count(1, 20, now - timedelta(weeks=4)),
        "before": count(1, 20), "first": now, "last": now,
    }  # fmt: skip
    return Facts(**(values | changes))


def leads(given: Facts) -> list[str]:
    return [lead.text for lead in write_leads(tables.Theme(id="T1", name="Uploads"), given)]


def test_leads_say_what_was_counted_in_the_right_number() -> None:
    assert leads(facts()) == ["Uploads: 1 mention from 1 person, 2.5 % of all feedback."]
    many = facts(
        mentions=count(1200, 4000),
        people=count(30, 90),
        accounts=count(1, 9),
        sources={"Tickets": 900.0, "Calls": 300.0},
    )
    assert leads(many) == [
        "Uploads: 1,200 mentions from 30 people in 1 account, across 2 sources, 30 % of all feedback."
    ]
    nobody = facts(people=count(0, 0))
    assert leads(nobody) == ["Uploads: 1 mention, 2.5 % of all feedback."]


def test_a_movement_is_said_only_where_chance_does_not_explain_it() -> None:
    since = datetime(2026, 10, 23, tzinfo=UTC)
    rising = facts(recent=count(40, 100, since), before=count(5, 100))
    assert "It is rising: 40 of 100 mentions in the last four weeks, after 5 of 100 in the four weeks before." in leads(
        rising
    )
    assert any("falling" in lead for lead in leads(facts(recent=count(5, 100, since), before=count(40, 100))))
    assert len(leads(facts(recent=count(6, 100, since), before=count(4, 100)))) == 1


def test_a_segment_is_named_only_where_it_speaks_of_it_clearly_more() -> None:
    more = facts(segments={"Small": (30.0, 100.0), "Enterprise": (5.0, 100.0)})
    assert leads(more)[-1] == "It weighs most in Small: 30 of 100 mentions there (30 %)."
    for even in (
        {"Small": (30.0, 100.0)},
        {"Small": (2.0, 3.0), "Large": (0.0, 90.0)},
        {"A": (9.0, 100.0), "B": (8.0, 100.0)},
    ):
        assert len(leads(facts(segments=even))) == 1


@pytest.mark.parametrize(
    ("before", "after", "direction"),
    [
        ((10, 100), (30, 100), "up"),
        ((30, 100), (10, 100), "down"),
        ((10, 100), (12, 100), "flat"),
        ((0, 100), (0, 100), "flat"),
        ((0, 100), (2, 100), "flat"),
        ((0, 100), (20, 100), "up"),
        ((5, 0), (5, 100), "flat"),
        ((5, 50), (10, 100), "flat"),
    ],
)
def test_a_rate_changed_only_beyond_chance(before: tuple[int, int], after: tuple[int, int], direction: str) -> None:
    change = compare_rates(*before, *after)
    assert change.direction == direction
    assert change.low <= change.ratio <= change.high


def test_the_interval_of_a_change_is_that_of_two_poisson_rates() -> None:
    change = compare_rates(100, 1000, 150, 1000)  # ln 1.4975 ± 1.96 · sqrt(1/100.5 + 1/150.5)
    assert (change.ratio, change.low, change.high) == pytest.approx((1.49751, 1.16400, 1.92660), rel=1e-3)


def test_rows_of_the_factory_are_what_the_tests_count_on() -> None:
    assert len(feedback_rows(4)) == 72


def test_an_excluded_theme_is_not_listed_among_the_insights_and_comes_back_with_it(told: Engine) -> None:
    def spoken_of() -> set[str]:
        return {insight["theme_id"] for insight in told.insights(WORKSPACE)["insights"]}

    before = spoken_of()
    told.decide(WORKSPACE, "Ana", {"kind": "exclude", "theme": "T1", "excluded": True})
    assert spoken_of() == before - {"T1"}
    assert told.theme_profile(WORKSPACE, "T1").insights
    told.undo(WORKSPACE, "Ana", "D1")
    assert spoken_of() == before
