"""What pages ship of a store with many themes: a bounded part, and the rest behind a link."""

import re

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import inspect, select

from api.app import make_app
from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.store.tables import Place, Theme

MOST = 150_000  # bytes without charts
THEMES = 400
_SVG = re.compile(r"<svg.*?</svg>", re.DOTALL)
_ROW = re.compile(r'<th role="rowheader" scope="row"><a href="/themes/(T\d+)">')


@pytest.fixture
def reader(told: Engine) -> TestClient:
    """Who reads a store in which most themes are like T1 and of nobody."""
    with told.parts.database.write() as session:
        model = session.scalars(select(Theme).where(Theme.id == "T1")).one()
        columns = {each.key: getattr(model, each.key) for each in inspect(Theme).column_attrs}
        for number in range(1000, 1000 + THEMES):
            name = f"Something that is said {number} times a day about it"
            session.add(Theme(**{**columns, "id": f"T{number}", "name": name, "area": None}))
            place = {"x": (number % 20) / 10 - 1, "y": (number % 21) / 10 - 1, "created_at": model.created_at}
            session.add(Place(workspace_id=WORKSPACE, theme_id=f"T{number}", **place))
    secret = create_token(told.parts, WORKSPACE, "ana", "admin", expires=None)
    return TestClient(make_app(told), headers={"accept": "text/html", "authorization": f"Bearer {secret}"})


def read(reader: TestClient, address: str) -> str:
    """The page, which is no larger than any is to be."""
    answered = reader.get(address)
    assert answered.status_code == 200
    assert len(_SVG.sub("", answered.text).encode()) <= MOST
    return answered.text


@pytest.mark.parametrize("address", ["/", "/?all=true&sort=name", "/?view=map", "/themes/T1", "/themes/T1/curate"])
def test_no_page_grows_with_the_themes(reader: TestClient, address: str) -> None:
    read(reader, address)


def test_every_theme_is_on_some_page_of_the_list(reader: TestClient) -> None:
    seen: list[str] = []
    address = "/?all=true&sort=name"
    while address:
        shown = read(reader, address)
        seen += _ROW.findall(shown)
        later = re.search(r'<a href="([^"#]*)[^"]*" rel="next">More themes</a>', shown)
        address = later[1].replace("&amp;", "&") if later else ""
    assert len(seen) == len(set(seen)) == THEMES + 3


def test_every_theme_can_be_chosen_when_all_are_asked_for(reader: TestClient) -> None:
    few = reader.get("/themes/T1/curate").text
    assert "Choose from all 402" in few
    assert few.count('name="themes"') == 100
    every = reader.get("/themes/T1/curate?all=true").text
    assert every.count('name="themes"') == THEMES + 2
    assert "Choose from all" not in every


def test_the_map_shows_every_theme_and_tells_of_the_largest(reader: TestClient) -> None:
    shown = read(reader, "/?view=map")
    assert shown.count("data-spot=") == THEMES + 3
    assert shown.count('id="spot-') == 200
    assert "All 403 themes as a list" in shown
