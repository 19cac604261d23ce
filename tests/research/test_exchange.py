"""REFI-QDA and tables: what goes out comes in again, and what is not understood is said."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.research.exchange.aligning import Alignment
from synth.research.exchange.qda import WrittenCode, WrittenCoding, WrittenProject, WrittenSource
from synth.research.exchange.qda_reading import read_codebook, read_project
from synth.research.exchange.qda_writing import write_codebook, write_project
from synth.research.spans import find_words
from tests.factories import open_home, take_in, write_transcript
from tests.research.conftest import STUDY, TALKS, mark

NS = {"p": "urn:QDA-XML:project:1.0"}


def state(engine: Engine) -> tuple[list[tuple[int, str, str, str | None]], list[tuple[str, str, str, str, str]]]:
    """Codes and codings without ids, for comparing two homes."""
    codes = engine.codes(WORKSPACE, "S1")["codes"]
    marks = engine.highlights(WORKSPACE, "S1")["highlights"]
    return (
        [(code["level"], code["name"], code["guid"], code["color"]) for code in codes],
        [(each["title"], each["code"], each["coder"], each["quote"], each["memo"]) for each in marks],
    )


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Engine]:
    """A second home with the same interviews and no codes."""
    engine = open_home(tmp_path / "other", embedder=HashingEmbedder())
    for number, turns in enumerate(TALKS, start=1):
        path = write_transcript(tmp_path / f"talk {number}.vtt", turns)
        take_in(engine, path, kind="research", study=STUDY, interviewers=("Mara",))
    yield engine
    engine.close()


@pytest.mark.parametrize("format", ["qdpx", "csv", "xlsx"])
def test_a_coded_study_goes_round(coded: Engine, other: Engine, format: str) -> None:
    noted = mark(coded, "C4", "I send pictures by messenger to the office", "Bo")
    coded.change_highlight(WORKSPACE, "Bo", noted["id"], {"memo": "by phone & by\nlaptop"})
    content = coded.export_study(WORKSPACE, "S1", format)
    done = other.import_codings(WORKSPACE, "S1", "Ann", f"study.{format}", content)
    assert (done["highlights"], done["refused"]) == (6, [])
    codes, marks = state(coded)
    found, held = state(other)
    assert held == marks
    if format == "qdpx":
        assert found == codes
        assert [each["memo"] for each in other.codes(WORKSPACE, "S1")["codes"]][-1] == "What people do instead."
        assert [each["guid"] for each in other.highlights(WORKSPACE, "S1")["highlights"]] == [
            each["guid"] for each in coded.highlights(WORKSPACE, "S1")["highlights"]
        ]
    else:
        assert {row[1] for row in found} == {row[1] for row in codes}
    again = other.import_codings(WORKSPACE, "S1", "Ann", f"study.{format}", content)
    assert (again["codes"], again["highlights"], again["already"]) == (0, 0, 6)
    other.close()


def test_a_codebook_goes_round(coded: Engine, other: Engine) -> None:
    done = other.import_codings(WORKSPACE, "S1", "Ann", "book.qdc", coded.export_study(WORKSPACE, "S1", "qdc"))
    assert done["codes"] == 4
    assert state(other)[0] == state(coded)[0]
    texts = ("name", "definition", "examples", "memo")
    written, found = (
        [[code[key] for key in texts] for code in engine.codes(WORKSPACE, "S1")["codes"]] for engine in (coded, other)
    )
    assert found == written
    assert [code[1] for code in found if code[0] == "Slow calendar"] == ["The calendar takes long to load."]
    assert [code[3] for code in found if code[0] == "Way round"] == ["What people do instead."]
    other.close()


def test_a_project_is_written_as_the_schema_has_it(coded: Engine) -> None:
    with zipfile.ZipFile(io.BytesIO(coded.export_study(WORKSPACE, "S1", "qdpx"))) as archive:
        root = etree.fromstring(archive.read("project.qde"))
        texts = {name: archive.read(name).decode() for name in archive.namelist() if name.startswith("sources/")}
    assert [etree.QName(child).localname for child in root] == ["Users", "CodeBook", "Sources", "Notes"]
    notes = {note.get("guid"): note.findtext("p:PlainTextContent", None, NS) for note in root.iterfind(".//p:Note", NS)}
    referred = {ref.getparent().get("name"): notes[ref.get("targetGUID")] for ref in root.iterfind(".//p:NoteRef", NS)}
    assert referred == {"Way round": "What people do instead."}
    assert len(texts) == 3
    guids = {code.get("guid") for code in root.iterfind(".//p:Code", NS)}
    users = {user.get("guid") for user in root.iterfind(".//p:User", NS)}
    for source in root.iterfind(".//p:TextSource", NS):
        text = texts["sources/" + source.get("plainTextPath").removeprefix("internal://")]
        for selection in source.iterfind("p:PlainTextSelection", NS):
            start, end = int(selection.get("startPosition")), int(selection.get("endPosition"))
            assert text[start:end].startswith(selection.get("name"))
            assert selection.get("creatingUser") in users
            assert selection.find("p:Coding/p:CodeRef", NS).get("targetGUID") in guids


def test_no_name_of_a_participant_is_in_an_export(coded: Engine) -> None:
    for format in ("qdpx", "qdc", "csv", "xlsx"):
        content = coded.export_study(WORKSPACE, "S1", format)
        parts = [content]
        if content.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                parts = [archive.read(name) for name in archive.namelist()]
        assert not [part for part in parts if b"Erika" in part or b"Kern" in part]


def test_what_a_project_has_besides_is_said(coded: Engine) -> None:
    content = coded.export_study(WORKSPACE, "S1", "qdpx")
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "project.qde":
                media = b'<PictureSource guid="1"/><TextSource guid="2" name="Elsewhere" plainTextPath="internal://lost.txt"><PlainTextSelection startPosition="0" endPosition="5"><Coding><CodeRef targetGUID="x"/></Coding></PlainTextSelection></TextSource><TextSource guid="4" name="Bare"/></Sources><Cases><Case guid="3"/></Cases>'  # noqa: E501
                part = part.replace(b"</Sources>", media)
                note = b'<Notes><Note guid="5"><PlainTextContent>n</PlainTextContent></Note>'
                part = part.replace(b"<Notes>", note)
            new.writestr(name, part)
    done = coded.import_codings(WORKSPACE, "S1", "Ann", "p.qdpx", packed.getvalue())
    said = " ".join(done["refused"])
    assert "1 × PictureSource" in said
    assert "1 × Case" in said
    assert "“Elsewhere” is no document of this study (the project holds no plain text of it): its 1 codings" in said
    assert "1 × text without codings" in said
    assert "1 × Note of something else" in said


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("x.qdpx", b"PK\x03\x04 not an archive", "no archive that can be opened"),
        ("x.qdc", b"<CodeBook", "no XML that can be read"),
        ("x.qdc", b"<html><body/></html>", "no REFI-QDA codebook"),
        ("x.qdc", b'<!DOCTYPE a [<!ENTITY b "c">]><CodeBook/>', "XML declarations"),
        ("x.csv", b"", "no rows"),
        ("x.csv", b"theme,quote\na,b\n", "needs a column 'code'"),
        ("x.xlsx", b"PK\x03\x04 broken", "workbook cannot be read"),
    ],
)
def test_a_file_that_is_none_is_refused(coded: Engine, name: str, content: bytes, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        coded.import_codings(WORKSPACE, "S1", "Ann", name, content)
    assert len(coded.codes(WORKSPACE, "S1")["codes"]) == 4


def test_a_project_that_unpacks_to_too_much_is_refused(coded: Engine) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.qde", b"<Project/>")
        archive.writestr("sources/zero.txt", b"0" * (300 << 20))
    with pytest.raises(BadInput, match="unpacks to more"):
        coded.import_codings(WORKSPACE, "S1", "Ann", "bomb.qdpx", packed.getvalue())


def test_rows_that_fit_nowhere_are_named(coded: Engine) -> None:
    table = (
        "document,quote,code,coder\n"
        "talk 1,the upload is   stuck,Trouble / Stuck upload,Bo\n"
        "talk 9,the upload is stuck,Trouble,Bo\n"
        "talk 2,words that nobody said,Trouble,Bo\n"
        "talk 2,With coffee.,,Bo\n"
    )
    done = coded.import_codings(WORKSPACE, "S1", "Ann", "rows.csv", table.encode())
    assert done["highlights"] == 1
    assert [refusal.split(":")[0] for refusal in done["refused"]] == ["Row 3", "Row 4", "Row 5"]


def test_a_cell_is_not_run_by_a_spreadsheet_and_comes_back_as_it_was(coded: Engine, other: Engine) -> None:
    coded.change_code(WORKSPACE, "C4", {"name": "=HYPERLINK(1)"})
    table = coded.export_study(WORKSPACE, "S1", "csv")
    assert b"'=HYPERLINK(1)" in table
    other.import_codings(WORKSPACE, "S1", "Ann", "t.csv", table)
    assert "=HYPERLINK(1)" in {code["name"] for code in other.codes(WORKSPACE, "S1")["codes"]}
    other.close()


TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40
)


@given(st.lists(st.tuples(TEXT, TEXT, st.integers(0, 5)), max_size=8))
def test_any_codebook_goes_round(rows: list[tuple[str, str, int]]) -> None:
    codes: list[WrittenCode] = []
    for number, (name, description, parent) in enumerate(rows):
        above = codes[parent].guid if parent < len(codes) else None
        codes.append(WrittenCode(f"00000000-0000-0000-0000-{number:012d}", name, above, description.strip()))
    found = read_codebook(write_codebook(codes))
    assert sorted(found, key=lambda code: code.guid) == codes


@given(st.lists(st.tuples(TEXT, TEXT, TEXT, st.integers(0, 30), st.integers(1, 10)), min_size=1, max_size=6))
def test_any_project_goes_round_with_its_notes(rows: list[tuple[str, str, str, int, int]]) -> None:
    code = WrittenCode("00000000-0000-0000-0000-000000000001", "Code", memo=rows[0][1].strip())
    text = "".join(row[0] for row in rows)
    at = datetime(2026, 11, 24, tzinfo=UTC)
    codings = tuple(
        WrittenCoding(f"00000000-0000-0000-0001-{number:012d}", code.guid, min(start, len(text) - 1),
                      min(start + length, len(text)), coder, at, memo.strip())
        for number, (_, memo, coder, start, length) in enumerate(rows)
    )  # fmt: skip
    sources = (WrittenSource("00000000-0000-0000-0002-000000000001", "Talk", text, codings),)
    found = read_project(write_project(WrittenProject("Study", (code,), sources), now=at))
    assert found == WrittenProject("Study", (code,), sources)


def test_coded_texts_that_the_study_does_not_have_come_in_as_documents(coded: Engine) -> None:
    said = (
        "Interviewer: How do you pay?\n"
        "Greta Lund: By card, but write to greta@x.example about the bill.\n"
        "Interviewer: And when?\n"
        "Greta Lund: At once. I, Greta, never pay late.\n"
    )
    spans = ((said.index("By card"), said.index("the bill") + 8), (said.index("never pay"), len(said) - 2))
    code = WrittenCode("00000000-0000-0000-0000-0000000000aa", "Paying")
    codings = [
        WrittenCoding(f"00000000-0000-0000-0000-{n:012d}", code.guid, *span, "Cy", None, "noted")
        for n, span in enumerate(spans)
    ]
    source = WrittenSource("00000000-0000-0000-0000-0000000000bb", "Greta Lund 4", said, tuple(codings))
    content = write_project(WrittenProject("Other", (code,), (source,)), now=datetime(2026, 11, 24, tzinfo=UTC))
    done = coded.import_codings(WORKSPACE, "S1", "Ann", "other.qdpx", content)
    assert (done["documents"], done["highlights"], done["refused"]) == (1, 2, [])
    coded.drain()
    marks = coded.highlights(WORKSPACE, "S1", code="C5")["highlights"]
    assert [(each["quote"], each["coder"], each["memo"], each["speaker"]) for each in marks] == [
        ("By card, but write to [EMAIL_1] about the bill", "Cy", "noted", "S1-P4"),
        ("never pay late", "Cy", "noted", "S1-P4"),
    ]
    kept = b"".join(path.read_bytes() for path in coded.parts.home.rglob("*") if path.is_file())
    assert b"greta@x.example" not in kept
    assert coded.participants(WORKSPACE, "S1", named=True)["participants"][3]["name"] == "Greta Lund"
    again = coded.import_codings(WORKSPACE, "S1", "Ann", "other.qdpx", content)
    assert (again["documents"], again["already"], again["refused"]) == (0, 2, [])


def test_a_span_is_carried_over_where_most_of_its_words_are() -> None:
    old = "Ann: one two three four. Ann: five six"
    new = "S1-P1: one two [NAME_1] four. S1-P1: five six seven"
    carry = Alignment(old, new).carry
    assert [new[slice(*span)] if (span := carry(old.index(word), old.index(word) + len(word))) else None for word in (
        "one two three four", "two three", "three four.", "three", "four. Ann: five", "six")] == [
        "one two [NAME_1] four", "two [NAME_1]", "[NAME_1] four.", None, "four. S1-P1: five", "six"]  # fmt: skip


def test_the_place_of_words_is_the_one_nearest_to_where_they_were() -> None:
    text = "one two. One two again, one  two"
    assert find_words(text, "one two") == (0, 7)
    assert find_words(text, "one two", near=30) == (24, 32)
    assert find_words(text, "three") is None
    talk = "Mara (Moderator): And then?\nS1-P1: It is: slow.\nMara (Moderator): Sorry?\nS1-P1: Slow."
    assert talk[slice(*find_words(talk, "Dan: And then? Participant: It is: slow.") or ())] == talk[18:47]
    assert find_words(talk, "Dan: And then? Participant: Slow.") is None  # something was said in between
    assert find_words(talk, "Dan: ") is None


def test_an_archive_without_a_project_is_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("readme.txt", "hello")
    with pytest.raises(BadInput, match=r"no project\.qde"):
        read_project(packed.getvalue())
    assert WrittenProject("x", ()).left_out == {}
