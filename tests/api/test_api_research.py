"""Research over HTTP: shapes, roles, and a coded study from upload to export."""

from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import shapes
from synth.engine import WORKSPACE, Engine
from tests.api.conftest import FOREIGN, ClientFor

TALK = (
    b"Interviewer: How does your day begin?\nErika Muster: The calendar takes forever to load, every day.\n"
    b"Interviewer: And then?\nErika Muster: I print the plan on paper the evening before.\n"
)


def held(shape: type[BaseModel], response: Any) -> dict[str, Any]:
    assert response.status_code < 300, response.text
    body: dict[str, Any] = response.json()
    shape.model_validate(body, strict=True)
    return body


@pytest.fixture
def researcher(client_for: ClientFor, engine: Engine) -> TestClient:
    """A researcher whose study S1 has one interview."""
    sent = client_for("editor").post(
        "/v1/documents", files={"file": ("talk.txt", TALK)}, data={"kind": "research", "study": "Mornings"}
    )
    assert sent.status_code == 202, sent.text
    engine.drain()
    return client_for("researcher")


def test_a_study_from_upload_to_export(researcher: TestClient) -> None:
    study = held(shapes.Study, researcher.get("/v1/studies/S1"))
    (document,) = study["documents"]
    held(shapes.Study, researcher.patch("/v1/studies/S1", json={"question": "How do days begin?"}))
    code = held(shapes.Code, researcher.post("/v1/studies/S1/codes", json={"name": "Slow", "examples": ["it loads"]}))
    text = researcher.get(f"/v1/documents/{document['document_id']}").json()["text"]
    start = text.index("The calendar")
    span = {"document_id": document["document_id"], "start": start, "end": start + 33, "code_id": code["id"]}
    mark = held(shapes.Highlight, researcher.post("/v1/highlights", json=span))
    assert mark["quote"] == "The calendar takes forever to loa"
    assert mark["speaker"] == "S1-P1"
    held(shapes.Suggested, researcher.post("/v1/studies/S1/suggestions"))
    held(shapes.HighlightList, researcher.get("/v1/studies/S1/highlights", params={"state": "all"}))
    held(shapes.Agreement, researcher.get("/v1/studies/S1/agreement"))
    held(shapes.MachineAgreement, researcher.get("/v1/studies/S1/agreement/machine"))
    assert "How far coders agree" in researcher.get("/research/S1/agreement").text
    lane = {"do": "add_lane", "name": "Mornings"}
    board = held(shapes.Board, researcher.post("/v1/studies/S1/board", json=lane))
    assert [lane["name"] for lane in board["lanes"]] == ["Slow", "Mornings", "Not placed"]
    assert researcher.post("/v1/studies/S1/board", json={"do": "rename_lane", "lane": "L9"}).status_code == 404
    assert len(held(shapes.Board, researcher.get("/v1/studies/S1/board"))["lanes"][0]["cards"]) == 1
    found = held(shapes.Findings, researcher.get("/v1/studies/S1/findings"))
    assert found["codes"][0]["participants"] == 1
    for format in ("qdpx", "qdc", "csv", "xlsx"):
        file = researcher.get("/v1/studies/S1/export", params={"format": format})
        assert file.status_code == 200
        assert f'filename="S1.{format}"' in file.headers["Content-Disposition"]
        taken = researcher.post("/v1/studies/S1/import", files={"file": (f"x.{format}", file.content)})
        assert held(shapes.CodingsTaken, taken)["codes"] == 0
    held(shapes.StudyList, researcher.get("/v1/studies"))


def test_codes_are_merged_split_deleted_and_given_back(researcher: TestClient) -> None:
    for name in ("One", "Two"):
        held(shapes.Code, researcher.post("/v1/studies/S1/codes", json={"name": name}))
    merged = held(shapes.CodeChanged, researcher.post("/v1/codes/C1/merge", json={"codes": ["C2"]}))
    assert researcher.post(f"/v1/coding-changes/{merged['change']}/undo").status_code == 204
    assert researcher.post(f"/v1/coding-changes/{merged['change']}/undo").status_code == 409
    deleted = held(shapes.CodeDeleted, researcher.delete("/v1/codes/C2"))
    assert researcher.post(f"/v1/coding-changes/{deleted['change']}/undo").status_code == 204
    book = held(shapes.Codebook, researcher.get("/v1/studies/S1/codes"))
    assert [code["name"] for code in book["codes"]] == ["One", "Two"]
    assert [change["kind"] for change in book["changes"]] == ["delete", "merge"]
    assert researcher.post("/v1/codes/C1/split", json={"name": "x", "highlights": ["H9"]}).status_code == 400


