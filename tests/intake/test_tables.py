"""Files of rows as documents: what is taken, what is refused and why."""

import csv
import gzip
import io
import json
import string
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from synth.errors import BadInput, UnreadableFile
from synth.intake.tabular.tables import preview, read_table
from synth.model import ParsedDocument, Refusal


def write(path: Path, text: str, encoding: str = "utf-8") -> Path:
    path.write_bytes(text.encode(encoding))
    return path


def read(path: Path, **options: Any) -> tuple[list[ParsedDocument], list[Refusal]]:
    options.setdefault("format", path.name.removesuffix(".gz").rsplit(".", 1)[1])
    rows = list(read_table(path, **options))
    return [row for row in rows if isinstance(row, ParsedDocument)], [row for row in rows if isinstance(row, Refusal)]


def write_book(path: Path, **sheets: list[list[Any]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


def test_a_row_becomes_a_document_with_all_its_fields(tmp_path: Path) -> None:
    path = write(
        tmp_path / "tickets.csv",
        "Ticket ID,Created,Subject,Description,Requester,Company,Lang,Rating,URL,Channel,Segment,Plan,ARR,Min,Paid\r\n"
        "T-1,2026-09-01 08:00,Crash,The app crashes.,Ann,Acme,en-GB,2/5,https://x.example/1,mail,Small,Team,"
        '"$12,000",7.5,true\r\n',
    )
    [document], refused = read(path, timezone="Europe/Berlin")
    assert refused == []
    assert document == ParsedDocument(
        text="Crash\nThe app crashes.",
        row=2,
        external_id="T-1",
        title="Crash",
        created_at=datetime(2026, 9, 1, 6, tzinfo=UTC),
        person="Ann",
        account="Acme",
        source="mail",
        language="en",
        rating=2.0,
        url="https://x.example/1",
        segment="Small",
        plan="Team",
        revenue=12_000.0,
        attributes={"Lang": "en-GB", "Min": 7.5, "Paid": True},
    )


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_is_found_and_cells_may_hold_line_breaks(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "export.csv"
    rows = [["id", "comment"], ["1", 'One, two; three | four\t"five"\nsix'], ["2", "No, never; really | so"]]
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, delimiter=delimiter).writerows(rows)
    documents, refused = read(path)
    assert refused == []
    assert [document.text for document in documents] == [rows[1][1], rows[2][1]]
    assert [document.row for document in documents] == [2, 3]


CELL = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs", "Mn")), min_size=1, max_size=20
)
WORDS = st.lists(CELL, min_size=2, max_size=6).map(" ".join)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.tuples(st.lists(WORDS, min_size=1, max_size=3).map("\n".join), WORDS), min_size=1, max_size=12),
    st.sampled_from(",;\t|"),
    st.sampled_from(["\r\n", "\n"]),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_what_a_csv_writer_writes_comes_back(
    tmp_path: Path, rows: list[tuple[str, str]], delimiter: str, end: str, quoting: int
) -> None:
    kept = [(text, extra) for text, extra in rows if "&" not in text + extra]
    with (tmp_path / "any.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter, lineterminator=end, quoting=quoting)  # type: ignore[arg-type]
        writer.writerow(["row", "text", "extra"])
        writer.writerows((f"r{number}", *row) for number, row in enumerate([("some words", "more"), *kept]))
    documents, refused = read(tmp_path / "any.csv", mapping={"text": "text", "external_id": "row"})
    assert refused == []
    assert [normal(document.text) for document in documents[1:]] == [normal(text) for text, _ in kept]
    assert [document.external_id for document in documents] == [f"r{number}" for number in range(len(kept) + 1)]


def normal(text: str) -> str:
    import unicodedata

    return unicodedata.normalize("NFC", text).strip()


def test_a_single_column_of_sentences_keeps_its_commas(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "comment\nI like it, mostly\nSlow, ugly, dear\nHello, world\n")
    assert [document.text for document in read(path)[0]] == ["I like it, mostly", "Slow, ugly, dear", "Hello, world"]


def test_the_first_line_may_name_the_separator(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "sep=;\ncomment;id\nA, b;1\nC, d;2\n")
    assert [document.text for document in read(path)[0]] == ["A, b", "C, d"]


def test_lines_above_the_header_and_blank_lines_are_skipped_but_counted(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Survey results\n\nId,Comment,Score\n1,Good,5\n\n2,Bad,1\n")
    documents, _ = read(path)
    assert [(document.row, document.text, document.rating) for document in documents] == [
        (4, "Good", 5.0),
        (6, "Bad", 1.0),
    ]


def test_the_two_extra_headers_of_a_survey_tool_are_no_rows(tmp_path: Path) -> None:
    path = write(
        tmp_path / "a.csv",
        'ResponseId,Q1\nResponse ID,"What do you miss?"\n"{""ImportId"":""_recordId""}","{""ImportId"":""QID1""}"\n'
        "R_1,More colours please\n",
    )
    documents, refused = read(path)
    assert refused == []
    assert [(document.external_id, document.text, document.row) for document in documents] == [
        ("R_1", "More colours please", 4)
    ]


def test_the_second_header_of_a_questionnaire_is_no_row(tmp_path: Path) -> None:
    rows = [
        "Respondent ID,How likely would you recommend us?,Why?",
        ",Response,Open-Ended Response",
        "118,9,It is easy to use",
    ]
    [document] = read(write(tmp_path / "a.csv", "\n".join(rows)))[0]
    assert (document.external_id, document.rating, document.text, document.row) == ("118", 9.0, "It is easy to use", 3)


def test_a_file_without_a_header_is_read_from_its_first_row(tmp_path: Path) -> None:
    lines = [f'"0","{1000 + n}","Mon Apr 06 22:1{n}:45 PDT 2009","I am number {n} and not happy"' for n in range(9)]
    documents, _ = read(write(tmp_path / "a.csv", "\n".join(lines)))
    assert len(documents) == 9
    assert documents[0].row == 1
    assert documents[0].text == "I am number 0 and not happy"
    assert documents[0].created_at == datetime(2009, 4, 7, 5, 10, 45, tzinfo=UTC)


def test_a_quote_that_is_never_closed_costs_one_row(tmp_path: Path) -> None:
    lines = ["id,comment,score", *(f"{n},fine number {n},{n % 5}" for n in range(50))]
    lines[10] = '9,"this one is broken,4'
    documents, [refusal] = read(write(tmp_path / "a.csv", "\n".join(lines)))
    assert refusal.row == 11
    assert "never closed" in refusal.reason
    assert len(documents) == 49


def test_a_quote_that_is_closed_by_another_row_s_costs_one_row(tmp_path: Path) -> None:
    lines = ["id,comment,score", *(f'{n},"fine, number {n}",{n % 5}' for n in range(50))]
    lines[10] = '9,"this one is broken,4'
    documents, refused = read(write(tmp_path / "a.csv", "\n".join(lines)))
    assert [refusal.row for refusal in refused] == [11]
    assert len(documents) == 49


def test_quotes_inside_a_quoted_cell_that_are_not_doubled_are_kept(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,comment\n1,"He said "no" to me"\n2,"Second, row"\n3,Third\n')
    documents, refused = read(path)
    assert refused == []
    assert [document.external_id for document in documents] == ["1", "2", "3"]
    assert "no" in documents[0].text


def test_quotes_may_be_escaped_with_a_backslash(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", 'id,comment\n1,"He said \\"no, thanks\\" to me"\n2,"Second, row"\n')
    assert [document.text for document in read(path)[0]] == ['He said "no, thanks" to me', "Second, row"]


def test_a_row_with_more_cells_than_the_header_is_refused_unless_they_are_blank(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,comment\n1,good\n2,so, so\n3,fine,,\n4,short\n")
    documents, [refusal] = read(path)
    assert [document.text for document in documents] == ["good", "fine", "short"]
    assert refusal == Refusal(
        3, "this row has 3 cells but the header has 2; put cells that hold the separator in quotation marks"
    )


def test_a_row_without_text_is_refused_with_the_column(tmp_path: Path) -> None:
    documents, refused = read(write(tmp_path / "a.csv", "id,comment\n1,good\n2,\n3,NaN\n4,  \n5,n/a\n"))
    assert [document.text for document in documents] == ["good", "n/a"]
    assert refused == [Refusal(row, "row has no text in column 'comment'") for row in (3, 4, 5)]


def test_a_text_that_is_far_too_long_is_refused_alone(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", f"id,comment\n1,good\n2,{'x' * 1_000_001}\n3,bad\n")
    documents, [refusal] = read(path)
    assert [document.text for document in documents] == ["good", "bad"]
    assert "1,000,000" in refusal.reason


@pytest.mark.parametrize("date", ["someday", "2026-13-45", "31.02.2026"])
def test_a_date_nobody_can_read_refuses_its_row_with_the_value(tmp_path: Path, date: str) -> None:
    path = write(tmp_path / "a.csv", f"date,comment\n2026-01-02,good\n{date},odd\n2026-01-04,fine\n,undated\n")
    documents, [refusal] = read(path)
    assert [document.text for document in documents] == ["good", "fine", "undated"]
    assert documents[2].created_at is None
    assert refusal.row == 3
    assert f"'{date}' in column 'date' cannot be read; write it like 2026-11-22" in refusal.reason


def test_a_date_outside_living_memory_refuses_its_row(tmp_path: Path) -> None:
    documents, refused = read(
        write(tmp_path / "a.csv", "date,comment\n2026-01-02,good\n0206-01-03,odd\n2226-01-04,far\n2026-01-05,b\n")
    )
    assert len(documents) == 2
    assert all("lies outside the years 1990 to" in refusal.reason for refusal in refused)


def test_a_column_of_which_most_is_no_date_is_an_attribute(tmp_path: Path) -> None:
    documents, refused = read(write(tmp_path / "a.csv", "date,comment\nsoon,good\nlater,bad\n2026-01-04,fine\n"))
    assert refused == []
    assert [document.attributes["date"] for document in documents] == ["soon", "later", "2026-01-04"]


def test_the_order_of_day_and_month_is_taken_from_the_whole_file(tmp_path: Path) -> None:
    rows = [f"01/02/2026,number {n}" for n in range(400)] + ["01/13/2026,last"]
    documents, refused = read(write(tmp_path / "a.csv", "date,comment\n" + "\n".join(rows)), timezone="Europe/Berlin")
    assert refused == []
    assert documents[0].created_at == datetime(2026, 1, 1, 23, tzinfo=UTC)


def test_debris_of_exports_is_cleaned_and_words_are_left_alone(tmp_path: Path) -> None:
    text = "Caf\u0065\u0301 &amp; bar &lt;3 &#39;ok&#39;\r\nsecond\u0000 line\x07 ?a=1&copy=2 cafÃ©"
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"text": text}) + "\n" + json.dumps({"text": "half \ud83d emoji"}) + "\n")
    documents, _ = read(path)
    assert [document.text for document in documents] == [
        "Café & bar <3 'ok'\nsecond line ?a=1&copy=2 cafÃ©",
        "half \ufffd emoji",
    ]


def test_a_title_is_not_said_twice(tmp_path: Path) -> None:
    rows = [
        "Great app,Great app for all",
        "Great app …,Great app for all",
        "Bad,I hate it",
        "Only a title,",
        ",Only a body",
    ]
    documents, _ = read(write(tmp_path / "a.csv", "\n".join(["title,review", *rows])))
    texts = ["Great app for all", "Great app for all", "Bad\nI hate it", "Only a title", "Only a body"]
    assert [document.text for document in documents] == texts
    assert [document.title for document in documents] == ["Great app", "Great app …", "Bad", "Only a title", None]


@pytest.mark.parametrize("heading", ["Developer response:", "Antwort des Entwicklers：", "Réponse du développeur"])
def test_a_reply_under_a_dashed_line_is_kept_apart_from_the_text(tmp_path: Path, heading: str) -> None:
    text = f"It crashes.\n ------------------ \n {heading}\nSorry to hear that!"
    path = write(
        tmp_path / "a.jsonl",
        json.dumps({"review": text}) + "\n" + json.dumps({"review": "Notes\n-----------\nmine: fine"}),
    )
    first, second = read(path)[0]
    assert first.text == "It crashes."
    assert first.attributes == {"developer_reply": "Sorry to hear that!"}
    assert second.text == "Notes\n-----------\nmine: fine"


@pytest.mark.parametrize(
    "mark", ["(This review has been deleted)", "[deleted]", "（该条评论已经被删除）", "(Kommentar wurde gelöscht)"]
)
def test_a_mark_of_deletion_is_an_attribute(tmp_path: Path, mark: str) -> None:
    rows = [{"review": f"{mark} It was fine"}, {"review": mark}, {"review": "(deleted my account) never again"}]
    documents, [refusal] = read(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows))))
    assert [(document.text, document.attributes) for document in documents] == [
        ("It was fine", {"deleted": True}),
        ("(deleted my account) never again", {}),
    ]
    assert refusal == Refusal(2, "row has no text in column 'review': it was deleted")


