"""Sending an archived report: one job tells all subscribers, and each letter is a job of its own.

A letter is sent at least once. When the process dies between sending and writing that down, it is sent again under the
same id (the Message-ID of an e-mail, the `webhook-id` of a webhook), by which a receiver knows it.
"""

from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.delivery.outgoing import CHATS, Letter
from synth.delivery.subscribing import end, find_subscription, in_force
from synth.delivery.webhook import Gone
from synth.errors import Conflict, NotFound
from synth.parts import Parts
from synth.reports.forms import in_form
from synth.reports.weekly import write_for_team
from synth.store import ledger
from synth.store.filtering import parse_condition
from synth.store.rows import next_numbers
from synth.store.tables import Delivery, Job, Report, Subscription
from synth.wire.values import moment

SCHEDULE = "the schedule"
ATTEMPTS = 20  # with the pauses of the ledger: about two hours
SHOWN = 100
_STATES = {"queued": "waiting", "running": "waiting", "done": "sent", "dead": "failed"}


def deliver(parts: Parts, held: ledger.Claim) -> None:
    """The job of a report that was archived: a letter for every subscriber, once."""
    report = held.payload["report"]
    with parts.database.write() as session:
        subscribers = in_force(session, held.workspace)
        for each in subscribers:
            _queue(session, parts, each, report, by=SCHEDULE, key=f"send:{each.id}:{report}")
        ledger.finish(session, held, now=parts.now(), result={"letters": len(subscribers)})


def send_now(parts: Parts, workspace: str, subscription_id: str, report: str | None, *, by: str) -> str:
    """Queue a report, the latest by default, for one subscriber, whether it got it before or not; returns the id.

    Raises NotFound where there is no such subscription or no such report, Conflict where the subscription has ended.
    """
    with parts.database.write() as session:
        subscription = find_subscription(session, workspace, subscription_id)
        if subscription.ended_at is not None:
            raise Conflict(f"Subscription {subscription_id} has ended; make a new one.")
        return _queue(session, parts, subscription, report or _latest(session, workspace), by=by, key=None)


def send(parts: Parts, held: ledger.Claim) -> None:
    """The job of one letter."""
    with parts.database.read() as session:
        letter = _letter(session, parts, held.workspace, held.payload["delivery"])
    if letter is not None:
        try:
            _hand_over(parts, letter)
        except Gone:
            _end(parts, held, letter)
            raise
    with parts.database.write() as session:
        sent = session.get(Delivery, (held.workspace, held.payload["delivery"]))
        if letter is not None and sent is not None:
            sent.sent_at = parts.now()
        ledger.finish(session, held, now=parts.now(), result={"sent": letter is not None})


def list_deliveries(session: Session, workspace: str) -> list[dict[str, Any]]:
    """The letters, the newest first, with how each stands."""
    query = (
        select(Delivery, Job, Subscription.kind)
        .join(Job, Job.subject == Delivery.id)
        .join(
            Subscription,
            (Subscription.workspace_id == Delivery.workspace_id) & (Subscription.id == Delivery.subscription_id),
        )
        .where(Delivery.workspace_id == workspace, Job.workspace_id == workspace, Job.kind == "send")
        .order_by(Delivery.asked_at.desc(), Delivery.id.desc())
        .limit(SHOWN)
    )
    return [_document(delivery, job, kind) for delivery, job, kind in session.execute(query)]


def get_delivery(session: Session, workspace: str, id: str) -> dict[str, Any]:
    """One letter and how it stands; raises NotFound."""
    delivery = session.get(Delivery, (workspace, id))
    if delivery is None:
        raise NotFound(f"There is no delivery {id}.")
    query = select(Job).where(Job.workspace_id == workspace, Job.kind == "send", Job.subject == id)
    subscription = find_subscription(session, workspace, delivery.subscription_id)
    return _document(delivery, session.scalars(query).one(), subscription.kind)


def _queue(session: Session, parts: Parts, subscription: Subscription, report: str, *, by: str, key: str | None) -> str:
    """Write down a letter and its job; a key that was used before makes no second one."""
    workspace, now = subscription.workspace_id, parts.now()
    if session.get(Report, (workspace, report)) is None:
        raise NotFound(f"No report of {report} was archived.")
    if key and (job := _job_of(session, workspace, key)):
        return str(job.subject)
    id = f"L{next_numbers(session, workspace, 'delivery', 1)[0]}"
    row = {
        "workspace_id": workspace,
        "id": id,
        "subscription_id": subscription.id,
        "report_id": report,
        "asked_by": by,
        "asked_at": now,
    }
    session.execute(insert(Delivery), [row])
    named = key or f"send:{id}"
    ledger.enqueue(session, workspace, "send", {"delivery": id}, key=named, now=now, subject=id, max_attempts=ATTEMPTS)
    return id


def _job_of(session: Session, workspace: str, key: str) -> Job | None:
    return session.scalar(select(Job).where(Job.workspace_id == workspace, Job.idempotency_key == key))


def _latest(session: Session, workspace: str) -> str:
    found = session.scalar(
        select(Report.id).where(Report.workspace_id == workspace).order_by(Report.id.desc()).limit(1)
    )
    if found is None:
        raise NotFound("No report was archived yet; the first one is written when a week with feedback is over.")
    return found


def _letter(session: Session, parts: Parts, workspace: str, id: str) -> Letter | None:
    """The letter as it is to be sent; None where it was sent before, or its subscription has ended since."""
    delivery = session.get(Delivery, (workspace, id))
    if delivery is None or delivery.sent_at is not None:
        return None
    to = find_subscription(session, workspace, delivery.subscription_id)
    with parts.for_everybody().database.read() as theirs:  # as it may be read now, by whoever gets it
        report = theirs.get(Report, (workspace, delivery.report_id))
    if to.ended_at is not None or report is None:
        return None
    content = report.content
    if to.conditions:  # a team's is counted now: what is archived is the whole report
        content = write_for_team(parts, workspace, report.id, [parse_condition(each) for each in to.conditions])
    return Letter(id, to.kind, to.address, to.secret, to.key, in_form(content, to.form))  # type: ignore[arg-type]


def _hand_over(parts: Parts, letter: Letter) -> None:
    """Each channel loads its own library, and only when it is used."""
    if letter.kind == "email":
        from synth.delivery.mail import send_mail

        send_mail(letter, parts.outgoing, parts.now())
    elif letter.kind in CHATS:
        from synth.delivery.chat import send_chat

        send_chat(letter, parts.outgoing)
    elif letter.kind == "webhook":
        from synth.delivery.webhook import send_webhook

        send_webhook(letter, parts.outgoing, parts.now())
    else:
        from synth.delivery.folder import put_into_folder

        put_into_folder(letter, parts.outgoing)


def _end(parts: Parts, held: ledger.Claim, letter: Letter) -> None:
    with parts.database.write() as session:
        delivery = session.get(Delivery, (held.workspace, letter.id))
        assert delivery is not None
        end(session, held.workspace, delivery.subscription_id, by="the webhook, which is gone", now=parts.now())


def _document(delivery: Delivery, job: Job, kind: str) -> dict[str, Any]:
    return {
        "id": delivery.id,
        "subscription": delivery.subscription_id,
        "kind": kind,
        "report": delivery.report_id,
        "state": _STATES[job.state] if delivery.sent_at or job.state != "done" else "not sent",
        "attempts": job.attempts,
        "error": job.error,
        "asked_by": delivery.asked_by,
        "asked_at": moment(delivery.asked_at),
        "sent_at": moment(delivery.sent_at),
    }
