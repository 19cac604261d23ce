"""The trust card: every figure counted by hand, and what nobody measured said as such."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from eval.suites import all_suites
from synth.answers.remembering import forget_old
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.store import tables
from synth.trust.figures import Figure, say_rate
from synth.trust.intervals import wilson
from synth.trust.measured import KNOWN, Measurement
from tests.factories import rows_of, value_of

AT = datetime(2026, 11, 20, 9, tzinfo=UTC)


def figures(engine: Engine) -> dict[str, Figure]:
    return {figure.name: figure for figure in engine.trust(WORKSPACE).figures}


def decide(engine: Engine, id: str, excerpts: list[str], *, undone: bool = False) -> None:
    """A person moves excerpts to T2."""
    at = datetime.now(UTC)
    common = {"workspace_id": WORKSPACE, "created_at": at}
    with engine.parts.database.write() as session:
        undone_at = at if undone else None
        session.add(tables.Decision(id=id, actor="Ana", kind="move", theme_id="T2", undone_at=undone_at, **common))
        for excerpt in excerpts:
            held = session.get_one(tables.Assignment, excerpt)
            moved = {"excerpt_id": excerpt, "from_theme": held.theme_id, "to_theme": "T2", "cause": id}
            session.add(tables.AssignmentChange(**moved, **common))
            held.theme_id, held.origin = "T2", "human"


def members(engine: Engine, theme: str, count: int) -> list[str]:
    query = "SELECT excerpt_id FROM assignments WHERE theme_id = :theme ORDER BY excerpt_id LIMIT :count"
    return [row[0] for row in rows_of(engine, query, theme=theme, count=count)]


def test_an_empty_installation_says_of_every_figure_that_it_was_not_measured_and_how_to(engine: Engine) -> None:
    card = engine.trust(WORKSPACE)
    measured = {figure.name for figure in card.figures if figure.value is not None}
    assert measured == {"redaction", "spared"}  # the self-check needs no feedback
    for figure in card.figures:
        assert figure.meaning.endswith(".")
        assert figure.how.endswith(".")
        if figure.value is None:
            assert figure.meaning.startswith("Not measured")
            assert (figure.low, figure.high, figure.n, figure.measured_at) == (None, None, None, None)


def test_coverage_is_the_share_of_excerpts_on_a_theme(told: Engine) -> None:
    found = figures(told)["coverage"]
    on_a_theme = value_of(told, "SELECT count(*) FROM assignments")
    assert (found.n, found.value) == (72, on_a_theme / 72)
    assert (found.low, found.high) == wilson(on_a_theme, 72)


def test_stability_is_that_of_the_last_run_with_themes_before_it(told: Engine) -> None:
    assert figures(told)["stability"].value is None  # the first run had nothing to be compared with
    before = value_of(told, "SELECT count(*) FROM assignments")
    told.discover(WORKSPACE)
    told.drain()
    found = figures(told)["stability"]
    assert (found.value, found.n) == (1.0, before)
    assert "R2" in found.meaning
    assert found.low is not None
    assert found.low < 1.0  # so few excerpts prove no certainty


def test_abstentions_are_counted_over_every_question(told: Engine) -> None:
    for question in ("What do people say about the invoice layout?", "How many messages are there?"):
        assert told.ask(WORKSPACE, question).status == "answered"
    assert told.ask(WORKSPACE, "What did people say in March 1999?").status == "abstained"
    found = figures(told)["abstentions"]
    assert (found.value, found.n) == (1 / 3, 3)
    assert "1 (33.3 %) were not answered" in found.meaning


def test_a_quote_that_no_longer_stands_in_its_document_is_found(told: Engine) -> None:
    told.ask(WORKSPACE, "What do people say about the invoice layout?")
    sound = figures(told)["verbatim"]
    assert sound.value == 1.0
    answer = told.ask(WORKSPACE, "What do people say about the photo upload?")
    (quoted, *_) = answer.claims[0].citations
    with told.parts.database.write() as session:
        mine = tables.Document.id == quoted.document_id
        session.execute(update(tables.Document).where(mine).values(text="Something else was written here, it seems."))
    spoiled = figures(told)["verbatim"]
    assert spoiled.value is not None
    assert spoiled.value < 1.0


def test_what_the_gate_dropped_and_how_claims_are_labelled_is_counted(told: Engine) -> None:
    written = [json.loads(held) for (held,) in rows_of(told, "SELECT CAST(claims AS TEXT) FROM insights")]
    claims = sum(len(held) for held in written)
    quotes = sum(len(claim["citations"]) for held in written for claim in held)
    with told.parts.database.write() as session:
        first = session.scalars(select(tables.Insight)).first()
        assert first is not None
        first.provenance = first.provenance | {"rejected": 3}
        first.claims = [{**first.claims[0], "support": "not checked"}, *first.claims[1:]]
    found = figures(told)
    assert (found["rejections"].value, found["rejections"].n) == (3 / (claims + quotes + 3), claims + quotes + 3)
    labels = {part.name: round(part.value * part.n) for part in found["support"].parts}
    assert labels == {"supported": claims - 1, "not checked": 1}


def test_people_agree_with_what_they_leave_and_not_with_what_they_move(told: Engine) -> None:
    wrong, right = members(told, "T1", 3), members(told, "T2", 1)
    decide(told, "D1", wrong[:2])
    decide(told, "D2", wrong[2:], undone=True)
    with told.parts.database.write() as session:
        session.get_one(tables.Assignment, right[0]).origin = "human"
    found = figures(told)["corrections"]
    assert (found.value, found.n) == (1 / 3, 3)  # one confirmed, two moved; the undone move says nothing


def test_a_sample_is_drawn_by_lot_and_the_newest_verdict_on_an_excerpt_counts(told: Engine) -> None:
    drawn = told.trust_sample(WORKSPACE, 7)
    assert [each.excerpt.id for each in drawn] == [each.excerpt.id for each in told.trust_sample(WORKSPACE, 7)]
    assert [each.excerpt.id for each in drawn] != [each.excerpt.id for each in told.trust_sample(WORKSPACE, 8)]
    ids = [each.excerpt.id for each in drawn]
    told.keep_verdicts(WORKSPACE, dict.fromkeys(ids[:10], "wrong"), by="Ana")
    told.keep_verdicts(WORKSPACE, dict.fromkeys(ids[1:16], "right"), by="Ben")
    found = figures(told)["sample"]
    assert (found.value, found.n) == (15 / 16, 16)


def test_a_verdict_on_nothing_is_refused(told: Engine) -> None:
    with pytest.raises(BadInput, match="say right or wrong of at least one"):
        told.keep_verdicts(WORKSPACE, {"x0": "right"}, by="Ana")
    assert figures(told)["sample"].value is None


def test_the_newest_measurement_of_a_figure_is_shown_with_its_day_and_size(engine: Engine) -> None:
    def accuracy(value: float, at: datetime, folder: str = "helpdesk") -> Measurement:
        return Measurement("answers", "accuracy", folder, at, value, value - 0.1, value + 0.1, 40)

    engine.keep_measurements(WORKSPACE, [accuracy(0.6, AT), accuracy(0.8, AT + timedelta(days=1))])
    engine.keep_measurements(WORKSPACE, [accuracy(0.8, AT + timedelta(days=1)), accuracy(0.5, AT, "survey")])
    shown = [figure for figure in engine.trust(WORKSPACE).figures if figure.name == "answers.accuracy"]
    assert [(figure.value, figure.n, figure.measured_at) for figure in shown] == [
        (0.8, 40, AT + timedelta(days=1)),
        (0.5, 40, AT),
    ]
    assert shown[0].meaning == "80.0 % of the questions were answered rightly."
    assert value_of(engine, "SELECT count(*) FROM measurements") == 3


def test_every_measurement_the_card_asks_for_can_be_made() -> None:
    suites = all_suites()
    assert {known.suite for known in KNOWN} <= set(suites)
    assert all(known.figure in suites[known.suite].figures for known in KNOWN)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [({"value": 7.0}, "not a share"), ({"value": float("nan")}, "not a share"), ({"n": 0}, "on nothing"),
     ({"suite": ""}, "need names"), ({"low": -2.0}, "not a share")],
)  # fmt: skip
def test_a_number_that_is_no_share_is_refused_and_nothing_is_kept(
    engine: Engine, change: dict[str, Any], complaint: str
) -> None:
    good: dict[str, Any] = {"suite": "answers", "figure": "accuracy", "folder": "f", "measured_at": AT, "value": 0.5}
    with pytest.raises(BadInput, match=complaint):
        engine.keep_measurements(WORKSPACE, [Measurement(**good), Measurement(**(good | change))])
    assert value_of(engine, "SELECT count(*) FROM measurements") == 0


def test_a_question_is_kept_without_what_points_at_a_person_and_not_for_ever(told: Engine) -> None:
    told.ask(WORKSPACE, "What did jo.miller@example.com say about photo uploads?")
    (kept, answer) = rows_of(told, "SELECT question, CAST(answer AS TEXT) FROM answers")[0]
    assert "jo.miller" not in kept + answer
    assert "[EMAIL_1]" in kept
    assert forget_old(told.parts, WORKSPACE, days=1) == 0
    with told.parts.database.write() as session:
        session.execute(update(tables.Answer).values(created_at=datetime.now(UTC) - timedelta(days=2)))
    assert forget_old(told.parts, WORKSPACE, days=1) == 1
    assert value_of(told, "SELECT count(*) FROM citations WHERE owner LIKE 'A%'") == 0


@pytest.mark.parametrize(
    ("value", "said"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.9999, "99.9 %"), (0.0001, "0.1 %"), (0.4567, "45.7 %"), (-0.05, "−5.0 %")],
)
def test_a_rate_is_never_rounded_to_none_or_to_all(value: float, said: str) -> None:
    assert say_rate(value) == said
