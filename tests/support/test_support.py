"""The support check: what speaks against a claim, and how little follows from nothing speaking against it."""

import pytest

from synth.support import judge
from synth.words import numbers_said, read_words, stem

UPLOAD = "Photo upload gets stuck at 99 % since the update. I have to restart the app twice a day."


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("The app is fast.", "The app is painfully slow."),
        ("The layout is great.", "I would not say that the layout is great."),
        ("Nobody restarts the app.", "I restart the app after lunch."),
        ("Customers are satisfied with support.", "I am dissatisfied with support."),
        ("Die App ist langsam.", "Die App ist schnell."),
    ],
)
def test_the_contrary_of_what_was_said_is_disputed(claim: str, passage: str) -> None:
    assert judge(claim, [passage]).label == "disputed"


@pytest.mark.parametrize(
    ("claim", "word"),
    [
        ("Photo upload gets stuck at 98 %.", "98"),
        ("Photo upload gets stuck at ninety percent.", "90"),
        ("Photo upload gets stuck in Berlin.", "Berlin"),
        ("Only photo upload gets stuck.", "Only"),
    ],
)
def test_what_nobody_named_makes_a_claim_partly_supported(claim: str, word: str) -> None:
    judgement = judge(claim, [UPLOAD])
    assert judgement.label == "partly"
    assert word in {doubt.word for doubt in judgement.doubts}


def test_only_a_claim_that_one_sentence_says_in_its_own_words_is_supported() -> None:
    assert judge("Customers report that photo uploads get stuck at 99 %.", [UPLOAD]).label == "supported"
    assert judge("After the update customers restart the app.", [UPLOAD]).label == "not checked"
    assert judge("Sending pictures hangs.", [UPLOAD]).label == "not checked"


def test_a_long_text_supports_nothing_by_merely_holding_the_words() -> None:
    talk = "Ana: We ship on Friday. Ben: The price is high. " * 10 + "Ana: The remote is cheap to make."
    assert judge("Ana says that the price of the remote is high.", [talk]).label == "not checked"


@pytest.mark.parametrize(
    ("claim", "passage"),
    [
        ("Dark mode is missing.", "Why is there no dark mode?"),
        ("Uploading photos no longer works.", "Photo upload stopped working."),
        ("Photo upload is broken.", "Photo upload does not work."),
    ],
)
def test_a_complaint_in_other_words_is_not_disputed(claim: str, passage: str) -> None:
    assert judge(claim, [passage]).label != "disputed"


def test_words_that_are_lent_prove_nothing() -> None:
    lent = ["What do people say about photo upload?"]
    assert judge("Photo upload is a delight.", ["The invoice is wrong."], lent=lent).coverage == 0.0
    assert judge("Photo upload.", ["The invoice is wrong."], lent=lent).coverage == 1.0
    assert judge("Photo upload.", ["The invoice is wrong."], lent=lent).label == "not checked"


def test_each_thing_that_speaks_against_a_claim_lowers_its_score() -> None:
    scores = [
        judge(claim, [UPLOAD]).score
        for claim in ("Upload stuck at 99 %.", "Upload stuck at 5 %.", "Only upload stuck at 5 %.")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == 3


def test_numbers_are_one_however_they_are_written() -> None:
    assert set(numbers_said(read_words("twenty five of 1,000 and 12.50"))) >= {"25", "1000", "12.50"}


def test_forms_of_a_word_have_one_stem() -> None:
    assert stem("stopped") == stem("stops") == stem("stopping")
    assert stem("uploads") == stem("uploading")
