"""Captions (WebVTT, SubRip, Whisper's tables and JSON, .lrc) read as turns: cues of one speaker joined, none twice."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from synth.intake.transcripts.speech import find_labels, find_opening, looks_like_name
from synth.intake.transcripts.timecodes import CODE, STAMP, read_code, seconds
from synth.intake.transcripts.turns import Line, Utterance, clean

CaptionFormat = Literal["vtt", "srt", "whisper", "lrc", "segments"]

LONGEST_PAUSE = 4.0  # seconds of silence after which the same speaker begins a new turn
LONGEST_TURN = 1200  # characters of one turn
FULL_TURN = 900  # characters after which the end of a sentence ends the turn
CHARACTERS_PER_SECOND = 12.0  # of slow speech
ROLLING_SHARE = 0.3  # of the cues that repeat the one before, from which on captions are taken as rolling

_TIMING = re.compile(rf"^\s*({STAMP})\s*-->\s*({STAMP})")
_BLOCK = re.compile(r"(?:NOTE|STYLE|REGION)(?:\s|$)")
_VOICE = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]*)>")
_TAG = re.compile(rf"</?(?:[cibuvs]|ruby|rt|lang|font|span)(?:[.\s][^<>]*)?/?>|<{STAMP}>|\{{\\an?\d+\}}", re.IGNORECASE)
_ENTITY = re.compile(r"&(amp|lt|gt|nbsp|quot|apos|lrm|rlm|#\d{1,6});")
_ENTITIES = {"amp": "&", "lt": "<", "gt": ">", "nbsp": " ", "quot": '"', "apos": "'", "lrm": "", "rlm": ""}
_CHANGE = re.compile(r"^\s*(?:>>+|[-–—](?=\s*\w))\s*")
_LRC = re.compile(rf"^((?:\[{STAMP}\])+)(.*)$")
_STAMPED = re.compile(rf"({CODE})\s*(.*)$")
_ENDS_SENTENCE = re.compile(r"[.!?…][\"'”’)]*$")


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: when it is shown, in seconds, and its lines as the file has them."""

    begins: float | None
    ends: float | None
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Said:
    words: str
    speaker: str | None
    begins: float | None
    ends: float | None
    changes: bool = False  # the file marks that somebody else speaks from here


def read_captions(text: str, form: CaptionFormat) -> list[Utterance]:
    """The turns of a caption file, in its order."""
    return join_cues(read_cues(text, form))


def read_cues(text: str, form: CaptionFormat) -> list[Cue]:
    """The cues that have words, in the order of the file."""
    if form == "segments":
        return list(_segments(text))
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if form == "whisper":
        return list(_whisper(lines))
    if form == "lrc":
        return list(_lrc(lines))
    return list(_timed(lines))


def join_cues(cues: Sequence[Cue]) -> list[Utterance]:
    """Turns out of cues: repeated lines dropped, speakers found, cues of one speaker joined."""
    return list(_join(_speakers([_unmarked(cue) for cue in _voiced(_unrolled(cues))])))


def stamped_cues(lines: Sequence[str]) -> list[Cue]:
    """The cues of a plain text where most lines have a time code in front or above them; else none."""
    cues: list[Cue] = []
    bare = 0
    for line in filter(str.strip, lines):
        match = _STAMPED.match(line.strip())
        if match:
            begins, ends = read_code(match[1])
            cues.append(Cue(begins, ends, (match[2],) if match[2] else ()))
        elif cues and not cues[-1].lines:
            cues[-1] = Cue(cues[-1].begins, cues[-1].ends, (line.strip(),))
        else:
            bare += 1
    return [cue for cue in cues if cue.lines] if len(cues) >= 3 and len(cues) > 2 * bare else []


def _timed(lines: Sequence[str]) -> Iterator[Cue]:
    times: tuple[float | None, float | None] | None = None
    words: list[str] = []
    skipping = False
    for number, line in enumerate(lines):
        if "-->" in line:
            if times and words:
                yield Cue(*times, tuple(words))
            times, words, skipping = _times(line), [], False
        elif not line.strip():
            skipping = False
        elif not skipping and not _is_cue_id(lines, number):
            skipping = _starts_block(lines, number)
            if not skipping:
                words.append(line.strip())
    if times and words:
        yield Cue(*times, tuple(words))


