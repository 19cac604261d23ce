"""A server asked about what comes in: uploads, and what is to be hidden in them."""

import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from synth.cli.client import Document, Progress, Upload
from synth.cli.following import Follower
from synth.cli.remote.server import GLANCE, Server


class Feedback(Server):
    """What comes in: uploads, and what is to be hidden in them."""

    def ingest(self, uploads: Sequence[Upload], progress: Progress) -> list[Document]:
        follow = Follower(uploads, self._upload, lambda import_id: self._json("GET", f"/imports/{import_id}"))
        while not (state := follow.look())["finished"]:
            progress(state)
            time.sleep(GLANCE)
        progress(state)
        return follow.states

    def review(self, upload: str, document: int | None = None) -> Document:
        asked = {} if document is None else {"document": document}
        return self._json("GET", f"/imports/{quote(upload, safe='')}/review", params=asked)

    def decide_redaction(self, upload: str, wanted: Document) -> None:
        self._json("POST", f"/imports/{quote(upload, safe='')}/review", json=wanted)

    def write_reviewed(self, upload: str, progress: Progress) -> Document:
        state = self._json("POST", f"/imports/{quote(upload, safe='')}/write")
        while not state["finished"]:
            progress(state)
            time.sleep(GLANCE)
            state = self._json("GET", f"/imports/{state['id']}")
        return state

    def _upload(self, path: Path, options: Document) -> str:
        """Send one file; returns the id of its import."""
        fields = {
            "source": options.get("source"),
            "kind": options.get("kind"),
            "map": [f"{field}={column}" for field, column in (options.get("mapping") or {}).items()],
            "hide": options.get("hidden"),
            "interviewer": options.get("interviewers"),
            "study": options.get("study"),
            "redact": options.get("redact"),
            "reader": options.get("readers"),
        }
        with path.open("rb") as content:
            given = {name: value for name, value in fields.items() if value}
            taken = self._json("POST", "/documents", data=given, files={"file": (path.name, content)})
        return str(taken["imports"][0]["id"])
