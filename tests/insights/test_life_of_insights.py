"""The life of an insight: made, reviewed, rewritten through the gate, held against new feedback."""

from typing import Any

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.insights.content import lean
from synth.insights.statements import redrafted
from synth.store import tables
from tests.factories import CALENDAR, PEOPLE, rows_of, take_rows, value_of

ANN = "Ann"


def first(engine: Engine) -> dict[str, Any]:
    return max(engine.insights(WORKSPACE)["insights"], key=lambda each: int(each["counts"][0]["value"]))


def change(engine: Engine, insight: dict[str, Any], **wanted: Any) -> dict[str, Any]:
    return engine.change_insight(WORKSPACE, ANN, insight["id"], wanted)


def actions(engine: Engine, insight: dict[str, Any]) -> list[tuple[str, str]]:
    history = engine.insight_history(WORKSPACE, insight["id"])["history"]
    return [(event["action"], event["actor"]) for event in history]


def a_quote(insight: dict[str, Any]) -> dict[str, str]:
    citation = insight["claims"][0]["citations"][0]
    return {"excerpt_id": citation["excerpt_id"], "quote": citation["quote"]}


def calendar(engine: Engine) -> dict[str, Any]:
    return next(each for each in engine.insights(WORKSPACE)["insights"] if "alendar" in each["title"])


def test_claims_are_only_changed_as_they_were_seen(told: Engine) -> None:
    seen = first(told)
    change(told, seen, claims=[{"kept": 1, "text": "The upload stops."}], unchanged_since=seen["updated_at"])
    with pytest.raises(Conflict, match="was changed meanwhile"):
        change(told, seen, claims=[{"kept": 1}], unchanged_since=seen["updated_at"])
    now = told.insight(WORKSPACE, seen["id"])
    assert now["claims"][0]["text"] == "The upload stops."
    assert len(change(told, now, claims=[{"kept": 1}], unchanged_since=now["updated_at"])["claims"]) == 1


def more_of_it(engine: Engine, count: int, name: str = "more") -> None:
    said = {"created_at": "2026-11-11"}
    rows = [said | {"id": f"{name}{n}", "text": CALENDAR[n % 6], "author": PEOPLE[n % 12]} for n in range(count)]
    take_rows(engine, rows, name=f"{name}.csv")


def test_a_draft_is_reviewed_then_published_then_withdrawn_and_every_step_is_known(told: Engine) -> None:
    insight = first(told)
    for state in ("reviewed", "published", "draft"):
        assert change(told, insight, state=state)["state"] == state
    assert actions(told, insight) == [
        ("drafted", "synth"), ("reviewed", ANN), ("published", ANN), ("withdrawn", ANN)
    ]  # fmt: skip


def test_a_draft_cannot_be_published_unread(told: Engine) -> None:
    insight = first(told)
    with pytest.raises(Conflict, match="A draft is reviewed, then published"):
        change(told, insight, state="published")
    assert told.insight(WORKSPACE, insight["id"]) == insight


def test_what_a_person_writes_passes_the_gate_and_stays_over_a_redraft(told: Engine) -> None:
    insight = calendar(told)
    mentions = insight["counts"][0]["value"]
    text = f"The calendar repeats what it shows, as told among {insight['counts'][0]['of']} mentions."
    others = [{"kept": place} for place in range(2, len(insight["claims"]) + 1)]
    edited = change(told, insight, title="Doubled dates", claims=[{"kept": 1, "text": text}, *others])
    assert (edited["claims"][0]["text"], edited["claims"][0]["written_by"]) == (text, ANN)
    assert edited["claims"][0]["citations"] == insight["claims"][0]["citations"]
    more_of_it(told, 30)
    after = told.insight(WORKSPACE, insight["id"])
    assert after["counts"][0]["value"] > mentions
    assert after["title"] == "Doubled dates"
    assert after["claims"][0] == edited["claims"][0]
    assert [claim["kind"] for claim in after["claims"]].count("size") == 1
    assert (after["freshness"], after["freshness_reason"]) == (
        "ageing",
        f"“{text}” names a number that is no longer counted.",
    )


