"""SIGINT and SIGTERM, for as long as a command has something to end; and what ends it without a word."""

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

INTERRUPTED: Final = 130
"""The exit code of a command that a signal has ended."""


@contextmanager
def on_signals(handle: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """`handle` gets both while this lasts; then whoever had them before has them again."""
    before = {number: signal.signal(number, handle) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def interrupts_end_at_once(leave: Callable[[], object] = lambda: None) -> Iterator[None]:
    """Ctrl-C ends the process quietly, whatever it does while this lasts: for what `leave`, if that, can clean up.

    An exception is no way to end what is anyone's code, which may catch it, nor imports, which may lose it. Where
    Ctrl-C is ignored, or somebody handles it, that stays so.
    """
    ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler

    def end(_number: int, _frame: FrameType | None) -> None:
        try:
            leave()
        finally:
            os._exit(INTERRUPTED)

    if ours:
        signal.signal(signal.SIGINT, end)
    try:
        yield
    finally:
        if ours:
            signal.signal(signal.SIGINT, signal.default_int_handler)


def came_of_interrupt(error: BaseException | None) -> bool:
    """Whether `error` is Ctrl-C, or was raised while that was on its way: modules that are being imported do so."""
    while error is not None:
        if isinstance(error, KeyboardInterrupt):
            return True
        error = error.__cause__ or error.__context__
    return False
