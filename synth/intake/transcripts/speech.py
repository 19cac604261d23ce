"""Lines of text with speakers in them, read as turns: 'Name: words', 'Name  0:21', and a name alone above its words."""

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from synth.intake.transcripts.preamble import is_field_key
from synth.intake.transcripts.roles import label_role
from synth.intake.transcripts.timecodes import CODE, read_code
from synth.intake.transcripts.turns import Aside, Line, Utterance, clean
from synth.model import Kind

SHORT = 40  # lines of a conversation in which a name may stand once
Style = Literal["inline", "header", "alone"]
Label = tuple[Style, str]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _runs(codes: Iterable[int]) -> Iterator[list[int]]:
    """Numbers that count on, together."""
    for _, run in groupby(enumerate(codes), key=lambda pair: pair[1] - pair[0]):
        yield [code for _, code in run]


# Letters with marks that no \w matches: decomposed umlauts, the vowels of Thai and of Indian scripts.
_MARKS = "".join(
    f"{chr(run[0])}-{chr(run[-1])}"
    for run in _runs(code for code in range(0x300, 0xFE30) if unicodedata.category(chr(code)) in ("Mn", "Mc"))
)
_NAME = rf"[^\W\d_](?:[\w{_MARKS}.'’&/\-, ()]{{0,48}}?[\w{_MARKS}.)])?"
_BEFORE = rf"^\s*(?:[-*•>]{{1,3}}\s+)?(?:(?P<before>{CODE})\s*[-–—]?\s*)?[\[<]?(?P<name>{_NAME})[\]>]?\s*"
_INLINE = re.compile(
    rf"{_BEFORE}(?P<after>{CODE})?\s*[:：](?![\d/\\])\s*(?:(?P<first>{CODE})\s*)?(?P<words>.*)$", re.DOTALL
)
_HEADER = re.compile(rf"{_BEFORE}[,|–—-]?\s*(?P<after>{CODE})?\s*$")
_ALONE = re.compile(r".*(?:[^.!?,]|\b(?:[A-Z]|[JS]r|Dr)\.)")
_DIRECTION = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")  # marks of right-to-left text
_CODE_ALONE = re.compile(rf"\s*{CODE}\s*")
_CODE_AT_END = re.compile(r"\s*(#[\d:]+(?:-\d)?#)\s*$")
_STARS = re.compile(r"^\s*(?:\*\*|__)(?P<lead>[^*_]{1,60}?)(?:\*\*|__)(?P<rest>.*)$", re.DOTALL)
_NOT_SAID = re.compile(
    r"(?:transcribed|transcript) (?:by|with|from) (?:https?://)?\S+"
    r"|\W*(?:end of (?:the )?(?:recording|interview|transcript|call|audio)|ende (?:der|des) (?:aufnahme|interviews?)"
    r"|(?:the )?(?:recording|transcript|transcription|interview|meeting|call) (?:ends?|ended|stops?|stopped)"
    r"(?: here| after [\d:]+)?)\W*"
    r"|[^.!?]{2,80} (?:started|stopped) (?:the )?transcription",
    re.IGNORECASE,
)
_NO_SPEAKER = _words(
    "note notes ps p.s p.s. example examples e.g i.e http https ftp mailto edit update action actions todo "
    "warning important pros cons steps expected actual result results re fwd fw from to cc bcc sent "
    "attachments hi hello dear step issue problem solution fix conclusion background tip caution key also "
    "summary source and but so or"
)
_PARTICLES = _words("von van de der den del della di da dos du la le el al bin ibn of the und and y e")


@dataclass(frozen=True, slots=True)
class Opening:
    """The start of a turn: the label, the words beside it, and the time code."""

    style: Style
    speaker: str
    words: str
    begins: float | None = None
    ends: float | None = None

    @property
    def label(self) -> Label:
        return self.style, self.speaker.casefold()


