"""However an address of this machine or its network is written or resolved, nothing is ever connected to there."""

import ipaddress
import socket
from datetime import UTC, datetime
from typing import Any

import httpcore
import pytest

from synth.delivery import guarding
from synth.delivery.addresses import check_address
from synth.delivery.outgoing import CHATS, Letter, Outgoing
from synth.delivery.webhook import make_secret, send_webhook
from synth.errors import BadInput, SynthError, Unavailable

NOW = datetime(2026, 11, 27, tzinfo=UTC)
PUBLIC, INTERNAL = "93.184.215.14", "10.0.0.7"
NAMES = {  # what a resolver that an attacker owns says
    "private.example.org": [INTERNAL],
    "loop.example.org": ["127.0.0.1"],
    "meta.example.org": ["169.254.169.254"],
    "six.example.org": ["::1"],
    "local6.example.org": ["fd00::1"],
    "link6.example.org": ["fe80::1%eth0"],
    "mapped.example.org": ["::ffff:10.0.0.7"],
    "nat64.example.org": ["64:ff9b::a00:7"],
    "one-of-two.example.org": [PUBLIC, INTERNAL],
    "two-of-two.example.org": [INTERNAL, PUBLIC],
    "six-of-two.example.org": [PUBLIC, "::1"],
    "zero.example.org": ["0.0.0.0"],
    "carrier.example.org": ["100.64.0.1"],
    "xn--nxasmq6b.example.org": ["192.168.0.1"],
}
HOSTS = [
    # this machine
    "127.0.0.1", "127.0.0.1:8300", "127.1", "127.0.1", "127.255.255.254", "0", "0.0.0.0", "localhost", "LOCALHOST",
    "localhost.", "localhost:22", "127.0.0.1.",
    # the same as one number, in octal and in hexadecimal
    "2130706433", "0x7f000001", "0x7f.1", "0x7f.0x0.0x0.0x1", "017700000001", "0177.0.0.1", "0177.1", "00000177.0.0.1",
    "127.0x0.0.1", "0x7F.0.0.0x01", "3232235777", "0xc0a80101", "0300.0250.1.1", "167772167", "0xa000007", "012.0.0.7",
    "2852039166", "0xa9fea9fe", "0251.0376.0251.0376",
    # networks of one's own, metadata, and what nobody owns
    "10.0.0.7", "10.255.255.255", "172.16.0.1", "172.31.255.254", "192.168.1.1", "169.254.169.254", "169.254.170.2",
    "100.64.0.1", "100.100.100.200", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "0.1.2.3",
    # IPv6, and IPv4 within it
    "[::1]", "[::]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[::ffff:10.0.0.7]",
    "[::127.0.0.1]", "[::a00:7]", "[::ffff:0:10.0.0.7]", "[64:ff9b::7f00:1]", "[64:ff9b::10.0.0.7]",
    "[64:ff9b:1::a00:7]", "[2002:7f00:1::]", "[2002:a00:7::1]", "[2001:0:4136:e378:8000:63bf:80ff:fffe]", "[fe80::1]",
    "[fe80::1%25eth0]", "[fc00::1]", "[fd00:ec2::254]", "[fec0::1]", "[ff02::1]", "[2001:db8::1]", "[100::1]",
    # digits that are none to a human eye
    "１２７.０.０.１", "①②⑦.⓪.⓪.①", "127。0。0。1", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "169.254.169.254\u200b", "1\u00ad27.0.0.1",
    # names
    *NAMES, "PRIVATE.example.org", "private.example.org.", "loop.example.org:8300",
]  # fmt: skip
URLS = [
    *(f"https://{host}/hook" for host in HOSTS),
    *(f"http://{host}/hook" for host in ("127.0.0.1", "private.example.org", "[::1]")),
    "https://public.example.org@127.0.0.1/hook", "https://127.0.0.1#@public.example.org/", "https://a:b@10.0.0.7/",
    "https://public.example.org:80@10.0.0.7/", "https://127.0.0.1\\@public.example.org/", "https:127.0.0.1/hook",
    "https:///127.0.0.1/hook", "https://127.0.0.1:99999/hook", "https://[::1/hook", "//127.0.0.1/hook",
    "file:///etc/passwd", "gopher://127.0.0.1:6379/_INFO", "ftp://127.0.0.1/", "dict://127.0.0.1:11211/stat",
    "ldap://127.0.0.1/", "unix:///var/run/docker.sock", "jar:https://127.0.0.1!/", "data:text/plain,x", "javascript:1",
    "https://127.0.0.1\t/hook", "https://127.0.0.1\r\nHost: x/", "https:// 127.0.0.1/hook", "https://127.0.0.1%00.org/",
    "https://%31%32%37.0.0.1/hook", "https://127%2e0%2e0%2e1/hook",
]  # fmt: skip


