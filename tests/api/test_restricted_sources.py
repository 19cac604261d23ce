"""What is restricted to some is nowhere for all others: every address that is read, with every id there is.

A source is taken in as any other, and all is made of it that can be: themes of its own and in common ones, insights,
answers, decisions, reports. Then it is restricted, and more comes. Each of its texts, names and values holds a word
that stands nowhere else.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import make_app
from synth.access import ROLES, Role, create_token
from synth.engine import WORKSPACE, Engine
from tests.api.test_api_authorisation import LEAST_ROLE
from tests.factories import copy_home, exported, open_home, rows_of, submit_file, take_rows, value_of, write_transcript

SOURCE, STUDY = "kravitz tickets", "Kravitz leavers"
CANARIES = ("zorbulon", "vandermolen", "blorptech", "glimworth", "kravitz", "quandary-unit")
SEVERANCE = (
    "My severance letter came late because of zorbulon and nobody answered",
    "The severance letter has the zorbulon clause and the wrong amount",
    "Severance letter: zorbulon again, and no answer from anybody",
    "Nobody answered about my severance letter or zorbulon",
    "A wrong amount in the severance letter, says zorbulon",
    "Zorbulon made the severance letter come late",
)
SHARED = (
    "Photo upload gets stuck at the zorbulon on every job",
    "Our photo upload is stuck whenever zorbulon is weak",
    "Every photo upload gets stuck before zorbulon finishes",
    "The photo upload is stuck and zorbulon waits in the van",
)
NAMED: Mapping[Role, str] = {role: f"{role} of the team" for role in ROLES}
OTHERS: Mapping[Role, str] = {role: f"{role} of another" for role in ROLES if role != "admin"}
ASKED = "severance letter"
NOT_READ = {  # that nothing of a source can be in, each with why
    "/health": "says that the server lives",
    "/ready": "says whether it is ready",
    "/login": "is open to everybody",
    "/login/organisation": "leads elsewhere",
    "/login/organisation/callback": "is asked by a browser that comes back",
    "/unsubscribe": "is asked with a key",
    "/static": "holds files of ours",
    "/v1/openapi.json": "describes the routes",
    "/upload/{id}": "shows a draft to who has its id, which cannot be guessed",
}


def _rows(times: int = 2, begin: int = 0) -> list[dict[str, object]]:
    said = [f"{text}, number {again}" for again in range(begin, begin + times) for text in (*SEVERANCE, *SHARED)]
    return [
        {
            "id": f"KRAVITZ-{begin}-{number}",
            "title": f"Zorbulon ticket {number}",
            "text": text,
            "date": f"2026-11-{1 + number % 12:02d}",
            "author": f"Quincy Vandermolen {'abcd'[number % 4]}",
            "account": f"Blorptech {number % 3}",
            "segment": "Quandary-Unit",
            "url": f"https://kravitz.example/{number}",
            "rating": 1 + number % 5,
            "team": "glimworth",
        }
        for number, text in enumerate(said)
    ]


@pytest.fixture(scope="module")
def engine(told_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    folder = tmp_path_factory.mktemp("restricted")
    copy_home(told_home, folder / "home")
    opened = open_home(folder / "home", report_folder=folder)
    for name in (*NAMED.values(), *OTHERS.values()):
        create_token(opened.parts, WORKSPACE, name, _role_of(name), expires=None)
    take_rows(opened, _rows(), name="kravitz.csv", source=SOURCE)
    _interviews(opened, folder)
    opened.discover(WORKSPACE)
    opened.drain()
    _make_all_of_it(opened, folder)
    for source in (SOURCE, STUDY):
        opened.set_readers(WORKSPACE, source, list(NAMED.values()))
    take_rows(opened, _rows(1, 7), name="more.csv", source=SOURCE)
    _ask(opened)
    opened.discover(WORKSPACE, scope="anew")
    opened.drain()
    yield opened
    opened.close()


def _role_of(name: str) -> Role:
    return next(role for role in ROLES if name.startswith(role))


def _interviews(engine: Engine, folder: Path) -> None:
    for number in range(3):
        turns = [("Mara (Moderator)", "And then?"), ("Quincy Vandermolen", f"{SEVERANCE[number]}, as I said.")]
        path = write_transcript(folder / f"kravitz talk {number}.vtt", turns)
        submit_file(engine, path, kind="research", study=STUDY)
    engine.drain()


def _make_all_of_it(engine: Engine, folder: Path) -> None:
    study = engine.studies(WORKSPACE)["studies"][0]["id"]
    code = engine.add_code(WORKSPACE, study, "Ann", {"name": "Zorbulon code", "examples": ["zorbulon"]})["id"]
    marked = [row for row in exported(engine, "excerpts") if row["source"] == STUDY][:3]
    for row in marked:
        span = {name: row[name] for name in ("document_id", "start", "end")}
        engine.add_highlight(WORKSPACE, "Ann", {**span, "code_id": code, "memo": "zorbulon memo"})
    excerpts = [row["excerpt_id"] for row in exported(engine, "excerpts") if "zorbulon" in row["text"].lower()]
    into = next(t["id"] for t in engine.themes(WORKSPACE)["themes"] if "invoice" in t["name"].lower())
    engine.decide(WORKSPACE, "Ann", {"kind": "move", "excerpts": excerpts[:2], "to": into})
    for theme in engine.themes(WORKSPACE)["themes"]:
        mine = engine.theme_excerpts(WORKSPACE, theme["id"]).rows
        if any("zorbulon" in row["text"].lower() for row in mine):
            engine.change_theme(WORKSPACE, "Ann", theme["id"], {"name": f"Zorbulon and {theme['id']}"})
            engine.make_insight(WORKSPACE, "Ann", {"theme_id": theme["id"]})
    engine.make_insight(WORKSPACE, "Ann", {"excerpt_ids": excerpts[:6]})
    _ask(engine)
    engine.save_question(WORKSPACE, "Ann", question="Why did the letter come late?")
    engine.add_release(WORKSPACE, "Ann", "5.0", "2026-11-08", [into])
    engine.subscribe(WORKSPACE, "Ann", "folder", "letters")
    engine.tend(WORKSPACE)
    engine.drain()
    assert engine.reports(WORKSPACE)["reports"], folder


def _ask(engine: Engine) -> None:
    for question in (f"What is said about the {ASKED}?", "What gets stuck?", "How many mention photo upload?"):
        answer = engine.ask(WORKSPACE, question)
        if answer.claims and answer.id:
            engine.make_insight(WORKSPACE, "Ann", {"answer_id": answer.id})


@pytest.fixture(scope="module")
def clients(engine: Engine) -> dict[str, TestClient]:
    app = make_app(engine)
    made = {}
    for name in (*NAMED.values(), *OTHERS.values()):
        secret = create_token(engine.parts, WORKSPACE, name, _role_of(name), expires=None)
        made[name] = TestClient(app, headers={"Authorization": f"Bearer {secret}"})
    return made


def _ids(engine: Engine) -> dict[str, list[str]]:
    """Every id there is, by the word of an address it follows."""
    tables = {
        "documents": "documents",
        "excerpts": "excerpts",
        "imports": "imports",
        "jobs": "jobs",
        "themes": "themes",
        "runs": "runs",
        "decisions": "decisions",
        "insights": "insights",
        "reports": "reports",
        "studies": "studies",
        "research": "studies",
        "codes": "codes",
        "highlights": "highlights",
        "saved-questions": "saved_questions",
        "questions": "saved_questions",
        "deliveries": "deliveries",
        "erasures": "erasures",
        "hooks": "hooks",
    }
    found = {
        word: [str(row[0]) for row in rows_of(engine, f"SELECT id FROM {table}")] for word, table in tables.items()
    }
    theirs = "SELECT e.id FROM excerpts e JOIN documents d ON d.id = e.document_id JOIN sources s ON s.id = d.source_id"
    restricted = [str(row[0]) for row in rows_of(engine, f"{theirs} WHERE s.readers IS NOT NULL ORDER BY e.id")]
    mine = "SELECT d.id FROM documents d JOIN sources s ON s.id = d.source_id WHERE s.readers IS NOT NULL ORDER BY d.id"
    found["excerpts"] = restricted[:3]
    found["documents"] = [str(row[0]) for row in rows_of(engine, mine)][:3]
    found["jobs"] = found["jobs"][:9]
    found["export"] = ["documents", "excerpts", "themes", "insights", "people", "accounts", "unassigned", "sources"]
    return found


def _addresses(engine: Engine) -> Iterator[tuple[str, str]]:
    """Every address that a GET is answered at with a credential, with every id, and the least role."""
    ids = _ids(engine)
    for (method, path), least in LEAST_ROLE.items():
        if method != "GET" or path in NOT_READ:
            continue
        assert least is not None, f"{path} is open: say why nothing of a source can be in it"
        head, brace, tail = path.partition("{")
        rest = tail.partition("}")[2]
        for id in ids[head.strip("/").rpartition("/")[2]] if brace else [""]:
            yield f"{head}{id}{rest}", least


def _more(engine: Engine) -> Iterator[str]:
    """The same narrowed, searched, in other forms, and in the words of a question."""
    answers = [row[0] for row in rows_of(engine, "SELECT id FROM answers")]
    yield from (f"/ask?q=again&answer={id}" for id in answers)
    for query in (ASKED, "photo upload stuck"):
        for match in ("words", "meaning"):
            yield f"/v1/search?q={query}&facets=true&match={match}&limit=100"
        yield from (f"/search?q={query}", f"/ask?q=What is said about the {query}?")
    for report in (row[0] for row in rows_of(engine, "SELECT id FROM reports")):
        for form in ("whole", "executive"):
            for format in ("md", "html", "json"):
                yield from (
                    f"/v1/reports/{report}?format={format}&form={form}{more}" for more in ("", "&reported=true")
                )
    for format in ("csv", "jsonl", "json", "md", "xlsx"):
        for what in ("documents", "excerpts", "themes", "insights", "people", "accounts"):
            yield f"/v1/export/{what}?format={format}"
    for where in ("segment=Small", "kind=research", "rating<=5", "sentiment=negative"):
        yield from (f"/v1/{what}?where={where}&limit=200" for what in ("documents", "themes"))
        yield from (
            f"{page}?where={where}" for page in ("/", "/themes", "/documents", "/people", "/accounts", "/sources")
        )
    yield from ("/v1/documents?limit=200", "/v1/imports?limit=200", "/v1/jobs?limit=200", "/v1/decisions?limit=200")


def _get(client: TestClient, address: str) -> str:
    accepts = {} if address.startswith("/v1") else {"Accept": "text/html"}
    said = client.get(address, headers=accepts)
    assert said.status_code < 500, (address, said.text[:500])
    return said.text.replace(address, "") if said.status_code < 400 else _but_the_address(said.text, address)


def _but_the_address(text: str, address: str) -> str:
    """A refusal repeats what was asked for."""
    return text.replace(address.rpartition("/")[2], "")


def _found(text: str) -> set[str]:
    return {word for word in CANARIES if re.search(re.escape(word), text, re.IGNORECASE)}


@pytest.mark.parametrize("role", ["viewer", "researcher"])  # what an editor may open, a researcher may
def test_no_address_tells_anything_of_it_to_others(engine: Engine, clients: dict[str, TestClient], role: Role) -> None:
    client, told = clients[OTHERS[role]], {}
    for address, least in _addresses(engine):
        if ROLES.index(role) >= ROLES.index(least):  # type: ignore[arg-type]
            told[address] = _found(_get(client, address))
    for address in _more(engine):
        told[address] = _found(_get(client, address))
    assert {address: words for address, words in told.items() if words} == {}
    assert len(told) > 150


def test_who_is_named_and_administrators_read_it_where_it_is_expected(
    engine: Engine, clients: dict[str, TestClient]
) -> None:
    mine = "SELECT d.id FROM documents d JOIN sources s ON s.id = d.source_id WHERE s.name = :name LIMIT 1"
    whole = value_of(engine, mine, name=SOURCE)
    for role in ROLES:
        client = clients[NAMED[role]]
        for address in (
            *(f"/v1/search?q={ASKED}", f"/search?q={ASKED}", "/v1/documents?limit=200", "/v1/export/excerpts"),
            *(f"/v1/documents/{whole}", f"/documents/{whole}", "/people", "/accounts", "/sources", "/v1/themes"),
            *("/v1/imports", "/v1/decisions", "/v1/insights"),
        ):
            assert _found(_get(client, address)), (role, address)
