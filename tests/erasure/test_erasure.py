"""What is erased leaves no byte; what rested on it is withdrawn; a receipt says so."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, NotFound
from synth.insights.history import note
from synth.store import tables
from synth.store.identity import person_key
from synth.store.indexing import is_behind
from synth.wire.stripping import ERASED
from tests.factories import exported, open_home, rows_of, take_in, take_rows, value_of, write_transcript

NAME = "Quentin Kanarienvogel"
CANARY = "The photo upload gets stuck whenever my zorbulating marmalade gadget is near the van"
SECOND = "Photo upload is stuck again since the zorbulating gadget came"
QUESTION = "What do people say about photo upload?"


def canary_rows() -> list[dict[str, object]]:
    """What the canary said, in two messages."""
    common = {"author": NAME, "account": "Account 1", "segment": "Small", "rating": 1, "date": "2026-11-12"}
    return [{"id": "K1", "text": CANARY, **common}, {"id": "K2", "text": SECOND, **common}]


@pytest.fixture
def sung(told: Engine) -> Engine:
    """Feedback that holds the canary, quoted in answers, insights, saved questions and reports."""
    take_rows(told, canary_rows(), name="kanarienvogel.csv")
    ask = told.ask(WORKSPACE, f"What does {NAME} say?")
    assert ask.claims or ask.nearest
    for question in (QUESTION, "What do people say about the zorbulating gadget?", "Show examples of photo upload"):
        told.ask(WORKSPACE, question)
    ids = [row["excerpt_id"] for row in exported(told, "excerpts") if row["person"] == NAME]
    told.make_insight(WORKSPACE, "Ann", {"excerpt_ids": ids, "title": "Zorbulating gadgets"})
    told.make_insight(WORKSPACE, "Ann", {"excerpt_ids": [ids[0], other_excerpt(told)], "title": "Upload"})
    told.save_question(WORKSPACE, "Ann", question="What do people say about the gadget?")
    told.save_question(WORKSPACE, "Ann", question=f"What does {NAME} say about photo upload?")
    told.tend(WORKSPACE)
    told.drain()
    told.discover(WORKSPACE, scope="anew")
    told.drain()
    return told


def other_excerpt(engine: Engine) -> str:
    return str(next(row["excerpt_id"] for row in exported(engine, "excerpts") if row["person"] != NAME))


def erase(engine: Engine, kind: str, named: str) -> dict[str, Any]:
    erasure = engine.erase(WORKSPACE, "Ann", kind, named, "asked for")
    engine.drain()
    receipt = engine.erasure(WORKSPACE, erasure)
    assert receipt["state"] == "done", engine.jobs(WORKSPACE, "dead").rows
    return receipt


def files_with(home: Path, *wanted: bytes) -> list[str]:
    """The files in which any of these bytes stand, looked for without the product's own search."""
    found = []
    for path in home.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found += [f"{path.name}: {each[:40]!r}" for each in wanted if each in content]
    return found


def vector_of(engine: Engine, text: str) -> bytes:
    vector: Any = engine.parts.embedder.embed([text])[0]
    return bytes(vector.astype("<f4").tobytes())


@pytest.mark.sqlite
def test_of_a_person_no_byte_is_left(sung: Engine) -> None:
    home = sung.parts.home
    wanted = (CANARY.encode(), SECOND[:40].encode(), NAME.encode(), b"zorbulating", b"kanarienvogel")
    vector = vector_of(sung, CANARY)
    windows = [vector[start : start + 64] for start in range(0, len(vector), 64)]
    windows = [each for each in windows if len(each) - each.count(0) >= 24]  # zeros stand everywhere
    assert files_with(home, *wanted)
    assert files_with(home, *windows)  # of any of them: a page of a file may end inside of one
    receipt = erase(sung, "person", NAME)
    sung.close()
    assert files_with(home, *wanted, *windows) == []
    assert receipt["receipt"]["proof"]["found_in"] == []
    assert receipt["receipt"]["proof"]["probes"] >= 2
    assert receipt["receipt"]["rows"]["documents"] == 2


