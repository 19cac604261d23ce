"""Areas: at most twelve above the themes, named unlike any theme, carried on from run to run."""

from collections.abc import Iterator

import numpy as np
import pytest
from scipy.cluster.hierarchy import fcluster, linkage
from sklearn.metrics import adjusted_rand_score
from sqlalchemy import update

from synth.engine import WORKSPACE, Engine
from synth.model import Condition, Filters
from synth.store import tables
from synth.store.reading import Page
from synth.themes.finding import levels
from tests.factories import PEOPLE, Row, open_home, rows_of, take_rows

SUBJECTS = {
    "invoice": ("tax line", "logo", "due date", "currency", "footer"),
    "calendar": ("duplicate events", "time zone", "colour", "reminder", "holiday"),
    "photo": ("upload", "rotation", "blur", "album", "thumbnail"),
}
SAID = (
    "The {thing} of the {subject} is wrong again, the {thing} bothers us",
    "Please mend the {thing} of our {subject}, that {thing} costs time",
    "Why is the {subject} {thing} broken since Monday, this {thing} was fine",
    "Nobody can read the {thing} on a {subject} and the {thing} matters",
)


def subject_rows() -> list[Row]:
    """Five things about each of three subjects, each said twelve times by twelve people."""
    rows: list[Row] = []
    for subject, things in SUBJECTS.items():
        for thing in things:
            for n in range(12):
                said = SAID[n % 4].format(thing=thing, subject=subject)
                rows.append({"id": f"{subject} {thing} {n}", "text": f"{said}, take {n}", "author": PEOPLE[n]})
    return rows


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine whose feedback has become more themes than are read without areas."""
    engine = open_home(tmp_path_factory.mktemp("wide") / "home")
    take_rows(engine, subject_rows())
    yield engine
    engine.close()


def areas(engine: Engine) -> dict[str, tuple[str, set[str]]]:
    return {each["id"]: (each["name"], set(each["themes"])) for each in engine.themes(WORKSPACE)["areas"]}


def run(engine: Engine) -> None:
    engine.discover(WORKSPACE)
    engine.drain()


def test_areas_hold_several_themes_and_are_called_like_none_of_them(wide: Engine) -> None:
    found = wide.themes(WORKSPACE)
    names = {theme["name"].casefold() for theme in found["themes"]}
    assert len(found["themes"]) >= 8
    assert 2 <= len(found["areas"]) <= levels.MOST_AREAS
    assert all(len(area["themes"]) >= 2 for area in found["areas"])
    assert not names & {area["name"].casefold() for area in found["areas"]}
    assert len({area["name"] for area in found["areas"]}) == len(found["areas"])


def test_a_document_that_speaks_to_two_themes_of_an_area_is_one_mention_of_it(wide: Engine) -> None:
    for area in wide.themes(WORKSPACE)["areas"]:
        query = """SELECT count(DISTINCT e.document_id) FROM excerpts e JOIN assignments a ON a.excerpt_id = e.id
                   JOIN themes t ON t.id = a.theme_id WHERE t.area = :area"""
        assert [(area["mentions"],)] == rows_of(wide, query, area=area["id"])
        inside = Filters(where=(Condition("area", area["id"]),))
        assert len(wide.documents(WORKSPACE, inside, Page(limit=200)).rows) == area["mentions"]


def test_an_area_keeps_its_id_and_its_name_through_runs(wide: Engine) -> None:
    before = areas(wide)
    run(wide)
    assert areas(wide) == before


def test_an_area_is_named_anew_when_a_theme_is_called_like_it(wide: Engine) -> None:
    id, (name, themes) = next(iter(areas(wide).items()))
    with wide.parts.database.write() as session:
        session.execute(update(tables.Theme).where(tables.Theme.id == min(themes)).values(name=name))
    run(wide)
    assert areas(wide)[id][0] != name


def test_themes_that_nobody_spoke_of_are_in_no_area(wide: Engine) -> None:
    wanted = [{"name": f"Zeppelin {n}", "examples": [f"the zeppelin number {n} is late"]} for n in range(6)]
    wide.create_themes(WORKSPACE, "Ann", wanted, look=False)
    run(wide)
    assert not wide.jobs(WORKSPACE, "dead").rows
    made = {theme["id"] for theme in wide.themes(WORKSPACE)["themes"] if theme["name"].startswith("Zeppelin")}
    held = set().union(*(themes for _, themes in areas(wide).values()))
    assert held
    assert not held & made


def test_few_themes_have_no_areas(told: Engine) -> None:
    found = told.themes(WORKSPACE)
    assert found["areas"] == []
    assert {theme["area"] for theme in found["themes"]} == {None}
    assert all(theme["shown"] for theme in found["themes"])


def test_a_hundred_themes_are_in_at_most_twelve_areas() -> None:
    centroids = np.random.default_rng(0).normal(size=(100, 32)).astype(np.float32)
    branches = levels.cut(centroids, [10] * 100, levels.count_areas(100))
    assert set(branches) == set(range(100))
    assert 2 <= len(set(branches.values())) <= levels.MOST_AREAS


def test_with_equal_sizes_the_tree_is_wards() -> None:
    centroids = np.random.default_rng(1).normal(size=(40, 16)).astype(np.float32)
    ours = levels.cut(centroids, [5] * 40, 6)
    theirs = fcluster(linkage(centroids, "ward"), 6, "maxclust")
    assert adjusted_rand_score([ours[place] for place in range(40)], theirs) == 1.0


def test_small_themes_far_out_do_not_take_the_branches_from_large_ones() -> None:
    large = np.array([[1.0, 0.0], [1.0, 0.3], [0.0, 1.0], [0.3, 1.0]])
    small = np.array([[-0.9, -0.9], [-1.0, 0.9]])
    branches = levels.cut(np.vstack([large, small]).astype(np.float32), [900] * 4 + [5] * 2, 3)
    assert branches[0] == branches[1] != branches[2] == branches[3]


def test_one_theme_and_none_are_cut_too() -> None:
    assert levels.cut(np.ones((1, 4), np.float32), [3], 1) == {0: 0}
    assert levels.cut(np.ones((0, 4), np.float32), [], 1) == {}


def test_at_most_seventy_themes_are_shown_the_largest_and_the_largest_of_every_area() -> None:
    mentions = {f"T{n}": 200 - n for n in range(100)}
    area_of = dict.fromkeys(mentions, "A1") | {"T98": "A2", "T99": "A2"}
    shown = levels.choose_shown(mentions, area_of)
    assert len(shown) == levels.MOST_SHOWN
    assert {f"T{n}" for n in range(69)} | {"T98"} == shown


def test_the_levels_of_the_list(wide: Engine) -> None:
    with_all, alone = wide.themes(WORKSPACE), wide.themes(WORKSPACE, level="areas")
    assert alone["areas"] == with_all["areas"]
    assert alone["themes"] == []
    assert len(wide.themes(WORKSPACE, level="shown")["themes"]) == len(with_all["themes"])
