"""Street addresses in folded text (see `redaction`): a house number beside a name that is built like a street's.

Precision goes first: a street without a number is a place anybody may speak of, and a number beside an ordinary word is
an amount. What belongs to an address that was found (flat, postal code and town) goes with it. The forms are those of
the US and Britain, of German, Dutch, French, Spanish, Italian, Portuguese and the northern languages, and boxes.
"""

import re
from collections.abc import Iterator, Sequence

from synth.intake.redacting.identifiers import Hit

_UP = "A-ZÀ-ÖØ-ÞĀĂĄĆČĎĐĒĖĘĚĞĢĪĮİĶŁŃŇŅŌŐŒŘŚŞŠŢŤŪŮŰŲŹŻŽ"
_NAME = rf"[{_UP}][^\W\d_]*(?:[.'’-][^\W\d_]+)*"
_NUMBER = r"[0-9]{1,5}(?: ?[A-Za-z](?![A-Za-z]))?(?: ?[-/] ?[0-9]{1,4}[A-Za-z]?)?"
_AHEAD = r"(?:[0-9]{1,6} )?"  # the number of a house ahead of its number in the street, as some forms have it
_OF = (
    r"(?:(?:de|du|des|la|le|les|del|della|dello|dei|delle|di|da|do|das|dos|las|los|el|van|den|der|het|ten)\s+"
    r"|[dl]['’]\s?)"
)
_EDGE = r"(?!\w|[.,][0-9]|\s?[%€$£])"
_START = r"(?<![\w.,'’$€£/-])"

