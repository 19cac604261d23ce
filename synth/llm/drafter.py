"""What a drafter is given and what it gives back. Nothing it writes is shown before it passed the gate."""

from dataclasses import dataclass
from typing import Literal, Protocol

from synth.gate import Draft
from synth.model import Asked, Condition, Count, ThemeCount, Unit
from synth.store.excerpts import ExcerptView

Task = Literal["answer", "insight"]
NameOrigin = Literal["machine", "model"]


@dataclass(frozen=True, slots=True)
class Section:
    """A computed sentence and the excerpts that show what it means, best first, each with the passage to quote."""

    lead: str
    excerpts: tuple[ExcerptView, ...]
    quotes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a drafter may use: what is asked, sections of evidence (the direct answer first), computed numbers."""

    task: Task
    question: str  # the question, or the name of the theme
    sections: tuple[Section, ...]
    counts: tuple[Count, ...] = ()
    themes: tuple[ThemeCount, ...] = ()
    workspace: str = "main"  # whose budget it is drafted on, and whose kept replies may be used
    until: float | None = None  # when waiting for a model ends, by `time.monotonic`, where it began before the drafting

    @property
    def evidence(self) -> dict[str, ExcerptView]:
        """All excerpts of the brief by id."""
        return {excerpt.id: excerpt for section in self.sections for excerpt in section.excerpts}

    @property
    def leads(self) -> dict[str, set[str]]:
        """Every computed sentence, with the ids of the excerpts that show it."""
        shown: dict[str, set[str]] = {}
        for section in self.sections:
            shown.setdefault(section.lead, set()).update(excerpt.id for excerpt in section.excerpts)
        return shown


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made a text, so that it can be made again."""

    drafter: str  # extractive | openai
    model: str | None = None
    prompt: str | None = None
    prompt_version: int | None = None
    prompt_hash: str | None = None
    evidence_ids: tuple[str, ...] = ()
    fell_back: str | None = None  # why the model's text was not used


@dataclass(frozen=True, slots=True)
class Drafting:
    """The drafts of one brief, strongest first, and how they came about."""

    drafts: tuple[Draft, ...]
    provenance: Provenance
    refused: int = 0  # claims the drafter's own reply lost to validation


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A theme that another is easily confused with, and texts that show it."""

    name: str
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NameBrief:
    """A theme to be named: what the machine made of it, texts of its members (the best first), and what it is not."""

    name: str
    definition: str
    key_phrases: tuple[str, ...]
    members: tuple[str, ...]
    neighbours: tuple[Neighbour, ...] = ()
    taken: frozenset[str] = frozenset()  # names of all other themes
    workspace: str = "main"


@dataclass(frozen=True, slots=True)
class Named:
    """A name and definition that may be shown.

    `lost` says why a model's were not used, `reached` whether its endpoint answered.
    """

    name: str
    definition: str
    origin: NameOrigin = "machine"
    lost: str | None = None
    reached: bool = True


@dataclass(frozen=True, slots=True)
class Field:
    """What documents can be filtered by: a key with its values, or the lowest and the highest of a number."""

    key: str
    values: tuple[str, ...] = ()
    between: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """What a question asks, but for its times: as rules read it, or a model."""

    asked: Asked
    unit: Unit
    about: str
    where: tuple[Condition, ...] = ()
    options: tuple[Condition, ...] = ()
    missing: tuple[str, ...] = ()  # filters that the question names and the store does not have


@dataclass(frozen=True, slots=True)
class PlanBrief:
    """A question to be read, what it can filter by, and what the rules read in it."""

    question: str
    fields: tuple[Field, ...]
    rules: Terms
    workspace: str = "main"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a model read in a question; without terms the rules stand, and `lost` says why.

    `until` is when waiting for its answer ends, by `time.monotonic`; None where no time was spent.
    """

    terms: Terms | None
    made_by: str = ""  # prompt and model
    lost: str | None = None
    until: float | None = None


class Drafter(Protocol):
    """Reads questions and writes claims and names from what was found.

    May be slow; never raises for a bad reply, but falls back and says so.
    """

    @property
    def name(self) -> str: ...

    def read_question(self, brief: PlanBrief) -> Reading | None: ...

    def draft(self, brief: Brief) -> Drafting: ...

    def name_theme(self, brief: NameBrief) -> Named: ...
