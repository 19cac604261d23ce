"""What in a text points at one person or opens a door: addresses, account numbers, keys.

Every finder takes folded text (see `redaction`): its digits, dashes and blanks are the ASCII ones, and
what is already hidden stands there as NUL, which no pattern here matches. Each pattern is linear in the length of the
text: either it cannot start twice inside one run of its own characters, or the run has a bound.
"""

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Literal

Kind = Literal["EMAIL", "PHONE", "CARD", "IBAN", "SSN", "ID", "IP", "MAC", "KEY", "NAME", "ADDRESS"]


@dataclass(frozen=True, slots=True)
class Hit:
    """`text[start:end]` is of this kind; `secret` is the same for every spelling of the same one."""

    kind: Kind
    start: int
    end: int
    secret: str = field(repr=False)


_KEY = re.compile(
    r"(?<![\w.-])(?:"
    r"sk-[A-Za-z0-9_-]{16,}|[prs]k_(?:live|test)_[A-Za-z0-9]{10,}|whsec_[A-Za-z0-9]{16,}"
    r"|gh[oprsu]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abeoprs]-[A-Za-z0-9-]{10,}"
    r"|A[KS]IA[0-9A-Z]{16}(?!\w)|AIza[\w-]{30,}|hf_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}"
    r"|SG\.[\w-]{16,}\.[\w-]{16,}|eyJ[\w-]{5,}\.[\w-]{5,}(?:\.[\w-]*)?)"
    r"|-----BEGIN [A-Z ]{0,30}PRIVATE KEY-----[A-Za-z0-9+/=\s\\]*(?:-----END [A-Z ]{0,30}PRIVATE KEY-----)?",
    re.ASCII,
)
_VALUE = re.compile(
    r"\bbearer\s{1,3}(?P<bearer>[\w.~+/-]{8,}=*)"
    r"|://[^\s/@:\0]{0,100}:(?P<password>[^\s/@\0\[][^\s/@\0]{0,200})@"
    r"|(?:token|secret|api[_-]?key|passw(?:or)?d|passphrase|passwort|(?<![a-z0-9])(?:pwd|key|sig|signature|auth|sid|session))="
    r"[\"']?(?P<assigned>[^\s&#;,\"'<>\0\[][^\s&#;,\"'<>\0]{3,})"
    r"|[?&#](?:code|ticket|otp|nonce|invite)=(?P<coded>[^\s&#;,\"'<>\0\[]{16,})"
    r"|/[\w-]{0,20}(?:reset|invit|magic|log-?in|sign-?in|auth|confirm|verif|activat|unsubscribe|join|session|token|passwor)"
    r"[\w-]{0,20}/(?P<segment>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|\w{20,})(?![\w-])"
    r"|(?:token|secret|api[ _-]?key|passw(?:or)?d|passphrase|passwort|kennwort)"
    r"\s{0,3}(?::|\bis\b|\bist\b|\blautet\b)\s{0,3}[\"'`]?(?P<told>[^\s\"'`<>,;\0\[][^\s\"'`<>,;\0]{5,})",
    re.ASCII | re.IGNORECASE,
)
_AT_DOMAIN = re.compile(
    r"@((?:[^\W_](?:[^\W_]|-){0,62}\.){1,8}(?:xn--[a-z0-9]{2,20}|[^\W\d_]{2,24}))(?![\w@])", re.IGNORECASE
)
_LOCAL_REVERSED = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}")
_MAC = re.compile(
    r"(?<![\w:.-])(?:[0-9a-f]{2}(?::[0-9a-f]{2}){5}|[0-9a-f]{2}(?:-[0-9a-f]{2}){5}|[0-9a-f]{4}(?:\.[0-9a-f]{4}){2})(?![\w:-])",
    re.IGNORECASE,
)
_IPV4 = re.compile(r"(?<![\w.-])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?!\w|\.[0-9]|-[0-9])")
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{0,4}(?:(?<=:)[0-9]{1,3}(?:\.[0-9]{1,3}){3})?(?![\w:])", re.IGNORECASE
)
_IP_CUE = re.compile(
    r"(?:\bip(?:v4)?|address|adresse|server|host|gateway|router|dns|ping|subnet|proxy)\W{0,3}(?:\w+\W{0,3}){0,2}\Z",
    re.IGNORECASE,
)
_VERSION_CUE = re.compile(
    r"(?:\bv\b|\bver\b|versions?|build|release|firmware|update[ds]?|upgraded?|patch|app|ios|android"
    r"|windows|mac ?os|since|chapter|section|kapitel)"
    r"\W{0,3}(?:to|from|on|auf|no|number|is|ist)?\W{0,3}\Z",
    re.IGNORECASE,
)
_IBAN_HEAD = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ -]?[A-Za-z0-9]{2})")
_IBAN_CUE = re.compile(r"\biban[^0-9]{0,16}\Z", re.IGNORECASE)
_CARD_RUN = re.compile(r"(?<![A-Za-z0-9+])[0-9](?:[ .-]?[0-9]){11,}(?![A-Za-z0-9])")
_CARD_SHAPE = re.compile(
    r"(?<![0-9])(?:[0-9]{12,19}|(?:[0-9]{4}[ .-]){3}[0-9]{4}(?:[ .-][0-9]{3})?|[0-9]{4}[ .-][0-9]{6}[ .-][0-9]{4,5})"
    r"(?![0-9])"
)
_CARD_FOURS = re.compile(r"[0-9]{4}(?:[ .-]?[0-9]{4}){3}")
_CARD_CUE = re.compile(
    r"(?:card|karte|\bcc\b|visa|master|amex|credit|debit|kredit|giro|carte|tarjeta|\bpan\b)[^0-9]{0,24}\Z",
    re.IGNORECASE,
)
_CARD_ISSUER = re.compile(
    r"4(?:[0-9]{12}|[0-9]{15}|[0-9]{18})|(?:5[1-5]|2[2-7])[0-9]{14}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}"
    r"|6(?:011|5[0-9]{2}|4[4-9][0-9])[0-9]{12}|35(?:2[89]|[3-8][0-9])[0-9]{12}|(?:2131|1800)[0-9]{11}|62[0-9]{14,17}"
    r"|(?:50|5[6-9]|6[0-9])[0-9]{14}"
)
_SSN = re.compile(r"(?<![\w-])[0-9]{3}([- .]?)[0-9]{2}\1[0-9]{4}(?!\w|-[0-9])")
_SSN_CUE = re.compile(r"(?:\bssn|social[ -]security)[^0-9]{0,24}\Z", re.IGNORECASE)
_REFERENCE_CUE = re.compile(
    r"(?:order|ticket|invoice|booking|confirmation|reservation|\bref|reference|case|claim|\bjob|flight|tracking|serial|item|\bpart|sku|"
    r"account|customer|contract|policy|version|build|isbn|imei|amount|total|parcel|shipment|model|transaction|error|code|"
    r"bestell\w{0,10}|rechnung\w{0,10}|auftrag\w{0,10}|kunden\w{0,10}|vertrag\w{0,10}|vorgang\w{0,10}|beleg\w{0,10}|sendung\w{0,10}|"
    r"\bid)s?\W{0,3}(?:(?:number|no|nr|num|id|is|was|ist|lautet)\b\W{0,3}){0,2}\Z|[#$€£¥]\W?\Z",
    re.IGNORECASE,
)


