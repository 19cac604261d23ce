"""Taking a file in: its bytes are stored, and the job that reads it is written, before it is acknowledged."""

import hashlib
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO

from sqlalchemy import select

from synth.errors import BadInput, Conflict, NotFound
from synth.intake.importing import enqueue_reading, is_waiting, source_of, upload_path
from synth.intake.recordings import check_recording, enqueue_transcription, recording_form
from synth.intake.sources import looked_at
from synth.model import Kind, Redacting, Refusal
from synth.parts import Parts
from synth.permitting import begin_restricted, expect_reader
from synth.store import tables
from synth.store.faults import told_plainly
from synth.store.identity import keyed_import_id, new_id
from synth.store.progress import Stage, stages_of
from synth.store.walls import everywhere

_CHUNK = 1 << 20
_NAME_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Submission:
    """How an upload is to be read."""

    source: str | None = None
    kind: Kind = "feedback"
    mapping: Mapping[str, str] = field(default_factory=dict)
    hidden: Sequence[str] = ()
    interviewers: Sequence[str] = ()
    study: str | None = None  # its name; begun where there is none
    redact: Redacting = "automatic"  # its source may say suggest, which then holds
    by: str | None = None  # who sent it, where it waits for a person
    credential: str | None = None  # by which it was sent
    readers: Sequence[str] | None = None  # of its source, which is new then: who may read it beside administrators

    def options(self) -> dict[str, Any]:
        """As it is stored with the import."""
        return {
            "source": self.source,
            "kind": self.kind,
            "mapping": dict(self.mapping),
            "hidden": list(self.hidden),
            "interviewers": list(self.interviewers),
            "study": self.study,
            **({"redact": self.redact, "by": self.by} if self.redact == "suggest" else {}),
            **({} if self.readers is None else {"readers": sorted(self.readers)}),
        }


@dataclass(frozen=True, slots=True)
class ImportState:
    """An import as it stands: what became of its rows so far, and what is still being done."""

    id: str
    filename: str
    source: str | None
    kind: Kind
    taken: int
    already: int
    refused: int
    refusals: tuple[Refusal, ...]
    stages: tuple[Stage, ...]
    finished: bool  # nothing of it is queued or running any more
    created_at: str
    waits: bool = False  # for a person to say what is to be hidden; nothing of it is written yet


def submit(
    parts: Parts,
    workspace: str,
    filename: str,
    content: BinaryIO,
    submission: Submission,
    *,
    limit: int,
    key: str | None = None,
) -> str:
    """Store an upload and its job; returns the id of the import. Raises BadInput when it is empty or too large.

    Raises Unavailable where there is no space. The same `key` with the same content gives the import that is there
    already; with another, it raises Conflict.
    """
    import_id = new_id("i") if key is None else keyed_import_id(workspace, key)
    draft = upload_path(parts.home, new_id("u"))
    draft.parent.mkdir(parents=True, exist_ok=True)
    try:
        with told_plainly():
            size, digest = _store(content, draft, limit)
        if size == 0:
            raise BadInput(f"{_shown(filename)} is empty; there is nothing to take in.")
        check_recording(parts, draft, _shown(filename))
        _register(parts, workspace, import_id, draft, _shown(filename), size, digest, submission)
    finally:
        draft.unlink(missing_ok=True)
    return import_id


def import_state(
    parts: Parts, workspace: str, import_id: str, *, sent_by: str | None = None, most_refusals: int = 1000
) -> ImportState:
    """How an import stands; raises NotFound for one of another workspace, or not sent by this credential."""
    with parts.database.read() as session:
        row = session.get(tables.Import, import_id)
        if row is None or row.workspace_id != workspace or sent_by not in (None, row.credential_id):
            raise NotFound(f"There is no import {import_id}.")
        refused = select(tables.RefusedRow).where(tables.RefusedRow.import_id == import_id)
        refusals = session.scalars(refused.order_by(tables.RefusedRow.row).limit(most_refusals))
        stages = stages_of(session, import_id)
        waits = is_waiting(session, row)
        return ImportState(
            id=row.id,
            filename=row.filename,
            source=row.options.get("source"),
            kind=row.options.get("kind", "feedback"),
            taken=row.taken,
            already=row.already,
            refused=row.refused,
            refusals=tuple(Refusal(refusal.row, refusal.reason) for refusal in refusals),
            stages=stages,
            finished=waits or (row.finished_at is not None and all(stage.ended for stage in stages)),
            created_at=row.created_at.isoformat(),
            waits=waits,
        )


