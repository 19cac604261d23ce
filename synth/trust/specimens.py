"""Made-up personal data in made-up messages, for the self-check of redaction: nothing in it belongs to anybody.

A seeded generator draws values that are valid by their own rules (checksums, numbering plans) and puts each into
templates written for this project: with and without a word that announces it, in English and German, at the beginning,
in brackets, at the end. Beside them stand messages that only look like personal data.
"""

import random
import string
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

SEED = 20261122
EACH = 60  # specimens of a kind
_GENERAL = (
    "Please get back to me, {}, before Friday.",
    "{} – that is all I can give you.",
    "I wrote it down for you ({}) when the crew was here.",
    "Changed last week to {}; the old one is dead.",
    "Both dispatchers have {} in their notes",
    "see below\n{}\nthanks, and greetings to the team",
    "Bitte notieren: {}. Danke!",
    "Im Vertrag steht noch immer {}, das ist falsch.",
    "Customer says '{}' on every job sheet, why?",
)
_OWN: dict[str, tuple[str, ...]] = {
    "EMAIL": (
        "My new address is {} since we moved the office.",
        "send the invoice PDF to {} and not to me",
        "Rechnung bitte an {} schicken",
        "The export went to {}, who left the company.",
        "contact: <{}>",
    ),
    "PHONE": (
        "Call me at {} when the van is near.",
        "my mobile is {}, text works too",
        "Ruf mich unter {} an, bitte nach fünf.",
        "Tel. {} – ask for the night shift",
        "The form rejects my phone number {}.",
    ),
    "CARD": (
        "I was charged twice on card {}.",
        "the card number {} is declined every time",
        "Kreditkarte {} wird nicht angenommen",
        "paid with visa {} yesterday",
        "Your form kept {} in plain sight after checkout.",
    ),
    "IBAN": (
        "Refund it to {} please.",
        "our IBAN is {} and it has not changed",
        "Bitte auf das Konto {} überweisen.",
        "payout account {} shows as invalid",
        "IBAN: {}",
    ),
    "SSN": (
        "It asked for my social security number {} and then hung.",
        "SSN {} belongs to a technician, delete it",
        "My ssn is {}, why is it on the badge?",
        "payroll import failed for {}",
    ),
    "IP": (
        "The tablet at {} cannot reach the board.",
        "blocked login from {} this morning",
        "Der Server {} antwortet nicht.",
        "ping {} times out from the depot",
        "our gateway is {} if you need to allow it",
    ),
    "MAC": (
        "The scanner with MAC {} drops off every hour.",
        "device {} is listed twice",
        "Gerät {} verliert die Verbindung",
    ),
    "KEY": (
        "The webhook fails with token {} in the header.",
        "api key: {}",
        "I pasted {} into the settings and nothing happens",
        "Our integration uses {}, please revoke it.",
    ),
}
_SPARED = (
    "Order {n9} arrived without the second valve.",
    "Since version {a}.{b}.{c}.{d} the board is slow.",
    "Ticket #{n6} is still open after {a} days.",
    "The visit on 2026-{m}-{t} at {h}:{i} was double booked.",
    "Wir haben am {t}.{m}.2026 um {h}:{i} Uhr bestellt.",
    "It shows ${a},{n3}.{t} instead of ${b},{n3}.{t}.",
    "Invoice {n6}-{n3} lists {a} hours twice.",
    "Job {n8} has {b} photos, only {a} came through.",
    "We drive {n3} km a week with {a} vans.",
    "Part no. {n4}-{n4}-{n4} does not fit the pump.",
    "Error {n4} on step {a}, then {n4} again",
    "Rechnung {n9} vom {t}.{m}. ist falsch",
    "between {h}:{i} and {h}:{i} nobody could log in",
    "Our {n4} customers see {n3} errors per {n6} requests.",
    "tracking {n9}{n9} says delivered",
    "The @dispatcher role cannot see version {a}.{b}.",
)


@dataclass(frozen=True, slots=True)
class Specimen:
    """A message, and where in it the personal data of one kind stands; of no kind where there is none."""

    text: str
    kind: str | None = None
    start: int = 0
    end: int = 0


def draw_specimens(regions: Sequence[str], *, seed: int = SEED) -> Iterator[Specimen]:
    """EACH messages of every kind with telephone numbers of these regions, then as many that hold none."""
    for kind, make in _MAKERS.items():
        chance = random.Random(f"{seed} {kind}")  # noqa: S311 - made-up data, not a secret
        templates = (*_OWN[kind], *_GENERAL)
        for number in range(EACH):
            yield _put(templates[number % len(templates)], make(chance, regions), kind)
    chance = random.Random(f"{seed} spared")  # noqa: S311 - as above
    for number in range(EACH):
        yield Specimen(_fill(_SPARED[number % len(_SPARED)], chance))


def _put(template: str, value: str, kind: str) -> Specimen:
    before, after = template.split("{}")
    return Specimen(f"{before}{value}{after}", kind, len(before), len(before) + len(value))


def _fill(template: str, chance: random.Random) -> str:
    numbers = {f"n{size}": str(chance.randrange(10 ** (size - 1), 10**size)) for size in (3, 4, 6, 8, 9)}
    small = {name: str(chance.randrange(2, 20)) for name in "abcd"}
    times = {
        "h": f"{chance.randrange(24):02}",
        "i": f"{chance.randrange(60):02}",
        "m": f"{chance.randrange(1, 13):02}",
        "t": f"{chance.randrange(10, 29)}",
    }
    return template.format(**numbers, **small, **times)


