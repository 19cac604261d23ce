"""A server asked about releases, and who is sent the report."""

import time
from collections.abc import Sequence
from urllib.parse import quote

from synth.cli.client import Document
from synth.cli.remote.server import GLANCE, Server


class Delivery(Server):
    """Releases, and who is sent the report."""

    def releases(self) -> Document:
        return self._json("GET", "/releases")

    def add_release(self, wanted: Document) -> Document:
        return self._json("POST", "/releases", json=wanted)

    def remove_release(self, release: str) -> None:
        with self._answer("DELETE", f"/releases/{quote(release, safe='')}"):
            pass

    def schedule(self) -> Document:
        return self._json("GET", "/schedule")

    def set_schedule(self, weekday: str, hour: int) -> None:
        self._json("PUT", "/schedule", json={"weekday": weekday, "hour": hour})

    def subscriptions(self) -> Document:
        return self._json("GET", "/subscriptions")

    def subscribe(self, channel: str, address: str, form: str, where: Sequence[str] = ()) -> Document:
        sent = {"kind": channel, "address": address, "form": form, "where": list(where)}
        return self._json("POST", "/subscriptions", json=sent)

    def end_subscription(self, subscription: str) -> None:
        with self._answer("DELETE", f"/subscriptions/{quote(subscription, safe='')}"):
            pass

    def send_report(self, subscription: str, report: str | None) -> Document:
        delivery = self._json(
            "POST", f"/subscriptions/{quote(subscription, safe='')}/deliveries", json={"report": report}
        )
        while delivery["state"] == "waiting" and not delivery["error"]:
            time.sleep(GLANCE)
            delivery = self._json("GET", f"/deliveries/{delivery['id']}")
        return delivery

    def deliveries(self) -> Document:
        return self._json("GET", "/deliveries")