def before(text: str, start: int) -> str:
    """The forty characters ahead of `start`, as far as nothing hidden lies between."""
    return text[max(0, start - 40) : start].rpartition("\0")[2]


def is_reference(text: str, start: int) -> bool:
    """Whether the words ahead of `start` announce an order, a ticket, a price…, not a person's number."""
    return _REFERENCE_CUE.search(before(text, start)) is not None


def find_keys(text: str) -> Iterator[Hit]:
    """API keys, tokens, private keys, and passwords where a URL or an assignment carries them."""
    for match in _KEY.finditer(text):
        yield Hit("KEY", match.start(), match.end(), match.group())
    for match in _VALUE.finditer(text):
        name = match.lastgroup or ""
        value = match[name].rstrip(".,;:!?)]}")
        if value and (name in ("password", "assigned") or _is_opaque(value)):
            yield Hit("KEY", match.start(name), match.start(name) + len(value), value)


def find_emails(text: str) -> Iterator[Hit]:
    """E-mail addresses; the part before the @ is read backwards from it."""
    if "@" not in text:
        return
    for match in _AT_DOMAIN.finditer(text):
        local = _LOCAL_REVERSED.match(text[max(0, match.start() - 64) : match.start()][::-1])
        length = len(local.group().rstrip(".!#$%&'*+/=?^`{|}~-")) if local else 0
        if length and text[match.start() - 1] != ".":
            start = match.start() - length
            yield Hit("EMAIL", start, match.end(), text[start : match.end()].casefold())


