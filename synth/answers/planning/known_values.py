"""The values of a vocabulary under every spelling a question may use, and how sure a spelling alone makes one."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from synth.answers.planning.phrasing import TEXTS, compile_words, fold, fold_word, word_set

Tier = Literal["name", "plain", "code", "part"]

LONGEST: Final = 8  # words of a spelling
PRIORITY: Final = ("source", "segment", "plan", "account", "theme", "kind", "language", "person")
KEY_WORDS: Final[Mapping[str, str]] = {
    "source": r"sources?|channels?|quellen?|kan[äa]len?|kanal",
    "segment": r"segments?|segmenten?|tiers?|kundensegmente?",
    "plan": r"plans?|pl[äa]nen?|tiers?|subscriptions?|tarife?n?|abos?|pakete?n?|editions?|packages?",
    "account": r"accounts?|compan(?:y|ies)|firmen?|unternehmen|kunde|customer|konto",
    "person": r"persons?|user|author|participant|interviewee|customer|nutzer|kunde|teilnehmer",
    "language": r"languages?|sprachen?",
    "kind": r"kinds?|art",
    "theme": r"themes?|thema|themen|topics?",
}
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "english|englisch\\w*",
    "de": "german|deutsch\\w*",
    "fr": "french|franz[öo]sisch\\w*",
    "es": "spanish|spanisch\\w*",
    "it": "italian|italienisch\\w*",
    "pt": "portuguese|portugiesisch\\w*",
    "nl": "dutch|niederl[äa]ndisch\\w*|holl[äa]ndisch\\w*",
    "pl": "polish|polnisch\\w*",
    "sv": "swedish|schwedisch\\w*",
    "da": "danish|d[äa]nisch\\w*",
    "fi": "finnish|finnisch\\w*",
    "no": "norwegian|norwegisch\\w*",
    "cs": "czech|tschechisch\\w*",
    "tr": "turkish|t[üu]rkisch\\w*",
    "ru": "russian|russisch\\w*",
    "uk": "ukrainian|ukrainisch\\w*",
    "ar": "arabic|arabisch\\w*",
    "ja": "japanese|japanisch\\w*",
    "ko": "korean|koreanisch\\w*",
    "zh": "chinese|chinesisch\\w*",
    "hi": "hindi",
}
_TRUTHS: Final = frozenset(("yes", "no", "true", "false", "1", "0", "1.0", "0.0"))
_PLAIN: Final = frozenset(
    fold(word)
    for word in word_set(
        """
    a all an and any as at be by for from in is it may me my new no none not of off on one or other our out so some
    the to up us we what who why yes you true false unknown null na misc general default test other others else both
    main email mail chat phone call voice sms text message web website site app apps mobile desktop online store
    shop portal api support sales marketing success service community forum blog news social media form import
    upload export csv research study feedback survey ticket review comment post interview note transcript tweet
    response answer question complaint conversation team teams business basic free pro plus premium standard starter
    enterprise professional personal individual home office small medium large mid big high low middle market
    startup growth scale trial paid monthly annual yearly lite core essential advanced ultimate unlimited family
    student education nonprofit government public private partner internal external active inactive open closed
    pending done won lost beta admin owner manager user agent member guest technician dispatcher male female man
    woman young old north south east west central first second third last next bug feature request issue problem
    praise billing login account payment shipping delivery price pricing performance design quality speed security
    booking travel food room seat staff crew cabin luggage flight delay refund cancel onboarding setup integration
    sync photo invoice calendar report notification route customer client people positive negative neutral red green
    blue black white gold silver bronze summer winter spring day week month year monday friday will mark grace rose
    hope faith joy may june april august art bill frank grant rich drew jack pat dawn summit spark flow klein mittel
    gross ja nein alle andere kunde kunden nutzer firma team laden support verkauf vertrieb umfrage anruf brief neu
    alt frei basis gratis kostenlos privat geschäft bewertung rezension forum gemeinschaft
    """
    )
)
_COMMON: Final = frozenset(
    fold(word)
    for word in word_set(
        """
    about above after again because been before being below between could does doing during each every from have
    having here how many more most much often only over same say said should since some such than that their them
    then there these they this those through under until very were what when where which while will with without
    would your people compare complain complaint customer user mention different share percentage number increase
    decrease trend example quote show give lost late great leute menschen personen welche welcher welches warum
    wieso wie viele zwischen haben sagen schreiben über unter nach seit beschwerden beschweren vergleich anzahl
    anteil beispiele zitate problem probleme
    """
    )
)
_LEGAL: Final = re.compile(
    r"[,\s]+(?:inc|llc|ltd|gmbh|co|corp|corporation|ag|kg|limited|company|plc|sa|bv|ug|e\.?k)\.?$", re.IGNORECASE
)
_BRACKET: Final = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*")
_IN_BRACKET: Final = re.compile(r"[(\[]([^()\[\]]+)[)\]]")
_EXTENSION: Final = re.compile(r"\.(?:csv|jsonl?|xlsx?|txt|md|tsv|docx?|pdf|vtt|srt)$", re.IGNORECASE)
_DASH: Final = re.compile(r"\s+[-–—|/:]\s+|:\s+")
_TEXTS_ALONE: Final = compile_words(TEXTS + r"\Z")
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[_\-.\s]+")


@dataclass(frozen=True, slots=True)
class Known:
    """One value under one spelling.

    A `name` is told by its spelling alone, a `plain` word only by what stands around it, a `code` (a number, yes, two
    letters) only beside the word for its key, a `part` (a surname, a company without its trade, US) in its capitals.
    """

    key: str
    value: str
    spelling: str
    tier: Tier


@dataclass(frozen=True, slots=True)
class Spelled:
    """The values of one key, and all their spellings by their folded form."""

    occurring: tuple[str, ...]
    index: Mapping[str, Sequence[Known]]


def spell(key: str, occurring: tuple[str, ...], before: Spelled | None = None) -> Spelled:
    """The spellings of a key's values; where there are more of them than `before`, only those that came are spelled.

    Both ways give the same: of tens of thousands of people, a few come with each file.
    """
    if before is not None and before.occurring == occurring:
        return before
    if before is None or not _grew(key, before.occurring, occurring):
        return Spelled(occurring, _index(key, occurring, _spell_truth(key, occurring)))
    known = frozenset(before.occurring)
    came = _index(key, [value for value in occurring if value not in known], ())
    return Spelled(occurring, _joined(before.index, came, occurring))


def _grew(key: str, before: Sequence[str], occurring: Sequence[str]) -> bool:
    """Whether values only came, and no spelling ('churned' for churned=yes) hangs on which others there are."""
    truths = any(True for values in (before, occurring) for _ in _spell_truth(key, values))
    return not truths and frozenset(before).issubset(occurring)


def _index(key: str, values: Iterable[str], truths: Iterable[tuple[str, str]]) -> dict[str, Sequence[Known]]:
    index: dict[str, list[Known]] = defaultdict(list)
    for phrase, truth in truths:
        index[fold(phrase)].append(Known(key, truth, phrase, "plain"))
    for value in values:
        for spelling, tier in _spell(key, value):
            index[fold(spelling)].append(Known(key, value, spelling, tier))
    return {**index}


def _joined(
    index: Mapping[str, Sequence[Known]], came: Mapping[str, Sequence[Known]], occurring: Sequence[str]
) -> dict[str, Sequence[Known]]:
    """Both, and what is spelled alike in both in the order in which the values occur."""
    place = {value: number for number, value in enumerate(occurring)}
    alike = {
        folded: sorted([*index[folded], *came[folded]], key=lambda each: place[each.value])
        for folded in came.keys() & index.keys()
    }
    return {**index, **came, **alike}


def index_values(spelled: Iterable[Spelled], themes: Mapping[str, str]) -> Mapping[str, Sequence[Known]]:
    """All spellings of the values of several keys by their folded form; `themes` are names by id."""
    index: dict[str, Sequence[Known]] = {}
    named: dict[str, list[Known]] = defaultdict(list)
    for theme, name in themes.items():
        named[fold(name)].append(Known("theme", theme, name, "code"))
    for each in (*(of_key.index for of_key in spelled), named):
        for folded, known in each.items():
            index[folded] = [*index[folded], *known] if folded in index else known
    index.pop("", None)
    return index


def key_words(key: str) -> str:
    """Alternatives for a regular expression: the words that name a key, 'beta_user' and 'betaUser' as 'beta user'."""
    if key in KEY_WORDS:
        return KEY_WORDS[key]
    parts = [re.escape(part) for part in _CAMEL.split(key) if part]
    return r"[\s_-]?".join(parts) + "s?" if parts else r"\Z\A"


def is_ordinary(word: str) -> bool:
    """Whether a folded word is too common to be a misspelt value."""
    return len(word) < 3 or word in _PLAIN or word in _COMMON


def _spell_truth(key: str, values: Sequence[str]) -> Iterator[tuple[str, str]]:
    """'churned' for churned=yes, where an attribute is only ever yes or no."""
    truths = [value for value in values if value.casefold() in ("yes", "true", "1", "1.0")]
    if truths and all(value.casefold() in _TRUTHS for value in values):
        yield " ".join(part for part in _CAMEL.split(key) if part), truths[0]


def _spell(key: str, value: str) -> Iterator[tuple[str, Tier]]:
    tier = rate(value)
    yield value, tier
    if tier == "code" or len(value) == 2:
        return
    if "(" in value or "[" in value or "." in value:
        for shorter in {_EXTENSION.sub("", value), _BRACKET.sub(" ", value).strip()} - {value, ""}:
            yield shorter, rate(shorter)
    if key == "source":
        yield from _spell_source(value)
    elif key == "account":
        yield from _spell_account(value)
    elif key == "person":
        words = value.split()
        yield from ((word, "part") for word in {words[0], words[-1]} if len(words) > 1 and len(word) > 2)


def _spell_source(value: str) -> Iterator[tuple[str, Tier]]:
    """'Zoom (iOS)' also by 'iOS', 'Store - Reviews' by its parts, 'app reviews' and 'NPS survey' by their last word."""
    parts = [*_IN_BRACKET.findall(value), *(_DASH.split(value) if _DASH.search(value) else ())]
    yield from ((part, "plain") for part in parts if part.strip())
    words = [word for word in re.split(r"[\s_-]+", _EXTENSION.sub("", value)) if word]
    if len(words) > 1 and _TEXTS_ALONE.match(words[-1]):
        yield words[-1], "plain"


def _spell_account(value: str) -> Iterator[tuple[str, Tier]]:
    bare = _LEGAL.sub("", value)
    if bare != value:
        yield bare, rate(bare)
    words = bare.split()
    if len(words) > 1 and len(words[0]) > 3:
        yield words[0], "part"


def rate(spelling: str) -> Tier:
    """How sure this spelling makes its value, wherever it stands."""
    words = re.findall(r"[^\W_]+", spelling)
    if len(spelling) == 2 and spelling.isalpha() and spelling.isupper() and spelling != "NO":
        return "part"
    if len(spelling) < 3 or not any(len(word) > 1 and not word.isdigit() for word in words):
        return "code"
    if fold(spelling) in ("yes", "true", "false", "none", "null", "unknown", "nein"):
        return "code"
    return "plain" if all(word.isdigit() or fold_word(word) in _PLAIN for word in words) else "name"
