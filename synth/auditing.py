"""The audit log as it is read: what was done in plain words, by whom, on what; and how long it is kept.

An event holds ids and words of ours, never what somebody said nor a name; the name of who acted, or was let in, is that
of their credential.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, cast

from sqlalchemy import CursorResult, Row, delete, or_, select
from sqlalchemy.orm import Session, aliased

from synth.access import COMMANDS
from synth.errors import BadInput
from synth.store.auditing import ORGANISATION
from synth.store.reading import Listed, Page, read_page
from synth.store.tables import AuditEvent, Credential
from synth.wire.values import moment

SHORTEST = 365  # days that an event is kept at least; the database holds this by itself


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is written down: what was done, as a sentence goes on after a name, and to what kind of thing."""

    says: str
    kind: str | None = None


ACTIONS: Final[Mapping[str, Action]] = {
    "sign_in": Action("signed in", "credential"),
    "sign_out": Action("signed out"),
    "make_credential": Action("made a token or a login link", "credential"),
    "end_credential": Action("ended a token or a session", "credential"),
    "invite_user": Action("made a login link for a user", "credential"),
    "change_role": Action("changed the role of a user", "credential"),
    "take_role": Action("came in with another role, by what the organisation says", "credential"),
    "lose_role": Action("took the last role of a user, whose sessions ended", "credential"),
    "sign_out_user": Action("ended the sessions of a user", "credential"),
    "end_session": Action("ended sessions of their own"),
    "set_password": Action("set their password"),
    "remove_user": Action("signed a user out for good", "credential"),
    "take_in": Action("took feedback in", "import"),
    "keep_draft": Action("uploaded files, to confirm their columns"),
    "review_redaction": Action("decided what is hidden in an upload", "import"),
    "write_reviewed": Action("let a reviewed upload be written", "import"),
    "retry_job": Action("had a job tried again", "job"),
    "work": Action("had waiting work done"),
    "reindex": Action("had the index built anew"),
    "create_themes": Action("brought themes in", "theme"),
    "change_theme": Action("changed a theme", "theme"),
    "decide": Action("decided about themes", "decision"),
    "undo_decision": Action("took a decision back", "decision"),
    "start_run": Action("had themes looked for", "job"),
    "accept_run": Action("accepted a run", "run"),
    "roll_back_run": Action("took a run back", "run"),
    "make_insight": Action("made an insight", "insight"),
    "change_insight": Action("changed an insight", "insight"),
    "save_question": Action("saved a question", "saved question"),
    "change_saved_question": Action("changed a saved question", "saved question"),
    "run_saved_question": Action("had a saved question asked", "saved question"),
    "follow_question": Action("followed a saved question", "saved question"),
    "unfollow_question": Action("stopped following a saved question", "saved question"),
    "set_schedule": Action("set when the report is written"),
    "subscribe": Action("added a subscriber", "subscription"),
    "end_subscription": Action("ended a subscription", "subscription"),
    "send_report": Action("sent a report", "subscription"),
    "add_release": Action("wrote a release down", "release"),
    "remove_release": Action("took a release out", "release"),
    "create_study": Action("began a study", "study"),
    "change_study": Action("changed a study", "study"),
    "take_roster": Action("took a roster of participants in", "study"),
    "change_codebook": Action("changed a codebook", "study"),
    "change_code": Action("changed a code", "code"),
    "delete_code": Action("deleted a code", "code"),
    "merge_codes": Action("merged codes", "code"),
    "split_code": Action("split a code", "code"),
    "undo_coding": Action("took a change of codes back", "coding change"),
    "add_highlight": Action("marked a passage", "highlight"),
    "change_highlight": Action("changed a mark", "highlight"),
    "delete_highlight": Action("took a mark away", "highlight"),
    "suggest_codes": Action("had codes suggested", "study"),
    "set_role": Action("said which part a speaker has", "document"),
    "change_board": Action("moved cards on a board", "study"),
    "import_codings": Action("took codings in", "study"),
    "make_hook": Action("made an address for signed messages", "hook"),
    "end_hook": Action("ended an address for signed messages", "hook"),
    "take_message": Action("was taken in", "hook"),
    "make_workspace": Action("made this workspace"),
    "rename_workspace": Action("gave this workspace another name"),
    "erase": Action("asked for an erasure", "erasure"),
    "set_retention": Action("set how long a source is kept", "source"),
    "set_redaction": Action("set how a source is redacted", "source"),
    "set_readers": Action("said who may read a source", "source"),
    "set_source": Action("set how a source is kept and redacted", "source"),
    "probe_model": Action("tested the language model"),
    "keep_measurements": Action("kept figures for the trust card"),
    "judge_sample": Action("judged a sample for the trust card"),
    "read_names": Action("read the names of participants", "study"),
    "read_participants": Action("read who took part in a study", "study"),
    "read_people": Action("read the list of people"),
    "export": Action("took a list along", "list"),
    "export_study": Action("took a study along", "study"),
}
"""Everything that is written down, by the name it is filtered by."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which events are meant; None is any."""

    since: datetime | None = None
    until: datetime | None = None  # not included
    action: str | None = None
    who: str | None = None  # the name of a credential
    subject: str | None = None


def list_events(session: Session, workspace: str, wanted: Wanted, page: Page) -> Listed:
    """The events, newest first; raises BadInput for an action there is not."""
    if wanted.action is not None and wanted.action not in ACTIONS:
        raise BadInput(f"'{wanted.action}' is no action of the log; choose one of {', '.join(ACTIONS)}.")
    subject = aliased(Credential)
    query: Any = (
        select(AuditEvent, Credential.name, subject.name)
        .outerjoin(Credential, Credential.id == AuditEvent.credential_id)
        .outerjoin(subject, (subject.id == AuditEvent.subject) & (AuditEvent.subject_kind == "credential"))
        .where(AuditEvent.workspace_id == workspace)
    )
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEvent.at < wanted.until)
    if wanted.action is not None:
        query = query.where(AuditEvent.action == wanted.action)
    if wanted.who is not None:
        local = AuditEvent.kind == "local"
        query = query.where(
            or_(Credential.name == wanted.who, local) if wanted.who == COMMANDS else Credential.name == wanted.who
        )
    if wanted.subject is not None:
        query = query.where(or_(AuditEvent.subject == wanted.subject, subject.name == wanted.subject))
    return read_page(session, query, (AuditEvent.at, AuditEvent.id), page, _document)


def forget_events(session: Session, workspace: str, before: datetime) -> int:
    """Delete the events of before then; returns how many there were. The database refuses those of the last year."""
    old = (AuditEvent.workspace_id == workspace) & (AuditEvent.at < before)
    return cast("CursorResult[Any]", session.execute(delete(AuditEvent).where(old))).rowcount


def _document(row: Row[Any]) -> dict[str, Any]:
    values: tuple[Any, ...] = tuple(row)
    happened, name, subject = values[:3]
    return {
        "id": happened.id,
        "at": moment(happened.at),
        "who": name
        or {"local": COMMANDS, "hook": "a signed message", ORGANISATION: "the organisation"}.get(
            happened.kind, "the link in a letter"
        ),
        "credential": happened.credential_id,
        "kind": happened.kind,
        "role": happened.role,
        "action": happened.action,
        "says": ACTIONS[happened.action].says if happened.action in ACTIONS else happened.action,
        "subject_kind": happened.subject_kind,
        "subject": happened.subject,
        "subject_name": subject,
        "request": happened.request_id,
    }
