"""Names for themes without a language model: the members' own words, shortened to a headline.

For every group the content cores of its central members' clauses compete (see `candidates`). What wins says what sets
the group apart (see `phrases`), lies near the group's centre and far from its neighbours', is said by several members,
and reads as a whole (see `scoring`). Nothing is invented: every word of a name stands in a member's text.
"""

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from synth.llm.drafter import NameOrigin
from synth.themes.naming.definitions import NO_WORDS, define, pick_edge, pick_exemplars
from synth.themes.naming.lexicon import SWEARING
from synth.themes.naming.phrases import rank_phrases
from synth.themes.naming.scene import Embed, Group, Scene, open_scene
from synth.themes.naming.scoring import CENTRAL, Scored, rank_by_meaning, rank_by_words
from synth.themes.naming.surface import capitalise, write_name

__all__ = ["Embed", "Group", "Naming", "name_themes"]

LONGEST = 6  # words of a name
CARRIERS = ("content", "number")  # roles of words that say something
SMALL_TALK = 0.25  # share of central members without a content word from which a group is named by what they say


@dataclass(frozen=True, slots=True)
class Naming:
    """What a reader sees of a theme; `exemplars` (best first) and `edge` (worst first) are indices into its texts.

    `neighbours` are the numbers of the groups it is most easily confused with, the nearest first.
    """

    name: str
    definition: str
    key_phrases: tuple[str, ...]
    exemplars: tuple[int, ...]
    edge: tuple[int, ...]
    neighbours: tuple[int, ...] = ()
    origin: NameOrigin = "machine"


def name_themes(
    groups: Sequence[Group],
    *,
    background: Sequence[str] = (),
    embed: Embed | None = None,
    taken: Collection[str] = (),
) -> list[Naming]:
    """Name each group in contrast to the others; no two names are equal, and none is one that is `taken`.

    `background` holds texts of no theme (they only sharpen the contrast). With `embed` (texts to rows of the groups'
    dimension) the few best candidates are compared by their own vectors; without it by what their words mean among the
    members' vectors. Raises BadInput where a group is empty or its texts, vectors and confidences differ in number.
    """
    if not groups:
        return []
    scene = open_scene(groups, background)
    ranked = [rank_by_words(scene, i) for i in range(len(groups))]
    ranked = rank_by_meaning(scene, ranked, embed)
    phrases = [rank_phrases(scene.contrast, i, s, banned=scene.banned[i]) for i, s in enumerate(scene.speeches)]
    names = _choose_names(scene, ranked, phrases, {name.casefold() for name in taken})
    return [_describe(scene, i, names[i], phrases[i]) for i in range(len(groups))]


def _choose_names(
    scene: Scene, ranked: Sequence[Sequence[Scored]], phrases: Sequence[Sequence[str]], reserved: set[str]
) -> list[str]:
    """One name per group, the surest group first; who comes later takes a next best that says something else."""
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i][0].score if ranked[i] else 0.0, i))
    said: set[frozenset[str]] = set()
    names: dict[int, str] = {}
    for i in order:
        name = _find_small_talk(scene, i)
        taken = reserved | {other.casefold() for other in names.values()}
        fitting = (one.candidate for one in ranked[i] if one.candidate.stems not in said)
        written = ((write_name(each.words, scene.casing(i)), each) for each in fitting)
        pick = next(((option, each) for option, each in written if option.casefold() not in reserved), None)
        if pick and (not name or name.casefold() in taken):
            name = pick[0]
            said.add(pick[1].stems)
        names[i] = _make_unique(name or _fall_back(scene, i, phrases[i]), taken, phrases[i])
    return [names[i] for i in range(len(ranked))]


def _find_small_talk(scene: Scene, group: int) -> str:
    """What is said most in a group of thanks and greetings ('Thanks'); empty where there is more to it."""
    central = [list(text) for text in scene.speeches[group].clauses[:CENTRAL]]
    texts = [[word for clause in text for word in clause] for text in central]
    empty = [words for words in texts if words and not any(word.role in CARRIERS for word in words)]
    if len(empty) < SMALL_TALK * len(central):
        return ""
    counts = Counter(" ".join(word.lower for word in words) for words in empty if len(words) <= LONGEST)
    return capitalise(max(counts, key=lambda phrase: (counts[phrase], phrase), default=""))


def _fall_back(scene: Scene, group: int, phrases: Sequence[str]) -> str:
    """The name of a group without a candidate: its key phrase, or the first words of its most central text."""
    if phrases:
        return capitalise(phrases[0])
    central = scene.groups[group].texts[scene.central[group][0]]
    words = [word for word in central.split() if any(c.isalnum() for c in word) and not SWEARING.search(word)]
    return capitalise(" ".join(words[:LONGEST]).strip(" .,;:!?")) or NO_WORDS


def _make_unique(name: str, taken: set[str], phrases: Sequence[str]) -> str:
    room = LONGEST - len(name.split())
    fitting = (f"{name}: {phrase}" for phrase in phrases if len(phrase.split()) <= room)
    numbered = (f"{name} ({number})" for number in range(2, len(taken) + 3))
    return next(option for option in (name, *fitting, *numbered) if option.casefold() not in taken)


def _describe(scene: Scene, group: int, name: str, phrases: Sequence[str]) -> Naming:
    exemplars = pick_exemplars(scene, group)
    spelled = tuple(scene.casing(group).spell_phrase(phrase) for phrase in phrases)
    return Naming(
        name=name,
        definition=define(scene, group, spelled, exemplars),
        key_phrases=spelled,
        exemplars=exemplars,
        edge=pick_edge(scene, group, exemplars),
        neighbours=tuple(scene.neighbours[group]),
    )
