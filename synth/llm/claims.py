"""Checking what a model claims before the gate does: its quotes, its quantities, and whose words it uses.

The gate decides what is shown. This comes before it because a sentence can pass the gate on a true quote and still say
something else: here a claim is kept only when its own words come from its quotes, the question or the computed facts.
"""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from synth.gate import Draft, find_verbatim, gate
from synth.intake.sentences import sentences
from synth.llm.prompting import Material
from synth.llm.reply import WrittenClaim, WrittenQuote, WrittenReply, one_line
from synth.store.excerpts import ExcerptView
from synth.support import judge
from synth.suspicion import is_suspicious, orders
from synth.words import read_words
from synth.words.framing import FRAMING

MOST = 8  # claims of one reply
LEAST_WORDS = 2  # that carry a claim
GROUNDED = 0.6  # of a claim's own words that must occur in what its quotes tell
ALIKE = 0.8  # overlap of words from which two sentences say the same
LEAST_QUOTE = 12  # characters, or the whole excerpt: less than this stands in any text
LONGEST_QUOTE = 320  # characters a quote is widened to at most

LINK = re.compile(r"://|www\.|\]\(|</?[a-z!]|`|\w@\w|(?<![\w.])[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}(?![\w.])", re.IGNORECASE)
_REPEATED = re.compile(r"“([^”“]*)[”“]|„([^“”]*)[“”]|\"([^\"]*)\"|«([^»]*)»|»([^«]*)«")
_CLOSING = " \"'”’)"
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_WORD = re.compile(r"[^\W\d_]+")
_UNSPACED = re.compile(r"[\u2e80-\u9fff\uac00-\ud7af\u0e00-\u0e7f]")  # scripts that put no blanks between words

Cited = tuple[str, str]  # id of an excerpt, and a passage of it


@dataclass(frozen=True, slots=True)
class Checked:
    """The drafts that may go to the gate, how many claims and quotes were dropped, and why the first ones were."""

    drafts: tuple[Draft, ...]
    refused: int
    problems: tuple[str, ...]


def check_claims(reply: WrittenReply, material: Material, question: str) -> Checked:
    """Keep what stands; a claim that says what was said before is left out without a word."""
    drafts: list[Draft] = []
    problems: list[str] = []
    refused = 0
    said = [_words(lead) for lead in material.leads]
    for number, claim in enumerate(reply.claims[:MOST], start=1):
        cited, unfit = _cite(claim.quotes, material.excerpts)
        refused += len(unfit)
        draft, objection = _draft(claim, cited, material, question)
        if draft is None:
            refused += 1
            problems.append(f"claim {number}: {'; '.join([*dict.fromkeys(unfit), objection])}")
        elif not any(_overlap(_words(draft.text), other) >= ALIKE for other in said):
            said.append(_words(draft.text))
            drafts.append(draft)
    return Checked(tuple(drafts), refused, tuple(problems))


def _cite(quotes: Sequence[WrittenQuote], excerpts: Mapping[str, ExcerptView]) -> tuple[list[Cited], list[str]]:
    """The quotes that stand in the excerpts they name, widened to sentences; and what is wrong with the rest."""
    cited: list[Cited] = []
    unfit: list[str] = []
    for quote in quotes:
        excerpt = excerpts.get(quote.excerpt_id)
        place = find_verbatim(excerpt.text, quote.quote) if excerpt else None
        if excerpt is None:
            unfit.append("it cites an id that is not in EVIDENCE")
        elif place is None:
            unfit.append("a quote does not stand in its excerpt character for character")
        elif place[1] - place[0] < min(LEAST_QUOTE, len(excerpt.text.strip())):
            unfit.append("a quote is too short to show anything")
        else:
            cited.append((excerpt.id, _widened(excerpt.text, *place)))
    return list(dict.fromkeys(cited)), unfit


def _widened(text: str, start: int, end: int) -> str:
    """The sentences a quote lies in, so that no "not" is left outside; whole words only, where those are too long."""
    touched = [span for span in sentences(text) if span[0] < end and start < span[1]]
    if touched and touched[-1][1] - touched[0][0] <= LONGEST_QUOTE:
        return text[touched[0][0] : touched[-1][1]]
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while end < len(text) and text[end].isalnum() and text[end - 1].isalnum():
        end += 1
    return text[start:end].strip()


def _draft(claim: WrittenClaim, cited: Sequence[Cited], material: Material, question: str) -> tuple[Draft | None, str]:
    """The draft of a claim, or what speaks against it."""
    if not cited:
        return None, "no quote is left"
    text = one_line(claim.text)
    if text is None or LINK.search(text):
        return None, "its text holds a link, markup or invisible characters"
    quotes = [quote for _, quote in cited]
    if not _repeats_truly(text, [*quotes, question, *material.leads]):
        return None, "its text puts words in quotation marks that were not said"
    if is_suspicious(text) or _asks(text) or sum(word.carries for word in read_words(text)) < LEAST_WORDS:
        return None, "it tells nothing: it is a question, an order to its reader, or a phrase"
    told = [sentence for quote in quotes for sentence in _telling(quote)]
    if not told or judge(text, told, lent=[question, *material.leads]).coverage < GROUNDED:
        return None, "it says what its quotes do not tell; use their words"
    draft = Draft(text, tuple(cited))
    evidence = {excerpt.id: excerpt for excerpt in material.excerpts.values()}
    if not gate([draft], evidence, computed=material.leads, numbers=material.numbers).claims:
        return None, "it says a number or a quantity that is not in FACTS"
    return draft, ""


def _telling(quote: str) -> list[str]:
    """The sentences of a quote that tell something: what only asks or orders shows nothing to be so."""
    if orders(quote):
        return []
    each = [quote[start:end] for start, end in sentences(quote)]
    return [sentence for sentence in each if not _asks(sentence) and not orders(sentence)]


def _asks(sentence: str) -> bool:
    return sentence.rstrip(_CLOSING).endswith("?")


def _repeats_truly(text: str, sources: Iterable[str]) -> bool:
    repeated = [next(filter(None, match), "") for match in _REPEATED.findall(text)]
    return all(any(find_verbatim(source, part.strip(" .,;:!?")) for source in sources) for part in repeated if part)


def grounded(text: str, sources: Iterable[str]) -> float:
    """The share of a claim's own words that occur in the sources, by their first letters."""
    own = _words(text)
    return len(own & _words(" ".join(sources))) / len(own) if own else 0.0


def _words(text: str) -> set[str]:
    """The words that carry a sentence, cut to five letters; pairs of characters where no blanks are used."""
    found: set[str] = set()
    for word in _WORD.findall(text.casefold()):
        if _UNSPACED.search(word):
            found.update(word[place : place + 2] for place in range(len(word) - 1))
        elif len(word) > 3 and word not in FRAMING:
            found.add(word[:5])
    return found


def _overlap(left: Collection[str], right: Collection[str]) -> float:
    both, either = set(left) & set(right), set(left) | set(right)
    return len(both) / len(either) if either else 0.0
