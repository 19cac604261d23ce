"""The settings, read once from the environment (`SYNTH_…`) at a door, then frozen and passed on."""

import re
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from synth.errors import BadInput

_ROLES: Final = ("viewer", "editor", "researcher", "admin")  # as in `synth.access`, which settings do not know
FIRST_WORKSPACE: Final = "main"  # the one that is always there
HIDDEN: Final = "••••"  # stands for what is set and not shown


class Settings(BaseSettings):
    """Every setting of the service; the README lists them, and a test holds that list against this class."""

    model_config = SettingsConfigDict(env_prefix="SYNTH_", frozen=True, extra="ignore", env_ignore_empty=True)

    home: Path = Field(Path("var"), description="The one folder where everything lives.")
    database_url: str | None = Field(None, description="SQLAlchemy URL; SQLite in the home folder when unset.")
    broker_url: str | None = Field(
        None, description="redis://… or amqp://…; jobs run in the serving process when unset."
    )
    chroma_url: str | None = Field(
        None,
        description="http://host:port of `chroma run`; several, comma-separated, share the workspaces. "
        "A folder in home when unset.",
    )
    workspace: str = Field(FIRST_WORKSPACE, min_length=1, description="Workspace that commands on the machine are for.")
    timezone: str = Field("UTC", description="Zone of the first workspace: days and weeks begin by it.")
    embedder: str = Field(
        "minilm",
        description="`minilm`, `minilm-torch` (full precision), `hashing` (no model), or a folder of a model.",
    )
    llm_url: str | None = Field(
        None, description="Base URL of an OpenAI-compatible endpoint, e.g. http://host:8080/v1."
    )
    llm_key: SecretStr | None = Field(None, description="The key of that endpoint, where it wants one.")
    llm_model: str = Field("gpt-5-mini", description="The model to ask for at that endpoint.")
    llm_timeout: float = Field(30.0, gt=0, description="Seconds to wait for the endpoint.")
    llm_daily_tokens: int | None = Field(
        None, gt=0, description="Tokens that may be spent at the endpoint per workspace and day; no limit when unset."
    )
    llm_daily_cost: float | None = Field(
        None, gt=0, description="Money that may be spent there per workspace and day, in the currency of the prices."
    )
    llm_prompt_price: float = Field(0.0, ge=0, description="Price of a million tokens of prompt.")
    llm_completion_price: float = Field(0.0, ge=0, description="Price of a million tokens of reply.")
    transcribe_url: str | None = Field(
        None,
        description="Base URL of an OpenAI-compatible endpoint that transcribes; recordings are refused without.",
    )
    transcribe_key: SecretStr | None = Field(None, description="The key of that endpoint, where it wants one.")
    transcribe_model: str = Field("whisper-1", description="The model to ask for there; one that gives segments.")
    transcribe_timeout: float = Field(600.0, gt=0, description="Seconds to wait for a transcript.")
    transcribe_limit: int = Field(25 << 20, gt=0, description="Largest recording the endpoint takes, in bytes.")
    redact_regions: Annotated[tuple[str, ...], NoDecode] = Field(
        ("US", "GB", "DE"), description="Regions whose phone numbers are expected, comma-separated."
    )
    minimum_people: int = Field(
        3, ge=1, description="People of whom a study must have heard it before others than researchers see it."
    )
    public_url: str | None = Field(
        None,
        description="Where readers find the pages, e.g. https://synth.example.org; links in letters begin with it.",
    )
    smtp_url: SecretStr | None = Field(
        None, description="The mail server: smtp://user:password@host:587 (TLS where it is offered) or smtps://…."
    )
    mail_from: str | None = Field(None, description="The address that letters come from.")
    report_folder: Path | None = Field(None, description="The folder under which reports may be put as files.")
    private_webhooks: bool = Field(False, description="Webhooks may go to this machine and its network, too.")
    audit_days: int = Field(1095, ge=365, description="Days that the audit log keeps who did what.")
    answer_days: int = Field(365, gt=0, description="Days an answer is kept for the trust card.")
    upload_limit: int = Field(1_000_000_000, gt=0, description="Largest upload, in bytes.")
    rate_limit: int = Field(3000, ge=0, description="Requests a minute with one token or session; 0 for no limit.")
    address_limit: int = Field(12_000, ge=0, description="Requests a minute from one address; 0 for no limit.")
    sign_in_limit: int = Field(10, ge=0, description="Refused login links a minute from one address; 0 for no limit.")
    oidc_issuer: str | None = Field(
        None, description="https://… of the OpenID provider that browsers sign in through, as it writes itself."
    )
    oidc_client_id: str | None = Field(None, description="By which the provider knows this service.")
    oidc_client_secret: SecretStr | None = Field(None, description="The secret of that client, where it has one.")
    oidc_name_claim: str = Field("email", min_length=1, description="Claim under whose value a user is known here.")
    oidc_role_claim: str = Field(
        "groups", min_length=1, description="Claim that tells the role; with dots, a claim inside another."
    )
    oidc_roles: str = Field(
        "", description="Roles by values of that claim, as staff=viewer,analysts=researcher; others do not come in."
    )
    oidc_workspace: str = Field(
        FIRST_WORKSPACE, min_length=1, description="Workspace that the organisation signs in to."
    )
    host: str = Field("127.0.0.1", description="Address the server listens on.")
    port: int = Field(8300, ge=0, le=65535, description="Port the server listens on.")
    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="How much is logged.")
    otlp_url: str | None = Field(
        None, description="OpenTelemetry collector that traces go to over HTTP, e.g. http://host:4318; none when unset."
    )
    log_format: Literal["text", "json"] = Field(
        "text", description="Lines for people, or JSON objects for a collector."
    )

    @field_validator("redact_regions", mode="before")
    @classmethod
    def _listed(cls, written: object) -> object:
        return re.findall(r"\w+", written.upper()) if isinstance(written, str) else written

    @field_validator("redact_regions")
    @classmethod
    def _two_letters(cls, regions: tuple[str, ...]) -> tuple[str, ...]:
        if wrong := [region for region in regions if not re.fullmatch("[A-Z]{2}", region)]:
            raise ValueError(f"{wrong[0]} is no region; write codes of two letters such as US,GB,DE")
        return regions

    @field_validator("smtp_url")
    @classmethod
    def _mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not re.match(r"smtps?://[^\s/]+", url.get_secret_value()):
            raise ValueError("write it as smtp://user:password@host:587 or smtps://host")
        return url

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        ZoneInfo(name)
        return name

    @field_validator("oidc_issuer")
    @classmethod
    def _provider(cls, url: str | None) -> str | None:
        if url is not None and not re.match(r"https://[^\s/?#]+|http://(127\.0\.0\.1|localhost)(:\d+)?(/|$)", url):
            raise ValueError("write it as https://login.example.org")
        return url

    @field_validator("oidc_roles")
    @classmethod
    def _role_map(cls, written: str) -> str:
        for value, role in read_roles(written).items():
            if not value or role not in _ROLES:
                raise ValueError(f"write pairs of a value and one of {', '.join(_ROLES)}, as staff=viewer,leads=admin")
        return written

    @model_validator(mode="after")
    def _whole_provider(self) -> Self:
        if self.oidc_issuer is None:
            return self
        needed = {
            "SYNTH_OIDC_CLIENT_ID": self.oidc_client_id,
            "SYNTH_OIDC_ROLES": read_roles(self.oidc_roles),
            "SYNTH_PUBLIC_URL": self.public_url,
        }
        if missing := [name for name, value in needed.items() if not value]:
            raise ValueError(f"SYNTH_OIDC_ISSUER needs {', '.join(missing)}")
        return self

    @model_validator(mode="after")
    def _priced(self) -> Self:
        if self.llm_daily_cost is not None and not (self.llm_prompt_price or self.llm_completion_price):
            raise ValueError("SYNTH_LLM_DAILY_COST needs SYNTH_LLM_PROMPT_PRICE and SYNTH_LLM_COMPLETION_PRICE")
        return self

    @property
    def chroma_urls(self) -> tuple[str, ...]:
        """The addresses of the Chroma servers, each once."""
        return tuple(
            dict.fromkeys(filter(None, (each.strip().rstrip("/") for each in (self.chroma_url or "").split(","))))
        )

    @property
    def embedded(self) -> bool:
        """True when this process does everything itself: its own index folder, its own jobs."""
        return self.broker_url is None and self.chroma_url is None

    def database(self) -> str:
        """The SQLAlchemy URL in force."""
        return self.database_url or f"sqlite:///{self.home.resolve() / 'synth.db'}"


