"""Parsed documents become rows: redacted, identified, cut into excerpts, findable. One batch is one transaction."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.embedding import embedded_words
from synth.intake.batch import Batch
from synth.intake.excerpting import excerpts
from synth.intake.language import detect_language
from synth.intake.participants import Participants
from synth.intake.people import Directory
from synth.intake.redacting.privacy import Privacy
from synth.intake.redacting.reviewing import settle
from synth.intake.sentiment import read_sentiment
from synth.model import ParsedDocument, Refusal, Turn
from synth.store import tables
from synth.store.attributes import keep_attributes
from synth.store.erased import erased_among
from synth.store.fulltext import add_words
from synth.store.identity import document_id, excerpt_id, person_key, text_hash, words_hash
from synth.store.rows import chunks, insert_all, insert_new
from synth.store.stamp import note_sources
from synth.suspicion import SUSPICIOUS, suspect

MIN_REPEAT_WORDS = 5  # shorter messages are too common to be the same remark made twice


@dataclass(frozen=True, slots=True)
class Registered:
    """What became of a batch."""

    taken: int
    already: int
    excerpts: int
    refused: tuple[Refusal, ...] = ()


class Registrar:
    """Writes batches of one import; remembers the people and sources it has met, and how often it saw equal words."""

    def __init__(
        self, *, count_tokens: Callable[[str], int], limit: int, regions: Sequence[str], now: datetime
    ) -> None:
        self._count_tokens = count_tokens
        self._limit = limit
        self._privacy = Privacy(regions)
        self._now = now
        self._seen: Counter[str] = Counter()
        self._directory = Directory()
        self._participants: Participants | None = None  # of a study

    def write(self, session: Session, batch: Batch, parsed: Sequence[ParsedDocument]) -> Registered:
        """Store what is new of the batch, in the caller's transaction."""
        named = self._read(session, batch, parsed)
        known = _known(session, list(named))
        new = {id: clean for id, clean in reversed(named.items()) if id not in known}
        barred = _barred(session, batch.workspace, {id: clean.original for id, clean in new.items()})
        new = {id: clean for id, clean in new.items() if id not in barred}
        redone = sum(
            1 for stored in known.values() if (stored.import_id, stored.batch) == (batch.import_id, batch.number)
        )
        changed = [
            named[id].document for id, stored in known.items() if stored.words != words_hash(named[id].document.text)
        ]
        excerpts_written = self._insert(session, batch, new) if new else 0
        taken = len(new) + redone
        already = len(parsed) - taken - len(changed) - len(barred)
        refused = (*(_changed(document) for document in changed), *barred.values())
        return Registered(taken, already, excerpts_written, refused)

    def hide_in_label(self, label: str) -> str:
        """The name of a file without the names of the participants that were met in it."""
        return label if self._participants is None else self._participants.hide_in_label(label) or label

    def _identify(self, batch: Batch, document: ParsedDocument) -> str:
        said = " ".join(document.text.split())
        words = text_hash(f"{document.source}\x1f{said}\x1f{document.person}\x1f{document.created_at}")
        if document.external_id is None:
            self._seen[words] += 1
        return document_id(
            batch.workspace,
            document.source or batch.source,
            external_id=document.external_id,
            text=document.text,
            person=document.person,
            created_at=document.created_at,
            ordinal=self._seen[words],
        )

    def _read(self, session: Session, batch: Batch, parsed: Sequence[ParsedDocument]) -> dict[str, "Clean"]:
        """The documents by their ids, the last first, without personal data; in a study, with pseudonyms for names."""
        identified = {self._identify(batch, document): document for document in reversed(parsed)}
        settled = {id: settle(document) for id, document in identified.items()}
        disguised = settled if batch.study is None else self._disguise(session, batch, batch.study, settled)
        return {id: self._clean(disguised.get(id, settled[id]), document) for id, document in identified.items()}

    def _disguise(
        self, session: Session, batch: Batch, study: str, identified: Mapping[str, ParsedDocument]
    ) -> dict[str, ParsedDocument]:
        """Those that are to be written, with pseudonyms; who was erased is not written down again as a participant."""
        if self._participants is None:
            self._participants = Participants(batch.workspace, study, self._now)
        barred = _barred(session, batch.workspace, identified)
        met = {
            id: self._participants.meet(session, document)
            for id, document in reversed(list(identified.items()))
            if id not in barred
        }
        self._privacy.hide_names(self._participants.names)
        return met

    def _clean(self, document: ParsedDocument, original: ParsedDocument) -> "Clean":
        hidden, redactions = self._privacy.hide(document)
        language = document.language or detect_language(hidden.text)
        return Clean(replace(hidden, language=language), redactions, original)

    def _insert(self, session: Session, batch: Batch, new: Mapping[str, "Clean"]) -> int:
        documents = {id: clean.document for id, clean in new.items()}
        sources = self._directory.sources(session, batch, documents.values(), self._now)
        note_sources(session, {sources[each.source or batch.source] for each in documents.values()})
        accounts = self._directory.accounts(session, batch.workspace, documents.values())
        people = self._directory.people(session, batch.workspace, documents.values(), accounts)
        rows = []
        for id, clean in new.items():
            document = clean.document
            rows.append(
                {
                    "id": id,
                    "workspace_id": batch.workspace,
                    "source_id": sources[document.source or batch.source],
                    "external_id": document.external_id,
                    "title": document.title,
                    "text": document.text,
                    "created_at": document.created_at,
                    "ingested_at": self._now,
                    "person_id": people.get(document.person or ""),
                    "account_id": accounts.get(document.account or ""),
                    "language": document.language,
                    "rating": document.rating,
                    "url": document.url,
                    "attributes": dict(document.attributes),
                    "redactions": clean.redactions,
                    "words_hash": words_hash(document.text),
                    "repeat_of": None,
                    "import_id": batch.import_id,
                    "batch": batch.number,
                }
            )
        _mark_repeats(session, batch.workspace, rows)
        insert_all(session, tables.Document, rows)
        keep_attributes(session, batch.workspace, {id: document.attributes for id, document in documents.items()})
        _insert_turns(session, batch.workspace, documents)
        return self._insert_excerpts(session, batch.workspace, documents)

    def _insert_excerpts(self, session: Session, workspace: str, documents: Mapping[str, ParsedDocument]) -> int:
        texts: dict[str, str] = {}
        rows = []
        for id, document in documents.items():
            spans = excerpts(document.text, document.turns, count_tokens=self._count_tokens, limit=self._limit)
            for position, span in enumerate(spans):
                words = document.text[span.start : span.end]
                doubt = suspect(words)
                key = excerpt_id(id, span.start, span.end)
                texts[key] = words
                rows.append(
                    {
                        "id": key,
                        "workspace_id": workspace,
                        "document_id": id,
                        "position": position,
                        "start": span.start,
                        "end": span.end,
                        "speaker": span.speaker,
                        "role": span.role,
                        "sentiment": read_sentiment(words, document.language, document.rating),
                        "suspicion": doubt.score,
                        "suspicious": doubt.reason if doubt.score >= SUSPICIOUS else None,
                        "text_hash": text_hash(embedded_words(words)),
                    }
                )
        if rows:
            insert_all(session, tables.Excerpt, rows)
            _index_words(session, texts)
        return len(rows)


