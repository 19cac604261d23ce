"""The commands under `synth subscriptions`: who gets the weekly report, and when it is written."""

from typing import Annotated, Literal

import typer

from synth.cli.options import UrlOption, parse_filters

app = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Subscription = Annotated[str, typer.Argument(metavar="SUBSCRIPTION", help="The id of one, e.g. N1.")]
Channel = Literal["email", "slack", "teams", "discord", "webhook", "folder"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]


@app.callback()
def subscriptions(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List who gets the weekly report; or add, end, send, look at what was sent, or say when it is written."""
    from synth.cli import mailing

    if context.invoked_subcommand is None:
        mailing.list_all(json=json, url=url)


@app.command()
def add(
    channel: Annotated[Channel, typer.Argument(help="By what.")],
    address: Annotated[str, typer.Argument(help="A mailbox, the URL of an incoming webhook, or a folder's name.")],
    form: Annotated[
        Literal["whole", "executive", "team"],
        typer.Option(help="The whole of it, one page, or that of a team, which needs --where."),
    ] = "whole",
    where: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="Only what a team cares for; may be repeated.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Send every weekly report there; the secret of a webhook is printed this once."""
    from synth.cli import mailing

    mailing.add(channel, address, form, parse_filters(None, None, where or []).where, json=json, url=url)


@app.command()
def end(subscription: Subscription, url: UrlOption = None) -> None:
    """Send nothing more there."""
    from synth.cli import mailing

    mailing.end(subscription, url=url)


@app.command()
def send(
    subscription: Subscription,
    week: Annotated[
        str | None, typer.Option(help="A week that was archived, e.g. 2026-W46; the latest if none.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Send a report there now."""
    from synth.cli import mailing

    mailing.send(subscription, week, json=json, url=url)


@app.command()
def sent(json: Json = False, url: UrlOption = None) -> None:
    """List what was sent, and what could not be."""
    from synth.cli import mailing

    mailing.sent(json=json, url=url)


@app.command()
def schedule(
    weekday: Annotated[Weekday | None, typer.Option(help="The day of the week after it.")] = None,
    hour: Annotated[int | None, typer.Option(min=0, max=23, help="From this hour on.")] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Say when the report of a week is written; without options, when that is."""
    from synth.cli import mailing

    if (weekday is None) != (hour is None):
        raise typer.BadParameter("Give both --weekday and --hour, or neither.")
    mailing.schedule(weekday, hour, json=json, url=url)