def test_every_number_the_service_names_may_be_said_again(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "What do people say about duplicate events?")
    made = told.make_insight(WORKSPACE, ANN, {"answer_id": answer.id})
    for insight in (*told.insights(WORKSPACE)["insights"], made):
        claims = [
            {"kept": place, "text": f"In other words, {claim['text']}"}
            for place, claim in enumerate(insight["claims"], 1)
        ]
        after = change(told, insight, claims=claims)
        assert all(claim["written_by"] == ANN for claim in after["claims"])
    told.draft_insights(WORKSPACE)
    told.drain()
    assert {each["freshness"] for each in told.insights(WORKSPACE)["insights"]} == {"fresh"}


def test_what_a_person_left_out_does_not_come_back(told: Engine) -> None:
    insight = calendar(told)
    added = {"text": "People see the same date again.", "quotes": [a_quote(insight)]}
    change(told, insight, claims=[added])
    more_of_it(told, 30)
    after = told.insight(WORKSPACE, insight["id"])
    assert after["claims"][0]["text"] == "People see the same date again."
    assert not {"size"} & {claim["kind"] for claim in after["claims"]}


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ({"kept": 1, "text": "It touches 4,711 people."}, "names a number"),
        ({"kept": 1, "text": "It touches twelve thousand people."}, "names a number"),
        ({"kept": 9}, "has claims 1 to"),
        ({"text": "Nobody backs this."}, "needs a text and at least one quote"),
        ({"text": "Made up.", "quotes": [{"excerpt_id": "x0", "quote": "hello"}]}, "There is no excerpt x0"),
    ],
)
def test_what_the_gate_refuses_changes_nothing(told: Engine, claim: dict[str, Any], reason: str) -> None:
    insight = first(told)
    with pytest.raises(BadInput, match=reason):
        change(told, insight, claims=[claim])
    assert told.insight(WORKSPACE, insight["id"]) == insight
    assert actions(told, insight) == [("drafted", "synth")]


def test_a_quote_that_nobody_wrote_is_refused(told: Engine) -> None:
    insight = first(told)
    quote = a_quote(insight) | {"quote": "this was never said by anybody"}
    with pytest.raises(BadInput, match="does not stand in excerpt"):
        change(told, insight, claims=[{"kept": 1}, {"text": "So they say.", "quotes": [quote]}])


def test_editing_what_was_published_makes_it_a_draft_again(told: Engine) -> None:
    insight = first(told)
    change(told, insight, state="reviewed")
    change(told, insight, state="published")
    assert change(told, insight, title="Another name")["state"] == "draft"
    assert actions(told, insight)[-2:] == [("edited", ANN), ("withdrawn", ANN)]


def test_citations_follow_an_edit(told: Engine) -> None:
    insight = first(told)
    quote = a_quote(insight)
    change(told, insight, claims=[{"text": "So it is.", "quotes": [quote]}])
    owned = {row[0] for row in rows_of(told, "SELECT excerpt_id FROM citations WHERE owner = :id", id=insight["id"])}
    assert owned == {quote["excerpt_id"], *(each["excerpt_id"] for each in insight["dissenting"])}


def test_a_published_insight_is_not_drafted_again_but_ages_and_a_new_draft_stands_beside_it(told: Engine) -> None:
    insight = calendar(told)
    change(told, insight, state="reviewed")
    more_of_it(told, 30)
    after = told.insight(WORKSPACE, insight["id"])
    assert after["claims"] == insight["claims"]
    assert after["freshness"] == "ageing"
    counted = insight["counts"][0]["value"]
    assert after["freshness_reason"] == f"It counts {counted} mentions; today there are {counted + 30}."
    made = told.make_insight(WORKSPACE, ANN, {"theme_id": insight["theme_id"]})
    assert made["id"] != insight["id"]
    assert made["counts"][0]["value"] == counted + 30
    assert told.make_insight(WORKSPACE, ANN, {"theme_id": insight["theme_id"]})["id"] == made["id"]


