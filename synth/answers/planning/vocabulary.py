"""What a question can filter by: the values that occur in a workspace."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Final, Self

from synth.answers.planning.known_values import Known, Spelled, index_values, spell

_UNSPELLED: Final = ("language", "rating", "theme")  # what they are called is known without looking


@dataclass(frozen=True)
class Vocabulary:
    """The values that occur, by key, and what the documents span; days are in the workspace's time zone.

    `values` has the keys source, kind, segment, plan, account, person and language where there are such values, and one
    key for each imported attribute. `rating` is the lowest and the highest rating that occurs.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)  # from id to name
    rare: frozenset[tuple[str, str]] = frozenset()  # attributes, as (key, value), that hardly anything has
    rating: tuple[float, float] | None = None
    first_day: date | None = None
    last_day: date | None = None
    words: Mapping[str, Spelled] = field(default_factory=dict, compare=False, repr=False)  # the spellings, once made

    def spelled(self, before: Self | None = None) -> Self:
        """The same with its spellings made: that costs more than to read the values, and is kept with them.

        What was spelled `before` is not spelled again.
        """
        known = before.words if before is not None else {}
        words = {key: spell(key, found, known.get(key)) for key, found in self.values.items() if key not in _UNSPELLED}
        made = replace(self, words=words)
        _ = made.distinctive
        return made

    @cached_property
    def spellings(self) -> Mapping[str, Sequence[Known]]:
        """The values under every spelling a question may use, made once."""
        words = self.words or {key: spell(key, found) for key, found in self.values.items() if key not in _UNSPELLED}
        return index_values(words.values(), self.themes)

    @cached_property
    def distinctive(self) -> Mapping[str, Sequence[str]]:
        """Those that are long enough to be told in spite of a wrong letter, by their first letter."""
        by_letter: dict[str, list[str]] = defaultdict(list)
        for spelling, known in self.spellings.items():
            if len(spelling) > 4 and known[0].tier in ("name", "plain") and known[0].key != "theme":
                by_letter[spelling[0]].append(spelling)
        return by_letter
