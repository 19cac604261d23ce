"""When the weekly report is written, who gets it, what became of each sending; and the releases it tells of."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base


class Schedule(Base):
    """When the report of a week is written: at an hour of a day of the week after it. Without a row, at once."""

    __tablename__ = "schedules"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    weekday: Mapped[int]  # 0 is Monday
    hour: Mapped[int]
    changed_at: Mapped[datetime]


class Subscription(Base):
    """Somebody, or some place, that gets every weekly report."""

    __tablename__ = "subscriptions"
    __table_args__ = (UniqueConstraint("key"),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # N1
    kind: Mapped[str]  # email | slack | teams | discord | webhook | folder
    address: Mapped[str] = mapped_column(Text)  # of a chat or a webhook it is a secret: whoever has it can write there
    form: Mapped[str] = mapped_column(default="whole")  # whole | executive | team
    conditions: Mapped[list[Any]] = mapped_column(default=list, server_default="[]")  # of a team, as they are typed
    secret: Mapped[str | None]  # signs what a webhook gets
    key: Mapped[str]  # of the link that ends it without signing in
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]


class Delivery(Base):
    """One report on its way to one subscriber; how it stands is told by its job."""

    __tablename__ = "deliveries"
    __table_args__ = (Index("ix_deliveries_asked", "workspace_id", "asked_at"),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # L1
    subscription_id: Mapped[str]
    report_id: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]


class Release(Base):
    """A version of the product that came out on a day, and the themes it was to change."""

    __tablename__ = "releases"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # V1
    name: Mapped[str]
    day: Mapped[str]  # 2026-11-16, in the workspace's zone
    themes: Mapped[list[Any]] = mapped_column(default=list)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
