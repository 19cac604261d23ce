"""Decisions over HTTP: previewed, made, listed, undone; a theme changed in place; a taxonomy brought along."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import shapes
from api.app import make_app
from synth.access import create_token
from synth.engine import WORKSPACE, Engine


@pytest.fixture
def curator(told: Engine) -> TestClient:
    """An editor of a store that has themes."""
    secret = create_token(told.parts, WORKSPACE, "Maren", "editor", expires=None)
    return TestClient(make_app(told), headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False)


MERGE = {"kind": "merge", "themes": ["T2"], "into": "T1"}


def test_a_decision_is_previewed_made_listed_and_undone(curator: TestClient) -> None:
    before = curator.get("/v1/themes").json()
    preview = curator.post("/v1/decisions", params={"preview": "true"}, json=MERGE)
    assert (preview.status_code, curator.get("/v1/themes").json()) == (200, before)
    shapes.DecisionMade.model_validate(preview.json(), strict=True)
    made = curator.post("/v1/decisions", json=MERGE)
    assert (made.status_code, made.headers["Location"]) == (201, "/v1/decisions/D1")
    assert made.json()["effect"] == preview.json()["effect"]
    assert made.json()["decision"]["actor"] == "Maren"
    listed = curator.get("/v1/decisions", params={"theme": "T2"}).json()
    shapes.DecisionPage.model_validate(listed, strict=True)
    assert [each["id"] for each in listed["decisions"]] == ["D1"]
    assert curator.get("/v1/decisions", params={"theme": "T3"}).json()["decisions"] == []
    assert curator.get("/v1/decisions/D1").json() == listed["decisions"][0]
    assert curator.post("/v1/decisions/D1/undo").status_code == 200
    again = curator.post("/v1/decisions/D1/undo")
    assert (again.status_code, again.json()["detail"]) == (409, "D1 was undone already.")
    assert curator.get("/v1/themes").json()["themes"] == before["themes"]


def test_decisions_come_in_pages_newest_first(curator: TestClient) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        curator.patch("/v1/themes/T1", json={"name": name})
    first = curator.get("/v1/decisions", params={"limit": 2}).json()
    rest = curator.get("/v1/decisions", params={"limit": 2, "cursor": first["next"]}).json()
    assert [each["id"] for each in first["decisions"] + rest["decisions"]] == ["D3", "D2", "D1"]
    assert rest["next"] is None


def test_a_theme_is_changed_by_what_is_different_only(curator: TestClient) -> None:
    wanted = {"name": "Doubled visits", "pinned": True, "parent": "T2"}
    changed = curator.patch("/v1/themes/T1", json=wanted).json()
    shapes.ThemeChanged.model_validate(changed, strict=True)
    assert {name: changed["theme"][name] for name in wanted} == wanted
    assert [each["decision"]["kind"] for each in changed["decisions"]] == ["rename", "parent", "pin"]
    assert curator.patch("/v1/themes/T1", json=wanted).json()["decisions"] == []
    excluded = curator.patch("/v1/themes/T1", json={"state": "excluded", "parent": None}).json()
    assert (excluded["theme"]["state"], excluded["theme"]["parent"]) == ("excluded", None)
    assert "T1" not in {theme["id"] for theme in curator.get("/v1/themes").json()["themes"]}
    assert curator.patch("/v1/themes/T1", json={"state": "active"}).json()["theme"]["state"] == "active"


def test_a_taxonomy_a_lineage_and_suggestions_have_their_shapes(curator: TestClient) -> None:
    sent = {"themes": [{"name": "Calendar doubles", "examples": ["calendar sync creates duplicate events"]}]}
    made = curator.post("/v1/themes", json=sent)
    assert made.status_code == 201
    [theme] = made.json()["decision"]["created"]
    held: list[tuple[type[BaseModel], str]] = [
        (shapes.Lineage, f"/v1/themes/{theme}/lineage"),
        (shapes.Suggestions, "/v1/themes/T1/suggestions"),
        (shapes.ThemeWhole, f"/v1/themes/{theme}"),
        (shapes.ThemeTrend, f"/v1/themes/{theme}/trend"),
    ]
    for shape, path in held:
        shape.model_validate(curator.get(path).json(), strict=True)
    assert curator.get(f"/v1/themes/{theme}/lineage").json()["lineage"][0]["event"] == "born"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"kind": "melt", "theme": "T1"}, 422),
        ({"kind": "rename", "theme": "T1"}, 422),
        ({"kind": "rename", "theme": "T99", "name": "x"}, 404),
        ({"kind": "move", "excerpts": ["x0"], "to": "T1"}, 400),
        ({"kind": "pin", "theme": "T1", "pinned": False}, 409),
        ({"kind": "split", "theme": "T1", "words": ["a"], "suggestion": "b"}, 400),
    ],
)
def test_what_cannot_be_decided_is_a_problem(curator: TestClient, sent: dict[str, object], status: int) -> None:
    for preview in ("true", "false"):
        answer = curator.post("/v1/decisions", params={"preview": preview}, json=sent)
        assert (answer.status_code, bool(answer.json()["detail"])) == (status, True)
    assert curator.get("/v1/decisions").json()["decisions"] == []


def test_decisions_of_another_workspace_are_not_there(curator: TestClient, told: Engine, app: FastAPI) -> None:
    from synth.store.rows import insert_new
    from synth.store.tables import Workspace

    curator.post("/v1/decisions", json=MERGE)
    row = {"id": "other", "name": "other", "timezone": "UTC", "created_at": told.parts.now()}
    with told.parts.database.write() as session:
        insert_new(session, Workspace, [row])
    secret = create_token(told.parts, "other", "Jo", "admin", expires=None)
    stranger = TestClient(make_app(told), headers={"Authorization": f"Bearer {secret}"})
    assert stranger.get("/v1/decisions").json()["decisions"] == []
    assert stranger.post("/v1/decisions/D1/undo").status_code == 404
    assert stranger.post("/v1/decisions", json=MERGE).status_code == 404
    moved = curator.get("/v1/themes/T1/excerpts").json()["excerpts"][0]["excerpt_id"]
    assert stranger.post("/v1/decisions", json={"kind": "move", "excerpts": [moved], "to": None}).status_code == 400
