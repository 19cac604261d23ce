"""Words that would run as script where a page took them for markup, in every field that a page shows: none runs.

A store with something on every page is written over: each text in each column that people, files or a model can fill
holds payloads (`tests.payloads`), all of them where a column has few rows. Then a browser opens every page that links
lead to, with the content security policy put aside: what is kept from running by the policy alone is found, too.
"""

import re
from collections.abc import Iterator
from itertools import count
from typing import Any
from urllib.parse import quote, urlsplit

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import String, UniqueConstraint, inspect, select, update
from sqlalchemy.orm import Session

from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.store import tables
from synth.store.tables.base import Base
from tests.browser.browsing import DESK, Served
from tests.browser.conftest import serve
from tests.factories import (
    CALENDAR,
    INVOICE,
    PHOTO,
    exported,
    open_home,
    take_bytes,
    take_in,
    write_jsonl,
    write_transcript,
)
from tests.payloads import PAYLOADS

LEAST_PAGES, MOST_PAGES = 60, 150  # that are opened
FEW = 12  # rows of a column up to which each holds every payload
CHUNK = 12  # payloads that a text of a longer column holds

WRITTEN = {
    "accounts": {"attributes", "name", "plan", "segment"},
    "answers": {"answer", "question"},
    "areas": {"name"},
    "boards": {"layout", "past"},
    "codes": {"created_by", "definition", "examples", "memo", "name"},
    "coding_changes": {"actor", "after", "before"},
    "credentials": {"name"},
    "decisions": {"actor", "after", "before"},
    "deliveries": {"asked_by"},
    "documents": {"attributes", "external_id", "title", "url"},
    "erasures": {"actor", "reason", "receipt", "subject"},
    "highlights": {"coder", "memo"},
    "hooks": {"created_by", "source"},
    "imports": {"filename", "options"},
    "insight_events": {"actor", "change"},
    "insights": {"claims", "content", "counts", "freshness_reason", "origin", "provenance", "title"},
    "jobs": {"error", "payload", "result", "stage"},
    "lessons": {"figures"},
    "measurements": {"folder", "parameters"},
    "model_calls": {"model", "prompt"},
    "participants": {"name"},
    "people": {"attributes", "name"},
    "redaction_decisions": {"by"},
    "refused_rows": {"reason"},
    "releases": {"created_by", "name"},
    "reports": {"content"},
    "runs": {"figures", "parameters"},
    "saved_questions": {"created_by", "dropped", "given", "question", "title"},
    "saved_runs": {"answer", "counted"},
    "sources": {"name", "readers"},
    "studies": {"consent", "created_by", "method", "name", "question"},
    "subscriptions": {"address", "conditions", "created_by"},
    "saved_followers": {"name"},
    "users": {"name"},
    "visits": {"name"},
    "workspaces": {"name"},
    "themes": {"definition", "key_phrases", "name"},
    "turns": {"speaker"},
    "excerpts": {"speaker"},
}  # fmt: skip
"""Columns that hold what people, files or models wrote; of JSON, the texts of several words in it."""

OURS = {
    *("id", "workspace_id", "kind", "state", "role", "origin", "status", "timezone", "embedder", "day", "week"),
    *("body_hash", "key_hash", "route", "secret_hash", "sha256", "text_hash", "words_hash", "prompt_hash", "key"),
    *("idempotency_key", "lease", "guid", "trace"),
    *("color", "language", "pseudonym", "scope", "event", "change", "action", "drafter", "freshness", "titled_by"),
    *("name_origin", "form", "secret", "suite", "figure", "outcome", "owner", "cause", "folded", "seen"),
    *("ended_by", "undone_by", "repeat_of", "suspicious", "parameters", "documents.text", "documents.redactions"),
    *("from_theme", "to_theme", "jobs.subject", "releases.themes", "lineage.others", "themes.exemplars", "themes.edge"),
    *("area", "redact", "model_replies.reply", "document_attributes.key", "document_attributes.value"),
    *("left_out", "opened_by", "issuer", "users.subject", "password_hash", "subject_kind", "audit_events.subject"),
}  # fmt: skip
"""Columns that only the code fills, or, as `text`, that the files bring."""

