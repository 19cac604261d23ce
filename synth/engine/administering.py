"""The engine's side of what administrators look after: settings, the model endpoint, sources, users."""

from collections.abc import Sequence
from typing import Any, cast

from synth.access import Access, Role, end_session, list_sessions
from synth.auditing import Wanted, list_events
from synth.engine.core import Core
from synth.errors import NotFound
from synth.oidc.provider import Provider
from synth.settings import HIDDEN, describe_settings, read_roles
from synth.store.reading import FIRST_PAGE, Listed, Page
from synth.store.tables import Credential
from synth.store.walls import everywhere, within


class AdministrationSteps(Core):
    """What is shown and changed on the settings page, beside retention, the schedule and tokens."""

    def settings_in_force(self) -> dict[str, Any]:
        """Every setting of this process with where it comes from, and the model endpoint; nothing that is secret."""
        shown = {each["variable"]: each["value"] for each in describe_settings(self.settings)}
        address, key = shown["SYNTH_LLM_URL"], HIDDEN if self.settings.llm_key else None
        model = {"url": address, "model": self.settings.llm_model if address else None, "key": key}
        return {"settings": describe_settings(self.settings), "model": model}

    def probe_model(self) -> dict[str, Any]:
        """Ask the model endpoint for one short reply and say what came back; takes up to three time-outs."""
        from synth.llm.probing import probe

        found = probe(self.settings)
        return {
            "reachable": found.reachable,
            "model": found.model,
            "model_listed": found.model_listed,
            "accepts_schema": found.accepts_schema,
            "honours_schema": found.honours_schema,
            "seconds": round(found.seconds, 2),
            "said": found.say(),
        }

    def sources(self, workspace: str) -> dict[str, Any]:
        """Every source with what it holds, how long it is kept, and how uploads to it are redacted."""
        from synth.intake.sources import list_sources

        return {"sources": self._read(list_sources, workspace)}

    def set_redaction(self, workspace: str, source: str, redact: str) -> None:
        """Let uploads to a source be read at once, or wait for a person; raises NotFound, BadInput."""
        from synth.intake.sources import set_redaction

        set_redaction(self.parts, workspace, source, redact)

    def set_readers(self, workspace: str, source: str, readers: Sequence[str] | None) -> None:
        """Restrict a source to users and tokens by name, or let everybody read it; raises NotFound, BadInput.

        Insights are drafted anew, since those who read them read others from now on.
        """
        from synth.permitting import set_readers

        set_readers(self.parts, workspace, source, readers)
        self.draft_insights(workspace)

    def audit(
        self,
        workspace: str,
        page: Page = FIRST_PAGE,
        *,
        since: str | None = None,
        until: str | None = None,
        action: str | None = None,
        who: str | None = None,
        subject: str | None = None,
    ) -> Listed:
        """Who did what, newest first, from day to day (both included); raises BadInput."""
        from synth.answers.given import read_filters

        days = read_filters(since, until, (), timezone=self.parts.zone(workspace))
        return self._read(list_events, workspace, Wanted(days.since, days.until, action, who, subject), page)

    def users(self, workspace: str) -> dict[str, Any]:
        """Those who sign in, with their roles."""
        from synth.users import list_users

        return {"users": self._read(list_users, workspace, self.parts.now())}

    def invite(self, workspace: str, name: str, role: Role) -> dict[str, Any]:
        """A login link for a user, which is shown this once; raises BadInput, Conflict."""
        from synth.users import invite

        return invite(self.parts, workspace, name, role)

    def change_role(self, workspace: str, actor: str, name: str, role: Role) -> dict[str, Any]:
        """Give a user another role; raises BadInput, NotFound, Conflict."""
        from synth.users import change_role

        return change_role(self.parts, workspace, name, role, by=actor)

    def sign_out_user(self, workspace: str, actor: str, name: str) -> None:
        """End every session and login link of a user, who may sign in again by name; raises NotFound, Conflict."""
        from synth.users import sign_out

        sign_out(self.parts, workspace, name, by=actor)

    def user(self, held: Access) -> dict[str, Any] | None:
        """Whoever asks, as users are listed, and whether another password needs the current one; None of a token."""
        from synth.passwords import is_fresh

        if held.kind != "session":
            return None
        mine = [each for each in self.users(held.workspace)["users"] if each["name"] == held.name]
        with self.parts.database.read() as session:
            fresh = is_fresh(session.get_one(Credential, held.credential), self.parts.now())
        return mine[0] | {"asks_current": mine[0]["signs_in"] == "password" and not fresh} if mine else None

    def set_password(self, held: Access, current: str, new: str) -> None:
        """Another password for whoever is signed in; raises BadInput, NotAllowed, Conflict."""
        from synth.passwords import set_password

        set_password(self.parts, held, current, new)

    def sign_in(self, name: str, password: str, workspace: str = "") -> str:
        """The secret of a session for whoever has this name and password; raises NotAllowed."""
        from synth.passwords import sign_in

        return sign_in(self.parts, name, password, workspace)

    def ways_to_sign_in(self) -> dict[str, bool]:
        """What somebody without a login link can sign in with here, and whether to say into which workspace."""
        from synth.users import workspaces_with_passwords

        with everywhere(), self.parts.database.read() as session:
            found = workspaces_with_passwords(session)
        return {"password": found > 0, "workspace": found > 1, "organisation": self.organisation is not None}

    def organisation_url(self, redirect: str, state: str, nonce: str, verifier: str) -> str:
        """Where a browser signs in through the organisation; raises NotFound without one, Unavailable, Broken."""
        return self._provider().authorization_url(redirect, state, nonce, verifier)

    def enter_from_organisation(self, code: str, redirect: str, nonce: str, verifier: str) -> str:
        """The secret of a session for whoever the organisation says came back with this code.

        Raises NotAllowed, NotFound, Unavailable, Broken.
        """
        from synth.oidc.entering import Reading, enter
        from synth.workspaces import check_workspace

        provider, settings = self._provider(), self.settings
        claims = provider.exchange(code, redirect, nonce, verifier)
        roles = cast("dict[str, Role]", read_roles(settings.oidc_roles))
        reading = Reading(settings.oidc_name_claim, settings.oidc_role_claim, roles)
        workspace = settings.oidc_workspace
        check_workspace(self.parts.database, workspace)
        with within(workspace):
            return enter(self.parts, workspace, provider.issuer, claims, reading)

    def _provider(self) -> Provider:
        if self.organisation is None:
            raise NotFound("Nobody signs in through an organisation here; SYNTH_OIDC_ISSUER sets one.")
        return self.organisation

    def sessions(self, held: Access) -> dict[str, Any]:
        """The sessions of whoever asks; raises Conflict where it is a token."""
        return {"sessions": list_sessions(self.parts, held)}

    def end_session(self, held: Access, id: str | None) -> None:
        """End one session of whoever asks, or all their others; raises Conflict, NotFound."""
        end_session(self.parts, held, id)

    def remove_user(self, workspace: str, actor: str, name: str) -> None:
        """End all that a user holds; raises NotFound, Conflict."""
        from synth.users import remove

        remove(self.parts, workspace, name, by=actor)
