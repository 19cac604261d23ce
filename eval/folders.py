"""The plain formats a folder of evaluation data comes in.

items.jsonl[.gz]                           one row per document: `id`, `text`, and `label` for suites that compare it
corpus.jsonl[.gz] queries.jsonl qrels.tsv  documents, questions, and which document answers which question
set.json questions.jsonl                   `items` (a file, or a folder of this kind), `hidden` fields; questions
expected.json beside files as exported     `themes`: name to the ids of the rows that speak to it
events.jsonl                               what is known to have happened: `what`, `start`, `end`, `pattern`

What a suite must not see is taken out before the engine is handed anything, and kept as `truth`.
"""

import gzip
import hashlib
import io
import json
import random
import re
import zlib
from collections.abc import Collection as Container
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
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
_NEVER = ("label",)  # handed over by no suite
NO_THEME = "none"
_WORDS = ("text", "question")
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


@dataclass(frozen=True, slots=True)
class Known:
    """Something that is known to have happened; `pattern` finds most of what was said about it.

    `end` is the last day it was spoken of; None where it was not over when the feedback ends.
    """

    id: str
    what: str
    start: date
    end: date | None
    pattern: re.Pattern[str]

    def lasts(self, day: date) -> bool:
        """Whether it was going on on that day."""
        return self.start <= day and (self.end is None or day <= self.end)


def find(folder: Path, name: str) -> Path:
    """The file of that name, packed or not; raises BadInput when there is none."""
    for candidate in (folder / name, folder / f"{name}.gz"):
        if candidate.is_file():
            return candidate
    raise BadInput(f"{folder.name} holds no {name}; `python -m eval list` says what each suite reads.")


def holds(folder: Path, name: str) -> bool:
    """Whether the folder has that file, packed or not."""
    return (folder / name).is_file() or (folder / f"{name}.gz").is_file()


