"""Long answers, sent as they are made."""

import json
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from starlette.responses import StreamingResponse

from synth.errors import SynthError

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/x-ndjson; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_PIECE = 1 << 16  # characters


def stream(lines: Iterable[str], format: str, filename: str) -> StreamingResponse:
    """The lines as a file to be saved; `filename` is ours, never a user's.

    The first of them are made before anything is sent: what goes wrong there is raised.
    """
    pieces = _pieces(lines)
    begun = chain((next(pieces),), pieces)
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(begun, media_type=TYPES[format], headers=headers)


Event = tuple[str, Any]  # its name, and what it carries


def stream_events(events: Iterator[Event]) -> StreamingResponse:
    """The events as a server sends them; the next one is made when the last one is gone, and none after a hang-up.

    What goes wrong before the first one is raised, what goes wrong later is an event `error` with its sentence.
    """
    first = next(events)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_written(first, events), media_type="text/event-stream", headers=headers)


def _written(first: Event, events: Iterator[Event]) -> Iterator[str]:
    yield _write(*first)
    try:
        for event in events:
            yield _write(*event)
    except SynthError as error:
        yield _write("error", {"detail": str(error)})


def _write(name: str, carried: Any) -> str:
    """One event; JSON on one line, so that no text in it can begin another."""
    return f"event: {name}\ndata: {json.dumps(carried)}\n\n"


def _pieces(lines: Iterable[str]) -> Iterator[str]:
    """Many lines in one piece: each piece costs a change of threads."""
    held, size = [], 0
    for line in lines:
        held.append(line)
        size += len(line)
        if size >= _PIECE:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)
