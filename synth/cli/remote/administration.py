"""A server asked about settings, sources, who comes in, what is erased, and who did what."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

from synth.cli.client import Document, Progress
from synth.cli.remote.server import GLANCE, Server


class Administration(Server):
    """Settings, sources, who comes in, what is erased, and who did what."""

    def address(self) -> str:
        return self.url

    def settings(self) -> Document:
        return self._json("GET", "/settings")

    def probe_model(self) -> Document:
        return self._json("POST", "/settings/model/test")

    def sources(self) -> Document:
        return self._json("GET", "/sources")

    def set_redaction(self, source: str, redact: str) -> None:
        self._json("PUT", "/sources/redaction", json={"source": source, "redact": redact})

    def set_readers(self, source: str, readers: Sequence[str] | None) -> None:
        self._json("PUT", "/sources/readers", json={"source": source, "readers": readers and list(readers)})

    def users(self) -> Document:
        return self._json("GET", "/users")

    def invite(self, name: str, role: str) -> Document:
        return self._json("POST", "/users", json={"name": name, "role": role})

    def change_role(self, name: str, role: str) -> Document:
        return self._json("PATCH", "/users", json={"name": name, "role": role})

    def sign_out_user(self, name: str) -> None:
        with self._answer("DELETE", "/users/sessions", params={"name": name}):
            pass

    def remove_user(self, name: str) -> None:
        with self._answer("DELETE", "/users", params={"name": name}):
            pass

    def tokens(self) -> Document:
        return self._json("GET", "/tokens")

    def add_token(self, name: str, role: str, scope: str, days: int | None) -> Document:
        expires = None if days is None else (datetime.now(UTC) + timedelta(days=days)).isoformat()
        sent = {"name": name, "role": role, "scope": scope, "expires_at": expires}
        return self._json("POST", "/tokens", json=sent)

    def revoke_token(self, token: str) -> None:
        with self._answer("DELETE", f"/tokens/{quote(token, safe='')}"):
            pass

    def hooks(self) -> Document:
        return self._json("GET", "/hooks")

    def add_hook(self, source: str, readers: Sequence[str] | None) -> Document:
        return self._json("POST", "/hooks", json={"source": source, "readers": readers and list(readers)})

    def end_hook(self, hook: str) -> None:
        with self._answer("DELETE", f"/hooks/{quote(hook, safe='')}"):
            pass

    def retain(self, source: str, days: int | None) -> None:
        self._json("PUT", "/retention", json={"source": source, "keep_days": days})

    def retention(self) -> Document:
        return self._json("GET", "/retention")

    def preview_erasure(self, kind: str, named: str) -> Document:
        return self._json("POST", "/erasures/preview", json={"kind": kind, "name": named})

    def erase(self, kind: str, named: str, reason: str | None, progress: Progress) -> Document:
        erasure = self._json("POST", "/erasures", json={"kind": kind, "name": named, "reason": reason})
        while erasure["state"] != "done":
            progress({"stages": []})
            time.sleep(GLANCE)
            erasure = self.erasure(erasure["id"])
        return erasure

    def erasure(self, erasure: str) -> Document:
        return self._json("GET", f"/erasures/{quote(erasure, safe='')}")

    def erasures(self) -> Document:
        return self._json("GET", "/erasures")

    def audit(self, wanted: Mapping[str, str], limit: int) -> Document:
        return self._json("GET", "/audit", params={**wanted, "limit": limit})
