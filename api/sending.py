"""What is sent to be taken in: a form with files, or JSON that is written down as a file like any other."""

import json
import re
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from tempfile import SpooledTemporaryFile
from typing import Annotated, Any, BinaryIO, cast

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException

from api.deps import Plain
from synth.access import Access
from synth.errors import BadInput
from synth.intake.tabular.synonyms import FIELDS
from synth.intake.uploads import Submission
from synth.model import Kind, Redacting

MOST_FILES, MOST_DOCUMENTS, MOST_OPTIONS = 100, 50_000, 200
JSON_NAME = "api.jsonl"  # its stem is the source of documents that name none
SPOOL = 1_000_000  # bytes kept in memory
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_WRONG_TYPE = "Send files as multipart/form-data, or documents as application/json."

Name = Annotated[Plain, Field(min_length=1, max_length=200)]
Options = Annotated[list[Name], Field(max_length=MOST_OPTIONS)]


class SentOptions(BaseModel):
    """How what is sent is to be read."""

    source: Name | None = Field(None, description="Where it comes from; the file's name if not given.")
    kind: Kind = Field("feedback", description="research for interviews and notes.")
    reader: Options | None = Field(
        None, description="Users and tokens who alone may read its source, which is new then, beside administrators."
    )


class SentFiles(SentOptions):
    """The fields of the form beside its files."""

    map: Options = Field([], description="FIELD=COLUMN: which column is which field.", examples=[["text=Comment"]])
    hide: Options = Field([], description="Columns to leave out.")
    interviewer: Options = Field([], description="Who asks the questions in a transcript.")
    redact: Redacting = Field(
        "automatic", description="suggest: nothing is written before somebody has looked at what is to be hidden."
    )
    study: Name | None = Field(
        None, description="The study that interviews belong to, by its name; whoever speaks in it gets a pseudonym."
    )


class SentDocument(BaseModel):
    """One thing somebody said. Fields not named here are attributes, as are those of `attributes`."""

    model_config = ConfigDict(extra="allow")

    text: Plain
    external_id: Name | None = None
    title: Plain | None = None
    created_at: Name | None = Field(None, examples=["2026-11-16T09:30:00Z"])
    person: Name | None = None
    account: Name | None = None
    source: Name | None = None
    rating: float | None = Field(None, allow_inf_nan=False)
    language: Name | None = None
    url: Plain | None = None
    attributes: dict[str, Any] = {}

    @field_validator("attributes")
    @classmethod
    def _apart_from_fields(cls, attributes: dict[str, Any]) -> dict[str, Any]:
        if taken := sorted(attributes.keys() & set(FIELDS)):
            raise ValueError(f"'{taken[0]}' is a field; give it beside the text")
        return attributes


class SentDocuments(SentOptions):
    """Documents as JSON."""

    documents: list[SentDocument] = Field(min_length=1, max_length=MOST_DOCUMENTS)


@dataclass(frozen=True, slots=True)
class Sent:
    """Files, each a name and its bytes, and how they are to be read."""

    files: Sequence[tuple[str, BinaryIO]]
    submission: Submission


async def read_sent(request: Request) -> AsyncIterator[Sent]:
    """What the request carries; raises BadInput, RequestValidationError, or 415 for another type of content."""
    sent_as = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sent_as == "multipart/form-data":
        async with request.form(max_files=MOST_FILES, max_fields=5 * MOST_OPTIONS) as form:
            yield _read_form(form)
    elif sent_as == "application/json":
        body = await request.body()
        with SpooledTemporaryFile(max_size=SPOOL) as lines:
            yield await run_in_threadpool(read_json, body, cast("BinaryIO", lines))
    else:
        raise HTTPException(415, _WRONG_TYPE)


