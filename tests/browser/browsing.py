"""The words of the browser tests: a server, a page under watch, the sizes of a screen."""

from dataclasses import dataclass

from playwright.sync_api import Page

PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@dataclass(frozen=True)
class Served:
    """A running server: its address, and the login link it printed."""

    url: str
    link: str


@dataclass
class Watched:
    """A page, and what went wrong on it: errors in its console, requests to other hosts."""

    page: Page
    faults: list[str]
