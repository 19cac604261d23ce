"""In a study everyone who does not ask is known by a pseudonym, and by nothing else in anything that is written."""

from pathlib import Path

import pytest

from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine
from tests.factories import exported, open_home, rows_by_table, rows_of, take_bytes, take_in, write_transcript

STUDY = "Onboarding"
TURNS = (
    ("Mara (Moderator)", "Thank you for coming, Erika. How do you begin your day?"),
    ("Erika Mustermann", "I am Erika, and I open the calendar first. My colleague Jonas does the rest."),
    ("Mara (Moderator)", "And what is slow?"),
    ("Erika Mustermann", "The upload of photos. Frau Mustermann, they say, wait a minute."),
)


def study(engine: Engine, path: Path, **options: object) -> None:
    take_in(engine, path, kind="research", study=STUDY, interviewers=("Mara",), **options)


@pytest.fixture
def told_in_study(engine: Engine, tmp_path: Path) -> Engine:
    study(engine, write_transcript(tmp_path / "interview-erika-mustermann.vtt", TURNS))
    return engine


def test_no_name_is_written_but_in_the_one_table(told_in_study: Engine) -> None:
    held = {name: rows.casefold() for name, rows in rows_by_table(told_in_study.parts).items()}
    holding = [name for name, rows in held.items() if "erika" in rows or "mustermann" in rows]
    assert holding == ["participants"]
    assert rows_of(told_in_study, "SELECT pseudonym, name FROM participants") == [("P1", "Erika Mustermann")]


def test_quotes_and_turns_carry_the_pseudonym(told_in_study: Engine) -> None:
    (document,) = exported(told_in_study, "documents")
    assert document["person"] == "S1-P1"
    assert {turn["speaker"] for turn in document["turns"]} == {"Mara (Moderator)", "S1-P1"}
    assert "I am [NAME_" in document["text"]
    assert "S1-P1:" in document["text"]
    assert "Jonas" in document["text"]  # who is no participant is not known to be a name
    for turn in document["turns"]:
        assert 0 <= turn["start"] < turn["end"] <= len(document["text"])
    said = document["text"][document["turns"][-1]["start"] : document["turns"][-1]["end"]]
    assert said.startswith("The upload of photos.")
    answer = told_in_study.ask(WORKSPACE, "What do people say about the upload of photos?")
    assert {citation.person for claim in answer.claims for citation in claim.citations} == {"S1-P1"}


def test_the_same_person_is_the_same_in_a_second_interview_and_others_are_others(
    told_in_study: Engine, tmp_path: Path
) -> None:
    turns = (
        ("Mara (Moderator)", "And today?"),
        ("erika mustermann", "Better, the photos are quick."),
        ("Jonas Kern", "Mine not."),
    )
    study(told_in_study, write_transcript(tmp_path / "second.vtt", turns))
    assert sorted(rows_of(told_in_study, "SELECT pseudonym, name FROM participants")) == [
        ("P1", "Erika Mustermann"),
        ("P2", "Jonas Kern"),
    ]
    second = next(row for row in exported(told_in_study, "documents") if row["title"] == "second")
    assert {turn["speaker"] for turn in second["turns"]} == {"Mara (Moderator)", "S1-P1", "S1-P2"}


def test_a_number_that_a_team_gave_is_kept(engine: Engine) -> None:
    text = b"Interviewer: What is slow?\nP7: The calendar is slow in my town.\nInterviewer: And else?\nP7: Nothing.\n"
    take_bytes(engine, text, "seven.txt", kind="research", study=STUDY)
    assert rows_of(engine, "SELECT pseudonym, name FROM participants") == [("P7", None)]
    assert exported(engine, "documents")[0]["person"] == "S1-P7"


def test_a_number_in_the_title_is_that_of_the_one_who_answers(engine: Engine) -> None:
    talk = "Interviewer: What is slow?\n{0}: The calendar is slow.\nInterviewer: Else?\n{0}: No.\n"
    text, named = (talk.format(label).encode() for label in ("Participant", "P6 (technician lead)"))
    take_bytes(engine, text, "2026-09-08-p4-dispatcher.txt", kind="research", study=STUDY)
    take_bytes(engine, named, "P6: technician lead.txt", kind="research", study=STUDY)
    assert rows_of(engine, "SELECT pseudonym, name FROM participants ORDER BY 1") == [("P4", None), ("P6", None)]
    assert "[NAME" not in str([row["title"] for row in exported(engine, "documents")])


def test_labels_that_name_nobody_are_people_of_their_own_in_each_interview(engine: Engine) -> None:
    for number in (1, 2):
        said = f"Interviewer: What is slow?\nParticipant: The calendar, {number} times."
        text = f"{said}\nInterviewer: Else?\nParticipant: No."
        take_bytes(engine, text.encode(), f"talk{number}.txt", kind="research", study=STUDY)
    assert rows_of(engine, "SELECT pseudonym, name FROM participants ORDER BY 1") == [("P1", None), ("P2", None)]


def test_an_interview_taken_in_again_changes_nothing(told_in_study: Engine, tmp_path: Path) -> None:
    before = exported(told_in_study, "documents")
    study(told_in_study, write_transcript(tmp_path / "interview-erika-mustermann.vtt", TURNS))
    assert exported(told_in_study, "documents") == before
    assert len(rows_of(told_in_study, "SELECT * FROM participants")) == 1


def test_a_word_that_is_also_a_name_is_left_where_it_is_a_word(engine: Engine, tmp_path: Path) -> None:
    turns = (("Mara (Moderator)", "Will you go on?"), ("Will Young", "Young people will. I am Will Young."))
    study(engine, write_transcript(tmp_path / "w.vtt", turns))
    (document,) = exported(engine, "documents")
    assert "Will you go on?" in document["text"]
    assert "I am [NAME_1]." in document["text"]


@pytest.mark.parametrize("called", ["Erika Mustermann", "S1-P1"])
def test_who_was_erased_is_gone_by_name_and_by_pseudonym(told_in_study: Engine, tmp_path: Path, called: str) -> None:
    told_in_study.erase(WORKSPACE, "Ann", "person", called)
    told_in_study.drain()
    assert rows_of(told_in_study, "SELECT * FROM participants") == []
    assert exported(told_in_study, "documents") == []
    path = write_transcript(tmp_path / "again.vtt", (*TURNS, ("Erika Mustermann", "And this is new.")))
    take_bytes(told_in_study, path.read_bytes(), "again.vtt", kind="research", study=STUDY, interviewers=("Mara",))
    assert exported(told_in_study, "documents") == []
    assert rows_of(told_in_study, "SELECT * FROM participants") == []


def test_without_a_study_names_stay_as_they_are(tmp_path: Path) -> None:
    engine = open_home(tmp_path / "home", embedder=HashingEmbedder())
    take_in(engine, write_transcript(tmp_path / "plain.vtt", TURNS), kind="research", interviewers=("Mara",))
    assert exported(engine, "documents")[0]["person"] == "Erika Mustermann"
    engine.close()
