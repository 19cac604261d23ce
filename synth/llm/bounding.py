"""A bound on the size of a response, put on before its body is read; imported only when a model is asked."""

from collections.abc import Iterator

import httpx2

LARGEST = 200_000  # bytes of a response


class TooLarge(Exception):
    """A response beyond the largest one that is read."""


class Bounded(httpx2.SyncByteStream):
    """A response body that ends in an error when it is too large."""

    def __init__(self, stream: httpx2.SyncByteStream) -> None:
        self._stream = stream

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for chunk in self._stream:
            size += len(chunk)
            if size > LARGEST:
                raise TooLarge
            yield chunk

    def close(self) -> None:
        self._stream.close()


def bound(response: httpx2.Response) -> None:
    """A response hook; a compressed body is refused, because its size is unknown until it is unpacked."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise TooLarge
    assert isinstance(response.stream, httpx2.SyncByteStream)
    response.stream = Bounded(response.stream)
