"""What is left out to be fast changes nothing that is found."""

import numpy as np
import pytest

from synth.answers import retrieval
from synth.answers.retrieval import nearest_in, nearest_on_theme
from synth.engine import WORKSPACE, Engine
from synth.model import NO_FILTERS, Condition, Filters
from synth.store import fulltext
from synth.store.filtering import excerpt_ids

FILTERS = (NO_FILTERS, Filters(where=(Condition("segment", "Small"),)), Filters(where=(Condition("rating", "1"),)))


@pytest.mark.parametrize("filters", FILTERS)
def test_pieces_find_what_all_at_once_finds(told: Engine, monkeypatch: pytest.MonkeyPatch, filters: Filters) -> None:
    parts = told.parts
    vector = parts.embedder.embed(["photo upload is stuck"])[0]
    theme = told.themes(WORKSPACE)["themes"][0]["id"]
    with parts.database.read() as session:
        allowed = excerpt_ids(session, WORKSPACE, filters)
        on_theme = excerpt_ids(session, WORKSPACE, Filters(where=(*filters.where, Condition("theme", theme))))
    matrix = parts.vectors.matrix(WORKSPACE)
    monkeypatch.setattr(retrieval, "FIRST", 1)
    monkeypatch.setattr(retrieval, "LARGER", 2)
    found = nearest_in(parts, WORKSPACE, vector, 5, filters)
    wanted = matrix.nearest(vector, 5, within=allowed)
    assert np.allclose([near for _, near in found], [near for _, near in wanted], atol=1e-5)
    central = nearest_on_theme(parts, WORKSPACE, theme, vector, 5, filters)
    similar = matrix.vectors[matrix.rows(central)] @ vector
    best = [near for _, near in matrix.nearest(vector, 5, within=on_theme)]
    assert np.allclose(sorted(similar, reverse=True), best, atol=1e-5)
    assert set(central) <= set(on_theme)


@pytest.mark.sqlite
def test_words_that_much_of_a_store_says_are_not_ranked(told: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    with told.parts.database.read() as session:
        said_everywhere = fulltext.search_words(session, WORKSPACE, "the layout", 200)
        layout = fulltext.search_words(session, WORKSPACE, "layout", 200)
        assert len(said_everywhere) > len(layout)
        monkeypatch.setattr(fulltext, "MANY", len(layout))
        monkeypatch.setattr(fulltext, "MUCH", 0.0)
        assert fulltext.search_words(session, WORKSPACE, "the layout", 200) == layout
        assert len(fulltext.search_words(session, WORKSPACE, "the", 200)) > len(layout)
