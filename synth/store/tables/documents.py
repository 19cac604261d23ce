"""What was said, where it came from, and the pieces that are embedded and cited."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, Float, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from synth.store.tables.base import Base, BigKey


class Source(Base):
    """Where documents come from: an upload, a connector, a study."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    kind: Mapped[str]
    keep_days: Mapped[int | None]  # after which what it says is erased; None keeps it
    redact: Mapped[str] = mapped_column(default="automatic", server_default="automatic")  # | suggest: uploads wait
    readers: Mapped[list[Any] | None] = mapped_column(JSON(none_as_null=True))  # by name; None lets everybody read it
    created_at: Mapped[datetime]


class Import(Base):
    """One upload: the file as it came, how it was read, and what became of its rows."""

    __tablename__ = "imports"
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    filename: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    options: Mapped[dict[str, Any]] = mapped_column(default=dict)  # source, kind, mapping, hidden, interviewers
    taken: Mapped[int] = mapped_column(default=0)
    already: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    credential_id: Mapped[str | None]  # that sent it to the API; None where it came in another way
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RefusedRow(Base):
    """A row of an import that was not taken, and why. Row 0 is the whole file."""

    __tablename__ = "refused_rows"
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    reason: Mapped[str] = mapped_column(Text)


class RedactionDecision(Base):
    """What a person said about a span of a document that waits to be written: whether it is personal. No words here."""

    __tablename__ = "redaction_decisions"
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[int] = mapped_column(primary_key=True)  # its place in the file, from 0
    start: Mapped[int] = mapped_column(primary_key=True)
    end: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    state: Mapped[str]  # accepted | rejected
    by: Mapped[str]


_COUNTED_BY = ("source_id", "person_id", "account_id", "rating", "language")


_NEWEST_FIRST = Index(  # SQLite reads the first index of the two below backwards for it
    "ix_documents_newest", "workspace_id", text("created_at DESC NULLS LAST"), text("id DESC")
).ddl_if(dialect="postgresql")


class Document(Base):
    """One thing somebody said. Its text never changes.

    What documents are counted by stands in two indexes, in order of time and of id: a count reads no text.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_counted", "workspace_id", "created_at", *_COUNTED_BY, "id"),
        Index("ix_documents_looked_up", "id", "workspace_id", "created_at", *_COUNTED_BY),
        _NEWEST_FIRST,
        Index("ix_documents_source", "source_id"),
        Index("ix_documents_person", "person_id"),
        Index("ix_documents_batch", "import_id", "batch"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    source_id: Mapped[int] = mapped_column(ForeignKey("sources.id"))
    external_id: Mapped[str | None]
    title: Mapped[str | None] = mapped_column(Text)
    text: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime | None]  # when it was said; None where the file does not tell
    ingested_at: Mapped[datetime]
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    language: Mapped[str | None]
    rating: Mapped[float | None] = mapped_column(Float)
    url: Mapped[str | None] = mapped_column(Text)
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)
    redactions: Mapped[dict[str, Any]] = mapped_column(default=dict)  # kind -> how many were replaced
    repeat_of: Mapped[str | None]  # an earlier document with nearly the same words by the same person
    words_hash: Mapped[str] = mapped_column(index=True)
    import_id: Mapped[str | None] = mapped_column(ForeignKey("imports.id"))
    batch: Mapped[int] = mapped_column(default=0)


class DocumentAttribute(Base):
    """One value of `Document.attributes`, in an index: a filter finds the documents that have it without reading them.

    It is the beginning of a value where this is long: databases do not take a page of text into an index.
    """

    __tablename__ = "document_attributes"
    __table_args__ = (
        Index("ix_document_attributes_value", "workspace_id", "key", "folded", "value", "document_id"),
        {"sqlite_with_rowid": False},
    )
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    value: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Text)  # in lower case


class Turn(Base):
    """What one speaker of a transcript said without a break."""

    __tablename__ = "turns"
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    start: Mapped[int]
    end: Mapped[int]
    speaker: Mapped[str | None]
    role: Mapped[str | None]
    begins: Mapped[float | None] = mapped_column(Float)
    ends: Mapped[float | None] = mapped_column(Float)
    page: Mapped[int | None]


class Excerpt(Base):
    """The span of a document that is embedded, themed and cited: `document.text[start:end]`."""

    __tablename__ = "excerpts"
    __table_args__ = (
        Index("ix_excerpts_document", "document_id"),
        Index("ix_excerpts_tone", "workspace_id", "sentiment", "document_id"),
        Index("ix_excerpts_hash", "workspace_id", "text_hash"),
        Index("ix_excerpts_role", "workspace_id", "role", "id"),
    )
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)  # the row number full-text search knows it by
    id: Mapped[str] = mapped_column(unique=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    position: Mapped[int]
    start: Mapped[int]
    end: Mapped[int]
    speaker: Mapped[str | None]
    role: Mapped[str | None]
    sentiment: Mapped[float | None] = mapped_column(Float)  # -1 to 1; None where it cannot be told
    suspicion: Mapped[float] = mapped_column(Float, default=0.0, server_default="0")  # 0 to 1, see synth.suspicion
    suspicious: Mapped[str | None]  # why it is shown as suspicious, where it is
    text_hash: Mapped[str]  # of the words as they are embedded


class Embedding(Base):
    """A vector, keyed by the words it stands for and the embedder that made it: little-endian float32, unit length."""

    __tablename__ = "embeddings"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    embedder: Mapped[str] = mapped_column(primary_key=True)
    text_hash: Mapped[str] = mapped_column(primary_key=True)
    vector: Mapped[bytes]


class IndexChange(Base):
    """The outbox of the vector index: written with the vectors, drained by the index job."""

    __tablename__ = "index_changes"
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    excerpt_id: Mapped[str]
    change: Mapped[str]  # put | drop


class VectorChange(Base):
    """That an excerpt's vector came, went or became another, under the number that its transaction raised.

    What is kept in memory is brought up to date by what stands here; see `synth.store.stamp` and `synth.store.vectors`.
    """

    __tablename__ = "vector_changes"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    excerpt_id: Mapped[str] = mapped_column(primary_key=True)
