"""Recognising columns by their names and their values."""

from collections.abc import Sequence
from datetime import UTC

import pytest

from synth.errors import BadInput
from synth.intake.tabular.columns import Layout, recognise
from synth.intake.tabular.rows import Cell

PROSE = [
    "The app crashes when I upload a photo.",
    "I love the new board, it saves time.",
    "Why is the invoice wrong again?",
]
DAYS = ["2026-01-02", "2026-01-03", "2026-01-04"]


def look(cells: dict[str, Sequence[Cell]], mapping: dict[str, str] | None = None, hidden: Sequence[str] = ()) -> Layout:
    return recognise(cells, mapping=mapping or {}, hidden=hidden, zone=UTC)


@pytest.mark.parametrize(
    "name",
    [
        *(
            "text",
            "Body",
            "COMMENT",
            "review_text",
            "Message",
            "Description",
            "Feedback",
            "Notes",
            "content",
            "verbatim",
            "Answer",
        ),
        *(
            "Kommentar",
            "Bewertungstext",
            "Beschreibung",
            "Nachricht",
            "Comentario",
            "Open-Ended Response",
            "Ticket.Description",
        ),
    ],
)
def test_the_text_is_known_by_its_name(name: str) -> None:
    assert look({"status": ["open"] * 3, name: ["ok", "fine", "bad"]}).fields["text"] == name


@pytest.mark.parametrize(
    ("field", "name", "values"),
    [
        ("title", "Subject", ["Crash", "Praise", "Bill"]),
        ("title", "Betreff", ["Absturz", "Lob", "Rechnung"]),
        ("created_at", "Created At (UTC)", DAYS),
        ("created_at", "createdAt", DAYS),
        ("created_at", "Erstelldatum", ["13.01.2026", "14.01.2026", "15.01.2026"]),
        ("rating", "NPS", ["9", "10", "3"]),
        ("rating", "Star Rating", ["★★★☆☆", "★★★★★", "★☆☆☆☆"]),
        ("rating", "Score (0-10)", ["10 - very likely", "3", "5"]),
        ("person", "Requester Name", ["Ann", "Bo", "Cy"]),
        ("person", "Kundenname", ["Ann", "Bo", "Cy"]),
        ("person", "user.name", ["ann", "bo", "cy"]),
        ("account", "Organisation", ["Acme", "Bolt", "Core"]),
        ("account", "company name", ["Acme", "Bolt", "Core"]),
        ("language", "lang", ["en", "de", "en-GB"]),
        ("url", "Permalink", ["https://x.example/1", "https://x.example/2", "https://x.example/3"]),
        ("external_id", "Ticket ID", ["1", "2", "3"]),
        ("external_id", "response_id", ["R_1", "R_2", "R_3"]),
        ("source", "Channel", ["mail", "chat", "mail"]),
        ("segment", "Customer-Segment", ["Small", "Small", "Enterprise"]),
        ("plan", "Tarif", ["Team", "Team", "Business"]),
        ("revenue", "Annual Revenue (USD)", ["$12,000", "$1,200", "96k"]),
    ],
)
def test_every_field_is_known_by_its_usual_names(field: str, name: str, values: list[str]) -> None:
    assert look({name: values, "comment": PROSE}).fields[field] == name


def test_a_name_counts_only_when_the_values_fit_it() -> None:
    layout = look(
        {"review": ["5", "4", "1"], "date": ["soon", "later", "never"], "url": ["none", "x", "y"], "remarks": PROSE}
    )
    assert layout.fields["text"] == "remarks"
    assert "created_at" not in layout.fields
    assert "url" not in layout.fields


def test_a_tweet_s_date_and_id_are_told_apart_by_their_values() -> None:
    dates = ["Tue Feb 24 11:35:52 +0000 2015", "Tue Feb 24 11:15:52 +0000 2015", "Tue Feb 24 11:15:01 +0000 2015"]
    layout = look(
        {"tweet_id": ["11", "12", "13"], "tweet": PROSE, "tweet_created": dates, "tweet_location": ["x", "y", "z"]}
    )
    assert layout.fields == {"external_id": "tweet_id", "text": "tweet", "created_at": "tweet_created"}


