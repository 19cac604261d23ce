"""The suites, one module each; a module that defines SUITE is found by its being here."""

from importlib import import_module
from pkgutil import iter_modules

from eval.running import Suite
from synth.errors import BadInput


def all_suites() -> dict[str, Suite]:
    """Every suite by name."""
    modules = (import_module(f"{__name__}.{module.name}") for module in iter_modules(__path__))
    suites: list[Suite] = [module.SUITE for module in modules if hasattr(module, "SUITE")]
    return {suite.name: suite for suite in sorted(suites, key=lambda suite: suite.name)}


def choose(name: str) -> Suite:
    """The suite of that name; raises BadInput."""
    suites = all_suites()
    if name not in suites:
        raise BadInput(f"There is no suite '{name}'; choose from {', '.join(suites)}.")
    return suites[name]
