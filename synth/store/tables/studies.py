"""Studies, their codebook, and what researchers marked."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base


class Study(Base):
    """A piece of research: a question, how it was sought, what was agreed with those who spoke."""

    __tablename__ = "studies"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # also that of its source
    question: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    consent: Mapped[str | None] = mapped_column(Text)  # what the participants agreed to
    state: Mapped[str]  # open | closed
    keep_days: Mapped[int | None]  # after which what was said is erased; None keeps it
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class Participant(Base):
    """Who took part in a study: the only place where a pseudonym stands beside a name."""

    __tablename__ = "participants"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "study_id", "key"),
        Index("ix_participants_person", "person_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(primary_key=True)  # P1, unique within the study
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    key: Mapped[str]  # a hash of the name, or of the document and the label where there is none
    name: Mapped[str | None]  # as it was written; None where the file gave none
    created_at: Mapped[datetime]


class Code(Base):
    """A word of a codebook: what a researcher calls what is said."""

    __tablename__ = "codes"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # C1
    study_id: Mapped[str]
    parent_id: Mapped[str | None]
    name: Mapped[str]
    definition: Mapped[str] = mapped_column(Text, default="")
    examples: Mapped[list[Any]] = mapped_column(default=list)  # texts that show when it is used
    memo: Mapped[str] = mapped_column(Text, default="")
    color: Mapped[str | None]  # #rrggbb
    theme_id: Mapped[str | None]  # a theme that speaks of the same
    guid: Mapped[str]  # by which other tools know it
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class Highlight(Base):
    """A span of a document that somebody gave a code: `document.text[start:end]`."""

    __tablename__ = "highlights"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "code_id"], ["codes.workspace_id", "codes.id"], ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "document_id", "code_id", "coder", "start", "end"),
        Index("ix_highlights_code", "workspace_id", "code_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # H1
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    code_id: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    coder: Mapped[str]
    origin: Mapped[str]  # human | machine | import
    state: Mapped[str]  # accepted | suggested | rejected: only the machine's are suggested
    score: Mapped[float | None] = mapped_column(Float)  # 0 to 1, how much speaks for a suggestion
    memo: Mapped[str] = mapped_column(Text, default="")
    guid: Mapped[str]
    created_at: Mapped[datetime]


class FirstSuggestion(Base):
    """When the machine first suggested codes in a document: what is coded there later was coded with it in view."""

    __tablename__ = "first_suggestions"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    at: Mapped[datetime]


class Board(Base):
    """The affinity board of a study, where people changed it: lanes, places of cards, notes; and what was before."""

    __tablename__ = "boards"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(primary_key=True)
    layout: Mapped[dict[str, Any]] = mapped_column(default=dict)
    past: Mapped[list[Any]] = mapped_column(default=list)  # earlier layouts, the latest last: for undoing


class CodingChange(Base):
    """What was done to a codebook as a whole, with what was before it: for undoing it."""

    __tablename__ = "coding_changes"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # K1
    study_id: Mapped[str]
    kind: Mapped[str]  # merge | split | delete
    actor: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
