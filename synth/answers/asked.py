"""What a question asks for, and in which unit, from its own words in English and German."""

import re
from typing import Final

from synth.answers.phrasing import ACCOUNTS, COMPLAINTS, PEOPLE, TEXTS, compile_words
from synth.model import Asked, Unit

_PROBLEM: Final = (
    r"(?:complaints?|problems?|issues?|themes?|subjects?|topics?|reasons?|pains?|pain\s+points?|concerns?|requests?|wish(?:es)?|frustrations?"
    r"|challenges?|blockers?|feedback|points?|things?|praise|drivers?|bugs?|features?|causes?|questions?|strengths|weaknesses|needs"
    r"|beschwerden?|probleme?|themen?|thema|gründe?|wünsche?|kritikpunkte?|ärgernisse|anliegen|sorgen|fehler|stärken|schwächen|punkte)"
)
_MOVES: Final = (
    r"(?:increas(?:e|es|ed|ing)|decreas(?:e|es|ed|ing)|ris(?:e|es|en|ing)|rose|fall(?:s|en|ing)?|fell|grow(?:s|n|ing)?|grew|drop(?:s|ped|ping)?"
    r"|declin(?:e|es|ed|ing)|shr[iau]nk(?:ing)?|spik(?:e|ed|ing)|chang(?:e|ed|ing)|develop(?:ed|ing)?|improv(?:e|ed|ing)|worsen(?:ed|ing)?)"
)
_SHARE: Final = compile_words(
    r"\b(?:share|percentage|percent|proportion|fraction|ratio)\s+(?:of|are|is|do|does|did|complain|mention|say)\b|\bwhat\s+(?:%|percent\w*|share|proportion|fraction)"
    r"|%\s+of|\bhow\s+many\s+percent\b|\banteil\b|\bwie\s*viel\s*prozent\b|\bprozentsatz\b|\bwie\s+hoch\s+ist\s+der\s+anteil\b"
)
_COUNT: Final = compile_words(
    r"\bhow\s+many\b|\b(?:total\s+)?number\s+of\b|\bhow\s+(?:often|frequently)\b|^(?:please\s+)?count\b|\bcount\s+of\b|\bhow\s+much\s+(?:annual\s+|total\s+)?(?:revenue|arr|mrr|money|feedback|praise)\b"
    r"|\b(?:revenue|arr|mrr)\s+(?:is|are|was)?\s*(?:at\s+(?:stake|risk)|affected|behind)\b|\bwie\s*viele?\b|\banzahl\b|\bzahl\s+der\b|\bwie\s+(?:oft|häufig)\b|\bumsatz\b.*\b(?:betroffen|spiel|risiko|hängt)\b"
)
_REVENUE: Final = compile_words(r"\b(?:revenue|arr|mrr|turnover|umsatz|jahresumsatz)\b")
_SINCE: Final = compile_words(
    r"\bsince\s+when\b|\bwhen\s+(?:did|do|does|was|were|have|has)\b.*\b(?:start|begin|began|begun|started|first|appear\w*|emerge\w*|come\s+up|came\s+up)\b"
    r"|\bhow\s+long\s+(?:have|has|had|did)\b|\bwhen\s+was\b.*\bfirst\b|\bfirst\s+(?:mention|time|report|complaint)\w*\b.*\bwhen\b|\bwhen\b.*\bfor\s+the\s+first\s+time\b"
    r"|\bseit\s+wann\b|\bwann\b.*\b(?:begann|begonnen|fing|angefangen|zuerst|zum\s+ersten\s+mal|erstmals|aufgetreten|los)\b|\bwie\s+lange\s+(?:schon|gibt|haben)\b"
)
_TREND: Final = compile_words(
    r"\b(?:go|goes|gone|going|went)\s+(?:up|down)\b|\btrends?\s*(?:of|for|in|is|in\s+the|\?|$)|^(?:show\s+(?:me\s+)?)?(?:the\s+)?trends?\b|\b(?:over|across)\s+time\b|\b(?:week|month|day|year)[\s-](?:over|by)[\s-](?:week|month|day|year)\b"
    r"|\b(?:per|each|every|by)\s+(?:day|week|month|quarter|year)\b|\b(?:daily|weekly|monthly|quarterly)\s+(?:number|count|trend|development|figures|complaints|mentions)\b"
    rf"|\b(?:is|are|did|do|does|has|have|had|was|were)\b(?:(?!\b(?:about|with|regarding)\b\s+(?:the\s+)?(?:price|fare|recent)\b).)*?\b(?:more|less)?\s*{_MOVES}\s*(?:\?|$|\b(?:in|since|between|from|after|over|during|last|this|compared|at|on|by|recently|again|or|lately|across|for|with|overall|week|with\s+time)\b)"
    r"|\bgett?ing\s+(?:better|worse|more\s+(?:frequent|common)|less\s+(?:frequent|common)|rarer)\b|\b(?:become|becoming|became)\s+(?:more|less)\b|\bgot(?:ten)?\s+(?:better|worse)\b"
    r"|\b(?:up|down)\s+or\s+(?:up|down)\b|\bmore\s+or\s+(?:less|fewer)\b|\bhow\s+(?:has|have|did)\b.*\b(?:chang|develop|evolv|mov)\w*"
    r"|\b(?:gestiegen|gesunken|zugenommen|abgenommen|angestiegen|zurückgegangen|zunehmen|abnehmen|verändert|entwickelt|entwickeln|verschlechtert|verbessert|gewachsen|gefallen)\b"
    r"|\b(?:steigt|steigen|sinkt|sinken|nimmt|nehmen)\b.*(?:\b(?:zu|ab)\b|$|\?)|\btrend\b|\bentwicklung\b|\bim\s+(?:zeit)?verlauf\b|\bpro\s+(?:tag|woche|monat|quartal|jahr)\b|\b(?:häufiger|seltener|mehr|weniger)\s+geworden\b"
)
_COMPARE: Final = compile_words(
    r"\bcompar(?:e|ed|es|ing|ison)\b|\bversus\b|\bvs\b|\bdiffer(?:s|ent|ence|ences)?\b|\bvergleich\w*|\bunterschied\w*|\bgegenüber\b|\bbreak\s*down\b|\bsplit\s+by\b"
)
_MORE: Final = compile_words(
    r"\b(?:more|most|fewer|fewest|less|least|higher|highest|lower|lowest|better|best|worse|worst|bigger|larger|happier|unhappier|happiest|angrier|rather|louder|mehr|meisten|weniger|wenigsten"
    r"|häufiger|seltener|schlechter|besser|höher|größer|zufriedener|öfter|eher|schlimmer)\b"
)
_TOP: Final = compile_words(
    rf"\btop\b(?:\s+(?:\d+|three|five|ten))?\s*(?:\w+\s+)?{_PROBLEM}|\b(?:most|more)\s+(?:common|commonly|frequent|frequently|often|mentioned|discussed|talked|reported|requested|wanted|important|pressing|popular|cited)\b"
    rf"|\b(?:main|biggest|major|key|primary|greatest|largest|worst|number\s+one|common|frequent|recurring)\s+(?:\w+\s+)?{_PROBLEM}\b|\b(?:complain\w*|talk|praise|ask\w*|want|like|dislike|hate|love|mention|request|struggle|bother\w*|annoy\w*|frustrat\w*)\b.*\bmost\b(?!\s+(?:of|recent))"
    rf"|\bmost\s+(?:\w+\s+)?{_PROBLEM}\b|\b(?:the\s+)?most\s+(?:annoying|frustrating|painful|loved|hated|criticized|criticised|praised)\b|\bsummar(?:y|i[sz]e)\b"
    rf"|\b(?:häufigste[nrms]?|wichtigste[nrms]?|größte[nrms]?|meistgenannte[nrms]?|hauptsächlich\w*|dringendste[nrm]?|schlimmste[nrm]?)\b|\bam\s+(?:meisten|häufigsten|öftesten|wichtigsten)\b|\bvor\s+allem\b|\bhaupt(?:themen|thema|probleme?|gründe|grund|beschwerden|kritik\w*)\b|\btop[- ]?\d*[- ]?(?:themen|probleme|beschwerden)"
)
_WHO: Final = compile_words(
    rf"^(?:and\s+)?(?:who|whose|whom|wer|wessen)\b|^(?:which|what|welche[rn]?|list|name|show\s+me|zeige?n?)\s+(?:of\s+)?(?:(?:the|our|my|all|unserer|unsere|der|die)\s+)*(?:[\w-]+\s+)??(?:{PEOPLE}|{ACCOUNTS})\b(?!\s+(?:problems?|issues?|complaints?|support|service|portal))"
    r"|\b(?:who|wer)\s+(?:is|are|was|were|has|have|had|complain\w*|said|says|wrote|asked|asks|mention\w*|report\w*|wants?|needs?|hat|haben|sagt\w*|schreibt|beschwert)\b"
)
_WHY: Final = compile_words(
    r"\bwhy\b|\bhow\s+come\b|\bwhat\s+(?:\w+\s+)?(?:causes?|caused|is\s+causing|drives?|makes?|made|is\s+driving|leads?|led|is\s+behind|upsets?|annoys?|frustrates?)\b|\breasons?\b|\bwarum\b|\bwieso\b|\bweshalb\b|\bgr[uü]nden?\b|\bursachen?\b|\bworan\s+liegt\b"
)
_EXAMPLES: Final = compile_words(
    rf"\bexamples?\b|\bquot(?:es?|ations?)\b|\bverbatims?\b|\b(?:show|give|find|list)\s+(?:me\s+)?(?:(?:some|a\s+few|all|the|any|recent|\d+)\s+)*(?:[\w-]+\s+){{0,2}}?(?:{TEXTS}|{COMPLAINTS})\b|\bexact\s+words\b|\bbeispiele?n?\b|\bzitate?n?\b|\bzeige?n?(?:\s+(?:mir|uns|sie))*\s+(?:\w+\s+)?(?:{TEXTS}|{COMPLAINTS})\b|\bwörtlich\w*\b"
)
_OF_UNIT: Final = compile_words(
    rf"\b(?:how\s+many|number\s+of|count(?:\s+of)?|share\s+of|percent(?:age)?(?:\s+of)?|proportion\s+of|fraction\s+of|%\s+of|wie\s*viele?|anzahl|zahl|anteil|prozent)\b"
    rf"(?P<between>(?:\W+[\w'-]+){{0,5}}?\W+)(?:(?P<people>{PEOPLE})|(?P<accounts>{ACCOUNTS})|(?P<texts>{TEXTS}|{COMPLAINTS}|times|mal))\b"
)
_WHICH_ACCOUNTS: Final = compile_words(rf"^(?:which|what|welche[rn]?|list|name)\s+(?:\w+\s+){{0,4}}?{ACCOUNTS}\b")


