"""Complaint and praise: the words a question asks for them with, and the excerpts that say them most clearly.

Word lists misread much of what is mildly positive (courtesies, irony, questions). What is shown as praise is therefore
ranked by tone and nearness to plain words of praise together; tone alone is right far less often.
"""

import re
from collections.abc import Sequence
from typing import Final

from sqlalchemy import select

from synth.answers.planning.phrasing import compile_words
from synth.answers.quoting import passages_of
from synth.model import Condition, Filters, Plan
from synth.parts import Parts
from synth.store import tables
from synth.store.conditions import CLEAR
from synth.store.excerpts import ExcerptView, load_views
from synth.store.filtering import select_excerpt_ids
from synth.store.rows import one_of

COMPLAINT: Final = compile_words(
    r"\b(complain\w*|problems?|issues?|negative\w*|frustrat\w+|unhappy|upsets?|angry|annoy(?:s|ed)|dislik\w+|hates?|hated"
    r"|\w*beschwer\w*|unzufrieden\w*|probleme?n?|negativ\w*)\b"
)
PRAISE: Final = compile_words(
    r"\b((?:do|does|did)\s+(?:[\w-]+\s+){1,3}?(?:like|enjoy|appreciate|value)\b(?!\s+to\b)"
    r"|prais\w+|thank[- ]?you|thanks|thankful|compliments?|positive\w*|loves?|loved|happy|like best"
    r"|lob|lobt|loben|gelobt|zufrieden\w*|positiv\w*)\b"
)
PRAISING: Final = Condition("sentiment", "clearly positive")
CLEAREST: Final = 3_000  # excerpts of the clearest tone whose words are looked at
_PLAIN_PRAISE: Final = "I love it, great job, thank you"

_LIKING: Final = compile_words(r"^(?:like|enjoy|appreciate|value)\b")
_WHOLE: Final = compile_words(  # what is meant by the whole of the feedback
    r"(?:the|this|our|your|their|its?)?\s*(?:app|application|product|service|software|tool|platform|company|us|it|you)"
)
_SMALL: Final = "and|or|for|with|about|of|when|the|main|what|any|there|are|people|customers|users|have|to"
_LOOSE_ENDS: Final = compile_words(rf"^(?:(?:{_SMALL})\b\s*)+|(?:\s*\b(?:{_SMALL}))+$")


def asks_for_complaints(plan: Plan) -> bool:
    """Whether the question is about what goes wrong."""
    return COMPLAINT.search(plan.question) is not None


def asks_for_praise(plan: Plan) -> bool:
    """Whether only praise is let through."""
    return PRAISING in plan.filters.where


def rank_praise(parts: Parts, workspace: str, filters: Filters, limit: int) -> list[ExcerptView]:
    """The excerpts of the filters that praise most clearly, best first; those that ask a question are left out."""
    tone = tables.Excerpt.sentiment
    clearest = select_excerpt_ids(workspace, filters, singly=True).add_columns(tone).where(tone.is_not(None))
    with parts.database.read() as session:
        rows = session.execute(clearest.order_by(tone.desc(), tables.Excerpt.id).limit(CLEAREST))
        tones = {row.id: row.sentiment for row in rows}
    matrix = parts.vectors.matrix(workspace)
    known = matrix.rows(tones)
    praise = parts.embedder.embed([_PLAIN_PRAISE])[0]
    near = zip(matrix.ids[known].tolist(), (matrix.vectors[known] @ praise).tolist(), strict=True)
    scored = sorted((-nearness - tones[id], id) for id, nearness in near)
    with parts.database.read() as session:
        views = load_views(session, workspace, [id for _, id in scored[: 2 * limit]])
    found = [views[id] for _, id in scored[: 2 * limit] if id in views]
    return [excerpt for excerpt in found if "?" not in excerpt.text][:limit] or found[:limit]


def leave_out_praise(parts: Parts, excerpts: Sequence[ExcerptView]) -> list[ExcerptView]:
    """The excerpts in their order without those of clearly positive tone; all of them if none is left."""
    tones = _tones(parts, [excerpt.id for excerpt in excerpts])
    return [excerpt for excerpt in excerpts if tones.get(excerpt.id, 0.0) < CLEAR] or list(excerpts)


def clearest_passage(excerpt: ExcerptView, *, praise: bool) -> str:
    """The passage of an excerpt that sounds most like praise, or least."""
    from synth.intake.sentiment import read_sentiment  # its lexicon is read from a file

    passages = passages_of(excerpt.text)
    tones = [read_sentiment(passage, excerpt.language) or 0.0 for passage in passages]
    best = max(tones) if praise else min(tones)
    return passages[tones.index(best)]


def without(pattern: re.Pattern[str], about: str) -> str:
    """The phrase without the matched words, and without the small words a removed one leaves hanging at its ends."""
    rest = " ".join(_LIKING.sub(" ", pattern.sub(" ", about)).split())
    left = _LOOSE_ENDS.sub("", rest).strip(" ,")
    return "" if _WHOLE.fullmatch(left) else left


def _tones(parts: Parts, ids: Sequence[str]) -> dict[str, float]:
    columns = tables.Excerpt.id, tables.Excerpt.sentiment
    with parts.database.read() as session:
        query = select(*columns).where(one_of(session, tables.Excerpt.id, ids), tables.Excerpt.sentiment.is_not(None))
        return {row.id: row.sentiment for row in session.execute(query)}
