"""The parts of a question that say nothing of its subject, English and German, as patterns to be replaced in order."""

from typing import Final

from synth.answers.planning.phrasing import (
    ACCOUNTS,
    AND,
    COMPLAINTS,
    DETERMINERS,
    MODIFIERS,
    PEOPLE,
    TEXTS,
    compile_words,
    word_set,
)

HOLE: Final = "\x00"  # stands where a filter was taken out
MARK: Final = "\x01"  # stands where "…say about" was taken out: what follows is the subject

SAYING: Final = (
    r"(?:say(?:s|ing)?|said|think(?:s|ing)?|thought|feel(?:s|ing)?|felt|writ(?:e|es|ten)|wrote|report(?:s|ed)?"
    r"|talk(?:s|ed|ing)?"
    r"|speak(?:s|ing)?|mention(?:s|ed|ing)?|comment(?:s|ed)?|post(?:s|ed)?|tweet(?:s|ed)?|discuss(?:es|ed)?"
    r"|(?:tell(?:s|ing)?|told)(?:\s+us)?|bring\s+up|brought\s+up|refer(?:s|red)?(?:\s+to)?|contain(?:s|ed|ing)?"
    r"|deal(?:s|ing)?"
    r"|sagen|sagt|gesagt|schreib(?:en|t)|geschrieben|denken|meinen|bericht(?:en|et)|erwähn(?:en|t)|red(?:en|et)"
    r"|sprechen"
    r"|gesprochen|erzähl(?:en|t)|äußern|geäußert|halten|handeln|drehen|betreffen|betrifft|nennen|nennt)"
)
ASKING: Final = (
    r"(?:complain(?:s|ed|ing)?|upset|unhappy|angry|annoyed|frustrated|ask(?:s|ed|ing)?(?=\s+(?:for|about|after|why|how|whether|when|where)\b)"
    r"|beschwer(?:en|t|ten)|(?<!\bund )klag(?:en|t|ten)|unzufrieden(?=\s+mit\b))"
)
_HAVING: Final = (
    r"(?:have|has|had|having|get|gets|got|getting|receive[sd]?|encounter|experience|face|run\s+into|see|like\s+best"
    r"|haben|hatten"
    r"|bekommen|erhalten)"
)
_DOING: Final = (
    r"(?:ma[dk]e|g[ai]ve|given|left|leave|posted|submit(?:ted)?|written|wrote|write|filed?|open(?:ed)?|created?|raised?|logged"
    r"|sent|send|received?|rated|entered|published|shared|eingereicht|verfasst|geschrieben|erstellt|abgegeben"
    r"|geschickt|gesendet)"
)
_BEEN: Final = r"(?:(?:was|were|been|be|being|have|has|had|are|is|did|wurden?|worden)\s+)"
ON: Final = (
    r"(?:about|regarding|concerning|with\s+regards?\s+to|when\s+it\s+comes\s+to|in\s+terms\s+of|bezüglich|hinsichtlich"
    r"|zum\s+thema|über)"
)
_HOW: Final = (
    r"(?:(?:the\s+)?(?:most|more|mostly|often|mainly|usually|generally)|sich|am\s+(?:meisten|häufigsten)"
    r"|mehr|oft|häufig|meist|denn|so)"
)
_AUX: Final = r"(?:do|does|did|have|has|had|are|were|is|was|will|can(?!'t|not))"
_NOUN: Final = rf"(?:{PEOPLE}|{ACCOUNTS}|{TEXTS})"
_SUBJECT: Final = (
    rf"(?:(?:{DETERMINERS}|{MODIFIERS})\s+){{0,4}}(?:{_NOUN}|we|you|i|they|{HOLE}(?:[\s-]*(?:{_NOUN}|flights?|apps?"
    rf"|products?|services?|devices?|phones?)\b)?)"
    r"(?:\s+(?:(?:who|that)\s+are\s+)?(?:in|on|of|from|at|with|using|der|des|von|aus|bei|im|mit)"
    rf"\s+(?:{DETERMINERS}\s+)*{HOLE}(?:\s+(?:flights?|apps?|plans?|devices?)\b)?)*(?=\W|$)"
)
_VERB: Final = rf"(?:(?:been\s+|sich\s+)?(?:{SAYING}|{ASKING}|{_HAVING}))"
_TO: Final = r"(?:for|on|of|to|that|with|von|zu|zur|zum|bei|mit|dass)"
_PERIOD: Final = r"(?:day|week|month|quarter|year|tag|woche|monat|quartal|jahr)"
_SHARES: Final = r"(?:what\s+)?(?:share|percentage|percent|proportion|fraction|%)\s+of"
_AMOUNTS: Final = (
    rf"(?:how\s+many|how\s+much|(?:total\s+)?number\s+of|how\s+(?:often|frequently)|count(?:\s+of)?|{_SHARES}"
    r"|(?:wie\s+hoch\s+ist\s+(?:der|die)\s+)?(?:anteil(?:\s+(?:der|an|von))?|anzahl(?:\s+der)?|zahl\s+der)"
    r"|wie\s*viel\s*prozent(?:\s+der)?|wie\s*viele?|wie\s+(?:oft|häufig))"
)
_GETS: Final = r"(?:gets?|has|have|receives?|got|had|sees?|bekomm\w+|hat|haben|erh[äa]lt\w*)"
_MORE: Final = r"(?:more|most|fewer|fewest|less|least|mehr|meisten|weniger|wenigsten)"
_PREPOSITIONS: Final = (
    r"(?:in|on|of|from|at|with|using|by|for|among|about|via|through|to|than|as|within|across|and|or|between|per|who"
    r"|that|are|is"
    r"|im|aus|von|vom|bei|beim|auf|der|des|die|den|dem|zwischen|mit|für|zu|über|the|our|a|an|all|both|either"
    r"|unsere[rnm]?)"
)

