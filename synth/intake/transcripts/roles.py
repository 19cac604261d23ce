"""Who asks and who answers: the role of every speaker of a transcript."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise

from synth.intake.transcripts.turns import Utterance
from synth.model import Role

LEAST_SHARE = 0.25  # of an interviewer's turns, at least this many ask something
LEAST_RATIO = 2.0  # an interviewer asks this many times as often, per word, as any participant
LEAST_QUESTIONS = 2
LEAST_LIKENESS = 0.88  # of a misspelt label and the one that was meant

_ASKING = (
    "interviewer interviewerin moderator moderatorin researcher facilitator forscher forscherin"
    " enquêteur enquêtrice intervieweur intervieweuse modérateur modératrice animateur animatrice chercheur chercheuse"
    " entrevistador entrevistadora moderador moderadora investigador investigadora"
    " intervistatore intervistatrice moderatore moderatrice ricercatore ricercatrice"
    " gespreksleider onderzoeker intervjuare intervjuer haastattelija badacz badaczka prowadzący"
    " интервьюер модератор исследователь 采访者 访谈者 访问者 主持人 訪談者 採訪者 インタビュアー 聞き手 司会 司会者"
    " 면접자 면담자 진행자 연구자 מראיין מראיינת מנחה المحاور المحاورة الباحث الباحثة"
)
_ANSWERING = (
    "participant participante interviewee respondent informant teilnehmer teilnehmerin proband probandin"
    " befragte befragter interviewte interviewter enquêté enquêtée interviewé interviewée répondant répondante"
    " entrevistado entrevistada partecipante intervistato intervistata deelnemer deelneemster geïnterviewde"
    " deltagare deltager osallistuja haastateltava uczestnik uczestniczka badany badana respondentka"
    " респондент респондентка участник участница информант 受访者 被访者 参与者 受訪者 参加者 回答者 インタビュイー"
    " 참가자 참여자 응답자 מרואיין מרואיינת משתתף משתתפת المشارك المشاركة المستجيب المستجيبة"
)
_STRONG: Mapping[str, Role] = {
    **dict.fromkeys(_ASKING.split(), "interviewer"),
    **dict.fromkeys(_ANSWERING.split(), "participant"),
    **dict.fromkeys(("observer", "notetaker", "interpreter", "translator", "transcriber", "beobachter"), "other"),
}
_EXACT: Mapping[str, Role] = {
    **dict.fromkeys(("i", "q", "int", "iv", "mod", "host", "question", "frage", "interviewer in"), "interviewer"),
    **dict.fromkeys(("p", "r", "a", "b", "ip", "tn", "answer", "antwort", "guest", "subject"), "participant"),
    **dict.fromkeys(("customer", "client", "user", "caller", "kunde", "kundin", "participants"), "participant"),
    **dict.fromkeys(("agent", "support", "support agent", "sales", "rep", "sales rep", "csm"), "other"),
    **dict.fromkeys(("account executive", "account manager", "customer success", "note taker", "all"), "other"),
}
_NUMBERED = {"p", "r", "tn", "ip"}


@dataclass(slots=True)
class _Tally:
    turns: int = 0
    asking: int = 0
    questions: int = 0
    words: int = 0

    @property
    def share(self) -> float:
        """Of the turns, how many ask something."""
        return self.asking / self.turns

    @property
    def density(self) -> float:
        """Questions per word, counted as if half a question more had been asked."""
        return (self.questions + 0.5) / (self.words + 1)


def label_role(label: str) -> Role | None:
    """The role that a label itself names ('Interviewer 2', 'P3', 'Dana (Moderator)'), or None for a name."""
    label = unicodedata.normalize("NFC", label)
    inner = re.search(r"^(.*?)\s*\(([^)]*)\)", label)
    if inner and inner[1]:
        return label_role(inner[1]) or label_role(inner[2])
    words = re.sub(r"[\W\d_]+", " ", label.casefold()).split()
    if not words:
        return None
    if len(words) == 1 and words[0] in _NUMBERED and re.search(r"\d", label):
        return "participant"
    exact = _EXACT.get(" ".join(words)) or _STRONG.get(" ".join(words))
    return exact or _STRONG.get(words[0]) or _STRONG.get(words[-1])


def same_person(name: str, label: str) -> bool:
    """Whether one of the two is the other written shorter: 'Dana' and 'Dana Scott'."""
    one, other = set(name.casefold().split()), set(label.casefold().split())
    return bool(one and other) and (one <= other or other <= one)


def assign_roles(utterances: Sequence[Utterance], interviewers: Collection[str] = ()) -> dict[str, Role]:
    """The role of each speaker: by label, by the names given, else by who asks; speakers left out are undecided."""
    tallies = _count(utterances)
    roles = {speaker: role for speaker in tallies if (role := label_role(speaker))}
    for speaker in tallies:
        if any(same_person(name, speaker) for name in interviewers):
            roles[speaker] = "interviewer"
    misspelt = {rare: usual for rare in tallies if rare not in roles and (usual := _meant(rare, tallies))}
    unknown = {speaker: tally for speaker, tally in tallies.items() if speaker not in roles and speaker not in misspelt}
    roles |= _guess(unknown, set(roles.values()))
    return roles | {rare: roles[usual] for rare, usual in misspelt.items() if usual in roles}


def _count(utterances: Sequence[Utterance]) -> dict[str, _Tally]:
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for utterance in utterances:
        if utterance.speaker and utterance.words:
            tally = tallies[utterance.speaker]
            tally.turns += 1
            questions = len(re.findall(r"[?？؟]+", utterance.words))
            tally.asking += bool(questions)
            tally.questions += questions
            tally.words += len(utterance.words.split())
    return dict(tallies)


def _meant(rare: str, tallies: Mapping[str, _Tally]) -> str | None:
    """The label that another, which hardly ever occurs, is a slip of the keyboard for ('Particpant')."""
    for usual, tally in tallies.items():
        often = usual != rare and tally.turns >= 10 * tallies[rare].turns and len(rare) > 4
        same_numbers = re.findall(r"\d", rare) == re.findall(r"\d", usual)
        alike = SequenceMatcher(None, rare.casefold(), usual.casefold()).ratio() if often and same_numbers else 0.0
        if alike >= LEAST_LIKENESS:
            return usual
    return None


def _guess(unknown: Mapping[str, _Tally], known: set[Role]) -> dict[str, Role]:
    if "interviewer" in known:
        return dict.fromkeys(unknown, "participant")
    if "participant" in known:
        return dict.fromkeys(unknown, "interviewer") if len(unknown) == 1 else _by_questions(unknown)
    if "other" in known and len(unknown) == 1:
        return dict.fromkeys(unknown, "participant")
    return _by_questions(unknown)


def _by_questions(unknown: Mapping[str, _Tally]) -> dict[str, Role]:
    """Those above the widest step in questions per word ask, where the step is clear and somebody else talks most."""
    ranked = sorted(unknown, key=lambda speaker: -unknown[speaker].density)
    if len(ranked) < 2:
        return {}
    steps = [unknown[a].density / unknown[b].density for a, b in pairwise(ranked)]
    cut = max(range(len(steps)), key=steps.__getitem__) + 1
    asking, answering = ranked[:cut], ranked[cut:]
    if steps[cut - 1] < LEAST_RATIO or not all(_asks(unknown[speaker]) for speaker in asking):
        return {}
    if max(unknown[s].words for s in asking) >= max(unknown[s].words for s in answering):
        return {}
    return {**dict.fromkeys(asking, "interviewer"), **dict.fromkeys(answering, "participant")}


def _asks(tally: _Tally) -> bool:
    return tally.share >= LEAST_SHARE and tally.questions >= LEAST_QUESTIONS
