"""Telephone numbers in folded text (see `redaction`): the numbering plans decide, words nearby help.

`phonenumbers` knows every plan; what it cannot know is that 03.05.2024 is a date and 4155552671 after "order" an order.
"""

import re
from collections.abc import Iterator, Sequence

from synth.intake.redacting.identifiers import Hit, before, is_reference

_RUN = re.compile(r"(?<![\w$€£¥#])(?<![0-9][.,])(?:\+ ?|\+?\(|\(\+)?[0-9](?:[ .()/-]{0,3}[0-9])*(?![0-9])", re.ASCII)
_EXTENSION = re.compile(r" {0,2}(?:x|ext\.?|extension|durchwahl)[ .:]{0,2}[0-9]{1,6}(?!\w)", re.IGNORECASE)
_GROUPS = re.compile(r"[0-9]+")
_BLOCK = re.compile(r"(?:\+ ?|\+?\(|\(\+)?[0-9](?:[.()/-]{0,3}[0-9])*")
_APART = re.compile(r" +[/-]+ *|[/-]+ +| {2,}|/|(?<=[0-9]{4})\(")
_NOT_A_PHONE = re.compile(
    r"[0-9]{1,4}([./-])[0-9]{1,2}\1[0-9]{2,4}(?: .*)?"  # a date, with or without a time
    r"|[0-9]{1,3}(?:[. ][0-9]{3})+(?:/.*)?"  # 1.234.567
    r"|(?!0[0-9])[0-9]+\.[0-9]+"  # a decimal
    r"|(?:[0-9]{1,2}[. /-]+)+[0-9]{1,2}"  # a list of small numbers
    r"|(?:[0-9]{4}[ /-]+)+[0-9]{4}"  # years
    r"|[0-9]+/[0-9]+/.*"  # a choice of sizes
)
_SMALL_PAIRS = re.compile(r"0?[0-9]{1,2}([ .-])[0-9]{2}(?:\1[0-9]{2}){2,4}")
_WORDS = (
    r"(?:\W{0,3}\b(?:me|us|him|her|them|at|on|is|was|number|no|nr|my|the|our|your|or|by|via|registered"
    r"|ist|unter|mich|uns|lautet|nummer)\b){0,4}"
)
_CUE = re.compile(
    rf"(?:\b(?:tele)?phones?\b|\btel\b|\bmobile?s?\b|\bcell(?:phone)?\b|\bfax\b|\bwhats ?app\b|\blandline\b|\bhotline\b"
    rf"|\bhandy\b|\b(?:tele)?fon\b|\b(?:handy|telefon|mobil|ruf|fax)(?:nummer|nr)\b|\bt[ée]l[ée]phone\b|\btel[ée]fono\b|\bm[óo]vil\b"
    rf"|\bnumber is\b|\bregistered\b)s?{_WORDS}\W{{0,4}}\Z"
    rf"|(?:\bcall(?:ed|ing)?|\bring|\bdial(?:ed)?|\btext|\bsms|\banruf\w{{0,3}}|\bruf\w{{0,2}}|\b(?:reach|erreich\w{{0,4}})(?=\W{{1,3}}\w))"
    rf"{_WORDS}\W{{1,4}}\Z"
    rf"|\b(?:desk|office|home|work|direct|b[üu]ro|privat)\b ?: ?\Z",
    re.IGNORECASE,
)
_CUE_BEHIND = re.compile(
    r" ?[-(,]{1,2} ?(?:tele)?(?:phone|fax|mobile?|cell|office|home|desk|direct|handy|fon)\b", re.IGNORECASE
)
_UNIT_BEHIND = re.compile(
    r":[0-9]| ?(?:[€£$%]|(?:eur|usd|euros?|dollars?|km|kwh|mb|gb|kb|ms|bytes|users|rows|items)\b)", re.IGNORECASE
)


def find_phones(text: str, regions: Sequence[str]) -> Iterator[Hit]:
    """Numbers a plan knows (any with + or 00, national ones of `regions`), and those that words nearby call a phone."""
    for run in _RUN.finditer(text):
        if _count(run.group()) >= 6:
            yield from _in_run(text, run.start(), run.end(), regions)


def _in_run(text: str, start: int, end: int, regions: Sequence[str]) -> Iterator[Hit]:
    """The numbers of one unbroken run of digits and separators: the whole, or else its parts."""
    gaps = [gap.span() for gap in _APART.finditer(text, start, end)]
    whole = _judge(text, start, end, regions) if gaps else None
    if whole:
        yield whole
        return
    for begin, stop in zip([start, *(gap[1] for gap in gaps)], [*(gap[0] for gap in gaps), end], strict=True):
        yield from _in_part(text, begin, stop, regions)


