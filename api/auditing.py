"""What of the requests goes into the audit log: every change, and reading whom feedback or a study came from.

One seam: whatever route a request takes, it is looked up here when it writes, and one that changes something and is not
named here fails before it does. A change is written down in its own transaction, a reading before its answer leaves.
"""

from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any, Final

from fastapi.routing import iter_route_contexts
from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.auth import is_signed
from synth.access import Access
from synth.auditing import ACTIONS
from synth.errors import Broken
from synth.exporting.lists import OF_PEOPLE
from synth.parts import Parts
from synth.store.auditing import Act, Deed, acting, write_event

SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CHANGES: Final[Mapping[str, str]] = {
    "POST /logout": "sign_out",
    "POST /v1/tokens": "make_credential",
    "POST /settings/tokens": "make_credential",
    "DELETE /v1/tokens/{id}": "end_credential",
    "POST /settings/tokens/{id}/revoke": "end_credential",
    "POST /v1/users": "invite_user",
    "POST /settings/users": "invite_user",
    "PATCH /v1/users": "change_role",
    "POST /settings/users/role": "change_role",
    "DELETE /v1/users/sessions": "sign_out_user",
    "POST /settings/users/sign-out": "sign_out_user",
    "DELETE /v1/sessions": "end_session",
    "DELETE /v1/sessions/{id}": "end_session",
    "POST /account/sessions/end": "end_session",
    "PUT /v1/password": "set_password",
    "POST /account/password": "set_password",
    "DELETE /v1/users": "remove_user",
    "POST /settings/users/remove": "remove_user",
    "POST /v1/documents": "take_in",
    "POST /upload": "keep_draft",
    "POST /upload/{id}": "take_in",
    "POST /v1/imports/{id}/review": "review_redaction",
    "POST /imports/{id}/review": "review_redaction",
    "POST /v1/imports/{id}/write": "write_reviewed",
    "POST /imports/{id}/write": "write_reviewed",
    "POST /v1/jobs/{id}/retry": "retry_job",
    "POST /jobs/{id}/retry": "retry_job",
    "POST /v1/themes": "create_themes",
    "PATCH /v1/themes/{id}": "change_theme",
    "POST /v1/decisions": "decide",
    "POST /decisions": "decide",
    "POST /v1/decisions/{id}/undo": "undo_decision",
    "POST /decisions/{id}/undo": "undo_decision",
    "POST /v1/runs": "start_run",
    "POST /v1/runs/{id}/accept": "accept_run",
    "POST /runs/{id}/accept": "accept_run",
    "POST /v1/runs/{id}/rollback": "roll_back_run",
    "POST /v1/insights": "make_insight",
    "POST /insights": "make_insight",
    "PATCH /v1/insights/{id}": "change_insight",
    "POST /insights/{id}": "change_insight",
    "POST /v1/saved-questions": "save_question",
    "POST /questions": "save_question",
    "PATCH /v1/saved-questions/{id}": "change_saved_question",
    "POST /questions/{id}": "change_saved_question",
    "POST /questions/{id}/edit": "change_saved_question",
    "POST /v1/saved-questions/{id}/runs": "run_saved_question",
    "PUT /v1/saved-questions/{id}/follow": "follow_question",
    "DELETE /v1/saved-questions/{id}/follow": "unfollow_question",
    "PUT /v1/schedule": "set_schedule",
    "POST /reports/delivery/schedule": "set_schedule",
    "POST /v1/subscriptions": "subscribe",
    "POST /reports/delivery": "subscribe",
    "DELETE /v1/subscriptions/{id}": "end_subscription",
    "POST /reports/delivery/{id}/end": "end_subscription",
    "POST /unsubscribe": "end_subscription",
    "POST /v1/subscriptions/{id}/deliveries": "send_report",
    "POST /reports/delivery/{id}/send": "send_report",
    "POST /v1/releases": "add_release",
    "POST /releases": "add_release",
    "DELETE /v1/releases/{id}": "remove_release",
    "POST /releases/{id}/remove": "remove_release",
    "POST /v1/studies": "create_study",
    "POST /research": "create_study",
    "PATCH /v1/studies/{id}": "change_study",
    "POST /research/{id}": "change_study",
    "POST /settings/studies/{id}": "change_study",
    "POST /v1/studies/{id}/roster": "take_roster",
    "POST /research/{id}/roster": "take_roster",
    "POST /v1/studies/{id}/codes": "change_codebook",
    "POST /research/{id}/codes": "change_codebook",
    "PATCH /v1/codes/{id}": "change_code",
    "DELETE /v1/codes/{id}": "delete_code",
    "POST /v1/codes/{id}/merge": "merge_codes",
    "POST /v1/codes/{id}/split": "split_code",
    "POST /v1/coding-changes/{id}/undo": "undo_coding",
    "POST /v1/highlights": "add_highlight",
    "POST /research/{id}/highlights": "add_highlight",
    "PATCH /v1/highlights/{id}": "change_highlight",
    "POST /research/{id}/highlights/{highlight}": "change_highlight",
    "DELETE /v1/highlights/{id}": "delete_highlight",
    "POST /v1/studies/{id}/suggestions": "suggest_codes",
    "POST /research/{id}/suggest": "suggest_codes",
    "PUT /v1/documents/{id}/roles": "set_role",
    "POST /research/roles/{document}": "set_role",
    "POST /v1/studies/{id}/board": "change_board",
    "POST /research/{id}/board": "change_board",
    "POST /v1/studies/{id}/import": "import_codings",
    "POST /v1/hooks": "make_hook",
    "POST /settings/hooks": "make_hook",
    "DELETE /v1/hooks/{id}": "end_hook",
    "POST /settings/hooks/{id}/end": "end_hook",
    "POST /v1/hooks/{id}": "take_message",
    "POST /v1/erasures": "erase",
    "POST /erasures": "erase",
    "PUT /v1/retention": "set_retention",
    "PUT /v1/sources/redaction": "set_redaction",
    "PUT /v1/sources/readers": "set_readers",
    "POST /settings/sources/readers": "set_readers",
    "POST /settings/sources": "set_source",
    "POST /v1/settings/model/test": "probe_model",
    "POST /settings/model": "probe_model",
    "POST /v1/trust/measurements": "keep_measurements",
    "POST /v1/trust/sample": "judge_sample",
    "POST /trust/sample": "judge_sample",
}
NO_CHANGE: Final[Mapping[str, str]] = {
    "POST /v1/erasures/preview": "shows what would go",
    "POST /themes/{id}/curate": "shows what a decision would do",
    "POST /v1/questions": "an answer is a reading, kept for the trust card",
    "POST /v1/questions/stream": "an answer is a reading, kept for the trust card",
    "POST /v1/saved-questions/{id}/seen": "somebody has read it",
    "POST /account/zone": "the clock of this browser",
    "POST /login": "signing in is written down with the session it opens",
}
READINGS: Final[Mapping[str, str]] = {
    "GET /v1/studies/{id}/names": "read_names",
    "GET /v1/studies/{id}/participants": "read_participants",
    "GET /research/{id}": "read_participants",
    "GET /v1/studies/{id}/export": "export_study",
    "GET /people": "read_people",
    "GET /v1/export/{what}": "export",
}


