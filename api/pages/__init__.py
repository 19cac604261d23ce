"""The pages: HTML made on the server. Every page works without JavaScript; `static/*.js` makes some of them nicer."""

from fastapi import APIRouter, FastAPI

from api.pages import (
    account,
    ask,
    audit,
    curate,
    deliveries,
    documents,
    erasures,
    insights,
    jobs,
    overview,
    releases,
    reports,
    research,
    reviewing,
    runs,
    saved,
    search,
    settings,
    themes,
    trust,
    upload,
    usage,
    voices,
)
from api.pages.rendering import FOLDER
from api.pages.statics import Statics

PAGES = (
    overview,
    themes,
    curate,
    runs,
    search,
    ask,
    saved,
    insights,
    deliveries,
    releases,
    reports,
    documents,
    voices,
    research,
    erasures,
    upload,
    reviewing,
    jobs,
    trust,
    usage,
    settings,
    audit,
    account,
)

router = APIRouter(include_in_schema=False)
for each in PAGES:
    router.include_router(each.router)


def mount_static(app: FastAPI) -> None:
    """Serve the style and the scripts."""
    app.mount("/static", Statics(directory=FOLDER / "static"), name="static")
