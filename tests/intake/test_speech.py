"""Speakers in text and Markdown: labels, time codes, roles, and what the document says about itself."""

from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.intake.formats import read_file
from synth.intake.transcripts.turns import Aside, Utterance, lay_out
from synth.model import ParsedDocument


def read(tmp_path: Path, text: str, name: str = "talk.txt", **options: Any) -> ParsedDocument:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    (document,) = read_file(path, **{"kind": "research", **options})
    assert isinstance(document, ParsedDocument)
    return document


def said(document: ParsedDocument) -> list[tuple[str | None, str]]:
    return [(turn.speaker, document.text[turn.start : turn.end]) for turn in document.turns]


@pytest.mark.parametrize(
    "text",
    [
        "Ana Lee: How is it?\nBen Ode: Fine.\nAna Lee: Why?\nBen Ode: Because.",
        "**Ana Lee:** How is it?\n\n**Ben Ode:** Fine.\n\n**Ana Lee**: Why?\n\n**Ben Ode**: Because.",
        "Ana Lee  0:21\nHow is it?\n\nBen Ode  0:23\nFine.\n\nAna Lee  0:30\nWhy?\n\nBen Ode  1:02:03\nBecause.",
        "Ana Lee\nHow is it?\n\nBen Ode\nFine.\n\nAna Lee\nWhy?\n\nBen Ode\nBecause.",
        (
            "[00:00:21] Ana Lee: How is it?\n[00:00:23] Ben Ode: Fine.\n"
            "[00:00:30] Ana Lee: Why?\n[00:00:31] Ben Ode: Because."
        ),
        "Ana Lee (00:21): How is it?\nBen Ode (00:23): Fine.\nAna Lee (00:30): Why?\nBen Ode (00:31): Because.",
        (
            "Ana Lee: [00:00:21] How is it?\nBen Ode: [00:00:23] Fine.\n"
            "Ana Lee: [00:00:30] Why?\nBen Ode: [00:00:31] Because."
        ),
        (
            "[Ana Lee] 00:00:21\nHow is it?\n\n[Ben Ode] 00:00:23\nFine.\n\n"
            "[Ana Lee] 00:30\nWhy?\n\n[Ben Ode] 00:31\nBecause."
        ),
        "00:21\nAna Lee: How is it?\n00:23\nBen Ode: Fine.\n00:30\nAna Lee: Why?\n00:31\nBen Ode: Because.",
        (
            "[00:00:21] - Ana Lee\nHow is it?\n\n[00:00:23] - Ben Ode\nFine.\n\n"
            "[00:30] - Ana Lee\nWhy?\n\n[00:31] - Ben Ode\nBecause."
        ),
        "Ana Lee: How is it? #00:00:21-5#\nBen Ode: Fine. #00:00:23-1#\nAna Lee: Why? #00:00:24-0#\nBen Ode: Because.",
    ],
)
@pytest.mark.parametrize("name", ["talk.txt", "talk.md"])
def test_speakers_are_found_as_exporters_write_them(tmp_path: Path, text: str, name: str) -> None:
    assert said(read(tmp_path, text, name)) == [
        ("Ana Lee", "How is it?"),
        ("Ben Ode", "Fine."),
        ("Ana Lee", "Why?"),
        ("Ben Ode", "Because."),
    ]


def test_the_text_shows_each_turn_with_its_label_and_the_offsets_leave_it_out(tmp_path: Path) -> None:
    document = read(tmp_path, "Ana Lee  0:21\nHow is it?\n\nBen Ode  1:02:03\nFine.\n\nBen Ode  1:03:00\nYes.\n")
    assert document.text == "Ana Lee: How is it?\nBen Ode: Fine.\nBen Ode: Yes."
    assert [turn.begins for turn in document.turns] == [21.0, 3723.0, 3780.0]


def test_the_paragraphs_of_one_turn_stay_in_it(tmp_path: Path) -> None:
    document = read(tmp_path, "Ana  0:01\nWell.\n\nThe other thing: it broke.\n\nBen  0:09\nOh.\n\nAna  0:12\nYes.\n")
    assert said(document)[0] == ("Ana", "Well.\nThe other thing: it broke.")


def test_a_colon_inside_speech_opens_no_turn(tmp_path: Path) -> None:
    text = (
        "Ana: Why?\nBen: Two reasons.\nNote: he is right\nFirst: cost.\nAna: And?\nBen: Time.\nhttps://example.org/a\n"
    )
    speakers = {speaker for speaker, _ in said(read(tmp_path, text))}
    assert speakers == {"Ana", "Ben"}


