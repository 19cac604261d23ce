"""What a question can filter by: the values that occur in a workspace."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True)
class Vocabulary:
    """The values that occur, by key, and what the documents span; days are in the workspace's time zone.

    `values` has the keys source, kind, segment, plan, account, person and language where there are such values, "theme"
    with the names of themes if wanted, and one key for each imported attribute. `rating` is the lowest and the highest
    rating that occurs.
    """

    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    themes: Mapping[str, str] = field(default_factory=dict)  # from id to name
    rating: tuple[float, float] | None = None
    first_day: date | None = None
    last_day: date | None = None
