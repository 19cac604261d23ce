"""Full-text search over excerpts: SQLite FTS5 or PostgreSQL tsvector, ranked in the database.

The words are kept in a table of their own, `excerpt_words`, that knows an excerpt by its `seq`. On SQLite it is an
external-content FTS5 table over the view `excerpt_texts`, so no text is stored twice.
"""

import re
from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import ColumnElement, text
from sqlalchemy.orm import Session

from synth.store.ranking import APART, of_sources, search_any
from synth.store.stamp import hidden_sources
from synth.store.tables import Excerpt

MAX_TERMS = 32
MANY, MUCH = 5_000, 0.1  # excerpts, and the share of all, beyond which a word that is said in them tells nothing
_TERM = re.compile(r"\w+(?:['’.\-]\w+)*", re.UNICODE)
_PHRASE = re.compile(r"[\"“”„]([^\"“”„]{2,80})[\"“”„]")

_SQLITE_DDL = (
    """CREATE VIEW excerpt_texts AS
       SELECT e.seq AS seq, substr(d.text, e.start + 1, e."end" - e.start) AS words
       FROM excerpts e JOIN documents d ON d.id = e.document_id""",
    """CREATE VIRTUAL TABLE excerpt_words USING fts5(
       words, content='excerpt_texts', content_rowid='seq', tokenize='porter unicode61 remove_diacritics 2')""",
)
_POSTGRES_DDL = (
    """CREATE TABLE excerpt_words (
       seq BIGINT PRIMARY KEY REFERENCES excerpts(seq) ON DELETE CASCADE, words TSVECTOR NOT NULL)""",
    "CREATE INDEX ix_excerpt_words ON excerpt_words USING GIN (words)",
)
_SQLITE_SEARCH = """
    SELECT e.id, -bm25(excerpt_words) AS score FROM excerpt_words
    JOIN excerpts e ON e.seq = excerpt_words.rowid
    WHERE excerpt_words MATCH :query AND e.workspace_id = :workspace {apart}
    ORDER BY score DESC, e.id LIMIT :limit"""
_POSTGRES_SEARCH = """
    SELECT e.id, ts_rank_cd(w.words, to_tsquery('english', :query), 1) AS score FROM excerpt_words w
    JOIN excerpts e ON e.seq = w.seq
    WHERE w.words @@ to_tsquery('english', :query) AND e.workspace_id = :workspace {apart}
    ORDER BY score DESC, e.id LIMIT :limit"""
_SQLITE_ALL = "SELECT rowid FROM excerpt_words WHERE excerpt_words MATCH :all_of"
_POSTGRES_ALL = "SELECT seq FROM excerpt_words WHERE words @@ to_tsquery('english', :all_of)"
_POSTGRES_ADD = """
    INSERT INTO excerpt_words(seq, words)
    SELECT seq, to_tsvector('english', words)
    FROM unnest(CAST(:seqs AS bigint[]), CAST(:words AS text[])) AS given(seq, words)"""
_POSTGRES_FILL = """
    INSERT INTO excerpt_words(seq, words)
    SELECT e.seq, to_tsvector('english', substr(d.text, e.start + 1, e."end" - e.start))
    FROM excerpts e JOIN documents d ON d.id = e.document_id"""
_SQLITE_SAID = """
    SELECT EXISTS (
        SELECT 1 FROM excerpt_words JOIN excerpts e ON e.seq = excerpt_words.rowid
        WHERE excerpt_words MATCH :query AND e.workspace_id = :workspace)"""
_SQLITE_SAID_IN = """
    SELECT 1 FROM excerpt_words w JOIN excerpts e ON e.seq = w.rowid JOIN documents d ON d.id = e.document_id
    WHERE excerpt_words MATCH :query AND {where} ORDER BY w.rowid DESC LIMIT 1"""
_POSTGRES_SAID_IN = """
    SELECT 1 FROM excerpt_words w JOIN excerpts e ON e.seq = w.seq JOIN documents d ON d.id = e.document_id
    WHERE w.words @@ to_tsquery('english', :query) AND {where} LIMIT 1"""
_SQLITE_HELD = """
    SELECT count(*) FROM (SELECT 1 FROM excerpt_words WHERE excerpt_words MATCH :query LIMIT :limit) AS some"""
_POSTGRES_SAID = """
    SELECT numnode(q) = 0 OR EXISTS (
        SELECT 1 FROM excerpt_words w JOIN excerpts e ON e.seq = w.seq
        WHERE w.words @@ q AND e.workspace_id = :workspace)
    FROM to_tsquery('english', :query) AS q"""


def definitions(dialect: str) -> tuple[str, ...]:
    """The statements that make the full-text table; run once, by the first migration."""
    return _SQLITE_DDL if dialect == "sqlite" else _POSTGRES_DDL


def add_words(session: Session, rows: Sequence[tuple[int, str]]) -> None:
    """Make excerpts findable: (seq, text) pairs, in the transaction that stores the excerpts."""
    if not rows:
        return
    if _is_sqlite(session):
        insert = "INSERT INTO excerpt_words(rowid, words) VALUES (:seq, :words)"
        session.execute(text(insert), [{"seq": seq, "words": words} for seq, words in rows])
    else:
        seqs, words = zip(*rows, strict=True)
        session.execute(text(_POSTGRES_ADD), {"seqs": list(seqs), "words": list(words)})


def remove_words(session: Session, rows: Sequence[tuple[int, str]]) -> None:
    """Forget excerpts: (seq, text) pairs with exactly the text that was added, before the excerpts are deleted."""
    if not rows:
        return
    if _is_sqlite(session):
        delete = "INSERT INTO excerpt_words(excerpt_words, rowid, words) VALUES ('delete', :seq, :words)"
        session.execute(text(delete), [{"seq": seq, "words": words} for seq, words in rows])
    else:
        session.execute(text("DELETE FROM excerpt_words WHERE seq = :seq"), [{"seq": seq} for seq, _ in rows])


