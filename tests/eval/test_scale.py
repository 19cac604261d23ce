"""Larger sets made from a small one, what they cost, and what placing costs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from plain import write_rows

from eval.enlarging import enlarge
from eval.running import Task
from eval.suites import erasure, latency, placement, scale
from synth.errors import BadInput

MakeTask = Callable[..., Task]


def test_a_larger_set_keeps_the_real_rows_and_adds_rows_in_their_neighbourhoods() -> None:
    random = np.random.default_rng(0)
    centres = np.repeat(np.eye(16, dtype=np.float32)[:4], 30, axis=0)
    vectors = centres + 0.1 * random.standard_normal((120, 16), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    made = enlarge([f"one two {row // 30}" for row in range(120)], vectors, 500, seed=3)
    assert np.array_equal(made.vectors[:120], vectors)
    assert np.allclose(np.linalg.norm(made.vectors, axis=1), 1, atol=1e-5)
    assert len(made.texts) == 500
    group = made.vectors.argmax(axis=1)
    assert all(text.split()[-1] == str(own) for text, own in zip(made.texts, group, strict=True))
    assert len(np.unique(made.vectors, axis=0)) == 500


def test_the_same_seed_makes_the_same_set() -> None:
    vectors = np.eye(20, dtype=np.float32)
    one, other = (enlarge(["a b"] * 20, vectors, 50, seed=1) for _ in range(2))
    assert one.texts == other.texts
    assert np.array_equal(one.vectors, other.vectors)


def test_growth_is_the_exponent_of_the_rows() -> None:
    exponent, factor = scale.fit_growth({size: 3e-6 * size**1.5 for size in (100, 1_000, 10_000)})
    assert exponent == pytest.approx(1.5)
    assert factor == pytest.approx(3e-6)


def test_every_size_is_measured_beside_the_peers_and_what_is_extrapolated_is_said_to_be(
    folder: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "seconds.extrapolated.1000000" not in scale.run(make_task(folder, limit=40)).figures
    monkeypatch.setattr(scale, "FAR", 4_000)
    found = scale.run(make_task(folder, limit=400, peers=("kmeans-oracle", "hdbscan-raw")))
    assert found.parameters["sizes"] == [40, 120, 400]
    for size in (40, 120, 400):
        assert {f"seconds.total.{size}", f"peak_mb.{size}", f"times_hdbscan-raw.{size}"} <= set(found.figures)
    assert "extrapolated" in found.figures["seconds.extrapolated.4000"].note
    ran = {peer.name: peer for peer in found.peers}
    assert ran["hdbscan-raw"].figures["seconds.total.400"].value


def test_a_peer_that_would_take_too_long_is_not_run_and_not_beaten(
    folder: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scale, "PATIENCE", 0.0)
    found = scale.run(make_task(folder, limit=400, peers=("hdbscan-raw",)))
    assert "times_hdbscan-raw.40" in found.figures
    assert "times_hdbscan-raw.400" not in found.figures
    assert any("expected" in note for note in found.notes)


def test_scale_needs_texts(tmp_path: Path, make_task: MakeTask) -> None:
    write_rows(tmp_path / "items.jsonl", [{"id": "1", "text": "hello"}])
    with pytest.raises(BadInput, match="fewer than two texts"):
        scale.run(make_task(tmp_path))


def test_placement_is_measured_at_a_hundred_themes(
    folder: Path, make_task: MakeTask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(placement, "MESSAGES", 2)
    figures = placement.run(make_task(folder)).figures
    assert 90 <= (figures["themes"].value or 0) <= placement.THEMES
    assert (figures["placed_per_second"].value or 0) > 0
    assert 0 < (figures["placed_share"].value or 0) <= 1
    assert figures["message_p50_ms"].n == 2


def test_questions_of_every_shape_are_timed_beside_their_parts(
    folder: Path, make_task: MakeTask, tmp_path: Path
) -> None:
    found = latency.run(make_task(folder, limit=80, home=tmp_path / "home"))
    figures = found.figures
    assert figures["excerpts"].value == 80
    assert {name.removeprefix("p50_ms.") for name in figures if name.startswith("p50_ms.")} == set(latency._SHAPES)
    assert (figures["times_parts"].value or 0) > 0
    assert figures["cold_ms"].n == latency.COLD
    again = latency.run(make_task(folder, limit=80, home=tmp_path / "home"))
    assert again.parameters["home_reused"]


@pytest.mark.sqlite  # files are looked into
def test_what_is_erased_is_looked_for_by_a_search_of_our_own(folder: Path, make_task: MakeTask, tmp_path: Path) -> None:
    home = tmp_path / "home"
    figures = erasure.run(make_task(folder, limit=40, home=home)).figures
    assert figures["excerpts"].value == 40
    for kind in ("person", "source"):
        assert (figures[f"found_before.{kind}"].value or 0) >= 1
        assert figures[f"left.{kind}"].value == figures[f"receipt_lacks.{kind}"].value == 0
        assert (figures[f"probes.{kind}"].value or 0) >= 1
        assert (figures[f"seconds.{kind}"].value or 0) > 0
    (home / "left.log").write_text("why: Quirin Zaunkoenig1 asked")
    assert erasure._find(home, [b"Zaunkoenig1"]) == ["left.log"]
