"""Where a highlight lies in a text, and whether it is there already."""

import re

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.store import tables

Span = tuple[int, int]  # of characters


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
    """Where the words of a quote stand in a text, blanks aside; of several places the one nearest to `near`."""
    words = quote.split()
    if not words:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words))
    places = [match.span() for match in pattern.finditer(text)]
    return min(places, key=lambda span: abs(span[0] - near)) if places else None


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
