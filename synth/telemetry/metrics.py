"""Figures for Prometheus: what this process did, counted as it happens, and how the store stands, asked of SQL.

The second kind is the same whichever process is asked, so one of them is enough to alert on.
"""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from synth.store.database import Database
from synth.store.gauges import Standing, read_gauges
from synth.store.walls import everywhere

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_REQUEST_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_JOB_SECONDS = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600)


class Metrics:
    """What one process did since it began; made with the engine's parts. Safe to share between threads."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Histogram(
            "synth_request_seconds",
            "How long requests took, by route, method and status.",
            ["route", "method", "status"],
            buckets=_REQUEST_SECONDS,
            registry=self._registry,
        )
        self._jobs = Histogram(
            "synth_job_seconds",
            "How long attempts at jobs took, by kind and by how they ended: done, failed or lost.",
            ["kind", "outcome"],
            buckets=_JOB_SECONDS,
            registry=self._registry,
        )

    def observe_request(self, route: str, method: str, status: int, seconds: float) -> None:
        """One request that was answered; `route` is the address with its variables unfilled."""
        self._requests.labels(route, method, str(status)).observe(seconds)

    def observe_job(self, kind: str, outcome: str, seconds: float) -> None:
        """One attempt at a job: done, failed (it may be tried again) or lost (another worker took it over)."""
        self._jobs.labels(kind, outcome).observe(seconds)

    def render(self, database: Database, now: datetime) -> bytes:
        """All figures as text, with those of the store as it stands now."""
        told = CollectorRegistry()
        told.register(_Gauges(database, now))
        return generate_latest(self._registry) + generate_latest(told)


class _Gauges(Collector):
    """The store's figures, read once for each look."""

    def __init__(self, database: Database, now: datetime) -> None:
        self._database = database
        self._now = now

    def describe(self) -> list[Metric]:
        return []  # known when it is read

    def collect(self) -> Iterator[Metric]:
        with everywhere(), self._database.read() as session:
            standing = read_gauges(session, self._now)
        yield from _told(standing)


def _told(standing: Standing) -> Iterator[Metric]:
    jobs = GaugeMetricFamily("synth_jobs", "Jobs in the ledger, by kind and state.", labels=["kind", "state"])
    for (kind, state), count in standing.jobs.items():
        jobs.add_metric([kind, state], count)
    waiting = GaugeMetricFamily(
        "synth_job_oldest_wait_seconds", "How long the longest-waiting job that is due has waited.", labels=["kind"]
    )
    for kind, seconds in standing.waits.items():
        waiting.add_metric([kind], seconds)
    calls = GaugeMetricFamily(
        "synth_model_calls_last_day", "Calls of the language model in the last 24 hours.", labels=["outcome"]
    )
    for outcome, count in standing.calls.items():
        calls.add_metric([outcome], count)
    yield from (jobs, waiting, calls)
    yield _gauge("synth_documents", "Documents in the store.", standing.documents)
    yield _gauge("synth_excerpts", "Excerpts in the store.", standing.excerpts)
    yield _gauge("synth_index_changes", "Changes of vectors that the index does not have yet.", standing.index_changes)
    yield _gauge("synth_model_tokens_last_day", "Tokens of their prompts and replies.", standing.tokens)
    yield _gauge("synth_model_cost_last_day", "What they cost, in the currency of the prices.", standing.cost)
    yield _gauge("synth_answers_last_day", "Questions answered in the last 24 hours.", standing.answers)
    yield _gauge("synth_answers_abstained_last_day", "Of those, answered with an abstention.", standing.abstained)
    yield _gauge("synth_gate_rejected_last_day", "Claims and quotes of them that the gate dropped.", standing.rejected)


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)
