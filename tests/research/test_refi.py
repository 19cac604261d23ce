"""What is written keeps the rules of the published schemas, as docs/exchange.md states them, and comes back whole."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.research.exchange.describing import Described, describe, read_description
from synth.research.exchange.qda import (
    CODEBOOK,
    PROJECT,
    WrittenCode,
    WrittenCoding,
    WrittenProject,
    WrittenSource,
    guid_of,
)
from synth.research.exchange.qda_reading import read_codebook, read_project
from synth.research.exchange.qda_writing import write_codebook, write_project
from tests.research.conftest import mark
from tests.research.refi import faults, faults_of_project, read_rules

PROJECTS, CODEBOOKS = read_rules("Project", PROJECT), read_rules("Codebook", CODEBOOK)
NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
# What XML knows, of all scripts; with line ends, tabs, and the characters that mean something in XML.
_TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufeff\ufffe\uffff"), max_size=30)
_SAID = st.one_of(_TEXT, st.sampled_from(["a\nb", 'say "no" & <b>', "]]>", "emoji 👩‍💻", "שלום", "e\u0301"]))
_NAME = _SAID.map(lambda text: " ".join(text.split()) or "x")
_NOTE = _SAID.map(str.strip)


@st.composite
def codebooks(draw: Callable[..., object]) -> list[WrittenCode]:
    """Codes, parents first, up to five deep."""
    codes: list[WrittenCode] = []
    for number in range(draw(st.integers(1, 7))):  # type: ignore[call-overload]
        above = draw(st.sampled_from([None, *codes]))
        color = draw(st.sampled_from([None, "#12aB9f"]))
        texts = [draw(each) for each in (_NAME, _NOTE)]
        parent = above.guid if above else None  # type: ignore[attr-defined]
        codes.append(WrittenCode(guid_of("code", str(number)), texts[0], parent, texts[1], color))  # type: ignore[arg-type]
    return codes


@st.composite
def projects(draw: Callable[..., object]) -> WrittenProject:
    """Texts with codings of several coders over any spans of them, and memos of both codes and codings."""
    noted = [
        WrittenCode(code.guid, code.name, code.parent, code.description, code.color, draw(_NOTE))  # type: ignore[arg-type]
        for code in draw(codebooks())  # type: ignore[attr-defined]
    ]
    sources = []
    for number in range(draw(st.integers(0, 3))):  # type: ignore[call-overload]
        text: str = draw(_SAID.filter(bool))  # type: ignore[assignment]
        codings = []
        for place in range(draw(st.integers(0, 4))):  # type: ignore[call-overload]
            start: int = draw(st.integers(0, len(text) - 1))  # type: ignore[assignment]
            end = draw(st.integers(start + 1, len(text)))
            code = draw(st.sampled_from(noted))
            at = NOW + timedelta(seconds=draw(st.integers(0, 10**6)))  # type: ignore[arg-type]
            guid = guid_of("coding", str(number), str(place))
            codings.append(WrittenCoding(guid, code.guid, start, end, draw(_NAME), at, draw(_NOTE)))  # type: ignore[attr-defined, arg-type]
        sources.append(WrittenSource(guid_of("text", str(number)), draw(_NAME), text, tuple(codings)))  # type: ignore[arg-type]
    return WrittenProject(draw(_NAME), tuple(noted), tuple(sources))  # type: ignore[arg-type]


def in_order(codes: tuple[WrittenCode, ...] | list[WrittenCode]) -> list[WrittenCode]:
    """Codes by their guids: a file has each below its parent, whatever the order in which they came."""
    return sorted(codes, key=lambda code: code.guid)


@given(projects())
def test_any_project_keeps_the_rules_and_comes_back_whole(project: WrittenProject) -> None:
    content = write_project(project, now=NOW)
    assert faults_of_project(content, PROJECTS) == []
    found = read_project(content)
    assert in_order(found.codes) == in_order(project.codes)
    assert (found.name, found.sources, found.left_out) == (project.name, project.sources, {})


@given(codebooks())
def test_any_codebook_keeps_the_rules_and_comes_back_whole(codes: list[WrittenCode]) -> None:
    content = write_codebook(codes)
    assert faults(content, CODEBOOKS) == []
    assert in_order(read_codebook(content)) == in_order(codes)


@given(_NOTE, st.lists(_NAME, max_size=3), _NOTE)
def test_definition_examples_and_memo_are_one_text_and_are_taken_apart(
    definition: str, examples: list[str], memo: str
) -> None:
    told = read_description(describe(definition, examples, memo))
    assert told == Described(definition, tuple(examples), memo)


def test_a_text_of_another_tool_is_a_definition_as_it_stands() -> None:
    for text in ("", "Said of pain.\n\nExample: it hurts\nand more", "Memo of a meeting", "a\n\n\nb"):
        assert read_description(text) == Described(text)


def test_a_study_keeps_the_rules(coded: Engine) -> None:
    noted = mark(coded, "C4", "I send pictures by messenger to the office", "Bo")
    coded.change_highlight(WORKSPACE, "Bo", noted["id"], {"memo": "by phone & by\nlaptop"})
    assert faults_of_project(coded.export_study(WORKSPACE, "S1", "qdpx"), PROJECTS) == []
    assert faults(coded.export_study(WORKSPACE, "S1", "qdc"), CODEBOOKS) == []


def test_a_study_without_codes_has_no_codebook_to_export(talked: Engine) -> None:
    with pytest.raises(BadInput, match="no codes yet"):
        talked.export_study(WORKSPACE, "S1", "qdc")
    assert faults_of_project(talked.export_study(WORKSPACE, "S1", "qdpx"), PROJECTS) == []


def test_guids_of_other_tools_that_are_none_or_stand_twice_are_mended() -> None:
    codes = (WrittenCode("17", "Pain"), WrittenCode("{00000000-0000-0000-0000-0000000000aa}", "Joy", "17"))
    twice = guid_of("twice")
    codings = (WrittenCoding(twice, "17", 0, 2, "Bo", NOW, "m"), WrittenCoding(twice, codes[1].guid, 0, 2, "Bo", NOW))
    project = WrittenProject("Study", codes, (WrittenSource(guid_of("s"), "Talk", "it hurts", codings),))
    content = write_project(project, now=NOW)
    assert faults_of_project(content, PROJECTS) == []
    found = read_project(content)
    assert [(code.name, code.parent) for code in found.codes] == [("Pain", None), ("Joy", found.codes[0].guid)]
    assert found.codes[1].guid == codes[1].guid
    assert [coding.code for coding in found.sources[0].codings] == [code.guid for code in found.codes]
    assert read_project(write_project(project, now=NOW)) == found


@pytest.mark.parametrize(
    ("wrong", "right", "said"),
    [
        (b"<Users>", b"<Notes/><Users>", "holds Notes Users"),
        (b'isCodable="true"', b"", "has no isCodable"),
        (b' color="#aa3300"', b' color="red"', "color of Code is 'red'"),
        (b"<CodeRef ", b'<CodeRef weight="1" ', "has an attribute weight"),
        (b"endPosition=", b'endPosition="9999999" was=', "has an attribute was"),
        (b"<Notes>", b'<Notes><Note guid="x"/>', "both or none of PlainTextContent"),
    ],
)
def test_what_breaks_a_rule_is_seen(wrong: bytes, right: bytes, said: str) -> None:
    codings = (WrittenCoding(guid_of("k"), guid_of("c"), 0, 2, "Bo", NOW, "noted"),)
    source = WrittenSource(guid_of("t"), "Talk", "it hurts", codings)
    code = WrittenCode(guid_of("c"), "Pain", color="#aa3300")
    content, packed = write_project(WrittenProject("S", (code,), (source,)), now=NOW), io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w") as new:
        for name in old.namelist():
            assert name != "project.qde" or wrong in old.read(name)
            new.writestr(name, old.read(name).replace(wrong, right))
    assert any(said in fault for fault in faults_of_project(packed.getvalue(), PROJECTS))


def test_what_is_not_read_is_counted_and_a_short_colour_is_spelled_out() -> None:
    project = WrittenProject("S", (WrittenCode(guid_of("c"), "Pain", color="#a1B"),), (
        WrittenSource(guid_of("t"), "Talk", "it hurts", (WrittenCoding(guid_of("k"), guid_of("c"), 0, 2, "Bo", NOW),)),
    ))  # fmt: skip
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(write_project(project, now=NOW))) as old, zipfile.ZipFile(packed, "w") as new:
        more = (
            b'<PlainTextSelection guid="1" startPosition="0" endPosition="2"/>'
            b'<PlainTextSelection guid="2" startPosition="5" endPosition="99"><Coding/></PlainTextSelection>'
            b'<Coding guid="3"><CodeRef targetGUID="x"/></Coding></TextSource>'
        )
        for name in old.namelist():
            new.writestr(name, old.read(name).replace(b"</TextSource>", more))
    found = read_project(packed.getvalue())
    assert found.codes[0].color == "#aa11BB"
    assert found.sources == project.sources
    assert found.left_out == {
        "selection without a code": 1,
        "selection without a span in its text": 1,
        "Coding of a whole text": 1,
    }
