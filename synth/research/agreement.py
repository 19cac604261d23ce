"""How far coders agree: Cohen's kappa for each pair, Krippendorff's alpha for all, per code and over all codes.

A unit is an excerpt of a participant; a coder gives it a code when a highlight of theirs overlaps it. Only documents
that at least two coders have marked are looked at, so that what nobody has read yet is no agreement.
"""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.research.highlighting import MACHINE, list_highlights
from synth.research.measures import ALPHA, KAPPA, Rows, measure_over
from synth.research.studies import find_study, study_documents
from synth.store import tables

Unit = tuple[str, int, int]  # a document and a span of it
Marked = Mapping[str, Any]  # a highlight as it is shown


def measure_agreement(session: Session, workspace: str, study: str) -> dict[str, Any]:
    """Agreement between the coders of a study, and between people and the machine's suggestions; raises NotFound."""
    found = find_study(session, workspace, study)
    marks = list_highlights(session, workspace, study, state=None)
    units = participant_units(session, workspace, [document.id for document in study_documents(session, found)])
    codes = {mark["code_id"]: mark["code"] for mark in marks}
    people = sorted({mark["coder"] for mark in marks if mark["state"] == "accepted"})
    read = {coder: {m["document_id"] for m in marks if m["coder"] == coder} for coder in people}
    shared = {id for id in units if sum(id in documents for documents in read.values()) > 1}
    spans = [(id, start, end) for id in sorted(shared) for start, end in units[id]]
    coded = {code: code_rows(marks, code, people, read, spans) for code in codes}
    return {
        "coders": people,
        "documents": len(shared),
        "units": len(spans),
        "alpha": measure_over(list(coded.values()), ALPHA).document(),
        "pairs": [
            {
                "coders": [one, other],
                "kappa": measure_over([_two(rows, people, one, other) for rows in coded.values()], KAPPA).document(),
            }
            for one, other in combinations(people, 2)
        ],
        "codes": [
            {
                "code_id": code,
                "code": codes[code],
                "used": {coder: sum(map(bool, row)) for coder, row in zip(people, rows, strict=True)},
                "alpha": measure_over([rows], ALPHA).document(),
            }
            for code, rows in sorted(coded.items(), key=lambda item: codes[item[0]].casefold())
        ],
        "machine": _machine(marks),
    }


def _machine(marks: Sequence[Marked]) -> dict[str, Any]:
    """What became of the machine's suggestions: how many of those a person has judged were accepted."""
    judged = [mark for mark in marks if mark["origin"] == MACHINE and mark["state"] in ("accepted", "rejected")]
    accepted = sum(mark["state"] == "accepted" for mark in judged)
    low, high = _wilson(accepted, len(judged))
    waiting = sum(mark["state"] == "suggested" for mark in marks)
    share = round(accepted / len(judged), 3) if judged else None
    return {"judged": len(judged), "accepted": accepted, "share": share, "low": low, "high": high, "waiting": waiting}


def _wilson(hits: int, n: int, z: float = 1.96) -> tuple[float | None, float | None]:
    """Wilson 1927: the 95 % interval of a share."""
    if not n:
        return None, None
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * ((p * (1 - p) + z * z / (4 * n)) / n) ** 0.5 / (1 + z * z / n)
    return round(middle - half, 3), round(middle + half, 3)


def participant_units(session: Session, workspace: str, documents: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    """The spans of excerpts by document, without those of who asks."""
    excerpt = tables.Excerpt
    query = select(excerpt.document_id, excerpt.start, excerpt.end, excerpt.role).where(
        excerpt.workspace_id == workspace, excerpt.document_id.in_(documents)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for row in session.execute(query.order_by(excerpt.document_id, excerpt.start)):
        if row.role != "interviewer":
            found.setdefault(row.document_id, []).append((row.start, row.end))
    return found


def code_rows(
    marks: Sequence[Marked], code: str, people: Sequence[str], read: Mapping[str, set[str]], units: Sequence[Unit]
) -> Rows:
    """For each coder whether each unit has the code, None in documents that they have not marked."""
    own: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for mark in marks:
        if mark["code_id"] == code and mark["state"] == "accepted":
            own.setdefault((mark["coder"], mark["document_id"]), []).append((mark["start"], mark["end"]))
    return [
        [
            any(start < end_ and end > start_ for start_, end_ in own.get((coder, id), ()))
            if id in read[coder]
            else None
            for id, start, end in units
        ]
        for coder in people
    ]


def _two(rows: Rows, people: Sequence[str], one: str, other: str) -> Rows:
    return [rows[people.index(one)], rows[people.index(other)]]
