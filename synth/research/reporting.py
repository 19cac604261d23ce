"""The report of a study: what was asked, of how many, what was found with quotes, and how sure that is.

Sentences are computed; every quote passes the gate against the text of its document. Written as a JSON document that
Markdown, HTML and Word show.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from sqlalchemy.orm import Session

from synth.gate import Draft, gate
from synth.parts import Parts
from synth.research.agreement import measure_agreement
from synth.research.findings import study_findings
from synth.research.studies import get_study
from synth.store import tables
from synth.store.excerpts import ExcerptView
from synth.wire.values import moment

VERSION: Final = 1
QUOTES: Final = 3  # of one finding
Content = dict[str, Any]


def write_study_report(parts: Parts, workspace: str, study: str) -> Content:
    """The report of a study; raises NotFound."""
    with parts.database.read() as session:
        about = get_study(session, workspace, study)
        found = study_findings(session, workspace, study)
        agreement = measure_agreement(session, workspace, study)
        findings = [_finding(session, row, found["participants"]) for row in found["codes"] if row["highlights"]]
    return {
        "version": VERSION,
        "study": {name: about[name] for name in ("id", "name", "question", "method", "consent")},
        "written_at": moment(parts.now()),
        "short": list(_short(about, found)),
        "findings": findings,
        "themes": [
            f"{theme['name']}: {_of(theme['participants'], found['participants'])}" for theme in found["themes"][:10]
        ],
        "saturation": list(_saturation(found["saturation"])),
        "agreement": _agreement(agreement),
        "rejected": sum(finding["rejected"] for finding in findings),
    }


def _finding(session: Session, row: Mapping[str, Any], participants: int) -> Content:
    """A code as a claim with quotes of different people, each checked against its document."""
    said = f"{row['code']}: {_of(row['participants'], participants)}, in {_count(row['interviews'], 'document')}."
    evidence: dict[str, ExcerptView] = {}
    quotes = []
    for number, quote in enumerate(row["quotes"][:QUOTES], start=1):
        document = session.get(tables.Document, quote["document_id"])
        if document is not None:
            evidence[f"H{number}"] = _view(f"H{number}", document, quote)
            quotes.append((f"H{number}", quote["quote"]))
    gated = gate([Draft(said, tuple(quotes), "supported")], evidence, computed=[said])
    shown = [citation.excerpt_id for claim in gated.claims for citation in claim.citations]
    return {
        "code": row["code"],
        "level": row["level"],
        "definition": row["definition"],
        "sentence": said,
        "quotes": [row["quotes"][int(id[1:]) - 1] for id in shown],
        "rejected": gated.rejected,
    }


def _view(id: str, document: tables.Document, quote: Mapping[str, Any]) -> ExcerptView:
    """The span of a highlight, as it stands in its document, as evidence."""
    return ExcerptView(
        id=id,
        document_id=document.id,
        external_id=document.external_id,
        source="",
        text=document.text[quote["start"] : quote["end"]],
        start=quote["start"],
        end=quote["end"],
        speaker=quote["speaker"],
        role=None,
        person=quote["speaker"],
        account=None,
        segment=None,
        rating=None,
        language=document.language,
        created_at=document.created_at,
        repeat_of=None,
        theme_id=None,
        confidence=None,
    )


def _short(about: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[str]:
    people, documents = _count(found["participants"], "participant"), _count(found["interviews"], "document")
    yield f"{people} in {documents}; {_count(about['highlights'], 'highlight')} under {_count(about['codes'], 'code')}."
    top = sorted(
        (row for row in found["codes"] if row["participants"] and row["level"] == 0),
        key=lambda row: (-row["participants"], row["code"]),
    )[:3]
    if top:
        told = ", ".join(f"{row['code']} ({row['participants']})" for row in top)
        yield f"Most participants speak of {told}, out of {found['participants']}."


def _saturation(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    used = [row for row in rows if row["codes"]]
    if len(used) < 2:
        return
    yield "New codes by interview: " + ", ".join(str(row["new_codes"]) for row in used) + "."
    last = used[-1]["new_codes"]
    if last:
        yield f"The last interview still brought {_count(last, 'new code')}: more may be found in further ones."
    else:
        yield "The last interview brought no new code."


def _agreement(found: Mapping[str, Any]) -> str:
    alpha = found["alpha"]
    if not found["documents"] or alpha["value"] is None:
        return "No document was coded by two people: how far coders would agree is not known."
    coders, documents = ", ".join(found["coders"]), _count(found["documents"], "document")
    span = "" if alpha["low"] is None else f" (95 % interval {alpha['low']:.2f} to {alpha['high']:.2f})"
    said = f"{coders} coded {documents} in common ({found['units']} excerpts)"
    return f"{said}: Krippendorff’s alpha, mean over codes, {alpha['value']:.2f}{span}."


def _of(count: int, whole: int) -> str:
    return f"{count} of {_count(whole, 'participant')}"


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
