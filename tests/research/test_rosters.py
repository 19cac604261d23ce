"""Rosters of a study: who participants are, by name or pseudonym, as attributes to filter by."""

import pytest

from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.model import Condition, Filters
from synth.research.spreadsheets import write_workbook

ROSTER = (
    "Name;Pseudonym;Role;Company size;E-mail;Contact;Segment\n"
    "erika  muster;;Installer;12;e@x.example;write to e@x.example;Small\n"
    ";p2;Planner;300;;j@x.example;Large\n"
    "Nobody Else;;Boss;1;;;\n"
    ";;Driver;9;;;\n"
    "Erika Muster;;Owner;1;;;\n"
    "Selma Ak;;knows Jonas Kern;;;;\n"
)


def titles(engine: Engine, key: str, value: str) -> set[str]:
    found = engine.documents(WORKSPACE, Filters(where=(Condition(key, value),)))
    return {str(document["title"]) for document in found.rows}


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_participants_get_the_attributes_of_a_table(talked: Engine, kind: str) -> None:
    columns, *rows = (line.split(";") for line in ROSTER.splitlines())
    content = write_workbook({"people": (columns, rows)}) if kind == "xlsx" else ROSTER.encode()
    done = talked.take_roster(WORKSPACE, "S1", f"people.{kind}", content)
    assert (done["participants"], done["changed"]) == (3, 3)
    assert done["attributes"] == ["role", "company_size", "contact", "participant_segment"]
    participants = talked.participants(WORKSPACE, "S1", named=False)["participants"]
    told = {each["pseudonym"]: each["attributes"] for each in participants}
    contact = told["P1"].pop("contact")
    assert told["P1"] == {"role": "Installer", "company_size": "12", "participant_segment": "Small"}
    assert contact == "write to [EMAIL_1]"
    assert told["P2"] == {"role": "Planner", "company_size": "300", "participant_segment": "Large"}
    assert "Kern" not in str(told["P3"])
    assert titles(talked, "role", "planner") == {"talk 2"}
    assert titles(talked, "participant_segment", "Small") == {"talk 1"}
    assert [refusal.split(".")[0] for refusal in done["refused"]] == [
        "Row 4: “Nobody Else” took no part in this study by that name",
        "Row 5: it names nobody",
        "Row 6: S1-P1 stands in row 2 already",
    ]
    again = talked.take_roster(WORKSPACE, "S1", f"people.{kind}", content)
    assert (again["participants"], again["changed"]) == (3, 0)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "no rows"),
        ("role,size\nBoss,1\n", "No column says who is meant"),
        ("name," + ",".join(f"c{n}" for n in range(51)) + "\nErika," + "x," * 50 + "x\n", "at most 50"),
        ("name\n" + "Erika\n" * 5_001, "5,001 rows"),
        ("x" * ((4 << 20) + 1), "larger than 4 MB"),
    ],
)
def test_a_table_that_is_no_roster_is_refused(talked: Engine, content: str, said: str) -> None:
    with pytest.raises(BadInput, match=said):
        talked.take_roster(WORKSPACE, "S1", "people.csv", content.encode())