def test_without_a_known_name_the_column_with_the_most_prose_is_the_text() -> None:
    layout = look({"q1": ["yes", "no", "yes"], "q2": PROSE, "q3": ["Berlin", "Hamburg", "Berlin"], "q4": DAYS})
    assert layout.fields["text"] == "q2"
    assert layout.fields["created_at"] == "q4"


def test_of_several_text_columns_the_one_with_the_best_prose_is_taken() -> None:
    layout = look({"notes": ["", "", "n"], "comment": PROSE, "message": ["ok", "ok", "ok"]})
    assert layout.fields["text"] == "comment"
    assert layout.attributes["message"] == "words"


def test_a_title_alone_is_the_text() -> None:
    layout = look({"id": ["1", "2"], "subject": ["Crash", "Bill"]})
    assert layout.fields["text"] == "subject"
    assert "title" not in layout.fields


@pytest.mark.parametrize(
    "ids",
    [["7", "7", "8"], ["5.70306E+17", "5.70301E+17", "5.7E+17"], [5.70306e17, 5.70301e17, 5.7e17], ["1", "", "3"]],
)
def test_ids_that_are_not_unique_or_were_shortened_are_not_used(ids: list[Cell]) -> None:
    assert "external_id" not in look({"id": ids, "text": PROSE}).fields


def test_the_id_of_a_person_is_not_the_id_of_the_row() -> None:
    layout = look({"user_id": ["1", "2", "3"], "text": PROSE})
    assert "external_id" not in layout.fields
    assert layout.fields["person"] == "user_id"


def test_a_first_name_alone_is_nobody() -> None:
    assert "person" not in look({"First Name": ["Ann", "Bo", "Cy"], "text": PROSE}).fields


def test_a_developer_s_reply_is_not_the_text() -> None:
    assert look({"developer_reply": PROSE, "review": ["Bad app", "Nice app", "It crashes"]}).fields["text"] == "review"


def test_hidden_columns_are_not_looked_at() -> None:
    layout = look(
        {"Label": PROSE, "x": ["a b c d", "e f g h", "i j k l"], "user.name": ["a", "b", "c"]}, hidden=["label", "USER"]
    )
    assert layout.fields == {"text": "x"}
    assert layout.attributes == {}


def test_what_the_user_says_goes_first() -> None:
    layout = look({"comment": PROSE, "extra": ["a", "b", "c"], "date": DAYS}, {"text": "EXTRA", "created_at": ""})
    assert layout.fields == {"text": "extra"}


def test_a_mapped_column_that_does_not_exist_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(BadInput, match="no column 'words' to take the text from; the columns are: comment, date"):
        look({"comment": PROSE, "date": DAYS}, {"text": "words"})


def test_an_unknown_field_is_refused_with_the_fields_there_are() -> None:
    with pytest.raises(BadInput, match=r"no field 'colour'.*created_at"):
        look({"comment": PROSE}, {"colour": "comment"})


def test_a_mapped_column_that_cannot_be_that_field_is_refused() -> None:
    with pytest.raises(BadInput, match="holds no dates that can be read: 'The app"):
        look({"comment": PROSE}, {"created_at": "comment"})
    with pytest.raises(BadInput, match=r"shortened by a spreadsheet \(5.7E\+17\)"):
        look({"comment": PROSE, "id": ["5.7E+17"] * 3}, {"external_id": "id"})


def test_other_columns_are_numbers_or_yes_and_no_only_as_a_whole() -> None:
    cells: dict[str, Sequence[Cell]] = {
        "text": PROSE,
        "minutes": ["1", "2.5", "-3"],
        "mixed": ["1", "two", "3"],
        "zip": ["01234", "50667", "10115"],
        "paid": ["true", "FALSE", ""],
        "parent_id": ["1", "2", "3"],
    }
    expected = {"minutes": "number", "mixed": "words", "zip": "words", "paid": "yes_no", "parent_id": "words"}
    assert look(cells).attributes == expected
