"""The default embedder: near to the model in full precision, the same for a text in any company, and without torch."""

import json
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from numpy.typing import NDArray

from synth.embedding import Embedder, embedded_words
from synth.embedding.graph import WEIGHT_LIMIT, quantise_rows
from synth.embedding.opening import open_embedder
from synth.embedding.quantised import BATCH_TOKENS, equal_lengths
from synth.embedding.tokens import Tokens
from synth.embedding.weights import minilm_folder, read_weights
from tests.running import environment

ROOT = Path(__file__).resolve().parents[2]
ODD = ("", " ", "!", "…", "日本語のテキスト", "🙂🙂", "naïve café", "A" * 500, "<script>", "\x00", "ok")


@pytest.fixture(scope="session")
def spoken(samples: Path) -> list[str]:
    """What customers write in the sample data, from two words to hundreds."""
    lines = (samples / "feedback" / "community.jsonl").read_text("utf-8").splitlines()[:16]
    texts = [embedded_words(json.loads(line)["text"]) for line in lines]
    return [
        *texts,
        *(text.split(".")[0] for text in texts),
        *(f"{one} {other}" for one, other in pairwise(texts)),
    ]


@pytest.fixture(scope="session")
def exact(spoken: list[str]) -> NDArray[np.float32]:
    """Their vectors in full precision."""
    return open_embedder("minilm-torch").embed(spoken)


def test_vectors_are_near_to_those_in_full_precision(
    minilm: Embedder, spoken: list[str], exact: NDArray[np.float32]
) -> None:
    cosines = np.sum(minilm.embed(spoken) * exact, axis=1)
    assert cosines.mean() > 0.995
    assert cosines.min() > 0.98


def test_neighbours_are_those_in_full_precision(
    minilm: Embedder, spoken: list[str], exact: NDArray[np.float32]
) -> None:
    vectors = minilm.embed(spoken)
    drift = np.abs(vectors @ vectors.T - exact @ exact.T)
    assert drift.mean() < 0.01


@settings(max_examples=20, deadline=None)
@given(texts=st.lists(st.one_of(st.sampled_from(ODD), st.text(max_size=60)), min_size=1, max_size=12))
def test_a_vector_does_not_depend_on_its_neighbours(minilm: Embedder, texts: list[str]) -> None:
    together = minilm.embed(texts)
    alone = np.stack([minilm.embed([text])[0] for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert together.dtype == np.float32


def test_a_vector_is_the_same_in_any_batch_and_on_any_thread(minilm: Embedder, spoken: list[str]) -> None:
    forwards, backwards = minilm.embed(spoken), minilm.embed(spoken[::-1])[::-1]
    np.testing.assert_allclose(forwards, backwards, atol=1e-6)
    with ThreadPoolExecutor(4) as pool:
        for vectors in pool.map(minilm.embed, [spoken] * 4):
            np.testing.assert_allclose(vectors, forwards, atol=1e-6)
    assert minilm.embed([]).shape == (0, minilm.dimension)


def test_of_a_long_text_only_the_first_tokens_count(minilm: Embedder) -> None:
    read = "word " * (minilm.max_tokens - 2)
    np.testing.assert_array_equal(minilm.embed([read])[0], minilm.embed([read + "invoice " * 300])[0])
    assert not np.allclose(minilm.embed([read])[0], minilm.embed([read[: -len("word ")] + "invoice"])[0])


@pytest.mark.parametrize("words", [1, 7, 8, 400])
def test_a_long_text_keeps_its_frame(words: int) -> None:
    tokens = Tokens(minilm_folder())
    whole, cut = tokens.encode(["word " * words], limit=10_000)[0], tokens.encode(["word " * words], limit=9)[0]
    assert len(cut) == min(words + 2, 9)
    assert (cut[0], cut[-1]) == (whole[0], whole[-1])
    assert cut[:-1] == whole[: len(cut) - 1]


@given(st.lists(st.integers(2, 256), max_size=200))
def test_every_text_is_computed_once_with_others_as_long(lengths: Sequence[int]) -> None:
    batches = list(equal_lengths(lengths))
    assert sorted(place for batch in batches for place in batch) == list(range(len(lengths)))
    for batch in batches:
        assert len({lengths[place] for place in batch}) == 1
        assert len(batch) * lengths[batch[0]] <= BATCH_TOKENS


@given(arrays(np.float32, (6, 3), elements=st.floats(-100, 100, width=32)))
def test_weights_are_rounded_to_half_a_step(weight: NDArray[np.float32]) -> None:
    whole, scales = quantise_rows(weight)
    assert np.abs(whole.astype(int)).max() <= WEIGHT_LIMIT
    assert np.all(np.abs(whole * scales[:, None] - weight) <= scales[:, None] * 0.501)


def test_two_products_fit_into_sixteen_bits_as_processors_without_vnni_add_them() -> None:
    assert np.iinfo(np.int16).max >= 2 * 255 * WEIGHT_LIMIT


def test_weights_are_read_in_place() -> None:
    weights = read_weights(minilm_folder())
    words = weights["embeddings.word_embeddings.weight"]
    assert words.shape == (30522, 384)
    assert not words.flags.owndata
    assert 0 < float(np.abs(words).max()) < 10


def test_the_versions_of_one_model_in_two_precisions_differ() -> None:
    assert open_embedder("minilm").version != open_embedder("minilm-torch").version


def test_a_cold_question_does_not_import_torch(tmp_path: Path) -> None:
    ask = "import sys; from synth.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    asked = subprocess.run(
        [sys.executable, "-c", ask, "ask", "What do people say about invoices?"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        cwd=ROOT,
        env=environment(tmp_path / "home", embedder="minilm"),
    )
    loaded = {name.split(".")[0] for name in asked.stderr.split()}
    assert "onnxruntime" in loaded
    assert loaded.isdisjoint({"torch", "sentence_transformers", "transformers"})
