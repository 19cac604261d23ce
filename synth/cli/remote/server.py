"""The server that is asked: one request, its answer, and its problem documents as errors again."""

import ipaddress
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from synth.cli.client import Document
from synth.cli.options import GivenFilters
from synth.errors import BadInput, Broken, Conflict, NotAllowed, NotFound, SynthError, Unavailable

GLANCE = 0.3  # seconds between two looks at the progress
TIMEOUT = httpx.Timeout(60.0, connect=5.0, read=300.0)  # a long upload is answered when all of it is on disk
_ERRORS: dict[int, type[SynthError]] = {
    400: BadInput,
    401: NotAllowed,
    403: NotAllowed,
    404: NotFound,
    409: Conflict,
    413: BadInput,
    415: BadInput,
    422: BadInput,
    429: Unavailable,
    502: Unavailable,
    503: Unavailable,
    504: Unavailable,
}


class Server:
    """The server at `url`; what it refuses is raised with its own sentence."""

    def __init__(self, url: str, token: str) -> None:
        self.url = url.rstrip("/")
        try:
            self._http = httpx.Client(
                base_url=f"{self.url}/v1",
                headers={"Authorization": f"Bearer {token}"},
                timeout=TIMEOUT,
                trust_env=not _is_local(self.url),
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise BadInput(f"'{url}' is no address of a server ({error}); write it as http://host:8300.") from None

    def close(self) -> None:
        """Give the connections back."""
        self._http.close()

    def _bytes(self, path: str, format: str) -> bytes:
        with self._answer("GET", path, params={"format": format}) as response:
            return response.read()

    def _json(self, method: str, path: str, **what: Any) -> Document:
        with self._answer(method, path, **what) as response:
            response.read()
            try:
                document: Document = response.json()
            except ValueError:
                raise Unavailable(f"What answers at {self.url} is not this service; check the address.") from None
            return document

    def _send_file(self, path: str, file: Path) -> Document:
        with file.open("rb") as content:
            return self._json("POST", path, files={"file": (file.name, content)})

    @contextmanager
    def _answer(self, method: str, path: str, **what: Any) -> Iterator[httpx.Response]:
        """An answer whose body is still to be read; raises what the server says, or Unavailable when it is silent."""
        try:
            with self._http.stream(method, path, **what) as response:
                if response.is_error:
                    response.read()
                    raise _error(self.url, response)
                yield response
        except httpx.TimeoutException:
            raise Unavailable(f"The server at {self.url} took too long to answer; try again.") from None
        except (httpx.ConnectError, httpx.UnsupportedProtocol):
            raise Unavailable(f"No server answers at {self.url}; check the address, and whether it runs.") from None
        except httpx.HTTPError as error:
            raise Unavailable(f"The server at {self.url} broke off ({error}); try again.") from error


def filters_of(given: GivenFilters) -> dict[str, Any]:
    """Filters as they are sent: those that are given."""
    named = {"since": given.since, "until": given.until, "where": list(given.where)}
    return {name: value for name, value in named.items() if value}


def _error(url: str, response: httpx.Response) -> SynthError:
    kind = _ERRORS.get(response.status_code, Broken)
    if not response.headers.get("content-type", "").startswith("application/problem+json"):
        return Unavailable(f"What answers at {url} (status {response.status_code}) is not this service.")
    problem = response.json()
    more = f" (request {problem['request_id']})" if kind is Broken else ""
    return kind(f"{problem['detail']}{more}")


def _is_local(url: str) -> bool:
    """A server on this machine is never asked through a proxy."""
    host = httpx.URL(url).host
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
