"""Hooks are made, listed and ended by administrators."""

import secrets
from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from synth.delivery.webhook import make_secret
from synth.errors import BadInput, Conflict, NotFound
from synth.hooks.sealing import seal
from synth.parts import Parts
from synth.permitting import begin_restricted
from synth.store.tables import Hook
from synth.wire.values import moment

MOST = 100  # hooks of a workspace
LONGEST = 500  # characters of a source


def add_hook(
    parts: Parts, workspace: str, source: str, *, by: str, readers: Sequence[str] | None = None
) -> dict[str, Any]:
    """Let another service send feedback of this source; returns the hook with its secret, which is shown this once.

    With `readers` the source is new, and restricted before anything is sent to it. Raises BadInput for a source
    without a name, Conflict where there are too many hooks.
    """
    if not 0 < len(source := source.strip()) <= LONGEST:
        raise BadInput(f"Name the source that it is for, in 1 to {LONGEST} characters.")
    id, secret = f"h{secrets.token_hex(16)}", make_secret()
    row = {
        "id": id,
        "workspace_id": workspace,
        "source": source,
        "sealed_secret": seal(parts.home, id, secret),
        "created_by": by,
        "created_at": parts.now(),
    }
    with parts.database.write() as session:
        held = select(func.count(Hook.id)).where(Hook.workspace_id == workspace)
        if (session.scalar(held) or 0) >= MOST:
            raise Conflict(f"There are {MOST} hooks; end those that nobody uses.")
        if readers is not None:
            begin_restricted(session, workspace, source, "feedback", readers, parts.now())
        session.execute(insert(Hook), [row])
        return _document(session.get_one(Hook, id)) | {"secret": secret}


def list_hooks(session: Session, workspace: str) -> list[dict[str, Any]]:
    """The hooks, in the order they were made."""
    mine = select(Hook).where(Hook.workspace_id == workspace).order_by(Hook.created_at, Hook.id)
    return [_document(each) for each in session.scalars(mine)]


def end_hook(parts: Parts, workspace: str, id: str) -> None:
    """Take nothing more there; raises NotFound."""
    with parts.database.write() as session:
        session.delete(find_hook(session, id, workspace))


def find_hook(session: Session, id: str, workspace: str | None = None) -> Hook:
    """A hook; raises NotFound, also for one of another workspace where one is named."""
    found = session.get(Hook, id)
    if found is None or workspace not in (None, found.workspace_id):
        raise NotFound("There is no such hook; ask an administrator for the address of one.")
    return found


def _document(hook: Hook) -> dict[str, Any]:
    return {
        "id": hook.id,
        "source": hook.source,
        "path": f"/v1/hooks/{hook.id}",
        "created_by": hook.created_by,
        "created_at": moment(hook.created_at),
        "used_at": moment(hook.used_at),
    }
