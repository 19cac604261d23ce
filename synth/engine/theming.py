"""The engine's side of themes: found by runs, shaped by people, read with their numbers."""

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from synth.engine.core import Core
from synth.model import NO_FILTERS, Filters
from synth.store import reading
from synth.store.reading import FIRST_PAGE, Listed, Page

if TYPE_CHECKING:
    from synth.profile import Profile
    from synth.saying.reading import Saying
    from synth.themes.atlas import Placed
    from synth.themes.listing import Level


class ThemeSteps(Core):
    """Runs, themes, what is said about them, and decisions."""

    def accept_run(
        self, workspace: str, run_id: str, actor: str, changes: Collection[str] | None = None
    ) -> dict[str, Any]:
        """Put a run in force that waits for a person, or some changes of it, by their keys.

        Raises NotFound; Conflict when it does not wait; BadInput for a change it does not propose.
        """
        from synth.themes.reviewing import accept

        with self.parts.database.write() as session:
            accept(session, self.parts, workspace, run_id, actor=actor, changes=changes)
        self.draft_insights(workspace)
        return self.run(workspace, run_id)

    def roll_back_run(self, workspace: str, run_id: str) -> dict[str, Any]:
        """Take back all that a run did; raises NotFound, or Conflict when a later run or decision builds on it."""
        from synth.themes.reviewing import roll_back

        with self.parts.database.write() as session:
            roll_back(session, self.parts, workspace, run_id)
        self.draft_insights(workspace)
        return self.run(workspace, run_id)

    def runs(self, workspace: str, page: Page = FIRST_PAGE) -> Listed:
        """The runs of discovery, newest first."""
        return self._read(reading.list_runs, workspace, page)

    def run(self, workspace: str, run_id: str) -> dict[str, Any]:
        """One run, and what it would change where it waits; raises NotFound."""
        from synth.themes.reviewing import waiting_changes
        from synth.wire.curating import change_document

        with self.parts.database.read() as session:
            run = reading.get_run(session, workspace, run_id)
            return run | {"changes": [change_document(each) for each in waiting_changes(session, workspace, run_id)]}

    def themes(self, workspace: str, given: Filters = NO_FILTERS, *, level: "Level" = "all") -> dict[str, Any]:
        """The active themes with their counts and areas, and how much of the feedback they cover."""
        from synth.store.filtering import is_open
        from synth.themes.listing import keep_themes, list_themes
        from synth.wire.themes import theme_list_document

        with self.parts.database.read() as session:
            kept = is_open(given)
            found = keep_themes(session, self.parts, workspace) if kept else list_themes(session, workspace, given)
            listed = theme_list_document(found, level)
        return listed | {"withheld": self.withheld()}

    def theme_names(self, workspace: str) -> dict[str, str]:
        """Id to name of the active themes."""
        from synth.themes.reading import active_names

        return self._read(active_names, workspace)

    def theme_map(self, workspace: str) -> "tuple[Placed, ...]":
        """Where the active themes lie on their map: what is close in meaning lies close together, week after week."""
        from synth.overview import read_theme_map

        return read_theme_map(self.parts, workspace)

    def theme(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """One theme with its lineage; raises NotFound."""
        from synth.themes.listing import keep_theme, lineage
        from synth.wire.themes import lineage_document, theme_document

        with self.parts.database.read() as session:
            theme = theme_document(keep_theme(session, self.parts, workspace, theme_id))
            return theme | {"lineage": [lineage_document(event) for event in lineage(session, workspace, theme_id)]}

    def theme_excerpts(
        self, workspace: str, theme_id: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE
    ) -> Listed:
        """The excerpts on a theme, newest first; raises NotFound."""
        with self.parts.database.read() as session:
            make = partial(reading.list_theme_excerpts, session, workspace, theme_id, given, page)
            return self.parts.kept.read(f"excerpts on {theme_id} within {given}, {page}", session, workspace, make)

    def theme_profile(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> "Profile":
        """One theme with its numbers by source, segment and week, its insights and lineage; raises NotFound."""
        from synth.profile import read_profile

        return read_profile(self.parts, workspace, theme_id, given)

    def theme_trend(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> dict[str, Any]:
        """A theme week by week, as counted today and as reported at the time; raises NotFound."""
        from synth.profile import read_trend
        from synth.wire.themes import trend_document

        return trend_document(read_trend(self.parts, workspace, theme_id, given))

    def saying(self, workspace: str, theme_id: str, given: Filters = NO_FILTERS) -> "Saying":
        """What is said about a theme within the filters: of what kind, where, with which ratings; raises NotFound."""
        from synth.saying.reading import read_saying

        return read_saying(self.parts, workspace, theme_id, given)

    def emerging(self, workspace: str) -> dict[str, Any]:
        """Groups among the excerpts on no theme that are spoken of lately, more than chance explains."""
        from synth.reports.emerging import find_emerging
        from synth.wire.themes import emerging_document

        with self.parts.database.read() as session:
            found = self.parts.kept.read("emerging", session, workspace, lambda: find_emerging(self.parts, workspace))
        return emerging_document(found)

    def unassigned(self, workspace: str, given: Filters = NO_FILTERS, page: Page = FIRST_PAGE) -> Listed:
        """The excerpts on no theme, newest first."""
        return self._read(reading.list_unassigned, workspace, given, page)

    def lineage(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """What runs and people did to a theme, oldest first; raises NotFound."""
        return {"lineage": self.theme(workspace, theme_id)["lineage"]}

    def decide(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """Carry out what a person decided about themes; returns the decision and its effect on the numbers.

        Raises BadInput, NotFound or Conflict, each with what to do; nothing is changed then.
        """
        return self.decide_all(workspace, actor, [wanted])[0]

    def decide_all(self, workspace: str, actor: str, wanted: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
        """Carry out several decisions, all of them or none."""
        from synth.themes.curating.deciding import decide
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_wanted

        self._expect_seen(workspace, wanted)
        with self.parts.database.write() as session:
            made = [tell(*decide(session, self.parts, workspace, actor, read_wanted(each))) for each in wanted]
        self.wake()
        return [self._as_read(workspace, each) for each in made]

    def preview(self, workspace: str, actor: str, wanted: Mapping[str, Any]) -> dict[str, Any]:
        """What `decide` would do; nothing is changed."""
        from synth.themes.curating.deciding import preview
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_wanted

        self._expect_seen(workspace, wanted)
        with self.parts.database.write() as session:
            return tell(*preview(session, self.parts, workspace, actor, read_wanted(wanted)))

    def create_themes(
        self, workspace: str, actor: str, seeds: Sequence[Mapping[str, Any]], *, look: bool = True
    ) -> dict[str, Any]:
        """Make the themes of a taxonomy and place what belongs to them; then look for what it lacks in the rest."""
        from synth.themes.curating.deciding import decide
        from synth.themes.curating.records import tell
        from synth.themes.curating.wanted import read_seeds

        with self.parts.database.write() as session:
            made = tell(*decide(session, self.parts, workspace, actor, read_seeds(list(seeds))))
        self.discover(workspace, scope="unassigned") if look else self.wake()
        return self._as_read(workspace, made)

    def change_theme(
        self, workspace: str, actor: str, theme_id: str, wanted: Mapping[str, Any]
    ) -> list[dict[str, Any]]:
        """Make what is wanted of a theme's name, pin, state and parent so; returns the decisions it took."""
        from synth.themes.curating.wanted import read_changes

        return self.decide_all(workspace, actor, read_changes(self.theme(workspace, theme_id), wanted))

    def undo(self, workspace: str, actor: str, decision_id: str) -> dict[str, Any]:
        """Take a decision back; raises NotFound, or Conflict with what has to be undone first."""
        from synth.themes.curating.records import tell
        from synth.themes.curating.undoing import undo

        self.decision(workspace, decision_id)
        with self.parts.database.write() as session:
            undone = tell(*undo(session, self.parts, workspace, actor, decision_id))
        self.wake()
        return self._as_read(workspace, undone)

    def _expect_seen(self, workspace: str, wanted: Any) -> None:
        """Raise NotFound for a theme or an excerpt that is named and not there for whoever decides."""
        from synth.themes.curating.seeing import expect_seen

        if self.parts.left_out():
            with self.parts.database.read() as session:
                expect_seen(session, workspace, wanted)

    def _as_read(self, workspace: str, made: dict[str, Any]) -> dict[str, Any]:
        """What was made, as whoever made it reads it."""
        seen = self.parts.left_out() and made["decision"]["id"]
        return made | {"decision": self.decision(workspace, made["decision"]["id"])} if seen else made

    def decisions(self, workspace: str, page: Page = FIRST_PAGE, *, theme: str | None = None) -> Listed:
        """What people decided about themes, newest first."""
        from synth.themes.curating.records import list_decisions

        with self.parts.database.read() as session:
            return list_decisions(session, workspace, page, theme=theme)

    def decision(self, workspace: str, decision_id: str) -> dict[str, Any]:
        """One decision; raises NotFound."""
        from synth.themes.curating.records import get_decision

        return self._read(get_decision, workspace, decision_id)

    def suggestions(self, workspace: str, theme_id: str) -> dict[str, Any]:
        """The parts a theme could be split into; raises NotFound."""
        from synth.themes.curating.records import suggest_parts
        from synth.wire.curating import suggestion_document

        with self.parts.database.read() as session:
            found = suggest_parts(session, self.parts, workspace, theme_id)
        return {"suggestions": [suggestion_document(each) for each in found]}
