"""The whole text of a text file, decoded, within a limit."""

from pathlib import Path

from synth.errors import UnreadableFile
from synth.intake.encoding import BAD_BYTE, open_text, sniff_encoding


def read_text(path: Path, *, limit: int, name: str | None = None) -> str:
    """The text with plain line feeds, and U+FFFD for bytes that do not fit; raises UnreadableFile above `limit`."""
    with open_text(path, sniff_encoding(path)) as file:
        text = file.read(limit + 1)
    if len(text) > limit:
        raise UnreadableFile(f"{name or path.name} is too large; split it into files of at most {limit >> 20} MB.")
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").replace(BAD_BYTE, "\ufffd")
