"""The client that is the engine itself: it does the jobs it queues before it returns."""

import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import copy_context
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, cast

from synth import access
from synth.access import ADMINISTRATOR, COMMANDS, Role, Scope
from synth.cli.client import ALL, Document, Progress, Step, Upload
from synth.cli.following import Follower
from synth.cli.options import Asking, GivenFilters, Period
from synth.cli.output import tell_outcome
from synth.engine import Engine, open_engine
from synth.errors import SynthError
from synth.exporting import Wanted
from synth.intake.reviews import Reviewer
from synth.intake.uploads import Submission
from synth.jobs import due
from synth.model import Filters
from synth.settings import Settings
from synth.store.reading import Page
from synth.store.walls import within
from synth.wire.answers import answer_document, step_document
from synth.wire.intake import import_document
from synth.wire.trust import trust_document
from synth.workspaces import check_workspace

if TYPE_CHECKING:
    from synth.answers.faceting import Way

GLANCE = 0.3  # seconds between two looks at the progress
ACTOR = COMMANDS  # who decides: the name its credential has where a server is asked
_OWNER = Reviewer(ACTOR, researches=True)
FOLLOWER = ADMINISTRATOR  # who follows questions: the same person as on the pages
MOST_DECISIONS = 200  # that are listed
PATIENCE = 30.0  # seconds a command waits for a job that is to be tried again


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


