"""Work in a child process: for anyone's code, which may end its process, or never come back from C code."""

import io
import mmap
import os
import pickle
import select
import signal
import sys
import time
import traceback
from collections.abc import Callable
from types import FrameType
from typing import Any, NoReturn, TypeVar

from spindrift.cli.signals import INTERRUPTED, interrupts_end_at_once
from spindrift.errors import SpindriftError
from spindrift.orphans import die_with_parent

T = TypeVar("T")

_LENGTH = 8
_CHUNK = 1 << 20


def apart(work: Callable[[], T], at_work: Callable[[FrameType], str | None], seconds: float, late: str) -> T:
    """What `work` returns, or raises, in a child process; both have to be picklable.

    `at_work` names what a call is of, None where it is of nothing with a name. Raises SpindriftError where the process
    is ended by what it runs, and where it takes longer than `seconds`, of which `late` is said: both name what was at
    work. Ctrl-C ends this process.
    """
    name = _Name()
    ours, theirs = os.pipe()
    sys.stdout.flush()
    child = os.fork()
    if child == 0:
        die_with_parent()
        os.close(ours)
        _work(work, theirs, name, at_work)
    os.close(theirs)
    try:
        with interrupts_end_at_once(lambda: os.kill(child, signal.SIGKILL)):
            answer = _read(ours, time.monotonic() + seconds)
            if answer is None:
                os.kill(child, signal.SIGKILL)
            code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    finally:
        os.close(ours)
    if answer is None:
        raise SpindriftError(f"{name.read()} {late}")
    if not answer:
        if code == INTERRUPTED:
            os._exit(INTERRUPTED)  # Ctrl-C has reached the child first
        how = f"with {signal.Signals(-code).name}" if code < 0 else f"with exit code {code}"
        raise SpindriftError(f"{name.read()} has ended its process {how}, as it would that of a crawl's parser")
    result, error = pickle.loads(answer)  # noqa: S301  # our own child's
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


class _Name:
    """What is at work, in memory that both processes see."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, mmap.PAGESIZE)

    def write(self, name: str) -> None:
        said = name.encode("utf-8", "replace")[: mmap.PAGESIZE - 1] + b"\0"
        self._shared[: len(said)] = said

    def read(self) -> str:
        return self._shared[:].partition(b"\0")[0].decode("utf-8", "replace") or "the parser"


class _Pickler(pickle.Pickler):
    """Takes lxml's texts, which hold on to their tree, for the texts that they are."""

    def reducer_override(self, value: Any) -> Any:
        return (str, (str(value),)) if isinstance(value, str) else NotImplemented


def _work(work: Callable[[], Any], out: int, name: _Name, at_work: Callable[[FrameType], str | None]) -> NoReturn:
    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event in ("call", "return") and (found := at_work(frame)) is not None:
            name.write(found if event == "call" else "")

    try:
        with interrupts_end_at_once():
            answer: tuple[object, BaseException | None]
            sys.setprofile(note)
            try:
                answer = work(), None
            except Exception as error:
                answer = None, error
            sys.setprofile(None)
            packed = io.BytesIO()
            _Pickler(packed).dump(answer)
            said = packed.getvalue()
            with os.fdopen(out, "wb") as pipe:
                pipe.write(len(said).to_bytes(_LENGTH) + said)
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _read(pipe: int, until: float) -> bytes | None:
    """The child's answer: empty where it has ended without one, None where it has not come in time."""
    said = b""
    while len(said) < _LENGTH or len(said) - _LENGTH < int.from_bytes(said[:_LENGTH]):
        if not select.select([pipe], [], [], max(until - time.monotonic(), 0))[0]:
            return None
        data = os.read(pipe, _CHUNK)
        if not data:
            return b""
        said += data
    return said[_LENGTH:]
