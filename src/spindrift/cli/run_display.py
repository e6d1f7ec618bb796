"""What `spindrift run` shows: a table that redraws itself on a terminal, plain lines elsewhere, a table at the end."""

from types import TracebackType
from typing import Protocol, Self

from rich.console import Console
from rich.table import Table
from rich.text import Text

from spindrift.cli.numbers import clock_time, count, counted, span
from spindrift.cli.output import shown
from spindrift.cli.views import InPlace, LineByLine
from spindrift.local import ComponentStats, TopologyStats
from spindrift.local.plan import TopologyPlan


class View(Protocol):
    """A way to show a running topology; `interval` is seconds between two looks."""

    interval: float

    def show(self, stats: TopologyStats) -> None: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


def display(console: Console) -> View:
    """The view that suits where the console leads."""
    return LiveTable(console) if console.is_terminal else Lines(console)


class LiveTable(InPlace):
    """A table of the components."""

    interval = 0.5

    def __init__(self, console: Console) -> None:
        super().__init__(console)
        self._last: TopologyStats | None = None

    def show(self, stats: TopologyStats) -> None:
        """Draw the counts, with rates since the last time."""
        self.draw(table(stats, self._last))
        self._last = stats


class Lines(LineByLine):
    """The counts of all components in a line."""

    def show(self, stats: TopologyStats) -> None:
        """Print a line."""
        parts = [
            f"{name} {count(sum(each.emitted.values()))} emitted {count(each.acked)} acked"
            + (f" {count(each.failed)} failed" if each.failed else "")
            + (f" {count(each.queue_length)} queued" if each.queue_length else "")
            for name, each in stats.components.items()
        ]
        self._console.print(shown(f"{clock_time(stats.uptime)}  {'; '.join(parts)}"), soft_wrap=True)


def stopping(stats: TopologyStats, drain: float) -> Text:
    """What is waited for, and for how long."""
    queued = sum(each.queue_length for each in stats.components.values())
    if not stats.in_flight and not queued:
        return Text("stopping: nothing is in flight")
    held = f"{counted(stats.in_flight, 'spout tuple')} in flight, {counted(queued, 'tuple')} queued"
    return Text(f"stopping: {held}; up to {span(drain)} for them (Ctrl-C: stop at once)")


def stopped(before: TopologyStats, after: TopologyStats, plan: TopologyPlan) -> Text:
    """What became of the spout tuples that were in flight `before`."""
    spouts = [name for name, component in plan.components.items() if component.is_spout]
    acked = sum(after.components[name].acked - before.components[name].acked for name in spouts)
    failed = sum(after.components[name].failed - before.components[name].failed for name in spouts)
    parts = [f"{count(acked)} acked"] if acked else []
    parts += [f"{count(failed)} failed"] if failed else []
    left = f"{counted(after.in_flight, 'spout tuple')} left, to be emitted again" if after.in_flight else "nothing left"
    took = span(after.uptime - before.uptime)
    return shown(f"stopped in {took}: {', '.join([*parts, left])}", "yellow" if after.in_flight else "")


def summary(console: Console, stats: TopologyStats) -> None:
    """The whole run."""
    console.print(table(stats, None))
    for name, each in stats.components.items():
        if each.errors:
            last = each.errors[-1]
            console.print(shown(f"{name}: {counted(each.error_count, 'error')}; the last, in task {last.task}:", "red"))
            for line in last.message.strip().splitlines()[-12:]:
                console.print(shown(f"  {line}"), soft_wrap=True)


def table(stats: TopologyStats, before: TopologyStats | None) -> Table:
    """Components and their counts; tuples a second (emitted or acked, what is more) since `before`, or on average."""
    seconds = max(stats.uptime - (before.uptime if before else 0.0), 1e-6)
    drawn = Table(title=f"{stats.name}  {clock_time(stats.uptime)}  {count(stats.in_flight)} in flight", box=None)
    drawn.pad_edge = False
    drawn.add_column("component", no_wrap=True)
    for title in ("tasks", "emitted", "acked", "per s", "failed", "errors", "ms", "queued"):
        drawn.add_column(title, justify="right", no_wrap=True)
    for name, each in stats.components.items():
        old = _handled(before.components.get(name)) if before else 0
        drawn.add_row(
            shown(name),
            count(each.tasks),
            count(sum(each.emitted.values())),
            count(each.acked),
            count(round((_handled(each) - old) / seconds)),
            shown(count(each.failed), "yellow" if each.failed else ""),
            shown(count(each.error_count), "red" if each.error_count else ""),
            f"{each.latency_ms:.2g}" if each.latency_ms < 100 else count(round(each.latency_ms)),
            count(each.queue_length),
        )
    return drawn


def _handled(stats: ComponentStats | None) -> int:
    return max(sum(stats.emitted.values()), stats.acked) if stats else 0
