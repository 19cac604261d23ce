"""Texts that say why: where a reason is asked for, a bare "why?" or a bare complaint is no answer."""

from typing import Final

from synth.answers.planning.phrasing import compile_words

LEAST = 6  # words; shorter texts hold no reason beside what they complain of
_CAUSE: Final = compile_words(
    r"\b(?:because(?:\s+of)?|due\s+to|since\s+(?:you|they|we|it|the)|thanks\s+to|caused?\s+by|as\s+a\s+result|reasons?\s+(?:is|was|given)"
    r"|so\s+that|which\s+means|no\s+(?:crew|staff|pilots?|one|answer|reply|help|explanation)|waiting\s+(?:for|on)|cannot|can['’]?t|won['’]?t"
    r"|do(?:es)?n['’]?t|didn['’]?t|keeps?|every\s+time|unable|fail\w*|broken?|after|weil|wegen|aufgrund|da\s+(?:es|die|der|das))\b"
)


def gives_reason(text: str) -> bool:
    """Whether a text says more than that something is so: it names a cause, and does not only ask."""
    asks_only = text.rstrip().endswith("?") and text.count("?") >= text.count(".") + text.count("!")
    return not asks_only and len(text.split()) >= LEAST and _CAUSE.search(text) is not None
