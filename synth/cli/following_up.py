"""Commands about saved questions: each asks the client and prints what came of it."""

from synth.cli import output, written
from synth.cli.client import Document
from synth.cli.opening import open_client
from synth.cli.options import GivenFilters

_COMMAND = "synth questions"


def list_all(*, followed: bool, everything: bool, json: bool, url: str | None) -> None:
    """List the saved questions."""
    with open_client(url, command=_COMMAND) as client:
        found = client.saved_questions(followed=followed, everything=everything)
        if json:
            output.print_json(found)
            return
        if not found["saved_questions"]:
            print('No question is saved; `synth questions save "…"` saves one.')
        for saved in found["saved_questions"]:
            written.print_saved(saved)


def save(wanted: Document, given: GivenFilters, *, json: bool, url: str | None) -> None:
    """Save a question."""
    with open_client(url, command=_COMMAND) as client:
        saved = client.save_question(wanted, given)
        output.print_json(saved) if json else written.print_saved(saved)


def show(saved: str, *, json: bool, url: str | None) -> None:
    """Show a question week by week."""
    with open_client(url, command=_COMMAND) as client:
        found = client.saved_question(saved) | client.saved_runs(saved)
        if json:
            output.print_json(found)
            return
        written.print_saved(found)
        written.print_saved_runs(found["runs"])


def do(what: str, saved: str, *, json: bool, url: str | None) -> None:
    """Run, archive, take up again, follow, unfollow it, or say that it was read."""
    with open_client(url, command=_COMMAND) as client:
        found = client.act_on_question(what, saved)
        output.print_json(found) if json else written.print_saved(found)
