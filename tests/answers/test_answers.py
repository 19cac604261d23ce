"""Answers end to end over a small store: what was counted, what is quoted, and when nothing is said."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synth.answers.given import read_filters
from synth.answers.quoting import MOST, SHORT, Point, cut_quotes, passages_of
from synth.answers.retrieval import search
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Unavailable
from synth.model import Answer, Condition, Filters
from tests.factories import CALENDAR, exported, rows_of, take_in, take_rows, value_of, write_transcript
from tests.statements import counting

NONE = Filters()


def ask(engine: Engine, question: str, *where: str, since: str | None = None, until: str | None = None) -> Answer:
    return engine.ask(WORKSPACE, question, engine.filters(since=since, until=until, where=where))


def quotes_of(answer: Answer) -> list[Any]:
    return [citation for claim in answer.claims for citation in claim.citations] + list(answer.nearest)


@pytest.mark.parametrize(
    "question",
    [
        "What do people say about photo upload?",
        "How many people mention calendar sync?",
        "What are the top themes?",
        "What share of mentions is about duplicate events?",
        "Since when do people complain about photo upload?",
        "Compare Small and Enterprise on photo upload",
        "Is calendar sync mentioned more than before?",
        "Show examples of invoice layout problems",
        "How many accounts mention the tax line?",
        "What about submarines and whales?",
        "Was sagen Kunden zu photo upload?",
    ],
)
def test_every_quote_stands_in_its_document_and_every_number_belongs_to_the_store(told: Engine, question: str) -> None:
    answer = ask(told, question)
    documents = {row["document_id"]: row for row in exported(told, "documents")}
    for citation in quotes_of(answer):
        document = documents[citation.document_id]
        assert document["text"][citation.start : citation.end] == citation.quote
        assert (citation.external_id, citation.source, citation.person) == (
            document["external_id"],
            document["source"],
            document["person"],
        )
    assert answer.status == ("answered" if answer.claims else "abstained")
    assert bool(answer.reason) == (answer.status == "abstained")
    assert all(claim.citations for claim in answer.claims)
    for count in answer.counts:
        assert 0 <= count.value <= (count.of or count.value)
    assert answer.rejected == 0


def test_a_count_within_filters_is_the_hand_count(told: Engine) -> None:
    answer = ask(
        told, "How many mentions are there?", "segment=Small", "rating<=2", since="2026-11-02", until="2026-11-09"
    )
    query = """SELECT count(*) FROM documents d JOIN accounts a ON a.id = d.account_id
               WHERE a.segment = 'Small' AND d.rating <= 2
               AND d.created_at >= '2026-11-02' AND d.created_at < '2026-11-10'"""
    assert answer.counts[0].value == value_of(told, query)
    assert answer.counts[0].of == value_of(
        told, "SELECT count(*) FROM documents WHERE created_at >= '2026-11-02' AND created_at < '2026-11-10'"
    )


def test_the_parts_of_a_comparison_are_hand_counts(told: Engine) -> None:
    answer = ask(told, "Compare Small, Mid-market and Enterprise")
    per_segment = "SELECT a.segment, count(*) FROM documents d JOIN accounts a ON a.id = d.account_id GROUP BY 1"
    expected = dict(rows_of(told, per_segment))
    assert {count.label: count.value for count in answer.counts if count.label in expected} == expected


def test_filters_narrow_what_is_counted_and_quoted(told: Engine) -> None:
    answer = ask(told, "What do people say about photo upload?", "person=Person A")
    assert {citation.person for citation in quotes_of(answer)} == {"Person A"}
    assert answer.plan.filters.where == (Condition("person", "Person A"),)
    whole = ask(told, "What do people say about photo upload?")
    assert 0 < answer.counts[0].value < whole.counts[0].value


@pytest.mark.parametrize(
    ("question", "where", "reason"),
    [
        ("What do people say about zeppelins?", (), "speaks about “zeppelins”"),
        ("What do people say about photo upload?", ("person=Nobody at all",), None),
        ("How many mentions are there?", ("segment=Gigantic",), "0 mentions"),
    ],
)
def test_what_the_store_does_not_hold_is_not_answered(
    told: Engine, question: str, where: tuple[str, ...], reason: str | None
) -> None:
    answer = ask(told, question, *where)
    assert (answer.status, answer.claims) == ("abstained", ())
    assert (answer.reason or "").endswith(".")
    assert reason is None or reason in (answer.reason or "")


def test_an_empty_store_says_that_there_is_nothing(engine: Engine) -> None:
    answer = ask(engine, "What do people say?")
    assert (answer.status, answer.reason) == (
        "abstained",
        "There is no feedback here yet.",
    )


def test_an_interviewer_is_never_cited_counted_or_found(told: Engine, tmp_path: Path) -> None:
    turns = [
        ("Maren", "Zeppelins in flooded basements?"),
        ("Jo", "I could not say, sorry about that."),
    ] * 3
    take_in(told, write_transcript(tmp_path / "talk.vtt", turns), kind="research", interviewers=["Maren"])
    answer = ask(told, "What do people say about zeppelins in flooded basements?")
    assert answer.status == "abstained"
    assert answer.counts[0].value == 0
    assert not [citation for citation in quotes_of(answer) if citation.speaker == "Maren"]
    for limit in (1, 200):
        found = told.search(WORKSPACE, "zeppelins flooded basements", limit=limit)["results"]
        assert len(found) >= 1
        assert {result["role"] for result in found} <= {None, "participant"}


def test_an_answer_is_remembered_with_what_it_cites(told: Engine) -> None:
    answer = ask(told, "What do people say about photo upload?")
    cited = {citation.excerpt_id for claim in answer.claims for citation in claim.citations}
    assert {row[0] for row in rows_of(told, "SELECT excerpt_id FROM citations WHERE owner = 'A1'")} == cited
    assert rows_of(told, "SELECT status FROM answers") == [("answered",)]


def test_a_question_asked_again_is_counted_once_until_something_changes(told: Engine) -> None:
    question = "What do people say about photo upload?"
    first = told.ask(WORKSPACE, question)
    with counting(told) as asked:
        again = told.ask(WORKSPACE, question)
    assert replace(again, id=first.id) == first
    assert again.id != first.id  # each is kept for whoever asked
    with counting(told) as anew:
        told.ask(WORKSPACE, "What do people say about the photo upload?")
    assert len(asked) < len(anew) / 2
    take_rows(told, [{"id": f"n{n}", "text": f"The photo upload gets stuck, take {n}."} for n in range(9)])
    assert told.ask(WORKSPACE, question).counts[0].value > first.counts[0].value


def test_a_filter_wrongly_read_can_be_dropped(told: Engine) -> None:
    question = "How many mentions from Small accounts in November 2026?"
    plan = told.ask(WORKSPACE, question).plan
    assert (plan.filters.where, plan.filters.since is None) == ((Condition("segment", "Small"),), False)
    dropped = told.ask(WORKSPACE, question, dropped=["segment=Small", "time"]).plan
    assert dropped.filters == NONE


class BrokenIndex:
    """An index that is open, all there, and cannot answer."""

    def __init__(self, index: Any) -> None:
        self._index = index

    def __getattr__(self, name: str) -> Any:
        return getattr(self._index, name)

    def is_at_rest(self) -> bool:
        return False

    def query(self, *_: Any) -> list[tuple[str, float]]:
        raise Unavailable("The index is broken.")


def test_a_broken_index_changes_no_answer_and_its_repair_is_queued(told: Engine) -> None:
    from dataclasses import replace

    question = "What do people say about photo upload?"
    before, hits = ask(told, question), search(told.parts, WORKSPACE, "photo upload", NONE, limit=20).hits
    broken = Engine(replace(told.parts, index=BrokenIndex(told.parts.index)), told.settings)  # type: ignore[arg-type]
    assert replace(ask(broken, question), id=before.id) == before
    again = search(broken.parts, WORKSPACE, "photo upload", NONE, limit=20).hits
    assert [hit.excerpt_id for hit in again] == [hit.excerpt_id for hit in hits]
    assert value_of(told, "SELECT count(*) FROM jobs WHERE kind = 'repair' AND state = 'queued'") == 1


def test_a_search_finds_words_and_respects_filters_and_its_limit(told: Engine) -> None:
    found = told.search(WORKSPACE, "duplicate events", limit=5)["results"]
    assert len(found) == 5
    assert all("uplicate events" in result["text"] for result in found)
    assert [result["score"] for result in found] == sorted((result["score"] for result in found), reverse=True)
    narrowed = told.search(WORKSPACE, "duplicate events", told.filters(where=["person=Person B"]), limit=50)["results"]
    assert {result["person"] for result in narrowed} == {"Person B"}
    theme = told.themes(WORKSPACE)["themes"][0]["id"]
    on_theme = told.search(WORKSPACE, "photo", told.filters(where=[f"theme={theme}"]), limit=200)["results"]
    assert {result["theme_id"] for result in on_theme} == {theme}


def test_a_quoted_phrase_must_occur(told: Engine) -> None:
    found = told.search(WORKSPACE, "“in the week view”", limit=3)["results"]
    assert CALENDAR[4] in found[0]["text"]


@pytest.mark.parametrize(("query", "limit"), [("", 5), (" \n", 5), ("x" * 2001, 5), ("photo", 0), ("photo", 201)])
def test_a_search_that_is_none_is_refused_with_a_sentence(told: Engine, query: str, limit: int) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        told.search(WORKSPACE, query, limit=limit)


@pytest.mark.parametrize("question", ["", "  ", "?!", "x" * 100_000])
def test_a_question_that_is_none_is_refused_with_a_sentence(told: Engine, question: str) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        ask(told, question)


@pytest.mark.parametrize(
    "question", ["'; DROP TABLE documents; --", "\x00", "%s %d {0}", "a" * 2000, "😀?", "NEAR(a b)"]
)
def test_an_odd_question_gets_an_answer_or_a_sentence(told: Engine, question: str) -> None:
    with suppress(BadInput):
        assert ask(told, question).status in ("answered", "abstained")
    assert value_of(told, "SELECT count(*) FROM documents") == 72


def test_days_are_those_of_the_zone_and_both_included() -> None:
    filters = read_filters("2026-11-01", "2026-11-02", ["source=Tickets"], timezone="Europe/Berlin")
    assert (filters.since, filters.until) == (
        np.datetime64("2026-10-31T23:00").astype(object).replace(tzinfo=filters.since and filters.since.tzinfo),
        np.datetime64("2026-11-02T23:00").astype(object).replace(tzinfo=filters.until and filters.until.tzinfo),
    )
    assert read_filters(None, None, [], timezone="UTC") == NONE


@pytest.mark.parametrize(
    ("since", "until", "where"),
    [
        ("2026-13-01", None, []),
        ("9999-12-31x", None, []),
        ("2026-11-03", "2026-11-01", []),
        (None, "9999-12-31", []),
        (None, None, ["x"]),
    ],
)
def test_days_and_conditions_nobody_can_read_are_refused(
    since: str | None, until: str | None, where: list[str]
) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        read_filters(since, until, where, timezone="UTC")


LONG = (
    "We switched last spring and the team was trained in a week, which went fine for everybody. "
    "The photo upload gets stuck at the end of each visit, so the crew waits. Nothing else to add from our side today."
)


def test_a_short_text_is_quoted_whole_and_of_a_long_one_the_passage_that_makes_the_point() -> None:
    embed = HashingEmbedder().embed
    point = Point(embed(["photo upload stuck"])[0], "photo upload stuck")
    assert cut_quotes([CALENDAR[0], LONG], [point, point], embed) == [
        CALENDAR[0],
        "The photo upload gets stuck at the end of each visit, so the crew waits.",
    ]
    assert cut_quotes([LONG], [None], embed)[0] == passages_of(LONG)[0]


@pytest.mark.parametrize(
    "text", ["word " * 500, "x" * 5000, "A. B. C. " * 60, "Ünï cödé — „so“. " * 40, "\n\n".join(["line"] * 99)]
)
def test_every_passage_is_part_of_its_text_and_short_enough(text: str) -> None:
    assert len(text) > SHORT
    for passage in passages_of(text):
        assert passage in text
        assert 0 < len(passage) <= MOST


def test_a_trend_over_one_time_compares_it_with_the_time_before_as_long(told: Engine) -> None:
    plan = told.ask(WORKSPACE, "Did complaints about the photo upload go up in the last two weeks?").plan
    before, after = plan.periods
    assert before.until == after.since
    assert after.until is not None
    assert after.since is not None
    assert before.since is not None
    assert after.until - after.since == after.since - before.since == timedelta(days=14)
    assert (plan.filters.since, plan.filters.until) == (None, None)
    assert not any("No times were named" in note for note in plan.notes)


def test_a_trend_with_nothing_before_it_is_no_change(told: Engine) -> None:
    answer = told.ask(WORKSPACE, "Did complaints about the photo upload go up in the last 300 days?")
    assert answer.claims[0].text.startswith("There is nothing from ")
    assert "No change" not in answer.claims[0].text
