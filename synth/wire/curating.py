"""What runs would change and people decide."""

from typing import TYPE_CHECKING, Any

from synth.wire.values import moment

if TYPE_CHECKING:
    from synth.store import tables
    from synth.themes.changes import Change
    from synth.themes.curating.effects import Effect, Numbers
    from synth.themes.curating.suggesting import Suggestion


def change_document(change: "Change") -> dict[str, Any]:
    """A change as `GET /v1/runs/{id}` returns it."""
    return {
        "key": change.key,
        "kind": change.kind,
        "name": change.name,
        "size": change.size,
        "arriving": dict(change.arriving),
        "leaving": dict(change.leaving),
        "into": change.into,
        "confused": None if change.confused is None else round(change.confused, 4),
    }


def decision_document(decision: "tables.Decision", says: str, blocked_by: str | None) -> dict[str, Any]:
    """What a person decided, who and when, and the later decision that has to be undone before it."""
    return {
        "id": decision.id,
        "kind": decision.kind,
        "says": says,
        "theme_id": decision.theme_id,
        "themes": decision.after["themes"],
        "created": decision.after["created"],
        "excerpts": decision.after["excerpts"],
        "actor": decision.actor,
        "created_at": moment(decision.created_at),
        "undone_at": moment(decision.undone_at),
        "undone_by": decision.undone_by,
        "blocked_by": blocked_by,
    }


def effect_document(effect: "Effect") -> dict[str, Any]:
    """What a decision does to the numbers; null on a side where a theme is not shown."""
    return {
        "excerpts": effect.excerpts,
        "unassigned": {"before": effect.unassigned_before, "after": effect.unassigned_after},
        "themes": [
            {
                "id": theme.id,
                "name": theme.name,
                "before": _numbers_document(theme.before),
                "after": _numbers_document(theme.after),
            }
            for theme in effect.themes
        ],
    }


def suggestion_document(suggestion: "Suggestion") -> dict[str, Any]:
    """A part a theme could be split into; the key names exactly these excerpts."""
    return {
        "key": suggestion.key,
        "name": suggestion.naming.name,
        "definition": suggestion.naming.definition,
        "excerpts": len(suggestion.excerpts),
        "people": suggestion.people,
        "dense": suggestion.dense,
        "examples": [suggestion.excerpts[place] for place in suggestion.naming.exemplars],
    }


def _numbers_document(numbers: "Numbers | None") -> dict[str, Any] | None:
    if numbers is None:
        return None
    return {
        "mentions": numbers.mentions,
        "people": numbers.people,
        "accounts": numbers.accounts,
        "share": numbers.share,
    }


def run_document(run: "tables.Run") -> dict[str, Any]:
    """A discovery: what went in, how, and what came out."""
    return {
        "id": run.id,
        "state": run.state,
        "scope": run.scope,
        "embedder": run.embedder,
        "parameters": run.parameters,
        "figures": run.figures,
        "started_at": moment(run.started_at),
        "finished_at": moment(run.finished_at),
    }