def test_what_rested_on_it_alone_is_withdrawn_and_the_rest_stays(sung: Engine) -> None:
    before = {each["id"]: each for each in sung.insights(WORKSPACE)["insights"]}
    alone = next(each for each in before.values() if each["title"] == "Zorbulating gadgets")
    shared = next(each for each in before.values() if each["title"] == "Upload")
    erase(sung, "person", NAME)
    after = {each["id"]: each for each in sung.insights(WORKSPACE)["insights"]}
    assert alone["id"] not in after
    assert after[shared["id"]]["claims"]
    told = str(after) + str(exported(sung, "themes")) + str(sung.saved_questions(WORKSPACE, "Ann", state=None))
    assert NAME not in told
    assert "zorbulating" not in told.casefold()
    saved = sung.saved_questions(WORKSPACE, "Ann", state=None)["saved_questions"]
    assert [each["question"] for each in saved] == ["What do people say about the gadget?"]
    for table in (tables.Answer, tables.SavedRun, tables.Report):
        rows = rows_of(sung, f"SELECT * FROM {table.__tablename__}")
        assert "marmalade" not in str(rows)


def test_what_was_said_against_an_insight_is_left_neither_in_its_reason_nor_in_its_history(told: Engine) -> None:
    take_rows(told, canary_rows(), name="kanarienvogel.csv")
    now = told.parts.now()
    reason = f"3 new excerpts say the contrary of “The upload works.”, one of them: “{CANARY}”"
    with told.parts.database.write() as session:
        insight = session.scalars(select(tables.Insight).order_by(tables.Insight.id).limit(1)).one()
        note(session, insight, "contradicted", "synth", now, {"reason": reason})
        insight.freshness, insight.freshness_reason = "contradicted", reason
    receipt = erase(told, "person", NAME)
    assert told.insight(WORKSPACE, insight.id)["freshness_reason"] == ERASED
    assert "zorbulating" not in str(told.insight_history(WORKSPACE, insight.id))
    assert receipt["receipt"]["derived"]["reasons of insights erased"] == 1


def test_every_quote_that_is_left_still_stands(sung: Engine) -> None:
    erase(sung, "person", NAME)
    texts = {row["document_id"]: row["text"] for row in exported(sung, "documents")}
    for insight in sung.insights(WORKSPACE)["insights"]:
        assert insight["claims"]
        for claim in insight["claims"]:
            assert claim["citations"]
            for citation in claim["citations"]:
                assert texts[citation["document_id"]][citation["start"] : citation["end"]] == citation["quote"]


def test_the_service_goes_on_after_it(sung: Engine) -> None:
    erase(sung, "person", NAME)
    answer = sung.ask(WORKSPACE, QUESTION)
    assert answer.status == "answered"
    assert not any(citation.person == NAME for claim in answer.claims for citation in claim.citations)
    assert sung.parts.index.count(WORKSPACE) == value_of(sung, "SELECT count(*) FROM excerpts")
    assert NAME not in str(sung.search(WORKSPACE, "zorbulating marmalade"))
    emptied = next(row for row in sung.imports(WORKSPACE).rows if row["filename"] == ERASED)
    assert sung.import_state(WORKSPACE, emptied["id"]).kind == emptied["kind"] == "feedback"
    sung.discover(WORKSPACE)
    sung.tend(WORKSPACE)
    sung.drain()
    assert not sung.jobs(WORKSPACE, "dead").rows


def test_the_receipt_does_not_wait_for_the_index_to_be_filled_again(sung: Engine) -> None:
    erasure = sung.erase(WORKSPACE, "Ann", "person", NAME)
    sung.perform(next(job["id"] for job in sung.jobs(WORKSPACE).rows if job["kind"] == "erase"))
    receipt = sung.erasure(WORKSPACE, erasure)
    assert (receipt["state"], receipt["receipt"]["proof"]["found_in"]) == ("done", [])
    assert "a job of its own fills it" in receipt["receipt"]["bytes"]["vector index"]
    assert is_behind(sung.parts, WORKSPACE)
    found = sung.search(WORKSPACE, "photo upload stuck")["results"]
    assert found
    sung.drain()
    assert not is_behind(sung.parts, WORKSPACE)
    assert sung.parts.index.count(WORKSPACE) == value_of(sung, "SELECT count(*) FROM excerpts")
    assert sung.search(WORKSPACE, "photo upload stuck")["results"] == found
    sung.close()
    assert files_with(sung.parts.home, CANARY.encode()) == []


def test_what_was_erased_is_refused_when_a_file_brings_it_again(sung: Engine) -> None:
    erase(sung, "person", NAME)
    again = take_rows(sung, canary_rows(), name="again.csv")
    assert (again.taken, again.refused) == (0, 2)
    assert not [row for row in exported(sung, "documents") if row["text"] == CANARY]
    other = take_rows(sung, [{"id": "K9", "text": "Something else that is new", "author": NAME.upper()}], name="n.csv")
    assert other.refused == 1
    reason = value_of(sung, "SELECT min(reason) FROM refused_rows")
    assert "erased" in reason


