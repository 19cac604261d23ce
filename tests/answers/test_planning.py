import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synth.answers.planning.planning import LONGEST_QUESTION, plan_question
from synth.answers.planning.vocabulary import Vocabulary
from synth.errors import BadInput
from synth.model import Asked, Condition, Filters, Plan, Unit

NOW = datetime(2026, 11, 18, 10, tzinfo=UTC)
AIRLINES = Vocabulary(
    values={
        "source": ("American", "Delta", "Southwest", "US Airways", "United", "Virgin America"),
        "kind": ("feedback",),
        "language": ("en",),
        "person": ("3fa9c1aa", "77d0bb12"),
    },
    first_day=date(2015, 2, 16),
    last_day=date(2015, 2, 24),
)
LARKDESK = Vocabulary(
    values={
        "source": ("app reviews", "community", "sales calls", "survey", "tickets"),
        "kind": ("feedback", "research"),
        "segment": ("Small", "Mid-market", "Enterprise"),
        "plan": ("Starter", "Team", "Business", "Enterprise"),
        "account": ("BrightPipe Plumbing", "Summit HVAC Inc.", "Koch Elektro GmbH"),
        "person": ("Maria Gonzalez", "Tom Will"),
        "language": ("de", "en"),
        "platform": ("iOS", "Android", "Web"),
        "beta": ("yes", "no"),
        "version": ("5.0", "5.1", "5.2"),
    },
    themes={"theme-1": "Calendar sync creates duplicates"},
    rating=(0, 10),
    first_day=date(2026, 8, 24),
    last_day=date(2026, 11, 15),
)
MEETINGS_APP = Vocabulary(
    values={"source": ("Meetings (Android)", "Meetings (iOS)", "Help desk"), "language": ("en", "de", "es")},
    rating=(1, 5),
    first_day=date(2019, 1, 9),
    last_day=date(2022, 1, 1),
)
PRODUCTS = {"airlines": AIRLINES, "larkdesk": LARKDESK, "meetings": MEETINGS_APP}


@dataclass(frozen=True)
class Expected:
    """What a plan must be; what is not given must be empty."""

    asked: Asked
    about: str = ""
    where: str = ""
    days: str = ""
    unit: Unit = "mentions"
    options: str = ""
    periods: tuple[str, ...] = field(default=())
    unknown: str = ""


