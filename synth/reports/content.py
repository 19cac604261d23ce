"""What a report says, as one JSON document: counts from SQL, computed sentences, quotes that passed the gate.

The document is versioned; Markdown and HTML show it and add nothing.
"""

from copy import deepcopy
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from synth.answers.unread import count_unread, write_unread
from synth.gate import Gated
from synth.parts import Parts
from synth.releases.impact import releases_of
from synth.reports.affected import Affected, write_affected
from synth.reports.aged import tell_aged
from synth.reports.asked import tell_saved
from synth.reports.findings import Findings, find
from synth.reports.health import count_ahead, write_health, write_warnings
from synth.reports.looking import look_next
from synth.reports.moves import Aside, Move
from synth.reports.reach import find_reach, first_heard, is_cut_short, write_notice
from synth.reports.sentences import (
    write_aside,
    write_certainty,
    write_move,
    write_rise,
    write_rises,
    write_short_version,
    write_volume,
)
from synth.reports.series import Series
from synth.reports.spans import Span
from synth.reports.team import say_notice, say_where
from synth.reports.voices import Voices, check, find_sayings, find_voices, say_who
from synth.reports.words import Rise
from synth.trust.card import write_short_form
from synth.wire.answers import claim_document, condition_document, count_document
from synth.wire.values import moment

VERSION = 1
Content = dict[str, Any]


def write_content(parts: Parts, workspace: str, span: Span) -> Content:
    """The report of a span; raises BadInput where the store holds nothing that has a date."""
    now = parts.now()
    with parts.database.read() as session:
        found, (told, untold), words = _keep(session, parts, workspace, span, now)
        saved = [] if span.where else tell_saved(session, workspace, span)
        aged = [] if span.where else tell_aged(session, workspace, span)
        releases = (
            [] if span.where else releases_of(session, workspace, span.timezone, since=span.first, until=span.end)
        )
        team = say_where(session, workspace, span.where)
        unread = list(filter(None, [_unread(session, parts, workspace, span)]))
    series, moves = found.series, found.moves
    whole = not is_cut_short(found.reach, span, now)
    volume = write_volume(series.seen, found.volume.people.value, found.volume.accounts.value, whole=whole)
    notice = write_notice(found.reach, span, now), say_notice(team, span.where) if team else None
    content: Content = {
        "version": VERSION,
        "id": span.id,
        "workspace": found.workspace,
        "title": f"{span.title()}, {team}" if team else span.title(),
        "team": team or None,
        "where": [condition_document(each) for each in span.where],
        "days": _days(span),
        "compared_with": _days(series.ahead(1)) if series.before else None,
        "zone": span.timezone,
        "written_at": moment(now),
        "notice": " ".join(filter(None, notice)) or None,
        "empty": not series.seen.totals[-1],
        "quiet": bool(series.seen.totals[-1] and series.names and series.before and not moves.all),
        "people_known": found.health.nameless < max(found.health.documents, 1),
        "short_version": [*write_short_version(series.seen, moves, volume, found.affected), *write_rises(words)],
        "volume": _volume(found),
        "new": [told[move.theme] for move in moves.new if move.theme in told],
        "rising": [told[move.theme] for move in moves.rising if move.theme in told],
        "fading": [told[move.theme] for move in moves.fading if move.theme in told],
        "rising_words": words,
        "saved_questions": [each for each in saved if each["difference"] is None or each["difference"]["is_change"]],
        "unchanged_questions": [each for each in saved if each["difference"] and not each["difference"]["is_change"]],
        "insights": aged,
        "releases": releases,
        "steady": [_theme(theme, found) for theme in moves.steady],
        "aside": [write_aside(aside, series.names[aside.theme]) for aside in (*moves.aside, *untold)],
        "warnings": write_warnings(found.health),
        "health": [*write_health(found.health), *unread],
        "trust": write_short_form(parts, workspace)[:1],
        "left_out": parts.database.say_left_out(),
        "words": _words(series),
        "mentions": {theme: mentions[-1] for theme, mentions in series.themes.items()},
    }
    return {**content, "next": look_next(content)}


def _keep(
    session: Session, parts: Parts, workspace: str, span: Span, now: datetime
) -> tuple[Findings, tuple[dict[str, Content], list[Aside]], list[Content]]:
    """What is counted, and what is told of it with quotes: read once until something changes.

    The clock has a say only in how far the feedback and that of a team reach, and in what is dated later than now; all
    three are asked anew.
    """
    reach, ahead = find_reach(session, workspace, now), count_ahead(session, workspace, now)
    oldest = (first_heard(session, workspace, span.whole.where, now) if span.where else None) or reach.oldest

    def make() -> tuple[Findings, tuple[dict[str, Content], list[Aside]], list[Content]]:
        found = find(session, workspace, span, reach, oldest, ahead)
        words = [document for rise in found.rises if (document := _word(parts, workspace, rise, found)) is not None]
        return found, _tell(parts, workspace, found), words

    name = f"report {span} {reach} {oldest} {ahead}"
    return deepcopy(parts.kept.read(name, session, workspace, make))


