"""URLs by status, each status in its colour."""

from collections.abc import Mapping
from typing import Final

from rich.table import Table
from rich.text import Text

from spindrift.cli.numbers import count
from spindrift.status import Status

STYLES: Final = {
    Status.DISCOVERED: "cyan",
    Status.FETCHED: "green",
    Status.REDIRECTION: "blue",
    Status.FETCH_ERROR: "yellow",
    Status.ERROR: "red",
}


def status_bars(counts: Mapping[str, int], width: int) -> Table:
    """A line for each status: its count, and a bar of at most `width` characters."""
    grid = Table.grid(padding=(0, 1))
    grid.add_column(min_width=11)
    grid.add_column(justify="right", min_width=9)
    grid.add_column()
    total = sum(counts.values())
    for status in Status:
        number = counts.get(status, 0)
        style = STYLES[status] if number else "dim"
        grid.add_row(Text(status, style), Text(count(number), style), Text(bar(number, total, width), style))
    return grid


def bar(number: int, total: int, width: int) -> str:
    """A bar of at most `width` characters; what is not nothing can be seen."""
    if not number or not total:
        return ""
    eighths = max(round(number / total * width * 8), 1)
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")
