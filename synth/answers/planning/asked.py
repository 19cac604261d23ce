"""What a question asks for, and in which unit, from its own words in English and German."""

import re
from typing import Final

from synth.answers.planning.fillers import HOLE
from synth.answers.planning.phrasing import ACCOUNTS, AND, COMPLAINTS, DETERMINERS, PEOPLE, TEXTS, compile_words
from synth.model import Asked, Unit

_PROBLEM: Final = (
    r"(?:complaints?|problems?|issues?|themes?|subjects?|topics?|reasons?|pains?|pain\s+points?|concerns?|requests?"
    r"|wish(?:es)?|frustrations?"
    r"|challenges?|blockers?|feedback|points?|things?|praise|drivers?|bugs?|features?|causes?|questions?|strengths"
    r"|weaknesses|needs"
    r"|beschwerden?|probleme?|themen?|thema|gründe?|wünsche?|kritikpunkte?|ärgernisse|anliegen|sorgen|fehler|stärken"
    r"|schwächen|punkte)"
)
_MOVING: Final = (
    r"(?:increasing|decreasing|rising|falling|growing|dropping|declining|shrinking|spiking|changing"
    r"|improving|worsening|climbing|trending)"
)
_MOVES: Final = (
    r"(?<!\bthe )(?<!\ba )(?<!\bprice )(?<!\bfare )(?<!\bfee )(?<!\bcost )(?<!\bto )(?<!\bcan )\b(?:increased?"
    r"|decreased?|rises?|risen|rose|fall(?:en)?|fell|grown?"
    r"|grew|drop(?:ped)?|declined?|shr[iau]nk|spiked?|changed?|developed|improved?|worsen(?:ed)?|climb(?:ed)?"
    r"|move[ds]?)"
)
_SHARE: Final = compile_words(
    r"\b(?:share|percentage|percent|proportion|fraction|ratio)\s+(?:of|are|is|do|does|did|complain|mention|say)\b"
    r"|\bwhat\s+(?:%|percent\w*|share|proportion|fraction)"
    r"|%\s+of|\bhow\s+many\s+percent\b|\banteil\b|\bwie\s*viel\s*prozent\b|\bprozentsatz\b"
    r"|\bwie\s+hoch\s+ist\s+der\s+anteil\b"
)
_COUNT: Final = compile_words(
    r"\bhow\s+many\b|\b(?:total\s+)?number\s+of\b|\bhow\s+(?:often|frequently)\b|^(?:please\s+)?count\b"
    r"|\bcount\s+of\b|\bhow\s+much\s+(?:annual\s+|total\s+)?(?:revenue|arr|mrr|money|feedback|praise)\b"
    r"|\b(?:revenue|arr|mrr)\s+(?:is|are|was)?\s*(?:at\s+(?:stake|risk)|affected|behind)\b|\bwie\s*viele?\b"
    r"|\banzahl\b|\bzahl\s+der\b|\bwie\s+(?:oft|häufig)\b|\bumsatz\b.*\b(?:betroffen|spiel|risiko|hängt)\b"
)
_REVENUE: Final = compile_words(
    r"\bhow\s+much\s+(?:[\w-]+\s+)?(?:revenue|arr|mrr|money)\b|\b(?:what|which|share\s+of|percent\w*\s+of|more"
    r"|by)\s+(?:\w+\s+)?(?:revenue|arr|mrr)\b"
    r"|\b(?:revenue|arr|mrr)\s+(?:is|are|was)?\s*(?:at\s+(?:stake|risk)|affected|behind)\b|\b(?:jahres)?umsatz\b"
)
_SINCE: Final = compile_words(
    r"\bsince\s+when\b|\bwhen\s+(?:did|do|does|was|were|have|has)\b.*\b(?:start|begin|began|begun|started|first"
    r"|appear\w*|emerge\w*|come\s+up|came\s+up)\b"
    r"|\bhow\s+long\s+(?:have|has|had|did)\b|\bwhen\s+was\b.*\bfirst\b|\bfirst\s+(?:mention|time|report"
    r"|complaint)\w*\b.*\bwhen\b|\bwhen\b.*\bfor\s+the\s+first\s+time\b"
    r"|\bseit\s+wann\b|\bwann\b.*\b(?:begann|begonnen|fing|angefangen|zuerst|zum\s+ersten\s+mal|erstmals|aufgetreten"
    r"|los)\b|\bwie\s+lange\s+(?:schon|gibt|haben)\b"
)
_TREND: Final = compile_words(
    r"\b(?:go|goes|gone|going|went)\s+(?:up|down)\b|\b(?:up|down)\s+or\s+(?:up|down)\b|\btrends?\b|\b(?:over"
    r"|across)\s+time\b"
    r"|\b(?:week|month|day|year)[\s-](?:over|by)[\s-](?:week|month|day|year)\b|\b(?:per|by)\s+(?:day|week|month"
    r"|quarter|year)\b"
    r"|\b(?:daily|weekly|monthly|quarterly)\s+(?:numbers?|counts?|trend|development|figures|complaints|mentions)\b"
    rf"|^(?:did|do|does|is|are|has|have|had|was|were)\b.*{_MOVES}\b|\b(?:is|are|was|were|been|getting"
    rf"|keeps?)\s+{_MOVING}\b"
    rf"|^(?:is|are|was|were|has|have)\b.*\b{_MOVING}\s*(?:$|\?|\b(?:since|in|over|lately|recently|again|this|last|or"
    rf"|from|between|compared|after)\b)"
    rf"|\b(?:complaints?|mentions?|numbers?|volume|share|ratings?|problems?|issues?)\b.*\b(?:has|have"
    rf"|had)\s+{_MOVES}\b|\bwhat\s+(?:has\s+|have\s+)?changed\b"
    r"|\b(?:gets?|getting|got|gotten|become|becoming|became)\s+(?:any\s+)?(?:better|worse|rarer|(?:more"
    r"|less)\s+(?:frequent|common|often))\b|\bmore\s+or\s+(?:less|fewer)\b"
    r"|\bhow\s+(?:has|have|had|did)\b.*\b(?:chang|develop|evolv|mov)\w*"
    r"|^(?:is|are|has|have|do|does|did)\b.*\b(?:more|less|fewer)\s+(?:often\s+)?(?:since|lately|recently|these\s+days|now)\b"
    r"|\b(?:gestiegen|gesunken|zugenommen|abgenommen|angestiegen|zurückgegangen|verändert|entwickelt|entwickeln"
    r"|verschlechtert|verbessert|gewachsen)\b"
    r"|\b(?:steigt|steigen|sinkt|sinken)\b|\b(?:nimmt|nehmen)\b.*\b(?:zu|ab)\s*\?*$|\bentwicklung\b"
    r"|\bim\s+(?:zeit)?verlauf\b|\bpro\s+(?:tag|woche|monat|quartal|jahr)\b"
    r"|\b(?:häufiger|seltener|mehr|weniger)\s+geworden\b"
)
_COMPARE: Final = compile_words(
    r"\bcompar(?:e|ed|es|ing|ison)\b|\bversus\b|\bvs\b|\b(?:differs?|differences?|differently)\b|\bvergleich\w*"
    r"|\bunterschied\w*|\bgegenüber\b|\bbreak\s*down\b|\bsplit\s+by\b"
)
_MORE: Final = compile_words(
    r"\b(?:more|most|fewer|fewest|less|least|higher|highest|lower|lowest|better|best|worse|worst|bigger|larger"
    r"|happier|unhappier|happiest|angrier|rather|louder|mehr|meisten|weniger|wenigsten"
    r"|häufiger|seltener|schlechter|besser|höher|größer|zufriedener|öfter|eher|schlimmer)\b"
)
_THAN: Final = compile_words(r"\b(?:than|als)\b")
_TOP: Final = compile_words(
    rf"\btop\b(?:\s+(?:\d+|three|five|ten))?\s*(?:\w+\s+)?{_PROBLEM}|\b(?:most|more)\s+(?:common|commonly|frequent"
    rf"|frequently|often|mentioned|discussed|talked|reported|requested|wanted|important|pressing|popular|cited)\b"
    rf"|\b(?:main|biggest|major|key|primary|greatest|largest|worst|number\s+one|common|frequent"
    rf"|recurring)\s+(?:\w+\s+)?{_PROBLEM}\b|\b(?:complain\w*|talk|praise|ask\w*|want|like|dislike|hate|love|mention"
    rf"|request|struggle|bother\w*|annoy\w*|frustrat\w*)\b.*\bmost\b(?!\s+(?:of|recent))"
    rf"|\bmost\s+(?:\w+\s+)?{_PROBLEM}\b|\b(?:the\s+)?most\s+(?:annoying|frustrating|painful|loved|hated|criticized"
    rf"|criticised|praised)\b|\bsummar(?:y|i[sz]e)\b"
    rf"|\b(?:häufigste[nrms]?|wichtigste[nrms]?|größte[nrms]?|meistgenannte[nrms]?|hauptsächlich\w*|dringendste[nrm]?"
    rf"|schlimmste[nrm]?)\b|\bam\s+(?:meisten|häufigsten|öftesten|wichtigsten)\b|\bvor\s+allem\b|\bhaupt(?:themen"
    rf"|thema|probleme?|gründe|grund|beschwerden|kritik\w*)\b|\btop[- ]?\d*[- ]?(?:themen|probleme|beschwerden)"
)
_ANY: Final = (
    r"(?!(?:do|does|did|are|is|were|was|can|have|has|will|what|how|why|where|that|sagen|haben|sind|was|wie)\b)[\w-]+"
)
_WHO: Final = compile_words(
    rf"^(?:and\s+)?(?:who|whose|whom|wer|wessen)\b|^(?:which|what|welche[rn]?|list|name|show\s+me"
    rf"|zeige?n?)\s+(?:of\s+)?(?:(?:the|our|my|all|unserer|unsere|der|die)\s+)*(?:{_ANY}\s+)??(?:{PEOPLE}"
    rf"|{ACCOUNTS})\b(?!\s+(?:problems?|issues?|complaints?|support|service|portal))"
    r"|(?:^|[,;:]\s*|\band\s+)(?:who|wer)\s+(?:is|are|was|were|has|have|had|complain\w*|said|says|wrote|asked|asks"
    r"|mention\w*|report\w*|wants?|needs?|hat|haben|sagt\w*|schreibt|beschwert)\b"
)
_WHY: Final = compile_words(
    r"\bwhy\b|\bhow\s+come\b|\bwhat\s+(?:\w+\s+)?(?:causes?|caused|is\s+causing|drives?|makes?|made|is\s+driving"
    r"|leads?|led|is\s+behind|upsets?|annoys?|frustrates?)\b|\breasons?\b|\bwarum\b|\bwieso\b|\bweshalb\b"
    r"|\bgr[uü]nden?\b|\bursachen?\b|\bworan\s+liegt\b"
)
_EXAMPLES: Final = compile_words(
    rf"\bexamples?\b|\bquot(?:es?|ations?)\b|\bverbatims?\b|\b(?:show|give|find|list)\s+(?:me\s+)?(?:(?:some|a\s+few"
    rf"|all|the|any|recent|\d+)\s+)*(?:[\w-]+\s+){{0,2}}?(?:{TEXTS}|{COMPLAINTS})\b|\bexact\s+words\b"
    rf"|\bbeispiele?n?\b|\bzitate?n?\b|\bzeige?n?(?:\s+(?:mir|uns|sie))*\s+(?:\w+\s+)?(?:{TEXTS}|{COMPLAINTS})\b"
    rf"|\bwörtlich\w*\b"
)
_CHOICE: Final = compile_words(r"^(?:which|who|where|welche[rs]?|wer|wo)\b.*\b(?:or|oder)\b")
_MORE_PEOPLE: Final = compile_words(rf"\b(?:more|most|fewer|mehr|weniger)\s+{PEOPLE}\b")
_OF_UNIT: Final = compile_words(
    rf"\b(?:how\s+many|number\s+of|count(?:\s+of)?|share\s+of|percent(?:age)?(?:\s+of)?|proportion\s+of|fraction\s+of"
    rf"|%\s+of|wie\s*viele?|anzahl|zahl|anteil|prozent)\b"
    rf"(?P<between>(?:\W+[\w'-]+){{0,5}}?\W+)(?:(?P<people>{PEOPLE})|(?P<accounts>{ACCOUNTS})|(?P<texts>{TEXTS}"
    rf"|{COMPLAINTS}|times|mal))\b"
)
_QUALIFIES: Final = compile_words(rf"(?:{HOLE}|\W|{AND}|{DETERMINERS}\b|(?:new|existing|paying|active)\b)*")
_WHICH_ACCOUNTS: Final = compile_words(rf"^(?:which|what|welche[rn]?|list|name)\s+(?:\w+\s+){{0,4}}?{ACCOUNTS}\b")


