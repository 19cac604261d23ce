"""Facets count all that a search matches: each leads to as many as it says, and all of them add up."""

import re
from typing import Any

import pytest
from sqlalchemy import event

from synth.answers.faceting import LISTED
from synth.engine import WORKSPACE, Engine
from synth.model import NO_FILTERS
from synth.store import tables
from tests.factories import exported, rows_of, take_rows


def _followed(engine: Engine, query: str, value: dict[str, Any], way: str) -> int:
    where = [value["where"]] if value["where"] else []
    narrowed = engine.filters(where=where, since=value["since"], until=value["until"])
    return int(engine.facets(WORKSPACE, query, narrowed, way=way)["excerpts"])  # type: ignore[arg-type]


@pytest.mark.parametrize("way", ["words", "meaning"])
def test_each_value_leads_to_as_many_as_it_says(told: Engine, way: str) -> None:
    found = told.facets(WORKSPACE, "photo upload", way=way)  # type: ignore[arg-type]
    assert {"source", "theme", "segment", "sentiment", "time"} <= {facet["key"] for facet in found["facets"]}
    for facet in found["facets"]:
        for value in facet["values"]:
            assert _followed(told, "photo upload", value, way) == value["excerpts"], value


def test_by_words_all_that_say_them_are_counted_however_many_are_shown(told: Engine) -> None:
    texts = [row["text"].lower() for row in exported(told, "excerpts")]
    saying = sum("photo" in text and bool(re.search("upload", text)) for text in texts)
    found = told.facets(WORKSPACE, "photo upload")
    assert (found["way"], found["excerpts"], found["cut"]) == ("words", saying, None)
    assert saying > 5
    for key in ("source", "time"):
        values = next(facet["values"] for facet in found["facets"] if facet["key"] == key)
        assert sum(value["excerpts"] for value in values) == saying, key
    assert len(told.search(WORKSPACE, "photo upload", limit=5)["results"]) == 5


def test_where_nothing_says_the_words_it_is_counted_by_meaning_and_said_so(told: Engine) -> None:
    query = "photo upload zeppelin"
    found = told.facets(WORKSPACE, query)
    assert (found["way"], found["excerpts"] > 0) == ("meaning", True)
    assert found["said"].startswith("None says all of these words; ")
    assert f"cosine ≥ {found['cut']:.2f}" in found["said"]
    asked = told.facets(WORKSPACE, query, way="words")
    assert (asked["way"], asked["excerpts"], asked["facets"]) == ("words", 0, [])


def test_a_search_for_signs_alone_is_counted_by_meaning(told: Engine) -> None:
    assert told.facets(WORKSPACE, "?!")["way"] == "meaning"
    assert told.facets(WORKSPACE, "?!", way="words")["excerpts"] == 0


def test_one_statement_counts_them_however_many_facets_there_are(told: Engine) -> None:
    counting: list[str] = []
    told.facets(WORKSPACE, "photo")
    engine = told.parts.database.engine
    listen = lambda *given: counting.append(given[2])  # noqa: E731
    event.listen(engine, "before_cursor_execute", listen)
    told.facets(WORKSPACE, "photo")
    event.remove(engine, "before_cursor_execute", listen)
    assert sum("WITH within" in each for each in counting) == 1
    assert len([each for each in counting if not each.startswith("BEGIN")]) <= 5


def test_what_an_interviewer_said_is_not_counted(told: Engine) -> None:
    asked = rows_of(told, "SELECT count(*) FROM excerpts WHERE role = 'interviewer'")[0][0]
    found = told.facets(WORKSPACE, "the", NO_FILTERS, way="words")
    with told.parts.database.read() as session:
        assert found["excerpts"] <= session.query(tables.Excerpt).count() - asked


def test_long_facets_say_how_many_values_are_not_listed(engine: Engine) -> None:
    amount = LISTED + 3
    take_rows(engine, [{"text": f"The board is slow {n}.", "source": f"source {n:02}"} for n in range(amount)])
    facet = engine.facets(WORKSPACE, "board")["facets"][0]
    assert (facet["key"], len(facet["values"]), facet["others"]) == ("source", LISTED, 3)


def test_an_empty_store_has_none(engine: Engine) -> None:
    found = engine.facets(WORKSPACE, "anything")
    assert (found["excerpts"], found["people"], found["facets"]) == (0, 0, [])
