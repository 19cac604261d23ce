"""What emerges among the excerpts on no theme, and what raises no alarm."""

from datetime import timedelta

from api import shapes
from synth.engine import WORKSPACE
from synth.reports.emerging import find_emerging

FAULT = "The barcode scanner rejects every label since the update"
WEEKS = [20] * 10


def usual(store, weeks=WEEKS):
    """Feedback on a theme, week by week."""
    store.theme("T1", "Slow board")
    store.weeks("T1", "The board is slow when many jobs are on it", weeks, sources=("tickets", "reviews"))


def emerging(store):
    return find_emerging(store.engine.parts, WORKSPACE)


def scanner(store, weeks, **how):
    store.weeks(None, FAULT, weeks, **{"sources": ("tickets", "reviews"), **how})


def test_what_several_people_begin_to_say_emerges_with_its_numbers_and_quotes(store):
    usual(store)
    store.weeks(None, "Where can I find the invoice archive of last year", [4] * 10, sources=("tickets", "reviews"))
    scanner(store, [0] * 8 + [5, 11])
    [found] = emerging(store)
    assert "scanner" in found.name.casefold()
    assert (found.window.after, found.window.before) == (16, 0)
    assert len(found.excerpts) == 16
    assert found.people == 9
    assert set(found.sources) == {"tickets", "reviews"}
    assert found.since.date() == store.monday - timedelta(weeks=1)
    assert len(found.quotes) == 3
    assert all(quote.quote.startswith(FAULT) for quote in found.quotes)
    told = store.engine.emerging(WORKSPACE)
    shapes.EmergingList.model_validate(told, strict=False)
    assert told["emerging"][0]["ratio"]["low"] > 1


def test_one_loud_author_raises_no_alarm(store):
    usual(store)
    scanner(store, [0] * 8 + [5, 11], people=1)
    assert emerging(store) == []


def test_one_source_of_several_raises_no_alarm(store):
    usual(store)
    store.weeks(None, "Where can I find the invoice archive of last year", [4] * 10, sources=("tickets", "reviews"))
    scanner(store, [0] * 8 + [5, 11], sources=("forum",))
    assert emerging(store) == []


def test_a_busy_week_is_no_trend(store):
    usual(store, [20] * 8 + [60, 120])
    for back, amount in enumerate([30, 15] + [5] * 8):
        for number in range(amount):
            day = store.monday - timedelta(weeks=back) + timedelta(days=number % 7)
            text = f"{FAULT}, says number {number % 5}"  # the same in every week
            store.say(text, day=day, person=f"Caller {number % 9}", source=("tickets", "reviews")[number % 2])
    assert emerging(store) == []


def test_a_young_store_has_nothing_to_compare_with(store):
    usual(store, [20, 20])
    scanner(store, [5, 11])
    assert emerging(store) == []


def test_an_empty_store_has_nothing_emerging(store):
    assert emerging(store) == []
