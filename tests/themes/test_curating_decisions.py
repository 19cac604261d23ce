"""What people decide about themes: shown before it is done, written down, and taken back to the letter."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from tests.factories import rows_of, value_of

WHO = "Maren"
ASSIGNMENTS = "SELECT * FROM assignments ORDER BY excerpt_id"
THEMES = "SELECT * FROM themes ORDER BY id"


def decide(engine: Engine, **wanted: Any) -> dict[str, Any]:
    return engine.decide(WORKSPACE, WHO, wanted)


def excerpts_on(engine: Engine, theme: str) -> list[str]:
    query = "SELECT excerpt_id FROM assignments WHERE theme_id = :theme ORDER BY excerpt_id"
    return [row[0] for row in rows_of(engine, query, theme=theme)]


def shown(engine: Engine) -> dict[str, Any]:
    return {theme["id"]: theme for theme in engine.themes(WORKSPACE)["themes"]}


def stored(engine: Engine) -> tuple[Any, Any]:
    return rows_of(engine, ASSIGNMENTS), rows_of(engine, THEMES)


EACH: list[dict[str, Any]] = [
    {"kind": "rename", "theme": "T1", "name": "Doubled visits"},
    {"kind": "merge", "themes": ["T2"], "into": "T1"},
    {"kind": "split", "theme": "T1", "words": ["round 2"]},
    {"kind": "exclude", "theme": "T1"},
    {"kind": "pin", "theme": "T1"},
    {"kind": "parent", "theme": "T1", "parent": "T2"},
    {"kind": "apart", "theme": "T1", "other": "T2"},
]


@pytest.mark.parametrize("wanted", EACH, ids=lambda wanted: wanted["kind"])
def test_a_preview_tells_what_the_decision_then_does_and_changes_nothing(told: Engine, wanted: dict[str, Any]) -> None:
    before = stored(told)
    preview = told.preview(WORKSPACE, WHO, wanted)
    assert stored(told) == before
    assert told.decisions(WORKSPACE).rows == []
    made = decide(told, **wanted)
    assert made["effect"] == preview["effect"]
    assert made["decision"]["says"] == preview["decision"]["says"]
    for theme in made["effect"]["themes"]:
        now = shown(told).get(theme["id"])
        counted = {name: now[name] for name in ("mentions", "people", "share")} if now else None
        after = theme["after"] and {name: theme["after"][name] for name in ("mentions", "people", "share")}
        assert after == counted
    assert told.undo(WORKSPACE, WHO, "D1")["decision"]["undone_by"] == WHO
    assert stored(told)[0] == before[0]
    living = [row for row in rows_of(told, THEMES) if row in before[1]]
    assert living == before[1]


def test_a_merge_counts_a_person_of_both_themes_once_and_says_so_in_the_lineage(told: Engine) -> None:
    people = shown(told)["T1"]["people"]
    mentions = shown(told)["T1"]["mentions"] + shown(told)["T2"]["mentions"]
    decide(told, kind="merge", themes=["T2"], into="T1")
    assert (shown(told)["T1"]["mentions"], shown(told)["T1"]["people"]) == (mentions, people)
    assert "T2" not in shown(told)
    events = told.lineage(WORKSPACE, "T2")["lineage"]
    assert [(event["run"], event["event"], event["others"]) for event in events][-1] == ("D1", "merged", ["T1"])
    told.undo(WORKSPACE, WHO, "D1")
    assert told.lineage(WORKSPACE, "T2")["lineage"][-1]["event"] == "restored"
    assert shown(told)["T2"]["state"] == "active"


def test_every_move_is_in_the_log_with_its_decision(told: Engine) -> None:
    moved = excerpts_on(told, "T2")[:3]
    decide(told, kind="move", excerpts=moved, to="T1")
    log = "SELECT excerpt_id, from_theme, to_theme FROM assignment_changes WHERE cause = :cause ORDER BY excerpt_id"
    assert rows_of(told, log, cause="D1") == [(excerpt, "T2", "T1") for excerpt in moved]
    told.undo(WORKSPACE, WHO, "D1")
    assert rows_of(told, log, cause="D1/undo") == [(excerpt, "T1", "T2") for excerpt in moved]


def test_a_split_by_words_takes_what_begins_with_them_and_only_that(told: Engine) -> None:
    before = set(excerpts_on(told, "T1"))
    said = {row["excerpt_id"]: row["text"] for row in told.theme_excerpts(WORKSPACE, "T1").rows}
    expected = {excerpt for excerpt in before if "round 2" in said.get(excerpt, "")}
    made = decide(told, kind="split", theme="T1", words=["Round  2"], name="In round two")
    [piece] = made["decision"]["created"]
    assert set(excerpts_on(told, piece)) == expected
    assert set(excerpts_on(told, "T1")) == before - expected
    assert (shown(told)[piece]["name"], shown(told)[piece]["name_origin"]) == ("In round two", "human")
    assert {quote["excerpt_id"] for quote in shown(told)[piece]["exemplars"]} <= expected


def test_a_suggested_part_is_split_off_as_it_was_suggested(told: Engine) -> None:
    part = told.suggestions(WORKSPACE, "T1")["suggestions"][0]
    made = decide(told, kind="split", theme="T1", suggestion=part["key"])
    assert made["decision"]["excerpts"] == part["excerpts"]
    with pytest.raises(Conflict, match="look at the suggestions again"):
        decide(told, kind="split", theme="T1", suggestion=part["key"])


def test_excerpts_a_person_moved_are_theirs_and_quotes_are_those_of_the_theme(told: Engine) -> None:
    quoted = [quote["excerpt_id"] for quote in shown(told)["T2"]["exemplars"]]
    decide(told, kind="move", excerpts=quoted, to="T1")
    origin = "SELECT DISTINCT origin, confidence FROM assignments WHERE theme_id = 'T1' AND run_id IS NULL"
    assert rows_of(told, origin) == [("human", 1.0)]
    for id, theme in shown(told).items():
        quotes = {quote["excerpt_id"] for quote in (*theme["exemplars"], *theme["edge"])}
        assert quotes <= set(excerpts_on(told, id))


def test_an_excluded_theme_is_neither_listed_nor_counted(told: Engine) -> None:
    before = told.themes(WORKSPACE)
    mine = len(excerpts_on(told, "T1"))
    made = decide(told, kind="exclude", theme="T1")
    assert made["effect"]["themes"][0]["after"] is None
    after = told.themes(WORKSPACE)
    assert "T1" not in shown(told)
    assert (after["excerpts"], after["unassigned"]) == (before["excerpts"] - mine, before["unassigned"])
    decide(told, kind="exclude", theme="T1", excluded=False)
    assert told.themes(WORKSPACE)["excerpts"] == before["excerpts"]


def test_what_rests_on_a_decision_is_undone_before_it(told: Engine) -> None:
    decide(told, kind="merge", themes=["T2"], into="T1")
    decide(told, kind="rename", theme="T1", name="Both")
    decide(told, kind="pin", theme="T3")
    with pytest.raises(Conflict, match=r"D2 \(Named T1 “Both”.*undo it first"):
        told.undo(WORKSPACE, WHO, "D1")
    blocked = {row["id"]: row["blocked_by"] for row in told.decisions(WORKSPACE).rows}
    assert blocked == {"D3": None, "D2": None, "D1": "D2"}
    told.undo(WORKSPACE, WHO, "D2")
    told.undo(WORKSPACE, WHO, "D1")
    with pytest.raises(Conflict, match="undone already"):
        told.undo(WORKSPACE, WHO, "D1")


@pytest.mark.parametrize(
    ("wanted", "error", "said"),
    [
        ({"kind": "melt", "theme": "T1"}, BadInput, "choose rename, merge"),
        ({"kind": "rename", "theme": "T1", "name": " "}, BadInput, "'name' is missing"),
        ({"kind": "rename", "theme": "T1", "name": "x" * 121}, BadInput, "1 to 120 characters"),
        ({"kind": "rename", "theme": "T99", "name": "x"}, NotFound, "no theme T99"),
        ({"kind": "merge", "themes": ["T1"], "into": "T1"}, BadInput, "leave it out"),
        ({"kind": "merge", "themes": "T1", "into": "T2"}, BadInput, "list of texts"),
        ({"kind": "split", "theme": "T1", "words": ["hedgehog"]}, BadInput, "No excerpt of T1"),
        ({"kind": "split", "theme": "T1"}, BadInput, "by words, by excerpts"),
        ({"kind": "split", "theme": "T1", "words": ["a", "c", "d", "i", "w"]}, Conflict, "rename the theme instead"),
        ({"kind": "move", "excerpts": ["x0"], "to": "T1"}, BadInput, "x0 cannot be put on a theme"),
        ({"kind": "move", "excerpts": ["x0"]}, BadInput, "'to' is missing"),
        ({"kind": "pin", "theme": "T1", "pinned": False}, Conflict, "is not pinned"),
        ({"kind": "pin", "theme": "T1", "pinned": "yes"}, BadInput, "true or false"),
        ({"kind": "parent", "theme": "T1", "parent": "T1"}, Conflict, "T1 itself"),
        ({"kind": "apart", "theme": "T1", "other": "T1"}, Conflict, "name two"),
        ({"kind": "teach", "theme": "T1"}, Conflict, "Nothing was taught"),
    ],
)
def test_what_cannot_be_decided_says_why_and_changes_nothing(
    told: Engine, wanted: dict[str, Any], error: type[Exception], said: str
) -> None:
    before = stored(told)
    with pytest.raises(error, match=said):
        told.decide(WORKSPACE, WHO, wanted)
    assert stored(told) == before
    assert value_of(told, "SELECT count(*) FROM decisions") == 0


def test_two_themes_never_have_one_name(told: Engine) -> None:
    taken = shown(told)["T2"]["name"]
    with pytest.raises(Conflict, match="T2 has the name"):
        decide(told, kind="rename", theme="T1", name=taken.upper())


def test_themes_kept_apart_are_not_merged_before_that_is_undone(told: Engine) -> None:
    decide(told, kind="apart", theme="T1", other="T2")
    with pytest.raises(Conflict, match="D1 says that T1 and T2 are not the same"):
        decide(told, kind="merge", themes=["T2"], into="T1")


def test_several_decisions_are_made_all_or_none(told: Engine) -> None:
    before = stored(told)
    wanted = [{"kind": "pin", "theme": "T1"}, {"kind": "rename", "theme": "T9", "name": "x"}]
    with pytest.raises(NotFound):
        told.decide_all(WORKSPACE, WHO, wanted)
    assert stored(told) == before


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("rename"), st.integers(0, 9), st.sampled_from(["Alpha", "Beta", "Gamma"])),
        st.tuples(st.just("merge"), st.integers(0, 9), st.integers(0, 9)),
        st.tuples(st.just("split"), st.integers(0, 9), st.sampled_from(["round 2", "round 3", "again", "tax"])),
        st.tuples(st.just("move"), st.integers(0, 70), st.integers(-1, 9)),
        st.tuples(st.just("exclude"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("pin"), st.integers(0, 9), st.booleans()),
        st.tuples(st.just("parent"), st.integers(0, 9), st.integers(-1, 9)),
        st.tuples(st.just("apart"), st.integers(0, 9), st.integers(0, 9)),
    ),
    max_size=7,
)


@given(steps=STEPS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_undoing_all_of_any_decisions_gives_back_every_assignment(told: Engine, steps: list[Any]) -> None:
    before = stored(told)
    made = []
    for step in steps:
        try:
            made.append(told.decide(WORKSPACE, WHO, as_wanted(told, *step))["decision"]["id"])
        except (BadInput, Conflict):
            continue
    for decision in reversed(made):
        told.undo(WORKSPACE, WHO, decision)
    after = stored(told)
    assert after[0] == before[0]
    assert [row for row in after[1] if row in before[1]] == before[1]
    assert len({row[1] for row in after[1]}) == len(after[1])


def as_wanted(engine: Engine, kind: str, first: int, second: Any) -> dict[str, Any]:
    """A step in terms of the themes and excerpts there are now."""
    themes = sorted(row[0] for row in rows_of(engine, "SELECT id FROM themes WHERE state IN ('active', 'excluded')"))
    theme = themes[first % len(themes)]
    other = themes[second % len(themes)] if isinstance(second, int) and second >= 0 else None
    if kind == "move":
        excerpts = [row[0] for row in rows_of(engine, "SELECT id FROM excerpts ORDER BY id")]
        return {"kind": kind, "excerpts": excerpts[first : first + 5], "to": other}
    return {"kind": kind, "theme": theme} | {
        "rename": {"name": second},
        "merge": {"themes": [theme], "into": other},
        "split": {"words": [second]},
        "exclude": {"excluded": second},
        "pin": {"pinned": second},
        "parent": {"parent": other},
        "apart": {"other": other},
    }[kind]
