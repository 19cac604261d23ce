"""Whether the API keeps what its description promises, whatever it is sent: `python -m tests.fuzzing --cases 20000`.

Serves samples from a home of its own and lets schemathesis make requests from the OpenAPI document, right and wrong
ones, single and in chains (what one made is given to the next). Found is an answer of 5xx, one that the description
does not know, one of another shape, a closed operation that answers without a credential, and an error in the log.
"""

import argparse
import json
import logging
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn

from api.app import make_app
from api.repeating import HEADER
from api.serving import open_socket
from synth.access import create_local
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.intake.uploads import Submission
from synth.settings import Settings
from tests.factories import new_home

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
PHASES = "examples,coverage,fuzzing,stateful"
# Left out: whether all that the description forbids is refused (a query that nobody reads is not), and all it allows
# taken (it cannot say that a theme has to exist).
LEFT_OUT = "positive_data_acceptance,negative_data_rejection"
# Chains are made twice. Once with guesses by names that resemble each other, which reach the most; but a guess may take
# the id of an import for that of a document, so what it does not find says nothing. And once, longer, by the links
# alone that the description gives: what these lead to has to be there.
GUESSED = f"{LEFT_OUT},ensure_resource_availability"
CHAINS = 10  # by links alone, for each example of an operation
LINKS_ALONE = '[phases.stateful.inference]\nalgorithms = ["location-headers"]\n'


class Errors(logging.Handler):
    """Keeps what is logged as an error."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.told: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.told.append(self.format(record))


@contextmanager
def served(home: Path) -> Iterator[tuple[Engine, str, str, Errors]]:
    """The engine over samples, the address of its API, a credential, and the errors in the log."""
    errors = Errors()
    engine = open_engine(Settings(home=new_home(home), address_limit=0), embedder=HashingEmbedder())
    interview = next((SAMPLES / "interviews").glob("*.vtt"))
    posts = SAMPLES / "feedback" / "community.jsonl"
    for path, submission in ((posts, Submission()), (interview, Submission(kind="research", study="Dispatching"))):
        with path.open("rb") as content:
            engine.submit(WORKSPACE, path.name, content, submission)
    engine.drain()
    secret = create_local(engine.parts, WORKSPACE)
    logging.getLogger().addHandler(errors)
    server = uvicorn.Server(uvicorn.Config(make_app(engine), log_config=None, access_log=False))
    with open_socket("127.0.0.1", 0) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.05)
            yield engine, f"http://127.0.0.1:{listening.getsockname()[1]}", secret, errors
        finally:
            server.should_exit = True
            thread.join()
            logging.getLogger().removeHandler(errors)
            engine.close()


def fuzz(url: str, secret: str, folder: Path, *, seed: int, examples: int, phases: str = PHASES) -> tuple[int, str]:
    """One round; returns how many requests were made, and what was found ("" is nothing)."""
    made, found = _make(url, secret, folder, f"{seed}", seed, examples, phases, guesses=True)
    if found or "stateful" not in phases:
        return made, found
    more, found = _make(url, secret, folder, f"{seed}-links", seed, CHAINS * examples, "stateful", guesses=False)
    return made + more, found


def _make(
    url: str, secret: str, folder: Path, name: str, seed: int, examples: int, phases: str, *, guesses: bool
) -> tuple[int, str]:
    report, settings, described = (folder / f"{name}.{form}" for form in ("json", "toml", "openapi.json"))
    described.write_text(json.dumps(_describe(url, secret, keys=guesses)), "utf-8")
    settings.write_text("" if guesses else LINKS_ALONE, "utf-8")
    command = [str(Path(sys.executable).with_name("st")), "--config-file", str(settings), "run", str(described)]
    command += ["--url", url, "--phases", phases, "-n", str(examples), "--seed", str(seed), "--no-shrink"]
    command += ["-H", f"Authorization: Bearer {secret}", "--exclude-checks", GUESSED if guesses else LEFT_OUT]
    command += ["--continue-on-failure", "--request-timeout", "60"]
    command += ["--suppress-health-check", "too_slow"]  # which tells of a busy machine, and of nothing else
    command += ["--report", "json", "--report-json-path", str(report)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if not report.exists():
        return 0, done.stdout + done.stderr
    made = json.loads(report.read_text("utf-8"))["test_cases"]["generated"]
    return made, "" if done.returncode == 0 else done.stdout + done.stderr


def _describe(url: str, secret: str, *, keys: bool) -> dict[str, Any]:
    """The description, its links marked as not always to be followed: a list may be empty.

    Without `keys` nothing is sent under an Idempotency-Key: what is answered as the first time may have been deleted.
    """
    asked = httpx.get(f"{url}/v1/openapi.json", headers={"Authorization": f"Bearer {secret}"}, timeout=60)
    described: dict[str, Any] = asked.json()
    for methods in described["paths"].values():
        for operation in methods.values():
            if not keys and "parameters" in operation:
                operation["parameters"] = [each for each in operation["parameters"] if each["name"] != HEADER]
            for response in operation["responses"].values():
                for link in response.get("links", {}).values():
                    link["x-schemathesis"] = {"is_inferred": True}
    return described


def main() -> int:
    """Rounds of growing seeds until so many requests were made."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--cases", type=int, default=20_000, help="requests to make (20000)")
    asked.add_argument("--examples", type=int, default=25, help="requests of each operation in a round and phase (25)")
    asked.add_argument("--seed", type=int, default=1, help="of the first round (1)")
    given = asked.parse_args()
    total, seed, found = 0, given.seed, ""
    with tempfile.TemporaryDirectory() as folder, served(Path(folder) / "home") as (engine, url, secret, errors):
        while total < given.cases and not found:
            made, found = fuzz(url, secret, Path(folder), seed=seed, examples=given.examples)
            engine.drain()
            total, seed = total + made, seed + 1
            print(f"{total:,} requests", flush=True)
            found = found or "\n".join(errors.told)
    print(found or "Nothing was found.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
