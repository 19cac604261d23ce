"""Filters and counts: every condition against what a hand count says, on SQLite and on PostgreSQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import insert

from synth.errors import BadInput
from synth.model import Condition, Filters
from synth.store import tables
from synth.store.attributes import keep_attributes
from synth.store.conditions import conditions_of_documents
from synth.store.counting import BOTH, count, count_all, count_by, count_themes, days
from synth.store.database import Database
from synth.store.filtering import excerpt_ids, merge, parse_condition, select_documents
from tests.databases import database_url

W = "w"
NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, needs: Callable[[str], None], tmp_path_factory: Any) -> Iterator[Database]:
    """A small hand-made store on either database."""
    with database_url(request.param, tmp_path_factory.mktemp("filtering"), needs) as url:
        database = Database(url)
        database.migrate()
        fill(database)
        yield database
        database.close()


def fill(database: Database) -> None:
    """Five documents of three people of two accounts, one without anybody; two themes."""
    said = {"workspace_id": W, "ingested_at": NOW, "batch": 0, "redactions": {}, "words_hash": "h", "repeat_of": None}
    documents = [
        ("d1", 1, 1, None, 1, 5.0, {"seats": 12.0, "beta": True, "land": "Österreich"}),
        ("d2", 1, 2, None, 2, 2.0, {"seats": 40.0, "beta": False, "land": "Schweiz"}),
        ("d3", 2, 3, None, 3, None, {"seats": "many"}),
        ("d4", 2, 1, 2, 4, 1.0, {"Kunde": "neu"}),
        ("d5", 2, None, None, None, None, {}),
    ]
    excerpts = [  # id, document, tone, role, theme
        ("x1", "d1", 0.9, None, "T1"),
        ("x2", "d2", -0.8, None, "T1"),
        ("x3", "d3", None, None, "T2"),
        ("x4", "d3", 0.0, "interviewer", None),
        ("x5", "d4", -0.5, None, "T1"),
        ("x6", "d4", 0.5, None, "T2"),
        ("x7", "d5", 0.01, None, None),
    ]
    theme = {"workspace_id": W, "name_origin": "machine", "definition": "", "key_phrases": [], "exemplars": [],
             "edge": [], "state": "active", "pinned": False, "centroid": b"", "threshold": 0.5, "embedder": "e",
             "born_run_id": "R1", "created_at": NOW}  # fmt: skip
    with database.write() as session:
        session.execute(insert(tables.Workspace), [{"id": W, "name": "W", "timezone": "UTC", "created_at": NOW}])
        session.execute(
            insert(tables.Source),
            [
                {"id": n, "workspace_id": W, "name": name, "kind": kind, "created_at": NOW}
                for n, name, kind in ((1, "Tickets", "feedback"), (2, "Calls", "research"))
            ],
        )
        session.execute(
            insert(tables.Account),
            [
                {"id": 1, "workspace_id": W, "name": "Acme", "segment": "Small", "plan": "Team", "revenue": 1200.0,
                 "attributes": {"region": "EU"}},
                {"id": 2, "workspace_id": W, "name": "Bolt", "segment": "Enterprise", "plan": None, "revenue": 900.5,
                 "attributes": {}},
            ],
        )  # fmt: skip
        session.execute(
            insert(tables.Person),
            [
                {"id": n, "workspace_id": W, "name": name, "account_id": account, "attributes": {}}
                for n, name, account in ((1, "Ann", 1), (2, "Bob", 1), (3, "Cid", None))
            ],
        )
        session.flush()
        session.execute(
            insert(tables.Document),
            [
                said
                | {"id": id_, "source_id": source, "person_id": person, "account_id": account, "text": f"{id_} " * 9,
                   "created_at": datetime(2026, 11, day, tzinfo=UTC) if day else None, "rating": rating,
                   "attributes": attributes, "language": "en", "import_id": None}
                for id_, source, person, account, day, rating, attributes in documents
            ],
        )  # fmt: skip
        keep_attributes(session, W, {id_: attributes for id_, *_, attributes in documents})
        session.execute(insert(tables.Theme), [theme | {"id": n, "name": f"Theme {n}"} for n in ("T1", "T2")])
        session.execute(
            insert(tables.Excerpt),
            [
                {"seq": n, "id": id_, "workspace_id": W, "document_id": document, "position": n, "start": 0, "end": 2,
                 "sentiment": tone, "role": role, "text_hash": id_}
                for n, (id_, document, tone, role, _) in enumerate(excerpts, 1)
            ],
        )  # fmt: skip
        session.execute(
            insert(tables.Assignment),
            [
                {"excerpt_id": id_, "workspace_id": W, "document_id": document, "theme_id": theme_id, "confidence": 1.0,
                 "origin": "discovered", "created_at": NOW}
                for id_, document, _, _, theme_id in excerpts
                if theme_id
            ],
        )  # fmt: skip


def where(*written: str) -> Filters:
    return Filters(where=tuple(parse_condition(each) for each in written))


CASES = {
    ("source=tickets",): "d1 d2",
    ("source!=Tickets",): "d3 d4 d5",
    ("source=Tickets", "source=calls"): "d1 d2 d3 d4 d5",
    ("source!=Tickets", "source!=Calls"): "",
    ("kind=research",): "d3 d4 d5",
    ("segment=small",): "d1 d2",
    ("segment!=small",): "d3 d4 d5",
    ("plan=Team", "rating>=3"): "d1",
    ("account=Bolt",): "d4",  # its own account goes before its person's
    ("account=Acme",): "d1 d2",
    ("person=Ann",): "d1 d4",
    ("person!=Ann",): "d2 d3 d5",
    ("rating=2",): "d2",
    ("rating<=2",): "d2 d4",
    ("revenue>=1000",): "d1 d2",
    ("seats=12",): "d1",
    ("seats=12.0",): "d1",
    ("seats=many",): "d3",
    ("seats>=12",): "d1 d2",
    ("seats<=39.5",): "d1",
    ("beta=true",): "d1",
    ("beta=False",): "d2",
    ("land=Österreich",): "d1",
    ("land=schweiz",): "d2",
    ("land!=Schweiz",): "d1 d3 d4 d5",
    ("Kunde=neu",): "d4",
    ("region=EU",): "d1 d2",
    ("colour=red",): "",
    ("theme=T1",): "d1 d2 d4",
    ("theme!=T1",): "d3 d5",
    ("theme=T1", "theme=T2"): "d1 d2 d3 d4",
    ("sentiment=negative",): "d2 d4",
    ("sentiment=Positive",): "d1 d4",
    ("sentiment=neutral",): "d3 d5",
    ("sentiment!=negative",): "d1 d3 d5",
    ("document=d3",): "d3",
}


@pytest.mark.parametrize("written", CASES, ids=" ".join)
def test_a_filter_lets_through_what_a_hand_count_says(store: Database, written: tuple[str, ...]) -> None:
    with store.read() as session:
        found = session.scalars(select_documents(W, where(*written)))
        assert " ".join(sorted(found)) == CASES[written]
        assert count(session, W, where(*written)) == len(CASES[written].split())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ((), "x1 x2 x3 x5 x6 x7"),  # never the interviewer's
        (("theme=T1",), "x1 x2 x5"),
        (("theme!=T1",), "x3 x7"),  # of documents with nothing on it
        (("theme=T1", "theme=T2"), "x1 x2 x3 x5 x6"),
        (("theme=T1", "sentiment=negative"), "x2 x5"),
        (("source=Calls",), "x3 x5 x6 x7"),
    ],
    ids=str,
)
def test_the_excerpts_of_a_filter(store: Database, written: tuple[str, ...], expected: str) -> None:
    with store.read() as session:
        assert " ".join(excerpt_ids(session, W, where(*written))) == expected


def test_times_begin_and_end_where_they_say(store: Database) -> None:
    second, fourth = datetime(2026, 11, 2, tzinfo=UTC), datetime(2026, 11, 4, tzinfo=UTC)
    with store.read() as session:
        assert sorted(session.scalars(select_documents(W, Filters(second, fourth)))) == ["d2", "d3"]
        assert days(session, W) == (datetime(2026, 11, 1, tzinfo=UTC), fourth)


@pytest.mark.parametrize("among", [None, ("d1", "d2", "d3", "d4", "d5")])
def test_people_accounts_and_revenue_are_counted_once_each(store: Database, among: tuple[str, ...] | None) -> None:
    with store.read() as session:
        units = {
            unit: count(session, W, Filters(), unit, among=among)
            for unit in ("mentions", "people", "accounts", "revenue")
        }
        assert units == {"mentions": 5, "people": 3, "accounts": 2, "revenue": 2100.5}
        assert count(session, W, where("source=Tickets"), "revenue", among=among) == 1200
        assert count(session, W, where("source=Tickets"), "mentions", among=() if among is None else ("d1",)) in (0, 1)


def test_a_count_by_a_column_adds_up(store: Database) -> None:
    with store.read() as session:
        assert count_by(session, W, Filters(), tables.Source.name) == {"Calls": 3, "Tickets": 2}
        assert count_by(session, W, Filters(), tables.Source.name, "people") == {"Calls": 2, "Tickets": 2}


def test_themes_are_counted_by_documents(store: Database) -> None:
    with store.read() as session:
        counted = [(theme.id, theme.mentions) for theme in count_themes(session, W, Filters())]
        assert counted == [("T1", 3), ("T2", 2)]
        few = [
            (theme.id, theme.mentions) for theme in count_themes(session, W, where("source=Calls"), among=("d4", "d1"))
        ]
        assert few == [("T1", 1), ("T2", 1)]


@pytest.mark.parametrize("written", [(), *CASES], ids=" ".join)
def test_what_is_counted_at_once_is_what_is_counted_one_by_one(store: Database, written: tuple[str, ...]) -> None:
    with store.read() as session:
        heads, themes = count_all(session, W, where(*written))
        assert heads == {unit: count(session, W, where(*written), unit) for unit in BOTH}
        assert themes == count_themes(session, W, where(*written))


@pytest.mark.parametrize("written", ["rating=good", "revenue>=much", "seats<=few", "sentiment=meh", "theme<=T1"])
def test_a_condition_that_makes_no_sense_is_refused_with_a_sentence(written: str) -> None:
    with pytest.raises(BadInput, match=r"\.$"):
        conditions_of_documents(W, where(written))


@pytest.mark.parametrize("written", ["", "=", "source", "source=", "=x", "a>1", "   =  "])
def test_what_is_no_condition_is_refused(written: str) -> None:
    with pytest.raises(BadInput, match="is not a filter"):
        parse_condition(written)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("a = b", Condition("a", "b")),
        ("a!=b", Condition("a", "b", "!=")),
        ("a>=3", Condition("a", "3", ">=")),
        ("a=b=c", Condition("a", "b=c")),
        ("a=x>=3", Condition("a", "x>=3")),
        ("url=http://x?a!=b", Condition("url", "http://x?a!=b")),
    ],
)
def test_a_condition_is_read_at_its_first_sign(written: str, expected: Condition) -> None:
    assert parse_condition(written) == expected


def test_merged_filters_hold_every_condition_once() -> None:
    merged = merge(where("a=1", "b=2"), [Condition("b", "2"), Condition("c", "3")])
    assert [condition.key for condition in merged.where] == ["a", "b", "c"]
