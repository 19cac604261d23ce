"""Ids derived from content, so that writing the same thing twice changes nothing."""

import hashlib
import re
import secrets
from datetime import datetime

_BLANKS = re.compile(r"\s+")
_NOT_WORDS = re.compile(r"[^\w]+")


def document_id(
    workspace: str,
    source: str,
    *,
    external_id: str | None,
    text: str,
    person: str | None,
    created_at: datetime | None,
    ordinal: int,
) -> str:
    """The id of a document: by (workspace, source, external id), else by its words, author and time.

    Where author or time is unknown, `ordinal` (how often the file held the same words before) keeps equal answers
    of unknown people apart; where both are known, an equal row is the same document.
    """
    if external_id is not None:
        return "d" + _digest(workspace, source, "id", external_id)
    when = created_at.isoformat() if created_at else ""
    nth = "" if person and created_at else str(ordinal)
    return "d" + _digest(workspace, source, "words", _BLANKS.sub(" ", text), person or "", when, nth)


def excerpt_id(document: str, start: int, end: int) -> str:
    """The id of an excerpt: its document and its offsets."""
    return "x" + _digest(document, str(start), str(end))


def words_hash(text: str) -> str:
    """A hash of the words alone: case, punctuation and spacing make no difference."""
    return _digest(_NOT_WORDS.sub(" ", text.casefold()).strip())


def text_hash(text: str) -> str:
    """A hash of a text as it is."""
    return _digest(text)


def keyed_import_id(workspace: str, key: str) -> str:
    """The id of an import its sender named by a key, so that sending it again changes nothing."""
    return "i" + _digest(workspace, "key", key)


def person_key(workspace: str, name: str) -> str:
    """What a person is known by when nobody may know the name any more: a hash of it, blind to case and spacing."""
    return "p" + _digest(workspace, "person", _BLANKS.sub(" ", name).strip().casefold())


def new_id(prefix: str) -> str:
    """A random id, sortable by nothing."""
    return prefix + secrets.token_hex(10)


def _digest(*parts: str) -> str:
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.blake2b(joined, digest_size=10).hexdigest()
