"""The commands. Nothing heavy is imported until one runs."""

import os
from pathlib import Path
from typing import Annotated, Literal

import typer

from synth.cli import administering, delivering, insighting, releasing, saving, studying, theming
from synth.cli.options import (
    Asking,
    UrlOption,
    parse_filters,
    parse_mapping,
    parse_period,
)
from synth.exporting import Format, What

app = typer.Typer(
    name="synth",
    help="Feedback and research synthesis: themes, insights, answers and a weekly report from what people say.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    rich_markup_mode=None,
)
app.add_typer(theming.app, name="themes")
app.add_typer(insighting.app, name="insights")
app.add_typer(saving.app, name="questions")
app.add_typer(studying.app, name="studies")
app.add_typer(delivering.app, name="subscriptions")
app.add_typer(releasing.app, name="releases")
app.add_typer(administering.workspaces, name="workspaces")
app.add_typer(administering.users, name="users")
app.add_typer(administering.tokens, name="tokens")
app.add_typer(administering.hooks, name="hooks")
app.add_typer(administering.sources, name="sources")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else.")]
Since = Annotated[str | None, typer.Option(help="First day, e.g. 2026-10-01.")]
Until = Annotated[str | None, typer.Option(help="Last day, included.")]
Where = Annotated[list[str] | None, typer.Option(metavar="KEY=VALUE", help="Filter; may be repeated.")]
Out = Annotated[Path | None, typer.Option(help="Write to this file instead of standard output.")]


@app.callback()
def choose(
    workspace: Annotated[
        str | None, typer.Option(metavar="WORKSPACE", help="The workspace a command is for: SYNTH_WORKSPACE, or main.")
    ] = None,
) -> None:
    """Feedback and research synthesis: themes, insights, answers and a weekly report from what people say."""
    if workspace is not None:
        os.environ["SYNTH_WORKSPACE"] = workspace


@app.command()
def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help="Files, or folders of files.")],
    source: Annotated[
        str | None, typer.Option(help="Where the feedback comes from; the file's name if not given.")
    ] = None,
    kind: Annotated[
        Literal["feedback", "research"], typer.Option(help="feedback, or research for interviews and notes.")
    ] = "feedback",
    map: Annotated[
        list[str] | None, typer.Option("--map", metavar="FIELD=COLUMN", help="Which column is which field.")
    ] = None,
    hide: Annotated[list[str] | None, typer.Option(metavar="COLUMN", help="Leave this column out.")] = None,
    interviewer: Annotated[list[str] | None, typer.Option(metavar="NAME", help="Who asks the questions.")] = None,
    study: Annotated[
        str | None, typer.Option(metavar="NAME", help="The study they belong to; who speaks gets a pseudonym.")
    ] = None,
    redact: Annotated[
        Literal["automatic", "suggest"],
        typer.Option(help="suggest: nothing is stored before you have looked at what is to be hidden."),
    ] = "automatic",
    reader: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Who alone may read its source, which is new then.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Take in files and find themes in them."""
    from synth.cli import ingesting

    if study and kind != "research":
        raise typer.BadParameter("A study holds research; say --kind research with it.")
    options = {
        "source": source,
        "kind": kind,
        "mapping": parse_mapping(map or []),
        "hidden": hide or [],
        "interviewers": interviewer or [],
        "study": study,
        "redact": redact,
        "readers": reader,
    }
    ingesting.run(paths, options, json=json, url=url)


@app.command()
def redactions(
    upload: Annotated[str, typer.Argument(metavar="IMPORT", help="The id that `synth ingest` printed.")],
    accept: Annotated[list[str] | None, typer.Option(metavar="PLACE", help="Hide it; a place as it is listed.")] = None,
    reject: Annotated[
        list[str] | None, typer.Option(metavar="PLACE", help="Leave it; a place as it is listed.")
    ] = None,
    hide: Annotated[
        list[str] | None, typer.Option(metavar="DOCUMENT=WORDS", help="Hide these words in a document too.")
    ] = None,
    write: Annotated[bool, typer.Option("--write", help="Store it as decided; what is undecided is hidden.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List what is to be hidden in files taken in with --redact suggest, and decide about it."""
    from synth.cli import redacting

    redacting.run(upload, accept or [], reject or [], hide or [], write=write, json=json, url=url)


