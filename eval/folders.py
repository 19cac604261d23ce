"""The plain formats a folder of evaluation data comes in.

items.jsonl[.gz]                           one row per document: `id`, `text`, and `label` for suites that compare it
corpus.jsonl[.gz] queries.jsonl qrels.tsv  documents, questions, and which document answers which question
set.json questions.jsonl                   `items` (a file, or a folder of this kind), `hidden` fields; questions
expected.json beside files as exported     `themes`: name to the ids of the rows that speak to it

What a suite must not see is taken out before the engine is handed anything, and kept as `truth`.
"""

import gzip
import hashlib
import io
import json
import random
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from synth.errors import BadInput

Row = dict[str, Any]
Drawn = TypeVar("Drawn")
VISIBLE = (
    "id",
    "text",
    "title",
    "created_at",
    "source",
    "author",
    "person",
    "account",
    "lang",
    "language",
    "rating",
    "url",
)
NO_THEME = "none"
_NOT_FEEDBACK = (".md", ".json")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it is handed to the engine."""

    filename: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Collection:
    """What is ingested, and what is known of its rows by their external id."""

    name: str
    sha256: str
    uploads: tuple[Upload, ...]
    truth: Mapping[str, Mapping[str, Any]]
    files: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """A search with its judgements: document id to grade."""

    id: str
    text: str
    item: str | None
    grades: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with what is right; `expect` is described in the suite `answers`."""

    id: str
    text: str
    expect: Mapping[str, Any]


def find(folder: Path, name: str) -> Path:
    """The file of that name, packed or not; raises BadInput when there is none."""
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise BadInput(f"{folder.name} holds no {name}; `python -m eval list` says what each suite reads.")


def holds(folder: Path, name: str) -> bool:
    """Whether the folder has that file, packed or not."""
    return (folder / name).is_file() or (folder / f"{name}.gz").is_file()


def read_jsonl(path: Path) -> list[Row]:
    """The objects of a JSON Lines file, packed or not; raises BadInput that names the line at fault."""
    content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    rows: list[Row] = []
    for number, line in enumerate(io.StringIO(content.decode("utf-8")), start=1):
        try:
            rows += [dict(json.loads(line))] if line.strip() else []
        except (TypeError, ValueError) as error:
            raise BadInput(f"{path.name}, line {number} is not a JSON object ({error}).") from None
    return rows


def open_collection(
    folder: Path, *, hidden: Container[str] | None = None, limit: int | None = None, seed: int = 0
) -> Collection:
    """Whatever of these formats the folder is in.

    `hidden` names the fields to leave out; without it only the fields every kind of feedback has are handed over, so
    that no label under another name comes through. `limit` draws that many rows of items.
    """
    if holds(folder, "set.json"):
        return open_set(folder, limit=limit, seed=seed)
    if holds(folder, "items.jsonl"):
        return _open_rows(find(folder, "items.jsonl"), hidden, limit, seed)
    if holds(folder, "corpus.jsonl"):
        return _open_rows(find(folder, "corpus.jsonl"), (), limit, seed)
    if holds(folder, "expected.json"):
        return _open_exports(folder, limit)
    raise BadInput(f"{folder.name} holds neither items.jsonl nor corpus.jsonl, set.json or expected.json.")


def open_set(folder: Path, *, limit: int | None = None, seed: int = 0) -> Collection:
    """The items a set.json names, without the fields it hides."""
    given = json.loads(find(folder, "set.json").read_text("utf-8"))
    items = (folder / given["items"]).resolve()
    if items.is_dir():
        return open_collection(items, hidden=given.get("hidden", ()), limit=limit, seed=seed)
    if not items.is_file():
        raise BadInput(f"{folder.name}/set.json names {given['items']}, which is not there.")
    return _open_rows(items, {"label", *given.get("hidden", ())}, limit, seed)


