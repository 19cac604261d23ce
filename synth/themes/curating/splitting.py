"""Splitting: a part of a theme becomes a theme of its own, and no run puts the two together again."""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import insert
from sqlalchemy.orm import Session

from synth.errors import BadInput, Conflict
from synth.parts import Parts
from synth.store import tables
from synth.store.rows import next_numbers
from synth.themes.curating.members import Members, load_members, refresh_shape
from synth.themes.curating.moving import Cause, carry, point
from synth.themes.curating.naming import check_name, free_name
from synth.themes.curating.plans import Outcome, Plan, check_excerpts, find_theme
from synth.themes.curating.suggesting import name_parts, suggest
from synth.themes.curating.wanted import Split
from synth.themes.naming.naming import Naming


def plan_split(session: Session, parts: Parts, workspace: str, wanted: Split) -> Plan:
    """What the words, the named excerpts or the suggestion pick out of the theme goes to a new one."""
    theme = find_theme(session, workspace, wanted.theme, states=("active",))
    members = load_members(session, parts, workspace, theme.id)
    chosen = _choose(session, parts, workspace, members, wanted)
    if not chosen:
        raise BadInput(f"No excerpt of {theme.id} “{theme.name}” holds {' or '.join(map(repr, wanted.words))}.")
    piece, rest = members.take(chosen), members.take(set(members.ids) - chosen)
    if not rest.ids:
        raise Conflict(f"That would take every excerpt of {theme.id}; rename the theme instead.")
    name = check_name(session, workspace, wanted.name) if wanted.name else ""

    def carry_out(cause: Cause) -> Outcome:
        new = f"T{next_numbers(session, workspace, 'theme', 1)[0]}"
        naming = name_parts([piece, rest], parts.embedder)[0]
        named = (name, "human") if name else (free_name(session, workspace, naming.name), "machine")
        _insert(session, theme, new, named, naming, piece, cause)
        if wanted.excerpts:
            point(session, cause, piece.ids, new)
        else:
            carry(session, cause, piece.ids, new)
        refresh_shape(session, parts, workspace, [theme.id, new])
        return Outcome((new,), {new: theme.id}, lineage=((theme.id, "split", (new,)), (new, "born", (theme.id,))))

    asked = {"words": list(wanted.words), "suggestion": wanted.suggestion, "excerpts": len(wanted.excerpts)}
    return Plan("split", theme.id, (theme.id,), asked, carry_out)


def hold_words(texts: Sequence[str], words: Sequence[str]) -> list[bool]:
    """Whether each text holds one of the words; a word stands for all that begin with it, a phrase for its words."""
    patterns = [r"(?<!\w)" + r"\W+".join(map(re.escape, word.split())) for word in words if word.split()]
    found = re.compile("|".join(patterns), re.IGNORECASE) if patterns else None
    return [bool(found and found.search(text)) for text in texts]


def _choose(session: Session, parts: Parts, workspace: str, members: Members, wanted: Split) -> set[str]:
    if wanted.words:
        return {id for id, holds in zip(members.ids, hold_words(members.texts, wanted.words), strict=True) if holds}
    if wanted.excerpts:
        elsewhere = {id for id, on in check_excerpts(session, workspace, wanted.excerpts).items() if on != wanted.theme}
        if elsewhere:
            raise BadInput(f"{min(elsewhere)} is not on {wanted.theme}; choose excerpts of the theme that is split.")
        return set(wanted.excerpts)
    for suggestion in suggest(members, parts.embedder):
        if suggestion.key == wanted.suggestion:
            return set(suggestion.excerpts)
    raise Conflict(f"{wanted.theme} has changed since this was suggested; look at the suggestions again.")


def _insert(
    session: Session,
    theme: tables.Theme,
    id: str,
    named: tuple[str, str],
    naming: Naming,
    piece: Members,
    cause: Cause,
) -> None:
    row: dict[str, Any] = {
        "workspace_id": cause.workspace,
        "id": id,
        "name": named[0],
        "name_origin": named[1],
        "definition": naming.definition,
        "key_phrases": list(naming.key_phrases),
        "exemplars": [piece.ids[place] for place in naming.exemplars],
        "edge": [piece.ids[place] for place in naming.edge],
        "state": "active",
        "pinned": False,
        "area": theme.area,
        "parent_id": theme.parent_id,
        "centroid": np.zeros(piece.vectors.shape[1], "<f4").tobytes(),
        "threshold": theme.threshold,
        "embedder": theme.embedder,
        "born_run_id": cause.decision,
        "created_at": cause.now,
    }
    session.execute(insert(tables.Theme), [row])
