"""What people said of random samples of placed excerpts: whether each is rightly on its theme."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.store.tables import Measurement

SUITE: Final = "sample"  # under which they are kept among the measurements
WINDOW: Final = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Judged:
    """The newest verdict on each excerpt that was judged lately, and when the last of them was given."""

    verdicts: Mapping[str, str]
    last: datetime | None

    @property
    def right(self) -> int:
        """How many are rightly placed."""
        return sum(verdict == "right" for verdict in self.verdicts.values())


def read_verdicts(session: Session, workspace: str, now: datetime) -> Judged:
    """What was judged within the window."""
    mine = (Measurement.workspace_id == workspace) & (Measurement.suite == SUITE)
    query = select(Measurement).where(mine, Measurement.measured_at >= now - WINDOW).order_by(Measurement.measured_at)
    rows = list(session.scalars(query))
    verdicts = {excerpt: verdict for row in rows for excerpt, verdict in row.parameters["verdicts"].items()}
    return Judged(verdicts, rows[-1].measured_at if rows else None)
