"""Settings: sources and how long they are kept, who signs in, tokens, hooks, the model, the budget, the schedule."""

from collections.abc import Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, Final, cast, get_args

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.deps import Admin, Opened
from api.pages.forms import Form, listed, read_text
from api.pages.rendering import page
from synth import access
from synth.access import ROLES, SCOPES, Access, Role, Scope
from synth.engine import Engine
from synth.errors import BadInput, Conflict, NotFound, SynthError
from synth.model import Redacting
from synth.permitting import end_token

PATH = "/settings"
LONGEST_DAYS = 36_500
LONGEST_READERS = 20_000  # characters of their names
NOTHING_TYPED: Final[Mapping[str, str]] = MappingProxyType({})

router = APIRouter()


@router.get(PATH)
def show_settings(request: Request, held: Admin, engine: Opened) -> HTMLResponse:
    """All of it on one page."""
    return _show(request, held, engine)


@router.post(PATH + "/sources")
def change_source(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """How long a source is kept, and how uploads to it are redacted."""
    source = read_text(form, "source")
    try:
        engine.retain(held.workspace, source, _days(read_text(form, "keep_days")))
        engine.set_redaction(held.workspace, source, read_text(form, "redact"))
    except (BadInput, NotFound) as error:
        return _refuse(request, held, engine, "sources", error)
    return RedirectResponse(f"{PATH}#sources", 303)


@router.post(PATH + "/sources/readers")
def change_readers(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Who may read a source: everybody, or those who are named."""
    typed = {part: read_text(form, part, LONGEST_READERS) for part in ("source", "restricted", "readers")}
    try:
        engine.set_readers(held.workspace, typed["source"], _meant(engine, held.workspace, typed))
    except (BadInput, NotFound) as error:
        return _refuse(request, held, engine, "readers", error, typed)
    return RedirectResponse(f"{PATH}#readers", 303)


@router.post(PATH + "/studies/{id}")
def change_study(request: Request, held: Admin, engine: Opened, id: str, form: Form) -> Response:
    """How long what was said in a study is kept."""
    try:
        engine.change_study(held.workspace, id, {"keep_days": _days(read_text(form, "keep_days"))})
    except (BadInput, NotFound) as error:
        return _refuse(request, held, engine, "studies", error)
    return RedirectResponse(f"{PATH}#studies", 303)


@router.post(PATH + "/users")
def invite(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Make a login link: it is on the page that answers, and on no other."""
    typed = {"name": read_text(form, "name"), "role": read_text(form, "role")}
    try:
        made = engine.invite(held.workspace, typed["name"], cast("Role", typed["role"]))
    except (BadInput, Conflict) as error:
        return _refuse(request, held, engine, "users", error, typed)
    return _show(request, held, engine, invited=made | {"link": _absolute(request, engine, made["link"])})


@router.post(PATH + "/users/role")
def change_role(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Give a user another role, from their next request on."""
    try:
        role = cast("Role", read_text(form, "role"))
        engine.change_role(held.workspace, held.name, read_text(form, "name"), role)
    except (BadInput, NotFound, Conflict) as error:
        return _refuse(request, held, engine, "users", error)
    return RedirectResponse(f"{PATH}#users", 303)


@router.post(PATH + "/users/sign-out")
def sign_out_user(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """End every session and login link of a user, who may sign in again by name."""
    try:
        engine.sign_out_user(held.workspace, held.name, read_text(form, "name"))
    except (NotFound, Conflict) as error:
        return _refuse(request, held, engine, "users", error)
    return RedirectResponse(f"{PATH}#users", 303)


@router.post(PATH + "/users/remove")
def remove_user(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """End every session and login link of a user, and forget their password."""
    try:
        engine.remove_user(held.workspace, held.name, read_text(form, "name"))
    except (NotFound, Conflict) as error:
        return _refuse(request, held, engine, "users", error)
    return RedirectResponse(f"{PATH}#users", 303)


@router.post(PATH + "/tokens")
def make_token(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Make a token: its secret is on the page that answers, and on no other."""
    typed = {part: read_text(form, part) for part in ("token", "role", "scope", "days")}
    name, role, scope = typed["token"], cast("Role", typed["role"]), cast("Scope", typed["scope"] or "all")
    try:
        days = _days(typed["days"])
        expires = None if days is None else engine.parts.now() + timedelta(days=days)
        secret = access.create_token(engine.parts, held.workspace, name, role, expires=expires, scope=scope)
    except BadInput as error:
        return _refuse(request, held, engine, "tokens", error, typed)
    return _show(request, held, engine, made={"name": name, "secret": secret})


@router.post(PATH + "/tokens/{id}/revoke")
def revoke_token(request: Request, held: Admin, engine: Opened, id: str) -> Response:
    """End a token now."""
    try:
        end_token(engine.parts, held.workspace, id)
    except NotFound as error:
        return _refuse(request, held, engine, "tokens", error)
    return RedirectResponse(f"{PATH}#tokens", 303)


@router.post(PATH + "/hooks")
def add_hook(request: Request, held: Admin, engine: Opened, form: Form) -> Response:
    """Make a hook: its secret is on the page that answers, and on no other."""
    typed = {"source": read_text(form, "source"), "readers": read_text(form, "readers", LONGEST_READERS)}
    try:
        made = engine.add_hook(held.workspace, held.name, typed["source"], readers=listed(typed["readers"]) or None)
    except (BadInput, Conflict) as error:
        return _refuse(request, held, engine, "hooks", error, typed)
    return _show(request, held, engine, hooked=made | {"address": _absolute(request, engine, made["path"])})


@router.post(PATH + "/hooks/{id}/end")
def end_hook(request: Request, held: Admin, engine: Opened, id: str) -> Response:
    """Take nothing more there."""
    try:
        engine.end_hook(held.workspace, id)
    except NotFound as error:
        return _refuse(request, held, engine, "hooks", error)
    return RedirectResponse(f"{PATH}#hooks", 303)


@router.post(PATH + "/model")
def probe_model(request: Request, held: Admin, engine: Opened) -> HTMLResponse:
    """Ask the model endpoint for one short reply, and say what came back."""
    return _show(request, held, engine, tested=engine.probe_model())


def _refuse(
    request: Request, held: Access, engine: Engine, at: str, error: SynthError, typed: Mapping[str, str] = NOTHING_TYPED
) -> HTMLResponse:
    """The page with what is wrong, in the section of the form that was sent, which holds what was typed."""
    return _show(request, held, engine, status=400, at=at, problem=str(error), typed=typed)


def _show(request: Request, held: Access, engine: Engine, *, status: int = 200, **said: Any) -> HTMLResponse:
    """The page, with what an act before it has to say: `invited`, `made`, `hooked`, `tested`, or what was refused."""
    sources = engine.sources(held.workspace)["sources"]
    silent = dict.fromkeys(("invited", "made", "hooked", "tested", "problem", "at")) | {"typed": NOTHING_TYPED}
    return page(
        request,
        "settings.html",
        status=status,
        sources=[each for each in sources if each["study"] is None],
        readable=sources,
        studies=engine.studies(held.workspace)["studies"],
        of_study={each["study"]: each for each in sources},
        redacting=get_args(Redacting),
        users=engine.users(held.workspace)["users"],
        roles=ROLES,
        scopes=SCOPES,
        tokens=[each for each in access.list_tokens(engine.parts, held.workspace) if each["kind"] == "token"],
        hooks=engine.hooks(held.workspace)["hooks"],
        usage=engine.usage(held.workspace),
        schedule=engine.schedule(held.workspace),
        **engine.settings_in_force(),
        **(silent | said),
    )


def _meant(engine: Engine, workspace: str, typed: Mapping[str, str]) -> list[str] | None:
    """Those who are named, or None for everybody; raises BadInput for names beside everybody.

    The names of those who could read it so far stay in the form when it is opened to everybody: these are not meant.
    """
    named = sorted(set(listed(typed["readers"])))
    if typed["restricted"] == "yes":
        return named
    so_far = {each["source"]: each["readers"] for each in engine.sources(workspace)["sources"]}
    if named and named != so_far.get(typed["source"]):
        raise BadInput("Names were given, but everybody may read it: say which of the two is meant.")
    return None


def _days(written: str) -> int | None:
    """Days as typed; without any there is no end. Raises BadInput."""
    if not written:
        return None
    if not written.isdecimal() or not 0 < int(written[:9]) <= LONGEST_DAYS:
        raise BadInput(f"'{written[:40]}' is no number of days; write 1 to {LONGEST_DAYS:,}, or leave it empty.")
    return int(written)


def _absolute(request: Request, engine: Engine, path: str) -> str:
    """A link that can be sent to somebody: by the public address where one is set, else by the one asked for."""
    return (engine.settings.public_url or str(request.base_url)).rstrip("/") + path
