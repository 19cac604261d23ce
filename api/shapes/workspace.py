"""Jobs, tokens, status."""

from typing import Literal

from pydantic import BaseModel, Field

from api.shapes.common import Cursor, Figures, Moment
from synth.access import CredentialKind, Role, Scope, Way


class Job(BaseModel):
    """A row of the ledger."""

    id: str
    kind: str
    state: Literal["queued", "running", "done", "dead"]
    subject: str | None
    attempts: int
    max_attempts: int
    stage: str | None
    done: int
    total: int | None
    result: Figures
    error: str | None
    created_at: Moment
    finished_at: Moment | None


class JobPage(BaseModel):
    """A page of jobs."""

    jobs: list[Job]
    next: Cursor


class Token(BaseModel):
    """A credential in force, without its secret."""

    id: str
    name: str
    role: Role
    scope: Scope
    kind: CredentialKind
    created_at: Moment
    expires_at: Moment | None
    used_at: Moment | None = Field(description="When it was last used, to the hour.")


class TokenList(BaseModel):
    """The tokens and sessions in force."""

    tokens: list[Token]


class Session(BaseModel):
    """A browser you are signed in with."""

    id: str
    opened_by: Way
    created_at: Moment
    expires_at: Moment
    used_at: Moment | None = Field(description="When it was last used, to the hour.")
    is_this: bool = Field(description="The one that asks.")


class SessionList(BaseModel):
    """Your sessions in force."""

    sessions: list[Session]


class TokenMade(BaseModel):
    """The secret is shown this once; only its hash is kept."""

    id: str
    name: str
    role: Role
    scope: Scope
    kind: CredentialKind
    secret: str
    link: str | None = Field(description="The path that signs a browser in, for a login.")


class JobCounts(BaseModel):
    """How many jobs are in each state."""

    queued: int
    running: int
    done: int
    dead: int


class ModelUse(BaseModel):
    """What the language model was asked today, in the workspace's zone, and what may be spent a day."""

    day: str
    calls: int
    failed: int
    kept: int = Field(description="Requests answered from kept replies; they cost nothing.")
    refused: int = Field(description="Requests that the day's budget did not allow.")
    tokens: int
    tokens_limit: int | None
    cost: float = Field(description="By the prices of the settings, in their currency.")
    cost_limit: float | None


class DayUse(BaseModel):
    """What the language model was asked on one day."""

    day: str
    calls: int
    failed: int
    kept: int
    refused: int
    tokens: int
    cost: float


class PromptUse(BaseModel):
    """What one kind of request took."""

    prompt: str = Field(examples=["answer.v1"])
    calls: int
    tokens: int
    cost: float


class Usage(BaseModel):
    """What the language model was asked, and what it took."""

    model: str | None = Field(description="The model that is asked; null where none is set up.")
    today: ModelUse
    days: list[DayUse] = Field(description="The days on which anything was asked, the newest first.")
    prompts: list[PromptUse] = Field(description="Over these days, by what was asked for; the dearest first.")


class Status(BaseModel):
    """How the workspace stands."""

    version: str
    documents: int
    excerpts: int
    themes: int
    unassigned: int
    coverage: float
    unread: dict[str, int] = Field(description="Documents in languages the model does not read, by language.")
    index: Literal["ready", "behind", "broken"]
    jobs: JobCounts
    embedder: str
    drafter: str
    model: ModelUse


class Alive(BaseModel):
    """The answer of a server that is well."""

    status: Literal["ok"]
