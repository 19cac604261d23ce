"""How tests are spread over processes (`make test ARGS="-n 3"`): a file stays together, and so does the browser.

What a file's tests share is made once then, and the servers behind a browser are started once. By marks
(`--dist loadgroup` of pytest-xdist 3.8.0) nothing is held together under pytest 9.2, which ignores the names they give.
"""

from typing import Final

import pytest
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

TOGETHER: Final = ("tests/browser/",)
LONGEST: Final = (*TOGETHER, "tests/chaos/", "tests/test_crash.py", "tests/test_offline.py", "tests/eval/")


class ByFile(LoadScopeScheduling):  # type: ignore[misc]
    """One process takes a file at a time, in the order in which tests were collected."""

    def __init__(self, config: pytest.Config, log: Producer | None = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        """What is run by one process, by the name of a test."""
        return next((folder for folder in TOGETHER if nodeid.startswith(folder)), nodeid.split("::", 1)[0])


def longest_first(items: list[pytest.Item]) -> None:
    """Begin with what takes longest: one process would do it alone in the end."""
    places = {prefix: place for place, prefix in enumerate(LONGEST)}
    items.sort(key=lambda item: next((places[each] for each in LONGEST if item.nodeid.startswith(each)), len(LONGEST)))
