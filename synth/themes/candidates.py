"""Phrases of a group's members that could name it: the content core of their clauses, in their words and order.

From "What can I do if my card still hasn't arrived?" comes "card still hasn't arrived": the clause without what a
headline leaves out (pronouns, articles, auxiliaries, opening fillers), and each window of at most six words of it that
begins and ends well. A window that would drop a negation, and so turn the statement round, is no candidate.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from synth.themes.words import Language, Token, ends_well, stem

LONGEST = 6  # words of a name
HEADLINE_STYLE = frozenset(("en", "de"))  # languages in which a headline drops articles between its words
TAILS = frozenset("issue issues problem problems help".split())  # fillers that may end an English name
_VERB_FORM = re.compile(
    r".{2,}(?:ed|ing)|gone|come|been|shown?|sent|works?|go|accept|get|use|there|went|let|arrive|appear|update|available"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible name: its words as written, the stems of its content, and how whole it is."""

    words: tuple[Token, ...]
    stems: frozenset[str]
    gaps: int  # words left out between its words
    opens: bool  # it begins where its clause begins
    closes: bool  # it ends where its clause ends
    member: int  # index of the text it comes from

    @property
    def whole(self) -> float:
        """1 for a whole clause without gaps, less for a piece of one."""
        return 0.5 * self.opens + 0.5 * self.closes - 0.15 * self.gaps


def find_candidates(clauses: Iterable[Sequence[Token]], member: int, language: Language) -> Iterator[Candidate]:
    """All windows of one to six words of the clauses' cores that could stand as a name."""
    for clause in clauses:
        core = _core(_right_order(clause, language), language)
        for start in range(len(core)):
            for end in range(start + 1, min(start + LONGEST, len(core)) + 1):
                if _stands(core, start, end):
                    yield _candidate(core, start, end, member, language)


_Placed = tuple[int, Token]  # position in the clause, word


def _right_order(clause: Sequence[Token], language: Language) -> Sequence[Token]:
    """"Hasn't my card arrived" as the statement "my card hasn't arrived"; empty where no verb tells how."""
    if language != "en":
        return clause
    first = next((i for i, word in enumerate(clause) if word.lower not in ("why", "how", "and", "so")), None)
    if first is None or not clause[first].lower.endswith(("n't", "nt")) or clause[first].role != "negation":
        return clause
    if first + 1 < len(clause) and clause[first + 1].lower in ("i", "we", "you", "they", "it", "he", "she"):
        return clause
    for place in range(first + 2, len(clause)):
        if _VERB_FORM.fullmatch(clause[place].lower):
            return [*clause[:first], *clause[first + 1 : place], clause[first], *clause[place:]]
    return clause if first == 0 else []


def _core(clause: Sequence[Token], language: Language) -> list[_Placed]:
    placed = list(enumerate(clause))
    if language in HEADLINE_STYLE:
        placed = [(i, word) for i, word in placed if word.role != "idle" or _supports_negation(clause, i)]
    while placed and placed[0][1].role in ("idle", "filler", "inner", "particle"):
        placed = placed[1:]
    while placed and placed[-1][1].role in ("idle", "inner", "negation") or (placed and not _may_end(placed)):
        placed = placed[:-1]
    return placed


def _supports_negation(clause: Sequence[Token], place: int) -> bool:
    """'does' of 'does not work', 'can' of 'can not log in': without it the negation does not read."""
    following = clause[place + 1].lower if place + 1 < len(clause) else ""
    return following in ("not", "never") and clause[place].lower in ("do", "does", "did", "can", "will", "could", "would")


def _may_end(placed: Sequence[_Placed]) -> bool:
    words = [word for _, word in placed]
    return ends_well(words) or (words[-1].lower in TAILS and len(words) > 1)


def _stands(core: Sequence[_Placed], start: int, end: int) -> bool:
    first = core[start][1]
    if first.role in ("inner", "particle", "idle", "filler", "number") and not _is_auxiliary(core, start, end):
        return False
    if start and (core[start - 1][1].role == "negation" or core[start - 1][1].lower == "too"):
        return False
    window = core[start:end]
    return _may_end(window) and any(word.role == "content" for _, word in window)


def _is_auxiliary(core: Sequence[_Placed], start: int, end: int) -> bool:
    return core[start][1].role == "idle" and start + 1 < end and core[start + 1][1].role == "negation"


def _candidate(core: Sequence[_Placed], start: int, end: int, member: int, language: Language) -> Candidate:
    window = core[start:end]
    places = [place for place, _ in window]
    return Candidate(
        words=tuple(word for _, word in window),
        stems=frozenset(stem(word.lower, language) for _, word in window if word.role in ("content", "negation")),
        gaps=sum(1 for here, there in zip(places, places[1:], strict=False) if there != here + 1),
        opens=start == 0,
        closes=end == len(core),
        member=member,
    )
