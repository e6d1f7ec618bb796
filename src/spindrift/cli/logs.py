"""Log messages on a terminal, which may also show a live display."""

import logging
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from copy import copy
from time import monotonic
from typing import TextIO, TypeVar

from rich.console import Console
from rich.text import Text

from spindrift.cli.output import shown
from spindrift.conf import Settings

H = TypeVar("H", bound=logging.Handler)

_STYLES = {logging.WARNING: "yellow", logging.ERROR: "red", logging.CRITICAL: "bold red"}
_COMPONENT = "pystorm.component."
_METRICS = "spindrift.metrics"
_TOGETHER = 0.1
"""Seconds within which lines of no urgency are printed together: each printing draws the live display anew."""


class ConsoleHandler(logging.Handler):
    """Prints records above whatever the console redraws, components under their own names. Tracebacks come in full."""

    def __init__(self, console: Console) -> None:
        super().__init__()
        self.setFormatter(logging.Formatter("%(levelname)s %(source)s: %(message)s"))
        self._console = console
        self._waiting: list[Text] = []
        self._printed = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        """Print one record, on a terminal perhaps together with the next ones."""
        try:
            record.source = record.name.removeprefix(_COMPONENT)
            style = _STYLES.get(record.levelno, "")
            self._waiting += [shown(line, style) for line in self.format(record).splitlines()]
            urgent = record.levelno >= logging.WARNING or not self._console.is_terminal
            if urgent or monotonic() - self._printed >= _TOGETHER:
                self.flush()
        except Exception:
            self.handleError(record)

    def flush(self) -> None:
        """Print what waits."""
        self.acquire()
        try:
            waiting, self._waiting = self._waiting, []
            if waiting:
                self._console.print(Text("\n").join(waiting), soft_wrap=True)
                self._printed = monotonic()
        finally:
            self.release()


def log_to(console: Console) -> AbstractContextManager[ConsoleHandler]:
    """Warnings and errors of the whole process, and metrics, go to `console` while this lasts."""
    return _attached(ConsoleHandler(console), _always)


def log_components_to(console: Console, settings: Settings) -> AbstractContextManager[ConsoleHandler]:
    """As `log_to`, and also what components log, as Storm's local mode shows it.

    Their own loggers have the level of `pystorm.log.level`; with `pystorm.log.path` they have files instead.
    `topology.debug` shows what anybody logs.
    """
    if settings.flag("topology.debug"):
        return _attached(ConsoleHandler(console), lambda record: True)
    in_files = bool(settings.text("pystorm.log.path"))
    return _attached(
        ConsoleHandler(console),
        lambda record: _always(record) or (record.name.startswith(_COMPONENT) and not in_files),
    )


def log_lines(settings: Settings) -> AbstractContextManager[logging.StreamHandler[TextIO]]:
    """Warnings and errors go to standard error while this lasts; with tracebacks where `pystorm.log.level` is debug."""
    handler = logging.StreamHandler()
    if settings.text("pystorm.log.level").lower() != "debug":
        handler.setFormatter(_WithoutTraceback())
    return _attached(handler, _always)


class _WithoutTraceback(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        bare = copy(record)
        bare.exc_info = bare.exc_text = None
        return super().format(bare)


def _always(record: logging.LogRecord) -> bool:
    """What matters to anybody, and the metrics, which are logged only where they were asked for."""
    return record.levelno >= logging.WARNING or record.name == _METRICS


@contextmanager
def _attached(handler: H, wanted: Callable[[logging.LogRecord], bool]) -> Iterator[H]:
    handler.addFilter(wanted)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield handler
    finally:
        root.removeHandler(handler)
        handler.flush()