def test_a_text_without_speakers_is_prose(tmp_path: Path) -> None:
    text = "Dear team,\n\nthe new uploader fails.\nSteps: open it, wait.\nExpected: a photo.\n\nBest, Jo"
    document = read(tmp_path, text, kind="feedback")
    assert document.turns == ()
    assert document.text == text


def test_one_speaker_alone_gets_no_role(tmp_path: Path) -> None:
    document = read(tmp_path, "Ana Lee: One.\nAna Lee: Two.\nAna Lee: Three?\n")
    assert {turn.role for turn in document.turns} == {None}


@pytest.mark.parametrize(
    ("asks", "answers"),
    [
        ("Interviewer", "P3"),
        ("Moderator 1", "Dana"),
        ("I", "B"),
        ("Q", "A"),
        ("Researcher", "Participant_02"),
        ("Dana (Moderator)", "Jo"),
    ],
)
def test_labels_name_the_roles(tmp_path: Path, asks: str, answers: str) -> None:
    document = read(tmp_path, f"{asks}: So.\n{answers}: Yes.\n{asks}: Right.\n{answers}: Yes.\n")
    assert [turn.role for turn in document.turns[:2]] == ["interviewer", "participant"]


def test_names_that_are_given_ask(tmp_path: Path) -> None:
    document = read(tmp_path, "Dana Scott: So.\nJo Ek: Yes?\nDana Scott: Right.\nJo Ek: Yes?\n", interviewers=["dana"])
    assert [turn.role for turn in document.turns[:2]] == ["interviewer", "participant"]
    assert document.person == "Jo Ek"


def test_who_asks_and_speaks_less_is_the_interviewer(tmp_path: Path) -> None:
    text = "Dana: What broke?\nJo: The board, and it took a long while to load.\n" * 5
    assert [turn.role for turn in read(tmp_path, text).turns[:2]] == ["interviewer", "participant"]


def test_a_meeting_where_all_ask_alike_leaves_the_roles_open(tmp_path: Path) -> None:
    text = "Dana: What broke in it?\nJo: The board, did it not?\nKim: It did, yes.\n" * 5
    assert {turn.role for turn in read(tmp_path, text).turns} == {None}


def test_a_misspelt_label_has_the_role_of_the_one_meant(tmp_path: Path) -> None:
    text = "Dan: So?\nParticipant: Yes.\n" * 24 + "Particpant: No.\n" + "Dan: Ok?\n"
    roles = {turn.speaker: turn.role for turn in read(tmp_path, text + "Particpant: Bye.\n").turns}
    assert roles["Dan"] == "interviewer"


def test_the_lines_before_the_first_turn_become_fields(tmp_path: Path) -> None:
    text = (
        "Interview with Acme\n\nDate: 2026-09-08\nCompany: Acme Ltd\nPlan: Team\n"
        "Interviewer: Dana Scott\nDuration: 40 min\n\n"
        "Dana Scott: So.\nJo Ek: Yes.\nDana Scott: Right.\nJo Ek: Yes.\n"
    )
    document = read(tmp_path, text)
    assert document.created_at == datetime(2026, 9, 8, tzinfo=UTC)
    assert (document.account, document.plan, document.person) == ("Acme Ltd", "Team", "Jo Ek")
    assert document.attributes == {"interviewer": "Dana Scott", "duration": "40 min"}
    assert document.turns[0].role == "interviewer"
    assert document.text.startswith("Interview with Acme\nDana Scott: So.")


def test_hidden_fields_are_left_out_and_mapped_ones_move(tmp_path: Path) -> None:
    text = "---\nbetrieb: Acme\nphone: 555 0100\ndate: 2026-09-08\n---\nBoard is slow."
    document = read(tmp_path, text, "n.md", kind="feedback", mapping={"account": "betrieb"}, hidden=["phone"])
    assert (document.account, dict(document.attributes)) == ("Acme", {})


def test_a_moment_without_a_zone_is_in_the_zone_given(tmp_path: Path) -> None:
    document = read(tmp_path, "Date: 2026-09-08 14:00\n\nBoard is slow.", timezone="Europe/Berlin")
    assert document.created_at == datetime(2026, 9, 8, 12, tzinfo=UTC)


@pytest.mark.parametrize("date", ["03/04/2026", "some day", "2026"])
def test_a_day_that_is_not_clear_is_not_taken_as_one(tmp_path: Path, date: str) -> None:
    document = read(tmp_path, f"Date: {date}\n\nBoard is slow.")
    assert document.created_at is None
    assert document.attributes["created_at"] == date


