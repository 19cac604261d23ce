"""The engine's side of questions: answers, search, and the documents behind a number."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from synth.engine.core import WORKSPACE, Core
from synth.model import NO_FILTERS, Answer, Claim, Filters, Plan
from synth.store import reading
from synth.store.reading import FIRST_PAGE, Listed, Page
from synth.store.withholding import RESEARCH

if TYPE_CHECKING:
    from synth.answers.behind import Behind
    from synth.answers.faceting import Way
    from synth.answers.tally import Tally
    from synth.research.suggesting import Suggestion


class AnswerSteps(Core):
    """Questions, search, and reading what was said."""

    def filters(
        self,
        *,
        since: str | None = None,
        until: str | None = None,
        where: Sequence[str] = (),
        workspace: str = WORKSPACE,
    ) -> Filters:
        """Filters from days (both included) and conditions as they are typed; raises BadInput, NotFound for a theme."""
        from synth.answers.given import read_filters
        from synth.store.filtering import check_names

        given = read_filters(since, until, where, timezone=self.parts.zone(workspace))
        with self.parts.database.read() as session:
            check_names(session, workspace, given)
        return given

    def ask(
        self,
        workspace: str,
        question: str,
        given: Filters = NO_FILTERS,
        *,
        dropped: Collection[str] = (),
        follows: str | None = None,
    ) -> Answer:
        """Answer a question from the feedback; `dropped` are filters wrongly read into it (`KEY=VALUE`, `time`).

        `follows` is the id of the answer whose filters and subject are carried on.
        """
        *_, answer = self.ask_in_steps(workspace, question, given, dropped=dropped, follows=follows)
        assert isinstance(answer, Answer)
        return answer

    def ask_in_steps(
        self,
        workspace: str,
        question: str,
        given: Filters = NO_FILTERS,
        *,
        dropped: Collection[str] = (),
        follows: str | None = None,
    ) -> Iterator["Plan | Tally | Claim | Answer"]:
        """The same, step by step as it is made: the plan, the counts, each claim that passed the gate, the answer."""
        from synth.answers.asking import ask_in_steps

        return ask_in_steps(self.parts, workspace, question, given, dropped=dropped, follows=follows)

    def kept_answer(self, workspace: str, id: str) -> dict[str, Any] | None:
        """An answer as it was given, without asking again; None where it is not kept any more."""
        from synth.answers.remembering import recall

        return self._read(recall, workspace, id)

    @property
    def asks_a_model(self) -> bool:
        """Whether a language model is configured: then an answer takes seconds, and is worth being told in steps."""
        return self.parts.asks_a_model

    def search(self, workspace: str, query: str, given: Filters = NO_FILTERS, *, limit: int = 20) -> dict[str, Any]:
        """The excerpts that speak to a query, best first."""
        from synth.answers.searching import search_excerpts

        return search_excerpts(self.parts, workspace, query, given, limit=limit) | {"withheld": self.withheld()}

    def facets(
        self, workspace: str, query: str, given: Filters = NO_FILTERS, *, way: "Way | None" = None
    ) -> dict[str, Any]:
        """How all that a search matches spreads, counted over all of it; by `words`, by `meaning`, or as it fits."""
        from synth.answers.faceting import find_facets

        return find_facets(self.parts, workspace, query, given, way)

    def behind(
        self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE, *, about: str = ""
    ) -> "Behind":
        """The documents behind a count: those within the filters and, where it is given, near in meaning to `about`."""
        from synth.answers.behind import list_behind

        return list_behind(self.parts, workspace, about, given, page)

    def documents(self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE) -> Listed:
        """The documents within the filters, newest first."""
        return self._read(reading.list_documents, workspace, given, page)

    def document(self, workspace: str, document_id: str) -> dict[str, Any]:
        """One document whole, with its turns and excerpts; raises NotFound."""
        document = self._read(reading.get_document, workspace, document_id)
        return document | {"withheld": self.withheld() if document["kind"] == RESEARCH else None}

    def excerpt(self, workspace: str, excerpt_id: str) -> dict[str, Any]:
        """One excerpt; raises NotFound."""
        return self._read(reading.get_excerpt, workspace, excerpt_id)

    def suggest_codes(
        self, segments: Sequence[str], coded: Sequence[tuple[str, str]], meanings: Mapping[str, str], *, most: int = 3
    ) -> list[list["Suggestion"]]:
        """For each segment the codes that fit best, from (text, code) of coded segments and what codes mean."""
        from synth.research.suggesting import suggest_codes

        return suggest_codes(self.parts.embedder, segments, coded, meanings, most=most)
