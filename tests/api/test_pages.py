"""The pages without a browser: what they answer, that they escape everything, and that they obey their own policy."""

import hashlib
import hmac
import io
import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import delete, select

from api.app import make_app
from api.auth import COOKIE
from api.pages.marking import mark_words
from api.pages.reader import lay_out
from synth.access import create_login
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.intake.uploads import Submission
from synth.settings import Settings
from synth.store.tables import Assignment, Excerpt, Insight, Theme

ClientFor = Callable[..., TestClient]

HTML = {"accept": "text/html,*/*"}
PAGES = (
    "/", "/?sort=people", "/?sort=tone", "/unassigned", "/search", "/search?q=calendar+sync", "/ask",
    "/ask?q=What+do+people+say+about+the+calendar%3F", "/ask?q=How+many+people+mention+zeppelins%3F", "/insights",
    "/reports", "/reports/latest", "/documents", "/documents?where=source%3Dcommunity&since=2026-09-01",
    "/documents?about=calendar", "/jobs", "/jobs?state=done", "/imports", "/account", "/trust",
    "/decisions", "/runs", "/?all=true", "/?view=map", "/people", "/people?where=source%3Dcommunity", "/accounts",
    "/sources",
)  # fmt: skip
OUR_TAGS = {
    "html", "head", "meta", "title", "link", "script", "noscript", "body", "a", "header", "nav", "ul", "ol", "li",
    "form", "label", "input", "button", "main", "p", "h1", "h2", "h3", "dl", "dt", "dd", "div", "section", "article",
    "aside", "footer", "table", "thead", "tbody", "tr", "th", "td", "span", "strong", "svg", "rect", "path", "circle",
    "line", "text", "desc", "figure", "figcaption", "blockquote", "time", "mark", "details", "summary", "select",
    "option", "textarea", "fieldset", "legend", "progress", "code", "polygon", "polyline", "datalist",
}  # fmt: skip
HOSTILE = (
    "/reports/2026-W46",
    "/themes/T900",
    "/themes/T900/curate",
    "/insights/I900",
    "/documents?where=theme%3DT900",
)
PAYLOADS = (
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<body onload=alert(1)>",
    "<iframe src=javascript:alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href='jAvAsCrIpT:alert(1)'>x</a>",
    "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\" onmouseover=\"alert(1)", "' onfocus='alert(1)",
    "\" autofocus onfocus=alert(1) x=\"", "</textarea><script>alert(1)</script>", "</title><script>alert(1)</script>",
    "</script><script>alert(1)</script>", "</style><script>alert(1)</script>", "<style>*{background:red}</style>",
    "<div style=\"background:url(javascript:alert(1))\">", "<math><mi xlink:href=javascript:alert(1)>x</mi></math>",
    "<object data=javascript:alert(1)>", "<embed src=javascript:alert(1)>", "<base href=//evil.example/>",
    "<link rel=stylesheet href=//evil.example/x.css>", "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<form action=//evil.example><button>x</button></form>", "<details open ontoggle=alert(1)>",
    "<video><source onerror=alert(1)></video>", "<audio src=x onerror=alert(1)>", "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>", "{{7*7}}", "{% raw %}<script>alert(1)</script>{% endraw %}", "${alert(1)}",
    "<%= 7*7 %>", "&lt;script&gt;alert(1)&lt;/script&gt;", "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<!--<img src=\"--><img src=x onerror=alert(1)>", "<![CDATA[<script>alert(1)</script>]]>",
    "javascript:alert(1)", "data:text/html,<script>alert(1)</script>",
)  # fmt: skip


