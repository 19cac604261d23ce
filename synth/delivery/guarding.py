"""Connections to addresses that people gave: none reaches this machine or its network, whatever a name resolves to.

What is checked is the address that is connected to, at the moment it is connected to; a name that resolves otherwise
a moment later changes nothing. Redirects are not followed.
"""

import ipaddress
import socket
from collections.abc import Iterable

import httpcore

from synth.errors import BadInput, Unavailable

_Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_TRANSLATED = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))


class Guarded(httpcore.NetworkBackend):
    """Connects as httpcore does, to public addresses only unless `private` ones are allowed."""

    def __init__(self, *, private: bool) -> None:
        self._private = private
        self._plain = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Connect to the first address of the host; raises BadInput where any of them is not public."""
        found = _resolve(host, port)
        if not self._private and not all(is_public(ipaddress.ip_address(each)) for each in found):
            raise BadInput(f"{host} is an address of this machine or its network; webhooks go to public ones only.")
        return self._plain.connect_tcp(found[0], port, timeout, local_address, socket_options)


def is_public(address: _Address) -> bool:
    """True of an address that anybody on the internet reaches as the same machine."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if inner is not None:
            return is_public(inner)
        if any(address in each for each in _TRANSLATED):
            return is_public(ipaddress.IPv4Address(int(address) & 0xFFFFFFFF))
        if address.is_site_local:  # given up in 2004, and still nobody's on the internet
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Unavailable(f"The name {host} is not known just now ({error}).") from None
    return [str(each[4][0]).partition("%")[0] for each in found]
