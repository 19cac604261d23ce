"""The verbatim gate: nothing is shown as a quote, a claim or a number unless it stands this check.

Every drafter's output passes here: answers, insights and reports alike. A quote must occur in its excerpt character
for character (after Unicode NFC and white space are made alike; never fuzzily); the excerpt must be among the evidence
that was handed out; a number in a claim must be one of the numbers that were computed, or repeat its quote together
with the word it stands beside there, and count no voices. What fails is dropped and counted.
"""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from synth.model import Citation, Claim, Support
from synth.store.excerpts import ExcerptView

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_REPEATED = re.compile(r"“[^”]*”")
_BESIDE = re.compile(r"(?:([^\W\d_]+|[^\w\s])\s*)?(?<![\d.,])(\d+(?:[.,]\d+)*)(?:\s*([^\W\d_]+|[%°$€£]))?")
_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")

# A number that is said to count voices: "41 customers", "900 angry users", "12 % of accounts".
STATED = re.compile(
    r"(\d+(?:[.,]\d+)*)(?:\s*(?:%|percent|prozent))?(?:\s+(?!in\b|on\b|at\b|for\b|per\b)[^\W\d_]+){0,2}?\s+"
    r"(?:people|persons?|customers?|clients?|users?|accounts?|companies|mentions?|reviews?|reviewers?|tickets?"
    r"|respondents?|complaints?|comments?|excerpts?|voices?|teams?|kund(?:en|innen)|nutzer(?:innen)?|leute"
    r"|personen|konten|firmen|nennungen|bewertungen|beschwerden|meldungen)\b",
    re.IGNORECASE,
)


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

    `computed` are sentences our own code wrote from SQL: they pass as they are, and their numbers may be used. What
    they repeat of the question, “in quotation marks”, lends no number to anybody.
    """
    known = {match for sentence in computed for match in _NUMBER.findall(_REPEATED.sub(" ", sentence))}
    known |= {form for number in numbers for form in _forms(number)}
    claims: list[Claim] = []
    rejected = 0
    for draft in drafts:
        cited = [cite(evidence.get(id), quote) for id, quote in dict.fromkeys(draft.quotes)]
        verified = tuple(citation for citation in cited if citation is not None)
        rejected += len(cited) - len(verified)
        if not verified or (draft.text not in computed and not _numbers_known(draft.text, known, verified)):
            rejected += 1
            continue
        counter = cite(evidence.get(draft.counter[0]), draft.counter[1]) if draft.counter else None
        claims.append(Claim(draft.text.strip(), draft.support, verified, counter))
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
    )


def find_verbatim(text: str, quote: str) -> tuple[int, int] | None:
    """Where the quote stands in the text: offsets into the text as it is; None when it does not."""
    wanted = _alike(quote)[0].strip()
    if not wanted:
        return None
    alike, places = _alike(text)
    found = alike.find(wanted)
    if found < 0:
        return None
    return places[found][0], places[found + len(wanted) - 1][1]


def _alike(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The text with composed characters and single blanks, and for each character the span it came from."""
    characters: list[str] = []
    places: list[tuple[int, int]] = []
    for offset, character in enumerate(text):
        shown = " " if character.isspace() else character
        joined = _joined(characters[-1], shown) if characters else None
        if joined is None:
            characters.append(shown)
            places.append((offset, offset + 1))
        else:
            characters[-1] = joined
            places[-1] = (places[-1][0], offset + 1)
    return "".join(characters), places


def _joined(before: str, character: str) -> str | None:
    """The one character both make together: a run of blanks, or a letter with its accent; None when they stay two."""
    if character == " ":
        return " " if before == " " else None
    if not unicodedata.combining(character):
        return None
    composed = unicodedata.normalize("NFC", before + character)
    return composed if len(composed) == 1 else None


def _numbers_known(text: str, known: Collection[str], citations: Sequence[Citation]) -> bool:
    """Every number of the sentence was computed, or stands in one of its quotes."""
    quoted = {match for citation in citations for match in _NUMBER.findall(citation.quote)}
    return all(match in quoted or match in known for match in _NUMBER.findall(text))


def _forms(number: float) -> set[str]:
    """The ways a number may be written: 1234, 1,234, 12.5."""
    if number == int(number):
        return {str(int(number)), f"{int(number):,}"}
    return {f"{number:g}", f"{number:.1f}", f"{number:,.1f}", f"{number:,.2f}"}