class Seen(HTMLParser):
    """The elements and attributes of a page, its text, and what of it a browser could run."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.links: list[str] = []
        self.scripts: list[str | None] = []
        self.marked, self.words, self._in_mark = "", "", False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        given = dict(attrs)
        self.links += [value for name in ("href", "src", "action", "formaction") if (value := given.get(name))]
        if tag == "script":
            self.scripts.append(given.get("src"))
        self._in_mark = self._in_mark or tag == "mark"

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        self.words += data
        self.marked += data if self._in_mark else ""


@pytest.fixture(scope="session")
def hostile_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine in which every field of every document is an attack."""
    engine = open_engine(Settings(home=tmp_path_factory.mktemp("hostile")), embedder=HashingEmbedder())
    rows = [
        {"id": f"{n} {attack}", "text": f"{attack} and the photo upload hangs", "title": attack, "author": attack,
         "company": attack, "date": f"2026-11-{n % 20 + 1:02}", "url": attack, attack: attack, "lane": attack}
        for n, attack in enumerate(PAYLOADS)
    ]  # fmt: skip
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    engine.submit(WORKSPACE, "<img src=x onerror=alert(1)>.jsonl", io.BytesIO(lines), Submission(source=PAYLOADS[2]))
    broken = b'{"id": "1"}\n{"text": "fine"}\n<script>alert(1)</script>\n'
    engine.submit(WORKSPACE, '"><script>alert(1)</script>.jsonl', io.BytesIO(broken), Submission())
    engine.drain()
    write_hostile_theme(engine)
    yield engine
    engine.close()


@pytest.fixture
def browser(app: FastAPI, engine: Engine) -> TestClient:
    """A browser signed in as an administrator; `csrf` is the token its forms carry."""
    return sign_in(app, engine)


