"""Settings, the model endpoint, sources and users as they come out and go in."""

from typing import Annotated, Literal

from pydantic import BaseModel, Field

from api.deps import Plain
from api.shapes.common import Moment
from synth.access import Role
from synth.model import Kind, Redacting

UserName = Annotated[Plain, Field(min_length=1, max_length=100)]


class Setting(BaseModel):
    """One setting of the process that answers."""

    variable: str = Field(examples=["SYNTH_TIMEZONE"])
    value: str | None = Field(description="Null where none is set; what is secret in it is not shown.")
    secret: bool
    origin: Literal["environment", "default"] = Field(description="Where the value comes from.")
    description: str


class ModelEndpoint(BaseModel):
    """Which language model is asked where."""

    url: str | None
    model: str | None
    key: str | None = Field(description="Dots where there is one; it is not shown.")


class SettingsInForce(BaseModel):
    """Every setting, read when the service started."""

    settings: list[Setting]
    model: ModelEndpoint


class ModelTest(BaseModel):
    """What an endpoint can do; null where it could not be learned."""

    reachable: bool
    model: str
    model_listed: bool | None
    accepts_schema: bool | None
    honours_schema: bool | None
    seconds: float
    said: str = Field(description="The same in sentences.")


class SourceHeld(BaseModel):
    """A source: what it holds, how long it is kept, how uploads to it are redacted."""

    source: str
    kind: Kind
    documents: int
    excerpts: int
    first_at: Moment | None
    last_at: Moment | None
    keep_days: int | None = Field(description="Its own; null keeps it.")
    study: str | None = Field(description="The study it belongs to.")
    study_keep_days: int | None = Field(description="Of the two the shorter holds.")
    redact: Redacting = Field(description="suggest: uploads to it wait until somebody saw what is to be hidden.")
    readers: list[str] | None = Field(description="Who may read it beside administrators; null lets everybody.")


class SourceList(BaseModel):
    """All sources by name."""

    sources: list[SourceHeld]


class SentSourceRedaction(BaseModel):
    """How uploads to a source are redacted from now on."""

    source: Annotated[Plain, Field(min_length=1, max_length=500)]
    redact: Redacting


class SentReaders(BaseModel):
    """Who may read a source from now on."""

    source: Annotated[Plain, Field(min_length=1, max_length=500)]
    readers: list[UserName] | None = Field(
        max_length=200, description="Users and tokens by name, beside administrators; null lets everybody read it."
    )


class SentHook(BaseModel):
    """Which source another service is to send feedback of."""

    source: Annotated[Plain, Field(min_length=1, max_length=500)]
    readers: list[UserName] | None = Field(
        None, max_length=200, description="Makes the source, which is new then, and lets only them read it."
    )


class Hook(BaseModel):
    """An address at which another service sends feedback, signed as Standard Webhooks ask."""

    id: str
    source: str
    path: str = Field(description="Where it is sent to.", examples=["/v1/hooks/h5f0c2d7a9b1e4c3f8d6a0b2c4e6f8a1d"])
    created_by: str
    created_at: Moment
    used_at: Moment | None = Field(description="When a genuine message last came, to the hour.")


class HookList(BaseModel):
    """The hooks, in the order they were made."""

    hooks: list[Hook]


class HookMade(Hook):
    """With the secret, which is shown this once."""

    secret: str = Field(examples=["whsec_…"])


class MessageTaken(BaseModel):
    """What a message became; the same message again gives the same import."""

    import_: str = Field(alias="import", description="The id of the import.")


class SentUser(BaseModel):
    """Who is to sign in, in which role."""

    name: UserName
    role: Role


class User(BaseModel):
    """Somebody who signs in with a browser."""

    name: str
    role: Role
    signs_in: Literal["link", "password", "organisation"] = Field(description="How they may come in.")
    sessions: int = Field(description="Browsers they are signed in with.")
    invited: int = Field(description="Login links that nobody has opened yet.")
    since: Moment
    used_at: Moment | None = Field(description="When they were last here, to the hour.")


class UserList(BaseModel):
    """Those who sign in, by name."""

    users: list[User]


class Invitation(BaseModel):
    """A login link: it works once, within an hour, and is shown this once."""

    name: str
    role: Role
    link: str = Field(description="The path that signs a browser in.", examples=["/login?key=synth_…"])
