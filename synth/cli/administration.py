"""What the commands under `synth users`, `synth tokens` and `synth sources`, and `synth settings`, do."""

from typing import TYPE_CHECKING

from synth.cli import output
from synth.cli.opening import open_client
from synth.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from synth.access import Role, Scope


def settings(*, test: bool, json: bool, url: str | None) -> None:
    """Show every setting in force, or what comes back from the language model."""
    with open_client(url, command="synth settings") as client:
        found = client.probe_model() if test else client.settings()
    if json:
        output.print_json(found)
    elif test:
        print(found["said"])
    else:
        width = max(len(each["variable"]) for each in found["settings"])
        for each in found["settings"]:
            value = "not set" if each["value"] is None else each["value"]
            print(f"{each['variable']:<{width}}  {value}{'' if each['origin'] == 'default' else '  (environment)'}")


def audit(wanted: "Mapping[str, str]", limit: int, *, json: bool, url: str | None) -> None:
    """Who did what."""
    with open_client(url, command="synth audit") as client:
        found = client.audit(wanted, limit)
    if json:
        output.print_json(found)
        return
    if not found["events"]:
        print("Nothing in the log is like this." if wanted else "Nobody has changed anything yet.")
    for each in found["events"]:
        what = f": {each['subject_kind']} {each['subject_name'] or each['subject']}" if each["subject"] else ""
        print(f"{each['at'][:19].replace('T', ' ')}  {each['who']} {each['says']}{what}")


def list_users(*, json: bool, url: str | None) -> None:
    """Who signs in."""
    with open_client(url, command="synth users") as client:
        found = client.users()
    if json:
        output.print_json(found)
        return
    if not found["users"]:
        print("Nobody signs in yet; `synth users add NAME` makes a login link.")
    for each in found["users"]:
        here = f"last here {each['used_at'][:10]}" if each["used_at"] else "not here yet"
        print(f"{each['name']}: {each['role']}, {here}")


def invite(name: str, role: "Role", *, json: bool, url: str | None) -> None:
    """A login link."""
    with open_client(url, command="synth users add") as client:
        made = client.invite(name, role)
        link = client.address() + made["link"]
    output.print_json(made | {"link": link}) if json else print(f"{link}\nIt signs {name} in once, within an hour.")


def change_role(name: str, role: "Role", *, url: str | None) -> None:
    """Another role for a user."""
    with open_client(url, command="synth users role") as client:
        changed = client.change_role(name, role)
    print(f"{changed['name']} is {changed['role']} now.")


def sign_out_user(name: str, *, url: str | None) -> None:
    """Nobody is signed in as this user any more."""
    with open_client(url, command="synth users sign-out") as client:
        client.sign_out_user(name)
    print(f"{name} is signed out everywhere, and may sign in again by name.")


def remove_user(name: str, *, url: str | None) -> None:
    """Nothing of a user opens anything any more."""
    with open_client(url, command="synth users remove") as client:
        client.remove_user(name)
    print(f"{name} is signed out everywhere and has no password any more.")


def list_tokens(*, json: bool, url: str | None) -> None:
    """The tokens in force."""
    with open_client(url, command="synth tokens") as client:
        found = {"tokens": [each for each in client.tokens()["tokens"] if each["kind"] == "token"]}
    if json:
        output.print_json(found)
        return
    if not found["tokens"]:
        print("There is no token yet; `synth tokens add NAME` makes one.")
    for each in found["tokens"]:
        used = f"last used {each['used_at'][:10]}" if each["used_at"] else "not used yet"
        ends = f"expires {each['expires_at'][:10]}" if each["expires_at"] else "does not expire"
        narrowed = "" if each["scope"] == "all" else f" ({each['scope']} only)"
        print(f"{each['id']}  {each['name']}: {each['role']}{narrowed}, {used}, {ends}")


def add_token(name: str, role: "Role", scope: "Scope", days: int | None, *, json: bool, url: str | None) -> None:
    """A new token."""
    with open_client(url, command="synth tokens add") as client:
        made = client.add_token(name, role, scope, days)
    output.print_json(made) if json else print(f"{made['secret']}\nIt is not shown again.")


def revoke_token(token: str, *, url: str | None) -> None:
    """A token that opens nothing any more."""
    with open_client(url, command="synth tokens revoke") as client:
        client.revoke_token(token)
    print(f"{token} is revoked.")


def list_hooks(*, json: bool, url: str | None) -> None:
    """The addresses at which other services send feedback."""
    with open_client(url, command="synth hooks") as client:
        found = client.hooks()
    if json:
        output.print_json(found)
        return
    if not found["hooks"]:
        print("There is no hook yet; `synth hooks add SOURCE` makes one.")
    for each in found["hooks"]:
        used = f"last used {each['used_at'][:10]}" if each["used_at"] else "not used yet"
        print(f"{each['id']}  {each['source']}: POST {each['path']}, {used}")


def add_hook(source: str, readers: "Sequence[str] | None", *, json: bool, url: str | None) -> None:
    """A new one."""
    with open_client(url, command="synth hooks add") as client:
        made = client.add_hook(source, readers)
    if json:
        output.print_json(made)
        return
    print(f"POST {made['path']}\n{made['secret']}\nThe secret is not shown again.")
    if readers:
        print(f"{made['source']} is read by {_say_readers(readers)}.")


def end_hook(hook: str, *, url: str | None) -> None:
    """One that takes nothing any more."""
    with open_client(url, command="synth hooks end") as client:
        client.end_hook(hook)
    print(f"{hook} takes nothing any more.")


def list_sources(*, json: bool, url: str | None) -> None:
    """What each source holds."""
    with open_client(url, command="synth sources") as client:
        found = client.sources()
    if json:
        output.print_json(found)
        return
    if not found["sources"]:
        print("Nothing was taken in yet.")
    for each in found["sources"]:
        ends = [days for days in (each["keep_days"], each["study_keep_days"]) if days is not None]
        kept = f"kept {min(ends):,} days" if ends else "kept without an end"
        held = f"{each['documents']:,} documents, {each['excerpts']:,} excerpts"
        print(f"{each['source']}: {held}, {kept}, redaction {each['redact']}, read by {_say_readers(each['readers'])}")


def redact_source(source: str, mode: str, *, url: str | None) -> None:
    """How what comes into a source is redacted."""
    with open_client(url, command="synth sources redact") as client:
        client.set_redaction(source, mode)
    waits = {"suggest": "waits until somebody has looked at it", "automatic": "is redacted and stored at once"}
    print(f"What comes into {source} {waits[mode]}.")


def restrict_source(source: str, names: "Sequence[str]", *, everybody: bool, url: str | None) -> None:
    """Who may read a source."""
    if everybody and names:
        raise BadInput("Name those who may read it, or say --everybody; not both.")
    readers = None if everybody else list(names)
    with open_client(url, command="synth sources readers") as client:
        client.set_readers(source, readers)
    print(f"{source} is read by {_say_readers(readers)}.")


def _say_readers(readers: "Sequence[str] | None") -> str:
    if readers is None:
        return "everybody"
    return ", ".join([*readers, "administrators"])
