"""One command at a time for each service."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from spindrift.services.errors import ServiceError


@contextmanager
def alone(name: str, folder: Path, say: Callable[[str], object]) -> Iterator[None]:
    """Nobody else starts or ends the service `name` of this `folder` meanwhile; who does is waited for, and `say` is
    told so. The system gives the lock back when its process dies.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / f"{name}.lock").open("a+", encoding="utf-8")
    except OSError as error:
        raise ServiceError(
            f"{folder} cannot be written to: {error.strerror}; set XDG_STATE_HOME to a folder that can"
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            say(f"waiting for process {file.read().strip() or '?'}, which is starting or ending {name}")
            fcntl.flock(file, fcntl.LOCK_EX)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield
