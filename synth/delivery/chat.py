"""A report to a chat: what stands in short, the warnings, and where the whole of it is; by way of Apprise."""

from apprise import Apprise, NotifyFormat

from synth.delivery.outgoing import Letter, Outgoing
from synth.errors import BadInput, Unavailable
from synth.words.markdown import escape_markdown


def send_chat(letter: Letter, outgoing: Outgoing) -> None:
    """Hand the message over; raises Unavailable where the chat did not take it."""
    chat = Apprise()
    if not chat.add(letter.address):
        raise BadInput(f"That is no address of {letter.kind}; copy the one of an incoming webhook.")
    if not chat.notify(title=letter.title, body=write_chat(letter, outgoing), body_format=NotifyFormat.MARKDOWN):
        raise Unavailable(f"{letter.kind.capitalize()} did not take the message.")


def write_chat(letter: Letter, outgoing: Outgoing) -> str:
    """The message in Markdown."""
    report = letter.report
    lines = [f"- {escape_markdown(sentence)}" for sentence in report["short_version"]]
    lines += [f"- **Mind:** {escape_markdown(warning)}" for warning in report["warnings"]]
    if outgoing.public_url:
        lines += ["", f"[The whole report]({outgoing.public_url.rstrip('/')}/reports/{report['id']})"]
    return "\n".join(lines)
