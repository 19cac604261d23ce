from dataclasses import replace
from pathlib import Path

import pytest

from eval.__main__ import main
from eval.compare import compare, ratio
from eval.html import write_page
from eval.peers import PEERS, chosen
from eval.results import (
    Case,
    Figure,
    PeerResult,
    Results,
    SuiteResult,
    gather,
    read_results,
    sampled,
    share,
    timed,
    write_results,
)
from synth.errors import BadInput


def results(sha256: str = "abc", **figures: Figure) -> Results:
    suite = SuiteResult("answers", "set", sha256, 10, figures, {"limit": None, "seed": 0})
    return gather([suite])


def verdicts(base: Results, new: Results) -> dict[str, str]:
    return {each.figure: each.verdict for each in compare(base, new).differences}


def scored(values: list[float]) -> Figure:
    return sampled({f"q{place}": value for place, value in enumerate(values)}, seed=0)


def test_the_same_result_is_no_regression() -> None:
    one = results(accuracy=scored([0.0, 1.0, 1.0, 0.5] * 10))
    assert compare(one, one).regressions == []


def test_a_small_loss_on_every_case_is_seen_though_the_intervals_overlap() -> None:
    base = scored([0.1, 0.9] * 50)
    new = scored([0.08, 0.88] * 50)
    assert base.low is not None
    assert new.value is not None
    assert new.value > base.low
    assert verdicts(results(accuracy=base), results(accuracy=new)) == {"accuracy": "worse"}


def test_a_loss_on_one_case_is_noise() -> None:
    base, new = scored([1.0] * 40), scored([1.0] * 39 + [0.0])
    assert verdicts(results(accuracy=base), results(accuracy=new)) == {"accuracy": "same"}


def test_without_cases_the_intervals_are_combined() -> None:
    base = Figure(0.80, "sampled", "higher", 0.78, 0.82)
    assert verdicts(results(ami=base), results(ami=replace(base, value=0.79, low=0.77, high=0.81))) == {"ami": "same"}
    assert verdicts(results(ami=base), results(ami=replace(base, value=0.70, low=0.68, high=0.72))) == {"ami": "worse"}
    assert verdicts(results(ami=base), results(ami=replace(base, value=0.90, low=0.88, high=0.92))) == {"ami": "better"}


def test_any_loss_of_an_exact_figure_is_a_regression() -> None:
    base, new = Figure(1.0, "exact", "higher"), Figure(0.999, "exact", "higher")
    assert verdicts(results(verbatim_share=base), results(verbatim_share=new)) == {"verbatim_share": "worse"}


def test_times_count_on_one_class_of_machine_from_a_factor() -> None:
    base, slow = results(p50_ms=timed(10.0)), results(p50_ms=timed(16.0))
    assert verdicts(base, slow) == {"p50_ms": "slower"}
    assert compare(base, slow).regressions == []
    assert [each.figure for each in compare(base, slow, times=True).regressions] == ["p50_ms"]
    assert verdicts(base, results(p50_ms=timed(14.0))) == {"p50_ms": "same"}
    elsewhere = replace(slow, machine={**slow.machine, "cpu": "another"})
    assert verdicts(base, elsewhere) == {"p50_ms": "not compared"}


def test_a_rate_that_falls_is_slower() -> None:
    base, new = results(rate=timed(90.0, better="higher")), results(rate=timed(30.0, better="higher"))
    assert verdicts(base, new) == {"rate": "slower"}


def test_what_is_no_longer_measured_is_a_regression() -> None:
    assert verdicts(results(accuracy=scored([1.0, 0.0])), results()) == {"accuracy": "worse"}
    assert verdicts(results(), results(accuracy=scored([1.0, 0.0]))) == {"accuracy": "not compared"}


def test_other_data_is_not_compared() -> None:
    found = compare(results(accuracy=scored([1.0])), results("other", accuracy=scored([0.0])))
    assert found.differences == ()
    assert found.unmatched == ("answers on set (base only)", "answers on set (new only)")


def test_results_are_read_as_they_were_written(tmp_path: Path) -> None:
    figures = {"accuracy": share({"a": True, "b": False}), "p50_ms": timed(1.25)}
    peers = (PeerResult("bm25", {"p50_ms": timed(2.0)}), PeerResult("bertopic", not_run="not run: install bertopic"))
    cases = (Case("b", 0.0, "why?", (("claim", "because"),)),)
    suite = SuiteResult("answers", "set", "abc", 2, figures, {"seed": 0}, peers, cases, ("a note",))
    write_results(gather([suite]), tmp_path / "new" / "results.json")
    read = read_results(tmp_path / "new" / "results.json").suites[0]
    assert read.figures["p50_ms"] == figures["p50_ms"]
    assert read.figures["accuracy"].scores == {"a": 1.0, "b": 0.0}
    assert (read.peers, read.cases, read.notes) == (peers, cases, suite.notes)