def test_a_document_goes_and_its_person_stays(sung: Engine) -> None:
    document = next(row["document_id"] for row in exported(sung, "documents") if row["text"] == CANARY)
    receipt = erase(sung, "document", document)
    assert receipt["receipt"]["rows"]["documents"] == 1
    left = [row["text"] for row in exported(sung, "documents") if row["person"] == NAME]
    assert left == [SECOND]
    sung.close()
    assert files_with(sung.parts.home, CANARY.encode()) == []


def test_a_source_goes_whole(sung: Engine) -> None:
    before = len(exported(sung, "documents"))
    receipt = erase(sung, "source", "kanarienvogel")
    assert receipt["receipt"]["rows"]["sources"] == 1
    assert len(exported(sung, "documents")) == before - 2
    assert "kanarienvogel" not in str(sung.status(WORKSPACE))


def test_a_receipt_holds_no_name(sung: Engine) -> None:
    receipt = erase(sung, "person", NAME)
    assert receipt["subject"] == person_key(WORKSPACE, NAME.casefold())
    assert NAME not in str(receipt)
    assert sung.erasures(WORKSPACE)["erasures"] == [receipt]


def test_a_preview_says_what_would_go_and_does_nothing(sung: Engine) -> None:
    take_rows(sung, [{"id": "O1", "text": f"My colleague {NAME} told me about it", "author": "Person A"}], name="o.csv")
    found = sung.preview_erasure(WORKSPACE, "person", NAME)
    assert (found["documents"], found["excerpts"], found["shared"]) == (2, 2, 0)
    assert found["quoted_by"] >= 3
    assert len(found["named_by_others"]) == 1
    assert len([row for row in exported(sung, "documents") if row["person"] == NAME]) == 2


@pytest.mark.parametrize(
    ("kind", "named", "error", "said"),
    [
        ("person", "Nobody At All", NotFound, "Nobody of that name"),
        ("document", "dnone", NotFound, "There is no document dnone"),
        ("source", "none", NotFound, "no source called none"),
        ("planet", "Mars", BadInput, "cannot be erased"),
    ],
)
def test_what_is_not_there_cannot_be_erased(
    told: Engine, kind: str, named: str, error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        told.erase(WORKSPACE, "Ann", kind, named)


@pytest.fixture
def circle(tmp_path: Path) -> Iterator[Engine]:
    """A group interview: one asks, two answer."""
    engine = open_home(tmp_path / "home", embedder=HashingEmbedder())
    turns = [
        ("Mara (Moderator)", "What do you think of the calendar?"),
        ("Otto", "The calendar is slow in my garage."),
        ("Ute", "I like the calendar very much, honestly."),
        ("Otto", "And the zorbulating reminders wake my dog."),
    ]
    path = write_transcript(tmp_path / "circle.vtt", turns)
    take_in(engine, path, kind="research", interviewers=("Mara",))
    yield engine
    engine.close()


def test_in_a_group_only_what_the_person_said_goes(circle: Engine) -> None:
    receipt = erase(circle, "person", "otto")
    (document,) = exported(circle, "documents")
    assert "garage" not in document["text"]
    assert "zorbulating" not in document["text"]
    said = [document["text"][turn["start"] : turn["end"]] for turn in document["turns"] if turn["speaker"] == "Ute"]
    assert said == ["I like the calendar very much, honestly."]
    assert {turn["speaker"] for turn in document["turns"]} == {"Mara (Moderator)", "Ute", "[erased]"} or "Otto" not in {
        turn["speaker"] for turn in document["turns"]
    }
    assert receipt["receipt"]["kept"] == {"documents of others, with what they said": 1}
    circle.close()
    assert files_with(circle.parts.home, b"in my garage", b"zorbulating") == []


def test_an_erasure_that_is_interrupted_is_finished(sung: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    from synth.erasure import erasing

    def fail(database: object) -> str:
        raise OSError("the disk is full")

    monkeypatch.setattr(erasing, "scour", fail)
    erasure = sung.erase(WORKSPACE, "Ann", "person", NAME)
    sung.drain()
    assert sung.erasure(WORKSPACE, erasure)["state"] == "running"
    monkeypatch.undo()
    sung.drain(patience=30)
    receipt = sung.erasure(WORKSPACE, erasure)
    assert receipt["state"] == "done"
    assert receipt["receipt"]["rows"]["documents"] == 2
    assert "interrupted" in receipt["receipt"]["proof"]["note"]
    sung.close()
    assert files_with(sung.parts.home, CANARY.encode()) == []
