"""Who takes part in a study: every name becomes a pseudonym before anything of a document is written.

The name stays in one table, `participants`; texts, turns, people and quotes carry the pseudonym. Names of participants
are hidden in what anybody in the study says.
"""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.intake.transcripts.roles import label_role
from synth.model import ParsedDocument, Turn
from synth.store import tables
from synth.store.identity import person_key, text_hash
from synth.store.rows import next_numbers

LONGEST_NAME: Final = 200
_NUMBERED: Final = re.compile(r"(?:p|r|tn|ip|participant|teilnehmer(?:in)?)[\s_#-]*0*(\d{1,4})", re.IGNORECASE)
_IN_TITLE: Final = re.compile(r"(?<![A-Za-z0-9])[Pp](?:articipant)?[ _-]?0*(\d{1,3})(?![A-Za-z0-9])")
_NOBODY: Final = re.compile(
    r"(?:unknown|unbekannt|speaker|sprecher(?:in)?|voice|participant|interviewee|respondent|customer|user|teilnehmer(?:in)?"
    r"|befragte[r]?|guest|anonymous|anonym)?[\s_#-]*(?:\d{0,3}|[a-z])",
    re.IGNORECASE,
)
_LEAST_PART: Final = 3  # letters of a part of a name that is hidden by itself
_ALSO_WORDS: Final = frozenset((
    "will", "mark", "may", "june", "april", "august", "art", "bill", "frank", "grace", "hope", "joy", "rose",
    "dawn", "faith", "sunny", "rich", "pat", "sue", "miles", "chase", "drew", "major", "young", "king", "long",
    "short", "black", "white", "brown", "green", "page", "price", "cook", "baker", "case", "field", "day",
    "summer", "winter", "van", "von", "der", "den", "del", "dos", "the", "und", "and",
))  # fmt: skip


def open_study(session: Session, workspace: str, name: str, actor: str, now: datetime) -> str:
    """The id of the study of that name, which is begun where there is none; raises BadInput for a name that is none."""
    shown = " ".join(name.split())
    if not 0 < len(shown) <= LONGEST_NAME:
        raise BadInput(f"The name of a study has 1 to {LONGEST_NAME} characters; this one has {len(shown)}.")
    study = tables.Study
    found = session.scalar(select(study.id).where(study.workspace_id == workspace, study.name == shown))
    if found is not None:
        return found
    id = f"S{next_numbers(session, workspace, 'study', 1)[0]}"
    row = {"workspace_id": workspace, "id": id, "name": shown, "state": "open", "created_by": actor, "created_at": now}
    session.execute(insert(study), [row])
    return id


