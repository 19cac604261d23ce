"""The trust card of an installation, read from one state of the store; and its short form for the weekly report."""

from datetime import datetime

from sqlalchemy.orm import Session

from synth.parts import Parts
from synth.trust.answering import (
    look_back,
    measure_abstentions,
    measure_quotes,
    measure_rejections,
    measure_support,
)
from synth.trust.figures import Card, Figure, say_interval
from synth.trust.measured import show_measured
from synth.trust.privacy import measure_redaction
from synth.trust.sampling import measure_samples
from synth.trust.themes import measure_corrections, measure_coverage, measure_stability

IN_SHORT = ("verbatim", "abstentions", "stability", "sample", "redaction")


def read_card(parts: Parts, workspace: str) -> Card:
    """Every figure there is, with those that nobody has measured."""
    now = parts.now()
    with parts.database.read() as session:
        stored = parts.kept.read_lately(
            "card of trust", session, workspace, lambda: _stored(session, parts, workspace, now)
        )
        figures = (
            *stored,
            *measure_redaction(parts.regions, now),
            *show_measured(session, workspace),
        )
    return Card(now, figures)


def write_short_form(parts: Parts, workspace: str) -> list[str]:
    """A sentence for each figure of the short form that was measured, with its interval."""
    figures = {figure.name: figure for figure in read_card(parts, workspace).figures}
    return [_in_short(figures[name]) for name in IN_SHORT if figures[name].value is not None]


def _stored(session: Session, parts: Parts, workspace: str, now: datetime) -> list[Figure]:
    shown = look_back(session, workspace, now)
    corrections = parts.kept.read("corrections", session, workspace, lambda: measure_corrections(session, workspace))
    return [
        measure_coverage(session, workspace, now),
        measure_stability(session, workspace),
        measure_samples(session, workspace, now),
        corrections,
        measure_quotes(session, workspace, shown, now),
        measure_rejections(shown),
        measure_abstentions(shown),
        measure_support(shown),
    ]


def _in_short(figure: Figure) -> str:
    return f"{figure.meaning.removesuffix('.')} (95 % interval: {say_interval(figure.low, figure.high)})."