def search_words(session: Session, workspace: str, query: str, limit: int) -> list[tuple[str, float]]:
    """(excerpt id, score) of the best matches for any of the query's words, best first; quoted phrases must occur."""
    if not _is_sqlite(session) and not _phrases_of(query):
        return search_any(session, workspace, _lexemes(query), limit)
    expression = _sqlite_expression(query, telling=session) if _is_sqlite(session) else _postgres_expression(query)
    if not expression:
        return []
    hidden = sorted(hidden_sources(session))
    statement = (_SQLITE_SEARCH if _is_sqlite(session) else _POSTGRES_SEARCH).format(apart=APART if hidden else "")
    given = {"query": expression, "workspace": workspace, "limit": limit}
    rows = session.execute(of_sources(statement, hidden), given)
    return [(row.id, float(row.score)) for row in rows]


def says_all(session: Session, query: str) -> ColumnElement[bool] | None:
    """True of an excerpt that says all of the query's words, in one form or another; None where it has no word."""
    sqlite = _is_sqlite(session)
    expression = _sqlite_expression(query, " AND ") if sqlite else _postgres_expression(query, " & ")
    if not expression:
        return None
    named = text(_SQLITE_ALL if sqlite else _POSTGRES_ALL).bindparams(all_of=expression)
    return Excerpt.seq.in_(named.columns(Excerpt.seq).scalar_subquery())


def said_by_them_alone(session: Session, workspace: str, words: str, sources: Collection[int]) -> bool:
    """Whether words are said in a row in these sources, in one form or another, and nowhere else in the workspace."""
    row = [match.group().casefold() for match in _TERM.finditer(words)][:MAX_TERMS]
    if not row:
        return False
    sqlite = f'"{" ".join(row)}"'
    given = {
        "query": sqlite if _is_sqlite(session) else " <-> ".join(map(_lexeme, row)),
        "workspace": workspace,
    }
    written = _SQLITE_SAID_IN if _is_sqlite(session) else _POSTGRES_SAID_IN

    def said(where: str) -> bool:
        where += " AND d.workspace_id = :workspace"
        return session.scalar(of_sources(written.format(where=where), sorted(sources)), given) is not None

    return said("d.source_id IN :sources") and not said("d.source_id NOT IN :sources")


def words_left(session: Session, workspace: str, words: Iterable[str]) -> set[str]:
    """Those of the words that some excerpt of the workspace still says, in one form or another.

    Those that are never indexed count as said.
    """
    ask = text(_SQLITE_SAID if _is_sqlite(session) else _POSTGRES_SAID)
    left = set()
    for word in words:
        found = terms(word)
        expression = f'"{found[0]}"' if _is_sqlite(session) else " & ".join(_lexemes(word))
        if not found or session.scalar(ask, {"query": expression, "workspace": workspace}):
            left.add(word)
    return left


def rebuild_words(session: Session) -> None:
    """Write the full-text table anew from the texts: what was removed leaves no trace in it."""
    if _is_sqlite(session):
        session.execute(text("INSERT INTO excerpt_words(excerpt_words) VALUES ('rebuild')"))


def fill_words(session: Session) -> None:
    """Make all excerpts findable that the tables hold; for a full-text table that is empty."""
    if _is_sqlite(session):
        rebuild_words(session)
    else:
        session.execute(text(_POSTGRES_FILL))


def is_full_text(name: str) -> bool:
    """True of a table that is written by full-text search and filled from the others."""
    return name.startswith("excerpt_words")


def terms(query: str) -> list[str]:
    """The words of a query, lower-cased, without repeats, at most MAX_TERMS."""
    return list(dict.fromkeys(match.group().casefold() for match in _TERM.finditer(query)))[:MAX_TERMS]


def _sqlite_expression(query: str, joined: str = " OR ", *, telling: Session | None = None) -> str:
    phrases = [f'"{" ".join(terms(phrase))}"' for phrase in _phrases_of(query)]
    if phrases:
        return " AND ".join(phrases)
    quoted = [f'"{term}"' for term in terms(query)]
    return joined.join(_telling(telling, quoted) if telling and len(quoted) > 1 else quoted)


def _telling(session: Session, quoted: Sequence[str]) -> Sequence[str]:
    """Those words that tell something, or all where none does.

    To rank all that say “to” or “the” is most of what a search in a large store waits for, and moves nothing: a word
    that much of it says weighs next to nothing. For PostgreSQL see `synth.store.ranking`.
    """
    limit = max(MANY, int(MUCH * (session.scalar(text("SELECT max(seq) FROM excerpts")) or 0)))
    said = [session.scalar(text(_SQLITE_HELD), {"query": each, "limit": limit + 1}) or 0 for each in quoted]
    return [each for each, held in zip(quoted, said, strict=True) if held <= limit] or quoted


def _postgres_expression(query: str, joined: str = " | ") -> str:
    phrases = [" <-> ".join(_lexemes(phrase)) for phrase in _phrases_of(query)]
    if phrases:
        return " & ".join(f"({phrase})" for phrase in phrases)
    return joined.join(_lexemes(query))


def _phrases_of(query: str) -> list[str]:
    return [phrase for phrase in _PHRASE.findall(query) if terms(phrase)]


def _lexemes(query: str) -> list[str]:
    return [_lexeme(term) for term in terms(query)]


def _lexeme(term: str) -> str:
    return f"'{term.replace(chr(39), chr(39) * 2)}'"


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
