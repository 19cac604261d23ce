"""The intake job: a stored upload becomes documents, batch by batch, each batch with its embedding job."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.intake.apart import read_apart
from synth.intake.batch import Batch
from synth.intake.participants import open_study
from synth.intake.redacting.privacy import Privacy
from synth.intake.redacting.reviewing import load_decisions, settled
from synth.intake.registry import Registered, Registrar
from synth.intake.roster import read_roster, write_roster
from synth.intake.sources import looked_at
from synth.model import ParsedDocument, Refusal
from synth.parts import Parts
from synth.permitting import restricted_names
from synth.store import ledger, tables
from synth.store.progress import settle
from synth.store.rows import insert_new

BATCH = 200  # documents in one transaction and one embedding job
BATCH_TEXT = 1_000_000  # characters in one: others wait for a transaction, and cutting texts is what it waits for
LONGEST = 1_000_000  # characters of one document: a talk of twenty hours
EXCERPT_TOKENS = 200  # leaves room in the model's 256 for its own marks


@dataclass(frozen=True, slots=True)
class Upload:
    """A stored file and how it is to be read."""

    import_id: str
    workspace: str
    path: Path
    filename: str
    options: Mapping[str, Any]


def upload_path(home: Path, import_id: str) -> Path:
    """Where the bytes of an import wait until they are read; the client's file name is never used as a path."""
    return home / "uploads" / import_id


def enqueue_reading(session: Session, workspace: str, import_id: str, now: datetime) -> None:
    """Queue the job that reads an upload."""
    payload = {"import_id": import_id}
    ledger.enqueue(session, workspace, "intake", payload, key=f"intake:{import_id}", subject=import_id, now=now)


def is_waiting(session: Session, row: tables.Import) -> bool:
    """Whether an import waits for a person to say what is to be hidden: nothing of it is written before."""
    if row.options.get("redact") != "suggest" or row.finished_at is not None:
        return False
    job = tables.Job
    ahead = (job.kind == "intake") | ((job.kind == "transcribe") & (job.state != "done"))
    return session.scalar(select(job.id).where(job.subject == row.id, ahead).limit(1)) is None


def run_import(parts: Parts, held: ledger.Claim) -> None:
    """Read the upload of the job's import. What cannot be read is recorded as refused; nothing is lost or doubled."""
    upload = load_upload(parts, held.payload["import_id"])
    _start_over(parts, held, upload)
    try:
        if not _take_roster(parts, upload):
            _take_documents(parts, held, upload)
    except BadInput as error:
        with parts.database.write() as session:
            refuse_upload(session, parts, upload.import_id, str(error))
    with parts.database.write() as session:
        now = parts.now()
        mine = tables.Import.id == upload.import_id
        session.execute(update(tables.Import).where(mine).values(finished_at=now))
        ledger.finish(session, held, now=now)
        settle(session, upload.workspace, upload.import_id, now=now)
    upload.path.unlink(missing_ok=True)


def load_upload(parts: Parts, import_id: str) -> Upload:
    """The stored file of an import."""
    with parts.database.read() as session:
        return _load(session, parts, import_id)


def _load(session: Session, parts: Parts, import_id: str) -> Upload:
    row = session.get_one(tables.Import, import_id)
    return Upload(import_id, row.workspace_id, upload_path(parts.home, import_id), row.filename, row.options)


def _start_over(parts: Parts, held: ledger.Claim, upload: Upload) -> None:
    """An attempt counts from the beginning; what an earlier one stored is recognised and counted again as taken."""
    with parts.database.write() as session:
        ledger.renew(session, held, now=parts.now())
        session.execute(delete(tables.RefusedRow).where(tables.RefusedRow.import_id == upload.import_id))
        mine = tables.Import.id == upload.import_id
        session.execute(update(tables.Import).where(mine).values(taken=0, already=0, refused=0))


def _take_roster(parts: Parts, upload: Upload) -> bool:
    """A table of accounts or people, without anything said, updates those; True when the file was one."""
    options = upload.options
    roster = read_roster(upload.path, upload.filename, mapping=options["mapping"], hidden=options["hidden"])
    if roster is None:
        return False
    with parts.database.write() as session:
        changed, already = write_roster(session, upload.workspace, roster, Privacy(parts.regions))
        count_rows(session, parts, upload, Registered(changed, already, 0), roster.refused)
    return True


def open_registrar(parts: Parts) -> Registrar:
    """What writes the documents of one import."""
    return Registrar(
        count_tokens=parts.embedder.count_tokens,
        limit=min(EXCERPT_TOKENS, parts.embedder.max_tokens),
        regions=parts.regions,
        now=parts.now(),
    )


def _take_documents(parts: Parts, held: ledger.Claim, upload: Upload) -> None:
    registrar = open_registrar(parts)
    done = 0
    for number, rows in enumerate(_batches(_read(parts, upload))):
        documents = [row for row in rows if isinstance(row, ParsedDocument)]
        refusals = [row for row in rows if isinstance(row, Refusal)]
        done += len(rows)
        with parts.database.write() as session:
            study = _study(session, parts, upload)
            source = source_of(upload.options, upload.filename)
            batch = Batch(upload.workspace, upload.import_id, number, source, upload.options["kind"], study)
            registered = registrar.write(session, batch, documents)
            count_rows(session, parts, upload, registered, [*refusals, *registered.refused])
            enqueue_embedding(session, parts, batch, registered)
            ledger.advance(session, held, now=parts.now(), stage="reading", done=done)
            mine = tables.Import.id == upload.import_id
            named = registrar.hide_in_label(upload.filename)
            session.execute(update(tables.Import).where(mine).values(filename=named))


