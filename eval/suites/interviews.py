"""Interviews as tools export them: are the words, the speakers and the places those of the files."""

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from eval.folders import draw, hash_files
from eval.results import Case, Figure, SuiteResult, share
from eval.running import Suite, Task
from synth.errors import BadInput, UnreadableFile
from synth.intake.formats import read_file
from synth.model import ParsedDocument, Turn

_LABEL = re.compile(r"^([^:\n]{1,60}): (.*)$")
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_SHOWN = 200
_SHOWN_FROM = re.compile(r"^([\d:.,]+) --> [^\n]*\n((?:.+\n?)*)", re.MULTILINE)
_STAMPED = re.compile(r"^\[([\d:.]+)\](.*)$", re.MULTILINE)
FIRST = 3  # words by which a turn is known in its cue
LEAST_RUN = 5  # numbers that count on, from which they are those of lines
REPEATED = range(40, 7, -1)  # words of a row that a page break shows twice


def run(task: Task) -> SuiteResult:
    """Read every file of `transcripts/` or `files/`, and hold it against `text/` and against its other formats."""
    paths = draw(_files(task.folder), task.limit, task.seed)
    read = {path: _read(path) for path in paths}
    errors, speakers, cases = _against_text(task.folder, read)
    own = _against_labels(read)
    alike = _across_formats(read)
    figures = {
        "files": Figure(float(len(paths)), "fact"),
        "readable": share({path.name: document is not None for path, document in read.items()}, nature="fact"),
        "offsets_exact": share({path.name: _is_sound(document) for path, document in read.items() if document}),
        "times_exact": share(_against_cues(read)),
        "word_error": Figure(max(errors.values(), default=None), "exact", "lower", n=len(errors)),
        "speakers_right": share(speakers | own),
        "same_words_in_every_format": share(alike),
    }
    return SuiteResult(
        suite="interviews",
        data=task.folder.name,
        sha256=hash_files(paths),
        rows=len(paths),
        figures=figures,
        parameters={"seed": task.seed, "limit": task.limit, "word_error": errors},
        cases=cases,
        notes=(
            "word_error: the worst file's share of words wrong, missing or too many against its text. Left out are the",
            "numbers of lines that a reference took from the margin, and rows it has twice because a page cut them.",
            "times_exact: of the turns of captions, those that begin with the cue that holds their first words.",
            "speakers_right: of the turns that name a speaker in the reference, those read with that speaker or role.",
        ),
    )


def word_error(said: Sequence[str], meant: Sequence[str]) -> float:
    """The share of words to change, take out or put in, of those that were meant (Levenshtein over words)."""
    from rapidfuzz.distance import Levenshtein

    return float(Levenshtein.distance(said, meant)) / max(len(meant), 1)


def _files(folder: Path) -> list[Path]:
    found = [path for name in ("transcripts", "files") for path in sorted((folder / name).glob("*")) if path.is_file()]
    if not found:
        raise BadInput(f"{folder.name} has neither transcripts/ nor files/; the suite `interviews` reads them.")
    return found


def _read(path: Path) -> ParsedDocument | None:
    try:
        return next((row for row in read_file(path, kind="research") if isinstance(row, ParsedDocument)), None)
    except UnreadableFile:
        return None


def _against_text(
    folder: Path, read: Mapping[Path, ParsedDocument | None]
) -> tuple[dict[str, float], dict[str, bool], list[Case]]:
    """Word errors by file, whether each turn of the reference has its speaker, and the turns that have not."""
    errors: dict[str, float] = {}
    right: dict[str, bool] = {}
    cases: list[Case] = []
    for path, document in read.items():
        reference = folder / "text" / f"{path.stem}.txt"
        if document is None or not reference.is_file():
            continue
        lines = [line for line in reference.read_text("utf-8").split("\n") if line.strip()]
        turns = [_split(line) for line in lines]
        said = " ".join(document.text[turn.start : turn.end] for turn in document.turns)
        meant = without_repeats(without_margin(_words(" ".join(words for _, words in turns))))
        errors[path.name] = word_error(_words(said), meant)
        spoken = _turns_by_words(document)
        for number, (label, words) in enumerate(turns):
            if label:
                found = spoken.get(_key(words)) or [None]
                turn = found.pop(0) if len(found) > 1 else found[0]  # the same words said again are another turn
                right[f"{path.name}:{number}"] = turn is not None and _same(label, turn)
                if not right[f"{path.name}:{number}"]:
                    cases.append(Case(f"{path.name}:{number}", 0.0, f"{label}: {words[:_SHOWN]}"))
    return errors, right, cases


