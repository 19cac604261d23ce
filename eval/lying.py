"""A model that lies: a local OpenAI-compatible server whose claims are wrong in every way a claim can be, and whose
replies fail in every way a reply can.

Every lie is kept with the way it is wrong, so that whatever of it is shown can be found. One claim in a reply is true:
what refuses everything would refuse that too.
"""

import json
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from types import TracebackType
from typing import Any, Self

from eval.obeying import shown_evidence
from eval.scripted import Said, ScriptedServer, completion
from synth.intake.sentences import sentences

CLAIMS = 8  # of one reply, as many as are read
FAULTS = 4  # of so many replies, one fails as a whole
LEAST = 30  # characters of a sentence that is lied about
_HOMOGLYPHS = str.maketrans("aeopc", "аеорс")  # Latin to Cyrillic letters that look alike
_COUNTED = (
    "{n} customers say: {said}",
    "{n} % of users write: {said}",
    "Twelve people report: {said}",
    "Between 10 and {n} accounts mention: {said}",
    "{n},400 mentions are about this: {said}",
    "Twice as many reviews as before say: {said}",
    "Most customers agree: {said}",
    "Half of all tickets say: {said}",
)

Evidence = Mapping[str, Any]
Lie = tuple[str, str, str]  # sentence, id of the excerpt it cites, quote


@dataclass(slots=True)
class Told:
    """What the server said: each lie's sentence with the way it is wrong, what is true, and the faults."""

    lies: dict[str, str] = field(default_factory=dict)
    truths: set[str] = field(default_factory=set)
    faults: dict[str, int] = field(default_factory=dict)
    claims: int = 0


class LyingServer:
    """Serves on a free port of this machine until it is closed; `hang` is how long its slowest replies take."""

    def __init__(self, seed: int, hang: float) -> None:
        self.told = Told()
        self._lot = Random(seed)  # noqa: S311 - a sample, not a secret
        self._hang = hang
        self._asked = 0
        self._lock = threading.Lock()
        self._server = ScriptedServer(self._reply, models=["lying"])

    @property
    def url(self) -> str:
        return self._server.url

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.__exit__(kind, error, trace)

    def _reply(self, request: dict[str, Any]) -> Said:
        with self._lock:
            self._asked += 1
            number, fails = divmod(self._asked, FAULTS)
            if not fails:
                name = list(_WIRE)[number % len(_WIRE)]
                self.told.faults[name] = self.told.faults.get(name, 0) + 1
                return _WIRE[name](self._hang)
            shown = [each for each in shown_evidence(request) if _sentences(each)]
            return completion(json.dumps({"claims": self._claims(shown)}))

    def _claims(self, shown: Sequence[Evidence]) -> list[dict[str, Any]]:
        """One true claim, and lies of different kinds."""
        if len(shown) < 2:
            return []
        truth = self._lot.choice(_sentences(shown[0]))
        self.told.truths.add(truth)
        made = [_written((truth, shown[0]["id"], truth))]
        for kind in self._lot.sample(list(_LIES), CLAIMS - 1):
            one, other = self._lot.sample(list(shown), 2)
            lie = _LIES[kind](self._lot, one, other)
            if lie is not None:
                self.told.lies[lie[0]] = kind
                made.append(_written(lie))
        self.told.claims += len(made)
        self._lot.shuffle(made)
        return made


def _written(claim: Lie) -> dict[str, Any]:
    text, excerpt, quote = claim
    return {"text": text, "quotes": [{"excerpt_id": excerpt, "quote": quote}]}


def _sentences(evidence: Evidence) -> list[str]:
    text = str(evidence["text"])
    return [text[start:end] for start, end in sentences(text) if end - start > LEAST]


def _invented(lot: Random, one: Evidence, _: Evidence) -> Lie:
    said = lot.choice(_sentences(one)).split()
    lot.shuffle(said)
    return " ".join(said), one["id"], " ".join(said)


