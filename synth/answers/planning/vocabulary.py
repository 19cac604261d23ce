"""What a question can filter by: the values that occur in a workspace."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Self

from synth.answers.planning.known_values import Known, index_values


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

    def spelled(self) -> Self:
        """The same with its spellings made: that costs more than to read the values, and is kept with them."""
        _ = self.distinctive
        return self

    @cached_property
    def spellings(self) -> Mapping[str, Sequence[Known]]:
        """The values under every spelling a question may use, made once."""
        return index_values(self.values, self.themes)

    @cached_property
    def distinctive(self) -> Mapping[str, Sequence[str]]:
        """Those that are long enough to be told in spite of a wrong letter, by their first letter."""
        by_letter: dict[str, list[str]] = defaultdict(list)
        for spelling, known in self.spellings.items():
            if len(spelling) > 4 and known[0].tier in ("name", "plain") and known[0].key != "theme":
                by_letter[spelling[0]].append(spelling)
        return by_letter
