"""The map of themes: near in meaning is near on it, what has a place keeps it, and names do not cover each other."""

from datetime import timedelta
from types import MappingProxyType

import numpy as np
import pytest

from api.pages.atlas import draw_map
from synth.engine import WORKSPACE, Engine
from synth.overview import likely
from synth.store.tables import Visit
from synth.themes.atlas import read_map
from synth.themes.finding.layout import APART, EDGE, lay_out
from tests.factories import value_of


def points(count: int) -> dict[str, np.ndarray]:
    """Three bundles of unit vectors."""
    random = np.random.default_rng(0)
    middles = random.normal(size=(3, 32))
    found = [middles[n % 3] + 0.3 * random.normal(size=32) for n in range(count)]
    return {f"T{n + 1}": (each / np.linalg.norm(each)).astype(np.float32) for n, each in enumerate(found)}


def far(places: dict[str, np.ndarray], one: str, other: str) -> float:
    return float(np.linalg.norm(places[one] - places[other]))


def test_what_is_alike_lies_together_within_the_frame_and_apart_from_each_other() -> None:
    places = lay_out(points(24), {})
    own = [far(places, f"T{a}", f"T{b}") for a in range(1, 25) for b in range(1, a) if (a - b) % 3 == 0]
    other = [far(places, f"T{a}", f"T{b}") for a in range(1, 25) for b in range(1, a) if (a - b) % 3]
    assert np.mean(own) < 0.6 * np.mean(other)
    assert min(own + other) > 0.8 * APART
    assert max(abs(value) for place in places.values() for value in place) <= EDGE


def test_a_new_theme_lies_beside_its_like_and_moves_no_other() -> None:
    vectors = points(24)
    held = {id: (float(x), float(y)) for id, (x, y) in lay_out(dict(list(vectors.items())[:23]), {}).items()}
    found = lay_out(vectors, MappingProxyType(held))
    assert found.keys() == {"T24"}
    places = {id: np.array(place) for id, place in held.items()} | found
    nearest = min(held, key=lambda each: far(places, "T24", each))
    assert int(nearest[1:]) % 3 == 0
    assert far(places, "T24", nearest) > 0.8 * APART


@pytest.mark.parametrize("count", [0, 1, 2, 3])
def test_few_themes_have_a_map_too(count: int) -> None:
    places = lay_out(points(count), {})
    assert len(places) == count
    assert all(np.isfinite(place).all() for place in places.values())


def test_the_places_are_written_down_and_the_same_next_time(told: Engine) -> None:
    themes = told.themes(WORKSPACE)["themes"]
    assert value_of(told, "SELECT count(*) FROM places") == len(themes)
    first = told.theme_map(WORKSPACE)
    with told.parts.database.read() as session:
        assert read_map(session, WORKSPACE, told.parts.embedder.version) == first
    assert all(set(each.near) <= {theme["id"] for theme in themes} - {each.theme} for each in first)
    spots = draw_map(told.overview(WORKSPACE).counted.themes, first)
    assert {spot.theme.id for spot in spots} == {theme["id"] for theme in themes}
    assert [spot.radius for spot in spots] == sorted((spot.radius for spot in spots), reverse=True)


def test_a_count_lies_within_what_it_wavers_and_more_where_more_wavers() -> None:
    for count in (0, 1, 5, 40, 1000):
        low, high = likely(count, 1.0)
        assert 0 <= low <= count < high
        assert likely(count, 4.0)[1] > high
    assert likely(100, 1.0) == pytest.approx((81.4, 120.6), abs=0.5)  # near to 100 ± 1.96 · 10


def test_what_is_new_is_told_by_when_somebody_was_here(told: Engine) -> None:
    assert told.visit(WORKSPACE, "Jo") is None
    assert told.visit(WORKSPACE, "Jo") is None  # the same visit
    before = told.parts.now() - timedelta(days=400)
    with told.parts.database.write() as session:
        session.merge(Visit(workspace_id=WORKSPACE, name="Jo", seen_at=before, before_at=None))
    assert told.visit(WORKSPACE, "Jo") == before
    assert told.visit(WORKSPACE, "Jo") == before  # until this visit ends
    news = told.overview(WORKSPACE, before).news
    assert news is not None
    assert (news.documents, news.born.amount) == (72, len(told.themes(WORKSPACE)["themes"]))
    assert news.drafted.amount
    quiet = told.overview(WORKSPACE, told.parts.now()).news
    assert quiet is not None
    assert quiet.quiet


def test_the_lists_of_who_speaks_hold_what_was_counted(told: Engine) -> None:
    theme = told.themes(WORKSPACE)["themes"][0]
    given = told.filters(where=[f"theme={theme['id']}"])
    people = told.voices(WORKSPACE, "people", given).rows
    assert len(people) == told.count_voices(WORKSPACE, "people", given) == theme["people"]
    assert sum(row["mentions"] for row in told.voices(WORKSPACE, "sources").rows) == 72
    assert [row["mentions"] for row in people] == sorted((row["mentions"] for row in people), reverse=True)
