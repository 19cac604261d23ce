"""Reading: every response has the shape the documentation gives it, and lists come in pages."""

import csv
import io
import json

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from api import shapes
from synth.engine import Engine
from tests.factories import feedback_rows, take_rows


def held_against(shape: type[BaseModel], response: object) -> dict:
    """The body, after it was found to have every field of the shape and no other, at every depth."""
    assert response.status_code < 300, response.text  # type: ignore[attr-defined]
    body: dict = response.json()  # type: ignore[attr-defined]
    assert shape.model_validate(body).model_dump(by_alias=True) == body
    return body


def test_themes_have_their_shape(reader: TestClient) -> None:
    found = held_against(shapes.ThemeList, reader.get("/v1/themes"))
    assert found["themes"]
    theme = found["themes"][0]
    held_against(shapes.ThemeWhole, reader.get(f"/v1/themes/{theme['id']}"))
    excerpts = held_against(shapes.ExcerptPage, reader.get(f"/v1/themes/{theme['id']}/excerpts"))["excerpts"]
    assert {excerpt["theme_id"] for excerpt in excerpts} == {theme["id"]}
    assert len({excerpt["document_id"] for excerpt in excerpts}) <= theme["mentions"]


def test_documents_have_their_shape(reader: TestClient) -> None:
    page = held_against(shapes.DocumentPage, reader.get("/v1/documents", params={"limit": 200}))
    for document in page["documents"]:
        whole = held_against(shapes.DocumentWhole, reader.get(f"/v1/documents/{document['document_id']}"))
        assert len(whole["text"]) == document["length"]
        assert whole["text"].startswith(document["preview"])


def test_a_transcript_shows_its_turns(reader: TestClient) -> None:
    documents = reader.get("/v1/documents", params={"where": "kind=research"}).json()["documents"]
    assert len(documents) == 1
    whole = reader.get(f"/v1/documents/{documents[0]['document_id']}").json()
    assert {turn["role"] for turn in whole["turns"]} >= {"interviewer", "participant"}
    assert all(whole["text"][turn["start"] : turn["end"]].strip() for turn in whole["turns"])


@pytest.mark.parametrize(
    ("path", "shape"),
    [
        ("imports", shapes.ImportPage),
        ("jobs", shapes.JobPage),
        ("runs", shapes.RunPage),
        ("insights", shapes.InsightList),
        ("reports", shapes.ReportList),
        ("status", shapes.Status),
        ("usage", shapes.Usage),
        ("search?q=calendar&limit=5", shapes.Results),
        ("search?q=calendar&limit=5&facets=true&match=meaning", shapes.Results),
    ],
)
def test_lists_have_their_shape(reader: TestClient, path: str, shape: type[BaseModel]) -> None:
    held_against(shape, reader.get(f"/v1/{path}"))


@pytest.mark.parametrize(
    ("path", "name", "shape"),
    [
        ("imports", "imports", shapes.Import),
        ("jobs", "jobs", shapes.Job),
        ("runs", "runs", shapes.RunWhole),
        ("insights", "insights", shapes.Insight),
    ],
)
def test_each_of_a_list_can_be_read(reader: TestClient, path: str, name: str, shape: type[BaseModel]) -> None:
    rows = reader.get(f"/v1/{path}").json()[name]
    assert rows
    for row in rows:
        held_against(shape, reader.get(f"/v1/{path}/{row['id']}"))


@pytest.mark.parametrize("question", ["What do people say about the calendar?", "How many people are on Mars?"])
def test_an_answer_has_its_shape(reader: TestClient, question: str) -> None:
    held_against(shapes.Answer, reader.post("/v1/questions", json={"question": question}))


def test_what_is_made_has_its_shape(client: TestClient) -> None:
    held_against(shapes.TokenMade, client.post("/v1/tokens", json={"name": "a", "role": "viewer"}))
    held_against(shapes.TokenList, client.get("/v1/tokens"))
    held_against(shapes.ImportsTaken, client.post("/v1/documents", json={"documents": [{"text": "slow"}]}))
    response = client.post("/v1/runs", json={})
    job = held_against(shapes.Job, response)
    assert (response.status_code, response.headers["location"]) == (202, f"/v1/jobs/{job['id']}")


def test_a_run_is_accepted_and_rolled_back_over_http(client: TestClient, engine: Engine) -> None:
    take_rows(engine, feedback_rows(4))
    job = client.post("/v1/runs", json={"scope": "anew"}).json()
    engine.drain()
    run = client.get(f"/v1/jobs/{job['id']}").json()["result"]["run"]
    assert held_against(shapes.RunWhole, client.post(f"/v1/runs/{run}/accept"))["state"] == "published"
    refused = client.post(f"/v1/runs/{run}/accept")
    assert (refused.status_code, "only a run that waits" in refused.json()["detail"]) == (409, True)
    assert held_against(shapes.RunWhole, client.post(f"/v1/runs/{run}/rollback"))["state"] == "rolled_back"


