"""Names for themes without a language model: the members' own words, shortened to a headline.

For every group the content cores of its central members' clauses compete (see `candidates`). What wins says what sets
the group apart (see `phrases`), lies near the group's centre and far from its neighbours', is said by several members,
and reads as a whole. Nothing is invented: every word of a name or definition stands in a member's text.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from synth.errors import BadInput
from synth.themes.candidates import Candidate, find_candidates
from synth.themes.phrases import NEIGHBOURS, Contrast, Speech, rank_phrases, read_speech
from synth.themes.surface import Casing, capitalise, find_passing_names, learn_casing, quote_sentence, write_name
from synth.themes.words import NEGATED, PRAISE, SWEARING, guess_language, key_of, stem

Vectors = NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]

CENTRAL = 40  # members whose clauses compete
SHORTLIST = 30  # candidates of a group that are embedded
EXEMPLARS = 5
EDGE = 3
SAME = 0.95  # cosine from which two exemplars say the same
READABLE = (25, 320)  # characters of a good exemplar
PRAISED = 0.4  # share of texts with praise from which a group may be named by it
NOUN = 0.25  # share of uses from which a word is taken for a noun
JOINERS = frozenset("and or und oder y o e et ou en of ed".split()) - {"of"}
SUBJECTS = 3  # key phrases of a definition
QUOTED = 3  # exemplars among which the definition's quote is sought
QUOTE = (25, 120)  # characters of a sentence that makes a good quote
LENGTH_WORTH = {1: -0.20, 2: 0.0, 3: 0.04, 4: 0.05, 5: 0.02, 6: -0.03}


@dataclass(frozen=True, slots=True)
class Group:
    """The members of one theme: their texts, unit vectors (n, d), and how surely each belongs (0 to 1)."""

    texts: Sequence[str]
    vectors: Vectors
    confidences: Sequence[float] | None = None


@dataclass(frozen=True, slots=True)
class Naming:
    """What a reader sees of a theme; `exemplars` and `edge` are indices into the group's texts, best and worst first."""

    name: str
    definition: str
    key_phrases: tuple[str, ...]
    exemplars: tuple[int, ...]
    edge: tuple[int, ...]


def name_themes(groups: Sequence[Group], *, background: Sequence[str] = (), embed: Embed | None = None) -> list[Naming]:
    """Name each group in contrast to the others; no two names are equal.

    `background` holds texts of no theme (they only sharpen the contrast). With `embed` (texts to rows of the groups'
    dimension) the best candidates are also compared by meaning; without it by words alone. Raises BadInput where a
    group is empty or its texts, vectors and confidences differ in number.
    """
    for number, group in enumerate(groups):
        _check(group, number)
    if not groups:
        return []
    scene = _open_scene(groups, background)
    ranked = [_rank_by_words(scene, i) for i in range(len(groups))]
    if embed is not None:
        ranked = _rank_by_meaning(scene, ranked, embed)
    phrases = [rank_phrases(scene.contrast, i, s, banned=scene.banned) for i, s in enumerate(scene.speeches)]
    names = _choose_names(scene, ranked, phrases)
    return [_describe(scene, i, names[i], phrases[i]) for i in range(len(groups))]


@dataclass(frozen=True, slots=True)
class _Scene:
    """All groups as they are seen side by side."""

    groups: Sequence[Group]
    speeches: Sequence[Speech]
    centroids: Vectors
    contrast: Contrast
    casing: Casing
    banned: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Scored:
    candidate: Candidate
    score: float


def _check(group: Group, number: int) -> None:
    if not len(group.texts):
        raise BadInput(f"Group {number} has no members: only a group with at least one text can be named.")
    if group.vectors.ndim != 2 or len(group.vectors) != len(group.texts):
        raise BadInput(f"Group {number} has {len(group.texts)} texts and vectors of shape {group.vectors.shape}: give one row per text.")
    if group.confidences is not None and len(group.confidences) != len(group.texts):
        raise BadInput(f"Group {number} has {len(group.texts)} texts and {len(group.confidences)} confidences: give one per text.")


