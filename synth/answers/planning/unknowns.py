"""What a question filters by and the store does not have: attributes, values, ratings, languages, impossible dates."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from synth.answers.planning.days import MONTHS
from synth.answers.planning.known_values import LANGUAGES, PRIORITY, key_words
from synth.answers.planning.phrasing import ACCOUNTS, PEOPLE, TEXTS, compile_words
from synth.answers.planning.vocabulary import Vocabulary
from synth.model import Condition

_ATTRIBUTES: Final = (
    r"countr(?:y|ies)|regions?|cit(?:y|ies)|states?|continents?|age(?:\s+groups?)?|gender|sex|income|industr(?:y|ies)"
    r"|sectors?|roles?|departments?|devices?|platforms?"
    r"|browsers?|operating\s+systems?|versions?|languages?|segments?|plans?|tiers?|categor(?:y|ies)|companysizes?"
    r"|company\s+size|job\s+titles?|territor(?:y|ies)|markets?"
    r"|länder[n]?|land|regionen|region|städten?|stadt|bundesländer[n]?|alter|altersgruppen?|geschlecht|branchen?"
    r"|geräten?|gerät|plattformen?|sprachen?|segmenten?|tarifen?|rollen?|versionen"
)
_BY: Final = compile_words(
    rf"\b(?:(?:broken\s+down|split|grouped)\s+)?(?:by|per|across|nach|pro"
    rf"|je)\s+(?:the\s+)?(?P<name>{_ATTRIBUTES})\b(?!\s+\d)"
)
_COUNTRIES: Final = (
    "Argentina|Australia|Austria|Belgium|Brazil|Britain|Bulgaria|Canada|Chile|China|Colombia|Croatia|Czechia|Denmark"
    "|Egypt|England|Estonia|Finland|France|Germany|Greece|Hungary|India"
    "|Indonesia|Ireland|Israel|Italy|Japan|Kenya|Korea|Latvia|Lithuania|Luxembourg|Malaysia|Mexico|Netherlands"
    "|New Zealand|Nigeria|Norway|Pakistan|Peru|Philippines|Poland"
    "|Portugal|Romania|Russia|Saudi Arabia|Scotland|Serbia|Singapore|Slovakia|Slovenia|South Africa|South Korea|Spain"
    "|Sweden|Switzerland|Taiwan|Thailand|Turkey|Ukraine"
    "|United Kingdom|United States|Vietnam|Wales|Europe|Asia|Africa|North America|South America|Latin America|APAC"
    "|EMEA|DACH|LATAM|UK|USA|EU"
    "|Belgien|Brasilien|Dänemark|Deutschland|Frankreich|Griechenland|Großbritannien|Indien|Irland|Italien|Kanada"
    "|Mexiko|Niederlande|Niederlanden|Norwegen|Österreich|Polen"
    "|Alabama|Alaska|Arizona|Arkansas|California|Colorado|Connecticut|Florida|Hawaii|Idaho|Illinois|Indiana|Iowa"
    "|Kansas|Kentucky"
    "|Louisiana|Maryland|Massachusetts|Michigan|Minnesota|Mississippi|Missouri|Montana|Nebraska|Nevada|New Hampshire"
    "|New Jersey"
    "|New Mexico|New York|North Carolina|Ohio|Oklahoma|Oregon|Pennsylvania|South Carolina|Tennessee|Texas|Utah"
    "|Vermont|Virginia"
    "|Wisconsin|Wyoming|Bavaria|Bayern|Hessen|Sachsen|Nordrhein-Westfalen|Ontario|Quebec"
    "|Rumänien|Russland|Schweden|Schweiz|Spanien|Tschechien|Türkei|Ungarn|Europa|Asien|Afrika|Amerika"
)
_IN_COUNTRY: Final = compile_words(
    rf"(?:(?P<noun>(?:{PEOPLE}|{ACCOUNTS}|{TEXTS})\s+)(?:living\s+|based\s+)?|\s)(?:in|from|aus)\s+(?:the\s+|der\s+"
    rf"|den\s+)?(?P<name>{_COUNTRIES})\b(?P<end>\W*$)?"
)
_OF_KEY: Final = (
    r"\b(?:on|in|from|with|of|using|im|in|mit|aus|auf|des|vom|der)\s+(?:the\s+|our\s+|a\s+|dem\s+|den\s+"
    r"|der\s+)?(?P<name>(?!(?:same|current|new|old|annual|monthly|yearly|different|other|any|each"
    r"|every|which|what|their|your|our|my|the|this|that|a|an|some|all|paid|pricing|payment|floor|seating|action"
    r"|project|data|test|his|her|its|dem|den|der|neuen|alten|anderen|diesem|jedem"
    rf"|next|last|first|selected|best|right|wrong|no)\b)[\w+&.-]+)[\s-]+(?P<key>{{keys}})\b(?!\s+(?:{PEOPLE}|page"
    rf"|change|changes|limit))"
)
_KEY_FIRST: Final = (
    r"\b(?:on|in|from|with|of|im|mit|aus|auf)\s+(?:the\s+)?(?P<key>{keys})\s+[\"']?(?P<name>[A-Z][\w+&.-]*)"
)
_TIERS: Final = compile_words(
    r"\b(?P<name>(?:enterprise|smb|small\s+business|corporate|business(?=\s+(?:customer|account|client))"
    r"|mid-?\s?market|premium|free(?:\s+tier)?|paid|paying|trial|vip|starter|pro|basic|platinum|gold|silver|freemium"
    r"|key|strategic|geschäfts|großkunden|privat|premium-?)"
    r"[\s-]*(?:customers?|users?|clients?|accounts?|subscribers|kunden|nutzern?))\b"
)
_DEMOGRAPHIC: Final = compile_words(
    rf"\b(?P<name>(?:female|male|women|men|elderly|teenage|weibliche[nr]?|männliche[nr]?)\s+{PEOPLE}"
    rf"|{PEOPLE}\s+(?:(?:who\s+are\s+)?(?:over|under|older\s+than|younger\s+than|aged|über"
    rf"|unter)\s+\d+(?:\s+years?(?:\s+old)?|\s+jahren?)?))\b"
)
_LANGUAGE: Final = "|".join(f"(?P<{code}>{names})" for code, names in LANGUAGES.items())
_LANGUAGES: Final = compile_words(
    rf"\b(?:(?:{_LANGUAGE})(?:-(?:language|speaking)|\s+(?:language|speaking)|sprachige[nr]?)?(?=[\s-]+(?:{TEXTS})\b))"
)
_LANGUAGE_AFTER: Final = compile_words(
    rf"\b(?:{TEXTS}(?:\s+(?:is|are|was|were|sind))?|say|said|write|written|wrote|posted|sagen|schreiben|verfasst|geschrieben)\s+(?:in"
    rf"|auf)\s+(?P<span>{_LANGUAGE})\b"
)
_SPEAKING: Final = compile_words(rf"\b(?:{_LANGUAGE})(?:-speaking|\s+speaking|-?sprachige[nr]?)\b")
_RESEARCH: Final = compile_words(
    r"(?:\b(?:in|from|of|do|did|across|aus|der)\s+(?:(?:the|our|all|user|customer|research"
    r"|den)\s+)*(?P<name>(?:research\s+)?interviews?|research|user\s+studies|transcripts)\b)"
)
_NOT_COMPARED: Final = ("theme", "person", "kind", "account")
_NO_DATE: Final = compile_words(
    r"\b\d{1,2}(?:\.|st|nd|rd|th)?\s+(?:of\s+)?(?:"
    + "|".join(name for name in MONTHS if len(name) > 3)
    + r")\b(?:,?\s+\d{4})?"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A part of the question, `text[start:end]`: conditions it stands for, or the name the store does not have."""

    start: int
    end: int
    conditions: tuple[Condition, ...] = ()
    unknown: str | None = None
    key: str | None = None  # set when all values of a key are asked for, one by one


