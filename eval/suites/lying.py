"""An endpoint that lies and breaks: how many of its lies are shown, and how long anybody waits for it."""

import json
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random

from eval.folders import draw, find, hash_files, read_rows
from eval.lying import Lie, Shown, contradiction, number_lies, quote_lies
from eval.results import Case, Figure, SuiteResult, share
from eval.running import Suite, Task
from eval.scripted import Said, ScriptedServer, claims, completion
from synth.errors import BadInput
from synth.gate import Draft, gate
from synth.intake.sentences import sentences
from synth.llm import Brief, Drafter, PlanBrief, Section, Terms
from synth.llm.opening import open_drafter
from synth.model import Claim, Count, Filters
from synth.settings import read_settings
from synth.store.excerpts import ExcerptView
from synth.suspicion import is_suspicious

LEAST = 1000  # claims
TIMEOUT = 0.5  # seconds
AT_ONCE = 8  # lies of one reply
WORDS = range(8, 40)  # of a sentence that is worked with
WORST = 40
LEAD = "What was said, in the words of those who said it."
COMPUTED = (41, 1200)
_HEADERS = {"Content-Type": "application/json"}


@dataclass(slots=True)
class Told:
    """What was told and what came of it."""

    lies: dict[str, Lie] = field(default_factory=dict)
    shown: dict[str, Claim] = field(default_factory=dict)  # the whole way
    through_gate: dict[str, Claim] = field(default_factory=dict)  # handed to the gate directly
    honest: dict[str, bool] = field(default_factory=dict)
    contradicted: dict[str, str] = field(default_factory=dict)  # to the label it was shown with, or "dropped"
    crashes: list[str] = field(default_factory=list)


def run(task: Task) -> SuiteResult:
    """Tell every kind of lie about the texts of the folder, then break in every way a server can."""
    path = find(task.folder, "items.jsonl")
    rows = draw(read_rows(path, ("id",)), task.limit, task.seed)
    texts = [str(row.get("text") or row.get("claim") or "") for row in rows]
    told, random = Told(), Random(task.seed)  # noqa: S311 - a sample, not a secret
    with ScriptedServer() as server:
        for brief, shown in _briefs(texts, random):
            if len(told.lies) < LEAST:
                _tell(server, brief, shown, told, random)
        waits = _break(server, brief, told)
    kinds = Counter(lie.kind for lie in told.lies.values())
    honest = share(told.honest, nature="fact")
    figures: dict[str, Figure] = {
        "claims": Figure(float(len(told.lies)), "fact"),
        "shown_lies": _exact(len(told.shown)),
        "shown_by_gate_alone": _exact(len(told.through_gate)),
        "honest_shown": replace(honest, better="higher"),
        "crashes": _exact(len(told.crashes)),
        "longest_wait": Figure(max(waits.values()) / TIMEOUT, "timed", "lower", n=len(waits)),
        **{
            f"contradicted.{label.replace(' ', '_')}": Figure(times / len(told.contradicted), n=len(told.contradicted))
            for label, times in sorted(Counter(told.contradicted.values()).items())
        },
    }
    return SuiteResult(
        suite="lying",
        data=task.folder.name,
        sha256=hash_files([path]),
        rows=len(rows),
        figures=figures,
        parameters={**task.parameters(), "timeout": TIMEOUT, "kinds": dict(kinds), "faults": len(waits)},
        cases=_cases(told),
        notes=(
            "Lies are told about sentences that are shown when they are told truly; honest_shown is their share.",
            "shown_by_gate_alone: the same lies handed to the gate without the check before it.",
            "longest_wait is the longest reading and drafting at a broken server, in time-outs.",
            "contradicted.LABEL: what is said of a sentence that says the contrary of its true quote.",
        ),
    )


