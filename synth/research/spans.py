"""Where a highlight lies in a text, and whether it is there already."""

import re
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.store import tables

Span = tuple[int, int]  # of characters
_LABEL: Final = re.compile(r"(?:^|(?<=\s))[^\W\d_][\w'’-]*(?: [\w.'’()-]+)?:\s+")  # of a turn within a quote
_ANOTHER_LABEL: Final = r"\s+(?:\S+\s+){0,5}?"


def trim(text: str, start: int, end: int) -> Span:
    """The span without white space at its ends; raises BadInput for one that is empty or outside of the text."""
    if not 0 <= start < end <= len(text):
        raise BadInput(f"The span {start} to {end} is not within the text, which has {len(text):,} characters.")
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    if start == end:
        raise BadInput("The span holds no words.")
    return start, end


def find_words(text: str, quote: str, near: int = 0) -> Span | None:
    """Where the words of a quote stand in a text, blanks aside; of several places the one nearest to `near`.

    A quote over several turns is found too where their speakers are called something else in the text.
    """
    said = [piece.split() for piece in (quote, *_LABEL.split(quote))]
    for pieces in ([said[0]], [words for words in said[1:] if words]):
        pattern = _ANOTHER_LABEL.join(r"\s+".join(re.escape(word) for word in words) for words in pieces)
        places = [match.span() for match in re.finditer(pattern, text)] if pattern else []
        if places:
            return min(places, key=lambda span: abs(span[0] - near))
    return None


def find_same(
    session: Session, workspace: str, document: str, code: str, coder: str, span: Span
) -> tables.Highlight | None:
    """The highlight of that span with that code by that coder: there is one at most."""
    mark = tables.Highlight
    same = select(mark).where(
        mark.workspace_id == workspace,
        mark.document_id == document,
        mark.code_id == code,
        mark.coder == coder,
        mark.start == span[0],
        mark.end == span[1],
    )
    return session.scalar(same)
