"""Building the drafter that the settings ask for."""

from typing import TYPE_CHECKING

from synth.llm.drafter import Drafter, Task
from synth.llm.extractive import ExtractiveDrafter
from synth.settings import Settings

if TYPE_CHECKING:
    from synth.llm.endpoint import Endpoint
    from synth.llm.metering import Meter


def open_drafter(settings: Settings, meter: "Meter | None" = None) -> Drafter:
    """The extractive drafter, or with an endpoint set the model's, which falls back on it. Connects to nothing.

    Without a meter nothing is counted, limited or kept.
    """
    if settings.llm_url is None:
        return ExtractiveDrafter()
    from synth.llm.model_drafter import ModelDrafter
    from synth.llm.namer import Namer
    from synth.llm.planner import Planner
    from synth.llm.templates import Prompt, load_prompt

    prompts: dict[Task, Prompt] = {"answer": load_prompt("answer", 1), "insight": load_prompt("insight", 1)}
    endpoint = open_endpoint(settings, settings.llm_url)
    namer = Namer(endpoint, load_prompt("name", 1), meter=meter)
    planner = Planner(endpoint, load_prompt("plan", 1), meter=meter)
    return ModelDrafter(endpoint, prompts, ExtractiveDrafter(), namer, planner, meter=meter)


def open_endpoint(settings: Settings, url: str) -> "Endpoint":
    """The endpoint of the settings; its key stays inside them."""
    from synth.llm.endpoint import Address, Endpoint

    secret = settings.llm_key
    key = (lambda: None) if secret is None else secret.get_secret_value
    return Endpoint(Address(url, settings.llm_model, key), settings.llm_timeout)
