"""What fewer than three people said in studies, through every door and with every role."""

import json
import re
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from synth.access import ROLES, Role, create_token
from synth.engine import WORKSPACE, Engine
from synth.errors import NotAllowed
from synth.store.reading import Page
from tests.api.test_api_authorisation import LEAST_ROLE
from tests.factories import copy_home, exported, open_home, submit_file, write_transcript

SENTENCE = "Said by fewer than 3 people in interviews: researchers can see it."
SECRET, OPEN = "zeppelin", "lighthouse"  # said by two people of a study about photos, by three about the calendar
ALONE = "kerosene"  # said by two people of a study, and by nobody else
TALKS = (
    ("Erika Muster", f"Photo upload gets stuck in our {SECRET} every day.", f"The calendar sync fails at the {OPEN}."),
    ("Jonas Kern", f"Photo upload gets stuck at the {SECRET} hangar.", f"The calendar sync fails near the {OPEN}."),
    ("Selma Ak", "I am glad of the messenger.", f"The calendar sync fails behind the {OPEN}."),
    ("Tom Ray", f"We print all plans with {ALONE} lamps on paper.", "I have no calendar."),
    ("Ute Sand", f"Our paper plans smell of {ALONE} lamps.", "I have no telephone."),
)
NO_FEEDBACK = (
    "openapi.json",
    "tokens",
    "imports",
    "jobs",
    "account",
    "upload",
    "erasures",
    "retention",
    "status",
    "runs",
)


