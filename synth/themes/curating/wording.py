"""A decision in one sentence, with the names the themes had when it was made."""

from collections.abc import Callable, Mapping
from typing import Any

from synth.store import tables


def say(decision: tables.Decision) -> str:
    """'Merged T5 “Slow app” into T3 “App is slow”'."""
    return _SAYINGS[decision.kind](decision.after["wanted"], _Names(decision))


class _Names:
    """Themes of one decision as people read them."""

    def __init__(self, decision: tables.Decision) -> None:
        self.theme = decision.theme_id
        self.created: list[str] = decision.after["created"]
        self._names: Mapping[str, str] = decision.after["names"]
        self._before: Mapping[str, Mapping[str, Any]] = decision.before["columns"]

    def of(self, theme: str) -> str:
        name = self._names.get(theme)
        return f"{theme} “{name}”" if name else theme

    def was(self, theme: str) -> str:
        return str(self._before.get(theme, {}).get("name", ""))

    def all(self, themes: list[str]) -> str:
        named = [self.of(theme) for theme in themes]
        return named[0] if len(named) == 1 else f"{', '.join(named[:-1])} and {named[-1]}"


def _rename(asked: Mapping[str, Any], names: _Names) -> str:
    was = names.was(names.theme)
    return f"Named {names.theme} “{asked['name']}”" + (f", before “{was}”" if was else "")


def _split(asked: Mapping[str, Any], names: _Names) -> str:
    by = " or ".join(f"“{word}”" for word in asked["words"])
    chosen = f" by {by}" if by else ", as suggested" if asked["suggestion"] else ""
    return f"Split {names.all(names.created)} off {names.of(names.theme)}{chosen}"


def _move(asked: Mapping[str, Any], names: _Names) -> str:
    what = "1 excerpt" if asked["excerpts"] == 1 else f"{asked['excerpts']:,} excerpts"
    return f"Moved {what} to {names.of(asked['to'])}" if asked["to"] else f"Took {what} off all themes"


def _exclude(asked: Mapping[str, Any], names: _Names) -> str:
    return f"{'Excluded' if asked['excluded'] else 'Took back in'} {names.of(names.theme)}"


def _pin(asked: Mapping[str, Any], names: _Names) -> str:
    return f"{'Pinned' if asked['pinned'] else 'Unpinned'} {names.of(names.theme)}"


def _parent(asked: Mapping[str, Any], names: _Names) -> str:
    mine = names.of(names.theme)
    return f"Made {mine} a part of {names.of(asked['parent'])}" if asked["parent"] else f"Made {mine} a part of none"


def _teach(asked: Mapping[str, Any], names: _Names) -> str:
    return f"Let placement on {names.of(names.theme)} {'learn' if asked['taught'] else 'forget'} what moves taught"


def _create(asked: Mapping[str, Any], names: _Names) -> str:
    count = len(asked["names"])
    return f"Brought in {names.of(names.theme)}" if count == 1 else f"Brought in {count:,} themes"


_SAYINGS: Mapping[str, Callable[[Mapping[str, Any], _Names], str]] = {
    "rename": _rename,
    "merge": lambda asked, names: f"Merged {names.all(asked['themes'])} into {names.of(asked['into'])}",
    "split": _split,
    "move": _move,
    "exclude": _exclude,
    "pin": _pin,
    "parent": _parent,
    "apart": lambda asked, names: f"Said that {names.of(names.theme)} and {names.of(asked['other'])} are not the same",
    "teach": _teach,
    "create": _create,
}