CASES: dict[str, list[tuple[str, Expected]]] = {
    "airlines": [
        ("How many tweets did we get about Delta?", Expected("count", where="source=Delta")),
        ("how many tweets mention jetblue?", Expected("count", "jetblue")),
        (
            "How many different people wrote about US Airways?",
            Expected("count", where="source=US Airways", unit="people"),
        ),
        (
            "How many customers tweeted at Delta on 19 February 2015?",
            Expected("count", where="source=Delta", days="150219-150219", unit="people"),
        ),
        (
            "How many tweets about United came in between 17 February 2015 and 19 February 2015?",
            Expected("count", where="source=United", days="150217-150219"),
        ),
        ("How many messages came in on 22 February 2015 in total?", Expected("count", days="150222-150222")),
        (
            "How many complaints did American get on 22/02?",
            Expected("count", "complaints", "source=American", "150222-150222"),
        ),
        (
            "How many people complained about lost bags last week?",
            Expected("count", "lost bags", days="150216-150222", unit="people"),
        ),
        ("What do people say about lost luggage?", Expected("what", "lost luggage")),
        ("What is said about rude flight attendants?", Expected("what", "rude flight attendants")),
        (
            "Which problems do people have when booking a flight online?",
            Expected("what", "problems when booking a flight online"),
        ),
        ("What do people complain about regarding long lines at check-in?", Expected("what", "long lines at check-in")),
        (
            "What do passengers of US Airways say about missing bags?",
            Expected("what", "missing bags", "source=US Airways"),
        ),
        ("What do people praise?", Expected("what", "praise")),
        ("Are there any thank-you messages, and what for?", Expected("what", "thank-you")),
        (
            "What do people say about seats, food or entertainment on board?",
            Expected("what", "seats, food or entertainment on board"),
        ),
        ("What do people say about American's website?", Expected("what", "website", "source=American")),
        ("What do people say about flying to Canada?", Expected("what", "flying to Canada")),
        ("What do passengers on United flights dislike?", Expected("what", "dislike", "source=United")),
        (
            "How do people like the new dark mode of the mobile app?",
            Expected("what", "new dark mode of the mobile app"),
        ),
        (
            "What do customers think about Lufthansa's lounge in Munich?",
            Expected("what", "Lufthansa's lounge in Munich"),
        ),
        (
            "What did people say about lost luggage in March 2019?",
            Expected("what", "lost luggage", days="190301-190331"),
        ),
        ("What is the churn rate of people who complained?", Expected("what", "churn rate")),
        ("Tell me about delays at Virgin America", Expected("what", "delays", "source=Virgin America")),
        ("Why are customers upset about cancelled flights?", Expected("why", "cancelled flights")),
        (
            "Which of our enterprise customers asked for single sign-on?",
            Expected("who", "single sign-on", unit="people", unknown="enterprise customers"),
        ),
        ("How many tweets came from people in Texas?", Expected("count", unknown="Texas")),
        ("What do 5-star reviews say?", Expected("what", unknown="5-star")),
        (
            "Which airline gets more complaints about late flights: Southwest or United?",
            Expected("compare", "late flights", options="source=Southwest,source=United"),
        ),
        (
            "Which airline has fewer complaints about late flights, Delta or Southwest?",
            Expected("compare", "late flights", options="source=Delta,source=Southwest"),
        ),
        (
            "Is United better than Delta at handling lost bags?",
            Expected("compare", "handling lost bags", options="source=United,source=Delta"),
        ),
        ("united vs delta: rude staff", Expected("compare", "rude staff", options="source=United,source=Delta")),
        (
            "Compare United and Southwest on customer service",
            Expected("compare", "customer service", options="source=United,source=Southwest"),
        ),
        ("What do United and Delta customers say about wifi?", Expected("what", "wifi", "source=United,source=Delta")),
        (
            "Did complaints about cancelled flights go up or down between 18 February 2015 and 22 February 2015?",
            Expected("trend", "cancelled flights", periods=("150218-150218", "150222-150222")),
        ),
        (
            "Were there fewer complaints about delays on 24 February 2015 than on 23 February 2015?",
            Expected("trend", "delays", periods=("150223-150223", "150224-150224")),
        ),
        ("What do customers of American complain about most?", Expected("top", "complaints", "source=American")),
        ("What is the most common complaint about Southwest?", Expected("top", "complaints", "source=Southwest")),
        ("Who complains about Delta the most?", Expected("who", "complaints", "source=Delta", unit="people")),
        ("Give me 5 quotes about rude staff", Expected("examples", "rude staff")),
        (
            "What share of tweets about US Airways mention being on hold?",
            Expected("share", "being on hold", "source=US Airways"),
        ),
        ("When did people start complaining about cancelled flights?", Expected("since", "cancelled flights")),
    ],
    "larkdesk": [
        (
            "How many tickets did we get about photo upload last week?",
            Expected("count", "photo upload", "source=tickets", "261109-261115"),
        ),
        ("How many people can't log in?", Expected("count", "can't log in", unit="people")),
        ("How often is QuickBooks mentioned?", Expected("count", "QuickBooks")),
        ("number of survey responses in Q3", Expected("count", where="source=survey", days="260701-260930")),
        (
            "How many accounts on the Team plan asked for rescheduling?",
            Expected("count", "rescheduling", "plan=Team", unit="accounts"),
        ),
        (
            'How many of our Business customers mention the word "refund"?',
            Expected("count", '"refund"', "plan=Business", unit="people"),
        ),
        ("How many detractors mention pricing?", Expected("count", "pricing", "rating<=6,source=survey")),
        (
            "How many negative reviews mention the invoice layout?",
            Expected("count", "invoice layout", "source=app reviews"),
        ),
        (
            "How much revenue is at stake because of calendar duplicates?",
            Expected("count", "calendar duplicates", unit="revenue"),
        ),
        (
            "How many customers on the Platinum plan complain about invoices?",
            Expected("count", "invoices", unit="people", unknown="Platinum plan"),
        ),
        (
            "What percentage of Enterprise customers complain about pricing?",
            Expected("share", "pricing", "segment=Enterprise", unit="people"),
        ),
        ("What do enterprise customers want?", Expected("what", "want", "segment=Enterprise")),
        ("What do mid market accounts say about reporting?", Expected("what", "reporting", "segment=Mid-market")),
        (
            "What do Enterprise customers on the Business plan say about invoices in October?",
            Expected("what", "invoices", "segment=Enterprise,plan=Business", "261001-261031"),
        ),
        ("What do people not like about the dispatch board?", Expected("what", "not like about the dispatch board")),
        ("What do people say about version 5.2?", Expected("what", where="version=5.2")),
        ("What do beta users think about the new photo uploader?", Expected("what", "new photo uploader", "beta=yes")),
        (
            "What do people say about being charged twice, excluding Starter customers?",
            Expected("what", "being charged twice", "plan!=Starter"),
        ),
        (
            "What do customers not on the Starter plan say about onboarding?",
            Expected("what", "onboarding", "plan!=Starter"),
        ),
        ("What do German reviews say about the app?", Expected("what", "app", "language=de,source=app reviews")),
        ("What do customers in Canada say about taxes?", Expected("what", "taxes", unknown="Canada")),
        ("What do female customers say?", Expected("what", unknown="female customers")),
        ("What do the interviews say about scheduling?", Expected("what", "scheduling", "kind=research")),
        ("What did Maria Gonzalez say about onboarding?", Expected("what", "onboarding", "person=Maria Gonzalez")),
        (
            "What did BrightPipe say in October about route planning?",
            Expected("what", "route planning", "account=BrightPipe Plumbing", "261001-261031"),
        ),
        ("what do summit hvac people say", Expected("what", where="account=Summit HVAC Inc.")),
        ("What do customers say about Team?", Expected("what", "Team")),
        ("Will the team members like it?", Expected("what", "team members like")),
        ("What do people tell us about enterprise features?", Expected("what", "enterprise features")),
        ("What do people say about email and the web portal?", Expected("what", "email and the web portal")),
        (
            "What do people say about losing notes in basements when offline?",
            Expected("what", "losing notes in basements when offline"),
        ),
        ("What feedback is there on the customer portal?", Expected("what", "customer portal")),
        ("What is the CEO's salary?", Expected("what", "CEO's salary")),
        ("what is the weather tomorrow", Expected("what", "weather tomorrow")),
        (
            "What do people say about the theme Calendar sync creates duplicates?",
            Expected("what", where="theme=theme-1"),
        ),
        ("What do people say about the price increase?", Expected("what", "price increase")),
        ("What are the main complaints of enterprise customers?", Expected("top", "complaints", "segment=Enterprise")),
        ("Top 5 issues in October", Expected("top", "issues", days="261001-261031")),
        (
            "Summarize the feedback from sales calls since 1 October",
            Expected("top", where="source=sales calls", days="261001-"),
        ),
        ("Which problems were reported most often in week 45?", Expected("top", "problems", days="261102-261108")),
        ("Since when do people complain about the photo upload?", Expected("since", "photo upload")),
        ("When did photo upload problems start?", Expected("since", "photo upload problems")),
        ("Which accounts complain about QuickBooks sync?", Expected("who", "QuickBooks sync", unit="accounts")),
        ("Who is unhappy with two-factor login?", Expected("who", "two-factor login", unit="people")),
        (
            "Which customers churned because of the price increase?",
            Expected("who", "churned because of the price increase", unit="people"),
        ),
        ("Why do customers churn?", Expected("why", "churn")),
        ("Show me examples of praise for the support team", Expected("examples", "praise for the support team")),
        ("Compare iOS and Android on crashes", Expected("compare", "crashes", options="platform=iOS,platform=Android")),
        (
            "Do Enterprise customers complain more about pricing than Small customers?",
            Expected("compare", "pricing", options="segment=Enterprise,segment=Small"),
        ),
        (
            "Which segment has the most complaints about pricing?",
            Expected("compare", "pricing", options="segment=Small,segment=Mid-market,segment=Enterprise"),
        ),
        (
            "complaints by segment",
            Expected("compare", "complaints", options="segment=Small,segment=Mid-market,segment=Enterprise"),
        ),
        ("feedback by country", Expected("what", unknown="country")),
        ("Are complaints about calendar sync increasing?", Expected("trend", "calendar sync")),
        ("Is the photo upload problem getting worse?", Expected("trend", "photo upload problem")),
        (
            "Did complaints about photo upload go up last week?",
            Expected("trend", "photo upload", periods=("261102-261108", "261109-261115")),
        ),
        (
            "Were there more tickets about login in October than in September?",
            Expected("trend", "login", "source=tickets", periods=("260901-260930", "261001-261031")),
        ),
        (
            "What is the trend for login problems among Small customers since September?",
            Expected("trend", "login problems", "segment=Small", "260901-"),
        ),
        ("How many messages per week mention offline mode?", Expected("trend", "offline mode")),
        (
            "Have complaints about the price increase gone down since 1 October?",
            Expected("trend", "price increase", days="261001-"),
        ),
        ("Was sagen die Kunden über doppelte Termine?", Expected("what", "doppelte Termine")),
        ("Was loben die Nutzer?", Expected("what", "loben")),
        ("Was wünschen sich Enterprise-Kunden?", Expected("what", "wünschen", "segment=Enterprise")),
        ("Was sagen deutschsprachige Kunden über die Rechnung?", Expected("what", "Rechnung", "language=de")),
        ("Was sagen Kunden in Österreich?", Expected("what", unknown="Österreich")),
        ("Was sagt BrightPipe über Support?", Expected("what", "Support", "account=BrightPipe Plumbing")),
        ("Nachrichten auf Deutsch über Rechnungen", Expected("what", "Rechnungen", "language=de")),
        ("Wie viele Tickets gab es letzte Woche?", Expected("count", where="source=tickets", days="261109-261115")),
        (
            "Wie viele Personen haben sich im Oktober über den Foto-Upload beschwert?",
            Expected("count", "Foto-Upload", days="261001-261031", unit="people"),
        ),
        ("Wie viele Firmen beschweren sich über QuickBooks?", Expected("count", "QuickBooks", unit="accounts")),
        ("Wie viel Umsatz hängt an den Kalenderproblemen?", Expected("count", "Kalenderproblemen", unit="revenue")),
        ("Wie oft wurde QuickBooks im letzten Monat erwähnt?", Expected("count", "QuickBooks", days="261001-261031")),
        ("Wie viel Prozent der Tickets betreffen den Login?", Expected("share", "Login", "source=tickets")),
        ("Seit wann gibt es Probleme mit dem Foto-Upload?", Expected("since", "Probleme mit dem Foto-Upload")),
        ("Warum sind Enterprise-Kunden unzufrieden?", Expected("why", "unzufrieden", "segment=Enterprise")),
        (
            "Was sind die häufigsten Beschwerden der Enterprise-Kunden?",
            Expected("top", "Beschwerden", "segment=Enterprise"),
        ),
        ("Welche Kunden haben nach Single Sign-on gefragt?", Expected("who", "Single Sign-on", unit="people")),
        ("Wer beschwert sich über die Anmeldung?", Expected("who", "Anmeldung", unit="people")),
        ("Zeige mir Beispiele für Lob", Expected("examples", "Lob")),
        (
            "Vergleiche iOS und Android bei Abstürzen",
            Expected("compare", "Abstürzen", options="platform=iOS,platform=Android"),
        ),
        (
            "Welcher Tarif bekommt mehr Beschwerden über den Preis: Starter oder Business?",
            Expected("compare", "Preis", options="plan=Starter,plan=Business"),
        ),
        (
            "Sind die Beschwerden über Kalender-Duplikate seit Oktober gestiegen?",
            Expected("trend", "Kalender-Duplikate", days="261001-"),
        ),
        (
            "Haben Beschwerden über die App zwischen dem 1. Oktober und dem 1. November zugenommen?",
            Expected("trend", "App", periods=("261001-261001", "261101-261101")),
        ),
        ("Nimmt die Kritik am Foto-Upload zu?", Expected("trend", "Kritik am Foto-Upload")),
    ],
    "meetings": [
        (
            "How many reviews of Meetings mention school?",
            Expected("count", "school", "source=Meetings (Android),source=Meetings (iOS)"),
        ),
        ("How many reviews came in in April 2020?", Expected("count", days="200401-200430")),
        (
            "How many 1-star reviews did we get in March 2020?",
            Expected("count", where="rating=1", days="200301-200331"),
        ),
        ("How many reviews have a rating below 3?", Expected("count", where="rating<=2")),
        (
            "How many people gave 5 stars in 2020?",
            Expected("count", where="rating=5", days="200101-201231", unit="people"),
        ),
        ("How many iOS reviews mention crashes?", Expected("count", "crashes", "source=Meetings (iOS)")),
        ("In April 2020, how many reviews complained about login?", Expected("count", "login", days="200401-200430")),
        ("What do one or two star reviews say about login?", Expected("what", "login", "rating=1,rating=2")),
        ("What do reviews with at least 4 stars say?", Expected("what", where="rating>=4")),
        ("What do 9-star reviews say?", Expected("what", unknown="9-star")),
        ("What do Spanish reviews say?", Expected("what", where="language=es")),
        ("What do French reviews say?", Expected("what", unknown="French")),
        (
            "What are users saying about video calls since January 2021?",
            Expected("what", "video calls", days="210101-"),
        ),
        (
            "What was said about notifications in the first quarter of 2020?",
            Expected("what", "notifications", days="200101-200331"),
        ),
        (
            "What do users say about the pricing of the premium plan?",
            Expected("what", "pricing", unknown="premium plan"),
        ),
        ("What do users on iPad say?", Expected("what", "iPad")),
        ("What do people hate?", Expected("what", "hate")),
        ("What do users complain about most in 2021?", Expected("top", "complaints", days="210101-211231")),
        ("Why do people give 1 star?", Expected("why", where="rating=1")),
        ("Compare 2020 and 2021", Expected("trend", periods=("200101-201231", "210101-211231"))),
        (
            "Were reviews about school more frequent in April 2020 than in February 2020?",
            Expected("trend", "school", periods=("200201-200229", "200401-200430")),
        ),
        (
            "Did complaints about login go up or down between March 2020 and April 2020?",
            Expected("trend", "login", periods=("200301-200331", "200401-200430")),
        ),
        ("How many reviews did we get per month in 2020?", Expected("trend", days="200101-201231")),
        ("Wie hoch ist der Anteil der Bewertungen mit 1 Stern?", Expected("share", where="rating=1")),
        (
            "Which is worse for crashes: iOS or Android?",
            Expected("compare", "crashes", options="source=Meetings (iOS),source=Meetings (Android)"),
        ),
    ],
}


