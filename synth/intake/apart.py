"""Documents are parsed in a process of their own, with limits on memory, time and output: a file can only hurt itself.

The child writes what it read as JSON lines into a file; whatever happens to it, the parent says so in a sentence.
Tables and plain texts are read in place: their readers stream, and keep to limits of their own.
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TextIO

from synth.errors import UnreadableFile
from synth.intake.formats import Format, detect, read_file
from synth.model import ParsedDocument, Refusal, Turn

APART: Final[frozenset[Format]] = frozenset(("docx", "odt", "rtf", "pdf", "html", "zip"))
MEMORY: Final = 1_500 << 20  # bytes of address space; what is really used is far less
OUTPUT: Final = 256 << 20  # bytes of what was read
SECONDS: Final = 20.0
SECONDS_PER_MB: Final = 20.0
MOST_SECONDS: Final = 600.0
_TOO_MUCH: Final = "{} needs more memory than a document does; save its text as a new file."
_BROKEN: Final = "{} cannot be read ({}); save it again, or its text, and import the new file."

Rows = Iterator[ParsedDocument | Refusal]


def read_apart(path: Path, *, name: str, options: Mapping[str, Any]) -> Rows:
    """The same as `read_file` with these options; raises UnreadableFile also where a limit was reached."""
    if detect(path, name=name) not in APART:
        return read_file(path, name=name, **options)
    return _read(path, name, options)


def _read(path: Path, name: str, options: Mapping[str, Any]) -> Rows:
    seconds = min(MOST_SECONDS, SECONDS + SECONDS_PER_MB * path.stat().st_size / (1 << 20))
    with tempfile.TemporaryDirectory(prefix="synth-parse-") as folder:
        out = Path(folder, "rows.jsonl")
        given = {"path": str(path.absolute()), "name": name, "options": _plain(options), "memory": MEMORY}
        asked = json.dumps(given | {"out": str(out)})
        try:
            done = subprocess.run(
                [sys.executable, "-m", "synth.intake.apart"],
                input=asked.encode(),
                env=_environment(folder),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise UnreadableFile(f"{name} takes too long to read; save its text as a new file.") from None
        if done.returncode:
            raise UnreadableFile(_TOO_MUCH.format(name))
        with out.open(encoding="utf-8") as lines:
            for line in lines:
                yield _row(json.loads(line))


def main() -> None:
    """The child: read what standard input asks for into a file, within limits that are set before anything is read."""
    import resource

    asked = json.loads(sys.stdin.buffer.read())
    resource.setrlimit(resource.RLIMIT_AS, (asked["memory"], asked["memory"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (OUTPUT, OUTPUT))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with Path(asked["out"]).open("w", encoding="utf-8") as out:
        try:
            for row in read_file(Path(asked["path"]), name=asked["name"], **asked["options"]):
                _write(out, _written(row))
        except UnreadableFile as error:
            _write(out, {"unreadable": str(error)})
        except MemoryError:
            _write(out, {"unreadable": _TOO_MUCH.format(asked["name"])})
        except Exception as error:  # noqa: BLE001 - whatever a library raises over a file, the file is refused
            _write(out, {"unreadable": _BROKEN.format(asked["name"], type(error).__name__)})


def _write(out: TextIO, row: Mapping[str, Any]) -> None:
    out.write(json.dumps(row, ensure_ascii=False) + "\n")


def _environment(folder: str) -> dict[str, str]:
    """What the child needs to start, and none of our secrets."""
    kept = ("PATH", "PYTHONPATH", "LANG", "LC_ALL", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH")
    return {name: os.environ[name] for name in kept if name in os.environ} | {"TMPDIR": folder, "HOME": folder}


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple | set | frozenset) else value for name, value in options.items()
    }


def _written(row: ParsedDocument | Refusal) -> dict[str, Any]:
    if isinstance(row, Refusal):
        return {"refusal": [row.row, row.reason]}
    said = asdict(row)
    return {**said, "created_at": row.created_at.isoformat() if row.created_at else None}


def _row(written: dict[str, Any]) -> ParsedDocument | Refusal:
    if "unreadable" in written:
        raise UnreadableFile(written["unreadable"])
    if "refusal" in written:
        return Refusal(*written["refusal"])
    at = written.pop("created_at")
    turns = tuple(Turn(**turn) for turn in written.pop("turns"))
    return ParsedDocument(**written, created_at=datetime.fromisoformat(at) if at else None, turns=turns)


if __name__ == "__main__":
    main()
