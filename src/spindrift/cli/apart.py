"""Work in a child process: for anyone's code, which may end its process, or never come back from C code."""

import gc
import io
import os
import pickle
import select
import signal
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn, TypeVar

from spindrift.cli.results import results
from spindrift.cli.signals import INTERRUPTED, interrupts_end_at_once
from spindrift.errors import SpindriftError
from spindrift.filtering.at_work import AtWork, no_end
from spindrift.orphans import die_with_parent

T = TypeVar("T")

_LENGTH = 8
_CHUNK = 1 << 20


def apart(
    work: Callable[[], T],
    seconds: float | None = None,
    *,
    in_all: bool = False,
    beside: str = "the command",
    leave: Callable[[], object] = lambda: None,
) -> T:
    """What `work`, which makes filters and calls them, returns or raises in a child process; picklable both.

    Raises SpindriftError where what it runs ends the process, and where a filter is in one call for longer than
    `seconds` (to within twice that; with `in_all`: where it takes longer as a whole, beside the making of filters):
    both name the filter that was at work, or else what is `beside` all filters. `leave` comes before these. Ctrl-C ends
    this process.
    """
    at_work = AtWork()
    ours, theirs = os.pipe()
    _flush()
    child = os.fork()
    if child == 0:
        die_with_parent()
        os.close(ours)
        at_work.note_from_here()
        _work(work, theirs)
    os.close(theirs)

    def end() -> None:
        os.kill(child, signal.SIGKILL)
        leave()

    try:
        with interrupts_end_at_once(end):
            answer = _read(ours, seconds, at_work.is_made if in_all else lambda: not at_work.is_still_called())
            if answer is None:
                os.kill(child, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(ours)
    if not answer:
        leave()
        raise _ended(at_work.said(), beside, code, seconds if answer is None else None)
    result, error = pickle.loads(answer)  # noqa: S301  # our own child's
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _ended(said: str | None, beside: str, code: int, seconds: float | None) -> SpindriftError:
    """Of a child that has ended without an answer, or was ended after so many seconds."""
    if seconds is not None:
        return SpindriftError(f"{said or beside} {no_end(seconds)}")
    if code == INTERRUPTED:
        os._exit(INTERRUPTED)  # Ctrl-C has reached the child first
    how = f"with {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
    return SpindriftError(f"{said or beside} has ended its process {how}" + (", as it would a crawl's" if said else ""))


class _Pickler(pickle.Pickler):
    """Takes lxml's texts, which hold on to their tree, for the texts that they are."""

    def reducer_override(self, value: Any) -> Any:
        return (str, (str(value),)) if isinstance(value, str) else NotImplemented


def _work(work: Callable[[], Any], out: int) -> NoReturn:
    try:
        with interrupts_end_at_once():
            answer: tuple[object, BaseException | None]
            try:
                try:
                    result = work()
                finally:
                    gc.collect()  # closes what filters have opened, as the end of a process would
                    _flush()
                answer = result, None
            except Exception as error:
                error.add_note(traceback.format_exc())  # for those that nobody has raised on purpose
                answer = None, error
            packed = io.BytesIO()
            _Pickler(packed).dump(answer)
            said = packed.getvalue()
            with os.fdopen(out, "wb") as pipe:
                pipe.write(len(said).to_bytes(_LENGTH) + said)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _read(pipe: int, seconds: float | None, may_stay: Callable[[], bool]) -> bytes | None:
    """The child's answer: empty where it has ended without one.

    None where it has not come in `seconds`, unless it `may_stay` for as long again.
    """
    said = b""
    while len(said) < _LENGTH or len(said) - _LENGTH < int.from_bytes(said[:_LENGTH]):
        if not select.select([pipe], [], [], seconds)[0]:
            if may_stay():
                continue
            return None
        data = os.read(pipe, _CHUNK)
        if not data:
            return b""
        said += data
    return said[_LENGTH:]


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # users' code may have closed it
            stream.flush()
    if not results().closed:
        results().flush()
