"""Serving the application: its socket, the credential of this machine's commands, the login link, an orderly end."""

import asyncio
import errno
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import uvicorn

from api.app import make_app
from synth.access import ADMINISTRATOR, FIRST_LOGIN_LASTS, create_local, create_login, end_local, nobody_is_in
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.settings import Settings
from synth.store.lock import HomeLock
from synth.store.walls import within
from synth.telemetry.logs import set_up_logging

GRACE = 10  # seconds that running requests get when the server is stopped
KEPT_OPEN = 75  # seconds an idle connection stays open: longer than proxies keep theirs, or they meet a closed one
_STOPS = (signal.SIGINT, signal.SIGTERM)


def serve(settings: Settings, engine: Engine, lock: HomeLock | None) -> None:
    """Serve until stopped. Raises BadInput when the address cannot be had; nothing has been started then.

    The holder of the home folder's lock tells this machine's commands where it listens; they go through it.
    """
    with open_socket(settings.host, settings.port) as listening:
        url = _address(settings.host, listening)

        def announce() -> None:
            with within(WORKSPACE):
                if lock is not None:
                    lock.publish(url, create_local(engine.parts, WORKSPACE))
                print(f"Serving at {url}", flush=True)  # noqa: T201 - a door speaks to its user
                if nobody_is_in(engine.parts, WORKSPACE):
                    print(f"Sign in: {url}/login?key={_first_login(engine)}", flush=True)  # noqa: T201

        set_up_logging(settings.log_level, settings.log_format)
        config = uvicorn.Config(
            make_app(engine),
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=GRACE,
            timeout_keep_alive=KEPT_OPEN,
        )
        try:
            Server(config, announce).run(sockets=[listening])
        finally:
            if lock is not None:
                with within(WORKSPACE):
                    end_local(engine.parts, WORKSPACE)


class Server(uvicorn.Server):
    """A uvicorn server that says when it listens, and returns when a signal stops it: its caller has to clean up."""

    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            await asyncio.to_thread(self._announce)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {number: signal.signal(number, self.handle_exit) for number in _STOPS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def open_socket(host: str, port: int) -> socket.socket:
    """A socket bound to this address; port 0 takes a free one. Raises BadInput that says what to do."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except OSError:
        raise BadInput(f"'{host}' is no address of this machine; set SYNTH_HOST to one, such as 127.0.0.1.") from None
    listening = socket.socket(family, kind, protocol)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(address)
    except OSError as error:
        listening.close()
        raise BadInput(_refusal(host, port, error)) from None
    return listening


def _refusal(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is in use by another program; choose one with --port or SYNTH_PORT."
    if error.errno == errno.EACCES:
        return f"Port {port} may not be used by this user; choose one above 1023 with --port or SYNTH_PORT."
    advice = "set SYNTH_HOST to an address of this machine"
    return f"The server cannot listen on {host} port {port} ({error.strerror}); {advice}."


def _address(host: str, listening: socket.socket) -> str:
    """Where a browser on this machine finds the server: an address that means all of them is no destination."""
    port = listening.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}"


def _first_login(engine: Engine) -> str:
    return create_login(engine.parts, WORKSPACE, ADMINISTRATOR, "admin", lasts=FIRST_LOGIN_LASTS)
