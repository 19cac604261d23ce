"""Cells that are not prose: numbers, ratings, yes and no, languages, names; one style for a whole column."""

import math
import re
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Final, Literal

from synth.intake.tabular.cleaning import clean_line, clean_text
from synth.model import Attribute

Kind = Literal["number", "yes_no", "words"]
_NOTHING: Final = frozenset(("", "na", "n/a", "#n/a", "#na", "nan", "null", "none", "nil", "(null)", "-", "--", "\\n"))
_LONGEST_NOTHING: Final = max(map(len, _NOTHING))
_NOBODY: Final = frozenset(
    (
        "anonymous",
        "anonym",
        "anonymous user",
        "anonymer nutzer",
        "a google user",
        "ein google-nutzer",
        "unknown",
        "guest",
    )
)
_PLAIN: Final = re.compile(r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d{1,3})?")
_RATING: Final = re.compile(
    r"([+-]?\d+(?:[.,]\d+)?)\s*"
    r"(?:$|/\s*\d+$|(?:out of|von|of|sur|de)\s*\d+$|%$|\(|[-–—:]\s|stars?\b|stern(?:e|en)?\b|punkte?\b|points?\b|★|⭐)",
    re.IGNORECASE,
)
_STARS: Final = re.compile(r"([★⭐]\ufe0f?)+[☆✩]*\s*")
_MONEY: Final = re.compile(
    r"(?:[$€£¥]|us\$|usd|eur|gbp|chf)?\s*([+-]?\d[\d.,' \u00a0\u202f]*)\s*(k|m|mio\.?|tsd\.?)?\s*"
    r"(?:[$€£¥]|usd|eur|gbp|chf)?(?:\s*(?:/|per|pro)\s*\w+)?$",
    re.IGNORECASE,
)
_TIMES: Final = {"": 1.0, "k": 1e3, "tsd": 1e3, "m": 1e6, "mio": 1e6}
_YES_NO: Final = {"true": True, "false": False}
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8})*", re.IGNORECASE)
_LANGUAGES: Final = {
    **dict.fromkeys(("english", "englisch", "anglais", "inglés"), "en"),
    **dict.fromkeys(("german", "deutsch", "allemand", "alemán"), "de"),
    **dict.fromkeys(("french", "französisch", "français"), "fr"),
    **dict.fromkeys(("spanish", "spanisch", "español"), "es"),
    **dict.fromkeys(("italian", "italienisch", "italiano"), "it"),
    **dict.fromkeys(("portuguese", "portugiesisch", "português"), "pt"),
    **dict.fromkeys(("dutch", "niederländisch", "nederlands"), "nl"),
    "polish": "pl",
    "turkish": "tr",
    "russian": "ru",
    "japanese": "ja",
    "chinese": "zh",
    "korean": "ko",
    "arabic": "ar",
}


@dataclass(frozen=True, slots=True)
class NumberStyle:
    """Which sign is the decimal one in a column of numbers."""

    decimal: Literal[".", ","] = "."


def is_empty(value: object) -> bool:
    """Whether a cell says nothing: blank, or one of the words exports write for that."""
    if value is None:
        return True
    if isinstance(value, float):
        return math.isnan(value)
    if not isinstance(value, str):
        return False
    bare = value.strip()
    return len(bare) <= _LONGEST_NOTHING and bare.casefold() in _NOTHING


def choose_kind(values: Sequence[object]) -> Kind:
    """What a whole column without empty cells holds; long digit strings and leading zeros are codes, not numbers."""
    if values and all(read_yes_no(value) is not None for value in values):
        return "yes_no"
    if values and all(_is_number(value) for value in values):
        return "number"
    return "words"


def read_attribute(value: object, kind: Kind) -> Attribute:
    """The value of a column of that kind; a cell that does not fit its column stays what is written there."""
    if kind == "yes_no" and (answer := read_yes_no(value)) is not None:
        return answer
    if kind == "number" and _is_number(value):
        return float(str(value))
    return write_cell(value)


