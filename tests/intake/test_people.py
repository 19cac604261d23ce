"""Who speaks and for whom: what rows tell of people and accounts, and what it costs to write it down."""

from typing import Any

from synth.engine import Engine
from tests.factories import rows_of, take_rows
from tests.statements import counting

SAID = "The photo upload gets stuck at the end of every visit."


def accounts(engine: Engine) -> dict[str, tuple[Any, ...]]:
    return {row[0]: tuple(row[1:]) for row in rows_of(engine, "SELECT name, segment, plan, revenue FROM accounts")}


def employers(engine: Engine) -> dict[str, str | None]:
    query = "SELECT p.name, a.name FROM people p LEFT JOIN accounts a ON a.id = p.account_id"
    return {row[0]: row[1] for row in rows_of(engine, query)}


def row(number: int, **told: Any) -> dict[str, Any]:
    return {"id": f"{number}", "text": f"{SAID} {number}", "account": "", "segment": "", "plan": "", **told}


def test_what_is_told_of_an_account_later_counts_and_what_is_not_told_stays(engine: Engine) -> None:
    take_rows(engine, [row(1, account="Acme", segment="Small", plan="Team")])
    take_rows(engine, [row(2, account="Acme", segment="Large"), row(3, account="Bolt", plan="Free")])
    assert accounts(engine) == {"Acme": ("Large", "Team", None), "Bolt": (None, "Free", None)}


def test_it_counts_in_a_later_batch_of_the_same_file_too(engine: Engine) -> None:
    rows = [row(n, account="Acme", segment="Small", author=f"Person {n}") for n in range(250)]
    take_rows(engine, [*rows, row(250, account="Acme", segment="Large"), row(251, account="Acme", plan="Team")])
    assert accounts(engine) == {"Acme": ("Large", "Team", None)}


def test_a_person_has_the_first_account_that_is_named(engine: Engine) -> None:
    take_rows(engine, [row(1, author="Ann"), row(2, author="Bob", account="Acme")])
    assert employers(engine) == {"Ann": None, "Bob": "Acme"}
    take_rows(engine, [row(3, author="Ann", account="Bolt"), row(4, author="Bob", account="Bolt")])
    assert employers(engine) == {"Ann": "Bolt", "Bob": "Acme"}
    take_rows(engine, [row(5, author="Ann", account="Acme")])
    assert employers(engine) == {"Ann": "Bolt", "Bob": "Acme"}


def test_more_people_are_no_more_statements(engine: Engine) -> None:
    def written(first: int, last: int) -> int:
        rows = [row(n, author=f"Person {n}", account=f"Company {n}", plan="Team") for n in range(first, last)]
        take_rows(engine, rows)
        changed = [{**each, "id": f"again {each['id']}", "plan": "Free", "segment": "Large"} for each in rows]
        with counting(engine) as statements:
            take_rows(engine, changed)
        return sum(each.startswith(("UPDATE accounts", "UPDATE people", "INSERT INTO")) for each in statements)

    assert 0 < written(0, 3) == written(10, 14)
    assert {told[1] for told in accounts(engine).values()} == {"Free"}


def test_as_many_rows_are_no_more_statements(engine: Engine) -> None:
    """Each row is none of its own, where they are more than a handful."""
    with counting(engine) as statements:
        take_rows(engine, [row(n, author=f"Person {n}", account=f"Company {n}", plan="Team") for n in range(150)])
    for table in ("documents", "excerpts", "people", "accounts", "embeddings", "assignments", "index_changes"):
        assert 0 < sum(each.startswith(f"INSERT INTO {table} ") for each in statements) < 5, table
    assert not [each for each in statements if each.startswith(("UPDATE people", "UPDATE accounts"))]
