"""What a run of the harness brings back: figures, peers and cases, as one JSON document."""

import json
import os
import platform
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Literal

from synth.errors import BadInput

FORMAT = 1
Better = Literal["higher", "lower"]
Nature = Literal["sampled", "timed", "exact", "fact"]
_ROOT = Path(__file__).resolve().parents[1]
_RECORDED = (
    "synth",
    "torch",
    "sentence-transformers",
    "onnxruntime",
    "chromadb",
    "hdbscan",
    "scikit-learn",
    "numpy",
    "scipy",
    "sqlalchemy",
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One number. `value` None means: not measured, for the reason in `note`.

    sampled: scored on a sample, with a 95 % interval; timed: seconds or memory, comparable on one class of machine;
    exact: any worsening counts; fact: describes the run and is neither good nor bad. `scores` holds what each case
    scored, by its id, where the value is their mean.
    """

    value: float | None
    nature: Nature = "fact"
    better: Better | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    note: str = ""


@dataclass(frozen=True, slots=True)
class PeerResult:
    """A peer on the same rows: its figures, or why it did not run."""

    name: str
    figures: Mapping[str, Figure] = field(default_factory=dict)
    not_run: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that was scored and went wrong, with the texts a person needs to see why."""

    id: str
    score: float
    title: str
    texts: tuple[tuple[str, str], ...] = ()  # (what it is, the text)


@dataclass(frozen=True, slots=True)
class SuiteResult:
    """What one suite measured on one folder."""

    suite: str
    data: str
    sha256: str
    rows: int
    figures: Mapping[str, Figure]
    parameters: Mapping[str, Any] = field(default_factory=dict)
    peers: Sequence[PeerResult] = ()
    cases: Sequence[Case] = ()
    notes: Sequence[str] = ()

    @property
    def key(self) -> tuple[str, str, str]:
        """What makes two results comparable: the suite, the data and the sample that was drawn from it."""
        sample = {name: self.parameters.get(name) for name in ("limit", "seed")}
        return self.suite, self.sha256, json.dumps(sample, sort_keys=True)


@dataclass(frozen=True, slots=True)
class Results:
    """One run of the harness."""

    suites: tuple[SuiteResult, ...]
    machine: Mapping[str, Any]
    versions: Mapping[str, str]
    commit: str
    created_at: str
    format: int = FORMAT


def gather(suites: Sequence[SuiteResult]) -> Results:
    """The suites with the machine, the versions and the time around them."""
    now = datetime.now(UTC).isoformat(timespec="seconds")
    return Results(tuple(suites), describe_machine(), _versions(), _commit(), now)


def sampled(scores: Mapping[str, float], *, seed: int) -> Figure:
    """The mean of the cases' scores with its bootstrap interval; not measured when there are no cases."""
    from eval.metrics import bootstrap_mean

    if not scores:
        return Figure(None, "sampled", "higher", n=0, note="no case of this kind in the data")
    values = list(scores.values())
    low, high = bootstrap_mean(values, seed=seed)
    return Figure(sum(values) / len(values), "sampled", "higher", low, high, len(values), dict(scores))


def share(right: Mapping[str, bool], *, nature: Nature = "sampled", note: str = "") -> Figure:
    """The share of cases that are right, with its Wilson interval; not measured when there are no cases."""
    from eval.metrics import wilson

    if not right:
        return Figure(None, nature, "higher", n=0, note=note or "no case of this kind in the data")
    count = sum(right.values())
    low, high = wilson(count, len(right))
    scores = {key: float(value) for key, value in right.items()} if nature == "sampled" else {}
    return Figure(count / len(right), nature, "higher", low, high, len(right), scores, note)


def timed(value: float, *, better: Better = "lower", n: int | None = None, note: str = "") -> Figure:
    """Seconds, milliseconds, megabytes or a rate."""
    return Figure(value, "timed", better, n=n, note=note)


def latencies(milliseconds: Sequence[float], prefix: str = "") -> dict[str, Figure]:
    """`p50_ms` and `p95_ms` of the calls."""
    from eval.metrics import percentile

    count = len(milliseconds)
    return {
        f"{prefix}p50_ms": timed(percentile(milliseconds, 0.50), n=count),
        f"{prefix}p95_ms": timed(percentile(milliseconds, 0.95), n=count),
    }


def write_results(results: Results, path: Path) -> None:
    """One JSON document; figures to six decimals, keys in the order they were measured."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(_rounded(asdict(results)), ensure_ascii=False, indent=1) + "\n", "utf-8")


def read_results(path: Path) -> Results:
    """The document that `write_results` wrote; raises BadInput for any other."""
    try:
        found = json.loads(path.read_text("utf-8"))
        if found["format"] != FORMAT:
            raise BadInput(f"{path.name} is of format {found['format']}, this version reads {FORMAT}; run it again.")
        suites = tuple(_read_suite(each) for each in found["suites"])
        return Results(suites, found["machine"], found["versions"], found["commit"], found["created_at"])
    except FileNotFoundError:
        raise BadInput(f"There is no file {path.name}; `python -m eval run … --json {path.name}` writes it.") from None
    except (KeyError, TypeError, ValueError) as error:
        raise BadInput(f"{path.name} is not a result of this harness ({error}); run it again.") from None


def describe_machine() -> dict[str, Any]:
    """The class of machine: nothing in it names the machine itself."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return {
        "cpu": _cpu_model(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gib": round(memory),
        "system": platform.system(),
        "python": platform.python_version(),
        "threads": os.environ.get("OMP_NUM_THREADS", ""),
    }


def _read_suite(found: Mapping[str, Any]) -> SuiteResult:
    return SuiteResult(
        suite=found["suite"],
        data=found["data"],
        sha256=found["sha256"],
        rows=found["rows"],
        figures={name: Figure(**figure) for name, figure in found["figures"].items()},
        parameters=found["parameters"],
        peers=tuple(_read_peer(peer) for peer in found["peers"]),
        cases=tuple(_read_case(case) for case in found["cases"]),
        notes=tuple(found["notes"]),
    )


def _read_peer(found: Mapping[str, Any]) -> PeerResult:
    figures = {name: Figure(**figure) for name, figure in found["figures"].items()}
    return PeerResult(found["name"], figures, found["not_run"])


def _read_case(found: Mapping[str, Any]) -> Case:
    return Case(found["id"], found["score"], found["title"], tuple((what, text) for what, text in found["texts"]))


def _rounded(value: Any) -> Any:
    if isinstance(value, float):
        return round(value, 6)
    if isinstance(value, Mapping):
        return {key: _rounded(each) for key, each in value.items()}
    return [_rounded(each) for each in value] if isinstance(value, list | tuple) else value


def _cpu_model() -> str:
    return next(_cpu_names(), platform.processor() or platform.machine())


def _cpu_names() -> Iterator[str]:
    listing = Path("/proc/cpuinfo")
    for line in listing.read_text("utf-8").splitlines() if listing.is_file() else ():
        if line.startswith("model name"):
            yield line.partition(":")[2].strip()


def _versions() -> dict[str, str]:
    found: dict[str, str] = {}
    for name in _RECORDED:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def _commit() -> str:
    """The commit of the checkout, with a + when files differ from it; empty outside of one."""
    try:
        described = subprocess.run(
            ["git", "--no-optional-locks", "describe", "--always", "--dirty=+", "--exclude=*"],  # noqa: S607 - whichever git is on the path
            cwd=_ROOT,
            capture_output=True,
            text=True,
            check=False,
            timeout=10,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return described.stdout.strip() if described.returncode == 0 else ""