def _email(chance: random.Random, _: Sequence[str]) -> str:
    first, last = _syllables(chance, 2), _syllables(chance, 3)
    local = chance.choice((f"{first}.{last}", f"{first[0]}{last}", f"{last}_{chance.randrange(100)}", f"{first}+synth"))
    domain = chance.choice(
        (f"{_syllables(chance, 3)}-werke.de", f"mail.{last}.co.uk", f"{last}.io", f"{first}{last}.com")
    )
    return chance.choice((f"{local}@{domain}", f"{local}@{domain}".title()))


def _phone(chance: random.Random, regions: Sequence[str]) -> str:
    """A number the plan of a region knows, written as people there or abroad write it."""
    import phonenumbers
    from phonenumbers import PhoneNumberFormat, PhoneNumberType

    region = chance.choice(list(regions) or ["US"])
    kind = chance.choice((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE))
    number = phonenumbers.example_number_for_type(region, kind) or phonenumbers.example_number(region)
    if number is None:
        raise ValueError(f"{region} has no numbering plan")
    base = int(number.national_number or 0) // 10_000 * 10_000
    for _ in range(100):
        number.national_number = base + chance.randrange(10_000)
        if phonenumbers.is_valid_number(number):
            break
    forms = (PhoneNumberFormat.INTERNATIONAL, PhoneNumberFormat.NATIONAL, PhoneNumberFormat.E164)
    written = phonenumbers.format_number(number, chance.choice(forms))
    return chance.choice((written, written, written.replace("-", "."), written.replace("+", "00", 1).replace("-", " ")))


def _card(chance: random.Random, _: Sequence[str]) -> str:
    from stdnum import luhn

    prefix, size = chance.choice((("4", 16), ("52", 16), ("2305", 16), ("6011", 16), ("37", 15)))
    body = prefix + "".join(chance.choices(string.digits, k=size - 1 - len(prefix)))
    digits = body + luhn.calc_check_digit(body)
    groups = (4, 6, 5) if size == 15 else (4, 4, 4, 4)
    return chance.choice((digits, _grouped(digits, groups, " "), _grouped(digits, groups, "-")))


def _iban(chance: random.Random, _: Sequence[str]) -> str:
    """Country, checksum by ISO 7064, account; together or in fours."""
    country, letters, size = chance.choice(
        (("DE", "", 18), ("GB", "NWBK", 14), ("NL", "ABNA", 10), ("AT", "", 16), ("FR", "", 23))
    )
    account = letters + "".join(chance.choices(string.digits, k=size))
    value = int("".join(str(int(sign, 36)) for sign in f"{account}{country}00"))
    whole = f"{country}{98 - value % 97:02}{account}"
    return chance.choice((whole, " ".join(whole[place : place + 4] for place in range(0, len(whole), 4))))


def _ssn(chance: random.Random, _: Sequence[str]) -> str:
    area = chance.choice([number for number in range(1, 900) if number != 666])
    return f"{area:03}-{chance.randrange(1, 100):02}-{chance.randrange(1, 10_000):04}"


def _ip(chance: random.Random, _: Sequence[str]) -> str:
    if chance.random() < 0.75:
        return ".".join(str(chance.randrange(11, 250)) for _ in range(4))
    long = [f"{chance.randrange(0x1000, 0x10000):x}" for _ in range(8)]
    return chance.choice((":".join(long), f"{long[0]}:{long[1]}::{long[7]}", f"fe80::{':'.join(long[4:])}"))


def _mac(chance: random.Random, _: Sequence[str]) -> str:
    pairs = [f"{chance.randrange(256):02x}" for _ in range(5)] + ["a7"]
    dotted = ".".join("".join(pairs[place : place + 2]) for place in (0, 2, 4))
    whole = chance.choice((":".join(pairs), "-".join(pairs), dotted))
    return chance.choice((whole, whole.upper()))


def _key(chance: random.Random, _: Sequence[str]) -> str:
    def opaque(size: int, signs: str = string.ascii_letters + string.digits) -> str:
        return "".join(chance.choices(signs, k=size))

    return chance.choice(
        (
            f"sk-{opaque(32)}",
            f"ghp_{opaque(36)}",
            f"AKIA{opaque(16, string.ascii_uppercase + string.digits)}",
            f"xoxb-{opaque(11, string.digits)}-{opaque(24)}",
            f"sk_live_{opaque(24)}",
            f"eyJ{opaque(20)}.{opaque(40)}.{opaque(30)}",
            f"glpat-{opaque(20)}",
            f"whsec_{opaque(32)}",
        )
    )


def _syllables(chance: random.Random, count: int) -> str:
    return "".join(chance.choice("bdfgklmnprst") + chance.choice("aeiou") for _ in range(count))


def _grouped(digits: str, sizes: Sequence[int], between: str) -> str:
    places = [sum(sizes[:count]) for count in range(len(sizes))]
    return between.join(digits[place : place + size] for place, size in zip(places, sizes, strict=True))


_MAKERS: dict[str, Callable[[random.Random, Sequence[str]], str]] = {
    "EMAIL": _email,
    "PHONE": _phone,
    "CARD": _card,
    "IBAN": _iban,
    "SSN": _ssn,
    "IP": _ip,
    "MAC": _mac,
    "KEY": _key,
}
