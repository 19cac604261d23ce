"""The engine's side of delivery: when reports are written, who gets them, and what became of each letter."""

from collections.abc import Sequence
from typing import Any

from synth.engine.core import Core
from synth.store.walls import everywhere


class DeliverySteps(Core):
    """The schedule, subscriptions and deliveries of weekly reports."""

    def schedule(self, workspace: str) -> dict[str, Any]:
        """The day of the week and the hour from which the report of the week before is written."""
        from synth.reports.scheduling import read_schedule

        return self._read(read_schedule, workspace) | {"timezone": self.parts.zone(workspace)}

    def set_schedule(self, workspace: str, weekday: str, hour: int) -> dict[str, Any]:
        """Change that day and hour; raises BadInput."""
        from synth.reports.scheduling import set_schedule

        with self.parts.database.write() as session:
            set_schedule(session, workspace, weekday, hour, now=self.parts.now())
        return self.schedule(workspace)

    def subscribe(
        self, workspace: str, actor: str, kind: str, address: str, form: str = "whole", *, where: Sequence[str] = ()
    ) -> dict[str, Any]:
        """Send every weekly report there, or that of a team; a webhook's secret is shown this once.

        Raises BadInput, NotFound for a theme or an area there is not, Conflict.
        """
        from synth.answers.given import read_filters
        from synth.delivery.subscribing import subscribe
        from synth.store.filtering import check_names

        given = read_filters(None, None, where, timezone=self.parts.zone(workspace))
        with self.parts.database.read() as session:
            check_names(session, workspace, given)
        return subscribe(self.parts, workspace, kind, address, form=form, where=given.where, by=actor)

    def subscriptions(self, workspace: str) -> dict[str, Any]:
        """The subscriptions in force."""
        from synth.delivery.subscribing import list_subscriptions

        return {"subscriptions": self._read(list_subscriptions, workspace)}

    def end_subscription(self, workspace: str, actor: str, subscription_id: str) -> None:
        """Send nothing more there; raises NotFound."""
        from synth.delivery.subscribing import end

        with self.parts.database.write() as session:
            end(session, workspace, subscription_id, by=actor, now=self.parts.now())

    def subscription_of_link(self, key: str) -> dict[str, Any]:
        """The subscription that the link of a letter belongs to, in whichever workspace; raises NotFound."""
        from synth.delivery.subscribing import find_by_key, subscription_document

        with everywhere(), self.parts.database.read() as session:
            return subscription_document(find_by_key(session, key))

    def end_by_link(self, key: str) -> dict[str, Any]:
        """End the subscription that the link of a letter belongs to; raises NotFound."""
        from synth.delivery.subscribing import READER, end, find_by_key, subscription_document

        with everywhere(), self.parts.database.write() as session:
            found = find_by_key(session, key)
            end(session, found.workspace_id, found.id, by=READER, now=self.parts.now())
            return subscription_document(found)

    def send_report(
        self, workspace: str, actor: str, subscription_id: str, report: str | None = None
    ) -> dict[str, Any]:
        """Send a report that was archived, the latest by default, to one subscriber now; raises NotFound, Conflict."""
        from synth.delivery.sending import send_now

        delivery = send_now(self.parts, workspace, subscription_id, report, by=actor)
        self.wake()
        return self.delivery(workspace, delivery)

    def delivery(self, workspace: str, delivery_id: str) -> dict[str, Any]:
        """One letter and how it stands; raises NotFound."""
        from synth.delivery.sending import get_delivery

        return self._read(get_delivery, workspace, delivery_id)

    def deliveries(self, workspace: str) -> dict[str, Any]:
        """The letters, the newest first."""
        from synth.delivery.sending import list_deliveries

        return {"deliveries": self._read(list_deliveries, workspace)}

    def channels(self) -> list[str]:
        """The ways a report may leave, as far as the settings allow."""
        from synth.delivery.outgoing import KINDS

        out = self.parts.outgoing
        closed = {"email": not (out.smtp_url and out.sender), "folder": out.folder is None}
        return [kind for kind in KINDS if not closed.get(kind)]
