import json
import random
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synth.intake.redacting.redaction import redact
from synth.model import Turn

HIDDEN = [
    ("call me on 07700 900123 please", "call me on [PHONE_1] please"),
    ("Ring +44 (0)20 7946 0958.", "Ring [PHONE_1]."),
    ("Tel.: +49 (0) 30 / 123 456-78", "Tel.: [PHONE_1]"),
    ("Handynummer: 0151/23456789", "Handynummer: [PHONE_1]"),
    ("ruf mich unter 0170-1234567 an", "ruf mich unter [PHONE_1] an"),
    ("it is (555) 323-4567, or 415.555.2671 ext. 33", "it is [PHONE_1], or [PHONE_2]"),
    ("(631)891-5722 415-555-2671", "[PHONE_1] [PHONE_2]"),
    ("Phone 467 3395", "Phone [PHONE_1]"),
    ("0049 170 1234567", "[PHONE_1]"),
    ("07700 063 966-Fax", "[PHONE_1]-Fax"),
    ("my card 4111 1111 1111 1111 was", "my card [CARD_1] was"),
    ("3782 822463 10005", "[CARD_1]"),
    ("５１０５ １０５１ ０５１０ ５１００", "[CARD_1]"),
    ("DE89 3704 0044 0532 0130 00 bitte", "[IBAN_1] bitte"),
    ("gb82west12345698765432", "[IBAN_1]"),
    ("my SSN is 123456789", "my SSN is [SSN_1]"),
    ("123-45-6789", "[SSN_1]"),
    ("Steuer-ID 36 574 261 809", "Steuer-ID [ID_1]"),
    ("from 192.168.1.24:8080", "from [IP_1]:8080"),
    ("our server 5.0.0.1 is down", "our server [IP_1] is down"),
    ("2001:db8::8a2e:370:7334", "[IP_1]"),
    ("00:1A:2B:3C:4D:5E", "[MAC_1]"),
    ("<bob.o'neil+tag@mail.example.co.uk>.", "<[EMAIL_1]>."),
    ("müller@bücher.de", "[EMAIL_1]"),
    ("sk-proj-abc_def-1234567890ABCDEFG", "[KEY_1]"),
    ("ghp_16C7e42F292c6912E7710c838347Ae178B4a", "[KEY_1]"),
    ("AKIAIOSFODNN7EXAMPLE", "[KEY_1]"),
    ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.dozjgNryP4J3jVmNHl0w5N", "[KEY_1]"),
    ("Authorization: Bearer abcdef1234567890", "Authorization: Bearer [KEY_1]"),
    ("https://bob:hunter2@example.com/x", "https://bob:[KEY_1]@example.com/x"),
    ("https://example.com/cb?access_token=abc123&x=1", "https://example.com/cb?access_token=[KEY_1]&x=1"),
    ("4111.1111.1111.1111 passt nicht", "[CARD_1] passt nicht"),
    ("+4915123401247", "[PHONE_1]"),  # thirteen digits with the checksum of a card
    ("NO9386011117947 und BE45866312170747", "[IBAN_1] und [IBAN_2]"),
    ("my ssn is 634.33.8726", "my ssn is [SSN_1]"),
    ("Handynummer ist 030.123298", "Handynummer ist [PHONE_1]"),
    ("kam von 37.213.102.195/24.", "kam von [IP_1]/24."),
    (
        "https://a.example.com/login?code=o9HCbdNu1xypZmIEP911s12&state=1",
        "https://a.example.com/login?code=[KEY_1]&state=1",
    ),
    ("https://a.example.com/reset-password/xvkOUOTfzE8CHGla35bj2Jf5", "https://a.example.com/reset-password/[KEY_1]"),
    ("/join/550e8400-e29b-41d4-a716-446655440000 opens", "/join/[KEY_1] opens"),
    ("password: Hunter22!", "password: [KEY_1]!"),
    ("I live at 221B Baker Street, London NW1 6XE.", "I live at [ADDRESS_1]."),
    ("Ship to 88 N Avondale Rd #603, Avondale Estates, GA 30002 please", "Ship to [ADDRESS_1] please"),
    ("1600 Pennsylvania Avenue or 350 5th Ave, Suite 12", "[ADDRESS_1] or [ADDRESS_2]"),
    ("Ich wohne in der Hauptstraße 12b, 10115 Berlin.", "Ich wohne in der [ADDRESS_1]."),
    ("Brucker Straße 31 und Karl-Marx-Allee 5", "[ADDRESS_1] und [ADDRESS_2]"),
    ("12 bis rue de la Paix, 75002 Paris", "[ADDRESS_1]"),
    ("Vivo en Calle de Alcalá 45", "Vivo en [ADDRESS_1]"),
    ("Keizersgracht 123, 1015 CJ Amsterdam", "[ADDRESS_1]"),
    ("write to P.O. Box 149", "write to [ADDRESS_1]"),
    ("-----BEGIN PRIVATE KEY-----\nMIIB+/=\n-----END PRIVATE KEY-----", "[KEY_1]"),
]

