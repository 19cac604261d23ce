"""The rules of suspicion: each a pattern, how much it tells by itself, and the reason as it is shown."""

import re
from dataclasses import dataclass

from synth.words.patterns import pattern


@dataclass(frozen=True, slots=True)
class Rule:
    """A pattern, and the words of which a text must have one before the pattern is tried; none: it is always tried."""

    pattern: re.Pattern[str]
    score: float
    reason: str
    cues: frozenset[str] = frozenset()


def _rule(score: float, reason: str, *patterns: str, cues: str = "") -> Rule:
    return Rule(pattern("|".join(patterns), re.IGNORECASE), score, reason, frozenset(cues.split()))


# Verbs by which a sentence asks for something to be written, changed or found out.
_ORDERS = """
add analyse analyze announce answer append apply arrange ask assess augment automate avoid begin brainstorm break
browse calculate capitalise capitalize change claim classify collect combine come compare compile compose compute
conclude convert convince craft create debate debug decode decrypt define deliver describe design detect determine
develop devise disclose discuss draft edit elaborate embed emphasise emphasize encode encourage encrypt end enhance
enrich ensure estimate evaluate expand explain express extend extract fetch find finish flip format forward generate
give group highlight hint identify illustrate imagine implement include incorporate infuse inject insert integrate
interpret introduce invent investigate invite join jumble limit list make mention merge mirror misspell modify move
name omit optimise optimize organise organize outline output paraphrase plan play predict prepare present pretend
print produce promote proofread propose prove provide publish put rank rate rearrange recite recommend refrain
remind remove render reorder repeat rephrase replace reply reply report research respond restrict retrieve return
reveal reverse review rewrite say schedule scramble search separate set share shift shorten show shuffle simplify
sing slip solve sort speak spell split spread start state stress substitute suggest summarise summarize supplement
swap talk tease teach tell transform translate turn urge use walk warn weave write anagram advertise
antworte antworten beschreibe dichte erfinde erkläre erzähle fasse füge gib nenne schreib schreibe übersetze verfasse
"""
ORDERS = frozenset(_ORDERS.split())
# Those of them that nobody asks of a product: an order by one of these is a task by itself, whatever it is about.
_TASKS = """
analyse analyze assess brainstorm break calculate classify collect compare compile compose compute debate define
describe determine develop devise discuss draft elaborate estimate evaluate explain find generate give identify
illustrate imagine interpret invent investigate list name organise organize outline paraphrase plan play predict
pretend prove provide rank rate recite recommend rephrase research rewrite schedule simplify sing solve suggest
summarise summarize teach translate write automate beschreibe erkläre nenne verfasse übersetze
"""
TASKS = frozenset(_TASKS.split())
_ASKS = "what what's who who's where where's when which why how how's was wer wo wann welche warum wie"
ASKS = frozenset(_ASKS.split())

# What may stand before the verb of an order.
PREFACE = re.compile(
    r"[\W_]*(?:(?:please|kindly|now|then|also|next|first|finally|hey|hi|ok|okay|and|but|only|just|simply|important|note"
    r"|ps|p\.s|bitte|(?:can|could|would|will) (?:you|someone|anyone)"
    r"|(?:i|we) (?:want|need|would like|['’]d like) you to|you (?:must|should|shall|will|have to|need to)"
    r"|make sure (?:to|you|that you)|be sure to|remember to|do not|don['’]t|never|always"
    r"|(?:your|the) (?:new )?(?:task|job|goal|mission) is to)\b[\W_]*)*",
    re.IGNORECASE,
)
# Who speaks of what happened to them gives no order to a model; who says "this" speaks of what stands before it.
PERSONAL = re.compile(
    r"\b(?:i|my|me|mine|we|us|our|ours|myself|ich|mir|mich|mein\w*|wir|uns\w*|this|that|these|those|it|its|they|them|here"
    r"|he|she|him|her|you guys|your? (?:app|product|service|team|support|company|website|site))\b",
    re.IGNORECASE,
)