def write_cell(value: object) -> str:
    """What stands in a cell, as text a person would recognise."""
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 2**53:
        return str(int(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ")
    return str(value)


@lru_cache(maxsize=4096, typed=True)
def write_line(value: Hashable) -> str:
    """What stands in a cell, on one line."""
    return clean_line(write_cell(value))


def read_yes_no(value: object) -> bool | None:
    """True and False, also as words."""
    if isinstance(value, bool):
        return value
    return _YES_NO.get(value.strip().casefold()) if isinstance(value, str) else None


@lru_cache(maxsize=4096, typed=True)
def read_rating(value: Hashable) -> float | None:
    """4, 4.5, 4,5, 4/5, 4 stars, ★★★★☆, 10 - extremely likely: the number on its own scale, else None."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(float(value))
    text = str(value).strip()
    if _STARS.fullmatch(text):
        return float(sum(text.count(star) for star in "★⭐"))
    match = _RATING.match(text)
    return float(match[1].replace(",", ".")) if match else None


def choose_number_style(values: Sequence[object]) -> NumberStyle:
    """The decimal sign of a column of amounts: a sign that stands before one, two or four digits, or last of both."""
    for value in values:
        text = str(value)
        last = max(text.rfind("."), text.rfind(","))
        if last < 0 or isinstance(value, int | float):
            continue
        sign, digits = text[last], len(re.match(r"\d*", text[last + 1 :])[0])  # type: ignore[index]
        other = "." if sign == "," else ","
        if (digits != 3 and text.count(sign) == 1) or other in text[:last]:
            return NumberStyle("," if sign == "," else ".")
        if text.count(sign) > 1 or (digits == 3 and sign == "."):
            return NumberStyle("," if sign == "." else ".")
    return NumberStyle()


@lru_cache(maxsize=4096, typed=True)
def read_amount(value: Hashable, style: NumberStyle) -> float | None:
    """An amount of money: $12,000, 12.000 €, 12k, 1.2 Mio; None when it is none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _finite(float(value))
    match = _MONEY.match(str(value).strip())
    if not match:
        return None
    digits = re.sub(r"[' \u00a0\u202f]|" + re.escape("," if style.decimal == "." else "."), "", match[1])
    try:
        return float(digits.replace(",", ".")) * _TIMES[(match[2] or "").casefold().rstrip(".")]
    except ValueError:
        return None


@lru_cache(maxsize=4096, typed=True)
def read_language(value: Hashable) -> str | None:
    """The two- or three-letter code of a language given as code, locale or name; None when it is none of these."""
    text = str(value).strip().casefold()
    if text in _LANGUAGES:
        return _LANGUAGES[text]
    match = _LANGUAGE.fullmatch(text)
    return match[1] if match else None


@lru_cache(maxsize=4096, typed=True)
def read_name(value: Hashable) -> str | None:
    """The name of a person or a company on one line; None for the words that stand for nobody."""
    name = write_line(value)
    return None if not name or name.casefold() in _NOBODY else name


def is_lossy_id(value: object) -> bool:
    """Whether a spreadsheet has rounded this id (5.70306E+17), so that it no longer names one thing."""
    if isinstance(value, float):
        return not value.is_integer() or abs(value) >= 1e15
    return bool(re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+\d+", str(value).strip()))


def _is_number(value: object) -> bool:
    if isinstance(value, bool):
        return False
    if isinstance(value, int | float):
        return _finite(float(value)) is not None
    if not isinstance(value, str):
        return False
    text = value.strip()
    if not _PLAIN.fullmatch(text) or len(text) > 15:
        return False
    return not re.match(r"[+-]?0\d", text) and _finite(float(text)) is not None


def _finite(number: float) -> float | None:
    return number if math.isfinite(number) else None
