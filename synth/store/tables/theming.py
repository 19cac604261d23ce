"""Themes, what is on them, and how they came to be."""

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, ForeignKey, ForeignKeyConstraint, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base, BigKey


class Run(Base):
    """One discovery: what went in, how, and what came out. Published whole or not at all."""

    __tablename__ = "runs"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]  # proposed | refused (both wait for a person) | published | rolled_back | superseded
    scope: Mapped[str]  # all | unassigned | anew | part
    embedder: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # with seeds and versions
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # coverage, stability, counts, seconds by stage
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RunContent(Base):
    """What a run carries with it, compressed: its proposal while it waits, what was before it while it is in force."""

    __tablename__ = "run_contents"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Area(Base):
    """Themes that lie close together, under a name of their own."""

    __tablename__ = "areas"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Theme(Base):
    """A named group of excerpts with a permanent id."""

    __tablename__ = "themes"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_origin: Mapped[str]  # machine | model | human
    definition: Mapped[str] = mapped_column(Text)
    key_phrases: Mapped[list[Any]] = mapped_column(default=list)
    exemplars: Mapped[list[Any]] = mapped_column(default=list)  # excerpt ids, most central first
    edge: Mapped[list[Any]] = mapped_column(default=list)  # excerpt ids of the least central members
    state: Mapped[str] = mapped_column(default="active")  # active | merged | retired | excluded
    parent_id: Mapped[str | None]
    area: Mapped[str | None]  # the id of its area
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    centroid: Mapped[bytes]
    threshold: Mapped[float]  # least cosine similarity for a new excerpt to be placed here
    embedder: Mapped[str]
    born_run_id: Mapped[str]
    created_at: Mapped[datetime]


class Place(Base):
    """Where a theme lies on the map of themes: given once, so that the map of next week is this week's."""

    __tablename__ = "places"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    theme_id: Mapped[str] = mapped_column(primary_key=True)
    x: Mapped[float]  # from -1 to 1, as y
    y: Mapped[float]
    created_at: Mapped[datetime]


class Assignment(Base):
    """Excerpt to theme. An excerpt without a row here is unassigned.

    Themes are counted by documents: the one an excerpt is from stands here too, so that a count asks no other table.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "theme_id"], ["themes.workspace_id", "themes.id"]),
        Index("ix_assignments_theme", "workspace_id", "theme_id", "document_id", "excerpt_id"),
        Index("ix_assignments_document", "document_id", "theme_id"),
    )
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[str]
    document_id: Mapped[str]  # of the excerpt
    theme_id: Mapped[str]
    confidence: Mapped[float]
    origin: Mapped[str]  # discovered | placed | human
    run_id: Mapped[str | None]
    created_at: Mapped[datetime]


class AssignmentChange(Base):
    """What a run or a human decision moved: the ground for roll-back, undo and restated trends."""

    __tablename__ = "assignment_changes"
    __table_args__ = (Index("ix_assignment_changes_cause", "workspace_id", "cause"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    excerpt_id: Mapped[str]
    from_theme: Mapped[str | None]
    to_theme: Mapped[str | None]
    cause: Mapped[str]  # the id of the run or decision
    created_at: Mapped[datetime]


class Lineage(Base):
    """One event in the life of a theme, as a run proposed it."""

    __tablename__ = "lineage"
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    run_id: Mapped[str]
    theme_id: Mapped[str]
    event: Mapped[str]  # born | kept | grown | split | merged | faded | retired
    others: Mapped[list[Any]] = mapped_column(default=list)  # theme ids it split into, merged from…
    overlap: Mapped[float]  # Jaccard of the members before and after
    size: Mapped[int]


class Decision(Base):
    """What a person decided about themes: it survives every later run, and can be undone."""

    __tablename__ = "decisions"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    kind: Mapped[str]  # rename | merge | split | move | exclude | pin | parent | apart | create | teach
    theme_id: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the themes it changed were like
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it made of them, and what was asked
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class Displaced(Base):
    """An assignment as it was before a decision changed it: undoing the decision gives it back to the letter."""

    __tablename__ = "displaced"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    decision_id: Mapped[str] = mapped_column(primary_key=True)
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[str]
    confidence: Mapped[float]
    origin: Mapped[str]
    run_id: Mapped[str | None]
    created_at: Mapped[datetime]


class Lesson(Base):
    """What the moves of people taught about placing on a theme, and what it was worth on decisions held back."""

    __tablename__ = "lessons"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    theme_id: Mapped[str] = mapped_column(primary_key=True)
    embedder: Mapped[str]
    state: Mapped[str]  # in force | not better | off (a person turned it off)
    centroid: Mapped[bytes]  # in place of the theme's own while in force; not of unit length
    threshold: Mapped[float]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
