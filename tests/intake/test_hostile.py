"""Files that mean harm are refused with a sentence, or read within their limits; the next file is read as ever."""

from itertools import islice
from pathlib import Path

import pytest

from synth.errors import BadInput
from synth.intake.apart import read_apart
from synth.model import ParsedDocument, Refusal
from tests.intake.hostile import hostile_files

FILES = dict(hostile_files())
LONGEST = 1_000  # characters of a sentence


def test_there_are_enough_of_them() -> None:
    assert len(FILES) >= 60


@pytest.mark.parametrize("name", sorted(FILES))
def test_a_hostile_file_is_refused_or_read_within_its_limits(tmp_path: Path, name: str) -> None:
    path = tmp_path / "upload"
    content = FILES[name]
    path.write_bytes(content if isinstance(content, bytes) else content())
    rows, refused = read(path, name)
    assert refused is None or (name in refused and refused.endswith(".") and len(refused) < LONGEST)
    assert not [row for row in rows if isinstance(row, Refusal) and len(row.reason) >= LONGEST]
    assert not [row for row in rows if isinstance(row, ParsedDocument) and "root:" in row.text]
    assert list(tmp_path.iterdir()) == [path]


def read(path: Path, name: str) -> tuple[list[ParsedDocument | Refusal], str | None]:
    """What an import would get of it, and why it was refused as a whole."""
    try:
        return list(islice(read_apart(path, name=name, options={"kind": "research"}), 2_000)), None
    except BadInput as error:
        return [], str(error)
