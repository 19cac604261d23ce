"""The description of the API: what FastAPI gathers, with the shape of problems and the way to show a credential."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.errors import Problem, problems
from api.links import add_links
from api.repeating import HEADER, ITS_OWN_WAY, LONGEST, PATTERN

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
    "Offsets are counted in characters. Links say which operations take an id that an answer holds."
)
KEY = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "The request is done once under this key; for 24 hours the same request is answered as the first "
    "time (`Idempotency-Replayed: true`), another one under the same key is refused with 409.",
    "schema": {"type": "string", "maxLength": LONGEST, "pattern": PATTERN},
}


def describe(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document; made once."""
    if app.openapi_schema is None:
        tags = [{"name": name, "description": about} for name, about in TAGS]
        schema = get_openapi(title=app.title, version=app.version, description=_ABOUT, routes=app.routes, tags=tags)
        components = schema.setdefault("components", {})
        components.setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        components["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"token": []}]
        for path, methods in schema["paths"].items():
            for method, operation in methods.items():
                _add_what_every_request_passes(path, method, operation)
                add_links(operation)
        app.openapi_schema = schema
    return app.openapi_schema


def _add_what_every_request_passes(path: str, method: str, operation: dict[str, Any]) -> None:
    """What FastAPI does not know of: a body that is none, and the key under which a POST is done once."""
    responses = operation["responses"]
    if "requestBody" in operation:
        responses.setdefault("400", problems(400)[400])
    if method == "post" and path.startswith("/v1/") and path != ITS_OWN_WAY and operation.get("security") != []:
        responses.setdefault("400", problems(400)[400])
        responses.setdefault("409", problems(409)[409])
        operation.setdefault("parameters", []).append(KEY)