def read_speech(lines: Sequence[Line], *, kind: Kind = "research") -> list[Utterance | Aside] | None:
    """The turns of a transcript and what stands between them, or None where nobody is seen to speak."""
    labels = find_labels(lines, kind=kind)
    return _rejoined(_turns(lines, labels)) if labels else None


def find_labels(lines: Sequence[Line], *, kind: Kind = "research") -> frozenset[Label]:
    """The labels that open turns here; empty where the lines are prose."""
    lines = [line for line in lines if line.text.strip() and not line.aside]
    votes = Counter(opening.label for line in lines for opening in _candidates(line))
    sure = {label for label, count in votes.items() if _is_sure(label, votes)}
    if kind == "research" and not sure:
        sure = _all_named_once(votes, len(lines))
    elif kind == "research" and 3 <= len(lines) <= SHORT:
        sure |= _nearly_all_named(lines)
    if not _is_conversation(sure, votes, kind):
        return frozenset()
    return frozenset(sure | _named_once(lines, votes, sure))


def find_opening(line: Line, labels: Collection[Label]) -> Opening | None:
    """How this line opens a turn, if one of the labels does."""
    return next((opening for opening in _candidates(line) if opening.label in labels), None)


def looks_like_name(name: str) -> bool:
    """Whether the words look like a name or a role: few, and written with capitals (or all of them known)."""
    words = re.sub(r"\([^)]*\)|[(),]", " ", name).split()
    if not words or len(words) > 6 or name.casefold().strip() in _NO_SPEAKER:
        return False
    if label_role(name) and len(words) <= 3:
        return True
    return all(not word[0].islower() or word.casefold() in _PARTICLES for word in words) and words[0][0].isupper()


def _candidates(line: Line) -> Iterator[Opening]:
    text = _DIRECTION.sub("", _with_colon(line))
    if (match := _INLINE.match(text)) and _can_speak(match["name"]) and not (line.heading and match["words"]):
        yield _opening("inline", match, match["words"], match["before"] or match["after"] or match["first"])
    elif (match := _HEADER.match(text)) and looks_like_name(match["name"]):
        code = match["before"] or match["after"]
        if code or (line.gap and _ALONE.fullmatch(match["name"])):
            yield _opening("header" if code else "alone", match, "", code)


def _with_colon(line: Line) -> str:
    """The line, with a colon after a label that stands out by its weight only."""
    match = _STARS.match(line.text)
    lead, rest = (match["lead"], match["rest"]) if match else (line.lead or "", line.text[len(line.lead or "") :])
    if not lead.strip():
        return line.text
    if rest.strip() and not (lead + rest[:2]).count(":"):
        return f"{lead.strip()}: {rest.strip()}" if looks_like_name(re.sub(CODE, "", lead).strip()) else line.text
    return lead + rest


def _opening(style: Style, match: re.Match[str], words: str, code: str | None) -> Opening:
    begins, ends = read_code(code)
    return Opening(style, clean(match["name"]), words, begins, ends)


def _can_speak(name: str) -> bool:
    words = name.split()
    if len(words) <= 5 and name[0].upper() == name[0].lower():
        return True  # a script without capitals, in which names look like other words
    if name.casefold().strip() in _NO_SPEAKER or is_field_key(name):
        return False
    return looks_like_name(name) or (len(words) <= 2 and len(name) <= 24)


def _is_sure(label: Label, votes: Counter[Label]) -> bool:
    style, name = label
    count = votes[label]
    if style == "header":
        return count >= 2 or sum(n for (other, _), n in votes.items() if other == "header") >= 3
    if style == "alone":
        return count >= 2
    return count >= 2 or (len(name) > 1 and label_role(name) is not None)


def _is_conversation(sure: Collection[Label], votes: Counter[Label], kind: Kind) -> bool:
    total = sum(votes[label] for label in sure)
    roles = [label for label in sure if label_role(label[1])]
    alone_only = bool(sure) and all(style == "alone" for style, _ in sure)
    if alone_only and (len(sure) < 2 or total < 4):
        return False
    if len(sure) >= 2:
        return total >= (2 if roles or kind == "research" else 4)
    return total >= 1 if roles and kind == "research" else bool(sure) and total >= 3 and kind == "research"