def find_machines(text: str) -> Iterator[Hit]:
    """Hardware (MAC) addresses, with colons, dashes or in three dotted groups."""
    for match in _MAC.finditer(text):
        digits = re.sub(r"[^0-9a-f]", "", match.group().lower())
        if ":" in match.group() or not digits.isdigit():
            yield Hit("MAC", match.start(), match.end(), digits)


def find_ips(text: str) -> Iterator[Hit]:
    """IPv4 and IPv6 addresses; four numbers that read like a version are left."""
    for match in _IPV4.finditer(text):
        if _is_ip(match.group()) and not _reads_as_version(text, match):
            yield Hit("IP", match.start(), match.end(), match.group())
    for match in _IPV6.finditer(text):
        if _is_ip(match.group()) and len(match.group().replace(":", "")) >= 5:
            yield Hit("IP", match.start(), match.end(), ipaddress.ip_address(match.group()).compressed)


def find_ibans(text: str) -> Iterator[Hit]:
    """Bank account numbers whose country, length and checksum agree; after the word IBAN one with a slip in it too.

    What a country checks within its own part is not asked for: who mistypes an account still gives it away.
    """
    from stdnum import iban

    for match in _IBAN_HEAD.finditer(text):
        length = _iban_lengths().get(match.group()[:2].upper())
        found = _alphanumerics(length).match(text, match.start()) if length else None
        if found and (
            iban.is_valid(found.group(), check_country=False) or _IBAN_CUE.search(before(text, match.start()))
        ):
            yield Hit("IBAN", found.start(), found.end(), iban.compact(found.group()))


def find_cards(text: str) -> Iterator[Hit]:
    """Payment cards: checksum and issuer's prefix; after a word like "card" the checksum or four times four digits."""
    for run in _CARD_RUN.finditer(text):
        if _is_card(run.group(), text, run.start()):
            yield Hit("CARD", run.start(), run.end(), _digits(run.group()))
            continue
        for match in _CARD_SHAPE.finditer(text, run.start(), run.end()):
            if _is_card(match.group(), text, match.start()):
                yield Hit("CARD", match.start(), match.end(), _digits(match.group()))


def find_ssns(text: str) -> Iterator[Hit]:
    """US social security numbers: with dashes, or in any form after their name."""
    from stdnum.us import ssn

    for match in _SSN.finditer(text):
        announced = _SSN_CUE.search(before(text, match.start())) is not None
        plain = match[1] == "-" and not is_reference(text, match.start())
        if (announced or plain) and ssn.is_valid(_digits(match.group())):
            yield Hit("SSN", match.start(), match.end(), _digits(match.group()))


def find_national_ids(text: str) -> Iterator[Hit]:
    """Personal numbers of some other countries, by checksum; those of plain digits only after their name."""
    for pattern, cue, is_valid in _national_ids():
        for match in pattern.finditer(text):
            compact = re.sub(r"[ .-]", "", match.group()).upper()
            if (cue is None or cue.search(before(text, match.start()))) and is_valid(compact):
                yield Hit("ID", match.start(), match.end(), compact)


