"""Words of a text: tokens with their role, stems, and the function words of seven languages.

A token's role says how it may stand in a name: content words carry it, inner words (prepositions, conjunctions) may
join two of them, negations must not be lost, fillers and idle words (pronouns, articles, auxiliaries) are dropped.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

Role = Literal["content", "inner", "negation", "idle", "filler", "particle", "number"]
Language = Literal["en", "de", "es", "fr", "nl", "pt", "it"]

NEGATED = "¬"  # the key of any negation
NEGATIONS: dict[Language, str] = {
    "en": "not no never cannot can't cant won't wont don't dont doesn't doesnt didn't didnt isn't isnt aren't wasn't"
    " weren't hasn't hasnt haven't havent hadn't couldn't couldnt wouldn't wouldnt shouldn't nothing without",
    "de": "nicht kein keine keinen keiner keinem nie niemals ohne nichts",
    "es": "no nunca sin nada ni tampoco",
    "fr": "ne n'est pas jamais sans rien aucun aucune",
    "nl": "niet geen nooit zonder niets",
    "pt": "não nao nunca sem nada nem",
    "it": "non mai senza niente nulla",
}
INNER: dict[Language, str] = {
    "en": "of at in on for to from with by into onto over under between through during within after before"
    " and or per via when while than as against towards across about around too still same more less only",
    "de": "an am auf aus bei beim bis durch für gegen im in ins mit nach ohne über um unter vom von vor zu zum zur"
    " zwischen und oder seit wegen während pro als",
    "es": "a al de del en con por para desde hasta entre sobre y o e según durante cuando como que",
    "fr": "à au aux de du des d en dans avec par pour sur sous entre vers chez et ou depuis pendant quand comme",
    "nl": "aan bij door in met na naar om op over te tot tussen uit van via voor en of tijdens als",
    "pt": "a ao aos à às de do da dos das em no na nos nas com por para pelo pela sobre entre até e ou desde quando",
    "it": "a al alla di del della dei delle da dal dalla in nel nella con su sul sulla per tra fra e o durante quando",
}
IDLE: dict[Language, str] = {
    "en": "a an the this that these those my mine your yours our ours his her hers its their theirs i me we us you he"
    " him she it they them myself yourself itself themselves ourselves i'm im i've ive i'd i'll you're you've you'll"
    " we're we've we'll they're they've it's that's there's he's she's what's where's how's who's let's is am are was"
    " were be been being do does did done doing have has had having will would shall should can could may might must"
    " ought there here what which who whom whose where why how if because but so then though although since until"
    " unless whether that's both each every any some all other another such own same very also just even only"
    " really actually basically simply quite rather almost already yet ever always often sometimes maybe perhaps"
    " probably currently recently now today once else most much many few least again several lot lots bit"
    " something anything everything someone anyone everyone thing things stuff way ways one ones etc eg ie u ur"
    " gonna wanna gotta somehow somewhere anywhere however therefore anyway besides again's yes yeah lol omg",
    "de": "der die das den dem des ein eine einen einem einer eines dieser diese dieses diesen diesem mein meine"
    " meinen meinem meiner dein deine sein seine ihr ihre ihren ihrem unser unsere unseren unserem euer eure ich mich"
    " mir du dich dir er ihn ihm sie es wir uns euch ihnen man sich ist sind war waren bin bist seid wird werden wurde"
    " wurden worden habe hat haben hatte hatten hast kann können konnte könnte könnten soll sollte muss müssen"
    " musste darf möchte möchten will wollen würde würden wäre sein gewesen da hier dort was wer wie wo warum wann"
    " welche welcher welches wenn weil dass daß ob aber denn doch sondern so dann auch nur noch schon sehr mal eben"
    " etwas alles alle aller jeder jede jedes viele viel mehr sehr ganz immer leider bitte danke damit dazu davon"
    " daran dabei wieso weshalb sowie bzw zb hallo guten tag ja nein halt einfach gar eigentlich",
    "es": "el la los las lo un una unos unas este esta estos estas ese esa eso esto mi mis tu tus su sus nuestro"
    " nuestra me te se nos le les yo él ella ellos ustedes usted es son era fue ser está están estaba estoy estar he"
    " ha han haber hay tengo tiene tienen puedo puede pueden poder quiero quisiera muy más mucho muchos mucha muchas"
    " también ya solo sólo porque pero si qué cómo cuándo dónde cual cuál quien donde todo toda todos todas algo hola"
    " gracias por favor siempre aquí ahí así",
    "fr": "le la les l un une ce cet cette ces c c'est mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs"
    " je j j'ai tu il elle on nous vous ils elles me m te se s lui y en qu que qui quoi dont où est sont était être"
    " suis es été ai as a avons avez ont avoir avait peux peut peuvent pouvez voudrais veux fait faire très plus aussi"
    " trop tout tous toute toutes mais donc car si parce pourquoi comment toujours encore déjà ça cela bonjour merci"
    " svp il'y n'y d'un d'une",
    "nl": "de het een deze dit die dat mijn jouw uw zijn haar ons onze hun ik mij me je jij u hij hem ze zij wij we"
    " jullie is ben bent was waren wordt worden werd heb hebt heeft hebben had kan kunnen kon zou zal wil moet moeten"
    " er hier daar wat wie waar hoe waarom welke maar want dus omdat ook nog al heel erg veel meer alle alles iets"
    " graag hallo bedankt dank alstublieft ja nee dan toch wel zo",
    "pt": "o os as um uma uns umas este esta esse essa isso isto meu minha meus minhas teu tua seu sua seus suas nosso"
    " nossa eu tu ele ela nós vocês você eles elas me te se lhe é são era foi ser está estão estava estou estar tem"
    " têm tenho ter há posso pode podem poder quero gostaria muito muitos muita mais também já só porque mas que qual"
    " quem como onde tudo todo toda todos todas algo olá obrigado obrigada favor sempre aqui",
    "it": "il lo la i gli le l un uno una questo questa questi queste quello quella mio mia miei mie tuo tua suo sua"
    " nostro nostra loro io tu lui lei noi voi mi ti si ci vi è sono era erano essere stato stata ho hai ha abbiamo"
    " hanno avere aveva posso può possono vorrei voglio molto molti più anche già solo perché ma che chi cosa come"
    " dove quale se tutto tutti tutte qualcosa ciao grazie prego sempre qui così",
}
FILLERS: dict[Language, str] = {
    "en": "want wants wanted need needs needed like likes know tell help helps please try tried trying wonder wondering"
    " think thinks thought see look looking make makes made sure say says said let lets hello hi hey thanks thank"
    " ok okay get gets getting got gotten go goes going went able possible explain understand kindly ask asking"
    " reason way guys sir team dear idea find hope wish keep keeps come believe seem seems exactly feel guess mean"
    " give gives put happen happens happened happening question issue issues problem problems"
    " allow supposed take takes taking took sorry hoping today ago soon later",
    "de": "möchten bräuchte brauche wissen sagen gibt geht machen gemacht mache hätte gerne gern fragen frage sehen",
    "es": "saber hacer ver decir necesito ayuda pueden puedo podría",
    "fr": "savoir voir dire besoin aide voudrais faire",
    "nl": "weten zien zeggen doen nodig hulp graag",
    "pt": "saber fazer ver dizer preciso ajuda gostaria",
    "it": "sapere fare vedere dire bisogno aiuto",
}
PRAISE = frozenset(
    "good great best better love loves loved awesome amazing excellent fantastic perfect perfectly nice fine helpful easy"
    " wonderful brilliant happy recommend well gut gute guter gutes super toll prima klasse perfekt schön bien bueno buena"
    " excelente genial bon bonne goed geweldig bom boa ottimo ottima buono".split()
)
PARTICLES = frozenset("up out off down back twice away in on".split())
LOOSE_PARTICLES = frozenset("in on".split())
LOGIN_VERBS = frozenset("log logged logging logs sign signed signing check checking checked clock clocking plug".split())
SWEARING = re.compile(
    r"\b(?:\w*fuck\w*|\w*shit\w*|bitch\w*|cunt\w*|ass|arse\w*|asshole\w*|bastard\w*|crap\w*|damn\w*|goddam\w*|dick\w*"
    r"|piss\w*|wank\w*|bollocks|bullcrap|retard\w*|slut\w*|whore\w*|wtf|stfu|scheiß\w*|scheiss\w*|arsch\w*|verdammt\w*"
    r"|mierda|puta\w*|joder|cabr[oó]n\w*|merde|putain|connard\w*|salope\w*|kut|klote\w*|caralho|porra|cazzo|stronz\w*"
    r"|f\*+k\w*|sh\*+t\w*|sucks?)\b",
    re.IGNORECASE,
)
DETERMINERS: dict[Language, frozenset[str]] = {
    "en": frozenset("a an the my your our this that these those his her their its any some every no new".split()),
    "de": frozenset("der die das den dem des ein eine einen einem einer mein meine meinen meiner unsere keine".split()),
    "es": frozenset("el la los las un una mi mis su sus del al esta este".split()),
    "fr": frozenset("le la les l un une mon ma mes du des ce cette au aux d".split()),
    "nl": frozenset("de het een mijn deze dit die dat onze".split()),
    "pt": frozenset("o a os as um uma meu minha do da no na este esta".split()),
    "it": frozenset("il lo la i gli le un una mio mia del della dei delle questo questa".split()),
}
PREPOSITIONS = frozenset("of at in on for from with by into onto over under between through during within".split())
AUXILIARIES = frozenset("is are was were do does did can could will would should has have had may might".split())
SUBJECTS = frozenset("i we you he she it they i'm i've i'd i'll it's we're we've you're what how where why who whom".split())
_TOKEN = re.compile(
    r"(?P<skip>https?://\S+|www\.\S+|\S+@\S+\.\w+|@\w+|&\w+;)"
    r"|(?P<word>[$€£]?\d+(?:[.,:/]\d+)*(?:\s?%|[^\W\d_]{1,3}\b)?|[^\W_]+(?:['’-][^\W_]+)*)"
    r"|(?P<stop>[.!?;:,()\[\]{}\"“”„…\n\r|*~<>]|\s[-–—/]+\s|[\U0001F000-\U0001FAFF\u2600-\u27BF])"
)
_BREAKS: dict[Language, frozenset[str]] = {
    "en": frozenset("if because but that which who since although though so whether unless until then than".split()),
    "de": frozenset("wenn weil dass daß aber ob sondern denn obwohl".split()),
    "es": frozenset("si porque pero aunque".split()),
    "fr": frozenset("si parce mais que qui car".split()),
    "nl": frozenset("omdat maar dat want".split()),
    "pt": frozenset("se porque mas".split()),
    "it": frozenset("se perché ma".split()),
}


@dataclass(frozen=True, slots=True)
class Token:
    """One word as written; `first` is true where a sentence or clause begins."""

    text: str
    lower: str
    role: Role
    first: bool


def _lookup() -> dict[Language, dict[str, Role]]:
    layers: tuple[tuple[Role, dict[Language, str]], ...] = (
        ("filler", FILLERS),
        ("idle", IDLE),
        ("inner", INNER),
        ("negation", NEGATIONS),
    )
    return {lang: {w: role for role, lists in layers for w in lists[lang].split()} for lang in IDLE}


ROLES: dict[Language, dict[str, Role]] = _lookup()
_FUNCTION: dict[Language, frozenset[str]] = {
    lang: frozenset(w for w, role in roles.items() if role != "filler") for lang, roles in ROLES.items()
}


def guess_language(texts: Iterable[str], default: Language = "en") -> Language:
    """The language whose function words are met most often in the texts; `default` where none is met."""
    counts = Counter(word for text in texts for word in re.findall(r"[^\W\d_]+(?:['’][^\W\d_]+)?", text.lower()))
    hits = {lang: sum(n for word, n in counts.items() if word in words) for lang, words in _FUNCTION.items()}
    best = max(hits, key=lambda lang: (hits[lang], lang == default))
    return best if hits[best] else default


def split_clauses(text: str, language: Language) -> list[list[Token]]:
    """The text's words, cut at punctuation and at the conjunctions that begin a new statement.

    Addresses (@handles, links, e-mail) are cut out and end a clause.
    """
    clauses: list[list[Token]] = [[]]
    for match in _TOKEN.finditer(text):
        word = match["word"]
        lower = word.lower().replace("’", "'") if word else ""
        if not word or lower in _BREAKS[language]:
            clauses.append([])
            continue
        clauses[-1].append(Token(word.replace("’", "'"), lower, _role(lower, language), not clauses[-1]))
    return [clause for clause in clauses if clause]


def is_content(token: Token) -> bool:
    """Whether the word can carry a name or key phrase by itself."""
    return token.role == "content"


def ends_well(tokens: Sequence[Token]) -> bool:
    """Whether the last word may end a phrase: a content word, a number, or the particle of a verb ('top up')."""
    last = tokens[-1]
    if last.role == "particle":
        return len(tokens) > 1 and (last.lower not in LOOSE_PARTICLES or tokens[-2].lower in LOGIN_VERBS)
    return last.role == "content" or (last.role == "number" and len(tokens) > 1)


def key_of(token: Token, language: Language) -> str:
    """What the word counts as: its stem; all negations are one, numbers stay as written."""
    if token.role == "negation":
        return NEGATED
    return token.lower if token.role == "number" else stem(token.lower, language)


@lru_cache(maxsize=100_000)
def stem(word: str, language: Language = "en") -> str:
    """A key under which the forms of a word meet ('uploads', 'uploaded' -> 'upload'); not meant to be read.

    A light suffix stripper in the manner of Porter's first step, with the endings of German and Dutch nouns.
    """
    word = word.lower().replace("’", "'").removesuffix("'s").replace("-", "")
    if len(word) <= 3 or any(c.isdigit() for c in word):
        return word
    return _strip_german(word) if language in ("de", "nl") else _strip_english(word)


def _role(lower: str, language: Language) -> Role:
    if lower[0].isdigit() or lower[0] in "$€£":
        return "number"
    if language == "en" and lower in PARTICLES:
        return "particle"
    known = ROLES[language].get(lower)
    if known is None:
        return "content" if len(lower) > 1 else "idle"
    return known


def _strip_german(word: str) -> str:
    for ending in ("ungen", "en", "er", "em", "es", "e", "n", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending) + ("ung" if ending == "ungen" else "")
    return word


def _strip_english(word: str) -> str:
    word = _strip_plural(word)
    for ending in ("ing", "ed"):
        root = word.removesuffix(ending)
        if root != word and len(root) >= 3 and re.search(r"[aeiouyáéíóú]", root):
            word = root[:-1] if root[-1] == root[-2] and root[-1] not in "lsz" else root
            break
    return word[:-1] if word.endswith("e") and len(word) > 4 else word


def _strip_plural(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("sses", "ches", "shes", "xes", "zes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith(("ss", "us", "is")) else word