def test_hidden_columns_leave_no_trace(tmp_path: Path) -> None:
    rows = [{"text": f"words {n}", "Label": "secret", "user": {"mail": "secret", "name": "secret"}} for n in range(3)]
    rows.append({"text": "late", "label ": "secret"})
    documents, _ = read(write(tmp_path / "a.jsonl", "\n".join(map(json.dumps, rows))), hidden=["label", "user"])
    assert len(documents) == 4
    assert "secret" not in repr(documents)


def test_the_same_id_with_another_text_is_not_given_twice(tmp_path: Path) -> None:
    rows = [f"{n},comment number {n}" for n in range(300)] + ["7,comment number 7", "7,something else"]
    documents, _ = read(write(tmp_path / "a.csv", "id,comment\n" + "\n".join(rows)))
    assert [document.external_id for document in documents[-3:]] == ["299", "7", None]


def test_a_line_that_is_no_json_object_is_refused_alone(tmp_path: Path) -> None:
    lines = [
        '{"text": "one"}',
        '{"text": "two"',
        "[1, 2]",
        "",
        '{"text": ' + "[" * 100_000,
        '"a bare text"',
        '{"text": "seven"}',
    ]
    documents, refused = read(write(tmp_path / "a.jsonl", "\n".join(lines)))
    assert [(document.row, document.text) for document in documents] == [(1, "one"), (6, "a bare text"), (7, "seven")]
    assert [refusal.row for refusal in refused] == [2, 3, 5]
    assert "not a JSON object" in refused[0].reason


