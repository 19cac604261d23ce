"""What people decided about themes and have not undone: what every run and every placement has to respect."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import chunks

IN_FORCE = ("active", "excluded")  # states of themes that hold excerpts


@dataclass(frozen=True, slots=True)
class Standing:
    """The decisions in force, by what they mean for a run."""

    pinned: frozenset[str]
    excluded: frozenset[str]
    named: frozenset[str]  # themes whose name is a person's
    described: frozenset[str]  # themes whose definition is a person's
    merged: Mapping[str, str]  # theme to the theme it is part of now, to the end of a chain of merges
    apart: frozenset[frozenset[str]]  # pairs that are not the same, the two sides of every split among them
    created: frozenset[str]  # themes a person made: by a split, or with a taxonomy
    decided: frozenset[str]  # themes that a decision is about
    placed: Mapping[str, str]  # excerpt to the theme a person put it on
    off: frozenset[str]  # excerpts a person took off all themes

    @property
    def held(self) -> frozenset[str]:
        """Themes a person has given their shape: a run takes their members as given and finds themes in the rest."""
        apart = frozenset(theme for pair in self.apart for theme in pair)
        return self.pinned | self.excluded | self.created | apart | frozenset(self.merged.values())

    @property
    def shaped(self) -> frozenset[str]:
        """Themes a person has had a hand in: these, and those with a name, a decision or an excerpt of a person's."""
        return self.held | self.named | self.decided | frozenset(self.placed.values())


def read_standing(session: Session, workspace: str) -> Standing:
    """All that stands; themes that are no longer in force are left out."""
    decisions = standing_decisions(session, workspace)
    themes = _themes(session, workspace)
    living = {id for id, theme in themes.items() if theme.state in IN_FORCE}
    created = {theme for each in decisions for theme in each.after.get("created", ())} & living
    return Standing(
        pinned=frozenset(id for id in living if themes[id].pinned),
        excluded=frozenset(id for id in living if themes[id].state == "excluded"),
        named=frozenset(id for id in living if themes[id].name_origin == "human"),
        described=frozenset(t for each in decisions for t in each.after.get("described", ())) & living,
        merged={theme: into for theme, into in follow(merges(decisions)).items() if into in living},
        apart=frozenset(pair for pair in pairs_apart(decisions) if pair <= living),
        created=frozenset(created),
        decided=frozenset(each.theme_id for each in decisions) & living,
        placed=_placed(session, workspace),
        off=frozenset(
            excerpt for excerpt, move in last_moves(session, workspace, decisions).items() if not move.to_theme
        ),
    )


def standing_decisions(session: Session, workspace: str) -> list[tables.Decision]:
    """The decisions that were not undone, oldest first."""
    query = select(tables.Decision).where(
        tables.Decision.workspace_id == workspace, tables.Decision.undone_at.is_(None)
    )
    return sorted(session.scalars(query), key=lambda decision: int(decision.id[1:]))


def last_moves(
    session: Session, workspace: str, decisions: Iterable[tables.Decision]
) -> dict[str, tables.AssignmentChange]:
    """By excerpt, the last move that one of the decisions made of it."""
    change, last = tables.AssignmentChange, dict[str, tables.AssignmentChange]()
    for part in chunks([each.id for each in decisions if each.kind == "move"]):
        query = select(change).where(change.workspace_id == workspace, change.cause.in_(part))
        for row in session.scalars(query):
            before = last.get(row.excerpt_id)
            last[row.excerpt_id] = row if before is None or row.seq > before.seq else before
    return last


def merges(decisions: Iterable[tables.Decision]) -> dict[str, str]:
    """Theme to the theme a person merged it into."""
    return {
        theme: each.theme_id for each in decisions if each.kind == "merge" for theme in each.after["wanted"]["themes"]
    }


def follow(merged: Mapping[str, str]) -> dict[str, str]:
    """The same with each chain followed to its end."""
    ends = {}
    for theme in merged:
        end = merged[theme]
        while end in merged:
            end = merged[end]
        ends[theme] = end
    return ends


def pairs_apart(decisions: Iterable[tables.Decision]) -> set[frozenset[str]]:
    """The pairs of themes that are not the same: said to be, or the two sides of a split."""
    said: set[frozenset[str]] = set()
    for each in decisions:
        if each.kind == "apart":
            said.add(frozenset((each.theme_id, each.after["wanted"]["other"])))
        elif each.kind == "split":
            said |= {frozenset((each.theme_id, piece)) for piece in each.after["created"]}
    return said


def _themes(session: Session, workspace: str) -> dict[str, Any]:
    columns = (tables.Theme.id, tables.Theme.state, tables.Theme.pinned, tables.Theme.name_origin)
    rows = session.execute(select(*columns).where(tables.Theme.workspace_id == workspace))
    return {row.id: row for row in rows}


def _placed(session: Session, workspace: str) -> dict[str, str]:
    query = select(tables.Assignment.excerpt_id, tables.Assignment.theme_id).where(
        tables.Assignment.workspace_id == workspace, tables.Assignment.origin == "human"
    )
    return {row.excerpt_id: row.theme_id for row in session.execute(query)}
