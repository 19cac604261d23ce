"""What the documents of one transaction have in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Batch:
    """Where a batch of documents comes from."""

    workspace: str
    import_id: str
    number: int
    source: str
    kind: str
    study: str | None = None  # its id
