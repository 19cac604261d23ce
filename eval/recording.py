"""Putting what was measured on the trust card of the installation that SYNTH_HOME names.

Where a server holds the home folder, the figures go through that server; else the engine is opened for them.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from eval.results import Results, SuiteResult
from synth.embedding import Embedder
from synth.engine import WORKSPACE, open_engine
from synth.errors import BadInput, HomeInUse, Unavailable
from synth.settings import Settings, read_settings
from synth.store.lock import HomeLock, Owner, read_owner
from synth.trust.measured import Measurement

PATIENCE = 60.0  # seconds


def check_recordable() -> None:
    """Raise before anything is measured where nothing could be kept afterwards: another command holds the folder."""
    settings = read_settings()
    owner = read_owner(settings.home) if settings.embedded else None
    if owner and not owner.url:
        raise HomeInUse(f"`{owner.command}` uses {settings.home}; wait for it to end, then run this again.")


def record(results: Results, embedder: Embedder) -> int:
    """Keep every figure that is a share or an agreement; returns how many there were."""
    measurements = list(choose_figures(results))
    if not measurements:
        raise BadInput("Nothing of this run is a share or an agreement, so there is nothing for the trust card.")
    settings = read_settings()
    owner = read_owner(settings.home) if settings.embedded else None
    if owner and owner.url:
        _send(owner, measurements)
    else:
        _keep(settings, embedder, measurements)
    return len(measurements)


def choose_figures(results: Results) -> Iterator[Measurement]:
    """The scored figures between -1 and 1, with where they come from."""
    measured_at = datetime.fromisoformat(results.created_at)
    for suite in results.suites:
        for name, figure in suite.figures.items():
            if figure.nature in ("sampled", "exact") and figure.value is not None and -1 <= figure.value <= 1:
                yield Measurement(
                    suite=suite.suite,
                    figure=name,
                    folder=suite.data,
                    measured_at=measured_at,
                    value=figure.value,
                    low=_within(figure.low),
                    high=_within(figure.high),
                    n=figure.n or None,
                    parameters=_parameters(results, suite),
                )


def _within(bound: float | None) -> float | None:
    """A bound drawn by resampling may lie a little beyond what is possible."""
    return None if bound is None else max(-1.0, min(1.0, bound))


def _parameters(results: Results, suite: SuiteResult) -> dict[str, object]:
    made = {"sha256": suite.sha256, "rows": suite.rows, "commit": results.commit, "versions": dict(results.versions)}
    return {**suite.parameters, **made}


def _keep(settings: Settings, embedder: Embedder, measurements: Sequence[Measurement]) -> None:
    with HomeLock.acquire(settings.home, command="eval --record"):
        engine = open_engine(settings, embedder=embedder)
        try:
            engine.keep_measurements(WORKSPACE, measurements)
        finally:
            engine.close()


def _send(owner: Owner, measurements: Sequence[Measurement]) -> None:
    sent = [asdict(each) | {"measured_at": each.measured_at.isoformat()} for each in measurements]
    request = Request(  # noqa: S310 - the address is that of this installation's own server
        f"{owner.url}/v1/trust/measurements",
        json.dumps({"measurements": sent}).encode(),
        {"Authorization": f"Bearer {owner.token}", "Content-Type": "application/json"},
    )
    try:
        build_opener(ProxyHandler({})).open(request, timeout=PATIENCE).close()
    except HTTPError as error:
        raise BadInput(f"The server at {owner.url} did not keep the figures (status {error.code}).") from None
    except URLError as error:
        raise Unavailable(f"The server at {owner.url} does not answer ({error.reason}); try again.") from None
