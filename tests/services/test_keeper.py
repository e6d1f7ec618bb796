"""The process that keeps the daemons of a service."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from spindrift.services.daemon import Daemon

Keep = Callable[..., subprocess.Popen[bytes]]

SLEEPER = "print('here', flush=True); import time; time.sleep(600)"


@pytest.fixture
def daemon(tmp_path: Path) -> Callable[..., Daemon]:
    def make(name: str, script: str, *, restarts: bool = False) -> Daemon:
        command = [sys.executable, "-c", script]
        return Daemon(name, command, tmp_path, tmp_path / f"{name}.out", {"NAME": name}, restarts)

    return make


@pytest.fixture
def keep(tmp_path: Path) -> Iterator[Keep]:
    started: list[subprocess.Popen[bytes]] = []

    def start(*daemons: Daemon) -> subprocess.Popen[bytes]:
        file = tmp_path / "daemons.json"
        file.write_text(json.dumps([each.as_json() for each in daemons]))
        command = [sys.executable, "-m", "spindrift.services.keeper", str(file), "--until-eof"]
        started.append(subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()
        for stream in (each.stdin, each.stderr):
            assert stream is not None
            stream.close()


def await_lines(log: Path, count: int) -> list[str]:
    """The lines of `log`, once there are so many (pytest's time-out ends the wait)."""
    while not log.exists() or len(lines := log.read_text().splitlines()) < count:
        pass
    return lines


def test_daemons_get_their_environment_and_write_into_their_logs(daemon: Callable[..., Daemon], keep: Keep) -> None:
    one = daemon("one", "import os; print(os.environ['NAME'], flush=True); import time; time.sleep(600)")
    keep(one)
    assert await_lines(one.log, 1) == ["one"]


def test_it_ends_them_when_it_is_told_to(daemon: Callable[..., Daemon], keep: Keep) -> None:
    one, two = daemon("one", SLEEPER), daemon("two", SLEEPER)
    keeper = keep(one, two)
    for each in (one, two):
        await_lines(each.log, 1)
    children = psutil.Process(keeper.pid).children()
    keeper.send_signal(signal.SIGTERM)
    assert len(children) == 2
    assert not psutil.wait_procs(children, timeout=60)[1]


def test_it_ends_them_when_whoever_started_it_is_gone(daemon: Callable[..., Daemon], keep: Keep) -> None:
    one = daemon("one", SLEEPER)
    keeper = keep(one)
    await_lines(one.log, 1)
    children = psutil.Process(keeper.pid).children()
    assert keeper.stdin is not None
    keeper.stdin.close()
    assert not psutil.wait_procs(children, timeout=60)[1]


def test_what_a_daemon_started_ends_with_it(daemon: Callable[..., Daemon], keep: Keep) -> None:
    script = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {SLEEPER!r}])"
    one = daemon("one", script)
    keeper = keep(one)
    await_lines(one.log, 1)
    children = psutil.Process(keeper.pid).children(recursive=True)
    keeper.send_signal(signal.SIGTERM)
    assert len(children) == 2
    assert not psutil.wait_procs(children, timeout=60)[1]


def test_the_end_of_one_is_the_end_of_all(daemon: Callable[..., Daemon], keep: Keep) -> None:
    one, two = daemon("one", SLEEPER), daemon("two", "raise SystemExit(3)")
    keeper = keep(one, two)
    assert keeper.stderr is not None
    assert keeper.stderr.readline() == b"two (exit code 3) ended; ending the service\n"
    keeper.wait()


def test_one_that_may_end_is_started_again(daemon: Callable[..., Daemon], keep: Keep) -> None:
    keep(one := daemon("one", "print('here')", restarts=True))
    assert await_lines(one.log, 3) == ["here"] * 3
