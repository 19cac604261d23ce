"""Whether an answer is right: one rule for each kind of `expect`.

Every rule returns a verdict with the reason in words, so that a person can see why. An answer with a quote that does
not stand word for word in its document is wrong, whatever else it says.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eval.folders import Question
from synth.errors import BadInput
from synth.model import Answer, Citation, Filters

LEAST_CITED = 3  # documents that evidence must stand on
_DIRECTIONS = {
    "up": r"up|rose|risen|rising|increas\w*|grew|grown|growing",
    "down": r"down|fell|fallen|falling|decreas\w*|declin\w*|dropp\w*|shrank",
    "flat": r"flat|no (?:clear )?change|unchanged|not changed|steady|stable",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """Right or wrong, and why."""

    right: bool
    why: str


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What an answer is checked against: texts and hidden fields by external id, and the documents of a theme."""

    texts: Mapping[str, str]  # by document id
    truth: Mapping[str, Mapping[str, Any]]  # by external id
    theme_documents: Callable[[str, Filters], Sequence[str]]  # external ids


def judge(answer: Answer, question: Question, known: Knowledge) -> Verdict:
    """The verdict on one answer; raises BadInput for a kind of expectation there is not."""
    kind = question.expect.get("kind", "")
    if kind not in _RULES:
        raise BadInput(f"Question {question.id} expects '{kind}'; the kinds are {', '.join(_RULES)}.")
    invented = [citation.quote for citation in citations(answer) if not is_verbatim(citation, known.texts)]
    if invented:
        return Verdict(False, f"a quote is not in its document: “{invented[0]}”")
    if kind != "abstain" and answer.status == "abstained":
        return Verdict(False, f"abstained: {answer.reason}")
    return _RULES[kind](answer, question.expect, known)


def citations(answer: Answer) -> list[Citation]:
    """Every quote an answer shows."""
    backing = [citation for claim in answer.claims for citation in claim.citations]
    against = [claim.counter for claim in answer.claims if claim.counter]
    return [*backing, *against, *answer.nearest]


def is_verbatim(citation: Citation, texts: Mapping[str, str]) -> bool:
    """Whether the quote stands in its document at its offsets."""
    return bool(citation.quote) and texts.get(citation.document_id, "")[citation.start : citation.end] == citation.quote


def _count(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    del known
    counts = [(count.value, count.unit) for count in answer.counts]
    right = any((value, expect["unit"]) in counts for value in expect["any_of"])
    said = ", ".join(f"{value:g} {unit}" for value, unit in counts) or "nothing"
    return Verdict(right, f"counted {said}; right is {_either(expect['any_of'])} {expect['unit']}")


def _evidence_label(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    carried = {key: labels_of(known.truth.get(key, {}), expect.get("field", "label")) for key in _cited(answer)}
    fitting = {key for key, labels in carried.items() if labels.intersection(expect["any_of"])}
    seen = Counter(label for labels in carried.values() for label in labels)
    return _precise(carried, fitting, expect, f"labels cited: {_tally(seen)}")


def _evidence_pattern(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    pattern = re.compile(expect["pattern"], re.IGNORECASE)
    documents = {c.external_id or c.document_id: c.document_id for claim in answer.claims for c in claim.citations}
    fitting = {key for key, document in documents.items() if pattern.search(known.texts.get(document, ""))}
    return _precise(documents, fitting, expect, f"the pattern is {expect['pattern']}")


def _choice(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    del known
    named = first_named(_first_claim(answer), expect["options"])
    return Verdict(named == expect["value"], f"named {named or 'none of them'} first; right is {expect['value']}")


def _direction(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    del known
    said = read_direction(_first_claim(answer))
    return Verdict(said == expect["value"], f"said {said or 'no direction'}; right is {expect['value']}")


def _top_label(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    if not answer.themes:
        return Verdict(False, "no theme was named")
    first = _first_theme(answer)
    field = expect.get("field", "label")
    documents = known.theme_documents(first.id, answer.plan.filters)
    seen = Counter(label for key in documents for label in labels_of(known.truth.get(key, {}), field))
    top = seen.most_common(1)[0][0] if seen else "nothing"
    return Verdict(top == expect["value"], f"“{first.name}” is mostly {_tally(seen)}; right is {expect['value']}")


def _abstain(answer: Answer, expect: Mapping[str, Any], known: Knowledge) -> Verdict:
    del expect, known
    empty = bool(answer.counts) and answer.counts[0].value == 0
    return Verdict(answer.status == "abstained" or empty, "answered what the data cannot tell")


def labels_of(fields: Mapping[str, Any], field: str) -> set[str]:
    """The labels a row carries: a field may hold one or several; rows of `labels` carry all of them."""
    held = fields.get("labels" if field == "label" and "labels" in fields else field)
    return {str(each) for each in held} if isinstance(held, list | tuple) else set() if held is None else {str(held)}


def first_named(text: str, options: Sequence[str]) -> str | None:
    """The option that stands first in the text, as whole words; the longer one where two begin together."""
    places = [(found.start(), -len(option), option) for option in options if (found := _find(option, text))]
    return min(places)[2] if places else None


def read_direction(text: str) -> str | None:
    """up, down or flat: whichever the text says first."""
    found = {name: re.search(rf"\b(?:{words})\b", text, re.IGNORECASE) for name, words in _DIRECTIONS.items()}
    places = [(match.start(), name) for name, match in found.items() if match]
    return min(places)[1] if places else None


def _find(option: str, text: str) -> re.Match[str] | None:
    return re.search(rf"(?<!\w){re.escape(option)}(?!\w)", text, re.IGNORECASE)


def _first_claim(answer: Answer) -> str:
    return answer.claims[0].text if answer.claims else ""


def _first_theme(answer: Answer) -> Any:
    """The theme the claims name first, else the largest that was counted."""
    text = " ".join(claim.text for claim in answer.claims)
    named = first_named(text, [theme.name for theme in answer.themes])
    return next((theme for theme in answer.themes if theme.name == named), answer.themes[0])


def _cited(answer: Answer) -> list[str]:
    cited = [c.external_id or c.document_id for claim in answer.claims for c in claim.citations]
    return list(dict.fromkeys(cited))


def _precise(cited: Any, fitting: Any, expect: Mapping[str, Any], detail: str) -> Verdict:
    precision = len(fitting) / len(cited) if cited else 0.0
    right = len(cited) >= LEAST_CITED and precision >= expect["min_precision"]
    return Verdict(
        right, f"{len(fitting)} of {len(cited)} documents cited fit (wanted {expect['min_precision']:.0%}); {detail}"
    )


def _either(values: Sequence[Any]) -> str:
    return " or ".join(f"{value:g}" for value in values)


def _tally(seen: "Counter[str]") -> str:
    return ", ".join(f"{label} {number}" for label, number in seen.most_common(5)) or "none"


_RULES: dict[str, Callable[[Answer, Mapping[str, Any], Knowledge], Verdict]] = {
    "count": _count,
    "evidence_label": _evidence_label,
    "evidence_pattern": _evidence_pattern,
    "choice": _choice,
    "direction": _direction,
    "top_label": _top_label,
    "abstain": _abstain,
}
