"""Following several imports at once: asks only for those that are not finished, and sums them up."""

from collections.abc import Callable, Sequence
from pathlib import Path

from synth.cli.client import Document, Upload
from synth.errors import BadInput

_ORDER = ("transcribe", "intake", "embed", "index", "themes", "insights")
_SUMMED = ("jobs", "finished", "dead", "done")


class Follower:
    """Sends files and knows the last state of each import, in the order they were given.

    `send` gives the id of an import; a file that is turned away at the door does not keep the others out.
    """

    def __init__(
        self, uploads: Sequence[Upload], send: Callable[[Path, Document], str], ask: Callable[[str], Document]
    ) -> None:
        self._ask = ask
        self.states = [self._begin(send, path, options) for path, options in uploads]

    def look(self) -> Document:
        """Ask for what is not finished; returns all of it as one state."""
        self.states = [state if state["finished"] else self._ask(state["id"]) for state in self.states]
        return merge_states(self.states)

    def _begin(self, send: Callable[[Path, Document], str], path: Path, options: Document) -> Document:
        try:
            return self._ask(send(path, options))
        except BadInput as error:
            counts = {"taken": 0, "already": 0, "refused": 1, "refusals": [{"row": 0, "reason": str(error)}]}
            return {"id": None, "filename": path.name, **counts, "stages": [], "finished": True}


def merge_states(states: Sequence[Document]) -> Document:
    """Several imports as one: their stages added up by kind, in the order they run."""
    merged: dict[str, Document] = {}
    for stage in (stage for state in states for stage in state["stages"]):
        total = merged.setdefault(stage["kind"], {**stage, **dict.fromkeys(_SUMMED, 0), "total": 0})
        for name in _SUMMED:
            total[name] += stage[name]
        total["step"] = total["step"] or stage["step"]
        unknown = total["total"] is None or stage["total"] is None
        total["total"] = None if unknown else total["total"] + stage["total"]
    stages = sorted(merged.values(), key=lambda stage: _ORDER.index(stage["kind"]) if stage["kind"] in _ORDER else 9)
    return {"stages": stages, "finished": all(state["finished"] for state in states)}
