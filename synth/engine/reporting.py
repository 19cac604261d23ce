"""The engine's side of reports: weeks, the overview, the trust card, exports."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.engine.core import Core
from synth.model import NO_FILTERS, Condition, Filters
from synth.store import reading
from synth.store.reading import FIRST_PAGE, Listed, Page

if TYPE_CHECKING:
    from synth.exporting import Wanted
    from synth.overview import Overview
    from synth.reports.spans import Span
    from synth.trust.figures import Card
    from synth.trust.measured import Measurement
    from synth.trust.sampling import Drawn, Verdict


class ReportSteps(Core):
    """Reports, the overview, and how far all of it can be relied on."""

    def report(
        self,
        workspace: str,
        *,
        week: str | None = None,
        since: str | None = None,
        until: str | None = None,
        format: str = "md",
        form: str = "whole",
        reported: bool = False,
        where: Sequence[Condition] = (),
    ) -> str:
        """The report of a week (the last complete one by default) or of days, as md, html or json.

        `form` is the whole of it or `executive`, one page. With `reported`, as it was archived, or NotFound. Within
        conditions it is that of a team (`team`): counted and tested over what meets them.
        """
        when = {"week": week, "since": since, "until": until}
        asked = {"format": format, "form": form, "reported": reported, "where": where}
        return self.report_file(workspace, **when, **asked).decode()

    def report_file(self, workspace: str, **wanted: Any) -> bytes:
        """The same as the bytes of a file, which may be a PDF."""
        from synth.reports.weekly import render_report

        return render_report(self.parts, workspace, **wanted)

    def reports(self, workspace: str) -> dict[str, Any]:
        """The reports that were written, the latest period first."""
        return {"reports": self._read(reading.list_reports, workspace)}

    def weeks(self, workspace: str) -> tuple["Span", ...]:
        """The last complete weeks, oldest first, as far back as the feedback goes."""
        from synth.profile import recent_weeks

        with self.parts.database.read() as session:
            return recent_weeks(session, self.parts, workspace)

    def overview(self, workspace: str, since: datetime | None = None) -> "Overview":
        """Sizes, themes with their weeks, what the last complete week brought, and what is new since a moment."""
        from synth.overview import read_overview

        return read_overview(self.parts, workspace, since)

    def wavering(self, workspace: str) -> float:
        """How much more than chance the mentions of themes waver from week to week; 1 where that is not known."""
        from synth.overview import read_wavering

        return read_wavering(self.parts, workspace)

    def visit(self, workspace: str, name: str) -> datetime | None:
        """Write down that somebody looks at the overview; returns when they were here before, None the first time."""
        from synth.news import note_visit

        return note_visit(self.parts, workspace, name)

    def voices(self, workspace: str, by: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE) -> Listed:
        """People, accounts or sources within the filters, who said most first; raises BadInput."""
        from synth.store.voices import list_voices

        with self.parts.database.read() as session:
            make = partial(list_voices, session, workspace, by, given, page)
            return self.parts.kept.read(f"{by} within {given}, {page}", session, workspace, make)

    def count_voices(self, workspace: str, by: str, given: Filters = NO_FILTERS) -> int:
        """How many people, accounts or sources are within the filters; raises BadInput."""
        from synth.store.voices import count_voices

        with self.parts.database.read() as session:
            make = partial(count_voices, session, workspace, by, given)
            return self.parts.kept.read(f"{by} counted within {given}", session, workspace, make)

    def export(
        self, workspace: str, what: str, *, format: str = "jsonl", wanted: "Wanted | None" = None
    ) -> Iterator[str]:
        """A list as text, piece by piece: jsonl, json, csv or md; raises BadInput."""
        from synth.exporting import EVERYTHING
        from synth.exporting.writing import export_lines

        return export_lines(self.parts, workspace, what, format, wanted or EVERYTHING)

    def export_workbook(self, workspace: str, what: str, *, wanted: "Wanted | None" = None) -> bytes:
        """A list as an Excel workbook; raises BadInput, also where a sheet has no room for it."""
        from synth.exporting import EVERYTHING
        from synth.exporting.writing import export_workbook

        return export_workbook(self.parts, workspace, what, wanted or EVERYTHING)

    def trust(self, workspace: str) -> "Card":
        """How far what this installation says can be relied on: every figure with its date, size and interval."""
        from synth.trust.card import read_card

        return read_card(self.parts, workspace)

    def trust_sample(self, workspace: str, seed: int) -> list["Drawn"]:
        """Twenty excerpts that the machine placed, drawn by lot, for a person to judge."""
        from synth.trust.sampling import draw_sample

        return self._read(draw_sample, workspace, seed)

    def keep_verdicts(self, workspace: str, verdicts: Mapping[str, "Verdict"], *, by: str) -> "Measurement":
        """Keep what a person said of a sample: right or wrong by excerpt; raises BadInput where nothing was judged."""
        from synth.trust.sampling import keep_verdicts

        with self.parts.database.write() as session:
            return keep_verdicts(session, workspace, verdicts, by=by, now=self.parts.now())

    def keep_measurements(self, workspace: str, measurements: Sequence["Measurement"]) -> None:
        """Keep figures that were measured on labelled data, for the trust card; raises BadInput for other numbers."""
        from synth.trust.measured import keep

        with self.parts.database.write() as session:
            keep(session, workspace, measurements)
