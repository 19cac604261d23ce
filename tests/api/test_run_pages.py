"""Runs that wait: shown change by change, accepted whole or in part, by page and API."""

import re
from typing import Any

import pytest
from fastapi.testclient import TestClient

from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from tests.api.test_curate_pages import sign_in
from tests.factories import PEOPLE, Row, take_rows, value_of

ROUTES: list[Row] = [
    {"id": f"n{n}", "text": f"The route planner sends us zig-zag through traffic, take {n}", "author": PEOPLE[n % 12]}
    for n in range(24)
]
PARKING: list[Row] = [
    {"id": f"p{n}", "text": f"Parking permits expire without any warning mail, case {n}", "author": PEOPLE[n % 12]}
    for n in range(24)
]


@pytest.fixture
def asked(told: Engine) -> dict[str, Any]:
    """A run that waits and would give birth to two themes."""
    take_rows(told, [*ROUTES, *PARKING], name="new.csv")
    if value_of(told, "SELECT count(*) FROM themes WHERE state = 'active'") > 3:
        told.roll_back_run(WORKSPACE, told.themes(WORKSPACE)["run"]["id"])
    job = told.discover(WORKSPACE, scope="anew")
    told.drain()
    return told.run(WORKSPACE, told.job(WORKSPACE, job)["result"]["run"])


def births(run: dict[str, Any]) -> list[str]:
    return [change["key"] for change in run["changes"] if change["kind"] == "born"]


def test_the_page_lists_every_change_and_puts_in_force_what_is_chosen(told: Engine, asked: dict[str, Any]) -> None:
    browser, csrf = sign_in(told, "editor")
    assert f"/runs/{asked['id']}" in browser.get("/").text
    shown = browser.get(f"/runs/{asked['id']}").text
    keys = re.findall(r'name="changes" value="(\w+)"', shown)
    assert keys == [change["key"] for change in asked["changes"]]
    first, second = births(asked)
    before = value_of(told, "SELECT count(*) FROM assignments")
    answer = browser.post(f"/runs/{asked['id']}/accept", data={"csrf": csrf, "changes": [first]})
    assert answer.status_code == 303
    size = next(change["size"] for change in asked["changes"] if change["key"] == first)
    assert value_of(told, "SELECT count(*) FROM assignments") == before + size
    assert told.run(WORKSPACE, asked["id"])["figures"]["left_out"] == len(keys) - 1
    assert len(told.themes(WORKSPACE)["themes"]) == 4
    assert "left out" in browser.get(f"/runs/{asked['id']}").text
    assert second not in browser.get(f"/runs/{asked['id']}").text
    assert told.roll_back_run(WORKSPACE, asked["id"])["state"] == "rolled_back"
    assert value_of(told, "SELECT count(*) FROM assignments") == before


def test_nothing_chosen_is_said_and_nothing_is_done(told: Engine, asked: dict[str, Any]) -> None:
    browser, csrf = sign_in(told, "editor")
    answer = browser.post(f"/runs/{asked['id']}/accept", data={"csrf": csrf})
    assert answer.status_code == 400
    assert "Choose at least one change" in answer.text
    assert told.run(WORKSPACE, asked["id"])["state"] == "proposed"


def test_a_viewer_sees_the_changes_and_cannot_accept_them(told: Engine, asked: dict[str, Any]) -> None:
    browser, csrf = sign_in(told, "viewer")
    shown = browser.get(f"/runs/{asked['id']}").text
    assert births(asked)[0] in shown
    assert "Accept what is chosen" not in shown
    assert browser.post(f"/runs/{asked['id']}/accept", data={"csrf": csrf}).status_code == 403


def test_the_api_accepts_a_part_and_refuses_a_change_that_is_not_there(told: Engine, asked: dict[str, Any]) -> None:
    from api.app import make_app

    token = create_token(told.parts, WORKSPACE, "Ana", "editor", expires=None)
    client = TestClient(make_app(told), headers={"authorization": f"Bearer {token}"})
    path = f"/v1/runs/{asked['id']}"
    assert client.get(path).json()["changes"] == asked["changes"]
    assert client.post(f"{path}/accept", json={"changes": ["C99"]}).status_code == 400
    taken = client.post(f"{path}/accept", json={"changes": births(asked)[:1]})
    assert taken.status_code == 200
    assert taken.json()["state"] == "published"
    assert taken.json()["changes"] == []
    assert client.post(f"{path}/accept").status_code == 409
