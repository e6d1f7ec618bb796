"""Starts services, knows those that run, and ends them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

import psutil

from spindrift.services.errors import ServiceError
from spindrift.services.jars import cache_folder, fetch
from spindrift.services.service import Place, Prepared, Service
from spindrift.services.toolchain import find_toolchain

_START_SECONDS: Final = 120.0
_END_SECONDS: Final = 30.0
_RECORD: Final = "service.json"

_keepers: dict[int, subprocess.Popen[bytes]] = {}
"""Those that end with this process: a pipe that the garbage collector closed would end them, too."""

Say = Callable[[str], object]


@dataclass(frozen=True)
class RunningService:
    """A service that was started."""

    name: str
    title: str
    pid: int
    """Of its keeper."""
    created: float
    """When that process began (seconds since the epoch): a pid may be given anew."""
    home: str
    """The folder with its configuration, data and logs."""
    address: str
    use: dict[str, str]

    def is_alive(self) -> bool:
        """Whether its keeper runs."""
        return self._process() is not None

    def end(self) -> None:
        """End its processes, by the id of their keeper; nothing if they have ended. Raises ServiceError."""
        process = self._process()
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_END_SECONDS)
        except psutil.TimeoutExpired:
            raise ServiceError(
                f"{self.title} (process {self.pid}) did not end in {_END_SECONDS:g} s; see {self.home}/logs/keeper.out"
            ) from None

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            known = abs(process.create_time() - self.created) < 1 and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return None
        return process if known else None


def state_folder() -> Path:
    """$XDG_STATE_HOME/spindrift/services, ~/.local/state where that is not set."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "spindrift" / "services"


def running(name: str) -> RunningService | None:
    """The one that `up` started and that still runs."""
    try:
        record = json.loads((state_folder() / name / _RECORD).read_text())
    except FileNotFoundError:
        return None
    service = RunningService(**record)
    return service if service.is_alive() else None


def up(service: Service, say: Say) -> RunningService:
    """Start `service` unless it runs, to go on when this process has ended. Raises ServiceError."""
    if found := running(service.name):
        return found
    home = state_folder() / service.name
    shutil.rmtree(home, ignore_errors=True)
    return start(service, home, say=say, usual_ports=True, outlives=True)


def down(name: str) -> bool:
    """End what `up` started and remove its data; False where it does not run. Raises ServiceError."""
    found = running(name)
    if found is not None:
        found.end()
    shutil.rmtree(state_folder() / name, ignore_errors=True)
    return found is not None


@contextmanager
def start_and_end(service: Service, say: Say = lambda message: None) -> Iterator[RunningService]:
    """`service` for as long as the block runs, on ports of its own; ends with this process, whatever that dies of."""
    with tempfile.TemporaryDirectory(prefix=f"spindrift-{service.name}-", ignore_cleanup_errors=True) as folder:
        started = start(service, Path(folder) / service.name, say=say, usual_ports=False, outlives=False)
        try:
            yield started
        finally:
            started.end()
            del _keepers[started.pid]


def start(service: Service, home: Path, *, say: Say, usual_ports: bool, outlives: bool) -> RunningService:
    """Start `service` in the new folder `home` and wait until it answers. Raises ServiceError.

    `outlives`: it goes on when this process has ended. Otherwise it ends then, too.
    """
    toolchain = find_toolchain()
    jars = fetch(service.jars, toolchain, cache_folder(), say)
    place = Place(home, jars, toolchain, usual_ports)
    place.logs.mkdir(parents=True)
    prepared = service.prepare(place)
    daemons = home / "daemons.json"
    daemons.write_text(json.dumps([daemon.as_json() for daemon in prepared.daemons], indent=2))
    say(f"starting {service.title} ...")
    command = [sys.executable, "-m", "spindrift.services.keeper", str(daemons)]
    with (place.logs / "keeper.out").open("ab") as log:
        keeper = subprocess.Popen(  # noqa: S603
            command if outlives else [*command, "--until-eof"],
            # The end of a pipe that nobody else has: closed by the system when this process is gone.
            stdin=subprocess.DEVNULL if outlives else subprocess.PIPE,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    created = psutil.Process(keeper.pid).create_time()
    started = RunningService(
        service.name, service.title, keeper.pid, created, str(home), prepared.address, prepared.use
    )
    (home / _RECORD).write_text(json.dumps(asdict(started), indent=2))
    if not outlives:
        _keepers[keeper.pid] = keeper
    try:
        _await(started, prepared, keeper)
    except BaseException:
        if keeper.poll() is None:
            keeper.send_signal(signal.SIGTERM)
            keeper.wait(_END_SECONDS)
        _keepers.pop(keeper.pid, None)
        raise
    return started


def _await(started: RunningService, prepared: Prepared, keeper: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _START_SECONDS
    reason = ""
    while time.monotonic() < until:
        if keeper.poll() is not None:
            raise ServiceError(f"{started.title} ended while it was started: {_last_words(prepared, started)}")
        try:
            if prepared.answers():
                return
            reason = "it did not answer"
        except Exception as error:  # not yet
            reason = str(error)
        time.sleep(0.2)
    raise ServiceError(f"{started.title} is not ready after {_START_SECONDS:g} s ({reason}); see {started.home}/logs")


def _last_words(prepared: Prepared, started: RunningService) -> str:
    """Of the daemon that wrote last."""
    logs = [daemon.log for daemon in prepared.daemons if daemon.log.exists()]
    lines = max(logs, key=lambda log: log.stat().st_mtime).read_text(errors="replace").splitlines() if logs else []
    return " / ".join(lines[-3:])[-600:] or f"see {started.home}/logs"
