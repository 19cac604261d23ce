"""What the description promises is kept; the same asked of thousands of requests is `python -m tests.fuzzing`."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.links import GIVEN, TAKEN
from tests.fuzzing import fuzz, served


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/v1/codes/C1", "DELETE, GET, PATCH"),
        ("/v1/decisions", "GET, POST"),
        ("/v1/themes/emerging", "GET"),
        ("/v1/themes/T1/facts", "GET"),
        ("/themes", "GET"),
    ],
)
def test_an_address_names_all_the_methods_it_takes(client: TestClient, path: str, methods: str) -> None:
    refused = client.options(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)


def test_a_list_that_cannot_be_made_is_refused_before_it_begins(client: TestClient) -> None:
    refused = client.get("/v1/export/refused", params={"format": "csv", "subject": "0"})
    assert (refused.status_code, refused.headers["content-type"]) == (404, "application/problem+json")


def test_every_operation_says_that_it_may_be_asked_too_often(client: TestClient) -> None:
    for methods in client.get("/v1/openapi.json").json()["paths"].values():
        assert all("429" in operation["responses"] for operation in methods.values() if "500" in operation["responses"])


def test_links_lead_to_every_operation_that_takes_an_id(client: TestClient) -> None:
    operations = {each["operationId"]: each for each in _operations(client)}
    taking = [name for name, each in operations.items() if "id" in _variables(each)]
    assert sorted(each for kind in TAKEN.values() for each in kind) == sorted(taking)
    reached = {link for each in operations.values() for link in _links(each)}
    assert reached == set(taking)


def test_links_name_a_place_that_the_answer_has(client: TestClient) -> None:
    described = client.get("/v1/openapi.json").json()
    operations = {each["operationId"]: each for each in _operations(client)}
    for name, given in GIVEN.items():
        for place in given.values():
            shape = _answer(operations[name])["content"]["application/json"]["schema"]
            assert _is_text(described, shape, place.split("/")[1:]), (name, place)


def test_a_link_followed_finds_what_was_made(client: TestClient) -> None:
    study = client.post("/v1/studies", json={"name": "Onboarding"})
    links = next(_links(each) for each in _operations(client) if each["operationId"] == "create_study")
    assert links["get_study"] == {"operationId": "get_study", "parameters": {"id": "$response.body#/id"}}
    assert client.get(f"/v1/studies/{study.json()['id']}").status_code == 200


def _operations(client: TestClient) -> Iterator[dict[str, Any]]:
    for methods in client.get("/v1/openapi.json").json()["paths"].values():
        yield from methods.values()


def _variables(operation: dict[str, Any]) -> list[str]:
    return [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]


def _answer(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = next(each for status, each in operation["responses"].items() if status.startswith("2"))
    return found


def _links(operation: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = _answer(operation).get("links", {})
    return found


def _is_text(described: dict[str, Any], shape: dict[str, Any], place: list[str]) -> bool:
    """Whether there is a text at this place, in one of the shapes that may stand there."""
    if "$ref" in shape:
        shape = described["components"]["schemas"][shape["$ref"].rpartition("/")[2]]
    if "anyOf" in shape:
        return any(_is_text(described, each, place) for each in shape["anyOf"])
    if not place:
        return shape["type"] == "string"
    inner = shape["items"] if place[0] == "0" else shape.get("properties", {}).get(place[0])
    return inner is not None and _is_text(described, inner, place[1:])


def test_two_requests_of_each_operation_find_nothing(tmp_path: Path) -> None:
    with served(tmp_path / "home") as (_, url, secret, errors):
        made, found = fuzz(url, secret, tmp_path, seed=1, examples=2, phases="fuzzing")
    assert (found, errors.told) == ("", [])
    assert made > 150
