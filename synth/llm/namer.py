"""A theme's name from a language model: asked with exemplars and contrasting neighbours, checked, repaired once.

What does not stand the check leaves the machine's name in place. The model sees no id, no count and no author.
"""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass

from synth.llm.claims import LINK, NUMBER, grounded
from synth.llm.completion import Failure
from synth.llm.drafter import NameBrief, Named
from synth.llm.endpoint import Endpoint
from synth.llm.metering import Meter, Request, Unmetered
from synth.llm.prompting import one_line_json, take_out_unseen, was_cut
from synth.llm.reply import Unreadable, WrittenName, one_line, read_name
from synth.llm.templates import Message, Prompt
from synth.words.framing import QUANTITY

LONGEST = 6  # words of a name
SHOWN_OF_MEMBER = 500  # characters
SHOWN_OF_NEIGHBOUR = 200
GROUNDED = 0.5  # of the words of a name or definition that must occur in what it rests on
SHOWN = 2000  # characters of a bad reply that the model is shown again
_SENTENCES = re.compile(r"[.!?…]\s+\w")


class Namer:
    """Asks one endpoint for names."""

    def __init__(self, endpoint: Endpoint, prompt: Prompt, *, meter: Meter | None = None) -> None:
        self._endpoint = endpoint
        self._prompt = prompt
        self._meter = meter or Unmetered()

    def name(self, brief: NameBrief) -> Named:
        """One turn, and a second one that names what was wrong with the first."""
        if not brief.members:
            return Named(brief.name, brief.definition, lost="The theme has no member to show.")
        self._endpoint.load()
        until = time.monotonic() + self._endpoint.timeout
        messages = self._prompt.render(fill_in(brief))
        first = self._turn(messages, brief, until)
        if isinstance(first, Named):
            return first
        second = self._turn([*messages, *self._prompt.render_repair(first.reply[:SHOWN], first.problem)], brief, until)
        if isinstance(second, Named):
            return second
        return _keep(brief, f"The language model's name could not be used: {second.problem}")

    def _turn(self, messages: Sequence[Message], brief: NameBrief, until: float) -> "Named | _Again":
        request = Request(brief.workspace, self._prompt, tuple(messages))
        answered = self._meter.complete(self._endpoint, request, until=until)
        if isinstance(answered, Failure):
            return _keep(brief, answered.reason, reached=False)
        if was_cut(answered, messages):
            return _keep(brief, "The endpoint read only a part of the prompt; give the model a larger context window.")
        written = read_name(answered.text)
        if isinstance(written, Unreadable):
            return _Again(answered.text, written.problem)
        problem = find_problem(written, brief)
        if problem:
            return _Again(answered.text, problem)
        outside = f" Not: {one_line(written.outside)}" if written.outside else ""
        return Named(one_line(written.name) or "", f"{one_line(written.inside)}{outside}", origin="model")


@dataclass(frozen=True, slots=True)
class _Again:
    """A reply that may be repaired, and what was wrong with it."""

    reply: str
    problem: str


def fill_in(brief: NameBrief) -> dict[str, str]:
    """The values of the prompt's variables."""
    theme = {"name": take_out_unseen(brief.name), "words": [take_out_unseen(phrase) for phrase in brief.key_phrases]}
    members = [{"id": id, "text": text} for id, text in _number(brief).items()]
    neighbours = [
        {
            "name": take_out_unseen(other.name),
            "texts": [take_out_unseen(text)[:SHOWN_OF_NEIGHBOUR] for text in other.texts],
        }
        for other in brief.neighbours
    ]
    return {
        "theme": one_line_json(theme),
        "members": "\n".join(one_line_json(member) for member in members),
        "neighbours": "\n".join(one_line_json(other) for other in neighbours),
    }


def find_problem(written: WrittenName, brief: NameBrief) -> str | None:
    """What speaks against a written name, said without a word of it; None when it may be shown."""
    members = _number(brief)
    if not set(written.evidence) <= members.keys():
        return "`evidence` holds an id that is not in MEMBERS."
    shown = [one_line(text) for text in (written.name, written.inside, written.outside)]
    if any(text is None or LINK.search(text) for text in shown):
        return "it holds a link, markup or invisible characters."
    name, inside, outside = (text or "" for text in shown)
    if len(name.split()) > LONGEST or _SENTENCES.search(name) or name.endswith((".", "!", "?", ":")):
        return f"the name is no phrase of at most {LONGEST} words."
    if name.casefold() in {other.casefold() for other in brief.taken}:
        return "another theme has that name."
    if _SENTENCES.search(inside) or _SENTENCES.search(outside):
        return "`inside` and `outside` are one sentence each."
    around = [text for other in brief.neighbours for text in (other.name, *other.texts)]
    return (
        _find_invention("the name", name, [brief.name, *brief.key_phrases, *(members[id] for id in written.evidence)])
        or _find_invention("`inside`", inside, list(members.values()))
        or (_find_invention("`outside`", outside, [*around, *members.values()]) if outside else None)
    )


def _find_invention(part: str, text: str, sources: Sequence[str]) -> str | None:
    """Whether the text says what its sources do not: a number, a quantity, or mostly other words."""
    said = " ".join(sources).casefold()
    if not set(NUMBER.findall(text)) <= set(NUMBER.findall(said)):
        return f"{part} holds a number that the members do not say."
    if any(word.casefold() not in said for word in QUANTITY.findall(text)):
        return f"{part} says a quantity that the members do not say."
    if grounded(text, sources) < GROUNDED:
        return f"{part} says what the texts do not say; use their words."
    return None


def _number(brief: NameBrief) -> dict[str, str]:
    return {f"E{place}": take_out_unseen(text)[:SHOWN_OF_MEMBER] for place, text in enumerate(brief.members, start=1)}


def _keep(brief: NameBrief, lost: str, *, reached: bool = True) -> Named:
    return Named(brief.name, brief.definition, lost=lost, reached=reached)
