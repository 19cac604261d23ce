"""Uploads that wait for a person: files are kept while their columns are looked at, then submitted or forgotten.

A draft is a folder with an unguessable name beside the uploads: the files by number, and what was said about them.
"""

import json
import re
import secrets
import shutil
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast, get_args

from synth.errors import BadInput, NotFound
from synth.intake.formats import TableFormat, detect, read_file
from synth.intake.recordings import check_recording, recording_form
from synth.intake.roster import is_roster
from synth.intake.tabular.tables import TablePreview, preview
from synth.intake.uploads import Submission, submit
from synth.model import Kind, Redacting
from synth.parts import Parts

MOST_FILES = 50
KEPT = 24 * 3600.0  # seconds a draft waits
SHOWN_ROWS = 6
_CHUNK = 1 << 20
_ID = re.compile(r"[\w-]{32}", re.ASCII)


@dataclass(frozen=True, slots=True)
class DraftFile:
    """A file of a draft: its table where it is one, or why it cannot be read."""

    number: int
    name: str
    size: int
    table: TablePreview | None = None
    problem: str | None = None

    @property
    def is_roster(self) -> bool:
        """True for a table of people or accounts in which nobody says anything."""
        return self.table is not None and is_roster(self.table, {})


@dataclass(frozen=True, slots=True)
class Draft:
    """Files that were sent and not yet submitted, and what holds for all of them."""

    id: str
    kind: Kind
    source: str | None
    interviewers: tuple[str, ...]
    files: tuple[DraftFile, ...]
    study: str | None = None
    redact: Redacting = "automatic"
    readers: tuple[str, ...] | None = None


def keep_draft(
    parts: Parts, workspace: str, files: Sequence[tuple[str, BinaryIO]], submission: Submission, *, limit: int
) -> str:
    """Keep files until their columns are confirmed; returns the id of the draft. Raises BadInput for none."""
    if not files:
        raise BadInput("No file was chosen; choose at least one.")
    if len(files) > MOST_FILES:
        raise BadInput(f"At most {MOST_FILES} files can be sent at once; send the rest afterwards.")
    _sweep(parts)
    draft = secrets.token_urlsafe(24)
    folder = _root(parts) / draft
    folder.mkdir(parents=True)
    try:
        names = [_keep(folder / str(number), name, file, limit) for number, (name, file) in enumerate(files)]
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    said = submission.options() | {"workspace": workspace, "names": names}
    (folder / "draft.json").write_text(json.dumps(said), "utf-8")
    return draft


def open_draft(parts: Parts, workspace: str, id: str) -> Draft:
    """A draft with its tables; raises NotFound when there is none, or it has been submitted or has expired."""
    folder, said = _find(parts, workspace, id)
    files = tuple(_look_at(parts, folder / str(number), number, name) for number, name in enumerate(said["names"]))
    return Draft(
        id,
        said["kind"],
        said["source"],
        tuple(said["interviewers"]),
        files,
        said.get("study"),
        said.get("redact", "automatic"),
        tuple(said["readers"]) if "readers" in said else None,
    )


def submit_draft(parts: Parts, workspace: str, id: str, choices: Mapping[int, Submission], *, limit: int) -> list[str]:
    """Submit the files a choice was made for; returns the ids of their imports. Done twice, it submits them once.

    Raises BadInput, before anything is submitted, when a choice does not fit its file.
    """
    folder, said = _find(parts, workspace, id)
    if not choices:
        raise BadInput("None of these files can be read; choose others.")
    for number, submission in choices.items():
        _check(parts, workspace, folder / str(number), said["names"][number], submission)
    imports = []
    for number, submission in sorted(choices.items()):
        with (folder / str(number)).open("rb") as file:
            key = f"{id}-{number}"
            imports.append(submit(parts, workspace, said["names"][number], file, submission, limit=limit, key=key))
    shutil.rmtree(folder, ignore_errors=True)
    return imports


def _keep(path: Path, name: str, content: BinaryIO, limit: int) -> str:
    size = 0
    with path.open("xb") as file:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > limit:
                raise BadInput(f"The file is larger than {limit:,} bytes; split it, or raise SYNTH_UPLOAD_LIMIT.")
            file.write(chunk)
    return Path(name.replace("\\", "/")).name or "upload"


def _look_at(parts: Parts, path: Path, number: int, name: str) -> DraftFile:
    size = path.stat().st_size
    try:
        if recording_form(path) is not None:
            check_recording(parts, path, name)
            return DraftFile(number, name, size)
        form = detect(path, name=name)
        if form not in get_args(TableFormat):
            return DraftFile(number, name, size)
        table = preview(path, format=cast("TableFormat", form), rows=SHOWN_ROWS, name=name)
    except BadInput as error:
        return DraftFile(number, name, size, problem=str(error))
    return DraftFile(number, name, size, table)


def _check(parts: Parts, workspace: str, path: Path, name: str, submission: Submission) -> None:
    """Let the reader of tables say whether it can follow the choice; a document has none to follow."""
    file = _look_at(parts, path, 0, name)
    if file.problem:
        raise BadInput(file.problem)
    if file.table is None or is_roster(file.table, submission.mapping):
        return
    chosen = {column for column in submission.mapping.values() if column}
    kept = {field: column for field, column in file.table.mapping.items() if field not in submission.mapping}
    if clash := sorted(chosen & set(kept.values())) or _repeated(submission.mapping):
        raise BadInput(f"The column “{clash[0]}” of {name} is chosen for two fields; choose it for one.")
    if hidden := sorted(chosen & set(submission.hidden)):
        raise BadInput(f"The column “{hidden[0]}” of {name} is left out and chosen for a field; decide for one.")
    read_file(path, name=name, kind=submission.kind, mapping=submission.mapping, hidden=submission.hidden,
              timezone=parts.zone(workspace))  # fmt: skip


def _repeated(mapping: Mapping[str, str]) -> list[str]:
    columns = [column for column in mapping.values() if column]
    return sorted({column for column in columns if columns.count(column) > 1})


def _find(parts: Parts, workspace: str, id: str) -> tuple[Path, dict[str, Any]]:
    folder = _root(parts) / id
    known = _ID.fullmatch(id) and (folder / "draft.json").is_file()
    said = json.loads((folder / "draft.json").read_text("utf-8")) if known else {}
    if said.get("workspace") != workspace:
        raise NotFound(
            "This upload is not waiting any more: it was taken in, or a day went by. Choose the files again."
        )
    return folder, said


def _sweep(parts: Parts) -> None:
    """Remove drafts nobody came back to."""
    oldest = time.time() - KEPT
    for folder in _root(parts).glob("*"):
        if folder.stat().st_mtime < oldest:
            shutil.rmtree(folder, ignore_errors=True)


def _root(parts: Parts) -> Path:
    return parts.home / "uploads" / "drafts"
