"""Definition, examples and memo of a code as the one text that REFI-QDA has for them, and back."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_EXAMPLE: Final = "Example: "
_MEMO: Final = "Memo: "
_PARTS: Final = re.compile(
    rf"\A(?P<definition>.*?)(?:(?:\A|\n\n)(?P<examples>{_EXAMPLE}[^\n]*(?:\n{_EXAMPLE}[^\n]*)*))?"
    rf"(?:(?:\A|\n\n){_MEMO}(?P<memo>.*))?\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Described:
    """What is written about a code."""

    definition: str
    examples: tuple[str, ...] = ()
    memo: str = ""


def describe(definition: str, examples: Sequence[str], memo: str) -> str:
    """The one text; an example stands on one line."""
    shown = "\n".join(_EXAMPLE + " ".join(each.split()) for each in examples)
    return "\n\n".join(filter(None, (definition, shown, _MEMO + memo if memo else "")))


def read_description(text: str) -> Described:
    """What `describe` made one text of; a text that it did not make is a definition, as it stands."""
    found = _PARTS.match(text)
    if found is None:
        return Described(text)
    examples = tuple(line.removeprefix(_EXAMPLE) for line in (found["examples"] or "").split("\n") if line)
    return Described(found["definition"], examples, found["memo"] or "")
