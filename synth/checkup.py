"""`synth doctor`: every part is tried, and each finding says what to do."""

import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from synth.errors import SynthError
from synth.settings import Settings

ROOM = 1 << 30  # bytes that should be free


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found out about one part."""

    part: str
    ok: bool
    said: str

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def examine(settings: Settings) -> list[Finding]:
    """Try every part this installation is set to use; never raises."""
    checks: dict[str, Callable[[Settings], str]] = {
        "home": _home,
        "database": _database,
        "workspaces": _workspaces,
        "embedder": _embedder,
        "index": _index,
        "broker": _broker,
        "model": _model,
        "transcription": _transcription,
        "organisation": _organisation,
    }
    return [_tried(part, check, settings) for part, check in checks.items()]


def _tried(part: str, check: Callable[[Settings], str], settings: Settings) -> Finding:
    try:
        return Finding(part, True, check(settings))
    except SynthError as error:
        return Finding(part, False, str(error))
    except Exception as error:  # noqa: BLE001 - a check-up reports every fault there is
        return Finding(part, False, f"{type(error).__name__}: {error}")


def _organisation(settings: Settings) -> str:
    from datetime import UTC, datetime

    from synth.oidc.provider import open_provider

    provider = open_provider(settings, lambda: datetime.now(UTC))
    return "Nobody signs in through one; SYNTH_OIDC_ISSUER sets it." if provider is None else provider.check()


def _home(settings: Settings) -> str:
    from synth.store.lock import read_owner

    settings.home.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(settings.home).free
    if free < ROOM:
        raise SynthError(f"Only {free / 1e6:,.0f} MB are free where {settings.home} lies; make room.")
    owner = read_owner(settings.home)
    used = f"in use by `{owner.command}` (process {owner.pid})" if owner else "not in use"
    return f"{settings.home.resolve()}, {used}, {free / 1e9:,.0f} GB free."


def _database(settings: Settings) -> str:
    from synth.store.database import Database

    database = Database(settings.database())
    try:
        database.check()
        if not database.is_current():
            raise SynthError("The schema is not the newest; run `synth migrate`.")
        return f"{database.dialect}, sound, at the newest schema."
    finally:
        database.close()


def _workspaces(settings: Settings) -> str:
    """On PostgreSQL, whether the database itself keeps workspaces apart: a superuser goes through every wall."""
    from synth.store.database import Database
    from synth.store.tables import Base
    from synth.store.walls import find_gaps, passes_walls
    from synth.workspaces import check_workspace, list_ids

    database = Database(settings.database())
    try:
        if not database.is_current():
            raise SynthError("The schema is not the newest; run `synth migrate`.")
        check_workspace(database, settings.workspace)
        check_workspace(database, settings.oidc_workspace)
        there = f"{len(list_ids(database)):,}"
        if database.dialect == "sqlite":
            return f"{there}, kept apart by the service; SQLite has no walls of its own."
        with database.engine.connect() as connection:
            passing, gaps = passes_walls(connection), find_gaps(connection, Base.metadata.tables)
    finally:
        database.close()
    if gaps:
        raise SynthError(f"PostgreSQL puts no wall before {', '.join(gaps)}; run `synth migrate`.")
    if passing:
        raise SynthError(
            f"PostgreSQL lets the role {passing} through its walls between workspaces: it is a superuser or has "
            f"BYPASSRLS. Make another role the owner of the database and its tables, and name it in SYNTH_DATABASE_URL."
        )
    return f"{there}, kept apart by the service and by PostgreSQL (row-level security)."


def _embedder(settings: Settings) -> str:
    from synth.embedding.opening import open_embedder

    embedder = open_embedder(settings.embedder)
    _check_vectors(settings, embedder.version)
    checked = "no weights" if settings.embedder == "hashing" else "weights checked"
    return f"{settings.embedder}, version {embedder.version}, {checked}."


def _check_vectors(settings: Settings, version: str) -> None:
    """Raise SynthError when vectors wait to be made again; a schema that is not the newest is not read."""
    from synth.store.database import Database
    from synth.store.vectors import count_outdated

    database = Database(settings.database())
    try:
        outdated = count_outdated(database, version) if database.is_current() else 0
    finally:
        database.close()
    if outdated:
        raise SynthError(f"{outdated:,} texts have vectors of another embedder only; run `synth reindex`.")


def _index(settings: Settings) -> str:
    """An embedded index in use by a server is that server's to check."""
    from synth.store.lock import read_owner

    if settings.chroma_url is None and read_owner(settings.home):
        return "held by the process that uses the home folder; its own check repairs it."
    from synth.embedding.opening import open_embedder
    from synth.store.shards import open_index

    embedder = open_embedder(settings.embedder)
    folder, urls = settings.home.resolve() / "chroma", settings.chroma_urls
    index = open_index(folder=folder, urls=urls, embedder=embedder.version, dimension=embedder.dimension)
    try:
        index.probe()
    finally:
        index.close()
    return f"{', '.join(urls) or 'folder in home'}, {'answer' if len(urls) > 1 else 'answers'}."


def _broker(settings: Settings) -> str:
    if settings.broker_url is None:
        return "none set; jobs run in the serving process."
    from kombu.connection import Connection

    with Connection(settings.broker_url, connect_timeout=5) as connection:  # type: ignore[no-untyped-call]
        connection.ensure_connection(max_retries=1, timeout=5)
    return "answers."


def _model(settings: Settings) -> str:
    if settings.llm_url is None:
        return "none set; the extractive drafter writes."
    from synth.llm.probing import probe

    found = probe(settings)
    if not found.reachable:
        raise SynthError(f"The endpoint does not answer: {found.note} Check SYNTH_LLM_URL.")
    if not found.model_listed:
        return f"answers, but does not list {found.model}; {found.note}"
    schema = "keeps to a schema" if found.honours_schema else "does not keep to a schema (replies are checked)"
    return f"{found.model} at the endpoint, {schema}."


def _transcription(settings: Settings) -> str:
    """An endpoint is sent half a second of silence: whatever it hears in it, it works."""
    from synth.transcribing import open_transcriber

    transcriber = open_transcriber(settings)
    if transcriber is None:
        return "none set; recordings are refused, transcripts are taken in."
    transcriber.check()
    return f"{transcriber.model} at the endpoint answers; it takes recordings of {transcriber.limit:,} bytes."
