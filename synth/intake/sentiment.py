"""How a text sounds: VADER (Hutto and Gilbert 2014) for English words, the rating where words cannot tell."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

MOST = 5_000  # characters; VADER's time grows faster than the text


def read_sentiment(text: str, language: str | None, rating: float | None = None) -> float | None:
    """From -1 (negative) to 1 (positive); None for a text in another language without a rating.

    A rating counts as half the verdict where there is one: 1–5 are read as stars, 0–10 as a recommendation score.
    """
    words = float(_analyser().polarity_scores(text[:MOST])["compound"]) if language in (None, "en") else None
    stars = None if rating is None else _from_rating(rating)
    if words is None or stars is None:
        return stars if words is None else words
    return (words + stars) / 2


def _from_rating(rating: float) -> float | None:
    if 1 <= rating <= 5:
        return (rating - 3) / 2
    if 0 <= rating <= 10:
        return max(-1.0, min(1.0, (rating - 7.5) / 2.5))
    return None


@cache
def _analyser() -> "SentimentIntensityAnalyzer":
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    return SentimentIntensityAnalyzer()
