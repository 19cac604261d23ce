"""Erasure: what one would reach, asking for it, and the receipts of what was done."""

from fastapi import APIRouter
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Admin, Opened, Previewer
from api.shapes import replies

router = APIRouter(tags=["privacy"])


@router.get("/erasures", operation_id="list_erasures", responses=replies(shapes.ErasureList))
def list_erasures(held: Admin, engine: Opened) -> JSONResponse:
    """The receipts, the newest first."""
    return JSONResponse(engine.erasures(held.workspace))


@router.post(
    "/erasures", operation_id="erase", status_code=202, responses=replies(shapes.Erasure, 400, 404, status=202)
)
def erase(held: Admin, engine: Opened, sent: shapes.SentErasure) -> JSONResponse:
    """Erase a person, a document, a source or a study from every store. What is gone cannot be had back."""
    erasure = engine.erase(held.workspace, held.name, sent.kind, sent.name, sent.reason)
    return JSONResponse(engine.erasure(held.workspace, erasure), 202, {"Location": f"/v1/erasures/{erasure}"})


@router.post("/erasures/preview", operation_id="preview_erasure", responses=replies(shapes.ErasurePreview, 400, 404))
def preview_erasure(held: Previewer, engine: Opened, sent: shapes.SentErasure) -> JSONResponse:
    """What an erasure would reach; nothing is done."""
    return JSONResponse(engine.preview_erasure(held.workspace, sent.kind, sent.name))


@router.get("/erasures/{id}", operation_id="get_erasure", responses=replies(shapes.Erasure, 404))
def get_erasure(held: Admin, engine: Opened, id: str) -> JSONResponse:
    """The receipt of one: what went from which store, what was withdrawn, and where it was looked for afterwards."""
    return JSONResponse(engine.erasure(held.workspace, id))


@router.get("/retention", operation_id="get_retention", responses=replies(shapes.Retention))
def get_retention(held: Admin, engine: Opened) -> JSONResponse:
    """How long each source is kept."""
    return JSONResponse(engine.retention(held.workspace))


@router.put("/retention", operation_id="set_retention", responses=replies(shapes.Retention, 400, 404))
def set_retention(held: Admin, engine: Opened, sent: shapes.SentRetention) -> JSONResponse:
    """Keep what a source says for so many days; what is older is erased, with a receipt, within the hour."""
    engine.retain(held.workspace, sent.source, sent.keep_days)
    return JSONResponse(engine.retention(held.workspace))
