"""What is left of a question to be searched by meaning, once its filters, times and question words are taken out."""

import re
from typing import Final

from synth.answers.phrasing import ACCOUNTS, AND, COMPLAINTS, DETERMINERS, MODIFIERS, PEOPLE, TEXTS, compile_words
from synth.model import Asked

HOLE: Final = "\x00"  # stands where a filter was taken out
_MARK: Final = "\x01"  # stands where "…say about" was taken out: what follows is the subject

_SAYING: Final = (
    r"(?:say(?:s|ing)?|said|think(?:s|ing)?|thought|feel(?:s|ing)?|felt|writ(?:e|es|ing|ten)|wrote|report(?:s|ed|ing)?|talk(?:s|ed|ing)?|speak(?:s|ing)?"
    r"|mention(?:s|ed|ing)?|comment(?:s|ed|ing)?|post(?:s|ed|ing)?|tweet(?:s|ed|ing)?|discuss(?:es|ed|ing)?|tell(?:s|ing)?(?:\s+us)?|told(?:\s+us)?"
    r"|bring\s+up|brought\s+up|refer(?:s|red)?(?:\s+to)?|contain(?:s|ed|ing)?|deal(?:s|ing)?|sagen|sagt|gesagt|schreib(?:en|t)|geschrieben|denken|meinen|bericht(?:en|et)"
    r"|erwähn(?:en|t)|red(?:en|et)|sprechen|gesprochen|erzähl(?:en|t)|äußern|geäußert|halten|handeln|drehen)"
)
_ASKING: Final = r"(?:complain(?:s|ed|ing)?|upset|unhappy|angry|annoyed|frustrated|asked|ask(?:s|ing)?|beschwer(?:en|t|ten)|klag(?:en|t|ten))"
_HAVING: Final = r"(?:have|has|had|having|get|gets|got|getting|receive[sd]?|encounter|experience|face|run\s+into|see|like\s+best|haben|hatten|bekommen|erhalten)"
_ON: Final = r"(?:about|regarding|concerning|with\s+regards?\s+to|when\s+it\s+comes\s+to|in\s+terms\s+of|bezüglich|hinsichtlich|zum\s+thema|über)"
_HOW: Final = r"(?:the\s+)?(?:most|more|mostly|often|mainly|usually|generally|sich|am\s+meisten|am\s+häufigsten|mehr|oft|häufig|meist|denn|so)"
_AUX: Final = r"(?:do|does|did|have|has|had|are|were|is|was|will|can(?!'t|not))"
_SUBJECT: Final = (
    rf"(?:(?:{DETERMINERS}|{MODIFIERS})\s+)*(?:{PEOPLE}|{ACCOUNTS}|{TEXTS}|we|you|i|they|{HOLE}(?:[\s-]*(?:{PEOPLE}|{ACCOUNTS}|{TEXTS}))?)"
    rf"(?:\s+(?:(?:who|that)\s+are\s+)?(?:in|on|of|from|at|with|using|der|des|von|aus|bei|im|mit)\s+(?:{DETERMINERS}\s+)*{HOLE}(?:\s*{AND}\s*{HOLE})*)*"
)
_VERB: Final = rf"(?:(?:been\s+|sich\s+)?(?:{_SAYING}|{_ASKING}|{_HAVING}))"
_TO: Final = r"(?:for|on|of|to|that|with|von|zu|zur|zum|bei|mit|dass)"

