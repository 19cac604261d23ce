"""The trust card over HTTP and as pages: its shape, who may add to it, and a sample judged in a browser."""

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api import shapes
from synth.engine import Engine
from tests.api.test_api_reading import held_against
from tests.api.test_pages import HTML, sign_in

ClientFor = Callable[..., TestClient]
FIGURE = {"suite": "answers", "figure": "accuracy", "folder": "helpdesk", "measured_at": "2026-11-20T09:00:00+00:00"}


def test_the_card_has_its_shape_and_every_figure_its_meaning(reader: TestClient) -> None:
    card = held_against(shapes.TrustCard, reader.get("/v1/trust"))
    named = {figure["name"]: figure for figure in card["figures"]}
    assert {"coverage", "stability", "verbatim", "rejections", "abstentions", "support", "redaction"} <= set(named)
    assert named["coverage"]["n"] == reader.get("/v1/status").json()["excerpts"]
    assert all(figure["meaning"] and figure["how"] for figure in card["figures"])


def test_the_page_says_what_the_card_says(reader: TestClient) -> None:
    page = reader.get("/trust", headers=HTML).text
    for figure in reader.get("/v1/trust").json()["figures"]:
        assert f'id="{figure["name"]}"' in page


def test_a_measurement_is_kept_by_an_editor_and_shown_and_by_nobody_below(client_for: ClientFor) -> None:
    sent = {"measurements": [FIGURE | {"value": 0.75, "low": 0.6, "high": 0.86, "n": 40}]}
    assert client_for("viewer").post("/v1/trust/measurements", json=sent).status_code == 403
    held_against(shapes.Measured, client_for("editor").post("/v1/trust/measurements", json=sent))
    found = client_for("viewer").get("/v1/trust").json()["figures"]
    (shown,) = [figure for figure in found if figure["name"] == "answers.accuracy"]
    assert (shown["value"], shown["n"], shown["measured_at"]) == (0.75, 40, FIGURE["measured_at"])


@pytest.mark.parametrize("wrong", [{"value": 12}, {"value": 0.5, "suite": ""}, {"value": 0.5, "n": 0}, {}])
def test_what_is_no_figure_is_refused(client: TestClient, wrong: dict[str, object]) -> None:
    assert client.post("/v1/trust/measurements", json={"measurements": [FIGURE | wrong]}).status_code in (400, 422)


def test_a_workspace_sees_its_own_figures_only(client: TestClient, client_for: ClientFor) -> None:
    client.post("/v1/trust/measurements", json={"measurements": [FIGURE | {"value": 0.5}]})
    elsewhere = client_for("admin", "elsewhere").get("/v1/trust").json()["figures"]
    assert [f["value"] for f in elsewhere if f["name"] == "answers.accuracy"] == [None]


def test_a_sample_is_judged_in_a_browser(app: FastAPI, engine: Engine, told_into: None) -> None:
    del told_into
    browser = sign_in(app, engine, "editor")
    shown = browser.get("/trust/sample?seed=5")
    drawn = held_against(shapes.Sample, browser.get("/v1/trust/sample?seed=5"))["excerpts"]
    assert len(drawn) == 20
    assert all(f'name="{each["excerpt_id"]}"' in shown.text for each in drawn)
    csrf = shown.text.partition('name="csrf" value="')[2].partition('"')[0]
    verdicts = {each["excerpt_id"]: "right" for each in drawn[:3]} | {drawn[3]["excerpt_id"]: "wrong"}
    rest = {each["excerpt_id"]: "open" for each in drawn[4:]}
    done = browser.post("/trust/sample?seed=5", data={"csrf": csrf, **verdicts, **rest})
    assert (done.status_code, done.headers["location"]) == (303, "/trust#sample")
    (figure,) = [each for each in browser.get("/v1/trust").json()["figures"] if each["name"] == "sample"]
    assert (figure["value"], figure["n"]) == (0.75, 4)
    empty = browser.post("/trust/sample?seed=5", data={"csrf": csrf, **rest})
    assert empty.status_code == 400
    assert "say right or wrong" in empty.text


@pytest.fixture
def told_into(engine: Engine) -> None:
    """Feedback on three subjects, with its themes."""
    from tests.factories import feedback_rows, take_rows

    take_rows(engine, feedback_rows(4))
