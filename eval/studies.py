"""Coded studies: what people marked, in which document, with which code."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from eval.folders import Row, draw, find, holds, read_jsonl, read_rows
from synth.errors import BadInput

LEVELS: Final[Mapping[str, str]] = {"": "theme", "code.": "label"}
"""Prefix of a figure to the field that holds the human's code: the outermost codes, and the innermost."""
STUDY: Final = 2_000  # short texts that a study draws where `--limit` does not say: about what one person codes
MOST_FOLDS: Final = 50  # groups of documents that are left out in turns
_OUTERMOST: Final = ("theme", "domain")
_OWNERS: Final = ("doc", "author", "person")  # what the short texts of one document have in common


@dataclass(frozen=True, slots=True)
class Study:
    """The segments of a study, those that are scored, and what its codebook says."""

    files: Sequence[Path]
    segments: Sequence[Row]
    scored: Sequence[Row]
    codebook: Sequence[Row]
    note: str

    @property
    def levels(self) -> dict[str, str]:
        """The levels of codes that every segment has."""
        return {prefix: field for prefix, field in LEVELS.items() if all(row.get(field) for row in self.segments)}

    def folds(self) -> list[tuple[list[Row], list[Row]]]:
        """Of each document, or group of documents where there are many: the scored segments, and those of all others.

        Documents are dealt out in the order in which they first occur, so that a fold is no stretch of time.
        """
        documents = dict.fromkeys(str(row["doc"]) for row in self.segments)
        count = min(len(documents), MOST_FOLDS)
        fold_of = {document: place % count for place, document in enumerate(documents)}
        mine: list[list[Row]] = [[] for _ in range(count)]
        for row in self.scored:
            mine[fold_of[str(row["doc"])]].append(row)
        return [
            (rows, [row for row in self.segments if fold_of[str(row["doc"])] != fold])
            for fold, rows in enumerate(mine)
            if rows
        ]


def open_study(folder: Path, *, limit: int | None, seed: int) -> Study:
    """A folder of coded segments, or of short texts with one label each.

    Raises BadInput where one document is all there is, or one code: nothing is left to learn from then.
    """
    study = _segments(folder, limit, seed) if holds(folder, "segments.jsonl") else _items(folder, limit, seed)
    what = "interview" if holds(folder, "segments.jsonl") else "author"
    if len({row["doc"] for row in study.segments}) < 2:
        raise BadInput(f"{folder.name} has segments of one {what} only; suggestions need others to learn from.")
    if len({row["label"] for row in study.segments}) < 2:
        raise BadInput(f"{folder.name} has one code only; there is nothing to tell apart.")
    return study


def _segments(folder: Path, limit: int | None, seed: int) -> Study:
    path = find(folder, "segments.jsonl")
    segments = read_rows(path, ("id", "doc", "text", "label"))
    codes = [find(folder, "codes.jsonl")] if holds(folder, "codes.jsonl") else []
    return Study(
        [path, *codes],
        segments,
        draw(segments, limit, seed),
        [row for each in codes for row in read_jsonl(each)],
        "Every interview is coded by the others and the codebook alone.",
    )


def _items(folder: Path, limit: int | None, seed: int) -> Study:
    """Short texts with a label: a study of as many as the limit says, in which an author's texts are one document."""
    path = find(folder, "items.jsonl")
    rows = [row for row in read_rows(path) if row.get("label") and row["text"].strip()]
    if not rows:
        raise BadInput(f"{folder.name}/items.jsonl has no `label`; the suite `coding` needs what people coded.")
    drawn = [_as_segment(row) for row in draw(rows, limit or STUDY, seed)]
    note = (
        f"{len(drawn):,} texts drawn; those of one author (or one text) are coded by all others and the codes' names."
    )
    return Study([path], drawn, drawn, [], note)


def _as_segment(row: Row) -> Row:
    """With its code, and the document it belongs to: that of its author, or where none is known its own."""
    owner = next((f"{field} {row[field]}" for field in _OWNERS if row.get(field)), f"id {row['id']}")
    theme = next((str(row[field]) for field in _OUTERMOST if row.get(field)), None)
    return {"id": row["id"], "doc": owner, "text": row["text"], "label": str(row["label"]), "theme": theme}
