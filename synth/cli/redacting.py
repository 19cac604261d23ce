"""`synth redactions`: what is to be hidden in an upload that waits, decided by place, and the upload let in."""

import re
from collections.abc import Iterator, Sequence

from synth.cli import ingesting, output
from synth.cli.client import Client, Document
from synth.cli.opening import open_client
from synth.cli.progress import show_progress
from synth.errors import BadInput

_PLACE = re.compile(r"(\d{1,9}):(\d{1,9})-(\d{1,9})")


def run(
    upload: str,
    accept: Sequence[str],
    reject: Sequence[str],
    hide: Sequence[str],
    *,
    write: bool,
    json: bool,
    url: str | None,
) -> None:
    """Decide what was given, then list what is marked; or let the upload in."""
    decisions = [*_decisions(accept, "accepted"), *_decisions(reject, "rejected"), *map(_hidden, hide)]
    with open_client(url, command="synth redactions") as client:
        for decision in decisions:
            client.decide_redaction(upload, decision)
        if write:
            with show_progress(upload, quiet=json) as progress:
                state = client.write_reviewed(upload, progress)
            summary = ingesting.summarise([state], 0.0)
            output.print_json(summary) if json else output.print_ingested(summary)
            ingesting.complain([state])
            return
        documents = list(_marked(client, upload))
    output.print_json({"import_id": upload, "documents": documents}) if json else _print(documents)


def _marked(client: Client, upload: str) -> Iterator[Document]:
    """The documents in which something is marked, whole."""
    for head in client.review(upload)["documents"]:
        if head["marks"]:
            shown: Document = client.review(upload, head["document"])["shown"]
            yield shown


def _print(documents: Sequence[Document]) -> None:
    if not documents:
        print("Nothing personal was found; `--write` stores it, `--hide DOCUMENT=WORDS` hides more.")
    for document in documents:
        print(f"{document['document']}  {document['title']}")
        for mark in document["marks"]:
            place = f"{document['document']}:{mark['start']}-{mark['end']}"
            print(f"  {place:<16} {mark['kind']:<7} {mark['state']:<9} {mark['words']}")


def _decisions(places: Sequence[str], state: str) -> Iterator[Document]:
    for place in places:
        match = _PLACE.fullmatch(place)
        if match is None:
            raise BadInput(f"'{place}' is no place; write DOCUMENT:START-END as `synth redactions` lists it.")
        document, start, end = map(int, match.groups())
        yield {"document": document, "start": start, "end": end, "state": state}


def _hidden(written: str) -> Document:
    document, sign, words = written.partition("=")
    if not sign or not document.isdecimal() or not words.strip():
        raise BadInput(f"'{written}' is not DOCUMENT=WORDS; write for example 0='Ada Byron'.")
    return {"document": int(document), "words": words, "state": "accepted"}
