"""The engine's side of erasure: what it would reach, doing it, and the receipts."""

from typing import Any

from synth.engine.core import Core


class ErasureSteps(Core):
    """Erasing a person, a document or a source from every store."""

    def preview_erasure(self, workspace: str, kind: str, named: str) -> dict[str, Any]:
        """What an erasure would reach, before anything is done; raises BadInput, NotFound."""
        from synth.erasure.erasing import preview, preview_document

        return preview_document(preview(self.parts, workspace, kind, named))

    def erase(self, workspace: str, actor: str, kind: str, named: str, reason: str | None = None) -> str:
        """Queue the erasure of a person by name, a document by id or a source by name; returns its id.

        Once this returns it will be done whatever happens. Raises BadInput, NotFound.
        """
        from synth.erasure.erasing import request_erasure

        erasure = request_erasure(self.parts, workspace, actor, kind, named, reason)
        self.wake()
        return erasure

    def retention(self, workspace: str) -> dict[str, Any]:
        """How long each source is kept."""
        from synth.erasure.expiring import list_retention

        return {"sources": self._read(list_retention, workspace)}

    def retain(self, workspace: str, source: str, days: int | None) -> None:
        """Keep what a source says for so many days, or without an end; raises NotFound, BadInput."""
        from synth.erasure.expiring import retain

        retain(self.parts, workspace, source, days)

    def erasure(self, workspace: str, erasure_id: str) -> dict[str, Any]:
        """The receipt of an erasure; raises NotFound."""
        from synth.erasure.erasing import get_erasure

        return self._read(get_erasure, workspace, erasure_id)

    def erasures(self, workspace: str) -> dict[str, Any]:
        """All receipts, the newest first."""
        from synth.erasure.erasing import list_erasures

        return {"erasures": self._read(list_erasures, workspace)}
