"""How words are shown: their usual spelling, the names that run through all groups, and the sentence worth quoting."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from synth.themes.naming.lexicon import SWEARING, Language
from synth.themes.naming.phrases import Speech
from synth.themes.naming.words import Token, stem

READ = 100  # texts of a group that teach how words are written
ACRONYM = 0.25  # share of capital spellings from which a word is written in capitals
WIDESPREAD = 0.6  # share of groups from which a name says nothing about any of them
NOTICEABLE = 0.02  # share of a group's texts from which a name counts as present
OFTEN_NAMED = 0.2  # share of a group's texts from which a name belongs to what the group says
FEWEST_GROUPS = 4  # below this nothing can be called widespread
LONGEST_QUOTE = 160  # characters
_HANDLE = re.compile(r"(?<!\w)@(\w{2,})")
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?]+(?!\s|$)[^.!?\n]+)*[.!?]*")


@dataclass(frozen=True, slots=True)
class Casing:
    """The usual spelling of words inside a sentence, by their lower-case form, and which of them are names."""

    spellings: Mapping[str, str]
    names: frozenset[str]

    def spell(self, token: Token) -> str:
        return self.spellings.get(token.lower, token.lower)

    def spell_phrase(self, phrase: str) -> str:
        """The same for a phrase of lower-case words."""
        return " ".join(self.spellings.get(word, word) for word in phrase.split())


def learn_casing(speeches: Sequence[Speech]) -> dict[Language, Casing]:
    """By language, how each word is written where no sentence begins; shouted texts teach nothing."""
    return {
        language: _learn(language, [speech for speech in speeches if speech.language == language])
        for language in sorted({speech.language for speech in speeches})
    }


def _learn(language: Language, speeches: Iterable[Speech]) -> Casing:
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in (text for speech in speeches for text in speech.clauses[:READ] if not _is_shouted(text)):
        for token in (token for clause in text for token in clause if not token.first):
            forms[token.lower][token.text] += 1
    spellings = {lower: _usual(counts) for lower, counts in forms.items()}
    names = {lower for lower, spelling in spellings.items() if spelling[:1].isupper() and language != "de"}
    return Casing(spellings, frozenset(names))


def find_passing_names(
    texts: Sequence[Sequence[str]], speeches: Sequence[Speech], casings: Mapping[Language, Casing]
) -> frozenset[str]:
    """Stems of the names that carry no contrast: addressed accounts (@handles), and names met in most groups."""
    handles = Counter(handle.lower() for group in texts for text in group for handle in _HANDLE.findall(text))
    known = [handle for handle, count in handles.items() if count > 1]
    names = frozenset(name for casing in casings.values() for name in casing.names)
    passing = {name for name in names if len(name) > 3 and any(handle.startswith(name) for handle in known)}
    passing.update(known)
    if len(speeches) >= FEWEST_GROUPS:
        passing.update(name for name in names if _is_widespread(name, speeches))
    return frozenset(stem(name, speech.language) for speech in speeches for name in passing)


def find_asides(speech: Speech, casing: Casing) -> frozenset[str]:
    """Stems of the names that only some of a group's texts mention: whom they met, where they were."""
    stems = {name: stem(name, speech.language) for name in casing.names}
    return frozenset(key for key in stems.values() if 0 < speech.share((key,)) < OFTEN_NAMED)


def write_name(words: Sequence[Token], casing: Casing) -> str:
    """The words as a headline: usual spellings, the first letter a capital unless the word has its own ('iPhone')."""
    spelled = [casing.spell(word) for word in words]
    return capitalise(" ".join(spelled))


def capitalise(phrase: str) -> str:
    """The phrase with a capital first letter, unless its first word has capitals of its own inside."""
    first = phrase.split(" ", 1)[0]
    return phrase if first[1:] != first[1:].lower() else phrase[:1].upper() + phrase[1:]


def quote_sentence(text: str, worth: Callable[[str], float]) -> str:
    """The sentence of the text worth most, verbatim, cut at a word's end with '…' where it is long."""
    sentences = [match.group().strip() for match in _SENTENCE.finditer(text)]
    clean = [s for s in sentences if not SWEARING.search(s)] or sentences or [text.strip()]
    best = max(clean, key=worth)
    if len(best) > LONGEST_QUOTE:
        return best[:LONGEST_QUOTE].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"
    return best.removesuffix(".")


def _usual(counts: Counter[str]) -> str:
    total = counts.total()
    for form, count in counts.most_common():
        if form.isupper() and len(form) > 1 and count >= ACRONYM * total and not form[0].isdigit():
            return form
    return max(counts, key=lambda form: (counts[form], form.lower() == form, form))


def _is_shouted(text: Sequence[Sequence[Token]]) -> bool:
    words = [token.text for clause in text for token in clause if len(token.text) > 1]
    return len(words) > 2 and sum(word.isupper() for word in words) > len(words) / 2


def _is_widespread(name: str, speeches: Sequence[Speech]) -> bool:
    present = sum(speech.share((stem(name, speech.language),)) >= NOTICEABLE for speech in speeches)
    return present >= WIDESPREAD * len(speeches)
