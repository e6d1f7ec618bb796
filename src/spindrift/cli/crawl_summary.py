"""What a crawl came to, for people."""

import os
import shlex
import time

from rich.text import Text

from spindrift.cli.numbers import clock_time, count, counted, due, moment, rate, size
from spindrift.cli.output import clean, facts, print_steps, shown, stdout
from spindrift.cli.statuses import STYLES
from spindrift.conf import KEYS
from spindrift.crawl.causes import cause_of
from spindrift.crawl.summary import Ending, Summary
from spindrift.frontier import UrlRecord
from spindrift.status import Status
from spindrift.store_url import is_in_memory

_ENDINGS = {
    Ending.FINISHED: "Finished: nothing is due soon.",
    Ending.MAX_PAGES: "Stopped: as many pages as were asked for.",
    Ending.MAX_ITEMS: "Stopped: as many pages are indexed as were asked for (crawl.max.items).",
    Ending.MAX_ERRORS: "Stopped: too many URLs could not be fetched (crawl.max.errors).",
    Ending.MAX_BYTES: "Stopped: as many bytes were fetched as were asked for (crawl.max.bytes).",
    Ending.NO_ITEMS: "Stopped: nothing came for the index any more (crawl.max.time.no.item, crawl.max.pages.no.item).",
    Ending.TIME: "Stopped: time is up.",
    Ending.INTERRUPTED: "Interrupted.",
    Ending.STORE: "Stopped: the store could not be written.",
    Ending.ARCHIVE: "Stopped: the archive could not be written.",
}
_WITH_A_STORE_THAT_LASTS = {
    Ending.INTERRUPTED: " Nothing is lost: run it again to go on.",
    Ending.STORE: " Nothing is lost: mend that, then run it again to go on.",
    Ending.ARCHIVE: " Mend that, then run it again to fetch the rest.",
}
_MOST_ERRORS = 6
GOES_ON_OTHERWISE = "SPINDRIFT_GOES_ON_OTHERWISE"
"""An environment variable, of a program that has started the crawl and says itself how to go on."""


def print_summary(
    summary: Summary,
    seed: UrlRecord | None = None,
    now: float | None = None,
    *,
    again: str = "",
) -> None:
    """What happened, pages, speed, statuses, errors, where it all is, and what to do next.

    `seed` is one of the seeds that were known before the crawl, as it stood then. `again` are the options that the next
    crawl has to be given again.
    """
    console = stdout()
    now = time.time() if now is None else now
    grid = facts()
    pages = f"{counted(summary.pages, 'page')}, {size(summary.bytes)}, in {clock_time(summary.seconds)}"
    grid.add_row("fetched", Text(pages, "bold").append(f"  ({rate(summary.pages_per_second)} pages/s)", "not bold"))
    if summary.status_codes:
        grid.add_row("answers", _counts(summary.status_codes))
    if summary.errors:
        grid.add_row("errors", _errors(summary.errors))
    if summary.filter_errors:
        raised = [f"{clean(name)} raised, links refused: {count(n)}" for name, n in summary.filter_errors.items()]
        grid.add_row("filters", Text("\n".join(raised), "red"))
    grid.add_row("frontier", _statuses(summary.statuses))
    grid.add_row("documents", count(summary.documents))
    lasts = not is_in_memory(summary.store)
    grid.add_row(
        "store", clean(summary.store) if lasts else f"{summary.store} gone now; --store crawl.db would keep it"
    )
    if lasts:
        grid.add_row("next due", due(summary.next_due, now))
    console.print(shown(headline(summary, seed, now), "bold"))
    if summary.trouble:
        console.print(shown(summary.trouble, "red"))
    console.print(grid)
    if lasts:
        console.print()
        print_steps(console, _next_steps(summary, seed, again))


def headline(summary: Summary, seed: UrlRecord | None, now: float) -> str:
    """How it ended, in a sentence."""
    if summary.ended is not Ending.FINISHED or summary.pages:
        lasts = not is_in_memory(summary.store)
        return _ENDINGS[summary.ended] + (_WITH_A_STORE_THAT_LASTS.get(summary.ended, "") if lasts else "")
    if summary.tried:
        return "Finished, but no page could be fetched."
    if seed is None or summary.injected.get("known", 0) > 1 or _is_due(seed, now):
        return f"Nothing was fetched: {_when('the next URL', summary.next_due, now)}."
    known = f"{seed.url} is known already ({seed.status}"
    cause = f": {cause_of(seed.metadata)}" if seed.status in (Status.ERROR, Status.FETCH_ERROR) else ""
    return f"Nothing was fetched: {known}{cause}), and {_when('it', seed.next_fetch, now)}."


def _is_due(seed: UrlRecord, now: float) -> bool:
    return seed.next_fetch is not None and seed.next_fetch <= now


def _when(what: str, when: float | None, now: float) -> str:
    return f"{what} will not be due again" if when is None else f"{what} is due {due(when, now)} ({moment(when)})"


def _next_steps(summary: Summary, seed: UrlRecord | None, again: str) -> list[tuple[str, str]]:
    store = "" if summary.store == KEYS["store.url"].default else f" --store {shlex.quote(clean(summary.store))}"
    steps = [("status", "see the frontier")]
    if summary.documents and (summary.pages or summary.tried):
        steps = [("search WORDS", "find pages"), *steps, ("export", "take it all out")]
    if summary.ended is not Ending.FINISHED and not os.environ.get(GOES_ON_OTHERWISE):
        steps.insert(0, ("crawl" + again, "go on"))
    elif seed is not None and not summary.pages and not summary.tried:
        seeds = "SEEDS" if summary.injected.get("known", 0) > 1 else shlex.quote(clean(seed.url))
        steps.insert(0, (f"crawl {seeds} --again" + again, "fetch now"))
    return [(command + store, what) for command, what in steps]


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
