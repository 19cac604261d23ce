"""The page of operations names every figure there is, and every alert, and the alerts ask for figures that exist."""

import re
from pathlib import Path

import yaml

from synth.engine import WORKSPACE, Engine
from tests.factories import feedback_rows, take_rows

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text("utf-8")
RULES = yaml.safe_load((DOCS / "watching" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]


def test_the_page_and_the_alerts_name_the_figures_there_are(engine: Engine) -> None:
    take_rows(engine, feedback_rows(1))
    engine.ask(WORKSPACE, "What do people say about photo uploads?")
    engine.parts.metrics.observe_request("/", "GET", 200, 0.1)
    known = set(re.findall(r"^# TYPE (synth_\w+?)(?:_created)? ", engine.metrics().decode(), re.MULTILINE))
    assert set(re.findall(r"`(synth_\w+)`", PAGE)) == known
    asked = set(re.findall(r"synth_\w+", " ".join(rule["expr"] for rule in RULES)))
    assert {re.sub(r"_(bucket|count)$", "", name) for name in asked} <= known


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    told = re.findall(r"^\| (Synth\w+) \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(rule["alert"] for rule in RULES)
