"""The gate: what is shown as a quote stands in the text, and what is shown as a number was computed."""

import unicodedata
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from synth.gate import Draft, Gated, find_verbatim, gate
from synth.model import Claim
from tests.factories import excerpt_view

PHOTO = "Photo upload is stuck at 99 % since 5.2. We have 5000 jobs a month."
INVOICE = "The invoice shows the wrong tax line, every single time."
EVIDENCE = {"x1": excerpt_view("x1", PHOTO, start=40), "x2": excerpt_view("x2", INVOICE)}
LEAD = "1,204 mentions by 30 people are about photo upload."
WORDS = st.text(alphabet="abcdeé üß \n\t\u00a0.,!?’ñ한ệ😀1", min_size=1, max_size=60)
BLANKS = [" ", "  ", "\n", "\t", "\u00a0", " \n "]


def gated(text: str, *quotes: tuple[str, str], **more: Any) -> Gated:
    return gate([Draft(text, quotes)], EVIDENCE, **({"computed": [LEAD], "numbers": [1204, 30]} | more))


def only_claim(found: Gated) -> Claim:
    (claim,) = found.claims
    return claim


def alike(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


@given(WORDS, st.data())
def test_any_part_of_a_text_is_found_where_it_stands_however_it_is_spaced_and_composed(text: str, data: Any) -> None:
    composed = unicodedata.normalize("NFC", text)
    start = data.draw(st.integers(0, len(composed) - 1))
    part = composed[start : data.draw(st.integers(start + 1, len(composed)))]
    assume(part.strip())
    blank, form = data.draw(st.sampled_from(BLANKS)), data.draw(st.sampled_from(["NFC", "NFD"]))
    stored = unicodedata.normalize(data.draw(st.sampled_from(["NFC", "NFD"])), composed)
    place = find_verbatim(stored, unicodedata.normalize(form, blank.join(part.split())))
    assert place is not None
    assert alike(stored[place[0] : place[1]]) == alike(part)


@given(WORDS, st.data())
def test_an_altered_quote_is_never_found(text: str, data: Any) -> None:
    assume(text.strip())
    place = data.draw(st.integers(0, len(text) - 1))
    assume(not text[place].isspace())
    altered = text[:place] + data.draw(st.sampled_from(["z", "Z", "7", "zz"])) + text[place + 1 :]
    assert find_verbatim(text, altered) is None


@given(WORDS, WORDS)
def test_whatever_is_found_is_what_was_asked_for(text: str, quote: str) -> None:
    place = find_verbatim(text, quote)
    if place is None:
        assert alike(quote) not in alike(text) or not alike(quote) or any(map(unicodedata.combining, text + quote))
    else:
        assert alike(text[place[0] : place[1]]) == alike(quote)


@pytest.mark.parametrize(
    ("text", "quote"),
    [
        ("Cafe\u0301 au lait", "Cafe"),
        ("q\u0303uite", "q"),
        ("only", ""),
        ("only", " \n"),
        ("", "x"),
        ("Can't", "can't"),
    ],
)
def test_a_letter_is_not_torn_from_its_accent_and_nothing_is_no_quote(text: str, quote: str) -> None:
    assert find_verbatim(text, quote) is None


@pytest.mark.parametrize(
    ("text", "quote"), [("Å 5", "\u212b 5"), ("한국어", unicodedata.normalize("NFD", "한국")), ("a\u00a0 \nb", "a b")]
)
def test_equal_characters_are_equal_however_they_are_coded(text: str, quote: str) -> None:
    assert find_verbatim(text, quote) is not None


def test_a_citation_carries_offsets_into_its_document_and_the_stored_words() -> None:
    claim = only_claim(gated("Uploads stop.", ("x1", "Photo  upload\nis stuck")))
    (citation,) = claim.citations
    assert (citation.start, citation.end, citation.quote) == (40, 61, "Photo upload is stuck")
    assert (citation.excerpt_id, citation.document_id) == ("x1", "d-x1")


@pytest.mark.parametrize(
    "quote",
    [
        ("x1", "Photo upload We have 5000 jobs"),  # stitched
        ("x1", "Photo upload … 5000 jobs"),
        ("x2", "Photo upload is stuck"),  # another excerpt's words
        ("x9", "Photo upload is stuck"),  # never handed out
        ("x1", "Photo upload is broken"),  # invented
        ("x1", "photo upload is stuck"),
    ],
)
def test_a_claim_whose_only_quote_fails_is_dropped_and_both_are_counted(quote: tuple[str, str]) -> None:
    found = gated("Uploads stop.", quote)
    assert found.claims == ()
    assert found.rejected == 2


def test_a_bad_quote_beside_a_good_one_is_dropped_alone() -> None:
    found = gated("Uploads stop.", ("x1", "Photo upload"), ("x2", "Photo upload"))
    assert [citation.excerpt_id for citation in only_claim(found).citations] == ["x1"]
    assert found.rejected == 1


def test_a_quote_given_twice_is_shown_once() -> None:
    found = gated("Uploads stop.", ("x1", "Photo upload"), ("x1", "Photo upload"))
    assert len(only_claim(found).citations) == 1
    assert found.rejected == 0


def test_counter_evidence_that_is_not_verbatim_is_dropped_and_counted() -> None:
    draft = Draft("Uploads stop.", (("x1", "Photo upload"),), counter=("x2", "works well"))
    found = gate([draft], EVIDENCE)
    assert only_claim(found).counter is None
    assert found.rejected == 1


@pytest.mark.parametrize(
    "text",
    [
        LEAD,
        "1,204 mentions of it.",
        "1204 mentions of it.",
        "1’204 mentions of it.",
        "Stuck at 99 %, they say.",
        "It is stuck at 99% there.",
        "Broken since 5.2, they say.",
        "One does 5000 jobs.",
    ],
)
def test_computed_numbers_and_repeated_words_of_a_quote_may_be_said(text: str) -> None:
    assert gated(text, ("x1", PHOTO)).claims


@pytest.mark.parametrize(
    "text",
    [
        "1,205 mentions of it.",
        "12 mentions of it.",
        "1.204 mentions of it.",
        "5000 customers complained.",
        "5000 complained.",
        "5,000 people complained.",
        "Complaints: 5000.",
        "99 % of users complained.",
        "99 reviews say so.",
        "In 2025 uploads stopped.",
        "½ of it fails.",
        "Stuck at 98 %.",
    ],
)
def test_a_number_that_was_not_computed_takes_the_claim_down(text: str) -> None:
    found = gated(text, ("x1", PHOTO))
    assert found.claims == ()
    assert found.rejected == 1


def test_a_number_of_voices_in_a_quote_is_never_a_count_of_ours() -> None:
    evidence = {"x": excerpt_view("x", "We lost 5000 customers over this.")}
    draft = Draft("5000 customers complained.", (("x", "We lost 5000 customers over this."),))
    assert gate([draft], evidence).claims == ()
    assert gate([draft], evidence, numbers=[5000]).claims


def test_what_a_computed_sentence_repeats_of_the_question_lends_no_number() -> None:
    lead = "3 mentions speak about “900 crashes”."
    draft = Draft("900 crashes in all.", (("x1", "Photo upload"),))
    assert gate([draft], EVIDENCE, computed=[lead]).claims == ()


def test_a_computed_sentence_is_backed_by_the_excerpts_of_its_own_section_only() -> None:
    leads = {LEAD: ["x1"], "12 mentions are about invoices.": ["x2"]}
    assert gated(LEAD, ("x1", "Photo upload"), computed=leads).claims
    found = gated(LEAD, ("x2", "The invoice"), computed=leads)
    assert found.claims == ()
    assert found.rejected == 2
    both = gated(LEAD, ("x1", "Photo upload"), ("x2", "The invoice"), computed=leads)
    assert [citation.excerpt_id for citation in only_claim(both).citations] == ["x1"]


@settings(max_examples=50)
@given(st.integers(0, 10**9), st.sampled_from(["{:d}", "{:,d}"]))
def test_a_computed_number_may_be_written_with_or_without_separators(number: int, form: str) -> None:
    assert gated(f"It is {form.format(number)} in all.", ("x2", INVOICE), numbers=[number]).claims
    assert not gated(f"It is {form.format(number + 1)} in all.", ("x2", INVOICE), numbers=[number], computed=[]).claims


@pytest.mark.parametrize(
    "text",
    [
        "Twelve customers say that uploads stop.",
        "Every customer says that uploads stop.",
        "Most of the users say that uploads stop.",
        "Half of all users say that uploads stop.",
        "One in three users says that uploads stop.",
        "Twice as many people say that uploads stop.",
        "３７ customers say that uploads stop.",
        "Twеlve customers say that uploads stop.",  # with a Cyrillic letter
        "Die meisten Kunden sagen, dass uploads stop.",
    ],
)
def test_an_amount_nobody_computed_is_not_shown_in_words_either(text: str) -> None:
    assert gated(text, ("x1", "Photo upload is stuck")).claims == ()


def test_an_amount_in_words_may_be_said_when_it_was_computed_or_quoted() -> None:
    assert gated("Thirty customers say that uploads stop.", ("x1", "Photo upload is stuck")).claims
    assert gated("It is wrong every single time.", ("x2", "wrong tax line, every single time")).claims
    twice = {"x3": excerpt_view("x3", "I restart the app twice a day.")}
    assert gate([Draft("People restart the app twice a day.", (("x3", "the app twice a day"),))], twice).claims
    assert not gate([Draft("Twice the users restart it.", (("x3", "the app twice a day"),))], twice).claims
