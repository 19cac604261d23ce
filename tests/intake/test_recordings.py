"""Recordings: transcribed by an endpoint where one is set, refused with a sentence where none is, never kept."""

import io
import json
import wave
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select, text

from eval.scripted import Said, ScriptedServer
from synth.checkup import examine
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Broken, Unavailable
from synth.intake.formats import detect
from synth.intake.recordings import recording_form
from synth.intake.reviews import Reviewer
from synth.intake.uploads import Submission
from synth.settings import Settings
from synth.store.tables import Job
from synth.transcribing import Segment, read_segments
from tests.factories import exported, open_home, rows_of

KEY = "tr-very-secret-4711"
CANARY = b"sound that nobody keeps"
TALK = (
    {"id": 0, "start": 0.0, "end": 2.5, "text": " How does your day begin?", "speaker": "SPEAKER_00"},
    {"id": 1, "start": 3.0, "end": 7.0, "text": " The calendar takes ages.", "speaker": "SPEAKER_01"},
    {"id": 2, "start": 7.0, "end": 9.0, "text": " Write to jo@x.example.", "speaker": "SPEAKER_01"},
)
Listening = Callable[..., tuple[Engine, ScriptedServer]]


def sound() -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as recording:
        recording.setnchannels(1)
        recording.setsampwidth(2)
        recording.setframerate(8_000)
        recording.writeframes(CANARY * 40)
    return file.getvalue()


def said(*segments: dict[str, Any], **more: Any) -> Said:
    return Said(json.dumps({"task": "transcribe", **more, "segments": segments}).encode())


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[Listening]:
    """An engine with an endpoint that says what it is told to."""
    opened: list[tuple[Engine, ScriptedServer]] = []

    def listen(*script: Said, **settings: Any) -> tuple[Engine, ScriptedServer]:
        server = ScriptedServer(*script)
        server.__enter__()
        given = {"transcribe_url": server.url, "transcribe_key": SecretStr(KEY), **settings}
        opened.append((open_home(tmp_path / "home", **given), server))
        return opened[-1]

    yield listen
    for engine, server in opened:
        engine.close()
        server.__exit__(None, None, None)


def send(engine: Engine, name: str = "Erika Muster.wav") -> str:
    return engine.submit(WORKSPACE, name, io.BytesIO(sound()), Submission(kind="research", study="Mornings"))


def test_a_recording_becomes_a_transcript_like_any_other(listening: Listening) -> None:
    engine, server = listening(said(*TALK, text="…" * 70_000))
    import_id = send(engine)
    engine.drain()
    (document,) = exported(engine, "documents")
    turns = engine.document(WORKSPACE, document["document_id"])["turns"]
    assert [(turn["begins"], turn["speaker"][:4]) for turn in turns] == [(0.0, "S1-P"), (3.0, "S1-P")]
    assert "The calendar takes ages. Write to [EMAIL_1]." in document["text"]
    state = engine.import_state(WORKSPACE, import_id)
    assert (state.taken, state.finished) == (1, True)
    assert [stage.kind for stage in state.stages][:2] == ["transcribe", "intake"]
    kept = b"".join(path.read_bytes() for path in engine.parts.home.rglob("*") if path.is_file())
    assert CANARY not in kept
    assert b"jo@x.example" not in kept
    form = server.requests[0]["form"]
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert b'filename="recording.wav"' in form
    assert b"Erika" not in form
    assert b"verbose_json" in form


def test_speakers_are_asked_for_where_the_model_tells_them(listening: Listening) -> None:
    engine, server = listening(said(*TALK), transcribe_model="gpt-4o-transcribe-diarize")
    send(engine)
    engine.drain()
    assert b"diarized_json" in server.requests[0]["form"]


def test_a_busy_endpoint_is_left_alone_for_as_long_as_it_asks(listening: Listening) -> None:
    busy = Said(b"busy", 429, {"Retry-After": "3000"})
    engine, server = listening(busy, said(*TALK))
    send(engine)
    engine.drain()
    with engine.parts.database.read() as session:
        job = session.scalars(select(Job).where(Job.kind == "transcribe")).one()
        assert job.run_after - job.created_at >= timedelta(seconds=3000)
    assert len(server.requests) == 1
    with engine.parts.database.write() as session:
        session.execute(text("UPDATE jobs SET run_after = created_at"))
    engine.drain()
    assert len(exported(engine, "documents")) == 1


def test_a_person_looks_at_a_transcript_before_it_is_taken_in(listening: Listening) -> None:
    engine, _ = listening(said(*TALK))
    wanted = Submission(kind="research", study="Mornings", redact="suggest", by="Ann")
    import_id = engine.submit(WORKSPACE, "talk.wav", io.BytesIO(sound()), wanted)
    assert not engine.import_state(WORKSPACE, import_id).waits  # there is nothing to look at yet
    engine.drain()
    assert engine.import_state(WORKSPACE, import_id).waits
    assert exported(engine, "documents") == []
    assert "The calendar takes ages." in str(engine.review(WORKSPACE, import_id, Reviewer("Ann", researches=True)))


