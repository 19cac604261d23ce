"""Upload: files are chosen, their columns looked at, then taken in while the page tells how far it is."""

from collections.abc import Mapping
from typing import cast

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from api.deps import Editor, Opened, Paged, Viewer
from api.pages.forms import Form, listed, read_text, read_texts
from api.pages.narrowing import address
from api.pages.rendering import page
from api.paging import encode
from api.sending import sent_by
from api.streaming import stream
from synth.access import Access
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotAllowed
from synth.intake.drafts import Draft, DraftFile
from synth.intake.tabular.synonyms import FIELDS
from synth.intake.uploads import Submission
from synth.model import Kind
from synth.store.reading import Page

LONGEST_NAME, LONGEST_READERS = 200, 20_000
RECENT = Page(limit=8)
REFUSALS_SHOWN = 50

router = APIRouter()


@router.get("/upload")
def show_upload(request: Request, held: Editor, engine: Opened) -> HTMLResponse:
    """Choose files, and say what they are."""
    return _upload(request, engine, held.workspace)


@router.post("/upload")
def keep_upload(request: Request, held: Editor, engine: Opened, form: Form) -> Response:
    """Keep the files until their columns are confirmed."""
    files = [part for part in form.getlist("file") if isinstance(part, UploadFile) and part.filename]
    try:
        chosen = [(file.filename or "upload", file.file) for file in files]
        draft = engine.keep_draft(held.workspace, chosen, _submission(form))
    except BadInput as error:
        return _upload(request, engine, held.workspace, problem=str(error))
    return RedirectResponse(f"/upload/{draft}", 303)


@router.get("/upload/{id}")
def show_draft(request: Request, held: Editor, engine: Opened, id: str) -> HTMLResponse:
    """The first rows of each table, and which column is taken for what."""
    draft = engine.draft(held.workspace, id)
    return _mapping(request, draft, _recognised(draft), ", ".join(draft.readers or ()))


@router.post("/upload/{id}")
def submit_draft(request: Request, held: Editor, engine: Opened, id: str, form: Form) -> Response:
    """Take the files in as they were confirmed."""
    draft = engine.draft(held.workspace, id)
    readers = read_text(form, "readers", LONGEST_READERS)
    choices = {file.number: _choice(draft, file, form, held) for file in draft.files if not file.problem}
    try:
        imports = engine.submit_draft(held.workspace, id, choices)
    except (BadInput, Conflict, NotAllowed) as error:
        return _mapping(request, draft, choices, readers, problem=str(error))
    return RedirectResponse(f"/imports/{imports[0]}" if len(imports) == 1 else "/imports", 303)


@router.get("/imports")
def list_imports(request: Request, held: Viewer, engine: Opened, paged: Paged) -> HTMLResponse:
    """What was sent so far, newest first."""
    listed = engine.imports(held.workspace, paged)
    later = address("/imports", {"cursor": encode(listed.ends)}) if listed.ends else None
    return page(request, "imports.html", imports=listed.rows, later=later, is_first=paged.after is None)


@router.get("/imports/{id}")
def show_import(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """How far an import is, and which rows were refused."""
    state = engine.import_state(held.workspace, id)
    return page(request, "import.html", state=state, most=REFUSALS_SHOWN)


@router.get("/imports/{id}/refused.csv")
def get_refused(held: Viewer, engine: Opened, id: str) -> StreamingResponse:
    """Every refused row with its reason, as a file."""
    return stream(engine.refused_lines(held.workspace, id), "csv", f"refused-{id}.csv")


def _upload(request: Request, engine: Engine, workspace: str, *, problem: str | None = None) -> HTMLResponse:
    return page(
        request,
        "upload.html",
        status=400 if problem else 200,
        imports=engine.imports(workspace, RECENT).rows,
        transcribes=engine.parts.transcriber is not None,
        problem=problem,
    )


def _mapping(
    request: Request, draft: Draft, chosen: Mapping[int, Submission], readers: str, *, problem: str | None = None
) -> HTMLResponse:
    shown = {"draft": draft, "chosen": chosen, "fields": FIELDS, "readers": readers, "problem": problem}
    return page(request, "mapping.html", status=400 if problem else 200, **shown)


def _submission(form: FormData) -> Submission:
    kind = read_text(form, "kind", LONGEST_NAME) or "feedback"
    if kind not in ("feedback", "research"):
        raise BadInput("Say whether the files are feedback or research.")
    study = read_text(form, "study", LONGEST_NAME) or None
    if study and kind != "research":
        raise BadInput("A study holds research: say that the files are research, or leave the study out.")
    return Submission(
        source=read_text(form, "source", LONGEST_NAME) or None,
        kind=cast("Kind", kind),
        interviewers=listed(read_text(form, "interviewer", LONGEST_NAME)),
        study=study,
        redact="suggest" if read_text(form, "redact") == "suggest" else "automatic",
        readers=_readers(form),
    )


def _readers(form: FormData) -> list[str] | None:
    """Those who may read it, as they were named; None where everybody may."""
    return listed(read_text(form, "readers", LONGEST_READERS)) or None


def _recognised(draft: Draft) -> dict[int, Submission]:
    return {file.number: Submission(draft.source, draft.kind, study=draft.study) for file in draft.files}


def _choice(draft: Draft, file: DraftFile, form: FormData, held: Access) -> Submission:
    """What the form says of a file: only the fields that differ from what was recognised, since sheets may differ."""
    mapping, hidden = {}, []
    if file.table is not None:
        found = {field: read_text(form, f"map.{file.number}.{field}", LONGEST_NAME) for field in FIELDS}
        mapping = {field: column for field, column in found.items() if column != file.table.mapping.get(field, "")}
        hidden = read_texts(form, f"hide.{file.number}")
    given = draft.source, draft.kind, mapping, hidden, draft.interviewers, draft.study, draft.redact
    readers = _readers(form) if "readers" in form else draft.readers
    return sent_by(Submission(*given, readers=readers), held)
