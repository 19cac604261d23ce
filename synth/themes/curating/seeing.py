"""Whether what a decision names is there for whoever decides: what they may not read, they do not move."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import NotFound
from synth.store.rows import one_of
from synth.store.tables import Excerpt, Theme

_NAMED: Final = re.compile(r"(?P<theme>T\d+)|(?P<excerpt>x[0-9a-f]{20})")


def expect_seen(session: Session, workspace: str, wanted: Any) -> None:
    """Raise NotFound for the first theme or excerpt among what is wanted that a reader's session does not show."""
    named = [match for text in _texts(wanted) if (match := _NAMED.fullmatch(text))]
    for kind, table in (("theme", Theme), ("excerpt", Excerpt)):
        ids = {match[kind] for match in named if match[kind]}
        mine = select(table.id).where(table.workspace_id == workspace, one_of(session, table.id, ids))
        if missing := sorted(ids - set(session.scalars(mine))):
            raise NotFound(f"There is no {kind} {missing[0]}.")


def _texts(wanted: Any) -> Iterator[str]:
    if isinstance(wanted, str):
        yield wanted
    elif isinstance(wanted, Mapping):
        for each in wanted.values():
            yield from _texts(each)
    elif isinstance(wanted, Sequence):
        for each in wanted:
            yield from _texts(each)