def _times(line: str) -> tuple[float | None, float | None]:
    match = _TIMING.match(line)
    if not match:
        return None, None
    begins, ends = seconds(match[1]), seconds(match[2])
    return begins, ends if ends >= begins else None


def _is_cue_id(lines: Sequence[str], number: int) -> bool:
    if number + 1 >= len(lines) or "-->" not in lines[number + 1]:
        return False
    return lines[number].strip().isdecimal() or number == 0 or not lines[number - 1].strip()


def _starts_block(lines: Sequence[str], number: int) -> bool:
    return bool(_BLOCK.match(lines[number])) and (number == 0 or not lines[number - 1].strip())


def _whisper(lines: Sequence[str]) -> Iterator[Cue]:
    for line in lines[1:]:
        start, _, rest = line.partition("\t")
        end, _, words = rest.partition("\t")
        if start.strip().isdecimal() and end.strip().isdecimal() and words.strip():
            yield Cue(int(start) / 1000, int(end) / 1000, (words.strip(),))


def _segments(text: str) -> Iterator[Cue]:
    """The segments of Whisper's JSON, of which some tell their speaker; what is malformed is passed over."""
    try:
        rows = json.loads(text.removeprefix("\ufeff"))["segments"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return
    for row in rows if isinstance(rows, list) else ():
        words = " ".join(str(row.get("text") or "").split()) if isinstance(row, dict) else ""
        if words:
            speaker = str(row.get("speaker") if row.get("speaker") is not None else "").replace(">", " ").strip()
            voiced = f"<v {speaker}>{words}" if speaker else words
            yield Cue(_second(row.get("start")), _second(row.get("end")), (voiced,))


def _second(given: object) -> float | None:
    return float(given) if isinstance(given, int | float) and 0 <= given < 10_000_000 else None


def _lrc(lines: Sequence[str]) -> Iterator[Cue]:
    """The end of a line is the stamp that follows, which in exports of speech is often an empty line's."""
    stamped = sorted(_lrc_stamps(lines), key=lambda pair: pair[0])
    for number, (begins, words) in enumerate(stamped):
        if words:
            yield Cue(begins, stamped[number + 1][0] if number + 1 < len(stamped) else None, (words,))


def _lrc_stamps(lines: Sequence[str]) -> Iterator[tuple[float, str]]:
    for line in lines:
        if match := _LRC.match(line.strip()):
            for stamp in re.findall(STAMP, match[1]):
                yield seconds(stamp), match[2].strip()


def _unrolled(cues: Sequence[Cue]) -> Sequence[Cue]:
    """The cues without the lines that live captions show again while the next line comes in."""
    if not _is_rolling(cues):
        return cues
    kept = list(cues[:1])
    for before, cue in pairwise(cues):
        new = _plain(cue)[_repeated(_plain(before), _plain(cue)) :]
        grown = " ".join(_plain(before))
        joined = " ".join(new)
        if grown and joined.startswith(grown + " "):
            new = (joined[len(grown) + 1 :],)
        if new:
            kept.append(Cue(cue.begins, cue.ends, new))
    return kept


def _is_rolling(cues: Sequence[Cue]) -> bool:
    repeats = sum(_rolls(before, cue) for before, cue in pairwise(cues))
    return repeats >= 2 and repeats >= ROLLING_SHARE * (len(cues) - 1)


def _rolls(before: Cue, cue: Cue) -> bool:
    """Whether a cue shows the one before again, together with something new or for a blink only."""
    old, new = _plain(before), _plain(cue)
    repeated = _repeated(old, new)
    blink = cue.begins is not None and cue.ends is not None and cue.ends - cue.begins <= 0.05
    grown = " ".join(new).startswith(" ".join(old) + " ")
    return bool(repeated and (blink or repeated < len(new))) or (bool(old) and grown)


def _repeated(old: Sequence[str], new: Sequence[str]) -> int:
    """How many lines at the start of `new` are the lines at the end of `old`."""
    return next((n for n in range(min(len(old), len(new)), 0, -1) if tuple(old[-n:]) == tuple(new[:n])), 0)


def _plain(cue: Cue) -> tuple[str, ...]:
    return tuple(words for line in cue.lines if (words := clean(_untagged(line))))


def _untagged(line: str) -> str:
    return _ENTITY.sub(_decode, _TAG.sub("", line))


def _decode(match: re.Match[str]) -> str:
    name = match[1]
    code = int(name[1:]) if name.startswith("#") else 0
    return _ENTITIES.get(name, chr(code) if 0 < code < 0x110000 and not 0xD800 <= code < 0xE000 else match[0])


def _voiced(cues: Sequence[Cue]) -> Sequence[Cue]:
    """The cues, with a voice tag where the file writes the speaker's name as the first line of nearly every cue."""
    first = Counter(cue.lines[0] for cue in cues if len(cue.lines) > 1 and looks_like_name(cue.lines[0]))
    if len(cues) < 3 or first.total() < 0.6 * len(cues) or len(first) > max(2, len(cues) / 4):
        return cues
    return [
        Cue(cue.begins, cue.ends, (f"<v {cue.lines[0]}>", *cue.lines[1:])) if cue.lines[0] in first else cue
        for cue in cues
    ]


def _unmarked(cue: Cue) -> list[_Said]:
    """What a cue says, split where a voice tag names another speaker or a mark says that the speaker changes."""
    said: list[_Said] = []
    voice: str | None = None
    marked = sum(bool(_CHANGE.match(_untagged(line))) for line in cue.lines)
    for line in cue.lines:
        pieces = _VOICE.split(line)
        for number, piece in enumerate(pieces):
            if number % 2:
                voice = clean(_untagged(piece)) or None
                continue
            words, changes = _without_mark(clean(_untagged(piece)), cue_marks=marked)
            if words:
                said.append(_Said(words, voice, cue.begins, cue.ends, changes))
    return said


def _without_mark(words: str, *, cue_marks: int) -> tuple[str, bool]:
    """The words without '>>', or without the dash where a cue has several of them."""
    match = _CHANGE.match(words)
    if not match or (cue_marks < 2 and not match[0].strip().startswith(">>")):
        return words, False
    return words[match.end() :], True


def _speakers(cues: Sequence[Sequence[_Said]]) -> Iterator[_Said]:
    """Every piece with its speaker: by voice tag, by a 'Name:' in front, or carried on from the piece before."""
    labels = {
        label for label in find_labels([Line(said.words) for cue in cues for said in cue]) if label[0] == "inline"
    }
    current: str | None = None
    for said in (said for cue in cues for said in cue):
        opening = None if said.speaker else find_opening(Line(said.words), labels)
        if opening:
            current = opening.speaker
        elif said.changes or said.speaker:
            current = said.speaker
        words = clean(opening.words) if opening else said.words
        if words:
            yield _Said(words, current if labels else said.speaker, said.begins, said.ends, said.changes)


def _join(pieces: Iterable[_Said]) -> Iterator[Utterance]:
    current: list[_Said] = []
    for said in pieces:
        if current and _breaks(current, said):
            yield _utterance(current)
            current = []
        current.append(said)
    if current:
        yield _utterance(current)


def _breaks(current: Sequence[_Said], said: _Said) -> bool:
    last = current[-1]
    length = sum(len(piece.words) + 1 for piece in current)
    end = _end(last)
    pause = said.begins - end if said.begins is not None and end is not None else 0.0
    full = length >= FULL_TURN and bool(_ENDS_SENTENCE.search(last.words))
    return (
        said.changes
        or said.speaker != last.speaker
        or pause > LONGEST_PAUSE
        or full
        or length + len(said.words) > LONGEST_TURN
    )


def _end(said: _Said) -> float | None:
    """When a piece ends, by the pace of speech where the file says only when it begins."""
    if said.ends is not None or said.begins is None:
        return said.ends
    return said.begins + len(said.words) / CHARACTERS_PER_SECOND


def _utterance(pieces: Sequence[_Said]) -> Utterance:
    ends = [piece.ends for piece in pieces if piece.ends is not None]
    words = " ".join(piece.words for piece in pieces)
    return Utterance(words, pieces[0].speaker, pieces[0].begins, max(ends) if ends else None)