def test_a_file_that_is_no_result_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text("{}")
    with pytest.raises(BadInput, match="not a result of this harness"):
        read_results(tmp_path / "odd.json")
    with pytest.raises(BadInput, match=r"There is no file none\.json"):
        read_results(tmp_path / "none.json")


def test_the_command_ends_with_one_on_a_regression(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    base, worse, other = tmp_path / "base.json", tmp_path / "worse.json", tmp_path / "other.json"
    write_results(results(accuracy=scored([1.0] * 20)), base)
    write_results(results(accuracy=scored([0.0] * 20)), worse)
    write_results(results("other", accuracy=scored([0.0] * 20)), other)
    assert main(["compare", str(base), str(base)]) == 0
    assert main(["compare", str(base), str(worse)]) == 1
    assert "1 figure worse beyond the noise" in capsys.readouterr().out
    assert main(["compare", str(base), str(other)]) == 2
    assert main(["compare", str(base), str(tmp_path / "none.json")]) == 2


def test_a_suite_that_was_not_measured_again_is_no_success_where_all_are_wanted(tmp_path: Path) -> None:
    both, one = tmp_path / "both.json", tmp_path / "one.json"
    measured, more = results(accuracy=scored([1.0] * 20)), results("other", accuracy=scored([1.0] * 20))
    write_results(gather([*measured.suites, *more.suites]), both)
    write_results(measured, one)
    assert main(["compare", str(both), str(one)]) == 0
    assert main(["compare", "--whole", str(both), str(one)]) == 2
    assert main(["compare", "--whole", str(one), str(both)]) == 0


def test_the_page_shows_figures_peers_changes_and_escaped_texts(tmp_path: Path) -> None:
    figures = {"accuracy": scored([1.0, 0.0] * 20)}
    peers = (PeerResult("bm25", {"accuracy": scored([0.5] * 4)}), PeerResult("bertopic", not_run="not run: install it"))
    cases = (Case("q1", 0.0, "What <b>now</b>?", (("quoted", "<script>alert(1)</script>"),)),)
    suite = SuiteResult("answers", "set", "abc", 4, figures, {"limit": None, "seed": 0}, peers, cases)
    base = results(accuracy=scored([1.0] * 40))
    write_page(gather([suite]), tmp_path / "page.html", base)
    page = (tmp_path / "page.html").read_text()
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page
    assert 'class="worse"' in page
    assert "not run: install it" in page
    assert "× 1.00" in page


def test_a_peer_that_is_not_installed_is_reported_and_never_beaten() -> None:
    missing = PEERS["bertopic"].missing()
    ready, results_ = chosen(["bertopic", "kmeans-oracle"], "themes")
    if missing:
        assert [peer.name for peer in ready] == ["kmeans-oracle"]
        assert [(peer.name, peer.figures) for peer in results_] == [("bertopic", {})]
        assert results_[0].not_run is not None
        assert results_[0].not_run.startswith("not run: bertopic")
    with pytest.raises(BadInput, match="There is no peer 'oracle'"):
        chosen(["oracle"], "themes")


def test_a_ratio_needs_both_figures() -> None:
    assert ratio(timed(10.0), timed(20.0)) == 0.5
    assert ratio(timed(10.0), Figure(None)) is None
    assert ratio(timed(10.0), timed(0.0)) is None
    assert ratio(Figure(0.2, better="higher"), Figure(-0.1, better="higher")) is None


def test_the_list_names_suites_and_peers(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list"]) == 0
    shown = capsys.readouterr().out
    assert "retrieval" in shown
    assert "peers    bm25, dense" in shown


def test_wrong_input_is_answered_in_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "themes", "--data", str(tmp_path / "nowhere"), "--embedder", "hashing"]) == 2
    assert main(["run", "moods", "--data", str(tmp_path), "--embedder", "hashing"]) == 2
    assert main(["run", "themes", "--data", str(tmp_path), "--embedder", "hashing"]) == 2
    shown = capsys.readouterr().err
    assert "There is no folder" in shown
    assert "There is no suite 'moods'" in shown
    assert "holds neither" in shown
