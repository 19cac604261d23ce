"""Who may read a source: said before its first write or later, by name; and who may add to it and change it."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pytest_httpserver import HTTPServer

from api.app import make_app
from synth.access import Role, create_token
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotAllowed, NotFound
from synth.store.restricting import Reader
from tests.factories import exported, feedback_rows, open_home, rows_of, submit_file, take_rows, value_of, write_csv

CANARY = "zorbulon"
ROWS = [
    {
        "id": f"H{number}",
        "text": f"The photo upload gets stuck at the {CANARY}, case {number}",
        "author": f"Hr {number}",
    }
    for number in range(8)
]
ANN, BEN = Reader(WORKSPACE, "Ann", researches=False), Reader(WORKSPACE, "Ben", researches=True)


@pytest.fixture
def home(engine: Engine) -> Engine:
    """An engine in which Ann and Ben have tokens."""
    for name in ("Ann", "Ben"):
        create_token(engine.parts, WORKSPACE, name, "editor", expires=None)
    return engine


def _client(engine: Engine, name: str, role: Role) -> TestClient:
    secret = create_token(engine.parts, WORKSPACE, name, role, expires=None)
    return TestClient(make_app(engine), headers={"Authorization": f"Bearer {secret}"})


def _readers(engine: Engine) -> dict[str, list[str] | None]:
    return {each["source"]: each["readers"] for each in engine.sources(WORKSPACE)["sources"]}


def _texts(engine: Engine) -> str:
    return json.dumps(exported(engine, "documents"))


def test_an_upload_is_restricted_before_anything_of_it_is_written(home: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exits.csv", ROWS)
    sent = submit_file(home, path, readers=["Ann"])
    assert _readers(home) == {"exits": ["Ann"]}
    assert value_of(home, "SELECT count(*) FROM documents") == 0
    with pytest.raises(NotFound):
        home.for_reader(BEN).import_state(WORKSPACE, sent)
    assert home.for_reader(ANN).import_state(WORKSPACE, sent).filename == "exits.csv"
    home.drain()
    assert CANARY in _texts(home.for_reader(ANN))
    assert _texts(home.for_reader(BEN)) == _texts(home.for_everybody()) == "[]"


def test_a_source_that_is_there_is_restricted_by_administrators_alone(home: Engine, tmp_path: Path) -> None:
    take_rows(home, ROWS, name="exits.csv")
    path = write_csv(tmp_path / "exits.csv", ROWS)
    with pytest.raises(Conflict, match="already"):
        submit_file(home, path, readers=["Ann"])
    assert _readers(home) == {"exits": None}
    ann = _client(home, "Ann", "researcher")
    assert ann.put("/v1/sources/readers", json={"source": "exits", "readers": ["Ann"]}).status_code == 403


def test_only_who_may_read_a_source_adds_to_it(home: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "exits.csv", ROWS[:4])
    submit_file(home, path, readers=["Ann"])
    home.drain()
    more = write_csv(tmp_path / "more.csv", [{**row, "source": "exits"} for row in ROWS[4:]])
    with pytest.raises(NotAllowed, match="Only those who may read exits"):
        submit_file(home.for_reader(BEN), more, source="exits")
    sneaked = submit_file(home.for_reader(BEN), more)
    home.drain()
    state = home.import_state(WORKSPACE, sneaked)
    assert (state.taken, state.refused) == (0, 4)
    assert "exits is restricted" in state.refusals[0].reason
    submit_file(home.for_reader(ANN), more, source="exits")
    home.drain()
    assert value_of(home, "SELECT count(*) FROM documents") == 8


def test_who_restricts_what_they_send_can_read_it(home: Engine) -> None:
    ben = _client(home, "Ben", "editor")
    sent = {"source": "exits", "reader": ["Ann"], "documents": [{"text": f"A {CANARY} letter"}]}
    taken = ben.post("/v1/documents", json=sent)
    assert taken.status_code == 202
    assert _readers(home) == {"exits": ["Ann", "Ben"]}
    home.drain()
    assert CANARY in ben.get("/v1/documents").text
    assert CANARY not in _client(home, "Eve", "researcher").get("/v1/documents").text


def test_a_hook_restricts_its_source_before_anything_comes(home: Engine) -> None:
    admin = _client(home, "Boss", "admin")
    made = admin.post("/v1/hooks", json={"source": "exits", "readers": ["Ann"]})
    assert made.status_code == 201
    assert _readers(home) == {"exits": ["Ann"]}
    assert admin.post("/v1/hooks", json={"source": "exits", "readers": ["Ben"]}).status_code == 409


def test_a_name_that_nobody_has_is_refused_and_a_removed_user_is_taken_off(home: Engine) -> None:
    take_rows(home, ROWS, name="exits.csv")
    with pytest.raises(BadInput, match="Nobody is called Anne"):
        home.set_readers(WORKSPACE, "exits", ["Anne"])
    with pytest.raises(NotFound):
        home.set_readers(WORKSPACE, "no such", ["Ann"])
    home.invite(WORKSPACE, "Cleo", "viewer")
    home.set_readers(WORKSPACE, "exits", ["Ann", "Cleo"])
    home.remove_user(WORKSPACE, "Boss", "Cleo")
    assert _readers(home) == {"exits": ["Ann"]}
    home.set_readers(WORKSPACE, "exits", [])
    assert _texts(home.for_reader(ANN)) == "[]"
    home.set_readers(WORKSPACE, "exits", None)
    assert CANARY in _texts(home.for_everybody())


def test_the_name_of_a_token_that_was_revoked_is_taken_off_with_the_last_that_had_it(home: Engine) -> None:
    take_rows(home, ROWS, name="exits.csv")
    admin = _client(home, "Boss", "admin")
    first, second = (
        admin.post("/v1/tokens", json={"name": "Dashboard", "role": "viewer"}).json()["id"] for _ in range(2)
    )
    home.set_readers(WORKSPACE, "exits", ["Ann", "Dashboard"])
    admin.delete(f"/v1/tokens/{first}").raise_for_status()
    assert _readers(home) == {"exits": ["Ann", "Dashboard"]}
    admin.delete(f"/v1/tokens/{second}").raise_for_status()
    assert _readers(home) == {"exits": ["Ann"]}
    admin.post("/v1/tokens", json={"name": "Dashboard", "role": "viewer"}).raise_for_status()
    assert _texts(home.for_reader(Reader(WORKSPACE, "Dashboard", researches=False))) == "[]"


def test_it_is_set_on_the_page_and_stands_in_the_audit_log(home: Engine) -> None:
    take_rows(home, ROWS, name="exits.csv")
    admin = _client(home, "Boss", "admin")
    sent = {"source": "exits", "restricted": "yes", "readers": "Ann, Ben"}
    assert admin.post("/settings/sources/readers", data=sent, follow_redirects=False).status_code == 303
    assert _readers(home) == {"exits": ["Ann", "Ben"]}
    assert "Ann, Ben" in admin.get("/settings", headers={"Accept": "text/html"}).text
    assert (
        admin.post("/settings/sources/readers", data=sent | {"restricted": "no", "readers": "Eve"}).status_code == 400
    )
    assert admin.get("/v1/audit", params={"action": "set_readers"}).json()["events"][0]["who"] == "Boss"


@pytest.fixture
def mixed(home: Engine) -> Engine:
    """Three themes of everybody's, one of which HR speaks of, too."""
    take_rows(home, feedback_rows(3), name="feedback.csv")
    take_rows(home, ROWS, name="exits.csv")
    home.discover(WORKSPACE)
    home.drain()
    photos = next(each["id"] for each in home.themes(WORKSPACE)["themes"] if "hoto" in each["name"])
    mine = [row["excerpt_id"] for row in exported(home, "excerpts") if CANARY in row["text"]]
    home.decide(WORKSPACE, "Boss", {"kind": "move", "excerpts": mine, "to": photos})
    home.set_readers(WORKSPACE, "exits", ["Ann"])
    home.drain()
    return home


