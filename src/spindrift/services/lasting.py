"""Services that go on when the command has ended that started them: one of each kind, known by its folder.

What one has stored outlives the death of its processes, and that of the machine; only `down` removes it.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import psutil

from spindrift.services.errors import ServiceError
from spindrift.services.lock import alone
from spindrift.services.running import RECORD, RunningService, Say, await_answer, start, why_silent
from spindrift.services.service import Service

_GONE_SECONDS: Final = 10.0


@dataclass(frozen=True)
class State:
    """What there is of a service."""

    name: str
    title: str
    home: str
    """Its folder, whether it is there or not."""
    running: RunningService | None
    """None where its processes have ended, or it was never started."""
    silent: str | None = None
    """Why one that runs cannot be used at the moment."""

    @property
    def is_usable(self) -> bool:
        """Whether it runs, and answers."""
        return self.running is not None and self.silent is None

    @property
    def has_data(self) -> bool:
        """Whether there is a folder with what it stored."""
        return Path(self.home).exists()


class Ended(NamedTuple):
    """What `down` found."""

    ran: bool
    had_data: bool


def state_folder() -> Path:
    """$XDG_STATE_HOME/spindrift/services, ~/.local/state where that is not set."""
    base = os.environ.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    return Path(base) / "spindrift" / "services"


def state(service: Service) -> State:
    """Whether it runs, and answers."""
    home = state_folder() / service.name
    found = _recorded(home)
    if found is None or not found.is_alive():
        return State(service.name, service.title, str(home), None)
    return State(service.name, service.title, str(home), found, why_silent(service, found))


def up(service: Service, say: Say) -> RunningService:
    """Have `service` run and answer: start it, on what a former run has stored, unless it runs. Raises ServiceError."""
    home = state_folder() / service.name
    with alone(service.name, home.parent, say):
        found = _recorded(home)
        if found is not None and found.is_alive():
            if why_silent(service, found) is not None:
                say(f"{service.title} runs, but does not answer yet; waiting for it ...")
                await_answer(service, found)
            return found
        if found is not None:
            say(f"{service.title} had ended by itself; what it stored is still there, in {home}")
            _end_remains(home)
        try:
            return start(service, home, say=say, usual_ports=True, outlives=True)
        except ServiceError as error:
            if found is None:
                raise
            raise ServiceError(
                f"{error}; if what it stored is damaged, `spindrift services down {service.name}` removes it"
            ) from error


def down(service: Service, say: Say) -> Ended:
    """End what `up` started, and remove what it stored. Raises ServiceError."""
    home = state_folder() / service.name
    with alone(service.name, home.parent, say):
        try:
            found = _recorded(home)
        except ServiceError as error:
            say(str(error))
            found = None
        ended = Ended(found is not None and found.is_alive(), home.exists())
        if found is not None:
            found.end()
        if home.exists():
            _end_remains(home)
        shutil.rmtree(home, ignore_errors=True)
    return ended


def _recorded(home: Path) -> RunningService | None:
    """The one that was started last, whether it still runs or not. Raises ServiceError for a record of nobody's."""
    record = home / RECORD
    try:
        return RunningService(**json.loads(record.read_text()))
    except FileNotFoundError:
        return None
    except (ValueError, TypeError) as error:
        raise ServiceError(
            f"{record} cannot be read ({error}); `spindrift services down {home.name}` ends what runs there, and "
            "removes it"
        ) from error
    except OSError as error:
        raise ServiceError(f"{record} cannot be read: {error.strerror}") from error


def _end_remains(home: Path) -> None:
    """Kill what outlived the keeper, where that was killed itself: who still works in the folder, and writes to it."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.pid != os.getpid() and Path(process.cwd()).is_relative_to(home):
                process.kill()
                found.append(process)
        except (ProcessLookupError, PermissionError, psutil.Error):
            continue
    psutil.wait_procs(found, timeout=_GONE_SECONDS)