class Resolver:
    """Resolves names as `NAMES` says and numbers as the system does; notes what is connected to, connects to none."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.connected: list[str] = []
        self.asked: list[str] = []
        self.answers: dict[str, list[list[str]]] = {}  # of names that say something else each time
        self._real = socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._resolve)
        monkeypatch.setattr(httpcore, "SyncBackend", lambda: self)
        monkeypatch.setattr(socket.socket, "connect", self._connect)

    def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
        """What the guard hands an address to that it lets through."""
        self.connected.append(host)
        raise httpcore.ConnectError("no network in this test")

    def _connect(self, _: socket.socket, address: Any) -> None:
        self.connected.append(str(address[0]))
        raise ConnectionRefusedError

    def _resolve(self, host: Any, port: Any, *about: Any, **more: Any) -> Any:
        host = host.decode("ascii") if isinstance(host, bytes) else host
        self.asked.append(host)
        name = host.lower().rstrip(".")
        found = self.answers[name].pop(0) if name in self.answers else NAMES.get(name)
        if found is None:
            if name != "localhost":
                more["flags"] = more.get("flags", 0) | socket.AI_NUMERICHOST
            return self._real(host, port, *about, **more)
        return [(socket.AF_INET6 if ":" in each else socket.AF_INET, 1, 6, "", (each, port)) for each in found]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Resolver:
    return Resolver(monkeypatch)


def letter(url: str, kind: str = "webhook") -> Letter:
    report = {"id": "2026-W46", "title": "Week 46", "short_version": ["New"], "warnings": []}
    return Letter("L1", kind, url, make_secret(), "key", report)  # type: ignore[arg-type]


def test_there_are_enough_of_them() -> None:
    assert len(set(URLS)) == len(URLS) >= 120


@pytest.mark.parametrize("url", URLS)
def test_no_webhook_reaches_an_address_of_ones_own(url: str, resolver: Resolver) -> None:
    """The door refuses it, or the connection does; and where the door is passed by, the connection alone does."""
    outgoing = Outgoing()
    for checked in (True, False):
        with pytest.raises(SynthError):
            send_webhook(letter(check_address("webhook", url, outgoing)[1] if checked else url), outgoing, NOW)
    assert resolver.connected == []


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize("url", URLS)
def test_no_chat_has_an_address_of_ones_own(kind: str, url: str) -> None:
    with pytest.raises(BadInput):
        check_address(kind, url, Outgoing())


@pytest.mark.parametrize("kind", CHATS)
@pytest.mark.parametrize(
    "host",
    ["hooks.slack.com.evil.example", "hooks.slack.com@127.0.0.1", "discord.com.127.0.0.1.nip.io",
     "127.0.0.1/hooks.slack.com",
     "xhooks.slack.com", "127.0.0.1#.webhook.office.com", "127.0.0.1?.logic.azure.com", "127.0.0.1\\.logic.azure.com"],
)  # fmt: skip
def test_a_chat_is_at_the_host_of_its_kind_alone(kind: str, host: str) -> None:
    with pytest.raises(BadInput):
        check_address(kind, f"https://{host}/services/T0/B0/X", Outgoing())


def test_a_name_that_becomes_another_after_it_was_checked_connects_to_what_was_checked(resolver: Resolver) -> None:
    resolver.answers = {"rebind.example.org": [[PUBLIC], [INTERNAL]]}
    with pytest.raises(Unavailable):
        send_webhook(letter("https://rebind.example.org/"), Outgoing(), NOW)
    assert resolver.connected == [PUBLIC]
    with pytest.raises(BadInput, match="this machine or its network"):
        send_webhook(letter("https://rebind.example.org/"), Outgoing(), NOW)
    assert resolver.connected == [PUBLIC]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A public server that sends on to an address of one's own is asked once, and nothing else is."""
    asked: list[str] = []
    said = f"HTTP/1.1 {status} x\r\nLocation: http://127.0.0.1:8300/\r\nContent-Length: 0\r\n\r\n".encode()

    class Public(guarding.Guarded):
        def connect_tcp(self, host: str, *_: Any, **__: Any) -> httpcore.NetworkStream:
            asked.append(host)
            return httpcore.MockStream([said])

    monkeypatch.setattr("synth.delivery.webhook.Guarded", Public)
    with pytest.raises(BadInput, match=f"refused the report with {status}"):
        send_webhook(letter("http://public.example.org/"), Outgoing(), NOW)
    assert asked == ["public.example.org"]


def test_a_proxy_of_the_environment_is_not_asked_to_connect(
    resolver: Resolver, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:3128")
    with pytest.raises(BadInput):
        send_webhook(letter("https://10.0.0.7/"), Outgoing(), NOW)
    assert resolver.connected == []


def test_where_it_is_allowed_a_webhook_reaches_them(resolver: Resolver) -> None:
    with pytest.raises(Unavailable):
        send_webhook(letter("http://private.example.org/"), Outgoing(private=True), NOW)
    assert resolver.connected == [INTERNAL]


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "1.1.1.1", "2606:4700:4700::1111", "172.15.0.1", "172.32.0.1", "11.0.0.1"]
)
def test_addresses_beside_them_are_public(address: str) -> None:
    assert guarding.is_public(ipaddress.ip_address(address))
