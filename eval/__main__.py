"""The command line of the harness: `python -m eval list | run | compare | bench`.

run and bench end with 0 when they measured; compare ends with 1 on a regression beyond the noise, and with 2 when there
was nothing to compare (or, with --whole, not all of it). Whatever cannot be used ends with 2 and a sentence.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from textwrap import fill
from typing import TYPE_CHECKING

from synth.errors import BadInput, SynthError
from synth.settings import FIRST_WORKSPACE
from synth.store.walls import within

if TYPE_CHECKING:
    from eval.results import Results
    from synth.embedding import Embedder


_WIDTH = 100  # characters of a line of the list


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line and do what it says; returns the exit code."""
    given = _parser().parse_args(arguments)
    try:
        with within(FIRST_WORKSPACE):
            code: int = given.command(given)
    except SynthError as error:
        print(f"Error: {error}", file=sys.stderr)
        return 2
    return code


def _list(given: argparse.Namespace) -> int:
    from eval.peers import PEERS
    from eval.suites import all_suites

    del given
    for suite in all_suites().values():
        print(suite.name)
        peers = [peer for peer in PEERS.values() if peer.suite == suite.name]
        names = ", ".join(peer.name + (" (not installed)" if peer.missing() else "") for peer in peers)
        for what, said in (("reads", suite.reads), ("figures", suite.figures), ("peers", names)):
            if said:
                print(fill(said, _WIDTH, initial_indent=f"  {what:<8} ", subsequent_indent=" " * 11))
    print("\nFormats, figures and how to compare: docs/evaluation.md")
    return 0


def _run(given: argparse.Namespace) -> int:
    from eval.recording import check_recordable, record
    from eval.results import gather
    from eval.running import Task
    from eval.suites import choose

    suites = [choose(name) for name in given.suites]
    task = Task(
        folder=_folder(given.data),
        embedder=_embedder(given.embedder),
        seed=given.seed,
        limit=given.limit,
        peers=tuple(given.peer),
        judge=given.judge,
        home=given.home,
        uneven=given.uneven,
        batches=given.batches,
    )
    if given.record:
        check_recordable()
    measured = []
    for suite in suites:
        task.say(f"{suite.name} on {task.folder.name}")
        measured.append(suite.run(task))
    results = gather(measured)
    _write(results, given)
    if given.record:
        task.say(f"{record(results, task.embedder)} figures are on the trust card of this installation")
    return 0


def _bench(given: argparse.Namespace) -> int:
    from eval.bench import run_bench

    _write(run_bench(_embedder(given.embedder), samples_only=given.samples_only), given)
    return 0


def _compare(given: argparse.Namespace) -> int:
    from eval.compare import compare
    from eval.results import read_results
    from eval.tables import print_comparison

    comparison = compare(read_results(given.base), read_results(given.new), times=given.times)
    print_comparison(comparison)
    if not comparison.differences or (given.whole and comparison.only_base):
        return 2
    return 1 if comparison.regressions else 0


def _write(results: "Results", given: argparse.Namespace) -> None:
    from eval.html import write_page
    from eval.results import read_results, write_results
    from eval.tables import print_results

    print_results(results)
    if given.json:
        write_results(results, given.json)
    if given.html:
        write_page(results, given.html, read_results(given.baseline) if given.baseline else None)


def _folder(path: Path) -> Path:
    if not path.is_dir():
        raise BadInput(f"There is no folder {path}; give one in the plain formats with --data.")
    return path.resolve()


def _embedder(name: str) -> "Embedder":
    from synth.embedding import HashingEmbedder
    from synth.embedding.opening import open_embedder

    return HashingEmbedder() if name == "hashing" else open_embedder(name)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m eval", description="Measure what the product promises.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    commands.add_parser("list", help="the suites, what they read, and their peers").set_defaults(command=_list)
    run = commands.add_parser("run", help="measure one or more suites on a folder")
    run.add_argument("suites", nargs="+", metavar="SUITE")
    run.add_argument("--data", type=Path, required=True, metavar="FOLDER")
    run.add_argument("--limit", type=_positive, metavar="N", help="a seeded sample of N rows, queries or questions")
    run.add_argument("--seed", type=int, default=0)
    run.add_argument("--peer", action="append", default=[], metavar="NAME", help="may be given several times")
    run.add_argument("--uneven", action="store_true", help="thin labels out to very different sizes (counting)")
    run.add_argument(
        "--batches", type=_positive, default=4, metavar="N", help="weeks the feedback comes in (stability)"
    )
    run.add_argument("--home", type=Path, metavar="DIR", help="keep the filled home, and use it again (query suites)")
    run.add_argument("--judge", metavar="MODEL", help="the model that grades; never the one that wrote (judge)")
    run.add_argument("--record", action="store_true", help="put the figures on the trust card of this installation")
    _add_outputs(run)
    run.set_defaults(command=_run)
    bench = commands.add_parser("bench", help="a small fixed selection, one table")
    bench.add_argument("--samples-only", action="store_true", help="leave out the real data beside the checkout")
    _add_outputs(bench)
    bench.set_defaults(command=_bench)
    compare = commands.add_parser("compare", help="the difference between two results; 1 on a regression")
    compare.add_argument("base", type=Path, metavar="BASE.json")
    compare.add_argument("new", type=Path, metavar="NEW.json")
    compare.add_argument("--times", action="store_true", help="slower counts as a regression, too")
    compare.add_argument(
        "--whole", action="store_true", help="end with 2 when the new result lacks a suite of the base"
    )
    compare.set_defaults(command=_compare)
    return parser


def _add_outputs(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--embedder", default="minilm", metavar="NAME", help="minilm, hashing, or a folder of a model")
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--html", type=Path, metavar="FILE")
    parser.add_argument("--baseline", type=Path, metavar="BASE.json", help="what the page compares with")


def _positive(written: str) -> int:
    if not written.isdigit() or int(written) < 1:
        raise argparse.ArgumentTypeError(f"{written} is not a number from 1")
    return int(written)


if __name__ == "__main__":
    sys.exit(main())
