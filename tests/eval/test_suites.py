"""The suites over small folders, through the product's own door, with the embedder that needs no model."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from plain import write_rows

from eval.planting import plant
from eval.running import Task
from eval.suites import all_suites, answers, counting, redaction, retrieval, speed, themes
from synth.embedding import HashingEmbedder
from synth.errors import BadInput

MakeTask = Callable[..., Task]


def test_every_suite_says_what_it_reads() -> None:
    suites = all_suites()
    assert {"themes", "stability", "retrieval", "answers", "speed", "redaction"} <= set(suites)
    assert all(suite.reads and suite.figures for suite in suites.values())


def test_themes_are_compared_with_labels_and_peers(folder: Path, make_task: MakeTask) -> None:
    found = themes.run(make_task(folder, peers=("kmeans-oracle", "hdbscan-raw", "bm25")))
    figures = found.figures
    assert figures["labels"].value == 3
    assert figures["ami"].value is not None
    assert 0 <= figures["ami"].value <= 1
    assert {
        "seed_ami",
        "npmi",
        "diversity",
        "name_top1",
        "seconds.embed",
        "seconds.total",
        "excerpts_per_second",
    } <= set(figures)
    assert [peer.name for peer in found.peers] == ["kmeans-oracle", "hdbscan-raw"]
    assert found.peers[0].figures["themes"].value == 3


def test_two_runs_with_one_seed_agree_to_the_digit(folder: Path, make_task: MakeTask) -> None:
    first, second = (themes.run(make_task(folder, seed=7)).figures for _ in range(2))
    same = [name for name, figure in first.items() if figure.nature != "timed"]
    assert {name: first[name] for name in same} == {name: second[name] for name in same}


def test_themes_need_labels(tmp_path: Path, make_task: MakeTask) -> None:
    write_rows(tmp_path / "items.jsonl", [{"id": "1", "text": "hello"}])
    with pytest.raises(BadInput, match="has a `label`"):
        themes.run(make_task(tmp_path))


def test_every_label_is_counted_as_a_question_would_and_held_against_its_rows(
    folder: Path, make_task: MakeTask
) -> None:
    found = counting.run(make_task(folder))
    assert {"precision", "recall", "covered", "width", "around_p50"} <= set(found.figures)
    assert {case.id for case in found.cases} == {"late", "billing", "login"}
    assert all("true 32" in text for case in found.cases for _, text in case.texts)


def test_labels_are_thinned_out_to_different_sizes_by_the_seed() -> None:
    rows = [{"id": f"{label}{n}", "label": label} for n in range(100) for label in "abcdef"]
    thinned = counting.thin_out(rows, seed=1)
    sizes = [sum(row["label"] == label for row in thinned) for label in "abcdef"]
    assert len(set(sizes)) > 3
    assert 5 <= min(sizes) < max(sizes) <= 100
    assert counting.thin_out(rows, seed=1) == thinned != counting.thin_out(rows, seed=2)
    assert [row for row in rows if row in thinned] == thinned


@pytest.fixture
def library(tmp_path: Path) -> Path:
    """Two shops with three reviews each, and a third with one; the words of each answer stand in one review."""
    made = tmp_path / "library"
    made.mkdir()
    texts = {"a1": "the soup was cold", "a2": "parking is easy", "a3": "staff was kind"}
    texts |= {"b1": "battery lasts a week", "b2": "the screen broke", "b3": "shipping was quick", "c1": "nice soup"}
    write_rows(made / "corpus.jsonl", [{"id": key, "text": text, "item": key[0]} for key, text in texts.items()])
    queries = [("q1", "soup cold", "a"), ("q2", "battery life", "b"), ("q3", "any soup", "c"), ("q4", "wifi", "a")]
    write_rows(made / "queries.jsonl", [{"id": key, "text": text, "item": item} for key, text, item in queries])
    (made / "qrels.tsv").write_text("query\tdoc\tgrade\nq1\ta1\t1\nq2\tb1\t1\nq3\tc1\t1\nq4\ta1\t0\n")
    return made


def test_searches_stay_within_their_item_and_each_side_is_scored(library: Path, make_task: MakeTask) -> None:
    found = retrieval.run(make_task(library, peers=("bm25", "dense")))
    assert found.parameters["queries"] == 2  # one has nothing to rank, one nothing to find
    for prefix in ("", "lexical.", "vector."):
        assert found.figures[f"{prefix}mrr@10"].value == 1.0
    assert found.figures["ndcg@10"].scores == {"q1": 1.0, "q2": 1.0}
    assert {peer.name: peer.figures["mrr@10"].value for peer in found.peers} == {"bm25": 1.0, "dense": 1.0}


def test_a_sample_of_searches_takes_in_their_items_only(library: Path, make_task: MakeTask) -> None:
    assert retrieval.run(make_task(library, limit=1)).rows == 3


@pytest.fixture
def questions(folder: Path) -> Path:
    """A set over the folder of messages, with questions of four kinds."""
    made = folder.parent / "questions"
    made.mkdir()
    (made / "set.json").write_text('{"items": "../messages/items.jsonl", "hidden": []}')
    label = {"kind": "evidence_label", "field": "label", "any_of": ["billing"], "min_precision": 0.7}
    count = {"kind": "count", "unit": "mentions"}
    asked: list[dict[str, Any]] = [
        {"id": "all", "question": "How many messages are there?", "expect": {**count, "any_of": [96]}},
        {"id": "wrong", "question": "How many messages are there?", "expect": {**count, "any_of": [5]}},
        {"id": "bill", "question": "What do people say about the wrong invoice amount?", "expect": label},
        {"id": "none", "question": "What did people say about parcels in March 1999?", "expect": {"kind": "abstain"}},
    ]
    write_rows(made / "questions.jsonl", asked)
    return made


def test_answers_are_judged_by_kind_and_the_wrong_ones_shown(questions: Path, make_task: MakeTask) -> None:
    found = answers.run(make_task(questions))
    assert found.figures["accuracy"].scores["all"] == 1.0
    assert found.figures["accuracy"].scores["wrong"] == 0.0
    assert found.figures["accuracy.count"].value == 0.5
    assert found.figures["verbatim_share"].value == 1.0
    assert found.figures["abstain_recall"].n == 1
    wrong = next(case for case in found.cases if case.id == "wrong")
    assert "right is 5 mentions" in dict(wrong.texts)["why it is wrong"]


def test_a_kept_home_is_used_again_and_refused_for_other_data(
    questions: Path, make_task: MakeTask, tmp_path: Path
) -> None:
    home = tmp_path / "kept"
    first = answers.run(make_task(questions, home=home))
    again = answers.run(make_task(questions, home=home))
    assert (first.parameters["home_reused"], again.parameters["home_reused"]) == (False, True)
    assert first.figures["accuracy"] == again.figures["accuracy"]
    items = questions.parent / "messages" / "items.jsonl"
    items.write_text(items.read_text() + '{"id": "new", "text": "one more"}\n')
    with pytest.raises(BadInput, match="choose another one"):
        answers.run(make_task(questions, home=home))


def test_speed_measures_every_stage_of_any_folder(folder: Path, make_task: MakeTask) -> None:
    figures = speed.run(make_task(folder)).figures
    assert figures["documents"].value == 96
    rates = ("ingest_documents_per_second", "embed_excerpts_per_second", "encode_texts_per_second")
    assert all((figures[name].value or 0) > 0 for name in (*rates, "search_p50_ms", "ask_p95_ms", "discover_seconds"))


def test_redaction_is_scored_by_type_and_what_is_not_claimed_stands_apart(tmp_path: Path, make_task: MakeTask) -> None:
    text = "Anna, write to anna@example.com or ring"
    spans = [{"start": 15, "end": 31, "type": "EMAIL_ADDRESS"}, {"start": 0, "end": 4, "type": "PERSON"}]
    write_rows(tmp_path / "items.jsonl", [{"id": "1", "text": text, "spans": spans}])
    figures = redaction.run(make_task(tmp_path)).figures
    assert figures["EMAIL_ADDRESS.recall"].value == 1.0
    assert figures["recall"].n == 1
    assert figures["unclaimed.PERSON.recall"].value == 0.0


def test_what_is_planted_stands_where_it_is_said_and_is_found_in_every_spelling(make_task: MakeTask) -> None:
    folder = Path(__file__).resolve().parents[2] / "eval" / "sets" / "variants"
    rows = plant(folder, limit=160, seed=5)
    assert rows == plant(folder, limit=160, seed=5)
    assert rows != plant(folder, limit=160, seed=6)
    planted = [(span["type"], row["text"][span["start"] : span["end"]]) for row in rows for span in row["spans"]]
    assert {kind for kind, _ in planted} == set(redaction.CLAIMED) - {"MAC_ADDRESS"}
    assert all("@" in said for kind, said in planted if kind == "EMAIL_ADDRESS")
    figures = redaction.run(make_task(folder, limit=160, seed=5)).figures
    assert (figures["recall"].value or 0) >= 0.95
    assert (figures["precision"].value or 0) >= 0.9


def test_redaction_figures_of_a_case_worked_by_hand() -> None:
    truth = [redaction.Marked("1", "EMAIL_ADDRESS", 0, 10), redaction.Marked("1", "US_SSN", 20, 30)]
    hidden = [redaction.Marked("1", "EMAIL", 0, 10), redaction.Marked("1", "PHONE", 50, 60)]
    figures = redaction.measure([*truth, redaction.Marked("1", "AGE", 40, 42)], hidden)
    assert figures["recall"].value == 0.5
    assert figures["precision"].value == 0.5
    assert figures["f1"].value == pytest.approx(0.5)
    assert figures["EMAIL_ADDRESS.f1"].value == 1.0
    assert figures["US_SSN.recall"].value == 0.0
    assert figures["unclaimed.AGE.recall"].value == 0.0


def test_half_a_secret_in_the_open_is_not_hidden() -> None:
    figures = redaction.measure([redaction.Marked("1", "CREDIT_CARD", 0, 16)], [redaction.Marked("1", "CARD", 0, 12)])
    assert figures["CREDIT_CARD.recall"].value == 0.0


def test_a_worse_embedder_is_a_worse_result(folder: Path, make_task: MakeTask) -> None:
    from eval.compare import compare
    from eval.results import gather

    good = themes.run(make_task(folder))
    poor = themes.run(make_task(folder, embedder=HashingEmbedder(dimension=4)))
    assert "ami" in {each.figure for each in compare(gather([good]), gather([poor])).regressions}
