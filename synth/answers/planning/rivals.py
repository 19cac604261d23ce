"""Two or more subjects that a question holds against each other: 'more about video or about notifications?'."""

from collections.abc import Sequence
from typing import Final

from synth.answers.lists import MOST
from synth.answers.planning.fillers import HOLE, ON
from synth.answers.planning.phrasing import COMPLAINTS, PEOPLE, TEXTS, compile_words

_LONGEST: Final = 6  # words of one

_MORE: Final = (
    r"(?:more|fewer|less|rather|louder|worse|bigger|larger|greater|higher|most|biggest|worst|mehr|weniger|eher|häufiger"
    r"|öfter|größere\w*|schlimmer\w*|meisten|größte\w*)"
)
_NOUN: Final = (
    rf"(?:{PEOPLE}|{TEXTS}|{COMPLAINTS}|problems?|issues?|topics?|themes?|subjects?|pains?|concerns?|questions?|problem|thema"
    r"|sorge|ärger)"
)
_VERB: Final = (
    r"(?:mentioned|discussed|talked\s+about|complained\s+about|reported|criticised|criticized|important|common|frequent"
    r"|annoying|often|erwähnt|genannt|kritisiert|wichtig\w*)"
)
_ABOUT: Final = rf"(?:{ON}|about|with|of|over|on|für|mit|von|zu|über)"
_WITHOUT: Final = r"(?!than\b|als\b|or\b|oder\b)"
_OR: Final = r"(?:\s*,)?\s+(?:or|oder|than|als|versus|vs\.?|gegenüber)\s+(?:rather\s+|more\s+|mehr\s+|eher\s+)?"
_THINGS: Final = rf"(?P<things>.+?{_OR}.+)"

_FORMS: Final = tuple(
    compile_words(pattern)
    for pattern in (
        # Do people complain more about video or about notifications? Are there more reviews about A than about B?
        rf"^.*?\b{_MORE}\b(?:\s+{_WITHOUT}(?:[\w-]+)){{0,3}}?\s+{_ABOUT}\s+{_THINGS}$",
        # What is mentioned more often, crashes or login? Which is the bigger problem: crashes or login?
        rf"^(?:which|what|who|was|welche\w*)\b[^,:]*\b{_MORE}\b[^,:]*[,:]\s*{_THINGS}$",
        # crashes or slow loading: which is mentioned more?
        rf"^{_THINGS}\s*[,:–-]\s*(?:which|what|was|welche\w*)\b.*\b{_MORE}\b.*$",
        # Is the price or the support the bigger problem? Are refunds or cancellations mentioned more?
        (
            rf"^(?:is|are|was|were|ist|sind|war|waren|wird|werden)\s+{_THINGS}\s+(?:the\s+|a\s+|das\s+|der\s+|die\s+)?"
            rf"(?:(?:{_MORE}|{_VERB})\s+)*(?:{_MORE}|{_VERB})(?:\s+{_NOUN})?$"
        ),
        # Are crashes a bigger problem than login? Do people talk about login more often than about crashes?
        (
            rf"^(?:(?:is|are|was|were|ist|sind)|(?:do|does|did)\s+.*?\b{_ABOUT})\s+(?!there\b)(?P<first>.+?)"
            rf"\s+(?:{_VERB}\s+)?(?:a\s+)?{_MORE}(?:\s+(?:{_VERB}|{_NOUN})){{0,2}}\s+(?:than|als)\s+(?P<second>.+)$"
        ),
        # crashes vs. login
        r"^(?P<things>[^,:]+?\s+(?:versus|vs\.?)\s+[^,:]+)$",
    )
)
_COMPARED: Final = compile_words(
    rf"^(?:please\s+)?(?:compare|vergleich\w*)\s+(?:(?:the\s+|die\s+)?{_NOUN}\s+)?(?:{_ABOUT}\s+)?"
    r"(?P<things>.+?\s+(?:and|with|to|versus|vs\.?|against|und|mit)\s+.+)$"
)
_AND: Final = compile_words(rf"(?:{_OR})|\s*,\s*|\s+(?:and|with|to|against|und|mit)\s+")
_COMMA: Final = compile_words(rf"(?:{_OR})|\s*,\s*")
_LEAD: Final = compile_words(
    rf"^(?:(?:either|both|more|the|a|an|our|your|their|der|die|das|den|dem|{_ABOUT})\s+|{_NOUN}\s+(?:{_ABOUT})\s+)+"
)
_TAIL: Final = compile_words(
    rf"(?:\s+(?:{_MORE}|{_VERB}|the|a|for|in|by|from|among|lately|recently|right\s+now|at\s+the\s+moment))+$"
)
_NO_SUBJECT: Final = compile_words(
    rf"(?:{_MORE}|before|usual|usually|ever|expected|earlier|previously|now|less|not|no|nothing|anything|other|others|else|is\s+it|it|that|this"
    r"|vorher|früher|sonst|nicht|up|down|better)\b.*|"
)
_EDGE: Final = f" \t?!.,:;'()[]-–—/{HOLE}"


def find_subjects(text: str) -> tuple[str, ...]:
    """The subjects that the text holds against each other, two to five; none where it does no such thing.

    Filters stand in the text as HOLE, times have been removed.
    """
    plain = " ".join(text.replace(HOLE, " ").split()).strip(_EDGE)
    for form in _FORMS:
        if match := form.match(plain):
            found = match.groupdict()
            named = _COMMA.split(found["things"]) if "things" in found else [found["first"], found["second"]]
            if subjects := _bare_all(named):
                return subjects
    if match := _COMPARED.match(plain):
        return _bare_all(_AND.split(match["things"]))
    return ()


def _bare_all(things: Sequence[str]) -> tuple[str, ...]:
    parts = [_bare(part) for part in things]
    named = tuple(dict.fromkeys(parts))
    told = all(part and len(part.split()) <= _LONGEST and not _NO_SUBJECT.fullmatch(part) for part in named)
    return named if told and len(named) == len(parts) and 2 <= len(named) <= MOST else ()


def _bare(part: str) -> str:
    return _TAIL.sub("", _LEAD.sub("", part.strip(_EDGE))).strip(_EDGE)
