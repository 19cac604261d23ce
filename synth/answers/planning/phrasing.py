"""The words questions are made of, English and German: nouns for people, companies and what they wrote, and tidy text.

The constants are alternatives for regular expressions that ignore case; they hold no capturing groups.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final

from synth.words.patterns import pattern


def word_set(text: str) -> frozenset[str]:
    """The words of a list that is written as text."""
    return frozenset(text.split())


_CUSTOMERS: Final = r"customers?(?!\s+(?:service|support|care|success|relations|experience)\b)"
PEOPLE: Final = (
    rf"(?:people|ppl|persons?|(?:end[- ])?users?|{_CUSTOMERS}|clients?|consumers?|travell?ers?|passengers?|flyers?"
    r"|guests?|reviewers?|respondents?|participants?|interviewees?|members?|subscribers?|visitors?|buyers?|shoppers?|everyone"
    r"|everybody|anyone|anybody|someone|somebody|folks|authors?|voices"
    r"|leuten?|menschen|personen|person|nutzer(?:n|innen|in)?|benutzer(?:n|innen|in)?|anwender(?:n|innen|in)?"
    r"|kund(?:en|e|innen|in)|kundschaft|reisenden?|passagieren?|fahrg[äa]sten?|g[äa]sten?|teilnehmer(?:n|innen)?"
    r"|befragten?|mitglieder[n]?|abonnenten|verfasser[n]?|autoren|stimmen)"
)
ACCOUNTS: Final = (
    r"(?:accounts?|compan(?:y|ies)|organi[sz]ations?|organisations|business(?:es)?|firms?|firmen?|unternehmen"
    r"|betrieben?"
    r"|konten|konto|gesch[äa]ftskunden|organisationen)"
)
TEXTS: Final = (
    r"(?:tweets?|messages?|reviews?|mentions?|tickets?|comments?|posts?|responses?|answers?|replies|reply|notes?"
    r"|e-?mails?|chats?|conversations?|documents?|entries|entry|submissions?|feedbacks?|surveys?|interviews?"
    r"|calls?|transcripts?|excerpts?|statements?|pieces of feedback|bug reports?|app reviews?|threads?"
    r"|nachrichten|nachricht|bewertungen|bewertung|rezensionen|rezension|erw[äa]hnungen|erw[äa]hnung|kommentaren?"
    r"|beitr[äa]gen?|beitrag|antworten|antwort|r[üu]ckmeldungen|r[üu]ckmeldung|meldungen|umfragen?|gespr[äa]chen?"
    r"|anrufen?|eintr[äa]gen?|texten?|[äa]u[ßs]+erungen|anfragen?)"
)
COMPLAINTS: Final = r"(?:complaints?|beschwerden?|klagen|beanstandungen)"
DETERMINERS: Final = (
    r"(?:the|our|all|any|my|your|their|a|an|of|some|most|many|other|those|these|this|that|different|distinct|unique"
    r"|individual|separate|der|die|das|den|dem|des|unsere[rnms]?|unser|alle[nr]?|einige[nr]?|viele[nr]?|manche"
    r"|andere[nr]?|verschiedene[nr]?|unterschiedliche[nr]?|eine[rnms]?|ein|von|vom)"
)
MODIFIERS: Final = r"(?:support|customer|app[- ]?store|play[- ]?store|app|online|user|client|product|public)"
AND: Final = r"(?:,|/|&|\bvs\.?|\b(?:and|or|versus|und|oder|gegen(?:über)?|than|als|nor|to|mit|with)\b)"

_GERMAN: Final = word_set(
    """
    der die das den dem des ein eine einen einem einer und oder nicht kein keine ist sind war waren wird werden
    wurde wurden haben hat hatte sich auch über für mit von vom zum zur bei beim nach seit aus im am als wie viele
    wer was warum wieso weshalb welche welcher welches wann wo worüber unsere unserer uns wir sie es gibt gab sagen
    sagt schreiben kunden nutzer leute zwischen bis letzte letzten letzter letztes diese dieser dieses diesem
    vergleiche zeige anteil anzahl häufig häufigsten beispiele zitate mehr weniger
    """
)
_ENGLISH: Final = word_set(
    """
    the a an and or not is are were did do does have has had what which who why how many much about of from with for
    to on by since between people customers users say said we our us there any most more show give me this that last
    week month compare they it be been get got than when where
    """
)
_WORD: Final = re.compile(r"[^\W\d_]+")
PARTS: Final = re.compile(r"[^\W_]+")
_QUOTES: Final = str.maketrans(
    {"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"'}
)


def compile_words(written: str) -> re.Pattern[str]:
    """The pattern, ignoring case; compiled when it is first used."""
    return pattern(written, re.IGNORECASE)


def tidy(question: str) -> str:
    """The question in one line, composed characters, plain quotation marks and spaces, no control characters."""
    composed = unicodedata.normalize("NFC", question).translate(_QUOTES)
    visible = "".join(" " if unicodedata.category(char)[0] in "ZC" else char for char in composed)
    return " ".join(visible.split())


@lru_cache(maxsize=256)
def is_german(question: str) -> bool:
    """Whether more of its small words are German than English."""
    words = [word.casefold() for word in _WORD.findall(question)]
    return sum(word in _GERMAN for word in words) > sum(word in _ENGLISH for word in words)


def fold(text: str) -> str:
    """The key under which spellings meet: letters and digits only, no case, no accents, words in the singular."""
    if text.isalnum():
        return fold_word(text)
    return "".join([fold_word(part) for part in PARTS.findall(text)])


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """One word without case, accents and a plural s."""
    plain = word.casefold()
    if not plain.isascii():
        plain = "".join(char for char in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(char))
    if len(plain) < 5 or not plain.endswith("s") or plain.endswith(("ss", "us", "is")):
        return plain
    return plain[:-3] + "y" if plain.endswith("ies") and len(plain) > 5 else plain[:-1]
