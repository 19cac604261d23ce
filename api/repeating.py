"""A POST with an Idempotency-Key is done once: asked again, it is answered as it was the first time.

What was answered is kept for a day, sealed with the secret of whoever asked: neither a reader of the database nor
another credential can open it. What was refused or failed is not kept; its key is free again.
"""

import hashlib
import hmac
import json
import re
import secrets
from contextlib import suppress
from datetime import timedelta

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy.exc import IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import COOKIE, is_signed
from synth.access import Access
from synth.errors import BadInput, Conflict
from synth.parts import Parts
from synth.store.keyed import Keyed, claim_key, keep_reply, release_key
from synth.store.tables import KeyedRequest

HEADER, REPLAYED = "Idempotency-Key", "Idempotency-Replayed"
LONGEST, PATTERN = 200, r"^[\x21-\x7e]+$"
ITS_OWN_WAY = "/v1/documents"  # keeps the key with the upload itself: not even a process that dies does it twice
LONGEST_WORK = timedelta(minutes=10)  # after that a request that was not answered has broken off
_NONCE = 12  # bytes
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]+)", re.IGNORECASE)
_OTHER = "This idempotency key was used for another request; send this one with a key of its own."
_UNDER_WAY = "The request under this idempotency key is still being worked on; ask again in a moment."
_BROKE_OFF = (
    "The request under this idempotency key broke off without an answer; look whether it was done, "
    "and send what is missing with another key."
)
_ERASED = "The request under this idempotency key was done; what was answered has been erased since."


class Repeating:
    """Does what a key asks for once, and answers the same every time."""

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self.app = app
        self.parts = parts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        key = Headers(scope=scope).get(HEADER) if takes_key(scope) else None
        if key is None:
            await self.app(scope, receive, send)
            return
        if len(key) > LONGEST or not re.match(PATTERN, key):
            raise BadInput(f"{HEADER} is 1 to {LONGEST} visible characters of ASCII.")
        store, seal = _Store(self.parts, _keyed(scope, key)), _Seal(scope, key)
        body = _Body(scope, receive)
        earlier = await run_in_threadpool(store.claim)
        if earlier is not None:
            await _answer_again(earlier, store, seal, body, send)
            return
        once = _Once(store, seal, body, send)
        try:
            await self.app(scope, body.receive, once.send)
        except Exception:
            if not once.done:
                await run_in_threadpool(store.release)
            raise


def takes_key(scope: Scope) -> bool:
    """True of the requests that are done once under a key; uploads and messages to hooks have a way of their own."""
    if scope["type"] != "http" or scope["method"] != "POST":
        return False
    path: str = scope["path"]
    return path.startswith("/v1/") and path != ITS_OWN_WAY and not is_signed(scope)


class _Store:
    """The request by its key, in the database."""

    def __init__(self, parts: Parts, keyed: Keyed) -> None:
        self.keyed = keyed
        self.now = parts.now()
        self._write = parts.database.write

    def claim(self) -> KeyedRequest | None:
        """The earlier request under the key; None where this is the first."""
        with suppress(IntegrityError), self._write() as session:
            return claim_key(session, self.keyed, self.now)
        with self._write() as session:  # another was first at the same moment: it is there now
            return claim_key(session, self.keyed, self.now)

    def keep(self, body_hash: str, status: int, reply: bytes) -> None:
        with self._write() as session:
            keep_reply(session, self.keyed, body_hash=body_hash, status=status, reply=reply)

    def release(self) -> None:
        with self._write() as session:
            release_key(session, self.keyed)


class _Once:
    """Sends the response once the whole of it is kept; of events only the last waits."""

    def __init__(self, store: _Store, seal: "_Seal", body: "_Body", send: Send) -> None:
        self.done = False  # the request had its effect
        self._store, self._seal, self._body, self._send = store, seal, body, send
        self._made: list[Message] = []
        self._sent = 0

    async def send(self, message: Message) -> None:
        self._made.append(message)
        is_last = message["type"] == "http.response.body" and not message.get("more_body")
        if is_last:
            await self._keep()
        if is_last or _is_stream(self._made[0]):
            for each in self._made[self._sent :]:
                await self._send(each)
            self._sent = len(self._made)

    async def _keep(self) -> None:
        start, *pieces = self._made
        if start["status"] >= 400:
            await run_in_threadpool(self._store.release)
            return
        self.done = True
        await self._body.drain()
        headers = [[name.decode("latin-1"), value.decode("latin-1")] for name, value in start["headers"]]
        content = b"".join(each.get("body", b"") for each in pieces)
        reply = self._seal.close(json.dumps(headers).encode() + b"\n" + content)
        await run_in_threadpool(self._store.keep, self._body.hash(), start["status"], reply)


