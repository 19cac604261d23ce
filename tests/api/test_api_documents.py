"""Sending documents: files and JSON, what becomes of them, and what is refused."""

import csv
import io
import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from synth.engine import Engine

CSV = b"""id,Comment,date,customer,Stars
1,The photo upload hangs at 99 percent,2026-11-02,Ana Ruiz,2
2,Love it,2026-11-03,Bo,5
"""
FIELDS = ("external_id", "title", "person", "account", "rating", "language", "url")
JSON = {
    "source": "tickets",
    "documents": [
        {
            "text": "The photo upload hangs at 99 percent.",
            "external_id": "4711",
            "title": "Uploads",
            "created_at": "2026-11-02T10:00:00Z",
            "person": "Ana Ruiz",
            "account": "Ruiz Plumbing",
            "rating": 2,
            "language": "en",
            "url": "https://tickets.example/4711",
            "attributes": {"platform": "Android", "company": "an attribute"},
            "release": "v5.2",
        },
        {"text": "Route planning sends me zig-zag through town.", "attributes": {"late": True}},
    ],
}


def send(client: TestClient, name: str, content: bytes, **fields: object) -> dict:
    response = client.post("/v1/documents", files={"file": (name, content)}, data=fields)
    assert response.status_code == 202, response.text
    return response.json()["imports"][0]


def test_a_file_is_acknowledged_and_then_taken_in(client: TestClient, engine: Engine) -> None:
    response = client.post("/v1/documents", files={"file": ("survey.csv", CSV)})
    begun = response.json()["imports"][0]
    assert (response.status_code, response.headers["location"]) == (202, f"/v1/imports/{begun['id']}")
    assert not begun["finished"]
    engine.drain()
    state = client.get(response.headers["location"]).json()
    assert (state["taken"], state["already"], state["refused"], state["finished"]) == (2, 0, 0, True)
    documents = client.get("/v1/documents").json()["documents"]
    assert [(each["person"], each["source"], each["rating"]) for each in documents] == [
        ("Bo", "survey", 5.0),
        ("Ana Ruiz", "survey", 2.0),
    ]


def test_several_files_are_several_imports(client: TestClient, engine: Engine) -> None:
    files = [("file", ("a.csv", CSV)), ("file", ("b.txt", b"The board is slow with many jobs."))]
    imports = client.post("/v1/documents", files=files, data={"source": "mixed"}).json()["imports"]
    engine.drain()
    assert [each["filename"] for each in imports] == ["a.csv", "b.txt"]
    assert [client.get(f"/v1/imports/{each['id']}").json()["taken"] for each in imports] == [2, 1]


def test_columns_are_mapped_and_hidden_as_the_form_says(client: TestClient, engine: Engine) -> None:
    content = b"a,b,secret\nThe invoice has the wrong logo,Cleo,x\n"
    send(client, "odd.csv", content, map=["text=a", "person=b"], hide="secret", source="odd")
    engine.drain()
    document = client.get("/v1/documents").json()["documents"][0]
    assert (document["preview"], document["person"], document["attributes"]) == (
        "The invoice has the wrong logo",
        "Cleo",
        {},
    )


def test_documents_as_json_keep_every_field(client: TestClient, engine: Engine) -> None:
    state = client.post("/v1/documents", json=JSON).json()["imports"][0]
    engine.drain()
    assert client.get(f"/v1/imports/{state['id']}").json()["taken"] == 2
    listed = client.get("/v1/documents").json()["documents"]
    whole = client.get(f"/v1/documents/{listed[0]['document_id']}").json()
    sent = JSON["documents"][0]
    assert whole["text"].endswith(sent["text"])
    assert {name: whole[name] for name in FIELDS} == {name: sent[name] for name in FIELDS}
    assert (whole["source"], whole["created_at"][:19]) == ("tickets", "2026-11-02T10:00:00")
    assert whole["attributes"] == {"platform": "Android", "company": "an attribute", "release": "v5.2"}
    excerpt = whole["excerpts"][0]
    assert whole["text"][excerpt["start"] : excerpt["end"]] == excerpt["text"]
    assert listed[1]["attributes"] == {"late": True}


def test_equal_words_in_a_second_document_of_json_are_a_second_voice(client: TestClient, engine: Engine) -> None:
    documents = [{"text": "Too slow", "person": "Ana"}, {"text": "Too slow", "person": "Bo"}]
    state = client.post("/v1/documents", json={"documents": documents}).json()["imports"][0]
    engine.drain()
    assert client.get(f"/v1/imports/{state['id']}").json()["taken"] == 2
    assert {each["source"] for each in client.get("/v1/documents").json()["documents"]} == {"api"}


