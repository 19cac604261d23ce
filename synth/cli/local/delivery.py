"""The engine of this process asked about releases, and who is sent the report."""

from collections.abc import Sequence

from synth.cli.client import Document
from synth.cli.local.here import ACTOR, Here


class Delivery(Here):
    """Releases, and who is sent the report."""

    def releases(self) -> Document:
        return self.engine.releases(self.workspace)

    def add_release(self, wanted: Document) -> Document:
        return self.engine.add_release(self.workspace, ACTOR, **wanted)

    def remove_release(self, release: str) -> None:
        self.engine.remove_release(self.workspace, release)

    def schedule(self) -> Document:
        return self.engine.schedule(self.workspace)

    def set_schedule(self, weekday: str, hour: int) -> None:
        self.engine.set_schedule(self.workspace, weekday, hour)

    def subscriptions(self) -> Document:
        return self.engine.subscriptions(self.workspace)

    def subscribe(self, channel: str, address: str, form: str, where: Sequence[str] = ()) -> Document:
        return self.engine.subscribe(self.workspace, ACTOR, channel, address, form, where=where)

    def end_subscription(self, subscription: str) -> None:
        self.engine.end_subscription(self.workspace, ACTOR, subscription)

    def send_report(self, subscription: str, report: str | None) -> Document:
        delivery = self.engine.send_report(self.workspace, ACTOR, subscription, report)
        self.engine.drain()
        return self.engine.delivery(self.workspace, delivery["id"])

    def deliveries(self) -> Document:
        return self.engine.deliveries(self.workspace)
