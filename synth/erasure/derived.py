"""What was derived from the erased: answers, insights, reports, themes. What rests on nothing any more is withdrawn."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from synth.model import WAITING
from synth.store import tables, usage
from synth.themes import keeping
from synth.wire.stripping import ERASED, Traces, one_line, strip

_PIECE = 500  # rows looked through at once


def withdraw(session: Session, workspace: str, traces: Traces) -> Counter[str]:
    """Take the erased out of all that was derived from it, in the caller's transaction; says how many of what."""
    done: Counter[str] = Counter()
    for step in (
        _answers,
        _saved_questions,
        _saved_runs,
        _insights,
        _reasons,
        _reports,
        _themes,
        _decisions,
        _runs,
        _replies,
        _coding,
        _words,
    ):
        step(session, workspace, traces, done)
    session.flush()
    return done


def _answers(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    for answer in _rows(session, tables.Answer, workspace):
        left = _answer_without(answer.answer, traces)
        if left is None or _names(answer.answer, traces) or (answer.status == "answered" and not left.get("claims")):
            session.delete(answer)
            done["answers deleted"] += 1
        elif left != answer.answer:
            answer.answer = left
            done["answers changed"] += 1


def _answer_without(answer: dict[str, Any], traces: Traces) -> dict[str, Any] | None:
    """An answer without the erased; the question is whose who asked."""
    left = strip(answer, traces)
    return None if left is None else {**traces.without(left), "plan": answer.get("plan")}


def _saved_questions(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """A question about the person goes with all it was answered with."""
    for saved in _rows(session, tables.SavedQuestion, workspace):
        if not _names({"question": saved.question, "title": saved.title, "given": saved.given}, traces):
            continue
        for table in (tables.SavedRun, tables.Follower):
            mine = (table.workspace_id == workspace) & (table.question_id == saved.id)
            session.execute(delete(table).where(mine))
        session.delete(saved)
        done["saved questions deleted"] += 1


def _saved_runs(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    for run in _rows(session, tables.SavedRun, workspace):
        left = _answer_without(run.answer, traces)
        if left != run.answer:
            run.answer = left or {}
            done["answers of saved questions changed"] += 1


def _insights(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    names = {theme.id: theme.name for theme in _rows(session, tables.Theme, workspace)}
    for insight in _rows(session, tables.Insight, workspace):
        told = {name: getattr(insight, name) for name in ("claims", "content", "origin", "provenance")}
        left = strip(told, traces) or {}
        if left == told and not traces.speaks(insight.title):
            continue
        events = (tables.InsightEvent.workspace_id == workspace) & (tables.InsightEvent.insight_id == insight.id)
        if not left["claims"]:
            session.execute(delete(tables.InsightEvent).where(events))
            session.delete(insight)
            done["insights withdrawn"] += 1
            continue
        for name, value in left.items():
            setattr(insight, name, value)
        if traces.speaks(insight.title):
            insight.title = names.get(insight.theme_id or "", f"Insight {insight.id}")
        session.execute(update(tables.InsightEvent).where(events).values(change={}))
        done["insights changed"] += 1


def _reasons(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """Why insights no longer held, now and in their history: it may end with what somebody said against them."""
    for insight in _rows(session, tables.Insight, workspace):
        if insight.freshness_reason and traces.speaks(insight.freshness_reason):
            insight.freshness_reason = ERASED
            done["reasons of insights erased"] += 1
    for event in _rows(session, tables.InsightEvent, workspace):
        left = traces.without(strip(event.change, traces) or {})
        if left != event.change:
            event.change = left
            done["steps of insights changed"] += 1


def _reports(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    for report in _rows(session, tables.Report, workspace):
        left = strip(report.content, traces) or {}
        left = traces.without(left)
        if left != report.content:
            report.content = left
            done["reports changed"] += 1


def _themes(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """A theme keeps only words that others said; one that nobody speaks to any more is retired without a name."""
    assigned = exists().where(
        tables.Assignment.workspace_id == workspace, tables.Assignment.theme_id == tables.Theme.id
    )
    held = set(session.scalars(select(tables.Theme.id).where(tables.Theme.workspace_id == workspace, assigned)))
    for theme in _rows(session, tables.Theme, workspace):
        before = (theme.name, theme.definition, theme.key_phrases, theme.exemplars, theme.edge, theme.state)
        lost = any(id in traces.ids for id in (*theme.exemplars, *theme.edge))
        theme.exemplars = [id for id in theme.exemplars if id not in traces.ids]
        theme.edge = [id for id in theme.edge if id not in traces.ids]
        theme.key_phrases = [phrase for phrase in theme.key_phrases if not traces.speaks(phrase)]
        if traces.speaks(theme.name):
            theme.name = _name_of(theme)
        if traces.speaks(theme.definition) or lost:
            theme.definition = _define(theme)
        if lost and theme.id not in held and theme.state == "active":
            theme.state = "retired"
        if before != (theme.name, theme.definition, theme.key_phrases, theme.exemplars, theme.edge, theme.state):
            done["themes changed"] += 1
    for area in _rows(session, tables.Area, workspace):
        if traces.speaks(area.name):
            area.name = f"Area {area.id}"
            done["areas renamed"] += 1


def _name_of(theme: tables.Theme) -> str:
    return str(theme.key_phrases[0]).capitalize() if theme.key_phrases else f"Theme {theme.id}"


def _define(theme: tables.Theme) -> str:
    """A definition that quotes nobody."""
    said = ", ".join(f"“{phrase}”" for phrase in theme.key_phrases[:3])
    return f"What people say with words such as {said}." if said else "Nothing is left of what it was made of."


def _decisions(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    for decision in _rows(session, tables.Decision, workspace):
        for name in ("before", "after"):
            told = getattr(decision, name)
            left = traces.without(strip(told, traces) or {})
            if left != told:
                setattr(decision, name, left)
                done["decisions changed"] += 1


def _runs(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """What runs carry is forgotten where the erased is in it: those that wait are superseded, others are final."""
    for kept in _rows(session, tables.RunContent, workspace):
        content = keeping.load(session, workspace, kept.run_id)
        if content is None or (not _holds(content, traces.ids) and traces.without(content) == content):
            continue
        run = session.get_one(tables.Run, (workspace, kept.run_id))
        if run.state in WAITING:
            run.state = "superseded"
        session.delete(kept)
        done["contents of runs deleted"] += 1


def _coding(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """Texts of codebooks and memos that repeat what was said."""
    for code in _rows(session, tables.Code, workspace):
        examples = [each for each in code.examples if not traces.speaks(each) and one_line(each) not in traces.said]
        told = (traces.without(code.definition), traces.without(code.memo))
        if (examples, *told) != (code.examples, code.definition, code.memo):
            code.examples, (code.definition, code.memo) = examples, told
            done["codes changed"] += 1
    for mark in _rows(session, tables.Highlight, workspace):
        if mark.memo and traces.speaks(mark.memo):
            mark.memo = ERASED
            done["memos erased"] += 1
    for change in _rows(session, tables.CodingChange, workspace):
        left = traces.without(strip(change.before, traces) or {})
        if left != change.before:
            change.before = left
            done["changes of codebooks changed"] += 1
    for board in _rows(session, tables.Board, workspace):
        layout, past = traces.without(board.layout), traces.without(board.past)
        if (layout, past) != (board.layout, board.past):
            board.layout, board.past = layout, past
            done["boards changed"] += 1


def _replies(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:  # noqa: ARG001
    """Kept replies of a model that were made from the erased, and readings of questions, which may name anybody."""
    before = _count(session, workspace)
    mine = tables.ModelReply.workspace_id == workspace
    session.execute(delete(tables.ModelReply).where(mine, tables.ModelReply.evidence == 0))
    usage.forget_erased(session, workspace)
    done["kept replies deleted"] += before - _count(session, workspace)


def _count(session: Session, workspace: str) -> int:
    keys = select(tables.ModelReply.key).where(tables.ModelReply.workspace_id == workspace)
    return len(session.scalars(keys).all())


def _words(session: Session, workspace: str, traces: Traces, done: Counter[str]) -> None:
    """Why rows were refused and jobs failed, and the names of files: they may repeat what was in a row."""
    for row in _rows(session, tables.RefusedRow, workspace):
        if traces.speaks(row.reason):
            row.reason = ERASED
            done["reasons of refused rows erased"] += 1
    for job in _rows(session, tables.Job, workspace):
        if job.error and traces.speaks(job.error):
            job.error = ERASED
            done["errors of jobs erased"] += 1
    for taken in _rows(session, tables.Import, workspace):
        mine = select(tables.Document.id).where(tables.Document.import_id == taken.id).limit(1)
        emptied = taken.id in traces.imports and session.scalar(mine) is None
        if emptied or traces.calls(taken.filename):
            taken.filename = ERASED
            taken.options = {
                name: value if name == "kind" or not (emptied or traces.speaks(str(value))) else type(value)()
                for name, value in taken.options.items()
            }
            done["names of files erased"] += 1


def _rows(session: Session, table: Any, workspace: str) -> Iterator[Any]:
    """The rows of a table, a piece at a time; they may be changed and deleted on the way."""
    query = select(table).where(table.workspace_id == workspace).execution_options(yield_per=_PIECE)
    yield from session.scalars(query).all()


def _names(document: Mapping[str, Any], traces: Traces) -> bool:
    """Whether any text in a document holds the person's name, or is the name of a source that is gone."""

    def test(text: str) -> bool:
        return text in traces.sources or traces.calls(text)

    return bool(traces.names or traces.sources) and _any(document, test)


def _holds(document: Any, ids: Any) -> bool:
    return _any(document, lambda text: text in ids)


def _any(value: Any, test: Callable[[str], bool]) -> bool:
    if isinstance(value, str):
        return test(value)
    if isinstance(value, Mapping):
        return any(_any(each, test) or test(str(key)) for key, each in value.items())
    if isinstance(value, list | tuple):
        return any(_any(each, test) for each in value)
    return False