_FILLERS: Final = tuple(
    (compile_words(pattern), replacement)
    for pattern, replacement in (
        (r"^(?:(?:hi|hello|hey|hallo|guten\s+tag|please|bitte|and|so|ok|okay)\b[\s,!.]*)+", ""),
        (r"\b(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:tell|show|give|find|list)(?:\s+me|\s+us)?\b", " "),
        (
            r"\bi(?:'d|\s+would)?\s+(?:like|want)\s+to\s+(?:know|see)\b|\bi\s+wonder\b|\bdo\s+you\s+know\b|\b(?:tell|show|give)\s+(?:me|us)\b",
            " ",
        ),
        (
            r"\bkönn(?:en|t|test|ten)\s+(?:du|sie|ihr)(?:\s+mir|\s+uns)?(?:\s+sagen)?\b|\b(?:zeige?|nenne?|gib|liste)\s+(?:mir|uns)\b",
            " ",
        ),
        (
            r"\b(?:came|come|coming)\s+in\b|\bin\s+total\b|\binsgesamt\b|\bso\s+far\b|\bat\s+all\b|\bin\s+the\s+(?:data|feedback)\b",
            " ",
        ),
        (
            r"\b(?:how\s+many|how\s+much|(?:total\s+)?number\s+of|how\s+(?:often|frequently)|count(?:\s+of)?|(?:what\s+)?(?:share|percentage|percent|proportion|fraction|%)\s+of"
            r"|wie\s*viel\s*prozent(?:\s+der)?|wie\s*viele?|anzahl(?:\s+der)?|zahl\s+der|wie\s+(?:oft|häufig)|anteil(?:\s+(?:der|an|von))?)"
            rf"(?:\s+(?:{DETERMINERS}|{MODIFIERS}|percent|prozent))*(?=\W|$)(?:\s+(?:{PEOPLE}|{ACCOUNTS}|{TEXTS}|times|mal)\b)?(?:\s+(?:is|are|was|were)\s+there\b)?",
            " ",
        ),
        (
            r"\b(?:annual\s+|total\s+|what\s+)?\b(?:revenue|arr|mrr)\s+(?:(?:is|are|was)\s+)?(?:at\s+(?:stake|risk)|affected|behind)(?:\s+(?:by|because\s+of|due\s+to|from|over))?",
            " ",
        ),
        (
            r"\b(?:go|goes|gone|going|went)\s+(?:up|down)(?:\s+or\s+(?:up|down))?\b|\b(?:up|down)\s+or\s+(?:up|down)\b|\bmore\s+or\s+(?:less|fewer)\b",
            " ",
        ),
        (
            r"\b(?:trend|development|entwicklung|verlauf)s?(?:\s+(?:of|for|in|with|der|des|von|bei))?\b|\bover\s+time\b|\bim\s+(?:zeit)?verlauf\b",
            " ",
        ),
        (
            r"\b(?:per|by|pro)\s+(?:day|week|month|quarter|year|tag|woche|monat|quartal|jahr)\b|\b(?:week|month|day|year)[\s-](?:over|by)[\s-](?:week|month|day|year)\b",
            " ",
        ),
        (
            r"\bsince\s+when\b|^when\b|\bhow\s+long\b|\bseit\s+wann\b|\bfor\s+the\s+first\s+time\b|\bzum\s+ersten\s+mal\b|\bfirst\s+(?:start|appear|mention|report)(?:ed)?\b",
            " ",
        ),
        (
            r"\b(?:(?:some|any|a\s+few|\d+)\s+)?(?:good\s+|typical\s+)?(?:examples?|quot(?:es?|ations?)|verbatims?|beispiele?|zitate?|exact\s+words)(?:\s+(?:of|for|from|where|für|von|zu))?\b",
            " ",
        ),
        (r"\btop\s+(?:\d+|three|five|ten)\b|\b(?:a\s+)?summary\s+of\b|\bsummari[sz]e\b", " "),
        (
            r"\b(?:compar(?:e|ed|ing|ison)|vergleich\w*)(?:\s+(?:to|with|of|between|zu|zwischen|mit))?\b|\b(?:the\s+)?(?:differences?|unterschiede?)\s+(?:between|zwischen)\b|\bbreak\s*down\b",
            " ",
        ),
        (
            rf"^(?:which|what|welche[rs]?)\s+(?:of\s+)?[\w-]+(?:\s+[\w-]+)?\s+(?:gets?|has|have|receives?|got|had|sees?|bekomm\w+|hat|haben|erh[äa]lt\w*)\s+(?:the\s+|die\s+)?"
            rf"(?:more|most|fewer|fewest|less|least|mehr|meisten|weniger|wenigsten)\s+(?:{COMPLAINTS}|{TEXTS}|praise|lob)?(?:\s+(?:{_ON}|for|on|of|to|von|zu)\b)?",
            f" {_MARK} ",
        ),
        (rf"^how\s+(?:do|does|did)\s+{_SUBJECT}\s+(?:like|feel\s+about|rate|find|see|view|perceive)\b", f" {_MARK} "),
        (rf"\s+(?:of|by|from|among)\s+{PEOPLE}\s+(?:who|that|which)\s+(?:have\s+)?(?:{_SAYING}|{_ASKING})\W*$", " "),
        (
            rf"\b{_AUX}\s+{_SUBJECT}\s+(?:{_HOW}\s+)?(?:{_VERB}\s+)?(?:{_HOW}\s+)?{_ON}(?:\s+{_ON})?(?=\s|$)",
            f" {_MARK} ",
        ),
        (rf"\b(?:{_SAYING}|{_HAVING}|{_ASKING})\s+(?:sich\s+)?{_SUBJECT}\s+(?:{_HOW}\s+)*{_ON}\b", f" {_MARK} "),
        (rf"\b{_AUX}\s+{_SUBJECT}(?=\s|$)(?:\s+{_HOW})?(?:\s+{_VERB}\b(?:\s+(?:{_TO}|in)\b(?=\s+[^?\s]))?)?", " "),
        (rf"\b(?:{_SAYING}|{_HAVING}|{_ASKING})\s+(?:sich\s+)?{_SUBJECT}(?=\s|$)", " "),
        (rf"\b(?:{_SAYING}|{_ASKING}|{COMPLAINTS})\s+(?:{_HOW}\s+)?{_ON}(?:\s+{_ON})?\b", f" {_MARK} "),
    )
)
_HOLES: Final = compile_words(
    rf"(?:\b(?:{PEOPLE}|{ACCOUNTS}|{TEXTS})\s+(?=\w+\s))?(?:\b(?:in|on|of|from|at|with|using|by|for|among|about|via|through|to|than|as|within|across|and|or|between|per|who|that|are|is|"
    rf"im|in|aus|von|vom|bei|beim|auf|der|des|die|den|dem|zwischen|mit|für|zu|über|the|our|a|an|all|both|either|unsere[rnm]?)\s+)*{HOLE}"
    rf"(?:\s*{AND}\s*(?:{DETERMINERS}\s+)*(?:(?:in|on|of|from|at|bei|von|aus)\s+)?{HOLE})*(?:[\s-]+(?:{PEOPLE}|{ACCOUNTS}|{TEXTS})\b)?(?:\s+(?:who|that)\b)?"
)
_TREND_TAIL: Final = compile_words(
    r"\b(?:(?:been|getting|become|becoming|got(?:ten)?)\s+)?(?:(?:any\s+)?(?:increas(?:ed?|ing)|decreas(?:ed?|ing)|ris(?:en?|ing)|rose|fall(?:en|ing)?|fell|grow(?:n|ing)?|grew|drop(?:ped|ping)?"
    r"|declin(?:ed?|ing)|chang(?:ed?|ing)|develop(?:ed|ing)?|improv(?:ed?|ing)|worsen(?:ed|ing)?|spik(?:ed?|ing)|better|worse|more\s+(?:frequent|common|often)|less\s+(?:frequent|common|often)"
    r"|gestiegen|gesunken|zugenommen|abgenommen|angestiegen|zurückgegangen|verändert|entwickelt|häufiger|seltener|zu|ab|geworden))[\s?.!]*$"
)
_START_TAIL: Final = compile_words(
    r"\b(?:first\s+)?(?:start(?:ed|ing)?|begin|began|begun|appear(?:ed)?|emerged?|come\s+up|occur(?:red)?|happen(?:ed)?|begonnen|angefangen|aufgetreten|erstmals|auf)[\s?.!]*$"
)
_LEADING: Final = frozenset(
    "what which who whose whom why how when where whether please tell show give find list name me us can could would you i let's"
    " is are was were be been am do does did done have has had there any some the a an our all your we they it its this these those of many much often"
    " and or so also ever actually exactly really currently generally typically usually overall than that by about regarding on for to from with in at"
    " causes caused cause causing makes make reason reasons behind main top biggest major key primary most common commonly frequent frequently"
    " important more fewer less key number total recently get gets got sort kind kinds sorts types type mention mentions"
    " was welche welcher welches welchen wer wie warum wieso weshalb wann wo worüber woran worum wovon bitte zeige zeig nenne gib mir uns"
    " ist sind war waren wird werden wurde wurden hat haben hatte hatten gibt gab es die der das den dem des ein eine einen einem einer eines"
    " viele viel oft häufig man sich unsere unser unserer unseren alle und oder denn eigentlich im beim vom am an auf aus bei für mit von zu zum zur"
    " zu über gründe grund ursache ursachen häufigsten wichtigsten größten meisten mehr weniger einige andere über als".split()
)
_TRAILING: Final = frozenset(
    "the a an our of about regarding and or for what most please overall altogether total so then than by to with get gets got received there mentioned"
    " sent wrote said reported complained is are was were do did does have has had it than as from more"
    " geschrieben gesagt erwähnt gemeldet beschwert geklagt gibt gab es insgesamt bitte über von und oder für mehr am meisten häufigsten eingegangen"
    " bekommen erhalten haben hat hatten wurden wurde worden genannt sagen schreiben sich als mit".split()
)
_DETERMINERS: Final = frozenset(
    "the a an our your their any some der die das den dem des ein eine einen einem einer unsere unser unserer".split()
)
_LEADING_NOUN: Final = compile_words(
    rf"(?:{_SAYING}|{_ASKING}|{COMPLAINTS}|{TEXTS}(?=\s+(?:{_ON}|that|with|on|from|of|mention\w*|where|in|über|zu|mit|zum)\b|\W*$)|{PEOPLE}(?=\s+(?:who|that|are|were|{_SAYING}|{_ASKING})\b|\W*$)"
    rf"|{ACCOUNTS}(?=\s+(?:who|that|are|were)\b|\W*$))(?=\s|\W*$)"
)
_TRAILING_NOUN: Final = compile_words(rf"(?:^|\s){TEXTS}$")
_COMPLAINING: Final = compile_words(rf"\b(?:{COMPLAINTS}|complain\w*|unhappy|upset|angry)\b")
_COMPLAINING_GERMAN: Final = compile_words(r"\b(?:beschwer\w*|klag(?:en|t|ten))\b")
_EDGE: Final = " \t?!.,:;\"'()[]-–—/\x00\x01"


