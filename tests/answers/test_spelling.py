"""The values of a workspace under every spelling: what came since is spelled, and all else is as it was."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from synth.answers.planning.known_values import index_values, spell
from synth.answers.planning.vocabulary import Vocabulary
from synth.answers.understanding import understand
from synth.engine import WORKSPACE, Engine
from synth.model import Filters
from tests.factories import take_rows

KEYS = ("source", "account", "person", "segment", "beta_user")
VALUES = st.sampled_from(
    [
        *(
            "yes",
            "no",
            "True",
            "0",
            "US",
            "Support",
            "Zoom (iOS)",
            "Zoom (Android)",
            "NPS survey",
            "App Store - Reviews",
        ),
        *(
            "Acme Inc.",
            "Acme GmbH",
            "acme",
            "Ann Smith",
            "Bob Smith",
            "ann smith",
            "Smith Ann",
            "reviews.csv",
            "Reviews",
        ),
    ]
)
SETS = st.sets(VALUES, max_size=8).map(lambda values: tuple(sorted(values)))
SAID = "The photo upload gets stuck at the end of every visit."


@given(st.sampled_from(KEYS), SETS, SETS, st.booleans())
def test_what_came_is_spelled_as_if_all_were(key: str, before: Sequence[str], after: Sequence[str], grew: bool) -> None:
    now = tuple(sorted({*before, *after})) if grew else tuple(after)
    made = spell(key, now, spell(key, tuple(before)))
    assert index_values([made], {}) == index_values([spell(key, now)], {})


@given(SETS, SETS, SETS)
def test_a_vocabulary_that_follows_another_knows_the_same(
    first: Sequence[str], more: Sequence[str], other: Sequence[str]
) -> None:
    before = Vocabulary(values={"person": tuple(first), "account": tuple(other)}, themes={"T1": "Ann Smith"})
    now = {"person": tuple(sorted({*first, *more})), "segment": tuple(other)}
    followed = Vocabulary(values=now, themes={"T2": "acme"}).spelled(before.spelled())
    fresh = Vocabulary(values=now, themes={"T2": "acme"})
    assert followed.spellings == fresh.spellings
    assert {letter: set(found) for letter, found in followed.distinctive.items()} == {
        letter: set(found) for letter, found in fresh.distinctive.items()
    }
    assert before.spelled().spellings == before.spellings, "what is spelled after it changes nothing of it"


def test_a_name_that_came_is_asked_for_by_its_spelling(engine: Engine) -> None:
    take_rows(engine, [{"id": "1", "text": SAID, "author": "Ann Cooper"}])
    assert filters(engine, "What does Ann Cooper say?") == {("person", "Ann Cooper")}
    assert not filters(engine, "What does Bob Miller say?")
    take_rows(engine, [{"id": "2", "text": f"{SAID} Again.", "author": "Bob Miller"}])
    assert filters(engine, "What does Bob Miller say?") == {("person", "Bob Miller")}
    assert filters(engine, "What does Ann Cooper say?") == {("person", "Ann Cooper")}


def filters(engine: Engine, question: str) -> set[tuple[str, str]]:
    plan = understand(engine.parts, WORKSPACE, question, Filters()).plan
    return {(condition.key, condition.value) for condition in plan.filters.where}
