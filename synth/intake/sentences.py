"""Where sentences begin and end: light rules for English and German prose, chat, lists and CJK; exact offsets.

A sentence never holds a paragraph border. Doubt is settled towards the longer sentence for full stops and towards the
border for question and exclamation marks.
"""

import re

_STOP = re.compile(
    r"(?<![.!?…])[.!?…؟۔।]+[^\w\s]{0,8}(?=\s|\Z)"
    r"|[。！？｡]+[」』）”’〉》】…]{0,8}"
    r"|\r\n|[\n\r\v\f\x85\u2028\u2029]"
)
_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029")
_LAST_WORD = re.compile(r"[^\s(\[{\"'„“‘«]{0,24}\Z")
_INITIALS = re.compile(r"(?:[^\W\d_]\.)+[^\W\d_]")
_MONTH = re.compile(
    "januar|jänner|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember", re.IGNORECASE
)
_NEVER_LAST = re.compile(
    r"mrs?|ms|dr|prof|st|hr|fr|mt|gen|capt|sgt|lt|rev|hon|vs|cf|resp|bzw|ca|evtl|ggf|inkl|exkl|vgl|zzgl|bspw|sog|mind"
    r"|allg|bes|betr|gem|insb|versch|[zudios]|e\.g|i\.e|z\.b|d\.h|u\.a|s\.o|s\.u|i\.d\.r|o\.ä|u\.u|v\.a|m\.e|i\.a",
    re.IGNORECASE,
)
_RARELY_LAST = re.compile(
    "etc|inc|ltd|co|corp|jr|sr|usw|al|est|approx|dept|ext|std|mio|mrd|str|tel|max|min|ph\\.d", re.IGNORECASE
)
_BEFORE_DIGITS = re.compile("no|nr|fig|pp?|vol|art|abs|kap|ch|sec|abb|bd|ziff|ver|v", re.IGNORECASE)


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of `text` as (start, end), trimmed, in order; every character that is not blank lies in one."""
    found, start = [], 0
    for match in _STOP.finditer(text):
        if _is_border(text, match):
            found.append(trimmed(text, start, match.end()))
            start = match.end()
    found.append(trimmed(text, start, len(text)))
    return [(start, end) for start, end in found if start < end]


def trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The same span without the blanks at its ends; an empty one where there is nothing else."""
    while start < end and text[start].isspace():
        start += 1
    while start < end and text[end - 1].isspace():
        end -= 1
    return start, end


def _is_border(text: str, match: re.Match[str]) -> bool:
    mark = match.group()
    if mark[0] in _LINE_ENDS:
        return not _is_wrapped(text, match)
    if mark[0] not in ".…" or "?" in mark or "!" in mark:
        return True
    following = text[match.end() : match.end() + 24].split()
    if mark.startswith(("..", "…")):
        return not following or not following[0][0].islower()
    return not _is_abbreviated(text, match.start(), following[0] if following else "")


def _is_wrapped(text: str, match: re.Match[str]) -> bool:
    """Whether a line only goes on in the next one: no stop before the break, a small letter after it."""
    ahead, behind = text[match.end() : match.end() + 8].lstrip(" \t"), text[max(0, match.start() - 8) : match.start()]
    last = behind.rstrip(" \t")[-1:]
    return ahead[:1].islower() and last not in _LINE_ENDS and last not in {"", ".", "!", "?", ":", "…", "。"}


def _is_abbreviated(text: str, stop: int, following: str) -> bool:
    """Whether the full stop at `stop` belongs to the word before it."""
    found = _LAST_WORD.search(text, max(0, stop - 24), stop)
    word = found.group() if found else ""
    if word.isdigit():
        return _is_ordinal(text, stop - len(word), word, following)
    if _NEVER_LAST.fullmatch(word) or (len(word) == 1 and word.isupper() and word != "I"):
        return True
    if _BEFORE_DIGITS.fullmatch(word):
        return following[:1].isdigit()
    shortened = _RARELY_LAST.fullmatch(word) or _INITIALS.fullmatch(word)
    return shortened is not None and not following[:1].isupper()


def _is_ordinal(text: str, start: int, digits: str, following: str) -> bool:
    """A number that counts: "am 3. Oktober", "the 2. row", "1. First" at the head of a line."""
    head = text[max(0, start - 8) : start].rstrip(" \t")
    heads_a_line = (not head and start <= 8) or head[-1:] in _LINE_ENDS
    a_day = len(digits) <= 2 and (following[:1].islower() or _MONTH.match(following) is not None)
    return a_day or (len(digits) <= 3 and heads_a_line and bool(following))
