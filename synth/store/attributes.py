"""The values of imported attributes, kept in an index beside the documents that have them."""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.rows import insert_new

LONGEST = 200  # characters of a value that are kept; two that are alike so far are one to a filter


def keep_attributes(session: Session, workspace: str, attributes: Mapping[str, Mapping[str, Any]]) -> None:
    """Write down what these documents have, by document id, in place of what they had."""
    held = tables.DocumentAttribute
    rows = [row for id, told in attributes.items() for row in attribute_rows(workspace, id, told)]
    session.execute(delete(held).where(held.document_id.in_(list(attributes))))
    insert_new(session, held, rows)


def attribute_rows(workspace: str, document: str, attributes: Mapping[str, Any]) -> Iterator[dict[str, str]]:
    """The rows of one document; a value that is nothing has none."""
    for key, told in attributes.items():
        if told is not None:
            value = shortened(told if isinstance(told, str) else json.dumps(told))
            yield {
                "document_id": document,
                "key": key_of(key),
                "workspace_id": workspace,
                "value": value,
                "folded": value.lower(),
            }


def key_of(name: str) -> str:
    """An attribute's name as it is indexed: databases refuse a key of thousands of characters, files do not."""
    if len(name) <= LONGEST:
        return name
    return f"{name[: LONGEST - 9]}…{hashlib.blake2b(name.encode('utf-8', 'replace'), digest_size=4).hexdigest()}"


def shortened(value: str) -> str:
    """As much of a value as is kept."""
    return value[:LONGEST]
