"""Who speaks: people, their accounts, and participants of studies."""

from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base, BigKey

TOLD = text("CAST(attributes AS TEXT) != '{}'")
"""True of the people a roster tells something about: mostly a few of them, which an index knows."""


class Account(Base):
    """The company a person belongs to. Revenue is per year, in the currency of the workspace."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    segment: Mapped[str | None]
    plan: Mapped[str | None]
    revenue: Mapped[float | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Person(Base):
    """Who said it."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("workspace_id", "name"),
        Index("ix_people_told", "workspace_id", "id", sqlite_where=TOLD, postgresql_where=TOLD),
    )
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
