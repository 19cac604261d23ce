"""The engine of this process asked about studies: codes, what was found, and what comes in and goes out."""

from pathlib import Path

from synth.cli.client import Document
from synth.cli.local.here import ACTOR, PATIENCE, Here


class Research(Here):
    """Studies: codes, what was found, and what comes in and goes out."""

    def studies(self) -> Document:
        return self.engine.studies(self.workspace)

    def study(self, study: str) -> Document:
        return self.engine.study(self.workspace, study)

    def keep_study(self, study: str, days: int | None) -> Document:
        return self.engine.change_study(self.workspace, study, {"keep_days": days})

    def codes(self, study: str) -> Document:
        return self.engine.codes(self.workspace, study)

    def findings(self, study: str) -> Document:
        return self.engine.findings(self.workspace, study)

    def agreement(self, study: str) -> Document:
        return self.engine.agreement(self.workspace, study)

    def machine_agreement(self, study: str) -> Document:
        return self.engine.machine_agreement(self.workspace, study)

    def board(self, study: str) -> Document:
        return self.engine.board(self.workspace, study)

    def suggest_highlights(self, study: str) -> Document:
        return self.engine.suggest_highlights(self.workspace, study)

    def export_study(self, study: str, format: str) -> bytes:
        return self.engine.export_study(self.workspace, study, format)

    def study_report(self, study: str, format: str) -> bytes:
        return self.engine.render_study(self.workspace, study, format)

    def take_roster(self, study: str, path: Path) -> Document:
        return self.engine.take_roster(self.workspace, study, path.name, path.read_bytes())

    def import_codings(self, study: str, path: Path) -> Document:
        done = self.engine.import_codings(self.workspace, study, ACTOR, path.name, path.read_bytes())
        self.engine.drain(patience=PATIENCE)
        return done
