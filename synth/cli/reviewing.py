"""Commands about insights: each asks the client and prints what came of it."""

from collections.abc import Sequence

from synth.cli import output, written
from synth.cli.client import Client, Document
from synth.cli.opening import open_client
from synth.errors import BadInput

_COMMAND = "synth insights"


def list_all(theme: str | None, state: str | None, freshness: str | None, *, json: bool, url: str | None) -> None:
    """List the insights, or some of them."""
    wanted = {"theme": theme, "state": state, "freshness": freshness}
    with open_client(url, command=_COMMAND) as client:
        found = client.insights({name: value for name, value in wanted.items() if value})
        output.print_json(found) if json else written.print_insights(found)


def show(insight: str, *, json: bool, url: str | None) -> None:
    """Show one insight with its history."""
    with open_client(url, command=_COMMAND) as client:
        found = client.insight(insight) | client.insight_history(insight)
        output.print_json(found) if json else written.print_insight(found)


def make(wanted: Document, *, json: bool, url: str | None) -> None:
    """Make a draft."""
    with open_client(url, command=_COMMAND) as client:
        _print(client.make_insight(wanted), json=json)


def change(insight: str, wanted: Document, *, json: bool, url: str | None) -> None:
    """Change its title or state."""
    with open_client(url, command=_COMMAND) as client:
        _print(client.change_insight(insight, wanted), json=json)


def rewrite(insight: str, claim: int | None, text: str, quotes: Sequence[str], *, json: bool, url: str | None) -> None:
    """Put a claim into other words, or add one."""
    written: Document = {"text": text, **({"quotes": [_quote(each) for each in quotes]} if quotes else {})}
    with open_client(url, command=_COMMAND) as client:
        seen, claims = _kept(client, insight)
        if claim is None:
            claims.append(written)
        else:
            claims[_place(claims, claim, insight)] |= written
        _print(client.change_insight(insight, {"claims": claims, "unchanged_since": seen}), json=json)


def drop(insight: str, claim: int, *, json: bool, url: str | None) -> None:
    """Leave a claim out."""
    with open_client(url, command=_COMMAND) as client:
        seen, claims = _kept(client, insight)
        del claims[_place(claims, claim, insight)]
        _print(client.change_insight(insight, {"claims": claims, "unchanged_since": seen}), json=json)


def _kept(client: Client, insight: str) -> tuple[str, list[Document]]:
    """When it was last changed, and its claims as they are: what is asked for is done to these or not at all."""
    found = client.insight(insight)
    return found["updated_at"], [{"kept": place} for place in range(1, len(found["claims"]) + 1)]


def _place(claims: Sequence[Document], claim: int, insight: str) -> int:
    if claim > len(claims):
        raise BadInput(f"{insight} has {len(claims)} claims; there is no claim {claim}.")
    return claim - 1


def _quote(written: str) -> Document:
    excerpt, sign, words = written.partition("=")
    if not (excerpt.strip() and sign and words.strip()):
        raise BadInput(f"'{written}' is no quote; write EXCERPT=WORDS, e.g. x12ab=\"never arrives\".")
    return {"excerpt_id": excerpt.strip(), "quote": words.strip()}


def _print(insight: Document, *, json: bool) -> None:
    output.print_json(insight) if json else written.print_insight(insight)