def test_what_is_withdrawn_takes_the_place_of_a_newer_draft_that_nobody_touched(told: Engine) -> None:
    insight = calendar(told)
    change(told, insight, state="reviewed")
    made = told.make_insight(WORKSPACE, ANN, {"theme_id": insight["theme_id"]})
    change(told, made, title="My own")
    with pytest.raises(Conflict, match=f"{made['id']} is a newer draft of the same theme that people edited"):
        change(told, insight, state="draft")
    with pytest.raises(Conflict, match=f"review it, and then change {insight['id']}"):
        change(told, insight, title="Mine")
    change(told, made, state="reviewed")
    other = told.make_insight(WORKSPACE, ANN, {"theme_id": insight["theme_id"]})
    assert change(told, insight, state="draft")["state"] == "draft"
    mine = [each for each in told.insights(WORKSPACE)["insights"] if each["theme_id"] == insight["theme_id"]]
    assert {each["id"]: each["state"] for each in mine} == {insight["id"]: "draft", made["id"]: "reviewed"}
    for table, column in (("citations", "owner"), ("insight_events", "insight_id")):
        assert value_of(told, f"SELECT count(*) FROM {table} WHERE {column} = :id", id=other["id"]) == 0


def test_the_change_of_freshness_is_in_the_history_with_its_reason(told: Engine) -> None:
    insight = calendar(told)
    change(told, insight, state="reviewed")
    more_of_it(told, 30)
    last = told.insight_history(WORKSPACE, insight["id"])["history"][-1]
    assert (last["action"], last["actor"]) == ("ageing", "synth")
    assert "today there are" in last["change"]["reason"]


def test_several_people_who_say_the_contrary_contradict_a_sentence(told: Engine) -> None:
    insight = calendar(told)
    quote = a_quote(insight)
    change(told, insight, claims=[{"text": "Calendar sync creates duplicate events.", "quotes": [quote]}])
    change(told, insight, state="reviewed")
    rows = [
        {"id": f"no{n}", "text": "Calendar sync does not create duplicate events for me", "author": PEOPLE[n]}
        for n in range(6)
    ]
    take_rows(told, rows, name="fixed.csv")
    after = told.insight(WORKSPACE, insight["id"])
    assert after["freshness"] == "contradicted"
    assert "say the contrary of “Calendar sync creates duplicate events.”" in after["freshness_reason"]


def test_an_insight_whose_theme_is_gone_says_so(told: Engine) -> None:
    insight = calendar(told)
    told.decide(WORKSPACE, ANN, {"kind": "exclude", "theme": insight["theme_id"], "excluded": True})
    told.draft_insights(WORKSPACE)
    told.drain()
    after = told.insight(WORKSPACE, insight["id"])
    assert after["freshness"] == "ageing"
    assert "is excluded" in after["freshness_reason"]


def test_an_insight_is_made_of_an_answer(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "What do people say about duplicate events?")
    made = told.make_insight(WORKSPACE, ANN, {"answer_id": answer.id, "title": "Doubles"})
    assert [claim["text"] for claim in made["claims"]] == [claim.text for claim in answer.claims]
    assert (made["title"], made["state"], made["origin"]["kind"]) == ("Doubles", "draft", "answer")
    assert made["provenance"]["filter"] == made["origin"]["plan"]["filters"]
    assert value_of(told, "SELECT count(*) FROM citations WHERE owner = :id", id=made["id"]) > 0


def test_an_insight_is_made_of_a_selection_and_counts_its_documents(told: Engine) -> None:
    found = told.search(WORKSPACE, "duplicate events", limit=5)["results"]
    made = told.make_insight(WORKSPACE, ANN, {"excerpt_ids": [row["excerpt_id"] for row in found]})
    counts = {count["unit"]: count["value"] for count in made["counts"]}
    assert counts["mentions"] == len({row["document_id"] for row in found})
    assert counts["people"] == len({row["person"] for row in found})
    quoted = {citation["excerpt_id"] for claim in made["claims"] for citation in claim["citations"]}
    assert quoted <= {row["excerpt_id"] for row in found}