def read_asked(text: str, *, rivals: bool, periods: bool) -> Asked:
    """What the text asks for.

    `rivals` says that it names two values of one key or asks for all of them, `periods` that it names two times: only
    then is there something to compare.
    """
    if rivals and (_COMPARE.search(text) or (_MORE.search(text) and not _COUNT.search(text)) or _is_choice(text)):
        return "compare"
    if _SINCE.search(text):
        return "since"
    if _TREND.search(text) or (periods and (_COMPARE.search(text) or _MORE.search(text))):
        return "trend"
    for asked, pattern in _IN_ORDER:
        if pattern.search(text):
            return asked
    return "what"


def read_unit(text: str, asked: Asked) -> Unit:
    """What is counted: the first noun for people, companies or texts after 'how many', or else mentions."""
    if asked in ("count", "share", "top", "compare", "trend", "what") and _REVENUE.search(text):
        return "revenue"
    if match := _OF_UNIT.search(text):
        return "people" if match["people"] else "accounts" if match["accounts"] else "mentions"
    if asked == "who":
        return "accounts" if _WHICH_ACCOUNTS.search(text) else "people"
    if asked in ("compare", "trend") and re.search(rf"\b(?:more|fewer|mehr|weniger)\s+{PEOPLE}\b", text, re.IGNORECASE):
        return "people"
    return "mentions"


def _is_choice(text: str) -> bool:
    return re.search(r"^(?:which|who|where|welche[rs]?|wer|wo)\b.*\b(?:or|oder)\b", text, re.IGNORECASE) is not None


_IN_ORDER: Final[tuple[tuple[Asked, re.Pattern[str]], ...]] = (
    ("share", _SHARE),
    ("count", _COUNT),
    ("top", _TOP),
    ("who", _WHO),
    ("why", _WHY),
    ("examples", _EXAMPLES),
)
