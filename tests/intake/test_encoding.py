"""Bytes to text: the encodings that exports come in."""

import gzip
from pathlib import Path

import pytest

from synth.errors import UnreadableFile
from synth.intake.encoding import open_text, read_lines, sniff_encoding

GERMAN = "Die Tür schließt nicht, größere Fotos hängen über Nacht. Schöne Grüße aus Köln – „sehr“ ärgerlich.\n" * 30
FRENCH = "J’ai été déçu : la synchronisation a échoué, ça ne marche plus très bien depuis la mise à jour.\n" * 30
POLISH = (
    "Aplikacja się zawiesza, gdy próbuję dodać zdjęcie. Proszę o szybką pomoc, źle działa też wysyłanie łączy.\n" * 30
)
JAPANESE = "アプリが落ちます。写真をアップロードできません。早く直してください。とても困っています。\n" * 30
CHINESE = "这个应用程序经常崩溃，无法上传照片，请尽快修复这个问题。客服回复很慢，体验不好。\n" * 30
RUSSIAN = "Приложение постоянно вылетает, фотографии не загружаются. Пожалуйста, исправьте это поскорее.\n" * 30


def decode(path: Path) -> str:
    with open_text(path, sniff_encoding(path)) as text:
        return "".join(read_lines(text, path, longest=1000, name=path.name))


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252", "mac_roman"]
)
@pytest.mark.parametrize("text", [GERMAN, FRENCH], ids=["German", "French"])
def test_western_text_comes_back_from_every_encoding(tmp_path: Path, encoding: str, text: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode(encoding))
    assert decode(path) == text


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (JAPANESE, "shift_jis"),
        (CHINESE, "gb18030"),
        (RUSSIAN, "cp1251"),
        (POLISH, "cp1250"),
        (GERMAN.replace("–", "-").replace("„", "").replace("“", ""), "latin-1"),
    ],
)
def test_other_scripts_come_back_from_their_own_encoding(tmp_path: Path, text: str, encoding: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(text.encode(encoding))
    assert decode(path) == text


def test_the_encoding_is_judged_by_more_than_the_beginning(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"plain words only\n" * 150_000 + GERMAN.encode("cp1252"))
    assert decode(path).endswith(GERMAN)


def test_a_character_cut_by_the_end_of_the_sample_does_not_change_the_encoding(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(b"a" * ((1 << 20) - 1) + "é".encode() + b"\n" + b"b" * 100)
    assert sniff_encoding(path) == "utf-8"


def test_gzip_is_unpacked_whatever_the_name(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(gzip.compress(GERMAN.encode()))
    assert decode(path) == GERMAN


def test_a_damaged_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "export.csv.gz"
    path.write_bytes(gzip.compress(GERMAN.encode() * 50)[:200])
    with pytest.raises(UnreadableFile, match="damaged gzip"):
        decode(path)


def test_a_gzip_bomb_is_refused_before_it_fills_anything(tmp_path: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb") as file:
        for _ in range(210):
            file.write(b"x" * (1 << 20))
    with open_text(path, "utf-8") as text, pytest.raises(UnreadableFile, match="unpacks to more than 200 MB"):
        for _ in read_lines(text, path, longest=1 << 20, name=path.name):
            pass


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7\n%\xe2\xe3", "is a PDF file"),
        (b"PK\x03\x04\x14\x00\x06\x00", "is a zip archive"),
        (bytes(range(256)) * 40, "not a text file"),
    ],
)
def test_what_is_no_text_is_refused_by_its_bytes(tmp_path: Path, content: bytes, reason: str) -> None:
    path = tmp_path / "renamed.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=reason):
        sniff_encoding(path)
