"""The engine: the only place that builds every part, and the one public door to all that the service can do."""

import threading
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

from synth import jobs
from synth.embedding import Embedder
from synth.errors import BadInput
from synth.intake.uploads import ImportState, Submission, discard_left_over, import_state, submit
from synth.model import Answer, Claim, Filters, Plan
from synth.parts import Parts
from synth.settings import Settings
from synth.store import ledger, reading, tables, usage
from synth.store.database import Database
from synth.store.reading import Listed, Page
from synth.store.rows import insert_new

if TYPE_CHECKING:
    from synth.answers.behind import Behind
    from synth.answers.tally import Tally
    from synth.intake.drafts import Draft
    from synth.llm.metering import Meter
    from synth.overview import Overview
    from synth.profile import Profile
    from synth.reports.spans import Span
    from synth.research.suggesting import Suggestion
    from synth.saying.reading import Saying
    from synth.themes.listing import Level
    from synth.trust.figures import Card
    from synth.trust.measured import Measurement
    from synth.trust.sampling import Drawn, Verdict

WORKSPACE = "main"
TELL_AGAIN = 60.0  # seconds after which a worker is told again of a job that still waits
NO_FILTERS = Filters()
FIRST_PAGE = Page()
Found = TypeVar("Found")


def open_engine(
    settings: Settings,
    *,
    embedder: Embedder | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> "Engine":
    """Build every part from the settings and bring the schema up to date; the caller holds the home folder's lock."""
    from synth.embedding.opening import open_embedder
    from synth.llm.opening import open_drafter
    from synth.store.chroma import ChromaIndex
    from synth.store.stamp import Kept
    from synth.store.vectors import VectorStore

    if settings.broker_url and not settings.chroma_url:
        raise BadInput("SYNTH_BROKER_URL needs SYNTH_CHROMA_URL: processes share an index through `chroma run` only.")
    settings.home.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database())
    database.migrate()
    words = embedder or open_embedder(settings.embedder)
    folder = None if settings.chroma_url else settings.home.resolve() / "chroma"
    parts = Parts(
        home=settings.home.resolve(),
        database=database,
        embedder=words,
        vectors=VectorStore(database, words.version, words.dimension),
        kept=Kept(),
        index=ChromaIndex(folder=folder, url=settings.chroma_url, embedder=words.version, dimension=words.dimension),
        drafter=open_drafter(settings, _meter(settings, database, clock)),
        clock=clock,
        timezone=settings.timezone,
        regions=settings.redact_regions,
    )
    engine = Engine(parts, settings)
    engine.prepare()
    return engine


def _meter(settings: Settings, database: Database, clock: Callable[[], datetime]) -> "Meter | None":
    if settings.llm_url is None:
        return None
    from synth.llm.metering import StoredMeter

    return StoredMeter(database, settings, clock)