_ENGLISH = re.compile(
    rf"{_START}{_AHEAD}[0-9]{{1,5}}[A-Za-z]?(?:-[0-9]{{1,5}})? (?:[NSEW]\.? |(?:North|South|East|West) )?"
    rf"(?:(?:{_NAME}|[0-9]{{1,3}}(?:st|nd|rd|th)) ){{1,4}}?"
    r"(?:Street|St|Avenue|Ave|Road|Rd|Drive|Dr|Lane|Ln|Court|Ct|Place|Pl|Boulevard|Blvd|Terrace|Terr|Square|Sq"
    r"|Crescent|Cres|Close|Highway|Hwy|Parkway|Pkwy|Circle|Cir|Way|Trail|Mews|Grove|Parade|Esplanade)\b\.?"
)
_NO_STREET = re.compile(
    r"\b(?:Google|One|Hard|Flash|Disk|Pen|Thumb|Pixel|Test|Proton|Cloud|Team|Shared|Apple|Sales|Product|Market|Work"
    r"|Fire|Best|Only|Other|First|Second|Third|Next|Last|Same|My|Your|Our|Their|This|That|The|In|On|At|To|And|Or|For"
    r"|Of|AM|PM|Hours?|Days?|Minutes?|Stars?|Times?|Weeks?|Months?|Years?|Dr|Mr|Mrs|Ms|Prof)\Z"
)
_COMPOUND = re.compile(
    rf"{_START}{_AHEAD}(?:(?:{_NAME}|[{_UP}]\.|Am|An der) ){{0,2}}?"
    rf"[{_UP}][^\W\d_]*(?:-[{_UP}]?[^\W\d_]*){{0,3}}?"
    r"(?:stra(?:ß|ss)e|str\.|gasse|allee|chaussee|damm|ufer|platz|weg|ring"
    r"|straat|laan|plein|gracht|kade|singel|dijk|steeg"
    r"|vejen|vej|gaden|gade|gata|gatan|v[äæ]gen|vangen|v[æä]nget|veien|vegen|stræde|krogen|katu|utca)"
    rf" {_NUMBER}{_EDGE}"
)
_APART = re.compile(
    rf"{_START}{_AHEAD}"
    rf"(?:[{_UP}](?:[^\W\d_]*er|lte|eue|ro(?:ß|ss)e|leine) |[{_UP}][^\W\d_]+(?:-[{_UP}][^\W\d_]+){{1,4}}[ -])"
    rf"(?:Stra(?:ß|ss)e|Str\.|Allee|Platz|Weg|Ring|Ufer|Damm|Gasse|Chaussee) {_NUMBER}{_EDGE}"
)
_NO_COMPOUND = re.compile(
    r"(?:arbeits|park|stell|sitz|steh|steck|schlaf|spiel|sport|lager|listen|speicher|studien|kita|tabellen|start|zelt"
    r"|camping|ausbildungs|heim|um|aus|rück|lösungs|hin|schul|lebens|lern|bildungs|liefer|versand|vertriebs|bestell"
    r"|klage|dienst|fuß|rad|feld|mittel|sp|schlüssel|ohr|rechts)(?:platz|weg|ring|damm)\b",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    rf"{_START}{_AHEAD}[0-9]{{1,4}}(?: ?(?:bis|ter|quater)\b)?,? (?:"
    r"(?:[Rr]ue|[Cc]hemin|[Ii]mpasse|[Bb]oulevard|[Bb]d|[Aa]ll[ée]e|[Qq]uai|[Cc]hauss[ée]e|[Ff]aubourg)"
    rf" {_OF}{{0,3}}[^\W\d_][\w'’-]*"
    rf"|(?:[Aa]venue|[Aa]v\.|[Pp]lace|[Rr]oute|[Cc]ours|[Pp]assage|[Ss]quare) {_OF}{{0,3}}{_NAME})"
    rf"(?: {_OF}{{0,3}}{_NAME}){{0,3}}"
)
_NUMBER_LAST = re.compile(
    rf"{_START}{_AHEAD}(?:"
    r"(?:[Rr]ue|[Cc]hauss[ée]e|[Cc]alle|[Aa]venida|[Aa]vda\.?|[Aa]v\.|[Pp]aseo|[Pp]laza|[Cc]arrera|[Cc]amino|[Rr]onda"
    r"|[Tt]raves[íi]a|[Vv]iale|[Pp]iazza|[Cc]orso|[Rr]ua|[Tt]ravessa|[Pp]ra[çc]a|[Ss]trada|C/)"
    rf" {_OF}{{0,3}}[^\W\d_][\w'’-]*(?: {_OF}{{0,3}}{_NAME}){{0,3}}"
    rf"|Via {_OF}{{0,2}}{_NAME}(?: {_OF}{{0,3}}{_NAME}){{0,3}}"
    rf"|(?:ul|al|os|pl)\. {_NAME}(?: {_NAME}){{0,2}}"
    rf"),? (?:n[º°o.]\.? ?|n[úu]m\.? )?{_NUMBER}{_EDGE}"
)
_BOX = re.compile(
    r"\b(?:P\. ?O\. ?Box|PO Box|Postfach|Postbox|Apartado(?: de correos)?|Postbus|Bo[îi]te postale)"
    r" [0-9][0-9 ]{0,6}[0-9]?(?!\w)"
    r"|\b(?:PSC|Unit|CMR) [0-9]{1,5},? Box [0-9]{1,5}(?:,?\s[ADF]PO,? A[AEP],? [0-9]{5}(?:-[0-9]{4})?)?"
    rf"|\bUS(?:NS|S|CGC|NV) {_NAME}(?: {_NAME})?,?\s[ADF]PO,? A[AEP],? [0-9]{{5}}",
    re.IGNORECASE,
)
_FLAT = re.compile(
    r",?\s{1,6}(?:(?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Room|Wohnung|Whg|Appartement|Piso)\.? ?#? ?"
    r"[0-9]{1,5}[A-Za-z]?|#[0-9]{1,5})\b"
)
_TOWN = re.compile(
    rf",?\s{{1,6}}(?:"
    rf"{_NAME}(?: {_NAME}){{0,3}}\s?,?\s{{1,6}}[A-Z]{{2,3}},?\s{{1,6}}"
    rf"(?:{_NAME}(?: {_NAME})?\s)?[0-9]{{5}}(?:-[0-9]{{4}})?"  # Springfield, IL 62704
    rf"|(?:{_NAME}(?: {_NAME}){{0,2}},?\s{{1,2}})?[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}"  # London NW1 6XE
    rf"|(?:[A-Z]{{1,2}}-)?[0-9]{{4,5}}(?: ?[A-Z]{{2}})? {_NAME}(?:[ -]{_NAME}){{0,2}}"  # 10115 Berlin
    r")(?!\w)"
)


def find_addresses(text: str) -> Iterator[Hit]:
    """Streets with a house number, and boxes, each with the flat and the town that follow it."""
    for match in _streets(text):
        end = match.end()
        while flat := _FLAT.match(text, end):
            end = flat.end()
        town = _TOWN.match(text, end)
        end = town.end() if town else end
        yield Hit("ADDRESS", match.start(), end, " ".join(text[match.start() : end].casefold().split()))


def _streets(text: str) -> Iterator[re.Match[str]]:
    for match in _ENGLISH.finditer(text):
        if not _NO_STREET.search(match.group().rpartition(" ")[0]):
            yield match
    for pattern in _OTHERS:
        for match in pattern.finditer(text):
            if not _NO_COMPOUND.search(match.group()):
                yield match


_OTHERS: Sequence[re.Pattern[str]] = (_COMPOUND, _APART, _FRENCH, _NUMBER_LAST, _BOX)
