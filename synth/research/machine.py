"""How far the machine agrees with people, where these coded without having seen what it suggests.

Who accepts a suggestion agrees with it because it was there. So a person's coding of a document counts here only where
all of it was made before the machine first suggested anything in that document, or came in from another tool. For every
excerpt of such a document the machine says what it would have suggested, knowing what people coded in all *other*
documents and what the codebook says, without the examples that stand in this one (leave one interview out). Then the
machine is a coder like any other: kappa and alpha between it and the people, per code and over all.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.embedding import embedded_words
from synth.parts import Parts
from synth.research.agreement import Marked, Unit, code_rows, participant_units
from synth.research.codebook import list_codes
from synth.research.highlighting import MACHINE, list_highlights
from synth.research.measures import ALPHA_OF_PAIRS, KAPPA, Rows, measure_over
from synth.research.spans import find_words
from synth.research.studies import find_study, study_documents
from synth.research.suggesting import code_meaning, is_about_something, is_worth_showing, suggest
from synth.store import tables
from synth.store.identity import text_hash
from synth.store.rows import chunks

Vectors = Mapping[str, NDArray[np.float32]]  # by text


@dataclass(frozen=True, slots=True)
class _Coded:
    """What is known of a study: its texts, codes, what people marked, and who coded what without the machine."""

    texts: Mapping[str, str]
    codes: Sequence[Mapping[str, Any]]
    marks: Sequence[Marked]  # of people
    alone: Mapping[str, set[str]]  # coder to documents
    seen: int  # pairs of a coder and a document coded with suggestions in view
    units: Sequence[Unit]  # in documents that somebody coded alone


def measure_machine(parts: Parts, workspace: str, study: str) -> dict[str, Any]:
    """Agreement between people and the machine, per code and over all; raises NotFound.

    What it rests on (texts, codes, highlights) is read each time, and compared by a hash with what it rested on last;
    only where that differs everything is embedded and measured anew.
    """
    with parts.database.read() as session:
        coded = _read(session, workspace, study)
    stamp = sha256(repr((coded, parts.embedder.version)).encode("utf-8", "surrogatepass")).hexdigest()
    return parts.kept.read_of(f"machine in {study}", stamp, workspace, lambda: _measure(parts, workspace, coded))


def _measure(parts: Parts, workspace: str, coded: "_Coded") -> dict[str, Any]:
    with parts.database.read() as session:
        vectors = _stored(session, parts, workspace, _texts(coded))
    vectors = {**vectors, **_embedded(parts, _texts(coded) - vectors.keys())}
    suggested = _suggested(coded, vectors)
    people = sorted(coded.alone)
    names = {code["id"]: code["name"] for code in coded.codes}
    rows = {code: [*_people(coded, people, code), [each == code for each in suggested]] for code in names}
    used = {code: each for code, each in rows.items() if any(map(any, each))}
    return {
        "documents": len(set[str]().union(*coded.alone.values())),
        "units": len(coded.units),
        "with_suggestions": coded.seen,
        "kappa": measure_over(list(used.values()), KAPPA).document(),
        "alpha": measure_over(list(used.values()), ALPHA_OF_PAIRS).document(),
        "pairs": [
            {
                "coder": coder,
                "kappa": measure_over([[each[place], each[-1]] for each in used.values()], KAPPA).document(),
            }
            for place, coder in enumerate(people)
        ],
        "codes": [
            {
                "code_id": code,
                "code": names[code],
                "people": sum(any(said) for said in zip(*each[:-1], strict=True)),
                "machine": sum(map(bool, each[-1])),
                "kappa": measure_over([each], KAPPA).document(),
                "alpha": measure_over([each], ALPHA_OF_PAIRS).document(),
            }
            for code, each in sorted(used.items(), key=lambda item: names[item[0]].casefold())
        ],
    }


def _read(session: Session, workspace: str, study: str) -> _Coded:
    documents = {each.id: each.text for each in study_documents(session, find_study(session, workspace, study))}
    marks = list_highlights(session, workspace, study)
    first = _first_suggestions(session, workspace, documents)
    alone: dict[str, set[str]] = {}
    seen = set[tuple[str, str]]()
    for mark in marks:
        alone.setdefault(mark["coder"], set()).add(mark["document_id"])
        if not _made_alone(mark, first.get(mark["document_id"])):
            seen.add((mark["coder"], mark["document_id"]))
    alone = {coder: {id for id in ids if (coder, id) not in seen} for coder, ids in alone.items()}
    alone = {coder: ids for coder, ids in alone.items() if ids}
    spans = participant_units(session, workspace, sorted(set[str]().union(*alone.values())))
    return _Coded(
        documents,
        list_codes(session, workspace, study),
        [mark for mark in marks if mark["origin"] != MACHINE and mark["quote"].strip()],
        alone,
        len(seen),
        [(id, *span) for id in sorted(spans) for span in spans[id]],
    )


def _first_suggestions(session: Session, workspace: str, documents: Mapping[str, str]) -> dict[str, datetime]:
    first = tables.FirstSuggestion
    query = select(first.document_id, first.at).where(first.workspace_id == workspace)
    return {row.document_id: row.at for row in session.execute(query) if row.document_id in documents}


def _made_alone(mark: Marked, suggested: datetime | None) -> bool:
    if mark["origin"] == MACHINE:
        return False
    return mark["origin"] == "import" or suggested is None or datetime.fromisoformat(mark["created_at"]) < suggested


def _people(coded: _Coded, people: Sequence[str], code: str) -> Rows:
    return code_rows(coded.marks, code, people, coded.alone, coded.units)


def _suggested(coded: _Coded, vectors: Vectors) -> list[str | None]:
    """For each unit the code the machine would have suggested, had nobody coded the document."""
    found: list[str | None] = []
    for document in dict.fromkeys(id for id, _, _ in coded.units):
        others = [mark for mark in coded.marks if mark["document_id"] != document]
        known = [mark["code_id"] for mark in others]
        near = np.array([vectors[mark["quote"]] for mark in others], dtype=np.float32)
        meant = {code: vectors[text] for code, text in _meanings(coded, document).items()}
        for id, start, end in coded.units:
            text = coded.texts[id][start:end]
            if id == document:
                best = suggest(vectors[text], known, near, meant, most=1) if is_about_something(text) else []
                found.append(best[0].code if best and is_worth_showing(best[0]) else None)
    return found


def _meanings(coded: _Coded, document: str) -> dict[str, str]:
    """What the codebook says of each code, without the examples that stand in a document."""
    text = coded.texts[document]
    return {
        code["id"]: code_meaning(
            code["name"], code["definition"], [each for each in code["examples"] if find_words(text, each) is None]
        )
        for code in coded.codes
    }


def _texts(coded: _Coded) -> set[str]:
    """All that is compared by what it means."""
    spoken = {coded.texts[id][start:end] for id, start, end in coded.units}
    meant = {text for id in {id for id, _, _ in coded.units} for text in _meanings(coded, id).values()}
    return {text for text in spoken if text.strip()} | meant | {mark["quote"] for mark in coded.marks}


def _stored(session: Session, parts: Parts, workspace: str, texts: set[str]) -> dict[str, NDArray[np.float32]]:
    """The vectors that are there already: those of excerpts, and of highlights that are whole ones."""
    by_hash = {text_hash(text): text for text in texts}
    vector, found = tables.Embedding, dict[str, NDArray[np.float32]]()
    for part in chunks(sorted(by_hash)):
        query = select(vector.text_hash, vector.vector).where(
            vector.workspace_id == workspace, vector.embedder == parts.embedder.version, vector.text_hash.in_(part)
        )
        for row in session.execute(query):
            found[by_hash[row.text_hash]] = np.frombuffer(row.vector, dtype="<f4")
    return found


def _embedded(parts: Parts, texts: set[str]) -> dict[str, NDArray[np.float32]]:
    wanted = sorted(texts)
    return dict(zip(wanted, parts.embedder.embed([embedded_words(text) for text in wanted]), strict=True))
