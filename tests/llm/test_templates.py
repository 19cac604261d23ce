"""Prompts are data: read strictly, rendered exactly, traceable by their hash."""

from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from synth.errors import Broken
from synth.llm import planner
from synth.llm.namer import fill_in
from synth.llm.prompting import prepare
from synth.llm.templates import load_prompt
from tests.llm.briefs import brief, name_brief, plan_brief

# A shipped prompt is never edited: a change is a new version in a new file, added here.
SHIPPED = {
    "answer.v1.toml": "15781b34c72e4f62ae366d89206c6a8b69f078ea221ffbd092343ffb6d278e93",
    "insight.v1.toml": "c11ebc41bbf3f74eeb62f452f69c029e64a2953ae15960ab1bdc84015d51891b",
    "judge_helpful.v1.toml": "a91855029a15e171a72649da7a778532cbaa353445382d383f9f2a4015000e5c",
    "judge_helpful_reversed.v1.toml": "d902d769cab82c156471d60256eafe277423a0266a1b8413d8fd77b30a8c8896",
    "judge_support.v1.toml": "424cbb58c2d05b01cb2384153b5b85ac34d6cc55fe0cdae0969a2bc95ea612e8",
    "judge_support_reversed.v1.toml": "dadc26c369be0bdf3d896eead1fca3dbd41ee38d3365ac3cb2ca8fe33f83dce1",
    "name.v1.toml": "88dc8f6191733fc2930fe81c6e4aa09b4cf6c1ff69ab61b02217bb9911aa996e",
    "plan.v1.toml": "eecaa918a470c07d45e97e29a609eef83c13d8370b4d81784702e855eaa6d0c9",
    "probe.v1.toml": "91a418eeff1b022d16acff264911f9b4285372a2bcf67664db6c37a90f804d7e",
}
SNAPSHOTS = Path(__file__).parent / "snapshots"
GOOD = """
name = "greet"
version = 2
variables = ["who"]
system = "Be brief."
user = "Greet $who for $$5."
repair = "Wrong: $problem"
schema = '{"type": "object"}'
"""


def write(folder: Path, text: str, name: str = "greet.v2.toml") -> Path:
    (folder / name).write_text(text, encoding="utf-8")
    return folder


def test_a_prompt_renders_its_variables_and_nothing_inside_their_values(tmp_path: Path) -> None:
    prompt = load_prompt("greet", 2, write(tmp_path, GOOD))
    messages = prompt.render({"who": "$who {{x}} %s"})
    assert messages == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Greet $who {{x}} %s for $5."},
    ]


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    prompt = load_prompt("greet", 2, write(tmp_path, GOOD))
    assert prompt.hash == sha256((tmp_path / "greet.v2.toml").read_bytes()).hexdigest()


def test_a_missing_variable_is_named(tmp_path: Path) -> None:
    prompt = load_prompt("greet", 2, write(tmp_path, GOOD))
    with pytest.raises(Broken, match="missing a value for: who"):
        prompt.render({})


def test_a_value_that_no_variable_takes_is_named(tmp_path: Path) -> None:
    prompt = load_prompt("greet", 2, write(tmp_path, GOOD))
    with pytest.raises(Broken, match="no variable called: whom"):
        prompt.render({"who": "you", "whom": "me"})


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('system = "Be', 'temperature = 1\nsystem = "Be'), "temperature"),
        (("$who", "$whom"), "user"),
        (("$problem", "something"), "repair"),
        (("$$5", "$5"), "stray"),
        (("version = 2", "version = 3"), "version 3"),
        (("version = 2", 'version = "2"'), "version"),
        (("{", "["), "cannot be read"),
        (("schema =", "# schema ="), "schema"),
    ],
)
def test_a_file_that_says_what_it_should_not_is_refused(
    tmp_path: Path, change: tuple[str, str], complaint: str
) -> None:
    with pytest.raises(Broken, match=complaint):
        load_prompt("greet", 2, write(tmp_path, GOOD.replace(*change)))


def test_a_prompt_that_is_not_installed_is_named(tmp_path: Path) -> None:
    with pytest.raises(Broken, match=r"greet\.v9\.toml"):
        load_prompt("greet", 9, tmp_path)


@pytest.mark.parametrize(
    "name", sorted(file.name for file in files("prompts").iterdir() if file.name.endswith(".toml"))
)
def test_every_prompt_of_the_package_loads(name: str) -> None:
    stem, version, _ = name.split(".")
    prompt = load_prompt(stem, int(version.removeprefix("v")))
    assert prompt.system
    assert prompt.schema["additionalProperties"] is False


@pytest.mark.parametrize("task", ["answer", "insight"])
def test_the_rendered_prompt_is_what_its_snapshot_says(task: str) -> None:
    prompt = load_prompt(task, 1)
    material = prepare(brief(), fixed=0, budget=12_000)
    rendered = "\n\n".join(f"[{each['role']}]\n{each['content']}" for each in prompt.render(material.values))
    assert rendered + "\n" == (SNAPSHOTS / f"{task}.v1.txt").read_text(encoding="utf-8")


def test_the_rendered_prompt_for_a_name_is_what_its_snapshot_says() -> None:
    messages = load_prompt("name", 1).render(fill_in(name_brief()))
    rendered = "\n\n".join(f"[{each['role']}]\n{each['content']}" for each in messages)
    assert rendered + "\n" == (SNAPSHOTS / "name.v1.txt").read_text(encoding="utf-8")


def test_the_rendered_prompt_for_a_plan_is_what_its_snapshot_says() -> None:
    messages = load_prompt("plan", 1).render(planner.fill_in(plan_brief()))
    rendered = "\n\n".join(f"[{each['role']}]\n{each['content']}" for each in messages)
    assert rendered + "\n" == (SNAPSHOTS / "plan.v1.txt").read_text(encoding="utf-8")


def test_no_shipped_prompt_was_edited() -> None:
    folder = files("prompts")
    written = {file.name: file.read_bytes() for file in folder.iterdir() if file.name.endswith(".toml")}
    assert {name: sha256(content).hexdigest() for name, content in written.items()} == SHIPPED


def test_every_prompt_with_variables_has_a_rendered_snapshot() -> None:
    shipped = {name.removesuffix(".toml") for name in SHIPPED}
    assert shipped - {path.stem for path in SNAPSHOTS.glob("*.txt")} <= {"probe.v1"}  # which has no variable