def discard_left_over(parts: Parts, *, untouched: timedelta = timedelta(0)) -> None:
    """Delete the files no import will read any more: of uploads that were broken off, of imports read to the end.

    They hold what people wrote before anything was redacted. What no import knows is spared while it was written to
    lately: others may be taking it in while this process looks, unless it is the only one.
    """
    folder = upload_path(parts.home, "")
    found = [(path, _age(path)) for path in folder.iterdir()] if folder.is_dir() else []
    with everywhere(), parts.database.read() as session:
        reading = tables.Job.kind.in_(("intake", "transcribe"))
        waiting = select(tables.Job.subject).where(reading, tables.Job.state != "done")
        wanted = set(session.scalars(waiting))
        unread = session.scalars(select(tables.Import).where(tables.Import.finished_at.is_(None)))
        wanted |= {row.id for row in unread if is_waiting(session, row)}
        mine = tables.Import.id.in_([path.name for path, _ in found])
        read = set(session.scalars(select(tables.Import.id).where(mine, tables.Import.finished_at.is_not(None))))
    for path, age in found:
        if path.name not in wanted and (path.name in read or age >= untouched):
            path.unlink(missing_ok=True)


def _age(path: Path) -> timedelta:
    """Since the last write; of what is gone by now, none."""
    try:
        return timedelta(seconds=max(0.0, time.time() - path.stat().st_mtime))
    except FileNotFoundError:
        return timedelta(-1)


def _store(content: BinaryIO, path: Path, limit: int) -> tuple[int, str]:
    """Write the bytes durably; returns their number and SHA-256."""
    size, digest = 0, hashlib.sha256()
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise BadInput(f"The file is larger than {limit:,} bytes; split it, or raise SYNTH_UPLOAD_LIMIT.")
            digest.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return size, digest.hexdigest()


def _register(
    parts: Parts,
    workspace: str,
    import_id: str,
    draft: Path,
    filename: str,
    size: int,
    digest: str,
    submission: Submission,
) -> None:
    now = parts.now()
    with parts.database.write() as session:
        source = source_of(submission.options(), filename)
        if source in looked_at(session, workspace):
            submission = replace(submission, redact="suggest")
        if expect_reader(session, parts, workspace, source) or submission.readers is not None:
            submission = replace(submission, source=source)  # all that is in it, whatever its rows say
        if known := session.get(tables.Import, import_id):
            _expect_same(known, digest, submission)
            return
        if submission.readers is not None:
            begin_restricted(session, workspace, source, submission.kind, submission.readers, now)
        is_recording = recording_form(draft) is not None
        draft.replace(upload_path(parts.home, import_id))
        session.add(
            tables.Import(
                id=import_id,
                workspace_id=workspace,
                filename=filename,
                sha256=digest,
                size=size,
                options=submission.options(),
                credential_id=submission.credential,
                created_at=now,
            )
        )
        session.flush()
        if is_recording:
            enqueue_transcription(session, workspace, import_id, now)
        elif submission.redact == "automatic":
            enqueue_reading(session, workspace, import_id, now)


def _expect_same(known: tables.Import, digest: str, submission: Submission) -> None:
    before, now = known.options, submission.options()
    other_source = None not in (before["source"], now["source"]) and before["source"] != now["source"]
    if known.sha256 != digest or other_source or _as_it_is_read(before) != _as_it_is_read(now):
        raise Conflict("This idempotency key was used for another upload; send this one with a key of its own.")


def _as_it_is_read(options: Mapping[str, Any]) -> dict[str, Any]:
    """How a file is read, without what may have been said of its source meanwhile: who looks first, who reads."""
    return {name: value for name, value in options.items() if name not in ("redact", "by", "source")}


def _shown(filename: str) -> str:
    """The client's file name as a name only: without folders, not too long."""
    return Path(filename.replace("\\", "/")).name[-_NAME_LENGTH:] or "upload"
