"""From a brief to the variables of a prompt: computed facts and numbered evidence as JSON lines, within a budget.

Excerpts are numbered E1…En, because a model confuses long ids. Names of people are not sent, and characters that no
reader sees are taken out, so that nothing can be said to the model behind the reader's back.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from synth.gate import find_verbatim
from synth.llm.completion import Reply
from synth.llm.drafter import Brief, Section
from synth.llm.templates import Message
from synth.store.excerpts import ExcerptView

CHARS_PER_TOKEN = 3.5  # of English prose and JSON; most tokenizers need fewer tokens than this gives
LONGEST = 1500  # characters of one excerpt
QUESTION = 1000  # characters of the question
CUT = 0.6  # a server that read less than this share of our estimate cut the prompt
FACTS_SHARE = 0.25  # of the budget, at most, for the computed facts

# The letters of the tag block spell out text invisibly; direction marks and zero-width blanks hide or reorder it.
_UNSEEN = re.compile("[\U000e0000-\U000e007f\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LINE_ENDS = {ord("\x85"): "\\u0085", ord("\u2028"): "\\u2028", ord("\u2029"): "\\u2029", ord("\x7f"): "\\u007f"}


@dataclass(frozen=True, slots=True)
class Material:
    """What one prompt says: its variables, and which excerpt each number stands for."""

    values: dict[str, str]
    excerpts: dict[str, ExcerptView]  # "E1" to the excerpt
    leads: tuple[str, ...]  # those that were sent
    numbers: tuple[float, ...]  # those of the counts that were sent


def prepare(brief: Brief, *, fixed: int, budget: int) -> Material:
    """The material of a brief; `fixed` is the length in characters of the prompt without it, `budget` is in tokens.

    What does not fit is left out whole; of every section the first excerpts come before the second ones of any.
    """
    left = int(budget * CHARS_PER_TOKEN) - fixed
    question = one_line_json(take_out_unseen(brief.question)[:QUESTION])
    left -= len(question)
    facts, leads, numbers = _facts(brief, int(left * FACTS_SHARE))
    left -= sum(len(fact) + 1 for fact in facts)
    chosen: dict[str, ExcerptView] = {}
    lines: list[str] = []
    for excerpt, quote in _by_turns(brief.sections):
        name = f"E{len(chosen) + 1}"
        line = one_line_json(_shown(name, excerpt, quote))
        if len(line) + 1 > left:
            continue
        left -= len(line) + 1
        chosen[name] = excerpt
        lines.append(line)
    values = {"question": question, "facts": "\n".join(facts), "evidence": "\n".join(lines)}
    return Material(values, chosen, tuple(leads), tuple(numbers))


def estimate_tokens(messages: Sequence[Message]) -> int:
    """About how many tokens the messages are."""
    return int(sum(len(message["content"]) for message in messages) / CHARS_PER_TOKEN)


def was_cut(reply: Reply, messages: Sequence[Message]) -> bool:
    """True when the server says it read far less than was sent; servers that say nothing, or 0, are believed."""
    return bool(reply.prompt_tokens) and (reply.prompt_tokens or 0) < CUT * estimate_tokens(messages)


def one_line_json(value: object) -> str:
    """JSON on one line, whatever characters count as a line's end."""
    return json.dumps(value, ensure_ascii=False).translate(_LINE_ENDS)


def take_out_unseen(text: str) -> str:
    """The text without characters that no reader sees."""
    return _UNSEEN.sub("", text)


def _facts(brief: Brief, room: int) -> tuple[list[str], list[str], list[float]]:
    """The lines of the facts that fit, the leads among them, and the numbers of the others."""
    lines: list[str] = []
    leads: list[str] = []
    numbers: list[float] = []
    for fact, lead, values in _all_facts(brief):
        line = one_line_json(fact)
        if len(line) + 1 > room:
            continue
        room -= len(line) + 1
        lines.append(line)
        leads.extend([lead] if lead else [])
        numbers.extend(values)
    return lines, leads, numbers


def _all_facts(brief: Brief) -> Iterator[tuple[object, str | None, list[float]]]:
    for section in brief.sections:
        yield {"sentence": take_out_unseen(section.lead)}, section.lead, []
    for count in brief.counts:
        fact = {"count": take_out_unseen(count.label), "value": _plain(count.value), "unit": count.unit}
        if count.of is None:
            yield fact, None, [count.value]
        else:
            yield fact | {"of": _plain(count.of)}, None, [count.value, count.of]
    for theme in brief.themes:
        yield {"theme": take_out_unseen(theme.name), "mentions": theme.mentions}, None, [theme.mentions]


def _by_turns(sections: Iterable[Section]) -> Iterator[tuple[ExcerptView, str]]:
    """Every excerpt once with its quote: the first of each section, then the second of each, and so on.

    Suspicious excerpts are left out: a model does not get to read what is written for a model.
    """
    seen: set[str] = set()
    columns = [list(zip(section.excerpts, section.quotes, strict=True)) for section in sections]
    for row in zip_longest(*columns):
        for pair in row:
            if pair is not None and pair[0].id not in seen and not pair[0].suspicious:
                seen.add(pair[0].id)
                yield pair


def _shown(name: str, excerpt: ExcerptView, quote: str) -> dict[str, str | None]:
    day = excerpt.created_at.date().isoformat() if excerpt.created_at else None
    return {
        "id": name,
        "source": take_out_unseen(excerpt.source),
        "date": day,
        "text": take_out_unseen(_window(excerpt.text, quote)),
    }


def _window(text: str, quote: str) -> str:
    """The text, or of a long one the part around its quote, cut at blanks."""
    if len(text) <= LONGEST:
        return text
    place = find_verbatim(text, quote) or (0, 0)
    begin = max(0, min((place[0] + place[1]) // 2 - LONGEST // 2, len(text) - LONGEST))
    part = text[begin : begin + LONGEST]
    if begin and " " in part[:100]:
        part = part[part.index(" ") + 1 :]
    if begin + LONGEST < len(text) and " " in part[-100:]:
        part = part[: part.rindex(" ")]
    return part


def _plain(number: float) -> float:
    return int(number) if number == int(number) else number
