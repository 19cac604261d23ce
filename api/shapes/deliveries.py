"""The schedule, subscriptions and deliveries as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import LONGEST_CONDITION, MOST_CONDITIONS, Plain
from api.shapes.common import Moment
from synth.reports.forms import Form

Channel = Literal["email", "slack", "teams", "discord", "webhook", "folder"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


class SentSchedule(BaseModel):
    """When the report of a week is written: from an hour of a day of the week after it."""

    weekday: Weekday
    hour: int = Field(ge=0, le=23)


class Schedule(SentSchedule):
    """The same, with the zone it is told in."""

    timezone: str


class SentSubscription(BaseModel):
    """Where every weekly report is to go."""

    kind: Channel
    address: Annotated[Plain, Field(min_length=1, max_length=2000)] = Field(
        description="A mailbox, the URL of an incoming webhook, or the name of a folder under SYNTH_REPORT_FOLDER.",
        examples=["ana@example.org"],
    )
    form: Form = Field("whole", description="The whole of it, one page, or that of a team, which needs `where`.")
    where: list[Annotated[Plain, Field(max_length=LONGEST_CONDITION)]] = Field(
        [], max_length=MOST_CONDITIONS, description="What a team cares for.", examples=[["area=A2", "segment=Small"]]
    )


class Subscription(BaseModel):
    """Somebody, or some place, that gets every weekly report."""

    id: str = Field(examples=["N1"])
    kind: Channel
    address: str = Field(description="Of a chat or a webhook only the host: whoever has the rest can write there.")
    form: Form
    where: list[str] = Field(description="What a team cares for; empty for everybody.")
    created_by: str
    created_at: Moment
    ended_at: Moment | None


class SubscriptionMade(Subscription):
    """A subscription that was made this moment."""

    secret: str | None = Field(description="Signs what a webhook gets (Standard Webhooks); shown this once.")


class SubscriptionList(BaseModel):
    """Subscriptions in force."""

    subscriptions: list[Subscription]


class SentDelivery(BaseModel):
    """Which report to send."""

    report: Annotated[Plain, Field(max_length=30)] | None = Field(None, examples=["2026-W47"])


class Delivery(BaseModel):
    """One report on its way to one subscriber."""

    id: str = Field(examples=["L1"])
    subscription: str
    kind: Channel
    report: str
    state: Literal["waiting", "sent", "failed", "not sent"] = Field(
        description="`not sent`: the subscription ended before its turn came."
    )
    attempts: int
    error: str | None
    asked_by: str
    asked_at: Moment
    sent_at: Moment | None


class DeliveryList(BaseModel):
    """Deliveries, the newest first."""

    deliveries: list[Delivery]
