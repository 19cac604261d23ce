"""Uploads that wait for a person to say what is personal in them: over HTTP, on the page, and by command."""

import json
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import shapes
from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.errors import NotFound
from synth.intake.reviews import KEPT
from tests.api.conftest import FOREIGN, ClientFor
from tests.factories import exported, stored_bytes, value_of

MAIL, PHONE = "ada@example.org", "+49 30 901820"
TALK = (
    f"Interviewer: Who helps you?\nErika Muster: Write to {MAIL} or call {PHONE}, or ask Bertha in Unit 7.\n"
    f"Interviewer: And then?\nErika Muster: Bertha answers; {MAIL} never does.\n"
)


def send(client: TestClient, text: str = TALK, name: str = "talk.txt", **fields: str) -> str:
    form = {"kind": "research", "study": "Help", "redact": "suggest", **fields}
    sent = client.post("/v1/documents", files={"file": (name, text.encode())}, data=form)
    assert sent.status_code == 202, sent.text
    shapes.Import.model_validate(sent.json()["imports"][0], strict=True)
    assert sent.json()["imports"][0]["waits"]
    return str(sent.json()["imports"][0]["id"])


def spans(review: dict[str, object]) -> dict[str, str]:
    shown = review["shown"]
    assert isinstance(shown, dict)
    return {f"{mark['words']} {mark['start']}": mark["state"] for mark in shown["marks"]}


def test_nothing_is_written_before_a_person_has_decided(client_for: ClientFor, engine: Engine) -> None:
    editor = client_for("editor")
    id = send(editor)
    engine.drain()
    assert exported(engine, "documents") == []
    database = stored_bytes(engine.parts)
    assert id.encode() in database
    assert b"ada@example" not in database
    review = editor.get(f"/v1/imports/{id}/review").json()
    shapes.Review.model_validate(review, strict=True)
    first, second = (place for place in spans(review) if place.startswith(MAIL))
    assert [each["kind"] for each in review["shown"]["marks"]] == ["EMAIL", "PHONE", "EMAIL"]
    start = int(second.split()[-1])
    kept = {"document": 0, "start": start, "end": start + len(MAIL), "state": "rejected"}
    assert spans(editor.post(f"/v1/imports/{id}/review", json=kept).json())[second] == "rejected"
    more = {"document": 0, "words": "Unit 7", "kind": "ID"}
    assert spans(editor.post(f"/v1/imports/{id}/review", json=more).json())[first] == "suggested"
    assert editor.post(f"/v1/imports/{id}/write").status_code == 202
    engine.drain()
    (document,) = exported(engine, "documents")
    said = document["text"]
    assert "Write to [EMAIL_1] or call [PHONE_1], or ask Bertha in [ID_1]." in said
    assert f"Bertha answers; {MAIL} never does." in said
    assert "Erika" not in said
    turn = document["turns"][-1]
    assert said[turn["start"] : turn["end"]].endswith("never does.")
    assert json.loads(value_of(engine, "SELECT CAST(redactions AS TEXT) FROM documents")) == {
        "EMAIL": 1,
        "PHONE": 1,
        "ID": 1,
    }
    assert not list((engine.parts.home / "uploads").glob("i*"))
    assert editor.get(f"/v1/imports/{id}/review").status_code == 409
    send(editor, name="again.txt")


def test_only_the_sender_and_researchers_see_what_waits(client_for: ClientFor, app: object, engine: Engine) -> None:
    id = send(client_for("editor"))
    secret = create_token(engine.parts, WORKSPACE, "another", "editor", expires=None)
    other = TestClient(app, headers={"Authorization": f"Bearer {secret}"})  # type: ignore[arg-type]
    for method, path in (("GET", "review"), ("POST", "write")):
        assert other.request(method, f"/v1/imports/{id}/{path}").status_code == 403
    assert other.post(f"/v1/imports/{id}/review", json={"document": 0, "words": "Bertha"}).status_code == 403
    assert MAIL not in other.get(f"/imports/{id}").text
    assert client_for("viewer").get(f"/v1/imports/{id}/review").status_code == 403
    assert client_for("researcher").get(f"/v1/imports/{id}/review").status_code == 200
    assert client_for("admin", FOREIGN).get(f"/v1/imports/{id}/review").status_code == 404


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"document": 0, "start": 5, "end": 5}, 400, "Give the start and the end"),
        ({"document": 0, "start": 5, "end": 9999}, 400, "Give the start and the end"),
        ({"document": 7, "words": "Bertha"}, 404, "no document 7"),
        ({"document": 0, "words": "Zora"}, 400, "do not stand in this document"),
        ({"document": 0, "words": "Bertha", "kind": "SHOE"}, 400, "no kind of personal data"),
        ({"document": 0, "words": "Bertha", "state": "lost"}, 422, "state"),
    ],
)
def test_what_cannot_be_decided_is_refused(
    client_for: ClientFor, sent: dict[str, object], status: int, said: str
) -> None:
    client = client_for("editor")
    refused = client.post(f"/v1/imports/{send(client)}/review", json=sent)
    assert (refused.status_code, said in refused.json()["detail"]) == (status, True), refused.text


def test_the_page_decides_one_by_one_without_scripts(client_for: ClientFor, engine: Engine) -> None:
    client = client_for("researcher")
    rows = "id,text,date\n" + "".join(f"{n},Mail me at p{n}@example.org please,2026-11-0{n}\n" for n in range(1, 4))
    id = send(client, rows, "tickets.csv", kind="feedback", study="")
    html = {"Accept": "text/html"}
    assert f'href="/imports/{id}/review"' in client.get(f"/imports/{id}", headers=html).text
    page = client.get(f"/imports/{id}/review", headers=html).text
    assert page.count("to decide") >= 3
    start = "Mail me at ".__len__()
    form = {"document": "0", "start": str(start), "end": str(start + 14), "do": "rejected"}
    assert client.post(f"/imports/{id}/review", data=form).status_code == 303
    later = client.get(f"/imports/{id}/review", params={"document": 0}, headers=html).text
    assert "stays" in later
    assert (
        client.post(f"/imports/{id}/review", data={"document": "1", "words": "nowhere"}, headers=html).status_code
        == 400
    )
    assert client.post(f"/imports/{id}/write").status_code == 303
    engine.drain()
    assert [row["text"] for row in sorted(exported(engine, "documents"), key=lambda row: row["external_id"])] == [
        "Mail me at p1@example.org please",
        "Mail me at [EMAIL_1] please",
        "Mail me at [EMAIL_1] please",
    ]


def test_what_nobody_comes_back_to_is_thrown_away(client_for: ClientFor, engine: Engine, tmp_path: Path) -> None:
    client = client_for("editor")
    id = send(client)
    engine.take_over()  # as after a restart
    upload = engine.parts.home / "uploads" / id
    assert upload.exists()
    clock = engine.parts.clock
    object.__setattr__(engine.parts, "clock", lambda: clock() + KEPT * 1.01)
    engine.tend(WORKSPACE)
    assert not upload.exists()
    state = client.get(f"/v1/imports/{id}").json()
    assert (state["finished"], state["waits"], state["refused"]) == (True, False, 1)
    assert "send it again" in state["refusals"][0]["reason"]
    with pytest.raises(NotFound):
        engine.import_state(WORKSPACE, "i404")