class Engine:
    """Everything the doors may call; each method is one step into one room. Safe to share between threads."""

    def __init__(self, parts: Parts, settings: Settings) -> None:
        self.parts = parts
        self.settings = settings
        self.dispatch: Callable[[str, str], None] | None = None  # tells a worker of a job: (id, kind)
        self._told: dict[str, float] = {}
        self._telling = threading.Lock()

    def prepare(self) -> None:
        """Make the default workspace where it is missing."""
        now = self.parts.now()
        row = {"id": WORKSPACE, "name": "Main", "timezone": self.settings.timezone, "created_at": now}
        with self.parts.database.write() as session:
            insert_new(session, tables.Workspace, [row])

    def take_over(self) -> None:
        """Give back what a process that died was doing. Only for the one process that owns the home folder."""
        with self.parts.database.write() as session:
            ledger.release_all(session, now=self.parts.now())
        discard_left_over(self.parts)
        self.renew_vectors(WORKSPACE)

    def warm(self, workspace: str) -> None:
        """Load what the first question would wait for: the model and the vectors."""
        self.parts.embedder.embed(["warm"])
        self.parts.vectors.matrix(workspace)

    def close(self) -> None:
        """Give everything back."""
        self.parts.index.close()
        self.parts.database.close()

    def submit(
        self, workspace: str, filename: str, content: BinaryIO, submission: Submission, *, key: str | None = None
    ) -> str:
        """Take a file in; once this returns, its rows will be stored whatever happens. Returns the id of the import."""
        limit = self.settings.upload_limit
        import_id = submit(self.parts, workspace, filename, content, submission, limit=limit, key=key)
        self.wake()
        return import_id

    def import_state(self, workspace: str, import_id: str) -> ImportState:
        """How an import stands; raises NotFound."""
        return import_state(self.parts, workspace, import_id)

    def perform(self, job_id: str | None = None) -> str | None:
        """Do the named job, or the next; returns its id, or None when there was nothing to do."""
        done = jobs.perform(self.parts, job_id)
        with self._telling:
            self._told.pop(done or "", None)
        self.wake()
        return done

    def drain(self, *, patience: float = 0.0) -> None:
        """Do all jobs there are in this thread; waits up to `patience` seconds for those that are to be tried again."""
        jobs.drain(self.parts, patience=patience)

    def wake(self) -> None:
        """Tell the workers of jobs they have not been told of lately; without workers, do nothing."""
        dispatch = self.dispatch
        if dispatch is None:
            return
        waiting, now = jobs.due(self.parts), time.monotonic()
        with self._telling:
            self._told = {job: told for job, told in self._told.items() if now - told < TELL_AGAIN}
            untold = [(job_id, kind) for job_id, kind in waiting if job_id not in self._told]
            self._told |= {job_id: now for job_id, _ in untold}
        for job_id, kind in untold:
            dispatch(job_id, kind)

    def discover(self, workspace: str, *, scope: str = "all") -> str:
        """Queue a run over everything, over the unassigned, or over everything anew; returns the id of its job.

        A run over everything keeps what is settled; one that looks anew waits for a person to accept it.
        """
        return self._enqueue(workspace, "discover", {"scope": scope})

    def accept_run(
        self, workspace: str, run_id: str, actor: str, changes: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Put a run in force that waits for a person, or some changes of it, by their keys.

        Raises NotFound; Conflict when it does not wait; BadInput for a change it does not propose.
        """
        from synth.themes.reviewing import accept

        with self.parts.database.write() as session:
            accept(session, self.parts, workspace, run_id, actor=actor, changes=changes)
        self.draft_insights(workspace)
        return self.run(workspace, run_id)

    def roll_back_run(self, workspace: str, run_id: str) -> dict[str, Any]:
        """Take back all that a run did; raises NotFound, or Conflict when a later run or decision builds on it."""
        from synth.themes.reviewing import roll_back

        with self.parts.database.write() as session:
            roll_back(session, self.parts, workspace, run_id)
        self.draft_insights(workspace)
        return self.run(workspace, run_id)

    def draft_insights(self, workspace: str) -> str:
        """Queue the drafting of what insights are missing; returns the id of the job."""
        return self._enqueue(workspace, "insights", {})

    def repair_index(self, workspace: str) -> str:
        """Queue a repair of the vector index from SQL; returns the id of the job."""
        return self._enqueue(workspace, "repair", {})

    def renew_vectors(self, workspace: str) -> None:
        """Queue the embedding anew of what an earlier embedder made vectors of, if there is any."""
        from synth.themes.renewing import request_renewal

        request_renewal(self.parts, workspace)
        self.wake()

    def filters(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        where: Sequence[str] = (),
        workspace: str = WORKSPACE,
    ) -> Filters:
        """Filters from days (both included) and conditions as they are typed; raises BadInput, NotFound for a theme."""
        from synth.answers.given import read_filters
        from synth.store.filtering import check_names

        given = read_filters(since, until, where, timezone=self.parts.timezone)
        with self.parts.database.read() as session:
            check_names(session, workspace, given)
        return given

    def themes(self, workspace: str, given: Filters = NO_FILTERS, *, level: "Level" = "all") -> dict[str, Any]:
        """The active themes with their counts and areas, and how much of the feedback they cover."""
        from synth.themes.listing import list_themes
        from synth.wire.themes import theme_list_document

        with self.parts.database.read() as session:
            return theme_list_document(list_themes(session, workspace, given), level)

    def theme(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """One theme with its lineage; raises NotFound."""
        from synth.themes.listing import get_theme, lineage
        from synth.wire.themes import lineage_document, theme_document

        with self.parts.database.read() as session:
            theme = theme_document(get_theme(session, workspace, theme_id))
            return theme | {"lineage": [lineage_document(event) for event in lineage(session, workspace, theme_id)]}

    def decide(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out what a person decided about themes; returns the decision and its effect on the numbers.

        Raises BadInput, NotFound or Conflict, each with what to do; nothing is changed then.
        """
        return self.decide_all(workspace, actor, [wanted])[0]

    def decide_all(self, workspace: str, actor: str, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Carry out several decisions, all of them or none."""
        from synth.themes.curating.deciding import decide
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_wanted

        with self.parts.database.write() as session:
            made = [tell(*decide(session, self.parts, workspace, actor, read_wanted(each))) for each in wanted]
        self.wake()
        return made

    def preview(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What `decide` would do; nothing is changed."""
        from synth.themes.curating.deciding import preview
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_wanted

        with self.parts.database.write() as session:
            return tell(*preview(session, self.parts, workspace, actor, read_wanted(wanted)))

    def create_themes(
        self, workspace: str, actor: str, seeds: Sequence[Mapping[str, Any]], *, look: bool = True
    ) -> dict[str, Any]:
        """Make the themes of a taxonomy and place what belongs to them; then look for what it lacks in the rest."""
        from synth.themes.curating.deciding import decide
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_seeds

        with self.parts.database.write() as session:
            made = tell(*decide(session, self.parts, workspace, actor, read_seeds(list(seeds))))
        self.discover(workspace, scope="unassigned") if look else self.wake()
        return made

    def change_theme(
        self, workspace: str, actor: str, theme_id: str, wanted: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Make what is wanted of a theme's name, pin, state and parent so; returns the decisions it took."""
        from synth.themes.curating.wanted import read_changes

        return self.decide_all(workspace, actor, read_changes(self.theme(workspace, theme_id), wanted))

    def undo(self, workspace: str, actor: str, decision_id: str) -> dict[str, Any]:
        """Take a decision back; raises NotFound, or Conflict with what has to be undone first."""
        from synth.themes.curating.records import tell
        from synth.themes.curating.undoing import undo

        with self.parts.database.write() as session:
            undone = tell(*undo(session, self.parts, workspace, actor, decision_id))
        self.wake()
        return undone

    def decisions(self, workspace: str, page: Page = FIRST_PAGE, *, theme: str | None = None) -> Listed:
        """What people decided about themes, newest first."""
        from synth.themes.curating.records import list_decisions

        with self.parts.database.read() as session:
            return list_decisions(session, workspace, page, theme=theme)

    def decision(self, workspace: str, decision_id: str) -> dict[str, Any]:
        """One decision; raises NotFound."""
        from synth.themes.curating.records import get_decision

        return self._read(get_decision, workspace, decision_id)

    def suggestions(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """The parts a theme could be split into; raises NotFound."""
        from synth.themes.curating.records import suggest_parts
        from synth.wire.curating import suggestion_document

        with self.parts.database.read() as session:
            found = suggest_parts(session, self.parts, workspace, theme_id)
        return {"suggestions": [suggestion_document(each) for each in found]}

    def lineage(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """What runs and people did to a theme, oldest first; raises NotFound."""
        return {"lineage": self.theme(workspace, theme_id)["lineage"]}

    def insights(self, workspace: str) -> dict[str, Any]:
        """All insights, newest first."""
        from synth.insights.listing import list_insights
        from synth.wire.themes import insight_document

        with self.parts.database.read() as session:
            return {"insights": [insight_document(each) for each in list_insights(session, workspace)]}

    def report(
        self,
        workspace: str,
        *,
        week: str | None = None,
        since: str | None = None,
        until: str | None = None,
        format: str = "md",
        reported: bool = False,
    ) -> str:
        """The report of a week (the last complete one by default) or of days, as md, html or json.

        With `reported`, as it was archived; raises NotFound where it was not.
        """
        from synth.reports.weekly import render_report

        return render_report(
            self.parts, workspace, week=week, since=since, until=until, format=format, reported=reported
        )

    def ask(
        self,
        workspace: str,
        question: str,
        given: Filters = NO_FILTERS,
        *,
        dropped: Collection[str] = (),
        follows: str | None = None,
    ) -> Answer:
        """Answer a question from the feedback; `dropped` are filters wrongly read into it (`KEY=VALUE`, `time`).

        `follows` is the id of the answer whose filters and subject are carried on.
        """
        *_, answer = self.ask_in_steps(workspace, question, given, dropped=dropped, follows=follows)
        assert isinstance(answer, Answer)
        return answer

    def ask_in_steps(
        self,
        workspace: str,
        question: str,
        given: Filters = NO_FILTERS,
        *,
        dropped: Collection[str] = (),
        follows: str | None = None,
    ) -> Iterator["Plan | Tally | Claim | Answer"]:
        """The same, step by step as it is made: the plan, the counts, each claim that passed the gate, the answer."""
        from synth.answers.asking import ask_in_steps

        return ask_in_steps(self.parts, workspace, question, given, dropped=dropped, follows=follows)

    def search(self, workspace: str, query: str, given: Filters = NO_FILTERS, *, limit: int = 20) -> dict[str, Any]:
        """The excerpts that speak to a query, best first."""
        from synth.answers.searching import search_excerpts

        return search_excerpts(self.parts, workspace, query, given, limit=limit)

    def suggest_codes(
        self, segments: Sequence[str], coded: Sequence[tuple[str, str]], meanings: Mapping[str, str], *, most: int = 3
    ) -> list[list["Suggestion"]]:
        """For each segment the codes that fit best, from (text, code) of coded segments and what codes mean."""
        from synth.research.suggesting import suggest_codes

        return suggest_codes(self.parts.embedder, segments, coded, meanings, most=most)

    def export(self, workspace: str, what: str, *, format: str = "jsonl") -> Iterator[str]:
        """The lines of an export."""
        from synth.exporting import export_lines

        return export_lines(self.parts, workspace, what, format)

    def tend(self, workspace: str) -> None:
        """Queue what is due: a weekly run, the last report, new vectors, a look at the index; forget old answers."""
        from synth.answers.remembering import forget_old
        from synth.reports.weekly import request_report
        from synth.themes.updating import weekly_run_is_due

        if self._read(weekly_run_is_due, workspace, self.parts):
            self.discover(workspace)
        request_report(self.parts, workspace)
        self.renew_vectors(workspace)
        self.repair_index(workspace)
        forget_old(self.parts, workspace, days=self.settings.answer_days)
        with self.parts.database.write() as session:
            usage.forget_erased(session, workspace)
            usage.forget_calls(session, workspace, self.parts.now() - timedelta(days=self.settings.answer_days))

    def documents(self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE) -> Listed:
        """The documents within the filters, newest first."""
        return self._read(reading.list_documents, workspace, given, page)

    def document(self, workspace: str, document_id: str) -> dict[str, Any]:
        """One document whole, with its turns and excerpts; raises NotFound."""
        return self._read(reading.get_document, workspace, document_id)

    def theme_excerpts(
        self, workspace: str, theme_id: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE
    ) -> Listed:
        """The excerpts on a theme, newest first; raises NotFound."""
        return self._read(reading.list_theme_excerpts, workspace, theme_id, given, page)

    def imports(self, workspace: str, page: Page = FIRST_PAGE) -> Listed:
        """The imports, newest first."""
        return self._read(reading.list_imports, workspace, page)

    def refused_lines(self, workspace: str, import_id: str) -> Iterator[str]:
        """The rows of an import that were not taken, as lines of CSV; raises NotFound."""
        from synth.exporting import refused_lines

        return refused_lines(self._read(reading.list_refusals, workspace, import_id))

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

    def runs(self, workspace: str, page: Page = FIRST_PAGE) -> Listed:
        """The runs of discovery, newest first."""
        return self._read(reading.list_runs, workspace, page)

    def run(self, workspace: str, run_id: str) -> dict[str, Any]:
        """One run, and what it would change where it waits; raises NotFound."""
        from synth.themes.reviewing import waiting_changes
        from synth.wire.curating import change_document

        with self.parts.database.read() as session:
            run = reading.get_run(session, workspace, run_id)
            return run | {"changes": [change_document(each) for each in waiting_changes(session, workspace, run_id)]}

    def insight(self, workspace: str, insight_id: str) -> dict[str, Any]:
        """One insight; raises NotFound."""
        from synth.insights.listing import get_insight
        from synth.wire.themes import insight_document

        return insight_document(self._read(get_insight, workspace, insight_id))

    def reports(self, workspace: str) -> dict[str, Any]:
        """The reports that were written, the latest period first."""
        return {"reports": self._read(reading.list_reports, workspace)}

    def status(self, workspace: str) -> dict[str, Any]:
        """How the workspace stands: its sizes, its jobs, its index, and the version of the service."""
        from synth.standing import read_standing

        limits = {"tokens_limit": self.settings.llm_daily_tokens, "cost_limit": self.settings.llm_daily_cost}
        standing = read_standing(self.parts, workspace)
        return standing | {"model": standing["model"] | limits}

    def overview(self, workspace: str) -> "Overview":
        """Sizes, themes with their weeks, and what the last complete week brought."""
        from synth.overview import read_overview

        return read_overview(self.parts, workspace)

    def theme_profile(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> "Profile":
        """One theme with its numbers by source, segment and week, its insights and lineage; raises NotFound."""
        from synth.profile import read_profile

        return read_profile(self.parts, workspace, theme_id, given)

    def theme_trend(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> dict[str, Any]:
        """A theme week by week, as counted today and as reported at the time; raises NotFound."""
        from synth.profile import read_trend
        from synth.wire.themes import trend_document

        return trend_document(read_trend(self.parts, workspace, theme_id, given))

    def saying(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> "Saying":
        """What is said about a theme within the filters: of what kind, where, with which ratings; raises NotFound."""
        from synth.saying.reading import read_saying

        return read_saying(self.parts, workspace, theme_id, given)

    def weeks(self, workspace: str) -> tuple["Span", ...]:
        """The last complete weeks, oldest first, as far back as the feedback goes."""
        from synth.profile import recent_weeks

        with self.parts.database.read() as session:
            return recent_weeks(session, self.parts, workspace)

    def behind(
        self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE, *, about: str = ""
    ) -> "Behind":
        """The documents behind a count: those within the filters and, where it is given, near in meaning to `about`."""
        from synth.answers.behind import list_behind

        return list_behind(self.parts, workspace, about, given, page)

    def trust(self, workspace: str) -> "Card":
        """How far what this installation says can be relied on: every figure with its date, size and interval."""
        from synth.trust.card import read_card

        return read_card(self.parts, workspace)

    def trust_sample(self, workspace: str, seed: int) -> list["Drawn"]:
        """Twenty excerpts that the machine placed, drawn by lot, for a person to judge."""
        from synth.trust.sampling import draw_sample

        return self._read(draw_sample, workspace, seed)

    def keep_verdicts(self, workspace: str, verdicts: Mapping[str, "Verdict"], *, by: str) -> "Measurement":
        """Keep what a person said of a sample: right or wrong by excerpt; raises BadInput where nothing was judged."""
        from synth.trust.sampling import keep_verdicts

        with self.parts.database.write() as session:
            return keep_verdicts(session, workspace, verdicts, by=by, now=self.parts.now())

    def keep_measurements(self, workspace: str, measurements: Sequence["Measurement"]) -> None:
        """Keep figures that were measured on labelled data, for the trust card; raises BadInput for other numbers."""
        from synth.trust.measured import keep

        with self.parts.database.write() as session:
            keep(session, workspace, measurements)

    def emerging(self, workspace: str) -> dict[str, Any]:
        """Groups among the excerpts on no theme that are spoken of lately, more than chance explains."""
        from synth.reports.emerging import find_emerging
        from synth.wire.themes import emerging_document

        with self.parts.database.read() as session:
            found = self.parts.kept.read("emerging", session, workspace, lambda: find_emerging(self.parts, workspace))
        return emerging_document(found)

    def unassigned(self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE) -> Listed:
        """The excerpts on no theme, newest first."""
        return self._read(reading.list_unassigned, workspace, given, page)

    def excerpt(self, workspace: str, excerpt_id: str) -> dict[str, Any]:
        """One excerpt; raises NotFound."""
        return self._read(reading.get_excerpt, workspace, excerpt_id)

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

    def _read(self, reader: Callable[..., Found], workspace: str, *what: Any) -> Found:
        with self.parts.database.read() as session:
            return reader(session, workspace, *what)

    def _enqueue(self, workspace: str, kind: str, payload: dict[str, Any]) -> str:
        with self.parts.database.write() as session:
            now = self.parts.now()
            job_id = ledger.enqueue(session, workspace, kind, payload, key=kind, now=now, again=True)
        self.wake()
        return job_id
