"""The parent's side of a component process."""

import os
import select
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import msgpack

from spindrift.local.wire import pack, unpacker, widen

_CHUNK = 1 << 20
_HEARTBEAT = {"id": "__heartbeat", "comp": "__system", "stream": "__heartbeat", "task": -1, "tuple": []}


class ChildProcess:
    """A component class in a process of its own, spoken to in multilang messages.

    `heard` is when it last said anything (time.monotonic()). A child ends by itself when its input is closed, also by
    the death of this process.
    """

    def __init__(self, cls: type[Any], conf: dict[str, Any], context: dict[str, Any]) -> None:
        folders = [folder or str(Path.cwd()) for folder in sys.path]
        command = [sys.executable, "-m", "spindrift.local.component_process", cls.__module__, cls.__qualname__]
        self._process = subprocess.Popen(  # noqa: S603  # our own interpreter on our own module
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(folders)},
            bufsize=0,
            # Ctrl-C is for the parent, which lets tuples drain first.
            start_new_session=True,
        )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input = self._process.stdin
        widen(self._input.fileno())
        self._output = self._process.stdout.fileno()
        self._unpacker = unpacker()
        self._pid_folder = tempfile.TemporaryDirectory(prefix="spindrift-")
        self.heard = time.monotonic()
        if not conf.get("pystorm.log.path"):
            # What it logs comes to us, and gets a date and a name from our own logging.
            conf = {"pystorm.log.format": "%(message)s", **conf}
        self.write(msgpack.packb({"conf": conf, "context": context, "pidDir": self._pid_folder.name}, default=str))

    @property
    def pid(self) -> int:
        return self._process.pid

    def send(self, message: Any) -> None:
        """Send one message. Raises BrokenPipeError when the child is gone."""
        self.write(pack(message))

    def heartbeat(self) -> None:
        """Ask a bolt for a sign of life: it answers `sync`."""
        self.send(_HEARTBEAT)

    def write(self, data: bytes) -> None:
        """Send packed messages."""
        view = memoryview(data)
        while view:
            view = view[self._input.write(view) or 0 :]

    def read(self, timeout: float | None = None) -> list[Any]:
        """The messages that have come. Raises EOFError when the child is gone, TimeoutError when it says nothing."""
        if timeout is not None and not select.select([self._output], [], [], timeout)[0]:
            raise TimeoutError
        data = os.read(self._output, _CHUNK)
        if not data:
            raise EOFError
        self.heard = time.monotonic()
        self._unpacker.feed(data)
        return list(self._unpacker)

    def kill(self) -> None:
        """End it at once."""
        self._process.kill()

    def close_input(self) -> None:
        """Let it end when it has seen to what was sent."""
        self._input.close()

    def wait(self, timeout: float) -> str:
        """Wait for its end, kill it after `timeout` seconds; returns how it ended, in words."""
        self.close_input()
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self._process.kill()
            code = self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._pid_folder.cleanup()
        return f"killed by signal {-code}" if code < 0 else f"exit code {code}"
