"""The engine of this process asked about what comes in: uploads, and what is to be hidden in them."""

from collections.abc import Sequence
from pathlib import Path

from synth.cli.client import Document, Progress, Upload
from synth.cli.following import Follower
from synth.cli.local.here import ACTOR, Here
from synth.intake.reviews import Reviewer
from synth.intake.uploads import Submission
from synth.wire.intake import import_document

_OWNER = Reviewer(ACTOR, researches=True)


class Feedback(Here):
    """What comes in: uploads, and what is to be hidden in them."""

    def ingest(self, uploads: Sequence[Upload], progress: Progress) -> list[Document]:
        follow = Follower(uploads, self._submit, self._state)
        self._work(lambda: progress(follow.look()))
        return follow.states

    def review(self, upload: str, document: int | None = None) -> Document:
        return self.engine.review(self.workspace, upload, _OWNER, document)

    def decide_redaction(self, upload: str, wanted: Document) -> None:
        self.engine.decide_redaction(self.workspace, upload, _OWNER, wanted)

    def write_reviewed(self, upload: str, progress: Progress) -> Document:
        self.engine.write_reviewed(self.workspace, upload, _OWNER)
        self._work(lambda: progress(self._state(upload)))
        return self._state(upload)

    def _submit(self, path: Path, options: Document) -> str:
        with path.open("rb") as content:
            return self.engine.submit(self.workspace, path.name, content, Submission(**options))

    def _state(self, import_id: str) -> Document:
        return import_document(self.engine.import_state(self.workspace, import_id))
