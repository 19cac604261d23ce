import json
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from synth.engine import WORKSPACE
from synth.errors import BadInput
from synth.reports.weekly import render_report

WEEK = "2026-W46"


def read(store, **period):
    return json.loads(render_report(store.engine.parts, WORKSPACE, format="json", **(period or {"week": WEEK})))


def counted(store, sql: str) -> list[tuple]:
    with store.engine.parts.database.read() as session:
        return [tuple(row) for row in session.execute(text(sql))]


def names(content, kind):
    return [theme["name"] for theme in content[kind]]


def test_each_theme_stands_where_its_numbers_put_it(moving):
    content = read(moving)
    assert names(content, "new") == ["Photo upload stuck"]
    assert names(content, "rising") == ["Slow board"]
    assert names(content, "fading") == ["Duplicate events"]
    assert names(content, "steady") == ["Invoice layout", "Friendly support"]


def test_the_numbers_are_those_of_sql_written_by_hand(moving):
    content = read(moving)
    week = "d.created_at >= '2026-11-09' AND d.created_at < '2026-11-16'"
    (volume,) = counted(moving, f"SELECT count(*), count(DISTINCT person_id) FROM documents d WHERE {week}")
    assert (content["volume"]["mentions"], content["volume"]["people"]) == volume
    joined = "documents d JOIN excerpts e ON e.document_id = d.id JOIN assignments a ON a.excerpt_id = e.id"
    themes = counted(
        moving,
        f"SELECT a.theme_id, count(DISTINCT d.id), count(DISTINCT d.person_id) FROM {joined} WHERE {week} GROUP BY 1",
    )
    shown = [theme for kind in ("new", "rising", "fading", "steady") for theme in content[kind]]
    assert {(theme["id"], theme["mentions"], theme["people"]) for theme in shown if theme["mentions"]} == set(themes)
    before = "d.created_at >= '2026-10-12' AND d.created_at < '2026-11-09'"
    means = counted(moving, f"SELECT a.theme_id, count(DISTINCT d.id) / 4.0 FROM {joined} WHERE {before} GROUP BY 1")
    assert {(theme["id"], theme["mean_before"]) for theme in shown if theme["mean_before"]} == set(means)
    sources = counted(
        moving, f"SELECT s.name, count(*) FROM documents d JOIN sources s ON s.id = source_id WHERE {week} GROUP BY 1"
    )
    assert {(source["name"], source["mentions"]) for source in content["volume"]["sources"]} == set(sources)


def test_who_is_behind_a_theme_is_counted_without_counting_an_account_twice(moving):
    (new,) = read(moving)["new"]
    assert {count["unit"]: count["value"] for count in new["counts"]} == {
        "mentions": 4, "people": 4, "accounts": 2, "revenue": 102000,
    }  # fmt: skip
    assert new["segment"] == {"name": "Enterprise", "mentions": 3, "of": 4}
    assert new["affected"] == (
        "This week: 4 people in 2 accounts with 102,000 of yearly revenue; 3 of 4 mentions come from Enterprise."
    )


def test_every_count_names_the_filters_that_give_it_again(moving):
    (rising,) = read(moving)["rising"]
    mentions = next(count for count in rising["counts"] if count["unit"] == "mentions")
    assert mentions["filter"] == {
        "since": "2026-11-09T00:00:00+00:00",
        "until": "2026-11-16T00:00:00+00:00",
        "where": [{"key": "theme", "operator": "=", "value": "T2"}],
    }


def test_sentences_say_what_moved(moving):
    content = read(moving)
    assert content["short_version"] == [
        (
            "28 pieces of feedback arrived this week from 25 people in 2 accounts, "
            "about as many as in the four weeks before (20 a week)."
        ),
        "New: “Photo upload stuck” (4 mentions from 4 people, first heard this week).",
        "Rising: “Slow board” (12 mentions, after 1.5 a week).",
        "Fading: “Duplicate events” (no mention, after 1 last week and 8.8 a week before that).",
        "Most mentioned of the others: “Invoice layout” (5 mentions) and “Friendly support” (4 mentions).",
    ]
    assert content["fading"][0]["claim"]["text"] == (
        "1 mention last week and none this week, after 8.8 a week in the four weeks before that; "
        "its share of the feedback fell from 39 % to 2.3 %."
    )


