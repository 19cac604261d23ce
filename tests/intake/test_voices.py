"""Language, tone and the directory of who speaks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.engine import Engine
from synth.intake.language import detect_language
from synth.intake.sentiment import read_sentiment
from tests.factories import rows_of, take_rows


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The calendar sync creates duplicate events for every technician in the field.", "en"),
        ("Der Kalender legt seit dem letzten Update jeden Termin doppelt an, das nervt sehr.", "de"),
        ("La synchronisation du calendrier crée des événements en double chaque matin.", "fr"),
        ("ok", None),
        ("+1 !!! 12345 👍", None),
        ("", None),
    ],
)
def test_a_language_is_told_where_the_text_is_long_enough(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_good_words_sound_better_than_bad_ones_and_a_rating_weighs_half() -> None:
    good, bad = "I love this, it is wonderful.", "I hate this, it is horrible."
    assert (read_sentiment(bad, "en") or 0) < 0 < (read_sentiment(good, "en") or 0)
    words = read_sentiment(good, "en") or 0.0
    assert read_sentiment(good, "en", 1) == pytest.approx((words - 1) / 2)
    assert read_sentiment("Wunderbar.", "de") is None
    assert read_sentiment("Wunderbar.", "de", 5) == 1.0
    assert read_sentiment("Wunderbar.", "de", 0) == -1.0
    assert read_sentiment("Wunderbar.", "de", 99) is None


@given(st.text(max_size=300), st.sampled_from([None, "en", "de"]), st.none() | st.floats(-5, 20))
def test_a_tone_is_between_minus_one_and_one_or_not_told(text: str, language: str | None, rating: float | None) -> None:
    tone = read_sentiment(text, language, rating)
    assert tone is None or -1.0 <= tone <= 1.0


def test_a_person_keeps_the_first_account_and_an_account_the_last_word_on_itself(engine: Engine) -> None:
    rows = [
        {"id": 1, "text": "It is stuck again today.", "author": "Ann", "account": "", "segment": ""},
        {"id": 2, "text": "It is slow again today.", "author": "Ann", "account": "Acme", "segment": "Small"},
        {"id": 3, "text": "It is gone again today.", "author": "Ann", "account": "Bolt", "segment": "Small"},
        {"id": 4, "text": "It is back again today.", "author": "Bob", "account": "Acme", "segment": "Enterprise"},
        {"id": 5, "text": "It is late again today.", "author": "Cid", "account": "Acme", "segment": ""},
    ]
    take_rows(engine, rows)
    people = "SELECT p.name, a.name FROM people p LEFT JOIN accounts a ON a.id = p.account_id ORDER BY p.name"
    assert rows_of(engine, people) == [("Ann", "Acme"), ("Bob", "Acme"), ("Cid", "Acme")]
    assert rows_of(engine, "SELECT name, segment FROM accounts ORDER BY name") == [
        ("Acme", "Enterprise"),
        ("Bolt", "Small"),
    ]