def find_languages(text: str, vocabulary: Vocabulary) -> tuple[Mention, ...]:
    """The languages that texts are asked for in: 'German reviews', 'written in French', 'deutschsprachige Kunden'."""
    occurring = vocabulary.values.get("language", ())
    found: list[Mention] = []
    for pattern in (_LANGUAGE_AFTER, _SPEAKING, _LANGUAGES):
        for match in pattern.finditer(text):
            code = next(code for code in LANGUAGES if match[code])
            start, end = match.span("span") if "span" in pattern.groupindex else match.span()
            values = [value for value in occurring if _is_language(value, code)]
            said = match[code]
            conditions = tuple(Condition("language", value) for value in values)
            if not any(start < other.end and other.start < end for other in found):
                found.append(Mention(start, end, conditions, None if values else said))
    return tuple(sorted(found, key=lambda mention: mention.start))


def _is_language(value: str, code: str) -> bool:
    return value.casefold()[:3].rstrip("-_") == code or bool(re.fullmatch(LANGUAGES[code], value, re.IGNORECASE))


def find_kind(text: str, vocabulary: Vocabulary) -> tuple[Mention, ...]:
    """Research apart from everyday feedback, where the store has both: 'in the interviews', 'interviewees'."""
    if not {"research", "feedback"} <= set(vocabulary.values.get("kind", ())):
        return ()
    if any(re.search("interview|research", source, re.IGNORECASE) for source in vocabulary.values.get("source", ())):
        return ()
    research = (Condition("kind", "research"),)
    return tuple(Mention(*match.span("name"), research) for match in _RESEARCH.finditer(text))


