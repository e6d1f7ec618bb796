"""A running crawl on a terminal: what is happening, how fast, and what holds it up. And the same in plain lines."""

import time

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from spindrift.cli.numbers import clock_time, count, counted, rate, size, span
from spindrift.cli.output import clean, shown
from spindrift.cli.statuses import StatusBars
from spindrift.cli.views import InPlace, LineByLine
from spindrift.crawl.progress import MOST_HELD, Progress, SlowHost
from spindrift.crawl.summary import Ending
from spindrift.frontier.records import HostRecord

_BAR = 40
_HOSTS = 5
_ENDINGS = {
    Ending.FINISHED: "nothing is due soon: finishing",
    Ending.MAX_PAGES: "enough pages: finishing what is in flight",
    Ending.MAX_ITEMS: "enough pages are indexed: finishing what is in flight",
    Ending.MAX_ERRORS: "too many errors: finishing what is in flight",
    Ending.MAX_BYTES: "enough bytes: finishing what is in flight",
    Ending.NO_ITEMS: "nothing more for the index: finishing what is in flight",
    Ending.TIME: "time is up: finishing what is in flight",
    Ending.INTERRUPTED: "stopping: finishing what is in flight (Ctrl-C again: at once)",
    Ending.STORE: "the store cannot be written: stopping",
    Ending.ARCHIVE: "the archive cannot be written: stopping",
}


class LiveDisplay(InPlace):
    """Redraws itself in place; for terminals."""

    def __init__(self, console: Console, store: str) -> None:
        super().__init__(console)
        self._store = store

    def show(self, progress: Progress, ending: Ending | None) -> None:
        """Draw a reading."""
        self.draw(draw(progress, ending, self._store, time.time()))


class PlainLines(LineByLine):
    """A line every few seconds; for logs and pipes."""

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._next = 0.0
        self._ending: Ending | None = None

    def show(self, progress: Progress, ending: Ending | None) -> None:
        """Print a reading where it is time for one."""
        if ending is not None and ending is not self._ending:
            self._ending = ending
            self._console.print(f"{clock_time(progress.elapsed)}  {_ENDINGS[ending]}")
        if progress.elapsed >= self._next:
            self._console.print(plain_line(progress))
            self._next = progress.elapsed - progress.elapsed % self.interval + self.interval


def plain_line(progress: Progress) -> str:
    """One reading in one line."""
    parts = [
        clock_time(progress.elapsed),
        counted(progress.pages, "page"),
        f"{rate(progress.rate)}/s (mean {rate(progress.mean_rate)})",
        size(progress.bytes),
        f"{progress.active} fetching",
        f"{count(progress.queued)} queued on {counted(progress.queues, 'host')}",
        *(f"{status} {count(number)}" for status, number in progress.frontier.items() if number),
    ]
    if progress.held:
        more = "+" if len(progress.held) >= MOST_HELD else ""
        parts.append(f"{len(progress.held)}{more} {'host' if len(progress.held) == 1 else 'hosts'} held")
    return "  ".join(parts)


def draw(progress: Progress, ending: Ending | None, store: str, now: float) -> RenderableType:
    """The whole display, for 80 columns and 24 lines."""
    parts: list[RenderableType] = [
        _headline(progress, store),
        Text(),
        _figures(progress),
        Text(),
        StatusBars(progress.frontier, _BAR),
    ]
    hosts = _hosts(progress, now)
    if hosts is not None:
        parts += [Text(), hosts]
    if progress.last_error:
        parts += [Text(), _line("last error  ", progress.last_error, "red")]
    parts += [
        Text(),
        Text(_ENDINGS[ending] if ending else "Ctrl-C stops gracefully", style="bold" if ending else "dim"),
    ]
    return Group(*parts)


def _headline(progress: Progress, store: str) -> RenderableType:
    line = Table.grid(expand=True)
    line.add_column(no_wrap=True, overflow="ellipsis")
    line.add_column(justify="right")
    title = Text("spindrift", style="bold")
    title.append(f"  {clean(store)}", style="dim")
    line.add_row(title, Text(clock_time(progress.elapsed), style="bold"))
    return line


def _figures(progress: Progress) -> RenderableType:
    grid = Table.grid(padding=(0, 2))
    for column in range(6):
        grid.add_column(justify="right" if column % 2 else "left", min_width=9 if column % 2 else 0)
    figures = [
        ("pages", count(progress.pages)),
        ("now", f"{rate(progress.rate)}/s"),
        ("mean", f"{rate(progress.mean_rate)}/s"),
        ("fetched", size(progress.bytes)),
        ("fetching", count(progress.active)),
        ("in flight", count(progress.in_flight)),
        ("indexed", count(progress.indexed)),
        ("queued", count(progress.queued)),
        ("hosts", count(progress.queues)),
    ]
    for start in range(0, len(figures), 3):
        cells = [
            cell for name, value in figures[start : start + 3] for cell in (Text(name, "dim"), Text(value, "bold"))
        ]
        grid.add_row(*cells)
    return grid


def _hosts(progress: Progress, now: float) -> RenderableType | None:
    """Held hosts first, then the slowest."""
    held = [_held_row(host, now) for host in progress.held]
    known = {host.key for host in progress.held}
    slow = [_slow_row(host) for host in progress.slow if host.key not in known]
    rows = (held + slow)[:_HOSTS]
    if not rows:
        return None
    grid = Table.grid(padding=(0, 2), expand=True)
    grid.add_column("host", no_wrap=True, overflow="ellipsis", ratio=5)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_column(no_wrap=True, overflow="ellipsis", ratio=4)
    grid.add_row(Text("slowest hosts", "dim"), Text(), Text())
    for name, figure, reason in rows:
        grid.add_row(shown(name), figure, shown(reason, "dim"))
    return grid


def _held_row(host: HostRecord, now: float) -> tuple[str, Text, str]:
    return host.key, Text(f"held {span((host.held_until or now) - now)}", "yellow"), host.reason


def _slow_row(host: SlowHost) -> tuple[str, Text, str]:
    queued = f"{count(host.queued)} queued"
    return host.key, Text(f"{span(host.seconds)} a page"), f"{queued}, {host.reason}" if host.reason else queued


def _line(name: str, value: str, style: str) -> Text:
    line = Text(name, "dim", no_wrap=True, overflow="ellipsis")
    line.append(clean(value), style)
    return line