def test_nested_json_becomes_columns_and_keeps_its_types(tmp_path: Path) -> None:
    row = {
        "id": 570306133677760513,
        "body": "It broke",
        "user": {"name": "Ann"},
        "tags": ["a", "b"],
        "n": 3,
        "ok": False,
        "x": None,
    }
    [document] = read(write(tmp_path / "a.jsonl", json.dumps(row)))[0]
    assert document.external_id == "570306133677760513"
    assert document.person == "Ann"
    assert document.attributes == {"tags": "a, b", "n": 3.0, "ok": False}


def test_json_lines_may_be_packed(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b'{"text": "one"}\n{"text": "two"}\n'))
    assert [document.text for document in read(path)[0]] == ["one", "two"]


@pytest.mark.parametrize("indent", [None, 2])
@pytest.mark.parametrize("wrapped", [False, True])
def test_an_array_is_read_piece_by_piece(tmp_path: Path, indent: int | None, wrapped: bool) -> None:
    rows = [{"id": n, "text": f"row {n} " + "word " * 40, "tags": [1], "inner": {"a": n}} for n in range(2000)]
    value = {"count": 2000, "next": None, "names": ["a", "b"], "reviews": rows, "more": 1} if wrapped else rows
    documents, refused = read(write(tmp_path / "a.json", json.dumps(value, indent=indent)))
    assert refused == []
    assert [document.external_id for document in documents] == [str(n) for n in range(2000)]


