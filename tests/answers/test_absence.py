"""When a question's own words tell that its subject is missing; the store behind it lacks 'gym' and 'Zurich'."""

from pathlib import Path

import pytest

from synth.answers.absence import few, missing_words
from synth.engine import WORKSPACE, Engine
from tests.factories import take_in, write_csv

NEAR = ("The app crashes on start", "The photo upload of the app is stuck", "A watch on the photo app")


@pytest.mark.parametrize(
    ("about", "best", "rare", "missing"),
    [
        ("gym of the app", 0.45, False, ("gym",)),
        ("gym of the app", 0.55, True, ("gym",)),
        ("gym of the app", 0.55, False, ()),
        ("gym of the app", 0.65, True, ()),
        ("photos of the app", 0.45, True, ()),
        ("photo uploading", 0.45, True, ()),
        ("app in Zurich", 0.55, True, ("Zurich",)),
        ("Crashes on the Watch", 0.55, True, ("Crashes on the Watch",)),
        ("Photo or Start", 0.55, True, ()),
    ],
)
def test_missing_is_what_nothing_near_says_and_the_store_lacks(
    engine: Engine, tmp_path: Path, about: str, best: float, rare: bool, missing: tuple[str, ...]
) -> None:
    path = tmp_path / "said.csv"
    path.write_text("\n".join(["text", *NEAR]), "utf-8")
    take_in(engine, path)
    with engine.parts.database.read() as session:
        assert missing_words(session, WORKSPACE, about, NEAR, best=best, rare=rare) == missing


def test_where_hardly_anything_is_near_a_single_word_of_several_is_a_chance_meeting(
    engine: Engine, tmp_path: Path
) -> None:
    take_in(engine, write_csv(tmp_path / "said.csv", [{"text": text} for text in NEAR]))
    with engine.parts.database.read() as session:

        def missing(about: str) -> tuple[str, ...]:
            return missing_words(session, WORKSPACE, about, NEAR, best=0.55, rare=True, lone=True)

        assert missing("photo crashes") == ("photo crashes",)
        assert missing("photo uploads") == missing("watching") == ()


def test_how_many_are_few_grows_with_the_store() -> None:
    assert (few(100), few(50_000)) == (10, 50)
