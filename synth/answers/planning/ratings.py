"""Ratings a question filters by: '1-star reviews', 'at least 4 stars', 'below 3', 'detractors', 'mit 5 Sternen'."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from synth.answers.planning.days import NUMBERS
from synth.answers.planning.phrasing import compile_words
from synth.model import Condition, Operator

_WORDS: Final = "|".join(
    word
    for word, number in NUMBERS.items()
    if number <= 10 and word not in ("a", "an", "couple", "few", "several", "paar")
)
_N: Final = rf"(?P<n>(?<!\d)\d{{1,3}}(?:[.,]\d)?|{_WORDS})"
_M: Final = rf"(?P<m>(?<!\d)\d{{1,3}}(?:[.,]\d)?|{_WORDS})"
_STARS: Final = r"(?:[\s-]*(?:stars?|sterne?n?|★|⭐)(?:[\s-]*(?:ratings?|bewertung(?:en)?))?)"
_RATED: Final = (
    r"(?:\b(?:with|that|which|who|gave|give|giving|given|has|have|had|having|were|are|mit|gaben|hat|haben|left)\s+"
    r"(?:(?:us|it|an?|the|only|eine[rnm]?|der)\s+)*)?\b(?:rat(?:ings?|ed)|scor(?:es?|ed)|nps|bewert(?:ung(?:en)?|et))\s+(?:(?:it|us|this"
    r"|the\s+app)\s+)?(?:(?:of|was|is|with|mit|von|=|:)\s*)?"
)
_WITH: Final = (
    r"(?:\b(?:with|gave|give|giving|mit|gaben)\s+(?:(?:us|it|only|an?|the|rating\s+of|nur|einer"
    r"|bewertung|von)\s+)*)?"
)
_LESS: Final = r"(?:\b(?:below|under|(?:less|lower|fewer|worse)\s+than|unter|(?:weniger|schlechter)\s+als)\b|<(?!=))\s*"
_MORE: Final = r"(?:\b(?:above|over|(?:more|higher|better)\s+than|über|(?:mehr|besser)\s+als)\b|>(?!=))\s*"
_LEAST: Final = r"(?:\b(?:at\s+least|minimum(?:\s+of)?|mindestens)\b|>=|≥)\s*"
_MOST: Final = r"(?:\b(?:at\s+most|up\s+to|maximum(?:\s+of)?|höchstens|maximal)\b|<=|≤)\s*"
_OR_MORE: Final = r"(?:\+|\s*\b(?:and|or|und|oder)\s+(?:more|above|higher|better|up|mehr|besser|höher|darüber)\b)"
_OR_LESS: Final = r"\s*\b(?:and|or|und|oder)\s+(?:less|below|lower|worse|fewer|under|weniger|schlechter|darunter)\b"
_NO_UNIT: Final = r"(?![\d%/]|[.,]\d|\s*(?:%|percent|times|days|weeks|people|customers|users))"
_SURVEY: Final = compile_words(r"survey|nps|umfrage")
_STAR: Final = compile_words(r"stars?\b|stern|★|⭐")
_GRADES: Final = (
    r"\b(?:(?P<good>good|high|top|positive|gute[rn]?|hohe[rn]?)|bad|low|poor|terrible|negative|schlechte[rn]?"
    r"|niedrige[rn]?)[\s-]+"
    r"(?:ratings?|scores?|star\s+ratings?|bewertung(?:en)?)\b|\b(?:(?P<well>highly|well)|poorly|badly|low)[\s-]rated\b"
)

Read = Callable[[re.Match[str], tuple[float, float]], tuple[Condition, ...]]


@dataclass(frozen=True, slots=True)
class FoundRating:
    """A rating the question names: `text[start:end]`; without conditions where no such rating occurs."""

    start: int
    end: int
    conditions: tuple[Condition, ...]
    note: str | None = None


def find_ratings(text: str, scale: tuple[float, float] | None, sources: Sequence[str] = ()) -> tuple[FoundRating, ...]:
    """The ratings named in the text, as conditions on the scale (lowest and highest rating that occur).

    Promoters and detractors are those of a 0–10 scale; where one of the sources is a survey, they are looked for there.
    """
    found: list[FoundRating] = []
    for pattern, read in _FORMS:
        for match in pattern.finditer(text):
            if all(match.end() <= other.start or match.start() >= other.end for other in found):
                found.extend(_rating(match, read, scale, sources))
    return tuple(sorted(found, key=lambda each: each.start))


def _rating(
    match: re.Match[str], read: Read, scale: tuple[float, float] | None, sources: Sequence[str]
) -> Iterator[FoundRating]:
    conditions = read(match, scale) if scale else ()
    if not scale and read is _graded:
        return
    if scale and any(not scale[0] <= float(each.value) <= scale[1] for each in conditions):
        conditions = ()
    if conditions and len(sources) > 1 and scale and scale[1] > 5:
        conditions += _of_scale(match, sources)
    said = " and ".join(f"{each.key} {each.operator} {each.value}" for each in conditions)
    told = all(each.operator == "=" for each in conditions)
    yield FoundRating(
        match.start(), match.end(), conditions, None if told else f"“{match[0].strip()}” was read as {said}."
    )


def _of_scale(match: re.Match[str], sources: Sequence[str]) -> tuple[Condition, ...]:
    """Promoters are asked for in the surveys, stars are given elsewhere, where both scales are among the ratings."""
    surveys = [source for source in sources if _SURVEY.search(source)]
    if "promoter" in match.re.groupindex or match[0].casefold().startswith("nps"):
        return tuple(Condition("source", source) for source in surveys)
    stars = _STAR.search(match[0])
    return tuple(Condition("source", source, "!=") for source in surveys) if stars else ()


def _number(word: str) -> float:
    return float(word.replace(",", ".")) if word[0].isdigit() else float(NUMBERS[word.casefold()])


def _say(number: float) -> str:
    return f"{number:g}"


def _equal(match: re.Match[str], _scale: tuple[float, float]) -> tuple[Condition, ...]:
    return (Condition("rating", _say(_number(match["n"]))),)


def _either(match: re.Match[str], _scale: tuple[float, float]) -> tuple[Condition, ...]:
    low, high = sorted((_number(match["n"]), _number(match["m"])))
    if not low.is_integer() or not high.is_integer():
        return (Condition("rating", _say(low), ">="), Condition("rating", _say(high), "<="))
    values = (low, high) if "or" in match.re.groupindex and match["or"] else range(int(low), int(high) + 1)
    return tuple(Condition("rating", _say(value)) for value in values)


def _bounded(step: float, *, low: bool) -> Read:
    """At least (low) or at most the number, moved by one for 'more than' and 'less than': ratings are whole numbers."""
    operator: Operator = ">=" if low else "<="
    return lambda match, _scale: (Condition("rating", _say(_number(match["n"]) + step), operator),)


def _graded(match: re.Match[str], scale: tuple[float, float]) -> tuple[Condition, ...]:
    """Good and bad: 4–5 and 1–2 of five stars, 9–10 and 0–6 of ten points as in the Net Promoter Score."""
    ten = scale[1] > 5
    if match["good"] or match["well"]:
        return (Condition("rating", "9" if ten else "4", ">="),)
    return (Condition("rating", "6" if ten else "2", "<="),)


def _promoting(match: re.Match[str], scale: tuple[float, float]) -> tuple[Condition, ...]:
    if scale[1] <= 5:
        return ()
    if match["promoter"]:
        return (Condition("rating", "9", ">="),)
    return (
        (Condition("rating", "6", "<="),)
        if match["detractor"]
        else (Condition("rating", "7"), Condition("rating", "8"))
    )


def _bounds(before: str, after: str, read: Read) -> tuple[tuple[str, Read], ...]:
    """A bound beside a number, where stars follow it or a word for rating leads to it."""
    return (
        (rf"{_WITH}{before}{_N}{_STARS}{after}", read),
        (rf"{_WITH}{before}{_N}{after}{_STARS}", read),
        (rf"{_RATED}{before}{_N}{_STARS}?{after}{_NO_UNIT}", read),
    )


_FORMS: Final[tuple[tuple[re.Pattern[str], Read], ...]] = tuple(
    (compile_words(pattern), read)
    for pattern, read in (
        (
            (
                r"\b(?:nps\s+)?(?:(?P<promoter>promoters?|promotoren)|(?P<detractor>detractors?|detraktoren|kritiker)"
                r"|passives)\b"
            ),
            _promoting,
        ),
        (
            rf"{_WITH}\b{_N}{_STARS}?\s*(?:(?P<or>\b(?:or|and|und|oder)\b|/|,)|-|–|\bto\b|\bbis\b)\s*{_M}{_STARS}",
            _either,
        ),
        (
            (
                rf"{_RATED}(?:between\s+|from\s+|zwischen\s+)?{_N}\s*(?:(?P<or>\bor\b|\boder\b)|-|–|\b(?:and|to|und"
                rf"|bis)\b)\s*{_M}{_NO_UNIT}"
            ),
            _either,
        ),
        *_bounds("", _OR_MORE, _bounded(0, low=True)),
        *_bounds("", _OR_LESS, _bounded(0, low=False)),
        *_bounds(_LEAST, "", _bounded(0, low=True)),
        *_bounds(_MOST, "", _bounded(0, low=False)),
        *_bounds(_LESS, "", _bounded(-1, low=False)),
        *_bounds(_MORE, "", _bounded(1, low=True)),
        (rf"(?:{_RATED}|{_WITH}\b){_N}{_STARS}", _equal),
        (rf"{_RATED}{_N}{_NO_UNIT}", _equal),
        (_GRADES, _graded),
    )
)