def test_a_broken_element_of_an_array_is_refused_alone(tmp_path: Path) -> None:
    text = '[{"text": "one"},\n {"text": oops, "list": [1, {"a": 1}, {"b": 2}]},\n {"text": "three"}, {"text": "four"}]'
    documents, refused = read(write(tmp_path / "a.json", text))
    assert {document.text for document in documents} == {"one", "three", "four"}
    assert refused[0].row == 2


def test_an_array_that_breaks_off_says_so(tmp_path: Path) -> None:
    documents, refused = read(write(tmp_path / "a.json", '[{"text": "one"},\n {"text": "two"},\n {"text": "thr'))
    assert [document.text for document in documents] == ["one", "two"]
    assert refused[-1].row == 3


def test_a_spreadsheet_s_dates_numbers_and_titles_are_read(tmp_path: Path) -> None:
    rows: list[list[Any]] = [
        ["Export of reviews"],
        ["Date", "Stars", "Review", "Id", "Serial"],
        [datetime(2026, 1, 2, 8, 30), 5, "Great", 17.0, None],  # noqa: DTZ001 (as a date cell)
        [46025.5, 4, "=1+1", "x-2", "#N/A"],
        [None, None, None, None, None],
        ["2026-01-05", 1, "_x000D_Bad_x000D_\nindeed", "x-3", 3],
    ]
    documents, refused = read(write_book(tmp_path / "a.xlsx", Reviews=rows))
    assert [refusal.row for refusal in refused] == [4]
    assert [(document.row, document.rating, document.external_id) for document in documents] == [
        (3, 5.0, "17"),
        (6, 1.0, "x-3"),
    ]
    assert documents[0].created_at == datetime(2026, 1, 2, 8, 30, tzinfo=UTC)
    assert documents[1].text == "Bad\nindeed"


