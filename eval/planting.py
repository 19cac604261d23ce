"""Numbers, addresses and keys that belong to nobody, in the spellings people use, written into sentences of ours."""

import ipaddress
import re
import string
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

from eval.folders import Row, read_json
from synth.errors import BadInput

TEXTS: Final = 1_000  # where --limit does not say
_TRIES: Final = 50  # to draw a number that its plan has
_WITHOUT: Final = 4  # of as many texts one holds no secret
_HOLE: Final = re.compile(r"\{([A-Za-z_]+)(?::(\d+))?\}")
_REGIONS: Final[Mapping[str, str]] = {
    "en-US": "US", "en-GB": "GB", "de": "DE", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL",
}  # fmt: skip
_ACCOUNTS: Final[Mapping[str, str]] = {
    "DE": "18n", "FR": "23n", "ES": "20n", "GB": "4a14n", "NL": "4a10n", "IT": "1a22n", "AT": "16n", "BE": "12n",
    "PL": "24n", "CH": "17n", "NO": "11n", "SE": "20n", "MT": "4a5n18n",
}  # fmt: skip
_ISSUERS: Final = (("4", 16), ("51", 16), ("55", 16), ("2221", 16), ("34", 15), ("37", 15), ("6011", 16), ("3528", 16))
_WORDS: Final = (
    "anna",
    "brook",
    "cedar",
    "dale",
    "ember",
    "fjord",
    "grove",
    "hazel",
    "iris",
    "juniper",
    "müller",
    "peña",
)
_ENDS: Final = ("com", "org", "de", "co.uk", "fr", "io", "museum", "com.br")


def plant(folder: Path, *, limit: int | None, seed: int) -> list[Row]:
    """Texts with the spans of what was written into them; raises BadInput for a file without sentences."""
    given = read_json(folder / "variants.json")
    carriers, without = given.get("carriers"), given.get("without")
    if not isinstance(carriers, dict) or not isinstance(without, list) or not without or not all(carriers.values()):
        raise BadInput(f"{folder.name}/variants.json must hold `carriers` by language, and `without`.")
    if unknown := sorted(set(carriers) - set(_REGIONS)):
        raise BadInput(f"{folder.name}/variants.json has the language {unknown[0]}; known are {', '.join(_REGIONS)}.")
    drawn = Random(seed)  # noqa: S311
    pool = [(language, sentence) for language, sentences in carriers.items() for sentence in sentences]
    rows = []
    for number in range(limit or TEXTS):
        plain = number % _WITHOUT == _WITHOUT - 1
        language, sentence = ("en-US", drawn.choice(without)) if plain else drawn.choice(pool)
        rows.append({"id": f"v{number}", **_fill(sentence, language, drawn)})
    return rows


def _fill(sentence: str, language: str, drawn: Random) -> dict[str, Any]:
    text, spans, done = "", [], 0
    for hole in _HOLE.finditer(sentence):
        text += sentence[done : hole.start()]
        done = hole.end()
        if hole[1] in _SECRETS:
            around, secret, behind = _SECRETS[hole[1]](drawn, language)
            start = len(text) + len(around)
            spans.append({"start": start, "end": start + len(secret), "type": hole[1]})
            text += around + secret + behind
        elif hole[1] in _PLAIN:
            text += _PLAIN[hole[1]](drawn, int(hole[2] or 0))
        else:
            raise BadInput(f"variants.json has the hole {hole.group()}; known are {', '.join([*_SECRETS, *_PLAIN])}.")
    return {"text": text + sentence[done:], "spans": spans}


def _digits(drawn: Random, count: int) -> str:
    return "".join(drawn.choices(string.digits, k=count))


def _grouped(text: str, sizes: Sequence[int], by: str) -> str:
    """In groups of these sizes, the last size for all that is left."""
    groups: list[str] = []
    at = 0
    while at < len(text):
        size = sizes[min(len(groups), len(sizes) - 1)]
        groups.append(text[at : at + size])
        at += size
    return by.join(groups)


