"""What people said: lists of it, and one document whole with the passage in question marked."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse, RedirectResponse

from api.deps import Opened, Paged, Plain, Viewer
from api.pages.narrowing import Narrowed, address
from api.pages.reader import lay_out, read_passage
from api.pages.rendering import page
from api.paging import encode
from synth.answers.searching import LONGEST
from synth.research.highlighting import MACHINE
from synth.store.counting import UNITS

HUES = 8  # colours that codes are told apart by
Passage = Annotated[Plain, Query(pattern=r"^\d{1,9}-\d{1,9}$")]

router = APIRouter()


@router.get("/documents")
def list_documents(
    request: Request,
    held: Viewer,
    engine: Opened,
    narrowed: Narrowed,
    paged: Paged,
    about: Annotated[Plain, Query(max_length=LONGEST)] = "",
) -> HTMLResponse:
    """The documents within the filters, counted in every unit: the list behind a number."""
    behind = engine.behind(held.workspace, narrowed.filters, paged, about=about.strip())
    names, ends = engine.theme_names(held.workspace), behind.listed.ends
    return page(
        request,
        "documents.html",
        documents=behind.listed.rows,
        numbers=behind.numbers,
        units=UNITS,
        method=behind.method,
        about=about,
        narrowed=narrowed,
        chips=list(narrowed.chips("/documents", names, engine.parts.zone(held.workspace), about=about)),
        later=address("/documents", narrowed.query(about=about, cursor=encode(ends))) if ends else None,
        is_first=paged.after is None,
    )


@router.get("/documents/{id}")
def show_document(
    request: Request,
    held: Viewer,
    engine: Opened,
    id: str,
    quote: Passage | None = None,
    coder: Annotated[Plain | None, Query(max_length=200)] = None,
) -> HTMLResponse:
    """One document; `quote` are the offsets of the passage to mark, as 120-188, `coder` whose codes alone are shown."""
    document = engine.document(held.workspace, id)
    marked = engine.highlights_of(held.workspace, id)
    highlights = [mark for mark in marked if coder in (None, mark["coder"])]
    study = engine.study_of(held.workspace, id)
    codes = engine.codes(held.workspace, study)["codes"] if study else []
    return page(
        request,
        "document.html",
        document=document,
        parts_=lay_out(document, read_passage(quote), highlights),
        names=engine.theme_names(held.workspace),
        quote=quote,
        coder=coder,
        coders=sorted({mark["coder"] for mark in marked}, key=lambda name: (name == MACHINE, name.casefold())),
        here=address(f"/documents/{id}", {"coder": coder}),
        study=study,
        codes=codes,
        hues={code["id"]: place % HUES for place, code in enumerate(codes)},
        suggested=[mark for mark in highlights if mark["state"] == "suggested"],
        path="/research" if study else request.url.path,
        coded=[mark for mark in highlights if mark["state"] == "accepted"],
    )


@router.get("/excerpts/{id}")
def show_excerpt(held: Viewer, engine: Opened, id: str, quote: Passage | None = None) -> RedirectResponse:
    """The permanent address of an excerpt: its place in its document."""
    excerpt = engine.excerpt(held.workspace, id)
    passage = quote or f"{excerpt['start']}-{excerpt['end']}"
    return RedirectResponse(address(f"/documents/{excerpt['document_id']}", {"quote": passage}) + f"#{id}", 303)
