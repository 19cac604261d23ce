"""The command `synth retain`: how long what a source says is kept."""

from synth.cli import output
from synth.cli.opening import open_client


def retain(source: str | None, days: int | None, *, forever: bool, json: bool, url: str | None) -> None:
    """Set it for a source, or list it for all."""
    with open_client(url, command="synth retain") as client:
        if source is not None:
            client.retain(source, None if forever else days)
        found = client.retention()
        if json:
            output.print_json(found)
            return
        for each in found["sources"]:
            kept = "without an end" if each["keep_days"] is None else f"{each['keep_days']:,} days"
            print(f"{each['source']}: {each['documents']:,} documents, kept {kept}")
