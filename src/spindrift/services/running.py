"""Services while they run: starts them, waits until they answer, and ends them."""

import json
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
from spindrift.services.ownership import listens
from spindrift.services.service import Place, Service
from spindrift.services.toolchain import find_toolchain

_START_SECONDS: Final = 120.0
_END_SECONDS: Final = 30.0
_SIGNS_OF_BROKEN_JARS: Final = ("ClassNotFound", "NoClassDefFound", "ZipException", "Could not find or load main class")
RECORD: Final = "service.json"
"""What tells another process of a service, in its folder."""

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
    """Start `service` in the folder `home`, on what it stored there if it did, and wait until it answers.

    `outlives`: it goes on when this process has ended. Otherwise it ends then, too. Raises ServiceError.
    """
    toolchain = find_toolchain()
    jars = fetch(service.jars, toolchain, cache_folder(), say)
    place = Place(home, jars, toolchain, usual_ports, say)
    place.logs.mkdir(parents=True, exist_ok=True)
    for log in place.logs.glob("*.out"):
        log.replace(log.with_name(f"{log.name}.1"))
    prepared = service.prepare(place)
    daemons = home / "daemons.json"
    daemons.write_text(json.dumps([daemon.as_json() for daemon in prepared.daemons], indent=2))
    say(f"starting {service.title} ...")
    command = [sys.executable, "-m", "spindrift.services.keeper", str(daemons)]
    with (place.logs / "keeper.out").open("ab") as output:
        keeper = subprocess.Popen(  # noqa: S603
            command if outlives else [*command, "--until-eof"],
            # The end of a pipe that nobody else has: closed by the system when this process is gone.
            stdin=subprocess.DEVNULL if outlives else subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    created = psutil.Process(keeper.pid).create_time()
    started = RunningService(
        service.name, service.title, keeper.pid, created, str(home), prepared.address, prepared.use
    )
    _write(home / RECORD, json.dumps(asdict(started), indent=2))
    if not outlives:
        _keepers[keeper.pid] = keeper
    try:
        await_answer(service, started)
    except BaseException:
        if keeper.poll() is None:
            keeper.send_signal(signal.SIGTERM)
            keeper.wait(_END_SECONDS)
        _keepers.pop(keeper.pid, None)
        raise
    return started


def await_answer(service: Service, started: RunningService, seconds: float = _START_SECONDS) -> None:
    """Until it can be used. Raises ServiceError where it ends before, or that takes too long."""
    until = time.monotonic() + seconds
    while (reason := why_silent(service, started)) is not None:
        if not started.is_alive():
            words = _last_words(Path(started.home))
            raise ServiceError(f"{started.title} ended while it was started: {words}{_advice(service, words)}")
        if time.monotonic() >= until:
            raise ServiceError(
                f"{started.title} does not answer at {started.address} after {seconds:g} s ({reason}); "
                f"see {started.home}/logs"
            )
        time.sleep(0.2)


def why_silent(service: Service, started: RunningService) -> str | None:
    """Why it cannot be used at the moment; None where it can."""
    port = int(started.address.rpartition(":")[2])
    try:
        ready = service.answers(port, Path(started.home))
    except Exception as error:
        return str(error) or type(error).__name__
    if not ready:
        return "it is not ready"
    return None if listens(started.pid, port) else f"another program listens at port {port}"


def _write(file: Path, text: str) -> None:
    """Whole, or not at all."""
    unfinished = file.with_name(f".{file.name}")
    unfinished.write_text(text)
    unfinished.replace(file)


def _advice(service: Service, words: str) -> str:
    if any(sign in words for sign in _SIGNS_OF_BROKEN_JARS):
        return (
            f"; its jars may be broken: remove {cache_folder() / service.jars.folder_name}, and they are fetched anew"
        )
    return ""


def _last_words(home: Path) -> str:
    """Of the daemon that wrote last."""
    logs = [log for log in (home / "logs").glob("*.out") if log.stem != "keeper"]
    lines = max(logs, key=lambda log: log.stat().st_mtime).read_text(errors="replace").splitlines() if logs else []
    return " / ".join(lines[-3:])[-600:] or f"see {home}/logs"