def _open_scene(groups: Sequence[Group], background: Sequence[str]) -> _Scene:
    speeches = [read_speech(group.texts, guess_language(group.texts)) for group in groups]
    centroids = np.stack([_centroid(group) for group in groups])
    rest = read_speech(background, guess_language(background)) if background else None
    casing = learn_casing(speeches)
    return _Scene(
        groups,
        speeches,
        centroids,
        Contrast(speeches, _neighbours(centroids), rest),
        casing,
        find_passing_names([group.texts for group in groups], speeches, casing),
    )


def _centroid(group: Group) -> Vectors:
    weights = np.ones(len(group.texts)) if group.confidences is None else np.asarray(group.confidences, dtype=float)
    mean = (weights if weights.any() else weights + 1) @ group.vectors
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), dtype=np.float32)


def _neighbours(centroids: Vectors) -> list[list[int]]:
    closeness = centroids @ centroids.T
    np.fill_diagonal(closeness, -np.inf)
    count = min(NEIGHBOURS, len(centroids) - 1)
    return [[int(i) for i in np.argsort(-row, kind="stable")[:count]] for row in closeness]


def _centrality(scene: _Scene, group: int) -> NDArray[np.float64]:
    own = scene.groups[group]
    closeness = np.asarray(own.vectors @ scene.centroids[group], dtype=float)
    return closeness if own.confidences is None else closeness * np.asarray(own.confidences, dtype=float)


def _rank_by_words(scene: _Scene, group: int) -> list[_Scored]:
    """The group's candidates by what their words say alone, best first, each wording once."""
    judge = _Judge(scene, group)
    best: dict[str, _Scored] = {}
    for candidate in _compete(scene, group):
        wording = " ".join(word.lower for word in candidate.words)
        scored = _Scored(candidate, judge.score(candidate))
        if wording not in best or scored.score > best[wording].score:
            best[wording] = scored
    return sorted(best.values(), key=lambda s: (-s.score, write_name(s.candidate.words, scene.casing)))


def _compete(scene: _Scene, group: int) -> Iterator[Candidate]:
    speech, texts = scene.speeches[group], scene.groups[group].texts
    for member in np.argsort(-_centrality(scene, group), kind="stable")[:CENTRAL]:
        if guess_language([texts[member]], speech.language) != speech.language:
            continue
        for candidate in find_candidates(speech.clauses[member], int(member), speech.language):
            if not scene.banned & candidate.stems and not any(SWEARING.search(word.lower) for word in candidate.words):
                yield candidate


class _Judge:
    """Scores a group's candidates by contrast, support among the members, wholeness and length."""

    def __init__(self, scene: _Scene, group: int) -> None:
        self._speech = scene.speeches[group]
        self._weight = {
            key[0]: scene.contrast.weight(group, key) for key in self._speech.counts if len(key) == 1
        }
        self._full = sum(sorted(self._weight.values(), reverse=True)[:3]) or 1.0
        self._centrality = _centrality(scene, group)
        self._said_by = _said_by(self._speech)
        self._praised = _share_of_praise(self._speech)

    def score(self, candidate: Candidate) -> float:
        words = [key_of(word, self._speech.language) for word in candidate.words if word.role == "content"]
        fillers = sum(word.role == "filler" for word in candidate.words)
        contrast = sum(max(self._weight.get(word, 0.0), -0.05) for word in candidate.stems) / self._full
        return (
            0.5 * min(contrast, 1.2)
            + 0.15 * min(1.0, self._support(candidate) / 0.15)
            + 0.15 * candidate.whole
            + 0.2 * float(self._centrality[candidate.member])
            + LENGTH_WORTH[len(candidate.words)]
            - self._rarity(candidate)
            - self._flattery(candidate)
            - 0.1 * fillers
            - 0.06 * sum(word.lower in JOINERS for word in candidate.words)
            + 0.05 * (max((self._speech.nouns.get(word, 0.0) for word in candidate.stems), default=0.0) >= NOUN)
            - 0.15 * (len(words) - len(set(words)))
        )

    def _support(self, candidate: Candidate) -> float:
        sets = [self._said_by.get(word, set()) for word in candidate.stems]
        return len(set.intersection(*sets)) / self._speech.size if sets else 0.0

    def _rarity(self, candidate: Candidate) -> float:
        """A penalty for words and numbers that hardly any other member uses."""
        least = max(2.0, 0.02 * self._speech.size)
        if self._speech.size < 5:
            return 0.0
        rare = sum(len(self._said_by.get(word, ())) < least for word in candidate.stems)
        digits = sum(
            len(self._said_by.get(word.lower, ())) < 0.05 * self._speech.size
            for word in candidate.words
            if word.role == "number"
        )
        return 0.12 * rare + 0.4 * digits


    def _flattery(self, candidate: Candidate) -> float:
        """A penalty for praise in the name of a group that does not praise ('App works fine', but…)."""
        praising = any(word.lower in PRAISE for word in candidate.words)
        return 1.0 if praising and NEGATED not in candidate.stems and self._praised < PRAISED else 0.0


