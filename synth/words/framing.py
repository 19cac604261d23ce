"""The words around a claim: those that only report that somebody said something, and those that say how many."""

import re

_WORDS = """
about after again also although always another because been before being both could does doing done down each even
every from have having here however into itself just like made make makes many might more most much must need needs
never next often only other others over same several should since some still such than that their them themselves then
there these they this those through under until very want wants well were what when where whether which while whom
whose will with within without would your account accounts asked asking asks client clients comment comments complain
complained complaining complains complaint complaints consider considered customer customers describe described
describes describing experience experienced experiences expressed feedback feel feeling feels find finding finds found
give gives issue issues mention mentioned mentioning mentions note noted notes people person point pointed points
praise praised praises problem problems raise raised raises report reported reporting reports request requested
requests respondent respondents review reviewer reviewers reviews said saying says seen show shows specifically state
stated states team teams think user users voiced aber alle allem auch beim dass dazu denn diese diesem diesen dieser
dieses durch eine einem einen einer eines einige etwas für ganz habe haben hatte immer ihre ihrem ihren ihrer jede
jeder jedes kann kein keine können mehr mehrere nach nicht noch oder ohne sehr sein seine seinem seiner seit sich sind
sowie über unter viele vom wegen weil weiter wenn werden wird wollen wurde wurden zudem beschreiben beschweren
berichten bemängeln erwähnen feedback finden geben klagen kunde kunden kundin kundinnen leute loben meinen melden
nennen nutzer nutzerinnen problem probleme rückmeldung rückmeldungen sagen sprechen wünschen
"""

# What any sentence about feedback may use without saying anything of its content.
FRAMING = frozenset(_WORDS.split())

_VOICES = (
    r"(?:people|persons?|customers?|clients?|users?|accounts?|companies|reviews?|reviewers?|respondents?|teams?"
    r"|complaints?|mentions?|comments?|kunden|kundinnen|kunde|kundin|nutzer|nutzerinnen|leute|personen|konten)"
)

# Words that say how many, in place of digits. A sign for a hundred or a percent counts nothing without its number.
QUANTITY = re.compile(
    r"\b(?:zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen"
    r"|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|dozens?|hundreds?|thousands?|millions?"
    r"|billions?|half|halve[sd]?|thirds?|quarters?|majority|minority|couple|nobody|no one|everyone|everybody"
    r"|twice|thrice|doubl(?:e[sd]?|ing)|tripl(?:e[sd]?|ing)|quadrupl(?:e[sd]?|ing)"
    r"|(?:two|three|four|five|ten|hundred)-?fold"
    rf"|(?:most|all|every|each|none)(?= (?:of )?(?:(?:the|our|your|their|these|those) )?{_VOICES}\b)"
    rf"|most(?= of\b)|none(?= of\b)|one(?= in \w+\b)"
    r"|zwei|drei|vier|fünf|sechs|sieben|acht|neun|zehn|elf|zwölf|dutzende?|hunderte?|tausende?|million(?:en)?|hälfte"
    r"|drittel|viertel|mehrheit|minderheit|die meisten|niemand|doppelt|verdoppelt"
    rf"|(?:alle|jede[rs]?)(?= {_VOICES}\b))\b",
    re.IGNORECASE,
)
