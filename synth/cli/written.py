"""Printing what is kept and comes back to: insights, and saved questions with their weeks."""

from synth.cli.client import Document
from synth.cli.output import print_claims, quote_line, wrapped


def print_insights(found: Document) -> None:
    """Every insight with its claims and quotes."""
    if not found["insights"]:
        print("There is no such insight; they are drafted when themes are found.")
    for insight in found["insights"]:
        print(f"{insight['id']}  {insight['title']}  [{insight['state']}, {insight['freshness']}]")
        if insight["freshness_reason"]:
            print(wrapped(insight["freshness_reason"], indent="    "))
        print_claims(insight["claims"])


def print_insight(insight: Document) -> None:
    """One insight whole: claims by number, dissent, what is open, how it was made, and its history if it is known."""
    print(f"{insight['id']}  {insight['title']}  [{insight['state']}, {insight['freshness']}]")
    if insight["freshness_reason"]:
        print(wrapped(insight["freshness_reason"], indent="    "))
    for number, claim in enumerate(insight["claims"], 1):
        by = f"  ({claim['written_by']})" if claim["written_by"] else ""
        print(wrapped(f"{number}. {claim['text']}{by}"))
        for citation in claim["citations"]:
            print(quote_line(citation))
    if insight["dissenting"]:
        print("\nThe other way:")
        for citation in insight["dissenting"]:
            print(quote_line(citation))
    for place, question in enumerate(insight["questions"]):
        print(wrapped(("" if place else "\nOpen: ") + question, indent="" if not place else "      "))
    print(f"\n{_how_made(insight)}")
    for event in insight.get("history", []):
        reason = f": {event['change']['reason']}" if event["change"].get("reason") else ""
        print(wrapped(f"{event['at'][:16].replace('T', ' ')}  {event['action']} by {event['actor']}{reason}"))


def _how_made(insight: Document) -> str:
    made, origin = insight["provenance"], insight["origin"]
    source = {
        "theme": lambda: f"theme {origin['theme_id']}",
        "answer": lambda: f"answer {origin['answer_id']}, “{origin['question']}”",
        "selection": lambda: f"{len(origin['excerpt_ids'])} selected excerpts",
    }[origin["kind"]]()
    asked = made.get("prompt")
    prompt = f", prompt {asked} ({made['prompt_hash'][:12]}), model {made['model']}" if asked else ""
    counted = (made.get("counted_at") or insight["updated_at"])[:16].replace("T", " ")
    evidence = f"{len(made.get('evidence_ids', []))} excerpts as evidence, counted {counted}"
    return wrapped(f"Made from {source} by the {insight['drafter']} drafter{prompt}, with {evidence}.")


def print_saved(saved: Document) -> None:
    """A saved question with its last answer and what changed."""
    marks = [mark for mark, on in (("changed", saved["unseen"]), ("followed", saved["followed"])) if on]
    state = [] if saved["state"] == "active" else [saved["state"]]
    print(
        f"{saved['id']}  {saved['title'] or saved['question']}"
        + (f"  [{', '.join([*state, *marks])}]" if marks or state else "")
    )
    if saved["limited_to"]:
        print(wrapped(f"Only {saved['limited_to']}", indent="    "))
    if saved["dropped"]:
        print(wrapped(f"Not applied: {', '.join(saved['dropped'])}", indent="    "))
    if saved["last"]:
        print(wrapped(_first_sentence(saved["last"]), indent="    "))
        _print_difference(saved["difference"])
    else:
        print("    Not asked yet: nothing has a date before this week.")


def print_saved_runs(runs: list[Document]) -> None:
    """Its weeks, the newest first."""
    for run in runs:
        print(f"\n{run['week']}  {_week_count(run['counted'])}:")
        print(wrapped(_first_sentence(run), indent="    "))
        _print_difference(run["difference"])
        for citation in run["difference"]["moved_by"] if run["difference"] else ():
            print(quote_line(citation))


def _week_count(counted: Document | None) -> str:
    if counted is None:
        return "as of its end"
    return f"{counted['value']:,} of {counted['of']:,} {counted['unit']} in that week alone; as of its end"


def _first_sentence(run: Document) -> str:
    claims = run["answer"]["claims"]
    return str(claims[0]["text"] if claims else run["answer"]["reason"] or "It was answered by counts alone.")


def _print_difference(difference: Document | None) -> None:
    if difference is None:
        return
    came = [f"New: {text}" for text in difference["claims_in"]] + [f"Gone: {text}" for text in difference["claims_out"]]
    for sentence in (*difference["sentences"], *came):
        print(wrapped(f"- {sentence}", indent="    "))
