"""Words that turn a sentence around: negations, words that leave no exception, and pairs of opposites."""

import re
from collections import defaultdict
from collections.abc import Iterator

from synth.words import stem

NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|nobody|neither|nor|cannot|without|unable|fail(?:s|ed|ing)?|refus(?:e|es|ed|al)"
    r"|declin(?:e|es|ed)|den(?:y|ies|ied)|lack(?:s|ed|ing)?|[a-z]+n['’]t"
    r"|nicht|nie|niemals|kein|keine[mnrs]?|nichts|niemand|ohne|weder)\b",
    re.IGNORECASE,
)

# Words by which a sentence reports what is not there without a negation: "dark mode is missing" for "no dark mode".
COMPLAINS = re.compile(
    r"\b(?:miss\w*|absen\w*|broke\w*|impossible|hard|difficult\w*|wrong\w*|bad\w*|poor\w*|problem\w*|troubl\w*|issue\w*"
    r"|error\w*|bug\w*|complain\w*|want\w*|wish\w*|request\w*|need\w*|ask\w*|stop\w*|crash\w*|struggl\w*|slow\w*|stuck|hate\w*|dislik\w*"
    r"|fehl\w*|kaputt|schlecht\w*|wünsch\w*|beschwer\w*)\b",
    re.IGNORECASE,
)

_STRICT = "only solely exclusively all every both any none always never immediately entirely completely nur alle immer"
STRICT = frozenset(_STRICT.split())

_PAIRS = """
good/bad better/worse best/worst high/low higher/lower increase/decrease increase/reduce raise/lower more/less
most/least many/few expensive/cheap expensive/affordable costly/cheap easy/difficult easy/hard simple/complex
simple/complicated fast/slow faster/slower quick/slow early/late big/small large/small long/short longer/shorter old/new
young/old hot/cold open/closed start/stop start/end begin/end first/last always/never before/after buy/sell
accept/reject accept/refuse accept/decline agree/disagree agree/refuse like/dislike like/hate love/hate happy/unhappy
happy/sad happy/angry pleased/annoyed satisfied/dissatisfied satisfied/disappointed positive/negative
succeed/fail success/failure win/lose pass/fail present/absent remember/forget true/false right/wrong correct/wrong
strong/weak safe/dangerous public/private same/different include/exclude add/remove allow/forbid allow/prevent
enable/disable encourage/discourage rise/fall rising/falling grow/shrink inside/outside above/below arrive/leave
give/take send/receive borrow/lend male/female man/woman boy/girl husband/wife mother/father brother/sister
son/daughter friend/enemy free/paid full/empty existing/new permanent/temporary optional/mandatory optional/required
complete/incomplete useful/useless helpful/useless interesting/boring clean/dirty heavy/light loud/quiet
tall/short wide/narrow thick/thin flexible/rigid modern/outdated advantage/disadvantage benefit/drawback
praise/criticise praise/criticize praise/complain support/oppose confirm/deny confident/doubtful interested/uninterested
willing/reluctant excited/bored relieved/worried improve/worsen better/worsen maximum/minimum major/minor online/offline
manual/automatic internal/external dark/light morning/evening today/tomorrow yesterday/tomorrow reliable/unreliable
working/broken works/crashes stable/crashing clear/confusing clear/unclear friendly/rude polite/rude
schnell/langsam gut/schlecht besser/schlechter teuer/billig teuer/günstig einfach/schwierig einfach/kompliziert
hoch/niedrig groß/klein neu/alt lang/kurz zufrieden/unzufrieden freundlich/unfreundlich immer/nie mehr/weniger
"""
_PREFIXES = ("un", "in", "im", "il", "ir", "dis", "non")
_LEAST = 4  # letters that a word must have beside its prefix


def _opposites() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for pair in _PAIRS.split():
        one, other = (stem(word) for word in pair.split("/"))
        found[one].add(other)
        found[other].add(one)
    return {word: frozenset(others) for word, others in found.items()}


_KNOWN = _opposites()


def opposites_of(written: str) -> Iterator[str]:
    """The stems of what means the contrary of a word: from the pairs, and by its prefix (`unclear`, `dissatisfied`)."""
    yield from _KNOWN.get(stem(written), ())
    lower = written.casefold()
    for prefix in _PREFIXES:
        if len(lower) >= _LEAST:
            yield stem(prefix + lower)
        if lower.startswith(prefix) and len(lower) - len(prefix) >= _LEAST:
            yield stem(lower.removeprefix(prefix))
