"""Where a report may be sent: an address is checked when it is given, and shown without what makes it a secret."""

import re
from email.headerregistry import Address
from urllib.parse import SplitResult, urlsplit

from synth.delivery.outgoing import KINDS, Kind, Outgoing
from synth.errors import BadInput

_LONGEST = 2000
_MAILBOX = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]{2,}")
_PLAIN = re.compile(r"[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")  # the characters of RFC 3986
_FOLDER = re.compile(r"[\w-]{1,60}")
_CHAT_HOSTS: dict[Kind, tuple[str, ...]] = {
    "slack": ("hooks.slack.com",),
    "teams": (".webhook.office.com", ".logic.azure.com", ".powerplatform.com"),
    "discord": ("discord.com", "discordapp.com"),
}


def check_address(kind: str, address: str, outgoing: Outgoing) -> tuple[Kind, str]:
    """The kind and the address as they are kept; raises BadInput that says what is missing or wrong."""
    found: Kind | None = next((each for each in KINDS if each == kind), None)
    if found is None:
        raise BadInput(f"A report cannot be sent by '{kind}'; use {', '.join(KINDS)}.")
    address = address.strip()
    if len(address) > _LONGEST:
        raise BadInput(f"The address is longer than {_LONGEST:,} characters.")
    if found == "email":
        return found, _mailbox(address, outgoing)
    if found == "folder":
        return found, _folder(address, outgoing)
    return found, _url(found, address, outgoing)


def show_address(kind: str, address: str) -> str:
    """The address as people may see it: of a chat or a webhook the host alone, the rest of it opens the channel."""
    return address if kind in ("email", "folder") else f"{urlsplit(address).hostname}/…{address[-4:]}"


def _mailbox(address: str, outgoing: Outgoing) -> str:
    if outgoing.smtp_url is None or outgoing.sender is None:
        raise BadInput("No e-mail leaves this service yet; set SYNTH_SMTP_URL and SYNTH_MAIL_FROM.")
    if not _MAILBOX.fullmatch(address) or not _parses(address):
        raise BadInput(f"'{address}' is no e-mail address; write one, such as ana@example.org.")
    return address


def _parses(address: str) -> bool:
    try:
        Address(addr_spec=address)
    except Exception:  # noqa: BLE001 - the parser of the standard library raises what it meets
        return False
    return True


def _folder(name: str, outgoing: Outgoing) -> str:
    if outgoing.folder is None:
        raise BadInput("There is no folder for reports yet; set SYNTH_REPORT_FOLDER to one.")
    if not _FOLDER.fullmatch(name):
        raise BadInput(f"'{name}' names no folder within SYNTH_REPORT_FOLDER; use letters, digits, '-' and '_'.")
    return name


def _url(kind: Kind, address: str, outgoing: Outgoing) -> str:
    if not _PLAIN.fullmatch(address):
        raise BadInput("The address holds characters that no URL is written with; copy it as it was given.")
    parts = _split(address)
    schemes = ("https", "http") if kind == "webhook" and outgoing.private else ("https",)
    if parts.scheme not in schemes or not parts.hostname or parts.username or parts.fragment:
        raise BadInput(f"The address of a {kind} channel is a URL that begins with {schemes[0]}:// and holds no user.")
    if hosts := _CHAT_HOSTS.get(kind):
        host = parts.hostname
        if not any(host == each or (each.startswith(".") and host.endswith(each)) for each in hosts):
            wanted = " or ".join(each.removeprefix(".") for each in hosts)
            raise BadInput(f"That is no address of {kind}; copy the one of an incoming webhook at {wanted}.")
    return address


def _split(address: str) -> SplitResult:
    try:
        parts = urlsplit(address)
        _ = parts.port
    except ValueError:
        raise BadInput("That is no URL; copy the whole address.") from None
    return parts
