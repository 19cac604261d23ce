"""Addresses: what cannot be one is refused with a sentence, what is a secret is not shown, what is private is known."""

import ipaddress

import pytest

from synth.delivery.addresses import check_address, show_address
from synth.delivery.chat import write_chat
from synth.delivery.guarding import Guarded, is_public
from synth.delivery.outgoing import Letter, Outgoing
from synth.errors import BadInput

OPEN = Outgoing(smtp_url="smtp://mail", sender="a@example.org", folder=None)
SLACK = "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX"


@pytest.mark.parametrize(
    ("kind", "address"),
    [
        ("email", "ana@example.org"),
        ("email", "ana.maria+reports@mail.example.co.uk"),
        ("slack", SLACK),
        (
            "teams",
            "https://prod-1.westeurope.logic.azure.com:443/workflows/643e69f83c8944438d68119179a10a64/triggers/x",
        ),
        ("discord", "https://discord.com/api/webhooks/1234/abcd"),
        ("webhook", "https://example.org/in?token=abc"),
    ],
)
def test_an_address_of_each_kind_is_taken(kind: str, address: str) -> None:
    assert check_address(kind, f" {address} ", OPEN) == (kind, address)


@pytest.mark.parametrize(
    ("kind", "address", "said"),
    [
        ("email", "ana", "no e-mail address"),
        ("email", "ana@example.org, ben@example.org", "no e-mail address"),
        ("email", "ana@example.org\nBcc: all@example.org", "no e-mail address"),
        ("email", "Ana <ana@example.org>", "no e-mail address"),
        ("slack", "https://hooks.slack.com.example.org/services/T/B/X", "no address of slack"),
        ("discord", "https://example.org/api/webhooks/1/2", "no address of discord"),
        ("webhook", "http://example.org/in", "begins with https"),
        ("webhook", "https://ana:pw@example.org/in", "holds no user"),
        ("webhook", "https://[::1", "no URL"),
        ("webhook", "https://example.org:99999/", "no URL"),
        ("webhook", "file:///etc/passwd", "begins with https"),
        ("webhook", "https://example.org/" + "a" * 2000, "longer than"),
        ("folder", "weekly", "SYNTH_REPORT_FOLDER"),
        ("pigeon", "coop", "cannot be sent by 'pigeon'"),
    ],
)
def test_what_is_no_address_is_refused(kind: str, address: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        check_address(kind, address, OPEN)


@pytest.mark.parametrize("name", ["../etc", "a/b", "", ".", "a" * 61])
def test_a_folder_is_one_within_the_folder(name: str, tmp_path) -> None:
    with pytest.raises(BadInput, match="names no folder"):
        check_address("folder", name, Outgoing(folder=tmp_path))


def test_what_opens_a_channel_is_not_shown() -> None:
    assert show_address("slack", SLACK) == "hooks.slack.com/…XXXX"
    assert show_address("email", "ana@example.org") == "ana@example.org"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "240.0.0.1", "::1", "::", "fe80::1", "fc00::1", "ff02::1", "::ffff:127.0.0.1",
     "::ffff:10.0.0.1",      "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2002:a00:1::", "2001:db8::1"],
)  # fmt: skip
def test_an_address_of_a_network_of_ones_own_is_known(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"])
def test_an_address_of_the_internet_is_known(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f.1", "2130706433", "0", "[::1]".strip("[]"), "127.0.0.1.".rstrip(".")]
)
def test_however_this_machine_is_written_nothing_connects_to_it(host: str) -> None:
    with pytest.raises(BadInput, match="this machine or its network"):
        Guarded(private=False).connect_tcp(host, 80)


def test_a_chat_is_told_what_stands_in_short_and_nothing_of_it_is_markup() -> None:
    report = {
        "id": "2026-W46",
        "title": "Week 46",
        "short_version": ["*New*: [x](http://a.b)"],
        "warnings": ["One source."],
    }
    letter = Letter("L1", "slack", SLACK, None, "key", report)
    told = write_chat(letter, Outgoing(public_url="https://synth.example.org/"))
    assert told.splitlines()[0] == r"- \*New\*: \[x\](http:\//a.b)"
    assert told.endswith("[The whole report](https://synth.example.org/reports/2026-W46)")


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # what the library does on import
@pytest.mark.parametrize("address", [SLACK, "https://discord.com/api/webhooks/1234/abcd"])
def test_the_library_knows_the_addresses_as_they_are_copied(address: str) -> None:
    from apprise import Apprise

    assert Apprise().add(address)
