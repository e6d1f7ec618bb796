"""The parent's side of a component process."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Any

from spindrift.local.wire import CHUNK, pack, unpacker, widen

HEARTBEAT = {"id": "__heartbeat", "comp": "__system", "stream": "__heartbeat", "task": -1, "tuple": []}
"""A bolt answers it with `sync`."""
_LONGEST_POLL = 2**31 - 1
"""Milliseconds, 24 days: `poll` takes no more."""

# Linux lets a child know of the death of the thread that made it, not of the process: this one lives as long.
_spawner = ThreadPoolExecutor(1, thread_name_prefix="spawner")


class ChildProcess:
    """A component class in a process of its own, spoken to in multilang messages; any thread may write.

    It leads a process group, which is killed with it. A child ends by itself when its input is closed; on Linux it is
    killed by the death of this process, whatever it does then.
    """

    def __init__(self, cls: type[Any], conf: dict[str, Any], context: dict[str, Any]) -> None:
        # For the file with its number that Storm asks for; gone once the child has said anything.
        self._pid_folder: tempfile.TemporaryDirectory[str] | None = tempfile.TemporaryDirectory(prefix="spindrift-")
        self._process, self._stop = _spawner.submit(_spawned, cls).result()
        self._exit = _exit_of(self._process.pid)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input = self._process.stdin
        widen(self._input.fileno())
        self._output = self._process.stdout.fileno()
        self._events = select.poll()
        for number in (self._output, self._exit):
            if number is not None:
                self._events.register(number, select.POLLIN)
        self._unpacker = unpacker()
        self._lock = Lock()
        self._lock_of_stop = Lock()
        self._heard = time.monotonic()
        self._asked: float | None = None
        self._writes_since: float | None = None
        if not conf.get("pystorm.log.path"):
            # What it logs comes to us, and gets a date and a name from our own logging.
            conf = {"pystorm.log.format": "%(message)s", **conf}
        try:
            self.write(pack({"conf": conf, "context": context, "pidDir": self._pid_folder.name}, default=str))
        except BaseException:
            self.kill()
            self.wait(0.0)
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def was_killed(self) -> bool:
        """Whether a signal has ended it; after `wait`."""
        return (self._process.returncode or 0) < 0

    def send(self, message: Any) -> None:
        """Send one message. Raises BrokenPipeError when the child is gone."""
        self.write(pack(message))

    def tell_stopping(self) -> None:
        """Have its bolt told that the topology stops, once it is initialized, ahead of tuples that were sent before."""
        with self._lock_of_stop, suppress(BrokenPipeError):
            if self._stop is not None:
                os.write(self._stop, b"!")

    def heartbeat(self) -> None:
        """Ask a bolt for a sign of life."""
        if self._asked is None:
            self._asked = time.monotonic()
        self.send(HEARTBEAT)

    def silence(self) -> float:
        """For how many seconds it has owed a sign of life: it was asked for one, or does not read what is written."""
        since = min((each for each in (self._asked, self._writes_since) if each is not None), default=None)
        return 0.0 if since is None else time.monotonic() - max(since, self._heard)

    def write(self, data: bytes) -> None:
        """Send packed messages."""
        view = memoryview(data)
        # A pipe takes large messages in pieces, between which another thread's would be read as a part of them.
        with self._lock:
            self._writes_since = time.monotonic()
            try:
                while view:
                    view = view[self._input.write(view) or 0 :]
            finally:
                self._writes_since = None

    def read(self, timeout: float | None = None) -> list[Any]:
        """The messages that have come. Raises EOFError when the child is gone, TimeoutError when it says nothing."""
        ready = [
            number for number, _ in self._events.poll(None if timeout is None else min(timeout * 1000, _LONGEST_POLL))
        ]
        if not ready:
            raise TimeoutError
        if self._output not in ready:
            # Processes that it has forked hold its pipes open: nothing would end what is read or written there.
            self.kill()
            raise EOFError
        data = os.read(self._output, CHUNK)
        if not data:
            raise EOFError
        self._heard = time.monotonic()
        self._asked = None
        self._remove_pid_folder()
        self._unpacker.feed(data)
        return list(self._unpacker)

    def kill(self) -> None:
        """End it at once, with the processes that it has started: they may hold its pipes open."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)

    def close_input(self) -> None:
        """Let it end when it has seen to what was sent."""
        self._input.close()

    def let_end(self, timeout: float) -> None:
        """Let a child that has closed its output come to its end, so that one learns how it ended."""
        if self._exit is not None:
            exits = select.poll()
            exits.register(self._exit, select.POLLIN)
            exits.poll(timeout * 1000)

    def _remove_pid_folder(self) -> None:
        folder, self._pid_folder = self._pid_folder, None
        if folder is not None:
            folder.cleanup()

    def wait(self, timeout: float) -> str:
        """Wait for its end, kill it after `timeout` seconds; returns how it ended, in words."""
        with suppress(OSError):
            self.close_input()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._exit is not None:
            os.close(self._exit)
            self._exit = None
        with self._lock_of_stop:
            if self._stop is not None:
                os.close(self._stop)
                self._stop = None
        self._remove_pid_folder()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def _exit_of(pid: int) -> int | None:
    """What becomes readable when the process ends; None where the system has no such thing: there heartbeats tell."""
    try:
        return os.pidfd_open(pid)
    except (AttributeError, OSError):
        return None


def _spawned(cls: type[Any]) -> tuple[subprocess.Popen[bytes], int | None]:
    """The process, and where to write to when the topology stops."""
    folders = [folder or str(Path.cwd()) for folder in sys.path]
    # -P: the current folder's modules are found where we find them, not before Python's own.
    command = [sys.executable, "-P", "-m", "spindrift.local.component_process", cls.__module__, cls.__qualname__]
    theirs, ours = os.pipe()
    try:
        process = subprocess.Popen(  # noqa: S603  # our own interpreter on our own module
            [*command, str(theirs)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            bufsize=0,
            pass_fds=(theirs,),
            # Ctrl-C is for the parent, which lets tuples drain first.
            start_new_session=True,
        )
    except BaseException:
        os.close(ours)
        raise
    finally:
        os.close(theirs)
    return process, ours
