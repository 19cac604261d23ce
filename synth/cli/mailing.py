"""What the commands under `synth subscriptions` do."""

from collections.abc import Sequence

from synth.cli import output
from synth.cli.client import Document
from synth.cli.opening import open_client

COMMAND = "synth subscriptions"


def list_all(*, json: bool, url: str | None) -> None:
    """Who gets the weekly report."""
    with open_client(url, command=COMMAND) as client:
        found = client.subscriptions()
    if json:
        output.print_json(found)
        return
    if not found["subscriptions"]:
        print("Nobody gets the weekly report; add somebody with `synth subscriptions add`.")
    for each in found["subscriptions"]:
        print(_line(each))


def add(channel: str, address: str, form: str, where: Sequence[str], *, json: bool, url: str | None) -> None:
    """Send every weekly report there."""
    with open_client(url, command=COMMAND) as client:
        made = client.subscribe(channel, address, form, where)
    if json:
        output.print_json(made)
        return
    print(_line(made))
    if made["secret"]:
        print(f"It is signed with {made['secret']}, which is not shown again.")


def end(subscription: str, *, url: str | None) -> None:
    """Send nothing more there."""
    with open_client(url, command=COMMAND) as client:
        client.end_subscription(subscription)
    print(f"Nothing more is sent to {subscription}.")


def send(subscription: str, week: str | None, *, json: bool, url: str | None) -> None:
    """Send a report there now."""
    with open_client(url, command=COMMAND) as client:
        delivery = client.send_report(subscription, week)
    if json:
        output.print_json(delivery)
    else:
        print(_letter(delivery))


def sent(*, json: bool, url: str | None) -> None:
    """What was sent, and what could not be."""
    with open_client(url, command=COMMAND) as client:
        found = client.deliveries()
    if json:
        output.print_json(found)
        return
    if not found["deliveries"]:
        print("Nothing was sent so far.")
    for each in found["deliveries"]:
        print(_letter(each))


def schedule(weekday: str | None, hour: int | None, *, json: bool, url: str | None) -> None:
    """When the report of a week is written."""
    with open_client(url, command=COMMAND) as client:
        if weekday is not None and hour is not None:
            client.set_schedule(weekday, hour)
        found = client.schedule()
    if json:
        output.print_json(found)
    else:
        print(f"On {found['weekday'].capitalize()} from {found['hour']:02}:00, {found['timezone']}.")


def _line(subscription: Document) -> str:
    only = f", only {' '.join(subscription['where'])}" if subscription["where"] else ""
    form = "" if subscription["form"] == "whole" else f" ({subscription['form']}{only})"
    return f"{subscription['id']:>4}  {subscription['kind']:<8} {subscription['address']}{form}"


def _letter(delivery: Document) -> str:
    why = f": {delivery['error']}" if delivery["error"] else ""
    to = f"{delivery['subscription']} ({delivery['kind']})"
    return f"{delivery['id']:>4}  {delivery['report']} to {to} {delivery['state']}{why}"
