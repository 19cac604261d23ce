"""Every table of the system of record, in the words of DESIGN.md.

All rows belong to a workspace. Text is stored once, in `documents.text`; an excerpt is a pair of offsets into it.
Times are UTC. Ids of documents and excerpts come from content (see `identity`), so writing twice changes nothing.
"""

from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

BigKey = BigInteger().with_variant(Integer, "sqlite")


class Utc(TypeDecorator[datetime]):
    """An aware UTC datetime; SQLite keeps no zone, so it is put back on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else value.astimezone(UTC)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        if value is None:
            return None
        moment: datetime = value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
        return moment


class Base(DeclarativeBase):
    """The root of all tables."""

    type_annotation_map: ClassVar = {
        dict[str, Any]: JSON,
        list[Any]: JSON,
        datetime: Utc,
        str: String,
        bytes: LargeBinary,
    }


class Workspace(Base):
    """The tenant."""

    __tablename__ = "workspaces"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    timezone: Mapped[str]
    created_at: Mapped[datetime]


class Counter(Base):
    """The last number given out per workspace and kind, for readable permanent ids (T7, R3, I12)."""

    __tablename__ = "counters"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class Credential(Base):
    """A token that opens a workspace; only its SHA-256 is stored."""

    __tablename__ = "credentials"
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    role: Mapped[str]
    kind: Mapped[str]  # token | login (a link that works once) | session (a browser)
    secret_hash: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]


class Source(Base):
    """Where documents come from: an upload, a connector, a study."""

    __tablename__ = "sources"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    kind: Mapped[str]
    keep_days: Mapped[int | None]  # after which what it says is erased; None keeps it
    created_at: Mapped[datetime]


class Account(Base):
    """The company a person belongs to. Revenue is per year, in the currency of the workspace."""

    __tablename__ = "accounts"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    segment: Mapped[str | None]
    plan: Mapped[str | None]
    revenue: Mapped[float | None]
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Person(Base):
    """Who said it."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    name: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    attributes: Mapped[dict[str, Any]] = mapped_column(default=dict)


class Study(Base):
    """A piece of research: a question, how it was sought, what was agreed with those who spoke."""

    __tablename__ = "studies"
    __table_args__ = (UniqueConstraint("workspace_id", "name"),)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]  # also that of its source
    question: Mapped[str | None] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(Text)
    consent: Mapped[str | None] = mapped_column(Text)  # what the participants agreed to
    state: Mapped[str]  # open | closed
    keep_days: Mapped[int | None]  # after which what was said is erased; None keeps it
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class Participant(Base):
    """Who took part in a study: the only place where a pseudonym stands beside a name."""

    __tablename__ = "participants"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "study_id", "key"),
        Index("ix_participants_person", "person_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    study_id: Mapped[str] = mapped_column(primary_key=True)
    pseudonym: Mapped[str] = mapped_column(primary_key=True)  # P1, unique within the study
    person_id: Mapped[int | None] = mapped_column(ForeignKey("people.id", ondelete="SET NULL"))
    key: Mapped[str]  # a hash of the name, or of the document and the label where there is none
    name: Mapped[str | None]  # as it was written; None where the file gave none
    created_at: Mapped[datetime]


class Code(Base):
    """A word of a codebook: what a researcher calls what is said."""

    __tablename__ = "codes"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "study_id"], ["studies.workspace_id", "studies.id"], ondelete="CASCADE"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # C1
    study_id: Mapped[str]
    parent_id: Mapped[str | None]
    name: Mapped[str]
    definition: Mapped[str] = mapped_column(Text, default="")
    examples: Mapped[list[Any]] = mapped_column(default=list)  # texts that show when it is used
    memo: Mapped[str] = mapped_column(Text, default="")
    color: Mapped[str | None]  # #rrggbb
    theme_id: Mapped[str | None]  # a theme that speaks of the same
    guid: Mapped[str]  # by which other tools know it
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class Highlight(Base):
    """A span of a document that somebody gave a code: `document.text[start:end]`."""

    __tablename__ = "highlights"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "code_id"], ["codes.workspace_id", "codes.id"], ondelete="CASCADE"),
        UniqueConstraint("workspace_id", "document_id", "code_id", "coder", "start", "end"),
        Index("ix_highlights_code", "workspace_id", "code_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # H1
    document_id: Mapped[str] = mapped_column(ForeignKey("documents.id", ondelete="CASCADE"))
    code_id: Mapped[str]
    start: Mapped[int]
    end: Mapped[int]
    coder: Mapped[str]
    origin: Mapped[str]  # human | machine | import
    state: Mapped[str]  # accepted | suggested | rejected: only the machine's are suggested
    score: Mapped[float | None] = mapped_column(Float)  # 0 to 1, how much speaks for a suggestion
    memo: Mapped[str] = mapped_column(Text, default="")
    guid: Mapped[str]
    created_at: Mapped[datetime]


class CodingChange(Base):
    """What was done to a codebook as a whole, with what was before it: for undoing it."""

    __tablename__ = "coding_changes"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # K1
    study_id: Mapped[str]
    kind: Mapped[str]  # merge | split | delete
    actor: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


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
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RefusedRow(Base):
    """A row of an import that was not taken, and why. Row 0 is the whole file."""

    __tablename__ = "refused_rows"
    import_id: Mapped[str] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    reason: Mapped[str] = mapped_column(Text)


_COUNTED_BY = ("source_id", "person_id", "account_id", "rating", "language")


class Document(Base):
    """One thing somebody said. Its text never changes.

    What documents are counted by stands in two indexes, in order of time and of id: a count reads no text.
    """

    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_counted", "workspace_id", "created_at", *_COUNTED_BY, "id"),
        Index("ix_documents_looked_up", "id", "workspace_id", "created_at", *_COUNTED_BY),
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


class Run(Base):
    """One discovery: what went in, how, and what came out. Published whole or not at all."""

    __tablename__ = "runs"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]  # proposed | refused (both wait for a person) | published | rolled_back | superseded
    scope: Mapped[str]  # all | unassigned | anew | part
    embedder: Mapped[str]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # with seeds and versions
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)  # coverage, stability, counts, seconds by stage
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RunContent(Base):
    """What a run carries with it, compressed: its proposal while it waits, what was before it while it is in force."""

    __tablename__ = "run_contents"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    run_id: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes]


