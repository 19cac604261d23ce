"""Of what kind a piece of feedback is: a problem, a request, praise or a question; by rules, in English and German.

The rules are asked in the order of what a reader has to do about it: a wish that follows a complaint is a request, a
question that reports a failure is a problem.
"""

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final, Literal

from synth.intake.sentiment import FAILS
from synth.store.conditions import CLEAR, MOOD

Kind = Literal["problem", "request", "praise", "question", "other"]
KINDS: Final[tuple[Kind, ...]] = ("problem", "request", "question", "praise", "other")

_REQUEST = re.compile(
    r"\b(?:feature request|would (?:love|like) (?:to (?:see|have|be able)|if|a|an|the)\b|(?:i|we) wish\b|suggestion:"
    r"|would be (?:\w+ )?(?:great|nice|good|helpful|useful|awesome|handy|cool)|it would help"
    r"|please (?:add|allow|make|bring|give|let|consider|include|provide|support|implement|fix|change)"
    r"|could you (?:please )?(?:add|make|bring|allow)|add (?:a|an|the|more|support|option)"
    r"|(?:an?|the) option (?:to|for)"
    r"|(?:should|needs? to) (?:have|be able to|allow|offer|support|add|include)"
    r"|let (?:us|me) (?:choose|set|turn|pick|see|sort|filter)"
    r"|wäre (?:\w+ )?(?:schön|toll|gut|super|hilfreich|praktisch|klasse)|(?:ich|wir) (?:wünsche|hätte)\w*"
    r"|bitte (?:\w+ ){0,6}(?:hinzufügen|einbauen|ergänzen|ermöglichen|ändern)|wünschenswert)",
    re.IGNORECASE,
)
_ASKING = re.compile(
    r"(?:^|[.!?\n]\s*|\b(?:hi|hello|hallo|hey),?\s+)(?:@\w+\s+)?(?:how|what|when|where|which|who|why|is|are|do|does|did|can"
    r"|could|will|would|has|have|any|wie|was|wann|wo|welche\w*|wer|warum|wieso|gibt|kann|können|ist|sind)\b[^.!?\n]*\?",
    re.IGNORECASE,
)
_FAULT = re.compile(
    r"\b(?:bugs?|buggy|crash\w*|freez\w*|frozen|stuck|broken|error\w*|glitch\w*|outage|laggy|unusable|duplicate\w*|twice|"
    r"delay(?:ed|s)?|cancell?ed|refund|overcharged|kaputt|fehler\w*|absturz|stürzt|hängt|funktioniert nicht|geht nicht|"
    r"doppelt\w*|verschwunden)\b",
    re.IGNORECASE,
)


def tell_kind(text: str, sentiment: float | None) -> Kind:
    """What kind of thing is said; "other" where no rule fits."""
    fails = FAILS.search(text.replace("’", "'")) is not None or _FAULT.search(text) is not None
    if _REQUEST.search(text):
        return "request"
    if fails and (sentiment is None or sentiment < CLEAR):
        return "problem"
    if _ASKING.search(text):
        return "question"
    if sentiment is None:
        return "other"
    if sentiment <= -MOOD:
        return "problem"
    return "praise" if sentiment >= CLEAR else "other"


def count_kinds(said: Iterable[tuple[str, float | None]]) -> dict[Kind, int]:
    """How many of the (text, sentiment) are of each kind, in the order of KINDS."""
    found = Counter(tell_kind(text, sentiment) for text, sentiment in said)
    return {kind: found[kind] for kind in KINDS}
