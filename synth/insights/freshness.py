"""Whether an insight still holds: fresh, ageing or contradicted, and the sentence that says why.

Contradicted is what new feedback speaks against: it moves the other way, another segment stands out, the mood has
turned, or several people say the contrary of a sentence. Ageing is what it no longer covers: its theme fades or has
gone, it has another size by now, its quotes are no longer there, or a person's sentence names numbers that are not
counted now.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from synth.answers.change import Change, compare_rates
from synth.answers.wording import say_amount, say_number
from synth.gate import amounts_known
from synth.insights.content import Mood, lean, read_mood
from synth.insights.facts import FEW, RECENT, Totals, by_segment, strongest_segment
from synth.insights.history import SERVICE, note
from synth.insights.statements import Statement, cited_excerpts
from synth.model import NO_FILTERS, Condition, Filters
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count, count_themes
from synth.store.excerpts import ExcerptView, load_views
from synth.store.filtering import select_excerpt_ids
from synth.store.rows import one_of
from synth.support import judge
from synth.wire.answers import read_filters_document

MOVED = 0.25  # a theme that grew or shrank by this share is of another size
SHOWN = 200  # characters of an excerpt in a reason
READ = 60  # new excerpts that are held against the sentences of an insight
_ONE = ", one of them: “"  # what stands before an excerpt in a reason
Freshness = Literal["fresh", "ageing", "contradicted"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """How fresh an insight is, and the sentence that says why where it is not."""

    freshness: Freshness
    reason: str | None = None


FRESH = Verdict("fresh")


@dataclass(frozen=True, slots=True)
class Now:
    """What is counted today, for all themes at once."""

    totals: Totals
    themes: dict[str, tables.Theme]
    mentions: dict[str, int]
    recent: dict[str, int]
    before: dict[str, int]
    recent_of: float
    before_of: float

    def change(self, theme: str) -> Change:
        """The rate of the last four weeks against that of the four before."""
        return compare_rates(self.before.get(theme, 0), self.before_of, self.recent.get(theme, 0), self.recent_of)

    def say_recent(self, theme: str) -> str:
        """Both rates as a sentence's end."""
        return (
            f"{say_number(self.recent.get(theme, 0))} of {say_amount(self.recent_of, 'mentions')} in the last four "
            f"weeks, after {say_number(self.before.get(theme, 0))} of {say_number(self.before_of)} in the four before"
        )


def counted_mentions(insight: tables.Insight) -> float:
    """How many mentions it was drafted from."""
    return float(insight.counts[0]["value"]) if insight.counts else 0.0


def has_moved(before: float, today: float) -> bool:
    """Whether a number is so much larger or smaller by now that what was said of it is of another size."""
    return abs(today - before) > MOVED * max(before, 1)


def without_quote(reason: str) -> str:
    """A reason without the excerpt it ends with, which no gate has checked."""
    said, quoted, _ = reason.partition(_ONE)
    return f"{said}." if quoted else said


def check_all(parts: Parts, workspace: str) -> None:
    """Hold every insight against what is known now; what changes is written down with its reason."""
    with parts.database.read() as session:
        insights = list(session.scalars(select(tables.Insight).where(tables.Insight.workspace_id == workspace)))
        now = _read_now(session, workspace) if insights else None
        verdicts = {each.id: _judge(session, each, now) for each in insights if now is not None}
    at = parts.now()
    with parts.database.write() as session:
        for id, verdict in verdicts.items():
            insight = session.get(tables.Insight, (workspace, id), with_for_update=True)
            if insight is None:
                continue
            if insight.freshness != verdict.freshness:
                note(session, insight, verdict.freshness, SERVICE, at, {"reason": verdict.reason})
            insight.freshness, insight.freshness_reason = verdict.freshness, verdict.reason
            insight.checked_at = at