class Participants:
    """The participants of one study as one import meets them; a name gets its pseudonym once."""

    def __init__(self, workspace: str, study: str, now: datetime) -> None:
        self._workspace = workspace
        self._study = study
        self._now = now
        self._by_key: dict[str, str] | None = None
        self._names: set[str] = set()

    def meet(self, session: Session, document: ParsedDocument) -> ParsedDocument:
        """The document with pseudonyms for everyone in it who does not ask; what was said is as it was."""
        self._load(session)
        speakers = {turn.speaker for turn in document.turns if turn.speaker and _takes_part(turn)}
        if document.person and not document.turns:
            speakers.add(document.person)
        alone = len(speakers) == 1
        known = {speaker: self._pseudonym(session, speaker, document, alone=alone) for speaker in sorted(speakers)}
        person = document.person
        if person is not None and person not in known:
            known[person] = self._pseudonym(session, person, document, alone=not speakers)
        text, turns = _relabel(document, known)
        return replace(
            document,
            text=text,
            title=self.hide_in_label(document.title),
            external_id=self.hide_in_label(document.external_id),
            person=known[person] if person else next(iter(known.values()), None) if len(known) == 1 else None,
            turns=tuple(replace(turn, speaker=known.get(turn.speaker or "", turn.speaker)) for turn in turns),
        )

    def find(self, session: Session, said: str) -> str | None:
        """How one who took part is called in everything that is written, by their pseudonym, label or name."""
        self._load(session)
        assert self._by_key is not None
        spoken, bare = set(self._by_key.values()), _bare(said) or said
        for called in (bare.upper(), self._spoken(bare.upper())):
            if called in spoken:
                return called
        there = self._by_key.get(person_key(self._workspace, bare))
        number = _NUMBERED.fullmatch(bare)
        numbered = self._spoken(f"P{int(number[1])}") if number else None
        return there or (numbered if numbered in spoken else None)

    @property
    def names(self) -> frozenset[str]:
        """What is hidden in texts: the names of all participants so far, and their parts that are no other words."""
        return frozenset(self._names)

    def hide_in_label(self, label: str | None) -> str | None:
        """A title or the name of a file without names: there they stand in small letters and between dashes."""
        if label is None or not self._names:
            return label
        parts = {word.casefold() for name in self._names for word in re.findall(r"[^\W\d_]+", name)}
        told = {part for part in parts if len(part) >= _LEAST_PART and part not in _ALSO_WORDS}
        return re.sub(r"[^\W\d_]+", lambda match: "NAME" if match[0].casefold() in told else match[0], label)

    def _load(self, session: Session) -> None:
        if self._by_key is not None:
            return
        self._by_key = {}
        who = tables.Participant
        query = select(who).where(who.workspace_id == self._workspace, who.study_id == self._study)
        for participant in session.scalars(query):
            self._by_key[participant.key] = self._spoken(participant.pseudonym)
            self._names |= _hidden(participant.name)

    def _pseudonym(self, session: Session, label: str, document: ParsedDocument, *, alone: bool) -> str:
        """How the person is called in everything that is written: `S1-P3`.

        A number that the label has is kept; of one who speaks `alone`, so is one in the title.
        """
        assert self._by_key is not None
        label = _bare(label) or label
        name = None if _is_nobody(label) else label
        number = _NUMBERED.fullmatch(label)
        if name is not None or number:
            key = person_key(self._workspace, label)
        else:
            key = "p" + text_hash(f"{self._study}\x1f{document.external_id}\x1f{document.title}\x1f{label}")
        if key not in self._by_key:
            titled = _IN_TITLE.search(document.title or "") if alone else None
            wanted = number or titled
            self._by_key[key] = self._add(session, key, name, int(wanted[1]) if wanted else None)
            self._names |= _hidden(name)
        return self._by_key[key]

    def _add(self, session: Session, key: str, name: str | None, number: int | None) -> str:
        taken = set((self._by_key or {}).values())
        wanted = f"P{number}" if number else None
        if wanted is None or self._spoken(wanted) in taken:
            wanted = next(f"P{n}" for n in range(1, len(taken) + 2) if self._spoken(f"P{n}") not in taken)
        person = self._person(session, self._spoken(wanted))
        row = {
            "workspace_id": self._workspace,
            "study_id": self._study,
            "pseudonym": wanted,
            "person_id": person,
            "key": key,
            "name": name,
            "created_at": self._now,
        }
        session.execute(insert(tables.Participant), [row])
        return self._spoken(wanted)

    def _person(self, session: Session, spoken: str) -> int:
        mine = select(tables.Person.id).where(
            tables.Person.workspace_id == self._workspace, tables.Person.name == spoken
        )
        found = session.scalar(mine)
        if found is None:
            session.execute(
                insert(tables.Person), [{"workspace_id": self._workspace, "name": spoken, "attributes": {}}]
            )
            found = session.scalars(mine).one()
        return found

    def _spoken(self, pseudonym: str) -> str:
        return f"{self._study}-{pseudonym}"


def _relabel(document: ParsedDocument, known: Mapping[str, str]) -> tuple[str, tuple[Turn, ...]]:
    """The text with pseudonyms where speakers are named before what they say, and the turns as they lie in it."""
    parts: list[str] = []
    turns: list[Turn] = []
    at = length = 0
    for turn in document.turns:
        start = max(turn.start, at)
        before = document.text[at:start]
        label, spoken = turn.speaker or "", known.get(turn.speaker or "")
        place = before.rfind(label) if spoken else -1
        if spoken and place >= 0:
            before = before[:place] + spoken + before[place + len(label) :]
        said = document.text[start : turn.end]
        parts += before, said
        length += len(before)
        turns.append(replace(turn, start=length, end=length + len(said)))
        length += len(said)
        at = max(at, turn.end)
    return "".join([*parts, document.text[at:]]), tuple(turns)


def _takes_part(turn: Turn) -> bool:
    return turn.role not in ("interviewer", "other")


def _is_nobody(label: str) -> bool:
    """Whether a label names a role or a number and no person."""
    return bool(_NOBODY.fullmatch(label) or _NUMBERED.fullmatch(label)) or (
        label_role(label) == "participant" and len(label.split()) == 1
    )


def _bare(label: str) -> str:
    """A label without what stands in brackets behind a name: a role, a company."""
    return " ".join(re.sub(r"\([^)]*\)|\[[^\]]*\]", " ", label).split())


def _hidden(name: str | None) -> set[str]:
    """The name, and its parts that nothing else is called by."""
    if name is None:
        return set()
    bare = _bare(name)
    parts = (part.strip(".,;:'’\"") for part in re.split(r"[\s_]+", bare))
    alone = {part for part in parts if len(part) >= _LEAST_PART and part[:1].isupper()}
    return {bare, *(part for part in alone if part.casefold() not in _ALSO_WORDS)} - {""}
