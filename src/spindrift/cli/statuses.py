"""URLs by status, each status in its colour."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
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


_NAME: Final = max(map(len, Status))
_COUNT: Final = 9
_LEAST_BAR: Final = 4


@dataclass(frozen=True, slots=True)
class StatusBars:
    """A line for each status: its count, and a bar of at most `width` characters, of less or none where there is no
    room. Where there is none for the counts either, what is too long goes on on the next line: a number is never cut.
    """

    counts: Mapping[str, int]
    width: int

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        shown = {status: count(self.counts.get(status, 0)) for status in Status}
        digits = max(map(len, shown.values()))
        if (left := options.max_width - _NAME - 1 - digits) < 0:
            yield Text("\n").join(Text(f"{status} {number}", self._style(status)) for status, number in shown.items())
            return
        digits += min(left, max(_COUNT - digits, 0))
        room = min(self.width, options.max_width - _NAME - digits - 2)
        total = sum(self.counts.values())
        for status, number in shown.items():
            line = f"{status:{_NAME}} {number:>{digits}}"
            if room >= _LEAST_BAR:
                line += f" {bar(self.counts.get(status, 0), total, room)}"
            yield Text(line, self._style(status), no_wrap=True)

    def _style(self, status: Status) -> str:
        return STYLES[status] if self.counts.get(status) else "dim"


def bar(number: int, total: int, width: int) -> str:
    """A bar of at most `width` characters; what is not nothing can be seen."""
    if not number or not total:
        return ""
    eighths = max(round(number / total * width * 8), 1)
    return "█" * (eighths // 8) + ("▏▎▍▌▋▊▉"[eighths % 8 - 1] if eighths % 8 else "")
