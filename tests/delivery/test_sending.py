"""Sending: every channel gets an archived report, once; what fails is tried again, what has ended gets none."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from pytest_httpserver import HTTPServer
from standardwebhooks import Webhook
from werkzeug import Request, Response

from synth.delivery.subscribing import find_by_key, in_force
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.reports.weekly import request_reports
from synth.store import ledger
from synth.store.tables import Delivery, Job, Report
from tests.factories import rows_of, value_of

WEEK = "2026-W46"


def _letters(engine: Engine) -> list[tuple[str, str, str | None]]:
    return [(each["subscription"], each["state"], each["error"]) for each in engine.deliveries(WORKSPACE)["deliveries"]]


def _again(engine: Engine) -> None:
    """Let every job that waits for its next attempt be due."""
    with engine.parts.database.write() as session:
        session.query(Job).filter(Job.state == "queued").update({"run_after": engine.parts.now() - timedelta(1)})
    engine.drain()


def _key(engine: Engine) -> str:
    with engine.parts.database.read() as session:
        return in_force(session, WORKSPACE)[0].key


def test_a_letter_is_the_report_with_a_way_out(reach, mail_server) -> None:
    engine = reach()
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ben@example.org")
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    (letter,) = mail_server[0].letters
    assert letter["Subject"].startswith("Feedback report · ")
    assert letter["To"] == "ben@example.org"
    assert letter["Message-ID"].startswith("<L1.")
    link = f"https://synth.example.org/unsubscribe?key={_key(engine)}"
    assert letter["List-Unsubscribe"] == f"<{link}>"
    assert letter["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    plain, page = (letter.get_body((kind,)).get_content() for kind in ("plain", "html"))
    for text in (plain, page):
        assert "Photo upload stuck" in text
        assert link in text
    assert 'href="https://synth.example.org/themes/T1"' in page
    assert "var(--" not in page
    assert "prefers-color-scheme" not in page
    assert [(name, state) for name, state, _ in _letters(engine)] == [("N1", "sent")]


def test_what_is_archived_by_the_schedule_goes_to_everybody_once(reach, mail_server, tmp_path) -> None:
    engine = reach(folder=tmp_path / "out")
    for address in ("ana@example.org", "ben@example.org"):
        engine.subscribe(WORKSPACE, "Ana", "email", address)
    engine.subscribe(WORKSPACE, "Ana", "folder", "weekly")
    with engine.parts.database.write() as session:
        session.query(Report).delete()
        session.query(Job).delete()
    for _ in range(2):  # two schedules, one after the other …
        request_reports(engine.parts, WORKSPACE)
    engine.drain()
    request_reports(engine.parts, WORKSPACE)  # … and one more that comes late
    with engine.parts.database.write() as session:  # a message of the broker that comes twice
        ledger.enqueue(session, WORKSPACE, "deliver", {"report": WEEK}, key="twice", now=engine.parts.now())
    engine.drain()
    assert sorted(letter["To"] for letter in mail_server[0].letters) == ["ana@example.org", "ben@example.org"]
    files = sorted(path.name for path in (tmp_path / "out" / "weekly").iterdir())
    assert files == [f"{WEEK}.{ending}" for ending in ("html", "json", "md")]
    assert json.loads((tmp_path / "out" / "weekly" / f"{WEEK}.json").read_text())["id"] == WEEK
    assert {state for _, state, _ in _letters(engine)} == {"sent"}


def test_a_letter_that_is_not_taken_is_tried_again_and_one_that_is_refused_is_not(reach, mail_server) -> None:
    engine, server = reach(), mail_server[0]
    server.answers = ["451 Come back later", "550 No such mailbox"]
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    assert _letters(engine) == [("N1", "waiting", "The mail server refused the letter: 451 Come back later")]
    _again(engine)
    assert _letters(engine) == [("N1", "failed", "The mail server refused the letter: 550 No such mailbox")]
    engine.retry_job(WORKSPACE, value_of(engine, "SELECT id FROM jobs WHERE kind = 'send'"))
    engine.drain()
    assert [state for _, state, _ in _letters(engine)] == ["sent"]
    assert len(server.letters) == 1


def test_a_process_that_dies_after_sending_sends_the_same_letter_again(reach, mail_server) -> None:
    engine = reach()
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    with engine.parts.database.write() as session:  # as if neither had been written down
        session.query(Delivery).update({"sent_at": None})
        session.query(Job).filter(Job.kind == "send").update({"state": "queued", "attempts": 1})
    engine.drain()
    first, second = mail_server[0].letters
    assert first["Message-ID"] == second["Message-ID"]


def test_a_mail_server_that_is_not_there_is_waited_for_and_no_password_is_told(reach) -> None:
    engine = reach(smtp_url="smtp://ana:s3cret@127.0.0.1:1")
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    (_, state, error), *_ = _letters(engine)
    assert (state, error) == ("waiting", "The mail server does not answer (ConnectionRefusedError).")


def test_a_password_does_not_go_without_tls(reach, mail_server) -> None:
    engine = reach(smtp_url=mail_server[1].replace("smtp://", "smtp://ana:s3cret@"))
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    (_, state, error), *_ = _letters(engine)
    assert state == "failed"
    assert "offers no TLS" in str(error)


def test_a_webhook_gets_the_report_signed(reach, httpserver: HTTPServer) -> None:
    engine, taken = reach(private=True), []

    def take(request: Request) -> Response:
        taken.append((request.get_data(as_text=True), dict(request.headers)))
        return Response("thanks", 204)

    httpserver.expect_request("/hook", method="POST").respond_with_handler(take)
    made = engine.subscribe(WORKSPACE, "Ana", "webhook", httpserver.url_for("/hook"))
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    ((body, headers),) = taken
    signed_at = datetime.fromtimestamp(int(headers["Webhook-Timestamp"]), UTC)
    assert headers["Webhook-Signature"] == Webhook(made["secret"]).sign("L1", signed_at, body)
    assert json.loads(body)["data"]["id"] == WEEK
    assert headers["Webhook-Id"] == "L1"
    shown = json.dumps(engine.subscriptions(WORKSPACE)) + json.dumps(engine.deliveries(WORKSPACE))
    assert made["secret"] not in shown
    assert "/hook" not in json.dumps(engine.subscriptions(WORKSPACE))


@pytest.mark.parametrize(
    ("status", "state", "in_force_after"),
    [(503, "waiting", 1), (429, "waiting", 1), (404, "failed", 1), (410, "failed", 0)],
)
def test_a_webhook_says_whether_to_come_again(reach, httpserver: HTTPServer, status, state, in_force_after) -> None:
    engine = reach(private=True)
    httpserver.expect_request("/hook").respond_with_data("no", status)
    made = engine.subscribe(WORKSPACE, "Ana", "webhook", httpserver.url_for("/hook"))
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    assert [each for _, each, _ in _letters(engine)] == [state]
    assert len(engine.subscriptions(WORKSPACE)["subscriptions"]) == in_force_after


def test_a_webhook_does_not_reach_this_machine(reach, httpserver: HTTPServer) -> None:
    engine = reach(private=True)
    made = engine.subscribe(WORKSPACE, "Ana", "webhook", httpserver.url_for("/hook"))
    reach(private=False)
    engine.send_report(WORKSPACE, "Ana", made["id"])
    engine.drain()
    ((_, state, error),) = _letters(engine)
    assert state == "failed"
    assert "is an address of this machine or its network" in str(error)
    assert httpserver.log == []


def test_the_way_out_ends_it_once_and_for_all(reach, mail_server) -> None:
    engine = reach()
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    key = _key(engine)
    engine.send_report(WORKSPACE, "Ana", made["id"])  # still on its way
    assert engine.end_by_link(key)["ended_at"]
    engine.end_by_link(key)
    engine.drain()
    assert mail_server[0].letters == []
    assert [state for _, state, _ in _letters(engine)] == ["not sent"]
    with pytest.raises(Conflict, match="has ended"):
        engine.send_report(WORKSPACE, "Ana", made["id"])
    for wrong in ("", "x", key[:-1], "ä"):
        with pytest.raises(NotFound), engine.parts.database.read() as session:
            find_by_key(session, wrong)
    assert rows_of(engine, "SELECT ended_by FROM subscriptions") == [("the reader, by the link in a letter",)]


def test_what_cannot_be_sent_is_said(reach) -> None:
    engine = reach()
    made = engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    with pytest.raises(NotFound, match="2020-W01"):
        engine.send_report(WORKSPACE, "Ana", made["id"], "2020-W01")
    with pytest.raises(NotFound, match="N9"):
        engine.send_report(WORKSPACE, "Ana", "N9")
    with pytest.raises(Conflict, match="already"):
        engine.subscribe(WORKSPACE, "Ana", "email", "ana@example.org")
    with pytest.raises(BadInput, match="SYNTH_REPORT_FOLDER"):
        engine.subscribe(WORKSPACE, "Ana", "folder", "weekly")


def test_a_team_gets_its_own_report(reach, mail_server) -> None:
    engine = reach()
    whole = engine.subscribe(WORKSPACE, "Ana", "email", "ben@example.org")
    team = engine.subscribe(WORKSPACE, "Ana", "email", "ben@example.org", where=["theme=T2"])
    assert (team["form"], team["where"], whole["where"]) == ("team", ["theme=T2"], [])
    engine.send_report(WORKSPACE, "Ana", team["id"])
    engine.drain()
    (letter,) = mail_server[0].letters
    assert letter["Subject"].endswith(", theme “Slow board”")
    plain = letter.get_body(("plain",)).get_content()
    assert "Slow board" in plain
    assert "Photo upload stuck" not in plain
    with engine.parts.database.read() as session:
        assert session.get(Report, (WORKSPACE, WEEK)).content["team"] is None  # what is archived stays whole


def test_a_team_subscribes_once_and_to_what_there_is(reach) -> None:
    engine = reach()
    engine.subscribe(WORKSPACE, "Ana", "email", "ben@example.org", where=["theme=T2"])
    with pytest.raises(Conflict):
        engine.subscribe(WORKSPACE, "Ana", "email", "ben@example.org", "team", where=["theme=T2"])
    with pytest.raises(NotFound, match="no theme T99"):
        engine.subscribe(WORKSPACE, "Ana", "email", "cleo@example.org", where=["theme=T99"])
    with pytest.raises(BadInput, match="needs what the team cares for"):
        engine.subscribe(WORKSPACE, "Ana", "email", "cleo@example.org", "team")
    with pytest.raises(BadInput, match="filter"):
        engine.subscribe(WORKSPACE, "Ana", "email", "cleo@example.org", where=["nonsense"])
