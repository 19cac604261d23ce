"""Trust: how far what this installation says can be relied on, and the figures people add to it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Plain, Viewer
from api.shapes import replies
from synth.trust.measured import LONGEST, Measurement
from synth.wire.trust import drawn_document, trust_document

MOST = 500  # figures, or verdicts, sent at once
LARGEST_SEED = 2**31

router = APIRouter(prefix="/trust", tags=["trust"])

Name = Annotated[Plain, Field(min_length=1, max_length=LONGEST)]
Seed = Annotated[int, Query(ge=0, le=LARGEST_SEED, description="The same seed draws the same excerpts.")]


class SentMeasurement(BaseModel):
    """A figure of `python -m eval run`."""

    suite: Name
    figure: Name
    folder: Name = Field(description="The name of the folder it was measured on.")
    measured_at: AwareDatetime
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    parameters: dict[str, Any] = {}


class SentMeasurements(BaseModel):
    """Figures to be kept for the card."""

    measurements: list[SentMeasurement] = Field(min_length=1, max_length=MOST)


class SentVerdicts(BaseModel):
    """What a person said of a sample, by the id of the excerpt; what was left open is left out."""

    verdicts: dict[Plain, Literal["right", "wrong"]] = Field(min_length=1, max_length=MOST)


@router.get("", operation_id="get_trust", responses=replies(shapes.TrustCard))
def get_trust(held: Viewer, engine: Opened) -> JSONResponse:
    """The trust card: each figure with its date, size, 95 % interval and meaning, or how to measure it."""
    return JSONResponse(trust_document(engine.trust(held.workspace)))


@router.post("/measurements", operation_id="keep_measurements", responses=replies(shapes.Measured, 400))
def keep_measurements(held: Editor, engine: Opened, sent: SentMeasurements) -> JSONResponse:
    """Keep figures that were measured on labelled data; sending one again changes nothing."""
    engine.keep_measurements(held.workspace, [Measurement(**each.model_dump()) for each in sent.measurements])
    return JSONResponse({"kept": len(sent.measurements)})


@router.get("/sample", operation_id="draw_sample", responses=replies(shapes.Sample))
def draw_sample(held: Viewer, engine: Opened, seed: Seed = 0) -> JSONResponse:
    """Twenty placed excerpts drawn by lot, for a person to say whether each speaks to its theme."""
    drawn = engine.trust_sample(held.workspace, seed)
    return JSONResponse({"seed": seed, "excerpts": [drawn_document(each) for each in drawn]})


@router.post("/sample", operation_id="judge_sample", responses=replies(shapes.Measured, 400))
def judge_sample(held: Editor, engine: Opened, sent: SentVerdicts) -> JSONResponse:
    """Keep what a person said of a sample; the newest verdict on an excerpt counts."""
    kept = engine.keep_verdicts(held.workspace, sent.verdicts, by=held.name)
    return JSONResponse({"kept": kept.n})
