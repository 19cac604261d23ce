"""What a page shows when there is nothing, when something is wrong, and to somebody who may not: each by design."""

import re
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from fastapi import FastAPI, HTTPException
from fastapi.testclient import TestClient

from synth.errors import Conflict, Unavailable

ClientFor = Callable[..., TestClient]

HTML = {"accept": "text/html,*/*"}
EMPTY = {
    "/": "Nothing has been said here yet",
    "/?view=map": "Nothing has been said here yet",
    "/people": "names no people yet",
    "/sources": "names no sources yet",
    "/unassigned": "There is no feedback yet",
    "/search?q=photo": "Nothing was found",
    "/ask?q=What+do+people+say%3F": "There is no feedback",
    "/insights": "There are no insights yet",
    "/questions": "No question is saved yet",
    "/documents": "There is no feedback yet",
    "/decisions": "Nothing was decided yet",
    "/imports": "Nothing has been sent yet",
    "/jobs": "There is no job",
    "/reports": "There is nothing to report yet",
    "/reports/latest": "There is no feedback to report on yet",
    "/releases": "None yet",
    "/research": "There is no study yet",
    "/runs": "There was no run yet",
}
OWN = {"/account/zone", "/logout"}  # what anybody may send
NO_PAGE = re.compile(r"^/(v1|static)/|refused\.csv")


@pytest.mark.parametrize("role", ["admin", "viewer"])
def test_a_page_with_nothing_says_so_and_leads_on_who_may_go(client_for: ClientFor, role: str) -> None:
    client = client_for(role)
    for address, says in EMPTY.items():
        page = client.get(address, headers=HTML).text
        assert says in page, address
        assert page.count("<h1") == 1, address
        assert ('href="/upload"' in page) == (role == "admin"), address


def test_no_link_leads_a_viewer_to_a_refusal_and_no_form_is_shown_in_vain(reader: TestClient) -> None:
    waiting, seen = ["/"], set[str]()
    while waiting:
        address = waiting.pop()
        kind = re.sub(r"/[^/]*\d[^/]*", "/#", urlsplit(address).path) + re.sub(r"=[^&]*", "", urlsplit(address).query)
        if kind in seen or NO_PAGE.search(address):
            continue
        response = reader.get(address, headers=HTML)
        seen.add(kind)
        assert response.status_code == 200, address
        forms = re.findall(r'<form[^>]*method="post"[^>]*>', response.text)
        assert {re.search(r'action="([^"]*)"', form)[1] for form in forms} <= OWN, address  # type: ignore[index]
        links = re.findall(r'<a[^>]*href="(/[^"#]*)', response.text)
        waiting += [link.replace("&amp;", "&") for link in links]
    assert {"/", "/themes/#", "/documents/#", "/imports", "/jobs", "/trust", "/research", "/account"} <= seen


def test_a_page_that_is_not_the_readers_says_what_it_needs(reader: TestClient) -> None:
    for address in ("/upload", "/themes/T1/curate", "/reports/delivery", "/trust/sample", "/erasures"):
        response = reader.get(address, headers=HTML)
        assert response.status_code == 403
        assert "This needs the role" in response.text
        assert 'class="button"' in response.text


@pytest.mark.parametrize(
    ("error", "status", "heading"),
    [
        (Conflict("It is being written; wait."), 409, "Not now"),
        (HTTPException(413), 413, "Too large"),
        (HTTPException(429), 429, "Too much at once"),
        (Unavailable("The index is being built; try again."), 503, "Not available just now"),
        (RuntimeError("a secret of the house"), 500, "Something broke"),
    ],
)
def test_every_error_has_a_page_with_a_way_on(
    app: FastAPI, client: TestClient, error: Exception, status: int, heading: str
) -> None:
    @app.get("/failing")
    def fail() -> None:
        raise error

    response = client.get("/failing", headers=HTML)
    assert response.status_code == status
    assert f"<h1>{heading}</h1>" in response.text
    assert '<a class="button" href="/">Go to the overview</a>' in response.text
    assert f"Status {status}, request {response.headers['x-request-id']}" in response.text


def test_what_is_not_there_leads_to_the_list_of_its_kind_and_names_commands_as_such(client: TestClient) -> None:
    page = client.get("/themes/T999", headers=HTML).text
    assert '<a class="button" href="/#themes">See the themes</a>' in page
    assert "There is no theme T999; <code>synth themes</code> lists" in page
    assert "`" not in page
    assert 'href="/insights">See the insights' in client.get("/insights/I999", headers=HTML).text