@pytest.mark.parametrize(
    ("product", "question", "expected"),
    [(product, question, expected) for product, cases in CASES.items() for question, expected in cases],
)
def test_a_question_becomes_the_plan_a_reader_would_make(product: str, question: str, expected: Expected) -> None:
    plan = plan_question(question, PRODUCTS[product], now=NOW)
    assert summarise(plan) == expected


def summarise(plan: Plan) -> Expected:
    return Expected(
        plan.asked,
        plan.about,
        say(plan.filters.where),
        say_days(plan.filters),
        plan.unit,
        say(plan.options),
        tuple(say_days(period) for period in plan.periods),
        ",".join(plan.unknown),
    )


def say(conditions: tuple[Condition, ...]) -> str:
    return ",".join(f"{each.key}{each.operator}{each.value}" for each in conditions)


def say_days(filters: Filters) -> str:
    first = f"{filters.since:%y%m%d}" if filters.since else ""
    last = f"{filters.until - timedelta(seconds=1):%y%m%d}" if filters.until else ""
    return f"{first}-{last}" if first or last else ""


@pytest.mark.parametrize(
    ("question", "value"),
    [
        ("tweets about southwest", "Southwest"),
        ("tweets about SOUTHWEST", "Southwest"),
        ("tweets about Southwst", "Southwest"),
        ("tweets about us-airways", "US Airways"),
        ("tweets about usairways", "US Airways"),
        ("Delta's planes", "Delta"),
        ("tweets about Untied", "United"),
    ],
)
def test_values_are_found_in_any_case_and_with_a_wrong_letter(question: str, value: str) -> None:
    plan = plan_question(question, AIRLINES, now=NOW)
    assert plan.filters.where == (Condition("source", value),)


