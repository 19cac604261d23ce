"""The fast selection: small enough for every change, the same every time. Under three minutes on two cores."""

from dataclasses import dataclass
from pathlib import Path

from eval.results import Results, SuiteResult, gather
from eval.running import Task
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
)
ON_REAL_DATA = (
    Chosen("themes", _REAL / "banking77", limit=800, peers=("kmeans-oracle", "bertopic")),
    Chosen("retrieval", _REAL / "subjqa_products", limit=15, peers=("bm25", "dense")),
    Chosen("redaction", _REAL / "pii_presidio"),
    Chosen("speed", _REAL / "banking77", limit=400, peers=("torch-encode",)),
)


def run_bench(embedder: Embedder, *, samples_only: bool = False) -> Results:
    """Measure the selection; folders of real data that are not beside the checkout are left out and named."""
    measured: list[SuiteResult] = []
    for chosen in ON_SAMPLES if samples_only else (*ON_SAMPLES, *ON_REAL_DATA):
        task = Task(chosen.folder, embedder, seed=SEED, limit=chosen.limit, peers=chosen.peers)
        if not chosen.folder.is_dir():
            task.say(f"{chosen.suite} on {chosen.folder.name}: not run, the folder is not beside this checkout")
            continue
        task.say(f"{chosen.suite} on {chosen.folder.name}")
        measured.append(choose(chosen.suite).run(task))
    return gather(measured)