_REPLIES = r"(?:answers?|repl(?:y|ies)|responses?|outputs?|completions?|antwort(?:en)?|ausgaben?"
_REPLY = (
    r"\b(?:(?:the|this|each|every|any) (?:final |next |entire |whole )?" + _REPLIES + r")"
    r"|(?:your|deiner?|deinen|ihrer?) (?:final |next |own |entire |whole )?" + _REPLIES + r"|messages?|text))\b"
)
_LETTERS = (
    r"\b(?:letters?|vowels?|consonants?|characters?|words?|syllables?|spaces?|punctuation|typos?|misspell\w*|anagram\w*"
    r"|emojis?|capitals|uppercase|lowercase|alphabet\w*|alphanumeric\w*|homophonic\w*|substitution|cipher\w*"
    r"|base ?(?:16|32|64)|hex(?:adecimal)?|binary|morse|rot ?13|pig latin|backwards?)\b"
)
_WORK = (
    r"\b(?:poems?|haikus?|limericks?|sonnets?|lyrics|songs?|stor(?:y|ies)|novels?|tales?|fables?|essays?|speech(?:es)?"
    r"|blog posts?|press releases?|cover letters?|letters? to|e-?mails? to|jokes?|riddles?|puns?|scripts?|screenplays?"
    r"|dialogues?|monologues?|slogans?|taglines?|headlines?|recipes?|itinerar(?:y|ies)|lesson plans?|meal plan"
    r"|quiz(?:zes)?|trivia|fun facts?|algorithms?"
    r"|(?:python|javascript|java|sql|php|c\+\+) (?:\w+ )?(?:function|code|script|query|program)s?"
    r"|functions? (?:in|to|that|for)|regex|equivalents? (?:for|of|in)|translations? of|synonyms? (?:for|of)"
    r"|definitions? of|biograph(?:y|ies)|gedichte?|witze?|geschichten?|aufsatz|liedtext)\b"
)

# Of a sentence that opens with an order, the text from its verb on: the first of these that fits is taken.
ORDERED = (
    _rule(0.9, "an order about the reply", r".{0,160}?" + _REPLY),
    _rule(0.75, "an order to alter letters or words", r"\w+\b.{0,60}?" + _LETTERS),
    _rule(0.75, "work for an assistant", r"\w+\b.{0,60}?" + _WORK),
    _rule(
        0.7,
        "an order how to reply",
        r"(?:respond|answer|reply|speak|talk|antworten?)\b(?: only| nur)? (?:in|with|using|as|like|from|auf|mit|wie)\b",
    ),
    _rule(
        0.6,
        "an order what to claim",
        r"(?:announce|claim|state|mention|say|declare|assert|pretend)\b:? (?:that (?!i\b|we\b|before\b)|[\"“'])",
        r"spread the (?:rumou?r|news|word|lie)\b",
    ),
    _rule(0.55, "a translation", r"(?:translate|übersetze)\b.{0,80}\b(?:to|into|in|ins|auf)\b"),
    _rule(
        0.6,
        "an order what readers are told",
        r"(?:ask|tell|inform|convince|remind|warn|urge|invite|encourage)\b"
        r" (?:the |all |every |your )?(?:users?|readers?|customers?|people|them|everyone)\b",
    ),
)

REPLY_FIRST = _rule(
    0.9,
    "an order about the reply",
    r"[\W_]*(?:in|within|at the (?:start|end|beginning|top|bottom) of|throughout) "
    + _REPLY
    + r",? (?!i\b|we\b|you (?:said|wrote|mentioned|asked))",
    r"[\W_]*(?:when|while) (?:summari[sz]ing|answering|analy[sz]ing|responding|replying|reporting|generating)\b",
    r".{0,40}" + _REPLY + r".{0,20}\b(?:must|should|shall|has to|have to)\b",
)

ORDER = _rule(0.3, "a task for an assistant", r"")
QUESTION = _rule(0.3, "a question of general knowledge", r"")
APART = 0.25  # more for an order or a question that shares no word with the rest of its text

