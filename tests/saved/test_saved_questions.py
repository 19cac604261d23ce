"""Saved questions: asked once a week as of its end, compared with the week before, told to those who follow."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from synth.answers.differing import Asked, compare, differences
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput, NotFound
from synth.settings import Settings
from synth.store import tables
from tests.factories import PEOPLE, new_home, rows_of, take_rows, value_of

ANN, BOB = "Ann", "Bob"
QUESTION = "What do people say about the photo upload?"


class Clock:
    """A clock that is set by hand."""

    now = datetime(2026, 11, 3, 9, tzinfo=UTC)  # a Tuesday: the last complete week is 2026-W44, 26 Oct to 1 Nov

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(tmp_path: Path, clock: Clock) -> Iterator[Engine]:
    engine = open_engine(Settings(home=new_home(tmp_path / "home")), embedder=HashingEmbedder(), clock=clock)
    yield engine
    engine.close()


def say(engine: Engine, day: str, photos: int, others: int) -> None:
    rows = [
        {
            "id": f"{day}-{n}",
            "text": f"The photo upload is stuck at my site {n}",
            "author": PEOPLE[n % 12],
            "created_at": day,
        }
        for n in range(photos)
    ]
    rows += [
        {
            "id": f"{day}-o{n}",
            "text": f"The invoice layout puts the tax line on page {n}",
            "author": PEOPLE[n % 12],
            "created_at": day,
        }
        for n in range(others)
    ]
    take_rows(engine, rows, name=f"{day}.csv")


def save(engine: Engine, **wanted: Any) -> dict[str, Any]:
    return engine.save_question(WORKSPACE, ANN, **({"question": QUESTION} | wanted))


def tend(engine: Engine) -> None:
    engine.tend(WORKSPACE)
    engine.drain()


@pytest.fixture
def two_weeks(engine: Engine, clock: Clock) -> dict[str, Any]:
    """A question saved in the first week and asked by the schedule in the second, in which far more was said."""
    say(engine, "2026-10-28", photos=4, others=40)
    saved = save(engine)
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=30, others=30)
    tend(engine)
    return saved


def test_a_saved_question_is_asked_for_the_last_complete_week_at_once(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    saved = save(engine)
    assert (saved["id"], saved["last"]["week"], saved["followed"]) == ("Q1", "2026-W44", True)
    assert saved["last"]["counted"] == {"value": 4, "of": 44, "unit": "mentions"}
    assert saved["last"]["answer"]["status"] == "answered"
    assert saved["difference"] is None


def test_the_week_is_counted_alone_and_the_answer_is_as_of_its_end(engine: Engine) -> None:
    say(engine, "2026-10-20", photos=3, others=5)
    say(engine, "2026-10-28", photos=4, others=40)
    say(engine, "2026-11-02", photos=9, others=1)
    last = save(engine)["last"]
    assert last["counted"]["value"] == 4
    assert last["answer"]["counts"][0]["value"] == 7


def test_the_schedule_asks_once_a_week_and_then_writes_the_report(engine: Engine, two_weeks: dict[str, Any]) -> None:
    runs = engine.saved_runs(WORKSPACE, two_weeks["id"])["runs"]
    assert [run["week"] for run in runs] == ["2026-W45", "2026-W44"]
    tend(engine)
    assert engine.saved_runs(WORKSPACE, two_weeks["id"])["runs"] == runs
    assert "2026-W45" in [report["id"] for report in engine.reports(WORKSPACE)["reports"]]
    assert value_of(engine, "SELECT count(*) FROM jobs WHERE kind = 'saved'") == 1


def test_the_difference_says_what_moved_and_names_the_evidence(engine: Engine, two_weeks: dict[str, Any]) -> None:
    found = engine.saved_question(WORKSPACE, two_weeks["id"], ANN)["difference"]
    assert found["direction"] == "up"
    assert found["sentences"][0] == (
        "More than chance explains: 30 of 60 mentions in 2026-W45, after 4 of 44 in 2026-W44, 1.8 to 13 times as often."
    )
    for quote in found["moved_by"]:
        text = value_of(engine, "SELECT text FROM documents WHERE id = :id", id=quote["document_id"])
        assert text[quote["start"] : quote["end"]] == quote["quote"]


def test_the_report_of_the_week_tells_it(engine: Engine, two_weeks: dict[str, Any]) -> None:
    content = json.loads(engine.report(WORKSPACE, week="2026-W45", format="json", reported=True))
    (told,) = content["saved_questions"]
    assert told["id"] == two_weeks["id"]
    assert told["difference"]["direction"] == "up"
    for format in ("md", "html"):
        shown = engine.report(WORKSPACE, week="2026-W45", format=format)
        assert "Saved questions" in shown
        assert "30 of 60 mentions in 2026-W45" in shown
    assert "Saved questions" not in engine.report(WORKSPACE, week="2026-W43", format="md")


def test_followers_see_what_they_have_not_read(engine: Engine, two_weeks: dict[str, Any]) -> None:
    id = two_weeks["id"]
    assert engine.saved_question(WORKSPACE, id, ANN)["unseen"]
    assert not engine.saved_question(WORKSPACE, id, BOB)["unseen"]
    assert engine.saved_questions(WORKSPACE, BOB, followed=True)["saved_questions"] == []
    engine.follow_question(WORKSPACE, BOB, id, on=True)
    assert not engine.saved_question(WORKSPACE, id, BOB)["unseen"]
    assert not engine.see_question(WORKSPACE, ANN, id)["unseen"]
    assert engine.saved_question(WORKSPACE, id, ANN)["followers"] == 2
    engine.follow_question(WORKSPACE, ANN, id, on=False)
    assert not engine.saved_question(WORKSPACE, id, ANN)["followed"]


def test_no_arrow_for_noise(engine: Engine, clock: Clock) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    saved = save(engine)
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=5, others=40)
    tend(engine)
    found = engine.saved_question(WORKSPACE, saved["id"], ANN)
    assert found["difference"]["direction"] == "flat"
    assert found["difference"]["sentences"][0].startswith("No clear change: 5 of 45 mentions in 2026-W45")


def test_the_same_question_is_saved_once_and_filters_make_another(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    first = save(engine)
    assert save(engine, question=f"  {QUESTION.upper()} ")["id"] == first["id"]
    other = save(engine, given=engine.filters(where=["person=Person A"]))
    assert other["id"] == "Q2"
    assert other["given"]["where"] == [{"key": "person", "operator": "=", "value": "Person A"}]


def test_an_archived_question_is_not_asked_and_can_be_taken_up_again(engine: Engine, clock: Clock) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    id = save(engine)["id"]
    engine.change_saved_question(WORKSPACE, ANN, id, {"state": "archived", "title": "Photos"})
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=5, others=40)
    tend(engine)
    assert len(engine.saved_runs(WORKSPACE, id)["runs"]) == 1
    assert engine.saved_questions(WORKSPACE, ANN)["saved_questions"] == []
    assert save(engine)["state"] == "active"
    tend(engine)
    assert len(engine.saved_runs(WORKSPACE, id)["runs"]) == 2


def test_a_run_is_repeated_in_place(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    id = save(engine)["id"]
    say(engine, "2026-10-29", photos=3, others=0)
    assert engine.run_saved_question(WORKSPACE, ANN, id)["last"]["counted"]["value"] == 7
    assert len(engine.saved_runs(WORKSPACE, id)["runs"]) == 1
    cited = rows_of(engine, "SELECT excerpt_id FROM citations WHERE owner = :owner", owner=f"{id}.2026-W44")
    assert len(cited) == len(set(cited)) > 0


def test_the_question_of_an_answer_is_saved_but_not_one_that_follows(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    answer = engine.ask(WORKSPACE, QUESTION)
    assert save(engine, question=None, answer=answer.id)["question"] == QUESTION
    follows = engine.ask(WORKSPACE, "and the invoice?", follows=answer.id)
    with pytest.raises(BadInput, match="follows another answer"):
        save(engine, question=None, answer=follows.id)


def test_an_answer_is_saved_with_the_filters_beside_it_and_without_those_dropped(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    given = engine.filters(where=["person=Person A"], since="2026-10-01")
    answer = engine.ask(WORKSPACE, "What do people say about the photo upload in 2025?", given, dropped=["time"])
    saved = save(engine, question=None, answer=answer.id)
    assert saved["given"]["where"] == [{"key": "person", "operator": "=", "value": "Person A"}]
    assert saved["given"]["since"].startswith("2026-10-01")


def test_a_question_that_cannot_be_asked_is_not_saved_and_holds_up_no_other(engine: Engine, clock: Clock) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    good = save(engine)["id"]
    with pytest.raises(BadInput, match="The question is empty"):
        save(engine, question="?")
    assert [each["id"] for each in engine.saved_questions(WORKSPACE, ANN)["saved_questions"]] == [good]
    other = save(engine, question="What do people say about the invoice?")["id"]
    with engine.parts.database.write() as session:
        session.query(tables.SavedQuestion).filter_by(id=other).update({"question": "?"})
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=5, others=40)
    tend(engine)
    assert engine.saved_question(WORKSPACE, good, ANN)["last"]["week"] == "2026-W45"


def test_what_has_no_answer_was_not_said_in_the_week(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    last = save(engine, question="What do people say about zeppelins?")["last"]
    assert (last["answer"]["status"], last["counted"]["value"]) == ("abstained", 0)


def test_a_change_stays_news_until_it_is_read(engine: Engine, clock: Clock, two_weeks: dict[str, Any]) -> None:
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-11", photos=30, others=30)
    tend(engine)
    found = engine.saved_question(WORKSPACE, two_weeks["id"], ANN)
    assert found["difference"]["direction"] == "flat"
    assert found["unseen"]
    assert not engine.see_question(WORKSPACE, ANN, two_weeks["id"])["unseen"]


def test_what_cannot_be_saved_or_found(engine: Engine) -> None:
    with pytest.raises(BadInput, match="Give a question, or the id"):
        save(engine, question=None)
    with pytest.raises(BadInput, match="The question is empty"):
        save(engine, question=" ")
    with pytest.raises(NotFound, match="no answer A9"):
        save(engine, question=None, answer="A9")
    with pytest.raises(NotFound, match="no saved question Q9"):
        engine.run_saved_question(WORKSPACE, ANN, "Q9")
    with pytest.raises(NotFound, match="no saved question Q9"):
        engine.follow_question(WORKSPACE, ANN, "Q9", on=True)


def test_without_a_dated_document_it_is_saved_and_not_asked(engine: Engine) -> None:
    take_rows(engine, [{"id": "1", "text": "The photo upload is stuck"}])
    assert save(engine)["last"] is None
    tend(engine)
    assert engine.saved_questions(WORKSPACE, ANN)["saved_questions"][0]["last"] is None


def test_a_question_with_a_time_of_its_own_counts_nothing_outside_of_it(engine: Engine, clock: Clock) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    saved = save(engine, question="What do people say about the photo upload in October 2026?")
    assert saved["last"]["counted"]["value"] == 4  # of the week's days in October
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=30, others=30)
    tend(engine)
    found = engine.saved_question(WORKSPACE, saved["id"], ANN)
    assert (found["last"]["week"], found["last"]["counted"]) == ("2026-W45", None)
    assert found["last"]["answer"]["counts"][0]["value"] == 4
    outside = "2026-W45 lies outside of the time that the question names."
    assert (found["difference"]["direction"], found["difference"]["sentences"]) == ("flat", [outside])


def test_one_taken_up_again_is_asked_at_once_and_the_limit_holds(
    engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    id = save(engine)["id"]
    engine.change_saved_question(WORKSPACE, ANN, id, {"state": "archived"})
    clock.now += timedelta(weeks=1)
    say(engine, "2026-11-04", photos=5, others=40)
    taken_up = engine.change_saved_question(WORKSPACE, ANN, id, {"state": "active"})
    assert (taken_up["state"], taken_up["last"]["week"]) == ("active", "2026-W45")
    engine.change_saved_question(WORKSPACE, ANN, id, {"state": "archived"})
    save(engine, question="What do people say about the invoice?")
    monkeypatch.setattr("synth.saved.questions.MOST", 1)
    with pytest.raises(BadInput, match="1 questions are saved already"):
        engine.change_saved_question(WORKSPACE, ANN, id, {"state": "active"})
    with pytest.raises(BadInput, match="1 questions are saved already"):
        save(engine)


def test_only_what_was_read_can_be_dropped_and_lists_say_the_filters(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    with pytest.raises(BadInput, match="“colour=red” was not read into the question; it holds person=Person A"):
        save(engine, question="What does Person A say about the photo upload?", dropped=["colour=red"])
    saved = save(
        engine,
        question="What does Person A say about the photo upload?",
        dropped=["person=Person A"],
        given=engine.filters(where=["person=Person B"]),
    )
    assert (saved["limited_to"], saved["dropped"]) == ("person Person B", ["person=Person A"])


def test_a_report_cites_what_its_saved_questions_quote(engine: Engine, two_weeks: dict[str, Any]) -> None:
    quoted = {
        quote["excerpt_id"]
        for quote in engine.saved_question(WORKSPACE, two_weeks["id"], ANN)["difference"]["moved_by"]
    }
    cited = rows_of(engine, "SELECT excerpt_id FROM citations WHERE owner = :owner", owner="2026-W45")
    assert quoted <= {row[0] for row in cited}
    assert quoted


def test_who_saves_on_the_machine_follows_as_its_administrator(engine: Engine) -> None:
    say(engine, "2026-10-28", photos=4, others=40)
    saved = save(engine, follower="administrator")
    assert (saved["created_by"], saved["followed"]) == (ANN, True)
    assert engine.saved_question(WORKSPACE, saved["id"], "administrator")["followed"]
    assert not engine.saved_question(WORKSPACE, saved["id"], ANN)["followed"]


def answer(*claims: str, status: str = "answered", cites: str = "x1") -> dict[str, Any]:
    quote = {"excerpt_id": cites, "created_at": None}
    return {
        "status": status,
        "reason": None if status == "answered" else "Nothing speaks of it.",
        "claims": [{"text": text, "citations": [quote]} for text in claims],
    }


def asked(week: str, value: int, of: int, answered: dict[str, Any]) -> Asked:
    return Asked(week, answered, {"value": value, "of": of, "unit": "mentions"})


def test_claims_are_told_apart_from_their_numbers() -> None:
    before = asked(
        "2026-W44", 5, 50, answer("5 mentions.", "Slow sync: 3 mentions (60 %).", "Login: 1 mention (20 %).")
    )
    after = asked(
        "2026-W45", 6, 50, answer("6 mentions.", "Slow sync: 4 mentions (67 %).", "Crash: 2 mentions (33 %).")
    )
    found = compare(before, after)
    assert found.claims_in == ("Crash: 2 mentions (33 %).",)
    assert found.claims_out == ("Login: 1 mention (20 %).",)
    assert found.change.direction == "flat"
    assert found.is_change
    assert found.moved_by == ()


def test_an_answer_that_came_or_went_is_said() -> None:
    nothing, something = (
        asked("2026-W44", 0, 50, answer(status="abstained")),
        asked("2026-W45", 9, 50, answer("9 mentions.")),
    )
    assert "There is an answer now" in compare(nothing, something).sentences[1]
    assert compare(something, nothing).sentences[1] == "There is no answer any more: Nothing speaks of it."


def test_nothing_new_is_no_change() -> None:
    one = asked("2026-W44", 5, 50, answer("5 mentions."))
    other = asked("2026-W45", 6, 50, answer("6 mentions.", cites="x2"))
    found = compare(one, other)
    assert not found.is_change
    assert [quote["excerpt_id"] for quote in found.moved_by] == ["x2"]


def weeks(*values: int) -> list[Asked]:
    return [asked(f"2026-W{40 + n}", value, 50, answer(f"{value} mentions.")) for n, value in enumerate(values)]


def test_a_slow_rise_is_noticed_and_what_stays_is_not_told_again() -> None:
    rise = differences(weeks(0, 3, 8, 12))
    assert [each.change.direction for each in rise] == ["flat", "up", "flat"]
    assert (
        rise[1]
        .sentences[0]
        .startswith("More than chance explains: 8 of 50 mentions in 2026-W42, after 3 of 100 in the 2 weeks before, ")
    )
    assert differences(weeks(4, 4, 5, 7, 9, 13))[-1].change.direction == "up"
    assert compare(*weeks(9, 13)).change.direction == "flat"  # what the last two weeks alone would say
    assert [each.change.direction for each in differences(weeks(4, 30, 31, 29, 30))] == ["up", "flat", "flat", "flat"]


def test_a_week_that_was_not_counted_is_left_out() -> None:
    first, other, last = weeks(4, 0, 30)
    begins = differences([Asked(first.week, first.answer, None), other])[-1]
    assert begins.sentences == ("0 of 50 mentions in 2026-W41; before it nothing was counted.",)
    assert (
        differences([first, Asked(other.week, other.answer, None), last])[-1]
        .sentences[0]
        .startswith("More than chance explains: 30 of 50 mentions in 2026-W42, after 4 of 50 in 2026-W40")
    )


def with_themes(told: str, **mentions: int) -> dict[str, Any]:
    themes = [{"id": name, "name": name.capitalize(), "mentions": number} for name, number in mentions.items()]
    return answer("60 mentions.", told) | {"themes": themes, "counts": [{"value": 60}]}


def test_themes_that_only_swap_ranks_are_no_news_and_one_that_grew_is() -> None:
    before = asked("2026-W44", 5, 50, with_themes("Login: 9 mentions (15 %).", login=9, crash=8))
    swapped = asked("2026-W45", 5, 50, with_themes("Crash: 10 mentions (17 %).", login=9, crash=10))
    assert not compare(before, swapped).is_change
    assert compare(before, swapped).claims_in == compare(before, swapped).claims_out == ()
    grown = asked("2026-W45", 5, 50, with_themes("Crash: 40 mentions (67 %).", login=9, crash=40))
    assert compare(before, grown).claims_in == ("Crash: 40 mentions (67 %).",)


def test_a_model_that_says_the_same_in_other_words_brings_no_news() -> None:
    was = answer("5 mentions.", "Uploads hang at the last step.") | {"drafter": "model"}
    same = answer("5 mentions.", "People report hanging uploads.") | {"drafter": "model"}
    other = answer("5 mentions.", "People report hanging uploads.", cites="x2") | {"drafter": "model"}
    assert not compare(asked("2026-W44", 5, 50, was), asked("2026-W45", 5, 50, same)).is_change
    assert compare(asked("2026-W44", 5, 50, was), asked("2026-W45", 5, 50, other)).is_change
