"""Names by the drafter, asked for with exemplars and contrasting neighbours; otherwise the machine's stand."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from synth.llm import Drafter, NameBrief, Neighbour
from synth.themes.naming.naming import Naming
from synth.themes.naming.scene import Group

MOST = 100  # groups of one run that the drafter names, the first ones
SHOWN_NEIGHBOURS = 3
SHOWN_OF_NEIGHBOUR = 2  # exemplars


def draft_names(
    drafter: Drafter,
    groups: Sequence[Group],
    namings: Sequence[Naming],
    wanted: Collection[int],
    taken: Collection[str] = (),
    *,
    workspace: str = "main",
) -> list[Naming]:
    """The namings, those of the wanted groups as the drafter names them; no two names are equal, nor any `taken`.

    An endpoint that cannot be reached is not asked again in this run.
    """
    drafted = list(namings)
    for number in sorted(wanted)[:MOST]:
        named = drafter.name_theme(replace(_brief(groups, drafted, number, taken), workspace=workspace))
        if named.origin != "machine":
            drafted[number] = replace(
                drafted[number], name=named.name, definition=named.definition, origin=named.origin
            )
        if not named.reached:
            break
    return drafted


def _brief(groups: Sequence[Group], namings: Sequence[Naming], number: int, taken: Collection[str]) -> NameBrief:
    naming = namings[number]
    return NameBrief(
        name=naming.name,
        definition=naming.definition,
        key_phrases=naming.key_phrases,
        members=_texts(groups[number], naming.exemplars),
        neighbours=tuple(
            Neighbour(namings[other].name, _texts(groups[other], namings[other].exemplars[:SHOWN_OF_NEIGHBOUR]))
            for other in naming.neighbours[:SHOWN_NEIGHBOURS]
        ),
        taken=frozenset({*taken, *(other.name for place, other in enumerate(namings) if place != number)}),
    )


def _texts(group: Group, members: Sequence[int]) -> tuple[str, ...]:
    return tuple(group.texts[member] for member in members)
