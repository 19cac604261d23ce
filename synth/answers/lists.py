"""Lists in a subject: 'seats, food or entertainment on board' is three subjects, each of which answers the question."""

import re
from collections.abc import Sequence
from typing import Final

from synth.model import Plan

MOST: Final = 5  # subjects that are searched one by one

_COMMAS: Final = re.compile(r"\s*,\s*(?:(?:and|or|und|oder)\s+)?|\s+(?:and|or|und|oder)\s+", re.IGNORECASE)
_RIVALS: Final = re.compile(r"\s*,\s*(?:(?:or|oder)\s+)?|\s+(?:or|oder)\s+", re.IGNORECASE)
_OR: Final = re.compile(r"\s+(?:or|oder)\s+", re.IGNORECASE)
_CLOSED: Final = re.compile(
    r"[\w-]+(\s+(?:on|in|at|of|for|with|from|during|an|am|im|auf|bei|beim|von|für)\b.*)?", re.IGNORECASE
)
_SHARED: Final = re.compile(
    r"^[\w-]+(?P<tail>\s+(?:on|in|at|of|for|with|from|during|an|am|im|auf|bei|beim|von|für)\b.*)$", re.IGNORECASE
)
_LONGEST: Final = 4  # words of a part; more are a sentence, not a list


def join_subjects(subjects: Sequence[str]) -> str:
    """Subjects that are held against each other, as one: 'crashes, login or price'."""
    *others, last = subjects
    return f"{', '.join(others)} or {last}"


def rival_subjects(plan: Plan) -> tuple[str, ...]:
    """The subjects that the plan holds against each other: where it compares, and names no values of one key."""
    if plan.asked != "compare" or plan.options:
        return ()
    parts = tuple(part.strip() for part in _RIVALS.split(plan.about) if part.strip())
    return parts if 1 < len(parts) <= MOST else ()


def split_list(about: str) -> tuple[str, ...]:
    """The subjects of a list of three or more, or of two single words with 'or'; else the whole.

    'lost or damaged luggage' is one: its parts are not subjects by themselves. What follows the last word of a list of
    single words belongs to all of them: 'seats, food or films on board' asks for seats on board.
    """
    if '"' in about:
        return (about,)
    parts = tuple(part.strip() for part in _COMMAS.split(about) if part.strip())
    listed = "," in about and len(parts) > 2 and all(len(part.split()) <= _LONGEST for part in parts[:-1])
    if listed and len(parts) <= MOST:
        return _share_tail(parts)
    pair = tuple(_OR.split(about))
    closed = len(pair) == 2 and len(pair[0].split()) == 1 and _CLOSED.fullmatch(pair[1])
    return _share_tail(pair) if closed else (about,)


def _share_tail(parts: tuple[str, ...]) -> tuple[str, ...]:
    shared = _SHARED.match(parts[-1])
    if shared is None or any(len(part.split()) > 1 for part in parts[:-1]):
        return parts
    return (*(part + shared["tail"] for part in parts[:-1]), parts[-1])
