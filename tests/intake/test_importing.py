"""Taking files in: what is stored, under which identity, what is refused, and that nothing personal is written."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.intake.redacting.privacy import Privacy
from synth.intake.uploads import Submission
from synth.model import ParsedDocument, Turn
from synth.store.identity import document_id
from tests.factories import (
    bytes_of_home,
    exported,
    feedback_rows,
    rows_of,
    submit_file,
    take_bytes,
    take_in,
    take_rows,
    value_of,
    write_csv,
    write_jsonl,
    write_transcript,
)

SAID = "The photo upload gets stuck at the end of every visit."


def counts(state: Any) -> tuple[int, int, int]:
    return state.taken, state.already, state.refused


def test_the_same_file_twice_adds_nothing(engine: Engine) -> None:
    assert counts(take_rows(engine, feedback_rows(1))) == (18, 0, 0)
    before = exported(engine, "documents"), exported(engine, "excerpts")
    assert counts(take_rows(engine, feedback_rows(1))) == (0, 18, 0)
    assert (exported(engine, "documents"), exported(engine, "excerpts")) == before


def test_the_same_anonymous_rows_twice_add_nothing(engine: Engine) -> None:
    rows = [{"text": SAID}, {"text": "Good app."}, {"text": "Good app."}, {"text": "Good  app."}]
    assert counts(take_rows(engine, rows)) == (4, 0, 0)
    assert counts(take_rows(engine, rows)) == (0, 4, 0)
    assert counts(take_rows(engine, [*rows, {"text": "Good app."}])) == (1, 4, 0)


def test_equal_words_of_two_people_are_two_voices(engine: Engine) -> None:
    when = "2026-11-03 10:00"
    rows = [{"text": SAID, "author": name, "date": when} for name in ("Ann", "Bob", "Ann")]
    assert counts(take_rows(engine, rows)) == (2, 1, 0)
    assert {row["person"] for row in exported(engine, "documents")} == {"Ann", "Bob"}


def test_equal_words_of_one_person_in_two_sources_are_marked_as_a_repeat(engine: Engine) -> None:
    take_rows(engine, [{"text": SAID, "author": "Ann", "date": "2026-11-03"}], name="tickets.csv")
    take_rows(engine, [{"text": SAID.upper(), "author": "Ann", "date": "2026-11-04"}], name="forum.csv")
    first, second = rows_of(engine, "SELECT id, repeat_of FROM documents ORDER BY created_at")
    assert (first[1], second[1]) == (None, first[0])


def test_one_id_in_two_sources_is_two_documents(engine: Engine) -> None:
    take_rows(engine, [{"id": "1", "text": SAID}], name="tickets.csv")
    assert counts(take_rows(engine, [{"id": "1", "text": SAID}], name="reviews.csv")) == (1, 0, 0)


def test_other_words_under_a_known_id_are_refused_and_the_old_ones_stay(engine: Engine) -> None:
    take_rows(engine, [{"id": "A1", "text": SAID}])
    state = take_rows(engine, [{"id": "A1", "text": "Something else entirely."}, {"id": "A2", "text": "New here."}])
    assert counts(state) == (1, 0, 1)
    assert (state.refusals[0].row, "A1" in state.refusals[0].reason) == (2, True)
    assert SAID in [row["text"] for row in exported(engine, "documents")]


def test_one_bad_row_loses_nothing_else(engine: Engine) -> None:
    rows = [
        {"id": "1", "text": SAID, "date": "2026-11-03"},
        {"id": "2", "text": "", "date": "2026-11-03"},
        {"id": "3", "text": "The date of this one is unreadable.", "date": "someday"},
        {"id": "4", "text": "The last one is fine again.", "date": "2026-11-05"},
    ]
    state = take_rows(engine, rows)
    assert counts(state) == (2, 0, 2)
    assert [refusal.row for refusal in state.refusals] == [3, 4]
    assert "someday" in state.refusals[1].reason


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x00\x01\x02\x03" * 99, "a.csv"),
        (b"a,b\n1,2\n", "b.csv"),
        (b"%PDF-1.4 broken", "c.pdf"),
        (b"PK\x03\x04x", "d.xlsx"),
    ],
)
def test_a_file_nobody_can_read_is_refused_with_a_sentence_and_its_job_ends(
    engine: Engine, content: bytes, name: str
) -> None:
    state = take_bytes(engine, content, name)
    assert (state.finished, counts(state)) == (True, (0, 0, 1))
    assert state.refusals[0].row == 0
    assert state.refusals[0].reason.endswith((".", ")"))
    assert not list((engine.parts.home / "uploads").iterdir())


def test_an_empty_upload_and_one_over_the_limit_are_refused_at_the_door(engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="empty"):
        take_bytes(engine, b"", "a.csv")
    from synth.intake.uploads import submit

    path = write_csv(tmp_path / "x.csv", [{"text": SAID}])
    with path.open("rb") as content, pytest.raises(BadInput, match="larger than 10 bytes"):
        submit(engine.parts, WORKSPACE, "x.csv", content, Submission(), limit=10)
    assert not list((engine.parts.home / "uploads").iterdir())
    assert value_of(engine, "SELECT count(*) FROM imports") == 0


def test_a_clients_file_name_is_only_ever_a_name(engine: Engine) -> None:
    state = take_bytes(engine, b"text\n" + SAID.encode() + b"\n", "..\\..//etc/passwd.csv")
    assert state.filename == "passwd.csv"
    assert exported(engine, "documents")[0]["source"] == "passwd"


def test_one_key_is_one_import_and_another_file_under_it_is_refused(engine: Engine, tmp_path: Path) -> None:
    path = write_csv(tmp_path / "x.csv", [{"text": SAID}])

    def send() -> str:
        with path.open("rb") as content:
            return engine.submit(WORKSPACE, path.name, content, Submission(), key="k1")

    assert send() == send()
    engine.drain()
    assert len(exported(engine, "documents")) == 1
    write_csv(path, [{"text": "Another text."}])
    with pytest.raises(Conflict, match="key"):
        send()


def test_an_import_of_another_workspace_is_not_found(engine: Engine) -> None:
    state = take_rows(engine, [{"text": SAID}])
    with pytest.raises(NotFound):
        engine.import_state("other", state.id)


def test_running_an_import_again_after_its_worker_died_changes_nothing(engine: Engine, tmp_path: Path) -> None:
    from synth.intake.importing import run_import
    from synth.store import ledger

    import_id = submit_file(engine, write_csv(tmp_path / "f.csv", feedback_rows(1)))
    upload = engine.parts.home / "uploads" / import_id
    content = upload.read_bytes()
    with engine.parts.database.write() as session:
        held = ledger.claim(session, now=engine.parts.now())
    assert held is not None
    run_import(engine.parts, held)
    upload.write_bytes(content)
    with pytest.raises(ledger.LeaseLost):
        run_import(engine.parts, held)
    engine.drain()
    assert len(exported(engine, "documents")) == 18
    assert engine.import_state(WORKSPACE, import_id).taken == 18


SECRETS = {
    "email": "jane.roe@corp.example",
    "phone": "+49 171 2345678",
    "card": "4111 1111 1111 1111",
    "iban": "DE89 3704 0044 0532 0130 00",
    "ip": "192.168.17.44",
    "key": "sk-abcdEFGH1234ijklMNOP5678qrst",
}


def secret_rows() -> list[dict[str, object]]:
    return [
        {
            "id": f"{secret}-{place}",
            "text": f"{SAID} Reach me: {secret}." if place == "text" else SAID,
            "title": f"Call {secret}" if place == "title" else "Stuck",
            "author": secret if place == "author" else "Ann",
            "account": secret if place == "account" else "Acme",
            "segment": secret if place == "segment" else "Small",
            "plan": f"Team {secret}" if place == "plan" else "Team",
            "source": f"mail {secret}" if place == "source" else "mail",
            "notes": f"see {secret}" if place == "notes" else "none",
            "date": f"{secret} soon" if place == "date" else "2026-11-03",
        }
        for secret in SECRETS.values()
        for place in ("text", "title", "author", "account", "segment", "plan", "source", "notes", "date")
    ]


def test_nothing_personal_is_in_any_file_of_the_home_folder_after_an_import(engine: Engine, tmp_path: Path) -> None:
    rows = secret_rows()
    state = take_in(engine, write_jsonl(tmp_path / "mail.jsonl", rows))
    assert state.refused == len(SECRETS)  # the unreadable dates, each named with its row
    assert state.taken == len(rows) - len(SECRETS)
    held = bytes_of_home(engine.parts)
    assert SAID.encode() in held
    for kind, secret in SECRETS.items():
        assert secret.encode() not in held, kind


def test_a_person_who_is_an_email_becomes_one_pseudonym_whatever_the_case(engine: Engine) -> None:
    rows = [{"id": n, "text": SAID, "author": who} for n, who in enumerate(("Jane@x.example", "jane@x.example", "Bob"))]
    take_rows(engine, rows)
    people = {row["external_id"]: row["person"] for row in exported(engine, "documents")}
    assert people["0"] == people["1"] != "Jane@x.example"
    assert str(people["0"]).startswith("anon-")
    assert people["2"] == "Bob"


def test_an_id_of_digits_is_kept_though_it_looks_like_a_telephone_number(engine: Engine) -> None:
    ids = ["2692106475", "4111111111111111", "570306133677760513"]
    take_in(
        engine,
        write_jsonl(
            engine.parts.home.parent / "n.jsonl", [{"id": key, "text": f"{SAID} {n}"} for n, key in enumerate(ids)]
        ),
    )
    assert {row["external_id"] for row in exported(engine, "documents")} == set(ids)


def test_a_speaker_and_words_of_a_transcript_are_hidden_too_and_turns_stay_in_place(
    engine: Engine, tmp_path: Path
) -> None:
    turns = [
        ("Maren", "Who are you, and how can I reach you?"),
        ("jo@x.example", "I am Jo, write to jo@x.example any time."),
    ]
    take_in(engine, write_transcript(tmp_path / "call.vtt", turns), kind="research", interviewers=["Maren"])
    assert b"jo@x.example" not in bytes_of_home(engine.parts)
    (document,) = exported(engine, "documents")
    said = [document["text"][turn["start"] : turn["end"]] for turn in document["turns"]]
    assert said == [turns[0][1], "I am Jo, write to [EMAIL_1] any time."]
    assert [turn["role"] for turn in document["turns"]] == ["interviewer", "participant"]


@pytest.mark.parametrize("secret", SECRETS.values())
def test_what_is_hidden_once_is_not_hidden_again(secret: str) -> None:
    privacy = Privacy(("US", "GB", "DE"))
    text = f"Hello, {secret} is mine."
    document = ParsedDocument(
        text, 1, person=secret, attributes={"a": secret, "b": 5.0}, turns=(Turn(0, len(text), secret),)
    )
    once, kinds = privacy.hide(document)
    assert sum(kinds.values()) == 1
    assert once.attributes["b"] == 5.0
    assert once.text[once.turns[0].start : once.turns[0].end] == once.text
    assert privacy.hide(once)[0] == once


TEXTS = st.text(alphabet=st.sampled_from("abc dé.!?\n\u00a0,’😀ß한\u0301"), min_size=1, max_size=900)


@hypothesis_settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(TEXTS.filter(lambda text: bool(text.strip())), min_size=1, max_size=5, unique=True))
def test_an_excerpt_is_the_text_of_its_document_between_its_offsets(engine: Engine, texts: list[str]) -> None:
    path = write_jsonl(engine.parts.home.parent / "any.jsonl", [{"text": text} for text in texts])
    take_in(engine, path)
    documents = {row["document_id"]: row["text"] for row in exported(engine, "documents")}
    excerpts = exported(engine, "excerpts")
    assert {excerpt["document_id"] for excerpt in excerpts} == set(documents)
    for excerpt in excerpts:
        assert documents[excerpt["document_id"]][excerpt["start"] : excerpt["end"]] == excerpt["text"]
        assert excerpt["text"] == excerpt["text"].strip()


def test_offsets_hold_in_the_sample_interviews(engine: Engine, samples: Path) -> None:
    interviews = [path for path in sorted((samples / "interviews").glob("*-p*")) if path.suffix != ".json"]
    for path in interviews:
        take_in(engine, path, kind="research", interviewers=["Maren Holt"])
    documents = {row["document_id"]: row for row in exported(engine, "documents")}
    assert len(documents) == len(interviews)
    for excerpt in exported(engine, "excerpts"):
        document = documents[excerpt["document_id"]]
        assert document["text"][excerpt["start"] : excerpt["end"]] == excerpt["text"]
        inside = [
            turn for turn in document["turns"] if turn["start"] <= excerpt["start"] and excerpt["end"] <= turn["end"]
        ]
        assert [turn["speaker"] for turn in inside] == [excerpt["speaker"]]


def test_a_hidden_column_is_stored_nowhere_and_unknown_columns_become_attributes(engine: Engine) -> None:
    take_rows(engine, [{"text": SAID, "pet": "hedgehog", "seats": "12", "beta": "yes"}], hidden=["pet"])
    assert b"hedgehog" not in bytes_of_home(engine.parts)
    assert exported(engine, "documents")[0]["attributes"].keys() == {"seats", "beta"}


def test_a_source_given_for_the_file_goes_before_the_rows_own(engine: Engine) -> None:
    take_rows(engine, [{"text": SAID, "source": "forum"}], source="Import of May")
    (row,) = exported(engine, "documents")
    assert (row["source"], row["attributes"]["origin"]) == ("Import of May", "forum")


words = st.text(min_size=1, max_size=40)


@given(words, words, st.booleans())
def test_the_id_of_a_document_tells_people_apart_and_not_spacing(text: str, person: str, known: bool) -> None:
    def id_of(text: str, person: str | None, ordinal: int = 1, external_id: str | None = None) -> str:
        return document_id(
            "w", "s", external_id=external_id, text=text, person=person, created_at=None, ordinal=ordinal
        )

    assert id_of(text, person) == id_of(text, person)
    assert id_of(f"a {text}", person) == id_of(f"a  {text}", person)
    assert id_of(text, person) != id_of(text, f"{person}x")
    assert id_of(text, person) != id_of(text, person, 2)
    assert id_of(text, person, 1, "7") == id_of("other", None, 3, "7")


def test_a_few_rows_twice_in_an_export_cost_no_row_its_id(engine: Engine) -> None:
    rows = feedback_rows(1)
    assert counts(take_rows(engine, [*rows, rows[3]])) == (18, 1, 0)
    assert {row["external_id"] for row in exported(engine, "documents")} == {row["id"] for row in rows}


def test_two_rows_of_one_id_with_other_words_are_both_kept(engine: Engine) -> None:
    rows = [*feedback_rows(1), {**feedback_rows(1)[3], "text": "Other words under the same id."}]
    assert counts(take_rows(engine, rows)) == (19, 0, 0)
    assert [row["text"] for row in exported(engine, "documents") if row["external_id"] is None] == [rows[-1]["text"]]
