"""The client that is the engine itself: every command as a call."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from synth.cli.local.administration import Administration
from synth.cli.local.answers import Answers
from synth.cli.local.delivery import Delivery
from synth.cli.local.feedback import Feedback
from synth.cli.local.research import Research
from synth.cli.local.themes import Themes
from synth.engine import Engine, open_engine
from synth.jobs import due
from synth.settings import Settings
from synth.store.walls import within
from synth.workspaces import check_workspace


@contextmanager
def open_local(settings: Settings) -> Iterator["LocalClient"]:
    """Open the engine and take over what a dead process left; the caller holds the home folder.

    An index that was found broken meanwhile is mended before this ends.
    """
    engine = open_engine(settings)
    try:
        if settings.embedded:
            engine.take_over()
            _tell_of_unfinished(engine)
        check_workspace(engine.parts.database, settings.workspace)
        with within(settings.workspace):
            yield LocalClient(engine, settings.workspace)
        for job_id, kind in due(engine.parts):
            if kind == "repair":
                engine.perform(job_id)
    finally:
        engine.close()


def _tell_of_unfinished(engine: Engine) -> None:
    """Whoever reads from the store shall know that an earlier command has not come to its end."""
    waiting = [kind for _, kind in due(engine.parts) if kind != "repair"]
    if "renew" in waiting:
        said = (
            "The feedback was embedded by another embedder. `synth reindex` or `synth serve` embeds it again; "
            "until then searches go by words alone, and answers see less."
        )
        print(f"synth: {said}", file=sys.stderr)
    elif waiting:
        said = (
            f"{len(waiting):,} pieces of work were left unfinished; `synth ingest` or `synth serve` goes on with them."
        )
        print(f"synth: {said}", file=sys.stderr)


class LocalClient(Feedback, Themes, Answers, Research, Delivery, Administration):
    """Every command as calls of the engine in this process."""