LEFT = [
    "version 1.2.3.4", "v5.0.0.1 crashes", "since 5.0.0.1 it", "build 16.0.13231.20110", "Windows 10.0.19045.3570",
    "on 2024-05-03 10:30:00", "03.05.2024 um 10:30", "04.10.2015 18:30 Uhr", "from 03.05.2024 - 05.06.2024",
    "1,234,567 jobs", "1.234.567,89 EUR", "$1234567890", "30 000 000 rows", "order 4155552671",
    "Order #112-1234567-1234567", "Bestellnummer 0123456789", "ticket 223-456-7890", "flight 1881 1882 1883",
    "2015 2016 2017 2018", "51.5074, -0.1278", "5.0 (2026-08-17), 5.1 (2026-09-29)", "10:30-11:45", "1667000000000",
    "office 365 2019", "call 911", "call 12 times in 2024", "@united thanks@you", "std::vector ab::cd 10:20:30:40",
    "2 Google Drive folders", "10 Downing street parties", "Arbeitsplatz 3", "auf Platz 1", "Main Street is closed",
    "1 place to go", "Version 5 Way better", "called 911", "rue the day", "Team 3 Close the ticket",
    "24 Hour Drive", "Suite 12", "Gate 12 Terminal 5",
    "3.14159265 is pi", "0.123456789", "https://a.example.com/login/how-to-reset-2fa-on-phone-12",
    "?code=unauthorised_client",
    "https://a.example.com/join/internationalisation", "1.234.567.890.123",
    "token: expired", "password is wrong again", "bearer responsibilities", "monkey=bananas", "ISBN 978-3-16-148410-0",
    "uuid 550e8400-e29b-41d4-a716-446655440000", "DE89370400440532013001", "boeing 737-800 and 777-200",
]  # fmt: skip

FRAGMENTS = [
    *(text for text, _ in HIDDEN), *LEFT, "[EMAIL_1]", "[CARD_1", "]", "@", "://", ":", "=", "+", "(", ")", "-", ".",
    ",", "/", " ", "\n", "\0", "1", "12", "4111", "0", "call", "order", "card", "token", "x.io", "a", "Ann Lee", "ann",
    "é", "\ud800", "４",
]  # fmt: skip

TEXTS = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=4), max_size=12).map("".join)

TYPES = {
    "EMAIL_ADDRESS": "EMAIL",
    "PHONE_NUMBER": "PHONE",
    "CREDIT_CARD": "CARD",
    "IBAN_CODE": "IBAN",
    "US_SSN": "SSN",
    "IP_ADDRESS": "IP",
}


@pytest.mark.parametrize(("text", "expected"), HIDDEN)
def test_hides_what_points_at_a_person_or_opens_a_door(text: str, expected: str) -> None:
    assert redact(text).text == expected


@pytest.mark.parametrize("text", LEFT)
def test_leaves_versions_dates_prices_and_order_numbers(text: str) -> None:
    assert redact(text).text == text


def test_the_same_secret_gets_the_same_number_in_every_spelling() -> None:
    text = "4111 1111 1111 1111, 4111-1111-1111-1111; Bo@x.io bo@X.IO al@x.io; +1 415 555 2671 (415) 555-2671"
    assert redact(text).text == "[CARD_1], [CARD_1]; [EMAIL_1] [EMAIL_1] [EMAIL_2]; [PHONE_1] [PHONE_1]"


def test_numbers_go_on_from_the_placeholders_already_there() -> None:
    assert redact("[EMAIL_3] wrote to bo@x.io").text == "[EMAIL_3] wrote to [EMAIL_4]"


def test_national_phones_follow_the_regions_asked_for() -> None:
    assert redact("01 42 68 53 00", regions=("FR",)).text == "[PHONE_1]"
    assert redact("415-555-2671", regions=("FR",)).text == "415-555-2671"
    assert redact("+1 415 555 2671", regions=()).text == "[PHONE_1]"


