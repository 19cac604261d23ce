"""Recordings: known by their first bytes, written down by an endpoint, then read like any other transcript.

The transcription is a job of its own. It puts the transcript where the recording was, so that the recording is gone
when the intake job begins, and an attempt that follows need not transcribe again.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from synth.errors import BadInput, Broken
from synth.intake.importing import enqueue_reading, refuse_upload, upload_path
from synth.parts import Parts
from synth.store import ledger, tables
from synth.store.progress import settle
from synth.transcribing import write_segments

NOT_SET: Final = (
    "{} is a recording, and nothing is set up to transcribe it: set SYNTH_TRANSCRIBE_URL, or import its transcript."
)
_HEAD: Final = 4096
_MPEG: Final = (b"ID3", b"\xff\xfb", b"\xff\xfa", b"\xff\xf3", b"\xff\xf2")
_PICTURES: Final = (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis", b"crx ")


def recording_form(path: Path) -> str | None:
    """wav, mp3, m4a, mp4, webm, ogg or flac by the first bytes; None for anything else."""
    with path.open("rb") as file:
        head = file.read(_HEAD)
    if head[:4] == b"RIFF" and head[8:12] == b"WAVE":
        return "wav"
    if head.startswith(_MPEG):
        return "mp3"
    if head[4:8] == b"ftyp" and head[8:12] not in _PICTURES:
        return "m4a" if head[8:12] in (b"M4A ", b"M4B ") else "mp4"
    if head.startswith(b"\x1aE\xdf\xa3") and b"webm" in head[:64]:
        return "webm"
    return {b"OggS": "ogg", b"fLaC": "flac"}.get(head[:4])


def check_recording(parts: Parts, path: Path, name: str) -> None:
    """Raise BadInput, in one sentence that names the setting, for a recording that cannot be transcribed here."""
    if recording_form(path) is None:
        return
    if parts.transcriber is None:
        raise BadInput(NOT_SET.format(name))
    size, limit = path.stat().st_size, parts.transcriber.limit
    if size > limit:
        raise BadInput(
            f"{name} has {size:,} bytes, and the transcription endpoint takes {limit:,}: export its sound alone as mp3,"
            " or raise SYNTH_TRANSCRIBE_LIMIT."
        )


def enqueue_transcription(session: Session, workspace: str, import_id: str, now: datetime) -> None:
    """Queue the job that writes a recording down, which comes before its reading."""
    payload, key = {"import_id": import_id}, f"transcribe:{import_id}"
    ledger.enqueue(session, workspace, "transcribe", payload, key=key, subject=import_id, now=now)


def run_transcription(parts: Parts, held: ledger.Claim) -> None:
    """Write down what is said in the recording of the job's import, and queue its reading."""
    import_id = held.payload["import_id"]
    path = upload_path(parts.home, import_id)
    try:
        _transcribe(parts, path)
    except BadInput as error:
        _refuse(parts, held, import_id, str(error))
        path.unlink(missing_ok=True)
        return
    with parts.database.write() as session:
        now = parts.now()
        if session.get_one(tables.Import, import_id).options.get("redact") != "suggest":  # else a person looks first
            enqueue_reading(session, held.workspace, import_id, now)
        ledger.finish(session, held, now=now)


def _transcribe(parts: Parts, path: Path) -> None:
    if not path.is_file():  # as after a backup was restored: uploads are in none
        raise BadInput("The recording is not here any more; send it again.")
    form = recording_form(path)
    if form is None:  # an earlier attempt got as far as the transcript
        return
    if parts.transcriber is None:
        raise Broken("Nothing is set up to transcribe recordings any more; set SYNTH_TRANSCRIBE_URL, then retry.")
    content = write_segments(parts.transcriber.transcribe(path, form))
    draft = path.with_name(f"{path.name}.json")
    with draft.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def _refuse(parts: Parts, held: ledger.Claim, import_id: str, reason: str) -> None:
    with parts.database.write() as session:
        now = parts.now()
        refuse_upload(session, parts, import_id, reason)
        session.execute(update(tables.Import).where(tables.Import.id == import_id).values(finished_at=now))
        ledger.finish(session, held, now=now)
        settle(session, held.workspace, import_id, now=now)