_SPEAKER: Final = (
    rf"\b(?:do|does|did)\s+(?:the\s+|our\s+)?(?P<speaker>[^\W\d_]+)\s+"
    rf"(?:{_HOW}\s+)?(?:{SAYING}|{ASKING})\s+(?:{ON}|of)\b"
)
_PATTERNS: Final = (
    (rf"{HOLE}(?:\s*{AND}\s*(?:(?:{DETERMINERS}|in|on|from|at|bei|aus)\s+)*{HOLE})+", HOLE),
    (r"^(?:only|just|nur)\b[^?.;]*[.;]\s+", ""),
    (r"^(?:(?:hi|hello|hey|hallo|guten\s+tag|please|bitte|and|so|ok|okay)\b[\s,!.]*)+", ""),
    (r"\b(?:can|could|would|will)\s+you\s+(?:please\s+)?(?:tell|show|give|find|list)(?:\s+me|\s+us)?\b", " "),
    (r"\bi(?:'d|\s+would)?\s+(?:like|want)\s+to\s+(?:know|see)\b|\bi\s+wonder\b|\bdo\s+you\s+know\b", " "),
    (r"\b(?:tell|show|give)\s+(?:me|us)\b|\b(?:zeige?|nenne?|gib|liste)\s+(?:mir|uns)\b", " "),
    (r"\bkönn(?:en|t|test|ten)\s+(?:du|sie|ihr)(?:\s+mir|\s+uns)?(?:\s+sagen)?\b", " "),
    (r"\b(?:came|come|coming)\s+in\b|\bin\s+total\b|\binsgesamt\b|\bso\s+far\b|\bat\s+all\b", " "),
    (r"\b(?:came|come|comes|coming)\s+(?:up|from)\b|\b(?:the\s+)?(?:words?|terms?|phrases?)\s+(?=\")", " "),
    (rf"\b{_BEEN}*{_DOING}\s+(?:(?:in|on|from|by|at|through|via|as|{DETERMINERS})\s+)*(?={HOLE})", " "),
    (
        (
            rf"(^(?:{_AMOUNTS}|which|who|welche[rn]?|wer)(?:\s+(?:{DETERMINERS}|{MODIFIERS}|{_NOUN}|{HOLE}|from|of|by|in))*)"
            rf"\s+{_BEEN}*{_DOING}(?=\W*$|\s+{ON}\b|\s+(?:{DETERMINERS}\s+)*{TEXTS}\b)"
        ),
        r"\1 ",
    ),
    (rf"\b(?:do|did|can)\s+(?:we|you|i)\s+(?:hear|get|see)\s+(?:{_HOW}\s+)?{ON}\b", f" {MARK} "),
    (rf"\b(?:start|began|begin)(?:s|ed|ing)?\s+(?:to\s+)?(?={SAYING}|{ASKING}|{_HAVING})", " "),
    (r"\bin\s+(?:the|our)\s+(?:data|feedback)\b|\bmost\s+(?:of\s+)?often\b", " "),
    (
        (
            rf"\b{_AMOUNTS}(?:\s+(?:{DETERMINERS}|{MODIFIERS}|percent|prozent))*(?=\W|$)(?:\s+(?:{_NOUN}|times|mal)\b)?"
            r"(?:\s+(?:is|are|was|were)\s+there\b)?"
        ),
        " ",
    ),
    (
        (
            r"\b(?:annual\s+|total\s+)?(?:revenue|arr|mrr)\s+(?:(?:is|are|was)\s+)?(?:at\s+(?:stake|risk)|affected|behind)"
            r"(?:\s+(?:by|because\s+of|due\s+to|from|over))?|\b(?:jahres)?umsatz\s+(?:ist\s+)?(?:hängt\s+an|betrifft"
            r"|betroffen\s+von)"
        ),
        " ",
    ),
    (r"\b(?:go|goes|gone|going|went)\s+(?:up|down)(?:\s+or\s+(?:up|down))?\b|\b(?:up|down)\s+or\s+(?:up|down)\b", " "),
    (r"\bmore\s+or\s+(?:less|fewer)\b|\bover\s+time\b|\bim\s+(?:zeit)?verlauf\b", " "),
    (r"\b(?:trend|development|entwicklung)s?(?:\s+(?:of|for|in|with|der|des|von|bei))?\b", " "),
    (rf"\b(?:per|by|pro)\s+{_PERIOD}\b|\b{_PERIOD}[\s-](?:over|by)[\s-]{_PERIOD}\b", " "),
    (
        r"\bsince\s+when\b|^when\b|\bhow\s+long\b|\bseit\s+wann\b|\bfor\s+the\s+first\s+time\b|\bzum\s+ersten\s+mal\b",
        " ",
    ),
    (
        (
            r"\b(?:(?:some|any|a\s+few|\d+)\s+)?(?:good\s+|typical\s+)?(?:examples?|quot(?:es?|ations?)|verbatims?"
            r"|beispielen?|beispiel"
            r"|zitate?|exact\s+words)(?:\s+(?:of|for|from|where|für|von|zu))?\b"
        ),
        " ",
    ),
    (r"\btop\s+(?:\d+|three|five|ten)\b|\b(?:a\s+)?summary\s+of\b|\bsummari[sz]e\b", " "),
    (r"\b(?:compar(?:e|ed|ing|ison)|vergleich\w*)(?:\s+(?:to|with|of|between|zu|zwischen|mit))?\b", " "),
    (r"\b(?:the\s+)?(?:differences?|unterschiede?)\s+(?:between|zwischen)\b|\bbreak\s*down\b", " "),
    (
        (
            rf"^(?:which|what|welche[rs]?)\s+(?:of\s+)?[\w{HOLE}-]+(?:\s+[\w-]+)?\s+{_GETS}\s+(?:the\s+|die\s+)?{_MORE}"
            rf"\s+(?:{COMPLAINTS}|{TEXTS}|praise|lob)?(?:\s+(?:{ON}|for|on|of|to|von|zu)\b)?"
        ),
        f" {MARK} ",
    ),
    (
        (
            rf"^(?:which|what|welche[rn]?)\s+(?:of\s+)?(?:{DETERMINERS}\s+)*(?:{PEOPLE}|{ACCOUNTS})\b"
            r"(?!\s+(?:problems?|issues?|service|support|portal|experience|data))"
        ),
        " ",
    ),
    (rf"^how\s+(?:do|does|did)\s+{_SUBJECT}\s+(?:like|feel\s+about|rate|find|see|view|perceive)\b", f" {MARK} "),
    (rf"\s+(?:of|by|from|among)\s+{PEOPLE}\s+(?:who|that|which)\s+(?:have\s+)?(?:{SAYING}|{ASKING})\W*$", " "),
    (
        (
            rf"\b(?:do|does|did)\s+(?:{DETERMINERS}\s+)*{PEOPLE}\s+((?:in|on|from|with|using|at)\s+(?:[\w'-]+\s+){{1,3}}?)"
            rf"(?:{SAYING}|{ASKING})\b(?:\s+{ON}\b)?"
        ),
        r" \1 ",
    ),
    (rf"\b{_AUX}\s+{_SUBJECT}\s+(?:{_HOW}\s+)?(?:{_VERB}\s+)?(?:{_HOW}\s+)?{ON}(?:\s+{ON})?(?=\s|$)", f" {MARK} "),
    (rf"\b(?:{SAYING}|{_HAVING}|{ASKING})\s+(?:sich\s+)?{_SUBJECT}\s+(?:{_HOW}\s+)*{ON}\b", f" {MARK} "),
    (rf"\b{_AUX}\s+{_SUBJECT}(?:\s+{_HOW})?(?:\s+{_VERB}\b(?:\s+(?:{_TO}|in)\b(?=\s+[^?\s]))?)?", " "),
    (rf"\b(?:{SAYING}|{_HAVING}|{ASKING})\s+(?:sich\s+)?{_SUBJECT}", " "),
    (rf"^was\s+([^\W\d_]+en)(?:\s+sich)?\s+{_SUBJECT}", r"\1 "),
    (r"\bhaben\s+(?=[A-ZÄÖÜ]\w+\s+(?:mit|bei|beim)\b)", " "),
    (_SPEAKER, f" {MARK} "),
    (rf"\b(?:do|does|did)\s+(?:the\s+|our\s+)?([^\W\d_]+)\s+(?:{SAYING}|{ASKING}|{_HAVING})\b", r" \1 "),
    (rf"\b(?:{SAYING}|{ASKING}|{COMPLAINTS})\s+(?:{_HOW}\s+)?{ON}(?:\s+{ON})?\b", f" {MARK} "),
    (r"\b(?:is|are|was|were)\s+there\b", " "),
    (rf"\b(?:negative|positive|critical|neutral|negativen?|positiven?)\s+(?={HOLE}|{TEXTS}\b)", " "),
    (
        (
            rf"(?:\b{_NOUN}\s+(?=\w+\s))?(?:\b{_PREPOSITIONS}\s+){{0,5}}{HOLE}"
            rf"(?:\s*{AND}\s*(?:{DETERMINERS}\s+)*(?:(?:in|on|of|from|at|bei|von"
            rf"|aus)\s+)?{HOLE})*(?:[\s-]+{_NOUN}\b)?(?:\s+(?:who|that)\b)?"
        ),
        " ",
    ),
)
SPEAKER: Final = compile_words(rf"^(?:what|how|why|was|wie|warum)\s+{_SPEAKER}")
FILLERS: Final = tuple((compile_words(pattern), replacement) for pattern, replacement in _PATTERNS)