def test_quotes_are_verbatim_and_of_distinct_people(moving):
    content = read(moving)
    for theme in (*content["new"], *content["rising"], *content["fading"]):
        citations = theme["claim"]["citations"]
        assert 2 <= len(citations) <= 3
        assert len({citation["person"] for citation in citations}) == len(citations)
        for citation in citations:
            ((words,),) = counted(moving, f"SELECT text FROM documents WHERE id = '{citation['document_id']}'")
            assert words[citation["start"] : citation["end"]] == citation["quote"]


def test_what_fades_is_shown_by_voices_of_before(moving):
    (fading,) = read(moving)["fading"]
    days = [datetime.fromisoformat(citation["created_at"]).date() for citation in fading["claim"]["citations"]]
    assert all(moving.monday - timedelta(weeks=5) <= day < moving.monday - timedelta(weeks=1) for day in days)


def test_a_theme_is_new_in_its_second_week_too_and_not_in_its_third(store):
    store.theme("T1", "Photo upload stuck")
    store.weeks("T1", "The photo upload is stuck.", [0] * 6 + [4, 4, 4])
    store.weeks(None, "Thanks!", [20] * 9)
    assert names(read(store, week="2026-W44"), "new") == ["Photo upload stuck"]
    second = read(store, week="2026-W45")
    assert second["new"][0]["claim"]["text"] == "First heard last week: 4 mentions then, 4 this week."
    assert names(read(store), "new") == []


def test_nothing_is_new_in_a_store_that_has_just_begun(store):
    store.theme("T1", "Photo upload stuck")
    store.weeks("T1", "The photo upload is stuck.", [5, 5])
    content = read(store)
    assert content["new"] == []
    first = read(store, week="2026-W45")
    assert first["short_version"][1] == "There is no earlier feedback, so nothing can be called new, rising or fading."
    assert first["compared_with"] is None


def test_a_mere_rise_in_volume_moves_no_theme(store):
    for id, name in (("T1", "Slow board"), ("T2", "Invoice layout")):
        store.theme(id, name)
        store.weeks(id, name, [3, 4, 3, 4, 3, 4, 3, 16])
    content = read(store)
    assert content["quiet"]
    assert "4.6 times as many as in the four weeks before (7 a week)" in content["short_version"][1]


def test_two_people_are_too_few_however_often_they_write(store):
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow.", [1, 0, 1, 0, 1, 14], people=2)
    store.weeks(None, "Thanks!", [20] * 6)
    content = read(store)
    assert content["rising"] == []
    assert content["aside"] == ["“Slow board” looks rising, but fewer than 3 people speak of it."]


def test_one_person_who_makes_most_of_a_rise_is_named_as_the_reason(store):
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow.", [1, 0, 1, 0, 1, 3])
    store.weeks(None, "Thanks!", [20] * 6)
    for number in range(10):
        store.say(f"Slow board, day {number}", day=store.monday, theme="T1", person="Loud Larry")
    content = read(store)
    assert content["rising"] == []
    assert content["aside"] == ["“Slow board” looks rising, but most of it comes from one person."]
    assert "One person is loud: 10 of 33 pieces of feedback (30 %) come from Loud Larry." in content["warnings"]


def test_a_rise_within_one_of_several_sources_is_set_aside(store):
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow.", [1, 0, 1, 0, 1, 12], sources=("survey",))
    store.weeks(None, "Thanks!", [20] * 6)
    content = read(store)
    assert content["rising"] == []
    assert content["aside"] == ["“Slow board” looks rising, but all of it comes from one source, survey."]


def test_where_nobody_is_named_three_documents_stand_in_for_three_people(store):
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow.", [1, 0, 1, 0, 1, 12], people=0)
    store.weeks(None, "Thanks!", [20] * 6, people=0)
    content = read(store)
    assert names(content, "rising") == ["Slow board"]
    assert not content["people_known"]
    assert (
        "People are not known: the feedback names nobody. Three documents stand in for three people."
        in content["health"]
    )
    assert len(content["rising"][0]["claim"]["citations"]) == 3


