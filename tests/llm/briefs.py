"""Briefs that several tests draft from."""

from datetime import UTC, datetime

from synth.llm import Brief, Field, NameBrief, Neighbour, PlanBrief, Section, Terms
from synth.model import Count, Filters, ThemeCount
from synth.store.excerpts import ExcerptView

PHOTO = "Photo upload gets stuck at 99 % since the update. I have to restart the app twice a day."
BLURRED = "The pictures my crew uploads arrive blurred, and we re-take them on site."
INVOICE = "Invoice PDF shows the wrong tax line. I would not say that the layout is great."
HEADLINE = "41 mentions by 30 people are about photo upload."
INVOICES = "Invoice layout: 12 mentions (29 %)."


def excerpt(
    id: str, text: str, *, source: str = "tickets", day: int = 3, person: str | None = "Mara Quandt"
) -> ExcerptView:
    """An excerpt that is a whole document."""
    return ExcerptView(
        id=id,
        document_id=f"d-{id}",
        external_id=None,
        source=source,
        text=text,
        start=0,
        end=len(text),
        speaker=person,
        role=None,
        person=person,
        account="Bluebird Plumbing",
        segment="Small",
        rating=None,
        language="en",
        created_at=datetime(2026, 11, day, 9, 0, tzinfo=UTC),
        repeat_of=None,
        theme_id=None,
        confidence=None,
    )


def brief(**changes: object) -> Brief:
    """A question about photo upload: two sections, three excerpts, two counts and a theme."""
    photo, blurred = excerpt("x-photo", PHOTO), excerpt("x-blurred", BLURRED, source="app reviews", day=5)
    invoice = excerpt("x-invoice", INVOICE, day=9)
    values: dict[str, object] = {
        "task": "answer",
        "question": "What do people say about photo upload?",
        "sections": (
            Section(HEADLINE, (photo, blurred), (PHOTO.split(". ")[0] + ".", BLURRED)),
            Section(INVOICES, (invoice, photo), (INVOICE, PHOTO)),
        ),
        "counts": (Count("photo upload", 41, "mentions", Filters(), of=1200), Count("people", 30, "people", Filters())),
        "themes": (ThemeCount("T1", "Invoice layout", 12),),
    }
    return Brief(**(values | changes))  # type: ignore[arg-type]


def name_brief(**changes: object) -> NameBrief:
    """A theme about photo upload beside one about invoices."""
    values: dict[str, object] = {
        "name": "Photo upload stuck",
        "definition": "Feedback about photo upload.",
        "key_phrases": ("photo upload", "stuck"),
        "members": (PHOTO, BLURRED),
        "neighbours": (Neighbour("Invoice PDF layout", (INVOICE,)),),
        "taken": frozenset({"Invoice PDF layout"}),
    }
    return NameBrief(**(values | changes))  # type: ignore[arg-type]


def plan_brief(**changes: object) -> PlanBrief:
    """A question about big customers, which the rules do not take for the segment that is meant."""
    values: dict[str, object] = {
        "question": "How many of our big customers complain about photo upload?",
        "fields": (
            Field("rating", between=(1.0, 5.0)),
            Field("segment", ("Small", "Mid-market", "Enterprise")),
            Field("theme", ("Photo upload stuck",)),
        ),
        "rules": Terms("count", "accounts", "photo upload"),
    }
    return PlanBrief(**(values | changes))  # type: ignore[arg-type]
