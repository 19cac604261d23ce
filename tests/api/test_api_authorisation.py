"""Every route with every role and scope: one that is not in the table fails, as does one that lets the wrong in."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.auth import HOOKS, OPEN, OPEN_FOLDER
from synth.access import ROLES, SCOPES, SENDS, Scope

ANYBODY = None
LEAST_ROLE: dict[tuple[str, str], str | None] = {
    ("GET", "/health"): ANYBODY,
    ("GET", "/ready"): ANYBODY,
    ("GET", "/login"): ANYBODY,
    ("GET", "/metrics"): "admin",
    ("POST", "/login"): ANYBODY,
    ("GET", "/login/organisation"): ANYBODY,
    ("GET", "/login/organisation/callback"): ANYBODY,
    ("POST", "/logout"): "viewer",
    ("GET", "/v1/sessions"): "viewer",
    ("DELETE", "/v1/sessions"): "viewer",
    ("DELETE", "/v1/sessions/{id}"): "viewer",
    ("PUT", "/v1/password"): "viewer",
    ("DELETE", "/v1/users/sessions"): "admin",
    ("POST", "/settings/users/sign-out"): "admin",
    ("POST", "/account/password"): "viewer",
    ("POST", "/account/sessions/end"): "viewer",
    ("GET", "/v1/openapi.json"): "viewer",
    ("HEAD", "/v1/openapi.json"): "viewer",
    ("POST", "/v1/documents"): "editor",
    ("GET", "/v1/documents"): "viewer",
    ("GET", "/v1/documents/{id}"): "viewer",
    ("GET", "/v1/imports"): "viewer",
    ("GET", "/v1/imports/{id}"): "viewer",
    ("GET", "/v1/imports/{id}/refused.csv"): "viewer",
    ("GET", "/v1/imports/{id}/review"): "editor",
    ("POST", "/v1/imports/{id}/review"): "editor",
    ("POST", "/v1/imports/{id}/write"): "editor",
    ("GET", "/v1/jobs"): "viewer",
    ("GET", "/v1/jobs/{id}"): "viewer",
    ("POST", "/v1/jobs/{id}/retry"): "editor",
    ("GET", "/v1/themes"): "viewer",
    ("GET", "/v1/themes/{id}"): "viewer",
    ("GET", "/v1/themes/{id}/facts"): "viewer",
    ("GET", "/v1/themes/{id}/excerpts"): "viewer",
    ("GET", "/v1/themes/{id}/lineage"): "viewer",
    ("GET", "/v1/themes/emerging"): "viewer",
    ("GET", "/v1/themes/{id}/trend"): "viewer",
    ("GET", "/v1/themes/{id}/suggestions"): "editor",
    ("POST", "/v1/themes"): "editor",
    ("PATCH", "/v1/themes/{id}"): "editor",
    ("POST", "/v1/decisions"): "editor",
    ("GET", "/v1/decisions"): "viewer",
    ("GET", "/v1/decisions/{id}"): "viewer",
    ("POST", "/v1/decisions/{id}/undo"): "editor",
    ("POST", "/v1/runs"): "editor",
    ("GET", "/v1/runs"): "viewer",
    ("GET", "/v1/runs/{id}"): "viewer",
    ("POST", "/v1/runs/{id}/accept"): "editor",
    ("POST", "/v1/runs/{id}/rollback"): "editor",
    ("GET", "/v1/insights"): "viewer",
    ("GET", "/v1/insights/{id}"): "viewer",
    ("GET", "/v1/insights/{id}/history"): "viewer",
    ("POST", "/v1/insights"): "editor",
    ("GET", "/v1/releases"): "viewer",
    ("POST", "/v1/releases"): "editor",
    ("DELETE", "/v1/releases/{id}"): "editor",
    ("GET", "/releases"): "viewer",
    ("POST", "/releases"): "editor",
    ("POST", "/releases/{id}/remove"): "editor",
    ("GET", "/v1/schedule"): "viewer",
    ("PUT", "/v1/schedule"): "admin",
    ("GET", "/v1/subscriptions"): "editor",
    ("POST", "/v1/subscriptions"): "editor",
    ("DELETE", "/v1/subscriptions/{id}"): "editor",
    ("POST", "/v1/subscriptions/{id}/deliveries"): "editor",
    ("GET", "/v1/deliveries"): "editor",
    ("GET", "/v1/deliveries/{id}"): "editor",
    ("GET", "/reports/delivery"): "editor",
    ("POST", "/reports/delivery"): "editor",
    ("POST", "/reports/delivery/schedule"): "admin",
    ("POST", "/reports/delivery/{id}/send"): "editor",
    ("POST", "/reports/delivery/{id}/end"): "editor",
    ("GET", "/unsubscribe"): ANYBODY,
    ("POST", "/unsubscribe"): ANYBODY,
    ("GET", "/v1/studies"): "viewer",
    ("POST", "/v1/studies"): "researcher",
    ("GET", "/v1/studies/{id}"): "viewer",
    ("PATCH", "/v1/studies/{id}"): "researcher",
    ("GET", "/v1/studies/{id}/participants"): "viewer",
    ("GET", "/v1/studies/{id}/names"): "researcher",
    ("POST", "/v1/studies/{id}/roster"): "researcher",
    ("GET", "/v1/studies/{id}/codes"): "viewer",
    ("POST", "/v1/studies/{id}/codes"): "researcher",
    ("GET", "/v1/codes/{id}"): "viewer",
    ("PATCH", "/v1/codes/{id}"): "researcher",
    ("DELETE", "/v1/codes/{id}"): "researcher",
    ("POST", "/v1/codes/{id}/merge"): "researcher",
    ("POST", "/v1/codes/{id}/split"): "researcher",
    ("POST", "/v1/coding-changes/{id}/undo"): "researcher",
    ("GET", "/v1/studies/{id}/highlights"): "viewer",
    ("POST", "/v1/highlights"): "researcher",
    ("PUT", "/v1/documents/{id}/roles"): "researcher",
    ("GET", "/v1/highlights/{id}"): "viewer",
    ("PATCH", "/v1/highlights/{id}"): "researcher",
    ("DELETE", "/v1/highlights/{id}"): "researcher",
    ("POST", "/v1/studies/{id}/suggestions"): "researcher",
    ("GET", "/v1/studies/{id}/agreement"): "viewer",
    ("GET", "/v1/studies/{id}/agreement/machine"): "researcher",
    ("GET", "/v1/studies/{id}/board"): "viewer",
    ("POST", "/v1/studies/{id}/board"): "researcher",
    ("GET", "/v1/studies/{id}/findings"): "viewer",
    ("GET", "/v1/studies/{id}/report"): "viewer",
    ("GET", "/v1/studies/{id}/export"): "researcher",
    ("POST", "/v1/studies/{id}/import"): "researcher",
    ("GET", "/v1/erasures"): "admin",
    ("GET", "/v1/retention"): "admin",
    ("PUT", "/v1/retention"): "admin",
    ("POST", "/v1/erasures"): "admin",
    ("POST", "/v1/erasures/preview"): "admin",
    ("GET", "/v1/erasures/{id}"): "admin",
    ("GET", "/v1/saved-questions"): "viewer",
    ("POST", "/v1/saved-questions"): "editor",
    ("GET", "/v1/saved-questions/{id}"): "viewer",
    ("PATCH", "/v1/saved-questions/{id}"): "editor",
    ("GET", "/v1/saved-questions/{id}/runs"): "viewer",
    ("POST", "/v1/saved-questions/{id}/runs"): "editor",
    ("PUT", "/v1/saved-questions/{id}/follow"): "viewer",
    ("DELETE", "/v1/saved-questions/{id}/follow"): "viewer",
    ("POST", "/v1/saved-questions/{id}/seen"): "viewer",
    ("PATCH", "/v1/insights/{id}"): "editor",
    ("POST", "/v1/questions"): "viewer",
    ("POST", "/v1/questions/stream"): "viewer",
    ("GET", "/v1/search"): "viewer",
    ("GET", "/v1/reports"): "viewer",
    ("GET", "/v1/reports/{id}"): "viewer",
    ("GET", "/v1/export/{what}"): "viewer",
    ("GET", "/v1/tokens"): "admin",
    ("POST", "/v1/tokens"): "admin",
    ("DELETE", "/v1/tokens/{id}"): "admin",
    ("GET", "/v1/audit"): "admin",
    ("GET", "/audit"): "admin",
    ("GET", "/v1/hooks"): "admin",
    ("POST", "/v1/hooks"): "admin",
    ("POST", "/v1/hooks/{id}"): ANYBODY,
    ("DELETE", "/v1/hooks/{id}"): "admin",
    ("GET", "/v1/settings"): "admin",
    ("POST", "/v1/settings/model/test"): "admin",
    ("GET", "/v1/sources"): "admin",
    ("PUT", "/v1/sources/redaction"): "admin",
    ("PUT", "/v1/sources/readers"): "admin",
    ("POST", "/settings/sources/readers"): "admin",
    ("GET", "/v1/users"): "admin",
    ("POST", "/v1/users"): "admin",
    ("PATCH", "/v1/users"): "admin",
    ("DELETE", "/v1/users"): "admin",
    ("GET", "/v1/status"): "viewer",
    ("GET", "/v1/usage"): "viewer",
    ("GET", "/v1/trust"): "viewer",
    ("POST", "/v1/trust/measurements"): "editor",
    ("GET", "/v1/trust/sample"): "viewer",
    ("POST", "/v1/trust/sample"): "editor",
    ("ANY", "/static"): ANYBODY,
    ("GET", "/"): "viewer",
    ("GET", "/themes"): "viewer",
    ("GET", "/themes/{id}"): "viewer",
    ("GET", "/themes/{id}/curate"): "editor",
    ("POST", "/themes/{id}/curate"): "editor",
    ("GET", "/decisions"): "viewer",
    ("GET", "/runs"): "viewer",
    ("GET", "/runs/{id}"): "viewer",
    ("POST", "/runs/{id}/accept"): "editor",
    ("POST", "/decisions"): "editor",
    ("POST", "/decisions/{id}/undo"): "editor",
    ("GET", "/unassigned"): "viewer",
    ("GET", "/search"): "viewer",
    ("GET", "/ask"): "viewer",
    ("GET", "/insights"): "viewer",
    ("GET", "/insights/{id}"): "viewer",
    ("POST", "/insights"): "editor",
    ("GET", "/research"): "viewer",
    ("POST", "/research"): "researcher",
    ("GET", "/research/{id}"): "viewer",
    ("POST", "/research/{id}"): "researcher",
    ("GET", "/research/{id}/board"): "viewer",
    ("POST", "/research/{id}/board"): "researcher",
    ("GET", "/research/{id}/agreement"): "researcher",
    ("GET", "/research/{id}/report"): "viewer",
    ("GET", "/research/{id}/codes"): "viewer",
    ("POST", "/research/{id}/codes"): "researcher",
    ("POST", "/research/{id}/roster"): "researcher",
    ("POST", "/research/{id}/suggest"): "researcher",
    ("POST", "/research/roles/{document}"): "researcher",
    ("POST", "/research/{id}/highlights"): "researcher",
    ("POST", "/research/{id}/highlights/{highlight}"): "researcher",
    ("GET", "/erasures"): "admin",
    ("POST", "/erasures"): "admin",
    ("GET", "/erasures/{id}"): "admin",
    ("GET", "/questions"): "viewer",
    ("POST", "/questions"): "editor",
    ("GET", "/questions/{id}"): "viewer",
    ("POST", "/questions/{id}"): "viewer",
    ("POST", "/questions/{id}/edit"): "editor",
    ("POST", "/insights/{id}"): "editor",
    ("GET", "/reports"): "viewer",
    ("GET", "/reports/{id}"): "viewer",
    ("GET", "/documents"): "viewer",
    ("GET", "/documents/{id}"): "viewer",
    ("GET", "/excerpts/{id}"): "viewer",
    ("GET", "/upload"): "editor",
    ("POST", "/upload"): "editor",
    ("GET", "/upload/{id}"): "editor",
    ("POST", "/upload/{id}"): "editor",
    ("GET", "/imports"): "viewer",
    ("GET", "/imports/{id}"): "viewer",
    ("GET", "/imports/{id}/refused.csv"): "viewer",
    ("GET", "/imports/{id}/review"): "editor",
    ("POST", "/imports/{id}/review"): "editor",
    ("POST", "/imports/{id}/write"): "editor",
    ("GET", "/jobs"): "viewer",
    ("POST", "/jobs/{id}/retry"): "editor",
    ("GET", "/account"): "viewer",
    ("POST", "/account/zone"): "viewer",
    ("GET", "/people"): "viewer",
    ("GET", "/accounts"): "viewer",
    ("GET", "/sources"): "viewer",
    ("GET", "/usage"): "viewer",
    ("GET", "/settings"): "admin",
    ("POST", "/settings/sources"): "admin",
    ("POST", "/settings/studies/{id}"): "admin",
    ("POST", "/settings/users"): "admin",
    ("POST", "/settings/users/role"): "admin",
    ("POST", "/settings/users/remove"): "admin",
    ("POST", "/settings/tokens"): "admin",
    ("POST", "/settings/tokens/{id}/revoke"): "admin",
    ("POST", "/settings/hooks"): "admin",
    ("POST", "/settings/hooks/{id}/end"): "admin",
    ("POST", "/settings/model"): "admin",
    ("GET", "/trust"): "viewer",
    ("GET", "/trust/sample"): "editor",
    ("POST", "/trust/sample"): "editor",
}
FOR_INGEST = {("POST", "/v1/documents"), ("GET", "/v1/imports/{id}")}
READ_BY_POST = {("POST", "/v1/questions"), ("POST", "/v1/questions/stream"), ("POST", "/v1/erasures/preview")}
DESCRIPTION = "/v1/openapi.json"  # the same for all, and holds nothing of anybody
CLOSED = [(method, path, least) for (method, path), least in LEAST_ROLE.items() if least is not ANYBODY]


def test_every_route_is_in_the_table(app: FastAPI) -> None:
    routes = {
        (method, str(route.path)) for route in iter_route_contexts(app.routes) for method in route.methods or {"ANY"}
    }
    assert routes == set(LEAST_ROLE)


def test_what_is_open_is_what_the_door_leaves_open() -> None:
    assert {path for (_, path), least in LEAST_ROLE.items() if least is ANYBODY} == {
        *OPEN,
        OPEN_FOLDER.rstrip("/"),
        f"{HOOKS}{{id}}",  # a signature opens it
    }


def test_nothing_closed_answers_without_a_credential(app: FastAPI) -> None:
    nobody = TestClient(app)
    for method, path, _ in CLOSED:
        response = nobody.request(method, path)
        assert (response.status_code, response.headers["WWW-Authenticate"]) == (401, "Bearer"), (method, path)


@pytest.mark.parametrize("header", ["Bearer", "Bearer ", "Basic YWRtaW46", "Bearer synth_guessed", "Bearer \xe9"])
def test_a_credential_that_opens_nothing_is_refused(app: FastAPI, header: str) -> None:
    response = TestClient(app).get("/v1/themes", headers={"Authorization": header.encode("latin-1")})
    assert response.status_code == 401


def test_an_unknown_path_is_closed_too(app: FastAPI) -> None:
    assert TestClient(app).get("/v2/anything").status_code == 401


@pytest.mark.parametrize("role", ROLES)
def test_each_role_gets_what_is_its_own_and_no_more(client_for: Callable[..., TestClient], role: str) -> None:
    client = client_for(role)
    for method, path, least in CLOSED:
        refused = _is_refused(client, method, path)
        assert refused == (ROLES.index(role) < ROLES.index(least)), (method, path)  # type: ignore[arg-type]


@pytest.mark.parametrize("scope", SCOPES)
@pytest.mark.parametrize("role", ROLES)
def test_a_scope_leaves_a_role_what_is_its_own_and_no_more(
    client_for: Callable[..., TestClient], role: str, scope: Scope
) -> None:
    if scope == "ingest" and ROLES.index(role) < ROLES.index(SENDS):  # type: ignore[arg-type]
        pytest.skip("there is no such token")
    client = client_for(role, scope=scope)
    for method, path, least in CLOSED:
        is_inside = ROLES.index(role) >= ROLES.index(least) and _opens(scope, method, path)  # type: ignore[arg-type]
        assert _is_refused(client, method, path) != is_inside or path == "/logout", (method, path)


def _opens(scope: Scope, method: str, path: str) -> bool:
    opened = {
        "all": True,
        "read": method in ("GET", "HEAD") or (method, path) in READ_BY_POST,
        "ingest": (method, path) in FOR_INGEST,
    }
    return opened[scope] or path == DESCRIPTION


def _is_refused(client: TestClient, method: str, path: str) -> bool:
    response = client.request(method, path)
    if path == "/logout":  # a token is nothing one signs out of, whatever its role
        return False
    assert response.status_code != 401
    return response.status_code == 403


def test_what_belongs_to_another_workspace_is_not_there(reader: TestClient, stranger: TestClient) -> None:
    document = reader.get("/v1/documents").json()["documents"][0]
    theme = reader.get("/v1/themes").json()["themes"][0]
    run, job = reader.get("/v1/runs").json()["runs"][0], reader.get("/v1/jobs").json()["jobs"][0]
    insight = reader.get("/v1/insights").json()["insights"][0]
    paths = [
        f"/v1/documents/{document['document_id']}",
        f"/v1/imports/{document['import']}",
        f"/v1/imports/{document['import']}/refused.csv",
        f"/v1/themes/{theme['id']}",
        f"/v1/themes/{theme['id']}/excerpts",
        f"/v1/runs/{run['id']}",
        f"/v1/jobs/{job['id']}",
        f"/v1/insights/{insight['id']}",
    ]
    for path in paths:
        assert (reader.get(path).status_code, stranger.get(path).status_code) == (200, 404), path
    assert stranger.post(f"/v1/jobs/{job['id']}/retry").status_code == 404


def test_lists_and_searches_hold_nothing_of_another_workspace(stranger: TestClient) -> None:
    for path, name in (("documents", "documents"), ("imports", "imports"), ("jobs", "jobs"), ("runs", "runs")):
        assert stranger.get(f"/v1/{path}").json()[name] == []
    assert stranger.get("/v1/themes").json()["themes"] == []
    assert stranger.get("/v1/search", params={"q": "calendar"}).json()["results"] == []
    assert stranger.get("/v1/export/documents").text == ""
    assert stranger.get("/v1/status").json()["documents"] == 0


def test_a_token_of_another_workspace_cannot_be_deleted(client_for: Callable[..., TestClient]) -> None:
    theirs = client_for("admin", "other")
    owned = theirs.get("/v1/tokens").json()["tokens"][0]["id"]
    assert client_for("admin").delete(f"/v1/tokens/{owned}").status_code == 404
    assert theirs.get("/v1/tokens").status_code == 200
