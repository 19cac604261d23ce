"""Figures that the evaluation harness measured on labelled data and wrote into this installation."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.store import tables
from synth.store.rows import insert_new
from synth.trust.figures import Figure, say_rate

LONGEST = 100  # characters of a name
_RUN = "`python -m eval run {suite} --data FOLDER --record`"


@dataclass(frozen=True, slots=True)
class Measurement:
    """One figure of one suite on one folder, from 0 (or -1 for an agreement) to 1."""

    suite: str
    figure: str
    folder: str
    measured_at: datetime
    value: float
    low: float | None = None
    high: float | None = None
    n: int | None = None
    parameters: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """A figure the card always has a place for: its title, what it means, and what its cases are."""

    suite: str
    figure: str
    title: str
    meaning: str  # "{}" stands for the figure
    unit: str


KNOWN: Sequence[Known] = (
    Known("answers", "accuracy", "Answers that are right", "{} of the questions were answered rightly.", "questions"),
    Known(
        "answers",
        "abstain_recall",
        "Withheld where it had to be",
        "{} of the questions the data cannot answer were not answered.",
        "questions without an answer",
    ),
    Known(
        "answers",
        "abstain_precision",
        "Withheld rightly",
        "{} of the answers that were withheld had to be.",
        "answers withheld",
    ),
    Known(
        "retrieval",
        "ndcg@10",
        "Search finds what is relevant",
        "nDCG of the first ten results: {} of what a perfect order would reach.",
        "searches",
    ),
    Known(
        "themes",
        "ami",
        "Themes agree with labels",
        "Adjusted mutual information with labels given by people: {}; chance would give 0 %.",
        "labelled pieces",
    ),
    Known(
        "themes",
        "seed_ami",
        "Themes found again in another order",
        "Two discoveries over the same feedback in another order agree to {}; chance would give 0 %.",
        "pieces",
    ),
    Known(
        "stability",
        "kept_share",
        "Themes stay while feedback comes in",
        "With feedback taken in batch by batch, {} of the older pieces keep their theme from one batch to the next.",
        "older pieces",
    ),
    Known(
        "support",
        "balanced_accuracy",
        "Support check agrees with people",
        "The check of claims is right in {} of the cases, both labels weighed alike; a coin gives 50 %.",
        "claims",
    ),
    Known(
        "coding",
        "kappa",
        "Codes agree with researchers",
        "Agreement of suggested codes with a person's beyond chance (kappa): {}.",
        "segments",
    ),
    Known(
        "redaction",
        "recall",
        "Personal data hidden in labelled texts",
        "{} of what people marked as personal data of the claimed types was wholly hidden.",
        "marked spans",
    ),
    Known(
        "judge",
        "support",
        "Claims a model finds supported",
        "A model that did not write them finds {} of the claims supported.",
        "claims graded",
    ),
    Known(
        "judge",
        "helpful",
        "Answers a model finds helpful",
        "A model that did not write them finds {} of the answers helpful.",
        "answers graded",
    ),
    Known(
        "judge",
        "agreement",
        "That model agrees with people",
        "On claims labelled by people the same model is right in {} of the cases, both labels weighed alike.",
        "claims labelled by people",
    ),
)


def keep(session: Session, workspace: str, measurements: Sequence[Measurement]) -> None:
    """Write measurements; one that is there already stays as it is. Raises BadInput for what is no figure of a card."""
    for measurement in measurements:
        _check(measurement)
    rows = [
        {
            "workspace_id": workspace,
            "suite": each.suite,
            "figure": each.figure,
            "folder": each.folder,
            "measured_at": each.measured_at,
            "value": each.value,
            "low": each.low,
            "high": each.high,
            "n": each.n,
            "parameters": dict(each.parameters),
        }
        for each in measurements
    ]
    insert_new(session, tables.Measurement, rows)


def show_measured(session: Session, workspace: str) -> list[Figure]:
    """The newest measurement of each figure on each folder, and the known ones that nobody has measured."""
    newest = _newest(session, workspace)
    measured = {(row.suite, row.figure) for row in newest}
    known = {(each.suite, each.figure): each for each in KNOWN}
    shown = [_figure(row, known.get((row.suite, row.figure))) for row in newest]
    return shown + [_missing(each) for key, each in known.items() if key not in measured]


def _newest(session: Session, workspace: str) -> Iterable[tables.Measurement]:
    query = select(tables.Measurement).where(
        tables.Measurement.workspace_id == workspace, tables.Measurement.suite != "sample"
    )
    order = (tables.Measurement.suite, tables.Measurement.figure, tables.Measurement.folder)
    rows = session.scalars(query.order_by(*order, tables.Measurement.measured_at))
    return {(row.suite, row.figure, row.folder): row for row in rows}.values()


def _figure(row: tables.Measurement, known: Known | None) -> Figure:
    meaning = (known.meaning if known else "{}.").format(say_rate(row.value))
    return Figure(
        name=f"{row.suite}.{row.figure}",
        title=known.title if known else f"{row.suite}: {row.figure}",
        group="Measured on labelled data",
        meaning=meaning,
        note=f"Measured on {row.folder}.",
        how=_RUN.format(suite=row.suite).join(("Measured with ", ".")),
        value=row.value,
        low=row.low,
        high=row.high,
        n=row.n,
        unit=known.unit if known else "cases",
        measured_at=row.measured_at,
    )


def _missing(known: Known) -> Figure:
    return Figure(
        name=f"{known.suite}.{known.figure}",
        title=known.title,
        group="Measured on labelled data",
        meaning="Not measured on this installation.",
        how=f"Run {_RUN.format(suite=known.suite)} on a folder with labels.",
    )


def _check(measurement: Measurement) -> None:
    named = (measurement.suite, measurement.figure, measurement.folder)
    if not all(0 < len(name) <= LONGEST for name in named):
        raise BadInput(f"The suite, the figure and the folder need names of 1 to {LONGEST} characters.")
    numbers = [number for number in (measurement.value, measurement.low, measurement.high) if number is not None]
    if not all(math.isfinite(number) and -1 <= number <= 1 for number in numbers):
        raise BadInput(f"{measurement.suite} {measurement.figure} is not a share or an agreement: give -1 to 1.")
    if measurement.n is not None and measurement.n < 1:
        raise BadInput(f"{measurement.suite} {measurement.figure} was measured on nothing; leave it out.")
