"""Follow-up questions carry the filters and the subject of the answer before, and say so."""

import pytest

from synth.answers.following import bare_question
from synth.engine import WORKSPACE, Engine
from synth.errors import NotFound
from synth.model import Condition

SMALL, ENTERPRISE = Condition("segment", "Small"), Condition("segment", "Enterprise")


def test_a_fragment_changes_one_filter_and_keeps_what_was_asked(told: Engine) -> None:
    first = told.ask(WORKSPACE, "How many Small customers mention photo upload?")
    assert first.plan.filters.where == (SMALL,)
    then = told.ask(WORKSPACE, "And what about Enterprise?", follows=first.id)
    assert (then.plan.asked, then.plan.unit, then.plan.about) == ("count", first.plan.unit, first.plan.about)
    assert then.plan.filters.where == (ENTERPRISE,)
    assert then.follows == first.id != then.id
    alone = told.ask(WORKSPACE, "How many Enterprise customers mention photo upload?")
    assert then.counts[0].value == alone.counts[0].value
    assert any(first.id in note for note in then.plan.notes)


def test_a_new_subject_keeps_the_filters(told: Engine) -> None:
    first = told.ask(WORKSPACE, "What do Small customers say about photo upload?")
    then = told.ask(WORKSPACE, "And about calendar sync?", follows=first.id)
    assert (then.plan.about, then.plan.filters.where) == ("calendar sync", (SMALL,))


def test_a_time_replaces_the_time_before_and_only_that(told: Engine) -> None:
    first = told.ask(WORKSPACE, "What do Small customers say about photo upload in October 2026?")
    then = told.ask(WORKSPACE, "and in November 2026?", follows=first.id)
    assert (then.plan.about, then.plan.filters.where) == (first.plan.about, (SMALL,))
    assert then.plan.filters.since is not None
    assert first.plan.filters.since is not None
    assert then.plan.filters.since > first.plan.filters.since


def test_a_whole_question_without_a_subject_is_about_the_same(told: Engine) -> None:
    first = told.ask(WORKSPACE, "What do Small customers say about photo upload?")
    then = told.ask(WORKSPACE, "How many people?", follows=first.id)
    assert (then.plan.asked, then.plan.unit, then.plan.about) == ("count", "people", "photo upload")
    assert then.plan.filters.where == (SMALL,)


def test_what_was_carried_over_can_be_dropped(told: Engine) -> None:
    first = told.ask(WORKSPACE, "What do Small customers say about photo upload?")
    then = told.ask(WORKSPACE, "How many people?", follows=first.id, dropped=["segment=Small"])
    assert then.plan.filters.where == ()


def test_an_answer_that_is_not_kept_cannot_be_followed(told: Engine) -> None:
    with pytest.raises(NotFound, match="no answer A99"):
        told.ask(WORKSPACE, "and in Germany?", follows="A99")


@pytest.mark.parametrize(
    ("said", "bare"),
    [
        ("And in Germany?", "in Germany?"),
        ("what about Enterprise?", "Enterprise?"),
        ("How about last month?", "last month?"),
        ("How many people?", "How many people?"),
        ("And?", "And?"),
    ],
)
def test_words_that_only_tie_to_the_question_before_are_left_out(said: str, bare: str) -> None:
    assert bare_question(said) == bare
