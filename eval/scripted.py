"""A local OpenAI-compatible server that says what it is told to: `with ScriptedServer(said) as server`."""

import json
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self


@dataclass(frozen=True)
class Said:
    """One response: its status, body and headers, and how it goes wrong on the wire."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "application/json"})
    wait: float = 0.0  # seconds before anything is sent
    drip: float | None = None  # seconds between the single bytes of the body
    drip_headers: float | None = None  # seconds between the single bytes of an endless header
    cut: bool = False  # the connection ends in the middle of the body


Script = Callable[[dict[str, Any]], Said]  # the request, parsed, to what is said


def completion(text: str | None, *, finish: str | None = "stop", usage: int | None = None, **message: Any) -> Said:
    """A chat completion with this text; further keywords go into its message."""
    choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
    whole: dict[str, Any] = {"id": "c1", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    if usage is not None:
        whole["usage"] = {"prompt_tokens": usage, "completion_tokens": 1, "total_tokens": usage + 1}
    return Said(json.dumps(whole).encode())


def claims(*written: tuple[str, Sequence[tuple[str, str]]], **more: Any) -> Said:
    """A completion that holds these claims: (text, [(excerpt id, quote), …])."""
    listed = [
        {"text": text, "quotes": [{"excerpt_id": name, "quote": quote} for name, quote in quotes]}
        for text, quotes in written
    ]
    return completion(json.dumps({"claims": listed}), **more)


class ScriptedServer:
    """Serves on a free port of this machine until it is closed; keeps what it was asked."""

    def __init__(self, *script: Said | Script, models: Sequence[str] = ("m",)) -> None:
        self.requests: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.script = script  # said in turn, the last one again and again
        self.models = models
        self.over = threading.Event()
        self._server = _Server(("127.0.0.1", 0), _handler(self))
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    def say(self, request: dict[str, Any], headers: Mapping[str, str]) -> Said:
        self.requests.append(request)
        self.headers.append(headers)
        step = self.script[min(len(self.requests), len(self.script)) - 1]
        return step if isinstance(step, Said) else step(request)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.over.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # clients that wait no longer just go
            super().handle_error(request, client_address)


def _handler(server: ScriptedServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            listing = {"object": "list", "data": [{"id": name, "object": "model"} for name in server.models]}
            _send(self, Said(json.dumps(listing).encode()), server.over)

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_form = headers.get("content-type", "").startswith("multipart/")
            _send(self, server.say({"form": content} if is_form else json.loads(content), headers), server.over)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler


def _send(handler: BaseHTTPRequestHandler, said: Said, over: threading.Event) -> None:
    over.wait(said.wait)
    handler.close_connection = said.cut
    try:
        if said.drip_headers is not None:
            _drip_headers(handler, said.drip_headers, over)
        else:
            _respond(handler, said, over)
    except OSError:
        handler.close_connection = True  # the client has gone


def _respond(handler: BaseHTTPRequestHandler, said: Said, over: threading.Event) -> None:
    handler.send_response(said.status)
    for name, value in said.headers.items():
        handler.send_header(name, value)
    handler.send_header("Content-Length", str(len(said.body)))
    handler.end_headers()
    if said.drip is None:
        handler.wfile.write(said.body[: len(said.body) // 2] if said.cut else said.body)
        return
    for place in range(len(said.body)):
        if over.wait(said.drip):
            return
        handler.wfile.write(said.body[place : place + 1])


def _drip_headers(handler: BaseHTTPRequestHandler, pause: float, over: threading.Event) -> None:
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Slow: ")
    while not over.wait(pause):
        handler.wfile.write(b"x")
