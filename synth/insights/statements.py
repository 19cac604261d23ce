"""The claims of an insight as they are stored: which are the machine's, which a person's, and what a redraft keeps."""

from collections.abc import Mapping, Sequence
from typing import Any

from synth.model import Claim
from synth.wire.answers import claim_document

Statement = dict[str, Any]  # a claim document with `kind` and `written_by`


def drafted(claims: Sequence[Claim], kinds: Mapping[str, str]) -> list[Statement]:
    """The claims of a drafter; `kinds` tells which sentences were computed, and of what kind each is."""
    return [claim_document(claim) | {"kind": kinds.get(claim.text), "written_by": None} for claim in claims]


def written(claim: Claim, kind: str | None, actor: str) -> Statement:
    """A claim in the words of a person; it keeps the kind of the one it takes the place of."""
    return claim_document(claim) | {"kind": kind, "written_by": actor}


def key(statement: Mapping[str, Any]) -> str:
    """What a claim is known by over redrafts: its kind where it was computed, else its words."""
    return str(statement.get("kind") or statement["text"])


def redrafted(before: Sequence[Statement], fresh: Sequence[Statement], dropped: Sequence[str]) -> list[Statement]:
    """The fresh claims, in the places of those before them; what a person wrote stays, and what one dropped is out."""
    held = [statement for statement in before if statement.get("written_by")]
    gone = {*dropped, *(key(statement) for statement in held)}
    left = {key(statement): statement for statement in fresh if key(statement) not in gone}
    kept = [statement if statement.get("written_by") else left.pop(key(statement), None) for statement in before]
    return [*(statement for statement in kept if statement), *left.values()]


def cited_excerpts(statements: Sequence[Statement]) -> set[str]:
    """Ids of the excerpts that are quoted, for and against."""
    quoted = [citation for statement in statements for citation in (*statement["citations"], statement["counter"])]
    return {citation["excerpt_id"] for citation in quoted if citation}
