"""Services that outlive the command that started them, and whose data outlives them."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

import spindrift
from spindrift.services.errors import ServiceError
from spindrift.services.jars import cache_folder
from spindrift.services.lasting import down, state, state_folder, up
from spindrift.services.lock import alone
from spindrift.services.ports import HOST
from spindrift.services.running import RunningService, why_silent
from tests.services.small_service import SlowService, SmallService

SERVICE = SmallService()
SLOW = SlowService()


@pytest.fixture(autouse=True)
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """One with a JDK and Maven, by their names; whose cache has all jars."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("java", "javac", "mvn"):
        (programs / name).write_text("#!/bin/sh\necho openjdk 17\n")
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (cache_folder() / SERVICE.jars.folder_name).mkdir(parents=True)
    yield
    down(SERVICE, silence)


def silence(message: str) -> None:
    """Nobody listens."""


def stored() -> list[str]:
    return (state_folder() / "small" / "stored").read_text().splitlines()


def kill(process: psutil.Process) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait(60)


def daemon_of(service: RunningService) -> psutil.Process:
    (daemon,) = psutil.Process(service.pid).children()
    return daemon


def test_it_is_started_once() -> None:
    first = up(SERVICE, silence)
    assert up(SERVICE, silence) == first
    assert stored() == ["a start"]
    assert state(SERVICE).is_usable


@pytest.mark.parametrize(
    "victim", [daemon_of, lambda service: psutil.Process(service.pid)], ids=["its server", "its keeper"]
)
def test_what_it_stored_outlives_its_death(victim: Callable[[RunningService], psutil.Process]) -> None:
    first = up(SERVICE, silence)
    keeper, daemon = psutil.Process(first.pid), daemon_of(first)
    kill(victim(first))
    psutil.wait_procs([keeper, daemon], timeout=60)
    dead = state(SERVICE)
    assert (dead.running, dead.has_data, dead.is_usable) == (None, True, False)
    said: list[str] = []
    again = up(SERVICE, said.append)
    assert said[0] == f"Small 1.0 had ended by itself; what it stored is still there, in {first.home}"
    assert stored() == ["a start"] * 2
    assert again.address == first.address


def test_down_removes_what_it_stored() -> None:
    up(SERVICE, silence)
    assert down(SERVICE, silence) == (True, True)
    assert not state(SERVICE).has_data
    assert down(SERVICE, silence) == (False, False)


def test_down_removes_what_a_dead_one_stored() -> None:
    daemon = daemon_of(up(SERVICE, silence))
    kill(psutil.Process(daemon.ppid()))
    assert down(SERVICE, silence) == (False, True)


def test_a_record_that_cannot_be_read_is_told_and_removed_by_down() -> None:
    started = up(SERVICE, silence)
    daemon = daemon_of(started)
    (Path(started.home) / "service.json").write_text("")
    for command in (lambda: up(SERVICE, silence), lambda: state(SERVICE)):
        with pytest.raises(ServiceError, match=r"service\.json cannot be read .* services down small"):
            command()
    assert down(SERVICE, silence) == (False, True)
    assert not daemon.is_running()
    assert not state(SERVICE).has_data


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    with pytest.raises(ServiceError, match=r"cannot be written to: .* set XDG_STATE_HOME"):
        up(SERVICE, silence)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))


def test_one_whose_port_another_has_is_not_usable() -> None:
    started = up(SERVICE, silence)
    with socket.create_server((HOST, 0)) as another:
        port = another.getsockname()[1]
        mistaken = replace(started, address=f"{HOST}:{port}")
        assert why_silent(SERVICE, mistaken) == f"another program listens at port {port}"
    assert why_silent(SERVICE, started) is None


def test_a_port_that_is_taken_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    with socket.create_server((HOST, 0)) as taken:
        usual = taken.getsockname()[1]
        monkeypatch.setattr(SmallService, "usual_port", usual)
        port = up(SERVICE, said.append).address.rpartition(":")[2]
    assert f"port {usual} is taken: using {port}" in said


def test_two_at_once_wait_for_each_other() -> None:
    waits = threading.Event()
    said: list[str] = []

    def say(message: str) -> None:
        said.append(message)
        waits.set()

    started: list[RunningService] = []
    second = threading.Thread(target=lambda: started.append(up(SERVICE, say)))
    with alone("small", state_folder(), silence):
        second.start()
        waits.wait()
        assert said == [f"waiting for process {os.getpid()}, which is starting or ending small"]
        assert not (state_folder() / "small").exists()
    second.join()
    assert up(SERVICE, silence) == started[0]


def test_one_whose_start_was_killed_is_not_usable_until_it_answers() -> None:
    script = "from tests.services.test_lasting import SLOW, up; up(SLOW, print)"
    root = Path(__file__).parents[2]
    starter = subprocess.Popen(
        [sys.executable, "-c", script],
        env=os.environ | {"PYTHONPATH": f"{root}:{Path(spindrift.__file__).parents[1]}"},
        stdout=subprocess.DEVNULL,
    )
    while state(SLOW).silent != "it is not ready":  # pytest's time-out ends the wait
        assert starter.poll() is None
    starter.kill()
    starter.wait()
    left = state(SLOW)
    assert left.running is not None
    assert not left.is_usable
    said: list[str] = []

    def say(message: str) -> None:
        said.append(message)
        (Path(left.home) / "ready").touch()

    assert up(SLOW, say) == left.running
    assert said == ["Small 1.0 runs, but does not answer yet; waiting for it ..."]
    assert state(SLOW).is_usable
