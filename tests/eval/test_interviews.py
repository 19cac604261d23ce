"""The suite of interviews: what it counts, on small folders whose figures are known."""

from pathlib import Path

import pytest

from eval.running import Task
from eval.suites import choose
from eval.suites.interviews import without_margin, without_repeats, word_error
from synth.embedding import HashingEmbedder
from synth.errors import BadInput

TALK = "Interviewer: How does your day begin?\nParticipant: With coffee and a calendar.\n"


def run(folder: Path) -> dict[str, float | None]:
    result = choose("interviews").run(Task(folder, HashingEmbedder()))
    return {name: figure.value for name, figure in result.figures.items()}


def test_words_and_speakers_are_held_against_the_text(tmp_path: Path) -> None:
    (tmp_path / "transcripts").mkdir()
    (tmp_path / "text").mkdir()
    (tmp_path / "transcripts" / "one.txt").write_text(TALK, "utf-8")
    (tmp_path / "text" / "one.txt").write_text(TALK.replace("coffee", "tea"), "utf-8")
    found = run(tmp_path)
    assert found["word_error"] == pytest.approx(1 / 10)
    assert found["speakers_right"] is not None
    assert (found["readable"], found["offsets_exact"]) == (1.0, 1.0)


def test_one_interview_in_two_formats_has_to_say_the_same(tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    cue = "00:00:01.000 --> 00:00:04.000\nHello there, all of you.\n"
    (tmp_path / "files" / "a.vtt").write_text(f"WEBVTT\n\n{cue}", "utf-8")
    (tmp_path / "files" / "a.srt").write_text("1\n" + cue.replace(".000", ",000"), "utf-8")
    assert run(tmp_path)["same_words_in_every_format"] == 1.0
    (tmp_path / "files" / "a.srt").write_text("1\n" + cue.replace(".000", ",000").replace("all", "some"), "utf-8")
    assert run(tmp_path)["same_words_in_every_format"] == 0.0


def test_a_folder_without_interviews_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="neither transcripts/ nor files/"):
        run(tmp_path)


def test_what_a_reference_has_too_much_is_left_out() -> None:
    assert without_margin(["a", *"123456", "b", "7", "c", "8"]) == ["a", "b", "7", "c", "8"]
    row = [f"word{number}" for number in range(8)]
    assert without_repeats([*row, *row, "nine"]) == [*row, "nine"]
    assert without_repeats(["yes", "yes"]) == ["yes", "yes"]
    assert word_error(["a", "b"], ["a", "c"]) == 0.5
