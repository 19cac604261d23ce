"""What is said about a theme: counted and tested by hand, over feedback whose numbers are known."""

import math
import statistics
from pathlib import Path

import pytest

from synth.answers.unread import write_unread
from synth.embedding.languages import read_by
from synth.embedding.opening import open_embedder
from synth.engine import WORKSPACE, Engine
from synth.errors import NotFound
from synth.intake.sentiment import read_sentiment
from synth.saying.contrasts import likelihood_p
from synth.saying.kinds import tell_kind
from synth.store.conditions import CLEAR, MOOD, PRAISE
from tests.factories import SEGMENTS, feedback_rows, open_home, rows_of, take_rows

ON_THEME = """SELECT DISTINCT d.id, d.rating, s.name, c.segment FROM documents d JOIN sources s ON s.id = d.source_id
    JOIN excerpts e ON e.document_id = d.id JOIN assignments a ON a.excerpt_id = e.id
    LEFT JOIN people p ON p.id = d.person_id LEFT JOIN accounts c ON c.id = coalesce(d.account_id, p.account_id)
    WHERE a.theme_id = :theme"""


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("The app crashes whenever I open the calendar", "problem"),
        ("It won't load my photos since Monday", "problem"),
        ("Why does calendar sync create duplicate events each night?", "problem"),
        ("Please add a dark mode", "request"),
        ("It would be great if the board could be filtered", "request"),
        ("I wish there was an offline mode, it keeps crashing on the road", "request"),
        ("Es wäre schön, wenn man Termine verschieben könnte", "request"),
        ("How do I export my invoices?", "question"),
        ("Wo finde ich die Rechnungen?", "question"),
        ("I love this app, the best we ever had!", "praise"),
        ("The meeting is on Tuesday", "other"),
        ("Die App stürzt beim Start ab", "problem"),
    ],
)
def test_a_piece_of_feedback_is_of_one_kind(text: str, kind: str) -> None:
    assert tell_kind(text, read_sentiment(text, "en")) == kind


@pytest.mark.parametrize(
    "text",
    ["Please help me with my booking", "Thanks, still waiting for the refund", "Can you help us, please?",
     "It does not work on my phone", "I hope somebody will answer"],
)  # fmt: skip
def test_a_courtesy_is_no_praise(text: str) -> None:
    tone = read_sentiment(text, "en")
    assert tone is not None
    assert tone < PRAISE


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("I love it, great job", CLEAR, 1),
        ("It keeps freezing and I cannot log in", -1, -MOOD),
        ("Tuesday at nine", -MOOD, MOOD),
    ],
)
def test_tone_is_read_from_words(text: str, low: float, high: float) -> None:
    tone = read_sentiment(text, "en")
    assert tone is not None
    assert low <= tone <= high


def test_the_likelihood_ratio_of_a_case_worked_by_hand() -> None:
    """20 of 100 against 10 of 100: G² = 3.988, p = .0458 (chi-square, one degree)."""
    assert likelihood_p(20, 100, 10, 100) == pytest.approx(0.0458, abs=5e-4)
    assert likelihood_p(10, 100, 10, 100) == pytest.approx(1.0)
    assert likelihood_p(5, 5, 0, 0) == 1.0


def test_the_numbers_of_a_theme_are_those_of_sql(told: Engine) -> None:
    said = told.saying(WORKSPACE, "T1")
    rows = rows_of(told, ON_THEME, theme="T1")
    assert (said.numbers["mentions"], said.of) == (len(rows), 72)
    assert sum(said.kinds.values()) == rows_of(told, "SELECT count(*) FROM assignments WHERE theme_id = 'T1'")[0][0]
    assert sum(said.languages.values()) == len(rows)
    segments = {each.value: each.mentions for each in said.contrasts if each.key == "segment"}
    assert segments == {name: sum(row[3] == name for row in rows) for name in ("Small", "Mid-market", "Enterprise")}
    assert not [each for each in said.contrasts if each.key == "source"]  # all of it comes from one source


def test_the_impact_is_the_difference_of_mean_ratings_with_its_interval(told: Engine) -> None:
    (impact,) = told.saying(WORKSPACE, "T1").impacts
    on = [row[1] for row in rows_of(told, ON_THEME, theme="T1")]
    ids = {row[0] for row in rows_of(told, ON_THEME, theme="T1")}
    off = [rating for id, rating in rows_of(told, "SELECT id, rating FROM documents") if id not in ids]
    half = 1.959964 * math.sqrt(statistics.variance(on) / len(on) + statistics.variance(off) / len(off))
    difference = statistics.mean(on) - statistics.mean(off)
    assert (impact.scale, impact.n, impact.n_elsewhere) == ("stars", len(on), len(off))
    assert impact.difference == pytest.approx(difference)
    assert (impact.low, impact.high) == (pytest.approx(difference - half), pytest.approx(difference + half))


def test_a_segment_that_alone_speaks_of_a_theme_stands_out(tmp_path: Path) -> None:
    rows = [
        {**row, "segment": segment, "account": f"{segment} {number % 2}", "author": f"P{number}"}
        for number, row in enumerate(feedback_rows(4))
        for segment in [SEGMENTS[number // 6 % 3]]
    ]
    engine = open_home(tmp_path / "home")
    take_rows(engine, rows)
    named = {theme["name"].lower(): theme["id"] for theme in engine.themes(WORKSPACE)["themes"]}
    photo = next(id for name, id in named.items() if "photo" in name)
    standing = {each.value: each for each in engine.saying(WORKSPACE, photo).contrasts if each.stands}
    engine.close()
    assert standing["Small"].ratio is None  # nobody else speaks of it
    assert standing["Enterprise"].mentions == 0


def test_a_theme_there_is_not_is_not_found(told: Engine) -> None:
    with pytest.raises(NotFound):
        told.saying(WORKSPACE, "T99")


def test_filters_narrow_all_of_it(told: Engine) -> None:
    small = told.saying(WORKSPACE, "T1", told.filters(where=["segment=Small"]))
    rows = [row for row in rows_of(told, ON_THEME, theme="T1") if row[3] == "Small"]
    assert small.numbers["mentions"] == len(rows)
    assert small.of == 24


def test_what_the_default_model_reads_is_known_and_of_others_nothing_is_said() -> None:
    assert read_by(open_embedder("minilm").version) == {"en"}
    assert read_by(open_embedder("hashing").version) is None


def test_languages_the_model_does_not_read_are_named() -> None:
    assert write_unread({}) is None
    said = write_unread({"de": 48, "fr": 2})
    assert said is not None
    assert said.startswith(
        "50 pieces of feedback are in a language the model does not read well: German (48) and French (2)."
    )
