"""Log messages on a terminal that also shows a live display."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from spindrift.cli.output import shown

_STYLES = {logging.WARNING: "yellow", logging.ERROR: "red", logging.CRITICAL: "bold red"}


class ConsoleHandler(logging.Handler):
    """Prints records above whatever the console redraws. Tracebacks come along in full."""

    def __init__(self, console: Console, level: int = logging.WARNING) -> None:
        super().__init__(level)
        self._console = console

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record."""
        try:
            style = _STYLES.get(record.levelno, "")
            for line in self.format(record).splitlines():
                self._console.print(shown(line, style), soft_wrap=True)
        except Exception:
            self.handleError(record)


@contextmanager
def log_to(console: Console) -> Iterator[None]:
    """Warnings and errors of the whole process go to `console` while this lasts."""
    root = logging.getLogger()
    handler = ConsoleHandler(console)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)
