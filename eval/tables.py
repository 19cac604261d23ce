"""Results as tables in the terminal."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table

from eval.compare import Comparison, Difference, ratio
from eval.results import Figure, Results, SuiteResult

_WIDTH = 150  # characters of a line, where the output is no terminal


def print_results(results: Results) -> None:
    """One table of figures per suite, with a column for each peer that ran and its ratio."""
    console = _console()
    machine = results.machine
    console.print(f"{machine['cpu']}, {machine['cores']} cores, Python {machine['python']}, {results.commit}")
    for suite in results.suites:
        console.print(_suite_table(suite))
        for line in (*suite.notes, *(peer.not_run and f"{peer.name}: {peer.not_run}" for peer in suite.peers)):
            if line:
                console.print(f"  {line}", style="dim")


def print_comparison(comparison: Comparison) -> None:
    """Every figure that can be compared; what is worse beyond the noise stands out."""
    console = _console()
    table = Table("suite", "data", "figure", "base", "new", "change", "verdict", "")
    for each in comparison.differences:
        if each.verdict != "not compared" or each.why not in ("describes the run", "another class of machine"):
            table.add_row(*_difference_row(each), style="bold red" if each.verdict == "worse" else "")
    console.print(table)
    for name in comparison.unmatched:
        console.print(f"  not compared: {name}", style="dim")
    count = len(comparison.regressions)
    console.print(f"{count} figure{'' if count == 1 else 's'} worse beyond the noise." if count else "No regression.")


def show(value: float | None) -> str:
    """A number as short as it can be read: 1,234, 56.7, 0.812."""
    if value is None:
        return "not measured"
    if value == int(value) and abs(value) >= 2:
        return f"{int(value):,}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.1f}" if abs(value) >= 10 else f"{value:.3f}"


def show_interval(low: float | None, high: float | None) -> str:
    """'0.71 to 0.75'; empty without one."""
    return "" if low is None or high is None else f"{low:.3f} to {high:.3f}"


def peer_cells(suite: SuiteResult, name: str, mine: Figure) -> Iterator[str]:
    """What each peer that ran measured for this figure, with the ratio of the product's to it."""
    for peer in suite.peers:
        if peer.not_run is None:
            theirs = peer.figures.get(name)
            times = ratio(mine, theirs) if theirs and mine.better else None
            shown = show(theirs.value) if theirs else ""
            yield f"{shown} (× {times:.2f})" if times is not None else shown


def _console() -> Console:
    """As wide as the terminal; in a file, wide enough for every column."""
    console = Console()
    return console if console.is_terminal else Console(width=_WIDTH)


def _suite_table(suite: SuiteResult) -> Table:
    ran = [peer.name for peer in suite.peers if peer.not_run is None]
    table = Table(title=f"{suite.suite} on {suite.data} ({suite.rows:,} rows)", title_justify="left")
    for heading in ("figure", "value", "95 % interval", "n"):
        table.add_column(heading, justify="right" if heading == "value" else "left", no_wrap=True)
    for heading in ran:
        table.add_column(heading)
    for name, figure in suite.figures.items():
        interval, size = show_interval(figure.low, figure.high), "" if figure.n is None else f"{figure.n:,}"
        table.add_row(name, show(figure.value), interval, size, *peer_cells(suite, name, figure))
    return table


def _difference_row(each: Difference) -> tuple[str, ...]:
    change = show_interval(each.low, each.high)
    return each.suite, each.data, each.figure, show(each.base), show(each.new), change, each.verdict, each.why