def find_about(text: str, asked: Asked) -> str:
    """The words to search by meaning; empty when the question is about everything in its filters.

    Filters stand in the text as HOLE, times have been removed. Complaints and praise are kept where they are all that
    is left.
    """
    left = text
    if asked in ("trend", "since"):
        left = (_TREND_TAIL if asked == "trend" else _START_TAIL).sub(" ", left)
    for pattern, replacement in _FILLERS:
        left = pattern.sub(replacement, " ".join(left.split()))
    left = _HOLES.sub(" ", " ".join(left.split()))
    about = _trim(_cut_before_mark(" ".join(left.split())))
    return about or _name_complaints(text)


def _cut_before_mark(text: str) -> str:
    """What stands after '…say about', when nothing but question words stands before it."""
    head, mark, rest = text.partition(_MARK)
    if not mark:
        return text
    if not _trim(head) and re.search(r"\w", rest):
        return _trim_left(rest.replace(_MARK, " "), _DETERMINERS) or rest.replace(_MARK, " ")
    return f"{head} {rest.replace(_MARK, ' ')}"


def _trim(text: str) -> str:
    """Without the question words at its beginning and the loose ends at its end."""
    before = None
    left = text.strip(_EDGE)
    while left != before:
        before = left
        left = _trim_left(left, _LEADING)
        if match := _LEADING_NOUN.match(left):
            left = left[match.end() :].strip(_EDGE)
        left = _TRAILING_NOUN.sub("", _trim_right(left)).strip(_EDGE)
    return " ".join(left.split())


def _trim_left(text: str, words: frozenset[str]) -> str:
    left = text.strip(_EDGE)
    while left:
        first, _, rest = left.partition(" ")
        if first.strip(_EDGE).casefold() not in words:
            return left
        left = rest.strip(_EDGE)
    return left


def _trim_right(text: str) -> str:
    left = text.strip(_EDGE)
    while left:
        rest, _, last = left.rpartition(" ")
        if last.strip(_EDGE).casefold() not in _TRAILING:
            return left
        left = rest.strip(_EDGE)
    return left


def _name_complaints(text: str) -> str:
    if _COMPLAINING_GERMAN.search(text):
        return "Beschwerden"
    return "complaints" if _COMPLAINING.search(text) else ""
