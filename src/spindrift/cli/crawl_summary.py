"""What a crawl came to, for people."""

import shlex
import time

from rich.table import Table
from rich.text import Text

from spindrift.cli.crawl_display import STYLES
from spindrift.cli.numbers import clock_time, count, counted, due, rate, size
from spindrift.cli.output import clean, shown, stdout
from spindrift.conf import KEYS
from spindrift.crawl.summary import Ending, Summary
from spindrift.status import Status

_ENDINGS = {
    Ending.FINISHED: "Finished: nothing is due soon.",
    Ending.MAX_PAGES: "Stopped: as many pages as were asked for.",
    Ending.TIME: "Stopped: time is up.",
    Ending.INTERRUPTED: "Interrupted. Nothing is lost: run it again to go on.",
    Ending.STORE: "Stopped: the store cannot be written. Nothing is lost: mend that, and run it again to go on.",
}
_MOST_ERRORS = 6


def print_summary(summary: Summary, now: float | None = None) -> None:
    """Pages, speed, statuses, errors, where it all is, and what to do next."""
    console = stdout()
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    pages = f"{counted(summary.pages, 'page')}, {size(summary.bytes)}, in {clock_time(summary.seconds)}"
    grid.add_row("fetched", Text(pages, "bold").append(f"  ({rate(summary.pages_per_second)} pages/s)", "not bold"))
    if summary.status_codes:
        grid.add_row("answers", _counts(summary.status_codes))
    if summary.errors:
        grid.add_row("errors", _errors(summary.errors))
    grid.add_row("frontier", _statuses(summary.statuses))
    grid.add_row("documents", count(summary.documents))
    grid.add_row("store", clean(summary.store))
    grid.add_row("next due", due(summary.next_due, time.time() if now is None else now))
    console.print(Text(_ENDINGS[summary.ended], "bold"))
    if summary.trouble:
        console.print(shown(summary.trouble, "red"))
    console.print(grid)
    console.print()
    store = "" if summary.store == KEYS["store.url"].default else f" --store {shlex.quote(clean(summary.store))}"
    steps = [("search WORDS", "find pages"), ("status", "see the frontier"), ("export", "take it all out")]
    if summary.ended is not Ending.FINISHED:
        steps.insert(0, ("crawl", "go on"))
    for command, what in steps:
        console.print(
            Text("  spindrift ").append(f"{command}{store}", "cyan").append(f"  {what}", "dim"), soft_wrap=True
        )


def _counts(counts: dict[str, int]) -> Text:
    return Text(", ".join(f"{clean(name)}: {count(number)}" for name, number in sorted(counts.items())))


def _errors(errors: dict[str, int]) -> Text:
    lines = [f"{count(number)} x {clean(cause)}" for cause, number in list(errors.items())[:_MOST_ERRORS]]
    if len(errors) > _MOST_ERRORS:
        lines.append(f"... and {count(len(errors) - _MOST_ERRORS)} other causes")
    return Text("\n".join(lines), "yellow")


def _statuses(statuses: dict[str, int]) -> Text:
    text = Text()
    for status in Status:
        if number := statuses.get(status, 0):
            text.append(", " if text else "").append(f"{status} {count(number)}", STYLES[status])
    return text or shown("empty")