@dataclass(frozen=True, slots=True)
class Clean:
    """A document without personal data, ready to be stored; the one it was made of is never written."""

    document: ParsedDocument
    redactions: dict[str, int]
    original: ParsedDocument = field(repr=False)


@dataclass(frozen=True, slots=True)
class Known:
    """A document that is stored already: which import and batch brought it, and a hash of its words."""

    import_id: str | None
    batch: int
    words: str


def _known(session: Session, ids: Sequence[str]) -> dict[str, Known]:
    """Which of these documents are stored already."""
    known: dict[str, Known] = {}
    for part in chunks(ids):
        query = select(tables.Document.id, tables.Document.import_id, tables.Document.batch, tables.Document.words_hash)
        for row in session.execute(query.where(tables.Document.id.in_(part))):
            known[row.id] = Known(row.import_id, row.batch, row.words_hash)
    return known


def _barred(session: Session, workspace: str, documents: Mapping[str, ParsedDocument]) -> dict[str, Refusal]:
    """Those that were erased, or whose people were: they are not taken in again."""
    keys: dict[str, list[str]] = {}
    for id, document in documents.items():
        people = {document.person, *(turn.speaker for turn in document.turns)} - {None}
        for key in (id, *(person_key(workspace, str(name)) for name in people)):
            keys.setdefault(key, []).append(id)
    erased = erased_among(session, workspace, list(keys))
    return {
        id: Refusal(documents[id].row, f"this was erased on {at:%Y-%m-%d} and is not taken in again")
        for key, at in erased.items()
        for id in keys[key]
    }


def _changed(document: ParsedDocument) -> Refusal:
    """A document never changes; other words under its id are not taken in silence for the same."""
    reason = f"id {document.external_id} is there already with other words; give the new text an id of its own"
    return Refusal(document.row, reason)


def _mark_repeats(session: Session, workspace: str, rows: list[dict[str, Any]]) -> None:
    """Point a document at an earlier one with the same words by the same person."""
    voiced = [row for row in rows if row["person_id"] and len(row["text"].split()) >= MIN_REPEAT_WORDS]
    first: dict[tuple[int, str], str] = {}
    for part in chunks(sorted({row["words_hash"] for row in voiced})):
        query = select(tables.Document.id, tables.Document.person_id, tables.Document.words_hash).where(
            tables.Document.workspace_id == workspace,
            tables.Document.words_hash.in_(part),
            tables.Document.repeat_of.is_(None),
            tables.Document.person_id.is_not(None),
        )
        first |= {(row.person_id, row.words_hash): row.id for row in session.execute(query)}
    for row in voiced:
        earlier = first.setdefault((row["person_id"], row["words_hash"]), row["id"])
        if earlier != row["id"]:
            row["repeat_of"] = earlier


def _insert_turns(session: Session, workspace: str, documents: Mapping[str, ParsedDocument]) -> None:
    rows = [
        {"document_id": id, "position": position, "workspace_id": workspace, **_turn_fields(turn)}
        for id, document in documents.items()
        for position, turn in enumerate(document.turns)
    ]
    insert_new(session, tables.Turn, rows)


def _turn_fields(turn: Turn) -> dict[str, Any]:
    names = ("start", "end", "speaker", "role", "begins", "ends", "page")
    return {name: getattr(turn, name) for name in names}


def _index_words(session: Session, texts: Mapping[str, str]) -> None:
    for part in chunks(list(texts)):
        query = select(tables.Excerpt.seq, tables.Excerpt.id).where(tables.Excerpt.id.in_(part))
        add_words(session, [(row.seq, texts[row.id]) for row in session.execute(query)])