def _is_opaque(value: str) -> bool:
    """Whether a value looks drawn, not written: digits among letters."""
    return len(value) >= 6 and any(c.isdigit() for c in value) and any(c.isalpha() for c in value)


def _is_ip(candidate: str) -> bool:
    try:
        ipaddress.ip_address(candidate)
    except ValueError:
        return False
    return True


def _reads_as_version(text: str, match: re.Match[str]) -> bool:
    lead = before(text, match.start())
    if _IP_CUE.search(lead):
        return False
    parts = match.group().split(".")
    all_small = len("".join(parts)) == 4 and len(set(parts)) > 1
    return all_small or _VERSION_CUE.search(lead) is not None


@cache
def _iban_lengths() -> dict[str, int]:
    """Country to the length of its account numbers, out of the registry that python-stdnum carries."""
    from stdnum import numdb

    registry, letters = numdb.get("iban"), [chr(c) for c in range(ord("A"), ord("Z") + 1)]
    entries = {a + b: registry.info(f"{a}{b}00")[0][1].get("bban", "") for a in letters for b in letters}
    return {country: 4 + sum(map(int, re.findall(r"[0-9]+", bban))) for country, bban in entries.items() if bban}


@cache
def _alphanumerics(length: int) -> re.Pattern[str]:
    return re.compile(rf"[A-Za-z0-9](?:[ -]?[A-Za-z0-9]){{{length - 1}}}(?![A-Za-z0-9])")


def _is_card(candidate: str, text: str, start: int) -> bool:
    from stdnum import luhn

    digits = _digits(candidate)
    if not 12 <= len(digits) <= 19:
        return False
    announced = _CARD_CUE.search(before(text, start)) is not None
    if luhn.is_valid(digits):
        return announced or _CARD_ISSUER.fullmatch(digits) is not None
    return announced and _CARD_FOURS.fullmatch(candidate) is not None


def _digits(text: str) -> str:
    return "".join(filter(str.isdigit, text))


@cache
def _national_ids() -> tuple[tuple[re.Pattern[str], re.Pattern[str] | None, Callable[[str], bool]], ...]:
    from stdnum.br import cpf
    from stdnum.de import idnr
    from stdnum.es import dni, nie
    from stdnum.fr import nir
    from stdnum.gb import nhs
    from stdnum.it import codicefiscale

    def number(shape: str) -> re.Pattern[str]:
        return re.compile(rf"(?<![\w-])(?:{shape})(?!\w|-[0-9])", re.IGNORECASE)

    def called(names: str) -> re.Pattern[str]:
        return re.compile(rf"(?:{names})[^0-9]{{0,24}}\Z", re.IGNORECASE)

    return (
        (number(r"[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]"), None, codicefiscale.is_valid),
        (number(r"[12](?: ?[0-9]{2}){3}(?: ?[0-9]{3}){2} ?[0-9]{2}"), None, nir.is_valid),
        (number(r"[0-9]{3}\.[0-9]{3}\.[0-9]{3}-[0-9]{2}"), None, cpf.is_valid),
        (number(r"[0-9]{8}[ -]?[A-Z]"), called(r"\bdni|\bnif"), dni.is_valid),
        (number(r"[XYZ][ -]?[0-9]{7}[ -]?[A-Z]"), called(r"\bnie|\bnif"), nie.is_valid),
        (number(r"[0-9]{2}(?: ?[0-9]{3}){3}"), called(r"steuer|idnr|\btin\b"), idnr.is_valid),
        (number(r"[0-9]{3}([ -]?)[0-9]{3}\1[0-9]{4}"), called(r"\bnhs"), nhs.is_valid),
        (number(r"[A-Z]{2}(?: ?[0-9]{2}){3} ?[A-D]"), called(r"national insurance|\bnino\b|\bni\b"), lambda _: True),
    )
