"""What comes in through a hook: who signed it, and when, before anything of it is read (Standard Webhooks).

The signature covers the id, the time and every byte. The same message again gives the import that is there already.
"""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from standardwebhooks import Webhook

from synth.errors import BadInput, NotAllowed
from synth.hooks.keeping import find_hook
from synth.hooks.sealing import unseal
from synth.parts import Parts
from synth.store.tables import Hook
from synth.store.walls import everywhere

WINDOW = timedelta(minutes=5)  # between the time it was signed at and now, in either direction
LONGEST_ID = 200
ID, TIMESTAMP, SIGNATURE = "webhook-id", "webhook-timestamp", "webhook-signature"
_NOTED = timedelta(hours=1)
_DIGITS = 11  # of seconds since 1970: with 12 the year may be one that no date has


@dataclass(frozen=True, slots=True)
class Received:
    """A message that is genuine: whose it is, which source it is for, and the key that makes it one import."""

    workspace: str
    hook: str
    source: str
    key: str


def check_message(parts: Parts, hook: str, headers: Mapping[str, str], body: bytes) -> Received:
    """Who sent this; `headers` by their names in small letters.

    Raises NotFound for a hook that is none, BadInput where a header is missing or the time is out of the window,
    NotAllowed where the signature is not that of these bytes, Broken where the secret cannot be opened.
    """
    with everywhere(), parts.database.read() as session:
        found = find_hook(session, hook)
    id, sent, signatures = (_header(headers, name) for name in (ID, TIMESTAMP, SIGNATURE))
    if len(id) > LONGEST_ID:
        raise BadInput(f"{ID} has at most {LONGEST_ID} characters.")
    at = _timestamp(sent, parts.now())
    try:
        text = body.decode()
    except UnicodeDecodeError:
        raise BadInput("The message is not UTF-8; send JSON in UTF-8.") from None
    expected = Webhook(unseal(parts.home, hook, found.sealed_secret)).sign(id, at, text)
    if not any(hmac.compare_digest(each.encode(), expected.encode()) for each in signatures.split()):
        raise NotAllowed(
            f"{SIGNATURE} is not the signature of this message: it was changed on its way, or signed with another "
            "secret than the one this hook was made with."
        )
    return Received(found.workspace_id, hook, found.source, f"hook/{hook}/{id}")


def note_use(parts: Parts, hook: str) -> None:
    """That a genuine message came, to the hour: it is no reason to write each time."""
    now = parts.now()
    with parts.database.read() as session:
        found = session.get(Hook, hook)
    if found is None or (found.used_at is not None and now - found.used_at < _NOTED):
        return
    with parts.database.write() as session:
        if held := session.get(Hook, hook):
            held.used_at = now


def _header(headers: Mapping[str, str], name: str) -> str:
    if not (value := headers.get(name, "").strip()):
        raise BadInput(f"The header {name} is missing; sign the message as Standard Webhooks say.")
    return value


def _timestamp(written: str, now: datetime) -> datetime:
    if not (written.isascii() and written.isdecimal() and len(written) <= _DIGITS):
        raise BadInput(f"{TIMESTAMP} is the time in whole seconds since 1970.")
    at = datetime.fromtimestamp(int(written), UTC)
    if abs(now - at) > WINDOW:
        minutes = int(WINDOW.total_seconds() // 60)
        raise BadInput(
            f"{TIMESTAMP} is more than {minutes} minutes from now, so this may be an old message that is sent again. "
            "Sign it anew, and look at the clock of the sender."
        )
    return at
