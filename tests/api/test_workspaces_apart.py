"""Every route × role × workspace: what belongs to another one is answered exactly as what does not exist.

A workspace that holds one of everything is asked for from one that holds nothing. A route that is not known fails, and
so does an id in an address that there is no foreign one of.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response
from sqlalchemy import select

from api.app import make_app
from api.auth import COOKIE, CSRF_HEADER
from synth.access import ROLES, Role, create_token
from synth.embedding import HashingEmbedder
from synth.engine import Engine, open_engine
from synth.intake.uploads import Submission
from synth.settings import Settings
from synth.store.tables import Base
from synth.store.walls import within
from synth.workspaces import add_workspace
from tests.api.test_api_authorisation import CLOSED, LEAST_ROLE
from tests.factories import feedback_rows, new_home, write_csv, write_transcript

ASKING, RICH = "main", "rich"
MARK = "quillfeather"  # stands in all that the rich workspace holds
NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
PARAMETER = re.compile(r"\{(\w+)\}")
KIND_OF: Mapping[str, str | None] = {
    "/v1/documents/": "document",
    "/v1/imports/": "import",
    "/v1/jobs/": "job",
    "/v1/themes/": "theme",
    "/v1/decisions/": "decision",
    "/v1/runs/": "run",
    "/v1/insights/": "insight",
    "/v1/releases/": "release",
    "/v1/subscriptions/": "subscription",
    "/v1/deliveries/": "delivery",
    "/v1/studies/": "study",
    "/v1/codes/": "code",
    "/v1/coding-changes/": "coding change",
    "/v1/highlights/": "highlight",
    "/v1/erasures/": "erasure",
    "/v1/saved-questions/": "saved question",
    "/v1/reports/": "report",
    "/v1/tokens/": "token",
    "/v1/hooks/": "hook",
    "/v1/sessions/": "session",
    "/v1/export/": None,  # a word, not an id
    "/themes/": "theme",
    "/runs/": "run",
    "/decisions/": "decision",
    "/insights/": "insight",
    "/research/": "study",
    "/research/roles/": "document",
    "/research/{id}/highlights/": "highlight",
    "/erasures/": "erasure",
    "/questions/": "saved question",
    "/reports/": "report",
    "/reports/delivery/": "subscription",
    "/documents/": "document",
    "/excerpts/": "excerpt",
    "/upload/": "draft",
    "/imports/": "import",
    "/jobs/": "job",
    "/releases/": "release",
    "/settings/studies/": "study",
    "/settings/tokens/": "token",
    "/settings/hooks/": "hook",
}
"""Of what kind an id is, by what stands before it in the address."""
TABLE_OF: Mapping[str, str] = {
    "document": "documents",
    "import": "imports",
    "job": "jobs",
    "theme": "themes",
    "decision": "decisions",
    "run": "runs",
    "insight": "insights",
    "release": "releases",
    "subscription": "subscriptions",
    "delivery": "deliveries",
    "study": "studies",
    "code": "codes",
    "coding change": "coding_changes",
    "highlight": "highlights",
    "erasure": "erasures",
    "saved question": "saved_questions",
    "report": "reports",
    "token": "credentials",
    "hook": "hooks",
    "session": "credentials",
    "excerpt": "excerpts",
    "answer": "answers",
}
TABLE = ("table.csv", b"name,role\nA,b\n", "text/csv")
SENT: Mapping[tuple[str, str], dict[str, Any]] = {
    ("POST", "/v1/imports/{id}/review"): {"json": {"document": 0, "words": "x"}},
    ("PATCH", "/v1/themes/{id}"): {"json": {"name": "Mine"}},
    ("PATCH", "/v1/insights/{id}"): {"json": {"title": "Mine"}},
    ("PATCH", "/v1/saved-questions/{id}"): {"json": {"title": "Mine"}},
    ("PATCH", "/v1/studies/{id}"): {"json": {"name": "Mine"}},
    ("POST", "/v1/studies/{id}/roster"): {"files": {"file": TABLE}},
    ("POST", "/v1/studies/{id}/import"): {"files": {"file": TABLE}},
    ("POST", "/v1/studies/{id}/codes"): {"json": {"name": "Mine"}},
    ("POST", "/v1/studies/{id}/board"): {"json": {"do": "add_lane", "name": "Mine"}},
    ("PATCH", "/v1/codes/{id}"): {"json": {"name": "Mine"}},
    ("POST", "/v1/codes/{id}/merge"): {"json": {"codes": ["C1"]}},
    ("POST", "/v1/codes/{id}/split"): {"json": {"name": "Mine", "highlights": ["H1"]}},
    ("PATCH", "/v1/highlights/{id}"): {"json": {"memo": "Mine"}},
    ("PUT", "/v1/documents/{id}/roles"): {"json": {"speaker": "A", "role": "participant"}},
    ("POST", "/v1/subscriptions/{id}/deliveries"): {"json": {}},
    ("POST", "/themes/{id}/curate"): {"data": {"do": "rename", "name": "Mine"}},
    ("POST", "/research/{id}"): {"data": {"name": "Mine"}},
    ("POST", "/research/{id}/board"): {"data": {"do": "add_lane", "name": "Mine"}},
    ("POST", "/research/{id}/codes"): {"data": {"do": "add", "name": "Mine"}},
    ("POST", "/research/{id}/roster"): {"files": {"file": TABLE}},
    ("POST", "/research/roles/{document}"): {"data": {"speaker": "A", "role": "participant"}},
    ("POST", "/research/{id}/highlights"): {"data": {"quote": "x", "code": "C1"}},
    ("POST", "/research/{id}/highlights/{highlight}"): {"data": {"do": "accept"}},
    ("POST", "/questions/{id}"): {"data": {"do": "follow"}},
    ("POST", "/questions/{id}/edit"): {"data": {"do": "title", "title": "Mine"}},
    ("POST", "/insights/{id}"): {"data": {"do": "title", "title": "Mine"}},
    ("POST", "/settings/studies/{id}"): {"data": {"keep_days": "30"}},
    ("POST", "/imports/{id}/review"): {"data": {"do": "accept", "place": "0"}},
}
"""What has to be sent for an id to be looked at."""
NO_404: Mapping[tuple[str, str], int] = {
    ("POST", "/reports/delivery/{id}/send"): 400,
    ("POST", "/settings/studies/{id}"): 400,
    ("POST", "/settings/tokens/{id}/revoke"): 400,
    ("POST", "/settings/hooks/{id}/end"): 400,
    ("GET", "/v1/reports/{id}"): 400,  # a week is counted when it is asked for, and there is nothing to count
    ("GET", "/reports/{id}"): 400,
}
"""Where an id that does not exist is told on the page that was asked for, which is then no 404."""


@dataclass(frozen=True, slots=True)
class Installation:
    """One service with the two workspaces in it."""

    engine: Engine
    app: FastAPI
    ids: Mapping[str, str]  # of everything the rich one holds, by kind

    def client(self, role: Role, workspace: str) -> TestClient:
        with within(workspace):
            secret = create_token(self.engine.parts, workspace, f"a {role}", role, expires=None)
        return TestClient(self.app, headers={"Authorization": f"Bearer {secret}"}, follow_redirects=False)

    def browser(self, role: Role, workspace: str) -> TestClient:
        """Somebody who has signed in, whose changes carry the token of the pages."""
        with within(workspace):
            link = self.engine.invite(workspace, f"{MARK} {role}" if workspace == RICH else f"a {role}", role)["link"]
        client = TestClient(self.app, follow_redirects=False)
        assert client.get(link).status_code == 303
        client.headers[CSRF_HEADER] = hmac.new(client.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()
        return client


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    home = new_home(tmp_path_factory.mktemp("apart") / "home")
    settings = Settings(home=home, report_folder=home / "reports", rate_limit=0, address_limit=0)
    engine = open_engine(settings, embedder=HashingEmbedder(), clock=lambda: NOW)
    add_workspace(engine.parts.database, "Rich", id=None, timezone="UTC", now=NOW)
    made = Installation(engine, make_app(engine), {})
    _take_in(engine)
    yield Installation(engine, made.app, _make_one_of_everything(made))
    engine.close()


def _take_in(engine: Engine) -> None:
    folder = engine.parts.home.parent
    rows = [
        row
        | {"text": f"{row['text']} {MARK}", "author": f"{MARK} {row['author']}", "account": f"{MARK} {row['account']}"}
        for row in feedback_rows(3)
    ]
    turns = [("Mara", "How does it begin?"), (f"Ana {MARK}", f"The photo upload gets stuck on every {MARK} job.")]
    talk = {"kind": "research", "study": f"{MARK} study", "interviewers": ("Mara",)}
    for file, options in (
        (write_csv(folder / f"{MARK}.csv", rows), {}),
        (write_transcript(folder / f"{MARK}.vtt", turns), talk),
    ):
        with within(RICH), file.open("rb") as content:
            engine.submit(RICH, file.name, content, Submission(**options))  # type: ignore[arg-type]
        engine.drain()
    with within(RICH):
        engine.tend(RICH)
    engine.drain()


def _make_one_of_everything(made: Installation) -> dict[str, str]:
    admin, browser = made.client("admin", RICH), made.browser("admin", RICH)

    def ask(method: str, path: str, **sent: Any) -> Any:
        response = admin.request(method, path, **sent)
        assert response.status_code < 300, (method, path, response.text)
        return response.json() if response.content else None

    wanted = {"kind": "person", "name": f"{MARK} Person L", "reason": f"{MARK} asked"}
    erased = ask("POST", "/v1/erasures", json=wanted)["id"]
    made.engine.drain()
    documents = ask("GET", "/v1/documents?limit=200")["documents"]
    interview = next(each for each in documents if each["kind"] == "research")
    told = ask("GET", f"/v1/documents/{interview['document_id']}")
    ids = {
        "erasure": erased,
        "document": interview["document_id"],
        "import": interview["import"],
        "excerpt": told["excerpts"][0]["excerpt_id"],
        "job": ask("GET", "/v1/jobs")["jobs"][0]["id"],
        "theme": ask("GET", "/v1/themes")["themes"][0]["id"],
        "run": ask("GET", "/v1/runs")["runs"][0]["id"],
        "insight": ask("GET", "/v1/insights")["insights"][0]["id"],
        "study": ask("GET", "/v1/studies")["studies"][0]["id"],
        "report": ask("GET", "/v1/reports")["reports"][0]["id"],
    }
    renamed = ask("POST", "/v1/decisions", json={"kind": "rename", "theme": ids["theme"], "name": f"{MARK} theme"})
    ids["decision"] = renamed["decision"]["id"] if "decision" in renamed else renamed["id"]
    for _ in range(5):  # the last of which is no id of the few that are asked in the other workspace
        ids["answer"] = ask("POST", "/v1/questions", json={"question": f"What do people say about {MARK}?"})["id"]
    ids["saved question"] = ask("POST", "/v1/saved-questions", json={"question": f"Who says {MARK}?"})["id"]
    ask("POST", f"/v1/saved-questions/{ids['saved question']}/runs")
    kept, lost = (
        ask("POST", f"/v1/studies/{ids['study']}/codes", json={"name": f"{MARK} {name}"})["id"] for name in "ab"
    )
    ids["code"] = kept
    start = told["text"].index(MARK)
    span = {"document_id": ids["document"], "start": start, "end": start + len(MARK), "code_id": kept}
    ids["highlight"] = ask("POST", "/v1/highlights", json=span)["id"]
    ids["coding change"] = ask("DELETE", f"/v1/codes/{lost}")["change"]
    ids["release"] = ask("POST", "/v1/releases", json={"name": MARK, "day": "2026-11-16", "themes": [ids["theme"]]})[
        "id"
    ]
    ids["subscription"] = ask("POST", "/v1/subscriptions", json={"kind": "folder", "address": MARK})["id"]
    sent = ask("POST", f"/v1/subscriptions/{ids['subscription']}/deliveries", json={"report": ids["report"]})
    ids["delivery"] = sent["id"]
    ids["token"] = ask("POST", "/v1/tokens", json={"name": f"{MARK} token", "role": "viewer"})["id"]
    ids["hook"] = ask("POST", "/v1/hooks", json={"source": f"{MARK} desk"})["id"]
    made.engine.drain()
    ids["session"] = browser.get("/v1/sessions").json()["sessions"][0]["id"]
    upload = {"file": (f"{MARK}.csv", b"text\nhello quillfeather\n", "text/csv")}
    ids["draft"] = browser.post("/upload", files=upload).headers["location"].rsplit("/", 1)[1]
    return ids


def kinds_in(path: str) -> dict[str, str | None]:
    """The kinds of the ids in an address, by the names of its parameters; a KeyError for one that is not known."""
    return {found[1]: KIND_OF[path[: found.start()]] for found in PARAMETER.finditer(path)}


WITH_IDS = [each for each in CLOSED if any(kinds_in(each[1]).values())]
LISTS = sorted(path for method, path, _ in CLOSED if method == "GET" and "{" not in path)


def test_every_id_in_an_address_has_a_foreign_one(installation: Installation) -> None:
    kinds = {kind for _, path in LEAST_ROLE for kind in kinds_in(path).values()}
    assert kinds - {None} <= set(installation.ids)


def test_the_foreign_ids_are_real(installation: Installation) -> None:
    for kind, name in TABLE_OF.items():
        table = Base.metadata.tables[name]
        with within(RICH), installation.engine.parts.database.read() as session:
            found = session.execute(select(table.c.workspace_id).where(table.c.id == installation.ids[kind])).scalars()
            assert list(found) == [RICH], kind
    admin = installation.client("admin", RICH)
    asked = [path for method, path, _ in WITH_IDS if method == "GET"]
    for path in asked:
        response = admin.get(filled(path, installation.ids))
        assert response.status_code in (200, 303, 409), (path, response.status_code)  # 409: nothing waits for a look


@pytest.mark.parametrize("role", [ROLES[0], ROLES[-1]])  # the doors of those between are among the last's
def test_a_foreign_id_is_answered_as_one_that_does_not_exist(installation: Installation, role: Role) -> None:
    before = held_by(installation.engine, RICH)
    clients = {True: installation.browser(role, ASKING), False: installation.client(role, ASKING)}
    unknown = {kind: like(id) for kind, id in installation.ids.items()}
    for method, path, least in WITH_IDS:
        client = clients[path.startswith("/v1/sessions")]
        sent = SENT.get((method, path), {})
        foreign, none = (client.request(method, filled(path, ids), **sent) for ids in (installation.ids, unknown))
        told = (method, path, foreign.status_code, foreign.text[:300])
        assert plain(foreign, installation.ids) == plain(none, unknown), (told, none.text[:300])
        refused = ROLES.index(role) < ROLES.index(least)  # type: ignore[arg-type]
        assert foreign.status_code == (403 if refused else NO_404.get((method, path), 404)), told
        assert MARK not in foreign.text.casefold(), told
    assert held_by(installation.engine, RICH) == before


@pytest.mark.parametrize("path", LISTS)
def test_a_list_holds_nothing_of_another_workspace(installation: Installation, path: str) -> None:
    for client in (installation.browser("admin", ASKING), installation.client("researcher", ASKING)):
        response = client.get(path)
        said = response.text.casefold()
        assert MARK not in said, path
        assert not [kind for kind, id in installation.ids.items() if len(id) > 8 and id in said], path


def test_what_is_looked_for_is_looked_for_in_ones_own_workspace(installation: Installation) -> None:
    client, theirs = installation.client("admin", ASKING), installation.client("admin", RICH)
    for path in ("/v1/search?q=photo", "/v1/search?q=photo&facets=true", "/search?q=photo", "/documents?about=photo"):
        assert MARK in theirs.get(path).text.casefold(), path
        assert MARK not in client.get(path).text.casefold(), path
    assert theirs.get(f"/v1/search?q={MARK}").json()["results"]
    assert client.get(f"/v1/search?q={MARK}").json()["results"] == []
    question = {"question": "What do people say about the photo upload?"}
    assert client.post("/v1/questions", json=question).json()["claims"] == []
    assert theirs.post("/v1/questions", json=question).json()["claims"]
    for what in ("documents", "excerpts", "people", "accounts", "themes", "insights", "jobs", "audit", "questions"):
        assert MARK not in client.get(f"/v1/export/{what}").text.casefold(), what
        assert theirs.get(f"/v1/export/{what}").text, what


@pytest.mark.parametrize(
    ("path", "sent"),
    [
        ("/v1/decisions", {"kind": "rename", "theme": "<theme>", "name": "Mine"}),
        ("/v1/decisions", {"kind": "merge", "themes": ["<theme>"], "into": "<theme>"}),
        ("/v1/decisions", {"kind": "move", "excerpts": ["<excerpt>"], "to": None}),
        ("/v1/decisions", {"kind": "exclude", "theme": "<theme>"}),
        ("/v1/decisions", {"kind": "pin", "theme": "<theme>"}),
        ("/v1/decisions", {"kind": "parent", "theme": "<theme>", "parent": "<theme>"}),
        ("/v1/insights", {"theme_id": "<theme>"}),
        ("/v1/insights", {"answer_id": "<answer>"}),
        ("/v1/insights", {"excerpt_ids": ["<excerpt>"], "title": "Mine"}),
        ("/v1/saved-questions", {"answer_id": "<answer>"}),
        ("/v1/saved-questions", {"question": "Who?", "where": ["theme=<theme>"]}),
        ("/v1/questions", {"question": "And by whom?", "follows": "<answer>"}),
        ("/v1/questions", {"question": "Who?", "where": ["theme=<theme>"]}),
        ("/v1/highlights", {"document_id": "<document>", "start": 0, "end": 5, "code_id": "<code>"}),
        ("/v1/releases", {"name": "5.2", "day": "2026-11-16", "themes": ["<theme>"]}),
        ("/v1/erasures/preview", {"kind": "document", "name": "<document>"}),
        ("/v1/erasures/preview", {"kind": "study", "name": "<study>"}),
        ("/v1/erasures", {"kind": "document", "name": "<document>"}),
    ],
)
def test_a_foreign_id_in_what_is_sent_is_none(installation: Installation, path: str, sent: dict[str, Any]) -> None:
    client, ids = installation.client("admin", ASKING), installation.ids
    unknown = {kind: like(id) for kind, id in ids.items()}
    before = held_by(installation.engine, RICH)
    foreign, none = (client.post(path, json=_named(sent, which)) for which in (ids, unknown))
    assert plain(foreign, ids) == plain(none, unknown), (foreign.text[:300], none.text[:300])
    assert foreign.status_code in (400, 404, 409), foreign.text[:300]
    assert held_by(installation.engine, RICH) == before


def _named(sent: dict[str, Any], ids: Mapping[str, str]) -> Any:
    """The same with ids where <kinds> of them stand."""
    return json.loads(re.sub(r"<(\w+)>", lambda found: ids[found[1]], json.dumps(sent)))


def test_the_figures_of_the_whole_service_are_for_the_first_workspace(installation: Installation) -> None:
    assert installation.client("admin", RICH).get("/metrics").status_code == 403
    assert installation.client("admin", ASKING).get("/metrics").status_code == 200


def filled(path: str, ids: Mapping[str, str]) -> str:
    """The address with these ids in it."""
    return PARAMETER.sub(lambda found: ids[str(kinds_in(path)[found[1]])], path)


def like(id: str) -> str:
    """An id of the same form that nothing has."""
    if re.fullmatch(r"\d{4}-W\d\d", id):
        return "2026-W02"
    return id[0] + re.sub(r"[0-9a-z]", "9", id[1:])


def plain(response: Response, ids: Mapping[str, str]) -> tuple[int, str]:
    """What was answered, without what differs from request to request and from id to id."""
    said = response.text.replace(response.headers.get("x-request-id", "\0"), "REQUEST")
    for id in sorted(set(ids.values()), key=len, reverse=True):
        said = re.sub(rf"\b{re.escape(id)}\b", "ID", said)
    return response.status_code, said


def held_by(engine: Engine, workspace: str) -> dict[str, str]:
    """All that a workspace holds, but for when its credentials were last used."""
    found = {}
    with within(workspace), engine.parts.database.read() as session:
        for table in Base.metadata.sorted_tables:
            if "workspace_id" in table.columns and table.name != "credentials":
                rows = session.execute(table.select().where(table.c.workspace_id == workspace))
                found[table.name] = "\n".join(sorted(map(str, rows)))
    return found
