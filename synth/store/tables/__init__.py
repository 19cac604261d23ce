"""Every table of the system of record, in the words of DESIGN.md.

All rows belong to a workspace. Text is stored once, in `documents.text`; an excerpt is a pair of offsets into it.
Times are UTC. Ids of documents and excerpts come from content (see `identity`), so writing twice changes nothing.
"""

from synth.store.tables.access import Change, Counter, Credential, KeyedRequest, Visit, Workspace
from synth.store.tables.base import Base, BigKey, Utc
from synth.store.tables.delivering import Delivery, Release, Schedule, Subscription
from synth.store.tables.documents import (
    Document,
    DocumentAttribute,
    Embedding,
    Excerpt,
    Import,
    IndexChange,
    RedactionDecision,
    RefusedRow,
    Source,
    Turn,
)
from synth.store.tables.speakers import TOLD, Account, Person
from synth.store.tables.studies import Board, Code, CodingChange, FirstSuggestion, Highlight, Participant, Study
from synth.store.tables.telling import (
    Answer,
    Citation,
    Follower,
    Insight,
    InsightEvent,
    Report,
    SavedQuestion,
    SavedRun,
)
from synth.store.tables.theming import (
    Area,
    Assignment,
    AssignmentChange,
    Decision,
    Displaced,
    Lesson,
    Lineage,
    Place,
    Run,
    RunContent,
    Theme,
)
from synth.store.tables.working import Erased, Erasure, Job, Measurement, ModelCall, ModelReply, ReplyEvidence

__all__ = [
    "TOLD",
    "Account",
    "Answer",
    "Area",
    "Assignment",
    "AssignmentChange",
    "Base",
    "BigKey",
    "Board",
    "Change",
    "Citation",
    "Code",
    "CodingChange",
    "Counter",
    "Credential",
    "Decision",
    "Delivery",
    "Displaced",
    "Document",
    "DocumentAttribute",
    "Embedding",
    "Erased",
    "Erasure",
    "Excerpt",
    "FirstSuggestion",
    "Follower",
    "Highlight",
    "Import",
    "IndexChange",
    "Insight",
    "InsightEvent",
    "Job",
    "KeyedRequest",
    "Lesson",
    "Lineage",
    "Measurement",
    "ModelCall",
    "ModelReply",
    "Participant",
    "Person",
    "Place",
    "RedactionDecision",
    "RefusedRow",
    "Release",
    "ReplyEvidence",
    "Report",
    "Run",
    "RunContent",
    "SavedQuestion",
    "SavedRun",
    "Schedule",
    "Source",
    "Study",
    "Subscription",
    "Theme",
    "Turn",
    "Utc",
    "Visit",
    "Workspace",
]
