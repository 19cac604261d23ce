"""The budget of a day, the record of every call, and replies that are kept as long as their evidence."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete, func, select

from api.app import make_app
from eval.scripted import Said, ScriptedServer, completion
from synth.access import create_token
from synth.embedding import HashingEmbedder
from synth.engine import WORKSPACE, Engine, open_engine
from synth.errors import BadInput
from synth.model import Answer
from synth.settings import Settings, read_settings
from synth.store.tables import Excerpt, ModelCall, ModelReply, ReplyEvidence
from synth.store.usage import find_reply, keep_reply
from tests.factories import feedback_rows, new_home, take_rows

QUESTION = "What do people say about photo upload?"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)


def repeat(request: dict[str, Any]) -> Said:
    """The question as the rules read it; then the longest excerpt that is shown, said again."""
    if rules := re.search(r'^(\{"asked".*\})$', request["messages"][1]["content"], re.MULTILINE):
        return completion(rules[1], usage=1000)
    shown = re.findall(r'^(\{"id": "E\d+".*\})$', request["messages"][1]["content"], re.MULTILINE)
    first = json.loads(max(shown, key=len))
    claim = {"text": first["text"], "quotes": [{"excerpt_id": first["id"], "quote": first["text"]}]}
    return completion(json.dumps({"claims": [claim]}), usage=1000)


@contextmanager
def asking(home: Path, script: Callable[..., Said] | Said = repeat, **settings: Any) -> Iterator[tuple[Engine, Any]]:
    """An engine that took feedback in, and the server it asks; `clock` is a list whose last time it is."""
    clock = [NOW]
    with ScriptedServer(completion("no name")) as server:
        chosen = Settings(home=new_home(home), llm_url=server.url, llm_timeout=10, **settings)
        engine = open_engine(chosen, embedder=HashingEmbedder(), clock=lambda: clock[-1])
        try:
            take_rows(engine, feedback_rows())
            server.script = (script,)
            server.requests.clear()
            server.clock = clock  # type: ignore[attr-defined]
            with engine.parts.database.write() as session:
                session.execute(delete(ModelCall))
                session.execute(delete(ModelReply))
            yield engine, server
        finally:
            engine.close()


def ask(engine: Engine) -> Answer:
    return engine.ask(WORKSPACE, QUESTION)


def spent(engine: Engine) -> dict[str, Any]:
    found: dict[str, Any] = engine.status(WORKSPACE)["model"]
    return found


def test_a_call_is_written_down_with_its_tokens_and_its_cost(tmp_path: Path) -> None:
    with asking(tmp_path / "home", llm_prompt_price=2.0, llm_completion_price=1_000_000) as (engine, server):
        assert ask(engine).drafter == "openai"
        with engine.parts.database.read() as session:
            read, call = session.scalars(select(ModelCall).order_by(ModelCall.seq)).all()
        assert (read.prompt, read.outcome) == ("plan.v1", "answered")
        assert (call.prompt, call.outcome, call.day) == ("answer.v1", "answered", "2026-11-20")
        assert (call.prompt_tokens, call.completion_tokens) == (1000, 1)
        assert call.cost == pytest.approx(1.002)
        assert len(server.requests) == 2


def test_usage_is_told_by_day_and_by_what_was_asked_for(tmp_path: Path) -> None:
    priced = {"llm_prompt_price": 2.0, "llm_completion_price": 1_000_000, "llm_daily_cost": 50.0}
    with asking(tmp_path / "home", **priced) as (engine, server):
        ask(engine)
        server.clock.append(NOW + timedelta(days=1))
        ask(engine)
        found = engine.usage(WORKSPACE)
        assert [(each["day"], each["calls"], each["kept"]) for each in found["days"]] == [
            ("2026-11-21", 0, 2), ("2026-11-20", 2, 0),
        ]  # fmt: skip
        assert [each["prompt"] for each in found["prompts"]] == ["answer.v1", "plan.v1"]
        assert sum(each["cost"] for each in found["prompts"]) == found["days"][1]["cost"]
        assert (found["today"]["day"], found["today"]["tokens"], found["today"]["cost_limit"]) == ("2026-11-21", 0, 50)
        assert [each["day"] for each in engine.usage(WORKSPACE, days=1)["days"]] == ["2026-11-21"]
        with pytest.raises(BadInput, match="1 to 366 days, not 0"):
            engine.usage(WORKSPACE, days=0)
        token = create_token(engine.parts, WORKSPACE, "reader", "viewer", expires=None)
        reader = TestClient(make_app(engine), headers={"Authorization": f"Bearer {token}"})
        assert reader.get("/v1/usage", params={"days": 30}).json() == found
        page = reader.get("/usage").text
        assert "2026-11-20" in page
        assert "of 50.00" in page


def test_an_equal_request_is_answered_from_what_was_kept(tmp_path: Path) -> None:
    with asking(tmp_path / "home") as (engine, server):
        first, second = ask(engine), ask(engine)
        assert first.claims == second.claims
        assert len(server.requests) == 2  # the plan and the claims
        assert (spent(engine)["calls"], spent(engine)["kept"]) == (2, 2)


def test_a_reply_that_did_not_stand_the_check_is_not_kept(tmp_path: Path) -> None:
    with asking(tmp_path / "home", completion("nonsense")) as (engine, server):
        assert ask(engine).fell_back is not None
        ask(engine)
        assert len(server.requests) == 8  # two turns for each plan and each drafting


def test_of_an_erased_excerpt_no_reply_is_kept(tmp_path: Path) -> None:
    with asking(tmp_path / "home") as (engine, _):
        ask(engine)
        with engine.parts.database.write() as session:
            kept = select(ModelReply.key, ModelReply.reply).where(ModelReply.evidence > 0)
            key, text = session.execute(kept).one()
            gone = session.scalars(select(ReplyEvidence.excerpt_id)).first()
            session.execute(delete(Excerpt).where(Excerpt.id == gone))
            assert find_reply(session, WORKSPACE, key) is None
            keep_reply(session, WORKSPACE, key, text, [str(gone)], now=NOW, most=9)
            assert find_reply(session, WORKSPACE, key) is None
            left = select(func.count()).select_from(ModelReply).where(ModelReply.evidence > 0)
            assert session.scalar(left) == 0


def test_only_the_newest_replies_are_kept(tmp_path: Path) -> None:
    with asking(tmp_path / "home") as (engine, _), engine.parts.database.write() as session:
        excerpt = session.scalars(select(Excerpt.id)).first()
        for number in range(5):
            at = NOW + timedelta(minutes=number)
            keep_reply(session, WORKSPACE, f"k{number}", "said", [str(excerpt)], now=at, most=2)
        assert set(session.scalars(select(ModelReply.key))) == {"k3", "k4"}


def test_a_spent_budget_of_tokens_hands_over_to_the_extractive_drafter_until_the_next_day(tmp_path: Path) -> None:
    with asking(tmp_path / "home", completion("nonsense", usage=90_000), llm_daily_tokens=100_000) as (engine, server):
        ask(engine)
        asked = len(server.requests)
        answer = ask(engine)
        assert len(server.requests) == asked == 2  # the first reading of the question and its repair
        assert answer.drafter == "extractive"
        assert "budget of 100,000 tokens" in (answer.fell_back or "")
        assert answer.claims
        assert spent(engine)["refused"] >= 1
        assert spent(engine)["tokens_limit"] == 100_000
        server.clock.append(NOW + timedelta(days=1))
        ask(engine)
        assert len(server.requests) > asked


def test_a_spent_budget_of_money_does_too(tmp_path: Path) -> None:
    limits = {"llm_daily_cost": 0.0001, "llm_prompt_price": 5.0}
    with asking(tmp_path / "home", **limits) as (engine, server):
        assert "budget of 0.0001" in (ask(engine).fell_back or "")
        assert server.requests == []


def test_a_limit_of_money_without_a_price_is_refused() -> None:
    with pytest.raises(BadInput, match=r"^SYNTH_LLM_DAILY_COST needs SYNTH_LLM_PROMPT_PRICE"):
        read_settings(llm_daily_cost=1.0)


def test_the_page_of_jobs_says_what_was_spent(tmp_path: Path) -> None:
    with asking(tmp_path / "home", llm_daily_tokens=5000) as (engine, _):
        ask(engine)
        ask(engine)
        secret = create_token(engine.parts, WORKSPACE, "reader", "viewer", expires=None)
        client = TestClient(make_app(engine), headers={"Authorization": f"Bearer {secret}"})
        shown = " ".join(client.get("/jobs").text.split())
        assert "was asked 2 times for 2,002 of 5,000 tokens; 2 requests were answered from kept replies" in shown