class Area(Base):
    """Themes that lie close together, under a name of their own."""

    __tablename__ = "areas"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]


class Theme(Base):
    """A named group of excerpts with a permanent id."""

    __tablename__ = "themes"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    name_origin: Mapped[str]  # machine | model | human
    definition: Mapped[str] = mapped_column(Text)
    key_phrases: Mapped[list[Any]] = mapped_column(default=list)
    exemplars: Mapped[list[Any]] = mapped_column(default=list)  # excerpt ids, most central first
    edge: Mapped[list[Any]] = mapped_column(default=list)  # excerpt ids of the least central members
    state: Mapped[str] = mapped_column(default="active")  # active | merged | retired | excluded
    parent_id: Mapped[str | None]
    area: Mapped[str | None]  # the id of its area
    pinned: Mapped[bool] = mapped_column(Boolean, default=False)
    centroid: Mapped[bytes]
    threshold: Mapped[float]  # least cosine similarity for a new excerpt to be placed here
    embedder: Mapped[str]
    born_run_id: Mapped[str]
    created_at: Mapped[datetime]


class Assignment(Base):
    """Excerpt to theme. An excerpt without a row here is unassigned."""

    __tablename__ = "assignments"
    __table_args__ = (
        ForeignKeyConstraint(["workspace_id", "theme_id"], ["themes.workspace_id", "themes.id"]),
        Index("ix_assignments_theme", "workspace_id", "theme_id", "excerpt_id"),
    )
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)
    workspace_id: Mapped[str]
    theme_id: Mapped[str]
    confidence: Mapped[float]
    origin: Mapped[str]  # discovered | placed | human
    run_id: Mapped[str | None]
    created_at: Mapped[datetime]


