"""Key phrases set a group apart, in its members' own words."""

from synth.themes.naming.phrases import Contrast, Speech, rank_phrases, read_speech

PHOTOS = [
    "The photo upload is stuck",
    "My photo uploads get stuck at 99 %",
    "Photo upload stuck again",
    "Uploading a photo is slow",
]
INVOICES = [
    "The invoice layout is broken",
    "Our invoice layout cuts the logo",
    "Invoices without a logo",
    "The logo on the invoice is stuck left",
]


def _contrast(*groups: list[str]) -> tuple[Contrast, list[Speech]]:
    speeches = [read_speech(texts, "en") for texts in groups]
    everyone = range(len(groups))
    return Contrast(speeches, [[other for other in everyone if other != own] for own in everyone]), speeches


def _phrases(*groups: list[str], banned: frozenset[str] = frozenset()) -> list[list[str]]:
    contrast, speeches = _contrast(*groups)
    return [rank_phrases(contrast, i, speech, banned=banned) for i, speech in enumerate(speeches)]


def test_a_word_of_one_group_weighs_more_than_a_word_of_both() -> None:
    contrast, _ = _contrast(PHOTOS, INVOICES)
    assert contrast.weight(0, ("photo",)) > contrast.weight(0, ("stuck",))


def test_a_word_the_group_does_not_use_weighs_nothing() -> None:
    contrast, _ = _contrast(PHOTOS, INVOICES)
    assert contrast.weight(0, ("invoic",)) == 0.0


def test_a_word_others_use_more_weighs_less_than_nothing() -> None:
    contrast, _ = _contrast(PHOTOS, INVOICES)
    assert contrast.weight(1, ("stuck",)) < 0


def test_background_texts_sharpen_the_contrast() -> None:
    speech = read_speech(PHOTOS, "en")
    background = read_speech(["my photo", "a photo of me", "one photo", "stuck in traffic"], "en")
    assert Contrast([speech], [[]], background).weight(0, ("upload",)) > Contrast([speech], [[]], background).weight(
        0, ("photo",)
    )


def test_the_forms_of_a_word_are_one_phrase() -> None:
    photos, _ = _phrases(PHOTOS, INVOICES)
    assert sum(phrase in {"upload", "uploads", "uploading"} for phrase in photos) <= 1


def test_no_two_phrases_share_a_word() -> None:
    for phrases in _phrases(PHOTOS, INVOICES):
        words = [word for phrase in phrases for word in phrase.split()]
        assert len(words) == len(set(words))


def test_a_word_of_the_nearest_neighbour_weighs_less_than_one_of_a_distant_group() -> None:
    texts = ["sync of photos fails"] * 4
    speeches = [read_speech(each, "en") for each in (texts, ["photos are dark"] * 4, ["sync is late"] * 4)]
    contrast = Contrast(speeches, [[1], [0], [0]])
    assert contrast.weight(0, ("photo",)) < contrast.weight(0, ("sync",))


def test_prepositions_stand_in_no_phrase() -> None:
    texts = ["wrong amount of cash", "the amount of cash", "amount of cash from it", "amount of cash"]
    assert not any("of" in phrase.split() for phrase in _phrases(texts, PHOTOS)[0])


def test_phrases_stand_word_for_word_in_a_text() -> None:
    for texts, phrases in zip((PHOTOS, INVOICES), _phrases(PHOTOS, INVOICES), strict=True):
        assert phrases
        assert all(any(phrase in text.lower() for text in texts) for phrase in phrases)


def test_phrases_of_two_words_are_found() -> None:
    assert any(" " in phrase for phrase in _phrases(PHOTOS, INVOICES)[0])


def test_function_words_alone_are_no_phrases() -> None:
    words = {phrase for phrases in _phrases(PHOTOS, INVOICES) for phrase in phrases}
    assert not words & {"the", "my", "our", "is", "at", "on", "without", "again", "a"}


def test_a_negation_may_open_a_phrase() -> None:
    texts = ["sync is not working", "The sync is not working today", "not working", "portal not working"]
    assert "not working" in _phrases(texts, INVOICES)[0]


def test_the_particle_stays_with_its_verb() -> None:
    texts = ["I want to log in", "We log in daily", "Please let me log in", "log in here"]
    assert _phrases(texts, INVOICES)[0][0] == "log in"


def test_banned_stems_are_left_out() -> None:
    photos, _ = _phrases(PHOTOS, INVOICES, banned=frozenset({"photo"}))
    assert photos
    assert not any("photo" in phrase for phrase in photos)


def test_swearing_is_no_key_phrase() -> None:
    photos, _ = _phrases(["damn upload", "damn slow upload", "the damn upload hangs"], INVOICES)
    assert photos
    assert not any("damn" in phrase for phrase in photos)


def test_german_function_words_are_no_phrases() -> None:
    texts = ["Die Rechnung ist falsch", "Meine Rechnung ist nicht da", "Die Rechnungen sind falsch", "Rechnung fehlt"]
    speech = read_speech(texts, "de")
    phrases = rank_phrases(Contrast([speech], [[]]), 0, speech)
    assert phrases[0] in {"rechnung", "rechnungen"}
    assert not set(phrases) & {"die", "ist", "meine", "sind", "da", "nicht"}


def test_texts_without_words_have_no_phrases() -> None:
    speech = read_speech(["👍", "", "..."], "en")
    assert rank_phrases(Contrast([speech], [[]]), 0, speech) == []


def test_at_most_the_number_asked_for_is_returned() -> None:
    contrast, speeches = _contrast(PHOTOS, INVOICES)
    assert len(rank_phrases(contrast, 0, speeches[0], most=3)) == 3
