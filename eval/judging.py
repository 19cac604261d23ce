"""A model as a judge: two questions of opposite sense about each case, and a grade only where its answers agree.

A grade is yes, no, or nothing: a reply that cannot be read, a server that fails and two answers that contradict each
other are *not measured*, never *wrong*. Which question comes first, how its options are ordered and in which order
the evidence stands is drawn by a seed, so that a liking of the model for "yes" or for what comes first cancels out.
"""

import json
import random
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from synth.llm.completion import Failure
from synth.llm.endpoint import Endpoint
from synth.llm.opening import open_endpoint
from synth.llm.templates import Prompt, load_prompt
from synth.settings import Settings

Kind = Literal["support", "helpful"]
VERSION = 1
REVERSED = "_reversed"
_OPTIONS = ("yes or no", "no or yes")


@dataclass(frozen=True, slots=True)
class Grade:
    """What a judge said of one case; `yes` None means not measured, for the reason in `why`."""

    yes: bool | None
    why: str = ""


class _Reply(BaseModel):
    model_config = ConfigDict(strict=True, extra="ignore")

    answer: Literal["yes", "no"]


class Judge:
    """One model at one endpoint that grades; which model it is stands beside its grades."""

    def __init__(self, endpoint: Endpoint, prompts: Mapping[str, Prompt], *, seed: int) -> None:
        self.model = endpoint.model
        self.asked = 0
        self._endpoint = endpoint
        self._prompts = prompts
        self._seed = seed

    def grade(self, kind: Kind, key: str, values: Mapping[str, str]) -> Grade:
        """Ask about one case in both senses; `key` names the case and with the seed decides every order."""
        chance = self.chance(kind, key)
        senses = [kind, kind + REVERSED]
        chance.shuffle(senses)
        said: dict[str, bool] = {}
        for sense in senses:
            answer = self._ask(self._prompts[f"judge_{sense}"], {**values, "options": chance.choice(_OPTIONS)})
            if isinstance(answer, str):
                return Grade(None, answer)
            said[sense] = answer
        if said[kind] == said[kind + REVERSED]:
            return Grade(None, "its answers to a question and to its opposite contradict each other")
        return Grade(said[kind])

    def chance(self, kind: Kind, key: str) -> random.Random:
        """What is drawn for one case."""
        return random.Random(f"{self._seed} {kind} {key}")  # noqa: S311 - an order, not a secret

    def _ask(self, prompt: Prompt, values: Mapping[str, str]) -> bool | str:
        """True for yes; or why there is no answer."""
        self._endpoint.load()
        self.asked += 1
        until = time.monotonic() + 2 * self._endpoint.timeout
        replied = self._endpoint.complete(prompt.render(values), prompt.schema, until=until)
        return replied.reason if isinstance(replied, Failure) else _read(replied.text)


def open_judge(settings: Settings, model: str | None, *, seed: int) -> Judge | None:
    """The judge at the endpoint of the settings, of another model where one is named; None without an endpoint."""
    if settings.llm_url is None:
        return None
    named = settings if model is None else settings.model_copy(update={"llm_model": model})
    kinds = ("support", "helpful")
    names = [f"judge_{kind}{sense}" for kind in kinds for sense in ("", REVERSED)]
    prompts = {name: load_prompt(name, VERSION) for name in names}
    return Judge(open_endpoint(named, settings.llm_url), prompts, seed=seed)


def quoted(text: str) -> str:
    """Words of strangers as one JSON string: no line of theirs looks like a line of the prompt."""
    return json.dumps(text, ensure_ascii=False)


def _read(text: str) -> bool | str:
    body = text.rpartition("</think>")[2]
    start, end = body.find("{"), body.rfind("}")
    try:
        return _Reply.model_validate_json(body[start : end + 1]).answer == "yes"
    except ValidationError:
        return "its reply could not be read"
