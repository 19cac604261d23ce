"""What is known of the participants of a study, from a table the researchers keep: role, company size, tenure.

Whoever a row names is looked for among those who took part, by name or by pseudonym; the name goes no further. What the
other columns say becomes attributes of the participant, which counts, lists and searches can be narrowed by.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from synth.errors import BadInput
from synth.intake.participants import Participants
from synth.intake.redacting.privacy import Privacy
from synth.parts import Parts
from synth.research.spreadsheets import read_table
from synth.research.studies import find_study
from synth.store import tables
from synth.store.conditions import field_names

LARGEST: Final = 4 << 20  # bytes
MOST_ROWS: Final = 5_000
MOST_ATTRIBUTES: Final = 50
LONGEST_VALUE: Final = 500
NAMING: Final = (
    "pseudonym", "participant", "participant_id", "name", "full_name", "person", "interviewee", "respondent",
    "teilnehmer", "teilnehmerin", "id",
)  # fmt: skip
_PERSONAL: Final = frozenset((
    "first_name", "last_name", "firstname", "lastname", "surname", "vorname", "nachname",
    "email", "e-mail", "mail", "phone", "telephone", "telefon", "mobile", "address", "adresse",
))  # fmt: skip
_ONLY_HIDDEN: Final = re.compile(r"\W*(?:\[[A-Z_]+_\d+\]\W*)+")


@dataclass(slots=True)
class TakenRoster:
    """What became of a roster: whom it told of, what, and which rows told nothing, each with the reason."""

    participants: int = 0
    changed: int = 0
    attributes: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def document(self) -> dict[str, Any]:
        """As it is shown."""
        return {
            "participants": self.participants,
            "changed": self.changed,
            "attributes": self.attributes,
            "refused": self.refused,
        }


def take_roster(parts: Parts, workspace: str, study: str, name: str, content: bytes) -> TakenRoster:
    """Give the participants of a study the attributes of a table (CSV, XLSX); raises NotFound, BadInput."""
    if len(content) > LARGEST:
        raise BadInput(f"The table is larger than {LARGEST >> 20} MB; keep the rows of this study's participants.")
    rows = read_table(content, name.casefold().rpartition(".")[2])
    naming = _check(rows)
    done = TakenRoster()
    with parts.database.write() as session:
        found = find_study(session, workspace, study)
        participants, privacy = Participants(workspace, found.id, parts.now()), Privacy(parts.regions)
        people = _people(session, found)
        told: dict[str, int] = {}
        for number, row in enumerate(rows, start=2):
            said = [row[column].strip() for column in naming if row.get(column, "").strip()]
            spoken = next(filter(None, (participants.find(session, each) for each in said)), None)
            reason = _reason(said, spoken, people, told)
            if reason or spoken is None:
                done.refused.append(f"Row {number}: {reason}.")
                continue
            told[spoken] = number
            privacy.hide_names(participants.names)
            _tell(session, people[spoken], _attributes(row, naming, privacy), done)
        done.participants = len(told)
    return done


def _check(rows: Sequence[Mapping[str, str]]) -> list[str]:
    """The columns that say who is meant; raises BadInput for a table that has none, or is too large."""
    if not rows:
        raise BadInput("The table has no rows.")
    naming = [column for column in NAMING if column in rows[0]]
    if not naming:
        raise BadInput(f"No column says who is meant; call one {', '.join(NAMING[:4])}.")
    if len(rows) > MOST_ROWS:
        raise BadInput(f"The table has {len(rows):,} rows; a study has at most {MOST_ROWS:,} participants in a roster.")
    if len(rows[0]) - len(naming) > MOST_ATTRIBUTES:
        raise BadInput(f"The table has {len(rows[0])} columns; keep at most {MOST_ATTRIBUTES} that say something.")
    return naming


def _people(session: Session, study: tables.Study) -> dict[str, tables.Person]:
    """Those who took part, by what they are called in everything that is written."""
    who, person = tables.Participant, tables.Person
    query = (
        select(person)
        .join(who, who.person_id == person.id)
        .where(who.workspace_id == study.workspace_id, who.study_id == study.id)
    )
    return {each.name: each for each in session.scalars(query)}


def _reason(
    said: Sequence[str], spoken: str | None, people: Mapping[str, tables.Person], told: Mapping[str, int]
) -> str | None:
    """Why a row tells of nobody, if it does not."""
    if not said:
        return "it names nobody"
    if spoken is None or spoken not in people:
        return f"“{said[0][:80]}” took no part in this study by that name"
    return f"{spoken} stands in row {told[spoken]} already" if spoken in told else None


def _attributes(row: Mapping[str, str], naming: Sequence[str], privacy: Privacy) -> dict[str, str]:
    """What a row says besides who is meant; a column that filters know already is the participant's by its name."""
    said = {
        (f"participant_{column}" if column in field_names() else column): value.strip()[:LONGEST_VALUE]
        for column, value in row.items()
        if column and column not in naming and column not in _PERSONAL
    }
    hidden = {column: str(value) for column, value in privacy.hide_attributes(said).items()}
    return {column: value for column, value in hidden.items() if value and not _ONLY_HIDDEN.fullmatch(value)}


def _tell(session: Session, person: tables.Person, said: Mapping[str, str], done: TakenRoster) -> None:
    done.attributes += [column for column in said if column not in done.attributes]
    wanted = {**person.attributes, **said}
    if wanted != person.attributes:
        session.execute(update(tables.Person).where(tables.Person.id == person.id).values(attributes=wanted))
        done.changed += 1
