"""How often somebody may ask: so many requests a minute for each credential and each address, few refused credentials.

The `limits` library counts by a sliding window: in Redis where jobs go through Redis, then over all processes of the
service, otherwise in this process. While Redis does not answer each process counts for itself: nobody waits for it.
"""

import ipaddress
import logging
import time
from collections.abc import Callable
from typing import Any

from limits import RateLimitItemPerMinute
from limits.errors import StorageError
from limits.storage import MemoryStorage, Storage, storage_from_string
from limits.strategies import SlidingWindowCounterRateLimiter
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import COOKIE, OPEN_FOLDER
from api.errors import STATUS, NoCredential
from synth.access import Access
from synth.errors import NotAllowed
from synth.settings import Settings

SIGN_IN = "/login"
UNLIMITED = frozenset({"/health", "/ready", "/metrics"})  # what watches the service is no load, and must not go blind
REFUSALS = 10  # refused tokens and cookies that weigh as much as one refused login link: an old page asks again alone
PATIENCE = 0.25  # seconds for Redis
AWAY = 10.0  # seconds that Redis is left alone once it did not answer
_LINKS, _SECRETS = "refused login links from this address", "refused credentials from this address"
_NETWORK = 64  # bits of an IPv6 address that one household or office has to itself
_log = logging.getLogger(__name__)


class Limiter:
    """Counts what was done under a name within the last minute; safe to share between threads."""

    def __init__(self, shared: str | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        """`shared` is the URL of a Redis; without one only this process counts."""
        self._own = SlidingWindowCounterRateLimiter(MemoryStorage())
        self._shared = None if shared is None else SlidingWindowCounterRateLimiter(_redis(shared))
        self._clock = clock
        self._away_until = 0.0

    async def take(self, what: str, name: str, most: int) -> None:
        """Count one; raises 429 with Retry-After where `most` a minute are used up."""
        if not await self._ask("hit", _minute(what, most), name):
            await self._refuse(what, name, most)

    async def check(self, what: str, name: str, most: int) -> None:
        """Count nothing; raises as `take` does."""
        if not await self._ask("test", _minute(what, most), name):
            await self._refuse(what, name, most)

    async def _refuse(self, what: str, name: str, most: int) -> None:
        stats = await self._ask("get_window_stats", _minute(what, most), name)
        seconds = max(1, min(60, int(stats.reset_time - time.time()) + 1))
        raise HTTPException(
            429,
            f"There were more than {most:,} {what} within a minute; wait {seconds} seconds.",
            {"Retry-After": str(seconds)},
        )

    async def _ask(self, method: str, *about: Any) -> Any:
        if self._shared is not None and self._clock() >= self._away_until:
            try:
                return await run_in_threadpool(getattr(self._shared, method), *about)
            except StorageError as error:
                self._away_until = self._clock() + AWAY
                _log.warning("Redis does not count requests just now, each process does for itself: %s", error)
        return getattr(self._own, method)(*about)


class AddressLimit:
    """Limits what one address asks for, and how often it tries credentials that open nothing.

    A refused login link counts as one attempt; a refused token or cookie as a tenth of one.
    """

    def __init__(self, app: ASGIApp, *, limiter: Limiter, settings: Settings) -> None:
        self.app = app
        self.limiter = limiter
        self.most = settings.address_limit
        self.attempts = settings.sign_in_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_unlimited(scope["path"]):
            await self.app(scope, receive, send)
            return
        address = _address(scope)
        if self.most:
            await self.limiter.take("requests from this address", address, self.most)
        request = Request(scope)
        if self.attempts and (request.url.path + "/").startswith(f"{SIGN_IN}/"):
            await self._watch_link(scope, receive, send, address)
        elif self.attempts and ("authorization" in request.headers or COOKIE in request.cookies):
            await self._watch_secret(scope, receive, send, address)
        else:
            await self.app(scope, receive, send)

    async def _watch_link(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        await self.limiter.check(_LINKS, address, self.attempts)
        status = 0

        async def watch(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        await self.app(scope, receive, watch)
        if status == STATUS[NotAllowed]:
            await self._count(_LINKS, address, self.attempts)

    async def _watch_secret(self, scope: Scope, receive: Receive, send: Send, address: str) -> None:
        most = REFUSALS * self.attempts
        await self.limiter.check(_SECRETS, address, most)
        try:
            await self.app(scope, receive, send)
        except NoCredential:
            await self._count(_SECRETS, address, most)
            raise

    async def _count(self, tried: str, address: str, most: int) -> None:
        try:
            await self.limiter.take(tried, address, most)
        except HTTPException:
            return  # several at once; the next one is refused


class CredentialLimit:
    """Limits what one credential asks for; the commands of this machine are not limited."""

    def __init__(self, app: ASGIApp, *, limiter: Limiter, settings: Settings) -> None:
        self.app = app
        self.limiter = limiter
        self.most = settings.rate_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        held: Access | None = scope.get("state", {}).get("access")
        if self.most and held is not None and held.kind != "local" and not is_unlimited(scope["path"]):
            await self.limiter.take("requests with this credential", held.credential, self.most)
        await self.app(scope, receive, send)


def make_limiter(settings: Settings) -> Limiter:
    """A limiter that shares its counts through Redis where jobs go through Redis."""
    url = settings.broker_url or ""
    return Limiter(url if url.startswith(("redis://", "rediss://")) else None)


def is_unlimited(path: str) -> bool:
    """True of what is asked for by whoever watches the service, and of the style of the pages."""
    return path in UNLIMITED or path.startswith(OPEN_FOLDER)


def _address(scope: Scope) -> str:
    """Who asks, as the server knows it; of IPv6 the network, as whoever has one address there has all of them."""
    host = (scope.get("client") or ("",))[0]
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return str(host)
    if isinstance(address, ipaddress.IPv4Address):
        return host
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((int(address), _NETWORK), strict=False))


def _minute(what: str, most: int) -> RateLimitItemPerMinute:
    return RateLimitItemPerMinute(most, namespace=what.replace(" ", "-"))


def _redis(url: str) -> Storage:
    """Never one of the library's own fallbacks: a Redis that is away raises, and it is asked again later."""
    storage = storage_from_string(
        url, wrap_exceptions=True, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, key_prefix="synth-limits"
    )
    assert isinstance(storage, Storage)
    return storage