def faults() -> dict[str, tuple[Said, ...]]:
    """Every way in which the endpoint breaks, as what it says first and then again and again."""
    huge = b'{"choices": [' + b" " * 3_000_000
    lie = json.dumps({"claims": [{"text": "All is well.", "quotes": [{"excerpt_id": "E1", "quote": "All is well."}]}]})
    deep = completion('{"claims": ' + "[" * 20_000)
    busy = {**_HEADERS, "Retry-After": "0.1"}
    return {
        "malformed": (completion('{"claims": [{"text": "x",'),),
        "no_json": (completion("I am sorry, here is a poem."),),
        "wrong_schema": (completion('{"answers": []}'),),
        "wrong_types": (completion('{"claims": [{"text": 5, "quotes": "E1"}]}'),),
        "null": (completion(None),),
        "nested": (deep,),
        "cut": (completion('{"claims": [', finish="length"),),
        "empty": (completion(""),),
        "no_claims": (completion('{"claims": []}'),),
        "lies_only": (completion(lie),),
        "refusal": (completion(None, refusal="I cannot help with that."),),
        "tool_calls": (completion(None, tool_calls=[{"id": "t", "type": "function", "function": {"name": "rm"}}]),),
        "filtered": (completion("", finish="content_filter"),),
        "cut_prompt": (completion(lie, usage=12),),
        "no_choice": (Said(b'{"choices": []}'),),
        "not_a_completion": (Said(b"[1, 2, 3]"),),
        "html": (Said(b"<html>hello</html>", headers={"Content-Type": "text/html"}),),
        "not_utf8": (Said(b'{"choices": [{"message": {"content": "\xff\xfe\xc3"}}]}'),),
        "huge": (Said(huge),),
        "busy": (Said(b"{}", 429, busy),),
        "busy_for_long": (Said(b"{}", 429, {**_HEADERS, "Retry-After": "3600"}),),
        "busy_until_a_date": (Said(b"{}", 503, {**_HEADERS, "Retry-After": "Wed, 21 Oct 2099 07:28:00 GMT"}),),
        "busy_without_a_word": (Said(b"", 429),),
        "broken": (Said(b"{}", 500),),
        "unavailable": (Said(b"oops", 503),),
        "refused_key": (Said(b'{"error": "sk-secret"}', 401),),
        "no_such_model": (Said(b"{}", 404),),
        "redirect": (Said(b"", 302, {"Location": "http://127.0.0.1:9/v1/chat/completions"}),),
        "hang": (Said(b"{}", wait=60),),
        "hang_after_a_bad_reply": (completion("no"), Said(b"{}", wait=60)),
        "slow_bad_replies": (replace(completion("no"), wait=0.7 * TIMEOUT),),
        "drip": (replace(completion(lie), drip=0.05),),
        "drip_headers": (Said(drip_headers=0.05),),
        "dropped": (replace(completion(lie), cut=True),),
    }


def _tell(server: ScriptedServer, brief: Brief, shown: Shown, told: Told, random: Random) -> None:
    """All lies about one pair of texts, a few in a reply, when the true sentence would be shown."""
    true = Lie("honest", shown.first, (("E1", shown.first),))
    told.honest[f"{len(told.honest)}"] = bool(_show(server, brief, [true], told, seconds=10.0))
    if not told.honest[f"{len(told.honest) - 1}"]:
        return
    turned = contradiction(shown)
    if turned is not None:
        claim = _show(server, brief, [turned], told, seconds=10.0).get(turned.text)
        told.contradicted[turned.text] = claim.support if claim else "dropped"
    lies = [*quote_lies(shown, random), *random.sample([*number_lies(shown, COMPUTED, random)], 12)]
    for place in range(0, len(lies), AT_ONCE):
        some = lies[place : place + AT_ONCE]
        found = _show(server, brief, some, told, seconds=10.0)
        for lie in some:
            key = f"{len(told.lies)}"
            told.lies[key] = lie
            if lie.text in found:
                told.shown[key] = found[lie.text]
            views = {f"E{number}": view for number, view in enumerate(brief.evidence.values(), start=1)}
            alone = gate([Draft(lie.text, lie.quotes)], views, computed=brief.leads, numbers=COMPUTED)
            if alone.claims:
                told.through_gate[key] = alone.claims[0]


def _show(
    server: ScriptedServer, brief: Brief, lies: Sequence[Lie], told: Told, *, seconds: float = TIMEOUT
) -> dict[str, Claim]:
    """The claims that reach a reader when the model says this, by their text; the computed headline is none."""
    server.script = (claims(*((lie.text, lie.quotes) for lie in lies)),)
    server.requests.clear()
    found, _ = _ask(server, brief, told, "a lie", seconds)
    return found


