"""The engine's side of research: studies, codebooks, highlights, agreement, findings, exchange."""

from collections.abc import Mapping, Sequence
from typing import Any

from synth.engine.core import Core


class StudySteps(Core):
    """Studies and what researchers make of them."""

    def studies(self, workspace: str) -> dict[str, Any]:
        """The studies, the newest first."""
        from synth.research.studies import list_studies

        return {"studies": self._read(list_studies, workspace)}

    def study(self, workspace: str, study: str) -> dict[str, Any]:
        """One study with its documents; raises NotFound."""
        from synth.research.studies import get_study

        return self._read(get_study, workspace, study)

    def create_study(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Begin a study; raises BadInput, Conflict for a name that is taken."""
        from synth.research.studies import create_study

        return self.study(workspace, create_study(self.parts, workspace, actor, wanted))

    def change_study(self, workspace: str, study: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Change what is written about a study; raises NotFound, BadInput, Conflict."""
        from synth.research.studies import change_study

        change_study(self.parts, workspace, study, wanted)
        return self.study(workspace, study)

    def participants(self, workspace: str, study: str, *, named: bool) -> dict[str, Any]:
        """Who took part, by pseudonym; with their names only where `named`."""
        from synth.research.studies import list_participants

        with self.parts.database.read() as session:
            return {"participants": list_participants(session, workspace, study, named=named)}

    def take_roster(self, workspace: str, study: str, name: str, content: bytes) -> dict[str, Any]:
        """Give its participants the attributes of a table (csv, xlsx); raises NotFound, BadInput."""
        from synth.research.rosters import take_roster

        return take_roster(self.parts, workspace, study, name, content).document()

    def codes(self, workspace: str, study: str) -> dict[str, Any]:
        """The codebook of a study in the order of its hierarchy, and what was done to it as a whole."""
        from synth.research.codebook import list_codes
        from synth.research.recoding import list_changes

        return {
            "codes": self._read(list_codes, workspace, study),
            "changes": self._read(list_changes, workspace, study),
        }

    def code(self, workspace: str, code: str) -> dict[str, Any]:
        """One code; raises NotFound."""
        from synth.research.codebook import get_code

        return self._read(get_code, workspace, code)

    def add_code(self, workspace: str, study: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Add a code; raises NotFound, BadInput, Conflict for a name that is taken there."""
        from synth.research.codebook import add_code

        return self.code(workspace, add_code(self.parts, workspace, study, actor, wanted))

    def change_code(self, workspace: str, code: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Change a code's name, place, texts or theme; raises NotFound, BadInput, Conflict."""
        from synth.research.codebook import change_code

        change_code(self.parts, workspace, code, wanted)
        return self.code(workspace, code)

    def delete_code(self, workspace: str, actor: str, code: str) -> dict[str, Any]:
        """Delete a code with its highlights; returns the change by which that is undone."""
        from synth.research.recoding import delete_code

        return {"change": delete_code(self.parts, workspace, actor, code)}

    def merge_codes(self, workspace: str, actor: str, codes: Sequence[str], into: str) -> dict[str, Any]:
        """Make several codes one; returns that one, and the change by which it is undone."""
        from synth.research.recoding import merge_codes

        change = merge_codes(self.parts, workspace, actor, codes, into)
        return {"code": self.code(workspace, into), "change": change}

    def split_code(self, workspace: str, actor: str, code: str, name: str, highlights: Sequence[str]) -> dict[str, Any]:
        """Give some highlights of a code a new code beside it; returns it, and the change by which it is undone."""
        from synth.research.recoding import split_code

        new, change = split_code(self.parts, workspace, actor, code, name, highlights)
        return {"code": self.code(workspace, new), "change": change}

    def undo_coding(self, workspace: str, change: str) -> None:
        """Undo a merge, a split or a deletion of codes; raises NotFound, Conflict."""
        from synth.research.recoding import undo_change

        undo_change(self.parts, workspace, change)

    def highlights(self, workspace: str, study: str, **wanted: str | None) -> dict[str, Any]:
        """The highlights of a study, by `document`, `code`, `coder` and `state` (None: all states)."""
        from synth.research.highlighting import list_highlights

        with self.parts.database.read() as session:
            return {"highlights": list_highlights(session, workspace, study, **wanted)}

    def highlights_of(self, workspace: str, document: str) -> list[dict[str, Any]]:
        """All highlights of one document that nobody rejected; empty where it is in no study."""
        from synth.research.highlighting import highlights_of_document

        return self._read(highlights_of_document, workspace, document)

    def study_of(self, workspace: str, document: str) -> str | None:
        """The id of the study a document belongs to."""
        from synth.research.studies import study_of_document

        study = self._read(study_of_document, workspace, document)
        return study.id if study else None

    def set_role(self, workspace: str, document: str, speaker: str, role: str) -> None:
        """Say whether a speaker of a document asks or answers; raises NotFound, BadInput."""
        from synth.research.speaking import set_role

        set_role(self.parts, workspace, document, speaker, role)
        self.wake()

    def highlight(self, workspace: str, highlight: str) -> dict[str, Any]:
        """One highlight; raises NotFound."""
        from synth.research.highlighting import get_highlight

        return self._read(get_highlight, workspace, highlight)

    def add_highlight(self, workspace: str, coder: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Give a span of a document a code; raises NotFound, BadInput."""
        from synth.research.highlighting import add_highlight

        return self.highlight(workspace, add_highlight(self.parts, workspace, coder, wanted))

    def change_highlight(self, workspace: str, actor: str, highlight: str, wanted: Mapping[str, Any]) -> None:
        """Accept or reject a suggestion, or write a memo; raises NotFound, BadInput, Conflict."""
        from synth.research.highlighting import change_highlight

        change_highlight(self.parts, workspace, actor, highlight, wanted)

    def delete_highlight(self, workspace: str, highlight: str) -> None:
        """Delete a highlight; raises NotFound."""
        from synth.research.highlighting import delete_highlight

        delete_highlight(self.parts, workspace, highlight)

    def suggest_highlights(self, workspace: str, study: str, document: str | None = None) -> dict[str, Any]:
        """Suggest codes for what nobody has coded yet; raises NotFound, BadInput for an empty codebook."""
        from synth.research.highlighting import suggest

        return {"suggested": suggest(self.parts, workspace, study, document)}

    def agreement(self, workspace: str, study: str) -> dict[str, Any]:
        """How far the coders of a study agree, per code and over all; raises NotFound."""
        from synth.research.agreement import measure_agreement

        return self._read(measure_agreement, workspace, study)

    def machine_agreement(self, workspace: str, study: str) -> dict[str, Any]:
        """How far the machine agrees with people who coded without seeing what it suggests; raises NotFound."""
        from synth.research.machine import measure_machine

        return measure_machine(self.parts, workspace, study)

    def board(self, workspace: str, study: str) -> dict[str, Any]:
        """The affinity board of a study: lanes with cards; raises NotFound."""
        from synth.research.board import show_board

        return self._read(show_board, workspace, study)

    def change_board(self, workspace: str, study: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Do one thing to it, as `wanted["do"]` says; raises NotFound, BadInput, Conflict."""
        from synth.research.board import change_board

        change_board(self.parts, workspace, study, actor, wanted)
        return self.board(workspace, study)

    def findings(self, workspace: str, study: str) -> dict[str, Any]:
        """Codes and themes by participants, quotes, saturation; raises NotFound."""
        from synth.research.findings import study_findings

        return self._read(study_findings, workspace, study)

    def findings_of_theme(self, workspace: str, theme: str) -> list[dict[str, Any]]:
        """What researchers found that goes with a theme: the codes linked to it, with their quotes."""
        from synth.research.findings import findings_of_theme

        return self._read(findings_of_theme, workspace, theme)

    def study_report(self, workspace: str, study: str) -> dict[str, Any]:
        """The report of a study as a document; raises NotFound."""
        from synth.research.reporting import write_study_report

        return write_study_report(self.parts, workspace, study)

    def render_study(self, workspace: str, study: str, format: str) -> bytes:
        """The same as md, html or docx; raises NotFound, BadInput."""
        from synth.research.rendering import render_study

        return render_study(self.study_report(workspace, study), format)

    def export_study(self, workspace: str, study: str, format: str) -> bytes:
        """Codebook and codings as qdpx, qdc, csv or xlsx; raises NotFound, BadInput."""
        from synth.research.exchange.exporting import export_study

        return export_study(self.parts, workspace, study, format)

    def import_codings(self, workspace: str, study: str, actor: str, name: str, content: bytes) -> dict[str, Any]:
        """Take a codebook or codings in (qdpx, qdc, csv, xlsx); raises NotFound, BadInput."""
        from synth.research.exchange.importing import import_file

        done = import_file(self.parts, workspace, study, actor, name, content).document()
        self.wake()
        return done
