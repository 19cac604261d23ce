"""Names are short, honest and distinct, in the members' own words and language."""

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.naming.naming import Group, Naming, name_themes
from synth.themes.naming.scoring import EMBEDDED

DIMENSION = 256
PHOTOS = [
    "My photo upload is stuck at 99 %",
    "Photo upload stuck at 99 % again, please fix",
    "The photo uploads get stuck at 99 % since the update",
    "Why is the upload of photos stuck at 99 %?",
    "Photo upload stuck on Android, never finishes",
]
EVENTS = [
    "Calendar sync creates duplicate events",
    "We get duplicate calendar events in Google Calendar",
    "Every job shows up twice: duplicate calendar events",
    "The Google Calendar sync makes duplicate events",
    "duplicate events after each calendar sync",
]
CARDS = [
    "What can I do if my card still hasn't arrived?",
    "My card hasn't arrived after two weeks",
    "Why hasn't my card arrived yet?",
    "The new card has still not arrived",
    "My card hasn't arrived, where is it?",
]
INVOICES = [
    "The invoice PDF layout is broken",
    "Invoice PDF cuts off our logo",
    "Can we change the invoice PDF layout?",
    "The layout of the invoice PDF wraps the tax line",
    "Our logo is missing on the invoice PDF",
]
GERMAN = [
    "Doppelte Termine im Kalender seit dem Update",
    "Nach der Synchronisation habe ich doppelte Termine im Kalender",
    "Der Kalender zeigt alle Termine doppelt an",
    "Warum sehe ich doppelte Termine im Kalender?",
    "Die doppelten Termine nerven unsere Techniker",
]
SPANISH = [
    "La factura no llega a los clientes",
    "No llegan las facturas a mis clientes por correo",
    "La factura no llega por correo",
    "Mis clientes no reciben la factura",
    "Las facturas no llegan nunca",
]


def embed(texts: Sequence[str]) -> NDArray[np.float32]:
    """Unit rows of hashed letter trigrams: alike where the spelling is."""
    rows = np.full((len(texts), DIMENSION), 1e-6, dtype=np.float32)
    for row, text in zip(rows, texts, strict=True):
        padded = f"  {text.lower()}  "
        for i in range(len(padded) - 2):
            row[zlib.crc32(padded[i : i + 3].encode()) % DIMENSION] += 1
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def group(texts: Sequence[str], confidences: Sequence[float] | None = None) -> Group:
    return Group(texts, embed(texts), confidences)


def names(*texts: Sequence[str], by_meaning: bool = True) -> list[str]:
    namings = name_themes([group(members) for members in texts], embed=embed if by_meaning else None)
    return [naming.name for naming in namings]


@pytest.mark.parametrize("by_meaning", [True, False])
def test_names_say_what_the_members_say(by_meaning: bool) -> None:
    photos, events, cards, invoices = names(PHOTOS, EVENTS, CARDS, INVOICES, by_meaning=by_meaning)
    assert {"photo", "stuck"} <= set(photos.lower().split())
    assert {"duplicate", "events"} <= set(events.lower().split())
    assert re.search(r"card.* (?:hasn't|not) arrived", cards.lower())
    assert "invoice pdf" in invoices.lower()


def test_names_have_at_most_six_words_and_start_with_a_capital() -> None:
    for name in names(PHOTOS, EVENTS, CARDS, INVOICES, GERMAN, SPANISH):
        assert 1 <= len(name.replace("99 %", "99%").split()) <= 6
        assert name[0].isupper()


def test_names_neither_begin_nor_end_with_an_article_or_pronoun() -> None:
    bare = {"the", "my", "our", "a", "is", "i", "we", "at", "die", "der", "im", "la", "el", "los", "mis"}
    for name in names(PHOTOS, EVENTS, CARDS, INVOICES, GERMAN, SPANISH):
        words = name.lower().split()
        assert not {words[0], words[-1]} & bare


def test_a_negation_is_never_lost() -> None:
    texts = ["I can't log in", "Why can't I log in?", "We can't log in to the portal", "can't log in since Monday"]
    assert names(texts, INVOICES)[0].lower().startswith("can't log in")


def test_a_question_becomes_a_statement() -> None:
    texts = ["Why hasn't my refund arrived?", "Why hasn't the refund arrived yet?", "hasn't my refund arrived?"]
    assert names(texts, PHOTOS)[0] == "Refund hasn't arrived"


