"""Limits: bytes are counted as they come, whatever the request says of itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import middleware
from api.app import make_app
from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.settings import Settings
from tests.factories import new_home

LIMIT = 10_000


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Engine]:
    """An engine that takes uploads of up to 10,000 bytes."""
    engine = open_engine(Settings(home=new_home(tmp_path / "small"), upload_limit=LIMIT), embedder=HashingEmbedder())
    yield engine
    engine.close()


@pytest.fixture
def client(small: Engine) -> TestClient:
    secret = create_token(small.parts, WORKSPACE, "test", "admin", expires=None)
    return TestClient(make_app(small), headers={"Authorization": f"Bearer {secret}"})


def test_an_upload_above_the_limit_is_refused_with_a_sentence(client: TestClient, small: Engine) -> None:
    response = client.post("/v1/documents", files={"file": ("a.csv", b"x" * LIMIT)})
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"].startswith("The upload is larger than 10,000 bytes; split it")
    assert not (small.parts.home / "uploads").exists()


def test_a_browser_sees_such_an_upload_refused_on_a_page(client: TestClient) -> None:
    files = {"file": ("a.csv", b"x" * LIMIT)}
    response = client.post("/upload", files=files, headers={"accept": "text/html"})
    assert response.status_code == 413
    assert "<h1>Too large</h1>" in response.text
    assert "The upload is larger than 10,000 bytes; split it" in response.text


def test_an_upload_below_the_limit_is_taken(client: TestClient) -> None:
    assert client.post("/v1/documents", files={"file": ("a.csv", b"text\nThe board is slow\n")}).status_code == 202


@pytest.mark.parametrize("kind", ["multipart/form-data; boundary=x", "application/json", "text/plain"])
def test_bytes_are_counted_where_no_length_is_given(client: TestClient, kind: str) -> None:
    def body() -> Iterator[bytes]:
        yield b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n'
        for _ in range(20):
            yield b"x" * 1_000

    response = client.post("/v1/documents", content=body(), headers={"Content-Type": kind})
    assert response.status_code == (415 if kind == "text/plain" else 413)


def test_a_length_that_lies_changes_nothing(client: TestClient) -> None:
    headers = {"Content-Type": "application/json", "Content-Length": "999999999999"}
    assert client.post("/v1/questions", content=b"{}", headers=headers).status_code == 413


def test_json_has_a_limit_of_its_own(engine: Engine, app: FastAPI) -> None:
    secret = create_token(engine.parts, WORKSPACE, "test", "admin", expires=None)
    client = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    text = "x" * (middleware.JSON_LIMIT + 1)
    response = client.post("/v1/documents", json={"documents": [{"text": text}]})
    assert response.status_code == 413
    assert "20,000,000 bytes" in response.json()["detail"]


def test_a_stranger_sends_no_byte_further_than_the_door(small: Engine) -> None:
    read = 0

    def body() -> Iterator[bytes]:
        nonlocal read
        for _ in range(5):
            read += 1
            yield b"x" * 1_000

    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    response = TestClient(make_app(small)).post("/v1/documents", content=body(), headers=headers)
    assert response.status_code == 401
