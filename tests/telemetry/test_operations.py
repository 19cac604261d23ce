"""The page of operations names every figure and every alert; alerts and dashboard ask for figures that exist."""

import json
import re
from pathlib import Path

import yaml

from synth.engine import WORKSPACE, Engine
from tests.factories import feedback_rows, take_rows

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "operations.md").read_text("utf-8")
PANELS = json.loads((DOCS / "watching" / "dashboard.json").read_text("utf-8"))["panels"]
RULES = yaml.safe_load((DOCS / "watching" / "alerts.yml").read_text("utf-8"))["groups"][0]["rules"]


def test_the_page_and_the_alerts_name_the_figures_there_are(engine: Engine) -> None:
    take_rows(engine, feedback_rows(1))
    engine.ask(WORKSPACE, "What do people say about photo uploads?")
    engine.parts.metrics.observe_request("/", "GET", 200, 0.1)
    known = set(re.findall(r"^# TYPE (synth_\w+?)(?:_created)? ", engine.metrics(WORKSPACE).decode(), re.MULTILINE))
    assert set(re.findall(r"`(synth_\w+)`", PAGE)) == known
    queries = [target["expr"] for panel in PANELS for target in panel["targets"]]
    for asked in ([rule["expr"] for rule in RULES], queries):
        named = {re.sub(r"_(bucket|count)$", "", name) for name in re.findall(r"synth_\w+", " ".join(asked))}
        assert named <= known
        assert named
    shown = set(re.findall(r"synth_\w+", " ".join(queries)))
    assert known == {re.sub(r"_(bucket|count)$", "", name) for name in shown}, "a figure that no panel shows"


def test_the_panels_lie_beside_each_other_and_read_the_chosen_source() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    places = [(place["x"] + dx, place["y"]) for place in (p["gridPos"] for p in PANELS) for dx in range(place["w"])]
    assert len(places) == len(set(places)) == 24 * 5
    assert {panel["datasource"]["uid"] for panel in PANELS} == {"${source}"}


def test_every_alert_says_what_it_means_and_what_to_do() -> None:
    told = re.findall(r"^\| (Synth\w+) \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)
    assert sorted(told) == sorted(rule["alert"] for rule in RULES)
