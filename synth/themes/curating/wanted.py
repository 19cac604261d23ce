"""What a person can decide about themes, and how it is written down as a JSON document."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from synth.errors import BadInput

LONGEST_NAME = 120  # characters
LONGEST_LIST = 5_000  # excerpts, themes or words in one decision


@dataclass(frozen=True, slots=True)
class Rename:
    """Give a theme another name; no run changes it from then on."""

    theme: str
    name: str


@dataclass(frozen=True, slots=True)
class Merge:
    """Several themes are one: all their excerpts go to `into`."""

    themes: tuple[str, ...]
    into: str


@dataclass(frozen=True, slots=True)
class Split:
    """A part of a theme is a theme of its own: what holds one of the words, or the named excerpts, or a suggestion."""

    theme: str
    words: tuple[str, ...] = ()
    excerpts: tuple[str, ...] = ()
    suggestion: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """The named excerpts belong to another theme, or to none (`to` is None)."""

    excerpts: tuple[str, ...]
    to: str | None


@dataclass(frozen=True, slots=True)
class Exclude:
    """A theme and its excerpts are not shown or counted among the themes; with False, they are again."""

    theme: str
    excluded: bool = True


@dataclass(frozen=True, slots=True)
class Pin:
    """No run may take a theme apart, merge or retire it; with False, runs may again."""

    theme: str
    pinned: bool = True


@dataclass(frozen=True, slots=True)
class Parent:
    """A theme is a part of another, or of none."""

    theme: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class Apart:
    """Two themes are not the same, however alike they look."""

    theme: str
    other: str


@dataclass(frozen=True, slots=True)
class Teach:
    """Placement on a theme may learn from the moves of people, or (False) keeps to the theme's centre."""

    theme: str
    taught: bool = True


@dataclass(frozen=True, slots=True)
class Seed:
    """A theme of an imported taxonomy: its name, what it means, and sentences that belong to it."""

    name: str
    definition: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Create:
    """Themes a person brings along."""

    seeds: tuple[Seed, ...]


Wanted = Rename | Merge | Split | Move | Exclude | Pin | Parent | Apart | Teach | Create


def read_wanted(document: Mapping[str, Any]) -> Wanted:
    """The decision a document asks for; raises BadInput where it names no kind there is, or lacks what one needs."""
    kind = document.get("kind")
    if kind == "rename":
        return Rename(_text(document, "theme"), _text(document, "name"))
    if kind == "merge":
        return Merge(_texts(document, "themes"), _text(document, "into"))
    if kind == "split":
        return _read_split(document)
    if kind == "move":
        return Move(_texts(document, "excerpts"), _text_or_none(document, "to"))
    if kind == "parent":
        return Parent(_text(document, "theme"), _text_or_none(document, "parent"))
    if kind == "apart":
        return Apart(_text(document, "theme"), _text(document, "other"))
    return _read_switch(document)


def read_seeds(documents: list[Mapping[str, Any]]) -> Create:
    """The themes of a taxonomy; raises BadInput for one without a name."""
    if not documents:
        raise BadInput("There is no theme in it; give each a name, and a definition or examples where you have them.")
    return Create(
        tuple(
            Seed(_text(each, "name"), str(each.get("definition") or "").strip(), _texts(each, "examples", least=0))
            for each in documents
        )
    )


def read_changes(theme: Mapping[str, Any], wanted: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The decisions that make a theme (as its document tells it) be as wanted; none for what is so already."""
    given = {name: value for name, value in wanted.items() if value is not None or name == "parent"}
    now = {**theme, "name": theme["name"] if theme["name_origin"] == "human" else None}
    differing = {name for name, value in given.items() if now[name] != value}
    decisions: Mapping[str, dict[str, Any]] = {
        "name": {"kind": "rename", "name": given.get("name")},
        "state": {"kind": "exclude", "excluded": given.get("state") == "excluded"},
        "parent": {"kind": "parent", "parent": given.get("parent")},
        "pinned": {"kind": "pin", "pinned": given.get("pinned")},
    }
    return [decision | {"theme": theme["id"]} for name, decision in decisions.items() if name in differing]


def _read_split(document: Mapping[str, Any]) -> Split:
    wanted = Split(
        theme=_text(document, "theme"),
        words=_texts(document, "words", least=0),
        excerpts=_texts(document, "excerpts", least=0),
        suggestion=str(document.get("suggestion") or ""),
        name=str(document.get("name") or "").strip(),
    )
    if sum(map(bool, (wanted.words, wanted.excerpts, wanted.suggestion))) != 1:
        raise BadInput("Say what is to be split off: by words, by excerpts, or by one of the suggestions.")
    return wanted


def _read_switch(document: Mapping[str, Any]) -> Wanted:
    """Decisions that are either in force or not."""
    kind, theme = document.get("kind"), document.get("theme")
    if kind == "exclude":
        return Exclude(_text(document, "theme"), _truth(document, "excluded"))
    if kind == "pin":
        return Pin(_text(document, "theme"), _truth(document, "pinned"))
    if kind == "teach":
        return Teach(_text(document, "theme"), _truth(document, "taught"))
    known = "rename, merge, split, move, exclude, pin, parent, apart or teach"
    raise BadInput(f"'{kind}' is nothing one decides about {theme or 'a theme'}; choose {known}.")


def _text(document: Mapping[str, Any], name: str) -> str:
    value = document.get(name)
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"'{name}' is missing; say it in words.")
    return value.strip()


def _text_or_none(document: Mapping[str, Any], name: str) -> str | None:
    if name not in document:
        raise BadInput(f"'{name}' is missing; name a theme, or null for none.")
    return None if document[name] is None else _text(document, name)


def _texts(document: Mapping[str, Any], name: str, *, least: int = 1) -> tuple[str, ...]:
    """A list of texts, each once, in the order they were given."""
    value = document.get(name) or []
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise BadInput(f"'{name}' has to be a list of texts.")
    texts = tuple(dict.fromkeys(text.strip() for text in value if text.strip()))
    if not least <= len(texts) <= LONGEST_LIST:
        raise BadInput(f"'{name}' has to name {least} to {LONGEST_LIST:,}; it names {len(texts):,}.")
    return texts


def _truth(document: Mapping[str, Any], name: str) -> bool:
    value = document.get(name, True)
    if not isinstance(value, bool):
        raise BadInput(f"'{name}' has to be true or false.")
    return value
