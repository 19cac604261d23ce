"""A question read once more by a language model, where there is one: the same plan, with what the rules did not read.

Days stay with the rules. So does what the model is not shown: names of people, and values that look like orders.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Final

from synth.answers.planning.vocabulary import Vocabulary
from synth.llm import Drafter, Field, PlanBrief, Reading, Terms
from synth.model import Condition, Filters, Plan
from synth.suspicion import is_suspicious

MOST_VALUES: Final = 40  # of a field; of one with more only those are shown that share a word with the question
LONGEST_VALUE: Final = 80  # characters
_TONES: Final = ("positive", "negative", "neutral")
_HIDDEN: Final = ("person",)
_WORD: Final = re.compile(r"\w{3,}")


def consult(drafter: Drafter, workspace: str, plan: Plan, vocabulary: Vocabulary) -> tuple[Plan, float | None]:
    """The plan as the drafter's model reads it, else as it was with the reason in its notes.

    With it comes the time when waiting for the model's answer ends, None where it was not waited for.
    """
    names = {id: name for id, name in vocabulary.themes.items() if _showable(name)}
    rules = _terms(plan, names)
    fields = tuple(_fields(plan.question, rules, vocabulary, names))
    reading = drafter.read_question(PlanBrief(plan.question, fields, rules, workspace))
    if reading is None:
        return plan, None
    return _merge(plan, reading, {field.key for field in fields}, names), reading.until


def _terms(plan: Plan, names: dict[str, str]) -> Terms:
    """What the rules read, themes by their names, without what the model is not shown."""
    return Terms(
        plan.asked,
        plan.unit,
        plan.about,
        tuple(_named(each, names) for each in plan.filters.where if _may_be_shown(each, names)),
        tuple(_named(each, names) for each in plan.options if _may_be_shown(each, names)),
        plan.unknown,
    )


def _fields(question: str, rules: Terms, vocabulary: Vocabulary, names: dict[str, str]) -> Iterator[Field]:
    """What there is to filter by; of a field with many values those that the question may mean."""
    if vocabulary.rating:
        yield Field("rating", between=vocabulary.rating)
    yield Field("sentiment", _TONES)
    every = {**vocabulary.values, "theme": tuple(names.values())}
    for key, values in every.items():
        if key in _HIDDEN or not _showable(key):
            continue
        read = [each.value for each in (*rules.where, *rules.options) if each.key == key]
        shown = tuple(dict.fromkeys((*read, *_meant(question, values))))
        if shown:
            yield Field(key, shown)


def _meant(question: str, values: Sequence[str]) -> list[str]:
    if len(values) > MOST_VALUES:
        said = {word.casefold() for word in _WORD.findall(question)}
        values = [each for each in values if said & {word.casefold() for word in _WORD.findall(each)}]
    return [each for each in values if _showable(each)][:MOST_VALUES]


def _merge(plan: Plan, reading: Reading, keys: set[str], names: dict[str, str]) -> Plan:
    if reading.terms is None:
        note = f"The rules read the question: {reading.lost}"
        return replace(plan, notes=(*plan.notes, note))
    terms, ids = reading.terms, {name: id for id, name in names.items()}
    unseen = [each for each in plan.filters.where if each.key not in keys or not _may_be_shown(each, names)]
    where = tuple(dict.fromkeys((*unseen, *(_by_id(each, ids) for each in terms.where))))
    options = tuple(_by_id(each, ids) for each in terms.options)
    left = [each for each in plan.filters.where if each not in (*where, *options)]
    notes = [*plan.notes, f"Read by the language model ({reading.made_by})."]
    notes += [f"The rules also read {_say(_named(each, names))}; the language model did not." for each in left]
    times = plan.filters
    if plan.periods and terms.asked != "trend":
        times = plan.periods[-1]
    return replace(
        plan,
        asked=terms.asked,
        unit=terms.unit,
        about=terms.about,
        filters=Filters(times.since, times.until, where),
        options=options,
        periods=plan.periods if terms.asked == "trend" else (),
        unknown=terms.missing,
        notes=tuple(notes),
    )


def _may_be_shown(condition: Condition, names: dict[str, str]) -> bool:
    shown = names.get(condition.value, "") if condition.key == "theme" else condition.value
    return condition.key not in _HIDDEN and _showable(shown)


def _showable(text: str) -> bool:
    return 0 < len(text) <= LONGEST_VALUE and not is_suspicious(text)


def _named(condition: Condition, names: dict[str, str]) -> Condition:
    return replace(condition, value=names[condition.value]) if condition.key == "theme" else condition


def _by_id(condition: Condition, ids: dict[str, str]) -> Condition:
    return replace(condition, value=ids[condition.value]) if condition.key == "theme" else condition


def _say(condition: Condition) -> str:
    return f"{condition.key} {condition.operator} {condition.value}"