class AssignmentChange(Base):
    """What a run or a human decision moved: the ground for roll-back, undo and restated trends."""

    __tablename__ = "assignment_changes"
    __table_args__ = (Index("ix_assignment_changes_cause", "workspace_id", "cause"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    excerpt_id: Mapped[str]
    from_theme: Mapped[str | None]
    to_theme: Mapped[str | None]
    cause: Mapped[str]  # the id of the run or decision
    created_at: Mapped[datetime]


class Lineage(Base):
    """One event in the life of a theme, as a run proposed it."""

    __tablename__ = "lineage"
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    run_id: Mapped[str]
    theme_id: Mapped[str]
    event: Mapped[str]  # born | kept | grown | split | merged | faded | retired
    others: Mapped[list[Any]] = mapped_column(default=list)  # theme ids it split into, merged from…
    overlap: Mapped[float]  # Jaccard of the members before and after
    size: Mapped[int]


class Decision(Base):
    """What a person decided about themes: it survives every later run, and can be undone."""

    __tablename__ = "decisions"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    actor: Mapped[str]
    kind: Mapped[str]  # rename | merge | split | move | exclude | pin | parent | apart | create | teach
    theme_id: Mapped[str]
    before: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what the themes it changed were like
    after: Mapped[dict[str, Any]] = mapped_column(default=dict)  # what it made of them, and what was asked
    created_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[str | None]


class Displaced(Base):
    """An assignment as it was before a decision changed it: undoing the decision gives it back to the letter."""

    __tablename__ = "displaced"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    decision_id: Mapped[str] = mapped_column(primary_key=True)
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)
    theme_id: Mapped[str]
    confidence: Mapped[float]
    origin: Mapped[str]
    run_id: Mapped[str | None]
    created_at: Mapped[datetime]


class Lesson(Base):
    """What the moves of people taught about placing on a theme, and what it was worth on decisions held back."""

    __tablename__ = "lessons"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    theme_id: Mapped[str] = mapped_column(primary_key=True)
    embedder: Mapped[str]
    state: Mapped[str]  # in force | not better | off (a person turned it off)
    centroid: Mapped[bytes]  # in place of the theme's own while in force; not of unit length
    threshold: Mapped[float]
    figures: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Insight(Base):
    """Claims about a theme or a question, with a state."""

    __tablename__ = "insights"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    theme_id: Mapped[str | None]
    title: Mapped[str]
    titled_by: Mapped[str | None]  # the person who gave it its title
    origin: Mapped[dict[str, Any]] = mapped_column(default=dict)  # the theme, answer or excerpts it was made from
    claims: Mapped[list[Any]] = mapped_column(default=list)
    counts: Mapped[list[Any]] = mapped_column(default=list)
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)  # segments, dissent, questions, what it rests on
    state: Mapped[str]  # draft | reviewed | published
    freshness: Mapped[str]  # fresh | ageing | contradicted
    freshness_reason: Mapped[str | None] = mapped_column(Text)
    checked_at: Mapped[datetime | None]
    drafter: Mapped[str]
    provenance: Mapped[dict[str, Any]] = mapped_column(default=dict)  # prompt id, version, hash, model, evidence ids
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]


