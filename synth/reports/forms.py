"""The forms of a report: the whole of it, or one page. A form leaves out and adds no number."""

from collections.abc import Callable, Mapping
from typing import Any, Literal, get_args

from synth.errors import BadInput

Content = dict[str, Any]
Form = Literal["whole", "executive"]
MOVED = 3  # themes of each kind on one page
_MOVES = ("new", "rising", "fading")
_LEFT_OUT = ("steady", "rising_words", "aside", "health", "trust")


def check_form(form: str) -> str:
    """The form, if there is such a one; raises BadInput."""
    if form not in _FORMS:
        raise BadInput(f"'{form}' is no form of a report; use {' or '.join(get_args(Form))}.")
    return form


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


def _with_one_quote(theme: Content) -> Content:
    return {**theme, "claim": {**theme["claim"], "citations": theme["claim"]["citations"][:1]}}


_FORMS: Mapping[str, Callable[[Content], Content]] = {"whole": lambda content: content, "executive": _executive}