def test_sheets_without_a_text_are_named_and_left_out(tmp_path: Path) -> None:
    path = write_book(
        tmp_path / "a.xlsx",
        Cover=[["Our reviews"]],
        Reviews=[["id", "review"], [1, "Great"], [2, "Bad"]],
        More=[["comment", "plan"], ["Fine", "Team"]],
        Sums=[["month", "count"], ["2026-01", 7]],
        Empty=[],
    )
    documents, refused = read(path)
    assert [(document.text, document.attributes["sheet"]) for document in documents] == [
        ("Great", "Reviews"),
        ("Bad", "Reviews"),
        ("Fine", "More"),
    ]
    assert {refusal.row for refusal in refused} == {0}
    assert [
        name for name in ("Cover", "Sums", "Empty") if any(f"'{name}'" in refusal.reason for refusal in refused)
    ] == ["Cover", "Sums"]


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.csv", b"", "is empty"),
        ("a.csv", b"id,comment\n", "has a header and no rows under it"),
        ("a.csv", b" \n \n", "holds no words"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\x00\x00", "is a picture"),
        ("a.csv", b"a,b\n1,2\n3,4\n", r"--map text=COLUMN \(there are: a, b\)"),
        ("a.jsonl", b"no json\nat all\n", "no rows that can be read: this line is not a JSON object"),
        ("a.json", b"[]", "holds no objects"),
        ("a.json", b"17", "is not a JSON array"),
        ("a.xlsx", b"PK\x03\x04 and no more", "not an XLSX spreadsheet, or a damaged one"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "is protected by a password"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0 Workbook", "in the format of Excel 97"),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_with_a_sentence(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInput, match=reason):
        read_table(path, format=name.rsplit(".", 1)[1])  # type: ignore[arg-type]


def test_a_spreadsheet_that_unpacks_to_too_much_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * (30 << 20))
    with pytest.raises(UnreadableFile, match="more than a spreadsheet may"):
        read_table(path, format="xlsx")


def test_a_spreadsheet_with_a_damaged_part_is_refused(tmp_path: Path) -> None:
    good = write_book(tmp_path / "good.xlsx", A=[["comment"], ["words"]])
    path = tmp_path / "bad.xlsx"
    with zipfile.ZipFile(good) as source, zipfile.ZipFile(path, "w") as target:
        for entry in source.namelist():
            target.writestr(entry, b"<broken" if entry.endswith("sheet1.xml") else source.read(entry))
    with pytest.raises(UnreadableFile, match="damaged"):
        list(read_table(path, format="xlsx"))


def test_bytes_outside_the_encoding_refuse_their_row_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"id,comment\n" + "1,schöne Grüße für alle überall\n".encode() * 40 + b"2,sch\xf6n\n3,gut\n")
    documents, [refusal] = read(path)
    assert len(documents) == 41
    assert refusal.row == 42
    assert "encoding" in refusal.reason