INSIDE = """() => {
  const links = ["href", "src", "action", "formaction", "xlink:href", "data", "srcdoc", "srcset", "poster"];
  const elsewhere = /^(javascript|vbscript|data|file|[a-z]*:?[\\\\/]{2})/;
  const wrong = [];
  for (const element of document.querySelectorAll("*")) {
    const name = element.tagName.toLowerCase();
    const theirs = name === "a" && element.rel.includes("noreferrer");
    if (element.hasAttribute("data-xss") || ["iframe", "object", "embed", "base", "marquee", "math"].includes(name)
        || (name === "script" && !(element.getAttribute("src") ?? "").startsWith("/static/")))
      wrong.push(element.outerHTML.slice(0, 200));
    for (const { name: key, value } of element.attributes) {
      const bare = value.replace(/[\\u0000-\\u0020]/g, "").toLowerCase();
      if (key.startsWith("on")
          || (links.includes(key) && elsewhere.test(bare) && !(theirs && /^https?:\\/\\//.test(bare))))
        wrong.push(`${name} ${key}=${value.slice(0, 160)}`);
    }
  }
  return { wrong, ran: window.ran, links: [...document.links].map((a) => a.href) };
}"""
WATCH = """
  window.ran = [];
  window.alert = window.prompt = window.confirm = window.xss = (n) => window.ran.push(n);
"""
NO_PAGE = re.compile(r"/exports?/|format=|\.(csv|md|html|pdf|json|xlsx|docx|qdpx|qdc)\b|/login|/static/")


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory, chromium: Browser) -> Iterator[Served]:
    """A server on such a store."""
    home = tmp_path_factory.mktemp("hostile words") / "home"
    engine = open_home(home, report_folder=home.parent)
    fill(engine)
    write_over(engine)
    engine.close()
    yield from serve(home, report_folder=str(home.parent))


def fill(engine: Engine) -> None:
    """Something for every page: feedback whose texts hold every payload, a study, and what is made of them."""
    folder = engine.parts.home.parent
    said = (*PHOTO, *CALENDAR, *INVOICE)
    rows = [
        {
            "id": f"F{number}",
            "text": f"{said[number % len(said)]} {payload}",
            "title": payload,
            "url": payload,
            "date": f"2026-11-{1 + number % 20:02d}",
            "author": payload,
            "account": f"Account {number % 9}",
            "segment": ("Small", "Large")[number % 2],
            "plan": ("Free", "Paid")[number % 3 % 2],
            "rating": 1 + number % 5,
            PAYLOADS[number % 20]: payload,
        }
        for number, payload in enumerate(PAYLOADS)
    ]
    take_in(engine, write_jsonl(folder / "feedback.jsonl", rows), source="help desk")
    take_bytes(engine, b'{"id": "1"}\n{"text": "fine", "date": "<img src=x>"}\n<script>\n', "broken.jsonl")
    create_token(engine.parts, WORKSPACE, "Reader of one", "viewer", expires=None)
    take_bytes(engine, b'{"id": "R1", "text": "This is for some only."}', "some.jsonl", readers=["Reader of one"])
    turns = [("Mara (Moderator)", "And then?"), ("Ana", PHOTO[0]), ("Ana", CALENDAR[0])]
    for number in range(3):
        path = write_transcript(folder / f"talk {number}.vtt", [(f"{who} {number}", words) for who, words in turns])
        take_in(engine, path, kind="research", study="Vans", interviewers=("Mara",))
    waits = "Interviewer: And then?\nErika Muster: I wrote to ada@example.org twice.\n"
    take_bytes(engine, waits.encode(), "waits.txt", kind="research", study="Vans", redact="suggest")
    talk = next(row for row in exported(engine, "documents") if "And then" in row["text"])
    at = talk["text"].index(PHOTO[0])
    for name in ("Stuck", "Slow"):
        engine.add_code(
            WORKSPACE, "S1", "Ann", {"name": name, "definition": "It is so.", "memo": "A note.", "examples": [PHOTO[0]]}
        )
    engine.add_highlight(
        WORKSPACE,
        "Ann",
        {"document_id": talk["document_id"], "start": at, "end": at + 20, "code_id": "C1", "memo": "A memo."},
    )
    engine.change_board(WORKSPACE, "S1", "Ann", {"do": "add_lane", "name": "A lane of ours"})
    theme, other = [each["id"] for each in engine.themes(WORKSPACE)["themes"]][:2]
    engine.decide(WORKSPACE, "Ann", {"kind": "rename", "theme": theme, "name": "Another name"})
    ids = [row["excerpt_id"] for row in exported(engine, "excerpts")][:5]
    engine.make_insight(WORKSPACE, "Ann", {"excerpt_ids": ids, "title": "Of a choice"})
    engine.save_question(WORKSPACE, "Ann", question="What do people say about photo upload?")
    engine.tend(WORKSPACE)
    engine.drain()
    engine.ask(WORKSPACE, "What do people say about calendar sync?")
    engine.add_release(WORKSPACE, "Ann", "5.2 of the app", "2026-11-10", [theme, other])
    engine.subscribe(WORKSPACE, "Ann", "folder", "weekly")
    engine.subscribe(WORKSPACE, "Ann", "folder", "weekly", where=["segment=Large customers"])
    engine.report(WORKSPACE)
    engine.erase(WORKSPACE, "Ann", "person", "Ana 2", "asked for")
    engine.drain()


