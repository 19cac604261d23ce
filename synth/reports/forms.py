"""The forms of a report: the whole of it, one page, or that of a team. A form leaves out and adds no number."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, get_args

from synth.errors import BadInput
from synth.model import Condition

Content = dict[str, Any]
Form = Literal["whole", "executive", "team"]
MOVED = 3  # themes of each kind on one page
_MOVES = ("new", "rising", "fading")
_LEFT_OUT = ("steady", "rising_words", "aside", "health", "trust")
_TOLD = (
    "rising_words",
    "saved_questions",
    "insights",
    "releases",
)  # what can be told of a week in which no theme moved
_NEED_A_FILTER = (
    "The team form needs what the team cares for: a filter such as theme=T5, area=A2 or segment=Enterprise (--where)."
)


def check_form(form: str) -> str:
    """The form, if there is such a one; raises BadInput."""
    if form not in _FORMS:
        raise BadInput(f"'{form}' is no form of a report; use {' or '.join(get_args(Form))}.")
    return form


def form_for(form: str, where: Sequence[Condition]) -> str:
    """The form that is meant: whole, within filters, is that of a team. Raises BadInput where it has no filter."""
    if check_form(form) == "team" and not where:
        raise BadInput(_NEED_A_FILTER)
    return "team" if where and form == "whole" else form


def in_form(content: Content, form: str) -> Content:
    """The content in this form; raises BadInput for one there is not."""
    return _FORMS[check_form(form)](content)


def _executive(content: Content) -> Content:
    """What stands in short, what to mind, and the themes that moved most with one quote each."""
    moved = {kind: [_with_one_quote(theme) for theme in content[kind][:MOVED]] for kind in _MOVES}
    more = sum(max(0, len(content[kind]) - MOVED) for kind in _MOVES)
    said = [f"{more} more {'theme' if more == 1 else 'themes'} moved: the whole report tells of them."] if more else []
    return {
        **content,
        **moved,
        **{name: [] for name in _LEFT_OUT},
        "short_version": [*content["short_version"], *said],
        "volume": {**content["volume"], "sources": []},
        "saved_questions": [{**saved, "quotes": saved["quotes"][:1]} for saved in content.get("saved_questions", ())],
    }


def _whole(content: Content) -> Content:
    """All of it; where nothing is to be told, only that the week was quiet, in three lines."""
    return _abridged(content) if _is_quiet(content) else content


def _team(content: Content) -> Content:
    """Without what is of the whole installation; where the week was quiet, only that it was, in three lines."""
    if _is_quiet(content):
        return {**_abridged(content), "warnings": []}
    return {**content, "trust": []}


def _is_quiet(content: Content) -> bool:
    """Whether no theme moved and there is nothing else to tell: no word, no saved question, no release, no finding."""
    return bool(content["quiet"]) and not any(content.get(told) for told in _TOLD)


def _abridged(content: Content) -> Content:
    """The short version, and what is to be minded."""
    return {**content, **{name: [] for name in _LEFT_OUT}, "volume": {**content["volume"], "sources": []}}


def _with_one_quote(theme: Content) -> Content:
    return {**theme, "claim": {**theme["claim"], "citations": theme["claim"]["citations"][:1]}}


_FORMS: Mapping[str, Callable[[Content], Content]] = {
    "whole": _whole,
    "executive": _executive,
    "team": _team,
}
