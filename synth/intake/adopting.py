"""Texts that come within another file, such as a coded project: taken into a study as documents, one at a time."""

import hashlib
from dataclasses import replace

from sqlalchemy.orm import Session

from synth.intake.batch import Batch
from synth.intake.importing import (
    Upload,
    bounded,
    count_rows,
    enqueue_embedding,
    open_registrar,
    upload_path,
)
from synth.intake.registry import Registered
from synth.intake.transcripts.assembly import Options, document_of_lines
from synth.intake.transcripts.prose import text_lines
from synth.intake.uploads import Submission
from synth.model import ParsedDocument, Refusal
from synth.parts import Parts
from synth.store import tables
from synth.store.identity import new_id
from synth.store.progress import settle


def adopt_text(parts: Parts, workspace: str, study: tables.Study, guid: str, name: str, text: str) -> str | None:
    """Take a text in as a document of a study, with redaction and pseudonyms as for any upload; why not, if not.

    `guid` is by what the other tool knows it: the same one is not taken in twice.
    """
    document = document_of_lines(text_lines(text), name, Options(kind="research", timezone=parts.zone(workspace)))
    row = bounded(replace(document, external_id=guid or None))
    import_id, now = new_id("i"), parts.now()
    options = Submission(kind="research", study=study.name).options()
    upload = Upload(import_id, workspace, upload_path(parts.home, import_id), "coded project", options)
    with parts.database.write() as session:
        content = text.encode("utf-8", "replace")
        told = {"filename": upload.filename, "sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
        made = tables.Import(
            id=import_id, workspace_id=workspace, options=options, created_at=now, finished_at=now, **told
        )
        session.add(made)
        session.flush()
        batch = Batch(workspace, import_id, 0, study.name, "research", study.id)
        registered = _write(session, parts, batch, row)
        count_rows(session, parts, upload, registered, registered.refused)
        enqueue_embedding(session, parts, batch, registered)
        settle(session, workspace, import_id, now=now)
        return registered.refused[0].reason if registered.refused else None


def _write(session: Session, parts: Parts, batch: Batch, row: ParsedDocument | Refusal) -> Registered:
    if isinstance(row, Refusal):
        return Registered(0, 0, 0, (row,))
    return open_registrar(parts).write(session, batch, [row])
