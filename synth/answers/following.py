"""Follow-up questions: 'and in Germany?' is read in the filters, and of the subject, of the answer before it."""

from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select

from synth.answers.lists import rival_subjects
from synth.answers.planning.phrasing import compile_words
from synth.answers.planning.vocabulary import Vocabulary
from synth.answers.wording import say_filters
from synth.errors import NotFound
from synth.model import Asked, Condition, Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.wire.answers import read_filters_document

_LEAD: Final = compile_words(
    r"^\s*(?:(?:and|but|or|so|ok(?:ay)?|now|und|aber|oder)\b[\s,]*)?"
    r"(?:(?:(?:what|how)\s+about|was\s+ist\s+mit|wie\s+ist\s+es\s+(?:mit|bei|in))\b\s*)?"
)
_PLACE: Final = compile_words(
    r"^(?:only\s+|just\s+|nur\s+)?(?:the\s+|for\s+|in\s+|from\s+|among\s+|by\s+|für\s+|bei\s+|aus\s+)+"
)
_FULL: Final = compile_words(
    r"^(?:what|which|who|whose|why|when|where|how|did|do|does|is|are|has|have|was|were|compare|show|give|list|count|tell"
    r"|find|since|was|wie|welche\w*|wer|warum|wieso|wann|seit|zeige?|nenne|vergleiche?|gibt|hat|haben|sind|ist)\b"
)
_BARE: Final[frozenset[Asked]] = frozenset({"count", "share", "since", "who", "why", "examples", "trend"})
_KINDS: Final[frozenset[Asked]] = frozenset({"what", "top"})


@dataclass(frozen=True, slots=True)
class Earlier:
    """The answer that is followed: its id, and what was understood there."""

    id: str
    plan: Plan


def load_earlier(parts: Parts, workspace: str, id: str) -> Earlier:
    """The plan of a kept answer; raises NotFound where there is none of that id, or it is no longer kept."""
    query = select(tables.Answer.answer).where(tables.Answer.workspace_id == workspace, tables.Answer.id == id)
    with parts.database.read() as session:
        kept = session.scalar(query)
    if not kept or "plan" not in kept:
        raise NotFound(f"There is no answer {id} to follow; answers are not kept for ever. Ask the question in full.")
    return Earlier(id, _read_plan(kept["plan"]))


def bare_question(question: str) -> str:
    """The question without the words that only tie it to the one before ('and what about Germany?': 'Germany?')."""
    rest = question[_leading(question) :].strip()
    return rest if any(letter.isalnum() for letter in rest) else question


def read_fragment(plan: Plan, vocabulary: Vocabulary) -> Plan:
    """The plan with a subject that is nothing but a value ('Enterprise?', 'the pro plan?') read as the filter it is."""
    said = _PLACE.sub("", plan.about).casefold().strip()
    if not said or not _is_fragment(plan.question):
        return plan
    for key, values in vocabulary.values.items():
        meant = {value.casefold(): value for value in values}
        for form in (said, said.removesuffix("s"), f"{said}s"):
            if form in meant:
                where = (*plan.filters.where, Condition(key, meant[form]))
                return replace(plan, about="", filters=replace(plan.filters, where=where))
    return plan


def carry_on(plan: Plan, earlier: Earlier, timezone: str) -> Plan:
    """The plan of a follow-up: what it names wins, everything else is as it was.

    A fragment ('and in Germany?') asks what was asked before; a whole question keeps the filters, and the subject only
    where it names none and cannot be meant of everything ('How many people?').
    """
    before = earlier.plan
    fragment = _is_fragment(plan.question)
    narrowed = plan.filters != Filters() or bool(plan.options)
    about = plan.about or (before.about if fragment or plan.asked in _BARE else "")
    kept = _kept(before.filters, plan)
    timed = bool(plan.filters.since or plan.filters.until or plan.periods)
    same = fragment and plan.asked in _KINDS
    periods = plan.periods or (before.periods if same and not timed else ())
    asked = before.asked if same and not (before.asked == "trend" and not periods) else plan.asked
    options = plan.options or (_options(before, plan) if same and asked == "compare" else ())
    unit = before.unit if same and (narrowed or plan.unit == "mentions") else plan.unit
    shown = say_filters(kept, timezone)
    subject = f"“{about}”" if about and about != plan.about else ""
    carried = " and ".join(each for each in (subject, f"the filters {shown}" if shown else "") if each)
    note = (f"Carried over from {earlier.id}: {carried}.",) if carried else ()
    filters = Filters(
        since=plan.filters.since if timed else kept.since,
        until=plan.filters.until if timed else kept.until,
        where=tuple(dict.fromkeys((*kept.where, *plan.filters.where))),
    )
    carried_on = replace(
        plan,
        asked=asked,
        unit=unit,
        about=about,
        filters=filters,
        options=options,
        periods=periods,
        notes=(*plan.notes, *note),
    )
    if asked == "compare" and len(options) < 2 and not rival_subjects(carried_on):
        return replace(carried_on, asked="what")
    return carried_on


def _leading(question: str) -> int:
    match = _LEAD.match(question)
    return match.end() if match else 0


def _is_fragment(question: str) -> bool:
    """Whether it is no question by itself: 'and in Germany?', 'what about Enterprise?', 'Germany?'."""
    rest = question[_leading(question) :]
    return not _FULL.match(_PLACE.sub("", rest))


def _kept(before: Filters, plan: Plan) -> Filters:
    """The filters that still hold: those on keys, and times, that the follow-up does not name itself."""
    named = {condition.key for condition in (*plan.filters.where, *plan.options)}
    timed = bool(plan.filters.since or plan.filters.until or plan.periods)
    where = tuple(condition for condition in before.where if condition.key not in named)
    return Filters(None if timed else before.since, None if timed else before.until, where)


def _options(before: Plan, plan: Plan) -> tuple[Condition, ...]:
    named = {condition.key for condition in plan.filters.where}
    return tuple(option for option in before.options if option.key not in named)


def _read_plan(written: dict[str, Any]) -> Plan:
    return Plan(
        question=written["question"],
        asked=written["asked"],
        unit=written["unit"],
        about=written["about"],
        filters=read_filters_document(written["filters"]),
        options=tuple(Condition(each["key"], each["value"], each["operator"]) for each in written["options"]),
        periods=tuple(read_filters_document(each) for each in written["periods"]),
    )
