"""What every page costs over a large store: the time until it is whole, and how much is sent.

The store is that of the suite `latency`. `synth serve` runs over it in a process of its own, and each page is asked for
over one connection: once after the start, then several times in turn with the others, so that none is asked for twice
in a row. What a page ships is counted with its charts and without.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from pathlib import Path
from statistics import median
from typing import Any
from urllib.parse import quote_plus, urlsplit

from eval.enlarging import home_of, read_enlarged
from eval.results import Case, Figure, SuiteResult, latencies, timed
from eval.running import Suite, Task, clock, open_house
from synth import access
from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine
from synth.errors import Broken

ROUNDS = 9  # times each page is asked for, once more after the start
PATIENCE = 120.0  # seconds until the server has to answer
LIMIT_MS, LIMIT_KB = 200, 150  # what the project promises for every page at 100,000 excerpts
WORST = 10  # pages shown
PAGES: Mapping[str, str] = {
    "overview": "/",
    "overview, all": "/?all=true&sort=people",
    "map": "/?view=map",
    "theme": "/themes/{theme}",
    "theme, narrowed": "/themes/{theme}?where=segment%3DEnterprise",
    "curate": "/themes/{theme}/curate",
    "unassigned": "/unassigned",
    "feedback": "/documents",
    "feedback, narrowed": "/documents?where=segment%3DEnterprise&where=theme%3D{theme}",
    "document": "/documents/{document}",
    "people": "/people",
    "people of a theme": "/people?where=theme%3D{theme}",
    "accounts": "/accounts",
    "sources": "/sources",
    "search": "/search?q={words}",
    "search, narrowed": "/search?q={words}&where=segment%3DEnterprise",
    "ask": "/ask",
    "answer": "/ask?q={question}",
    "questions": "/questions",
    "insights": "/insights",
    "insight": "/insights/{insight}",
    "reports": "/reports",
    "report": "/reports/latest",
    "research": "/research",
    "upload": "/upload",
    "imports": "/imports",
    "import": "/imports/{import}",
    "jobs": "/jobs",
    "decisions": "/decisions",
    "runs": "/runs",
    "erasures": "/erasures",
    "trust": "/trust",
    "account": "/account",
}
_SVG = re.compile(rb"<svg.*?</svg>", re.DOTALL)
_ADDRESS = re.compile(r"Serving at (http://\S+)")


@dataclass(frozen=True, slots=True)
class Shown:
    """A page: milliseconds after the start and then each time, bytes in all and without its charts."""

    first: float
    times: tuple[float, ...]
    whole: int
    plain: int


def run(task: Task) -> SuiteResult:
    """Take the enlarged folder in, serve it, and ask for every page."""
    with home_of(task) as home:
        collection, embedder = read_enlarged(task)
        with open_house(replace(task, home=home), collection, embedder=embedder, keep=True) as house:
            names = _names(house.engine)
            secret = _let_in(house.engine)
            excerpts = house.engine.status(WORKSPACE)["excerpts"]
        with _served(home, task.embedder) as server:
            shown = _measure(server, secret, names)
    return SuiteResult(
        suite="pages",
        data=collection.name,
        sha256=collection.sha256,
        rows=excerpts,
        figures=_figures(shown, excerpts),
        parameters={**task.parameters(), "rounds": ROUNDS},
        cases=_worst(shown),
    )


def _names(engine: Engine) -> dict[str, str]:
    """What the addresses speak of: the largest theme, an insight, a document, an import, words and a question."""
    themes = engine.themes(WORKSPACE)["themes"]
    insights = engine.insights(WORKSPACE)["insights"]
    words = str(themes[0]["name"]) if themes else "the product"
    return {
        "theme": themes[0]["id"] if themes else "",
        "insight": insights[0]["id"] if insights else "",
        "document": engine.documents(WORKSPACE).rows[0]["document_id"],
        "import": engine.imports(WORKSPACE).rows[0]["id"],
        "words": quote_plus(words),
        "question": quote_plus(f"What do people say about {words.lower()}?"),
    }


def _let_in(engine: Engine) -> str:
    """The secret of a token that sees every page, for an hour."""
    expires = datetime.now(UTC) + timedelta(hours=1)
    return access.create_token(engine.parts, WORKSPACE, "evaluation", "admin", expires=expires)


@contextmanager
def _served(home: Path, embedder: Embedder) -> Iterator[str]:
    """`synth serve` over the home until the block ends; gives its host and port."""
    alone = {name: value for name, value in os.environ.items() if not name.startswith("SYNTH_")}
    chosen = {"SYNTH_EMBEDDER": "hashing"} if embedder.version.startswith("hashing") else {}
    command = [sys.executable, "-u", "-c", "from synth.cli import main; main()", "serve", "--port", "0"]
    written = home / "serving.log"
    with written.open("wb") as log:
        environment = {**alone, **chosen, "SYNTH_HOME": str(home), "SYNTH_RATE_LIMIT": "0"}
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603
    try:
        yield _await_address(written, process)
    finally:
        process.terminate()
        process.wait(PATIENCE)
        written.unlink()


def _await_address(written: Path, process: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if found := _ADDRESS.search(written.read_text("utf-8", "replace")):
            return urlsplit(found[1]).netloc
        time.sleep(0.1)
    raise Broken(f"`synth serve` did not start: {written.read_text('utf-8', 'replace').strip()[-300:]}")


def _measure(server: str, secret: str, names: Mapping[str, str]) -> dict[str, Shown]:
    connection = HTTPConnection(server, timeout=PATIENCE)
    headers = {"Authorization": f"Bearer {secret}", "Accept": "text/html"}
    addresses = {page: address.format(**names) for page, address in PAGES.items() if _can_be_shown(address, names)}
    first = {page: _get(connection, address, headers) for page, address in addresses.items()}
    times: dict[str, list[float]] = {page: [] for page in addresses}
    for _ in range(ROUNDS):
        for page, address in addresses.items():
            times[page].append(_get(connection, address, headers)[1])
    connection.close()
    return {
        page: Shown(spent, tuple(times[page]), len(body), len(_SVG.sub(b"", body)))
        for page, (body, spent) in first.items()
    }


def _can_be_shown(address: str, names: Mapping[str, str]) -> bool:
    """False for the page of a thing of which the store has none."""
    return all(name for key, name in names.items() if f"{{{key}}}" in address)


def _get(connection: HTTPConnection, address: str, headers: Mapping[str, str]) -> tuple[bytes, float]:
    """The page and its milliseconds; raises Broken where there is none."""

    def ask() -> tuple[int, bytes]:
        connection.request("GET", address, headers=dict(headers))
        answered = connection.getresponse()
        return answered.status, answered.read()

    (status, body), spent = clock(ask)
    if status != 200:
        raise Broken(f"{address} was answered with status {status}, so nothing is measured.")
    return body, spent


def _figures(shown: Mapping[str, Shown], excerpts: int) -> dict[str, Figure]:
    every = [spent for page in shown.values() for spent in page.times]
    heaviest = max(shown, key=lambda page: shown[page].plain)
    by_page: dict[str, Figure] = {}
    for name, page in shown.items():
        by_page[f"p50_ms.{name}"] = timed(median(page.times))
        by_page[f"kb.{name}"] = Figure(page.plain / 1000, "exact", "lower")
    slow = [name for name, page in shown.items() if _p95(page) > LIMIT_MS]
    return {
        "excerpts": Figure(excerpts),
        "pages": Figure(len(shown)),
        **latencies(every),
        "slowest_p95_ms": timed(max(_p95(page) for page in shown.values()), n=len(shown)),
        "first_ms": timed(max(page.first for page in shown.values()), note="the slowest page right after the start"),
        "over_200_ms": timed(len(slow), n=len(shown), note=", ".join(slow) or "none"),
        "largest_kb": Figure(shown[heaviest].plain / 1000, "exact", "lower", note=f"{heaviest}, without charts"),
        **by_page,
    }


def _p95(page: Shown) -> float:
    return latencies(page.times)["p95_ms"].value or 0.0


def _worst(shown: Mapping[str, Shown]) -> list[Case]:
    slowest = sorted(shown, key=lambda page: -_p95(shown[page]))[:WORST]
    return [Case(f"page-{place}", _p95(shown[page]), page, _told(shown[page])) for place, page in enumerate(slowest)]


def _told(page: Shown) -> tuple[tuple[str, Any], ...]:
    return (("first, ms", f"{page.first:.0f}"), ("kB without charts", f"{page.plain / 1000:.0f}"))


SUITE = Suite(
    "pages",
    "items.jsonl[.gz]; --limit is the number of rows (100,000), made from these",
    "p50_ms and p95_ms over all pages, slowest_p95_ms, over_200_ms (pages whose p95 is above), first_ms, largest_kb "
    "(without charts), and p50_ms.PAGE and kb.PAGE of each",
    run,
)
