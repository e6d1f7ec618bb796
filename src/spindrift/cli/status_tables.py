"""The frontier and its URLs, for people."""

from rich.table import Table
from rich.text import Text

from spindrift.cli.numbers import count, counted, due, moment, span
from spindrift.cli.output import clean, facts, shown, stdout
from spindrift.cli.statuses import STYLES, StatusBars
from spindrift.crawl.overview import Overview
from spindrift.frontier.records import HostRecord, UrlRecord
from spindrift.metadata_keys import PRIVATE_ALLOWED
from spindrift.status import Status

_BAR = 36
_HELD = 20


def print_frontier(found: Overview) -> None:
    """URLs by status, documents, what is due, the largest hosts and those that are held."""
    console = stdout()
    total = sum(found.statuses.values())
    console.print(
        shown(found.store, "bold"), Text(f"{counted(total, 'URL')}, {counted(found.documents, 'document')}"), sep="  "
    )
    console.print(Text("next due  ", "dim").append(due(found.next_due, found.now), ""))
    console.print()
    console.print(StatusBars(found.statuses, _BAR))
    if found.hosts:
        console.print()
        console.print(_hosts(found.hosts, found.now))
        if len(found.hosts) < found.host_count:
            listed = f"{count(len(found.hosts))} of {counted(found.host_count, 'host')}"
            console.print(f"({listed}; --hosts N shows more)", style="dim")
    if found.held:
        console.print()
        console.print(_held(found.held, found.now))


def print_url(record: UrlRecord, host: HostRecord | None, now: float) -> None:
    """All that is known of a URL."""
    console = stdout()
    console.print(shown(record.url, "bold"), soft_wrap=True)
    grid = facts()
    grid.add_row("status", Text(record.status, STYLES[Status(record.status)]))
    grid.add_row("updated", f"{moment(record.updated)} ({span(now - record.updated)} ago)")
    when = "" if record.next_fetch is None else f"  ({moment(record.next_fetch)})"
    grid.add_row("due", due(record.next_fetch, now) + when)
    grid.add_row("key", shown(record.key))
    if host is not None:
        until = span((host.held_until or now) - now)
        grid.add_row("held", shown(f"for {until} more: {host.reason} ({host.failures} failures in a row)", "yellow"))
    console.print(grid)
    metadata = {name: values for name, values in sorted(record.metadata.items()) if name != PRIVATE_ALLOWED}
    if metadata:
        console.print()
        console.print("metadata", style="dim")
        names = Table.grid(padding=(0, 2))
        names.add_column(no_wrap=True)
        names.add_column(overflow="fold")
        for name, values in metadata.items():
            for value in values:
                names.add_row(shown(f"  {name}"), shown(value))
        console.print(names)


def _hosts(hosts: list[HostRecord], now: float) -> Table:
    """The largest hosts with their URLs by status, under the initials of the statuses to fit a terminal."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("largest hosts", no_wrap=True, overflow="ellipsis", max_width=30)
    table.add_column("URLs", justify="right")
    for title in ("new", "fetched", "retry", "redirect", "error"):
        table.add_column(title, justify="right")
    table.add_column("due", no_wrap=True)
    order = (Status.DISCOVERED, Status.FETCHED, Status.FETCH_ERROR, Status.REDIRECTION, Status.ERROR)
    for host in hosts:
        counts = [
            Text(count(number), STYLES[status]) if (number := host.by_status.get(status, 0)) else Text("-", "dim")
            for status in order
        ]
        table.add_row(shown(host.key), count(host.urls), *counts, due(host.next_due, now))
    return table


def _held(hosts: list[HostRecord], now: float) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("slowed", no_wrap=True, overflow="ellipsis", max_width=30)
    table.add_column("for", justify="right", no_wrap=True)
    table.add_column("failures", justify="right")
    table.add_column("because", overflow="fold")
    for host in hosts[:_HELD]:
        left = span((host.held_until or now) - now)
        table.add_row(shown(host.key, "yellow"), left, count(host.failures), clean(host.reason))
    if len(hosts) > _HELD:
        table.add_row(Text(f"... and {count(len(hosts) - _HELD)} more", "dim"))
    return table
