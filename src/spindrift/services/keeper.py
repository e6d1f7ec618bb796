"""The process that keeps the daemons of one service: `python -m spindrift.services.keeper FILE [--until-eof]`.

It starts them in its own session, starts again those that may end, and ends them all when it is told to (SIGTERM,
SIGINT), when one of the others ends, or, with `--until-eof`, when whoever started it is gone. What the daemons started
themselves (Storm's workers, and the components in them) is of the same session and ends with them.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

from spindrift.orphans import die_with_parent
from spindrift.services.daemon import Daemon

_PAUSE: Final = 1.0
"""Seconds between two starts of a daemon."""
_GRACE: Final = 10.0
"""Seconds that daemons have to end by themselves."""


class Keeper:
    """Starts and ends the daemons."""

    def __init__(self, daemons: list[Daemon], *, until_eof: bool) -> None:
        self._daemons = {daemon.name: daemon for daemon in daemons}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._started: dict[str, float] = {}
        self._told = False
        self._until_eof = until_eof

    def run(self) -> int:
        """Until it is told to end: 0; or a daemon ended that should not have: 1."""
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)
        try:
            for name in self._daemons:
                self._start(name)
            while not self._told:
                if ended := self._look():
                    sys.stderr.write(f"{ended} ended; ending the service\n")
                    return 1
                self._wait()
            return 0
        finally:
            self._end()

    def _on_signal(self, _number: int, _frame: object) -> None:
        self._told = True

    def _start(self, name: str) -> None:
        daemon = self._daemons[name]
        with daemon.log.open("ab") as log:
            self._processes[name] = subprocess.Popen(  # noqa: S603
                daemon.command,
                cwd=daemon.folder,
                env=os.environ | daemon.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                preexec_fn=die_with_parent,
            )
        self._started[name] = time.monotonic()

    def _look(self) -> str | None:
        """The daemon that ended and is not started again."""
        for name, process in self._processes.items():
            if process.poll() is None:
                continue
            if not self._daemons[name].restarts:
                return f"{name} (exit code {process.returncode})"
            if time.monotonic() - self._started[name] >= _PAUSE:
                self._start(name)
        return None

    def _wait(self) -> None:
        if not self._until_eof:
            time.sleep(0.2)
        elif select.select([sys.stdin], [], [], 0.2)[0] and not os.read(sys.stdin.fileno(), 1024):
            self._told = True

    def _end(self) -> None:
        for process in reversed(self._processes.values()):
            process.terminate()
        deadline = time.monotonic() + _GRACE
        for process in self._processes.values():
            try:
                process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def main() -> None:
    """Keep the daemons that the file lists, then kill what is left of the session, this process included."""
    os.setsid()
    daemons = [Daemon.from_json(values) for values in json.loads(Path(sys.argv[1]).read_text())]
    code = Keeper(daemons, until_eof="--until-eof" in sys.argv[2:]).run()
    sys.stderr.write(f"ended with {code}\n")
    sys.stderr.flush()
    os.killpg(0, signal.SIGKILL)


if __name__ == "__main__":
    main()