@pytest.fixture(scope="module")
def mixed(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """What customers wrote, five interviews, a theme of two of their speakers alone, and all that is told of it."""
    folder = tmp_path_factory.mktemp("mixed")
    copy_home(told_home, folder / "home")
    engine = open_home(folder / "home")
    for number, (name, *said) in enumerate(TALKS):
        turns = [turn for words in said for turn in (("Mara (Moderator)", "And then?"), (name, words))]
        submit_file(engine, write_transcript(folder / f"talk {number}.vtt", turns), kind="research", study="Vans")
    engine.drain()
    photos, calendar = (_theme(engine, word) for word in ("photo", "calendar"))
    engine.create_themes(
        WORKSPACE, "Ann", [{"name": "Paper lamps", "examples": ["paper plans with lamps"]}], look=False
    )
    for word, theme in ((SECRET, photos), (OPEN, calendar), (ALONE, _theme(engine, "lamps"))):
        moved = [row["excerpt_id"] for row in exported(engine, "excerpts") if word in row["text"]]
        engine.decide(WORKSPACE, "Ann", {"kind": "move", "excerpts": moved, "to": theme})
        engine.make_insight(WORKSPACE, "Ann", {"excerpt_ids": moved})
    code = engine.add_code(WORKSPACE, "S1", "Ann", {"name": "Lamps", "examples": [f"{ALONE} lamps"]})["id"]
    for row in exported(engine, "excerpts"):
        if ALONE in row["text"]:
            span = {name: row[name] for name in ("document_id", "start", "end")}
            engine.add_highlight(WORKSPACE, "Ann", {**span, "code_id": code})
    engine.save_question(WORKSPACE, "Ann", question="What gets stuck at the hangar?")
    engine.tend(WORKSPACE)
    engine.drain()
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def clients(mixed: Engine) -> dict[Role, TestClient]:
    app = make_app(mixed)
    return {
        role: TestClient(
            app, headers={"Authorization": f"Bearer {create_token(mixed.parts, WORKSPACE, role, role, expires=None)}"}
        )
        for role in ROLES
    }


def _theme(engine: Engine, word: str) -> str:
    themes = engine.themes(WORKSPACE)["themes"]
    return next(str(theme["id"]) for theme in themes if word in theme["name"].lower())


def _addresses(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every address a GET is answered at, with the least role: with every id that there is."""
    ids = {
        "documents": [row["document_id"] for row in exported(engine, "documents") if row["kind"] == "research"],
        "excerpts": [row["excerpt_id"] for row in exported(engine, "excerpts") if SECRET in row["text"]],
        "themes": [_theme(engine, word) for word in ("photo", "calendar", "lamps")],
        "insights": [insight["id"] for insight in engine.insights(WORKSPACE)["insights"]],
        "reports": [report["id"] for report in engine.reports(WORKSPACE)["reports"]],
        "export": ["documents", "excerpts", "themes", "insights"],
        "studies": ["S1"],
        "research": ["S1"],
        "codes": ["C1"],
        "highlights": ["H1", "H2"],
        "decisions": [decision["id"] for decision in engine.decisions(WORKSPACE).rows],
        "saved-questions": ["Q1"],
        "questions": ["Q1"],
    }
    for (method, path), least in LEAST_ROLE.items():
        if method == "GET" and least is not None and not any(part in path for part in NO_FEEDBACK):
            head, brace, tail = path.partition("{")
            kind = head.strip("/").rpartition("/")[2]
            rest = tail.partition("}")[2]
            for id in ids.get(kind, []) if brace else [""]:
                yield f"{head}{id}{rest}", least


def _asked(client: TestClient, address: str, **asked: Any) -> str:
    accepts = {} if address.startswith("/v1") else {"Accept": "text/html"}
    return client.get(address, params=asked, headers=accepts).text


def _told(engine: Engine, client: TestClient, role: Role) -> dict[str, str]:
    """What each door says to this role; to the second and the last, those doors that the one below them has not."""
    may = {"editor": {"editor"}, "admin": {"admin"}}.get(role, {*ROLES[: ROLES.index(role) + 1]})
    found = {address: _asked(client, address) for address, least in _addresses(engine) if least in may}
    if role in ("editor", "admin"):
        return found
    weekly = next(address for address in found if address.startswith("/v1/reports/"))
    found["written now"] = _asked(client, weekly, format="html")
    found["archived"] = _asked(client, weekly, format="html", reported="true")
    found["study"] = _asked(client, "/v1/studies/S1/report")
    for word in (SECRET, OPEN, ALONE):
        asked = f"what of the {word}"
        found[f"search {word}"] = _asked(client, "/v1/search", q=asked).replace(asked, "")
        found[f"search page {word}"] = re.sub(
            rf"what.{{1,3}}of.{{1,3}}the.{{1,3}}{word}", "", _asked(client, "/search", q=asked)
        )
        answer = client.post("/v1/questions", json={"question": asked}).json()
        found[f"ask {word}"] = json.dumps([answer["claims"], answer["nearest"]])
    return found


def test_what_two_people_said_in_a_study_is_shown_to_researchers_alone(
    mixed: Engine, clients: dict[Role, TestClient]
) -> None:
    told = {role: _told(mixed, clients[role], role) for role in ROLES}
    for word in (SECRET, ALONE):
        by = {role: {door for door, said in told[role].items() if word in said.lower()} for role in ROLES}
        assert by["viewer"] | by["editor"] == set(), word
        assert {f"search {word}", f"search page {word}", f"ask {word}", "/v1/export/documents"} <= by["researcher"]
        assert len(by["researcher"]) > 15
    for door in (f"search {OPEN}", f"search page {OPEN}", f"ask {OPEN}", "/v1/export/excerpts"):
        assert OPEN in told["viewer"][door], door
        assert OPEN in told["researcher"][door], door
    assert not any("Erika" in said or "Jonas" in said for said in told["viewer"].values())


def test_who_asks_for_it_by_its_id_is_told_why_not(mixed: Engine, clients: dict[Role, TestClient]) -> None:
    lamps = _theme(mixed, "lamps")
    secret = next(row["excerpt_id"] for row in exported(mixed, "excerpts") if SECRET in row["text"])
    for address in (f"/v1/themes/{lamps}", f"/v1/themes/{lamps}/excerpts", f"/v1/themes/{lamps}/facts"):
        refused = clients["editor"].get(address)
        assert (refused.status_code, refused.json()["detail"]) == (403, SENTENCE), address
        assert clients["researcher"].get(address).status_code == 200
    page = clients["viewer"].get(f"/excerpts/{secret}", headers={"Accept": "text/html"})
    assert page.status_code == 403
    assert SENTENCE in page.text
    with pytest.raises(NotAllowed, match="fewer than 3 people"):
        mixed.for_everybody().make_insight(WORKSPACE, "Ann", {"excerpt_ids": [secret]})


def test_decisions_about_a_theme_that_is_withheld_are_not_listed(
    mixed: Engine, clients: dict[Role, TestClient]
) -> None:
    made = next(each["id"] for each in mixed.decisions(WORKSPACE).rows if "Paper lamps" in each["says"])
    for role in ("viewer", "editor"):
        for address in ("/v1/decisions", "/decisions"):
            assert "Paper lamps" not in _asked(clients[role], address)  # type: ignore[index]
    assert "Moved" in _asked(clients["viewer"], "/v1/decisions")
    assert "Paper lamps" in _asked(clients["researcher"], "/v1/decisions")
    with pytest.raises(NotAllowed, match="fewer than 3 people"):
        mixed.for_everybody().decision(WORKSPACE, made)


def test_facets_count_only_what_may_be_seen(clients: dict[Role, TestClient]) -> None:
    for word, seen in ((SECRET, 0), (ALONE, 0), (OPEN, 3)):
        counted = {
            role: client.get("/v1/search", params={"q": word, "facets": True, "match": "words"}).json()["facets"]
            for role, client in clients.items()
        }
        assert (counted["viewer"]["excerpts"], counted["editor"]["excerpts"]) == (seen, seen), word
        assert counted["researcher"]["excerpts"] >= 2, word
        assert seen or counted["viewer"]["facets"] == []


def test_every_list_says_that_something_is_left_out_of_it(clients: dict[Role, TestClient]) -> None:
    left_out = "What fewer than 3 people said in interviews is left out here: researchers can see it."
    for address in ("/v1/themes", "/v1/search?q=photo"):
        assert clients["viewer"].get(address).json()["withheld"] == left_out
        assert clients["admin"].get(address).json()["withheld"] is None
    for address in ("/", "/documents", "/search?q=photo", "/insights", "/research"):
        assert left_out in clients["viewer"].get(address).text, address
        assert left_out not in clients["researcher"].get(address).text, address


@pytest.mark.parametrize("form", ["whole", "executive"])
@pytest.mark.parametrize("format", ["md", "html", "json", "pdf"])
def test_a_report_says_what_it_leaves_out(mixed: Engine, format: str, form: str) -> None:
    day = str(mixed.documents(WORKSPACE, page=Page(limit=1)).rows[0]["created_at"])[:10]
    file = mixed.report_file(WORKSPACE, since=day, until=day, format=format, form=form)
    words = " ".join((_words_of(file) if format == "pdf" else file.decode()).split())
    assert "What fewer than 3 people said in interviews is left out here: researchers can see it." in words


def _words_of(file: bytes) -> str:
    with pdfplumber.open(BytesIO(file)) as pdf:
        return "\n".join(page.extract_text() for page in pdf.pages)


def test_an_interview_is_dotted_out_but_for_what_is_shown_and_its_places_stay(
    mixed: Engine, clients: dict[Role, TestClient]
) -> None:
    whole = next(row for row in exported(mixed, "documents") if SECRET in row["text"])
    read = clients["viewer"].get(f"/v1/documents/{whole['document_id']}").json()
    assert len(read["text"]) == len(whole["text"])
    (shown,) = read["excerpts"]
    assert read["text"][shown["start"] : shown["end"]] == whole["text"][shown["start"] : shown["end"]] == shown["text"]
    rest = read["text"][: shown["start"]] + read["text"][shown["end"] :]
    assert set(rest) <= {"·", " ", "\n"}


def test_what_customers_wrote_and_what_enough_people_said_is_counted_and_shown_to_all(
    mixed: Engine, clients: dict[Role, TestClient]
) -> None:
    seen = {role: {t["id"]: t for t in clients[role].get("/v1/themes").json()["themes"]} for role in ROLES}
    photos, calendar, lamps = (_theme(mixed, word) for word in ("photo", "calendar", "lamps"))
    assert seen["admin"][photos]["mentions"] - seen["viewer"][photos]["mentions"] == 2
    assert seen["admin"][calendar]["mentions"] == seen["viewer"][calendar]["mentions"]
    assert seen["admin"].keys() - seen["viewer"].keys() == {lamps}
    assert len(clients["viewer"].get("/v1/insights").json()["insights"]) < len(
        clients["researcher"].get("/v1/insights").json()["insights"]
    )


def test_an_answer_that_a_researcher_was_given_is_not_handed_on(mixed: Engine) -> None:
    answer = mixed.ask(WORKSPACE, f"What do people say about the {SECRET}?")
    assert SECRET in json.dumps(
        [claim.text for claim in answer.claims] + [c.quote for k in answer.claims for c in k.citations]
    )
    assert mixed.kept_answer(WORKSPACE, answer.id) is not None
    assert mixed.for_everybody().kept_answer(WORKSPACE, answer.id) is None


def test_the_number_of_people_is_a_setting(mixed: Engine) -> None:
    from synth.store.everybody import DatabaseAsRead

    for people, left_out in ((1, 0), (2, False), (3, True)):
        withheld = DatabaseAsRead(mixed.parts.database, people).withheld()
        assert (ALONE in withheld.said) is bool(left_out), people
