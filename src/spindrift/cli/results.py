"""Where results go: a standard output that nothing gets into which users' code prints."""

import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from typing import TextIO

_kept: TextIO | None = None


def results() -> TextIO:
    """The standard output of the command itself."""
    return _kept or sys.stdout


@contextmanager
def prints_go_to_stderr() -> Iterator[None]:
    """While this lasts, what is printed goes to standard error, and `results()` to standard output.

    File descriptor 1 itself is turned over: filters of C code and processes that filters start print there, too. It
    stays so until the process ends, for whatever users' code does then.
    """
    global _kept
    if _kept is not None:  # `spindrift` is within it, one command only
        yield
        return
    try:
        real = sys.stdout.fileno() == 1
    except (OSError, ValueError):
        real = False
    if not real:
        # Somebody else, such as a test, has put a stream in its place.
        _kept = sys.stdout
        try:
            with redirect_stdout(sys.stderr):
                yield
        finally:
            _kept = None
        return
    sys.stdout.flush()
    _kept = os.fdopen(os.dup(1), "w", encoding=sys.stdout.encoding, errors=sys.stdout.errors)
    os.dup2(2, 1)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(line_buffering=True)  # it is mixed with messages now, and may be ended at once
    try:
        yield
    finally:
        _kept.flush()


def drop_results() -> None:
    """Have nothing raise at the exit of what is still buffered, where nobody takes it any more."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    for stream in {results(), sys.stdout}:
        with suppress(OSError, ValueError):
            os.dup2(nothing, stream.fileno())
