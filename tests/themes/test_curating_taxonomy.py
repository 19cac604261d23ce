"""An imported taxonomy: read from a file, placed on what is stored, completed by discovery."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from synth.embedding import Embedder
from synth.engine import WORKSPACE, Engine
from synth.errors import BadInput, Conflict
from synth.themes.curating.seeding import fit_seeds
from synth.themes.curating.taxonomy import read_taxonomy
from synth.themes.finding.placement import place
from tests.factories import CALENDAR, INVOICE, PEOPLE, PHOTO, exported, rows_of, take_rows

SEEDS: list[dict[str, Any]] = [
    {"name": "Duplicate calendar events", "definition": "The calendar shows visits twice.", "examples": [CALENDAR[0]]},
    {"name": "Invoice layout", "definition": "", "examples": list(INVOICE[:2])},
]


def test_csv_and_json_lines_say_the_same(tmp_path: Path) -> None:
    table, lines = tmp_path / "themes.csv", tmp_path / "themes.jsonl"
    table.write_text("Name,Definition,Examples\nLate,Comes late.,too late|an hour late\nLost,,\n", "utf-8-sig")
    lines.write_text(
        '{"name": "Late", "definition": "Comes late.", "examples": ["too late", "an hour late"]}\n{"name": "Lost"}\n'
    )
    expected = [
        {"name": "Late", "definition": "Comes late.", "examples": ["too late", "an hour late"]},
        {"name": "Lost", "definition": "", "examples": []},
    ]
    assert read_taxonomy(table) == read_taxonomy(lines) == expected


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "no column 'name'"),
        (b"title,examples\nx,y\n", "no column 'name'"),
        (b"name\n", "There is no theme"),
        (b"name,definition\n,x\n", "Theme 1 of .* has no name"),
        (b'{"name": "a"}\n{"name": ', "cannot be read as JSON Lines"),
        (b"[1]", "one theme in braces"),
        (b'{"name": "a", "examples": 3}', "examples as a list"),
        (b"\xff\xfe\x00", "not UTF-8"),
    ],
)
def test_a_file_that_is_no_taxonomy_says_what_one_is(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "themes.txt"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=said):
        read_taxonomy(path)


def test_a_taxonomy_takes_what_belongs_to_it_and_discovery_finds_what_it_lacks(engine: Engine) -> None:
    engine.create_themes(WORKSPACE, "Maren", SEEDS)
    engine.drain()
    subjects = (PHOTO, CALENDAR, INVOICE)
    rows = [
        {"id": f"{n}", "text": f"{subjects[n % 3][n // 3 % 6]}, round {n // 18}", "author": PEOPLE[n % 12]}
        for n in range(72)
    ]
    take_rows(engine, rows)
    engine.discover(WORKSPACE, scope="unassigned")
    engine.drain()
    names = {theme["name"]: theme for theme in engine.themes(WORKSPACE)["themes"]}
    assert {"Duplicate calendar events", "Invoice layout"} <= names.keys()
    assert any("photo" in name.lower() for name in names)
    on = {row["external_id"]: row["theme_id"] for row in exported(engine, "excerpts")}
    calendar = names["Duplicate calendar events"]["id"]
    assert {int(id) % 3 for id, theme in on.items() if theme == calendar} <= {1}


def test_a_taxonomy_over_themes_takes_what_is_nearer_to_it_and_gives_it_back(told: Engine) -> None:
    before = rows_of(told, "SELECT * FROM assignments ORDER BY excerpt_id")
    made = told.create_themes(WORKSPACE, "Maren", [{"name": CALENDAR[2], "examples": [CALENDAR[2]]}], look=False)
    [theme] = made["decision"]["created"]
    taken = rows_of(told, "SELECT origin, count(*) FROM assignments WHERE theme_id = :id GROUP BY origin", id=theme)
    assert taken[0][0] == "placed"
    assert taken[0][1] == made["decision"]["excerpts"] > 0
    told.undo(WORKSPACE, "Maren", made["decision"]["id"])
    assert rows_of(told, "SELECT * FROM assignments ORDER BY excerpt_id") == before
    assert told.theme(WORKSPACE, theme)["state"] == "retired"


def test_a_definition_a_person_wrote_survives_a_run(told: Engine) -> None:
    seed = {"name": "Twice in the calendar", "definition": "Visits are there twice.", "examples": list(CALENDAR)}
    [theme] = told.create_themes(WORKSPACE, "Maren", [seed])["decision"]["created"]
    told.discover(WORKSPACE)
    told.drain()
    found = told.theme(WORKSPACE, theme)
    assert (found["name"], found["definition"], found["state"]) == (seed["name"], seed["definition"], "active")


def test_names_of_a_taxonomy_are_each_its_own(told: Engine) -> None:
    with pytest.raises(Conflict, match="is there twice"):
        told.create_themes(WORKSPACE, "Maren", [{"name": "A"}, {"name": " a "}])
    with pytest.raises(BadInput, match="There is no theme in it"):
        told.create_themes(WORKSPACE, "Maren", [])


def test_a_threshold_is_read_off_the_stored_vectors() -> None:
    rng = np.random.default_rng(0)

    def near(centre: int, spread: float, count: int) -> np.ndarray:
        rows = np.eye(16)[centre] + spread * rng.normal(size=(count, 16)) / 4
        return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)

    stored = np.concatenate([near(0, 0.4, 60), near(1, 0.4, 60), near(9, 0.4, 60)])
    placed = place(stored, fit_seeds([near(0, 0.1, 2), near(1, 0.1, 2)], stored)).labels
    assert (placed[:60] == 0).mean() > 0.9
    assert (placed[60:120] == 1).mean() > 0.9
    assert (placed[120:] == -1).all()


def test_the_real_embedder_places_what_a_name_alone_means(minilm: Embedder) -> None:
    names = ["calendar shows duplicate events", "invoice layout is wrong"]
    stored = minilm.embed([*CALENDAR, *INVOICE, *PHOTO])
    placed = place(stored, fit_seeds([minilm.embed([name]) for name in names], stored)).labels
    assert set(placed[:6]) <= {0, -1}
    assert set(placed[6:12]) <= {1, -1}
    assert set(placed[12:]) == {-1}
    assert (placed[:12] >= 0).sum() >= 8
