"""Saving a question, following it, and reading what became of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from synth.answers.differing import as_asked, difference_document, differences
from synth.answers.planning.planning import LONGEST_QUESTION
from synth.answers.wording import say_filters
from synth.errors import BadInput, NotFound
from synth.model import Filters
from synth.store import tables
from synth.store.rows import next_numbers
from synth.themes.reading import theme_names
from synth.wire.answers import filters_document, read_filters_document
from synth.wire.values import moment

LONGEST_TITLE = 200  # characters
MOST = 100  # active questions of a workspace: each is asked every week

Saved = tables.SavedQuestion


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to save: its words, the filters beside it, and what was wrongly read into it."""

    question: str
    given: Filters
    dropped: tuple[str, ...] = ()
    title: str | None = None


def save(session: Session, workspace: str, actor: str, wanted: Wanted, now: datetime, *, follower: str) -> str:
    """Save a question, which its author follows; the same one saved before is taken up again. Returns its id.

    `follower` is the name under which the author follows.
    """
    question = " ".join(wanted.question.split())
    if not 0 < len(question) <= LONGEST_QUESTION:
        raise BadInput(f"A question has 1 to {LONGEST_QUESTION:,} characters; this one has {len(question):,}.")
    given, dropped = filters_document(wanted.given), sorted(set(wanted.dropped))
    _wait_in_line(session, workspace)
    saved = _same(session, workspace, question, given, dropped)
    if saved is None or saved.state != "active":
        _expect_room(session, workspace)
    if saved is None:
        id = f"Q{next_numbers(session, workspace, 'saved question', 1)[0]}"
        saved = Saved(
            workspace_id=workspace, id=id, question=question, given=given, dropped=dropped, title=None, state="active",
            created_by=actor, created_at=now,
        )  # fmt: skip
        session.add(saved)
        session.flush()
    saved.state = "active"
    if wanted.title:
        saved.title = read_title(wanted.title)
    follow(session, workspace, saved.id, follower, now)
    return saved.id


def read_title(written: str) -> str:
    """A title; raises BadInput."""
    title = " ".join(written.split())
    if not 0 < len(title) <= LONGEST_TITLE:
        raise BadInput(f"A title has 1 to {LONGEST_TITLE} characters; this one has {len(title)}.")
    return title


def load(session: Session, workspace: str, id: str) -> tables.SavedQuestion:
    """One saved question; raises NotFound."""
    saved = session.get(Saved, (workspace, id))
    if saved is None:
        raise NotFound(f"There is no saved question {id}; `synth questions` lists those there are.")
    return saved


def load_all(session: Session, workspace: str) -> list[tables.SavedQuestion]:
    """All of them, the newest first."""
    found = session.scalars(select(Saved).where(Saved.workspace_id == workspace))
    return sorted(found, key=lambda saved: -int(saved.id[1:]))


def change(session: Session, workspace: str, id: str, wanted: Mapping[str, Any]) -> None:
    """Give it a title or a state; raises NotFound or BadInput."""
    saved = load(session, workspace, id)
    if wanted.get("state") not in (None, "active", "archived"):
        raise BadInput(f"'{wanted['state']}' is no state of a saved question; use active or archived.")
    if wanted.get("title") is not None:
        saved.title = read_title(wanted["title"])
    if wanted.get("state") == "active" and saved.state != "active":
        _wait_in_line(session, workspace)
        _expect_room(session, workspace)
    saved.state = wanted.get("state") or saved.state


def follow(session: Session, workspace: str, id: str, name: str, now: datetime) -> None:
    """Tell this person of changes from now on; who follows already goes on as before."""
    load(session, workspace, id)
    if session.get(tables.Follower, (workspace, id, name)) is None:
        newest = _last_week(session, workspace, id)
        session.add(tables.Follower(workspace_id=workspace, question_id=id, name=name, seen=newest, created_at=now))