def _ask(
    server: ScriptedServer, brief: Brief, told: Told, what: str, seconds: float, *, read_first: bool = False
) -> tuple[dict[str, Claim], str | None]:
    drafter = open_drafter(read_settings(llm_url=server.url, llm_timeout=seconds))
    try:
        if read_first:
            brief = replace(brief, until=_read(drafter, brief, told, what))
        drafting = drafter.draft(brief)
        gated = gate(drafting.drafts, brief.evidence, computed=brief.leads, numbers=COMPUTED)
    except Exception as error:  # noqa: BLE001 - a crash is what is measured
        told.crashes.append(f"{what}: {error!r}")
        return {}, None
    shown = {claim.text: claim for claim in gated.claims if claim.text not in brief.leads}
    return shown, drafting.provenance.fell_back


def _read(drafter: Drafter, brief: Brief, told: Told, what: str) -> float | None:
    """When waiting ends, after the same server was asked to read the question; that it read anything is a crash."""
    reading = drafter.read_question(PlanBrief(brief.question, (), Terms("what", "mentions", "")))
    if reading is None or reading.terms is not None:
        told.crashes.append(f"{what}: the question was read by a broken server")
    return reading.until if reading else None


def _break(server: ScriptedServer, brief: Brief, told: Told) -> dict[str, float]:
    """Seconds until there was an answer, by fault; whatever a broken server says and is shown counts as a lie."""
    waits: dict[str, float] = {}
    for name, script in faults().items():
        server.script = script
        server.requests.clear()
        start = time.perf_counter()
        shown, fell_back = _ask(server, brief, told, name, TIMEOUT, read_first=True)
        waits[name] = time.perf_counter() - start
        for text, claim in shown.items():
            told.shown[name] = claim
            told.lies[name] = Lie(name, text, ())
        if fell_back is None:
            told.crashes.append(f"{name}: the answer does not say that it fell back")
    return waits


def _briefs(texts: Sequence[str], random: Random) -> Iterator[tuple[Brief, Shown]]:
    """Two texts as evidence and a third that is not, over and over, each with a sentence to lie about."""
    usable = [(text, said) for text in dict.fromkeys(texts) if (said := _sentence(text))]
    if len(usable) < 3:
        raise BadInput(f"items.jsonl needs at least 3 texts with a sentence of {WORDS.start} words; it has fewer.")
    for _ in range(LEAST):
        (one, first), (two, second), (_, hidden) = random.sample(usable, 3)
        views = tuple(_view(f"x-{number}", text) for number, text in enumerate((one, two), start=1))
        section = Section(LEAD, views, (first, second))
        counts = (Count("all", COMPUTED[0], "mentions", Filters(), of=COMPUTED[1]),)
        yield (
            Brief("answer", first[:200], (section,), counts),
            Shown(first, second, hidden, {"E1": one, "E2": two}, "x-3"),
        )


def _sentence(text: str) -> str | None:
    """The first sentence of a text that tells something in a fit number of words."""
    if is_suspicious(text):
        return None
    each = (text[start:end] for start, end in sentences(text))
    return next(
        (said for said in each if len(said.split()) in WORDS and not said.endswith("?") and len(said) < 300), None
    )


def _view(id: str, text: str) -> ExcerptView:
    return ExcerptView(
        id=id,
        document_id=f"d-{id}",
        external_id=None,
        source="texts",
        text=text,
        start=0,
        end=len(text),
        speaker=None,
        role=None,
        person=None,
        account=None,
        segment=None,
        rating=None,
        language=None,
        created_at=None,
        repeat_of=None,
        theme_id=None,
        confidence=None,
    )


def _exact(count: int) -> Figure:
    return Figure(float(count), "exact", "lower")


def _cases(told: Told) -> list[Case]:
    return [
        *(_case("shown", key, told.lies[key]) for key in list(told.shown)[:WORST]),
        *(_case("passes the gate alone", key, told.lies[key]) for key in list(told.through_gate)[:WORST]),
        *(
            Case(said[:60], 0.0, "contradicts its quote, and supported", (("claim", said),))
            for said, label in told.contradicted.items()
            if label == "supported"
        ),
        *(Case(said, 0.0, "crashed") for said in told.crashes[:WORST]),
    ]


def _case(what: str, key: str, lie: Lie) -> Case:
    return Case(key, 0.0, f"{what}: {lie.kind}", (("claim", lie.text), ("quotes", str(lie.quotes))))


SUITE = Suite(
    "lying",
    "items.jsonl[.gz] with texts that lies are made from; no other field is used",
    "claims, shown_lies, shown_by_gate_alone, honest_shown, crashes, longest_wait (in time-outs), contradicted.LABEL",
    run,
)
