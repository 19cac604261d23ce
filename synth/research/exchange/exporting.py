"""A coded study out to other tools: REFI-QDA, CSV and Excel."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from synth.errors import BadInput
from synth.parts import Parts
from synth.research.codebook import list_codes
from synth.research.exchange.describing import describe
from synth.research.exchange.qda import WrittenCode, WrittenCoding, WrittenProject, WrittenSource, guid_of
from synth.research.exchange.qda_writing import write_codebook, write_project
from synth.research.highlighting import list_highlights
from synth.research.spreadsheets import write_csv, write_workbook
from synth.research.studies import find_study, study_documents
from synth.store import tables

FORMATS: Final = ("qdpx", "qdc", "csv", "xlsx")
CODING_COLUMNS: Final = (
    "document", "document_id", "speaker", "begins", "page", "start", "end", "quote", "code", "coder", "memo",
)  # fmt: skip
CODE_COLUMNS: Final = ("code", "definition", "examples", "memo", "color", "highlights", "documents", "coders")
PATH: Final = " / "  # between a code and the one it stands in


def export_study(parts: Parts, workspace: str, study: str, format: str) -> bytes:
    """The codebook (qdc), or codebook and codings (qdpx, xlsx; csv: the codings); raises NotFound, BadInput."""
    if format not in FORMATS:
        raise BadInput(f"'{format}' is no format of a coded study; use {', '.join(FORMATS)}.")
    with parts.database.read() as session:
        found = find_study(session, workspace, study)
        codes = list_codes(session, workspace, study)
        marks = list_highlights(session, workspace, study)
        if format == "qdc":
            if not codes:
                raise BadInput("The codebook has no codes yet, and a .qdc file holds at least one; add a code first.")
            return write_codebook(_written_codes(codes))
        if format == "qdpx":
            sources = _written_sources(study_documents(session, found), marks, codes)
            return write_project(
                WrittenProject(found.name, _written_codes(codes, notes=True), sources), now=parts.now()
            )
    rows = [_coding_row(mark, paths_of(codes)) for mark in marks]
    if format == "csv":
        return write_csv(CODING_COLUMNS, rows)
    return write_workbook({"codings": (CODING_COLUMNS, rows), "codebook": (CODE_COLUMNS, _code_rows(codes))})


def paths_of(codes: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Each code's name with those it stands in: `Trust / Numbers`."""
    paths: dict[str, str] = {}
    for code in codes:
        above = paths.get(code["parent_id"] or "")
        paths[code["id"]] = f"{above}{PATH}{code['name']}" if above else code["name"]
    return paths


def _written_codes(codes: Sequence[Mapping[str, Any]], *, notes: bool = False) -> tuple[WrittenCode, ...]:
    """The codes for a file; their memos stand in notes where it has these, else in the description."""
    guids = {code["id"]: code["guid"] for code in codes}
    return tuple(
        WrittenCode(
            code["guid"],
            code["name"],
            guids.get(code["parent_id"] or ""),
            describe(code["definition"], code["examples"], "" if notes else code["memo"]),
            code["color"],
            code["memo"] if notes else "",
        )
        for code in codes
    )


def _written_sources(
    documents: Sequence[tables.Document], marks: Sequence[Mapping[str, Any]], codes: Sequence[Mapping[str, Any]]
) -> tuple[WrittenSource, ...]:
    guids = {code["id"]: code["guid"] for code in codes}
    codings: dict[str, list[WrittenCoding]] = {}
    for mark in marks:
        span, told = (mark["start"], mark["end"]), (mark["coder"], datetime.fromisoformat(mark["created_at"]))
        coding = WrittenCoding(mark["guid"], guids[mark["code_id"]], *span, *told, mark["memo"])
        codings.setdefault(mark["document_id"], []).append(coding)
    return tuple(
        WrittenSource(
            guid_of("document", document.id),
            document.title or document.id,
            document.text,
            tuple(codings.get(document.id, ())),
        )
        for document in documents
    )


def _coding_row(mark: Mapping[str, Any], paths: Mapping[str, str]) -> list[Any]:
    told = {**mark, "document": mark["title"], "code": paths[mark["code_id"]]}
    return [told[column] for column in CODING_COLUMNS]


def _code_rows(codes: Sequence[Mapping[str, Any]]) -> list[list[Any]]:
    paths = paths_of(codes)
    told = ({**code, "code": paths[code["id"]], "examples": "\n".join(code["examples"])} for code in codes)
    return [[each[column] for column in CODE_COLUMNS] for each in told]