def _nearly_all_named(lines: Sequence[Line]) -> set[Label]:
    """In a short conversation in which nearly every line begins with a name, all of them, also those of one line."""
    named = [opening for line in lines for opening in _candidates(line) if opening.style == "inline"]
    named = [opening for opening in named if looks_like_name(opening.speaker)]
    return {opening.label for opening in named} if len(named) >= 0.8 * len(lines) else set()


def _all_named_once(votes: Counter[Label], lines: int) -> set[Label]:
    named = {label for label in votes if label[0] == "inline" and " " in label[1]}
    return named if len(named) >= 2 and len(named) >= 0.8 * lines else set()


def _named_once(lines: Sequence[Line], votes: Counter[Label], sure: Collection[Label]) -> set[Label]:
    """Labels of people who speak once in a conversation of others: full names, or names where a paragraph begins."""
    styles = {style for style, _ in sure if style != "alone"}
    if sum(votes[label] for label in sure) < 4:
        return set()
    return {
        opening.label
        for line in lines
        for opening in _candidates(line)
        if opening.style in styles and looks_like_name(opening.speaker) and (line.gap or " " in opening.speaker)
    }


def _turns(lines: Sequence[Line], labels: Collection[Label]) -> Iterator[Utterance | Aside]:
    current: _Open | None = None
    code: str | None = None
    for line in lines:
        opening = None if line.aside else find_opening(line, labels)
        if opening:
            yield from _close(current)
            current, code = _Open(opening, line.page, code), None
        elif line.aside:
            yield from _close(current)
            current = None
            yield Aside(line.text, wraps=not line.gap)
        elif _CODE_ALONE.fullmatch(line.text):
            code = None if current and current.take_code(line.text) else line.text
        elif current and not line.heading and not _NOT_SAID.fullmatch(line.text.strip()):
            current.add(line)
        else:
            yield from _close(current)
            current = None
            if words := clean(line.text):
                yield Aside(words, wraps=line.page is not None and not line.gap)
    yield from _close(current)


class _Open:
    """A turn that is still being read."""

    def __init__(self, opening: Opening, page: int | None, code: str | None) -> None:
        self.speaker, self.page = opening.speaker, page
        self.begins, self.ends = (opening.begins, opening.ends) if opening.begins is not None else read_code(code)
        self.words = ""
        self.gap = False
        self.add(Line(opening.words))

    def add(self, line: Line) -> None:
        """Another line of the same turn; a paragraph of its own where one begins in the file."""
        text, gap = line.text, line.gap or self.gap
        if match := _CODE_AT_END.search(text):
            text, self.ends = text[: match.start()], read_code(match[1])[0]
        words = clean(text)
        self.gap = gap and not words
        if words:
            self.words += ("\n" if gap else " ") * bool(self.words) + words

    def take_code(self, code: str) -> bool:
        """Whether the code belongs to this turn: it has no words and no time yet."""
        if self.words or self.begins is not None:
            return False
        self.begins, self.ends = read_code(code)
        return True


def _rejoined(parts: Iterable[Utterance | Aside]) -> list[Utterance | Aside]:
    """The parts, with asides that run over several lines of a page on one line."""
    joined: list[Utterance | Aside] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, Aside) and part.wraps and isinstance(last, Aside):
            joined[-1] = Aside(f"{last.words} {part.words}")
        else:
            joined.append(part)
    return joined


def _close(turn: _Open | None) -> Iterator[Utterance | Aside]:
    if turn is None:
        return
    if turn.words:
        yield Utterance(turn.words, turn.speaker, turn.begins, turn.ends, turn.page)
    else:
        yield Aside(f"{turn.speaker}:")