def read_roles(written: str) -> dict[str, str]:
    """The pairs of a value and a role, as `SYNTH_OIDC_ROLES` writes them."""
    pairs = (each.rpartition("=") for each in written.split(",") if each.strip())
    return {value.strip(): role.strip() for value, _, role in pairs}


def describe_settings(settings: Settings) -> list[dict[str, Any]]:
    """Every setting as it may be shown: its variable, its value without what is secret, where that comes from."""
    return [
        {
            "variable": f"SYNTH_{name.upper()}",
            "value": _shown(value := getattr(settings, name)),
            "secret": isinstance(value, SecretStr),
            "origin": "environment" if name in settings.model_fields_set else "default",
            "description": field.description,
        }
        for name, field in Settings.model_fields.items()
    ]


def _shown(value: object) -> str | None:
    """A key is not shown at all; of an address, what names a user, a password or a token is not."""
    if value is None:
        return None
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:g}"
    return re.sub(r"(?<=://)[^/@]*@|(?<=\?).*", HIDDEN, str(value)) if "://" in str(value) else str(value)


def read_settings(**overrides: object) -> Settings:
    """The settings of this process; raises BadInput that names the variable at fault."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        if not first["loc"]:  # about several of them, which its sentence names
            raise BadInput(f"{first['msg'].removeprefix('Value error, ')}.") from None
        name = "_".join(str(part) for part in first["loc"]).upper()
        raise BadInput(f"SYNTH_{name} cannot be used: {first['msg']}.") from None
    except (KeyError, OSError, ValueError) as error:
        raise BadInput(f"SYNTH_TIMEZONE names no time zone ({error}); use a name such as Europe/Berlin.") from None
