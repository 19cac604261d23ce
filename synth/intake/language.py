"""Which language a text is in, where it is long enough to tell: py3langid (Barbaresi; after Lui and Baldwin 2012)."""

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

NAMES = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian", "id": "Indonesian",
    "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian", "pl": "Polish",
    "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
MIN_LETTERS = 20
MIN_PROBABILITY = 0.8


def detect_language(text: str) -> str | None:
    """The ISO 639-1 code of the text's language; None where it is too short or the guess is not sure."""
    if sum(character.isalpha() for character in text[:200]) < MIN_LETTERS:
        return None
    code, probability = _identifier().classify(text[:2000])
    return str(code) if probability >= MIN_PROBABILITY else None


@cache
def _identifier() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