def read_asked(text: str, *, rivals: bool, periods: bool) -> Asked:
    """What the text asks for.

    `rivals` says that it names two values of one key or asks for all of them, `periods` that it names two times: only
    then is there something to compare.
    """
    if rivals and _asks_to_compare(text):
        return "compare"
    if _SINCE.search(text):
        return "since"
    if _TREND.search(text) or (periods and (_COMPARE.search(text) or _THAN.search(text))):
        return "trend"
    for asked, pattern in _IN_ORDER:
        if pattern.search(text):
            return asked
    return "what"


def read_unit(text: str, asked: Asked) -> Unit:
    """What is counted: the first noun for people, companies or texts after 'how many', or else mentions."""
    if asked in ("count", "share", "compare", "trend") and _REVENUE.search(text):
        return "revenue"
    if match := _OF_UNIT.search(text):
        if HOLE in match["between"] and not _QUALIFIES.fullmatch(match["between"][match["between"].index(HOLE) :]):
            return "mentions"
        return "people" if match["people"] else "accounts" if match["accounts"] else "mentions"
    if asked == "who":
        return "accounts" if _WHICH_ACCOUNTS.search(text) else "people"
    if asked in ("compare", "trend") and _MORE_PEOPLE.search(text):
        return "people"
    return "mentions"


def _asks_to_compare(text: str) -> bool:
    more = _MORE.search(text) is not None
    if _COMPARE.search(text) or (more and _THAN.search(text)):
        return True
    if _COUNT.search(text) or _SHARE.search(text):
        return False
    return more or _CHOICE.search(text) is not None


_IN_ORDER: Final[tuple[tuple[Asked, re.Pattern[str]], ...]] = (
    ("share", _SHARE),
    ("count", _COUNT),
    ("who", compile_words(r"^(?:who|wer)\b")),
    ("top", _TOP),
    ("who", _WHO),
    ("why", _WHY),
    ("examples", _EXAMPLES),
)