def test_a_recording_that_a_backup_did_not_bring_is_asked_for_again(listening: Listening) -> None:
    engine, server = listening(said(*TALK))
    import_id = send(engine)
    (engine.parts.home / "uploads" / import_id).unlink()
    engine.drain()
    assert "send it again" in engine.import_state(WORKSPACE, import_id).refusals[0].reason
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "state", "reason"),
    [
        (Said(b"no", 413), "done", "larger than the transcription endpoint takes"),
        (Said(b"no", 400), "done", "does not take this recording"),
        (said(text=" "), "done", "heard no words"),
        (Said(b"no", 401), "dead", "check SYNTH_TRANSCRIBE_KEY"),
        (Said(b"no", 404), "dead", "check SYNTH_TRANSCRIBE_URL"),
        (Said(b"<html>", 200), "dead", "no transcript"),
        (Said(b"[]", 200), "dead", "no transcript"),
        (Said(b"no", 503), "queued", "busy or at fault"),
    ],
)
def test_what_comes_of_an_endpoint_that_does_not_transcribe(
    listening: Listening, answer: Said, state: str, reason: str
) -> None:
    engine, _ = listening(answer)
    import_id = send(engine)
    engine.drain()
    ((found, error),) = rows_of(engine, "SELECT state, error FROM jobs WHERE kind = 'transcribe'")
    refusals = engine.import_state(WORKSPACE, import_id).refusals
    assert found == state
    assert reason in (refusals[0].reason if state == "done" else error)
    assert KEY not in str(error)
    is_kept = (engine.parts.home / "uploads" / import_id).exists()
    assert is_kept == (state != "done")  # a retry needs it, a refusal does not


def test_a_recording_is_refused_by_the_name_of_the_setting(engine: Engine, listening: Listening) -> None:
    with pytest.raises(BadInput, match=r"talk\.wav is a recording, .* set SYNTH_TRANSCRIBE_URL"):
        send(engine, "talk.wav")
    draft = engine.keep_draft(WORKSPACE, [("talk.wav", io.BytesIO(sound()))], Submission(kind="research"))
    assert "SYNTH_TRANSCRIBE_URL" in str(engine.draft(WORKSPACE, draft).files[0].problem)
    limited, server = listening(said(*TALK), transcribe_limit=100)
    with pytest.raises(BadInput, match="raise SYNTH_TRANSCRIBE_LIMIT"):
        send(limited, "talk.wav")
    assert server.requests == []


@pytest.mark.parametrize(
    ("head", "form"),
    [
        (b"RIFF\x00\x00\x00\x00WAVEfmt ", "wav"),
        (b"ID3\x04", "mp3"),
        (b"\xff\xfb\x90", "mp3"),
        (b"\x00\x00\x00\x20ftypM4A ", "m4a"),
        (b"\x00\x00\x00\x20ftypisom", "mp4"),
        (b"\x1aE\xdf\xa3\x9fB\x86\x81\x01B\x82\x84webm", "webm"),
        (b"OggS\x00", "ogg"),
        (b"fLaC\x00", "flac"),
        (b"\x00\x00\x00\x20ftypheic", None),
        (b"RIFF\x00\x00\x00\x00AVI LIST", None),
        (b"Interviewer: hello", None),
    ],
)
def test_a_recording_is_known_by_its_content(tmp_path: Path, head: bytes, form: str | None) -> None:
    path = tmp_path / "talk.txt"
    path.write_bytes(head + b"\x00" * 50)
    assert recording_form(path) == form


def test_the_check_up_sends_silence(listening: Listening) -> None:
    engine, _ = listening(said(text=""), Said(b"", 401))

    def finding(settings: Settings) -> tuple[bool, str]:
        found = next(each for each in examine(settings) if each.part == "transcription")
        return found.ok, found.said

    settings = engine.settings
    assert finding(settings)[0]
    ok, told = finding(settings)
    assert (ok, "check SYNTH_TRANSCRIBE_KEY" in told) == (False, True)
    assert "none set; recordings are refused" in finding(Settings(home=settings.home))[1]


def test_replies_are_read_as_their_servers_write_them() -> None:
    assert read_segments(b'{"text": "Hello.", "usage": {}}') == (Segment("Hello."),)
    told = json.dumps({"segments": [{"text": " a ", "start": "1.5", "end": None, "speaker": 0}, {"text": " "}]})
    assert read_segments(told.encode()) == (Segment("a", 1.5, None, "0"),)
    for broken in (b"", b"null", b'{"segments": 3}', b'{"segments": [1]}', b'{"segments": [{}]}'):
        with pytest.raises(Broken):
            read_segments(broken)
    assert Unavailable("x").wait is None


def test_the_json_of_whisper_is_a_transcript_and_other_json_a_table(tmp_path: Path) -> None:
    path = tmp_path / "talk.json"
    path.write_text(json.dumps({"text": "long " * 20_000, "segments": TALK, "language": "en"}))
    assert detect(path) == "segments"
    path.write_text(json.dumps({"segments": [{"name": "Small", "text": "under ten"}]}))
    assert detect(path) == "json"
