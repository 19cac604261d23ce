"""Work, what it cost, what it was measured at, and what was erased."""

from datetime import datetime
from typing import Any

from sqlalchemy import Float, ForeignKey, ForeignKeyConstraint, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base, BigKey


class Job(Base):
    """A row of the ledger: work that will be done at least once, and whose effect happens exactly once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("workspace_id", "idempotency_key"),
        Index("ix_jobs_state", "state", "run_after"),
        Index("ix_jobs_subject", "subject", "kind"),
        Index("ix_jobs_started", "workspace_id", "started_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    state: Mapped[str]  # queued | running | done | dead
    subject: Mapped[str | None]  # what it works on: the id of an import, a run…
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    idempotency_key: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    lease: Mapped[str | None]  # a random token: only its holder may finish the job
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime]
    started_at: Mapped[datetime | None]  # of the last attempt; of one that failed, its end
    stage: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    trace: Mapped[str | None]  # of the request that asked for it, as W3C writes it (traceparent)


class ModelCall(Base):
    """One call of the language model: what was asked of whom, what it took, what came of it; no text."""

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_day", "workspace_id", "day"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    day: Mapped[str]  # 2026-11-26, in the workspace's zone: the budget begins anew with it
    called_at: Mapped[datetime]
    prompt: Mapped[str]  # answer.v1
    prompt_hash: Mapped[str]
    model: Mapped[str]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost: Mapped[float]
    seconds: Mapped[float]
    outcome: Mapped[str]  # answered | failed | kept (from the replies that are kept) | refused (no budget was left)


class ModelReply(Base):
    """A reply that stood the checks, for equal requests; it goes with the first excerpt of its evidence that goes."""

    __tablename__ = "model_replies"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of prompt, evidence, schema, endpoint and model
    reply: Mapped[str] = mapped_column(Text)
    evidence: Mapped[int]  # how many excerpts it was made from
    created_at: Mapped[datetime]


class ReplyEvidence(Base):
    """An excerpt that a kept reply was made from."""

    __tablename__ = "reply_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "key"], ["model_replies.workspace_id", "model_replies.key"], ondelete="CASCADE"
        ),
        Index("ix_reply_evidence_excerpt", "excerpt_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)


class Measurement(Base):
    """A figure of the evaluation harness, kept to be shown on the trust card; one row per figure, folder and time."""

    __tablename__ = "measurements"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    suite: Mapped[str] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    n: Mapped[int | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # seed, limit, versions, hash of the folder


class Erasure(Base):
    """What was asked to be erased, by whom, and the receipt; it holds no name and no word of it."""

    __tablename__ = "erasures"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # person | document | source | study | expired
    subject: Mapped[str]  # a hash of the name, the id of the document or study, the number of the source
    actor: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str]  # waiting | running | done
    receipt: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Erased(Base):
    """A document or person that was erased, by a hash: what brings it again is refused."""

    __tablename__ = "erased"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    erasure_id: Mapped[str]
