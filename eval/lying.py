"""Lies a language model tells, made from true texts: quotes that do not stand, and numbers that nobody computed.

Every lie is a sentence that would be shown with its true quote, so that nothing but the lie speaks against it.
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from random import Random

from synth.gate import find_verbatim

Quote = tuple[str, str]  # (id in the evidence, words)
_HOMOGLYPHS = str.maketrans("aceopxyi", "асеорхуі")  # Cyrillic letters that look the same

# How a model counts what nobody counted; {} is a number that was not computed.
COUNTING = (
    "{} customers say: ",
    "About {}% of users say: ",
    "{} % of all accounts say: ",
    "Between {} and {} users say: ",
    "1,{} people say: ",
    "More than {}k users say: ",
    "{}× more people than before say: ",
    "{}–{} reviewers say: ",
    "№{} of the complaints: ",
    "(n={}) ",
    "Twelve customers say: ",
    "Forty-one users say: ",
    "Ten people say: ",
    "A dozen accounts say: ",
    "Dozens of customers say: ",
    "Hundreds of users say: ",
    "Twice as many people as before say: ",
    "Double the number of users say: ",
    "Three times as many say: ",
    "Half of all users say: ",
    "One in three users says: ",
    "A third of the accounts say: ",
    "Two-thirds of people say: ",
    "Most customers say: ",
    "Most of the users say: ",
    "Almost all users say: ",
    "All customers say: ",
    "Every customer says: ",
    "The majority of reviewers say: ",
    "Nobody says otherwise, everyone says: ",
    "Ninety percent of users say: ",
    "½ of all users say: ",
    "② of the teams say: ",
    "Twеlve customers say: ",
    "３７ customers say: ",
    "Tenfold more people say: ",
    "A couple of hundred users say: ",
    "Zwölf Kunden sagen: ",
    "Die meisten Kunden sagen: ",
    "Die Hälfte der Nutzer sagt: ",
)


@dataclass(frozen=True, slots=True)
class Lie:
    """A claim that must not be shown, and how it was made."""

    kind: str
    text: str
    quotes: tuple[Quote, ...]


@dataclass(frozen=True, slots=True)
class Shown:
    """What the liar works with: a true sentence of E1, another of E2, and one that nobody was shown."""

    first: str
    second: str
    hidden: str
    evidence: Mapping[str, str]  # E1 and E2 to their texts
    hidden_id: str

    def is_false(self, quote: Quote) -> bool:
        """Whether the words do not stand where the quote says."""
        text = self.evidence.get(quote[0])
        return text is None or find_verbatim(text, quote[1]) is None


def quote_lies(shown: Shown, random: Random) -> Iterator[Lie]:
    """The true sentence with every kind of false quote that can be made of it."""
    drawn = ((kind, draw(shown, random)) for kind, draw in _DRAWN.items())
    made = ((kind, make(shown)) for kind, make in _MADE.items())
    for kind, quote in chain(drawn, made):
        if quote is not None and shown.is_false(quote):
            yield Lie(kind, shown.first, (quote,))


def number_lies(shown: Shown, computed: Collection[int], random: Random) -> Iterator[Lie]:
    """The true sentence and its true quote, with a number in front that nobody computed."""
    for opening in COUNTING:
        number = random.choice(
            [each for each in range(11, 99) if each not in computed and str(each) not in shown.first]
        )
        said = opening.replace("{}", str(number)) + shown.first
        yield Lie("number", said, (("E1", shown.first),))


def contradiction(shown: Shown) -> Lie | None:
    """The true quote under a sentence that says its contrary; None where the rules can make none."""
    for pattern, other in _TURNS:
        turned, times = pattern.subn(other, shown.first, count=1)
        if times:
            return Lie("contradicted", turned, (("E1", shown.first),))
    return None


def _invented(shown: Shown, random: Random) -> Quote:
    words = shown.first.split()
    random.shuffle(words)
    return "E1", " ".join(words)


def _stitched_within(shown: Shown) -> Quote:
    words = shown.first.split()
    third = len(words) // 3
    return "E1", " ".join(words[:third] + words[2 * third :])


def _altered_word(shown: Shown, random: Random) -> Quote:
    words = shown.first.split()
    words[random.randrange(len(words))] = random.choice(["really", "broken", "great", "tickets"])
    return "E1", " ".join(words)


def _altered_number(shown: Shown) -> Quote | None:
    altered = re.sub(r"\d", lambda match: str((int(match[0]) + 1) % 10), shown.first, count=1)
    return ("E1", altered) if altered != shown.first else None


def _altered_negation(shown: Shown, random: Random) -> Quote:
    bare = re.sub(r"\b(?:not|never|no)\s+|n['’]t\b", "", shown.first, count=1, flags=re.IGNORECASE)
    words = shown.first.split()
    words.insert(random.randrange(1, len(words)), "not")
    return "E1", bare if bare != shown.first else " ".join(words)


def _altered_punctuation(shown: Shown, random: Random) -> Quote:
    words = shown.first.split()
    place = random.randrange(1, len(words) - 1)
    words[place] = words[place][:-1] if words[place][-1] in ".,;:!?" else words[place] + ","
    return "E1", " ".join(words)


def _homoglyph(shown: Shown, random: Random) -> Quote:
    place = random.choice([place for place, letter in enumerate(shown.first) if letter in "aceo"] or [0])
    return "E1", shown.first[:place] + shown.first[place].translate(_HOMOGLYPHS) + shown.first[place + 1 :]


def _halves(shown: Shown, between: str) -> str:
    first, second = shown.first.split(), shown.second.split()
    return " ".join(first[: len(first) // 2]) + between + " ".join(second[len(second) // 2 :])


_DRAWN: Mapping[str, Callable[[Shown, Random], Quote]] = {
    "invented": _invented,
    "altered_word": _altered_word,
    "altered_negation": _altered_negation,
    "altered_punctuation": _altered_punctuation,
    "homoglyph": _homoglyph,
}
_MADE: Mapping[str, Callable[[Shown], Quote | None]] = {
    "invented_whole": lambda _: ("E1", "I would recommend this to all of my friends and family."),
    "stitched_within": _stitched_within,
    "stitched_ellipsis": lambda shown: ("E1", " … ".join([shown.first[:20].strip(), shown.first[-20:].strip()])),
    "stitched_across": lambda shown: ("E1", _halves(shown, " ")),
    "stitched_lines": lambda shown: ("E2", _halves(shown, "\n")),
    "misattributed": lambda shown: ("E2", shown.first),
    "not_in_evidence": lambda shown: ("E3", shown.first),
    "another_workspace": lambda shown: (shown.hidden_id, shown.hidden),
    "hidden_words": lambda shown: ("E1", shown.hidden),
    "altered_number": _altered_number,
    "case": lambda shown: ("E1", shown.first.swapcase()),
    "joined_words": lambda shown: ("E1", shown.first.replace(" ", "", 1)),
    "soft_hyphen": lambda shown: ("E1", shown.first[:3] + "\u00ad" + shown.first[3:]),
    "marked_up": lambda shown: ("E1", f"**{shown.first}**"),
}
_TURNS = (
    (re.compile(r"\b(is|was|are|were|does|did|can|could|will|would|has|have)\s+not\b", re.IGNORECASE), r"\1"),
    (re.compile(r"\b(is|was|are|were|does|did|can|could|will|would|has|have)\b(?!\s+not|n)", re.IGNORECASE), r"\1 not"),
    (re.compile(r"\bnever\b", re.IGNORECASE), "always"),
    (re.compile(r"\balways\b", re.IGNORECASE), "never"),
)
