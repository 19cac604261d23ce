"""What the description promises is kept; the same asked of thousands of requests is `python -m tests.fuzzing`."""

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

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


def test_two_requests_of_each_operation_find_nothing(tmp_path: Path) -> None:
    with served(tmp_path / "home") as (_, url, secret, errors):
        made, found = fuzz(url, secret, tmp_path, seed=1, examples=2, phases="fuzzing")
    assert (found, errors.told) == ("", [])
    assert made > 150
