"""Archives of files: checked before they are opened, each file in them read as if it had come alone."""

import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import Final

from synth.errors import UnreadableFile
from synth.intake.signatures import check_archive
from synth.model import ParsedDocument, Refusal

MOST_FILES: Final = 500
LARGEST_FILE: Final = 200 << 20  # bytes unpacked

Rows = Iterator[ParsedDocument | Refusal]


def read_archive(path: Path, name: str, read: Callable[[Path, str], Rows]) -> Rows:
    """The rows of every file in an archive; a file that cannot be read is refused by its name, the others are read.

    Names in the archive are never used as paths. Raises UnreadableFile for an archive that is not safe to unpack.
    """
    check_archive(path, name)
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory(prefix="synth-zip-") as folder:
        files = [entry for entry in archive.infolist() if not entry.is_dir() and not _is_hidden(entry.filename)]
        if not files:
            raise UnreadableFile(f"{name} is an empty archive; pack the files again.")
        if len(files) > MOST_FILES:
            raise UnreadableFile(f"{name} holds more than {MOST_FILES} files; pack them into several archives.")
        for number, entry in enumerate(files, start=1):
            shown = PurePosixPath(entry.filename.replace("\\", "/")).name or f"file {number}"
            unpacked = Path(folder, str(number))
            try:
                _unpack(archive, entry, unpacked, shown)
                yield from read(unpacked, shown)
            except UnreadableFile as error:
                yield Refusal(number, str(error))
            finally:
                unpacked.unlink(missing_ok=True)


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, shown: str) -> None:
    if entry.file_size > LARGEST_FILE:
        raise UnreadableFile(f"{shown} is larger than {LARGEST_FILE >> 20} MB; import it by itself.")
    try:
        with archive.open(entry) as packed, to.open("xb") as file:
            shutil.copyfileobj(packed, file, 1 << 20)
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise UnreadableFile(f"{shown} is damaged and cannot be unpacked; pack it again.") from error


def _is_hidden(filename: str) -> bool:
    parts = PurePosixPath(filename.replace("\\", "/")).parts
    return not parts or "__MACOSX" in parts or parts[-1].startswith(".")