def test_a_misspelt_value_is_named_in_the_notes() -> None:
    assert plan_question("tweets about Southwst", AIRLINES, now=NOW).notes == (
        "“Southwst” was read as source Southwest.",
    )


@pytest.mark.parametrize(
    "question",
    [
        "Do people say yes to the new terms?",
        "Are there 5 reasons to stay?",
        "What do people say about the de facto standard in en route mode?",
        "What do small screens and business trips have to do with team spirit?",
        "Is it a starter for 10?",
    ],
)
def test_ordinary_words_and_codes_are_no_filters(question: str) -> None:
    attributes = {**LARKDESK.values, "score": ("1", "5", "10"), "agreed": ("yes", "no")}
    vocabulary = Vocabulary(values=attributes)
    assert plan_question(question, vocabulary, now=NOW).filters.where == ()


def test_a_value_of_two_keys_is_read_as_one_and_said_to_be() -> None:
    plan = plan_question("What do Enterprise customers say?", LARKDESK, now=NOW)
    assert plan.notes == ("“Enterprise” was read as segment Enterprise; it is also a value of plan.",)
    assert plan_question("What do customers on the Enterprise plan say?", LARKDESK, now=NOW).filters.where == (
        Condition("plan", "Enterprise"),
    )


def test_relative_times_count_back_from_the_newest_document_when_it_is_old() -> None:
    later = datetime(2027, 3, 1, tzinfo=UTC)
    plan = plan_question("What did people say last week?", LARKDESK, now=later)
    assert say_days(plan.filters) == "261109-261115"
    assert plan.notes == (
        "“last week” was read as 9–15 November 2026, counted back from the newest document (15 November 2026).",
    )