# What a text says, wherever in it.
RULES = (
    _rule(
        0.95,
        "an order to forget rules",
        r"\b(?:ignore|disregard|forget|override|bypass|neglect|discard)\b.{0,40}\b"
        r"(?:instructions|(?:previous|prior|above|earlier|system|original|your) (?:instruction|prompt|rule|message)s?"
        r"|everything (?:above|before)|(?:all|what).{0,12}(?:above|before|previous(?:ly)?|said|told))\b",
        r"\b(?:ignorier\w*|vergiss|vergesst|missachte\w*)\b.{0,40}\b(?:anweisung\w*|regeln?|vorgaben|alles)\b",
        cues="ignore disregard forget override bypass neglect discard ignoriere ignorieren vergiss vergesst missachte",
    ),
    _rule(
        0.9,
        "words for a language model",
        r"\b(?:system prompt|language model|AI assistant|as an AI|developer mode|prompt injection|new instructions?:)",
        r"\byou are (?:now )?(?:an?|the) (?:\w+ ){0,3}(?:assistant|model|AI|bot|agent|translator|summari[sz]er)\b",
        r"\b(?:note|message|instructions?) (?:to|for) (?:the |any )?(?:AI|assistant|model|LLM|bot|summari[sz]er)s?\b",
        r"\b(?:AI|assistant|model|LLM|summari[sz]er)s? (?:must|should|shall|needs? to|has to|have to|is to)\b",
        cues="prompt model assistant ai developer injection instructions instruction bot agent translator llm"
        " summarizer summariser models assistants ais llms bots",
    ),
    _rule(
        0.85,
        "a role for a model",
        r"(?:^|\n)\s*(?:system|assistant)\s*:\s*\S",
        r"<\|?(?:im_start|im_end|system|assistant|user|endoftext)\|?>",
        r"\[/?INST\]",
        r"(?:^|\n)#{2,}\s*(?:instructions?|system|task)\b",
        cues="system assistant im_start im_end user endoftext inst instruction instructions task",
    ),
    _rule(
        0.85,
        "an order about what the reader is told",
        r"\b(?:do not|don['’]t|never) (?:tell|mention|reveal|inform|report|summari[sz]e|include)\b.{0,60}"
        r"\b(?:users?|readers?|anyone|anything negative|complaints?|feedback|reviews?|report|answer|summary)\b",
        r"\b(?:in|to|for) (?:your|the) (?:summary|report|insights?|analysis)\b.{0,30}"
        r"\b(?:say|state|write|claim|mention|include|add)\b",
        r"\b(?:say|state|write|report|conclude)s? (?:that )?(?:all|every|most|\d+ ?%? of|everybody|everyone)"
        r" (?:of )?(?:the |our )?(?:customers|users|people|reviews?|loves|likes|agrees|hates)\b",
        cues="tell mention reveal inform report summarize summarise include say state write claim add conclude"
        " says states",
    ),
    _rule(
        0.6,
        "a link to follow",
        r"\b(?:download|visit|click|go to|install|share|sign up|log ?in|check out|pointing to|linking to"
        r"|directing to|available at|buy|order|join|get)\b.{0,60}"
        r"(?:https?://|www\.|\b[\w-]+\.(?:com|net|org|xyz|io|ru|info|biz|top|site|app|example)\b)",
        cues="http https www com net org xyz io ru info biz top site app example",
    ),
    _rule(
        0.6,
        "a secret asked for",
        r"\b(?:reveal|print|output|send|leak|exfiltrate|repeat|disclose)\b.{0,40}"
        r"\b(?:system prompt|passwords?|api keys?|secrets?|credentials|card numbers?|instructions)\b",
        cues="reveal print output send leak exfiltrate repeat disclose",
    ),
)

# Payloads and markup.
HIDDEN = (
    _rule(0.85, "characters nobody sees", "[\U000e0000-\U000e007f]|[\u202a-\u202e\u2066-\u2069]|[\u200b\u2060]{3,}"),
    _rule(
        0.8,
        "an image or markup that carries text away",
        r"!\[[^\]\n]*\]\([^)\n]*\)|\bdata:[\w/+.-]+;base64,|javascript:",
        r"<(?:script|iframe|img|object|embed|svg|style)\b",
    ),
    _rule(0.7, "a hidden comment", r"<!--|display\s*:\s*none"),
    _rule(
        0.6,
        "an encoded payload",
        r"(?<![\w/+=.:-])(?=[A-Za-z0-9+/]*[A-Z])(?=[A-Za-z0-9+/]*[a-z])(?=[A-Za-z0-9+/]*\d)"
        r"[A-Za-z0-9+/]{40,}={0,2}(?![\w/+=-])",
        r"\b(?:[0-9a-f]{2}[\s:]?){24,}\b|(?:\\x[0-9a-f]{2}){6,}|(?:%[0-9a-f]{2}){8,}|(?:[01]{8}\s+){4,}",
    ),
)
