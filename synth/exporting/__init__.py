"""Exports: every list of the service, within what it was narrowed to, as CSV, Excel, JSON or Markdown."""

from dataclasses import dataclass
from typing import Final, Literal, get_args

from synth.model import NO_FILTERS, Filters

What = Literal[
    "documents", "excerpts", "unassigned", "search", "themes", "insights", "people", "accounts", "sources", "questions",
    "reports", "imports", "refused", "jobs", "runs", "decisions", "studies", "erasures", "audit",
]  # fmt: skip
Format = Literal["csv", "xlsx", "json", "jsonl", "md"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list was narrowed to; a list goes by those of these that it knows."""

    filters: Filters = NO_FILTERS
    about: str = ""  # of documents: near in meaning to it
    query: str = ""  # of a search
    state: str | None = None  # of insights and jobs
    freshness: str | None = None  # of insights
    theme: str | None = None  # of insights and decisions
    subject: str | None = None  # the import whose refused rows are meant; of the audit log, to what it was done
    action: str | None = None  # of the audit log
    who: str | None = None  # of the audit log


EVERYTHING: Final = Wanted()
