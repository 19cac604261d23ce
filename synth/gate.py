"""The verbatim gate: nothing is shown as a quote, a claim or a number unless it stands this check.

Every drafter's output passes here: answers, insights and reports alike. A quote must occur in its excerpt character
for character (after Unicode NFC and white space are made alike; never fuzzily); the excerpt must be among the evidence
that was handed out; an amount in a claim, in digits or in
words, must be one of the numbers that were computed, or repeat its quote together with the word it stands beside there,
and count no voices. What fails is dropped and counted; what passes and was not
computed is checked against its quotes and labelled (`synth.support`), whatever its drafter says of it.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from synth.model import Citation, Claim, Support
from synth.store.excerpts import ExcerptView
from synth.support import judge
from synth.words.amounts import amounts, beside, disguised, voices_counted

_REPEATED = re.compile(r"“[^”]*”")


@dataclass(frozen=True, slots=True)
class Draft:
    """A claim as a drafter wrote it: a sentence, and (excerpt id, quote) pairs that are to back it."""

    text: str
    quotes: tuple[tuple[str, str], ...]
    support: Support = "not checked"
    counter: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Gated:
    """What passed, and how many claims and quotes did not."""

    claims: tuple[Claim, ...]
    rejected: int


def gate(
    drafts: Sequence[Draft],
    evidence: Mapping[str, ExcerptView],
    *,
    computed: Collection[str] = (),
    numbers: Collection[float] = (),
) -> Gated:
    """The claims whose quotes are verbatim and whose numbers were computed, with offsets into their documents.

    `computed` are sentences our own code wrote from SQL: they pass as they are, and their numbers may be used. Where it
    maps a sentence to ids of excerpts, only these can back it. What they repeat of the question, “in quotation marks”,
    lends no number to anybody.
    """
    known = {number for sentence in computed for number in amounts(_REPEATED.sub(" ", sentence))}
    known |= {form for number in numbers for form in _forms(number)}
    claims: list[Claim] = []
    rejected = 0
    for draft in drafts:
        verified = _verify(draft, evidence, computed)
        rejected += len(dict.fromkeys(draft.quotes)) - len(verified)
        if not verified or (
            draft.text not in computed
            and not _amounts_known(draft.text, known, [citation.quote for citation in verified])
        ):
            rejected += 1
            continue
        counter = cite(evidence.get(draft.counter[0]), draft.counter[1]) if draft.counter else None
        rejected += draft.counter is not None and counter is None
        claims.append(Claim(draft.text.strip(), _support(draft, verified, computed), verified, counter))
    return Gated(tuple(claims), rejected)


def cite(excerpt: ExcerptView | None, quote: str) -> Citation | None:
    """The citation of a quote, or None when it does not stand in the excerpt word for word."""
    place = find_verbatim(excerpt.text, quote) if excerpt else None
    if excerpt is None or place is None:
        return None
    start, end = place
    return Citation(
        excerpt_id=excerpt.id,
        document_id=excerpt.document_id,
        external_id=excerpt.external_id,
        source=excerpt.source,
        quote=excerpt.text[start:end],
        start=excerpt.start + start,
        end=excerpt.start + end,
        speaker=excerpt.speaker,
        person=excerpt.person,
        created_at=excerpt.created_at,
        suspicious=excerpt.suspicious,
    )


def find_verbatim(text: str, quote: str) -> tuple[int, int] | None:
    """Where the quote stands in the text: offsets into the text as it is; None when it does not."""
    bare = quote.strip()
    exact = text.find(bare)
    if bare and exact >= 0 and not _is_joined(text, exact) and not _is_joined(text, exact + len(bare)):
        return exact, exact + len(bare)
    wanted = _alike(bare)[0]
    alike, places = _alike(text)
    found = alike.find(wanted) if wanted else -1
    while found >= 0:
        start, end = places[found][0], places[found + len(wanted) - 1][1]
        if _alike(text[start:end])[0] == wanted:
            return start, end
        found = alike.find(wanted, found + 1)
    return None


def _verify(draft: Draft, evidence: Mapping[str, ExcerptView], computed: Collection[str]) -> tuple[Citation, ...]:
    """The citations of those quotes that are verbatim, and that may back the sentence.

    A computed one is backed by the excerpts that show it, any other by excerpts that are not suspicious.
    """
    fitting = computed.get(draft.text) if isinstance(computed, Mapping) else None
    cited = (
        cite(evidence.get(excerpt), quote)
        for excerpt, quote in dict.fromkeys(draft.quotes)
        if fitting is None or excerpt in fitting
    )
    return tuple(
        citation
        for citation in cited
        if citation is not None and (draft.text in computed or citation.suspicious is None)
    )


def _support(draft: Draft, verified: Sequence[Citation], computed: Collection[str]) -> Support:
    """Of a computed sentence what its drafter says; any other is checked against its quotes."""
    if draft.text in computed:
        return draft.support
    return judge(draft.text, [citation.quote for citation in verified], lent=tuple(computed)).label


def _alike(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with composed characters and single blanks, and for each character the span it came from."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    start = 0
    for end in range(1, len(text) + 1):
        if _is_joined(text, end):
            continue
        shown = " " if text[start].isspace() else unicodedata.normalize("NFC", text[start:end])
        characters.extend(shown)
        places.extend([(start, end)] * len(shown))
        start = end
    return "".join(characters), places


def _is_joined(text: str, place: int) -> bool:
    """True when the characters before and after the place are one: a run of blanks, or a letter with its accent."""
    if not 0 < place < len(text):
        return False
    before, after = text[place - 1], text[place]
    if before.isspace() or after.isspace():
        return before.isspace() and after.isspace()
    if after.isascii():
        return False
    near = unicodedata.normalize("NFC", text[max(0, place - 2) : place])
    return unicodedata.combining(after) != 0 or len(unicodedata.normalize("NFC", near + after)) <= len(near)


def amounts_known(text: str, numbers: Collection[float], quotes: Sequence[str]) -> bool:
    """Whether every amount of a sentence, in digits or words, is one of the numbers or is repeated from a quote."""
    return _amounts_known(text, {form for number in numbers for form in _forms(number)}, quotes)


def _amounts_known(text: str, known: Collection[str], quotes: Sequence[str]) -> bool:
    """Every amount of the sentence, in digits or words, was computed, or is repeated from a quote and counts no voices.

    An amount is repeated when the word before or after it is the one beside it in the quote: "stuck at 99 %" may be
    said again, and lends its 99 to nothing else. A word of mixed alphabets could hide an amount from this check.
    """
    said = {word for quote in quotes for word in disguised(quote)}
    if not disguised(text) <= said or any(amount not in known for amount in voices_counted(text)):
        return False
    quoted = {pair for quote in quotes for pairs in beside(quote) for pair in pairs[1:]}
    return all(pairs[0][0] in known or not quoted.isdisjoint(pairs) for pairs in beside(text))


def _forms(number: float) -> set[str]:
    """The ways a number may be written, thousands unseparated: 1234, 12.5, 12.50."""
    if number == int(number):
        return {str(int(number))}
    return {f"{number:g}", f"{number:.1f}", f"{number:.2f}"}