def _read_now(session: Session, workspace: str) -> Now:
    totals = Totals(session, workspace)
    newest = totals.newest
    recent = Filters(since=newest - RECENT) if newest else NO_FILTERS
    before = Filters(newest - 2 * RECENT, newest - RECENT) if newest else NO_FILTERS
    themes = session.scalars(select(tables.Theme).where(tables.Theme.workspace_id == workspace))
    return Now(
        totals=totals,
        themes={theme.id: theme for theme in themes},
        mentions=_by_theme(session, workspace, NO_FILTERS),
        recent=_by_theme(session, workspace, recent) if newest else {},
        before=_by_theme(session, workspace, before) if newest else {},
        recent_of=totals.count(recent, "mentions") if newest else 0.0,
        before_of=totals.count(before, "mentions") if newest else 0.0,
    )


def _by_theme(session: Session, workspace: str, filters: Filters) -> dict[str, int]:
    return {each.id: each.mentions for each in count_themes(session, workspace, filters)}


def _judge(session: Session, insight: tables.Insight, now: Now) -> Verdict:
    """The first thing that speaks against it; what contradicts it goes before what ages it."""
    against: list[Verdict] = []
    theme = now.themes.get(insight.theme_id or "")
    if theme is not None and theme.state == "active":
        against += _contradictions(session, insight, theme, now)
        against += _fading(insight, theme, now)
    elif insight.theme_id is not None:
        name, state = (theme.name, theme.state) if theme else (insight.theme_id, "gone")
        against.append(Verdict("ageing", f"Its theme, {name}, is {state}: it is no theme of its own any more."))
    else:
        against += _recounted(session, insight)
    against += _lost(session, insight)
    against.sort(key=lambda verdict: verdict.freshness != "contradicted")
    return against[0] if against else FRESH


def _contradictions(session: Session, insight: tables.Insight, theme: tables.Theme, now: Now) -> Iterator[Verdict]:
    rests_on = insight.content.get("rests_on", {})
    kinds = {claim.get("kind") for claim in insight.claims}
    before, today = rests_on.get("direction"), now.change(theme.id).direction
    if "movement" in kinds and {before, today} == {"up", "down"}:
        said, is_now = ("rising", "falling") if before == "up" else ("falling", "rising")
        yield Verdict("contradicted", f"It says {said}, and it is {is_now}: {now.say_recent(theme.id)}.")
    counted = counted_mentions(insight)
    if now.mentions.get(theme.id, 0) == counted:
        return  # nothing has been said since
    mine = Filters(where=(Condition("theme", theme.id),))
    if "segment" in kinds:
        strongest = strongest_segment(by_segment(session, insight.workspace_id, mine, now.totals))
        if strongest is not None and strongest != rests_on.get("segment"):
            yield Verdict("contradicted", f"It weighs most in {strongest} now, not in {rests_on.get('segment')}.")
    yield from _turned_mood(session, insight, mine, rests_on.get("mood"))
    yield from _disputed(session, insight, mine)


def _turned_mood(
    session: Session, insight: tables.Insight, mine: Filters, before: Sequence[float] | None
) -> Iterator[Verdict]:
    """What was said since it was drafted sounds clearly the other way."""
    if before is None:
        return
    was: Mood = (before[0], before[1])
    today = read_mood(session, insight.workspace_id, mine)
    since: Mood = (max(0.0, today[0] - was[0]), max(0.0, today[1] - was[1]))
    if lean(was) and lean(since) and lean(was) != lean(since):
        index = 0 if lean(since) == "positive" else 1
        yield Verdict(
            "contradicted",
            f"{say_number(since[index])} of {say_amount(sum(since), 'mentions')} with a tone that came since are "
            f"{lean(since)}; before, {say_number(was[1 - index])} of {say_number(sum(was))} were {lean(was)}.",
        )


