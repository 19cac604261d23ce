"""Figures that are asked for by name and cannot be computed from feedback: rates, averages, shares of a market."""

from typing import Final

from synth.answers.planning.phrasing import compile_words

_RATES: Final = (
    r"(?:churn|retention|conversion|renewal|adoption|attrition|bounce|win|growth|turnover|click[- ]?through"
    r"|open|activation|response|resolution|occupancy|utili[sz]ation|return|failure|error|success|default"
    r"|abandonment|no[- ]?show)"
)
_FIGURE: Final = (
    rf"(?:{_RATES}[\s-]+rates?|churn|market\s+share|(?:revenue|sales|user|customer)\s+growth|(?:net\s+promoter\s+score"
    r"|nps|csat|ces|arpu|ltv|cac|dau|mau|ebitda|roi)(?:\s+score)?|(?:customer\s+)?life[- ]?time\s+value"
    r"|profit(?:\s+margin)?|(?:gross\s+|net\s+)?margin|(?:average|mean|median)\s+[\w-]+(?:\s+[\w-]+){0,2}"
    r"|abwanderungs(?:rate|quote)|kündigungsquote|konversionsrate|marktanteil|(?:durchschnittliche[rsn]?|mittlere[rsn]?)"
    r"\s+[\w-]+)"
)
_ASKS: Final = compile_words(
    r"^\W*(?:(?:and\s+|so\s+|please\s+)?(?:what(?:'s|\s+(?:is|was|are|were|will\s+be))|how\s+(?:high|low|large|big|much|good)"
    r"\s+(?:is|was|are|were)|tell\s+me|show\s+me|calculate|compute|(?:wie\s+(?:hoch|groß)|was)\s+(?:ist|war))\s+)"
    rf"(?:(?:the|our|their|its|your|my|current|overall|total|monthly|annual|yearly|die|der|unsere?|aktuelle)\s+)*"
    rf"(?P<figure>{_FIGURE})(?=\s*[?.!]?\s*$|\s+(?:of|for|in|among|at|by|on|this|last|per|during|since|from|der|bei|von|im)\b)"
)


def find_figure(question: str) -> str | None:
    """The figure the question asks the value of ('What is our churn rate?'), when feedback cannot tell it."""
    match = _ASKS.search(question)
    return " ".join(match["figure"].split()) if match else None
