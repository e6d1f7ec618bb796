"""Standard input and output of a component's own process: for the multilang protocol alone."""

import io
import logging
import os
import sys
from typing import BinaryIO, Final

from spindrift.local.wire import BUFFER, widen

PRINTED: Final = "pystorm.stdout"
"""The logger of what is printed."""


def take_streams() -> tuple[int, BinaryIO]:
    """Where the parent is heard (a file descriptor), and where it is talked to.

    A process that this one forks has neither: nothing that it writes gets there, nor what was about to be sent a second
    time, and who listens hears the end of this one though another lives on. Whatever else is written to standard output
    is logged as `PRINTED`, or goes to standard error where it is not Python that writes; whoever else reads standard
    input finds it empty.
    """
    stream = os.fdopen(widen(os.dup(1)), "wb", BUFFER)
    os.dup2(2, 1)
    source = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    sys.stdout = _Printed()

    def let_go() -> None:
        nothing = os.open(os.devnull, os.O_RDWR)
        for end in (source, stream.fileno()):
            os.dup2(nothing, end, inheritable=False)
        os.close(nothing)

    os.register_at_fork(after_in_child=let_go)
    return source, stream


class _Printed(io.TextIOBase):
    """Standard output by lines; pystorm's would make a message of each argument of `print`."""

    _rest = ""

    def write(self, text: str) -> int:
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            logging.getLogger(PRINTED).info("%s", line)
        return len(text)
