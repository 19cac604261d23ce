"""Words of a question that nothing near it says: what tells a neighbouring subject from the one that was meant.

Meaning alone brings something up for every question. Texts on the same subject in other words are many or very near;
where they are few and not near, a name they lack, or a word that the whole store lacks, is what was asked about.
"""

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy.orm import Session

from synth.answers.planning.phrasing import is_german, word_set
from synth.store.fulltext import search_words

SURE: Final = 0.60  # cosine from which a text speaks about the subject whatever its words
LIKELY: Final = 0.50  # below it, a word that is nowhere decides, however many texts are near
LONE: Final = 3  # texts near at most, where hardly any is
STEM: Final = 5  # letters that two forms of a word have in common

_WORD: Final = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LISTS: Final = re.compile(r",|\b(?:and|or|und|oder)\b", re.IGNORECASE)
_SMALL: Final = word_set(
    """
    a an and any all are as at be being been but by can could did do does for from had has have how i if in into is it
    its just like more most much many my new no not of off on or our out over so some than that the their them there
    these they this those to too under up us very was we were what when where which while who why will with without
    won't would you your latest current recent old big small good bad really when during between about using use used
    der die das den dem des ein eine einen einem einer und oder nicht kein keine mit von vom zum zur für im in am an
    auf aus bei beim nach über unter neue neuen neuer ist sind war waren
    """
)


def few(excerpts: int) -> int:
    """So many near excerpts of a store are too few to show that a subject is talked about in other words."""
    return max(10, excerpts // 1000)


def missing_words(
    session: Session, workspace: str, about: str, texts: Sequence[str], *, best: float, rare: bool, lone: bool = False
) -> tuple[str, ...]:
    """What `about` asks for and nothing in the store speaks of; `texts` are the nearest, `best` their best cosine.

    `rare` says that few texts are near, `lone` that hardly any is: then one that shares a word of several is a chance
    meeting ('Garage' for a parking garage). Empty when the texts can be taken to speak about it.
    """
    if best >= SURE or not (rare or best < LIKELY):
        return ()
    words = telling_words(about)
    lower = [text.casefold() for text in texts]
    absent = [word for word in words if not any(_stem(word) in text for text in lower)]
    names = _names(about, words) if rare else []
    missing = [word for word in absent if word in names or not search_words(session, workspace, word, 1)]
    if not missing and len(names) > 1 and not _LISTS.search(about) and not _together(names, lower):
        return (about,)
    if not missing and lone and len(words) > 1 and not _LISTS.search(about) and not _together(words, lower):
        return (about,)
    return tuple(dict.fromkeys(missing))


def telling_words(about: str) -> list[str]:
    """The words that say what it is about, without the small ones that hold a sentence together."""
    return [word for word in _WORD.findall(about) if word.casefold() not in _SMALL]


def _stem(word: str) -> str:
    return word.casefold()[:STEM]


def _names(about: str, words: Sequence[str]) -> list[str]:
    """The capitalised words, where not all are, and capitals tell something; abbreviations are no names."""
    names = [word for word in words if word[0].isupper() and not word.isupper()]
    everything = len(names) == len(words) > 3
    return [] if everything or is_german(about) else names


def _together(names: Sequence[str], texts: Sequence[str]) -> bool:
    return any(all(_stem(name) in text for name in names) for text in texts)
