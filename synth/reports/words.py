"""Words that stand in more of the feedback than before, whatever theme it is on.

What happens to many people shows in their words before it forms a theme, and sometimes it never forms one: pupils speak
of the same faults as clerks do, in other words. So many words are tested that only a rise beyond doubt is told: far
rarer by chance than a theme's, above every span before, of several voices, and not told a span ago. A text that is said
twice is one text here, so that more of the same is never a rise. The forms of a word are counted together.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from sqlalchemy.orm import Session

from synth.reports.chance import discoveries, mid_p
from synth.reports.moves import MENTIONS, PEOPLE, Moves, is_of_many
from synth.reports.series import Series, Window, about
from synth.reports.spans import Span
from synth.store import tables
from synth.store.filtering import select_documents
from synth.themes.naming.lexicon import IDLE, INNER, NEGATIONS

SPANS = 8  # spans a word is compared with, more than a theme: most words are rare
LEAST = 4  # spans below which there is too little to know what is usual
FALSE = 0.001  # share of false discoveries among the words that rose
WORTH = 2.0  # times the rate before; words waver more than themes
USUAL = 0.1  # of the texts before, from which on a word is of everyday use here
SAME = 1 / 3  # of a word's texts, from which on another word or a theme that rose tells the same
SHOWN = 5
STEM = 5  # letters that two forms of a word have in common
_EMPTY = frozenset(" ".join((*INNER.values(), *IDLE.values(), *NEGATIONS.values())).split())
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True, slots=True)
class Text:
    """One text as the first document that holds it: who said it, where, and its words as they stand, by their stems."""

    document: str
    voice: str | int
    source: str
    words: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Rise:
    """A stem that rose, and the word it mostly stands in: its last `width` spans were compared; `documents` hold it."""

    stem: str
    word: str
    width: int
    window: Window
    p: float
    trend: tuple[int, ...]
    documents: tuple[str, ...]  # newest first


def find_rises(session: Session, workspace: str, series: Series, moves: Moves) -> tuple[Rise, ...]:
    """The words that rose, the least likely by chance first; without those that a moving theme or another one tells."""
    if len(series.spans) <= LEAST:
        return ()
    texts = _known_sources(_load(session, workspace, series))
    stale = {rise.stem for rise in rises(texts[:-1])}
    told = [_documents_on(session, workspace, move.span, move.theme) for move in (*moves.new, *moves.rising)]
    chosen: list[Rise] = []
    for rise in sorted(rises(texts), key=lambda rise: (rise.p, rise.stem)):
        mine = set(rise.documents)
        if not any(len(mine & each) >= SAME * len(mine) for each in told):
            told.append(mine)
            chosen += [] if rise.stem in stale else [rise]
    return tuple(chosen[:SHOWN])


def rises(spans: Sequence[Sequence[Text]]) -> Iterator[Rise]:
    """Every word that rose over the last span, or over the last two, whichever is the less likely by chance."""
    counts = [Counter(chain.from_iterable(text.words for text in span)) for span in spans]
    looks = [list(_look(spans, counts, width)) for width in (1, 2) if len(spans) - width >= LEAST]
    best: dict[str, Rise] = {}
    for rise in chain.from_iterable(looks):
        p = min(1.0, rise.p * len(looks))
        if rise.stem not in best or p < best[rise.stem].p:
            best[rise.stem] = replace(rise, p=p)
    stand = discoveries([rise.p for rise in best.values()], FALSE)
    for rise, stands in zip(best.values(), stand, strict=True):
        if stands and _is_worth_telling(rise, spans, counts) and _is_of_many(rise, spans):
            yield rise


def _load(session: Session, workspace: str, series: Series) -> list[list[Text]]:
    """The texts of each span, each once, where it was said first."""
    seen: set[str] = set()
    spans = []
    columns = (tables.Document.id, tables.Document.text, tables.Document.words_hash, tables.Document.person_id)
    for span in series.spans[-SPANS - 2 :]:
        query = select_documents(workspace, span.filters(), *columns, tables.Source.name)
        rows = session.execute(query.order_by(tables.Document.created_at, tables.Document.id)).all()
        spans.append(
            [Text(id, who or id, source, words_of(text)) for id, text, key, who, source in rows if key not in seen]
        )
        seen.update(row.words_hash for row in rows)
    return spans


def words_of(text: str) -> dict[str, str]:
    """Its longer words that mean something, by their stems; the first form of each."""
    found: dict[str, str] = {}
    for word in _WORD.findall(text.casefold()):
        if word not in _EMPTY:
            found.setdefault(word[:STEM], word)
    return found


def _known_sources(spans: Sequence[Sequence[Text]]) -> list[list[Text]]:
    """Without the texts of a source that is first heard in the last two spans: it speaks in its own words."""
    known = {text.source for span in spans[:-2] for text in span}
    return [[text for text in span if text.source in known] for span in spans]


def _look(spans: Sequence[Sequence[Text]], counts: Sequence[Counter[str]], width: int) -> Iterator[Rise]:
    """Each word's last `width` spans against those ahead of them, where there are texts enough to compare."""
    first = max(0, len(spans) - width - SPANS)
    before, after = counts[first:-width], counts[-width:]
    before_of, after_of = (sum(map(len, part)) for part in (spans[first:-width], spans[-width:]))
    for stem in sorted(set(chain.from_iterable(after))):
        now, then = sum(each[stem] for each in after), sum(each[stem] for each in before)
        if now >= MENTIONS and then < USUAL * before_of:
            window = Window(now, after_of, then, before_of, len(before))
            held = [text for span in reversed(spans[-width:]) for text in reversed(span) if stem in text.words]
            word = Counter(text.words[stem] for text in held).most_common(1)[0][0]
            p, trend = mid_p(now, after_of, then, before_of, "up"), tuple(each[stem] for each in counts)
            yield Rise(stem, word, width, window, p, trend, tuple(text.document for text in held))


def _is_worth_telling(rise: Rise, spans: Sequence[Sequence[Text]], counts: Sequence[Counter[str]]) -> bool:
    """Far above the rate before, above that of each span before, and still said."""
    rate = rise.window.after / rise.window.after_of
    earlier = zip(spans[: -rise.width], counts[: -rise.width], strict=True)
    peak = max((each[rise.stem] / len(span) for span, each in earlier if len(span) >= MENTIONS), default=0.0)
    return rise.window.change.ratio >= WORTH and rate > peak and rise.trend[-1] >= PEOPLE


def _is_of_many(rise: Rise, spans: Sequence[Sequence[Text]]) -> bool:
    """Of several voices, none of them most of it, and of several sources where all the feedback makes that likely."""
    lately = list(chain.from_iterable(spans[-rise.width :]))
    mine = [text for text in lately if rise.stem in text.words]
    voices, sources = [text.voice for text in mine], [text.source for text in mine]
    return is_of_many(voices, sources, [text.source for text in lately])


def _documents_on(session: Session, workspace: str, span: Span, theme: str) -> set[str]:
    return set(session.scalars(select_documents(workspace, span.filters(about(theme)))))