def test_a_complaint_is_not_named_by_the_praise_it_opens_with() -> None:
    texts = [
        "Great app but it crashes on startup and won't open",
        "Nice app, crashes on startup, cannot open it",
        "The app crashes on startup, it does not open",
        "Works great when it does not crash on startup",
    ]
    assert not {"great", "nice", "works"} & set(names(texts, INVOICES)[0].lower().split())


def test_a_group_that_praises_is_named_by_praise() -> None:
    texts = ["Great support team", "Great support, quick answers", "The support team is great", "great support"]
    assert "great support" in names(texts, PHOTOS, INVOICES)[0].lower()


def test_a_german_group_is_named_in_german() -> None:
    assert names(GERMAN, PHOTOS, INVOICES)[0] == "Doppelte Termine im Kalender"


def test_a_spanish_group_keeps_its_negation() -> None:
    assert "no llega" in names(SPANISH, PHOTOS, INVOICES)[0].lower()


def test_handles_links_and_their_names_are_left_out() -> None:
    texts = ["@acme my flight was cancelled https://t.co/x", "@acme flight cancelled by Acme", "@ACME cancelled flight"]
    naming = name_themes([group(texts), group(PHOTOS)], embed=embed)[0]
    assert "acme" not in naming.name.lower()
    assert not any("acme" in phrase.lower() or "http" in phrase for phrase in naming.key_phrases)


def test_a_product_name_that_runs_through_all_groups_is_left_out() -> None:
    told = [
        [f"In Larkdesk {text[0].lower()}{text[1:]}" for text in texts] for texts in (PHOTOS, EVENTS, CARDS, INVOICES)
    ]
    assert not any("larkdesk" in name.lower() for name in names(*told))


def test_swearing_does_not_reach_names_or_definitions() -> None:
    texts = ["The fucking sync fails", "damn sync fails every day", "Sync fails with the portal, this sucks"]
    naming = name_themes([group(texts), group(PHOTOS)], embed=embed)[0]
    assert not re.search(r"fuck|damn|sucks", naming.name + " ".join(naming.key_phrases), re.IGNORECASE)


def test_a_group_of_thanks_is_named_by_its_thanks() -> None:
    assert names(["thanks!", "Thanks", "ok thanks", "thanks", "thank you"], PHOTOS)[0] == "Thanks"


def test_equal_groups_get_different_names() -> None:
    assert len({name.casefold() for name in names(CARDS, CARDS, CARDS, ["ok"], ["ok"], ["👍"], ["👍"])}) == 7


def test_the_definition_quotes_a_member_word_for_word() -> None:
    for texts, naming in zip((PHOTOS, CARDS), name_themes([group(PHOTOS), group(CARDS)], embed=embed), strict=True):
        quote = re.search("typical: “([^”]+)”", naming.definition)
        assert quote
        assert any(quote[1].rstrip("…") in text for text in texts)
        assert naming.definition.startswith("Feedback about ")


def test_the_definition_shows_what_is_out_by_the_nearest_text_of_another_group() -> None:
    receipts = ["The receipt PDF is late every week", "Receipts never come", "No receipt today", "Where is my receipt?"]
    naming = name_themes([group(INVOICES), group(receipts), group(CARDS)], embed=embed)[0]
    assert naming.definition.endswith("Not: “The receipt PDF is late every week”.")


def test_a_group_alone_has_nothing_outside() -> None:
    assert "Not:" not in name_themes([group(INVOICES)])[0].definition


def test_what_goes_wrong_is_in_the_name() -> None:
    texts = ["The exchange rate is wrong", "wrong exchange rate", "exchange rate of my payment", "the exchange rate"]
    assert "wrong" in names([*texts, "Wrong exchange rate again"], PHOTOS, INVOICES)[0].lower()


def test_a_contraction_gets_its_apostrophe() -> None:
    texts = ["Photos wont upload", "My photos wont upload", "photos wont upload today", "Photos wont upload again"]
    assert names(texts, INVOICES)[0].startswith("Photos won't upload")


def test_people_met_in_passing_are_neither_in_a_name_nor_among_its_words() -> None:
    thanked = ["I thank Priya", "and Marcus", "with Priya", "says Heather", "from Marcus"]
    texts = [f"The support chat was quick, {name}" for name in thanked] + ["The support chat is quick"] * 10
    naming = name_themes([group(texts), group(INVOICES)], embed=embed)[0]
    assert not re.search("priya|marcus|heather", naming.name + " ".join(naming.key_phrases), re.IGNORECASE)


