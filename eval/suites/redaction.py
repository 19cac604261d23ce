"""Personal data in text: what the product hides, what it leaves, and what it hides without need."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eval.folders import Row, draw, find, hash_files, read_rows
from eval.metrics import bootstrap_rows, wilson
from eval.planting import plant
from eval.results import Case, Figure, Nature, SuiteResult
from eval.running import Suite, Task
from synth.errors import BadInput
from synth.intake.redacting.redaction import redact

CLAIMED: Mapping[str, tuple[str, ...]] = {
    "EMAIL_ADDRESS": ("EMAIL",),
    "PHONE_NUMBER": ("PHONE",),
    "CREDIT_CARD": ("CARD",),
    "IBAN_CODE": ("IBAN",),
    "US_SSN": ("SSN", "ID"),
    "IP_ADDRESS": ("IP",),
    "MAC_ADDRESS": ("MAC",),
    "API_KEY": ("KEY",),
}
"""Types of the data, and the kinds of the product that hide them; it claims to find no other type."""

MEASURED: Mapping[str, tuple[str, ...]] = {"STREET_ADDRESS": ("ADDRESS",)}
"""Types that it hides where it can, without a claim how many: they are left out of the figures over all."""

COVERED = 1.0  # share of a span that must be hidden: half a card number is a leak
WORST = 40


@dataclass(frozen=True, slots=True)
class Marked:
    """A span of a text: of a type as the data marks it, or of a kind as the product hid it."""

    text_id: str
    kind: str
    start: int
    end: int


def run(task: Task) -> SuiteResult:
    """Redact every text as an import does, without a list of known names."""
    variants = task.folder / "variants.json"
    path = variants if variants.is_file() else find(task.folder, "items.jsonl")
    rows = _planted(task) if variants.is_file() else draw(read_rows(path), task.limit, task.seed)
    if not any("spans" in row for row in rows):
        raise BadInput(f"{task.folder.name}/items.jsonl has no `spans`; the suite `redaction` needs them.")
    truth = [_mark(row["id"], span) for row in rows for span in row.get("spans") or ()]
    hidden = [
        Marked(row["id"], found.kind, found.start, found.end) for row in rows for found in redact(row["text"]).replaced
    ]
    return SuiteResult(
        suite="redaction",
        data=task.folder.name,
        sha256=hash_files([path]),
        rows=len(rows),
        figures=measure(truth, hidden, seed=task.seed),
        parameters={"seed": task.seed, "limit": task.limit},
        cases=_cases(rows, truth, hidden),
        notes=("A span counts as hidden when all of its characters are.",),
    )


def _planted(task: Task) -> list[Row]:
    return plant(task.folder, limit=task.limit, seed=task.seed)


def measure(truth: Sequence[Marked], hidden: Sequence[Marked], *, seed: int = 0) -> dict[str, Figure]:
    """Recall, precision and F1 by type, and over the claimed; recall alone of what is not sought (`unclaimed.TYPE`)."""
    types = sorted({span.kind for span in truth})
    figures = _figures("", [span for span in truth if span.kind in CLAIMED], hidden, truth, seed)
    for kind in types:
        mine = [span for span in truth if span.kind == kind]
        if kind in CLAIMED:
            figures |= _figures(f"{kind}.", mine, [span for span in hidden if span.kind in CLAIMED[kind]], mine, seed)
        elif kind in MEASURED:
            found = [span for span in hidden if span.kind in MEASURED[kind]]
            figures |= _figures(f"{kind}.", mine, found, truth, seed)
            figures[f"{kind}.touched"] = _rate(
                [any(_overlap(span, one) for one in _of_text(found, span)) for span in mine]
            )
        else:
            figures[f"unclaimed.{kind}.recall"] = _rate([_is_covered(span, hidden) for span in mine], "fact")
    return figures


def _figures(
    prefix: str, wanted: Sequence[Marked], hidden: Sequence[Marked], acceptable: Sequence[Marked], seed: int
) -> dict[str, Figure]:
    """`acceptable` are the spans that are personal data: what is hidden elsewhere was hidden without need."""
    found = [_is_covered(span, hidden) for span in wanted]
    meant = [any(_overlap(one, span) for span in _of_text(acceptable, one)) for one in hidden]
    return {
        f"{prefix}recall": _rate(found),
        f"{prefix}precision": _rate(meant),
        f"{prefix}f1": _f1_figure([*zip(wanted, found, strict=True)], [*zip(hidden, meant, strict=True)], seed),
    }


def _f1_figure(wanted: Sequence[tuple[Marked, bool]], hidden: Sequence[tuple[Marked, bool]], seed: int) -> Figure:
    """F1 with its bootstrap interval, texts resampled."""
    if not wanted or not hidden:
        return Figure(None, "sampled", "higher", n=0, note="none in the data, or nothing hidden")
    texts = {key: place for place, key in enumerate(dict.fromkeys(span.text_id for span, _ in (*wanted, *hidden)))}
    rows = np.zeros((len(texts), 4))
    for column, marks in ((0, wanted), (2, hidden)):
        for span, right in marks:
            rows[texts[span.text_id], column : column + 2] += (right, 1)
    low, high = bootstrap_rows(_f1, rows, seed=seed)
    return Figure(_f1(rows.sum(axis=0)), "sampled", "higher", low, high, len(wanted))


def _f1(sums: NDArray[np.float64]) -> float:
    """From found, wanted, meant and hidden."""
    found, wanted, meant, hidden = (float(value) for value in sums)
    recall, precision = found / max(1.0, wanted), meant / max(1.0, hidden)
    return 2 * recall * precision / (recall + precision) if recall + precision else 0.0


def _rate(right: Sequence[bool], nature: Nature = "sampled") -> Figure:
    if not right:
        return Figure(None, nature, "higher", n=0, note="none in the data")
    low, high = wilson(sum(right), len(right))
    return Figure(sum(right) / len(right), nature, "higher", low, high, len(right))


def _is_covered(span: Marked, hidden: Sequence[Marked]) -> bool:
    return _share(span, hidden) >= COVERED


def _share(span: Marked, hidden: Sequence[Marked]) -> float:
    """How much of a span is hidden; what is hidden never overlaps itself."""
    return sum(_overlap(span, one) for one in _of_text(hidden, span)) / max(1, span.end - span.start)


def _of_text(spans: Sequence[Marked], like: Marked) -> Iterable[Marked]:
    return (span for span in spans if span.text_id == like.text_id)


def _overlap(one: Marked, other: Marked) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def _mark(key: str, span: Row) -> Marked:
    return Marked(key, str(span["type"]), int(span["start"]), int(span["end"]))


def _cases(rows: Sequence[Row], truth: Sequence[Marked], hidden: Sequence[Marked]) -> list[Case]:
    """What is claimed and was left, then what was hidden without need."""
    texts = {str(row["id"]): str(row["text"]) for row in rows}
    missed = [span for span in truth if span.kind in CLAIMED and not _is_covered(span, hidden)]
    needless = [one for one in hidden if not any(_overlap(one, span) for span in _of_text(truth, one))]
    shown = [_case("left in the open", span, texts) for span in missed[:WORST]]
    return shown + [_case("hidden without need", one, texts) for one in needless[:WORST]]


def _case(what: str, span: Marked, texts: Mapping[str, str]) -> Case:
    text = texts[span.text_id]
    return Case(span.text_id, 0.0, f"{span.kind} {what}", (("span", text[span.start : span.end]), ("text", text)))


SUITE = Suite(
    "redaction",
    "items.jsonl[.gz] with text and spans (start, end, type); or variants.json, sentences to write secrets into",
    "recall, precision, f1 over all and by type (TYPE.recall …); unclaimed.TYPE.recall apart",
    run,
)
