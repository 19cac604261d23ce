"""How rows are shown to whoever may read a part of them: without what is withheld, and told without what is restricted.

Which rows there are is said elsewhere; here they are there, and a part of what stands in them is not.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.engine import IteratorResult, Result
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.orm import InstrumentedAttribute, ORMExecuteState, QueryableAttribute, Session
from sqlalchemy.orm.attributes import set_committed_value

from synth.store import tables
from synth.store.retelling import (
    Retelling,
    tell_area,
    tell_decision,
    tell_insight,
    tell_report,
    tell_step,
    tell_subscription,
    tell_theme,
)
from synth.store.withholding import Withheld, codes_shown, owners_of
from synth.wire.stripping import strip

DOT: Final = "·"
_NAMES: Final = (tables.Theme.__table__.c.name, tables.Area.__table__.c.name)
_MARK: Final = re.compile(r"\S")


def show(session: Session, loaded: Any, retelling: Retelling, withheld: Withheld) -> None:
    """Change what was loaded to what may be read of it."""
    if retelling.restricted and (tell := _TOLD_OF.get(type(loaded))):
        _change(loaded, tell(session, retelling, loaded))
    if withheld and (leave := _SHOWN_OF.get(type(loaded))):
        _change(loaded, leave(session, withheld, loaded))


def _change(loaded: Any, told: Mapping[str, Any]) -> None:
    for name, value in told.items():
        set_committed_value(loaded, name, value)


def with_names(state: ORMExecuteState, names: Mapping[str, str]) -> Result[Any] | None:
    """Where names of themes and areas are selected by themselves: each as it is told."""
    shown = getattr(state.statement, "column_descriptions", ())
    places = [place for place, each in enumerate(shown) if _is_name(each["expr"])]
    if not names or not places:
        return None
    found = state.invoke_statement()
    rows = [
        tuple(names.get(value, value) if place in places else value for place, value in enumerate(row)) for row in found
    ]
    return IteratorResult(SimpleResultMetaData(list(found.keys())), iter(rows))


def _is_name(shown: Any) -> bool:
    return isinstance(shown, InstrumentedAttribute | QueryableAttribute) and any(
        getattr(shown.property, "columns", [None])[0] is each for each in _NAMES
    )


def _show_document(session: Session, withheld: Withheld, document: tables.Document) -> dict[str, Any]:
    """Of an interview only what is shown elsewhere too: every other character is a dot, and places stay as they are."""
    if document.id not in withheld.interviews:
        return {}
    mark = tables.Highlight
    marked = session.execute(select(mark.start, mark.end).where(mark.document_id == document.id))
    spans = (*withheld.interviews[document.id], *((row.start, row.end) for row in marked))
    text = list(_MARK.sub(DOT, document.text))
    for start, end in spans:
        text[start:end] = document.text[start:end]
    return {"text": "".join(text)}


def _show_theme(_: Session, withheld: Withheld, theme: tables.Theme) -> dict[str, Any]:
    told: dict[str, Any] = {
        "exemplars": [id for id in theme.exemplars if id not in withheld.excerpts],
        "edge": [id for id in theme.edge if id not in withheld.excerpts],
    }
    if withheld.traces.speaks(theme.definition):
        said = ", ".join(str(phrase) for phrase in theme.key_phrases[:3])
        told["definition"] = f"Feedback about {said}." if said else ""
    return told


def _show_insight(_: Session, withheld: Withheld, insight: tables.Insight) -> dict[str, Any]:
    """Without quotes that are withheld, and without claims that rest on them alone."""
    told = {name: getattr(insight, name) for name in ("claims", "content", "origin", "provenance")}
    return strip(told, withheld.traces) or {}


def _show_event(session: Session, withheld: Withheld, event: tables.InsightEvent) -> dict[str, Any]:
    quoting = owners_of(session, withheld.excerpts).subquery()
    mine = select(quoting.c.owner).where(
        quoting.c.workspace_id == event.workspace_id, quoting.c.owner == event.insight_id
    )
    return {} if session.scalar(mine.limit(1)) is None else {"change": {}}


def _show_answer(_: Session, withheld: Withheld, answer: tables.Answer) -> dict[str, Any]:
    """Nothing to be read, where it tells of a theme that is withheld: what quotes something is left out before."""
    mine = {id for workspace, id in withheld.themes if workspace == answer.workspace_id}
    if all(theme.get("id") not in mine for theme in answer.answer.get("themes", ())):
        return {}
    return {"answer": {**answer.answer, "claims": [], "counts": [], "themes": [], "withheld": True}}


def _show_report(_: Session, withheld: Withheld, report: tables.Report) -> dict[str, Any]:
    return {"content": strip(report.content, withheld.traces) or {}}


def _show_code(session: Session, withheld: Withheld, code: tables.Code) -> dict[str, Any]:
    found = codes_shown(withheld.people).subquery()
    shown = select(found.c.code_id).where(found.c.workspace_id == code.workspace_id, found.c.code_id == code.id)
    return {} if session.scalar(shown) else {"examples": [], "memo": ""}


_SHOWN_OF: Mapping[type, Callable[[Session, Withheld, Any], dict[str, Any]]] = {
    tables.Document: _show_document,
    tables.Theme: _show_theme,
    tables.Insight: _show_insight,
    tables.InsightEvent: _show_event,
    tables.Answer: _show_answer,
    tables.Report: _show_report,
    tables.Code: _show_code,
}
_TOLD_OF: Mapping[type, Callable[[Session, Retelling, Any], dict[str, Any]]] = {
    tables.Theme: tell_theme,
    tables.Area: tell_area,
    tables.Insight: tell_insight,
    tables.InsightEvent: tell_step,
    tables.Decision: tell_decision,
    tables.Report: tell_report,
    tables.Subscription: tell_subscription,
}
