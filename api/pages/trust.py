"""How far all this can be relied on: the trust card, and a sample for a person to judge."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Viewer
from api.pages.forms import Form
from api.pages.rendering import page
from api.trust import LARGEST_SEED
from synth.engine import Engine
from synth.errors import BadInput
from synth.trust.figures import GROUPS
from synth.trust.sampling import Verdict
from synth.wire.trust import drawn_document

router = APIRouter()

VERDICTS: tuple[Verdict, ...] = ("right", "wrong")


@router.get("/trust")
def show_trust(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """Every figure with its interval, size and day; then what was not measured, and how to."""
    card = engine.trust(held.workspace)
    groups = {group: [each for each in card.of(group) if each.value is not None] for group in GROUPS}
    missing = [figure for figure in card.figures if figure.value is None]
    return page(request, "trust.html", card=card, groups=groups, missing=missing)


@router.get("/trust/sample")
def show_sample(
    request: Request,
    held: Editor,
    engine: Opened,
    seed: Annotated[int | None, Query(ge=0, le=LARGEST_SEED)] = None,
) -> Response:
    """Excerpts drawn by lot; without a seed a new sample is drawn, whose address can be passed on."""
    if seed is None:
        return RedirectResponse(f"/trust/sample?seed={secrets.randbelow(LARGEST_SEED)}", 303)
    return page(request, "sample.html", drawn=_drawn(engine, held.workspace, seed), seed=seed, problem=None)


@router.post("/trust/sample")
def judge_sample(
    request: Request,
    held: Editor,
    engine: Opened,
    form: Form,
    seed: Annotated[int, Query(ge=0, le=LARGEST_SEED)],
) -> Response:
    """Keep the verdicts and show the card with them."""
    said = {name: verdict for name in form for verdict in VERDICTS if form[name] == verdict}
    try:
        engine.keep_verdicts(held.workspace, said, by=held.name)
    except BadInput as error:
        drawn = _drawn(engine, held.workspace, seed)
        return page(request, "sample.html", status=400, drawn=drawn, seed=seed, problem=str(error))
    return RedirectResponse("/trust#sample", 303)


def _drawn(engine: Engine, workspace: str, seed: int) -> list[dict[str, Any]]:
    return [drawn_document(each) for each in engine.trust_sample(workspace, seed)]
