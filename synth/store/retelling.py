"""What is told of restricted sources in names, sentences and quotes, taken out for those who may not read them.

Themes, insights, decisions and reports are made of everything there is. Who may not read a source reads them without
its quotes, and without the words that nobody said anywhere else.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.store import tables
from synth.store.fulltext import said_by_them_alone
from synth.store.restricting import Key, Restricted, read_left_out, themes_on
from synth.store.rows import one_of
from synth.wire.stripping import Traces, one_line, strip, words_of

HIDDEN: Final = "[not shown]"
SAMPLE: Final = 25  # excerpts of a theme that may be read, whose words are looked at before all others
_QUOTE: Final = re.compile(r"[“„\"«]([^“”„\"«»]{12,})[”“\"»]")
_OURS: Final = frozenset(("feedback", "about", "typical", "not"))  # words of every definition
_ID: Final = re.compile(r"[dx][0-9a-f]{16,}")


@dataclass(frozen=True)
class Told:
    """A theme as it is told to those who may read a part of it."""

    name: str
    definition: str
    key_phrases: list[Any]
    exemplars: list[Any]
    edge: list[Any]


@dataclass(frozen=True)
class Retelling:
    """How themes are told where sources are left out, and which words give those away. Kept while nothing changes."""

    restricted: Restricted
    themes: Mapping[Key, Told] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)  # of themes and areas: as they are, as they are told
    known: dict[Key, bool] = field(default_factory=dict)  # workspace and word: whether it gives something away

    def gives_away(self, session: Session, workspace: str, text: str) -> bool:
        """Whether a text holds a word, or quotes words, that only the sources say that are left out."""
        said = (*sorted(words_of(text)), *_QUOTE.findall(text))
        return any(self.is_theirs(session, workspace, each) for each in said)

    def is_theirs(self, session: Session, workspace: str, words: str) -> bool:
        """Whether these words, one or several in a row, are theirs alone."""
        found = self.known.get((workspace, words))
        if found is None:
            found = said_by_them_alone(session, workspace, words, self.restricted.sources)
            self.known[workspace, words] = found
        return found

    def traces(self, session: Session, workspace: str, told: Any, *, words: bool = True) -> Traces:
        """By what a document of JSON tells of the sources that are left out; `words` also by words of theirs."""
        texts = list(_texts(told))
        said = _of_restricted(session, self.restricted, {each for each in texts if _ID.fullmatch(each)})
        theirs = {each for text in texts for each in words_of(text)} if words else set[str]()
        return Traces(
            ids=frozenset(said),
            words=frozenset(each for each in theirs if self.is_theirs(session, workspace, each)),
            said="\n".join(one_line(each) for each in said.values()),
            sources=frozenset(name for owner, name in self.restricted.sources.values() if owner == workspace),
            mark=HIDDEN,
        )


def read_retelling(session: Session, restricted: Restricted) -> tuple[Retelling, frozenset[Key], frozenset[Key]]:
    """How themes and areas are told to those who do not see these sources; which rest on them alone, which in part.

    The others may quote them too: a definition says what a theme is not.
    """
    inside, outside = themes_on(restricted.sources)
    workspaces = {workspace for workspace, _ in restricted.sources.values()}
    query = select(tables.Theme, inside, outside).where(tables.Theme.workspace_id.in_(sorted(workspaces)))
    found = [(theme, touched, has_others) for theme, touched, has_others in session.execute(query)]
    shown = [theme for theme, touched, has_others in found if has_others or not touched]
    retelling = Retelling(restricted)
    hidden = _of_restricted(session, restricted, {id for theme in shown for id in (*theme.exemplars, *theme.edge)})
    themes = {(theme.workspace_id, theme.id): _tell(session, retelling, theme, hidden) for theme in shown}
    names = {theme.name: themes[theme.workspace_id, theme.id].name for theme in shown}
    areas = session.scalars(select(tables.Area).where(tables.Area.workspace_id.in_(sorted(workspaces))))
    names |= {
        each.name: f"Area {each.id}" for each in areas if retelling.gives_away(session, each.workspace_id, each.name)
    }
    changed = {before: now for before, now in names.items() if before != now}
    alone = {(theme.workspace_id, theme.id) for theme, touched, has_others in found if touched and not has_others}
    mixed = {(theme.workspace_id, theme.id) for theme, touched, has_others in found if touched and has_others}
    return Retelling(restricted, themes, changed, retelling.known), frozenset(alone), frozenset(mixed)


def _tell(session: Session, retelling: Retelling, theme: tables.Theme, hidden: Mapping[str, str]) -> Told:
    """The words of what may be read of a theme are looked at first: most of its own words stand there."""
    workspace = theme.workspace_id
    known = _known_words(session, retelling.restricted, theme)

    def gives_away(text: str) -> bool:
        doubtful = [*sorted(words_of(text) - known - _OURS), *_QUOTE.findall(text)]
        return any(retelling.is_theirs(session, workspace, each) for each in doubtful)

    phrases = [phrase for phrase in theme.key_phrases if not gives_away(str(phrase))]
    said = ", ".join(str(phrase) for phrase in phrases[:3])
    named = str(phrases[0]).capitalize() if phrases else f"Theme {theme.id}"
    definition = f"Feedback about {said}." if said else ""
    return Told(
        name=named if gives_away(theme.name) else theme.name,
        definition=definition if gives_away(theme.definition) else theme.definition,
        key_phrases=phrases,
        exemplars=[id for id in theme.exemplars if id not in hidden],
        edge=[id for id in theme.edge if id not in hidden],
    )


def _known_words(session: Session, restricted: Restricted, theme: tables.Theme) -> set[str]:
    placed, excerpt, document = tables.Assignment, tables.Excerpt, tables.Document
    query = (
        select(func.substr(document.text, excerpt.start + 1, excerpt.end - excerpt.start))
        .select_from(placed)
        .join(excerpt, excerpt.id == placed.excerpt_id)
        .join(document, document.id == placed.document_id)
        .where(placed.workspace_id == theme.workspace_id, placed.theme_id == theme.id)
        .where(document.source_id.not_in(sorted(restricted.sources)))
    )
    return {word for text in session.scalars(query.limit(SAMPLE)) for word in words_of(text)}


def _of_restricted(session: Session, restricted: Restricted, ids: set[str]) -> dict[str, str]:
    """Those of the ids, of excerpts and documents, that are of restricted sources; excerpts with their words."""
    if not ids:
        return {}
    excerpt, document = tables.Excerpt.__table__.alias("quoted"), tables.Document.__table__.alias("whole")
    sources = document.c.source_id.in_(sorted(restricted.sources))
    words = func.substr(document.c.text, excerpt.c.start + 1, excerpt.c.end - excerpt.c.start)
    quoted = (
        select(excerpt.c.id, words)
        .join(document, document.c.id == excerpt.c.document_id)
        .where(one_of(session, excerpt.c.id, ids), sources)
    )
    whole = select(document.c.id).where(one_of(session, document.c.id, ids), sources)
    found = {row[0]: row[1] for row in session.execute(quoted)}
    return found | dict.fromkeys(session.scalars(whole), "")


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, Mapping):
        for each in told.values():
            yield from _texts(each)
    elif isinstance(told, Sequence):
        for each in told:
            yield from _texts(each)


def tell_theme(_: Session, retelling: Retelling, theme: tables.Theme) -> dict[str, Any]:
    """A theme without the exemplars, phrases and words of sources that are left out."""
    told = retelling.themes.get((theme.workspace_id, theme.id))
    return {} if told is None else dict(vars(told))


def tell_area(_: Session, retelling: Retelling, area: tables.Area) -> dict[str, Any]:
    """An area by a name that gives nothing away."""
    return {"name": retelling.names.get(area.name, area.name)}


def tell_insight(session: Session, retelling: Retelling, insight: tables.Insight) -> dict[str, Any]:
    """Without the quotes of what is left out, which somebody may have added, and without the words of theirs."""
    told = {name: getattr(insight, name) for name in ("claims", "content", "origin", "provenance")}
    workspace = insight.workspace_id
    left = strip(told, retelling.traces(session, workspace, told, words=False)) or {}
    left["claims"] = [
        claim
        for claim in left["claims"]
        if not (claim.get("written_by") and retelling.gives_away(session, workspace, str(claim["text"])))
    ]
    own = retelling.themes.get((workspace, insight.theme_id or ""))
    if retelling.gives_away(session, workspace, insight.title):
        left["title"] = own.name if own else f"Insight {insight.id}"
    if insight.freshness_reason and retelling.gives_away(session, workspace, insight.freshness_reason):
        left["freshness_reason"] = None
    return left


def tell_step(session: Session, retelling: Retelling, event: tables.InsightEvent) -> dict[str, Any]:
    """What happened to an insight, without words of what is left out."""
    return {"change": _retold(session, retelling, event.workspace_id, event.change)}


def tell_decision(session: Session, retelling: Retelling, decision: tables.Decision) -> dict[str, Any]:
    """A decision without the excerpts and the words of what is left out."""
    return {
        name: _retold(session, retelling, decision.workspace_id, getattr(decision, name))
        for name in ("before", "after")
    }


def tell_report(session: Session, retelling: Retelling, report: tables.Report) -> dict[str, Any]:
    """A report as it is archived; one that was written before a source was restricted without words of that."""
    if is_complete(retelling, report.left_out):
        return {}
    return {"content": _retold(session, retelling, report.workspace_id, report.content)}


def tell_subscription(session: Session, retelling: Retelling, found: tables.Subscription) -> dict[str, Any]:
    """A subscription without the conditions that name a source that is left out."""
    names = {name.casefold() for owner, name in retelling.restricted.sources.values() if owner == found.workspace_id}
    del session
    return {"conditions": [each for each in found.conditions if not any(name in each.casefold() for name in names)]}


def is_complete(retelling: Retelling, left_out: str) -> bool:
    """Whether all that is left out for who reads was left out of this, too."""
    return retelling.restricted.sources.keys() <= read_left_out(left_out)


def _retold(session: Session, retelling: Retelling, workspace: str, told: dict[str, Any]) -> dict[str, Any]:
    traces = retelling.traces(session, workspace, told)
    left: dict[str, Any] = traces.without(strip(told, traces) or {})
    return left
