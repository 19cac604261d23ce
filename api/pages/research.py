"""Research: studies, one of them with its findings, its codebook, its board, and what is done to highlights."""

from typing import Any
from urllib.parse import urlsplit

from fastapi import APIRouter, Request
from starlette.datastructures import FormData, UploadFile
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Opened, Researcher, Viewer
from api.pages.documents import HUES
from api.pages.forms import Form, read_text, read_texts
from api.pages.narrowing import address
from api.pages.rendering import page
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotFound
from synth.research.spans import find_words

PATH = "/research"
LARGEST = 64 << 20  # bytes of an imported file

router = APIRouter()


@router.get(PATH)
def list_studies(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """All studies, and a form that begins one."""
    return page(request, "research.html", studies=engine.studies(held.workspace)["studies"], problem=None)


@router.post(PATH)
def create_study(request: Request, held: Researcher, engine: Opened, form: Form) -> Response:
    """Begin a study."""
    wanted = {key: text for key in ("name", "question", "method", "consent") if (text := read_text(form, key))}
    try:
        study = engine.create_study(held.workspace, held.name, wanted)
    except (BadInput, Conflict) as error:
        shown = {"studies": engine.studies(held.workspace)["studies"], "problem": str(error)}
        return page(request, "research.html", status=400, **shown)
    return RedirectResponse(f"{PATH}/{study['id']}", 303)


@router.get(PATH + "/{id}")
def show_study(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """One study: its interviews, what was found, how far coders agree."""
    return _study(request, engine, held.workspace, id, named=held.may("researcher"))


@router.post(PATH + "/{id}")
def change_study(request: Request, held: Researcher, engine: Opened, id: str, form: Form) -> Response:
    """Change what is written about a study."""
    wanted: dict[str, Any] = {key: read_text(form, key) for key in ("name", "question", "method", "consent")}
    try:
        engine.change_study(held.workspace, id, wanted | {"keep_days": _days(read_text(form, "keep_days"))})
    except (BadInput, Conflict) as error:
        return _study(request, engine, held.workspace, id, named=False, problem=str(error))
    return RedirectResponse(f"{PATH}/{id}", 303)


@router.get(PATH + "/{id}/board")
def show_board(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """The affinity board: highlights as cards in lanes."""
    return _board(request, engine, held.workspace, id)


@router.post(PATH + "/{id}/board")
def change_board(request: Request, held: Researcher, engine: Opened, id: str, form: Form) -> Response:
    """Do one thing to the board."""
    wanted: dict[str, Any] = {key: read_text(form, key) for key in ("do", "lane", "name", "before", "text", "note")}
    wanted |= {"cards": read_texts(form, "card"), "by": 1 if read_text(form, "by") == "1" else -1}
    try:
        engine.change_board(held.workspace, id, held.name, wanted)
    except (BadInput, Conflict, NotFound) as error:
        return _board(request, engine, held.workspace, id, problem=str(error))
    return RedirectResponse(f"{PATH}/{id}/board", 303)


@router.get(PATH + "/{id}/agreement")
def show_agreement(request: Request, held: Researcher, engine: Opened, id: str) -> HTMLResponse:
    """How far coders agree, and the machine with those who coded without it, code by code."""
    return page(
        request,
        "agreement.html",
        study=engine.study(held.workspace, id),
        people=engine.agreement(held.workspace, id),
        machine=engine.machine_agreement(held.workspace, id),
        hues=_hues(engine.codes(held.workspace, id)["codes"]),
    )


@router.get(PATH + "/{id}/report")
def show_report(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """The report of a study, for reading and printing."""
    return page(request, "study_report.html", report=engine.study_report(held.workspace, id))


@router.get(PATH + "/{id}/codes")
def show_codes(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """The codebook, with what can be done to it."""
    return _codes(request, engine, held.workspace, id)


@router.post(PATH + "/{id}/codes")
def change_codes(request: Request, held: Researcher, engine: Opened, id: str, form: Form) -> Response:
    """Add, change, merge or delete a code, take a file in, or undo."""
    try:
        done = _change_codes(engine, held.workspace, held.name, id, form)
    except (BadInput, Conflict, NotFound) as error:
        return _codes(request, engine, held.workspace, id, problem=str(error))
    return (
        _codes(request, engine, held.workspace, id, done=done) if done else RedirectResponse(f"{PATH}/{id}/codes", 303)
    )


@router.post(PATH + "/{id}/roster")
def take_roster(request: Request, held: Researcher, engine: Opened, id: str, form: Form) -> HTMLResponse:
    """Give participants the attributes of a table."""
    try:
        name, content = _read_file(form.get("file"), "Choose a table: .csv or .xlsx.")
        told = engine.take_roster(held.workspace, id, name, content)
    except BadInput as error:
        return _study(request, engine, held.workspace, id, named=False, problem=str(error))
    return _study(request, engine, held.workspace, id, named=True, told=told)


@router.post(PATH + "/{id}/suggest")
def suggest(held: Researcher, engine: Opened, id: str, form: Form) -> Response:
    """Have the machine suggest codes, in all documents or in one."""
    document = read_text(form, "document") or None
    engine.suggest_highlights(held.workspace, id, document)
    return RedirectResponse(f"/documents/{document}" if document else f"{PATH}/{id}", 303)


@router.post(PATH + "/roles/{document}")
def set_role(held: Researcher, engine: Opened, document: str, form: Form) -> Response:
    """Say whether a speaker of a document asks or answers."""
    engine.set_role(held.workspace, document, read_text(form, "speaker"), read_text(form, "role"))
    return RedirectResponse(f"/documents/{document}", 303)


@router.post(PATH + "/{id}/highlights")
def add_highlight(held: Researcher, engine: Opened, id: str, form: Form) -> Response:
    """Give words of a document a code: those at the offsets, else the first place where they stand."""
    engine.study(held.workspace, id)
    document, quote = read_text(form, "document"), read_text(form, "quote")
    start, end = _span(engine, held.workspace, document, quote, read_text(form, "start"), read_text(form, "end"))
    wanted = {"document_id": document, "start": start, "end": end}
    given = {"code_id": read_text(form, "code"), "memo": read_text(form, "memo")}
    mark = engine.add_highlight(held.workspace, held.name, wanted | given)
    shown = {"quote": f"{mark['start']}-{mark['end']}", "coder": read_text(form, "coder") or None}
    return RedirectResponse(address(f"/documents/{document}", shown) + "#quote", 303)


@router.post(PATH + "/{id}/highlights/{highlight}")
def change_highlight(held: Researcher, engine: Opened, id: str, highlight: str, form: Form) -> Response:
    """Accept or reject a suggestion, or remove a highlight."""
    engine.study(held.workspace, id)
    do = read_text(form, "do")
    if do == "delete":
        engine.delete_highlight(held.workspace, highlight)
    elif do in ("accepted", "rejected"):
        engine.change_highlight(held.workspace, held.name, highlight, {"state": do})
    else:
        raise BadInput("This page is out of date; open it again.")
    return RedirectResponse(_back(read_text(form, "back"), f"{PATH}/{id}"), 303)


def _board(request: Request, engine: Engine, workspace: str, id: str, *, problem: str | None = None) -> HTMLResponse:
    codes = engine.codes(workspace, id)["codes"]
    return page(
        request,
        "board.html",
        status=400 if problem else 200,
        study=engine.study(workspace, id),
        board=engine.board(workspace, id),
        names={code["id"]: code["name"] for code in codes},
        hues=_hues(codes),
        problem=problem,
    )


def _study(
    request: Request,
    engine: Engine,
    workspace: str,
    id: str,
    *,
    named: bool,
    problem: str | None = None,
    told: dict[str, Any] | None = None,
) -> HTMLResponse:
    """Never `named` beside a problem: what is refused is not in the audit log, and nobody reads names unnoticed."""
    study = engine.study(workspace, id)
    codes = engine.codes(workspace, id)["codes"]
    return page(
        request,
        "study.html",
        status=400 if problem else 200,
        study=study,
        findings=engine.findings(workspace, id),
        people=engine.participants(workspace, id, named=named)["participants"],
        agreement=engine.agreement(workspace, id),
        told=told,
        marks=_by_document(engine.highlights(workspace, id)["highlights"]),
        hues=_hues(codes),
        codes=codes,
        problem=problem,
    )


def _codes(
    request: Request,
    engine: Engine,
    workspace: str,
    id: str,
    *,
    problem: str | None = None,
    done: dict[str, Any] | None = None,
) -> HTMLResponse:
    book = engine.codes(workspace, id)
    return page(
        request,
        "codes.html",
        status=400 if problem else 200,
        study=engine.study(workspace, id),
        codes=book["codes"],
        changes=book["changes"],
        themes=sorted(engine.themes(workspace)["themes"], key=lambda theme: str(theme["name"]).casefold()),
        hues=_hues(book["codes"]),
        problem=problem,
        done=done,
    )


def _change_codes(engine: Engine, workspace: str, actor: str, study: str, form: FormData) -> dict[str, Any] | None:
    """What a form of the codebook asks for; what came of an imported file."""
    do, code = read_text(form, "do"), read_text(form, "code")
    if do in ("add", "change"):
        wanted: dict[str, Any] = {key: read_text(form, key) for key in ("name", "definition", "memo")}
        wanted["parent_id"] = read_text(form, "parent") or None
        wanted["examples"] = [each for each in read_text(form, "examples").splitlines() if each.strip()]
        theme = {"theme_id": read_text(form, "theme") or None}
        if do == "add":
            code = engine.add_code(workspace, study, actor, wanted)["id"]
            engine.change_code(workspace, code, theme)
        else:
            engine.change_code(workspace, code, wanted | theme)
    elif do == "merge":
        engine.merge_codes(workspace, actor, read_texts(form, "merged"), code)
    elif do == "delete":
        engine.delete_code(workspace, actor, code)
    elif do == "undo":
        engine.undo_coding(workspace, read_text(form, "change"))
    elif do == "import":
        name, content = _read_file(form.get("file"), "Choose a file: .qdpx, .qdc, .csv or .xlsx.")
        return engine.import_codings(workspace, study, actor, name, content)
    else:
        raise BadInput("This page is out of date; open it again.")
    return None


def _read_file(file: object, missing: str) -> tuple[str, bytes]:
    """The name and content of an uploaded file; raises BadInput with `missing` where there is none."""
    if not isinstance(file, UploadFile) or not file.size:
        raise BadInput(missing)
    if file.size > LARGEST:
        raise BadInput(f"The file is larger than {LARGEST >> 20} MB; export it without media.")
    return file.filename or "", file.file.read(LARGEST + 1)


def _span(engine: Engine, workspace: str, document: str, quote: str, start: str, end: str) -> tuple[int, int]:
    text: str = engine.document(workspace, document)["text"]
    if start.isdecimal() and end.isdecimal():
        return int(start), int(end)
    found = find_words(text, quote)
    if found is None:
        raise BadInput("These words do not stand in the document; copy them from it.")
    return found


def _by_document(marks: list[dict[str, Any]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for mark in marks:
        found[mark["document_id"]] = found.get(mark["document_id"], 0) + 1
    return found


def _hues(codes: list[dict[str, Any]]) -> dict[str, int]:
    return {code["id"]: place % HUES for place, code in enumerate(codes)}


def _days(written: str) -> int | None:
    if written and not written.isdecimal():
        raise BadInput("Write how long it is kept as a number of days, or leave it empty.")
    return int(written) if written else None


def _back(wanted: str, otherwise: str) -> str:
    """Where to go back to: a path of ours, and nothing that a browser takes for another host."""
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\")) and not (parts.scheme or parts.netloc)
    return wanted if ours else otherwise