def test_names_are_hidden_as_whole_words_only() -> None:
    text = "Mark and ann lee mark Markus; Ann Lee's phone"
    assert (
        redact(text, names=["Mark", "Ann Lee", "Ann", ""]).text == "[NAME_1] and [NAME_2] mark Markus; [NAME_2]'s phone"
    )


def test_replacements_tell_the_place_and_not_the_secret() -> None:
    redacted = redact("mail bo@x.io now")
    (replacement,) = redacted.replaced
    assert (replacement.kind, replacement.start, replacement.end, replacement.placeholder) == (
        "EMAIL",
        5,
        12,
        "[EMAIL_1]",
    )
    assert "bo@x.io" not in repr(redacted)


def test_turns_keep_their_words_when_moved() -> None:
    text = "Ann: write bo@x.io!\nBob: or call 415-555-2671\nAnn: ok"
    turns = [Turn(5, 19, "Ann"), Turn(25, 45, "Bob"), Turn(51, 53, "Ann", "participant")]
    redacted = redact(text)
    moved = redacted.move(turns)
    assert [redacted.text[t.start : t.end] for t in moved] == ["write [EMAIL_1]!", "or call [PHONE_1]", "ok"]
    assert moved[2].role == "participant"


@given(TEXTS)
@settings(deadline=None, max_examples=400)
def test_a_second_pass_changes_nothing(text: str) -> None:
    once = redact(text, names=("Ann Lee", "order")).text
    assert redact(once, names=("Ann Lee", "order")).text == once


@given(TEXTS)
@settings(deadline=None)
def test_offsets_move_in_order_and_what_is_not_replaced_stays_in_place(text: str) -> None:
    redacted = redact(text)
    offsets = [redacted.shift(offset) for offset in range(len(text) + 1)]
    assert offsets == sorted(offsets)
    assert offsets[-1] == len(redacted.text)
    hidden = {offset for r in redacted.replaced for offset in range(r.start, r.end)}
    assert all(redacted.text[offsets[i]] == text[i] for i in range(len(text)) if i not in hidden)
    assert all(redacted.text[offsets[r.start] : offsets[r.end]] == r.placeholder for r in redacted.replaced)


@pytest.mark.parametrize(
    "hostile",
    [
        "a@",
        "1 ",
        "-",
        "1",
        "eyJ-",
        "1/",
        "://a:",
        "+1 ",
        "ab12 ",
        "12:",
        "1.2.3.",
        "sk-",
        "1 Aa ",
        "A-",
        "A.",
        "rue de ",
        "Aa",
    ],
)
def test_takes_time_in_proportion_to_a_hostile_text(hostile: str) -> None:
    def seconds(length: int) -> float:
        text = (hostile * length)[:length]
        started = time.process_time()
        redact(text)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(1_000_000) < max(1.0, 40 * seconds(100_000))


def test_short_texts_without_secrets_cost_little() -> None:
    words = random.Random(7).choices(
        ["the", "board", "froze", "again", "after", "5.2", "on", "Monday", "at", "9:30"], k=20_000
    )
    texts = [" ".join(words[i : i + 20]) for i in range(0, len(words), 20)]
    started = time.process_time()
    for text in texts:
        redact(text)
    assert (time.process_time() - started) / len(texts) < 0.001


def test_finds_what_people_marked(shared_data: Path) -> None:
    marked = found = right = claimed = 0
    for line in (shared_data / "pii_presidio/items.jsonl").read_text("utf-8").splitlines():
        row = json.loads(line)
        gold = [(s["start"], s["end"], TYPES[s["type"]]) for s in row["spans"] if s["type"] in TYPES]
        replaced = redact(row["text"]).replaced
        marked += len(gold)
        found += sum(
            any(r.kind == kind and r.start <= start and end <= r.end for r in replaced) for start, end, kind in gold
        )
        claimed += sum(r.kind != "ADDRESS" for r in replaced)
        places = [(s["start"], s["end"]) for s in row["spans"]]
        assert all(any(r.start < end and start < r.end for start, end in places) for r in replaced)
        right += sum(
            any(r.kind == kind and r.start < end and start < r.end for start, end, kind in gold) for r in replaced
        )
    assert found / marked >= 0.95
    assert right / claimed >= 0.95