def _read(parts: Parts, upload: Upload) -> Iterator[ParsedDocument | Refusal]:
    rows = read_upload(parts, upload)
    with parts.database.read() as session:
        restricted = restricted_names(session, upload.workspace) - {upload.options["source"]}
        closed = looked_at(session, upload.workspace)
        decisions = load_decisions(session, upload.import_id)
    rows = (_unless_restricted(row, restricted) for row in rows) if restricted else rows
    if upload.options.get("redact") != "suggest":
        return (_unless_looked_at(row, closed) for row in rows) if closed else rows
    return settled(rows, decisions, parts.regions)


def _unless_restricted(row: ParsedDocument | Refusal, restricted: Collection[str]) -> ParsedDocument | Refusal:
    """Who may add to a restricted source was asked of the upload's own, not of one that a row names."""
    if isinstance(row, Refusal) or row.source not in restricted:
        return row
    return Refusal(row.row, f"{row.source} is restricted; send what is for it by itself, with that source.")


def _unless_looked_at(row: ParsedDocument | Refusal, closed: Collection[str]) -> ParsedDocument | Refusal:
    """A row that names its source itself comes past the upload's own: it is not let into one that waits for a look."""
    if isinstance(row, Refusal) or row.source not in closed:
        return row
    return Refusal(
        row.row,
        f"What comes into {row.source} is looked at first; send it with that source, or with redact=suggest.",
    )


def read_upload(parts: Parts, upload: Upload) -> Iterator[ParsedDocument | Refusal]:
    """The documents of an upload as they were sent."""
    options = upload.options
    names = ("kind", "mapping", "hidden", "interviewers")
    given = {**{name: options[name] for name in names}, "timezone": parts.zone(upload.workspace)}
    rows = read_apart(upload.path, name=upload.filename, options=given)
    named = options["source"]
    return (_from_source(row, named) for row in rows) if named else rows


def _from_source(row: ParsedDocument | Refusal, source: str) -> ParsedDocument | Refusal:
    """A source given for the whole file goes before one its rows name; theirs is kept as an attribute."""
    if isinstance(row, Refusal) or row.source in (None, source):
        return row
    return replace(row, source=source, attributes={**row.attributes, "origin": row.source or ""})


def _study(session: Session, parts: Parts, upload: Upload) -> str | None:
    name = upload.options.get("study")
    return open_study(session, upload.workspace, name, "an import", parts.now()) if name else None


def source_of(options: Mapping[str, Any], filename: str) -> str:
    """Where the documents come from unless their rows say it: as given, the study, the file; interviews are one."""
    if options.get("study") and not options["source"]:
        return str(options["study"])
    if options["kind"] == "research" and not options["source"]:
        return "Interviews"
    return str(options["source"] or Path(filename).name.split(".")[0] or "upload")


def _batches(rows: Iterable[ParsedDocument | Refusal]) -> Iterator[list[ParsedDocument | Refusal]]:
    batch: list[ParsedDocument | Refusal] = []
    size = 0
    for row in rows:
        length = len(row.text) if isinstance(row, ParsedDocument) else 0
        if batch and (len(batch) == BATCH or size + length > BATCH_TEXT):
            yield batch
            batch, size = [], 0
        batch.append(bounded(row))
        size += length
    if batch:
        yield batch


def bounded(row: ParsedDocument | Refusal) -> ParsedDocument | Refusal:
    """The row, or why it is too long to be one."""
    if isinstance(row, Refusal) or len(row.text) <= LONGEST:
        return row
    return Refusal(
        row.row, f"One document has at most {LONGEST:,} characters; this one has {len(row.text):,}: split it."
    )


def enqueue_embedding(session: Session, parts: Parts, batch: Batch, registered: Registered) -> None:
    """Queue the job that embeds what came of a batch."""
    if not registered.taken:
        return
    ledger.enqueue(
        session,
        batch.workspace,
        "embed",
        {"import_id": batch.import_id, "batch": batch.number},
        key=f"embed:{batch.import_id}:{batch.number}",
        subject=batch.import_id,
        total=registered.excerpts,
        now=parts.now(),
    )


def count_rows(
    session: Session, parts: Parts, upload: Upload, registered: Registered, refusals: Sequence[Refusal]
) -> None:
    """Add to an import what became of some of its rows, and why some were refused."""
    row = session.get_one(tables.Import, upload.import_id)
    row.taken += registered.taken
    row.already += registered.already
    row.refused += len(refusals)
    common = {"import_id": upload.import_id, "workspace_id": upload.workspace}
    hide = Privacy(parts.regions).hide_line  # a reason repeats what stood in the row
    insert_new(session, tables.RefusedRow, [{"row": r.row, "reason": hide(r.reason), **common} for r in refusals])


def refuse_upload(session: Session, parts: Parts, import_id: str, reason: str) -> None:
    """Write down that nothing of an upload can be taken, and why."""
    count_rows(session, parts, _load(session, parts, import_id), Registered(0, 0, 0), [Refusal(0, reason)])