def _against_cues(read: Mapping[Path, ParsedDocument | None]) -> dict[str, bool]:
    """Of the turns of a caption file, those that begin when the cue with their first words does."""
    exact: dict[str, bool] = {}
    for path, document in read.items():
        cues = _cues(path) if document else {}
        for number, turn in enumerate(document.turns if document and cues else ()):
            words = _words(document.text[turn.start : turn.end])[:FIRST] if document else []
            held = [cues[at] for at in cues if turn.begins is not None and abs(at - turn.begins) < 0.001]
            exact[f"{path.name}:{number}"] = any(" ".join(words).startswith(" ".join(cue[:FIRST])) for cue in held)
    return exact


def _cues(path: Path) -> dict[float, list[str]]:
    """The words of each cue by the second at which it begins, read with nothing of the product's."""
    text = path.read_text("utf-8-sig", "replace")
    if path.suffix in (".vtt", ".srt"):
        found = [(match[1], match[2]) for match in _SHOWN_FROM.finditer(text)]
    elif path.suffix == ".lrc":
        found = [(match[1], match[2]) for match in _STAMPED.finditer(text)]
    elif path.suffix == ".tsv":
        rows = [line.split("\t") for line in text.splitlines()[1:]]
        return {int(row[0]) / 1000: _words(row[2]) for row in rows if len(row) > 2}
    else:
        return {}
    return {_seconds(stamp): _words(words) for stamp, words in found if words.strip()}


def _seconds(stamp: str) -> float:
    parts = stamp.replace(",", ".").split(":")
    return sum((float(part) * 60.0**place for place, part in enumerate(reversed(parts))), 0.0)


def _against_labels(read: Mapping[Path, ParsedDocument | None]) -> dict[str, bool]:
    """Plain texts with a label on each line are their own reference."""
    right: dict[str, bool] = {}
    for path, document in read.items():
        if document is None or path.suffix != ".txt":
            continue
        lines = [_split(line) for line in path.read_text("utf-8-sig", "replace").split("\n") if line.strip()]
        if sum(label is not None for label, _ in lines) < 0.9 * len(lines):
            continue
        spoken = {(turn.speaker, _key(document.text[turn.start : turn.end])) for turn in document.turns}
        right |= {
            f"{path.name}:{number}": (label, _key(words)) in spoken for number, (label, words) in enumerate(lines)
        }
    return right


def _across_formats(read: Mapping[Path, ParsedDocument | None]) -> dict[str, bool]:
    """For each interview that comes in several formats, whether all of them give the same words."""
    by_stem: dict[str, list[list[str]]] = {}
    for path, document in read.items():
        if document is not None:
            by_stem.setdefault(path.stem, []).append(_words(document.text))
    return {
        stem: all(one == other for one, other in pairwise(texts)) for stem, texts in by_stem.items() if len(texts) > 1
    }


def _is_sound(document: ParsedDocument) -> bool:
    """Whether turns lie in the text in order, none over another."""
    turns = document.turns
    inside = all(0 <= turn.start < turn.end <= len(document.text) for turn in turns)
    return inside and all(one.end <= other.start for one, other in pairwise(turns))


def without_margin(words: Sequence[str]) -> list[str]:
    """The words without runs of numbers that count on: those of lines, which stand in margins and nobody says."""
    kept: list[str] = []
    run: list[str] = []
    for word in (*words, ""):
        if word.isdecimal() and (not run or int(word) == int(run[-1]) + 1):
            run.append(word)
            continue
        kept += run if len(run) < LEAST_RUN else []
        run = [word] if word.isdecimal() else []
        kept += [] if word.isdecimal() or not word else [word]
    return kept


def without_repeats(words: Sequence[str]) -> list[str]:
    """The words without a row that follows itself: a page break that cuts through a row shows it on both pages."""
    kept: list[str] = []
    at = 0
    while at < len(words):
        length = next((n for n in REPEATED if kept[-n:] == list(words[at : at + n]) and len(kept) >= n), 0)
        if length:
            at += length
        else:
            kept.append(words[at])
            at += 1
    return kept


def _turns_by_words(document: ParsedDocument) -> dict[str, list[Turn | None]]:
    found: dict[str, list[Turn | None]] = {}
    for turn in document.turns:
        found.setdefault(_key(document.text[turn.start : turn.end]), []).append(turn)
    return found


def _same(label: str, turn: Turn) -> bool:
    """A reference names the speaker, or where it was made anonymous the role."""
    return label.casefold() in ((turn.speaker or "").casefold(), (turn.role or "").casefold())


def _split(line: str) -> tuple[str | None, str]:
    match = _LABEL.match(line)
    return (match[1], match[2]) if match else (None, line)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


def _key(words: str) -> str:
    return " ".join(without_repeats(without_margin(_words(words))))


SUITE = Suite(
    "interviews",
    "transcripts/ or files/ with interviews as tools export them; text/NAME.txt: the words, one line a turn (Label: …)",
    "readable, offsets_exact, times_exact, word_error, speakers_right, same_words_in_every_format",
    run,
)
