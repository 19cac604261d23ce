"""A server asked about studies: codes, what was found, and what comes in and goes out."""

from pathlib import Path
from urllib.parse import quote

from synth.cli.client import Document
from synth.cli.remote.server import Server


class Research(Server):
    """Studies: codes, what was found, and what comes in and goes out."""

    def studies(self) -> Document:
        return self._json("GET", "/studies")

    def study(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}")

    def keep_study(self, study: str, days: int | None) -> Document:
        return self._json("PATCH", f"/studies/{quote(study, safe='')}", json={"keep_days": days})

    def codes(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/codes")

    def findings(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/findings")

    def agreement(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/agreement")

    def machine_agreement(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/agreement/machine")

    def board(self, study: str) -> Document:
        return self._json("GET", f"/studies/{quote(study, safe='')}/board")

    def suggest_highlights(self, study: str) -> Document:
        return self._json("POST", f"/studies/{quote(study, safe='')}/suggestions")

    def export_study(self, study: str, format: str) -> bytes:
        return self._bytes(f"/studies/{quote(study, safe='')}/export", format)

    def study_report(self, study: str, format: str) -> bytes:
        return self._bytes(f"/studies/{quote(study, safe='')}/report", format)

    def take_roster(self, study: str, path: Path) -> Document:
        return self._send_file(f"/studies/{quote(study, safe='')}/roster", path)

    def import_codings(self, study: str, path: Path) -> Document:
        return self._send_file(f"/studies/{quote(study, safe='')}/import", path)
