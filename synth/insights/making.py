"""Insights a person asks for: from a theme, from an answer, or from excerpts that were selected."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from synth.answers.evidence import Sketch, cut_sections
from synth.answers.retrieval import distinct_voices
from synth.answers.wording import say_amount
from synth.errors import BadInput, Conflict, NotFound
from synth.gate import Draft, gate
from synth.insights.drafting import QUOTES, add_insight, draft_theme
from synth.insights.facts import gather_facts
from synth.insights.statements import drafted
from synth.llm import Brief
from synth.model import NO_FILTERS, Count
from synth.parts import Parts
from synth.store import tables
from synth.store.counting import count
from synth.store.excerpts import ExcerptView, load_views
from synth.wire.answers import count_document
from synth.wire.values import moment

MOST_SELECTED = 200  # excerpts of one insight
LONGEST_TITLE = 200  # characters


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an insight is to be made from: exactly one of a theme, an answer, or excerpts."""

    theme_id: str | None = None
    answer_id: str | None = None
    excerpt_ids: tuple[str, ...] = ()
    title: str = ""


def read_wanted(given: Mapping[str, Any]) -> Wanted:
    """What was asked for; raises BadInput where it is none or several of the three."""
    wanted = Wanted(
        given.get("theme_id") or None,
        given.get("answer_id") or None,
        tuple(dict.fromkeys(given.get("excerpt_ids") or ())),
        " ".join((given.get("title") or "").split()),
    )
    if sum(map(bool, (wanted.theme_id, wanted.answer_id, wanted.excerpt_ids))) != 1:
        raise BadInput("An insight is made from one theme, one answer, or some excerpts: name one of these.")
    if len(wanted.excerpt_ids) > MOST_SELECTED:
        raise BadInput(
            f"An insight is made from at most {MOST_SELECTED} excerpts; {len(wanted.excerpt_ids)} were given."
        )
    if len(wanted.title) > LONGEST_TITLE:
        raise BadInput(f"A title has at most {LONGEST_TITLE} characters; this one has {len(wanted.title)}.")
    return wanted


def make_insight(parts: Parts, workspace: str, actor: str, wanted: Wanted) -> str:
    """Make a draft; returns its id. Raises NotFound, or Conflict where no sentence could be backed with a quote."""
    if wanted.theme_id:
        return _from_theme(parts, workspace, actor, wanted)
    if wanted.answer_id:
        return _from_answer(parts, workspace, actor, wanted, wanted.answer_id)
    return _from_selection(parts, workspace, actor, wanted)


def _from_theme(parts: Parts, workspace: str, actor: str, wanted: Wanted) -> str:
    with parts.database.read() as session:
        theme = session.get(tables.Theme, (workspace, wanted.theme_id))
        if theme is None:
            raise NotFound(f"There is no theme {wanted.theme_id}; `synth themes` lists those there are.")
        if theme.state != "active":
            raise Conflict(f"{theme.id} is {theme.state}; an insight is made from an active theme.")
        facts = gather_facts(session, workspace, theme)
    id = draft_theme(parts, workspace, theme, facts, actor=actor)
    if id is None:
        raise Conflict(f"No sentence about {theme.id} could be backed with a quote.")
    _give_title(parts, workspace, id, wanted.title, actor)
    return id


def _give_title(parts: Parts, workspace: str, id: str, title: str, actor: str) -> None:
    if title:
        with parts.database.write() as session:
            insight = session.get_one(tables.Insight, (workspace, id))
            insight.title, insight.titled_by = title, actor


def _from_answer(parts: Parts, workspace: str, actor: str, wanted: Wanted, answer_id: str) -> str:
    """Its claims, held against the texts once more: something may have been erased since."""
    with parts.database.read() as session:
        kept = session.get(tables.Answer, (workspace, answer_id))
        if kept is None:
            raise NotFound(f"There is no answer {answer_id} any more; ask again and use the new one.")
        claims = kept.answer["claims"]
        cited = [citation["excerpt_id"] for claim in claims for citation in claim["citations"]]
        evidence = load_views(session, workspace, cited)
    drafts = [
        Draft(
            claim["text"],
            tuple((citation["excerpt_id"], citation["quote"]) for citation in claim["citations"]),
            claim["support"],
            (claim["counter"]["excerpt_id"], claim["counter"]["quote"]) if claim["counter"] else None,
        )
        for claim in claims
    ]
    gated = gate(drafts, evidence, computed={claim["text"] for claim in claims})
    if not gated.claims:
        raise Conflict(f"{answer_id} holds no sentence that is backed with a quote; no insight can be made of it.")
    return _add(
        parts,
        workspace,
        actor,
        {
            "title": wanted.title or kept.question[:LONGEST_TITLE],
            "titled_by": actor if wanted.title else None,
            "origin": {
                "kind": "answer",
                "answer_id": answer_id,
                "question": kept.question,
                "plan": kept.answer["plan"],
            },
            "claims": drafted(
                gated.claims, {claim["text"]: f"answer {place}" for place, claim in enumerate(claims, 1)}
            ),
            "counts": kept.answer["counts"],
            "left_out": kept.left_out,
            "content": {"numbers": _numbers_of(kept.answer)},
            "drafter": kept.answer["drafter"],
            "provenance": {
                "drafter": kept.answer["drafter"],
                "rejected": gated.rejected,
                "evidence_ids": sorted(set(cited)),
                "filter": kept.answer["plan"]["filters"],
                "counted_at": moment(kept.created_at),
            },
        },
    )


