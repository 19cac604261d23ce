"""What Chroma writes into its files without meaning it: its memory, where a vector may once stand.

Chroma 1.5.9 begins a graph's files with a hundred places that are not taken, as they lie in memory, and memory that was
given back holds what stood there before: a whole vector of an index that was thrown away was found in the next one's.
"""

import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Final

_HEADER: Final = struct.Struct("<i6Q")  # version, offset, places, taken ones, bytes of a place, two offsets within it
_VERSION: Final = 1
_PLACES: Final = "data_level0.bin"
_LENGTHS: Final = ("length.bin", 4)  # the file, and its bytes for each place
_PIECE: Final = 1 << 20


class Unused:
    """The places of a folder's graphs that hold nothing, kept empty while nobody writes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._wiped: dict[Path, tuple[int, ...]] = {}  # by graph, when its files were last written

    def wipe(self) -> None:
        """Write zeros over them in every graph that was saved since the last time."""
        for header in self._folder.glob("*/header.bin"):
            graph = header.parent
            if self._wiped.get(graph) != _written(graph):
                for path, start in _unused(graph):
                    _zero(path, start)
                self._wiped[graph] = _written(graph)


def _written(graph: Path) -> tuple[int, ...]:
    files = (graph / name for name in ("header.bin", _PLACES, _LENGTHS[0]))
    return tuple(path.stat().st_mtime_ns for path in files if path.is_file())


def _unused(graph: Path) -> Iterator[tuple[Path, int]]:
    """Each file with places in it, and the byte where the first one begins that is not taken; none of a strange one."""
    header = (graph / "header.bin").read_bytes()
    if len(header) < _HEADER.size:
        return
    version, _, places, taken, size, _, _ = _HEADER.unpack_from(header)
    for name, each in ((_PLACES, size), _LENGTHS):
        path = graph / name
        if version == _VERSION and path.is_file() and taken * each < path.stat().st_size <= places * each:
            yield path, taken * each


def _zero(path: Path, start: int) -> None:
    with path.open("r+b") as file:
        file.seek(start)
        while piece := file.read(_PIECE):
            if piece.count(0) != len(piece):
                file.seek(-len(piece), 1)
                file.write(bytes(len(piece)))