class Auditing:
    """Says of every request who acts, so that what it writes is written down with it."""

    def __init__(self, app: ASGIApp, *, parts: Parts) -> None:
        self.app = app
        self.parts = parts
        self._paths: dict[Any, str] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        act = self._act(scope)
        is_over = False

        async def watch(message: Message) -> None:
            nonlocal is_over
            if message["type"] == "http.response.start" and not is_over:
                if message["status"] < 400:
                    await run_in_threadpool(write_event, self.parts.database, act)
                is_over = act.is_written = True  # what is written from here on, is by our own wrappers
            await send(message)

        with nullcontext() if scope["method"] in SAFE else acting(act):
            await self.app(scope, receive, watch)

    def _act(self, scope: Scope) -> Act:
        state = scope.get("state", {})
        held: Access | None = state.get("access")
        return Act(
            workspace=held.workspace if held else None,
            credential=held.credential if held else None,
            kind=held.kind if held else "hook" if is_signed(scope) else "link",
            role=held.role if held else None,
            request=state.get("request_id"),
            now=self.parts.now,
            deed=lambda: self._deed(scope),
        )

    def _deed(self, scope: Scope) -> Deed | None:
        """What a request does, as its route tells; None where it changes nothing and reads of nobody."""
        if "endpoint" not in scope:
            return None
        named, variables = f"{scope['method']} {self._path(scope)}", scope.get("path_params", {})
        if scope["method"] in SAFE:
            action = READINGS.get(named)
            if action is None or (action == "export" and variables["what"] not in OF_PEOPLE):
                return None
        elif named in NO_CHANGE:
            return None
        else:
            action = CHANGES.get(named)
            if action is None:
                raise Broken(f"{named} is not known to the audit log, so it is not done.")
        subject = list(map(str, variables.values()))[-1:]
        return Deed(action, ACTIONS[action].kind, subject[0] if subject else None)

    def _path(self, scope: Scope) -> str:
        """The address of the route with its variables unfilled: by its function, which no request can choose."""
        if not self._paths:
            routes = iter_route_contexts(scope["app"].routes)
            self._paths = {route.endpoint: str(route.path) for route in routes if hasattr(route, "endpoint")}
        return self._paths.get(scope["endpoint"], "")
