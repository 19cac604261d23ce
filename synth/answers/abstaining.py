"""When not to answer: one sentence that says why, and what there is instead."""

from synth.answers.figures import find_figure
from synth.answers.scope import LEAST, Scope, reach
from synth.answers.tally import Tally
from synth.answers.wording import say_list, say_number
from synth.model import Plan
from synth.store.filtering import is_open


def reason_to_abstain(plan: Plan, scope: Scope, numbers: Tally) -> str | None:
    """Why the store cannot answer this plan; None when it can."""
    figure = find_figure(plan.question)
    if figure:
        return f"Feedback cannot tell the {figure}; mentions, people, accounts and their revenue can be counted."
    if plan.unknown:
        return f"The data has nothing on {say_list([f'“{word}”' for word in plan.unknown])}."
    if not numbers.main.of:
        asked = not is_open(reach(plan))
        return f"There is no feedback {'in the time and filters that were asked for' if asked else 'here yet'}."
    if plan.about and scope.best < LEAST:
        return f"Nothing in {say_number(numbers.main.of)} {numbers.main.unit} speaks about “{plan.about}”."
    if scope.missing:
        absent = say_list([f"“{word}”" for word in scope.missing])
        return f"Nothing in {say_number(numbers.main.of)} {numbers.main.unit} speaks about {absent}."
    if not numbers.main.value and not any(part.value for part in numbers.parts):
        return _nothing(plan, numbers)
    return None


def _nothing(plan: Plan, numbers: Tally) -> str:
    if plan.about:
        return f"None of {say_number(numbers.main.of or 0)} {numbers.main.unit} is clearly about “{plan.about}”."
    return "Nothing matches these filters (0 mentions)."
