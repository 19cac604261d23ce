"""A question read by a language model: into the same terms the rules give, checked against the store, repaired once.

A filter stands only with a value that occurs and with the words of the question it was read from; the subject is made
of words of the question. Times are left to the rules, which reckon with days. The model sees no text that a customer
wrote and no name of a person.
"""

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from synth.llm.completion import Failure
from synth.llm.drafter import Field, PlanBrief, Reading, Terms
from synth.llm.endpoint import Endpoint
from synth.llm.metering import Meter, Request, Unmetered
from synth.llm.prompting import one_line_json, take_out_unseen, was_cut
from synth.llm.reply import Unreadable, WrittenFilter, WrittenPlan, read_plan
from synth.llm.templates import Prompt
from synth.model import Condition

SHARE = 0.5  # of the time-out that a reading may take; what is left is the drafting's
SHOWN = 2000  # characters of a bad reply that the model is shown again
_WORD = re.compile(r"\w+")


class Planner:
    """Asks one endpoint what a question asks."""

    def __init__(self, endpoint: Endpoint, prompt: Prompt, *, meter: Meter | None = None) -> None:
        self._endpoint = endpoint
        self._prompt = prompt
        self._meter = meter or Unmetered()

    def read(self, brief: PlanBrief) -> Reading:
        """One turn, and a second one that names what was wrong with the first; none for what was asked before."""
        request = Request(brief.workspace, self._prompt, tuple(self._prompt.render(fill_in(brief))))
        kept = self._meter.recall(self._endpoint, request)
        if kept is not None:
            terms = self._check(kept, brief)
            if isinstance(terms, Terms):
                return Reading(terms, self._made_by)
        self._endpoint.load()
        begun = time.monotonic()
        until = begun + SHARE * self._endpoint.timeout
        first = self._turn(request, brief, until)
        outcome = first
        if isinstance(first, _Again):
            repair = self._prompt.render_repair(first.reply[:SHOWN], first.problem)
            again = Request(brief.workspace, self._prompt, (*request.messages, *repair))
            outcome = self._turn(again, brief, until)
        end = begun + self._endpoint.timeout
        if isinstance(outcome, _Read):
            self._meter.keep(self._endpoint, request, outcome.reply)
            return Reading(outcome.terms, self._made_by, until=end)
        lost = outcome.problem if isinstance(outcome, _Again) else outcome
        return Reading(None, self._made_by, lost, until=end)

    @property
    def _made_by(self) -> str:
        return f"{self._endpoint.model}, prompt {self._prompt.name}.v{self._prompt.version}"

    def _turn(self, request: Request, brief: PlanBrief, until: float) -> "_Read | _Again | str":
        """What was read; or what may be repaired; or why nothing was."""
        answered = self._meter.complete(self._endpoint, request, until=until)
        if isinstance(answered, Failure):
            return answered.reason
        if was_cut(answered, request.messages):
            return "The endpoint read only a part of the prompt; give the model a larger context window."
        terms = self._check(answered.text, brief)
        return _Again(answered.text, terms) if isinstance(terms, str) else _Read(answered.text, terms)

    def _check(self, reply: str, brief: PlanBrief) -> Terms | str:
        written = read_plan(reply)
        if isinstance(written, Unreadable):
            return written.problem
        return find_problem(written, brief) or _terms(written, brief)


@dataclass(frozen=True, slots=True)
class _Again:
    """A reply that may be repaired, and what was wrong with it."""

    reply: str
    problem: str


@dataclass(frozen=True, slots=True)
class _Read:
    """A reply that stands, and what it says."""

    reply: str
    terms: Terms


def fill_in(brief: PlanBrief) -> dict[str, str]:
    """The values of the prompt's variables."""
    rules = brief.rules
    read = {
        "asked": rules.asked,
        "unit": rules.unit,
        "about": rules.about,
        "filters": [_shown(each) for each in rules.where],
        "options": [_shown(each) for each in rules.options],
        "missing": list(rules.missing),
    }
    return {
        "question": one_line_json(take_out_unseen(brief.question)),
        "fields": "\n".join(one_line_json(_field(each)) for each in brief.fields),
        "rules": one_line_json(read),
    }


def find_problem(written: WrittenPlan, brief: PlanBrief) -> str | None:
    """What speaks against a reading, said without a word of it; None when it may be used."""
    question = _words(brief.question)
    if not set(_words(written.about)) <= set(question):
        return "`about` holds words that the question does not."
    if not all(_holds(question, _words(words)) for words in written.missing):
        return "`missing` holds words that the question does not."
    for place, filters in (("filters", written.filters), ("options", written.options)):
        if problem := _find_fault(filters, question, _by_key(brief.fields)):
            return f"`{place}`: {problem}"
    rivals = {(each.key.casefold(), each.value.casefold()) for each in written.options}
    if (written.asked == "compare") != bool(rivals):
        return "`options` are for compare, and compare needs them."
    if rivals and (
        len(rivals) < 2 or len({key for key, _ in rivals}) > 1 or any(each.operator != "=" for each in written.options)
    ):
        return "`options` are two or more values of one field, with the operator =."
    return None


def _find_fault(filters: Sequence[WrittenFilter], question: Sequence[str], fields: Mapping[str, Field]) -> str | None:
    for each in filters:
        if not _holds(question, _words(each.said)):
            return "`said` are words that the question does not hold."
        field = fields.get(each.key.casefold())
        if field is None:
            return "`key` is no key of FIELDS."
        if field.between is None and each.operator in ("<=", ">="):
            return "the operators <= and >= are for numbers."
        if _value(each, field) is None:
            return "`value` is no value of that field."
    return None


def _terms(written: WrittenPlan, brief: PlanBrief) -> Terms:
    fields = _by_key(brief.fields)
    options = tuple(dict.fromkeys(_conditions(written.options, fields)))
    where = dict.fromkeys(each for each in _conditions(written.filters, fields) if each not in options)
    return Terms(written.asked, written.unit, written.about, tuple(where), options, written.missing)


def _conditions(filters: Sequence[WrittenFilter], fields: Mapping[str, Field]) -> Iterator[Condition]:
    for each in filters:
        field = fields[each.key.casefold()]
        yield Condition(field.key, _value(each, field) or "", each.operator)


def _value(written: WrittenFilter, field: Field) -> str | None:
    """The value that occurs; None where it does not."""
    if field.between is None:
        return {value.casefold(): value for value in field.values}.get(written.value.casefold())
    try:
        number = float(written.value)
    except ValueError:
        return None
    return f"{number:g}" if field.between[0] <= number <= field.between[1] else None


def _by_key(fields: Sequence[Field]) -> dict[str, Field]:
    return {field.key.casefold(): field for field in fields}


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _holds(words: Sequence[str], some: Sequence[str]) -> bool:
    """Whether some words stand in others, together and in order."""
    length = len(some)
    return length > 0 and any(list(words[at : at + length]) == list(some) for at in range(len(words) - length + 1))


def _field(field: Field) -> dict[str, object]:
    key = take_out_unseen(field.key)
    if field.between is not None:
        return {"key": key, "from": field.between[0], "to": field.between[1]}
    return {"key": key, "values": [take_out_unseen(value) for value in field.values]}


def _shown(condition: Condition) -> dict[str, str]:
    return {"key": condition.key, "operator": condition.operator, "value": condition.value}
