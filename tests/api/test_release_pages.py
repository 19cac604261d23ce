"""Releases on the page and over HTTP: added, told of, refused with a sentence, taken out."""

from fastapi.testclient import TestClient


def test_a_release_is_added_told_of_and_taken_out(client: TestClient) -> None:
    assert client.post("/releases", data={"name": "<b>5.2", "day": "2026-10-19"}).status_code == 303
    page = client.get("/releases").text
    assert "&lt;b&gt;5.2" in page
    assert "No theme is linked to it" in page
    (told,) = client.get("/v1/releases").json()["releases"]
    assert (told["id"], told["day"], told["followed"]) == ("V1", "2026-10-19", [])
    assert client.post("/releases/V1/remove").status_code == 303
    assert client.delete("/v1/releases/V1").status_code == 404


def test_what_cannot_be_used_stays_in_its_form(client: TestClient) -> None:
    refused = client.post("/releases", data={"name": "5.2", "day": "yesterday"})
    assert refused.status_code == 400
    assert 'value="5.2"' in refused.text
    assert "write it as 2026-11-22" in refused.text
    assert client.post("/v1/releases", json={"name": "5.2", "day": "2026-10-19", "themes": ["T9"]}).status_code == 404
