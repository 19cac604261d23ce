"""The files for containers name queues, settings and folders there are: nothing here needs a container to run."""

import re
from pathlib import Path

import yaml
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.testclient import TestClient
from starlette.types import Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from synth.settings import Settings
from workers.app import queue_names

ROOT = Path(__file__).resolve().parents[1]
COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
IMAGE = (ROOT / "Dockerfile").read_text("utf-8")
KUBERNETES = (ROOT / "docs" / "kubernetes.md").read_text("utf-8")
OBJECTS = [
    each
    for block in re.findall(r"```yaml\n(.*?)```", KUBERNETES, re.DOTALL)
    for each in yaml.safe_load_all(block)
    if each is not None
]


def queues(command: list[str]) -> list[str]:
    return command[command.index("--queues") + 1].split(",") if "--queues" in command else []


def containers() -> list[dict]:
    return [container for each in OBJECTS if "template" in each["spec"] for container in pods(each)["containers"]]


def pods(deployment: dict) -> dict:
    return deployment["spec"]["template"]["spec"]


def test_every_queue_has_one_worker() -> None:
    composed = [name for each in SERVICES.values() for name in queues(each.get("command", []))]
    assert sorted(composed) == queue_names()
    assert sorted(name for each in containers() for name in queues(each.get("command", []))) == queue_names()


def test_every_setting_that_is_named_exists() -> None:
    known = {f"SYNTH_{name.upper()}" for name in Settings.model_fields} | {"SYNTH_DATABASE_PASSWORD"}
    for text in ((ROOT / "compose.yaml").read_text("utf-8"), IMAGE, KUBERNETES):
        assert set(re.findall(r"SYNTH_[A-Z_]+[A-Z]", text)) <= known


def test_nothing_but_the_api_is_reachable_and_nothing_of_ours_runs_as_root() -> None:
    assert {name for name, each in SERVICES.items() if "ports" in each} == {"api"}
    assert all(port.startswith("127.0.0.1:") for port in SERVICES["api"]["ports"])
    assert COMPOSE["networks"]["inside"]["internal"]
    assert re.findall(r"^USER (\S+)$", IMAGE, re.MULTILINE) == ["10001"]
    assert {pods(each)["securityContext"]["runAsUser"] for each in OBJECTS if "template" in each["spec"]} == {10001}


def test_what_ends_tls_in_front_is_believed_and_nobody_else() -> None:
    set_to = SERVICES["api"]["environment"]["FORWARDED_ALLOW_IPS"]
    trusted = re.fullmatch(r"\$\{FORWARDED_ALLOW_IPS:-(.+)\}", set_to)
    assert trusted

    async def tell(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        await JSONResponse([request.url.scheme, request.client and request.client.host])(scope, receive, send)

    def told(peer: str) -> list[str]:
        app = ProxyHeadersMiddleware(tell, trusted_hosts=trusted[1])  # type: ignore[arg-type]
        headers = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "198.51.100.1, 203.0.113.7"}
        return TestClient(app, client=(peer, 1)).get("/", headers=headers).json()  # type: ignore[arg-type, no-any-return]

    assert told("172.18.0.1") == ["https", "203.0.113.7"]  # what a client writes itself stands further left
    assert told("203.0.113.9") == ["http", "203.0.113.9"]
    assert "FORWARDED_ALLOW_IPS" in KUBERNETES


def test_every_service_is_looked_at_or_has_no_port() -> None:
    unseen = {name for name, each in SERVICES.items() if each.get("healthcheck", {}).get("disable")}
    assert unseen == {name for name in SERVICES if name.startswith("worker-")} | {"scheduler", "migrate"}
    assert "HEALTHCHECK" in IMAGE


def test_the_image_holds_every_package_and_no_test() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    copied = set(re.findall(r"^COPY (\w+) \./", IMAGE, re.MULTILINE))
    assert packages <= copied
    assert "tests" in (ROOT / ".dockerignore").read_text("utf-8").split()
