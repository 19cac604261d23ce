"""Interviews in other languages, scripts and encodings: who speaks and who asks is found as in English."""

import unicodedata
from pathlib import Path

import docx
import pytest

from synth.intake.formats import read_file
from synth.intake.transcripts.reading_order import in_reading_order
from synth.model import ParsedDocument

ASKED = {
    "Enquêteur : Et alors ?|Mme Léa Durand : J’attends.": ("Enquêteur", "Mme Léa Durand"),
    "Entrevistadora: ¿Y qué hace?|Ñuño: Espero.": ("Entrevistadora", "Ñuño"),
    "Intervistatore: E poi?|Partecipante: Aspetto.": ("Intervistatore", "Partecipante"),
    "Onderzoeker: En dan?|Deelnemer 2: Wachten.": ("Onderzoeker", "Deelnemer 2"),
    "Интервьюер: И что дальше?|Анна: Жду.": ("Интервьюер", "Анна"),
    "采访者：然后呢？|王芳：我就等着。": ("采访者", "王芳"),
    "インタビュアー：どうしますか。|田中：待ちます。": ("インタビュアー", "田中"),
    "면접자: 그리고요?|김민수: 기다립니다.": ("면접자", "김민수"),
    "מראיין: ומה עוד?|דנה: אני מחכה.": ("מראיין", "דנה"),
    "\u200fמראיין:\u200f ומה עוד?|\u200fדנה:\u200f אני מחכה.": ("מראיין", "דנה"),
    "المحاور: وماذا بعد؟|ليلى بنت أحمد: أنتظر.": ("المحاور", "ليلى بنت أحمد"),
}


def read(path: Path) -> ParsedDocument:
    (document,) = read_file(path, kind="research")
    assert isinstance(document, ParsedDocument)
    return document


def said(document: ParsedDocument) -> list[tuple[str | None, str]]:
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns]


@pytest.mark.parametrize(("lines", "labels"), ASKED.items())
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_who_asks_is_known_in_other_languages(tmp_path: Path, lines: str, labels: tuple[str, str], form: str) -> None:
    path = tmp_path / "talk.txt"
    path.write_text(unicodedata.normalize(form, "\n".join(lines.split("|") * 2)), "utf-8")
    document = read(path)
    assert [turn.speaker for turn in document.turns] == [*labels, *labels]
    assert [turn.role for turn in document.turns] == ["interviewer", "participant"] * 2


def test_names_with_marks_that_are_no_letters_are_names(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("ผู้สัมภาษณ์: แล้วทำอย่างไร\nสมชาย: รอ\n" * 2 + "हिंदी: हाँ\n" * 2, "utf-8")
    assert [turn.speaker for turn in read(path).turns] == ["ผู้สัมภาษณ์", "สมชาย"] * 2 + ["हिंदी"] * 2


SRT = "1\n00:00:01,000 --> 00:00:03,000\nJürgen: Was stört Sie?\n\n2\n00:00:03,500 --> 00:00:06,000\nZoë: Die Größe.\n\n3\n00:00:07,000 --> 00:00:08,000\nJürgen: Und sonst?\n"  # noqa: E501


@pytest.mark.parametrize(
    ("mark", "encoding", "line_end"),
    [
        (b"", "utf-8", "\n"), (b"\xef\xbb\xbf", "utf-8", "\r\n"), (b"", "utf-8", "\r"),
        (b"\xff\xfe", "utf-16-le", "\n"), (b"\xfe\xff", "utf-16-be", "\r\n"), (b"", "utf-16-le", "\n"),
        (b"\xff\xfe\x00\x00", "utf-32-le", "\n"), (b"", "cp1252", "\r\n"), (b"", "mac_roman", "\r"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("name", ["talk.srt", "talk.vtt", "talk.txt"])
def test_captions_are_the_same_in_every_encoding(
    tmp_path: Path, mark: bytes, encoding: str, line_end: str, name: str
) -> None:
    text = SRT if name != "talk.vtt" else "WEBVTT\n\n" + SRT.replace(",", ".")
    path = tmp_path / name
    path.write_bytes(mark + text.replace("\n", line_end).encode(encoding))
    document = read(path)
    assert said(document) == [("Jürgen", "Was stört Sie?"), ("Zoë", "Die Größe."), ("Jürgen", "Und sonst?")]
    assert [(turn.begins, turn.ends) for turn in document.turns] == [(1.0, 3.0), (3.5, 6.0), (7.0, 8.0)]


def test_a_short_conversation_names_who_speaks_once(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    path.write_text("Dana Scott: And then?\nChidi: Nothing. Why: I wait.\nDana Scott: Thanks.\n", "utf-8")
    assert [speaker for speaker, _ in said(read(path))] == ["Dana Scott", "Chidi", "Dana Scott"]


def test_times_with_single_digits_and_what_the_recorder_says_are_no_speech(tmp_path: Path) -> None:
    document = docx.Document()
    talk = (("0:0:3.120 --> 0:0:5.400", "Dana Scott", "And then?"), ("0:0:7.0 --> 0:1:9.0", "Chidi", "I wait."),
            ("0:1:10.0 --> 0:1:11.0", "Dana Scott", "Thanks."))  # fmt: skip
    for line in (part for cue in talk for part in cue):
        document.add_paragraph(line)
    path = tmp_path / "talk.docx"
    document.save(str(path))
    assert [(turn.speaker, turn.begins, turn.ends) for turn in read(path).turns] == [
        ("Dana Scott", 3.12, 5.4), ("Chidi", 7.0, 69.0), ("Dana Scott", 70.0, 71.0)]  # fmt: skip
    plain = tmp_path / "talk.txt"
    plain.write_text("Dana: And then?\nChidi: I wait.\n" * 2 + "Meeting ended after 00:10:00 👋\n", "utf-8")
    assert said(read(plain))[-1] == ("Chidi", "I wait.")
    plain.write_text("Dana: And then?\nChidi: I wait.\n" * 2 + "Scott, Dana stopped transcription\n", "utf-8")
    assert said(read(plain))[-1] == ("Chidi", "I wait.")


@pytest.mark.parametrize(
    ("shown", "read_as"),
    [
        (["?רקובב", "ךל", "עירפמ", "המ", ":ןייארמ"], "מראיין: מה מפריע לך בבוקר?"),
        ([".12:30-ב", "(7", "ףיעס)", "ונרבד"], "דברנו (סעיף 7) ב-12:30."),
        ([".דואמ", "Android", "Auto", "תא", "בהוא", "ינא"], "אני אוהב את Android Auto מאוד."),
        (["plain", "words", "אב", "here"], "plain words אב here"),
        (["42", "%"], "42 %"),
    ],
)
def test_what_is_shown_from_right_to_left_is_put_in_the_order_of_reading(shown: list[str], read_as: str) -> None:
    assert " ".join(in_reading_order(shown)) == read_as
