"""A store with an archived report, and local servers that take what is sent."""

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from synth.delivery.outgoing import Outgoing
from synth.engine import WORKSPACE, Engine
from synth.reports.weekly import request_reports
from tests.reports.conftest import Store, moving, written

__all__ = ["moving", "written"]

PUBLIC = "https://synth.example.org"


@dataclass
class MailServer:
    """A mail server of this test: what came, and how it answers next (None takes the letter)."""

    letters: list[EmailMessage] = field(default_factory=list)
    answers: list[str] = field(default_factory=list)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """What aiosmtpd calls for a letter."""
        if self.answers:
            return self.answers.pop(0)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        return "250 OK"


@pytest.fixture
def mail_server() -> Iterator[tuple[MailServer, str]]:
    """The server and its address."""
    server = MailServer()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    controller = Controller(server, hostname="127.0.0.1", port=port)
    controller.start()
    yield server, f"smtp://127.0.0.1:{port}"
    controller.stop()


@pytest.fixture
def archived(moving: Store) -> Engine:
    """An engine whose last complete week is archived."""
    request_reports(moving.engine.parts, WORKSPACE)
    moving.engine.drain()
    return moving.engine


@pytest.fixture
def reach(archived: Engine, mail_server: tuple[MailServer, str]) -> Callable[..., Engine]:
    """Lets the engine send: mail to the server of this test, and whatever else is named."""

    def open_(**settings: Any) -> Engine:
        given = {"smtp_url": mail_server[1], "sender": "reports@example.org", "public_url": PUBLIC} | settings
        archived.parts = replace(archived.parts, outgoing=Outgoing(**given))
        return archived

    return open_
