"""A study's report as Markdown, as one HTML file without scripts, and as a Word document."""

import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from synth.errors import BadInput
from synth.words.markdown import escape_markdown
from synth.words.timecode import say_timecode
from synth.words.xml import writable

Content = Mapping[str, Any]


def render_study(content: Content, format: str) -> bytes:
    """The report in a format; raises BadInput for one there is not."""
    render = RENDERERS.get(format)
    if render is None:
        raise BadInput(f"'{format}' is no format of a study's report; use {', '.join(RENDERERS)}.")
    return render(content)


def say_voice(quote: Mapping[str, Any]) -> str:
    """Who said a quote, and where: pseudonym, document, time code or page."""
    place = f"page {quote['page']}" if quote["page"] else say_timecode(quote["begins"])
    return ", ".join(filter(None, (quote["speaker"], quote["title"], place)))


def say_measure(figure: Mapping[str, Any]) -> str:
    """A measure with its interval: `0.61 (0.48 to 0.70)`."""
    if figure["value"] is None:
        return "no value"
    value, low, high = (_hundredths(figure[name]) for name in ("value", "low", "high"))
    return f"{value} ({low} to {high})" if low else value


def _hundredths(value: float | None) -> str:
    """Two places, with the sign of print, and none for what rounds to nothing."""
    return "" if value is None else f"{round(value, 2) + 0.0:.2f}".replace("-", "−")


def _markdown(content: Content) -> bytes:
    return ("\n\n".join(_blocks(content)) + "\n").encode()


def _blocks(content: Content) -> Iterator[str]:
    study = content["study"]
    yield f"# {_line(study['name'])}"
    for name in ("question", "method"):
        if study[name]:
            yield f"**{name.capitalize()}:** {_line(study[name])}"
    yield "\n".join(f"- {_line(sentence)}" for sentence in content["short"])
    if content["findings"]:
        yield "## Findings"
    for finding in content["findings"]:
        yield f"{'#' * min(3 + finding['level'], 6)} {_line(finding['code'])}"
        yield _line(finding["sentence"]) + (f" {_line(finding['definition'])}" if finding["definition"] else "")
        for quote in finding["quotes"]:
            lines = escape_markdown(f"“{quote['quote']}”").splitlines()
            yield "\n".join(f"> {line}" for line in (*lines, "", f"— {_line(say_voice(quote))}"))
    if content["themes"]:
        yield "## Themes the participants speak of"
        yield "\n".join(f"- {_line(theme)}" for theme in content["themes"])
    yield "## How far this reaches"
    yield "\n".join(f"- {_line(sentence)}" for sentence in (*content["saturation"], content["agreement"]))
    yield f"Written {content['written_at'][:10]}. Every quote was checked against its document, word for word."


def _line(text: str) -> str:
    return escape_markdown(" ".join(text.split()))


def _html(content: Content) -> bytes:
    from jinja2 import Environment, PackageLoader, StrictUndefined

    pages = Environment(
        loader=PackageLoader("synth.research"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return pages.get_template("study.html").render(report=content, voice=say_voice).encode()


def _word(content: Content) -> bytes:
    from docx import Document

    made = Document()
    for text, style in _paragraphs(content):
        made.add_paragraph(writable(text), style)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def _paragraphs(content: Content) -> Iterator[tuple[str, str]]:
    """Each paragraph with the name of its style."""
    study = content["study"]
    yield study["name"], "Title"
    for name in ("question", "method"):
        if study[name]:
            yield f"{name.capitalize()}: {study[name]}", "Normal"
    yield from ((sentence, "List Bullet") for sentence in content["short"])
    if content["findings"]:
        yield "Findings", "Heading 1"
    for finding in content["findings"]:
        yield finding["code"], f"Heading {min(2 + finding['level'], 5)}"
        yield " ".join(filter(None, (finding["sentence"], finding["definition"]))), "Normal"
        for quote in finding["quotes"]:
            yield f"“{quote['quote']}”", "Intense Quote"
            yield f"— {say_voice(quote)}", "Normal"
    if content["themes"]:
        yield "Themes the participants speak of", "Heading 1"
    yield from ((theme, "List Bullet") for theme in content["themes"])
    yield "How far this reaches", "Heading 1"
    yield from ((sentence, "List Bullet") for sentence in (*content["saturation"], content["agreement"]))


RENDERERS: Mapping[str, Callable[[Content], bytes]] = {"md": _markdown, "html": _html, "docx": _word}
