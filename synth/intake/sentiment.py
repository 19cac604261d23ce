"""How a text sounds: VADER (Hutto and Gilbert 2014) for English words, the rating where words cannot tell.

VADER was made for talk among people. In feedback, "please help" and "thanks for nothing" come with complaints, and
"it keeps freezing" holds no bad word: courtesies are taken out of its list, and the words for what products and
services do wrong are put in. Against people's labels this halves what is wrongly counted as praise; the figures stand
in decision 0029.
"""

import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

MOST = 5_000  # characters; VADER's time grows faster than the text
ASKED = 0.5  # of its praise that a text which ends in a question keeps

_COURTESIES = """
please pls plz help helped helping helps hope hoped hopefully hopes hoping wish wished wishes wishing like want
wanted wants yes yeah yep sure ok okay ready care share shared sharing save saved accept accepted agree agreed interest
interested credit credits number join joined solution solutions solve solved certain certainly true well thx kindly dear
trust important confirm secure security safe safety assure ensure approve approved gain matter matters champion engage
"""
_FAULTS: dict[float, str] = {
    -2.4: "unusable uninstall uninstalled uninstalling scam unacceptable ripoff garbage pathetic worst horrible "
    "terrible",
    -1.8: "buggy laggy glitchy unreliable unresponsive overpriced overcharged stuck stranded outage useless ignored "
    "unhelpful understaffed disconnected clunky bloated freezes freezing froze crashes crashing crashed crash",
    -1.4: "bug bugs slow slower sluggish lag lags lagging glitch glitches delay delays delayed cancelled canceled "
    "cancellation late waiting waited refund refunds unable broken broke breaks error errors lost missing duplicate "
    "duplicates incorrect unfortunately downgrade loses hangs hung overbooked underwhelming confusing",
}
FAILS = re.compile(
    r"\b(?:can(?:no|')?t|can not|could(?:n'?t| not)|wo(?:n'?t|uld not|uldn'?t)|will not|does(?:n'?t| not)"
    r"|did(?:n'?t| not)|is(?:n'?t| not)|not|never|no longer|stopped|fail(?:s|ed)? to)"
    r"(?:\s+(?:even|really|seem to|be able to|able to))?\s+"
    r"(?:work|working|works|worked|load|loading|open|connect|respond|responding|answer|sign|log|get|find|use|hear|see"
    r"|reach|join|sync|syncing|update|updating|save|show|let|allow|arrive|arrived|respond(?:ed)?|show(?:ing)? up)\b",
    re.IGNORECASE,
)
_FAULT = " notworking "  # stands in for each failure: VADER turns around the weight of what follows a "not"


def read_sentiment(text: str, language: str | None, rating: float | None = None) -> float | None:
    """From -1 (negative) to 1 (positive); None for a text in another language without a rating.

    A rating counts as half the verdict where there is one: 1–5 are read as stars, 0–10 as a recommendation score.
    """
    words = _from_words(text[:MOST]) if language in (None, "en") else None
    stars = None if rating is None else _from_rating(rating)
    if words is None or stars is None:
        return stars if words is None else words
    return (words + stars) / 2


def _from_words(text: str) -> float:
    plain = FAILS.sub(_FAULT, text.replace("’", "'"))
    compound = float(_analyser().polarity_scores(plain)["compound"])
    return compound * ASKED if compound > 0 and text.rstrip().endswith("?") else compound


def _from_rating(rating: float) -> float | None:
    if 1 <= rating <= 5:
        return (rating - 3) / 2
    if 0 <= rating <= 10:
        return max(-1.0, min(1.0, (rating - 7.5) / 2.5))
    return None


@cache
def _analyser() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyser = SentimentIntensityAnalyzer()
    for word in _COURTESIES.split():
        analyser.lexicon.pop(word, None)
    for weight, words in _FAULTS.items():
        analyser.lexicon.update(dict.fromkeys(words.split(), weight))
    analyser.lexicon[_FAULT.strip()] = -1.8
    return analyser
