"""Saved questions: asked again every week; what changed is told to those who follow them."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query
from starlette.responses import JSONResponse

from api import shapes
from api.deps import Editor, Opened, Viewer
from api.shapes import replies

router = APIRouter(prefix="/saved-questions", tags=["insights"])


@router.get("", operation_id="list_saved_questions", responses=replies(shapes.SavedQuestionList, 400))
def list_saved_questions(
    held: Viewer,
    engine: Opened,
    state: Annotated[Literal["active", "archived", "all"], Query(description="Which ones.")] = "active",
    followed: Annotated[bool, Query(description="Only those you follow.")] = False,
) -> JSONResponse:
    """Saved questions, the newest first, each with its last answer and what changed since the week before."""
    wanted = None if state == "all" else state
    return JSONResponse(engine.saved_questions(held.workspace, held.follower, state=wanted, followed=followed))


@router.post(
    "",
    operation_id="save_question",
    status_code=201,
    responses=replies(shapes.SavedQuestion, 400, 404, status=201),
)
def save_question(held: Editor, engine: Opened, sent: shapes.SentSavedQuestion) -> JSONResponse:
    """Save a question and ask it for the last complete week. The same question saved before is taken up again."""
    given = engine.filters(since=sent.since, until=sent.until, where=sent.where, workspace=held.workspace)
    saved = engine.save_question(
        held.workspace,
        held.name,
        follower=held.follower,
        question=sent.question,
        answer=sent.answer_id,
        given=given,
        dropped=sent.drop,
        title=sent.title,
    )
    return JSONResponse(saved, 201, {"Location": f"/v1/saved-questions/{saved['id']}"})


@router.get("/{id}", operation_id="get_saved_question", responses=replies(shapes.SavedQuestion, 404))
def get_saved_question(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """One saved question."""
    return JSONResponse(engine.saved_question(held.workspace, id, held.follower))


@router.patch("/{id}", operation_id="change_saved_question", responses=replies(shapes.SavedQuestion, 400, 404))
def change_saved_question(held: Editor, engine: Opened, id: str, sent: shapes.SentSavedChange) -> JSONResponse:
    """Give it a title, archive it, or take it up again."""
    return JSONResponse(
        engine.change_saved_question(held.workspace, held.follower, id, sent.model_dump(exclude_unset=True))
    )


@router.get("/{id}/runs", operation_id="list_saved_runs", responses=replies(shapes.SavedRunList, 404))
def list_saved_runs(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """What it was answered with, the newest week first, each with what it changed."""
    return JSONResponse(engine.saved_runs(held.workspace, id))


@router.post("/{id}/runs", operation_id="run_saved_question", responses=replies(shapes.SavedQuestion, 404))
def run_saved_question(held: Editor, engine: Opened, id: str) -> JSONResponse:
    """Ask it now for the last complete week, again where it was asked."""
    return JSONResponse(engine.run_saved_question(held.workspace, held.follower, id))


@router.put("/{id}/follow", operation_id="follow_question", responses=replies(shapes.SavedQuestion, 404))
def follow_question(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """Be told when its answer changes."""
    return JSONResponse(engine.follow_question(held.workspace, held.follower, id, on=True))


@router.delete("/{id}/follow", operation_id="unfollow_question", responses=replies(shapes.SavedQuestion, 404))
def unfollow_question(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """Be told no more."""
    return JSONResponse(engine.follow_question(held.workspace, held.follower, id, on=False))


@router.post("/{id}/seen", operation_id="see_question", responses=replies(shapes.SavedQuestion, 404))
def see_question(held: Viewer, engine: Opened, id: str) -> JSONResponse:
    """You have read what changed."""
    return JSONResponse(engine.see_question(held.workspace, held.follower, id))