def _card(drawn: Random, language: str) -> tuple[str, str, str]:
    from stdnum import luhn

    del language
    prefix, length = drawn.choice(_ISSUERS)
    body = prefix + _digits(drawn, length - len(prefix) - 1)
    number = body + luhn.calc_check_digit(body)
    sizes = (4, 6, 5) if length == 15 else (4,)
    by = drawn.choice(["", " ", "-", "\u00a0", "\u2011", "."])
    return "", _grouped(number, sizes, by) if by else number, ""


def _iban(drawn: Random, language: str) -> tuple[str, str, str]:
    from stdnum import iban

    del language
    while True:
        country, shape = drawn.choice(list(_ACCOUNTS.items()))
        body = ""
        for count, kind in re.findall(r"(\d+)([an])", shape):
            body += "".join(drawn.choices(string.ascii_uppercase if kind == "a" else string.digits, k=int(count)))
        number = country + iban.calc_check_digits(f"{country}00{body}") + body
        if iban.is_valid(number, check_country=False):
            break
    by = drawn.choice(["", " ", " ", "-", "\u00a0"])
    written = _grouped(number, (4,), by) if by else number
    return "", written if drawn.random() < 0.8 else written.lower(), ""


def _phone(drawn: Random, language: str) -> tuple[str, str, str]:
    """A valid number of the language's country, with its code or as it is written at home."""
    import phonenumbers as plan

    region = _REGIONS[language]
    kind = drawn.choice([plan.PhoneNumberType.MOBILE, plan.PhoneNumberType.FIXED_LINE])
    shown = plan.example_number_for_type(region, kind)
    example = plan.format_number(shown or plan.PhoneNumber(), plan.PhoneNumberFormat.E164)
    number = plan.parse(example)
    for _ in range(_TRIES):
        tail = drawn.randint(3, 6)
        near = plan.parse(example[:-tail] + _digits(drawn, tail))
        if plan.is_valid_number(near):
            number = near
            break
    forms = plan.PhoneNumberFormat
    form = drawn.choice([forms.E164, forms.INTERNATIONAL, forms.INTERNATIONAL, forms.NATIONAL, forms.NATIONAL])
    written = plan.format_number(number, form)
    spelling = drawn.randrange(6)
    if spelling == 0:
        written = written.replace(" ", ".").replace("-", ".")
    elif spelling == 1:
        written = written.replace(" ", "-")
    elif spelling == 2 and written.startswith("+") and region != "US":
        written = "00" + written[1:]
    elif spelling == 3:
        written = written.replace(" ", "\u00a0")
    elif spelling == 4 and written.startswith("+") and region == "GB":
        written = written.replace("+44 ", "+44 (0)")
    return "", written, ""


def _email(drawn: Random, language: str) -> tuple[str, str, str]:
    del language
    first, last, house = (drawn.choice(_WORDS) for _ in range(3))
    local = drawn.choice(
        [first, f"{first}.{last}", f"{first}+{last}", f"{first}_{_digits(drawn, 2)}", f"o'{last}", f"{first}-{last}"]
    )
    house += drawn.choice(["", "-example", _digits(drawn, 2)])
    domain = f"{drawn.choice(['', 'mail.', 'eu-1.'])}{house}.{drawn.choice(_ENDS)}"
    written = f"{local}@{domain}"
    before, behind = drawn.choice([("", ""), ("", ""), ("<", ">"), ("mailto:", ""), ("(", ")")])
    return before, written.upper() if drawn.random() < 0.1 else written, behind


def _ssn(drawn: Random, language: str) -> tuple[str, str, str]:
    from stdnum.us import ssn

    del language
    while True:
        number = f"{drawn.randint(1, 899):03}{drawn.randint(1, 99):02}{drawn.randint(1, 9999):04}"
        if ssn.is_valid(number):
            break
    return "", _grouped(number, (3, 2, 4), drawn.choice(["-", "-", " ", "", "\u2011", "."])), ""