def test_relative_times_count_back_from_today_when_the_documents_are_fresh() -> None:
    plan = plan_question("What did people say yesterday?", LARKDESK, now=datetime(2026, 11, 15, 12, tzinfo=UTC))
    assert say_days(plan.filters) == "261114-261114"
    assert plan.notes == ("“yesterday” was read as 14 November 2026.",)


def test_a_time_without_documents_is_noted() -> None:
    plan = plan_question("What did people say in March 2019?", AIRLINES, now=NOW)
    assert plan.notes == ("The documents are from 16–24 February 2015; none is from March 2019.",)


def test_days_are_those_of_the_time_zone() -> None:
    plan = plan_question("How many on 20 February 2015?", AIRLINES, now=NOW, timezone="America/Los_Angeles")
    assert (plan.filters.since, plan.filters.until) == (
        datetime(2015, 2, 20, 8, tzinfo=UTC),
        datetime(2015, 2, 21, 8, tzinfo=UTC),
    )


def test_sentences_that_ask_nothing_are_left_out_unless_they_narrow_the_question() -> None:
    plan = plan_question(
        "We met Delta yesterday. What do people say about lost luggage? Thanks a lot!", AIRLINES, now=NOW
    )
    assert (plan.about, plan.filters) == ("lost luggage", Filters())
    plan = plan_question("Only Enterprise customers. What do they say about invoices?", LARKDESK, now=NOW)
    assert (plan.about, say(plan.filters.where)) == ("invoices", "segment=Enterprise")


