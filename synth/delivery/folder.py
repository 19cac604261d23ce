"""A report into a folder: the page, Markdown and JSON, each written whole and then put in its place."""

import json
from pathlib import Path

from synth.delivery.outgoing import Letter, Outgoing
from synth.errors import BadInput, Unavailable
from synth.reports.html import render_html
from synth.reports.markdown import render_markdown


def put_into_folder(letter: Letter, outgoing: Outgoing) -> None:
    """Write the files; one of the same week is written over."""
    if outgoing.folder is None:
        raise BadInput("There is no folder for reports any more; set SYNTH_REPORT_FOLDER to one.")
    report = letter.report
    files = {
        "html": render_html(report, links=outgoing.public_url),
        "md": render_markdown(report),
        "json": json.dumps(report, ensure_ascii=False, indent=2) + "\n",
    }
    try:
        folder = outgoing.folder / letter.address
        folder.mkdir(parents=True, exist_ok=True)
        for ending, content in files.items():
            _put(folder / f"{report['id']}.{ending}", content)
    except OSError as error:
        raise Unavailable(f"The folder for reports cannot be written ({error.strerror}).") from None


def _put(path: Path, content: str) -> None:
    half = path.with_name(f".{path.name}.half")
    half.write_text(content, "utf-8")
    half.replace(path)
