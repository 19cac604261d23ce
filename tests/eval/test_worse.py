"""A configuration that was made worse on purpose is caught, and the same one run again is not."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from plain import write_rows

from eval.compare import compare
from eval.results import gather
from eval.running import Task
from eval.suites import retrieval
from synth.embedding import HashingEmbedder

NAMES = tuple(
    f"{first}{second}" for first in ("kal", "mor", "tin", "vos", "wel") for second in ("ado", "iri", "umo", "ene")
)


class Deaf(HashingEmbedder):
    """Hears nothing: every text is the same to it."""

    def embed(self, texts: "list[str] | tuple[str, ...]") -> NDArray[np.float32]:  # type: ignore[override]
        same = super().embed(["nothing"])
        return np.repeat(same, len(texts), axis=0)


@pytest.fixture
def shelf(tmp_path: Path) -> Path:
    """Twenty documents, and a search for each in the forms of its words that only similar letters find."""
    write_rows(tmp_path / "corpus.jsonl", [{"id": name, "text": f"{name} {name}s"} for name in NAMES])
    write_rows(tmp_path / "queries.jsonl", [{"id": f"q{n}", "text": f"{name}ing"} for n, name in enumerate(NAMES)])
    judged = "".join(f"q{n}\t{name}\t1\n" for n, name in enumerate(NAMES))
    (tmp_path / "qrels.tsv").write_text(f"query\tdoc\tgrade\n{judged}")
    return tmp_path


def test_a_crippled_search_is_caught_and_a_second_run_is_not(shelf: Path, make_task: Callable[..., Task]) -> None:
    first, again = (gather([retrieval.run(make_task(shelf))]) for _ in range(2))
    crippled = gather([retrieval.run(make_task(shelf, embedder=Deaf()))])
    assert compare(first, again).regressions == []
    assert {name: figure.value for name, figure in first.suites[0].figures.items() if figure.nature == "sampled"} == {
        name: figure.value for name, figure in again.suites[0].figures.items() if figure.nature == "sampled"
    }
    assert "vector.ndcg@10" in {each.figure for each in compare(first, crippled).regressions}