def test_names_are_for_researchers_only(researcher: TestClient, client_for: ClientFor) -> None:
    shown = held(shapes.StudyParticipants, client_for("viewer").get("/v1/studies/S1/participants"))
    assert "Erika" not in str(shown)
    assert client_for("editor").get("/v1/studies/S1/names").status_code == 403
    named = held(shapes.StudyParticipants, researcher.get("/v1/studies/S1/names"))
    roster = {"file": ("people.csv", b"name,role\nErika Muster,Planner\nBo,Boss\n")}
    told = held(shapes.RosterTaken, researcher.post("/v1/studies/S1/roster", files=roster))
    assert (told["changed"], len(told["refused"])) == (1, 1)
    assert researcher.get("/v1/documents", params={"where": "role=Planner"}).json()["documents"]
    assert named["participants"][0]["name"] == "Erika Muster"


def test_a_study_of_another_workspace_is_not_found(researcher: TestClient, client_for: ClientFor) -> None:
    researcher.post("/v1/studies/S1/codes", json={"name": "One"})
    other = client_for("admin", FOREIGN)
    for path in ("studies/S1", "studies/S1/codes", "studies/S1/highlights", "studies/S1/names", "codes/C1"):
        assert other.get(f"/v1/{path}").status_code == 404, path
    assert other.post("/v1/codes/C1/merge", json={"codes": ["C1"]}).status_code == 404
    assert other.get("/v1/studies").json() == {"studies": []}


@pytest.mark.parametrize(
    ("path", "sent", "status"),
    [
        ("studies", {"name": ""}, 400),
        ("studies", {"name": "Mornings"}, 409),
        ("studies", {}, 422),
        ("studies/S1/codes", {"name": "x", "parent_id": "C9"}, 400),
        ("studies/S9/codes", {"name": "x"}, 404),
        ("highlights", {"document_id": "d", "start": 0, "end": 1, "code_id": "C9"}, 404),
        ("highlights", {"document_id": "d", "start": -1, "end": 1, "code_id": "C9"}, 422),
    ],
)
def test_what_cannot_be_is_refused(researcher: TestClient, path: str, sent: dict[str, Any], status: int) -> None:
    response = researcher.post(f"/v1/{path}", json=sent)
    assert response.status_code == status, response.text
    assert response.json()["detail"]


def test_a_study_holds_research_only(client: TestClient) -> None:
    sent = client.post("/v1/documents", files={"file": ("a.csv", b"text\nhello there\n")}, data={"study": "Mornings"})
    assert sent.status_code == 400
    assert "A study holds research" in sent.json()["detail"]


def test_a_recording_is_refused_where_nothing_transcribes(client: TestClient) -> None:
    sent = {"file": ("talk.mp3", b"ID3\x04" + bytes(99))}
    refused = client.post("/v1/documents", files=sent, data={"kind": "research"})
    assert (refused.status_code, "set SYNTH_TRANSCRIBE_URL" in refused.json()["detail"]) == (400, True)


def test_receipts_of_erasures_have_their_shape(researcher: TestClient, client_for: ClientFor, engine: Engine) -> None:
    admin = client_for("admin")
    wanted = {"kind": "person", "name": "Erika Muster", "reason": "consent withdrawn"}
    preview = held(shapes.ErasurePreview, admin.post("/v1/erasures/preview", json=wanted))
    assert preview["documents"] == 1
    asked = admin.post("/v1/erasures", json=wanted)
    assert asked.status_code == 202
    engine.drain()
    receipt = held(shapes.Erasure, admin.get(asked.headers["Location"]))
    assert (receipt["state"], receipt["receipt"]["proof"]["found_in"]) == ("done", [])
    held(shapes.ErasureList, admin.get("/v1/erasures"))
    assert engine.studies(WORKSPACE)["studies"][0]["participants"] == 0
    assert researcher.get("/v1/erasures").status_code == 403


def test_every_path_of_research_is_in_the_description(app: FastAPI, client: TestClient) -> None:
    paths = client.get("/v1/openapi.json").json()["paths"]
    assert {"/v1/studies/{id}/findings", "/v1/highlights", "/v1/erasures/preview"} <= set(paths)
