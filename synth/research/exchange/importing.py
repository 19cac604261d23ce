"""A coded study in from other tools: REFI-QDA, CSV and Excel."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.intake.adopting import adopt_text
from synth.parts import Parts
from synth.research.codebook import LONGEST_TEXT, MOST_EXAMPLES, insert_code
from synth.research.exchange.aligning import Alignment
from synth.research.exchange.describing import Described, read_description
from synth.research.exchange.exporting import PATH
from synth.research.exchange.qda import WrittenCode, WrittenProject, WrittenSource, guid_of, is_guid
from synth.research.exchange.qda_reading import read_codebook, read_project
from synth.research.highlighting import highlight_row
from synth.research.spans import find_same, find_words, trim
from synth.research.spreadsheets import read_table
from synth.research.studies import find_study, study_documents
from synth.store import tables
from synth.store.rows import next_numbers

_LARGEST: Final = 64 << 20
_LONGEST_DESCRIPTION: Final = 4 * LONGEST_TEXT  # definition, examples and memo together


@dataclass(slots=True)
class Imported:
    """What became of a file: how much came in, and what did not, each with the reason."""

    documents: int = 0
    codes: int = 0
    highlights: int = 0
    already: int = 0
    refused: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        return {
            "documents": self.documents,
            "codes": self.codes,
            "highlights": self.highlights,
            "already": self.already,
            "refused": self.refused,
        }


def import_file(parts: Parts, workspace: str, study: str, actor: str, name: str, content: bytes) -> Imported:
    """Take a codebook or codings into a study; raises NotFound, BadInput for a file that is neither.

    A code is the same where its guid is, or its name in its place. A coding finds its place in a document of the
    study by its words: texts of other tools are not always ours to the letter.
    """
    if len(content) > _LARGEST:
        raise BadInput(f"The file is larger than {_LARGEST >> 20} MB; export it without media.")
    kind = name.casefold().rpartition(".")[2]
    if content.startswith(b"PK") and kind != "xlsx":
        return _import_project(parts, workspace, study, actor, read_project(content))
    with parts.database.write() as session:
        find_study(session, workspace, study)
        work = _Import(session, parts, workspace, study, actor)
        if kind == "qdc" or content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            work.codes(read_codebook(content))
        else:
            work.table(read_table(content, kind))
        return work.done


def _import_project(parts: Parts, workspace: str, study: str, actor: str, project: WrittenProject) -> Imported:
    """Texts that are coded and not in the study come first, each by itself; then codes and codings, all at once."""
    with parts.database.read() as session:
        found = find_study(session, workspace, study)
        texts = _Texts(study_documents(session, found))
    refused = {}
    missing = [source for source in project.sources if source.codings and texts.find(source) is None]
    for source in missing:
        if source.text.strip():
            refused[source.guid] = adopt_text(parts, workspace, found, source.guid, source.name, source.text)
        else:
            refused[source.guid] = "the project holds no plain text of it"
    with parts.database.write() as session:
        work = _Import(session, parts, workspace, study, actor)
        work.done.documents = sum(reason is None for reason in refused.values())
        work.project(project, refused)
        return work.done


class _Texts:
    """The documents of a study, found by what another tool knows them by."""

    def __init__(self, documents: Sequence[tables.Document]) -> None:
        self.documents = {document.id: document for document in documents}
        self._by_guid = {guid_of("document", id): id for id in self.documents}
        self._by_guid |= {(each.external_id or "").casefold(): each.id for each in documents if each.external_id}
        self.by_title = {(document.title or "").casefold(): document.id for document in documents}

    def find(self, source: WrittenSource) -> tables.Document | None:
        """The document of a source: by its guid, its name, or its text."""
        id = self._by_guid.get(source.guid.strip("{}").casefold()) or self._by_guid.get(source.guid.casefold())
        id = id or self.by_title.get(source.name.casefold())
        if id is None:
            id = next((each for each, document in self.documents.items() if document.text == source.text), None)
        return self.documents[id] if id else None


class _Import:
    """One import into one study, in one transaction."""

    def __init__(self, session: Session, parts: Parts, workspace: str, study: str, actor: str) -> None:
        self._session, self._parts = session, parts
        self._workspace, self._study, self._actor = workspace, study, actor
        self.done = Imported()
        self._read_codes()
        self._texts = _Texts(study_documents(session, find_study(session, workspace, study)))

    def codes(self, written: Sequence[WrittenCode]) -> dict[str, str]:
        """Take codes in, parents first; returns guid in the file to id here."""
        known: dict[str, str] = {}
        for code in written:
            name = " ".join(code.name.split())[:200]
            if not name:
                self.done.refused.append("A code without a name was left out.")
                continue
            parent = known.get(code.parent or "")
            there = self._guids.get(code.guid.casefold()) or self._places.get((parent, name.casefold()))
            if there is None:
                wanted = {"name": name, "parent_id": parent, "color": code.color, **_texts(code)}
                there = self._add_code({**wanted, "guid": code.guid if is_guid(code.guid) else None})
            known[code.guid] = there
        return known

    def project(self, project: WrittenProject, refused: Mapping[str, str | None]) -> None:
        """Take the codes of a project in, and its codings where their text is in a document of the study."""
        known = self.codes(project.codes)
        uncoded = 0
        for source in project.sources:
            document = self._texts.find(source)
            if document is None:
                uncoded += not source.codings
                if source.codings:
                    lost = f"its {len(source.codings)} codings were left out"
                    why = (refused.get(source.guid) or "it was erased").rstrip(".")
                    self.done.refused.append(f"“{source.name}” is no document of this study ({why}): {lost}.")
                continue
            alignment = Alignment(source.text, document.text)
            for coding in source.codings:
                quote = source.text[coding.start : coding.end]
                span = alignment.carry(coding.start, coding.end)
                self._mark(
                    document, known.get(coding.code), span, coding.coder, quote, memo=coding.memo, guid=coding.guid
                )
        if uncoded:
            self.done.refused.append(f"{uncoded} × text without codings that is not in the study: not taken in.")
        self.done.refused += [f"{count} × {what} in the project: not read." for what, count in project.left_out.items()]

    def table(self, rows: Sequence[Mapping[str, str]]) -> None:
        """Take rows in: with a quote they are codings, without one codes."""
        if not rows:
            raise BadInput("The table has no rows.")
        columns = set(rows[0])
        if "code" not in columns:
            raise BadInput("The table needs a column 'code'; for codings also 'document' and 'quote'.")
        for number, row in enumerate(rows, start=2):
            path = [part.strip() for part in row["code"].split(PATH.strip()) if part.strip()]
            if not path:
                self.done.refused.append(f"Row {number}: no code.")
                continue
            code = self._code_at(path, row)
            if row.get("quote", "").strip():
                self._mark_row(number, row, code)

    def _mark_row(self, number: int, row: Mapping[str, str], code: str) -> None:
        named = (row.get("document_id") or row.get("document") or "").strip()
        id = named if named in self._texts.documents else self._texts.by_title.get(named.casefold())
        if id is None:
            self.done.refused.append(f"Row {number}: “{named}” is no document of this study.")
            return
        document, quote = self._texts.documents[id], row["quote"]
        near = int(row["start"]) if row.get("start", "").isdigit() else 0
        span = find_words(document.text, quote, near)
        self._mark(
            document,
            code,
            span,
            row.get("coder") or self._actor,
            quote,
            memo=row.get("memo", ""),
            where=f"Row {number}: ",
        )

    def _mark(
        self,
        document: tables.Document,
        code: str | None,
        span: tuple[int, int] | None,
        coder: str,
        quote: str,
        *,
        memo: str = "",
        guid: str = "",
        where: str = "",
    ) -> None:
        shown = " ".join(quote.split())[:80]
        if code is None or span is None:
            why = "its code is not in the file" if code is None else f"its words are not in “{document.title}”"
            self.done.refused.append(f"{where}“{shown}” was left out: {why}.")
            return
        try:
            span = trim(document.text, *span)
        except BadInput as error:
            self.done.refused.append(f"{where}“{shown}” was left out: {error}")
            return
        if find_same(self._session, self._workspace, document.id, code, coder, span):
            self.done.already += 1
            return
        id = f"H{next_numbers(self._session, self._workspace, 'highlight', 1)[0]}"
        row = highlight_row(self._workspace, id, document.id, code, span, coder, self._parts)
        row |= {"origin": "import", "memo": memo[:LONGEST_TEXT], **({"guid": guid} if is_guid(guid) else {})}
        self._session.execute(insert(tables.Highlight), [row])
        self.done.highlights += 1

    def _code_at(self, path: Sequence[str], row: Mapping[str, str]) -> str:
        """The code at the end of a path; those that are missing are made, the last with what the row says of it."""
        parent: str | None = None
        for depth, name in enumerate(path):
            there = self._places.get((parent, name.casefold()))
            if there is None:
                told = row if depth == len(path) - 1 and not row.get("quote", "").strip() else {}
                wanted = {
                    "name": name,
                    "parent_id": parent,
                    "definition": told.get("definition", ""),
                    "memo": told.get("memo", ""),
                    "examples": [each for each in told.get("examples", "").split("\n") if each.strip()],
                    "color": told.get("color") or None,
                }
                there = self._add_code(wanted)
            parent = there
        return str(parent)

    def _add_code(self, wanted: Mapping[str, Any]) -> str:
        id = insert_code(self._session, self._workspace, self._study, self._actor, wanted, self._parts.now())
        self.done.codes += 1
        self._places[wanted["parent_id"], wanted["name"].casefold()] = id
        if wanted.get("guid"):
            self._guids[wanted["guid"].casefold()] = id
        return id

    def _read_codes(self) -> None:
        code = tables.Code
        mine = select(code).where(code.workspace_id == self._workspace, code.study_id == self._study)
        found = list(self._session.scalars(mine))
        self._guids = {each.guid.casefold(): each.id for each in found}
        self._places = {(each.parent_id, each.name.casefold()): each.id for each in found}


def _texts(code: WrittenCode) -> dict[str, Any]:
    """Definition, examples and memo of a code of a file; more examples than a code may have stay in the definition."""
    told = read_description(code.description[:_LONGEST_DESCRIPTION])
    if len(told.examples) > MOST_EXAMPLES:
        told = Described(code.description)
    memo = "\n\n".join(dict.fromkeys(filter(None, (told.memo, code.memo))))
    return {
        "definition": told.definition[:LONGEST_TEXT],
        "examples": list(told.examples),
        "memo": memo[:LONGEST_TEXT],
    }