def _in_part(text: str, start: int, end: int, regions: Sequence[str]) -> Iterator[Hit]:
    """Several numbers with only blanks between them are told apart at the blanks."""
    if not 6 <= _count(text[start:end]) <= 60:
        return
    blocks = [match.span() for match in _BLOCK.finditer(text, start, end)]
    first = 0
    while first < len(blocks):
        lasts = reversed(range(first, len(blocks)))
        hits = (_judge(text, blocks[first][0], blocks[last][1], regions) for last in lasts)
        hit = next(filter(None, hits), None)
        if hit:
            yield hit
        first = sum(block[1] <= hit.end for block in blocks) if hit else first + 1


def _judge(text: str, start: int, end: int, regions: Sequence[str]) -> Hit | None:
    extension = _EXTENSION.match(text, end)
    stop = extension.end() if extension else end
    if not 6 <= _count(text[start:end]) <= 17 or text[stop : stop + 1].isalnum() or _UNIT_BEHIND.match(text, stop):
        return None
    # Words announce a number, digits never do: this spares the costly patterns for a number amid others.
    announced = not before(text, start).rstrip(" .()/+-")[-1:].isdigit()
    cued = (announced and _CUE.search(before(text, start))) or _CUE_BEHIND.match(text, stop)
    if announced and not cued and is_reference(text, start):
        return None
    secret = _number(text[start:end], regions)
    if secret is None and cued and _may_be_told(text[start:end]):
        secret = "".join(_GROUPS.findall(text[start:end]))
    return Hit("PHONE", start, stop, secret) if secret else None


def _number(candidate: str, regions: Sequence[str]) -> str | None:
    """The number in its international form, if a numbering plan has it and it is written as one writes a phone."""
    groups = _GROUPS.findall(candidate)
    if candidate.startswith(("+", "(+")):
        return _parse(candidate, None, lenient=len(groups) > 1)
    if _NOT_A_PHONE.fullmatch(candidate) and not _SMALL_PAIRS.fullmatch(candidate):
        return None
    if groups[0].startswith("00") or candidate.startswith("011"):
        return _parse("+" + "".join(groups).removeprefix("011").lstrip("0"), None, lenient=False)
    found = (_at_home(candidate, groups, region) for region in regions)
    return next(filter(None, found), None)


def _at_home(candidate: str, groups: list[str], region: str) -> str | None:
    """A national number: with its trunk prefix where the country has one, else in the country's own grouping."""
    import phonenumbers

    amount = sum(map(len, groups))
    trunk = phonenumbers.ndd_prefix_for_region(region, True)
    if trunk == "0":
        rest = [len(group) for group in groups[1:]]
        if not groups[0].startswith("0") or not 9 <= amount <= 12 or len(rest) > 5 or min(rest, default=9) < 2:
            return None
        spoken = len(rest) == 3 or (len(rest) == 2 and rest[-1] >= 3)
        return _parse(candidate, region, lenient=spoken and amount >= 10)
    if trunk == "1":
        written = [len(group) for group in groups[groups[0] == "1" :]]
        if written == [11] and candidate.startswith("1"):
            return _parse(candidate, region, lenient=False)
        in_threes = written == [3, 3, 4]
        return _parse(candidate, region, lenient=in_threes) if in_threes or written in ([3, 7], [10]) else None
    return _parse(candidate, region, lenient=False) if amount >= 9 and len(groups) <= 5 else None


def _may_be_told(candidate: str) -> bool:
    """Whether something called a phone can be one, though no plan has it: no date, no decimal, no thousands."""
    groups = _GROUPS.findall(candidate)
    if _NOT_A_PHONE.fullmatch(candidate) and not (
        _SMALL_PAIRS.fullmatch(candidate) or re.fullmatch(r"[0-9]{4} [0-9]{4}", candidate)
    ):
        return re.fullmatch(r"[0-9]{2,3}(?: [0-9]{3}){2}", candidate) is not None
    return _count(candidate) >= 7 and max(map(len, groups)) >= 2


def _parse(candidate: str, region: str | None, *, lenient: bool) -> str | None:
    import phonenumbers

    try:
        number = phonenumbers.parse(candidate, region)
    except phonenumbers.NumberParseException:
        return None
    possible = lenient and phonenumbers.is_possible_number(number)
    if not (possible or phonenumbers.is_valid_number(number)):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _count(text: str) -> int:
    return sum(map(str.isdigit, text))
