"""Research: studies, participants, codebooks, highlights, agreement, findings, exchange with other tools."""

from typing import Annotated, Literal

from fastapi import APIRouter, File, Query, UploadFile
from starlette.responses import JSONResponse, Response

from api import shapes
from api.deps import Opened, Plain, Researcher, Viewer
from api.errors import problems
from api.shapes import replies
from synth.errors import BadInput

router = APIRouter(tags=["research"])

TYPES = {
    "qdpx": "application/octet-stream",
    "qdc": "application/xml",
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
REPORTS = {
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
LARGEST = 64 << 20  # bytes of an imported file
State = Literal["accepted", "suggested", "rejected", "all"]
Of = Annotated[Plain | None, Query(max_length=200)]


@router.get("/studies", operation_id="list_studies", responses=replies(shapes.StudyList))
def list_studies(held: Viewer, engine: Opened) -> JSONResponse:
    """The studies, the newest first."""
    return JSONResponse(engine.studies(held.workspace))


@router.post(
    "/studies", operation_id="create_study", status_code=201, responses=replies(shapes.Study, 400, 409, status=201)
)
def create_study(held: Researcher, engine: Opened, sent: shapes.SentNewStudy) -> JSONResponse:
    """Begin a study. Documents come in with `POST /v1/documents`, field `study`; they begin one that is not there."""
    made = engine.create_study(held.workspace, held.name, sent.model_dump(exclude_unset=True))
    return JSONResponse(made, 201, {"Location": f"/v1/studies/{made['id']}"})


@router.get("/studies/{id}", operation_id="get_study", responses=replies(shapes.Study, 404))
def get_study(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One study with its documents."""
    return JSONResponse(engine.study(held.workspace, id))


@router.patch("/studies/{id}", operation_id="change_study", responses=replies(shapes.Study, 400, 404, 409))
def change_study(held: Researcher, engine: Opened, id: str, sent: shapes.SentStudy) -> JSONResponse:
    """Change what is written about it."""
    return JSONResponse(engine.change_study(held.workspace, id, sent.model_dump(exclude_unset=True)))


@router.get(
    "/studies/{id}/participants", operation_id="list_participants", responses=replies(shapes.StudyParticipants, 404)
)
def list_participants(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """Who took part, by pseudonym."""
    return JSONResponse(engine.participants(held.workspace, id, named=False))


@router.get(
    "/studies/{id}/names", operation_id="list_participant_names", responses=replies(shapes.StudyParticipants, 404)
)
def list_names(held: Researcher, engine: Opened, id: str) -> JSONResponse:
    """Who took part, with the names behind the pseudonyms: for researchers only."""
    return JSONResponse(engine.participants(held.workspace, id, named=True))


@router.post("/studies/{id}/roster", operation_id="take_roster", responses=replies(shapes.RosterTaken, 400, 404, 413))
def take_roster(
    held: Researcher,
    engine: Opened,
    id: str,
    file: Annotated[UploadFile, File(description="csv or xlsx: a column name or pseudonym, the others attributes.")],
) -> JSONResponse:
    """Give participants attributes such as role or company size. Rows that name nobody here are in `refused`."""
    return JSONResponse(engine.take_roster(held.workspace, id, file.filename or "", _content(file)))


@router.get("/studies/{id}/codes", operation_id="list_codes", responses=replies(shapes.Codebook, 404))
def list_codes(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """The codebook in the order of its hierarchy."""
    return JSONResponse(engine.codes(held.workspace, id))


@router.post(
    "/studies/{id}/codes",
    operation_id="add_code",
    status_code=201,
    responses=replies(shapes.Code, 400, 404, 409, status=201),
)
def add_code(held: Researcher, engine: Opened, id: str, sent: shapes.SentNewCode) -> JSONResponse:
    """Add a code."""
    made = engine.add_code(held.workspace, id, held.name, sent.model_dump(exclude_unset=True))
    return JSONResponse(made, 201, {"Location": f"/v1/codes/{made['id']}"})


@router.get("/codes/{id}", operation_id="get_code", responses=replies(shapes.Code, 404))
def get_code(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One code."""
    return JSONResponse(engine.code(held.workspace, id))


@router.patch("/codes/{id}", operation_id="change_code", responses=replies(shapes.Code, 400, 404, 409))
def change_code(held: Researcher, engine: Opened, id: str, sent: shapes.SentCode) -> JSONResponse:
    """Change its name, place, texts, or the theme it goes with."""
    return JSONResponse(engine.change_code(held.workspace, id, sent.model_dump(exclude_unset=True)))


@router.delete("/codes/{id}", operation_id="delete_code", responses=replies(shapes.CodeDeleted, 404))
def delete_code(held: Researcher, engine: Opened, id: str) -> JSONResponse:
    """Delete it with its highlights; what was below it moves up. It can be undone."""
    return JSONResponse(engine.delete_code(held.workspace, held.name, id))


@router.post("/codes/{id}/merge", operation_id="merge_codes", responses=replies(shapes.CodeChanged, 400, 404))
def merge_codes(held: Researcher, engine: Opened, id: str, sent: shapes.SentMerge) -> JSONResponse:
    """Make other codes one with this."""
    return JSONResponse(engine.merge_codes(held.workspace, held.name, sent.codes, id))


@router.post("/codes/{id}/split", operation_id="split_code", responses=replies(shapes.CodeChanged, 400, 404, 409))
def split_code(held: Researcher, engine: Opened, id: str, sent: shapes.SentSplit) -> JSONResponse:
    """Give some of its highlights a code of their own."""
    return JSONResponse(engine.split_code(held.workspace, held.name, id, sent.name, sent.highlights))


@router.post("/coding-changes/{id}/undo", operation_id="undo_coding", status_code=204, responses=problems(404, 409))
def undo_coding(held: Researcher, engine: Opened, id: str) -> Response:
    """Give codes and highlights back as they were before a merge, a split or a deletion."""
    engine.undo_coding(held.workspace, id)
    return Response(status_code=204)


@router.get("/studies/{id}/highlights", operation_id="list_highlights", responses=replies(shapes.HighlightList, 404))
def list_highlights(
    held: Viewer,
    engine: Opened,
    id: str,
    document: Of = None,
    code: Of = None,
    coder: Of = None,
    state: State = "accepted",
) -> JSONResponse:
    """The highlights of a study in the order of its texts."""
    wanted = {"document": document, "code": code, "coder": coder, "state": None if state == "all" else state}
    return JSONResponse(engine.highlights(held.workspace, id, **wanted))


@router.post(
    "/highlights",
    operation_id="add_highlight",
    status_code=201,
    responses=replies(shapes.Highlight, 400, 404, status=201),
)
def add_highlight(held: Researcher, engine: Opened, sent: shapes.SentHighlight) -> JSONResponse:
    """Give a span of a document a code. The same span, code and coder gives the highlight that is there."""
    made = engine.add_highlight(held.workspace, held.name, sent.model_dump(exclude_unset=True))
    return JSONResponse(made, 201, {"Location": f"/v1/highlights/{made['id']}"})


@router.get("/highlights/{id}", operation_id="get_highlight", responses=replies(shapes.Highlight, 404))
def get_highlight(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One highlight."""
    return JSONResponse(engine.highlight(held.workspace, id))


@router.patch("/highlights/{id}", operation_id="change_highlight", status_code=204, responses=problems(400, 404, 409))
def change_highlight(held: Researcher, engine: Opened, id: str, sent: shapes.SentHighlightChange) -> Response:
    """Accept or reject a suggestion, or write a memo."""
    engine.change_highlight(held.workspace, held.name, id, sent.model_dump(exclude_unset=True))
    return Response(status_code=204)


@router.delete("/highlights/{id}", operation_id="delete_highlight", status_code=204, responses=problems(404))
def delete_highlight(held: Researcher, engine: Opened, id: str) -> Response:
    """Delete a highlight."""
    engine.delete_highlight(held.workspace, id)
    return Response(status_code=204)


@router.post("/studies/{id}/suggestions", operation_id="suggest_codes", responses=replies(shapes.Suggested, 400, 404))
def suggest_codes(held: Researcher, engine: Opened, id: str, document: Of = None) -> JSONResponse:
    """Have the machine suggest codes for what nobody has coded, in all documents or in one."""
    return JSONResponse(engine.suggest_highlights(held.workspace, id, document))


@router.put("/documents/{id}/roles", operation_id="set_role", status_code=204, responses=problems(400, 404))
def set_role(held: Researcher, engine: Opened, id: str, sent: shapes.SentRole) -> Response:
    """Say whether a speaker asks or answers, where it was guessed wrong: who asks is no evidence."""
    engine.set_role(held.workspace, id, sent.speaker, sent.role)
    return Response(status_code=204)


@router.get("/studies/{id}/agreement", operation_id="get_agreement", responses=replies(shapes.Agreement, 404))
def get_agreement(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """How far the coders agree."""
    return JSONResponse(engine.agreement(held.workspace, id))


@router.get(
    "/studies/{id}/agreement/machine",
    operation_id="get_machine_agreement",
    responses=replies(shapes.MachineAgreement, 404),
)
def get_machine_agreement(held: Researcher, engine: Opened, id: str) -> JSONResponse:
    """How far the machine agrees with people, on what they coded without having seen its suggestions."""
    return JSONResponse(engine.machine_agreement(held.workspace, id))


@router.get("/studies/{id}/board", operation_id="get_board", responses=replies(shapes.Board, 404))
def get_board(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """The affinity board: lanes with cards."""
    return JSONResponse(engine.board(held.workspace, id))


@router.post("/studies/{id}/board", operation_id="change_board", responses=replies(shapes.Board, 400, 404, 409))
def change_board(held: Researcher, engine: Opened, id: str, sent: shapes.SentBoardChange) -> JSONResponse:
    """Make, name, move or remove a lane, move cards, write a note, make a lane a code, or undo the last change."""
    return JSONResponse(engine.change_board(held.workspace, id, held.name, sent.model_dump(exclude_none=True)))


@router.get("/studies/{id}/findings", operation_id="get_findings", responses=replies(shapes.Findings, 404))
def get_findings(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """Codes and themes by participants, with quotes, and how many new codes each interview brought."""
    return JSONResponse(engine.findings(held.workspace, id))


@router.get(
    "/studies/{id}/report",
    operation_id="get_study_report",
    response_class=Response,
    responses={200: {"content": {each: {} for each in REPORTS.values()}}, **problems(404)},
)
def get_study_report(held: Viewer, engine: Opened, id: str, format: Literal["md", "html", "docx"] = "md") -> Response:
    """The report of a study: findings by participants with verified quotes, saturation, agreement."""
    content = engine.render_study(held.workspace, id, format)
    headers = {"Content-Disposition": f'attachment; filename="{id}-report.{format}"'}
    return Response(content, media_type=REPORTS[format], headers=headers)


@router.get(
    "/studies/{id}/export",
    operation_id="export_study",
    response_class=Response,
    responses={200: {"content": {each: {} for each in TYPES.values()}}, **problems(400, 404)},
)
def export_study(
    held: Researcher, engine: Opened, id: str, format: Literal["qdpx", "qdc", "csv", "xlsx"] = "qdpx"
) -> Response:
    """Codebook and codings: a REFI-QDA project or codebook, CSV or Excel."""
    content = engine.export_study(held.workspace, id, format)
    headers = {"Content-Disposition": f'attachment; filename="{id}.{format}"'}
    return Response(content, media_type=TYPES[format], headers=headers)


@router.post(
    "/studies/{id}/import", operation_id="import_codings", responses=replies(shapes.CodingsTaken, 400, 404, 413)
)
def import_codings(
    held: Researcher, engine: Opened, id: str, file: Annotated[UploadFile, File(description="qdpx, qdc, csv or xlsx.")]
) -> JSONResponse:
    """Take a codebook or codings in. What has no place here is named in `refused`."""
    return JSONResponse(engine.import_codings(held.workspace, id, held.name, file.filename or "", _content(file)))


def _content(file: UploadFile) -> bytes:
    content = file.file.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput(f"The file is larger than {LARGEST >> 20} MB; export it without media.")
    return content
