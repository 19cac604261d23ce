"""Languages the model does not read: which of them the feedback holds, how much of each, and what that means."""

from sqlalchemy.orm import Session

from synth.answers.wording import say_list, say_number
from synth.embedding.languages import read_by
from synth.intake.language import NAMES
from synth.model import Filters
from synth.store.counting import count_by
from synth.store.filtering import Document


def count_unread(session: Session, workspace: str, embedder: str, filters: Filters) -> dict[str, int]:
    """Documents by language, of those the embedder does not read; none where it is not known what it reads."""
    read = read_by(embedder)
    if read is None:
        return {}
    counted = count_by(session, workspace, filters, Document.language.expression)
    return {code: int(count) for code, count in counted.items() if code is not None and code not in read}


def write_unread(unread: dict[str, int]) -> str | None:
    """One sentence; None where all is read."""
    if not unread:
        return None
    total = sum(unread.values())
    named = say_list([f"{NAMES.get(code, code)} ({say_number(count)})" for code, count in list(unread.items())[:3]])
    others = f" and {len(unread) - 3} more languages" if len(unread) > 3 else ""
    pieces = "piece of feedback is" if total == 1 else "pieces of feedback are"
    return (
        f"{say_number(total)} {pieces} in a language the model does not read well: {named}{others}. They are "
        "kept apart when themes are sought, and a question in English finds them by words only; set SYNTH_EMBEDDER to "
        "a multilingual model to bring them together."
    )