class _Body:
    """Hashes a body as it is read. The boundary of a form is left out: a client chooses another for the same files."""

    def __init__(self, scope: Scope, receive: Receive) -> None:
        self._receive = receive
        sent_as = Headers(scope=scope).get("content-type", "")
        boundary = _BOUNDARY.search(sent_as) if sent_as.lower().startswith("multipart/") else None
        self._boundary = boundary[1].strip().encode("latin-1") if boundary else b""
        self._digest = hashlib.sha256()
        self._held = b""  # may be the beginning of a boundary
        self._is_whole = False

    async def receive(self) -> Message:
        """The next piece, counted in."""
        message = await self._receive()
        if message["type"] == "http.request":
            self._feed(message.get("body", b""))
            self._is_whole = not message.get("more_body")
        else:
            self._is_whole = True  # nothing more comes
        return message

    async def drain(self) -> None:
        """Read what nobody read."""
        while not self._is_whole:
            await self.receive()

    def hash(self) -> str:
        """Of all that was read."""
        whole = self._digest.copy()
        whole.update(self._held)
        return whole.hexdigest()

    def _feed(self, piece: bytes) -> None:
        if not self._boundary:
            self._digest.update(piece)
            return
        *parts, rest = (self._held + piece).split(self._boundary)
        for part in parts:
            self._digest.update(part + b"\0boundary\0")
        cut = max(0, len(rest) - len(self._boundary) + 1)
        self._digest.update(rest[:cut])
        self._held = rest[cut:]


class _Seal:
    """Closes what is kept, so that nothing but the same secret and the same key open it (AES-256-GCM)."""

    def __init__(self, scope: Scope, key: str) -> None:
        request = Request(scope)
        secret = request.headers.get("authorization", "").partition(" ")[2].strip() or request.cookies[COOKIE]
        self._cipher = AESGCM(hmac.digest(secret.encode(), b"keyed request " + key.encode(), "sha256"))

    def close(self, plain: bytes) -> bytes:
        """Sealed."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, plain, None)

    def open(self, closed: bytes) -> bytes:
        """What was sealed."""
        return self._cipher.decrypt(closed[:_NONCE], closed[_NONCE:], None)


async def _answer_again(earlier: KeyedRequest, store: _Store, seal: _Seal, body: _Body, send: Send) -> None:
    """Send what was answered before; raises Conflict where there is no such answer, or this is another request."""
    if earlier.route != store.keyed.route:
        raise Conflict(_OTHER)
    if earlier.status is None:
        raise (Conflict(_BROKE_OFF) if store.now - earlier.asked_at > LONGEST_WORK else Conflict(_UNDER_WAY))
    await body.drain()
    if body.hash() != earlier.body_hash:
        raise Conflict(_OTHER)
    if earlier.reply is None:
        raise Conflict(_ERASED)
    written, _, content = seal.open(earlier.reply).partition(b"\n")
    headers = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in json.loads(written)]
    headers.append((REPLAYED.lower().encode(), b"true"))
    await send({"type": "http.response.start", "status": earlier.status, "headers": headers})
    await send({"type": "http.response.body", "body": content})


def _keyed(scope: Scope, key: str) -> Keyed:
    """Whose key it is: another credential's is another key, whatever it says."""
    held: Access = scope["state"]["access"]
    asked = scope["path"].encode() + b"?" + scope.get("query_string", b"")
    hashes = hashlib.sha256(key.encode()).hexdigest(), hashlib.sha256(asked).hexdigest()
    return Keyed(held.workspace, held.credential, *hashes)


def _is_stream(start: Message) -> bool:
    return any(name == b"content-type" and value.startswith(b"text/event-stream") for name, value in start["headers"])