def test_the_health_of_the_data_is_told(store):
    store.theme("T1", "Slow board")
    store.account("Brightline", "Small", 12000)
    for number in range(8):
        store.say(
            f"The board is slow {number}", day=store.monday, theme="T1", person=f"P{number % 4}", account="Brightline"
        )
    for number in range(2):
        store.say(f"Thanks {number}", day=store.monday, source="reviews")
    store.say("When was this?", day=None)
    content = read(store)
    assert content["warnings"] == [
        "One source dominates: 8 of 10 pieces of feedback (80 %) come from tickets.",
        "One account is loud: 8 of 10 pieces of feedback (80 %) come from Brightline.",
    ]
    assert content["health"] == [
        "Coverage: 80 % of what was said is on a theme; 2 of 10 excerpts are on none.",
        "2 of 10 pieces of feedback name nobody; each counts as one voice where a theme needs three people.",
        "1 piece of feedback in the store has no date and cannot be in any report.",
    ]


def test_a_quiet_week_says_so_in_three_lines(store):
    for id, name in (("T1", "Slow board"), ("T2", "Invoice layout")):
        store.theme(id, name)
        store.weeks(id, name, [4] * 8)
    content = read(store)
    assert content["quiet"]
    assert content["short_version"] == [
        "A quiet week: no theme is new, rising or fading.",
        "8 pieces of feedback arrived this week from 8 people, about as many as in the four weeks before (8 a week).",
        "Most mentioned: “Slow board” (4 mentions) and “Invoice layout” (4 mentions).",
    ]


def test_a_week_without_feedback_says_so(moving):
    content = read(moving, week="2026-W30")
    assert content["empty"]
    assert content["short_version"] == ["No feedback came in."]
    assert content["notice"] == "The feedback begins on 24 August 2026."


def test_an_empty_week_among_full_ones_says_what_is_usual(store):
    store.weeks(None, "Thanks!", [6, 6, 6, 6, 0])
    assert read(store)["short_version"] == ["No feedback came in; in the four weeks before it was 6 a week."]


def test_feedback_without_themes_is_counted_and_nothing_is_said_about_themes(store):
    store.weeks(None, "Thanks!", [6] * 6)
    content = read(store)
    assert content["short_version"][1].startswith("No themes have been found yet")
    assert not content["quiet"]


def test_without_any_feedback_it_says_what_to_do(store):
    with pytest.raises(BadInput, match="take some in first"):
        read(store)


def test_without_any_date_it_says_what_to_do(store):
    store.say("When was this?", day=None)
    with pytest.raises(BadInput, match="--map created_at=COLUMN"):
        read(store)


def test_feedback_that_ended_long_ago_is_reported_where_it_ends(open_store):
    store = open_store(now=datetime(2027, 6, 15, tzinfo=UTC))
    store.say("The last word.", day=date(2026, 11, 10))
    content = json.loads(render_report(store.engine.parts, WORKSPACE, format="json"))
    assert content["id"] == WEEK
    assert content["notice"] == (
        "This is the last week the feedback reaches: its newest piece is from 10 November 2026, "
        "so the week may not be complete."
    )


def test_a_day_belongs_to_the_week_of_the_zone(open_store):
    store = open_store(timezone="Pacific/Auckland")
    store.say("Sunday noon in UTC is Monday in Auckland.", day=date(2026, 11, 8))
    assert read(store)["volume"]["mentions"] == 1


def test_days_are_compared_with_spans_of_the_same_length(moving):
    content = read(moving, since="2026-11-02", until="2026-11-15")
    assert content["id"] == "2026-11-02..2026-11-15"
    assert content["compared_with"]["said"] == "7 September – 1 November 2026"
    assert content["words"]["before"] == "the 56 days before"
    assert names(content, "new") == ["Photo upload stuck"]
    assert "in these 14 days" in content["short_version"][0]


def test_the_time_it_was_written_is_that_of_the_clock(moving):
    assert datetime.fromisoformat(read(moving)["written_at"]) == moving.now