@pytest.mark.parametrize(
    ("wanted", "error", "reason"),
    [
        ({}, BadInput, "name one of these"),
        ({"theme_id": "T1", "answer_id": "A1"}, BadInput, "name one of these"),
        ({"theme_id": "T99"}, NotFound, "no theme T99"),
        ({"answer_id": "A99"}, NotFound, "no answer A99"),
        ({"excerpt_ids": ["x0", "x1"]}, NotFound, "no excerpt x0, x1"),
        ({"excerpt_ids": [str(n) for n in range(201)]}, BadInput, "at most 200"),
        ({"theme_id": "T1", "title": "t" * 201}, BadInput, "at most 200 characters"),
    ],
)
def test_what_no_insight_can_be_made_of(
    told: Engine, wanted: dict[str, Any], error: type[Exception], reason: str
) -> None:
    with pytest.raises(error, match=reason):
        told.make_insight(WORKSPACE, ANN, wanted)


@pytest.mark.parametrize(
    ("wanted", "reason"),
    [
        ({}, "Nothing is to change"),
        ({"title": " "}, "1 to 200 characters"),
        ({"state": "finished"}, "is no state"),
        ({"claims": []}, "at least one claim"),
        ({"claims": [{"kept": 1}, {"kept": 1}]}, "each to be kept once"),
        ({"claims": [{"kept": 1}] * 21}, "at most 20 claims"),
    ],
)
def test_what_no_insight_can_be_changed_to(told: Engine, wanted: dict[str, Any], reason: str) -> None:
    with pytest.raises(BadInput, match=reason):
        told.change_insight(WORKSPACE, ANN, first(told)["id"], wanted)


def test_dissent_is_said_the_other_way_and_stands_in_its_excerpt(told: Engine) -> None:
    for insight in told.insights(WORKSPACE)["insights"]:
        mood = value_of(told, "SELECT content FROM insights WHERE id = :id", id=insight["id"])
        assert "rests_on" in str(mood)
        for citation in insight["dissenting"]:
            tone = value_of(told, "SELECT sentiment FROM excerpts WHERE id = :id", id=citation["excerpt_id"])
            assert abs(tone) >= 0.5


@pytest.mark.parametrize(
    ("mood", "expected"), [((9, 2), "positive"), ((2, 9), "negative"), ((5, 4), None), ((2, 1), None), ((0, 0), None)]
)
def test_a_mood_prevails_where_it_is_clear(mood: tuple[float, float], expected: str | None) -> None:
    assert lean(mood) == expected


def test_a_redraft_keeps_the_places_of_claims() -> None:
    size, movement, said = (
        {"text": t, "kind": k, "written_by": None} for t, k in (("s", "size"), ("m", "movement"), ("x", None))
    )
    mine = {"text": "mine", "kind": "movement", "written_by": ANN}
    fresh = [size | {"text": "s2"}, movement | {"text": "m2"}, said | {"text": "y"}]
    assert [each["text"] for each in redrafted([mine, size, said], fresh, [])] == ["mine", "s2", "y"]
    assert [each["text"] for each in redrafted([size], fresh, ["movement"])] == ["s2", "y"]


def test_an_insight_that_is_not_there(told: Engine) -> None:
    with pytest.raises(NotFound, match="no insight I999"):
        told.change_insight(WORKSPACE, ANN, "I999", {"title": "x"})
    with pytest.raises(NotFound, match="no insight I999"):
        told.insight_history(WORKSPACE, "I999")


def test_an_erased_quote_ages_an_insight(told: Engine) -> None:
    insight = first(told)
    with told.parts.database.write() as session:
        session.query(tables.Assignment).filter_by(excerpt_id=a_quote(insight)["excerpt_id"]).delete()
        session.query(tables.Excerpt).filter_by(id=a_quote(insight)["excerpt_id"]).delete()
    told.draft_insights(WORKSPACE)
    told.drain()
    after = told.insight(WORKSPACE, insight["id"])
    assert (after["freshness"], after["freshness_reason"]) == (
        "ageing", "1 of the excerpts it quotes is no longer there."
    )  # fmt: skip
