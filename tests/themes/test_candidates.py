"""What of a sentence may stand as a headline, and what does not read without the words around it."""

import pytest

from synth.themes.naming.candidates import find_candidates
from synth.themes.naming.grammar import learn_grammar
from synth.themes.naming.lexicon import Language
from synth.themes.naming.phrases import read_speech

SPOKEN = [
    "Why does my payment show twice?",
    "the payment, a payment, this payment",
    "It will not show. I want to show it. They show it.",
    "Can my friend send me money?",
    "the friend of a friend",
    "I need to send it. We send it. Please send it.",
    "I can use it. Can I use my card? Can't use it.",
    "What ATMs use this card? The ATMs are far from the ATMs.",
    "I gave my daughter a second card",
    "a card for the daughter of the daughter",
]


def headlines(text: str, language: Language = "en") -> set[str]:
    speech = read_speech([text, *(SPOKEN if language == "en" else [])], language)
    grammar = learn_grammar([speech])[language]
    found = find_candidates(speech.clauses[0], 0, language, grammar)
    return {" ".join(word.lower for word in one.words) for one in found}


@pytest.mark.parametrize(
    ("text", "headline"),
    [
        ("What can I do if my card still hasn't arrived?", "card still hasn't arrived"),
        ("My payment was declined at the shop", "payment declined at shop"),
        ("The transfer has failed again", "transfer failed"),
        ("I can't log in to the portal", "can't log in to portal"),
        ("The app does not work", "app does not work"),
        ("The ATM gave me the wrong amount", "atm gave wrong amount"),
        ("How do I change my PIN at an ATM?", "change pin at atm"),
        ("I was charged a fee for using my card abroad", "using card abroad"),
    ],
)
def test_a_headline_leaves_out_articles_and_forms_of_be(text: str, headline: str) -> None:
    assert headline in headlines(text)


@pytest.mark.parametrize(
    ("text", "fragment"),
    [
        ("Why does my payment show twice?", "payment show twice"),
        ("How can my friend send me money?", "friend send money"),
        ("What ATMs use this card?", "atms use card"),
        ("I gave my daughter a second card", "daughter second card"),
        ("After two weeks with automatic routes we stopped", "two weeks with automatic routes"),
        ("Do I have to be in the UK to get a card?", "uk to get card"),
        ("I want to use my card to top up", "card to top up"),
        ("I transferred money a few days ago", "transferred money days"),
        ("I transferred money two days ago", "transferred money two days"),
        ("My card payment's cancelled", "card payment's cancelled"),
        ("Help me get the virtual card working", "virtual card working"),
        ("The app doesn't recognize me", "app doesn't recognize"),
        ("Track the card you sent to me", "track card sent"),
        ("The support is a joke", "support joke"),
        ("Why isn't route planning better?", "isn't route planning"),
        ("The ATM swallowed it", "atm swallowed"),
        ("I received the wrong amount of cash", "amount of cash"),
        ("The money I sent is gone", "money sent"),
    ],
)
def test_a_fragment_is_no_headline(text: str, fragment: str) -> None:
    assert fragment not in headlines(text)


def test_a_german_headline_may_leave_out_what_stands_between() -> None:
    assert "app nicht öffnen" in headlines("Ich kann die App leider nicht öffnen", "de")


@pytest.mark.parametrize(
    ("text", "headline", "fragment"),
    [
        ("Das Internet fällt jeden Abend aus", "internet fällt jeden abend aus", "internet fällt"),
        ("Nach dem Update stürzt die App ab", "update", "update stürzt app ab"),
        ("Der Techniker kam nicht zum Termin", "techniker kam nicht zum termin", "techniker kam"),
    ],
)
def test_a_german_headline_keeps_verb_and_prefix_together(text: str, headline: str, fragment: str) -> None:
    found = headlines(text, "de")
    assert headline in found
    assert fragment not in found


def test_a_window_without_its_negation_is_no_headline() -> None:
    assert not {"arrived", "working"} & headlines("It hasn't arrived and is not working")