def test_every_number_opens_as_its_list_for_whoever_reads_it(mixed: Engine) -> None:
    seen = {}
    for reader in (ANN, BEN):
        engine = mixed.for_reader(reader)
        for theme in engine.themes(WORKSPACE)["themes"]:
            listed = engine.documents(WORKSPACE, engine.filters(where=[f"theme={theme['id']}"])).rows
            assert theme["mentions"] == len({row["document_id"] for row in listed}), (reader, theme)
            profile = engine.theme_profile(WORKSPACE, theme["id"])
            assert profile.theme.mentions == theme["mentions"]
            seen[reader.name, theme["id"]] = theme["mentions"]
    photos = max(seen, key=lambda each: seen[each])[1]
    assert seen["Ann", photos] - seen["Ben", photos] == len(ROWS)


def test_insights_of_what_is_common_are_drafted_without_it_for_all(mixed: Engine) -> None:
    whole = {each["id"]: each for each in mixed.insights(WORKSPACE)["insights"]}
    common = mixed.for_reader(BEN).insights(WORKSPACE)["insights"]
    assert [whole[each["id"]] for each in common] == common
    assert CANARY not in json.dumps(common)
    assert "18 mentions" in json.dumps(common)


def test_an_answer_is_not_handed_to_whoever_may_see_less(mixed: Engine) -> None:
    answer = mixed.for_reader(ANN).ask(WORKSPACE, "How many mention photo upload?")
    assert answer.id is not None
    assert mixed.for_reader(ANN).kept_answer(WORKSPACE, answer.id)
    assert mixed.for_reader(BEN).kept_answer(WORKSPACE, answer.id) is None
    with pytest.raises(NotFound):
        mixed.for_reader(BEN).ask(WORKSPACE, "And in November?", follows=answer.id)
    less = mixed.for_reader(BEN).ask(WORKSPACE, "How many mention photo upload?")
    assert less.counts[0].value < answer.counts[0].value
    assert mixed.for_reader(ANN).kept_answer(WORKSPACE, str(less.id))


