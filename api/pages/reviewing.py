"""Looking through an upload before it is stored: what is personal in it, accepted or rejected in one key press each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Editor, Opened
from api.imports import reviewer
from api.pages.forms import Form, read_text
from api.pages.rendering import page
from synth.errors import BadInput
from synth.intake.redacting.reviewing import KINDS

PATH = "/imports/{id}/review"
LONGEST = 2_000  # characters of what is to be hidden
Place = Annotated[int | None, Query(ge=0, le=10**9)]
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of the text, and the mark it lies in."""

    text: str
    at: int
    mark: Mapping[str, Any] | None


@router.get(PATH)
def show_review(
    request: Request, held: Editor, engine: Opened, id: str, document: Place = None, problem: str = ""
) -> HTMLResponse:
    """One document that waits, with what is marked in it, and the list of the others."""
    review = engine.review(held.workspace, id, reviewer(held), document)
    shown = review["shown"]
    return page(
        request,
        "review.html",
        status=400 if problem else 200,
        review=review,
        shown=shown,
        pieces=list(_pieces(shown["text"], shown["marks"])) if shown else [],
        left=sum(each["undecided"] for each in review["documents"]),
        kinds=KINDS,
        problem=problem,
    )


@router.post(PATH)
def decide(request: Request, held: Editor, engine: Opened, id: str, form: Form) -> Response:
    """Accept or reject a mark, or hide more; then the next one."""
    place = _number(form.get("document")) or 0
    wanted = {
        "document": place,
        "start": _number(form.get("start")),
        "end": _number(form.get("end")),
        "kind": read_text(form, "kind", LONGEST) or None,
        "state": read_text(form, "do", LONGEST) or "accepted",
    }
    if wanted["start"] is None:
        wanted["words"] = read_text(form, "words", LONGEST)
    try:
        engine.decide_redaction(held.workspace, id, reviewer(held), wanted)
    except BadInput as error:
        return show_review(request, held, engine, id, place, str(error))
    return RedirectResponse(f"/imports/{id}/review?document={place}#next", 303)


@router.post("/imports/{id}/write")
def write(held: Editor, engine: Opened, id: str) -> Response:
    """Take it in as it was decided."""
    engine.write_reviewed(held.workspace, id, reviewer(held))
    return RedirectResponse(f"/imports/{id}", 303)


def _pieces(text: str, marks: Sequence[Mapping[str, Any]]) -> Iterator[Piece]:
    """The text in runs; of marks that overlap the first is shown in it."""
    done = 0
    for mark in marks:
        if mark["start"] < done:
            continue
        yield Piece(text[done : mark["start"]], done, None)
        yield Piece(text[mark["start"] : mark["end"]], mark["start"], mark)
        done = mark["end"]
    yield Piece(text[done:], done, None)


def _number(written: object) -> int | None:
    return int(written) if isinstance(written, str) and written.isdecimal() and len(written) < 10 else None