def _numbers_of(answer: Mapping[str, Any]) -> list[float]:
    """What its sentences name beside the counts: mentions of themes, and their shares of what was counted."""
    mentions = [theme["mentions"] for theme in answer["themes"]]
    whole = answer["counts"][0]["value"] if answer["counts"] else 0
    shares = [round(100 * each / whole, digits) for each in mentions if whole for digits in (0, 1)]
    return sorted({float(number) for number in (*mentions, *shares)})


def _from_selection(parts: Parts, workspace: str, actor: str, wanted: Wanted) -> str:
    ids, left_out = wanted.excerpt_ids, parts.left_out()
    with parts.database.read() as session:
        views = load_views(session, workspace, ids)
        missing = [id for id in ids if id not in views]
        if missing:
            raise NotFound(f"There is no excerpt {', '.join(missing[:5])}; `synth search` shows the ids of excerpts.")
        said = [views[id] for id in ids]
        counts = _count_selected(session, workspace, said)
        names = _theme_names(session, workspace, said)
    lead = _say_selected(counts)
    sketches = [Sketch(lead, distinct_voices(parts, workspace, said, QUOTES), None)]
    numbers = {number for each in counts for number in (each.value, each.of) if number is not None}
    for theme, amount in Counter(each.theme_id for each in said if each.theme_id in names).most_common(3):
        if 1 < amount < len(said):
            members = [each for each in said if each.theme_id == theme]
            sentence = f"{names[theme]}: {amount} of the {len(said)} selected excerpts."
            sketches.append(Sketch(sentence, distinct_voices(parts, workspace, members, QUOTES), None))
    sections = tuple(cut_sections(parts, [sketch for sketch in sketches if sketch.excerpts]))
    title = wanted.title or _title(names, said)
    brief = Brief("insight", title, sections, tuple(counts), workspace=workspace)
    drafting = parts.drafter.draft(brief)
    gated = gate(drafting.drafts, brief.evidence, computed=brief.leads, numbers=numbers)
    if not gated.claims:
        raise Conflict("None of the selected excerpts can be quoted: they are an interviewer's words, or suspicious.")
    kinds = {sketch.lead: f"selection {place}" for place, sketch in enumerate(sketches, 1)}
    return _add(
        parts,
        workspace,
        actor,
        {
            "title": title,
            "titled_by": actor if wanted.title else None,
            "origin": {"kind": "selection", "excerpt_ids": list(ids)},
            "claims": drafted(gated.claims, kinds),
            "counts": [count_document(each) for each in counts],
            "left_out": left_out,
            "drafter": drafting.provenance.drafter,
            "provenance": asdict(drafting.provenance)
            | {
                "rejected": gated.rejected + drafting.refused,
                "evidence_ids": list(ids),
                "counted_at": moment(parts.now()),
            },
        },
    )


def _count_selected(session: Session, workspace: str, said: Sequence[ExcerptView]) -> list[Count]:
    documents = sorted({each.document_id for each in said})

    def counted(unit: Any) -> Count:
        value = count(session, workspace, NO_FILTERS, unit, among=documents)
        return Count("selected", value, unit, NO_FILTERS, method="in the documents of the selected excerpts")

    return [each for each in map(counted, ("mentions", "people", "accounts")) if each.value]


def _say_selected(counts: Sequence[Count]) -> str:
    first, *others = [say_amount(each.value, each.unit) for each in counts]
    return f"Selected by hand: {first}{' from ' + ' in '.join(others) if others else ''}."


def _theme_names(session: Session, workspace: str, said: Sequence[ExcerptView]) -> dict[str, str]:
    theme = tables.Theme
    wanted = {each.theme_id for each in said if each.theme_id}
    query = select(theme.id, theme.name).where(theme.workspace_id == workspace, theme.state == "active")
    return {row.id: row.name for row in session.execute(query) if row.id in wanted}


def _title(names: Mapping[str, str], said: Sequence[ExcerptView]) -> str:
    """The theme that most of them are on, where there is one."""
    ((theme, amount),) = Counter(each.theme_id for each in said).most_common(1)
    return (
        names[theme]
        if theme is not None and theme in names and 2 * amount > len(said)
        else f"{len(said)} selected excerpts"
    )


def _add(parts: Parts, workspace: str, actor: str, values: dict[str, Any]) -> str:
    with parts.database.write() as session:
        return add_insight(session, workspace, parts.now(), actor, values)