def _tell(parts: Parts, workspace: str, found: Findings) -> tuple[dict[str, Content], list[Aside]]:
    """Each theme that moved, told with its quotes; and those of which no quote passed the gate."""
    told: dict[str, Content] = {}
    untold: list[Aside] = []
    for move in found.moves.all:
        document = _move(parts, workspace, move, found)
        if document is None:
            untold.append(Aside(move.theme, move.kind, "no quote of it could be verified"))
        else:
            told[move.theme] = document
    return told, untold


def _move(parts: Parts, workspace: str, move: Move, found: Findings) -> Content | None:
    """A theme that moved: its claim with quotes, who is behind it, how sure the change is."""
    affected, span = found.affected[move.theme], found.series.span
    voices = find_voices(parts, workspace, move.theme, affected.mentions.filters)
    gated = check(write_move(move, found.series), voices)
    if not gated.claims:
        return None
    return _theme(move.theme, found) | {
        "move": move.kind,
        "spans": {"now": move.width, "compared": move.window.spans},
        "claim": _claim(gated, voices, span),
        "affected": write_affected(affected, _when(move, span)),
        "segment": _segment(affected),
        "certainty": write_certainty(move),
        "change": _change(move),
        "counts": [count_document(count) for count in affected.counts],
        "rejected": gated.rejected,
    }


def _word(parts: Parts, workspace: str, rise: Rise, found: Findings) -> Content | None:
    """A word that rose: its claim with quotes in which it stands, and the documents that were counted."""
    voices = find_sayings(parts, workspace, rise.documents, rise.stem)
    gated = check(write_rise(rise, found.series), voices)
    if not gated.claims:
        return None
    change = rise.window.change
    return {
        "word": rise.word,
        "spans": {"now": rise.width, "compared": rise.window.spans},
        "texts": rise.window.after,
        "of": rise.window.after_of,
        "share": _share(rise.window.after, rise.window.after_of),
        "mean_before": round(rise.window.mean, 2),
        "share_before": _share(rise.window.before, rise.window.before_of),
        "trend": list(rise.trend),
        "change": {
            "ratio": round(change.ratio, 3),
            "low": round(change.low, 3),
            "high": round(change.high, 3),
            "p": rise.p,
        },
        "claim": _claim(gated, voices, found.series.span),
        "documents": list(rise.documents),
        "rejected": gated.rejected,
    }


def _claim(gated: Gated, voices: Voices, span: Span) -> Content:
    """The claim that passed the gate, each of its quotes with who said it."""
    claim = claim_document(gated.claims[0])
    said_by = {excerpt.id: say_who(excerpt, span.timezone) for excerpt in voices.excerpts}
    for citation in claim["citations"]:
        citation["said_by"] = said_by[citation["excerpt_id"]]
    return claim


def _theme(theme: str, found: Findings) -> Content:
    """What every theme of a report shows."""
    window = found.series.window(theme)
    return {
        "id": theme,
        "name": found.series.names[theme],
        "link": f"/themes/{theme}",
        "mentions": window.after,
        "people": found.people.get(theme, 0),
        "share": _share(window.after, window.after_of),
        "mean_before": round(window.mean, 2) if window.spans else None,
        "share_before": _share(window.before, window.before_of),
        "trend": list(found.series.themes[theme]),
    }


def _volume(found: Findings) -> Content:
    series = found.series.seen
    before = series.totals[-1 - series.before : -1]
    return {
        "mentions": series.totals[-1],
        "people": int(found.volume.people.value),
        "accounts": int(found.volume.accounts.value),
        "mean_before": round(sum(before) / len(before), 2) if before else None,
        "trend": list(series.totals),
        "trend_days": [span.first.isoformat() for span in series.spans],
        "sources": [
            {
                "name": source.name,
                "mentions": source.mentions,
                "share": _share(source.mentions, series.totals[-1]),
                "mean_before": None if source.mean is None else round(source.mean, 2),
            }
            for source in found.sources
        ],
    }


def _unread(session: Session, parts: Parts, workspace: str, span: Span) -> str | None:
    return write_unread(count_unread(session, workspace, parts.embedder.version, span.filters()))


def _days(span: Span) -> Content:
    return {"said": span.said(), "since": moment(span.since), "until": moment(span.until)}


def _words(series: Series) -> Content:
    """How the renderers say time, and how many spans of a trend are compared with the last."""
    span = series.span
    return {
        "this": span.this(),
        "each": span.each(),
        "before": span.before(series.before) if series.before else None,
        "shown": span.stretch(len(series.spans)),
        "compared": series.before,
    }


def _when(move: Move, span: Span) -> str:
    if move.kind == "fading":
        return f"In {span.before(move.window.spans)} that"
    both = f"in these {span.stretch(move.width)}"
    said = span.this() if move.width == 1 else both
    return said[0].upper() + said[1:]


def _segment(affected: Affected) -> Content | None:
    segment = affected.segment
    return {"name": segment.name, "mentions": segment.mentions, "of": segment.of} if segment else None


def _change(move: Move) -> Content | None:
    """The ratio of the rates with its 95 % interval, and the chance of so large a change if nothing had happened."""
    change = move.window.change
    if move.kind == "new":
        return None
    return {"ratio": round(change.ratio, 3), "low": round(change.low, 3), "high": round(change.high, 3), "p": move.p}


def _share(part: float, whole: float) -> float | None:
    return round(part / whole, 4) if whole else None
