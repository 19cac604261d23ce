"""Matching a run's clusters to the themes there are."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from synth.themes.finding.matching import Event, match, measure_stability, trace


def excerpts(start: int, stop: int) -> set[str]:
    return {f"e{number}" for number in range(start, stop)}


def of_kind(events: list[Event[str]], kind: str) -> list[Event[str]]:
    return [event for event in events if event.kind == kind]


def test_a_theme_is_carried_on_by_the_cluster_that_shares_its_excerpts_whatever_its_label() -> None:
    old = {"sync": excerpts(0, 10), "price": excerpts(10, 20)}
    new = {0: excerpts(10, 20), 1: excerpts(0, 10)}
    assert [(found.theme_id, found.cluster) for found in match(old, new)] == [("price", 0), ("sync", 1)]
    assert [event.kind for event in trace(old, new)] == ["kept", "kept"]


def test_the_pairs_are_the_best_together_not_the_best_first() -> None:
    old = {"a": excerpts(0, 10), "b": excerpts(10, 20)}
    new = {0: excerpts(0, 6) | excerpts(10, 16), 1: excerpts(6, 10)}
    assert {found.theme_id: found.cluster for found in match(old, new)} == {"a": 1, "b": 0}


def test_a_theme_keeps_its_identity_however_much_it_grows() -> None:
    old = {"photo": excerpts(0, 10)}
    new = {0: excerpts(0, 200)}
    assert match(old, new)[0].jaccard == 1.0
    assert [event.kind for event in trace(old, new)] == ["grown"]


def test_a_theme_that_lost_half_of_its_excerpts_has_faded() -> None:
    assert [event.kind for event in trace({"sync": excerpts(0, 10)}, {0: excerpts(0, 4)})] == ["faded"]


def test_a_split_names_the_cluster_that_carries_on_and_the_other_pieces() -> None:
    events = trace({"mobile": excerpts(0, 20)}, {0: excerpts(0, 12), 1: excerpts(12, 20)})
    assert of_kind(events, "split") == [Event("split", "mobile", 0, (1,), 1.0)]
    assert of_kind(events, "born") == [Event("born", None, 1, ("mobile",), 0.0)]


def test_a_merger_names_the_cluster_and_the_theme_it_was_joined_to() -> None:
    old = {"pdf": excerpts(0, 12), "tax": excerpts(12, 20)}
    events = trace(old, {0: excerpts(0, 20)})
    assert of_kind(events, "merged") == [Event("merged", "tax", 0, ("pdf",), 1.0)]
    assert [event.theme_id for event in of_kind(events, "kept") + of_kind(events, "grown")] == ["pdf"]


def test_a_theme_whose_excerpts_are_in_no_cluster_is_retired() -> None:
    assert trace({"sync": excerpts(0, 10)}, {}) == [Event("retired", "sync", None, (), 0.0)]


def test_a_cluster_of_new_excerpts_is_born_without_parents() -> None:
    assert trace({}, {3: excerpts(0, 10)}) == [Event("born", None, 3, (), 1.0)]


def test_a_sliver_of_a_theme_does_not_carry_it_on() -> None:
    old = {"sync": excerpts(0, 100)}
    new = {0: excerpts(0, 3) | excerpts(200, 220)}
    assert match(old, new) == []


def test_stability_is_the_share_of_old_excerpts_whose_theme_stays() -> None:
    old = {"a": excerpts(0, 10), "b": excerpts(10, 20)}
    new = {0: excerpts(0, 8), 1: excerpts(8, 20)}
    assert measure_stability(old, new, match(old, new)) == 18 / 20


def test_with_no_themes_before_nothing_was_lost() -> None:
    assert measure_stability({}, {0: excerpts(0, 5)}, []) == 1.0


groupings = st.dictionaries(st.integers(0, 40), st.integers(0, 5), max_size=40)


def members(grouping: dict[int, int]) -> dict[int, set[int]]:
    return {group: {row for row, at in grouping.items() if at == group} for group in set(grouping.values())}


@given(groupings, groupings)
def test_every_theme_has_one_fate_and_every_cluster_is_carried_on_or_born(
    before: dict[int, int], after: dict[int, int]
) -> None:
    old, new = members(before), members(after)
    events, matches = trace(old, new), match(old, new)
    fates = Counter(event.theme_id for event in events if event.kind not in ("split", "born"))
    born = [event.cluster for event in events if event.kind == "born" and event.cluster is not None]
    assert fates == Counter(old.keys())
    assert sorted([*born, *(found.cluster for found in matches)]) == sorted(new)
    assert 0.0 <= measure_stability(old, new, matches) <= 1.0


@given(groupings)
def test_the_same_grouping_under_other_labels_keeps_every_theme(grouping: dict[int, int]) -> None:
    old = members(grouping)
    new = {9 - group: rows for group, rows in old.items()}
    matches = match(old, new)
    assert measure_stability(old, new, matches) == 1.0
    assert all(event.kind == "kept" and event.overlap == 1.0 for event in trace(old, new))
