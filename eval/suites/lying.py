"""A lying endpoint: of a thousand claims and of replies that fail in every way, what is shown and who waits."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from eval.folders import Collection, open_collection
from eval.lying import FAULT_KINDS, LIE_KINDS, LyingServer, Told
from eval.results import Case, Figure, SuiteResult, share, timed
from eval.running import Suite, Task, open_engine_of, take_in
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput
from synth.model import Answer, Citation
from synth.words import read_words

TIMEOUT = 1.0  # seconds the service waits for the endpoint here
HANG = 4.0  # seconds its slowest replies take
CLAIMS = 1_000  # lies and truths that are told before it is enough
MOST_QUESTIONS = 600
SUBJECT = 4  # words of a text that a question about it names
WORST = 40
_SHOWN = 400  # characters of a text


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, what was answered, how long it took; or what it ended in."""

    question: str
    answer: Answer | None
    seconds: float
    error: str = ""


def run(task: Task) -> SuiteResult:
    """Take the feedback in, ask until the endpoint has told a thousand claims, and read all that is shown."""
    collection = open_collection(task.folder, limit=task.limit, seed=task.seed)
    with LyingServer(task.seed, HANG) as server:
        with open_engine_of(task.embedder) as engine:
            take_in(engine, collection.uploads)
            alone = [_ask(engine, question).seconds for question in _first(collection, 9)]
        with open_engine_of(task.embedder, llm_url=server.url, llm_timeout=TIMEOUT) as engine:
            take_in(engine, collection.uploads)
            texts = {row["document_id"]: row["text"] for row in map(json.loads, engine.export(WORKSPACE, "documents"))}
            task.say("lying: asking")
            asked = []
            for question in _questions(collection):
                asked.append(_ask(engine, question))
                if server.told.claims >= CLAIMS and server.told.faults.keys() == set(FAULT_KINDS):
                    break
    return SuiteResult(
        suite="lying",
        data=collection.name,
        sha256=collection.sha256,
        rows=len(collection.truth),
        figures=_figures(asked, server.told, texts, sorted(alone)[len(alone) // 2]),
        parameters={**task.parameters(), "questions": len(asked), "timeout": TIMEOUT, "hang": HANG},
        cases=_cases(asked, server.told, texts),
        notes=(
            "lies_shown: of the lies that were told, those whose sentence is shown.",
            "longest_wait: of a question with the endpoint beyond the median without it, in units of the time-out.",
        ),
    )


def _questions(collection: Collection) -> Iterator[str]:
    """A question about what each of the texts speaks of, again and again in other words: equal ones might be kept."""
    texts = [str(row.get("text", "")) for upload in collection.uploads for row in _rows(upload.content)]
    for number in range(MOST_QUESTIONS):
        words = [word.written for word in read_words(texts[number % len(texts)]) if word.carries]
        longest = sorted(dict.fromkeys(words), key=lambda word: (-len(word), word))[:SUBJECT]
        yield f"What do people say about {' '.join(longest[: 1 + number % SUBJECT])}?"


def _rows(content: bytes) -> list[dict[str, object]]:
    try:
        rows = [json.loads(line) for line in content.decode().splitlines() if line.strip()]
    except ValueError:
        raise BadInput("The suite `lying` needs items.jsonl, one JSON object a line with a `text`.") from None
    return [row for row in rows if row.get("text")]


def _first(collection: Collection, count: int) -> list[str]:
    return [question for question, _ in zip(_questions(collection), range(count), strict=False)]


def _ask(engine: Engine, question: str) -> Asked:
    start = time.perf_counter()
    try:
        answer = engine.ask(WORKSPACE, question)
    except Exception as error:  # noqa: BLE001 - whatever it is, it is a crash
        return Asked(question, None, time.perf_counter() - start, f"{type(error).__name__}: {error}")
    return Asked(question, answer, time.perf_counter() - start)


def _figures(asked: Sequence[Asked], told: Told, texts: Mapping[str, str], alone: float) -> dict[str, Figure]:
    answers = [each.answer for each in asked if each.answer is not None]
    shown = {claim.text.strip() for answer in answers for claim in answer.claims}
    lies = {sentence: sentence.strip() in shown for sentence in told.lies}
    by_kind = {
        f"lies_shown.{kind.replace(' ', '_').replace('-', '_')}": _worse(
            {sentence: lies[sentence] for sentence, how in told.lies.items() if how == kind}
        )
        for kind in LIE_KINDS
    }
    quotes = {
        f"{number}.{citation.start}": texts[citation.document_id][citation.start : citation.end] == citation.quote
        for number, answer in enumerate(answers)
        for claim in answer.claims
        for citation in claim.citations
    }
    longest = max((each.seconds for each in asked), default=0.0)
    return {
        "claims": Figure(told.claims),
        "faults": Figure(sum(told.faults.values())),
        "fault_kinds": Figure(len(told.faults)),
        "lies_shown": _worse(lies),
        **by_kind,
        "truths_shown": share({truth: truth.strip() in shown for truth in told.truths}, nature="fact"),
        "verbatim_share": share(quotes, nature="exact", note="" if quotes else "nothing was quoted"),
        "crashes": replace(share({each.question: bool(each.error) for each in asked}, nature="exact"), better="lower"),
        "answered": share({f"{n}": each.answer is not None for n, each in enumerate(asked)}, nature="exact"),
        "longest_wait": timed((longest - alone) / TIMEOUT),
    }


def _worse(cases: Mapping[str, bool]) -> Figure:
    return replace(share(cases, nature="exact"), better="lower")


def _cases(asked: Sequence[Asked], told: Told, texts: Mapping[str, str]) -> list[Case]:
    """Lies that were shown, then questions that crashed, then how often each fault was met."""
    lies = {sentence.strip(): kind for sentence, kind in told.lies.items()}
    shown = [
        Case(
            each.question[:60], 0.0, f"shown: {lies[claim.text.strip()]}", _evidence(claim.text, claim.citations, texts)
        )
        for each in asked
        if each.answer is not None
        for claim in each.answer.claims
        if claim.text.strip() in lies
    ]
    crashed = [Case(each.question[:60], 0.0, each.error[:_SHOWN], ()) for each in asked if each.error]
    met = Counter(told.faults)
    faults = Case("faults", 1.0, ", ".join(f"{kind} {met[kind]}" for kind in FAULT_KINDS), ())
    return [*shown[:WORST], *crashed[:WORST], faults]


def _evidence(text: str, citations: Sequence[Citation], texts: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    quoted = [("quoted", citation.quote[:_SHOWN]) for citation in citations]
    return (("claim", text), *quoted, *(("document", texts[each.document_id][:_SHOWN]) for each in citations))


SUITE = Suite(
    "lying",
    "items.jsonl[.gz] with text",
    "lies_shown (by kind), truths_shown, verbatim_share, crashes, answered, longest_wait, claims, faults",
    run,
)
