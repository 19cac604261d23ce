"""What is saved of an answer: its question, what was set beside it, and what was taken out of its reading."""

from synth.answers.remembering import recall
from synth.answers.understanding import understand
from synth.errors import BadInput, NotFound
from synth.model import NO_FILTERS, Condition, Filters
from synth.parts import Parts
from synth.saved.questions import Wanted
from synth.wire.answers import read_filters_document


def wanted_of_answer(parts: Parts, workspace: str, id: str, title: str | None) -> Wanted:
    """The question of a kept answer with its filters; raises NotFound, or BadInput where it follows another."""
    with parts.database.read() as session:
        kept = recall(session, workspace, id)
    if kept is None:
        raise NotFound(f"There is no answer {id} any more; give the question itself.")
    if kept.get("follows"):
        raise BadInput(f"{id} follows another answer, and says little by itself; ask the question in full first.")
    question = kept["plan"]["question"]
    used = read_filters_document(kept["plan"]["filters"])
    read = understand(parts, workspace, question, NO_FILTERS).plan
    given = Filters(
        used.since if used.since != read.filters.since else None,
        used.until if used.until != read.filters.until else None,
        tuple(each for each in used.where if each not in read.filters.where),
    )
    dropped = [_written(each) for each in read.filters.where if each not in used.where]
    named, kept_times = read.filters.since or read.filters.until, used.since or used.until
    return Wanted(question, given, (*dropped, *(["time"] if named and not kept_times else [])), title)


def expect_askable(parts: Parts, workspace: str, wanted: Wanted) -> None:
    """Raise BadInput for a question that cannot be understood, or does not hold what is dropped from it."""
    read = understand(parts, workspace, wanted.question, wanted.given).plan
    known = {"time", *(_written(each) for each in read.filters.where)}
    unknown = [each for each in wanted.dropped if each not in known]
    if unknown:
        there = ", ".join(sorted(known - {"time"})) or "no filter"
        raise BadInput(f"“{unknown[0]}” was not read into the question; it holds {there}, and 'time' drops its time.")


def _written(condition: Condition) -> str:
    return f"{condition.key}{condition.operator}{condition.value}"
