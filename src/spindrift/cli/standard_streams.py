"""Standard streams that are closed, full, or that nobody reads any more."""

import os
import sys
from contextlib import suppress
from typing import Any, TextIO, cast


class Messages:
    """Standard error for messages and progress: where they cannot be written they are lost, and not the work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write, or do not."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush, or do not."""
        with suppress(OSError):
            self._stream.flush()


def mend_standard_streams() -> None:
    """Have a standard output and a standard error in any case. To be called before any file is opened.

    Files would take the numbers of closed streams, and what libraries say would be written into them.
    Results that are written to a closed standard output are an error as of a full one, unless that cannot be told.
    """
    untold = sys.stderr is None
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:
            flags = os.O_WRONLY if name == "stderr" or (name == "stdout" and untold) else os.O_RDONLY
            setattr(sys, name, os.fdopen(os.open(os.devnull, flags), "r" if name == "stdin" else "w"))
    sys.stderr = cast(TextIO, Messages(sys.stderr))
