"""The two ways to show what is going on: drawn in place on a terminal, line by line elsewhere."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.control import Control
from rich.live import Live
from rich.segment import ControlType


class InPlace:
    """Draws again where it drew before, and leaves nothing behind; what is printed meanwhile stands above it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._drawn = False
        # What other code prints goes above it too, unless that goes to a file.
        self._live = Live(console=console, auto_refresh=False, transient=True, redirect_stdout=sys.stdout.isatty())

    def __enter__(self) -> Self:
        self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._live.stop()

    def draw(self, what: RenderableType) -> None:
        """Draw this now."""
        if not self._drawn:
            # Ctrl-C before the first drawing has left a ^C at the beginning of its first line.
            self._console.control(Control(ControlType.CARRIAGE_RETURN, (ControlType.ERASE_IN_LINE, 2)))
            self._drawn = True
        self._live.update(what, refresh=True)


class LineByLine:
    """A line every few seconds, for logs and pipes."""

    interval = 5.0

    def __init__(self, console: Console) -> None:
        self._console = console

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass
