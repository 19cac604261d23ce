"""Cursors: where a page of a list ends, written so that nobody builds one by hand."""

import base64
import binascii
import json

from starlette.responses import JSONResponse

from synth.errors import BadInput
from synth.store.reading import Listed, Place


def paged(name: str, listed: Listed) -> JSONResponse:
    """A page of a list under its name, and the cursor of the page after it; null on the last."""
    return JSONResponse({name: listed.rows, "next": encode(listed.ends) if listed.ends else None})


def encode(place: Place) -> str:
    """A place as a cursor."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def decode(cursor: str) -> Place:
    """The place a cursor stands for; raises BadInput for one that was not made here."""
    try:
        time, key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValueError, TypeError, binascii.Error, RecursionError):
        time, key = None, None
    if not isinstance(key, str) or not isinstance(time, str | None):
        raise BadInput("This cursor was not made here; begin with the first page.")
    return time, key
