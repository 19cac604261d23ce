"""What is told of it: insights, answers, saved questions, reports, with the quotes they rest on."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base, BigKey


class Insight(Base):
    """Claims about a theme or a question, with a state."""

    __tablename__ = "insights"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    theme_id: Mapped[str | None]
    title: Mapped[str]
    titled_by: Mapped[str | None]  # the person who gave it its title
    origin: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the theme, answer or excerpts it was made from
    claims: Mapped[list[Any]] = mapped_column(default=list)
    counts: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)  # segments, dissent, questions, what it rests on
    state: Mapped[str]  # draft | reviewed | published
    freshness: Mapped[str]  # fresh | ageing | contradicted
    freshness_reason: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None]
    drafter: Mapped[str]
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)  # prompt id, version, hash, model, evidence ids
    left_out: Mapped[str] = mapped_column(default="", server_default="")  # sources nothing of which is in it: " 3 7 "
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class InsightEvent(Base):
    """What happened to an insight: by whom, when, and what it was before."""

    __tablename__ = "insight_events"
    __table_args__ = (Index("ix_insight_events", "workspace_id", "insight_id"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    insight_id: Mapped[str]
    action: Mapped[
        str
    ]  # drafted | redrafted | edited | reviewed | published | withdrawn | fresh | ageing | contradicted
    actor: Mapped[str]
    at: Mapped[datetime]
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)  # before and after, or the reason


class Answer(Base):
    """A question that was asked and what was answered, for the trust figures and saved questions."""

    __tablename__ = "answers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str]
    left_out: Mapped[str] = mapped_column(default="", server_default="")  # sources nothing of which is in it: " 3 7 "
    created_at: Mapped[datetime]


class SavedQuestion(Base):
    """A question that is asked again every week."""

    __tablename__ = "saved_questions"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)  # filters beside the question
    dropped: Mapped[list[Any]] = mapped_column(default=list)  # what was wrongly read into it
    title: Mapped[str | None]
    state: Mapped[str]  # active | archived
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class SavedRun(Base):
    """What a saved question was answered with for a week; a later run of the same week takes its place."""

    __tablename__ = "saved_runs"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)  # 2026-W46
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # in that week alone: value, of, unit
    left_out: Mapped[str] = mapped_column(default="", server_default="")  # sources nothing of which is in it: " 3 7 "
    asked_at: Mapped[datetime]


class Follower(Base):
    """Who wants to know when the answer to a saved question changes, and up to which week that was read."""

    __tablename__ = "saved_followers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[str | None]  # the week
    created_at: Mapped[datetime]


class Citation(Base):
    """Where an excerpt is quoted, so that erasure can follow it."""

    __tablename__ = "citations"
    __table_args__ = (
        Index("ix_citations_excerpt", "workspace_id", "excerpt_id"),
        Index("ix_citations_owner", "workspace_id", "owner"),
    )
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    excerpt_id: Mapped[str]
    owner: Mapped[str]  # the id of the insight, answer or report


class Report(Base):
    """A week's report; one row per workspace and week, so writing it twice changes nothing."""

    __tablename__ = "reports"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # 2026-W47, or 2026-11-01..2026-11-14
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    left_out: Mapped[str] = mapped_column(default="", server_default="")  # sources nothing of which is in it: " 3 7 "
    created_at: Mapped[datetime]
