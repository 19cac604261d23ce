"""What reading waits for where a source is restricted: `python -m tests.load.restricting [ROWS]`.

A store of that many rows, half of them of one source, is read by an administrator and by somebody who may not read that
source, before and after it is restricted. Told are milliseconds: the first time after something changed, and again.
"""

import random
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from fastapi.testclient import TestClient
from sqlalchemy import insert, update

from api.app import make_app
from synth.access import create_token
from synth.engine import WORKSPACE, Engine
from synth.store import tables
from synth.store.fulltext import fill_words
from tests.factories import open_home

ROWS, SUBJECTS, WORDS, DIMENSION = 100_000, 120, 4_000, 256
ADDRESSES = (
    "/v1/themes",
    "/v1/documents",
    "/v1/search?q=s7a s7b s7c",
    "/v1/search?q=s7a s7b s7c&facets=true",
    "/",
    "/people",
    "/unassigned",
    "/ask?q=What is said about s7a s7b?",
)
HEADERS = {"Accept": "text/html"}
NOW = datetime(2026, 11, 27, tzinfo=UTC)


def main(rows: int = ROWS) -> None:
    """Fill a store, and time every address for either, before and after."""
    with TemporaryDirectory() as folder:
        engine = open_home(Path(folder) / "home")
        fill(engine, rows)
        app = make_app(engine)
        readers = {role: _client(app, engine, role) for role in ("admin", "viewer")}
        _tell("nothing restricted", readers, engine)
        with engine.parts.database.write() as session:
            session.execute(update(tables.Source).where(tables.Source.name == "closed").values(readers=[]))
        _tell("half of it restricted", readers, engine)
        engine.close()


def fill(engine: Engine, rows: int) -> None:
    """Rows written straight into the tables: of two sources by turns, a ninth of them on no theme."""
    drawn = random.Random(0)
    vectors = np.random.default_rng(0).standard_normal((rows, DIMENSION)).astype("<f4")
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    common: dict[str, Any] = {"workspace_id": WORKSPACE}
    with engine.parts.database.write() as session:
        for name in ("open", "closed"):
            session.add(tables.Source(name=name, kind="feedback", created_at=NOW, **common))
        session.flush()
        session.execute(
            insert(tables.Person), [{"name": f"Person {n}", "attributes": {}, **common} for n in range(9_000)]
        )
        session.execute(insert(tables.Theme), [_theme(subject, vectors) | common for subject in range(SUBJECTS)])
    for start in range(0, rows, 10_000):
        with engine.parts.database.write() as session:
            part = range(start, min(rows, start + 10_000))
            said = {number: _say(drawn, number % SUBJECTS) for number in part}
            session.execute(insert(tables.Document), [_document(n, said[n]) | common for n in part])
            session.execute(insert(tables.Excerpt), [_excerpt(n, said[n]) | common for n in part])
            session.execute(insert(tables.Embedding), [_embedding(engine, n, vectors) | common for n in part])
            placed = [n for n in part if n % 9]
            session.execute(insert(tables.Assignment), [_assignment(n) | common for n in placed])
    with engine.parts.database.write() as session:
        fill_words(session)
    engine.parts.database.measure(WORKSPACE, rows)


def _say(drawn: random.Random, subject: int) -> str:
    said = [f"s{subject}{letter}" for letter in drawn.sample("abcdefgh", 5)]
    said += [f"word{int(drawn.paretovariate(0.7)) % WORDS}" for _ in range(8)]
    return " ".join(drawn.sample(said, len(said)))


def _theme(subject: int, vectors: Any) -> dict[str, Any]:
    phrases = [f"s{subject}{letter}" for letter in "abcde"]
    return {
        "id": f"T{subject + 1}",
        "name": " ".join(phrases[:3]),
        "name_origin": "machine",
        "definition": f"Feedback about {', '.join(phrases)}; typical: “{' '.join(phrases)}”.",
        "key_phrases": phrases,
        "exemplars": [f"x{subject + SUBJECTS * place:020x}" for place in range(5)],
        "edge": [f"x{subject + SUBJECTS * place:020x}" for place in range(5, 10)],
        "centroid": vectors[subject].tobytes(),
        "threshold": 0.5,
        "embedder": "hashing-256-w1",
        "born_run_id": "R1",
        "created_at": NOW,
    }


def _document(number: int, text: str) -> dict[str, Any]:
    return {
        "id": f"d{number:020x}",
        "source_id": 1 + number // SUBJECTS % 2,
        "external_id": str(number),
        "text": text,
        "created_at": NOW - timedelta(days=number % 300),
        "ingested_at": NOW,
        "person_id": 1 + number % 9_000,
        "attributes": {},
        "redactions": {},
        "words_hash": f"w{number}",
        "batch": 0,
    }


def _excerpt(number: int, text: str) -> dict[str, Any]:
    places = {"position": 0, "start": 0, "end": len(text)}
    return {"id": f"x{number:020x}", "document_id": f"d{number:020x}", "text_hash": f"h{number}", **places}


def _embedding(engine: Engine, number: int, vectors: Any) -> dict[str, Any]:
    return {
        "embedder": engine.parts.embedder.version,
        "text_hash": f"h{number}",
        "vector": vectors[number].tobytes(),
    }


def _assignment(number: int) -> dict[str, Any]:
    return {
        "excerpt_id": f"x{number:020x}",
        "document_id": f"d{number:020x}",
        "theme_id": f"T{number % SUBJECTS + 1}",
        "confidence": 0.9,
        "origin": "discovered",
        "created_at": NOW,
    }


def _client(app: object, engine: Engine, role: str) -> TestClient:
    secret = create_token(engine.parts, WORKSPACE, role, role, expires=None)  # type: ignore[arg-type]
    return TestClient(app, headers={"Authorization": f"Bearer {secret}"})  # type: ignore[arg-type]


def _tell(title: str, readers: dict[str, TestClient], engine: Engine) -> None:
    print(f"\n{title}")
    for address in ADDRESSES:
        told = []
        for role, client in readers.items():
            with engine.parts.database.write() as session:  # moves the stamp: what is kept is read anew
                session.info["changes"] = True
            first, again = _time(client, address), min(_time(client, address) for _ in range(3))
            told.append(f"{role} {first:7,.0f} {again:7,.0f}")
        print(f"  {address:42}  {'   '.join(told)}")


def _time(client: TestClient, address: str) -> float:
    started = time.process_time()
    answered = client.get(address, headers={} if address.startswith("/v1") else HEADERS)
    assert answered.status_code == 200, answered.text[:300]
    return 1000 * (time.process_time() - started)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:2]))