def test_the_documentation_is_whole(app: FastAPI) -> None:
    described = app.openapi()
    operations = [operation for path in described["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    for operation in operations:
        assert operation["tags"]
        assert operation["summary"]
        assert operation["description"]
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == ["application/problem+json"]
    references = set(_references(described))
    assert references <= {f"#/components/schemas/{name}" for name in described["components"]["schemas"]}


def _references(node: object) -> list[str]:
    if isinstance(node, dict):
        own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
        return own + [found for value in node.values() for found in _references(value)]
    return [found for value in node for found in _references(value)] if isinstance(node, list) else []


@pytest.mark.parametrize(("path", "name", "key"), [("documents", "documents", "document_id"), ("jobs", "jobs", "id")])
def test_pages_hold_everything_once_and_in_order(reader: TestClient, path: str, name: str, key: str) -> None:
    whole = reader.get(f"/v1/{path}", params={"limit": 200}).json()
    assert whole["next"] is None
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = reader.get(f"/v1/{path}", params={"limit": 7} | ({"cursor": cursor} if cursor else {})).json()
        seen += page[name]
        cursor, pages = page["next"], pages + 1
    assert [row[key] for row in seen] == [row[key] for row in whole[name]]
    assert pages == -(-len(whole[name]) // 7)


def test_documents_without_a_time_come_last_and_are_paged_too(client: TestClient, engine: Engine) -> None:
    documents = [{"text": f"Slow board {n}", **({"created_at": f"2026-11-0{n}"} if n < 4 else {})} for n in range(1, 8)]
    client.post("/v1/documents", json={"documents": documents})
    engine.drain()
    seen, cursor = [], None
    for _ in range(4):
        page = client.get("/v1/documents", params={"limit": 2} | ({"cursor": cursor} if cursor else {})).json()
        seen += [(document["created_at"] or "")[:10] for document in page["documents"]]
        cursor = page["next"]
    assert seen == ["2026-11-03", "2026-11-02", "2026-11-01", "", "", "", ""]
    assert cursor is None


def test_what_comes_in_between_two_pages_moves_nothing(client: TestClient, engine: Engine) -> None:
    def send(*days: int) -> None:
        sent = [{"text": f"Slow on day {day}", "created_at": f"2026-11-{day:02}"} for day in days]
        client.post("/v1/documents", json={"documents": sent})
        engine.drain()

    send(1, 2, 3, 4)
    first = client.get("/v1/documents", params={"limit": 2}).json()
    send(5, 6)
    second = client.get("/v1/documents", params={"limit": 2, "cursor": first["next"]}).json()
    assert [document["created_at"][8:10] for document in second["documents"]] == ["02", "01"]


def test_filters_narrow_lists_and_counts(reader: TestClient) -> None:
    everything = reader.get("/v1/themes").json()["themes"]
    late = reader.get("/v1/themes", params={"since": "2026-10-26"}).json()["themes"]
    assert sum(theme["mentions"] for theme in late) < sum(theme["mentions"] for theme in everything)
    theme = next(theme for theme in late if theme["mentions"])
    path = f"/v1/themes/{theme['id']}/excerpts"
    excerpts = reader.get(path, params={"since": "2026-10-26", "limit": 200}).json()["excerpts"]
    assert len({excerpt["document_id"] for excerpt in excerpts}) == theme["mentions"]
    assert min(excerpt["created_at"] for excerpt in excerpts) >= "2026-10-26"


@pytest.mark.parametrize("what", ["documents", "excerpts", "themes", "insights"])
def test_exports_come_as_lines_and_as_csv(reader: TestClient, what: str) -> None:
    lines = reader.get(f"/v1/export/{what}")
    assert lines.headers["content-type"] == "application/x-ndjson; charset=utf-8"
    assert lines.headers["content-disposition"] == f'attachment; filename="{what}.jsonl"'
    rows = [json.loads(line) for line in lines.text.split("\n") if line]
    table = list(csv.DictReader(io.StringIO(reader.get(f"/v1/export/{what}", params={"format": "csv"}).text)))
    assert len(rows) == len(table) > 0


def test_the_status_counts_what_is_there(reader: TestClient, stocked_engine: Engine) -> None:
    status = reader.get("/v1/status").json()
    assert status["documents"] == len(reader.get("/v1/documents", params={"limit": 200}).json()["documents"])
    assert status["themes"] == len(reader.get("/v1/themes").json()["themes"])
    assert (status["index"], status["jobs"]["queued"]) == ("ready", 0)


def test_the_facts_of_a_theme_have_their_shape(reader: TestClient) -> None:
    for theme in reader.get("/v1/themes").json()["themes"]:
        facts = held_against(shapes.ThemeFacts, reader.get(f"/v1/themes/{theme['id']}/facts"))
        assert (facts["mentions"], facts["people"]) == (theme["mentions"], theme["people"])
    assert reader.get("/v1/themes/T999/facts").status_code == 404
