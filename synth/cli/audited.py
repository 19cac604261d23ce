"""Commands that the engine answers in this process go into the audit log as requests to a server do."""

from collections.abc import Mapping
from functools import wraps
from typing import Any, Final, TypeVar, cast

from synth.auditing import ACTIONS
from synth.cli.client import Client
from synth.engine import Engine
from synth.store.auditing import Act, Deed, acting, write_event

Some = TypeVar("Some", bound=Client)
CHANGES: Final[Mapping[str, str]] = {
    "ingest": "take_in",
    "decide_redaction": "review_redaction",
    "write_reviewed": "write_reviewed",
    "discover": "start_run",
    "accept_run": "accept_run",
    "roll_back_run": "roll_back_run",
    "decide": "decide",
    "undo": "undo_decision",
    "create_themes": "create_themes",
    "make_insight": "make_insight",
    "change_insight": "change_insight",
    "save_question": "save_question",
    "act_on_question": "change_saved_question",
    "suggest_highlights": "suggest_codes",
    "take_roster": "take_roster",
    "import_codings": "import_codings",
    "probe_model": "probe_model",
    "set_redaction": "set_redaction",
    "set_readers": "set_readers",
    "invite": "invite_user",
    "change_role": "change_role",
    "remove_user": "remove_user",
    "sign_out_user": "sign_out_user",
    "add_token": "make_credential",
    "revoke_token": "end_credential",
    "add_hook": "make_hook",
    "end_hook": "end_hook",
    "retain": "set_retention",
    "keep_study": "change_study",
    "erase": "erase",
    "add_release": "add_release",
    "remove_release": "remove_release",
    "set_schedule": "set_schedule",
    "subscribe": "subscribe",
    "end_subscription": "end_subscription",
    "send_report": "send_report",
    "renew": "reindex",
}
"""What changes something, by the step of a client that does it."""
READINGS: Final[Mapping[str, str]] = {"export": "export", "export_workbook": "export", "export_study": "export_study"}
_BY_ID: Final = frozenset(
    (
        *("accept_run", "roll_back_run", "undo", "change_insight", "act_on_question", "suggest_highlights"),
        "keep_study",
        *("take_roster", "import_codings", "revoke_token", "remove_release", "end_subscription", "send_report"),
        *("write_reviewed", "decide_redaction", "end_hook", "export", "export_workbook", "export_study"),
    )
)
"""The steps whose first argument is the id of what they are taken on."""


def audited(client: Some, engine: Engine, workspace: str) -> Some:
    """The client, each of whose steps is written down where it changes something or reads of whom it came."""
    return cast("Some", _Audited(client, engine, workspace))


class _Audited:
    def __init__(self, client: Client, engine: Engine, workspace: str) -> None:
        self._client, self._engine, self._workspace = client, engine, workspace

    def __getattr__(self, name: str) -> Any:
        step = getattr(self._client, name)
        if name not in CHANGES and name not in READINGS:
            return step

        @wraps(step)
        def taken(*given: Any, **named: Any) -> Any:
            act = _act(self._engine, self._workspace, name, given)
            if name in READINGS:
                if name == "export_study" or _tells_of_people(given[0]):
                    write_event(self._engine.parts.database, act)
                return step(*given, **named)
            with acting(act):
                return step(*given, **named)

        return taken


def _act(engine: Engine, workspace: str, name: str, given: tuple[Any, ...]) -> Act:
    action = CHANGES.get(name) or READINGS[name]
    place = 1 if name == "act_on_question" else 0
    deed = Deed(action, ACTIONS[action].kind, str(given[place]) if name in _BY_ID and len(given) > place else None)
    return Act(workspace, None, "local", "admin", None, engine.parts.now, lambda: deed)


def _tells_of_people(what: str) -> bool:
    from synth.exporting.lists import OF_PEOPLE  # all that can be exported: other commands would wait for it

    return what in OF_PEOPLE
