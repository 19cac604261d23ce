"""Questions: asked of the feedback, answered with counts and quotes, or not at all."""

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field
from starlette.responses import JSONResponse, StreamingResponse

from api import shapes
from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Asker, Opened, Plain
from api.errors import problems
from api.shapes import replies
from api.streaming import stream_events
from synth.answers.planning.planning import LONGEST_QUESTION
from synth.wire.answers import answer_document, step_document

LONGEST = LONGEST_QUESTION  # characters
LONGEST_ID = 40  # characters

_EVENT = {  # of each event; `data` is JSON
    "type": "object",
    "properties": {"event": {"type": "string"}, "data": {"type": "string"}},
    "required": ["event", "data"],
}
_STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "Events `plan`, `counts`, `claim` (any number), `end` (the whole answer) or `error`.",
        "content": {"text/event-stream": {"schema": _EVENT}},
    },
}

router = APIRouter(prefix="/questions", tags=["insights"])


class SentQuestion(BaseModel):
    """A question, filters beside those it names, those wrongly read into it (`drop`), and the answer it follows."""

    question: Annotated[Plain, Field(min_length=1, max_length=LONGEST)] = Field(
        examples=["What do people say about photo uploads?"]
    )
    since: Annotated[Plain, Field(max_length=10)] | None = Field(None, examples=["2026-10-01"])
    until: Annotated[Plain, Field(max_length=10)] | None = Field(None, examples=["2026-11-22"])
    where: list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]] = Field(
        [], max_length=MOST_CONDITIONS, examples=[["segment=Enterprise"]]
    )
    drop: list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]] = Field(
        [], max_length=MOST_CONDITIONS, examples=[["segment=Enterprise", "time"]]
    )
    follows: Annotated[Plain, Field(max_length=LONGEST_ID)] | None = Field(None, examples=["A12"])


@router.post("", operation_id="ask_question", responses=replies(shapes.Answer, 400, 404, 503))
def ask_question(held: Asker, engine: Opened, sent: SentQuestion) -> JSONResponse:
    """Answer a question: claims with verbatim quotes, counts from SQL, or an abstention with its reason."""
    given = engine.filters(since=sent.since, until=sent.until, where=sent.where, workspace=held.workspace)
    answer = engine.ask(held.workspace, sent.question, given, dropped=sent.drop, follows=sent.follows)
    return JSONResponse(answer_document(answer) | {"withheld": engine.withheld()})


@router.post(
    "/stream",
    operation_id="stream_answer",
    responses=problems(400, 404, 503) | _STREAMED,
    response_class=StreamingResponse,
)
def stream_answer(held: Asker, engine: Opened, sent: SentQuestion) -> StreamingResponse:
    """The same answer as server-sent events, as it is made; only claims that passed the gate are ever sent."""
    given = engine.filters(since=sent.since, until=sent.until, where=sent.where, workspace=held.workspace)
    steps = engine.ask_in_steps(held.workspace, sent.question, given, dropped=sent.drop, follows=sent.follows)
    told = (step_document(step) for step in steps)
    return stream_events(
        (name, carried | {"withheld": engine.withheld()} if name == "end" else carried) for name, carried in told
    )
