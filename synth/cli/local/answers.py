"""The engine of this process asked about questions, searches, reports and lists, and how far they can be relied on."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, cast

from synth.cli.client import Document, Step
from synth.cli.local.here import ACTOR, FOLLOWER, Here
from synth.cli.options import Asking, GivenFilters, Period
from synth.exporting import Wanted
from synth.wire.answers import answer_document, step_document
from synth.wire.trust import trust_document

if TYPE_CHECKING:
    from synth.answers.faceting import Way


class Answers(Here):
    """Questions, searches, reports and lists, and how far they can be relied on."""

    def saved_questions(self, *, followed: bool, everything: bool) -> Document:
        state = None if everything else "active"
        return self.engine.saved_questions(self.workspace, FOLLOWER, state=state, followed=followed)

    def saved_question(self, saved: str) -> Document:
        return self.engine.saved_question(self.workspace, saved, FOLLOWER)

    def saved_runs(self, saved: str) -> Document:
        return self.engine.saved_runs(self.workspace, saved)

    def save_question(self, wanted: Document, given: GivenFilters) -> Document:
        return self.engine.save_question(
            self.workspace,
            ACTOR,
            follower=FOLLOWER,
            question=wanted.get("question"),
            answer=wanted.get("answer_id"),
            given=self._filters(given),
            dropped=wanted.get("drop", ()),
            title=wanted.get("title"),
        )

    def act_on_question(self, what: str, saved: str) -> Document:
        steps = {
            "run": lambda: self.engine.run_saved_question(self.workspace, FOLLOWER, saved),
            "resume": lambda: self.engine.change_saved_question(self.workspace, FOLLOWER, saved, {"state": "active"}),
            "archive": lambda: self.engine.change_saved_question(
                self.workspace, FOLLOWER, saved, {"state": "archived"}
            ),
            "follow": lambda: self.engine.follow_question(self.workspace, FOLLOWER, saved, on=True),
            "unfollow": lambda: self.engine.follow_question(self.workspace, FOLLOWER, saved, on=False),
            "seen": lambda: self.engine.see_question(self.workspace, FOLLOWER, saved),
        }
        return steps[what]()

    def trust(self) -> Document:
        return trust_document(self.engine.trust(self.workspace))

    def usage(self, days: int) -> Document:
        return self.engine.usage(self.workspace, days=days)

    def ask(self, asked: Asking) -> Document:
        given = self._filters(asked.given)
        return answer_document(
            self.engine.ask(self.workspace, asked.question, given, dropped=asked.dropped, follows=asked.follows)
        )

    def ask_in_steps(self, asked: Asking) -> Iterator[Step]:
        given = self._filters(asked.given)
        steps = self.engine.ask_in_steps(
            self.workspace, asked.question, given, dropped=asked.dropped, follows=asked.follows
        )
        return map(step_document, steps)

    def asks_a_model(self) -> bool:
        return self.engine.asks_a_model

    def search(self, query: str, given: GivenFilters, limit: int, counted: str | None = None) -> Document:
        filters = self._filters(given)
        found = self.engine.search(self.workspace, query, filters, limit=limit)
        way = cast("Way", counted) or None
        facets = None if counted is None else self.engine.facets(self.workspace, query, filters, way=way)
        return found | {"facets": facets}

    def report(
        self, period: Period, format: str, *, form: str = "whole", reported: bool = False, where: Sequence[str] = ()
    ) -> bytes:
        when = {"week": period.week, "since": period.since, "until": period.until}
        asked = {
            "format": format,
            "form": form,
            "reported": reported,
            "where": self.engine.filters(where=where, workspace=self.workspace).where,
        }
        return self.engine.report_file(self.workspace, **when, **asked)

    def export(self, what: str, format: str, given: GivenFilters) -> Iterator[str]:
        return self.engine.export(self.workspace, what, format=format, wanted=self._wanted(given))

    def export_workbook(self, what: str, given: GivenFilters) -> bytes:
        return self.engine.export_workbook(self.workspace, what, wanted=self._wanted(given))

    def _wanted(self, given: GivenFilters) -> Wanted:
        return Wanted(self._filters(given))
