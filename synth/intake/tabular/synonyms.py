"""How exports name their columns: the synonyms of each field, in English, German and some Spanish and French.

A name is compared as its words without case, accents, brackets and currency: 'Created_At', 'createdAt' and
'created at (UTC)' are the same words.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final


@dataclass(frozen=True, slots=True)
class Synonyms:
    """Whole names (the surer the earlier), words a longer name ends with or holds, and words that speak against it."""

    whole: tuple[str, ...]
    heads: frozenset[str] = frozenset()
    never: frozenset[str] = frozenset()
    seldom: frozenset[str] = frozenset()


_BRACKETS: Final = re.compile(r"[(\[{][^)\]}]*[)\]}]")
_CAMEL: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_CURRENCIES: Final = frozenset(("usd", "eur", "gbp", "chf", "utc", "gmt"))


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _combine(bases: str, endings: str) -> tuple[str, ...]:
    """Every base alone, then every base with every ending."""
    return (*_words(bases), *(base + ending for ending, base in product(endings.split(), bases.split())))


_PEOPLE: Final = (
    "author user username reviewer requester respondent customer client contact person participant sender "
    "submitter commenter poster caller interviewee speaker member subscriber kunde kundin nutzer benutzer "
    "verfasser autor absender ansprechpartner teilnehmer melder kunden usuario cliente auteur utilisateur"
)
_COMPANIES: Final = (
    "account company organisation organization org firm employer tenant firma unternehmen kundenkonto empresa"
)
_THINGS: Final = (
    "ticket case review response feedback comment message post tweet issue conversation document call survey request"
)

SYNONYMS: Final[Mapping[str, Synonyms]] = {
    "text": Synonyms(
        _words(
            "text body fulltext reviewtext reviewbody comment comments commenttext commentbody review reviews "
            "content verbatim verbatims feedback feedbacktext message messagebody messagetext description "
            "ticketdescription notes note callnotes openended openendedresponse freetext answer answers "
            "response responses responsetext transcript post posttext tweet tweettext fulltweet opinion quote "
            "statement remarks remark details kommentar kommentare beschreibung nachricht freitext inhalt "
            "bewertung bewertungstext rezension rezensionstext rueckmeldung ruckmeldung anmerkung anmerkungen "
            "notiz notizen antwort anliegen meinung texto comentario comentarios mensaje resena descripcion "
            "commentaire commentaires avis contenu"
        ),
        frozenset(
            _words(
                "text body comment comments review content verbatim feedback message description notes response "
                "answer transcript kommentar beschreibung nachricht freitext inhalt anmerkung anmerkungen "
                "rezension reason why improve"
            )
        ),
        never=frozenset(
            _words("id date time url link name title subject count rating score author language type status")
        ),
        seldom=frozenset(
            _words("agent internal developer dev support reply admin owner staff resolution company antwort")
        ),
    ),
    "title": Synonyms(
        _words(
            "title subject headline reviewtitle tickettitle ticketsubject posttitle reviewheadline summary "
            "heading caption betreff titel ueberschrift uberschrift zusammenfassung asunto titulo titre sujet "
            "objet"
        ),
        frozenset(_words("title subject headline betreff titel")),
        never=frozenset(_words("job id product movie book app course page role contact")),
    ),
    "created_at": Synonyms(
        _words(
            "createdat created createddate datecreated creationdate createdon createdtime creationtime date "
            "datetime timestamp postedat posted postedon postdate dateposted publishedat published "
            "publicationdate publishdate submittedat submitted submissiondate submitdate datesubmitted "
            "submittime reviewdate reviewedat commentdate feedbackdate responsedate ticketdate messagedate "
            "receivedat received receiveddate datereceived sentat sent senton recordeddate openedat opened "
            "opendate dateopened calldate calledat enddate completedat startdate startedat time day when at "
            "erstelltam erstellt erstelldatum erstellungsdatum eingangsdatum eingegangenam datum zeitpunkt "
            "zeitstempel zeit uhrzeit bewertungsdatum fecha fechacreacion horodatage"
        ),
        frozenset(
            _words("date created timestamp at posted published submitted datetime time datum fecha received sent on")
        ),
        never=frozenset(
            _words(
                "birth dob due renewal signup joined join expiry expires expiration reply replied deleted hire "
                "birthday zone"
            )
        ),
        seldom=frozenset(
            _words("updated update modified changed edited closed solved resolved last first assigned shipped user")
        ),
    ),
    "rating": Synonyms(
        _words(
            "rating ratings starrating stars score nps npsscore npsrating csat csatscore ces reviewrating "
            "reviewscore overallrating overall satisfaction satisfactionscore satisfactionrating userrating "
            "customerrating grade points bewertung sterne punkte note punktzahl gesamtbewertung zufriedenheit "
            "calificacion puntuacion estrellas notation etoiles"
        ),
        frozenset(_words("rating stars score nps csat likely recommend sterne weiterempfehlen satisfied")),
        never=frozenset(
            _words("sentiment confidence count id toxicity lead health similarity date average avg total max")
        ),
    ),
    "person": Synonyms(
        (
            *_combine(_PEOPLE, "name id email handle login"),
            *_words("name fullname handle screenname nickname nick from by email emailaddress mail"),
        ),
        frozenset(_words("author reviewer requester respondent interviewee participant")),
        never=frozenset(
            _words(
                "agent assignee count type timezone date created location url segment plan group tier since "
                "language score"
            )
        ),
    ),
    "account": Synonyms(
        _combine(_COMPANIES, "name id"),
        frozenset(_words("account company organisation organization firma unternehmen")),
        never=frozenset(
            _words("size type plan tier segment revenue url manager owner age count created date status value industry")
        ),
    ),
    "language": Synonyms(
        _words(
            "language lang locale languagecode langcode isolanguage reviewlanguage textlanguage sprache idioma langue"
        ),
        frozenset(_words("language lang locale sprache")),
    ),
    "url": Synonyms(
        _words("url link permalink href weburl webaddress reviewurl ticketurl posturl sourceurl adresse enlace lien"),
        frozenset(_words("url link permalink")),
        never=frozenset(_words("image avatar photo picture profile icon logo website homepage")),
    ),
    "external_id": Synonyms(
        (
            *_words("id externalid uuid guid"),
            *(thing + ending for thing, ending in product(_words(_THINGS), ("id", "key", "ref"))),
            *(case + ending for case, ending in product(("ticket", "case"), ("number", "no", "nr", "nummer"))),
            *_words("respondentid key ticket reference referenz vorgangsnummer fallnummer referenznummer"),
        ),
        frozenset(("id", "uuid", "guid")),
        never=frozenset(
            _words(
                f"{_PEOPLE} {_COMPANIES} product app parent thread group agent assignee campaign collector "
                "device session network location store brand reply to order batch"
            )
        )
        - {"respondent"},
    ),
    "source": Synonyms(
        _words(
            "source channel sourcename sourcetype feedbacksource origin via platform medium network quelle "
            "kanal herkunft fuente canal"
        ),
        frozenset(_words("source channel quelle kanal")),
        never=frozenset(_words("id url")),
    ),
    "segment": Synonyms(
        _words(
            "segment segmentname customersegment accountsegment kundensegment marketsegment companysize "
            "accountsize kundengruppe"
        ),
        frozenset(("segment",)),
        never=frozenset(("id",)),
    ),
    "plan": Synonyms(
        _words(
            "plan planname plantype plantier subscription subscriptionplan subscriptiontype accountplan "
            "currentplan pricingplan pricingtier tier package edition tarif abo abonnement paket"
        ),
        frozenset(_words("plan tarif subscription")),
        never=frozenset(_words("id date started ends status price")),
    ),
    "revenue": Synonyms(
        _words(
            "annualrevenue revenue arr annualrecurringrevenue mrr monthlyrecurringrevenue acv "
            "annualcontractvalue contractvalue accountrevenue accountvalue jahresumsatz umsatz ingresos"
        ),
        frozenset(_words("revenue arr mrr acv umsatz jahresumsatz")),
    ),
}
"""From a field of a document to the names of the columns that hold it."""

FIELDS: Final = tuple(SYNONYMS)

_GERMAN_ENDINGS: Final = {
    "text": ("stext", "kommentar", "beschreibung", "nachricht"),
    "created_at": ("datum", "zeitpunkt"),
    "rating": ("bewertung", "punktzahl"),
}


def split_words(name: str) -> tuple[str, ...]:
    """The words of a column's name, without case, accents, brackets and currencies."""
    plain = _CAMEL.sub(" ", _BRACKETS.sub(" ", name).strip() or name)
    plain = "".join(char for char in unicodedata.normalize("NFKD", plain.casefold()) if not unicodedata.combining(char))
    words = re.findall(r"[^\W_]+", plain)
    return tuple(word for word in words if word not in _CURRENCIES) or tuple(words)


def fold_name(name: str) -> str:
    """A column's name as it is compared: its words in one."""
    return "".join(re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", name).casefold())) or name.strip()


def rate_name(words: tuple[str, ...], field: str) -> float:
    """How surely a column of that name holds the field: 0 (not) to 1 (its plain name)."""
    known = SYNONYMS[field]
    whole = "".join(words)
    if whole in known.whole:
        return 1.0 - 0.3 * known.whole.index(whole) / len(known.whole)
    if not words or known.never.intersection(words):
        return 0.0
    rate = _rate_part(words, field, known)
    return rate * (0.2 if known.seldom.intersection(words) else 1.0)


def _rate_part(words: tuple[str, ...], field: str, known: Synonyms) -> float:
    if words[-1] in known.heads:
        return 0.6
    if words[0] in known.heads:
        return 0.5
    if any(words[-1].endswith(ending) for ending in _GERMAN_ENDINGS.get(field, ())):
        return 0.5
    return 0.3 if known.heads.intersection(words) else 0.0
