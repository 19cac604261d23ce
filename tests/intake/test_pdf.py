"""PDF files: running heads, page numbers, columns, broken words, pages, and files that cannot be read."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest

from synth.errors import UnreadableFile
from synth.intake.formats import read_file
from synth.intake.transcripts import pdf as module
from synth.intake.transcripts.pdf import read_pdf
from synth.model import ParsedDocument

Placed = tuple[float, float, str] | tuple[float, float, str, int]  # points from the left and the top, words, their size


def write_pdf(
    path: Path, pages: Sequence[Sequence[Placed]], *, size: int = 10, trailer: str = "", image: bool = False
) -> Path:
    """A small PDF with the words where they are asked for."""
    kids = " ".join(f"{4 + 2 * n} 0 R" for n in range(len(pages)))
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>"]
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>")
    for n, page in enumerate(pages):
        words = "".join(
            f"BT /F1 {own[0] if own else size} Tf {x} {792 - y - size} Td ({_escaped(text)}) Tj ET\n"
            for x, y, text, *own in page
        )
        picture = "q 200 0 0 200 100 300 cm BI /W 1 /H 1 /CS /G /BPC 8 ID \x41 EI Q\n" if image else ""
        resources = "/Resources << /Font << /F1 3 0 R >> >>"
        objects.append(f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] {resources} /Contents {5 + 2 * n} 0 R >>")
        content = picture + words
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    body, places = "%PDF-1.4\n", []
    for number, text in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n{text}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    head = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    tail = f"trailer << /Size {len(objects) + 1} /Root 1 0 R {trailer} >>\nstartxref\n{len(body)}\n%%EOF"
    path.write_bytes((body + head + tail).encode("latin-1"))
    return path


def _escaped(text: str) -> str:
    return re.sub(r"([()\\])", r"\\\1", text)


def column(lines: Sequence[str], *, x: float = 72, top: float = 100, step: float = 12) -> list[Placed]:
    return [(x, top + step * n, line) for n, line in enumerate(lines)]


def read(path: Path) -> ParsedDocument:
    (document,) = read_file(path, kind="research")
    assert isinstance(document, ParsedDocument)
    return document


def said(document: ParsedDocument) -> list[tuple[str | None, int | None, str]]:
    return [(turn.speaker, turn.page, document.text[turn.start : turn.end]) for turn in document.turns]


DIALOGUE = [
    "Ana: What broke?",
    "Ben: The board, and it went on for",
    "a whole long day.",
    "Ana: Why?",
    "Ben: Who knows.",
]


def test_turns_run_over_lines_and_pages_and_keep_their_page(tmp_path: Path) -> None:
    pages = [column(DIALOGUE[:2]), column(DIALOGUE[2:])]
    assert said(read(write_pdf(tmp_path / "a.pdf", pages))) == [
        ("Ana", 1, "What broke?"),
        ("Ben", 1, "The board, and it went on for a whole long day."),
        ("Ana", 2, "Why?"),
        ("Ben", 2, "Who knows."),
    ]


def test_running_heads_and_page_numbers_are_left_out(tmp_path: Path) -> None:
    pages = [
        [
            (72, 30, f"Acme research, interview {n}"),
            *column(DIALOGUE),
            (300, 760, f"Page {n} of 3"),
            (520, 745, "Confidential"),
        ]
        for n in (1, 2, 3)
    ]
    document = read(write_pdf(tmp_path / "a.pdf", pages))
    assert "Acme" not in document.text
    assert "Page" not in document.text
    assert "Confidential" not in document.text
    assert len(document.turns) == 12


def test_bare_page_numbers_are_left_out_and_numbers_in_the_text_are_not(tmp_path: Path) -> None:
    pages = [[*column([*DIALOGUE, "Ana: How many jobs?", "42"]), (300, 760, str(n))] for n in (7, 8, 9)]
    document = read(write_pdf(tmp_path / "a.pdf", pages))
    assert document.text.count("42") == 3
    assert not re.search(r"\b[789]\b", document.text)


def test_numbers_of_lines_in_the_margin_are_left_out(tmp_path: Path) -> None:
    lines = DIALOGUE * 2
    numbers = [(40, 100 + 12 * n, str(n + 1)) for n in range(len(lines))]
    document = read(write_pdf(tmp_path / "a.pdf", [[*column(lines), *numbers]]))
    assert [words for _, _, words in said(document)][:2] == [
        "What broke?",
        "The board, and it went on for a whole long day.",
    ]


def test_a_word_broken_at_a_line_end_is_made_whole(tmp_path: Path) -> None:
    lines = [
        "Ana: It is an impor-",
        "tant thing, the well-",
        "known board, a well-known one.",
        "Ben: Yes.",
        "Ana: Ok.",
        "Ben: Ok.",
    ]
    document = read(write_pdf(tmp_path / "a.pdf", [column(lines)]))
    assert said(document)[0][2] == "It is an important thing, the well-known board, a well-known one."


def test_two_columns_are_read_one_after_the_other(tmp_path: Path) -> None:
    left = [f"left line number {n} goes on here" for n in range(1, 11)]
    right = [f"right line number {n} goes on here" for n in range(1, 11)]
    title = (72.0, 60.0, "A title that runs across the whole width of the page above both of the columns")
    page = [title, *column(left), *column(right, x=330)]
    text = read(write_pdf(tmp_path / "a.pdf", [page])).text
    assert text.index("left line number 10") < text.index("right line number 1 ")
    assert text.startswith("A title")


SPOKEN = [
    line.format(number)
    for number in range(9)
    for line in (
        "Ana: What happened on visit {}, and",
        "who was there?",
        "Ben: It was day {} of",
        "waiting in the van.",
    )
]


@pytest.mark.parametrize("x", [20, 400])
def test_small_notes_in_a_margin_interrupt_nobody(tmp_path: Path, x: int) -> None:
    notes = [(x, 106 + 60 * n, f"Code {n}: wait", 7) for n in range(5)]
    pages = [[*column(SPOKEN[:20], x=120), *notes], column(SPOKEN[20:], x=120, top=140)]
    document = read(write_pdf(tmp_path / "talk.pdf", pages))
    assert [words for _, _, words in said(document)][:2] == [
        "What happened on visit 0, and who was there?", "It was day 0 of waiting in the van."]  # fmt: skip
    assert {speaker for speaker, _, _ in said(document)} == {"Ana", "Ben"}
    assert len(document.turns) == 18
    assert document.text.endswith("Code 4: wait")
    assert document.text.count("Code ") == 5


def test_notes_of_the_same_size_beyond_a_blank_strip_interrupt_nobody(tmp_path: Path) -> None:
    notes = [(420.0, 100 + 48.0 * n, f"see visit {'abcde'[n]}") for n in range(5)]
    document = read(write_pdf(tmp_path / "talk.pdf", [[*column(SPOKEN, x=72), *notes]]))
    assert [words for _, _, words in said(document)][1] == "It was day 0 of waiting in the van."
    assert document.text.endswith("see visit e")


def test_labels_and_times_beside_the_words_are_no_notes(tmp_path: Path) -> None:
    page: list[Placed] = []
    for n in range(12):
        top, label = 100 + 24 * n, "Ana:" if n % 2 else "Ben:"
        page += [(72, top, label), (140, top, f"this is what was said as number {n},"), (480, top, f"00:{n:02}")]
        page.append((140, top + 12, "and it went on."))
    document = read(write_pdf(tmp_path / "talk.pdf", [page]))
    assert [speaker for speaker, _, _ in said(document)] == ["Ben", "Ana"] * 6
    assert [turn.begins for turn in document.turns] == list(range(12))


def test_the_end_of_a_word_that_stands_behind_an_and_is_not_drawn_to_it(tmp_path: Path) -> None:
    lines = ["Ana: Es gibt ein Handy-", "und ein Tabletproblem auf der Bau-", "stelle."]
    document = read(write_pdf(tmp_path / "talk.pdf", [column([*lines, "Ben: Ja.", *DIALOGUE])]))
    assert said(document)[0][2] == "Es gibt ein Handy- und ein Tabletproblem auf der Baustelle."


def test_paragraphs_of_prose_are_kept_apart_and_their_lines_joined(tmp_path: Path) -> None:
    first, second = column(["one two three", "four five."]), column(["six seven", "eight nine."], top=140)
    assert (
        read(write_pdf(tmp_path / "a.pdf", [[*first, *second]])).text
        == "one two three four five.\n\nsix seven eight nine."
    )


def test_words_outside_of_the_page_are_not_read(tmp_path: Path) -> None:
    page = [*column(DIALOGUE), (72, 900, "beyond"), (900, 100, "beside")]
    text = read(write_pdf(tmp_path / "a.pdf", [page])).text
    assert "beyond" not in text
    assert "beside" not in text


def test_a_pdf_of_images_asks_for_text_recognition(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "scan.pdf", [[], []], image=True)
    with pytest.raises(UnreadableFile, match=r"scan\.pdf holds images, not text; run OCR first\."):
        read(path)


def test_a_pdf_without_anything_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="holds no text"):
        read(write_pdf(tmp_path / "a.pdf", [[]]))


def test_a_locked_pdf_is_refused(tmp_path: Path) -> None:
    lock = f"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <{'41' * 32}> /U <{'42' * 32}> >> /ID [<00> <00>]"
    with pytest.raises(UnreadableFile, match="protected with a password"):
        read(write_pdf(tmp_path / "a.pdf", [column(DIALOGUE)], trailer=lock))


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7\n", b"%PDF-1.7\n" + bytes(range(256)) * 20, b"%PDF-1.4\ntrailer << /Root 1 0 R >>\n%%EOF"]
)
def test_a_broken_pdf_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "broken.pdf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"broken\.pdf"):
        read(path)


def test_a_pdf_with_too_many_pages_is_refused(tmp_path: Path) -> None:
    path = write_pdf(tmp_path / "long.pdf", [[]] * (module.MOST_PAGES + 1))
    with pytest.raises(UnreadableFile, match="more than 2,000 pages"):
        read_pdf(path)


@pytest.mark.parametrize("number", range(1, 8))
def test_real_interviews_have_their_words_pages_and_speakers(shared_data: Path, number: int) -> None:
    folder = shared_data / "interviews_pdpilot"
    document = read(folder / "transcripts" / f"P{number}.pdf")
    reference = (folder / "text" / f"P{number}.txt").read_text("utf-8").rstrip("\n").split("\n")
    found = said(document)
    roles = [turn.role for turn in document.turns]
    assert set(roles) == {"interviewer", "participant"}
    assert 0 <= len(reference) - len(found) <= 2
    spoken = {
        (("Interviewer" if role == "interviewer" else "Participant"), words)
        for (_, _, words), role in zip(found, roles, strict=True)
    }
    assert sum(tuple(line.split(": ", 1)) in spoken for line in reference) >= 0.88 * len(reference)
    assert [page for _, page, _ in found] == sorted(page or 0 for _, page, _ in found)
