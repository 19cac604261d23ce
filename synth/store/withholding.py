"""What is kept from those without the research role: what fewer than a few people said in studies.

An excerpt of a study is shown where it is on a theme that at least so many people spoke of in studies; a theme that
rests on studies alone is shown from as many people on; a highlight where its code was found with as many. Of an
interview only what is shown can be read. What customers wrote is not touched. `synth.store.everybody` leaves it out.
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from sqlalchemy import ColumnElement, String, cast, false, func, not_, or_, select, true, tuple_
from sqlalchemy.orm import LoaderCriteriaOption, Session

from synth.store import tables
from synth.store.restricting import Criteria, Key, any_of, only
from synth.store.rows import one_of
from synth.store.walls import EVERY, seen
from synth.wire.stripping import Traces, one_line

RESEARCH: Final = "research"  # the kind of a source that people were asked for
Span = tuple[int, int]
_WORD: Final = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class _Said:
    """An excerpt of a study: who said it, in the eyes of this rule, and the theme it is on."""

    id: str
    workspace: str
    document: str
    span: Span
    who: str
    theme: str | None
    text: str


@dataclass(frozen=True)
class Withheld:
    """What is left out, of all workspaces: by ids, and as conditions of SQL."""

    people: int  # fewer than these are not shown
    excerpts: Set[str] = frozenset()
    interviews: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)  # of studies, with the spans shown
    themes: Set[Key] = frozenset()
    decisions: Set[Key] = frozenset()  # about such themes: their sentences hold the names
    said: str = ""

    def __bool__(self) -> bool:
        return bool(self.interviews)

    @cached_property
    def traces(self) -> Traces:
        """By what documents of JSON are known to tell it."""
        return Traces(frozenset(self.excerpts), said=self.said)


NOTHING: Final = Withheld(0)


def say_left_out(people: int) -> str:
    """The sentence beside a list that something is left out of."""
    return f"What fewer than {people} people said in interviews is left out here: researchers can see it."


def say_withheld(people: int) -> str:
    """The sentence that stands where something is withheld."""
    return f"Said by fewer than {people} people in interviews: researchers can see it."


def read_withheld(session: Session, people: int) -> Withheld:
    """What is withheld where fewer people than that spoke of a theme in studies."""
    said = _said_in_studies(session)
    speakers: dict[Key, set[str]] = defaultdict(set)
    for each in said:
        if each.theme:
            speakers[each.workspace, each.theme].add(each.who)
    shown = {theme for theme, who in speakers.items() if len(who) >= people}
    kept_back = [each for each in said if (each.workspace, each.theme or "") not in shown]
    excerpts = frozenset(each.id for each in kept_back)
    spans: dict[str, list[Span]] = {id: [] for id in _interviews(session)}
    for each in said:
        if each.id not in excerpts:
            spans[each.document].append(each.span)
    themes = _resting_on(session, speakers.keys() - shown)
    return Withheld(
        people,
        excerpts,
        {id: tuple(own) for id, own in spans.items()},
        themes,
        decisions_about(session, themes),
        "\n".join(one_line(each.text) for each in kept_back),
    )


def decisions_about(session: Session, themes: Set[Key]) -> frozenset[Key]:
    """The decisions about any of the themes. They are made by hand, so there are never too many to be read."""
    decision = tables.Decision
    query = select(decision.workspace_id, decision.id, decision.theme_id, decision.after)
    return frozenset(
        (row.workspace_id, row.id)
        for row in (session.execute(query) if themes else ())
        if any((row.workspace_id, theme) in themes for theme in (row.theme_id, *row.after.get("themes", ())))
    )


def _interviews(session: Session) -> list[str]:
    document, source = tables.Document, tables.Source
    query = select(document.id).join(source, source.id == document.source_id).where(source.kind == RESEARCH)
    return list(session.scalars(query))


def _said_in_studies(session: Session) -> list[_Said]:
    """All excerpts of studies. A participant is one person in all interviews; who has no pseudonym, one in each."""
    excerpt, document, source = tables.Excerpt, tables.Document, tables.Source
    participant, person, placed = tables.Participant, tables.Person, tables.Assignment
    known = select(person.workspace_id, person.name).join(participant, participant.person_id == person.id).distinct()
    pseudonyms = {tuple(row) for row in session.execute(known)}
    query = (
        select(
            excerpt.id,
            excerpt.workspace_id,
            excerpt.document_id,
            excerpt.start,
            excerpt.end,
            excerpt.speaker,
            excerpt.role,
            document.person_id,
            person.name.label("person"),
            placed.theme_id,
            func.substr(document.text, excerpt.start + 1, excerpt.end - excerpt.start).label("text"),
        )
        .join(document, document.id == excerpt.document_id)
        .join(source, source.id == document.source_id)
        .outerjoin(person, person.id == document.person_id)
        .outerjoin(placed, placed.excerpt_id == excerpt.id)
        .where(source.kind == RESEARCH)
    )
    return [
        _Said(
            row.id,
            row.workspace_id,
            row.document_id,
            (row.start, row.end),
            row.speaker if (row.workspace_id, row.speaker) in pseudonyms else row.person or row.document_id,
            row.theme_id if row.role != "interviewer" else None,
            row.text,
        )
        for row in session.execute(query)
    ]


def _resting_on(session: Session, themes: Set[Key]) -> frozenset[Key]:
    """Those of the themes that have nothing but excerpts of studies."""
    if not themes:
        return frozenset()
    placed, excerpt, document, source = tables.Assignment, tables.Excerpt, tables.Document, tables.Source
    query = (
        select(placed.workspace_id, placed.theme_id)
        .join(excerpt, excerpt.id == placed.excerpt_id)
        .join(document, document.id == excerpt.document_id)
        .join(source, source.id == document.source_id)
        .where(one_of(session, placed.theme_id, {id for _, id in themes}), source.kind != RESEARCH)
        .distinct()
    )
    return frozenset(themes - {(row.workspace_id, row.theme_id) for row in session.execute(query)})


def owners_of(session: Session, excerpts: Set[str]) -> Any:
    """The query for (workspace, owner) of the answers, insights, saved runs and reports that quote any of these."""
    cited = tables.Citation.__table__.alias("cited")
    return select(cited.c.workspace_id, cited.c.owner).where(one_of(session, cited.c.excerpt_id, excerpts))


def owners_of_others(session: Session, excerpts: Set[str]) -> Any:
    """The query for those that quote something else."""
    cited = tables.Citation.__table__.alias("cited")
    return select(cited.c.workspace_id, cited.c.owner).where(not_(one_of(session, cited.c.excerpt_id, excerpts)))


def codes_shown(people: int) -> Any:
    """The query for (workspace, code) of the codes that were found in interviews of so many people."""
    mark, document = tables.Highlight.__table__.alias("found"), tables.Document.__table__.alias("heard")
    who = func.coalesce(cast(document.c.person_id, String), document.c.id)
    return (
        select(mark.c.workspace_id, mark.c.code_id)
        .join(document, document.c.id == mark.c.document_id)
        .where(mark.c.state == "accepted")
        .group_by(mark.c.workspace_id, mark.c.code_id)
        .having(func.count(who.distinct()) >= people)
    )


def left_out_of(session: Session, withheld: Withheld) -> Criteria:
    """What is left out of each table, wherever a statement speaks of it."""
    excerpts = withheld.excerpts
    found = [
        only(tables.Excerpt, not_(one_of(session, tables.Excerpt.id, excerpts))),
        only(tables.Assignment, not_(one_of(session, tables.Assignment.excerpt_id, excerpts))),
        only(tables.Highlight, _is_shown(withheld.people)),
        only(tables.Board, false()),  # notes may say what is withheld: others see it as the codes are
    ]
    if excerpts:
        found += _derived(session, withheld)
    return tuple(found)


def _derived(session: Session, withheld: Withheld) -> list[LoaderCriteriaOption]:
    """What is left out of what was made from it: themes and insights that rest on nothing else, kept answers."""
    theme, insight, answer, run = tables.Theme, tables.Insight, tables.Answer, tables.SavedRun
    decision = tables.Decision
    quoting, others = owners_of(session, withheld.excerpts), owners_of_others(session, withheld.excerpts)
    mine = tuple_(insight.workspace_id, insight.id)
    rests_on_it = or_(
        any_of(insight.workspace_id, insight.theme_id, withheld.themes), mine.in_(quoting) & mine.not_in(others)
    )
    return [
        only(theme, not_(any_of(theme.workspace_id, theme.id, withheld.themes))),
        only(decision, not_(any_of(decision.workspace_id, decision.id, withheld.decisions))),
        only(insight, func.coalesce(not_(rests_on_it), true())),
        only(answer, tuple_(answer.workspace_id, answer.id).not_in(quoting)),
        only(run, tuple_(run.workspace_id, run.question_id + "." + run.week).not_in(quoting)),
    ]


def _is_shown(people: int) -> ColumnElement[bool]:
    """Of a highlight: whether its code was found in interviews of so many people."""
    mark = tables.Highlight
    return tuple_(mark.workspace_id, mark.code_id).in_(codes_shown(people))


def names_withheld(session: Session, withheld: Withheld, sentence: str) -> bool:
    """Whether a sentence names by its id what is there and withheld, in the workspace that is seen."""
    words, workspace = set(_WORD.findall(sentence)), seen()
    if any(id in words and workspace in (owner, EVERY) for owner, id in (*withheld.themes, *withheld.decisions)):
        return True
    quoting = owners_of(session, withheld.excerpts).subquery()
    named = select(quoting.c.owner).where(quoting.c.owner.in_(words))
    excerpts = tables.Excerpt.__table__.c
    said = select(excerpts.id).where(excerpts.id.in_(words & withheld.excerpts))
    if workspace != EVERY:
        named, said = named.where(quoting.c.workspace_id == workspace), said.where(excerpts.workspace_id == workspace)
    return any(session.scalar(query.limit(1)) is not None for query in (said, named))
