"""Files of this machine, opened and read so that nothing waits for them for ever."""

import asyncio
import os
import stat
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO, Final, TypeVar

T = TypeVar("T")

_OF_THE_KERNEL: Final = ("/proc", "/sys")
"""What looks like files there are questions to the kernel: some are never answered, and some change it."""


def is_readable(path: Path, about: os.stat_result) -> bool:
    """Whether it is a regular file, or a folder, of a disk: no device, pipe or socket, and none of the kernel's."""
    if not (stat.S_ISREG(about.st_mode) or stat.S_ISDIR(about.st_mode)):
        return False
    return about.st_dev not in _kernel_devices() and not any(map(path.is_relative_to, _OF_THE_KERNEL))


def open_regular(path: Path) -> IO[bytes]:
    """A regular file. Raises OSError, PermissionError where something else has taken its place."""
    # Without O_NONBLOCK, to open a pipe waits for one who writes.
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOFOLLOW)
    try:
        if not is_readable(path, about := os.fstat(descriptor)) or stat.S_ISDIR(about.st_mode):
            raise PermissionError(f"{path} is no regular file")
        return os.fdopen(descriptor, "rb")
    except BaseException:
        os.close(descriptor)
        raise


async def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns, done in a thread which nothing waits for: neither the end of the loop nor of the program.

    The threads of asyncio.to_thread are waited for, however long a disk that has gone away takes to answer.
    """
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if future.done():
            return
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)  # type: ignore[arg-type]

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except BaseException as raised:
            error = raised
        with suppress(RuntimeError):  # the loop has ended meanwhile
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name="file", daemon=True).start()
    return await future


@cache
def _kernel_devices() -> frozenset[int]:
    """The file systems of the kernel, which may be mounted elsewhere, too."""
    return frozenset(Path(root).stat().st_dev for root in _OF_THE_KERNEL if os.path.ismount(root))
