"""Long answers, sent as they are made."""

from collections.abc import Iterable, Iterator

from starlette.responses import StreamingResponse

TYPES = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson; charset=utf-8"}
_PIECE = 1 << 16  # characters


def stream(lines: Iterable[str], format: str, filename: str) -> StreamingResponse:
    """The lines as a file to be saved; `filename` is ours, never a user's."""
    headers = {"Content-Disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(_pieces(lines), media_type=TYPES[format], headers=headers)


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