def _share_of_praise(speech: Speech) -> float:
    praising = sum(any(t.lower in PRAISE for clause in text for t in clause) for text in speech.clauses)
    return praising / speech.size


def _said_by(speech: Speech) -> dict[str, set[int]]:
    found: dict[str, set[int]] = {}
    for number, text in enumerate(speech.clauses):
        for token in (token for clause in text for token in clause if token.role not in ("idle", "inner")):
            key = key_of(token, speech.language)
            found.setdefault(key, set()).add(number)
    return found


def _rank_by_meaning(scene: _Scene, ranked: list[list[_Scored]], embed: Embed) -> list[list[_Scored]]:
    """The shortlists again, by closeness to the own centroid and distance from all others as well."""
    short = [scored[:SHORTLIST] for scored in ranked]
    names = [write_name(s.candidate.words, scene.casing) for scored in short for s in scored]
    if not names:
        return short
    vectors = np.asarray(embed(names), dtype=np.float32)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    closeness = iter(vectors @ scene.centroids.T)
    return [_by_meaning(scored, group, closeness) for group, scored in enumerate(short)]


def _by_meaning(scored: list[_Scored], group: int, closeness: Iterator[Vectors]) -> list[_Scored]:
    rescored = []
    for one in scored:
        row = next(closeness)
        others = np.delete(row, group)
        margin = float(row[group] - others.max()) if len(others) else 0.0
        rescored.append(replace(one, score=one.score + float(row[group]) + min(margin, 0.15)))
    return sorted(rescored, key=lambda s: -s.score)


def _choose_names(scene: _Scene, ranked: list[list[_Scored]], phrases: list[list[str]]) -> list[str]:
    """One name per group, the surest group first; who comes later takes a next best that says something else."""
    order = sorted(range(len(ranked)), key=lambda i: (-ranked[i][0].score if ranked[i] else 0.0, i))
    taken_stems: set[frozenset[str]] = set()
    taken: set[str] = set()
    names = [""] * len(ranked)
    for i in order:
        pick = next((s.candidate for s in ranked[i] if s.candidate.stems not in taken_stems), None)
        name = write_name(pick.words, scene.casing) if pick else _fall_back(scene, i, phrases[i])
        names[i] = _make_unique(name, taken, phrases[i])
        taken.add(names[i].casefold())
        if pick:
            taken_stems.add(pick.stems)
    return names


def _fall_back(scene: _Scene, group: int, phrases: Sequence[str]) -> str:
    """The name of a group without a candidate: its key phrases, or the first words of its most central text."""
    if phrases:
        return capitalise(", ".join(phrases[:2]))
    central = scene.groups[group].texts[int(_centrality(scene, group).argmax())]
    words = [w for w in central.split() if any(c.isalnum() for c in w) and not SWEARING.search(w)][:6]
    return capitalise(" ".join(words).strip(" .,;:!?")) or "Remarks without words"


