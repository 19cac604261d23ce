"""Who gets the weekly report: subscriptions are made, listed and ended, also by whoever holds the link in a letter."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.delivery.addresses import check_address, show_address
from synth.delivery.webhook import make_secret
from synth.errors import Conflict, NotFound
from synth.model import Condition
from synth.parts import Parts
from synth.reports.forms import form_for
from synth.store.rows import next_numbers
from synth.store.tables import Subscription
from synth.wire.values import moment

MOST = 500  # subscriptions of a workspace in force
READER = "the reader, by the link in a letter"


def subscribe(
    parts: Parts,
    workspace: str,
    kind: str,
    address: str,
    *,
    form: str = "whole",
    where: Sequence[Condition] = (),
    by: str,
) -> dict[str, Any]:
    """Send every weekly report there; returns the subscription, with the secret of a webhook, which is shown this once.

    Within conditions it is the report of a team. Raises BadInput for an address or a form that cannot be used,
    Conflict where the address gets the same already.
    """
    found, checked = check_address(kind, address, parts.outgoing)
    form, conditions = form_for(form, where), [f"{each.key}{each.operator}{each.value}" for each in where]
    secret = make_secret() if found == "webhook" else None
    with parts.database.write() as session:
        _refuse_another(session, workspace, found, checked, conditions)
        id = f"N{next_numbers(session, workspace, 'subscription', 1)[0]}"
        row = {
            "workspace_id": workspace,
            "id": id,
            "kind": found,
            "address": checked,
            "form": form,
            "conditions": conditions,
            "secret": secret,
            "key": secrets.token_urlsafe(24),
            "created_by": by,
            "created_at": parts.now(),
        }
        session.execute(insert(Subscription), [row])
        made = find_subscription(session, workspace, id)
    return subscription_document(made) | {"secret": secret}


def list_subscriptions(session: Session, workspace: str) -> list[dict[str, Any]]:
    """Those in force, in the order they were made."""
    return [subscription_document(each) for each in in_force(session, workspace)]


def in_force(session: Session, workspace: str) -> list[Subscription]:
    """The subscriptions that have not ended."""
    mine = Subscription.workspace_id == workspace, Subscription.ended_at.is_(None)
    return list(session.scalars(select(Subscription).where(*mine).order_by(Subscription.created_at, Subscription.id)))


def find_subscription(session: Session, workspace: str, id: str) -> Subscription:
    """One by its id, whether it has ended or not; raises NotFound."""
    found = session.get(Subscription, (workspace, id))
    if found is None:
        raise NotFound(f"There is no subscription {id}.")
    return found


def end(session: Session, workspace: str, id: str, *, by: str, now: datetime) -> None:
    """Send nothing more there; what has ended stays so. Raises NotFound."""
    found = find_subscription(session, workspace, id)
    if found.ended_at is None:
        found.ended_at, found.ended_by = now, by


def find_by_key(session: Session, key: str) -> Subscription:
    """The subscription whose link this is; raises NotFound."""
    found = session.scalar(select(Subscription).where(Subscription.key == key)) if key else None
    if found is None or not hmac.compare_digest(found.key.encode(), key.encode()):
        raise NotFound("This link ends no subscription; take the one in the newest letter.")
    return found


def subscription_document(subscription: Subscription) -> dict[str, Any]:
    """As it is shown; an address that opens a channel is not shown whole."""
    return {
        "id": subscription.id,
        "kind": subscription.kind,
        "address": show_address(subscription.kind, subscription.address),
        "form": subscription.form,
        "where": subscription.conditions,
        "created_by": subscription.created_by,
        "created_at": moment(subscription.created_at),
        "ended_at": moment(subscription.ended_at),
    }


def _refuse_another(session: Session, workspace: str, kind: str, address: str, conditions: Sequence[str]) -> None:
    held = in_force(session, workspace)
    if any((each.kind, each.address, each.conditions) == (kind, address, conditions) for each in held):
        raise Conflict(f"{show_address(kind, address)} gets the report already.")
    if len(held) >= MOST:
        raise Conflict(f"There are {MOST} subscriptions; end some, or use a mailing list.")
