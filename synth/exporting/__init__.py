"""Exports: every list of the service, within what it was narrowed to, as CSV, Excel, JSON or Markdown."""

from typing import Final, Literal, get_args

What = Literal[
    "documents", "excerpts", "unassigned", "search", "themes", "insights", "people", "accounts", "sources", "questions",
    "reports", "imports", "refused", "jobs", "runs", "decisions", "studies", "erasures", "audit",
]  # fmt: skip
Format = Literal["csv", "xlsx", "json", "jsonl", "md"]
FORMATS: Final[tuple[Format, ...]] = get_args(Format)
