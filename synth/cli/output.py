"""What commands print for people; `--json` prints the document itself."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable
from typing import Any

from synth.model import WAITING
from synth.trust.figures import say_interval, say_rate

Document = dict[str, Any]
QUOTE_WIDTH = 240
MOST_ROWS = 20  # refused rows that are shown one by one


def print_json(document: Document) -> None:
    """One JSON document on standard output."""
    json.dump(document, sys.stdout, ensure_ascii=False, indent=2)
    print()


def print_ingested(summary: Document) -> None:
    """How many rows were taken, and why others were not."""
    print(f"{summary['taken']:,} taken, {summary['already']:,} already there, {summary['refused_rows']:,} refused.")
    for state in summary["files"]:
        if state.get("waits"):
            print(f"  {state['filename']} waits for you: `synth redactions {state['id']}` lists what is to be hidden.")
    rows = [refusal for refusal in summary["refused"] if refusal["row"]]
    for refusal in rows[:MOST_ROWS]:
        print(f"  {refusal['file']}, row {refusal['row']}: {refusal['reason']}")
    if len(rows) > MOST_ROWS:
        print(f"  … and {len(rows) - MOST_ROWS:,} more; --json lists them.")


def print_releases(found: Document) -> None:
    """Each release with what followed."""
    if not found["releases"]:
        print("No releases yet; write one down with `synth releases add`.")
    for release in found["releases"]:
        print(f"{release['id']}  {release['name']}, {release['day']}")
        for sentence in release["said"]:
            print(textwrap.fill(sentence, initial_indent="    ", subsequent_indent="    "))


def print_themes(found: Document, *, everything: bool = False) -> None:
    """The themes by area, and what they leave out; `everything` lists those past the level a person reads too."""
    if not found["themes"]:
        print("No themes yet. Take feedback in with `synth ingest`, then run `synth discover`.")
        return
    shown = [theme for theme in found["themes"] if everything or theme["shown"]]
    width = max(len(theme["name"]) for theme in shown)
    print(f"{'id':>5}  {'theme':<{width}}  mentions  people  share")
    for area in [*found["areas"], None]:
        inside = [theme for theme in shown if theme["area"] == (area["id"] if area else None)]
        if inside and found["areas"]:
            print(f"\n{area['name']} ({area['mentions']:,} mentions)" if area else "\nOn their own")
        for theme in inside:
            _print_theme(theme, width)
    if len(shown) < len(found["themes"]):
        print(f"\n{len(found['themes']) - len(shown):,} smaller themes are not shown; `synth themes --all` lists them.")
    covered = f"{100 * found['coverage']:.0f} %"
    print(f"{covered} of {found['excerpts']:,} excerpts are on a theme; {found['unassigned']:,} are unassigned.")


def _print_theme(theme: Document, width: int) -> None:
    share = f"{100 * theme['share']:.1f} %"
    print(f"{theme['id']:>5}  {theme['name']:<{width}}  {theme['mentions']:>8,}  {theme['people']:>6,}  {share:>6}")


def print_emerging(found: Document) -> None:
    """Each group with its numbers and a quote."""
    if not found["emerging"]:
        print("Nothing emerges: what is on no theme is not spoken of more than before.")
    for each in found["emerging"]:
        people = "1 person" if each["people"] == 1 else f"{each['people']:,} people"
        print(f"{each['name']}: {each['mentions']:,} of {each['of']:,} documents in the last two weeks, by {people};")
        print(f"  {each['mentions_before']:,} of {each['of_before']:,} in the eight weeks before.")
        for quote in each["quotes"][:1]:
            print(f"  “{' '.join(quote['quote'].split())}”")


def print_trend(found: Document) -> None:
    """The weeks of a theme, oldest first: mentions as counted today, and as reported at the time."""
    if not found["weeks"]:
        print("No complete week of feedback yet.")
        return
    print(f"{'week':<9} {'mentions':>8}  {'reported then':>13}")
    for week in found["weeks"]:
        then = "" if week["reported"] is None else f"{week['reported']:,}"
        print(f"{week['id']:<9} {week['mentions']:>8,}  {then:>13}")
    print(found["difference"] or "No report of these weeks was archived.")


def print_runs(found: Document) -> None:
    """The runs, newest first: state, what they did, and why one was refused."""
    if not found["runs"]:
        print("No runs yet; `synth discover` makes one.")
    for run in found["runs"]:
        figures = run["figures"]
        events = ", ".join(f"{count} {kind}" for kind, count in figures.get("events", {}).items())
        kept = f"; {100 * figures['stability']:.1f} % kept their theme" if "stability" in figures else ""
        print(f"{run['id']:>5}  {run['state']:<11} {run['scope']:<10} {run['started_at'][:10]}  {events}{kept}")
        for reason in figures.get("reasons", ()):
            print(f"       {reason}")
    if any(run["state"] in WAITING for run in found["runs"]):
        print("`synth runs --show RUN` lists what one that waits would change, `--accept RUN` puts it in force.")


def print_changes(run: Document) -> None:
    """What a run that waits would change, each with the key it is accepted by."""
    if not run["changes"]:
        print(f"{run['id']} does not wait for anybody, or would change nothing.")
        return
    for change in run["changes"]:
        print(f"{change['key']:>5}  {change['kind']:<7} {change['name']}: {_say_change(change)}")
    print(f"`synth runs --accept {run['id']}` applies all of it, with `--only KEY` a part.")


def _say_change(change: Document) -> str:
    if change["into"]:
        share = f"{100 * change['confused']:.0f} %"
        return f"into {change['into']}; {share} of the members of the two are nearer to the other one"
    parts = [f"{count:,} from {theme or 'no theme'}" for theme, count in change["arriving"].items()]
    parts += [f"{count:,} to {theme or 'no theme'}" for theme, count in change["leaving"].items()]
    return f"{change['size']:,} excerpts; {', '.join(parts)}"


def tell_outcome(result: Document) -> None:
    """Say that a run waits for a person, where it is not in force."""
    if result.get("state") in WAITING:
        said = "is proposed" if result["state"] == "proposed" else "was refused, as it changes too much"
        print(
            f"synth: {result['run']} {said}; `synth runs` shows it, `synth runs --accept {result['run']}` applies it.",
            file=sys.stderr,
        )


def print_decision(made: Document, *, preview: bool = False) -> None:
    """A decision with its effect on the numbers of each theme it touches."""
    decision, effect = made["decision"], made["effect"]
    undone = "Undone: " if decision["undone_at"] else ""
    print(f"{'Nothing was changed. It would be: ' if preview else undone}{decision['says']}.")
    for theme in effect["themes"]:
        print(f"  {theme['id']} {theme['name']}: {_numbers(theme['before'])} → {_numbers(theme['after'])}")
    print(f"  {effect['excerpts']:,} excerpts are on another theme; {_unassigned(effect['unassigned'])}.")
    if not preview and not decision["undone_at"]:
        print(f"`synth themes undo {decision['id']}` takes it back.")


def print_decisions(found: Document) -> None:
    """The decisions, newest first."""
    if not found["decisions"]:
        print("Nothing was decided about themes yet.")
    for decision in found["decisions"]:
        stands = f"undone by {decision['undone_by']}" if decision["undone_at"] else ""
        after = f"after {decision['blocked_by']}" if decision["blocked_by"] else ""
        more = f"  [{stands or after}]" if stands or after else ""
        print(f"{decision['id']:>5}  {_day(decision)}  {decision['says']}, {decision['actor']}{more}")


def print_lineage(found: Document) -> None:
    """What happened to a theme, oldest first."""
    for event in found["lineage"]:
        others = f" with {', '.join(event['others'])}" if event["others"] else ""
        print(f"{event['at'][:10]}  {event['run']:>5}  {event['event']}{others}; {event['size']:,} excerpts")


def print_suggestions(theme: str, found: Document) -> None:
    """The sub-themes or else the halves of a theme, and how to split one off."""
    if not found["suggestions"]:
        print(f"{theme} is of one piece; split it by words (--words) or excerpts (--excerpt).")
        return
    if not found["suggestions"][0]["dense"]:
        print(f"{theme} has no sub-themes; these are the two halves that lie farthest apart.")
    for part in found["suggestions"]:
        print(f"{part['key']}  {part['name']}: {part['excerpts']:,} excerpts of {part['people']:,} people")
    print(f"`synth themes split {theme} --suggestion KEY` makes one of them a theme.")


def _numbers(numbers: Document | None) -> str:
    if numbers is None:
        return "not shown"
    share = f"{100 * numbers['share']:.1f} %"
    return f"{numbers['mentions']:,} mentions, {numbers['people']:,} people, {numbers['accounts']:,} accounts, {share}"


def _unassigned(counted: Document) -> str:
    if counted["before"] == counted["after"]:
        return f"{counted['after']:,} are on none, as before"
    return f"{counted['after']:,} are on none, before {counted['before']:,}"


def print_trust(card: Document) -> None:
    """Every figure in a sentence, with its interval, size and day; then what was not measured, and how to."""
    missing = [figure for figure in card["figures"] if figure["value"] is None]
    group = ""
    for figure in (figure for figure in card["figures"] if figure["value"] is not None):
        if figure["group"] != group:
            group = figure["group"]
            print(f"{group}\n")
        _print_figure(figure)
    if missing:
        print("Not measured\n")
    for figure in missing:
        print(wrapped(f"{figure['title']}: {figure['how']}", indent="  "))


def print_usage(found: Document) -> None:
    """Today against the budget, then the days before, and what it was asked for."""
    if found["model"] is None:
        print("No language model is set up; set SYNTH_LLM_URL to use one.")
    print(wrapped(_today(found["today"])))
    if not found["days"]:
        return
    print(f"\n{'day':<12}{'calls':>8}{'kept':>8}{'failed':>8}{'refused':>9}{'tokens':>12}{'cost':>10}")
    for day in found["days"]:
        counts = f"{day['calls']:>8,}{day['kept']:>8,}{day['failed']:>8,}{day['refused']:>9,}{day['tokens']:>12,}"
        print(f"{day['day']:<12}{counts}{day['cost']:>10.2f}")
    print("\nAsked for")
    for prompt in found["prompts"]:
        print(
            f"  {prompt['prompt']:<26}{prompt['calls']:>8,} calls{prompt['tokens']:>12,} tokens{prompt['cost']:>10.2f}"
        )


def _today(today: Document) -> str:
    """What today took: '12,300 of 50,000 tokens, 0.42 of 5.00 in money, in 31 calls'."""
    tokens = f"{today['tokens']:,}" + (f" of {today['tokens_limit']:,}" if today["tokens_limit"] else "") + " tokens"
    spent = f"{today['cost']:.2f}" + (f" of {today['cost_limit']:.2f}" if today["cost_limit"] else "")
    money = f", {spent} in money" if today["cost"] or today["cost_limit"] else ""
    calls = f"{today['calls']:,} {'call' if today['calls'] == 1 else 'calls'}"
    refused = f"; {today['refused']:,} refused, since the budget is spent" if today["refused"] else ""
    return f"Today: {tokens}{money}, in {calls}{refused}."


def _print_figure(figure: Document) -> None:
    interval = say_interval(figure["low"], figure["high"])
    size = f"{figure['n']:,} {figure['unit']}" if figure["n"] else ""
    within = f"95 % interval {interval}" if interval else ""
    print(wrapped(figure["meaning"], indent="  "))
    for part in figure["parts"]:
        print(f"      {part['name']:<14} {say_rate(part['value']):>7}  ({say_interval(part['low'], part['high'])})")
    said = "; ".join(word for word in (within, size, (figure["measured_at"] or "")[:10]) if word)
    print(f"      {said}")
    if figure["note"]:
        print(wrapped(figure["note"], indent="      "))
    print()


def print_answer(answer: Document) -> None:
    """The answer: claims with quotes, numbers, and how the question was understood; or why there is none."""
    _print_abstention(answer)
    print_claims(answer["claims"])
    _print_counts(answer["counts"])
    _print_fallback(answer)
    print()
    _print_plan(answer["plan"])
    _print_follow(answer)


def print_steps(steps: Iterable[tuple[str, Document]]) -> None:
    """The same as it is made: how the question was understood, the numbers, each claim, and what is left to say."""
    for name, carried in steps:
        if name == "plan":
            _print_plan(carried)
        elif name == "counts":
            _print_counts(carried["counts"])
            print()
        elif name == "claim":
            print_claims([carried])
        else:
            _print_abstention(carried)
            _print_fallback(carried)
            _print_follow(carried)


def _print_abstention(answer: Document) -> None:
    if answer["status"] != "abstained":
        return
    print(wrapped(f"Not in the data: {answer['reason']}"))
    if answer["nearest"]:
        print("\nThe nearest there is (it does not answer the question):")
        for citation in answer["nearest"]:
            print(quote_line(citation))


def _print_counts(counts: list[Document]) -> None:
    for count in counts:
        print(
            f"  {count['label']}: {count['value']:,} {count['unit']}"
            + (f" (likely {count['low']:,} to {count['high']:,})" if count["low"] is not None else "")
            + (f" of {count['of']:,}" if count["of"] else "")
        )
    if counts and counts[0]["method"] != "counted":
        print(wrapped(f"Counted is what is {counts[0]['method']}.", indent="  "))


def _print_fallback(answer: Document) -> None:
    if answer["fell_back"]:
        print(wrapped(f"No language model wrote this: {answer['fell_back']}"))


def _print_follow(answer: Document) -> None:
    if answer["id"]:
        print(f"Ask on with --follow {answer['id']}")


def print_claims(claims: list[Document]) -> None:
    """Sentences with their quotes."""
    for claim in claims:
        print(wrapped(claim["text"]))
        for citation in claim["citations"]:
            print(quote_line(citation))
        print()


def print_results(found: Document) -> None:
    """Search results, best first."""
    if not found["results"]:
        print("Nothing found.")
    for result in found["results"]:
        said = " · ".join(part for part in (result["source"], result["person"], _day(result)) if part)
        print(f"{result['score']:.2f}  {said}  {result['theme_id']}")
        print(wrapped(result["text"], indent="      "))
    if found["facets"]:
        print_facets(found["facets"])


def print_facets(found: Document) -> None:
    """How all that matches spreads, facet by facet."""
    print(f"\n{found['said']}")
    for facet in found["facets"]:
        values = ", ".join(f"{each['value']} {each['excerpts']:,}" for each in facet["values"])
        more = f", and {facet['others']:,} more" if facet["others"] else ""
        print(f"{facet['key']:>9}  {values}{more}")


def quote_line(citation: Document) -> str:
    """A quote with who said it where and when."""
    quote = textwrap.shorten(citation["quote"], QUOTE_WIDTH, placeholder=" …")
    doubt = f"suspicious: {citation['suspicious']}" if citation["suspicious"] else None
    said = ", ".join(
        part for part in (citation["speaker"] or citation["person"], citation["source"], _day(citation), doubt) if part
    )
    return wrapped(f"“{quote}” — {said}", indent="    ")


def _print_plan(plan: Document) -> None:
    filters = [f"{c['key']} {c['operator']} {c['value']}" for c in plan["filters"]["where"]]
    filters += [f"{name} {plan['filters'][name][:10]}" for name in ("since", "until") if plan["filters"][name]]
    print(
        f"Understood as: {plan['asked']}"
        + (f" about “{plan['about']}”" if plan["about"] else "")
        + (f"; {', '.join(filters)}" if filters else "")
    )
    for note in plan["notes"]:
        print(wrapped(note, indent="  "))


def _day(shown: Document) -> str:
    return (shown["created_at"] or "")[:10]


def wrapped(text: str, indent: str = "") -> str:
    """The text in lines that fit the terminal."""
    width = max(60, min(110, shutil.get_terminal_size().columns))
    return textwrap.fill(text, width, initial_indent=indent, subsequent_indent=indent)