def write_over(engine: Engine) -> None:
    """Put payloads into every text of every column of `WRITTEN`."""
    turn = count()
    with engine.parts.database.write() as session:
        first = session.scalars(select(tables.Job)).first()
        assert first is not None
        first.state, first.error = "dead", "It failed."
        session.flush()
        for mapper in Base.registry.mappers:
            for name in WRITTEN.get(mapper.local_table.name, ()):  # type: ignore[attr-defined]
                _write_over(session, mapper.class_, name, turn)


def _write_over(session: Session, table: type[Any], name: str, turn: Iterator[int]) -> None:
    column, keys = getattr(table, name), inspect(table).primary_key
    found = session.execute(select(*keys, column)).all()
    for *key, held in found:
        spoiled = _spoil(held, turn, all_of_them=len(found) <= FEW and not _is_indexed(table, name))
        where = [part == value for part, value in zip(keys, key, strict=True)]
        session.execute(update(table).where(*where).values({name: spoiled}))


def _is_indexed(table: type[Any], name: str) -> bool:
    """Whether PostgreSQL has an end to how long it may be: doors shorten or refuse what is longer."""
    mine = inspect(table).local_table
    keys = (*mine.indexes, *(each for each in mine.constraints if isinstance(each, UniqueConstraint)))
    return any(name in each.columns for each in keys)


def _spoil(held: Any, turn: Iterator[int], *, all_of_them: bool, inside: bool = False) -> Any:
    if isinstance(held, dict):
        return {key: _spoil(value, turn, all_of_them=all_of_them, inside=True) for key, value in held.items()}
    if isinstance(held, list):
        return [_spoil(value, turn, all_of_them=all_of_them, inside=True) for value in held]
    if not isinstance(held, str) or (inside and " " not in held):
        return held
    first = next(turn) * CHUNK
    many = len(PAYLOADS) if all_of_them and not inside else CHUNK
    words = "\n".join(PAYLOADS[(first + step) % len(PAYLOADS)] for step in range(many))
    return f"{words} {first}"  # names stay different from each other


def test_every_text_of_the_store_is_either_ours_or_tried() -> None:
    astray = [
        f"{mapper.local_table.name}.{column.name}"  # type: ignore[attr-defined]
        for mapper in Base.registry.mappers
        for column in mapper.local_table.columns
        if (isinstance(column.type, String) or "JSON" in repr(column.type).upper())
        and column.name not in WRITTEN.get(mapper.local_table.name, ())  # type: ignore[attr-defined]
        and not {column.name, f"{mapper.local_table.name}.{column.name}"} & OURS  # type: ignore[attr-defined]
        and not (column.name.endswith("_id") or column.foreign_keys)
    ]
    assert astray == []


def test_there_are_many_payloads_and_no_two_alike() -> None:
    assert len(set(PAYLOADS)) == len(PAYLOADS) >= 300


def test_no_words_run_on_any_page(hostile: Served, chromium: Browser) -> None:
    context = chromium.new_context(base_url=hostile.url, viewport=DESK, bypass_csp=True)  # type: ignore[arg-type]
    context.add_init_script(WATCH)
    asked: list[str] = []
    context.on("request", lambda request: None if request.url.startswith(hostile.url) else asked.append(request.url))
    page = context.new_page()
    page.on("dialog", lambda dialog: asked.append(dialog.message))
    page.goto(hostile.link)
    seen = walk(page, hostile.url)
    context.close()
    assert asked == []
    assert len(seen) > LEAST_PAGES, sorted(seen)


def walk(page: Page, base: str) -> set[str]:
    """Open every page that links lead to, one of each kind; returns the addresses."""
    asked = [f"/{name}?q={quote(payload)}" for name in ("search", "ask") for payload in PAYLOADS[::140]]
    asked += [f"/documents?where={quote(payload)}&about={quote(payload)}" for payload in PAYLOADS[::140]]
    waiting = [*asked, "/", "/jobs", "/usage", "/trust", "/decisions", "/releases", "/reports/delivery", "/nowhere"]
    seen: dict[str, str] = {}  # the kind of an address to the first of its kind
    while waiting and len(seen) < MOST_PAGES:
        address = waiting.pop(0)
        parts = urlsplit(address)
        kind = re.sub(r"/[^/]*\d[^/]*", "/#", parts.path) + re.sub(r"=[^&]*", "", parts.query)
        if (kind := address if address in asked else kind) in seen:
            continue
        seen[kind] = address
        page.goto(address)
        found = page.evaluate(INSIDE)
        assert found["ran"] == [], address
        assert found["wrong"] == [], address
        mine = [link.removeprefix(base) for link in found["links"] if link.startswith(base)]
        waiting += [link.partition("#")[0] for link in mine if not NO_PAGE.search(link)]
    return set(seen.values())