@pytest.mark.parametrize("question", ["", "   ", "?!", "\x00\n"])
def test_an_empty_question_is_refused(question: str) -> None:
    with pytest.raises(BadInput, match="empty"):
        plan_question(question, AIRLINES, now=NOW)


def test_a_question_that_is_too_long_is_refused_with_the_limit() -> None:
    assert plan_question("lost luggage " * 150, AIRLINES, now=NOW).asked == "what"
    with pytest.raises(BadInput, match="at most 2,000 characters"):
        plan_question("a" * (LONGEST_QUESTION + 1), AIRLINES, now=NOW)


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=300))
def test_any_text_becomes_a_plan_or_is_refused_as_empty(question: str) -> None:
    try:
        plan = plan_question(question, LARKDESK, now=NOW)
    except BadInput:
        assert not any(char.isalnum() for char in question)
    else:
        assert plan.question == question.strip()
        assert "\x00" not in plan.about
        assert "\x01" not in plan.about


def test_a_plan_over_thousands_of_values_takes_milliseconds() -> None:
    names = tuple(f"Company{number} Holding" for number in range(2500))
    people = tuple(f"Given{number} Family{number}" for number in range(2500))
    vocabulary = Vocabulary(values={**LARKDESK.values, "account": names, "person": people})
    questions = [question for question, _ in CASES["larkdesk"]]
    plan_question(questions[0], vocabulary, now=NOW)
    started = time.process_time()
    for question in questions:
        plan_question(question, vocabulary, now=NOW)
    assert (time.process_time() - started) / len(questions) < 0.025