def _ip(drawn: Random, language: str) -> tuple[str, str, str]:
    del language
    if drawn.random() < 0.5:
        number = ipaddress.IPv4Address(drawn.randint(0x0B000000, 0xDFFFFFFF))
        return "", str(number), drawn.choice(["", "", f":{drawn.randint(80, 9999)}", "/24"])
    groups = [f"{drawn.randint(0, 0xFFFF):x}" for _ in range(8)]
    if drawn.random() < 0.5:
        at = drawn.randint(2, 4)
        groups[at : at + 3] = ["0", "0", "0"]
    address = ipaddress.IPv6Address(":".join(groups))
    written = drawn.choice([address.compressed, address.exploded, address.compressed.upper()])
    before, behind = drawn.choice([("", ""), ("", ""), ("[", "]"), ("[", f"]:{drawn.randint(80, 9999)}"), ("", "/64")])
    return before, written, behind


def _url(drawn: Random, language: str) -> tuple[str, str, str]:
    """A URL, of which the token is the secret."""
    del language
    letters = string.ascii_letters + string.digits
    token = "".join(drawn.choices(letters, k=drawn.randint(20, 40))) + _digits(drawn, 1)
    host = f"https://{drawn.choice(_WORDS[:10])}.example.com"
    shapes = (
        (f"{host}/in?token=", token, "&lang=en"),
        (f"{host}/reset?user=7&access_token=", token, ""),
        (f"{host}/a/b?api_key=", token, "#top"),
        (f"{host}/cb#access_token=", token, "&expires_in=3600"),
        (f"{host}/f?X-Amz-Signature=", "".join(drawn.choices("0123456789abcdef", k=64)), ""),
        ("https://dana:", token, "@files.example.com/x"),
        (f"{host}/s?sig=", token, ""),
        (f"{host}/login?code=", token, "&state=1"),
        (f"{host}/reset-password/", token, ""),
        (f"{host}/oauth?id_token=", f"eyJ{token}.eyJ{token}.{token}", ""),
    )
    return drawn.choice(shapes)


_SECRETS: Final[Mapping[str, Callable[[Random, str], tuple[str, str, str]]]] = {
    "CREDIT_CARD": _card,
    "IBAN_CODE": _iban,
    "PHONE_NUMBER": _phone,
    "EMAIL_ADDRESS": _email,
    "US_SSN": _ssn,
    "IP_ADDRESS": _ip,
    "API_KEY": _url,
}
"""By type: what stands before a secret as part of its form, the secret, and what stands behind."""


def _day(drawn: Random, count: int) -> str:
    del count
    day = date(2024, 1, 1) + timedelta(days=drawn.randrange(1000))
    return day.strftime(drawn.choice(["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%d %B %Y", "%d/%m/%y"]))


def _isbn(drawn: Random, count: int) -> str:
    from stdnum import ean

    del count
    body = "978" + _digits(drawn, 9)
    return _grouped(body + ean.calc_check_digit(body), (3, 1, 4, 4, 1), drawn.choice(["-", ""]))


_PLAIN: Final[Mapping[str, Callable[[Random, int], str]]] = {
    "digits": lambda drawn, count: str(drawn.randint(1, 9)) + _digits(drawn, count - 1),
    "hex": lambda drawn, count: "".join(drawn.choices("0123456789ABCDEF", k=count)),
    "date": _day,
    "time": lambda drawn, _: f"{drawn.randint(0, 23):02}:{drawn.randint(0, 59):02}",
    "year": lambda drawn, _: str(drawn.randint(1999, 2026)),
    "price": lambda drawn, _: drawn.choice(["${0:,}.99", "{0},50 €", "EUR {0}", "£{0:,}"]).format(
        drawn.randint(3, 90_000)
    ),
    "version": lambda drawn, _: ".".join(str(drawn.randint(0, 20)) for _ in range(drawn.randint(2, 4))),
    "isbn": _isbn,
}
"""What points at nobody, and has as many digits as something that does."""