def test_refused_rows_are_told_and_can_be_saved(client: TestClient, engine: Engine) -> None:
    content = b'{"text": "The board is slow"}\n=not json\n{"text": ""}\n'
    state = send(client, "rows.jsonl", content)
    engine.drain()
    state = client.get(f"/v1/imports/{state['id']}").json()
    assert state["taken"] == 1
    assert [refusal["row"] for refusal in state["refusals"]] == [2, 3]
    saved = client.get(f"/v1/imports/{state['id']}/refused.csv")
    assert saved.headers["content-type"] == "text/csv; charset=utf-8"
    assert saved.headers["content-disposition"] == f'attachment; filename="refused-{state["id"]}.csv"'
    rows = list(csv.DictReader(io.StringIO(saved.text)))
    assert [(row["row"], row["reason"]) for row in rows] == [
        (str(refusal["row"]), refusal["reason"]) for refusal in state["refusals"]
    ]


def test_the_same_key_gives_the_same_import(client: TestClient, engine: Engine) -> None:
    def again(content: bytes = CSV) -> tuple[int, dict]:
        files = {"file": ("survey.csv", content)}
        response = client.post("/v1/documents", files=files, headers={"Idempotency-Key": "nightly-1"})
        return response.status_code, response.json()

    first, second = again(), again()
    engine.drain()
    third, other = again(), again(CSV + b"3,More,2026-11-04,Cy,4\n")
    assert [status for status, _ in (first, second, third)] == [202, 202, 202]
    assert len({body["imports"][0]["id"] for _, body in (first, second, third)}) == 1
    assert third[1]["imports"][0]["taken"] == 2
    assert (other[0], other[1]["type"]) == (409, "urn:synth:problem:conflict")
    assert len(client.get("/v1/imports").json()["imports"]) == 1
    assert list((engine.parts.home / "uploads").iterdir()) == []


@pytest.mark.parametrize(
    "name",
    ["../../etc/passwd.csv", "..\\..\\windows\\win.csv", "/etc/cron.d/job.csv", "a\x00b.csv", "..", "é" * 300 + ".csv"],
)
def test_a_file_name_is_only_a_name(client: TestClient, engine: Engine, name: str) -> None:
    before = set(engine.parts.home.rglob("*"))
    state = send(client, name, CSV)
    assert Path(state["filename"]).name == state["filename"]
    assert len(state["filename"]) <= 200
    new = [path for path in engine.parts.home.rglob("*") if path not in before and path.is_file()]
    assert {path.parent.name for path in new} <= {"uploads", engine.parts.home.name}
    engine.drain()
    assert client.get(f"/v1/imports/{state['id']}").json()["finished"]


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"files": {"file": ("a.csv", b"")}}, 400, "a.csv is empty"),
        ({"files": {"other": ("a.csv", CSV)}}, 400, "field named 'file'"),
        ({"files": {"file": ("a.csv", CSV)}, "data": {"kind": "gossip"}}, 422, "kind"),
        ({"files": {"file": ("a.csv", CSV)}, "data": {"map": "text"}}, 400, "FIELD=COLUMN"),
        ({"files": {"file": ("a.csv", CSV)}, "data": {"map": "colour=a"}}, 400, "FIELD=COLUMN"),
        ({"json": {"documents": []}}, 422, "documents"),
        ({"json": {"documents": [{"title": "no text"}]}}, 422, "documents.0.text"),
        ({"json": {"documents": [{"text": "x", "rating": "many"}]}}, 422, "documents.0.rating"),
        ({"json": {"documents": [{"text": "x", "attributes": {"title": "y"}}]}}, 422, "is a field"),
        ({"json": {"documents": [{"text": "a\x00b"}]}}, 422, "documents.0.text"),
        ({"content": b"{", "headers": {"Content-Type": "application/json"}}, 422, "JSON"),
        ({"content": b"text\nhello\n", "headers": {"Content-Type": "text/csv"}}, 415, "multipart/form-data"),
        ({"content": b"junk", "headers": {"Content-Type": "multipart/form-data; boundary=x"}}, 400, "multipart"),
        ({"content": b""}, 415, "multipart/form-data"),
    ],
)
def test_what_cannot_be_used_is_refused_whole_and_said_why(
    client: TestClient, engine: Engine, sent: dict, status: int, said: str
) -> None:
    response = client.post("/v1/documents", **sent)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert said.lower() in response.json()["detail"].lower()
    assert client.get("/v1/imports").json()["imports"] == []


def test_half_a_character_harms_nothing(client: TestClient, engine: Engine) -> None:
    body = json.dumps({"documents": [{"text": "fine", "attributes": {"mood": "\ud800"}}]})
    response = client.post("/v1/documents", content=body, headers={"Content-Type": "application/json"})
    engine.drain()
    assert response.status_code in (202, 422)
    assert client.get("/v1/jobs", params={"state": "dead"}).json()["jobs"] == []


def test_attributes_that_come_up_late_are_kept(client: TestClient, engine: Engine) -> None:
    documents = [{"text": f"The board is slow on day {number}"} for number in range(300)]
    documents.append({"text": "The last one", "attributes": {"late": "yes"}})
    client.post("/v1/documents", json={"documents": documents})
    engine.drain()
    found = client.get("/v1/documents", params={"where": "late=yes"}).json()["documents"]
    assert [each["preview"] for each in found] == ["The last one"]
