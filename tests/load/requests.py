"""What people ask of a store under load: of twenty, eight searches, four questions, four themes, four pages."""

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.load.filling import Filled

KINDS = ("search",) * 8 + ("ask",) * 4 + ("themes",) * 4 + ("page",) * 4
PAGES = ("/", "/trust", "/insights", "/documents", "/search", "/theme")
QUESTIONS = (
    "What do people say about {subject}?",
    "How many people mention {subject}?",
    "Show me examples of {subject}",
    "Is {subject} getting worse?",
    "What do people complain about most?",
)
WORDS = (2, 5)  # of a search, that somebody wrote one after the other


@dataclass(frozen=True, slots=True)
class Asked:
    """One request, whichever server gets it."""

    kind: str
    path: str
    method: str = "GET"
    query: Mapping[str, str] | None = None
    body: Mapping[str, Any] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


def make_request(store: Filled, kind: str, chance: random.Random) -> Asked:
    """A request of this kind about what stands in the store."""
    if kind == "search":
        return Asked(kind, "/v1/search", query={"q": _words(store, chance)})
    if kind == "ask":
        question = chance.choice(QUESTIONS).format(subject=chance.choice(store.themes)["name"].lower())
        return Asked(kind, "/v1/questions", "POST", body={"question": question})
    if kind == "themes":
        theme = chance.choice(store.themes)["id"]
        return Asked(kind, chance.choice(("/v1/themes", f"/v1/themes/{theme}")))
    page = chance.choice(PAGES)
    as_page = {"Accept": "text/html"}
    if page == "/search":
        return Asked(kind, page, query={"q": _words(store, chance)}, headers=as_page)
    path = f"/themes/{chance.choice(store.themes)['id']}" if page == "/theme" else page
    return Asked(kind, path, headers=as_page)


def one_of_each(store: Filled) -> Iterator[Asked]:
    """Every request about a theme, and every page, once."""
    as_page = {"Accept": "text/html"}
    for theme in store.themes:
        yield Asked("themes", f"/v1/themes/{theme['id']}")
        yield Asked("page", f"/themes/{theme['id']}", headers=as_page)
    for question in dict.fromkeys(
        question.format(subject=theme["name"].lower()) for question in QUESTIONS for theme in store.themes
    ):
        yield Asked("ask", "/v1/questions", "POST", body={"question": question})
    for page in PAGES:
        if page.startswith(("/theme", "/search")):
            continue
        yield Asked("page", page, headers=as_page)


def _words(store: Filled, chance: random.Random) -> str:
    said = chance.choice(store.texts).split()
    count = min(len(said), chance.randint(*WORDS))
    start = chance.randrange(len(said) - count + 1)
    return " ".join(said[start : start + count])
