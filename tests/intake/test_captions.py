"""Captions: WebVTT, SubRip, Whisper's .tsv and .lrc as turns."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.intake.formats import read_file
from synth.intake.transcripts.captions import Cue, join_cues, read_captions, read_cues

COUNTED = ["one", "two", "three", "four", "five"]
ROLLING = """WEBVTT
Kind: captions
Language: en

00:00:00.160 --> 00:00:02.310 align:start position:0%

so<00:00:00.480><c> hello</c><00:00:00.900><c> everyone</c>

00:00:02.310 --> 00:00:02.320 align:start position:0%
so hello everyone

00:00:02.320 --> 00:00:04.789 align:start position:0%
so hello everyone
yeah<00:00:03.000><c> yeah</c>

00:00:04.789 --> 00:00:04.799 align:start position:0%
yeah yeah

00:00:04.799 --> 00:00:06.000 align:start position:0%
yeah yeah
yeah<00:00:05.000><c> yeah</c>
"""


def words_of(text: str, form: str = "vtt") -> list[str]:
    return [said.words for said in read_captions(text, form)]  # type: ignore[arg-type]


def stamp(seconds: float, sign: str = ".") -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes // 60):02}:{int(minutes % 60):02}:{rest:06.3f}".replace(".", sign)


def test_cues_of_one_speaker_become_one_turn_with_its_times() -> None:
    text = "WEBVTT\n\n1\n00:01.000 --> 00:02.000\n<v Ana>Hello\n\n2\n00:02.500 --> 00:04.000\n<v Ana>there.\n"
    (said,) = read_captions(text, "vtt")
    assert (said.words, said.speaker, said.begins, said.ends) == ("Hello there.", "Ana", 1.0, 4.0)


def test_a_long_pause_begins_a_new_turn() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Hello\n\n00:12.000 --> 00:14.000\n<v Ana>Again.\n"
    assert words_of(text) == ["Hello", "Again."]


def test_a_turn_does_not_grow_without_end() -> None:
    cues = [Cue(float(n), n + 1.0, ("and so it goes on and on",)) for n in range(200)]
    assert max(len(said.words) for said in join_cues(cues)) <= 1200


def test_byte_order_mark_settings_notes_styles_and_ids_are_no_words() -> None:
    text = (
        "\ufeffWEBVTT - a title\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n"
        "NOTE confidence\n0.9 of it\n\nfirst-cue\n"
        "00:01.000 --> 00:02.000 line:90% align:start\n<c.yellow>Hi</c> <i>you</i>\n\nNOTE more\n\n"
        "00:02.000 --> 00:03.000\n&amp; me &lt;3\n"
    )
    assert words_of(text) == ["Hi you & me <3"]


def test_a_word_in_angle_brackets_that_is_no_tag_is_kept() -> None:
    assert words_of("WEBVTT\n\n00:01.000 --> 00:02.000\nit was <unintelligible> there\n") == [
        "it was <unintelligible> there"
    ]


def test_two_voices_in_one_cue_are_two_turns() -> None:
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ana>Ready?</v>\n<v.loud Ben Ode>Yes.</v>\n"
    assert [(said.speaker, said.words) for said in read_captions(text, "vtt")] == [
        ("Ana", "Ready?"),
        ("Ben Ode", "Yes."),
    ]


def test_names_in_front_of_the_words_are_speakers_and_carry_on() -> None:
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAna Lee: Shall we\n\n00:02.000 --> 00:03.000\nbegin?\n\n"
        "00:03.000 --> 00:04.000\nBen Ode: Yes.\n\n00:04.000 --> 00:05.000\nAna Lee: Good.\n\n"
        "00:05.000 --> 00:06.000\nBen Ode: Note: it is late.\n"
    )
    assert [(said.speaker, said.words) for said in read_captions(text, "vtt")] == [
        ("Ana Lee", "Shall we begin?"),
        ("Ben Ode", "Yes."),
        ("Ana Lee", "Good."),
        ("Ben Ode", "Note: it is late."),
    ]


def test_a_name_on_the_first_line_of_every_cue_is_the_speaker() -> None:
    cue = "00:00:0{n}.000 --> 00:00:0{n}.900\n{name}\n{words}\n\n"
    text = "".join(cue.format(n=n, name=("Ana Lee", "Ben Ode")[n % 2], words=f"word {n}") for n in range(1, 7))
    assert {said.speaker for said in read_captions(text, "srt")} == {"Ana Lee", "Ben Ode"}


def test_rolling_captions_say_everything_once() -> None:
    assert words_of(ROLLING) == ["so hello everyone yeah yeah yeah yeah"]


def test_growing_captions_say_everything_once() -> None:
    text = "WEBVTT\n\n" + "".join(f"{stamp(n)} --> {stamp(n + 1)}\n{' '.join(COUNTED[:n])}\n\n" for n in range(1, 6))
    assert words_of(text) == ["one two three four five"]


def test_a_line_that_is_really_said_twice_stays_twice() -> None:
    text = "".join(
        f"{n}\n00:00:0{n},000 --> 00:00:0{n},900\n{said}\n\n" for n, said in enumerate(["Yeah.", "Yeah.", "Right."])
    )
    assert words_of(text, "srt") == ["Yeah. Yeah. Right."]


def test_subrip_with_an_empty_line_in_a_cue_and_numbers_as_words() -> None:
    first = "1\r\n00:00:01,000 --> 00:00:02,000\r\nHe said\r\n\r\n42\r\n\r\n"
    text = first + '2\r\n00:00:02,000 --> 00:00:03,000\r\n{\\an8}<font color="red">times</font>\r\n'
    assert words_of(text, "srt") == ["He said 42 times"]


def test_closed_caption_arrows_change_the_speaker() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n>> How are you?\n\n2\n00:00:02,000 --> 00:00:03,000\n>> Fine.\n"
    assert words_of(text, "srt") == ["How are you?", "Fine."]


def test_two_dashes_in_a_cue_are_two_speakers_and_one_dash_is_a_dash() -> None:
    text = "1\n00:00:01,000 --> 00:00:02,000\n- Ready?\n- Yes.\n\n2\n00:00:02,000 --> 00:00:03,000\n- well\n"
    assert words_of(text, "srt") == ["Ready?", "Yes. - well"]


def test_a_cue_that_ends_before_it_begins_keeps_its_words() -> None:
    assert read_cues("WEBVTT\n\n00:05.000 --> 00:02.000\nHi\n", "vtt") == [Cue(5.0, None, ("Hi",))]


def test_a_timing_line_nobody_can_read_keeps_its_words() -> None:
    assert words_of("WEBVTT\n\n00:xx --> later\nStill here\n") == ["Still here"]


def test_lrc_lines_end_where_the_next_stamp_is() -> None:
    text = "[ti:Talk]\n[00:01.50]Hello\n[00:02.50]\n[00:03.00]you\n"
    assert read_cues(text, "lrc") == [Cue(1.5, 2.5, ("Hello",)), Cue(3.0, None, ("you",))]


def test_whisper_tsv_is_in_milliseconds() -> None:
    assert read_cues("start\tend\ttext\n1500\t2500\tHello you\n", "whisper") == [Cue(1.5, 2.5, ("Hello you",))]


@pytest.mark.parametrize("name", ["goodboy-galaxy", "keitai-2025"])
def test_one_interview_has_the_same_words_in_every_format(shared_data: Path, name: str) -> None:
    files = sorted((shared_data / "interviews_captions" / "files").glob(f"{name}.*"))
    assert len(files) > 1
    texts = [" ".join(document.text.split()) for file in files for document in read_file(file)]  # type: ignore[union-attr]
    assert len(texts[0]) > 10_000
    assert set(texts) == {texts[0]}


WORD = st.from_regex(r"[a-zäöß]{1,8}", fullmatch=True)
SAID = st.lists(
    st.tuples(st.sampled_from(["Ana", "Ben Ode", "Dr. C. Roe"]), st.lists(WORD, min_size=1, max_size=12).map(" ".join)),
    min_size=1,
    max_size=20,
)


@given(SAID)
def test_what_is_written_as_captions_is_read_back(said: list[tuple[str, str]]) -> None:
    vtt = "WEBVTT\n\n" + "".join(
        f"{stamp(10 * n)} --> {stamp(10 * n + 2)}\n<v {name}>{words}</v>\n\n" for n, (name, words) in enumerate(said)
    )
    found = read_captions(vtt, "vtt")
    assert [(turn.speaker, turn.words) for turn in found] == said
    assert [turn.begins for turn in found] == [10.0 * n for n in range(len(said))]


@given(SAID)
def test_both_caption_formats_say_the_same(said: list[tuple[str, str]]) -> None:
    cues = [(stamp(n), stamp(n + 0.9), words) for n, (_, words) in enumerate(said)]
    vtt = "WEBVTT\n\n" + "".join(f"{a} --> {b}\n{words}\n\n" for a, b, words in cues)
    srt = "".join(
        f"{n}\n{a.replace('.', ',')} --> {b.replace('.', ',')}\n{words}\n\n" for n, (a, b, words) in enumerate(cues, 1)
    )
    assert read_captions(vtt, "vtt") == read_captions(srt, "srt")
