"""The commands under `synth workspaces`, `users`, `tokens`, `hooks`, `sources`: who comes in, and what comes in how."""

from typing import Annotated, Literal

import typer

from synth.cli.options import UrlOption

users = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
tokens = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
hooks = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
workspaces = typer.Typer(invoke_without_command=True, rich_markup_mode=None)
sources = typer.Typer(invoke_without_command=True, rich_markup_mode=None)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Role = Literal["viewer", "editor", "researcher", "admin"]
Scope = Literal["all", "read", "ingest"]
RoleOption = Annotated[Role, typer.Option(help="What they may do.")]
Name = Annotated[str, typer.Argument(help="Who it is.")]


@workspaces.callback()
def list_workspaces(context: typer.Context, json: Json = False) -> None:
    """List the workspaces; or make one, or rename one. On the machine itself only."""
    from synth.cli import workspaces

    if context.invoked_subcommand is None:
        workspaces.list_workspaces(json=json)


@workspaces.command("add")
def add_workspace(
    name: Annotated[str, typer.Argument(help="What it is called.")],
    id: Annotated[str | None, typer.Option(help="By what commands know it; made of the name if not given.")] = None,
    timezone: Annotated[
        str | None, typer.Option(metavar="ZONE", help="Its days and weeks begin by it; SYNTH_TIMEZONE if not given.")
    ] = None,
    json: Json = False,
) -> None:
    """Make one; prints a login link for its administrator, which works once, within a day."""
    from synth.cli import workspaces

    workspaces.add_workspace(name, id, timezone, json=json)


@workspaces.command("rename")
def rename_workspace(
    workspace: Annotated[str, typer.Argument(metavar="WORKSPACE", help="The id of one, as it is listed.")],
    name: Annotated[str, typer.Argument(help="What it is called from now on.")],
) -> None:
    """Give one another name; its id stays."""
    from synth.cli import workspaces

    workspaces.rename_workspace(workspace, name)


@users.callback()
def list_users(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List who signs in with a browser; or add somebody, change a role, or remove somebody."""
    from synth.cli import administration

    if context.invoked_subcommand is None:
        administration.list_users(json=json, url=url)


@users.command("add")
def add_user(name: Name, role: RoleOption = "viewer", json: Json = False, url: UrlOption = None) -> None:
    """Make a login link: it works once, within an hour, and is printed this once."""
    from synth.cli import administration

    administration.invite(name, role, json=json, url=url)


@users.command("role")
def change_role(
    name: Name, role: Annotated[Role, typer.Argument(help="What they may do from now on.")], url: UrlOption = None
) -> None:
    """Give somebody another role, from their next click on."""
    from synth.cli import administration

    administration.change_role(name, role, url=url)


@users.command("sign-out")
def sign_out_user(name: Name, url: UrlOption = None) -> None:
    """End every session and login link of somebody now; with a password they may sign in again."""
    from synth.cli import administration

    administration.sign_out_user(name, url=url)


@users.command("remove")
def remove_user(name: Name, url: UrlOption = None) -> None:
    """End every session and login link of somebody now, and forget their password."""
    from synth.cli import administration

    administration.remove_user(name, url=url)


@tokens.callback()
def list_tokens(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List the tokens of programs; or make one, or revoke one."""
    from synth.cli import administration

    if context.invoked_subcommand is None:
        administration.list_tokens(json=json, url=url)


@tokens.command("add")
def add_token(
    name: Annotated[str, typer.Argument(help="What uses it.")],
    role: RoleOption = "viewer",
    scope: Annotated[
        Scope,
        typer.Option(
            help="Narrower than the role: read changes nothing; ingest sends feedback and sees what became of that."
        ),
    ] = "all",
    days: Annotated[
        int | None, typer.Option(min=1, max=36_500, help="Days until it expires; never if not given.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Make a token; it is printed this once."""
    from synth.cli import administration

    administration.add_token(name, role, scope, days, json=json, url=url)


@tokens.command("revoke")
def revoke_token(
    token: Annotated[str, typer.Argument(metavar="TOKEN", help="The id of one, as it is listed.")],
    url: UrlOption = None,
) -> None:
    """End one now."""
    from synth.cli import administration

    administration.revoke_token(token, url=url)


@hooks.callback()
def list_hooks(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List the addresses at which other services send feedback; or make one, or end one."""
    from synth.cli import administration

    if context.invoked_subcommand is None:
        administration.list_hooks(json=json, url=url)


@hooks.command("add")
def add_hook(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="The source it is for.")],
    reader: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who alone may read that source, which is new then.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Make an address for one source; the secret that signs what is sent there is printed this once."""
    from synth.cli import administration

    administration.add_hook(source, reader or None, json=json, url=url)


@hooks.command("end")
def end_hook(
    hook: Annotated[str, typer.Argument(metavar="HOOK", help="The id of one, as it is listed.")], url: UrlOption = None
) -> None:
    """Take nothing more there."""
    from synth.cli import administration

    administration.end_hook(hook, url=url)


@sources.callback()
def list_sources(context: typer.Context, json: Json = False, url: UrlOption = None) -> None:
    """List the sources with what each holds; or say of one who may read it, or how it is redacted."""
    from synth.cli import administration

    if context.invoked_subcommand is None:
        administration.list_sources(json=json, url=url)


@sources.command("redact")
def redact_source(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A source by name.")],
    mode: Annotated[
        Literal["automatic", "suggest"],
        typer.Argument(help="suggest: nothing is stored before somebody saw what is to be hidden."),
    ],
    url: UrlOption = None,
) -> None:
    """Say whether what comes into a source waits until somebody has looked at it."""
    from synth.cli import administration

    administration.redact_source(source, mode, url=url)


@sources.command("readers")
def restrict_source(
    source: Annotated[str, typer.Argument(metavar="SOURCE", help="A source by name.")],
    names: Annotated[list[str] | None, typer.Argument(metavar="NAME…", help="Users and tokens.")] = None,
    everybody: Annotated[bool, typer.Option("--everybody", help="Let everybody in the workspace read it.")] = False,
    url: UrlOption = None,
) -> None:
    """Say who may read a source beside administrators; without a name it is nobody."""
    from synth.cli import administration

    administration.restrict_source(source, names or [], everybody=everybody, url=url)