@pytest.mark.parametrize("encoding", ["utf-16", "cp1252", "mac_roman"])
def test_a_table_in_another_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    text = "Datum;Kommentar\n" + "".join(
        f"{day}.03.2026;Die Tür schließt nicht größer, Frau Müller {day}\n" for day in range(1, 29)
    )
    documents, refused = read(write(tmp_path / "a.csv", text, encoding))
    assert refused == []
    assert documents[27].text == "Die Tür schließt nicht größer, Frau Müller 28"
    assert documents[27].created_at == datetime(2026, 3, 28, tzinfo=UTC)


def test_a_preview_shows_columns_rows_and_what_was_recognised(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "Id,Review,Stars\n" + "".join(f"{n},word {n},{n % 5}\n" for n in range(20)))
    shown = preview(path, format="csv", rows=3)
    assert shown.columns == ("Id", "Review", "Stars")
    assert shown.rows[2] == {"Id": "2", "Review": "word 2", "Stars": "2"}
    assert len(shown.rows) == 3
    assert shown.mapping == {"text": "Review", "rating": "Stars", "external_id": "Id"}


def test_a_preview_of_a_file_without_a_text_column_lets_the_user_choose(tmp_path: Path) -> None:
    shown = preview(write(tmp_path / "a.csv", "a,b\n1,2\n"), format="csv")
    assert shown.columns == ("a", "b")
    assert "text" not in shown.mapping


def test_messages_call_the_file_by_its_own_name(tmp_path: Path) -> None:
    path = write(tmp_path / "upload-17.tmp", "a,b\n1,2\n")
    with pytest.raises(BadInput, match=r"reviews\.csv has no column"):
        read_table(path, format="csv", name="reviews.csv")


def test_reading_is_a_stream(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("id,comment\n")
        file.writelines(f"{n},the same words again and again {string.ascii_letters}\n" for n in range(200_000))
    rows = read_table(path, format="csv")
    first = next(rows)
    assert isinstance(first, ParsedDocument)
    rows.close()  # type: ignore[attr-defined]


def test_a_table_with_strange_column_names_keeps_all_its_cells(tmp_path: Path) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([["text", "tag", "tag", "", "x\ny"], ["some words", "a", "b", "c", "d"]])
    [document] = read(write(tmp_path / "a.csv", buffer.getvalue()))[0]
    assert document.attributes == {"tag": "a", "tag (2)": "b", "column 4": "c", "x y": "d"}


def test_real_exports_are_recognised(shared_data: Path) -> None:
    tweets = preview(shared_data / "import_samples/airline-tweets-300.csv", format="csv")
    assert tweets.mapping == {"created_at": "tweet_created", "text": "text", "person": "name"}
    documents, refused = read(shared_data / "import_samples/github-app-reviews.xlsx")
    assert (len(documents), len(refused)) == (668, 0)
    assert sum("developer_reply" in document.attributes for document in documents) == 40
    assert not any("---" in document.text for document in documents)