@pytest.fixture
def csrf(browser: TestClient) -> str:
    return hmac.new(browser.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()


def write_hostile_theme(engine: Engine) -> None:
    """A theme and an insight as a model under somebody else's control might word them."""
    now, attack = engine.parts.now(), " ".join(PAYLOADS)
    keys: dict[str, Any] = {"workspace_id": WORKSPACE, "created_at": now}
    theme = Theme(
        id="T900", name=attack, name_origin="model", definition=attack, key_phrases=list(PAYLOADS), exemplars=[],
        edge=[], state="active", centroid=b"", threshold=1.0, embedder="none", born_run_id="R1", **keys,
    )  # fmt: skip
    with engine.parts.database.write() as session:
        excerpt = session.scalars(select(Excerpt)).first()
        assert excerpt is not None
        cited = {"excerpt_id": excerpt.id, "document_id": excerpt.document_id, "source": attack, "quote": attack,
                 "start": 0, "end": 5, "speaker": attack, "person": attack, "created_at": None}  # fmt: skip
        filters = {"since": None, "until": None, "where": [{"key": attack, "operator": "=", "value": attack}]}
        count = {"label": attack, "value": 3, "unit": "mentions", "of": 4, "method": "counted", "filter": filters}
        claim = {"text": attack, "support": "supported", "citations": [cited], "counter": cited}
        insight = Insight(
            id="I900", theme_id="T900", title=attack, claims=[claim], counts=[count], state="draft", freshness="fresh",
            drafter="model", updated_at=now, **keys,
        )  # fmt: skip
        session.add_all([theme, insight])
        session.flush()
        placed = {"workspace_id": WORKSPACE, "document_id": excerpt.document_id, "theme_id": "T900", "confidence": 1.0,
                  "origin": "human", "run_id": None}  # fmt: skip
        session.execute(delete(Assignment).where(Assignment.excerpt_id == excerpt.id))
        session.add(Assignment(excerpt_id=excerpt.id, created_at=now, **placed))


def sign_in(app: FastAPI, engine: Engine, role: str = "admin") -> TestClient:
    browser = TestClient(app, headers=HTML, follow_redirects=False)
    browser.get("/login", params={"key": create_login(engine.parts, WORKSPACE, "Ana", role)})  # type: ignore[arg-type]
    return browser


@pytest.mark.parametrize("address", PAGES)
def test_every_page_answers_and_holds_nothing_inline(reader: TestClient, address: str) -> None:
    response = reader.get(address, headers=HTML)
    assert response.status_code == 200, response.text[:500]
    assert_harmless(response.text)
    policy = response.headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert len(response.content) < 150_000


def test_a_theme_a_document_and_an_insight_have_pages(reader: TestClient) -> None:
    theme = reader.get("/v1/themes").json()["themes"][0]
    shown = reader.get(f"/themes/{theme['id']}", headers=HTML)
    assert shown.status_code == 200
    assert theme["name"] in Seen(shown.text).words
    quote = reader.get(f"/v1/themes/{theme['id']}/excerpts").json()["excerpts"][0]
    assert quote["text"].split("\n")[0].strip() in Seen(shown.text).words
    for document in reader.get("/v1/documents?limit=200").json()["documents"][:20]:
        assert_harmless(reader.get(f"/documents/{document['document_id']}", headers=HTML).text)
    for insight in reader.get("/v1/insights").json()["insights"]:
        assert_harmless(reader.get(f"/insights/{insight['id']}", headers=HTML).text)


def test_an_excerpt_has_a_permanent_address_that_shows_it_in_its_document(reader: TestClient) -> None:
    excerpts = [row for q in ("calendar", "board") for row in reader.get(f"/v1/search?q={q}").json()["results"]]
    for excerpt in excerpts[:10]:
        there = reader.get(f"/excerpts/{excerpt['excerpt_id']}").headers["location"]
        assert there.endswith(f"#{excerpt['excerpt_id']}")
        page = reader.get(there, headers=HTML).text
        assert f'id="{excerpt["excerpt_id"]}"' in page
        assert Seen(page).marked.strip() == excerpt["text"].strip()


def test_a_number_opens_the_list_it_counts(reader: TestClient) -> None:
    theme = reader.get("/v1/themes").json()["themes"][0]
    listed = reader.get(f"/documents?where=theme%3D{theme['id']}", headers=HTML).text
    assert re.search(rf"<strong>{theme['mentions']:,}</strong> mention", listed)


def test_every_count_of_an_answer_opens_a_list_of_that_many(reader: TestClient) -> None:
    question = "What do people say about the calendar?"
    counts = reader.post("/v1/questions", json={"question": question}).json()["counts"]
    page = reader.get("/ask", params={"q": question}, headers=HTML).text
    links = [link for link in Seen(page).links if link.startswith("/documents?")]
    mentions = [count for count in counts if count["unit"] == "mentions" and count["value"]]
    assert mentions
    for count, link in zip(mentions, links, strict=False):
        assert f"<strong>{count['value']:,}</strong>" in reader.get(link, headers=HTML).text


def test_what_was_read_into_a_question_can_be_taken_out(reader: TestClient) -> None:
    asked = {"q": "What do people in community say about the calendar in September?"}
    page = reader.get("/ask", params=asked, headers=HTML).text
    removals = [link for link in Seen(page).links if link.startswith("/ask?") and "drop=" in link]
    assert removals
    for link in removals:
        again = reader.get(link, headers=HTML)
        assert again.status_code == 200
        assert "Not applied" in again.text


def test_filters_stay_in_the_address_from_page_to_page(reader: TestClient) -> None:
    theme = reader.get("/v1/themes").json()["themes"][0]["id"]
    page = reader.get(f"/themes/{theme}?since=2026-09-01&where=source%3Dcommunity&limit=2", headers=HTML).text
    onward = next(link for link in Seen(page).links if "cursor=" in link)
    assert {"since=2026-09-01", "where=source%3Dcommunity"} <= set(re.split("[?&#]", onward))


@pytest.mark.parametrize(
    ("address", "status", "says"),
    [
        ("/nowhere", 404, "There is nothing here"),
        ("/themes/T999", 404, "There is no theme T999"),
        ("/documents/d0", 404, "There is no document"),
        ("/excerpts/x0", 404, "There is no excerpt"),
        ("/insights/I999", 404, "There is no insight"),
        ("/imports/i0", 404, "There is no import"),
        ("/reports/2026-W99", 400, "no week 99"),
        ("/reports/soon", 404, "There is no report"),
        ("/upload", 403, "needs the role editor"),
        ("/documents?where=nonsense", 400, "is not a filter"),
        ("/documents?since=yesterday", 400, "is not a day"),
        ("/documents/d0?quote=here", 422, "cannot be used"),
        ("/search?q=" + "x" * 2001, 422, "cannot be used"),
    ],
)
def test_errors_are_pages_that_say_what_is_wrong(reader: TestClient, address: str, status: int, says: str) -> None:
    response = reader.get(address, headers=HTML)
    assert response.status_code == status
    assert says in Seen(response.text).words
    assert '<link rel="stylesheet" href="/static/synth.css">' in response.text


def test_without_a_session_there_is_only_the_way_in(app: FastAPI) -> None:
    stranger = TestClient(app, headers=HTML, follow_redirects=False)
    for address in ("/", "/themes/T1", "/upload", "/login", "/jobs"):
        response = stranger.get(address)
        assert response.status_code == 401
        assert "How to sign in" in response.text
        assert "Main" not in response.text.replace('aria-label="Main"', "")
    assert stranger.get("/static/synth.css").status_code == 200
    assert stranger.get("/static/../rendering.py").status_code in (401, 404)
    assert stranger.get("/static/%2e%2e/rendering.py").status_code == 404


def test_an_empty_workspace_leads_to_the_upload(client: TestClient) -> None:
    page = client.get("/", headers=HTML)
    assert page.status_code == 200
    assert "/upload" in Seen(page.text).links
    for address in ("/insights", "/reports", "/documents", "/jobs", "/imports", "/unassigned", "/ask?q=why"):
        assert client.get(address, headers=HTML).status_code == 200


def test_a_fault_of_the_server_is_a_page_that_tells_nothing_of_it(engine: Engine) -> None:
    app = make_app(engine)

    @app.get("/broken")
    def break_down() -> None:
        raise RuntimeError("a secret of the house")

    response = sign_in(app, engine).get("/broken")
    assert response.status_code == 500
    assert "Something broke" in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "address",
    [
        *(page for page in PAGES if page != "/reports/latest"),
        "/search?q=photo",
        "/documents?about=photo+upload",
        *HOSTILE,
    ],
)
def test_nothing_people_write_becomes_part_of_a_page(hostile_engine: Engine, address: str) -> None:
    reader = sign_in(make_app(hostile_engine), hostile_engine)
    response = reader.get(address)
    assert response.status_code == 200, response.text[-2000:]
    assert_harmless(response.text)


