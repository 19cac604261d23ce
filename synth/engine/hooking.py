"""The engine's side of hooks: made by administrators, and what comes in through them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, BinaryIO

from synth.engine.working import WorkSteps
from synth.intake.uploads import Submission
from synth.store.walls import within

if TYPE_CHECKING:
    from synth.hooks.receiving import Received


class HookSteps(WorkSteps):
    """Addresses at which other services send feedback."""

    def hooks(self, workspace: str) -> dict[str, Any]:
        """The hooks in force, without their secrets."""
        from synth.hooks.keeping import list_hooks

        return {"hooks": self._read(list_hooks, workspace)}

    def add_hook(
        self, workspace: str, actor: str, source: str, *, readers: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """A hook for a source, with its secret, which is shown this once; raises BadInput, Conflict.

        With `readers` the source is new, and only they and administrators will read what comes.
        """
        from synth.hooks.keeping import add_hook

        return add_hook(self.parts, workspace, source, by=actor, readers=readers)

    def end_hook(self, workspace: str, hook: str) -> None:
        """Take nothing more there; raises NotFound."""
        from synth.hooks.keeping import end_hook

        end_hook(self.parts, workspace, hook)

    def check_message(self, hook: str, headers: Mapping[str, str], body: bytes) -> "Received":
        """Whose message this is; raises NotFound, BadInput, NotAllowed, Broken where it is not taken."""
        from synth.hooks.receiving import check_message

        return check_message(self.parts, hook, headers, body)

    def take_message(self, message: "Received", filename: str, content: BinaryIO, submission: Submission) -> str:
        """Take in what a genuine message holds, once; returns the id of the import. Raises BadInput, Conflict."""
        from synth.hooks.receiving import note_use

        named = replace(submission, source=message.source)
        with within(message.workspace):
            taken = self.submit(message.workspace, filename, content, named, key=message.key)
            note_use(self.parts, message.hook)
        return taken
