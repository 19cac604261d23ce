"""Lines and utterances put together as one document: turns where somebody speaks, prose where nobody is named."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import takewhile
from typing import Literal

from synth.intake.tabular.values import read_language
from synth.intake.transcripts.captions import join_cues, read_cues, stamped_cues
from synth.intake.transcripts.preamble import Preamble, asking_in, fields_of, mentioned, read_moment, read_preamble
from synth.intake.transcripts.roles import assign_roles, label_role
from synth.intake.transcripts.speech import find_labels, find_opening, read_speech
from synth.intake.transcripts.turns import Aside, Line, Utterance, clean, clean_edges, lay_out
from synth.model import Attribute, Kind, ParsedDocument, Role, Turn

_OWN = ("title", "person", "account", "segment", "plan", "language", "url", "external_id")
_PLAIN_HEADING = re.compile(
    r"(?:(?:the|full|interview|meeting|call) )*"
    r"(?:interview|transcript|transcription|transkript|details|notes|summary|untitled|document)s?(?: \d+)?:?",
    re.IGNORECASE,
)
_NOBODY = re.compile(r"(?:unknown )?(?:speaker|voice|sprecher(?:in)?)[\s_]*\d*|unknown", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Options:
    """What the importer says about a file; `mapping` is field to key, `interviewers` are names of who asks."""

    kind: Kind = "feedback"
    mapping: Mapping[str, str] = field(default_factory=dict)
    hidden: Collection[str] = ()
    timezone: str = "UTC"
    interviewers: Collection[str] = ()
    source: str | None = None


def document_of_lines(
    lines: Sequence[Line],
    stem: str,
    options: Options,
    *,
    front: Mapping[str, str] | None = None,
    glue: Literal["\n", " "] = "\n",
) -> ParsedDocument:
    """The document that these lines are; `glue` joins the lines of a paragraph of prose."""
    preamble, body = _split(lines, options)
    parts = _speech(body, options)
    stated = mentioned(_before_turns(parts)) if parts else Preamble()
    fields = {"title": _title(body, stem), **_dated(stem), **stated.fields, **preamble.fields, **fields_of(front or {})}
    if parts is None:
        return _build(_prose(body, glue), (), fields, options)
    asking = (*preamble.interviewers, *stated.interviewers, *asking_in(front or {}))
    return document_of_parts(parts, fields, options, asking=asking)


def document_of_parts(
    parts: Sequence[Utterance | Aside], fields: Mapping[str, str], options: Options, *, asking: Collection[str] = ()
) -> ParsedDocument:
    """The document of turns that are found already; `asking` are the interviewers that the file itself names."""
    fields = {**_dated(fields.get("title", "")), **fields}
    utterances = [part for part in parts if isinstance(part, Utterance)]
    roles = assign_roles(utterances, (*options.interviewers, *asking))
    text, turns = lay_out(parts, roles)
    person = _one_participant(roles)
    return _build(text, turns, {"person": person, **fields} if person else fields, options)


def _split(lines: Sequence[Line], options: Options) -> tuple[Preamble, Sequence[Line]]:
    """The fields a document opens with, and the lines after them (all of them where nothing would be left)."""
    preamble = read_preamble(lines, speakers=_speakers(lines, options.kind))
    body = [*lines[: preamble.where.start], *lines[preamble.where.stop :]]
    return (preamble, body) if any(line.text.strip() for line in body) else (Preamble(), lines)


def _speakers(lines: Sequence[Line], kind: Kind) -> set[str]:
    """Who opens more than one turn."""
    labels = find_labels(lines, kind=kind)
    votes = Counter(opening.speaker for line in lines if (opening := find_opening(line, labels)))
    return {speaker for speaker, count in votes.items() if count > 1}


def _speech(lines: Sequence[Line], options: Options) -> Sequence[Utterance | Aside] | None:
    texts = [line.text for line in lines]
    if sum("-->" in text for text in texts) > 1:
        return join_cues(read_cues("\n".join(texts), "srt"))
    return read_speech(lines, kind=options.kind) or join_cues(stamped_cues(texts)) or None


def _dated(stem: str) -> dict[str, str]:
    """The day that a file name begins or ends with, written 2026-09-08."""
    day = re.search(r"^\d{4}-\d\d-\d\d(?!\d)|(?<!\d)\d{4}-\d\d-\d\d$", stem)
    return {"created_at": day[0]} if day else {}


def _before_turns(parts: Sequence[Utterance | Aside]) -> list[str]:
    return [part.words for part in takewhile(lambda part: isinstance(part, Aside), parts)]


def _title(lines: Sequence[Line], stem: str) -> str:
    headings = (clean(line.text) for line in lines if line.heading)
    return next((heading for heading in headings if heading and not _PLAIN_HEADING.fullmatch(heading)), stem)


def _prose(lines: Sequence[Line], glue: str) -> str:
    text = ""
    for line in lines:
        words = clean(line.text) if glue == " " else clean_edges(line.text)
        if words:
            text += ("\n\n" if line.gap else glue) * bool(text) + words
    return text


def _one_participant(roles: Mapping[str, Role]) -> str | None:
    """The name of the only participant, where the label is a name."""
    names = [speaker for speaker, role in roles.items() if role == "participant"]
    if len(names) != 1 or label_role(names[0]) or _NOBODY.fullmatch(names[0]):
        return None
    return names[0]


def _build(text: str, turns: tuple[Turn, ...], fields: Mapping[str, str], options: Options) -> ParsedDocument:
    given = _mapped(fields, options)
    own = {key: given.pop(key) for key in _OWN if key in given}
    created_at = read_moment(given.get("created_at"), options.timezone)
    if created_at:
        given.pop("created_at")
    attributes: dict[str, Attribute] = dict(given)
    return ParsedDocument(
        text=text,
        row=1,
        source=options.source,
        created_at=created_at,
        turns=turns,
        attributes=attributes,
        external_id=own.get("external_id"),
        title=own.get("title"),
        person=own.get("person"),
        account=own.get("account"),
        segment=own.get("segment"),
        plan=own.get("plan"),
        language=read_language(own["language"]) if "language" in own else None,
        url=own.get("url"),
    )


def _mapped(fields: Mapping[str, str], options: Options) -> dict[str, str]:
    """The fields without the hidden ones, and those that the mapping names (field to key) under their field's name."""
    hidden = {key.casefold() for key in options.hidden}
    given = {key: value for key, value in fields.items() if key.casefold() not in hidden}
    for name, key in options.mapping.items():
        if key.casefold() in given:
            given[name] = given.pop(key.casefold())
    return given
