"""The description of the API: what FastAPI gathers, with the shape of problems and the way to show a credential."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import Problem

TAGS = (
    ("documents", "What people said: taking it in, and reading it."),
    ("themes", "What they speak of, and the runs that found it."),
    ("insights", "Claims with quotes, answers to questions, search, reports."),
    ("jobs", "Work under way: imports and jobs."),
    ("research", "Studies, participants, codebooks, highlights, findings."),
    ("privacy", "Erasing what people said, with a receipt."),
    ("workspace", "Tokens, status, exports."),
)
_ABOUT = (
    "Every error is a problem document (RFC 9457). Lists come in pages: give `next` as `cursor`. "
    "Offsets are counted in characters."
)


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is None:
        tags = [{"name": name, "description": about} for name, about in TAGS]
        schema = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes, tags=tags)
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"token": []}]
        app.openapi_schema = schema
    return app.openapi_schema
