"""What a file is by its first bytes, where it holds nothing to read; zip archives checked before they are opened."""

import zipfile
from pathlib import Path

from synth.errors import UnreadableFile

MOST_UNPACKED = 300_000_000  # bytes of all entries of an archive together
HIGHEST_RATIO = 200  # unpacked to packed
MOST_ENTRIES = 10_000
_PIECE = 1 << 20

_PICTURE = "a {} image; copy the words in it into a text file"
_SOUND = "a sound or video file; transcribe it first and import the transcript"
_ARCHIVE = "an archive; unpack it and import the files in it"
_SIGNATURES: tuple[tuple[int, bytes, str], ...] = (
    (0, b"\x89PNG", _PICTURE.format("PNG")),
    (0, b"\xff\xd8\xff", _PICTURE.format("JPEG")),
    (0, b"GIF8", _PICTURE.format("GIF")),
    (0, b"II*\x00", _PICTURE.format("TIFF")),
    (0, b"MM\x00*", _PICTURE.format("TIFF")),
    (8, b"WEBP", _PICTURE.format("WebP")),
    (4, b"ftyp", _SOUND),
    (8, b"WAVE", _SOUND),
    (8, b"AVI ", _SOUND),
    *(
        (0, magic, _SOUND)
        for magic in (b"ID3", b"\xff\xfb", b"\xff\xf3", b"\xff\xf1", b"OggS", b"fLaC", b"\x1aE\xdf\xa3")
    ),
    *((0, magic, _ARCHIVE) for magic in (b"Rar!", b"7z\xbc\xaf", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd", b"BZh")),
    (0, b"MZ", "a program; import the text itself"),
    (0, b"\x7fELF", "a program; import the text itself"),
    (0, b"SQLite format 3", "a database; export its table as CSV"),
    (0, b"PAR1", "a Parquet file; export it as CSV"),
)


def binary_kind(head: bytes) -> str | None:
    """What the file is and what to do, as the end of a sentence, or None when no signature is known."""
    return next((what for at, magic, what in _SIGNATURES if head[at : at + len(magic)] == magic), None)


def check_archive(path: Path, name: str) -> frozenset[str]:
    """The entries of a zip file that is safe to unpack; raises UnreadableFile for a bomb, a password or damage."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            f"{name} is damaged and cannot be opened; save it again and import the new file."
        ) from error
    unpacked, packed = sum(entry.file_size for entry in entries), sum(entry.compress_size for entry in entries)
    if unpacked > MOST_UNPACKED or len(entries) > MOST_ENTRIES or unpacked > HIGHEST_RATIO * max(packed, 1000):
        raise UnreadableFile(f"{name} unpacks to far more than a document holds; save its text as a new file.")
    if any(entry.flag_bits & 1 for entry in entries):
        raise UnreadableFile(f"{name} is protected with a password; save it without one.")
    return frozenset(entry.filename for entry in entries)


def check_markup(path: Path, name: str) -> None:
    """Raise UnreadableFile when an XML part declares a document type or entities, or is longer than it says."""
    with zipfile.ZipFile(path) as archive:
        for entry in archive.infolist():
            if entry.filename.casefold().endswith((".xml", ".rels")):
                _check_part(archive, entry, name)


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> None:
    tail, taken = b"", 0
    try:
        with archive.open(entry) as part:
            while piece := part.read(_PIECE):
                taken += len(piece)
                plain = tail + piece.replace(b"\x00", b"")
                if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain or taken > entry.file_size:
                    raise UnreadableFile(
                        f"{name} holds XML declarations that no document needs; save its text as a new file."
                    )
                tail = plain[-16:]
    except (zipfile.BadZipFile, EOFError, OSError, ValueError, NotImplementedError) as error:
        raise UnreadableFile(
            f"{name} is damaged and cannot be opened; save it again and import the new file."
        ) from error
