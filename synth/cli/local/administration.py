"""The engine of this process asked about settings, sources, who comes in, what is erased, and who did what."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from synth import access
from synth.access import Role, Scope
from synth.cli.client import Document, Progress
from synth.cli.local.here import ACTOR, Here
from synth.permitting import end_token
from synth.store.reading import Page


class Administration(Here):
    """Settings, sources, who comes in, what is erased, and who did what."""

    def address(self) -> str:
        settings = self.engine.settings
        return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")

    def settings(self) -> Document:
        return self.engine.settings_in_force()

    def probe_model(self) -> Document:
        return self.engine.probe_model()

    def sources(self) -> Document:
        return self.engine.sources(self.workspace)

    def set_redaction(self, source: str, redact: str) -> None:
        self.engine.set_redaction(self.workspace, source, redact)

    def set_readers(self, source: str, readers: Sequence[str] | None) -> None:
        self.engine.set_readers(self.workspace, source, readers)

    def users(self) -> Document:
        return self.engine.users(self.workspace)

    def invite(self, name: str, role: Role) -> Document:
        return self.engine.invite(self.workspace, name, role)

    def change_role(self, name: str, role: Role) -> Document:
        return self.engine.change_role(self.workspace, ACTOR, name, role)

    def sign_out_user(self, name: str) -> None:
        self.engine.sign_out_user(self.workspace, ACTOR, name)

    def remove_user(self, name: str) -> None:
        self.engine.remove_user(self.workspace, ACTOR, name)

    def tokens(self) -> Document:
        return {"tokens": access.list_tokens(self.engine.parts, self.workspace)}

    def add_token(self, name: str, role: Role, scope: Scope, days: int | None) -> Document:
        parts = self.engine.parts
        expires = None if days is None else parts.now() + timedelta(days=days)
        secret = access.create_token(parts, self.workspace, name, role, expires=expires, scope=scope)
        return {"name": name, "role": role, "scope": scope, "kind": "token", "secret": secret}

    def revoke_token(self, token: str) -> None:
        end_token(self.engine.parts, self.workspace, token)

    def hooks(self) -> Document:
        return self.engine.hooks(self.workspace)

    def add_hook(self, source: str, readers: Sequence[str] | None) -> Document:
        return self.engine.add_hook(self.workspace, ACTOR, source, readers=readers)

    def end_hook(self, hook: str) -> None:
        self.engine.end_hook(self.workspace, hook)

    def retain(self, source: str, days: int | None) -> None:
        self.engine.retain(self.workspace, source, days)

    def retention(self) -> Document:
        return self.engine.retention(self.workspace)

    def preview_erasure(self, kind: str, named: str) -> Document:
        return self.engine.preview_erasure(self.workspace, kind, named)

    def erase(self, kind: str, named: str, reason: str | None, progress: Progress) -> Document:
        erasure = self.engine.erase(self.workspace, ACTOR, kind, named, reason)
        self._work(lambda: progress({"stages": []}))
        return self.erasure(erasure)

    def erasure(self, erasure: str) -> Document:
        return self.engine.erasure(self.workspace, erasure)

    def erasures(self) -> Document:
        return self.engine.erasures(self.workspace)

    def audit(self, wanted: Mapping[str, str], limit: int) -> Document:
        return {"events": self.engine.audit(self.workspace, Page(limit=limit), **wanted).rows}
