"""A client that sends rows until they are acknowledged, and writes down what was."""

import random
import threading
import time
from dataclasses import dataclass
from queue import Empty, Queue

import httpx

SUBJECTS = ("invoice", "calendar", "map", "photo upload", "search", "export", "login", "dashboard", "report")
VERBS = ("crashes", "is slow", "works well", "lost my entries", "confuses my team", "saves us hours", "fails offline")
TIMES = ("every morning", "since the update", "on my phone", "with large accounts", "after lunch", "in the basement")
MOST_ROWS = 100  # in one request


@dataclass(frozen=True, slots=True)
class Request:
    """Rows that are sent together under one idempotency key."""

    key: str
    ids: tuple[str, ...]
    documents: tuple[dict[str, str], ...]


class Client:
    """Sends requests from threads of its own; each again, under its key, until an answer says that it is taken."""

    def __init__(
        self, addresses: list[str], token: str, requests: list[Request], *, threads: int, pause: float
    ) -> None:
        self._addresses, self._token, self._pause = addresses, token, pause
        self._waiting: Queue[Request] = Queue()
        self._add(requests)
        self._halt = threading.Event()
        self._writing = threading.Lock()
        self.acknowledged: dict[str, str] = {}  # key to the id of the import
        self.doubted: set[str] = set()  # keys that were sent and not answered
        self.sent_again = 0
        self.refused: list[str] = []
        self._count, self._threads = threads, list[threading.Thread]()
        self.start()

    def start(self) -> None:
        """Send what waits."""
        self._threads = [threading.Thread(target=self._send_all, name=f"client-{n}") for n in range(self._count)]
        for thread in self._threads:
            thread.start()

    def send_at_once(self, requests: list[Request]) -> None:
        """Let the others be done, then send these without a pause; returns while they are sent."""
        for thread in self._threads:
            thread.join()
        self._pause = 0.0
        self._add(requests)
        self.start()

    def stop(self) -> None:
        """Send no more; what is under way is still answered or given up."""
        self._halt.set()
        for thread in self._threads:
            thread.join()

    @property
    def done(self) -> bool:
        """True when every request was acknowledged."""
        return not any(thread.is_alive() for thread in self._threads)

    def _add(self, requests: list[Request]) -> None:
        for request in requests:
            self._waiting.put(request)

    def _send_all(self) -> None:
        with httpx.Client(timeout=20, headers={"Authorization": f"Bearer {self._token}"}) as client:
            while not self._halt.is_set():
                try:
                    request = self._waiting.get_nowait()
                except Empty:
                    return
                self._send(client, request)
                time.sleep(random.uniform(0, 2 * self._pause))

    def _send(self, client: httpx.Client, request: Request) -> None:
        with self._writing:
            self.doubted.add(request.key)
        while not self._halt.is_set():
            body = {"source": "chaos", "documents": request.documents}
            url = f"{random.choice(self._addresses)}/v1/documents"
            try:
                answer = client.post(url, json=body, headers={"Idempotency-Key": request.key})
            except httpx.HTTPError:
                self._wait()
                continue
            if answer.status_code == 202:
                with self._writing:
                    self.acknowledged[request.key] = answer.json()["imports"][0]["id"]
                    self.doubted.discard(request.key)
                return
            if answer.status_code < 500:
                self.refused.append(f"{answer.status_code} {answer.text[:200]}")
                return
            self._wait()

    def _wait(self) -> None:
        with self._writing:
            self.sent_again += 1
        time.sleep(random.uniform(0.1, 0.5))


def make_requests(rows: int, seed: int) -> list[Request]:
    """So many rows in requests of 1 to MOST_ROWS, each row with an id of its own."""
    chance = random.Random(seed)
    requests, number = [], 0
    while number < rows:
        size = min(rows - number, chance.randint(1, MOST_ROWS))
        documents = tuple(_document(chance, each) for each in range(number, number + size))
        ids = tuple(document["external_id"] for document in documents)
        requests.append(Request(f"chaos-{seed}-{len(requests)}", ids, documents))
        number += size
    return requests


def _document(chance: random.Random, number: int) -> dict[str, str]:
    sentences = 60 if number % 200 == 7 else chance.randint(1, 3)
    said = " ".join(
        f"The {chance.choice(SUBJECTS)} {chance.choice(VERBS)} {chance.choice(TIMES)}." for _ in range(sentences)
    )
    day = f"2026-09-{1 + number % 28:02d}T09:00:00Z"
    return {"external_id": f"row-{number:06d}", "text": said, "person": f"author {number % 97}", "created_at": day}
