"""The command `synth erase`: shows what would go, asks, erases, and prints the receipt."""

import sys
from collections.abc import Mapping
from typing import Any

from synth.cli import output
from synth.cli.client import Document
from synth.cli.opening import open_client
from synth.cli.progress import show_progress
from synth.errors import BadInput

_COMMAND = "synth erase"


def erase(kind: str, named: str, reason: str | None, *, sure: bool, json: bool, url: str | None) -> None:
    """Erase after a look at what goes; without a terminal to ask on, only where `sure`."""
    with open_client(url, command=_COMMAND) as client:
        if not sure:
            _ask(client.preview_erasure(kind, named))
        with show_progress("erase", quiet=json) as progress:
            receipt = client.erase(kind, named, reason, progress)
        output.print_json(receipt) if json else print_receipt(receipt)


def show(erasure: str | None, *, json: bool, url: str | None) -> None:
    """The receipts, or one of them."""
    with open_client(url, command="synth erasures") as client:
        found = client.erasure(erasure) if erasure else client.erasures()
        if json:
            output.print_json(found)
        elif erasure:
            print_receipt(found)
        else:
            _list(found)


def print_receipt(erasure: Document) -> None:
    """What was done, store by store, and what was looked for afterwards."""
    receipt = erasure["receipt"]
    print(f"{erasure['id']}: {erasure['kind']}, asked for by {erasure['actor']} on {erasure['created_at'][:10]}")
    print(f"State: {erasure['state']}")
    for title, name in (("Deleted", "rows"), ("Derived from it", "derived"), ("Kept", "kept"), ("Bytes", "bytes")):
        _print_part(title, receipt.get(name, {}))
    proof = receipt.get("proof")
    if proof:
        print(f"Proof: {say_proof(proof)}")
    for each in receipt.get("not_reached", ()):
        print(f"Not reached: {each}.")


def say_proof(proof: Mapping[str, Any]) -> str:
    """What the search after an erasure found."""
    if "note" in proof:
        return str(proof["note"])
    where = ", ".join(proof["found_in"])
    found = f"FOUND in {where}" if where else "none found"
    sought = f"{proof['probes']} passages and vectors sought in {proof['files']:,} files ({proof['bytes']:,} bytes)"
    return f"{sought}: {found}."


def _ask(preview: Document) -> None:
    print(
        f"This erases {preview['documents']:,} documents with {preview['excerpts']:,} excerpts, quoted in "
        f"{preview['quoted_by']:,} answers, insights and reports. It cannot be undone."
    )
    if preview["shared"]:
        print(f"In {preview['shared']:,} documents others answer too: only what this person said goes.")
    if preview["named_by_others"]:
        print(
            "The name stands in documents of others, which stay; look at them: " + ", ".join(preview["named_by_others"])
        )
    if not sys.stdin.isatty():
        raise BadInput("Nothing was erased: say --yes to erase without being asked.")
    if input("Erase it? [y/N] ").strip().casefold() not in ("y", "yes"):
        raise BadInput("Nothing was erased.")


def _print_part(title: str, counted: Mapping[str, Any]) -> None:
    shown = [
        f"{name}: {value:,}" if isinstance(value, int) else f"{name}: {value}"
        for name, value in counted.items()
        if value
    ]
    if shown:
        print(f"{title}: " + "; ".join(shown))


def _list(found: Document) -> None:
    if not found["erasures"]:
        print("Nothing was erased so far.")
    for each in found["erasures"]:
        print(f"{each['id']:<5} {each['state']:<8} {each['kind']:<9} {each['created_at'][:10]}  by {each['actor']}")