COMPARED: Final = compile_words(
    r"^(?:which|what|welche[rs]?)\s+[\w-]+\s+(?:complain|beschwer)\w*(?:\s+sich)?|"
    r"\b(?:(?:is|are|was|were)\s+)?(?:better|worse|best|worst|higher|lower)\b(?:\s+(?:at|for|in|on|with)\b)?"
)
TOPMOST: Final = compile_words(r"\b(?:the\s+)?most\b|\bam\s+(?:meisten|häufigsten)\b")
TREND_TAIL: Final = compile_words(
    r"\b(?:(?:been|gets?|getting|become|becoming|got(?:ten)?)\s+)?(?:(?:any\s+)?(?:increas(?:ed?|ing)|decreas(?:ed?"
    r"|ing)|ris(?:en?|ing)|rose"
    r"|fall(?:en|ing)?|fell|grow(?:n|ing)?|grew|drop(?:ped|ping)?|declin(?:ed?|ing)|chang(?:ed?|ing)|develop(?:ed|ing)?"
    r"|improv(?:ed?|ing)|worsen(?:ed|ing)?|spik(?:ed?|ing)|better|worse|(?:more|less)\s+(?:frequent|common|often)"
    r"|gestiegen|gesunken"
    r"|zugenommen|abgenommen|angestiegen|zurückgegangen|verändert|entwickelt|häufiger|seltener|zu|ab"
    r"|geworden))(?:\s+compared)?(?:\s+(?:with|to|against|versus|vs|than|in|on|from|and|over|im|mit|gegenüber))*[\s?.!]*$"
)
START_TAIL: Final = compile_words(
    r"\b(?:first\s+)?(?:start(?:ed|ing)?|begin|began|begun|appear(?:ed)?|emerged?|come\s+up|occur(?:red)?"
    r"|happen(?:ed)?|mentioned"
    r"|reported|begonnen|angefangen|aufgetreten|erstmals|auf)[\s?.!]*$"
)
LEADING: Final = word_set(
    """
    what's who's how's will should
    what which who whose whom why how when where whether please tell show give find list name me us can could would
    you i let's is are was were be been am do does did done have has had there any some the a an our all your we
    they it its this these those of many much often and or so also ever actually exactly really currently generally
    typically usually overall than that by about regarding on for to from with in at causes caused cause causing
    makes make reason reasons behind main top biggest major key primary most common commonly frequent frequently
    important more fewer less number total recently get gets got sort kind kinds sorts types type mention mentions
    welche welcher welches welchen wer wie warum wieso weshalb wann wo worüber woran worum wovon bitte zeige zeig
    nenne gib mir uns ist sind war waren wird werden wurde wurden hat haben hatte hatten gibt gab es die der das den
    dem des ein eine einen einem einer eines viele viel oft häufig man sich unsere unser unserer unseren alle und
    oder denn eigentlich im beim vom am an auf aus bei für mit von zu zum zur nach über gründe grund ursache
    ursachen häufigsten wichtigsten größten meisten mehr weniger einige andere als nimmt nehmen steigt steigen sinkt
    sinken
    """
)
TRAILING: Final = word_set(
    """
    the a an our of about regarding and or for what most please overall altogether total so then than by to with get
    gets got received there develop evolve mentioned sent
    wrote said reported complained often common commonly frequent frequently
    is are was were do did does have has had it as from more geschrieben gesagt erwähnt gemeldet beschwert geklagt
    gefragt gibt gab es insgesamt bitte über von und oder für mehr am meisten häufigsten eingegangen bekommen
    erhalten haben hat hatten wurden wurde worden genannt sagen schreiben sich als mit
    """
)
ARTICLES: Final = word_set(
    """
    the a an our your their any some der die das den dem des ein eine einen einem einer unsere unser unserer
    """
)
LEADING_NOUN: Final = compile_words(
    rf"(?:(?:{SAYING}|{ASKING}|gave|give)(?=\s+\w)|(?:{SAYING}|{ASKING})(?<!ing)(?=\W*$)|{COMPLAINTS}"
    rf"|{TEXTS}(?=\s+(?:{ON}|that|with|on|from|of|mention\w*|where|in|zu|mit)\b|\W*$)"
    rf"|{PEOPLE}(?=\s+(?:who|that|are|were|haben|hat|sind|die|{SAYING}|{ASKING})\b|\W*$)"
    rf"|{ACCOUNTS}(?=\s+(?:who|that|are|were|haben|sind|die)\b|\W*$))(?=\s|\W*$)"
)
TRAILING_NOUN: Final = compile_words(
    rf"(?<=\bthank-you )(?:{TEXTS})$|(?<=\bthank you )(?:{TEXTS})$|(?<=\bpraise )(?:{TEXTS})$|^{TEXTS}$"
)
