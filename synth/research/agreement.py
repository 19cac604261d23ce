"""How far coders agree: Cohen's kappa for each pair, Krippendorff's alpha for all, per code and over all codes.

A unit is an excerpt of a participant; a coder gives it a code when a highlight of theirs overlaps it. Only documents
that at least two coders have marked are looked at, so that what nobody has read yet is no agreement. Intervals are
95 %, by a bootstrap over units (1,000 times, with a fixed seed).

Sources: Cohen 1960; Krippendorff 2011, "Computing Krippendorff's Alpha-Reliability" (nominal data, two values).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from random import Random
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.research.highlighting import MACHINE, list_highlights
from synth.research.studies import find_study, study_documents
from synth.store import tables

ROUNDS: Final = 1_000
SEED: Final = 7
Marks = Mapping[str, Sequence[bool | None]]  # for each coder, whether each unit has the code; None where not read


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure with its interval; None where it has no value (nobody used the code, or everybody everywhere)."""

    value: float | None
    low: float | None
    high: float | None
    n: int  # units

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        rounded = {name: None if each is None else round(each, 3) for name, each in self._named()}
        return {**rounded, "n": self.n}

    def _named(self) -> tuple[tuple[str, float | None], ...]:
        return (("value", self.value), ("low", self.low), ("high", self.high))


def cohen_kappa(one: Sequence[bool | None], other: Sequence[bool | None]) -> float | None:
    """Agreement of two coders on one code beyond chance; None where neither varies."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if not pairs:
        return None
    n = len(pairs)
    observed = sum(a == b for a, b in pairs) / n
    p, q = sum(a for a, _ in pairs) / n, sum(b for _, b in pairs) / n
    expected = p * q + (1 - p) * (1 - q)
    return None if expected == 1 else (observed - expected) / (1 - expected)


def krippendorff_alpha(marks: Sequence[Sequence[bool | None]]) -> float | None:
    """Agreement of any number of coders (rows) over units (columns) on one code; None where nothing varies."""
    disagreement = values = ones = 0.0
    for unit in zip(*marks, strict=True):
        said = [each for each in unit if each is not None]
        if len(said) < 2:
            continue
        yes = sum(said)
        disagreement += 2 * yes * (len(said) - yes) / (len(said) - 1)
        values += len(said)
        ones += yes
    if values < 2:
        return None
    expected = 2 * ones * (values - ones) / (values - 1)
    return None if not expected else 1 - disagreement / expected


def measure_agreement(session: Session, workspace: str, study: str) -> dict[str, Any]:
    """Agreement between the coders of a study, and between people and the machine's suggestions; raises NotFound."""
    found = find_study(session, workspace, study)
    marks = list_highlights(session, workspace, study, state=None)
    units = _units(session, workspace, [document.id for document in study_documents(session, found)])
    codes = {mark["code_id"]: mark["code"] for mark in marks}
    people = sorted({mark["coder"] for mark in marks if mark["state"] == "accepted"})
    read = {coder: {m["document_id"] for m in marks if m["coder"] == coder} for coder in people}
    shared = {id for id in units if sum(id in documents for documents in read.values()) > 1}
    spans = [(id, start, end) for id in sorted(shared) for start, end in units[id]]
    tables_of_codes = {code: _table(marks, code, people, read, spans) for code in codes}
    return {
        "coders": people,
        "documents": len(shared),
        "units": len(spans),
        "alpha": _over_all(list(tables_of_codes.values()), krippendorff_rows).document(),
        "pairs": [
            {
                "coders": [one, other],
                "kappa": _over_all(list(tables_of_codes.values()), _pair(one, other)).document(),
            }
            for one, other in combinations(people, 2)
        ],
        "codes": [
            {
                "code_id": code,
                "code": codes[code],
                "used": {coder: sum(bool(each) for each in table[coder]) for coder in people},
                "alpha": _figure(table, krippendorff_rows).document(),
            }
            for code, table in sorted(tables_of_codes.items(), key=lambda item: codes[item[0]].casefold())
        ],
        "machine": _machine(marks),
    }


def krippendorff_rows(table: Marks) -> float | None:
    """Alpha over the rows of a table of coders."""
    return krippendorff_alpha(list(table.values()))


def _pair(one: str, other: str) -> Callable[[Marks], float | None]:
    return lambda table: cohen_kappa(table[one], table[other])


def _machine(marks: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
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


def _units(session: Session, workspace: str, documents: Sequence[str]) -> dict[str, list[tuple[int, int]]]:
    excerpt = tables.Excerpt
    query = select(excerpt.document_id, excerpt.start, excerpt.end, excerpt.role).where(
        excerpt.workspace_id == workspace, excerpt.document_id.in_(documents)
    )
    found: dict[str, list[tuple[int, int]]] = {}
    for row in session.execute(query.order_by(excerpt.document_id, excerpt.start)):
        if row.role != "interviewer":
            found.setdefault(row.document_id, []).append((row.start, row.end))
    return found


def _table(
    marks: Sequence[Mapping[str, Any]],
    code: str,
    people: Sequence[str],
    read: Mapping[str, set[str]],
    spans: Sequence[tuple[str, int, int]],
) -> dict[str, list[bool | None]]:
    """For each coder whether each unit has the code, None in documents that they have not marked."""
    own: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for mark in marks:
        if mark["code_id"] == code and mark["state"] == "accepted":
            own.setdefault((mark["coder"], mark["document_id"]), []).append((mark["start"], mark["end"]))
    return {
        coder: [
            any(start < end_ and end > start_ for start_, end_ in own.get((coder, id), ()))
            if id in read[coder]
            else None
            for id, start, end in spans
        ]
        for coder in people
    }


def _figure(table: Marks, measure: Callable[[Marks], float | None]) -> Figure:
    return _over_all([table], measure)


def _over_all(found: Sequence[Marks], measure: Callable[[Marks], float | None]) -> Figure:
    """The mean of a measure over codes, with its interval: units are drawn anew, the same ones for every code."""
    n = len(next(iter(found[0].values()), ())) if found else 0
    value = _mean([measure(table) for table in found])
    if value is None or n < 2:
        return Figure(value, None, None, n)
    drawn, random = list[float](), Random(SEED)  # noqa: S311 - a sample, not a secret
    for _ in range(ROUNDS if n * len(found) < 20_000 else ROUNDS // 10):
        places = random.choices(range(n), k=n)
        again = _mean([measure({coder: [row[at] for at in places] for coder, row in table.items()}) for table in found])
        if again is not None:
            drawn.append(again)
    drawn.sort()
    if not drawn:
        return Figure(value, None, None, n)
    return Figure(value, drawn[int(0.025 * len(drawn))], drawn[min(len(drawn) - 1, int(0.975 * len(drawn)))], n)


def _mean(values: Sequence[float | None]) -> float | None:
    known = [each for each in values if each is not None]
    return sum(known) / len(known) if known else None
