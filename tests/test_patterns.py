"""Patterns that are compiled when first used: they behave as compiled ones do."""

import re

import pytest

from synth.words.patterns import pattern


def test_a_pattern_is_used_as_a_compiled_one() -> None:
    written = pattern(r"(?P<word>late) (\w+)", re.IGNORECASE)
    found = written.search("A Late Flight")
    assert found is not None
    assert (found["word"], written.groups, dict(written.groupindex)) == ("Late", 2, {"word": 1})
    assert written.sub("x", "late one, LATE two") == "x, x"
    assert [match[2] for match in written.finditer("late a late b")] == ["a", "b"]
    assert (written.fullmatch("late x y"), written.pattern) == (None, r"(?P<word>late) (\w+)")


def test_what_cannot_be_a_pattern_is_said_at_its_first_use() -> None:
    written = pattern("(")
    with pytest.raises(re.error):
        written.search("x")
    with pytest.raises(AttributeError):
        _ = written.nothing  # type: ignore[attr-defined]