def _stitched(lot: Random, one: Evidence, other: Evidence) -> Lie:
    """The beginning of what one said with the end of what another said."""
    first, second = lot.choice(_sentences(one)).split(), lot.choice(_sentences(other)).split()
    said = " ".join((*first[: len(first) // 2], *second[len(second) // 2 :]))
    return said, one["id"], said


def _left_out(lot: Random, one: Evidence, _: Evidence) -> Lie | None:
    """A sentence without a word in its middle."""
    said = lot.choice(_sentences(one)).split()
    if len(said) < 5:
        return None
    place = lot.randrange(1, len(said) - 1)
    short = " ".join((*said[:place], *said[place + 1 :]))
    return None if short in str(one["text"]) else (short, one["id"], short)


def _of_another(lot: Random, one: Evidence, other: Evidence) -> Lie | None:
    said = lot.choice(_sentences(one))
    return None if said in str(other["text"]) else (f"Elsewhere people say: {said}", other["id"], said)


def _of_nobody(lot: Random, one: Evidence, _: Evidence) -> Lie:
    said = lot.choice(_sentences(one))
    return f"Somebody says: {said}", f"E{lot.randrange(900, 999)}", said


def _another_word(lot: Random, one: Evidence, other: Evidence) -> Lie | None:
    said = lot.choice(_sentences(one)).split()
    strange = next((word for word in str(other["text"]).split() if word not in said and word.isalpha()), None)
    if strange is None:
        return None
    said[lot.randrange(len(said))] = strange
    text = " ".join(said)
    return None if text in str(one["text"]) else (text, one["id"], text)


def _negated(lot: Random, one: Evidence, _: Evidence) -> Lie:
    said = lot.choice(_sentences(one)).split()
    said.insert(lot.randrange(1, len(said)) if len(said) > 1 else 0, "not")
    return " ".join(said), one["id"], " ".join(said)


def _punctuated(lot: Random, one: Evidence, _: Evidence) -> Lie | None:
    said = lot.choice(_sentences(one)).split()
    if len(said) < 3:
        return None
    said[1] += ";"
    return " ".join(said), one["id"], " ".join(said)


def _look_alike(lot: Random, one: Evidence, _: Evidence) -> Lie | None:
    said = lot.choice(_sentences(one))
    forged = said.translate(_HOMOGLYPHS)
    return None if forged == said else (said + " .", one["id"], forged)


def _other_case(lot: Random, one: Evidence, _: Evidence) -> Lie | None:
    said = lot.choice(_sentences(one))
    return None if said.upper() in str(one["text"]) else (said.upper(), one["id"], said.upper())


def _counted(lot: Random, one: Evidence, _: Evidence) -> Lie:
    """A true quote under a number that nobody counted."""
    said = lot.choice(_sentences(one))
    text = lot.choice(_COUNTED).format(n=lot.randrange(311, 990), said=said)
    return text, one["id"], said


_LIES: Mapping[str, Callable[[Random, Evidence, Evidence], Lie | None]] = {
    "invented": _invented,
    "stitched": _stitched,
    "left out": _left_out,
    "of another": _of_another,
    "of nobody": _of_nobody,
    "another word": _another_word,
    "negated": _negated,
    "punctuated": _punctuated,
    "look-alike letters": _look_alike,
    "other case": _other_case,
    "counted": _counted,
}


_WIRE: Mapping[str, Callable[[float], Said]] = {
    "malformed JSON": lambda _: completion('{"claims": [{"text": "The app is'),
    "another schema": lambda _: completion('{"answer": "It is all fine."}'),
    "prose": lambda _: completion("Certainly! Here is what the customers say: they love it."),
    "cut answer": lambda _: completion('{"claims": [', finish="length"),
    "empty": lambda _: completion(""),
    "no content": lambda _: completion(None),
    "refusal": lambda _: completion(None, refusal="I cannot help with that."),
    "tool call": lambda _: completion(
        None,
        finish="tool_calls",
        tool_calls=[{"id": "t", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
    ),
    "no choices": lambda _: Said(b'{"choices": []}'),
    "no JSON at all": lambda _: Said(b"<html>Welcome</html>"),
    "bytes that are no text": lambda _: Said(b"\xff\xfe\x00\x80" * 40),
    "too large": lambda _: Said(b'{"choices": [' + b" " * 400_000 + b"]}"),
    "429": lambda _: Said(b"{}", 429, {"Retry-After": "3600"}),
    "429 soon": lambda _: Said(b"{}", 429, {"Retry-After": "0"}),
    "500": lambda _: Said(b'{"error": "sk-leaked-key"}', 500),
    "503": lambda _: Said(b"", 503),
    "redirect": lambda _: Said(b"", 302, {"Location": "http://127.0.0.1:9/"}),
    "hanging": lambda hang: Said(b"{}", wait=hang),
    "dripping": lambda hang: Said(b" " * 500, drip=hang / 50),
    "dripping header": lambda hang: Said(drip_headers=hang / 50),
    "connection lost": lambda _: Said(b'{"choices": [' * 50, cut=True),
}
FAULT_KINDS = tuple(_WIRE)
LIE_KINDS = tuple(_LIES)