def test_what_is_kept_for_who_asks_again_is_forgotten(mixed: Engine) -> None:
    ann = _client(mixed, "Ann", "editor")
    asked = {"question": "What gets stuck?"}
    first = ann.post("/v1/questions", json=asked, headers={"Idempotency-Key": "k1"})
    assert CANARY in first.text
    mixed.set_readers(WORKSPACE, "exits", [])
    assert CANARY not in ann.post("/v1/questions", json=asked, headers={"Idempotency-Key": "k1"}).text


def test_what_is_not_there_is_not_changed(mixed: Engine) -> None:
    mine = [row["excerpt_id"] for row in exported(mixed, "excerpts") if CANARY in row["text"]]
    ben = mixed.for_reader(BEN)
    with pytest.raises(NotFound):
        ben.decide(WORKSPACE, "Ben", {"kind": "move", "excerpts": mine[:1], "to": "T1"})
    photos = next(each for each in ben.themes(WORKSPACE)["themes"] if "hoto" in each["name"])
    other = next(each["id"] for each in ben.themes(WORKSPACE)["themes"] if each["id"] != photos["id"])
    told = ben.preview(WORKSPACE, "Ben", {"kind": "merge", "themes": [photos["id"]], "into": other})
    before = next(each["before"] for each in told["effect"]["themes"] if each["id"] == photos["id"])
    assert before["mentions"] == photos["mentions"] == 18


def test_a_study_that_is_restricted_is_not_changed_by_other_researchers(home: Engine, tmp_path: Path) -> None:
    from tests.factories import write_transcript

    turns = [("Mara (Moderator)", "And then?"), ("Quincy", f"The {CANARY} letter came late.")]
    path = write_transcript(tmp_path / "talk.vtt", turns)
    submit_file(home, path, kind="research", study="Leavers", readers=["Ann"])
    home.drain()
    study = home.studies(WORKSPACE)["studies"][0]["id"]
    code = home.add_code(WORKSPACE, study, "Boss", {"name": "Letters"})["id"]
    ben = mixed_reader = home.for_reader(BEN)
    assert mixed_reader.studies(WORKSPACE)["studies"] == []
    for act in (
        lambda: ben.add_code(WORKSPACE, study, "Ben", {"name": "More"}),
        lambda: ben.change_code(WORKSPACE, code, {"name": "Other"}),
        lambda: ben.delete_code(WORKSPACE, "Ben", code),
        lambda: ben.change_study(WORKSPACE, study, {"state": "closed"}),
    ):
        with pytest.raises(NotFound):
            act()
    assert [each["name"] for each in home.codes(WORKSPACE, study)["codes"]] == ["Letters"]


def test_letters_hold_nothing_of_it_whoever_gets_them(tmp_path: Path) -> None:
    engine = open_home(tmp_path / "home", report_folder=tmp_path / "out")
    take_rows(engine, feedback_rows(3), name="feedback.csv")
    dated = [{**row, "date": "2026-11-11", "account": f"{CANARY} Ltd"} for row in ROWS]
    take_rows(engine, dated, name=f"{CANARY}.csv")
    engine.discover(WORKSPACE)
    engine.drain()
    made = engine.subscribe(WORKSPACE, "Boss", "folder", "letters")
    engine.tend(WORKSPACE)
    engine.drain()
    before = _letters(tmp_path)
    engine.set_readers(WORKSPACE, CANARY, [])
    engine.send_report(WORKSPACE, "Boss", made["id"])
    engine.drain()
    after = _letters(tmp_path)
    assert CANARY in before.lower()
    assert CANARY not in after.lower()
    assert rows_of(engine, "SELECT state FROM jobs WHERE kind = 'send'") == [("done",), ("done",)]
    engine.close()


def _letters(folder: Path) -> str:
    return "\n".join(path.read_text("utf-8") for path in sorted((folder / "out" / "letters").iterdir()))


@pytest.fixture
def modelled(httpserver: HTTPServer, tmp_path: Path) -> Iterator[Engine]:
    """An engine whose questions go to an endpoint that keeps what it is sent, and says nothing of use."""
    reply = {"choices": [{"message": {"role": "assistant", "content": "{}"}, "finish_reason": "stop"}]}
    httpserver.expect_request("/v1/chat/completions").respond_with_json(reply)
    settings = {"llm_url": httpserver.url_for("/v1"), "llm_model": "m"}
    engine = open_home(tmp_path / "home", **settings)
    create_token(engine.parts, WORKSPACE, "Ann", "viewer", expires=None)
    take_rows(engine, feedback_rows(2), name="feedback.csv")
    path = write_csv(tmp_path / f"{CANARY}.csv", ROWS)
    submit_file(engine, path, readers=["Ann"])
    engine.drain()
    yield engine
    engine.close()


def test_the_model_is_sent_nothing_that_who_asks_may_not_read(modelled: Engine, httpserver: HTTPServer) -> None:
    sent = {}
    for reader in (ANN, BEN):
        httpserver.clear_log()
        modelled.for_reader(reader).ask(WORKSPACE, "Why does the photo upload get stuck?")
        sent[reader.name] = [request.get_data(as_text=True) for request, _ in httpserver.log]
    assert any(CANARY in each for each in sent["Ann"])
    assert sent["Ben"]
    assert not any(CANARY in each for each in sent["Ben"])