def test_a_large_group_is_named_by_its_most_central_members() -> None:
    many = [*PHOTOS * 80, "unrelated words about gardening"]
    naming = name_themes([group(many), group(INVOICES)], embed=embed)[0]
    assert "photo" in naming.name.lower()
    assert naming.edge[0] == len(many) - 1


def test_only_a_few_short_names_are_embedded_in_one_call() -> None:
    asked: list[list[str]] = []

    def counted(texts: Sequence[str]) -> NDArray[np.float32]:
        asked.append(list(texts))
        return embed(texts)

    name_themes([group(PHOTOS), group(EVENTS), group(CARDS), group(INVOICES)], embed=counted)
    assert len(asked) == 1
    assert len(asked[0]) <= 4 * EMBEDDED
    assert asked[0] == sorted(asked[0], key=lambda name: (len(name), name))


def test_a_long_quote_is_cut_at_a_word() -> None:
    long = "the invoice layout " + "is really very broken " * 20
    quote = re.search("“(.+)”", name_themes([group([long])])[0].definition)
    assert quote
    assert quote[1].endswith("…")
    assert long.startswith(quote[1].rstrip("…"))


def test_exemplars_are_distinct_and_the_edge_is_elsewhere() -> None:
    texts = [*PHOTOS, PHOTOS[0], PHOTOS[0], "the weather was nice", *[f"{text} today" for text in PHOTOS]]
    naming = name_themes([group(texts), group(EVENTS)])[0]
    shown = [texts[i] for i in naming.exemplars]
    assert len(shown) == len(set(shown)) == 5
    assert len(naming.edge) == 3
    assert texts[naming.edge[0]] == "the weather was nice"
    assert not set(naming.edge) & set(naming.exemplars)


def test_unsure_members_weigh_less() -> None:
    texts = [*PHOTOS, *INVOICES]
    naming = name_themes([group(texts, [1.0] * 5 + [0.01] * 5)], embed=embed)[0]
    assert set(naming.exemplars) <= set(range(5))
    assert "photo" in naming.name.lower()


def test_no_groups_have_no_names() -> None:
    assert name_themes([]) == []


def test_texts_without_words_are_said_to_be_so() -> None:
    assert name_themes([group(["👍"])])[0].name == "Remarks without words"


@pytest.mark.parametrize(
    ("broken", "complaint"),
    [
        (Group([], np.zeros((0, 4), dtype=np.float32)), "no members"),
        (Group(["one"], np.zeros((2, 4), dtype=np.float32)), "one row per text"),
        (Group(["one"], np.zeros((1, 4), dtype=np.float32), [0.1, 0.2]), "one per text"),
    ],
)
def test_a_broken_group_is_refused_with_what_to_do(broken: Group, complaint: str) -> None:
    with pytest.raises(BadInput, match=complaint):
        name_themes([broken])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.text(max_size=60), min_size=1, max_size=6), min_size=1, max_size=5))
def test_any_texts_get_unique_names_and_valid_indices(texts: list[list[str]]) -> None:
    namings = name_themes([group(members) for members in texts], embed=embed)
    assert len({naming.name.casefold() for naming in namings}) == len(texts)
    for members, naming in zip(texts, namings, strict=True):
        _check_indices(naming, len(members))
        assert naming.name.strip()
        assert naming.definition


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([*PHOTOS, *EVENTS, *CARDS, *INVOICES, *GERMAN]), min_size=1, max_size=12))
def test_every_word_of_a_name_stands_in_a_member(members: list[str]) -> None:
    naming = name_themes([group(members), group(SPANISH)], embed=embed)[0]
    spoken = " ".join(members).lower()
    assert all(word in spoken for word in naming.name.lower().split())


def test_the_same_groups_get_the_same_names() -> None:
    assert names(PHOTOS, EVENTS, CARDS) == names(PHOTOS, EVENTS, CARDS)


def test_names_of_bank_questions_share_words_with_their_intents(shared_data: Path) -> None:
    texts: dict[str, list[str]] = defaultdict(list)
    for line in (shared_data / "banking77" / "items.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts[row["label"]].append(row["text"])
    found = names(*(members[:60] for members in texts.values()), by_meaning=False)
    shared = [
        any(part[:4] in name.lower() for part in label.lower().split("_") if len(part) > 3)
        for label, name in zip(texts, found, strict=True)
    ]
    assert len(set(found)) == 77
    assert sum(shared) >= 0.75 * 77


def _check_indices(naming: Naming, size: int) -> None:
    shown = [*naming.exemplars, *naming.edge]
    assert naming.exemplars
    assert len(shown) == len(set(shown))
    assert all(0 <= i < size for i in shown)
