"""The trust card and its samples."""

from typing import TYPE_CHECKING, Any

from synth.wire.answers import excerpt_document
from synth.wire.values import moment, short

if TYPE_CHECKING:
    from synth.trust.figures import Card
    from synth.trust.figures import Figure as TrustFigure
    from synth.trust.sampling import Drawn


def trust_document(card: "Card") -> dict[str, Any]:
    """What `synth trust --json` prints and `GET /v1/trust` returns."""
    return {"at": moment(card.at), "figures": [trust_figure_document(figure) for figure in card.figures]}


def trust_figure_document(figure: "TrustFigure") -> dict[str, Any]:
    """One figure, or what stands in its place where nothing was measured."""
    return {
        "name": figure.name,
        "title": figure.title,
        "group": figure.group,
        "value": short(figure.value),
        "low": short(figure.low),
        "high": short(figure.high),
        "n": figure.n,
        "unit": figure.unit,
        "measured_at": moment(figure.measured_at),
        "meaning": figure.meaning,
        "note": figure.note,
        "how": figure.how,
        "parts": [
            {
                "name": part.name,
                "value": short(part.value),
                "low": short(part.low),
                "high": short(part.high),
                "n": part.n,
            }
            for part in figure.parts
        ],
    }


def drawn_document(drawn: "Drawn") -> dict[str, Any]:
    """An excerpt of a sample, with the theme it is on."""
    return excerpt_document(drawn.excerpt) | {"theme": drawn.theme, "definition": drawn.definition}