def test_no_payload_runs_on_the_page_of_its_own_document(hostile_engine: Engine) -> None:
    reader = sign_in(make_app(hostile_engine), hostile_engine)
    documents = reader.get("/v1/documents?limit=200").json()["documents"]
    assert len(documents) > len(PAYLOADS) - 2
    for document in documents:
        page = reader.get(f"/documents/{document['document_id']}").text
        assert_harmless(page)
        assert document["preview"].split("\n")[0].strip() in Seen(page).words


def test_a_report_is_narrowed_to_a_team(reader: TestClient) -> None:
    found = reader.get("/reports/latest", params={"where": ["", "source=community"]}, headers=HTML).text
    assert ", source community</h1>" in found
    assert "Only feedback of source community." in found
    assert 'aria-label="Remove source: community"' in found
    assert "format=pdf&amp;where=source%3Dcommunity" in found
    for format in ("json", "md", "html", "pdf"):
        got = reader.get("/v1/reports/latest", params={"where": "source=community", "format": format})
        assert got.status_code == 200, format
    assert reader.get("/v1/reports/latest", params={"form": "team"}).status_code == 400
    assert reader.get("/v1/reports/latest", params={"where": "theme=T999"}).status_code == 404
    assert reader.get("/v1/reports/latest", params={"where": "x", "reported": "true"}).status_code == 400