class InsightEvent(Base):
    """What happened to an insight: by whom, when, and what it was before."""

    __tablename__ = "insight_events"
    __table_args__ = (Index("ix_insight_events", "workspace_id", "insight_id"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    insight_id: Mapped[str]
    action: Mapped[
        str
    ]  # drafted | redrafted | edited | reviewed | published | withdrawn | fresh | ageing | contradicted
    actor: Mapped[str]
    at: Mapped[datetime]
    change: Mapped[dict[str, Any]] = mapped_column(default=dict)  # before and after, or the reason


class Answer(Base):
    """A question that was asked and what was answered, for the trust figures and saved questions."""

    __tablename__ = "answers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    status: Mapped[str]
    created_at: Mapped[datetime]


class SavedQuestion(Base):
    """A question that is asked again every week."""

    __tablename__ = "saved_questions"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    question: Mapped[str] = mapped_column(Text)
    given: Mapped[dict[str, Any]] = mapped_column(default=dict)  # filters beside the question
    dropped: Mapped[list[Any]] = mapped_column(default=list)  # what was wrongly read into it
    title: Mapped[str | None]
    state: Mapped[str]  # active | archived
    created_by: Mapped[str]
    created_at: Mapped[datetime]


class SavedRun(Base):
    """What a saved question was answered with for a week; a later run of the same week takes its place."""

    __tablename__ = "saved_runs"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    week: Mapped[str] = mapped_column(primary_key=True)  # 2026-W46
    answer: Mapped[dict[str, Any]] = mapped_column(default=dict)
    counted: Mapped[dict[str, Any]] = mapped_column(default=dict)  # in that week alone: value, of, unit
    asked_at: Mapped[datetime]


class Follower(Base):
    """Who wants to know when the answer to a saved question changes, and up to which week that was read."""

    __tablename__ = "saved_followers"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    question_id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    seen: Mapped[str | None]  # the week
    created_at: Mapped[datetime]


class Measurement(Base):
    """A figure of the evaluation harness, kept to be shown on the trust card; one row per figure, folder and time."""

    __tablename__ = "measurements"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    suite: Mapped[str] = mapped_column(primary_key=True)
    figure: Mapped[str] = mapped_column(primary_key=True)
    folder: Mapped[str] = mapped_column(primary_key=True)
    measured_at: Mapped[datetime] = mapped_column(primary_key=True)
    value: Mapped[float] = mapped_column(Float)
    low: Mapped[float | None] = mapped_column(Float)
    high: Mapped[float | None] = mapped_column(Float)
    n: Mapped[int | None]
    parameters: Mapped[dict[str, Any]] = mapped_column(default=dict)  # seed, limit, versions, hash of the folder


class Citation(Base):
    """Where an excerpt is quoted, so that erasure can follow it."""

    __tablename__ = "citations"
    __table_args__ = (Index("ix_citations_excerpt", "workspace_id", "excerpt_id"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    excerpt_id: Mapped[str]
    owner: Mapped[str]  # the id of the insight, answer or report


class ModelCall(Base):
    """One call of the language model: what was asked of whom, what it took, what came of it; no text."""

    __tablename__ = "model_calls"
    __table_args__ = (Index("ix_model_calls_day", "workspace_id", "day"),)
    seq: Mapped[int] = mapped_column(BigKey, primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    day: Mapped[str]  # 2026-11-26, in the workspace's zone: the budget begins anew with it
    called_at: Mapped[datetime]
    prompt: Mapped[str]  # answer.v1
    prompt_hash: Mapped[str]
    model: Mapped[str]
    prompt_tokens: Mapped[int]
    completion_tokens: Mapped[int]
    cost: Mapped[float]
    seconds: Mapped[float]
    outcome: Mapped[str]  # answered | failed | kept (from the replies that are kept) | refused (no budget was left)


class ModelReply(Base):
    """A reply that stood the checks, for equal requests; it goes with the first excerpt of its evidence that goes."""

    __tablename__ = "model_replies"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)  # SHA-256 of prompt, evidence, schema, endpoint and model
    reply: Mapped[str] = mapped_column(Text)
    evidence: Mapped[int]  # how many excerpts it was made from
    created_at: Mapped[datetime]


class ReplyEvidence(Base):
    """An excerpt that a kept reply was made from."""

    __tablename__ = "reply_evidence"
    __table_args__ = (
        ForeignKeyConstraint(
            ["workspace_id", "key"], ["model_replies.workspace_id", "model_replies.key"], ondelete="CASCADE"
        ),
        Index("ix_reply_evidence_excerpt", "excerpt_id"),
    )
    workspace_id: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    excerpt_id: Mapped[str] = mapped_column(ForeignKey("excerpts.id", ondelete="CASCADE"), primary_key=True)


class Report(Base):
    """A week's report; one row per workspace and week, so writing it twice changes nothing."""

    __tablename__ = "reports"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)  # 2026-W47, or 2026-11-01..2026-11-14
    content: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]


class Erasure(Base):
    """What was asked to be erased, by whom, and the receipt; it holds no name and no word of it."""

    __tablename__ = "erasures"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    id: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]  # person | document | source | study | expired
    subject: Mapped[str]  # a hash of the name, the id of the document or study, the number of the source
    actor: Mapped[str]
    reason: Mapped[str | None] = mapped_column(Text)
    state: Mapped[str]  # waiting | running | done
    receipt: Mapped[dict[str, Any]] = mapped_column(default=dict)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class Erased(Base):
    """A document or person that was erased, by a hash: what brings it again is refused."""

    __tablename__ = "erased"
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"), primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    erasure_id: Mapped[str]


class Job(Base):
    """A row of the ledger: work that will be done at least once, and whose effect happens exactly once."""

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("workspace_id", "idempotency_key"),
        Index("ix_jobs_state", "state", "run_after"),
        Index("ix_jobs_subject", "subject", "kind"),
    )
    id: Mapped[str] = mapped_column(primary_key=True)
    workspace_id: Mapped[str] = mapped_column(ForeignKey("workspaces.id"))
    kind: Mapped[str]
    state: Mapped[str]  # queued | running | done | dead
    subject: Mapped[str | None]  # what it works on: the id of an import, a run…
    payload: Mapped[dict[str, Any]] = mapped_column(default=dict)
    result: Mapped[dict[str, Any]] = mapped_column(default=dict)
    idempotency_key: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    max_attempts: Mapped[int] = mapped_column(default=5)
    lease: Mapped[str | None]  # a random token: only its holder may finish the job
    lease_until: Mapped[datetime | None]
    run_after: Mapped[datetime]
    stage: Mapped[str | None]
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