def unfollow(session: Session, workspace: str, id: str, name: str) -> None:
    """Tell this person no more."""
    load(session, workspace, id)
    follower = tables.Follower
    mine = (follower.workspace_id == workspace) & (follower.question_id == id) & (follower.name == name)
    session.execute(delete(follower).where(mine))


def mark_seen(session: Session, workspace: str, id: str, name: str) -> None:
    """What there is has been read by this person."""
    load(session, workspace, id)
    following = session.get(tables.Follower, (workspace, id, name))
    if following is not None:
        following.seen = _last_week(session, workspace, id)


def load_runs(session: Session, workspace: str, id: str) -> list[tables.SavedRun]:
    """What it was answered with, the oldest week first."""
    run = tables.SavedRun
    query = select(run).where(run.workspace_id == workspace, run.question_id == id).order_by(run.week)
    return list(session.scalars(query))


def describe(session: Session, saved: tables.SavedQuestion, name: str, *, timezone: str) -> dict[str, Any]:
    """A saved question with its last answer, what changed, and whether that is news to this person."""
    limits, themes = read_filters_document(saved.given), theme_names(session, saved.workspace_id)
    runs = load_runs(session, saved.workspace_id, saved.id)
    changes = differences([as_asked(run) for run in runs])
    following = session.get(tables.Follower, (saved.workspace_id, saved.id, name))
    news = following is not None and any(each.is_change and each.week > (following.seen or "") for each in changes)
    return {
        "id": saved.id,
        "question": saved.question,
        "title": saved.title,
        "given": saved.given,
        "dropped": saved.dropped,
        "limited_to": say_filters(limits, timezone, names=themes),
        "state": saved.state,
        "created_by": saved.created_by,
        "created_at": moment(saved.created_at),
        "followed": following is not None,
        "unseen": news,
        "followers": _count_followers(session, saved),
        "last": run_document(runs[-1]) if runs else None,
        "difference": difference_document(changes[-1]) if changes else None,
    }


def list_runs(session: Session, workspace: str, id: str) -> list[dict[str, Any]]:
    """The runs with what each changed, the newest first; raises NotFound."""
    load(session, workspace, id)
    runs = load_runs(session, workspace, id)
    changes = {each.week: each for each in differences([as_asked(run) for run in runs])}
    return [
        run_document(run) | {"difference": difference_document(changes[run.week]) if run.week in changes else None}
        for run in reversed(runs)
    ]


def run_document(run: tables.SavedRun) -> dict[str, Any]:
    """What it was answered with for one week."""
    return {"week": run.week, "asked_at": moment(run.asked_at), "counted": run.counted or None, "answer": run.answer}


def _wait_in_line(session: Session, workspace: str) -> None:
    """One question is saved after the other: two at the same moment could be the same, or pass the limit together."""
    session.get(tables.Workspace, workspace, with_for_update={"key_share": True})


def _expect_room(session: Session, workspace: str) -> None:
    """Raise BadInput where as many questions are active as may be."""
    active = [each for each in load_all(session, workspace) if each.state == "active"]
    if len(active) >= MOST:
        raise BadInput(f"{MOST} questions are saved already; archive one that is no longer needed.")


def _same(
    session: Session, workspace: str, question: str, given: dict[str, Any], dropped: Sequence[str]
) -> tables.SavedQuestion | None:
    alike = (each for each in load_all(session, workspace) if each.question.casefold() == question.casefold())
    return next((each for each in alike if each.given == given and each.dropped == list(dropped)), None)


def _last_week(session: Session, workspace: str, id: str) -> str | None:
    runs = load_runs(session, workspace, id)
    return runs[-1].week if runs else None


def _count_followers(session: Session, saved: tables.SavedQuestion) -> int:
    follower = tables.Follower
    query = select(follower.name).where(follower.workspace_id == saved.workspace_id, follower.question_id == saved.id)
    return len(session.scalars(query).all())
