"""Rosters: tables of accounts and people that describe who speaks, without anything said in them."""

from synth.engine import Engine
from tests.factories import bytes_of_home, rows_of, take_rows, value_of

SAID = "The photo upload gets stuck at the end of every visit."


def accounts(engine: Engine) -> dict[str, tuple[object, ...]]:
    return {row[0]: row[1:] for row in rows_of(engine, "SELECT name, segment, plan, revenue FROM accounts")}


def test_a_roster_of_accounts_updates_those_that_speak_and_adds_the_others(engine: Engine) -> None:
    take_rows(engine, [{"text": SAID, "account": "Acme", "segment": "Small"}])
    rows = [
        {"account": "Acme", "segment": "Enterprise", "plan": "Team", "annual_revenue": "12,000", "country": "DE"},
        {"account": "Bolt", "segment": "Small", "plan": "Starter", "annual_revenue": "900.50", "country": "US"},
    ]
    state = take_rows(engine, rows, name="accounts.csv")
    assert (state.taken, state.already, state.refused) == (2, 0, 0)
    assert accounts(engine) == {"Acme": ("Enterprise", "Team", 12000.0), "Bolt": ("Small", "Starter", 900.5)}
    again = take_rows(engine, rows, name="accounts.csv")
    assert (again.taken, again.already) == (0, 2)
    assert value_of(engine, "SELECT count(*) FROM documents") == 1


def test_every_row_of_a_long_roster_is_taken(engine: Engine) -> None:
    rows = [{"account": f"Company {n:04d}", "segment": "Small", "plan": "Team"} for n in range(777)]
    assert take_rows(engine, rows, name="accounts.csv").taken == 777
    assert len(accounts(engine)) == 777


def test_a_row_that_names_nobody_is_refused_with_its_number(engine: Engine) -> None:
    rows = [{"account": "Acme", "segment": "Small"}, {"account": "", "segment": "Large"}, {"account": "Bolt"}]
    state = take_rows(engine, rows, name="accounts.csv")
    assert (state.taken, state.already, state.refused) == (2, 0, 1)
    assert (state.refusals[0].row, "names no account" in state.refusals[0].reason) == (3, True)


def test_a_roster_of_people_says_where_they_work_and_takes_nobody_away(engine: Engine) -> None:
    take_rows(engine, [{"text": SAID, "author": "Ann", "account": "Acme"}])
    take_rows(engine, [{"person": "Ann", "role": "Owner"}, {"person": "Bob", "role": "Driver"}], name="people.csv")
    query = "SELECT p.name, a.name FROM people p LEFT JOIN accounts a ON a.id = p.account_id ORDER BY p.name"
    assert rows_of(engine, query) == [("Ann", "Acme"), ("Bob", None)]
    take_rows(engine, [{"person": "Bob", "account": "Bolt", "role": "Driver"}], name="people.csv")
    assert rows_of(engine, query) == [("Ann", "Acme"), ("Bob", "Bolt")]


def test_an_unreadable_amount_leaves_the_known_one(engine: Engine) -> None:
    take_rows(engine, [{"account": "Acme", "plan": "Team", "revenue": "5000"}], name="accounts.csv")
    take_rows(engine, [{"account": "Acme", "plan": "Team", "revenue": "unknown"}], name="accounts.csv")
    assert accounts(engine)["Acme"][2] == 5000.0


def test_personal_data_and_hidden_columns_of_a_roster_are_not_stored(engine: Engine) -> None:
    rows = [
        {
            "person": "jo@x.example",
            "account": "Acme",
            "email": "info@x.example",
            "phone": "+49 171 2345678",
            "pet": "cat",
        }
    ]
    take_rows(engine, [{"text": SAID, "author": "jo@x.example"}])
    take_rows(engine, rows, name="people.csv", hidden=["Pet"])
    held = bytes_of_home(engine.parts)
    for secret in (b"jo@x.example", b"info@x.example", b"171 2345678", b'"cat"'):
        assert secret not in held
    ((name, attributes, account),) = rows_of(
        engine, "SELECT name, CAST(attributes AS TEXT), account_id IS NOT NULL FROM people"
    )
    assert (name.startswith("anon-"), account) == (True, 1)
    assert "[EMAIL_1]" in attributes


def test_addresses_of_people_are_not_taken_for_what_they_say(engine: Engine) -> None:
    rows = [{"name": f"Ann {n}", "email": f"ann{n}@x.example", "company": "Acme", "role": "Owner"} for n in range(4)]
    take_rows(engine, rows, name="contacts.csv")
    assert value_of(engine, "SELECT count(*) FROM documents") == 0
    assert value_of(engine, "SELECT count(*) FROM people") == 4


def test_a_roster_of_people_tells_of_their_accounts_too(engine: Engine) -> None:
    rows = [{"person": "Ann", "account": "Acme", "segment": "Small", "revenue": "700", "role": "Owner"}]
    assert take_rows(engine, rows, name="people.csv").taken == 1
    assert accounts(engine) == {"Acme": ("Small", None, 700.0)}
    assert take_rows(engine, rows, name="people.csv").already == 1
