"""Which way the arrows point: read from the imports, so that one reading of these tables tells the structure.

What is imported for types only (under TYPE_CHECKING) is no arrow: it does not run.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOORS = {"api", "workers", "eval"}

# Room of synth/ to the rooms it may import. A room is a folder, or a file that stands alone.
_GROUND = {"errors", "model", "parts"}
_STORED = _GROUND | {"store", "embedding", "wire"}
ARROWS: Mapping[str, set[str]] = {
    "errors": set(),
    "model": set(),
    "parts": set(),
    "memory": set(),
    "wire": {"model"},
    "settings": {"errors"},
    "embedding": {"errors"},
    "tracing": set(),
    "store": _GROUND | {"wire", "tracing"},
    "access": _GROUND | {"store", "wire"},
    "auditing": _GROUND | {"access", "store", "wire"},
    "workspaces": _GROUND | {"access", "settings", "store", "wire"},
    "permitting": _GROUND | {"access", "store"},
    "users": _GROUND | {"access", "permitting", "store", "wire"},
    "oidc": _GROUND | {"access", "passwords", "store"},
    "passwords": _GROUND | {"access", "store"},
    "words": set(),
    "suspicion": {"words"},
    "transcribing": {"errors"},
    "intake": _STORED | {"permitting", "suspicion", "transcribing"},
    "support": {"model", "intake", "words"},
    "gate": {"model", "store", "support", "words"},
    "llm": _GROUND | {"tracing", "settings", "gate", "store", "intake", "words", "support", "suspicion"},
    "themes": _STORED | {"gate", "llm"},
    "answers": _STORED | {"gate", "intake", "llm", "suspicion", "themes", "words"},
    "trust": _STORED | {"intake", "themes", "answers"},
    "insights": _STORED | {"gate", "llm", "themes", "answers", "support"},
    "releases": _STORED | {"answers"},
    "reports": _STORED | {"releases", "gate", "llm", "themes", "answers", "insights", "trust", "words"},
    "saved": _STORED | {"themes", "answers", "reports"},
    "saying": _STORED | {"intake", "themes", "reports"},
    "erasure": _STORED | {"themes"},
    "research": _STORED | {"intake", "gate", "themes", "words"},
    "exporting": _STORED | {"auditing", "themes", "insights", "answers", "saved", "erasure", "research", "words"},
    "standing": _STORED | {"themes", "answers"},
    "news": _STORED,
    "overview": _STORED | {"themes", "answers", "insights", "reports", "news"},
    "profile": _STORED | {"themes", "insights", "reports", "saying"},
    "jobs": _GROUND | {"store", "telemetry"},  # its spans are begun by the parts
    "telemetry": {"store"},
    "delivery": _STORED | {"reports", "words"},
    "hooks": _STORED | {"delivery", "permitting"},
    "backup": _GROUND | {"store"},
    "checkup": _GROUND | {"oidc", "settings", "store", "embedding", "llm", "transcribing", "workspaces"},
}
ENGINE = {*ARROWS, "engine"} - {"checkup", "backup"}
COMMANDS = {*ENGINE, "cli", "checkup", "backup"}

PEERS = {"eval/peers/"}  # other ways to do the same, to be measured against

# Library to the only files that import it. Where there is a trailing slash, any file of that folder may.
LIBRARIES: Mapping[str, set[str]] = {
    "torch": set(),
    "sentence_transformers": {"synth/embedding/sentences.py", *PEERS},
    "tokenizers": {"synth/embedding/tokens.py"},
    "onnx": {"synth/embedding/graph.py"},  # writes the graph down
    "onnxruntime": {"synth/embedding/quantised.py"},  # and runs it; both without torch
    "chromadb": {"synth/store/chroma.py"},
    "hdbscan": {"synth/themes/finding/density.py", *PEERS},
    "openai": {"synth/llm/endpoint.py"},
    "httpx2": {"synth/llm/endpoint.py", "synth/llm/bounding.py"},  # what the openai library itself speaks through
    "httpx": {"synth/cli/remote/server.py", "synth/transcribing.py", "synth/oidc/provider.py"},
    "joserfc": {"synth/oidc/provider.py"},
    "celery": {"workers/app.py", "workers/tasks.py", "workers/embedded.py"},
    "kombu": {"workers/app.py", "synth/checkup.py"},  # the check-up asks whether the broker answers, and no more
    "fastapi": {"api/"},
    "starlette": {"api/"},
    "argon2": {"synth/passwords.py"},
    "cryptography": {"api/repeating.py", "synth/hooks/sealing.py"},
    "limits": {"api/limiting.py"},
    "uvicorn": {"api/serving.py"},
    "pdfplumber": {"synth/intake/transcripts/pdf.py"},
    "docx": {"synth/research/rendering.py", "synth/intake/transcripts/word.py"},
    "openpyxl": {"synth/research/spreadsheets.py", "synth/intake/tabular/sheets.py", "synth/exporting/writing.py"},
    "alembic": {"synth/store/database.py", "synth/store/migrations/"},
    "typst": {"synth/reports/pdf.py"},
    "apprise": {"synth/delivery/chat.py"},
    "standardwebhooks": {"synth/delivery/webhook.py", "synth/hooks/receiving.py"},
    "httpcore": {"synth/delivery/guarding.py", "synth/delivery/webhook.py"},
    "opentelemetry": {"synth/tracing.py"},
    "prometheus_client": {"synth/telemetry/metrics.py"},
    "structlog": {"synth/telemetry/logs.py"},
    "typer": {"synth/cli/"},
    "rich": {"synth/cli/progress.py", "eval/tables.py"},
}
HEAVY = (
    "torch",
    "onnxruntime",
    "onnx",
    "chromadb",
    "numpy",
    "sqlalchemy",
    "fastapi",
    "pydantic",
    "celery",
    "openai",
    "httpx",
)


@dataclass(frozen=True, slots=True)
class Import:
    """One import that runs: the file it stands in, and the module it names."""

    path: str
    module: str

    @property
    def room(self) -> str:
        """The room of synth/ the file belongs to."""
        return Path(self.path).parts[1].removesuffix(".py")

    @property
    def library(self) -> str:
        """The first part of what is imported."""
        return self.module.split(".")[0]


@cache
def imports(package: str) -> tuple[Import, ...]:
    """Every import that runs in a package, migrations of the schema left out."""
    found: list[Import] = []
    for path in sorted((ROOT / package).rglob("*.py")):
        if "migrations" not in path.parts:
            relative = path.relative_to(ROOT).as_posix()
            found += [Import(relative, name) for name in _named(ast.parse(path.read_text("utf-8")))]
    return tuple(found)


def _named(tree: ast.AST) -> Iterator[str]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports name the whole path"
            # `from synth import jobs` names a room, `from synth.jobs import due` a name in it
            yield from (
                f"{node.module}.{alias.name}" if node.module == "synth" else str(node.module) for alias in node.names
            )
        else:
            yield from _named(node)


def test_the_arrows_between_the_rooms_make_no_circle() -> None:
    assert tuple(TopologicalSorter(ARROWS).static_order())


@pytest.mark.parametrize("room", sorted({each.room for each in imports("synth")} - {"__init__", "cli", "engine"}))
def test_a_room_imports_only_the_rooms_below_it(room: str) -> None:
    allowed = {f"synth.{name}" for name in ARROWS[room] | {room}}
    mine = [each for each in imports("synth") if each.room == room and each.library == "synth"]
    assert [each for each in mine if ".".join(each.module.split(".")[:2]) not in allowed] == []


def test_the_engine_imports_no_command_and_no_check_up() -> None:
    mine = [each for each in imports("synth") if each.room == "engine" and each.library == "synth"]
    assert {each.module.split(".")[1] for each in mine} <= ENGINE


def test_the_engine_knows_no_door() -> None:
    inside = [each for each in imports("synth") if each.room != "cli"]
    assert [each for each in inside if each.library in DOORS] == []


def test_of_the_commands_only_serving_opens_another_door() -> None:
    commands = [each for each in imports("synth") if each.room == "cli" and each.library in DOORS]
    assert {each.path for each in commands} <= {"synth/cli/serving.py"}


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_door_imports_synth_and_no_other_door(door: str) -> None:
    others = DOORS - {door}
    assert [each for each in imports(door) if each.library in others] == []
    assert [each for each in imports(door) if each.module.startswith("synth.cli")] == []
    assert [each for each in imports(door) if any(part.startswith("_") for part in each.module.split(".")[1:])] == []


@pytest.mark.parametrize("library", sorted(LIBRARIES))
def test_a_library_is_imported_where_the_table_says(library: str) -> None:
    allowed = LIBRARIES[library]
    found = {each.path for package in ("synth", *DOORS) for each in imports(package) if each.library == library}
    assert {path for path in found if path not in allowed and not path.startswith(_folders(allowed))} == set()


def test_help_imports_nothing_heavy() -> None:
    ask = "import sys; from synth.cli import main\ntry: main()\nfinally: print(*sys.modules, file=sys.stderr)"
    shown = subprocess.run(
        [sys.executable, "-c", ask, "--help"], capture_output=True, text=True, timeout=60, check=True, cwd=ROOT
    )
    loaded = {name.split(".")[0] for name in shown.stderr.split()}
    assert "synth" in loaded
    assert loaded.isdisjoint(HEAVY)


def _folders(allowed: set[str]) -> tuple[str, ...]:
    return tuple(path for path in allowed if path.endswith("/"))
