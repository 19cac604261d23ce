"""Leases that reach too far: the clock of whoever took them was ahead, and no clock of another ends them in time.

A holder that lives renews its lease within its length, whatever its clock says. So one that stays as it is for longer,
by the seconds that this process counts, belongs to a holder that is gone.
"""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.store import ledger
from synth.store.tables import Job


@dataclass(slots=True)
class FarLeases:
    """What this process has seen of them, and since when."""

    _seen: dict[tuple[str, str, datetime], float] = field(default_factory=dict)

    def end(self, session: Session, *, now: datetime, seconds: float) -> int:
        """End those that nobody renewed; `seconds` is a count that no clock changes. Returns how many were ended."""
        far = (Job.state == "running") & (Job.lease_until > now + 2 * ledger.LEASE)
        found = session.execute(select(Job.id, Job.lease, Job.lease_until).where(far)).all()
        held = [(row.id, row.lease, row.lease_until) for row in found]
        self._seen = {each: self._seen.get(each, seconds) for each in held}
        gone = [each for each, since in self._seen.items() if seconds - since > ledger.LEASE.total_seconds()]
        for id, lease, until in gone:
            same = (Job.id == id) & (Job.lease == lease) & (Job.lease_until == until)
            session.execute(update(Job).where(same).values(lease_until=now))
        return len(gone)