def test_a_facet_narrows_the_search_and_can_be_removed(reader: TestClient) -> None:
    found = reader.get("/search", params={"q": "calendar"}, headers=HTML).text
    facet = re.search(r'<h2>Theme</h2>\s*<ul class="facets">\s*<li><a href="([^"]+)"', found)
    assert "all of these words" in found
    assert facet is not None
    narrowed = reader.get(facet[1].replace("&amp;", "&"), headers=HTML).text
    assert 'aria-label="Filters"' in narrowed
    assert "Remove " in narrowed
    other = reader.get("/search", params={"q": "calendar", "match": "meaning"}, headers=HTML).text
    assert "near in meaning (cosine" in other
    assert "Count by words instead" in other
    assert reader.get("/search", params={"q": "calendar", "match": "luck"}).status_code == 422


@pytest.mark.parametrize("attack", PAYLOADS)
def test_nothing_in_an_address_becomes_part_of_a_page(reader: TestClient, attack: str) -> None:
    for address, names in (("/search", ("q",)), ("/ask", ("q", "drop")), ("/documents", ("about",))):
        response = reader.get(address, params=dict.fromkeys(names, attack), headers=HTML)
        assert_harmless(response.text)
    where = reader.get("/documents", params={"where": f"person={attack}"}, headers=HTML)
    assert where.status_code == 200
    assert_harmless(where.text)
    assert_harmless(reader.get(f"/themes/{attack.replace('/', '')}", headers=HTML).text)


def test_a_table_is_taken_in_as_its_columns_were_confirmed(browser: TestClient, engine: Engine, csrf: str) -> None:
    table = "when,what they wrote,handle,internal\n2026-11-02,The board is slow,ana,secret note\n2026-11-03,,bo,x\n"
    draft = send(browser, csrf, "export.csv", table)
    shown = browser.get(draft).text
    assert {"The board is slow", "secret note"} <= set(re.findall(r'<div class="cell">(.*?)</div>', shown))
    chosen = {"csrf": csrf, "map.0.text": "what they wrote", "map.0.created_at": "when", "map.0.person": "handle"}
    done = browser.post(draft, data=chosen | {"hide.0": "internal"})
    assert done.status_code == 303
    engine.drain()
    state = browser.get(done.headers["location"]).text
    assert "Download all as CSV" in state
    document = browser.get("/v1/documents").json()["documents"][0]
    assert (document["preview"], document["person"], document["attributes"]) == ("The board is slow", "ana", {})
    assert browser.get(f"{done.headers['location']}/refused.csv").text.splitlines()[0] == "row,reason"
    assert browser.get(draft).status_code == 404
    assert not list((engine.parts.home / "uploads").rglob("*.json"))


def test_a_choice_that_cannot_be_followed_is_asked_again(browser: TestClient, csrf: str) -> None:
    draft = send(browser, csrf, "export.csv", "text,more\nhello there,b\n")
    twice = browser.post(draft, data={"csrf": csrf, "map.0.text": "text", "map.0.title": "text"})
    assert twice.status_code == 400
    assert "chosen for two fields" in Seen(twice.text).words
    hidden = browser.post(draft, data={"csrf": csrf, "map.0.text": "more", "hide.0": "more"})
    assert hidden.status_code == 400
    assert browser.get(draft).status_code == 200


