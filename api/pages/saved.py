"""Saved questions: what each is answered with week by week, and what changed."""

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened, Viewer
from api.pages.forms import Form, read_text, read_texts
from api.pages.rendering import page
from synth.errors import BadInput

PATH = "/questions"

router = APIRouter()


@router.get(PATH)
def list_saved(request: Request, held: Viewer, engine: Opened) -> HTMLResponse:
    """All of them; those whose news you have not seen first."""
    found = engine.saved_questions(held.workspace, held.follower)["saved_questions"]
    archived = engine.saved_questions(held.workspace, held.follower, state="archived")["saved_questions"]
    return page(request, "questions.html", saved=sorted(found, key=lambda each: not each["unseen"]), archived=archived)


@router.post(PATH)
def save(held: Editor, engine: Opened, form: Form) -> Response:
    """Save the question of an answer, with the filters that were set beside it."""
    given = engine.filters(
        since=read_text(form, "since") or None,
        until=read_text(form, "until") or None,
        where=read_texts(form, "where"),
        workspace=held.workspace,
    )
    saved = engine.save_question(
        held.workspace,
        held.name,
        follower=held.follower,
        question=read_text(form, "q"),
        given=given,
        dropped=read_texts(form, "drop"),
    )
    return RedirectResponse(f"{PATH}/{saved['id']}", 303)


@router.get(PATH + "/{id}")
def show_saved(request: Request, held: Viewer, engine: Opened, id: str) -> HTMLResponse:
    """One of them with its weeks."""
    saved = engine.saved_question(held.workspace, id, held.follower)
    runs = engine.saved_runs(held.workspace, id)["runs"]
    counted = [run["counted"]["value"] for run in reversed(runs) if run["counted"]]
    return page(request, "question.html", saved=saved, runs=runs, counted=counted, asked=_address(saved))


@router.post(PATH + "/{id}")
def change_saved(held: Viewer, engine: Opened, id: str, form: Form) -> Response:
    """Follow it or not, or mark it as read."""
    do = read_text(form, "do")
    if do in ("follow", "unfollow"):
        engine.follow_question(held.workspace, held.follower, id, on=do == "follow")
    elif do == "seen":
        engine.see_question(held.workspace, held.follower, id)
    else:
        raise BadInput("This page is out of date; open the question again.")
    return RedirectResponse(f"{PATH}/{id}", 303)


@router.post(PATH + "/{id}/edit")
def edit_saved(held: Editor, engine: Opened, id: str, form: Form) -> Response:
    """Ask it now, archive it, take it up again, or give it a title."""
    do = read_text(form, "do")
    if do == "run":
        engine.run_saved_question(held.workspace, held.follower, id)
    elif do in ("active", "archived"):
        engine.change_saved_question(held.workspace, held.follower, id, {"state": do})
    elif do == "title":
        engine.change_saved_question(held.workspace, held.follower, id, {"title": read_text(form, "title")})
    else:
        raise BadInput("This page is out of date; open the question again.")
    return RedirectResponse(f"{PATH}/{id}", 303)


def _address(saved: dict[str, Any]) -> dict[str, Any]:
    """The query of the ask page that asks the same."""
    given = saved["given"]
    where = [f"{each['key']}{each['operator']}{each['value']}" for each in given["where"]]
    times = {name: given[name] or "" for name in ("since", "until")}
    return {"q": saved["question"], "where": where, "drop": saved["dropped"], **times}
