"""Regular expressions that are compiled when first used: hundreds of them take longer than most commands."""

import re
from typing import Any, cast

_OWN = tuple(name for name in dir(re.Pattern) if not name.startswith("_"))


def pattern(written: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern by all that it has; its first use raises `re.error`. It is no argument for functions of `re`."""
    return cast("re.Pattern[str]", _Pattern(written, flags))


class _Pattern:
    """Takes what the compiled pattern has over as its own, so that only the first use takes longer."""

    def __init__(self, written: str, flags: int) -> None:
        self._written, self._flags = written, flags

    def __getattr__(self, name: str) -> Any:
        if name not in _OWN:
            raise AttributeError(name)
        compiled = re.compile(self._written, self._flags)
        for own in _OWN:
            setattr(self, own, getattr(compiled, own))
        return getattr(compiled, name)