def _read_form(form: FormData) -> Sent:
    files = [part for part in form.getlist("file") if isinstance(part, UploadFile)]
    if not files:
        raise BadInput("There is no file in the form; send it in a field named 'file'.")
    if empty := next((file for file in files if not file.size), None):
        raise BadInput(f"{_named(empty)} is empty; there is nothing to take in.")
    lists = {name: form.getlist(name) for name in ("map", "hide", "interviewer", "reader") if name in form}
    single = {name: form[name] for name in ("source", "kind", "study", "redact") if form.get(name)}
    options = _checked(SentFiles, {**single, **lists})
    given = options.source, options.kind, _mapping(options.map), options.hide, options.interviewer
    study = checked_study(options.kind, options.study)
    submission = Submission(*given, study, options.redact, readers=options.reader)
    return Sent([(_named(file), file.file) for file in files], submission)


def sent_by(submission: Submission, held: Access) -> Submission:
    """The same as this one sends it; who restricts a source to others, and is no administrator, can read it too."""
    readers = submission.readers
    if readers is not None and not held.may("admin"):
        readers = [*readers, held.name]
    return replace(submission, by=held.name, credential=held.credential, readers=readers)


def checked_study(kind: Kind, study: str | None) -> str | None:
    """The name of a study; raises BadInput where the files are no research."""
    if study and kind != "research":
        raise BadInput("A study holds research; send kind=research with it.")
    return study or None


def _named(file: UploadFile) -> str:
    return _CONTROL.sub("", file.filename or "") or "upload"


def _mapping(pairs: Sequence[str]) -> dict[str, str]:
    mapping = {}
    for pair in pairs:
        field, sign, column = pair.partition("=")
        if not sign or field not in FIELDS:
            raise BadInput(f"'{pair}' is not FIELD=COLUMN with FIELD one of {', '.join(FIELDS)}.")
        mapping[field] = column
    return mapping


def read_json(body: bytes, lines: BinaryIO) -> Sent:
    """The documents as JSON Lines: fields under their own names, so that nothing has to be guessed.

    They are written to `lines`; raises RequestValidationError.
    """
    try:
        sent = SentDocuments.model_validate_json(body)
    except ValidationError as error:
        raise _refusal(error) from None
    rows = [_row(document) for document in sent.documents]
    columns = dict.fromkeys(column for row in rows for column in row)
    rows[0] = dict.fromkeys(columns) | rows[0]  # a reader looks for columns in the first rows only
    lines.writelines(json.dumps(row, ensure_ascii=False).encode("utf-8", "replace") + b"\n" for row in rows)
    lines.seek(0)
    mapping = {field: field if field in columns else "" for field in FIELDS}
    return Sent([(JSON_NAME, lines)], Submission(sent.source, sent.kind, mapping, readers=sent.reader))


def _row(document: SentDocument) -> dict[str, Any]:
    fields = document.model_dump(exclude={"attributes"}, exclude_none=True)
    return {**document.attributes, **fields}


def _checked(shape: type[SentFiles], given: dict[str, Any]) -> SentFiles:
    try:
        return shape.model_validate(given)
    except ValidationError as error:
        raise _refusal(error) from None


def _refusal(error: ValidationError) -> RequestValidationError:
    return RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors(include_url=False)])


def _form_schema() -> dict[str, Any]:
    schema = SentFiles.model_json_schema()
    files = {"type": "array", "items": {"type": "string", "format": "binary"}, "minItems": 1, "maxItems": MOST_FILES}
    return schema | {"properties": {"file": files} | schema["properties"], "required": ["file"]}


def _json_schema() -> dict[str, Any]:
    schema = SentDocuments.model_json_schema()
    document = schema.pop("$defs")["SentDocument"]
    schema["properties"]["documents"]["items"] = document
    return schema


DOCUMENTS_BODY = {
    "required": True,
    "content": {
        "application/json": {
            "schema": _json_schema(),
            "example": {
                "source": "tickets",
                "documents": [{"text": "The photo upload hangs at 99 %.", "external_id": "4711", "person": "Ana Ruiz"}],
            },
        },
    },
}
BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {"schema": _form_schema(), "encoding": {"file": {"style": "form"}}},
        **DOCUMENTS_BODY["content"],  # type: ignore[dict-item]
    },
}