def _disputed(session: Session, insight: tables.Insight, mine: Filters) -> Iterator[Verdict]:
    """Several people say the contrary of a sentence that was not computed."""
    told = [claim for claim in insight.claims if claim.get("written_by") or not claim.get("kind")]
    fresh = _new_excerpts(session, insight, mine) if told else []
    for claim in told:
        against = [each for each in fresh if judge(claim["text"], [each.text]).label == "disputed"]
        if len({each.person or each.document_id for each in against}) >= FEW:
            said = f"{len(against)} new excerpts say the contrary of “{claim['text']}”"
            yield Verdict("contradicted", f"{said}{_ONE}{against[0].text[:SHOWN]}”")


def _new_excerpts(session: Session, insight: tables.Insight, mine: Filters) -> list[ExcerptView]:
    """The newest on the theme of those that came after it was written."""
    seq = tables.Excerpt.seq
    query = select_excerpt_ids(insight.workspace_id, mine).where(seq > insight.content.get("read_to", 0))
    newest = list(session.scalars(query.order_by(seq.desc()).limit(READ)))
    views = load_views(session, insight.workspace_id, newest)
    return [views[id] for id in newest if id in views]


def last_excerpt(session: Session) -> int:
    """The number of the newest excerpt: what comes later was not known to what is written now."""
    return session.scalar(select(func.max(tables.Excerpt.seq))) or 0


def _fading(insight: tables.Insight, theme: tables.Theme, now: Now) -> Iterator[Verdict]:
    was = insight.content.get("rests_on", {}).get("direction")
    if was != "down" and now.change(theme.id).direction == "down":
        yield Verdict("ageing", f"It fades: {now.say_recent(theme.id)}.")
    counted = counted_mentions(insight)
    today = now.mentions.get(theme.id, 0)
    if has_moved(counted, today):
        yield Verdict("ageing", f"It counts {say_amount(counted, 'mentions')}; today there are {say_number(today)}.")


def _recounted(session: Session, insight: tables.Insight) -> Iterator[Verdict]:
    """Of an answer or a selection: what was counted by filters alone is counted again."""
    for counted in insight.counts:
        if counted["method"] != "counted" or insight.origin.get("kind") != "answer":
            continue
        today = count(session, insight.workspace_id, read_filters_document(counted["filter"]), counted["unit"])
        if has_moved(counted["value"], today):
            was = say_amount(counted["value"], counted["unit"])
            yield Verdict("ageing", f"It counts {was} for {counted['label']}; today there are {say_number(today)}.")
            return


def _lost(session: Session, insight: tables.Insight) -> Iterator[Verdict]:
    """Quotes whose excerpts are gone, and numbers of a person that no count has any more."""
    cited = cited_excerpts(insight.claims)
    here = set(session.scalars(select(tables.Excerpt.id).where(one_of(session, tables.Excerpt.id, cited))))
    if len(here) < len(cited):
        gone = len(cited) - len(here)
        yield Verdict("ageing", f"{gone} of the excerpts it quotes {'is' if gone == 1 else 'are'} no longer there.")
    for claim in insight.claims:
        if claim.get("written_by") and not names_counted(claim, insight):
            yield Verdict("ageing", f"“{claim['text']}” names a number that is no longer counted.")


def names_counted(claim: Statement, insight: tables.Insight) -> bool:
    """Whether every amount in a person's sentence is one of the counts, or stands in its quotes."""
    quotes = [citation["quote"] for citation in claim["citations"]]
    return amounts_known(claim["text"], counted_numbers(insight), quotes)


def counted_numbers(insight: tables.Insight) -> set[float]:
    """Every number that was counted for an insight and a sentence may name, and the shares they make, in per cent."""
    counts = insight.counts
    numbers = {count[part] for count in counts for part in ("value", "of", "low", "high")}
    shares = [100 * count["value"] / count["of"] for count in counts if count["of"]]
    rounded = (round(share, digits) for share in shares for digits in (0, 1))
    beside = insight.content.get("numbers", ())
    return {float(number) for number in (*numbers, *rounded, *beside) if number is not None}