def test_markdown_marks_are_reduced_to_words(tmp_path: Path) -> None:
    text = (
        "# Call notes: Acme\n\nThe _board_ is **very** slow, see [ticket](https://example.org/1) \\[sic\\].\n"
        "\n- `99 %` stuck\n1. one\n\n| a | b |\n|---|---|\n| c | d |\n"
    )
    document = read(tmp_path, text, "notes.md", kind="feedback")
    assert document.title == "Call notes: Acme"
    assert document.text == (
        "Call notes: Acme\n\nThe board is very slow, see ticket [sic].\n\n- 99 % stuck\n\n1. one\n\na | b\n\nc | d"
    )


def test_words_that_only_look_like_marks_stay(tmp_path: Path) -> None:
    document = read(tmp_path, "Set snake_case_name to 2 * 3 * 4 and #1.\n", "notes.md")
    assert document.text == "Set snake_case_name to 2 * 3 * 4 and #1."


@pytest.mark.parametrize(
    "text",
    [
        "<!-- note -->The board <b>is</b> slow.",
        "> " * 60 + "The board is slow.",
        "<!--" * 20_000 + "The board is slow.",
    ],
)
def test_odd_markdown_is_read_in_time_and_keeps_its_words(tmp_path: Path, text: str) -> None:
    assert read(tmp_path, text, "n.md", kind="feedback").text.endswith("The board is slow.")


def test_headings_in_a_transcript_stay_in_the_text_and_outside_of_turns(tmp_path: Path) -> None:
    text = (
        "# P6: lead\n\n**Interviewer:** So?\n\n**P6 (lead):** Yes.\n\n## Photos\n\n"
        "**Interviewer:** And?\n\n**P6 (lead):** No.\n"
    )
    document = read(tmp_path, text, "t.md")
    assert document.text.split("\n")[3] == "Photos"
    assert [words for _, words in said(document)] == ["So?", "Yes.", "And?", "No."]
    assert document.title == "P6: lead"


def test_time_codes_without_names_still_give_times(tmp_path: Path) -> None:
    document = read(tmp_path, "0:01\nhello there\n0:04\nhow are you\n0:30\nfine\n")
    assert [(turn.begins, document.text[turn.start : turn.end]) for turn in document.turns][-1] == (30.0, "fine")


def test_real_exports_name_their_speakers(shared_data: Path) -> None:
    folder = shared_data / "interviews_captions" / "files"
    for name, speakers in {"lantana-games": 2, "legends-of-astravia": 2, "get-a-grip-chip": 4}.items():
        (document,) = read_file(folder / f"{name}.md", kind="research")
        assert isinstance(document, ParsedDocument)
        assert len({turn.speaker for turn in document.turns}) == speakers
        assert {turn.role for turn in document.turns if turn.speaker == "Jonas Rosland"} == {"interviewer"}
        assert document.created_at is not None


def test_every_line_of_a_real_meeting_is_its_turn(shared_data: Path) -> None:
    for path in sorted((shared_data / "qmsum_product" / "transcripts").glob("*.txt")):
        lines = path.read_text("utf-8").rstrip("\n").split("\n")
        (document,) = read_file(path, kind="research")
        assert isinstance(document, ParsedDocument)
        assert [f"{speaker}: {words}" for speaker, words in said(document)] == lines


WORDS = st.text(st.characters(blacklist_categories=["Cs", "Cc", "Cf", "Zl", "Zp"]), min_size=1, max_size=60)
PARTS = st.lists(
    st.one_of(
        st.builds(Utterance, WORDS, st.sampled_from([None, "Ana", "Ünal Ö.", "話者"])),
        st.builds(Aside, WORDS),
    ),
    max_size=30,
)


@given(PARTS)
def test_offsets_are_exactly_the_words_of_the_turn(parts: list[Utterance | Aside]) -> None:
    text, turns = lay_out(parts, {"Ana": "participant"})
    utterances = [part for part in parts if isinstance(part, Utterance)]
    assert [(turn.speaker, text[turn.start : turn.end]) for turn in turns] == [(u.speaker, u.words) for u in utterances]
    assert all(a.end < b.start for a, b in pairwise(turns))


SPEECH = st.from_regex(r"[a-zäöüß ,.?]{0,40}[a-z.?]", fullmatch=True).map(lambda words: " ".join(words.split()))


@given(st.lists(SPEECH.filter(bool), min_size=4, max_size=40))
def test_any_dialogue_is_read_back(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    spoken = [(("Ana Lee", "Ben Ode")[number % 2], text) for number, text in enumerate(words)]
    folder = tmp_path_factory.mktemp("talk")
    document = read(folder, "\n".join(f"{name}: {text}" for name, text in spoken))
    assert said(document) == spoken
