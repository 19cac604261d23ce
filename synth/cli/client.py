"""What commands ask of whoever answers them: the engine in this process, or a server.

Both sides speak in the JSON documents of `wire`, so a command prints the same whichever it asks.
"""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Protocol

from synth.cli.options import GivenFilters, Period

Document = dict[str, Any]
Progress = Callable[[Document], None]  # is given the state of the work from time to time
Upload = tuple[Path, Document]  # a local file, and how it is to be read


class Client(Protocol):
    """What every command needs. `ingest` takes all files in before themes are sought; it returns their states."""

    def ingest(self, uploads: Sequence[Upload], progress: Progress) -> list[Document]: ...

    def discover(self, progress: Progress, scope: str = "all") -> Document: ...

    def runs(self) -> Document: ...

    def accept_run(self, run: str) -> Document: ...

    def roll_back_run(self, run: str) -> Document: ...

    def themes(self) -> Document: ...

    def insights(self) -> Document: ...

    def trust(self) -> Document: ...

    def ask(self, question: str, given: GivenFilters) -> Document: ...

    def search(self, query: str, given: GivenFilters, limit: int) -> Document: ...

    def report(self, period: Period, format: str) -> str: ...

    def export(self, what: str, format: str) -> Iterator[str]: ...