@app.command()
def discover(
    anew: Annotated[
        bool, typer.Option("--anew", help="As if there were no themes; what is found waits to be accepted.")
    ] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Look at all feedback: themes keep what is settled on them, and new ones are found."""
    from synth.cli import reading

    reading.discover(anew=anew, json=json, url=url)


@app.command()
def runs(
    show: Annotated[str | None, typer.Option(metavar="RUN", help="List what a run that waits would change.")] = None,
    accept: Annotated[str | None, typer.Option(metavar="RUN", help="Put a run in force that waits.")] = None,
    only: Annotated[
        list[str] | None, typer.Option(metavar="CHANGE", help="With --accept: this change only; may be repeated.")
    ] = None,
    roll_back: Annotated[
        str | None, typer.Option("--rollback", metavar="RUN", help="Take back all that a run did.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List the runs of discovery: what each did, and which wait for you."""
    from synth.cli import reading

    if sum(map(bool, (show, accept, roll_back))) > 1:
        raise typer.BadParameter("show a run, accept one or roll one back, one at a time.")
    if only and not accept:
        raise typer.BadParameter("--only says which changes of a run to accept; give --accept RUN too.")

    if show:
        reading.changes(show, json=json, url=url)
    else:
        reading.runs(accept, roll_back, only or [], json=json, url=url)


@app.command()
def trust(json: Json = False, url: UrlOption = None) -> None:
    """Say how far all this can be relied on."""
    from synth.cli import reading

    reading.trust(json=json, url=url)


@app.command()
def usage(
    days: Annotated[int, typer.Option(metavar="N", help="Today and the days before it.")] = 30,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Say what the language model took today and on the days before: tokens, money, the day's budget."""
    from synth.cli import reading

    reading.usage(days, json=json, url=url)


@app.command()
def settings(
    test: Annotated[bool, typer.Option("--test", help="Ask the language model, and say what came back.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Show every setting in force and where it comes from; nothing that is secret."""
    from synth.cli import administration

    administration.settings(test=test, json=json, url=url)


@app.command()
def ask(
    question: str,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    drop: Annotated[
        list[str] | None, typer.Option(metavar="KEY=VALUE", help="A filter wrongly read into the question, or 'time'.")
    ] = None,
    follow: Annotated[str | None, typer.Option(metavar="ANSWER", help="Carry on from that answer.")] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Ask a question of the feedback."""
    from synth.cli import reading

    asked = Asking(question, parse_filters(since, until, where or []), tuple(drop or []), follow)
    reading.ask(asked, json=json, url=url)


@app.command()
def search(
    query: str,
    since: Since = None,
    until: Until = None,
    where: Where = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many results.")] = 10,
    facets: Annotated[bool, typer.Option("--facets", help="Count how all that matches spreads.")] = False,
    match: Annotated[
        Literal["words", "meaning"] | None, typer.Option(help="What --facets counts; words, if they are said.")
    ] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Find what people said."""
    from synth.cli import reading

    if match and not facets:
        raise typer.BadParameter("--match says what is counted; give --facets too.")
    counted = (match or "") if facets else None
    reading.search(query, parse_filters(since, until, where or []), limit, counted, json=json, url=url)


@app.command()
def report(
    week: Annotated[
        str | None, typer.Option(help="ISO week, e.g. 2026-W47; the last complete one if not given.")
    ] = None,
    since: Since = None,
    until: Until = None,
    format: Annotated[
        Literal["html", "md", "json", "pdf"], typer.Option(help="How it is written; a PDF needs --out.")
    ] = "md",
    form: Annotated[
        Literal["whole", "executive", "team"],
        typer.Option(help="The whole of it, one page, or that of a team, which needs --where."),
    ] = "whole",
    where: Where = None,
    reported: Annotated[
        bool, typer.Option("--reported", help="As it was archived then, not as counted today.")
    ] = False,
    out: Out = None,
    url: UrlOption = None,
) -> None:
    """Write the weekly report."""
    from synth.cli import reading

    if format == "pdf" and out is None:
        raise typer.BadParameter("A PDF is no text for a terminal; say with --out where it is to go.")
    only = parse_filters(None, None, where or []).where
    reading.report(parse_period(week, since, until), format, out, form=form, reported=reported, where=only, url=url)


@app.command()
def export(
    what: Annotated[What, typer.Argument(help="What to write.")],
    format: Annotated[Format, typer.Option(help="How it is written.")] = "jsonl",
    since: Since = None,
    until: Until = None,
    where: Where = None,
    out: Out = None,
    url: UrlOption = None,
) -> None:
    """Write a list to a file: everything, or what is within the filters."""
    from synth.cli import reading

    reading.export(what, format, parse_filters(since, until, where or []), out, url=url)


@app.command()
def erase(
    kind: Annotated[Literal["person", "document", "source", "study"], typer.Argument(help="What is to go.")],
    name: Annotated[str, typer.Argument(metavar="NAME", help="A person or a source by name, a document by id.")],
    reason: Annotated[str | None, typer.Option(help="Why, for the receipt; write no name here.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Erase a person, a document, a source or a study from every store; prints a receipt."""
    from synth.cli import erasing

    erasing.erase(kind, name, reason, sure=yes, json=json, url=url)


@app.command()
def retain(
    source: Annotated[str | None, typer.Argument(metavar="SOURCE", help="A source by name; none lists all.")] = None,
    days: Annotated[int | None, typer.Option(min=1, help="Days after which what it says is erased.")] = None,
    forever: Annotated[bool, typer.Option("--forever", help="Keep it without an end.")] = False,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Say how long what a source says is kept; what is older is erased, with a receipt."""
    from synth.cli import retaining

    if source is not None and (days is None) != forever:
        raise typer.BadParameter("Give either --days or --forever with a source.")
    retaining.retain(source, days, forever=forever, json=json, url=url)


@app.command()
def erasures(
    erasure: Annotated[str | None, typer.Argument(metavar="ERASURE", help="The id of one, e.g. E1.")] = None,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """List what was erased, or show one receipt."""
    from synth.cli import erasing

    erasing.show(erasure, json=json, url=url)


@app.command()
def audit(
    since: Since = None,
    until: Until = None,
    action: Annotated[str | None, typer.Option(help="Only this, by its name in --json, e.g. change_role.")] = None,
    who: Annotated[str | None, typer.Option(help="Only what this user or token did.")] = None,
    subject: Annotated[str | None, typer.Option(help="Only what was done to this, by its id.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    json: Json = False,
    url: UrlOption = None,
) -> None:
    """Show who changed what and who read whose personal data, newest first; `synth export audit` gives all of it."""
    from synth.cli import administration

    wanted = {"since": since, "until": until, "action": action, "who": who, "subject": subject}
    administration.audit({name: value for name, value in wanted.items() if value}, limit, json=json, url=url)


@app.command()
def demo(
    serve: Annotated[
        bool | None, typer.Option("--serve/--no-serve", help="Serve afterwards; on a terminal by default.")
    ] = None,
) -> None:
    """Load the sample data, run the whole job, and show what came out."""
    from synth.cli import touring

    touring.demo(serve)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
) -> None:
    """Serve the API and the pages, and do the work behind them."""
    from synth.cli import serving

    serving.serve(host, port)


@app.command()
def worker(
    queues: Annotated[str | None, typer.Option(help="Comma-separated; all if not given.")] = None,
    concurrency: Annotated[int, typer.Option(min=1, help="Jobs done at the same time.")] = 1,
    nice: Annotated[int, typer.Option(min=0, max=19, help="How far it steps back where others compute.")] = 10,
) -> None:
    """Do jobs from the broker (SYNTH_BROKER_URL)."""
    from synth.cli import serving

    serving.work(queues, concurrency, nice)


@app.command()
def migrate() -> None:
    """Bring the database to the newest schema."""
    from synth.cli import maintaining

    maintaining.migrate()


@app.command()
def backup(file: Annotated[Path, typer.Argument(help="Where to write it; there must be no such file yet.")]) -> None:
    """Write everything into one file, while the service runs."""
    from synth.cli import maintaining

    maintaining.backup(file)


@app.command()
def restore(file: Annotated[Path, typer.Argument(help="A file that `synth backup` wrote.")]) -> None:
    """Fill an empty home folder and an empty database of either kind from a backup, and compare the two by hashes."""
    from synth.cli import maintaining

    maintaining.restore(file)


@app.command()
def reindex() -> None:
    """Embed again what another embedder left, and build the vector index anew from the database."""
    from synth.cli import maintaining

    maintaining.reindex()


@app.command()
def doctor(json: Json = False) -> None:
    """Check every part and say what to do."""
    from synth.cli import maintaining

    maintaining.doctor(json=json)
