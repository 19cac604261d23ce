"""What a word mostly is, noun or verb, guessed from the words around it in all texts of a language."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from synth.themes.naming.lexicon import BEFORE_VERBS, DETERMINERS, OBJECTS, PREPOSITIONS, Language
from synth.themes.naming.phrases import Speech
from synth.themes.naming.words import Token, is_content, stem

READ = 100  # texts of a group that teach what words are
NOUN = 0.25  # share of uses as a noun from which a word is taken for one
VERB = 0.25  # share of uses as a verb's plain form from which a word is taken for one


@dataclass(frozen=True, slots=True)
class Grammar:
    """Shares of a word's uses: as a noun by its stem, as the plain form of a verb by its spelling.

    A word that is both ('a transfer', 'to transfer') is a verb only by as much as it is one more often.
    """

    nouns: Mapping[str, float] = field(default_factory=dict)
    verbs: Mapping[str, float] = field(default_factory=dict)

    def is_noun(self, stem: str) -> bool:
        return self.nouns.get(stem, 0.0) >= NOUN

    def is_verb(self, lower: str) -> bool:
        return self.verbs.get(lower, 0.0) >= VERB


def learn_grammar(speeches: Sequence[Speech]) -> dict[Language, Grammar]:
    """By language: a noun ends what an article or preposition opens, a verb follows 'to', 'can' or 'please'."""
    return {
        language: _learn(language, [speech for speech in speeches if speech.language == language])
        for language in sorted({speech.language for speech in speeches})
    }


def _learn(language: Language, speeches: Sequence[Speech]) -> Grammar:
    uses: Counter[str] = Counter()
    heads: Counter[str] = Counter()
    verbs: Counter[str] = Counter()
    for clause in _clauses(speeches):
        opened = False
        for place, token in enumerate(clause):
            if not is_content(token):
                opened = token.lower in DETERMINERS[language] or (token.role == "inner" and token.lower in PREPOSITIONS)
                continue
            uses[token.lower] += 1
            after = clause[place + 1] if place + 1 < len(clause) else None
            # What has an object behind it is no noun: 'the ATM gave | me'.
            heads[token.lower] += opened and (after is None or not (is_content(after) or after.lower in OBJECTS))
            before = clause[place - 1].lower if place else ""
            verbs[token.lower] += (before in BEFORE_VERBS) - (before in DETERMINERS[language])
    plain = {word: count / uses[word] for word, count in verbs.items() if count > 0}
    return Grammar(_share_by_stem(heads, uses, language), plain)


def _clauses(speeches: Sequence[Speech]) -> Iterator[Sequence[Token]]:
    return (clause for speech in speeches for text in speech.clauses[:READ] for clause in text)


def _share_by_stem(heads: Counter[str], uses: Counter[str], language: Language) -> dict[str, float]:
    part: Counter[str] = Counter()
    whole: Counter[str] = Counter()
    for word, count in uses.items():
        part[stem(word, language)] += heads[word]
        whole[stem(word, language)] += count
    return {key: part[key] / count for key, count in whole.items()}