def _make_unique(name: str, taken: set[str], phrases: Sequence[str]) -> str:
    room = 6 - len(name.split())
    for phrase in phrases:
        if name.casefold() not in taken:
            break
        if len(phrase.split()) <= room and phrase.casefold() not in name.casefold():
            longer = f"{name}: {phrase}"
            name = name if longer.casefold() in taken else longer
    number, numbered = 2, name
    while numbered.casefold() in taken:
        numbered, number = f"{name} ({number})", number + 1
    return numbered


def _describe(scene: _Scene, group: int, name: str, phrases: Sequence[str]) -> Naming:
    exemplars = _pick_exemplars(scene, group)
    order = np.argsort(_centrality(scene, group), kind="stable")
    edge = [int(i) for i in order if int(i) not in exemplars][:EDGE]
    spelled = tuple(scene.casing.spell_phrase(phrase) for phrase in phrases)
    definition = _define(scene, group, spelled, exemplars)
    return Naming(name, definition, spelled, tuple(exemplars), tuple(edge))


def _pick_exemplars(scene: _Scene, group: int) -> list[int]:
    """Central members that differ from each other, those of readable length and clean language first."""
    texts, vectors = scene.groups[group].texts, scene.groups[group].vectors
    central = [int(i) for i in np.argsort(-_centrality(scene, group), kind="stable")]
    readable = [i for i in central if READABLE[0] <= len(texts[i]) <= READABLE[1] and not SWEARING.search(texts[i])]
    picked: list[int] = []
    for i in [*readable, *(i for i in central if i not in set(readable))]:
        if len(picked) == EXEMPLARS:
            break
        if not picked or float((vectors[picked] @ vectors[i]).max()) < SAME:
            picked.append(i)
    return picked


def _define(scene: _Scene, group: int, phrases: Sequence[str], exemplars: Sequence[int]) -> str:
    texts = [scene.groups[group].texts[i] for i in exemplars[:QUOTED]]
    quotes = [quote_sentence(text, lambda sentence: _worth(sentence, phrases)) for text in texts]
    quote = max(quotes, key=lambda q: _worth(q, phrases))
    subjects = _pick_subjects(scene, group, phrases)
    if not quote:
        return "Remarks without words."
    if not subjects:
        return f"Typical: “{quote}”."
    return f"Feedback about {_enumerate(subjects)}; typical: “{quote}”."


def _worth(sentence: str, phrases: Sequence[str]) -> float:
    said = sum(phrase.lower() in sentence.lower() for phrase in phrases)
    return min(said, 3) + (QUOTE[0] <= len(sentence) <= QUOTE[1]) - 3 * bool(SWEARING.search(sentence))


def _pick_subjects(scene: _Scene, group: int, phrases: Sequence[str]) -> list[str]:
    """Up to three key phrases that read after 'about', each with words of its own.

    A single word that is no noun gives way to a longer key phrase with it, or is left out.
    """
    nouns, language = scene.speeches[group].nouns, scene.speeches[group].language
    chosen: list[str] = []
    seen: set[str] = set()
    for rank, phrase in enumerate(phrases):
        reads = " " in phrase or nouns.get(stem(phrase, language), 0.0) >= NOUN
        options = [phrase] if reads else [p for p in phrases if phrase in p.split() and p != phrase]
        for option in [*options, phrase] if rank == 0 else options:
            stems = {stem(word, language) for word in option.split()}
            if len(chosen) < SUBJECTS and not stems & seen:
                chosen.append(option)
                seen |= stems
    return chosen


def _enumerate(phrases: Sequence[str]) -> str:
    return phrases[0] if len(phrases) == 1 else f"{', '.join(phrases[:-1])} and {phrases[-1]}"
