"""Embedders: versions that are never mixed, vectors that can be trusted, weights that are the ones expected."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from synth.embedding import Embedder, HashingEmbedder, embedded_words
from synth.embedding.embedder import WORDS_VERSION
from synth.embedding.opening import open_embedder
from synth.embedding.sentences import SentenceEmbedder
from synth.embedding.weights import MINILM_SHA256
from synth.errors import BadInput, Broken
from tests.factories import feedback_rows, open_home, take_rows, value_of


class CountingEmbedder(HashingEmbedder):
    """A hashing embedder that remembers what it was asked."""

    def __init__(self, dimension: int = 64) -> None:
        super().__init__(dimension)
        self.asked: list[str] = []

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += texts
        return super().embed(texts)


def fake_model(folder: Path, weights: bytes = b"weights") -> Path:
    folder.mkdir()
    (folder / "model.safetensors").write_bytes(weights)
    (folder / "config.json").write_text(json.dumps({"hidden_size": 384}))
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 256}))
    return folder


@given(st.lists(st.text(max_size=80), min_size=1, max_size=8))
def test_every_text_gets_a_unit_vector_and_equal_texts_equal_ones(texts: list[str]) -> None:
    embedder = HashingEmbedder()
    vectors = embedder.embed([*texts, *texts])
    assert vectors.shape == (2 * len(texts), embedder.dimension)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_array_equal(vectors[: len(texts)], vectors[len(texts) :])


def test_a_vector_does_not_depend_on_its_neighbours() -> None:
    embedder = HashingEmbedder()
    np.testing.assert_array_equal(embedder.embed(["a b", "c d"])[1], embedder.embed(["c d"])[0])
    assert embedder.embed([]).shape == (0, embedder.dimension)


def test_shared_words_bring_texts_together() -> None:
    near, same, far = HashingEmbedder().embed(["photo upload stuck", "the photo upload", "invoice tax line"])
    assert near @ same > 0.5 > near @ far


def test_the_version_names_what_changes_a_vector(tmp_path: Path) -> None:
    assert HashingEmbedder(64).version != HashingEmbedder(128).version
    assert HashingEmbedder().version.endswith(WORDS_VERSION)
    one = SentenceEmbedder(fake_model(tmp_path / "one"))
    other = SentenceEmbedder(fake_model(tmp_path / "other", b"other weights"))
    assert one.version != other.version
    assert one.version.endswith(WORDS_VERSION)
    assert (one.dimension, one.max_tokens) == (384, 256)


def test_weights_that_were_tampered_with_are_refused(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="not the ones expected"):
        SentenceEmbedder(fake_model(tmp_path / "model"), sha256=MINILM_SHA256)


def test_a_folder_without_weights_or_of_no_model_is_refused(tmp_path: Path) -> None:
    folder = fake_model(tmp_path / "model")
    (folder / "model.safetensors").unlink()
    with pytest.raises(Broken, match=r"no model\.safetensors"):
        SentenceEmbedder(folder)
    for name in ("", "gpt", str(tmp_path)):
        with pytest.raises(BadInput, match="SYNTH_EMBEDDER"):
            open_embedder(name)
    assert open_embedder("hashing").version == HashingEmbedder().version


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("@united my bag, see https://t.co/x1 please", "my bag, see please"),
        ("Mail [EMAIL_1] or [PHONE_12]\n now", "Mail or now"),
        ("write to a@b", "write to a@b"),
        ("@united", "@united"),
        ("  www.example.com ", "www.example.com"),
    ],
)
def test_whom_a_text_is_addressed_to_is_not_embedded(text: str, words: str) -> None:
    assert embedded_words(text) == words


@given(st.text(max_size=200))
def test_something_is_embedded_of_whatever_says_something_and_twice_changes_nothing(text: str) -> None:
    words = embedded_words(text)
    assert bool(words) == bool(text.strip())
    assert embedded_words(words) == words


def test_equal_texts_are_embedded_once_over_imports_and_people(tmp_path: Path) -> None:
    embedder = CountingEmbedder()
    engine = open_home(tmp_path / "home", embedder=embedder)
    rows = feedback_rows(1)
    take_rows(engine, rows)
    take_rows(engine, [{**row, "id": f"again {row['id']}", "author": "Somebody else"} for row in rows])
    taken = [text for text in embedder.asked if "stuck" in text]
    assert len(taken) == len(set(taken))
    assert value_of(engine, "SELECT count(*) FROM documents") == 36
    assert value_of(engine, "SELECT count(*) FROM embeddings") == 18
    engine.close()


def test_vectors_of_two_versions_are_kept_apart(tmp_path: Path) -> None:
    first = open_home(tmp_path / "home", embedder=CountingEmbedder(64))
    take_rows(first, feedback_rows(1))
    first.close()
    second = open_home(tmp_path / "home", embedder=CountingEmbedder(32))
    assert len(second.parts.vectors.matrix("main").ids) == 0
    take_rows(second, [{"id": "new", "text": "Something new about the photo upload."}])
    assert second.parts.vectors.matrix("main").vectors.shape == (1, 32)
    second.close()


def test_the_model_knows_what_words_mean(minilm: Embedder) -> None:
    same, alike, other = minilm.embed(["The app is very slow.", "It takes ages to load.", "I love the new invoice."])
    assert same @ alike > same @ other
    assert abs(float(same @ same) - 1) < 1e-5
    assert minilm.count_tokens("one two three") == 3
    assert minilm.count_tokens("word " * 1000) == 1000