def read_text(path: Path) -> str:
    """The text of a file, packed or not, with or without a byte order mark; raises BadInput when it is not UTF-8."""
    try:
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        return content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise BadInput(f"{_said(path)} cannot be read as UTF-8 text ({error}); write it anew.") from None


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file; raises BadInput for anything else."""
    return _parse_object(read_text(path), _said(path))


def read_jsonl(path: Path) -> list[Row]:
    """The objects of a JSON Lines file, packed or not; raises BadInput that names the line at fault."""
    lines = enumerate(io.StringIO(read_text(path)), start=1)
    return [_parse_object(line, f"{_said(path)}, line {number}") for number, line in lines if line.strip()]


def read_rows(path: Path, needs: Sequence[str] = ("id", "text")) -> list[Row]:
    """The rows of a JSON Lines file with every id and item as text; `needs` are the fields that each of them must have.

    Raises BadInput where there is no row, one lacks a field, its words are no text, or two have one id.
    """
    rows = read_jsonl(path)
    if not rows:
        raise BadInput(f"{_said(path)} holds no rows.")
    seen: dict[str, int] = {}
    for number, row in enumerate(rows, start=1):
        _check_row(path, number, row, needs)
        if row.get("item") is not None:
            row["item"] = str(row["item"])
        if "id" in needs:
            row["id"] = str(row["id"])
            if (first := seen.setdefault(row["id"], number)) != number:
                raise BadInput(
                    f"{_said(path)}: rows {first} and {number} have one id, {row['id']}; each needs its own."
                )
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
        return _open_rows(find(folder, "corpus.jsonl"), _NEVER, limit, seed)
    if holds(folder, "expected.json"):
        return _open_exports(folder, limit)
    raise BadInput(f"{folder.name} holds neither items.jsonl nor corpus.jsonl, set.json or expected.json.")


def collect_rows(path: Path, rows: Sequence[Row], *, hidden: Container[str] | None = None) -> Collection:
    """Rows of a file as they are handed over, without the fields that are hidden (see `open_collection`)."""
    shown = [{field: value for field, value in row.items() if _is_shown(field, hidden)} for row in rows]
    truth = {row["id"]: {field: value for field, value in row.items() if field != "text"} for row in rows}
    upload = Upload(path.name.removesuffix(".gz"), as_jsonl(shown))
    return Collection(path.parent.name, hash_files([path]), (upload,), truth, (path,))


def open_set(folder: Path, *, limit: int | None = None, seed: int = 0) -> Collection:
    """The items a set.json names, without the fields it hides."""
    path = find(folder, "set.json")
    given = read_json(path)
    hidden = given.get("hidden") or ()
    if not isinstance(given.get("items"), str) or isinstance(hidden, str):
        raise BadInput(
            f"{_said(path)} must hold `items`, the path of a file or folder, and `hidden`, a list of fields."
        )
    items = (folder / given["items"]).resolve()
    if items.is_dir():
        return open_collection(items, hidden={*_NEVER, *hidden}, limit=limit, seed=seed)
    if not items.is_file():
        raise BadInput(f"{_said(path)} names {given['items']}, which is not there.")
    return _open_rows(items, {*_NEVER, *hidden}, limit, seed)


def open_questions(folder: Path, *, limit: int | None, seed: int) -> list[Question]:
    """The questions of a set; `limit` draws that many."""
    path = find(folder, "questions.jsonl")
    rows = read_rows(path, ("question", "expect"))
    for number, row in enumerate(rows, start=1):
        if not isinstance(row["expect"], dict) or "kind" not in row["expect"]:
            raise BadInput(f"{_said(path)}, row {number}: `expect` must say of which `kind` the right answer is.")
    asked = [Question(str(row.get("id", n)), row["question"], row["expect"]) for n, row in enumerate(rows)]
    return draw(asked, limit, seed)


def open_queries(folder: Path) -> list[Query]:
    """The searches of a folder with the grades of qrels.tsv (query, doc, grade)."""
    path = find(folder, "qrels.tsv")
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    if lines[:1] != ["query\tdoc\tgrade"]:
        raise BadInput(f"{_said(path)} must begin with the line: query, doc, grade, separated by tabs.")
    grades: dict[str, dict[str, float]] = {}
    for line in lines[1:]:
        query, document, grade = _graded(path, line)
        grades.setdefault(query, {})[document] = grade
    rows = read_rows(find(folder, "queries.jsonl"))
    return [Query(row["id"], row["text"], row.get("item"), grades.get(row["id"], {})) for row in rows]


def open_events(folder: Path) -> list[Known]:
    """What is known to have happened, in the order of its beginning."""
    path = find(folder, "events.jsonl")
    rows = read_rows(path, ("start", "pattern"))
    return sorted(
        (_known(path, number, row) for number, row in enumerate(rows, start=1)), key=lambda known: known.start
    )


def open_corpus(folder: Path, *, items: Container[str] | None = None) -> Collection:
    """The documents searched in; those of the named items only, where given."""
    if not holds(folder, "corpus.jsonl"):
        return open_collection(folder)
    path = find(folder, "corpus.jsonl")
    rows = [row for row in read_rows(path) if items is None or row.get("item") in items]
    return collect_rows(path, rows, hidden=_NEVER)


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
    return collect_rows(path, draw(read_rows(path), limit, seed), hidden=hidden)


def _parse_object(text: str, said: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError as error:
        raise BadInput(f"{said} is not a JSON object ({error}).") from None
    if not isinstance(found, dict):
        raise BadInput(f"{said} is not a JSON object.")
    return found


def _check_row(path: Path, number: int, row: Row, needs: Sequence[str]) -> None:
    lacking = [field for field in needs if row.get(field) is None]
    if lacking:
        raise BadInput(f"{_said(path)}, row {number} has no {' and no '.join(f'`{field}`' for field in lacking)}.")
    if any(field in needs and not isinstance(row[field], str) for field in _WORDS):
        raise BadInput(f"{_said(path)}, row {number}: what was said or asked must be text.")


def _graded(path: Path, line: str) -> tuple[str, str, float]:
    try:
        query, document, grade = line.split("\t")
        return query.strip(), document.strip(), float(grade)
    except ValueError:
        raise BadInput(f"{_said(path)} has the line '{line}'; it needs a query, a document and a number.") from None


def _known(path: Path, number: int, row: Row) -> Known:
    what, key = str(row.get("what") or row["pattern"]), str(row.get("id", number))
    try:
        start = date.fromisoformat(str(row["start"])[:10])
        end = date.fromisoformat(str(row["end"])[:10]) if row.get("end") else None
        pattern = re.compile(str(row["pattern"]), re.IGNORECASE)
    except ValueError as error:
        raise BadInput(f"{_said(path)}, row {number}: {error}; write days as 2026-11-22.") from None
    except re.error as error:
        raise BadInput(f"{_said(path)}, row {number}: its pattern is no regular expression ({error}).") from None
    if end is not None and end < start:
        raise BadInput(f"{_said(path)}, row {number} ends on {end}, before it begins on {start}.")
    return Known(key, what, start, end, pattern)


def _said(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def _is_shown(field: str, hidden: Container[str] | None) -> bool:
    return field in VISIBLE if hidden is None else field not in hidden


def _open_exports(folder: Path, limit: int | None) -> Collection:
    """Files as people export them; the label of a row is the first theme expected.json names it under."""
    if limit is not None:
        raise BadInput(f"{folder.name} holds files as they were exported; they are taken whole, without --limit.")
    expected = read_json(folder / "expected.json").get("themes")
    if not isinstance(expected, dict):
        raise BadInput(f"{folder.name}/expected.json must hold `themes`: the ids of the rows under each name.")
    labels: dict[str, list[str]] = {}
    for theme, ids in expected.items():
        for key in ids:
            labels.setdefault(str(key), []).append(theme)
    truth = {key: {"label": names[0], "labels": names} for key, names in labels.items()}
    files = sorted(path for path in folder.iterdir() if path.is_file() and path.suffix not in _NOT_FEEDBACK)
    uploads = tuple(Upload(path.name, path.read_bytes()) for path in files)
    return Collection(folder.name, hash_files([*files, folder / "expected.json"]), uploads, truth, tuple(files))