def test_the_questions_of_the_airline_set_are_asked_as_they_are_judged(shared_data: Path) -> None:
    import json

    asked = {
        "count": {"count"},
        "evidence_label": {"what", "why"},
        "choice": {"compare"},
        "direction": {"trend"},
        "top_label": {"top"},
        "abstain": {"what", "who"},
    }
    lines = (shared_data / "questions_airline" / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    for row in map(json.loads, lines):
        plan, expect = plan_question(row["question"], AIRLINES, now=NOW), row["expect"]
        assert plan.asked in asked[expect["kind"]], row["question"]
        assert plan.unit == expect.get("unit", plan.unit)
        assert expect["kind"] != "count" or not plan.about
        assert [option.value for option in plan.options] == expect.get("options", [])
        assert len(plan.periods) == (2 if expect["kind"] == "direction" else 0)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        ("How many people ask about top up by cheque?", "top up by cheque"),
        ("What do people say about top-ups?", "top-ups"),
        ("How many people ask why their transfer failed?", "their transfer failed"),
        ("Did audio problems rise in April 2020 compared with March 2020?", "audio problems"),
    ],
)
def test_words_that_ask_elsewhere_are_told_from_the_subject(question: str, about: str) -> None:
    assert plan_question(question, AIRLINES, now=NOW).about == about