def test_an_unreadable_file_is_told_before_anything_is_taken_in(browser: TestClient, csrf: str) -> None:
    draft = send(browser, csrf, "photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20)
    assert "is not text" in Seen(browser.get(draft).text).words
    refused = browser.post(draft, data={"csrf": csrf})
    assert refused.status_code == 400
    assert "None of these files can be read" in refused.text


def test_a_form_without_its_token_or_without_a_file_changes_nothing(browser: TestClient, csrf: str) -> None:
    assert browser.post("/upload", files={"file": ("a.csv", b"text\nhello\n")}).status_code == 403
    empty = browser.post("/upload", data={"csrf": csrf}, files={"file": ("", b"")})
    assert empty.status_code == 400
    assert "No file was chosen" in empty.text


def test_a_draft_is_of_its_workspace_alone(browser: TestClient, csrf: str, client_for: ClientFor) -> None:
    draft = send(browser, csrf, "a.csv", "text\nhello\n")
    assert client_for("admin", "elsewhere").get(draft, headers=HTML).status_code == 404
    assert browser.get("/upload/../../synth.db").status_code == 404
    assert browser.get("/upload/" + "x" * 32).status_code == 404


def test_a_dead_job_can_be_tried_again_by_an_editor_and_by_nobody_below(app: FastAPI, engine: Engine) -> None:
    viewer = sign_in(app, engine, "viewer")
    token = hmac.new(viewer.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()
    assert viewer.post("/jobs/j0/retry", data={"csrf": token}).status_code == 403
    editor = sign_in(app, engine, "editor")
    token = hmac.new(editor.cookies[COOKIE].encode(), b"csrf", hashlib.sha256).hexdigest()
    assert editor.post("/jobs/j0/retry", data={"csrf": token}).status_code == 404


def test_words_are_marked_in_whatever_form_they_stand() -> None:
    marked = [
        piece.text
        for piece in mark_words("Uploading photos: the upload of a Photo hangs", "photo uploads")
        if piece.marked
    ]
    assert marked == ["Uploading", "photos", "upload", "Photo"]
    assert "".join(piece.text for piece in mark_words("a <b> & c", "nothing")) == "a <b> & c"


def test_a_transcript_is_laid_out_by_turns_without_losing_a_word(reader: TestClient) -> None:
    found = reader.get("/v1/documents?where=kind%3Dresearch").json()["documents"]
    for document in (reader.get(f"/v1/documents/{each['document_id']}").json() for each in found):
        parts = lay_out(document, None)
        said = " ".join(run.text for part in parts for run in part.runs)
        for excerpt in document["excerpts"]:
            text = document["text"][excerpt["start"] : excerpt["end"]]
            assert " ".join(text.split()) in " ".join(said.split())
        anchors = [run.anchor for part in parts for run in part.runs if run.anchor]
        assert sorted(anchors) == sorted(excerpt["excerpt_id"] for excerpt in document["excerpts"])


def send(browser: TestClient, csrf: str, name: str, content: str | bytes) -> str:
    """Choose a file; returns where its columns are confirmed."""
    content = content.encode() if isinstance(content, str) else content
    response = browser.post("/upload", data={"csrf": csrf, "kind": "feedback"}, files={"file": (name, content)})
    assert response.status_code == 303, response.text
    return response.headers["location"]


def assert_harmless(page: str) -> None:
    """Only our own elements, only our own script, no handler, no style, no address that runs something."""
    seen = Seen(page)
    assert seen.tags <= OUR_TAGS, seen.tags - OUR_TAGS
    assert not [name for name in seen.attributes if name.startswith("on") or name == "style"]
    assert set(seen.scripts) == {"/static/synth.js"}
    assert not [link for link in seen.links if not re.match(r"[/#?]|https?://", link)]
    assert not [link for link in seen.links if link.startswith("//")]


def test_the_static_files_say_no_address_of_another_host() -> None:
    folder = Path(__file__).parents[2] / "api" / "pages" / "static"
    for file in folder.iterdir():
        content = file.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|url\(|@import", content), file.name


def test_an_answer_can_be_asked_on_within_its_filters(reader: TestClient) -> None:
    question = {"question": "What do people in community say about the calendar?"}
    first = reader.post("/v1/questions", json=question).json()
    sent = {"question": "And how many people?", "follows": first["id"]}
    then = reader.post("/v1/questions", json=sent).json()
    assert then["plan"]["filters"]["where"] == first["plan"]["filters"]["where"] != []
    assert then["plan"]["about"] == first["plan"]["about"]
    dropped = reader.post("/v1/questions", json=sent | {"drop": ["source=community"]}).json()
    assert dropped["plan"]["filters"]["where"] == []
    shown = reader.get("/ask", params={"q": sent["question"], "follows": first["id"]}, headers=HTML).text
    assert f"Carried over from {first['id']}" in shown
    assert 'name="follows"' in shown
    assert reader.post("/v1/questions", json=sent | {"follows": "A999"}).status_code == 404
