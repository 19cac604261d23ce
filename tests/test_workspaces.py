"""Two workspaces in one service: who signs in to which, what is done by itself in each, what each one's week is."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from api.app import make_app
from synth.access import create_login
from synth.embedding import HashingEmbedder
from synth.engine import Engine, open_engine
from synth.errors import NotAllowed
from synth.intake.uploads import Submission
from synth.passwords import WRONG
from synth.settings import Settings
from synth.store.fulltext import words_left
from synth.store.tables import Document, User
from synth.store.walls import within
from synth.workspaces import add_workspace
from tests.factories import feedback_rows, new_home, write_csv

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)  # a Sunday in London, a Monday in Tokyo
FIRST, SECOND = "lamp river candle north", "quiet orange staircase ten"
HTML = {"Accept": "text/html"}


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    settings = Settings(home=new_home(tmp_path / "home"), sign_in_limit=0)
    opened = open_engine(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    add_workspace(opened.parts.database, "Tokyo", id=None, timezone="Asia/Tokyo", now=NOW + timedelta(seconds=1))
    yield opened
    opened.close()


def take(engine: Engine, workspace: str, rows: list[dict[str, object]], name: str = "feedback.csv") -> None:
    file = write_csv(engine.parts.home.parent / name, rows)
    with within(workspace), file.open("rb") as content:
        engine.submit(workspace, name, content, Submission())
    engine.drain()


def give_password(engine: Engine, workspace: str, name: str, password: str) -> None:
    browser = TestClient(make_app(engine), follow_redirects=False, headers=HTML)
    with within(workspace):
        browser.get("/login", params={"key": create_login(engine.parts, workspace, name, "editor")})
    page = browser.get("/account").text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    assert browser.post("/account/password", data={"csrf": csrf, "new": password}).status_code == 200


def signed_in(engine: Engine, **typed: str) -> str | None:
    """The workspace that these open; None for none."""
    browser = TestClient(make_app(engine), follow_redirects=False, headers=HTML)
    response = browser.post("/login", data=typed)
    if response.status_code != 303:
        assert WRONG in response.text
        return None
    return str(browser.get("/v1/schedule").json()["timezone"])


def test_a_name_in_two_workspaces_is_two_users(engine: Engine) -> None:
    give_password(engine, "main", "Ana", FIRST)
    login = TestClient(make_app(engine), headers=HTML)
    assert 'name="workspace"' not in login.get("/login").text
    assert "the workspace" not in login.post("/login", data={"name": "Ana", "password": SECOND}).text
    assert signed_in(engine, name="Ana", password=FIRST) == "UTC"
    give_password(engine, "tokyo", "ana", SECOND)
    assert 'name="workspace"' in login.get("/login").text
    assert signed_in(engine, name="Ana", password=FIRST, workspace="main") == "UTC"
    assert signed_in(engine, name="ANA", password=SECOND, workspace="tokyo") == "Asia/Tokyo"
    wrong = login.post("/login", data={"name": "Ana", "password": FIRST, "workspace": "tokyo"})
    assert f"{WRONG} Or it is the workspace" in wrong.text
    for typed in (
        {"password": FIRST},  # which of the two is not said
        {"password": FIRST, "workspace": "tokyo"},
        {"password": SECOND, "workspace": "main"},
        {"password": FIRST, "workspace": "nowhere"},
        {"password": FIRST, "workspace": "*"},
    ):
        assert signed_in(engine, name="Ana", **typed) is None, typed
    give_password(engine, "tokyo", "Bo", SECOND)
    assert signed_in(engine, name="Bo", password=SECOND) == "Asia/Tokyo"


def test_who_is_elsewhere_than_in_the_first_workspace_reads_where(engine: Engine) -> None:
    for workspace, said in (("main", "Signed in as Ana, editor</a>"), ("tokyo", "Signed in as Ana, editor, in tokyo")):
        browser = TestClient(make_app(engine), headers=HTML)
        with within(workspace):
            assert (
                said
                in browser.get("/login", params={"key": create_login(engine.parts, workspace, "Ana", "editor")}).text
            )


def test_removing_a_user_leaves_the_one_of_the_same_name_elsewhere(engine: Engine) -> None:
    give_password(engine, "main", "Ana", FIRST)
    give_password(engine, "tokyo", "Ana", SECOND)
    with within("tokyo"):
        engine.remove_user("tokyo", "somebody else", "Ana")
    assert signed_in(engine, name="Ana", password=FIRST) == "UTC"
    with engine.parts.database.read() as session:
        assert list(session.scalars(select(User.workspace_id))) == ["main"]


def test_the_organisation_signs_in_to_the_workspace_that_is_set(engine: Engine) -> None:
    from synth.oidc.entering import Reading, enter

    reading = Reading("email", "groups", {"staff": "viewer"})
    claims = {"sub": "1", "email": "ana@example.org", "groups": ["staff"]}
    for workspace in ("main", "tokyo"):
        with within(workspace):
            enter(engine.parts, workspace, "https://id.example.org", claims, reading)
    with engine.parts.database.read() as session:
        assert sorted(session.scalars(select(User.workspace_id).where(User.subject == "1"))) == ["main", "tokyo"]
    with within("tokyo"), pytest.raises(NotAllowed):
        enter(engine.parts, "tokyo", "https://id.example.org", claims | {"groups": []}, reading)
    with within("main"):
        assert [each["sessions"] for each in engine.users("main")["users"]] == [1]


def test_each_workspace_has_its_week(engine: Engine) -> None:
    for workspace in ("main", "tokyo"):
        take(
            engine, workspace, [*feedback_rows(1), {"id": "late", "text": "Said on the last day", "date": "2026-11-22"}]
        )
    engine.tend_all()
    engine.drain()
    weeks = {}
    for workspace in ("main", "tokyo"):
        with within(workspace):
            weeks[workspace] = [each["id"] for each in engine.reports(workspace)["reports"]]
    assert "2026-W47" in weeks["tokyo"]
    assert "2026-W47" not in weeks["main"]  # where it is not over
    with within("tokyo"):
        dated = engine.documents("tokyo").rows[0]["created_at"]
    assert dated == "2026-11-21T15:00:00+00:00"  # the 22nd in Tokyo


def test_what_goes_wrong_in_one_workspace_holds_up_no_other(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    tended: list[str] = []

    def tend(workspace: str) -> None:
        tended.append(workspace)
        if workspace == "main":
            raise RuntimeError("of the first one")

    monkeypatch.setattr(engine, "tend", tend)
    engine.tend_all()
    assert tended == ["main", "tokyo"]


def test_an_erasure_reaches_its_own_workspace_and_proves_it_beside_another(engine: Engine) -> None:
    said: list[dict[str, object]] = [
        {"id": "1", "text": "The zeppelin mooring mast in Riga rattles all night long", "author": "Una Berg"},
        {"id": "2", "text": "The calendar is fine and quick on my telephone", "author": "Ole Dahl"},
    ]
    for workspace in ("main", "tokyo"):
        take(engine, workspace, said)
    with within("main"):
        erasure = engine.erase("main", "Ann", "person", "Una Berg")
        engine.drain()
        receipt = engine.erasure("main", erasure)
    assert receipt["state"] == "done"
    assert receipt["receipt"]["proof"]["found_in"] == []  # what the other one says too is no trace of hers
    with within("tokyo"), engine.parts.database.read() as session:
        assert session.scalar(select(Document.text).where(Document.text.contains("zeppelin")))
        assert words_left(session, "tokyo", ["zeppelin"]) == {"zeppelin"}
    with within("main"), engine.parts.database.read() as session:
        assert words_left(session, "main", ["zeppelin", "calendar"]) == {"calendar"}
    take(engine, "tokyo", [{"id": "3", "text": "Una is welcome here", "author": "Una Berg"}], "again.csv")
    with within("tokyo"):
        assert engine.status("tokyo")["documents"] == 3