def find_breakdown(text: str, vocabulary: Vocabulary) -> Mention | None:
    """The key whose values are to be counted one by one: 'by segment', 'per source', 'across plans'."""
    for key in sorted(vocabulary.values, key=lambda key: key not in PRIORITY):
        if key not in _NOT_COMPARED and (match := _one_by_one(key).search(text)):
            return Mention(match.start(), match.end(), key=key)
    return None


@lru_cache(maxsize=512)
def _one_by_one(key: str) -> re.Pattern[str]:
    return compile_words(
        r"\b(?:(?:broken\s+down|split|grouped)\s+)?(?:by|per|across|nach|pro|je)\s+(?:the\s+|den\s+)?"
        rf"(?:{key_words(key)})\b(?!\s+\d)"
    )


def find_unknown(text: str, vocabulary: Vocabulary) -> tuple[Mention, ...]:
    """Filters of the text that nothing in the vocabulary meets; what is known stands in the text as a hole."""
    keys = [key for key in vocabulary.values if key not in ("person", "account", "kind", "language", "theme")]
    found: list[Mention] = []
    for mention in (*_named(text, _patterns(tuple(keys))), *_countries(text)):
        if not any(mention.start < other.end and other.start < mention.end for other in found):
            found.append(mention)
    return tuple(sorted(found, key=lambda mention: mention.start))


@lru_cache(maxsize=64)
def _patterns(keys: tuple[str, ...]) -> tuple[re.Pattern[str], ...]:
    words = "|".join(key_words(key) for key in dict.fromkeys(("segment", "plan", *keys)))
    first = re.compile(_KEY_FIRST.format(keys=f"(?i:{words})"))
    return (_BY, compile_words(_OF_KEY.format(keys=words)), first, _TIERS, _DEMOGRAPHIC, _NO_DATE)


def _named(text: str, patterns: Iterable[re.Pattern[str]]) -> Iterator[Mention]:
    for pattern in patterns:
        for match in pattern.finditer(text):
            named = match.groupdict()
            said = f"{named['name']} {named['key']}" if named.get("key") else named.get("name") or match[0]
            yield Mention(match.start(), match.end(), unknown=said.strip())


def _countries(text: str) -> Iterator[Mention]:
    """Countries after people or texts ('customers in Canada') or at the end; elsewhere they are part of the subject."""
    for match in _IN_COUNTRY.finditer(text):
        if match["noun"] or match["end"] is not None:
            yield Mention(match.start("name"), match.end("name"), unknown=match["name"])