def open_questions(folder: Path, *, limit: int | None, seed: int) -> list[Question]:
    """The questions of a set; `limit` draws that many."""
    rows = read_jsonl(find(folder, "questions.jsonl"))
    asked = [Question(str(row.get("id", n)), row["question"], row["expect"]) for n, row in enumerate(rows)]
    return draw(asked, limit, seed)


def open_queries(folder: Path) -> list[Query]:
    """The searches of a folder with the grades of qrels.tsv (query, doc, grade)."""
    grades: dict[str, dict[str, float]] = {}
    lines = find(folder, "qrels.tsv").read_text("utf-8").splitlines()
    if lines[:1] != ["query\tdoc\tgrade"]:
        raise BadInput(f"{folder.name}/qrels.tsv must begin with the line: query, doc, grade, separated by tabs.")
    for line in lines[1:]:
        query, document, grade = line.split("\t")
        grades.setdefault(query, {})[document] = float(grade)
    rows = read_jsonl(find(folder, "queries.jsonl"))
    return [Query(row["id"], row["text"], row.get("item"), grades.get(row["id"], {})) for row in rows]


def open_corpus(folder: Path, *, items: Container[str] | None = None) -> Collection:
    """The documents searched in; those of the named items only, where given."""
    if not holds(folder, "corpus.jsonl"):
        return open_collection(folder)
    path = find(folder, "corpus.jsonl")
    rows = [row for row in read_jsonl(path) if items is None or row.get("item") in items]
    return _collect(path, rows, ())


def draw(rows: Sequence[Drawn], limit: int | None, seed: int) -> list[Drawn]:
    """A seeded sample of that many, in their own order; all of them where there are not more."""
    if limit is None or limit >= len(rows):
        return list(rows)
    chosen = random.Random(seed).sample(range(len(rows)), limit)  # noqa: S311 - a sample, not a secret
    return [rows[place] for place in sorted(chosen)]


def hash_files(paths: Iterable[Path]) -> str:
    """One SHA-256 over the files, in the order of their names."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda path: path.name):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def as_jsonl(rows: Iterable[Row]) -> bytes:
    """The rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def _open_rows(path: Path, hidden: Container[str] | None, limit: int | None, seed: int) -> Collection:
    return _collect(path, draw(read_jsonl(path), limit, seed), hidden)


def _collect(path: Path, rows: Sequence[Row], hidden: Container[str] | None) -> Collection:
    if not rows:
        raise BadInput(f"{path.parent.name}/{path.name} holds no rows.")
    if any("id" not in row or "text" not in row for row in rows):
        raise BadInput(f"{path.parent.name}/{path.name} has rows without `id` or `text`.")
    shown = [{field: value for field, value in row.items() if _is_shown(field, hidden)} for row in rows]
    truth = {str(row["id"]): {field: value for field, value in row.items() if field != "text"} for row in rows}
    upload = Upload(path.name.removesuffix(".gz"), as_jsonl(shown))
    return Collection(path.parent.name, hash_files([path]), (upload,), truth, (path,))


def _is_shown(field: str, hidden: Container[str] | None) -> bool:
    return field in VISIBLE if hidden is None else field not in hidden


def _open_exports(folder: Path, limit: int | None) -> Collection:
    """Files as people export them; the label of a row is the first theme expected.json names it under."""
    if limit is not None:
        raise BadInput(f"{folder.name} holds files as they were exported; they are taken whole, without --limit.")
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    labels: dict[str, list[str]] = {}
    for theme, ids in expected["themes"].items():
        for key in ids:
            labels.setdefault(str(key), []).append(theme)
    truth = {key: {"label": names[0], "labels": names} for key, names in labels.items()}
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in _NOT_FEEDBACK)
    uploads = tuple(Upload(path.name, path.read_bytes()) for path in files)
    return Collection(folder.name, hash_files([*files, folder / "expected.json"]), uploads, truth, tuple(files))
