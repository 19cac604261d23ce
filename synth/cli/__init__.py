"""The command line: a door like the API. Commands are thin: `output` holds what they print, `client` whom they ask."""

import gc
import sys

_OBJECTS = 100_000  # new objects between two looks for garbage; importing alone makes more of them than most commands


def main() -> None:
    """Run the command line: exit code 0 done, 1 could not, 2 wrong use."""
    gc.set_threshold(_OBJECTS)
    from synth.cli.commands import app
    from synth.errors import SynthError

    try:
        app()
    except SynthError as error:
        print(f"synth: {error}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
