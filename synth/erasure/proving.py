"""The proof: bytes of what was erased are looked for in every file under home. They are held in memory only."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST: Final = 40  # texts, and as many vectors, that are looked for
LEAST: Final = 16  # bytes of one
LONGEST: Final = 64
_LEAD: Final = 16
_PIECE: Final = 1 << 22


@dataclass(frozen=True, slots=True)
class Probes:
    """Runs of bytes that stood in what was erased, and nowhere else."""

    texts: tuple[bytes, ...] = ()
    vectors: tuple[bytes, ...] = ()

    def __len__(self) -> int:
        return len(self.texts) + len(self.vectors)


@dataclass(frozen=True, slots=True)
class Proof:
    """How many probes were looked for in how many files, and in which files (below home) any was found."""

    probes: int
    files: int
    size: int  # bytes
    found: tuple[str, ...]


def choose(texts: Sequence[str], most: int = MOST) -> list[str]:
    """Some of the texts, spread over all of them, the longest run of each that no JSON and no markup would change."""
    step = max(1, len(texts) // most)
    runs = (max(_plain_runs(text), key=len, default="") for text in texts[::step])
    return [run for run in dict.fromkeys(runs) if len(run.encode()) >= LEAST][:most]


def choose_vectors(vectors: Sequence[bytes], most: int = MOST) -> list[bytes]:
    """Two runs of each vector, of little-endian float32, that are no zeros: a page of a file may end inside of one."""
    runs = (vector[start : start + LONGEST] for vector in vectors for start in (_LEAD, len(vector) // 2))
    told = (run for run in runs if len(run) - run.count(0) >= LEAST)
    return list(dict.fromkeys(told))[:most]


def look(home: Path, probes: Probes) -> Proof:
    """Search every file under a folder for the probes."""
    wanted = (*probes.texts, *probes.vectors)
    found: list[str] = []
    files = size = 0
    for path in _files(home):
        try:
            size += path.stat().st_size
            held = _holds(path, wanted)
        except OSError:
            continue  # a file that went meanwhile holds nothing
        files += 1
        if held:
            found.append(str(path.relative_to(home)))
    return Proof(len(probes), files, size, tuple(sorted(found)))


def _plain_runs(text: str) -> Iterator[str]:
    run = ""
    for character in text:
        if character.isascii() and (character.isalnum() or character in " ,.-"):
            run += character
            if len(run) == LONGEST:
                yield run
                run = ""
        else:
            yield run.strip()
            run = ""
    yield run.strip()


def _files(home: Path) -> Iterator[Path]:
    for folder, _, names in os.walk(home):
        yield from (Path(folder, name) for name in sorted(names))


def _holds(path: Path, wanted: Sequence[bytes]) -> bool:
    """Whether any of the wanted runs stands in the file, which is read a piece at a time."""
    longest = max((len(each) for each in wanted), default=1)
    with path.open("rb") as file:
        held = b""
        while piece := file.read(_PIECE):
            held = held[-longest:] + piece
            if any(each in held for each in wanted):
                return True
    return False
