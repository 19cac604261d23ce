"""The engine's side of taking feedback in, and of the jobs that work on it."""

import logging
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, BinaryIO

from synth import jobs
from synth.engine.core import WORKSPACE, Core
from synth.errors import NotAllowed
from synth.intake.uploads import ImportState, Submission, discard_left_over, import_state, submit
from synth.store import ledger, reading, usage
from synth.store.keyed import KEPT, forget_keys
from synth.store.outbox import forget_vectors
from synth.store.reading import FIRST_PAGE, Listed, Page
from synth.store.walls import everywhere, within

if TYPE_CHECKING:
    from synth.intake.drafts import Draft
    from synth.intake.reviews import Reviewer

BROKEN_OFF = timedelta(hours=1)  # without a byte, after which an upload that no import knows is given up
USAGE_DAYS, MOST_USAGE_DAYS = 30, 366
_log = logging.getLogger(__name__)


class WorkSteps(Core):
    """Imports, drafts of imports, jobs, and what is due by the clock."""

    def take_over(self) -> None:
        """Give back what a process that died was doing. Only for the one process that owns the home folder."""
        with everywhere(), self.parts.database.write() as session:
            ledger.release_all(session, now=self.parts.now())
        discard_left_over(self.parts)
        for workspace in self.workspaces():
            with within(workspace):
                self.renew_vectors(workspace)

    def submit(
        self, workspace: str, filename: str, content: BinaryIO, submission: Submission, *, key: str | None = None
    ) -> str:
        """Take a file in; once this returns, its rows will be stored whatever happens. Returns the id of the import."""
        limit = self.settings.upload_limit
        import_id = submit(self.parts, workspace, filename, content, submission, limit=limit, key=key)
        self.wake()
        return import_id

    def import_state(self, workspace: str, import_id: str, *, sent_by: str | None = None) -> ImportState:
        """How an import stands; raises NotFound, also of one that another credential sent where one is named."""
        return import_state(self.parts, workspace, import_id, sent_by=sent_by)

    def keep_draft(self, workspace: str, files: Sequence[tuple[str, BinaryIO]], submission: Submission) -> str:
        """Keep files until their columns are confirmed; returns the id of the draft."""
        from synth.intake.drafts import keep_draft

        return keep_draft(self.parts, workspace, files, submission, limit=self.settings.upload_limit)

    def draft(self, workspace: str, draft_id: str) -> "Draft":
        """The files of a draft with their first rows; raises NotFound."""
        from synth.intake.drafts import open_draft

        return open_draft(self.parts, workspace, draft_id)

    def submit_draft(self, workspace: str, draft_id: str, choices: Mapping[int, Submission]) -> list[str]:
        """Submit the files of a draft that a choice was made for; returns the ids of their imports."""
        from synth.intake.drafts import submit_draft

        imports = submit_draft(self.parts, workspace, draft_id, choices, limit=self.settings.upload_limit)
        self.wake()
        return imports

    def review(self, workspace: str, import_id: str, who: "Reviewer", document: int | None = None) -> dict[str, Any]:
        """What is suggested to be hidden in an upload that waits; raises NotFound, NotAllowed, Conflict."""
        from synth.intake.reviews import open_review
        from synth.wire.intake import review_document

        return review_document(open_review(self.parts, workspace, import_id, who, document))

    def decide_redaction(self, workspace: str, import_id: str, who: "Reviewer", wanted: Mapping[str, Any]) -> None:
        """Accept or reject what is suggested in it, or mark more; raises BadInput too."""
        from synth.intake.reviews import decide

        decide(self.parts, workspace, import_id, who, wanted)

    def write_reviewed(self, workspace: str, import_id: str, who: "Reviewer") -> None:
        """Let it be written as it was decided; what nobody decided is hidden."""
        from synth.intake.reviews import write_reviewed

        write_reviewed(self.parts, workspace, import_id, who)
        self.wake()

    def imports(self, workspace: str, page: Page = FIRST_PAGE) -> Listed:
        """The imports, newest first."""
        return self._read(reading.list_imports, workspace, page)

    def refused_lines(self, workspace: str, import_id: str) -> Iterator[str]:
        """The rows of an import that were not taken, as lines of CSV; raises NotFound."""
        from synth.exporting.writing import refused_lines

        return refused_lines(self._read(reading.list_refusals, workspace, import_id))

    def perform(self, job_id: str | None = None, *, kinds: Collection[str] = jobs.HANDLERS) -> str | None:
        """Do the named job, or the next one of these kinds; returns its id, or None when there was nothing to do."""
        done = jobs.perform(self.parts, job_id, kinds=kinds)
        with self._telling:
            self._told.pop(done or "", None)
        self.wake()
        return done

    def drain(self, *, patience: float = 0.0) -> None:
        """Do all jobs there are in this thread; waits up to `patience` seconds for those that are to be tried again."""
        jobs.drain(self.parts, patience=patience)

    def jobs(self, workspace: str, state: str | None = None, page: Page = FIRST_PAGE) -> Listed:
        """The jobs, newest first; those in one state when it is named."""
        return self._read(reading.list_jobs, workspace, state, page)

    def job(self, workspace: str, job_id: str) -> dict[str, Any]:
        """One job; raises NotFound."""
        return self._read(reading.get_job, workspace, job_id)

    def retry_job(self, workspace: str, job_id: str) -> dict[str, Any]:
        """Give a dead job a new set of attempts; raises NotFound, or Conflict when it is not dead."""
        with self.parts.database.write() as session:
            ledger.retry(session, workspace, job_id, now=self.parts.now())
        self.wake()
        return self.job(workspace, job_id)

    def tend_all(self) -> None:
        """Queue what is due in every workspace; what goes wrong in one holds up no other."""
        for workspace in self.workspaces():
            try:
                with within(workspace):
                    self.tend(workspace)
            except Exception:  # noqa: BLE001 - whatever it was, the next turn tries again
                _log.exception("What is due in the workspace %s could not be queued", workspace)

    def tend(self, workspace: str) -> None:
        """Queue what is due: runs, saved questions, reports, new vectors, a repair, expiry; forget what is old."""
        from synth.answers.remembering import forget_old
        from synth.auditing import forget_events
        from synth.erasure.expiring import request_expiry
        from synth.intake.reviews import discard_unreviewed
        from synth.reports.weekly import request_reports
        from synth.saved.running import request_runs
        from synth.themes.updating import weekly_run_is_due

        if self._read(weekly_run_is_due, workspace, self.parts):
            self.discover(workspace)
        if not request_runs(self.parts, workspace):
            request_reports(self.parts, workspace)
        self.renew_vectors(workspace)
        self.repair_index(workspace)
        forget_old(self.parts, workspace, days=self.settings.answer_days)
        request_expiry(self.parts, workspace)
        discard_unreviewed(self.parts, workspace)
        discard_left_over(self.parts, untouched=BROKEN_OFF)
        with self.parts.database.write() as session:
            usage.forget_erased(session, workspace)
            forget_vectors(session, workspace)
            forget_events(session, workspace, self.parts.now() - timedelta(days=self.settings.audit_days))
            forget_keys(session, workspace, self.parts.now() - KEPT)
            usage.forget_calls(session, workspace, self.parts.now() - timedelta(days=self.settings.answer_days))

    def metrics(self, workspace: str) -> bytes:
        """What this process did, and how the store stands, for Prometheus: of all workspaces, so for the first alone.

        Raises NotAllowed for another.
        """
        if workspace != WORKSPACE:
            raise NotAllowed(f"These figures are of the whole service; an administrator of {WORKSPACE} may see them.")
        return self.parts.metrics.render(self.parts.database, self.parts.now())

    def status(self, workspace: str) -> dict[str, Any]:
        """How the workspace stands: its sizes, its jobs, its index, and the version of the service."""
        from synth.standing import read_standing

        standing = read_standing(self.parts, workspace)
        return standing | {"model": standing["model"] | self._limits()}

    def usage(self, workspace: str, *, days: int = USAGE_DAYS) -> dict[str, Any]:
        """What was asked of the language model today and on the days before, with the day's budget; raises BadInput."""
        from synth.errors import BadInput
        from synth.standing import read_usage

        if not 1 <= days <= MOST_USAGE_DAYS:
            raise BadInput(f"Usage is told for 1 to {MOST_USAGE_DAYS} days, not {days}.")
        found = read_usage(self.parts, workspace, days=days)
        model = self.settings.llm_model if self.settings.llm_url else None
        return {"model": model, **found, "today": found["today"] | self._limits()}

    def _limits(self) -> dict[str, float | None]:
        return {"tokens_limit": self.settings.llm_daily_tokens, "cost_limit": self.settings.llm_daily_cost}
