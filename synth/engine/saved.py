"""The engine's side of saved questions."""

from collections.abc import Mapping, Sequence
from typing import Any

from synth.engine.core import Core
from synth.model import NO_FILTERS, Filters


class SavedSteps(Core):
    """Questions that are asked again every week, and who follows them."""

    def save_question(
        self,
        workspace: str,
        actor: str,
        *,
        follower: str | None = None,
        question: str | None = None,
        answer: str | None = None,
        given: Filters = NO_FILTERS,
        dropped: Sequence[str] = (),
        title: str | None = None,
    ) -> dict[str, Any]:
        """Save a question, or that of a kept answer, and ask it for the last week; raises BadInput, NotFound.

        Who saves it follows it, under the name of `follower` where it is another.
        """
        from synth.errors import BadInput
        from synth.saved.questions import Wanted, load, save
        from synth.saved.running import run_once
        from synth.saved.wanting import expect_askable, wanted_of_answer

        if bool(question) == bool(answer):
            raise BadInput("Give a question, or the id of the answer whose question is to be saved.")
        if answer:
            wanted = wanted_of_answer(self.parts, workspace, answer, title)
        else:
            wanted = Wanted(str(question), given, tuple(dropped), title)
        expect_askable(self.parts, workspace, wanted)
        with self.parts.database.write() as session:
            id = save(session, workspace, actor, wanted, self.parts.now(), follower=follower or actor)
        run_once(self.parts, self._read(load, workspace, id))
        return self.saved_question(workspace, id, follower or actor)

    def saved_questions(
        self, workspace: str, actor: str, *, state: str | None = "active", followed: bool = False
    ) -> dict[str, Any]:
        """Saved questions, the newest first, each with its last answer and what changed."""
        from synth.saved.questions import describe, load_all

        with self.parts.database.read() as session:
            found = [
                describe(session, saved, actor, timezone=self.parts.zone(workspace))
                for saved in load_all(session, workspace)
                if state is None or saved.state == state
            ]
        return {"saved_questions": [each for each in found if each["followed"] or not followed]}

    def saved_question(self, workspace: str, saved_id: str, actor: str) -> dict[str, Any]:
        """One saved question; raises NotFound."""
        from synth.saved.questions import describe, load

        with self.parts.database.read() as session:
            return describe(session, load(session, workspace, saved_id), actor, timezone=self.parts.zone(workspace))

    def saved_runs(self, workspace: str, saved_id: str) -> dict[str, Any]:
        """What a saved question was answered with, the newest week first; raises NotFound."""
        from synth.saved.questions import list_runs

        return {"runs": self._read(list_runs, workspace, saved_id)}

    def run_saved_question(self, workspace: str, actor: str, saved_id: str) -> dict[str, Any]:
        """Ask it for the last complete week, again where it was asked before; raises NotFound."""
        from synth.saved.questions import load
        from synth.saved.running import run_now

        run_now(self.parts, self._read(load, workspace, saved_id))
        return self.saved_question(workspace, saved_id, actor)

    def change_saved_question(
        self, workspace: str, actor: str, saved_id: str, wanted: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Give it a title, archive it, or take it up again, which asks it at once; raises NotFound or BadInput."""
        from synth.saved.questions import change, load
        from synth.saved.running import run_once

        with self.parts.database.write() as session:
            change(session, workspace, saved_id, wanted)
        if wanted.get("state") == "active":
            run_once(self.parts, self._read(load, workspace, saved_id))
        return self.saved_question(workspace, saved_id, actor)

    def follow_question(self, workspace: str, actor: str, saved_id: str, *, on: bool) -> dict[str, Any]:
        """Tell this person of changes, or no more; raises NotFound."""
        from synth.saved.questions import follow, unfollow

        with self.parts.database.write() as session:
            if on:
                follow(session, workspace, saved_id, actor, self.parts.now())
            else:
                unfollow(session, workspace, saved_id, actor)
        return self.saved_question(workspace, saved_id, actor)

    def see_question(self, workspace: str, actor: str, saved_id: str) -> dict[str, Any]:
        """Note that this person has read what changed; raises NotFound."""
        from synth.saved.questions import mark_seen

        with self.parts.database.write() as session:
            mark_seen(session, workspace, saved_id, actor)
        return self.saved_question(workspace, saved_id, actor)
