"""Bytes to text: which encoding a file is in, decided from a sample, and its lines, decoded as they are read.

A byte that does not fit the encoding becomes `BAD_BYTE`, so that a reader can refuse that one row and keep the others.
"""

import codecs
import gzip
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Final, cast

from synth.errors import UnreadableFile

BAD_BYTE: Final = "\udc80"
BAD_BYTES: Final = "this row holds bytes that are not in the encoding of the file; save the file as UTF-8"

_PIECE: Final = 1 << 20
_MOST_UNPACKED: Final = 200 << 20  # bytes a compressed file may unpack to before its ratio is looked at
_HIGHEST_RATIO: Final = 200
_MAGIC: Final = (
    (b"%PDF", "a PDF file"),
    (b"PK\x03\x04", "a zip archive (perhaps a spreadsheet or a Word file)"),
    (b"\xd0\xcf\x11\xe0", "an old Office file"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x7fELF", "a program"),
    (b"MZ\x90", "a program"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard archive"),
    (b"SQLite format 3", "a database"),
)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]+")
_KANA_RUN: Final = re.compile(rb"(?:[\x82\x83][\x40-\xf1]){3,}")
_WESTERN: Final = ("cp1252", "mac_roman", "cp1250")
_OTHERS: Final = [
    *("cp932", "gb18030", "big5", "cp949", "euc_jp"),
    *("cp1251", "koi8_r", "cp1253", "cp1255", "cp1256", "cp1252"),
]
_USUAL: Final = frozenset("äöüÄÖÜßéèêëÉÈàáâãåæçñíìîïóòôõøúùûœąćęłńśźżčěřšžůýťď€£°«»¿¡’‘“”„–—…®™©·•\xa0§½")


def sniff_encoding(path: Path, *, name: str | None = None) -> str:
    """The Python name of the encoding of the text in `path`.

    Raises UnreadableFile when the file is empty or is not text at all.
    """
    shown = name or path.name
    sample = _take_sample(path, shown)
    if not sample:
        raise UnreadableFile(f"{shown} is empty; export it again and upload the new file.")
    _refuse_binary(shown, sample[0])
    for mark, encoding in _BOMS:
        if sample[0].startswith(mark):
            return encoding
    return _sniff_wide(shown, sample[0]) or _sniff_utf8(sample) or _sniff_legacy(b"".join(sample))


@contextmanager
def open_text(path: Path, encoding: str) -> Iterator[IO[str]]:
    """The text of `path`, unpacked when it is gzip; line ends stay as they are, bytes that do not fit are BAD_BYTE."""
    codecs.register_error("synth.mark", _mark)
    with open_bytes(path) as raw, TextIOWrapper(raw, encoding, errors="synth.mark", newline="") as text:
        yield text


def read_lines(text: IO[str], path: Path, *, longest: int, name: str) -> Iterator[str]:
    """The lines of `text`, cut into pieces of at most `longest` characters.

    Raises UnreadableFile when a gzip file is damaged or unpacks to far more than any export would.
    """
    limit = unpacked_limit(path)
    taken = 0
    try:
        while line := text.readline(longest):
            taken += len(line)
            if limit and taken > limit:
                raise UnreadableFile(f"{name} unpacks to more than {limit >> 20} MB; unpack it and upload parts of it.")
            yield line
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{name} is a damaged gzip file ({error}); pack it again.") from error


def open_bytes(path: Path) -> IO[bytes]:
    """The bytes of `path`, unpacked when they are gzip."""
    return cast("IO[bytes]", gzip.open(path) if is_gzip(path) else path.open("rb"))


def is_gzip(path: Path) -> bool:
    """Whether the file starts as a gzip file does, whatever its name."""
    with path.open("rb") as file:
        return file.read(2) == b"\x1f\x8b"


def unpacked_limit(path: Path) -> int | None:
    """How many bytes a gzip file may unpack to; None for a file that is not packed."""
    return max(_MOST_UNPACKED, path.stat().st_size * _HIGHEST_RATIO) if is_gzip(path) else None


def _mark(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return BAD_BYTE, error.end


def _take_sample(path: Path, name: str) -> list[bytes]:
    """The beginning, the middle and the end of the file, a megabyte each (of a gzip file: the beginning)."""
    if is_gzip(path):
        return _take_packed_sample(path, name)
    size = path.stat().st_size
    with path.open("rb") as file:
        pieces = [file.read(_PIECE)]
        for start in (size // 2, size - _PIECE):
            if start >= _PIECE:
                file.seek(start - start % 4)
                pieces.append(file.read(_PIECE))
    return [piece for piece in pieces if piece]


def _take_packed_sample(path: Path, name: str) -> list[bytes]:
    try:
        with gzip.open(path) as file:
            piece = file.read(3 * _PIECE)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{name} is a damaged gzip file ({error}); pack it again.") from error
    return [piece] if piece else []


def _refuse_binary(name: str, start: bytes) -> None:
    for magic, what in _MAGIC:
        if start.startswith(magic):
            raise UnreadableFile(f"{name} is {what}, not a text file; give it its true ending or export it as CSV.")
    controls = sum(start.count(byte) for byte in range(32) if byte not in (0, 9, 10, 12, 13, 27))
    if controls > 0.05 * len(start):
        raise UnreadableFile(f"{name} is not a text file; export it as CSV, JSON Lines or XLSX.")


def _sniff_wide(name: str, start: bytes) -> str | None:
    """UTF-16 without a mark: text has zero bytes on one side only."""
    even, odd = start[::2].count(0), start[1::2].count(0)
    if even + odd <= 0.02 * len(start):
        return None
    if min(even, odd) > 0.1 * max(even, odd):
        raise UnreadableFile(f"{name} is not a text file; export it as CSV, JSON Lines or XLSX.")
    return "utf-16-le" if odd > even else "utf-16-be"


def _sniff_utf8(sample: list[bytes]) -> str | None:
    """UTF-8 when the bytes that do not fit are rare beside those that do, which by chance alone hardly any would."""
    codecs.register_error("synth.mark", _mark)
    bad = good = 0
    for piece in sample:
        whole = len(piece) < _PIECE
        inner = piece if whole else piece.lstrip(bytes(range(0x80, 0xC0)))
        text = codecs.getincrementaldecoder("utf-8")("synth.mark").decode(inner, final=whole)
        bad += text.count(BAD_BYTE)
        good += sum(map(len, re.findall(r"[^\x00-\x7f\udc80]", text)))
    return "utf-8" if bad == 0 or bad * 4 < good else None


def _sniff_legacy(sample: bytes) -> str:
    """Before Unicode: single high bytes between Latin letters mean a Western file, runs of them another script."""
    runs = Counter(min(len(run), 2) for run in _HIGH_RUN.findall(sample))
    if runs[1] > runs[2] and not _KANA_RUN.search(sample):
        return max(_WESTERN, key=lambda name: _rate_western(sample, name))
    from charset_normalizer import from_bytes

    best = from_bytes(sample[:_PIECE], cp_isolation=list(_OTHERS), preemptive_behaviour=False).best()
    return best.encoding if best else "cp1252"


def _rate_western(sample: bytes, encoding: str) -> float:
    """How much the high bytes look like words: usual characters count, and inside a word only letters of its case."""
    text = sample.decode(encoding, errors="synth.mark")
    rate = 0.0
    for match in re.finditer(r"(.?)([^\x00-\x7f])(.?)", text):
        before, high, after = match.groups()
        rate += 1.0 if high in _USUAL else -0.5
        if before.isascii() and before.islower() and after.isascii() and after.islower():
            rate += 1.0 if high.islower() or high in "’'" else -2.0
    return rate
