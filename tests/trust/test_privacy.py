"""The self-check of redaction: made-up values of every kind, valid by their own rules, and messages without any."""

from collections import Counter

import pytest
from stdnum import iban, luhn
from stdnum.us import ssn

from synth.trust.privacy import check_redaction
from synth.trust.specimens import EACH, draw_specimens

REGIONS = ("US", "GB", "DE")


def values(kind: str) -> list[str]:
    return [each.text[each.start : each.end] for each in draw_specimens(REGIONS) if each.kind == kind]


def test_the_same_seed_draws_the_same_specimens_and_another_seed_others() -> None:
    assert list(draw_specimens(REGIONS)) == list(draw_specimens(REGIONS))
    assert list(draw_specimens(REGIONS, seed=1)) != list(draw_specimens(REGIONS))


def test_there_are_as_many_of_every_kind_in_many_messages() -> None:
    drawn = list(draw_specimens(REGIONS))
    assert set(Counter(each.kind for each in drawn).values()) == {EACH}
    assert len({each.text for each in drawn}) > 0.95 * len(drawn)


def test_values_are_valid_by_their_own_rules() -> None:
    assert all(luhn.is_valid(card.replace(" ", "").replace("-", "")) for card in values("CARD"))
    assert all(iban.is_valid(account) for account in values("IBAN"))
    assert all(ssn.is_valid(number) for number in values("SSN"))


def test_what_is_hidden_is_counted_by_kind() -> None:
    checked = check_redaction(REGIONS)
    assert {kind for kind, _, _ in checked.hidden} == {"EMAIL", "PHONE", "CARD", "IBAN", "SSN", "IP", "MAC", "KEY"}
    assert all(0.9 * size <= count <= size == EACH for _, count, size in checked.hidden)
    assert 0.9 * EACH <= checked.spared <= checked.harmless == EACH


@pytest.mark.parametrize("secret", ["f8-52-ab-cf-de-a7", "ab12.cdef.a0a7", "glpat-pudPYzIazSbpZUJyuXjg"])
def test_what_the_self_check_once_found_in_the_open_stays_hidden(secret: str) -> None:
    from synth.intake.redacting.redaction import redact

    assert secret not in redact(f"In the notes stands {secret} still.").text