class LocalClient:
    """Every command as calls of the engine in this process."""

    def __init__(self, engine: Engine, workspace: str) -> None:
        self.engine = engine
        self.workspace = workspace

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

    def discover(self, progress: Progress, scope: str = "all") -> Document:
        job_id = self.engine.discover(self.workspace, scope=scope)
        self._work(lambda: progress({"stages": []}))
        job = self.engine.job(self.workspace, job_id)
        if job["state"] == "dead":
            raise SynthError(f"The themes could not be found: {job['error']}")
        tell_outcome(job["result"])
        return self.themes()

    def runs(self) -> Document:
        return {"runs": self.engine.runs(self.workspace).rows}

    def run(self, run: str) -> Document:
        return self.engine.run(self.workspace, run)

    def accept_run(self, run: str, changes: Sequence[str] = ()) -> Document:
        return self._then_work(self.engine.accept_run(self.workspace, run, ACTOR, list(changes) or None))

    def roll_back_run(self, run: str) -> Document:
        return self._then_work(self.engine.roll_back_run(self.workspace, run))

    def renew(self) -> None:
        """Embed again what an earlier embedder left, and do all that follows from it."""
        if any(kind == "renew" for _, kind in due(self.engine.parts)):
            self.engine.drain(patience=PATIENCE)

    def themes(self) -> Document:
        return self.engine.themes(self.workspace)

    def decide(self, wanted: Document, *, preview: bool) -> Document:
        if preview:
            return self.engine.preview(self.workspace, ACTOR, wanted)
        made = self.engine.decide(self.workspace, ACTOR, wanted)
        self.engine.drain(patience=PATIENCE)
        return made

    def undo(self, decision: str) -> Document:
        undone = self.engine.undo(self.workspace, ACTOR, decision)
        self.engine.drain(patience=PATIENCE)
        return undone

    def decisions(self) -> Document:
        return {"decisions": self.engine.decisions(self.workspace, Page(limit=MOST_DECISIONS)).rows}

    def lineage(self, theme: str) -> Document:
        return self.engine.lineage(self.workspace, theme)

    def emerging(self) -> Document:
        return self.engine.emerging(self.workspace)

    def trend(self, theme: str) -> Document:
        return self.engine.theme_trend(self.workspace, theme)

    def suggestions(self, theme: str) -> Document:
        return self.engine.suggestions(self.workspace, theme)

    def create_themes(self, seeds: Sequence[Document]) -> Document:
        made = self.engine.create_themes(self.workspace, ACTOR, seeds)
        self.engine.drain(patience=PATIENCE)
        return made

    def insights(self, wanted: Mapping[str, str] = ALL) -> Document:
        return self.engine.insights(self.workspace, **wanted)

    def insight(self, insight: str) -> Document:
        return self.engine.insight(self.workspace, insight)

    def insight_history(self, insight: str) -> Document:
        return self.engine.insight_history(self.workspace, insight)

    def make_insight(self, wanted: Document) -> Document:
        return self.engine.make_insight(self.workspace, ACTOR, wanted)

    def change_insight(self, insight: str, wanted: Document) -> Document:
        return self.engine.change_insight(self.workspace, ACTOR, insight, wanted)

    def saved_questions(self, *, followed: bool, everything: bool) -> Document:
        state = None if everything else "active"
        return self.engine.saved_questions(self.workspace, FOLLOWER, state=state, followed=followed)

    def saved_question(self, saved: str) -> Document:
        return self.engine.saved_question(self.workspace, saved, FOLLOWER)

    def saved_runs(self, saved: str) -> Document:
        return self.engine.saved_runs(self.workspace, saved)

    def save_question(self, wanted: Document, given: GivenFilters) -> Document:
        return self.engine.save_question(
            self.workspace,
            ACTOR,
            follower=FOLLOWER,
            question=wanted.get("question"),
            answer=wanted.get("answer_id"),
            given=self._filters(given),
            dropped=wanted.get("drop", ()),
            title=wanted.get("title"),
        )

    def studies(self) -> Document:
        return self.engine.studies(self.workspace)

    def study(self, study: str) -> Document:
        return self.engine.study(self.workspace, study)

    def keep_study(self, study: str, days: int | None) -> Document:
        return self.engine.change_study(self.workspace, study, {"keep_days": days})

    def codes(self, study: str) -> Document:
        return self.engine.codes(self.workspace, study)

    def findings(self, study: str) -> Document:
        return self.engine.findings(self.workspace, study)

    def agreement(self, study: str) -> Document:
        return self.engine.agreement(self.workspace, study)

    def machine_agreement(self, study: str) -> Document:
        return self.engine.machine_agreement(self.workspace, study)

    def board(self, study: str) -> Document:
        return self.engine.board(self.workspace, study)

    def suggest_highlights(self, study: str) -> Document:
        return self.engine.suggest_highlights(self.workspace, study)

    def export_study(self, study: str, format: str) -> bytes:
        return self.engine.export_study(self.workspace, study, format)

    def study_report(self, study: str, format: str) -> bytes:
        return self.engine.render_study(self.workspace, study, format)

    def take_roster(self, study: str, path: Path) -> Document:
        return self.engine.take_roster(self.workspace, study, path.name, path.read_bytes())

    def import_codings(self, study: str, path: Path) -> Document:
        done = self.engine.import_codings(self.workspace, study, ACTOR, path.name, path.read_bytes())
        self.engine.drain(patience=PATIENCE)
        return done

    def address(self) -> str:
        settings = self.engine.settings
        return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")

    def settings(self) -> Document:
        return self.engine.settings_in_force()

    def probe_model(self) -> Document:
        return self.engine.probe_model()

    def sources(self) -> Document:
        return self.engine.sources(self.workspace)

    def set_redaction(self, source: str, redact: str) -> None:
        self.engine.set_redaction(self.workspace, source, redact)

    def set_readers(self, source: str, readers: Sequence[str] | None) -> None:
        self.engine.set_readers(self.workspace, source, readers)

    def users(self) -> Document:
        return self.engine.users(self.workspace)

    def invite(self, name: str, role: Role) -> Document:
        return self.engine.invite(self.workspace, name, role)

    def change_role(self, name: str, role: Role) -> Document:
        return self.engine.change_role(self.workspace, ACTOR, name, role)

    def sign_out_user(self, name: str) -> None:
        self.engine.sign_out_user(self.workspace, ACTOR, name)

    def remove_user(self, name: str) -> None:
        self.engine.remove_user(self.workspace, ACTOR, name)

    def tokens(self) -> Document:
        return {"tokens": access.list_tokens(self.engine.parts, self.workspace)}

    def add_token(self, name: str, role: Role, scope: Scope, days: int | None) -> Document:
        parts = self.engine.parts
        expires = None if days is None else parts.now() + timedelta(days=days)
        secret = access.create_token(parts, self.workspace, name, role, expires=expires, scope=scope)
        return {"name": name, "role": role, "scope": scope, "kind": "token", "secret": secret}

    def revoke_token(self, token: str) -> None:
        access.revoke(self.engine.parts, self.workspace, token)

    def hooks(self) -> Document:
        return self.engine.hooks(self.workspace)

    def add_hook(self, source: str) -> Document:
        return self.engine.add_hook(self.workspace, ACTOR, source)

    def end_hook(self, hook: str) -> None:
        self.engine.end_hook(self.workspace, hook)

    def retain(self, source: str, days: int | None) -> None:
        self.engine.retain(self.workspace, source, days)

    def retention(self) -> Document:
        return self.engine.retention(self.workspace)

    def releases(self) -> Document:
        return self.engine.releases(self.workspace)

    def add_release(self, wanted: Document) -> Document:
        return self.engine.add_release(self.workspace, ACTOR, **wanted)

    def remove_release(self, release: str) -> None:
        self.engine.remove_release(self.workspace, release)

    def schedule(self) -> Document:
        return self.engine.schedule(self.workspace)

    def set_schedule(self, weekday: str, hour: int) -> None:
        self.engine.set_schedule(self.workspace, weekday, hour)

    def subscriptions(self) -> Document:
        return self.engine.subscriptions(self.workspace)

    def subscribe(self, channel: str, address: str, form: str, where: Sequence[str] = ()) -> Document:
        return self.engine.subscribe(self.workspace, ACTOR, channel, address, form, where=where)

    def end_subscription(self, subscription: str) -> None:
        self.engine.end_subscription(self.workspace, ACTOR, subscription)

    def send_report(self, subscription: str, report: str | None) -> Document:
        delivery = self.engine.send_report(self.workspace, ACTOR, subscription, report)
        self.engine.drain()
        return self.engine.delivery(self.workspace, delivery["id"])

    def deliveries(self) -> Document:
        return self.engine.deliveries(self.workspace)

    def preview_erasure(self, kind: str, named: str) -> Document:
        return self.engine.preview_erasure(self.workspace, kind, named)

    def erase(self, kind: str, named: str, reason: str | None, progress: Progress) -> Document:
        erasure = self.engine.erase(self.workspace, ACTOR, kind, named, reason)
        self._work(lambda: progress({"stages": []}))
        return self.erasure(erasure)

    def erasure(self, erasure: str) -> Document:
        return self.engine.erasure(self.workspace, erasure)

    def erasures(self) -> Document:
        return self.engine.erasures(self.workspace)

    def audit(self, wanted: Mapping[str, str], limit: int) -> Document:
        return {"events": self.engine.audit(self.workspace, Page(limit=limit), **wanted).rows}

    def act_on_question(self, what: str, saved: str) -> Document:
        steps = {
            "run": lambda: self.engine.run_saved_question(self.workspace, FOLLOWER, saved),
            "resume": lambda: self.engine.change_saved_question(self.workspace, FOLLOWER, saved, {"state": "active"}),
            "archive": lambda: self.engine.change_saved_question(
                self.workspace, FOLLOWER, saved, {"state": "archived"}
            ),
            "follow": lambda: self.engine.follow_question(self.workspace, FOLLOWER, saved, on=True),
            "unfollow": lambda: self.engine.follow_question(self.workspace, FOLLOWER, saved, on=False),
            "seen": lambda: self.engine.see_question(self.workspace, FOLLOWER, saved),
        }
        return steps[what]()

    def trust(self) -> Document:
        return trust_document(self.engine.trust(self.workspace))

    def usage(self, days: int) -> Document:
        return self.engine.usage(self.workspace, days=days)

    def ask(self, asked: Asking) -> Document:
        given = self._filters(asked.given)
        return answer_document(
            self.engine.ask(self.workspace, asked.question, given, dropped=asked.dropped, follows=asked.follows)
        )

    def ask_in_steps(self, asked: Asking) -> Iterator[Step]:
        given = self._filters(asked.given)
        steps = self.engine.ask_in_steps(
            self.workspace, asked.question, given, dropped=asked.dropped, follows=asked.follows
        )
        return map(step_document, steps)

    def asks_a_model(self) -> bool:
        return self.engine.asks_a_model

    def search(self, query: str, given: GivenFilters, limit: int, counted: str | None = None) -> Document:
        filters = self._filters(given)
        found = self.engine.search(self.workspace, query, filters, limit=limit)
        way = cast("Way", counted) or None
        facets = None if counted is None else self.engine.facets(self.workspace, query, filters, way=way)
        return found | {"facets": facets}

    def report(
        self, period: Period, format: str, *, form: str = "whole", reported: bool = False, where: Sequence[str] = ()
    ) -> bytes:
        when = {"week": period.week, "since": period.since, "until": period.until}
        asked = {
            "format": format,
            "form": form,
            "reported": reported,
            "where": self.engine.filters(where=where, workspace=self.workspace).where,
        }
        return self.engine.report_file(self.workspace, **when, **asked)

    def export(self, what: str, format: str, given: GivenFilters) -> Iterator[str]:
        return self.engine.export(self.workspace, what, format=format, wanted=self._wanted(given))

    def export_workbook(self, what: str, given: GivenFilters) -> bytes:
        return self.engine.export_workbook(self.workspace, what, wanted=self._wanted(given))

    def _wanted(self, given: GivenFilters) -> Wanted:
        return Wanted(self._filters(given))

    def _submit(self, path: Path, options: Document) -> str:
        with path.open("rb") as content:
            return self.engine.submit(self.workspace, path.name, content, Submission(**options))

    def _state(self, import_id: str) -> Document:
        return import_document(self.engine.import_state(self.workspace, import_id))

    def _then_work(self, changed: Document) -> Document:
        self.engine.drain(patience=PATIENCE)
        return changed

    def _work(self, show: Callable[[], None]) -> None:
        """Do what was queued, and show how far it is meanwhile. In production the workers help."""
        stop = threading.Event()
        watcher = threading.Thread(target=copy_context().run, args=(_watch, show, stop), daemon=True)
        watcher.start()
        try:
            self.engine.drain(patience=PATIENCE)
        finally:
            stop.set()
            watcher.join()
            show()

    def _filters(self, given: GivenFilters) -> Filters:
        return self.engine.filters(since=given.since, until=given.until, where=given.where, workspace=self.workspace)


def _watch(show: Callable[[], None], stop: threading.Event) -> None:
    while not stop.wait(GLANCE):
        show()
