"""The fast selection, the same every time; its part on the samples, which CI runs, is the one for every change."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.results import Results, SuiteResult, gather
from eval.running import RememberingEmbedder, Task
from eval.suites import choose
from synth.embedding import Embedder

_ROOT = Path(__file__).resolve().parents[1]
_SAMPLES, _SETS, _REAL = _ROOT / "samples", _ROOT / "eval" / "sets", _ROOT.parent / "shared" / "data"
SEED = 0


@dataclass(frozen=True, slots=True)
class Chosen:
    """One suite on one folder, on a sample of it."""

    suite: str
    folder: Path
    limit: int | None = None
    peers: tuple[str, ...] = ()


ON_SAMPLES = (
    Chosen("themes", _SAMPLES / "feedback", peers=("kmeans-oracle",)),
    Chosen("retrieval", _SETS / "larkdesk", peers=("bm25", "dense")),
    Chosen("answers", _SETS / "larkdesk"),
    Chosen("events", _SETS / "larkdesk"),
)
"""All on the same feedback: it is embedded once, and the suites that only query share a home."""

ON_REAL_DATA = (
    Chosen("retrieval", _REAL / "subjqa_products", limit=15, peers=("bm25", "dense")),
    Chosen("redaction", _REAL / "pii_presidio"),
    Chosen("support", _REAL / "summedits_calls", limit=400),
    Chosen("interviews", _REAL / "interviews_pdpilot"),
    Chosen("coding", _REAL / "interviews_pdpilot", limit=60),
    Chosen("pages", _REAL / "airline_tweets", limit=10_000),
    Chosen("speed", _REAL / "banking77", limit=400, peers=("torch-encode",)),
)


def run_bench(embedder: Embedder, *, samples_only: bool = False) -> Results:
    """Measure the selection; folders of real data that are not beside the checkout are left out and named."""
    with tempfile.TemporaryDirectory(prefix="synth-eval-") as folder:
        home = Path(folder) / "home"
        measured = _measure(ON_SAMPLES, RememberingEmbedder(embedder), home)
    return gather([*measured, *([] if samples_only else _measure(ON_REAL_DATA, embedder, None))])


def _measure(selection: Sequence[Chosen], embedder: Embedder, home: Path | None) -> list[SuiteResult]:
    measured: list[SuiteResult] = []
    for chosen in selection:
        task = Task(chosen.folder, embedder, seed=SEED, limit=chosen.limit, peers=chosen.peers, home=home)
        if not chosen.folder.is_dir():
            task.say(f"{chosen.suite} on {chosen.folder.name}: not run, the folder is not beside this checkout")
            continue
        task.say(f"{chosen.suite} on {chosen.folder.name}")
        measured.append(choose(chosen.suite).run(task))
    return measured
