"""Component processes that die, hang, or are left behind, and what is carried to them and back."""

import logging
import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from pystorm.component import Tuple

from spindrift.errors import ConfigurationError
from spindrift.local import ComponentStartError, topology
from spindrift.local.process_bolt import ProcessBoltExecutor
from spindrift.local.tracking import TupleId
from tests.local.components.troubles import (
    CountingAtTheEndApart,
    HangingSpoutApart,
    HoarderApart,
    LateApart,
    LogsElsewhereApart,
    PoisonedApart,
    ReadsApart,
    RefusesApart,
    SizesApart,
    UnmadeBesideApart,
)
from tests.local.running import Run, running

WORKERS: dict[str, Any] = {"topology_workers": 2}
PATIENT: dict[str, Any] = {**WORKERS, "topology_subprocess_timeout_secs": 3}


@pytest.fixture
def short_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Last calls get less time than they do in earnest."""
    monkeypatch.setattr(topology, "_LAST_SECONDS", 0.2)


@pytest.mark.parametrize("how", ["kill", "hang", "leave"])
def test_a_tuple_that_ends_its_process_each_time_takes_no_other_along(how: str, tmp_path: Path) -> None:
    tuples = [(1, "a"), (2, how), *((n, "b") for n in range(3, 40))]
    # One that ends is noticed at once, and others must not pass for hanging on a busy machine.
    with running(PoisonedApart, tmp_path, tuples, **(PATIENT if how == "hang" else WORKERS)) as run:
        run.until(lambda: not run.topology.in_flight() and len(run.ids("fail")) == 2)
        assert run.ids("fail") == [1, 1], "emitted once, and once again"
        assert run.ids("ack") == list(range(39)), "and then given up by the spout"
        assert sorted(run.values("last")) == [1, *range(3, 40)], "nobody was worked on twice"
        errors = [each.message for each in run.topology.stats().components["troubled"].errors]
    assert sum("signal 9; it worked on 2, which fails" in each for each in errors) == 2
    assert any("no answer in 3 s (topology.subprocess.timeout.secs)" in each for each in errors) == (how == "hang")


def test_of_a_bolt_that_acks_when_it_likes_all_that_was_held_fails_once(tmp_path: Path) -> None:
    with running(HoarderApart, tmp_path, [(1, "a"), (2, "a"), (3, "kill")], **WORKERS) as run:
        run.until(lambda: len(run.ids("fail")) == 6)
        assert run.ids("fail") == [0, 0, 1, 1, 2, 2], "each emission fails once"
        assert not run.topology.in_flight()


def test_a_process_that_hangs_is_killed_also_while_its_pipe_is_full(tmp_path: Path) -> None:
    tuples = [("x", "hang"), *(("y" * 3_000_000, n) for n in range(3))]
    with running(PoisonedApart, tmp_path, tuples, **PATIENT) as run:
        run.until(lambda: run.topology.stats().components["numbers"].acked == 3)
        run.until(lambda: not run.topology.in_flight())
        assert set(run.ids("fail")) == {0}


@pytest.mark.parametrize("behind", [0, 3_000_000], ids=["idle", "while its pipe is full"])
def test_a_process_that_hangs_does_not_outlive_the_topology(behind: int, tmp_path: Path, short_end: None) -> None:
    with running(PoisonedApart, tmp_path, [(1, "hang"), ("y" * behind, 0)], **WORKERS) as run:
        run.until(lambda: run.events("hangs"))
        run.topology.stop(drain=0)
        assert ended(run.events("hangs")[0]["pid"])
        assert not of(run)._thread.is_alive()


def test_nor_does_that_of_a_spout(tmp_path: Path, short_end: None) -> None:
    with running(HangingSpoutApart, tmp_path, **WORKERS) as run:
        run.until(lambda: run.events("hangs"))
        run.topology.stop(drain=0)
        assert ended(run.events("hangs")[0]["pid"])


def test_what_a_spout_reports_in_its_last_call_counts(tmp_path: Path) -> None:
    with running(CountingAtTheEndApart, tmp_path, [(1, 0), (2, 0)], **WORKERS) as run:
        run.settle()
    assert run.topology.stats().metrics["numbers"] == {1: {"emitted": 2}}


def test_a_process_that_hangs_does_not_outlive_a_parent_that_is_killed(tmp_path: Path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from tests.local.components.troubles import PoisonedApart\n"
        "from tests.local.running import running\n"
        "with running(PoisonedApart, pathlib.Path(sys.argv[1]), [(1, 'hang')], topology_workers=2) as run:\n"
        "    run.until(lambda: run.events('hangs'))\n"
        "    print(run.events('hangs')[0]['pid'], flush=True)\n"
        "    os.kill(os.getpid(), 9)\n"
    )
    ran = python(program, str(tmp_path))
    assert ran.returncode == -9, ran.stderr
    pause = threading.Event()
    for _ in range(1000):
        if ended(int(ran.stdout)):
            return
        pause.wait(0.01)
    raise AssertionError(f"process {ran.stdout} has outlived its parent")


def test_replaced_processes_leave_nothing_open(tmp_path: Path) -> None:
    with running(PoisonedApart, tmp_path, [(1, "a")], **WORKERS) as run:
        run.settle()
    before = pipes()
    (tmp_path / "journal").unlink()
    with running(PoisonedApart, tmp_path, [(1, "kill")], **WORKERS) as run:
        run.until(lambda: len(run.ids("fail")) == 2)
    assert pipes() == before
    assert not children()


def test_who_waits_for_those_behind_still_hears_that_its_process_lives(tmp_path: Path) -> None:
    with running(PoisonedApart, tmp_path, **WORKERS) as run:
        executor = of(run)
        child = executor._child
        (behind,) = executor._feeds
        assert child is not None
        behind.size += behind.capacity
        executor.inbox.put([Tuple(TupleId(()), "numbers", "default", 1, ("x", 0))])
        run.until(lambda: behind._waiting)
        heard = child._heard
        executor.heartbeat()
        run.until(lambda: child._heard > heard)
        behind.taken(behind.capacity)
        run.until(lambda: run.values("last") == ["x"])


def test_large_texts_both_ways_at_once_with_task_ids_between_them(tmp_path: Path) -> None:
    sizes = [5_000_000 + n for n in range(4)]
    with running(SizesApart, tmp_path, [("x" * size, 0) for size in sizes], **WORKERS) as run:
        run.settle()
        assert run.ids("ack") == [0, 1, 2, 3]
        assert not run.ids("fail")
        assert sorted(each["size"] for each in run.events("size")) == sizes
        (last,) = run.topology.plan.components["last"].tasks
        assert all(each["tasks"] == [last] for each in run.events("size"))


def test_half_a_pair_and_odd_keys_come_to_a_process_and_back(tmp_path: Path) -> None:
    value: Any = {"half": "\ud83d", "none": [None]}
    with running(PoisonedApart, tmp_path, [(value, 0), ({"a": 1}, 0)], **WORKERS) as run:
        run.settle()
        assert run.ids("ack") == [0, 1]
        assert run.values("last") == [value, {"a": 1}]


def test_what_reads_standard_input_gets_nothing_of_the_protocol(tmp_path: Path) -> None:
    with running(ReadsApart, tmp_path, [(n, 0) for n in range(3)], **WORKERS) as run:
        run.settle()
        assert [each["count"] for each in run.events("read")] == [0, 0, 0]
        assert run.ids("ack") == [0, 1, 2]


def test_modules_in_the_current_folder_do_not_stand_before_pythons_own(tmp_path: Path) -> None:
    (tmp_path / "queue.py").write_text("raise SystemExit('the wrong queue')")
    program = (
        "import pathlib, sys\n"
        "from tests.local.components.troubles import PoisonedApart\n"
        "from tests.local.running import running\n"
        "with running(PoisonedApart, pathlib.Path(sys.argv[1]), [(1, 'a')], topology_workers=2) as run:\n"
        "    print(run.settle().ids('ack'))\n"
    )
    ran = python(program, str(tmp_path), cwd=tmp_path)
    assert ran.stdout == "[0]\n", ran.stderr


def test_a_wrong_configuration_is_told_as_it_is_in_process(tmp_path: Path) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"^the first mistake\nthe second$"),
        running(RefusesApart, tmp_path, **WORKERS),
    ):
        pass
    assert not children()


def test_a_log_message_keeps_its_loggers_name(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    with running(LogsElsewhereApart, tmp_path, [(1, 0)], **WORKERS) as run:
        run.settle()
        run.until(lambda: "of 1" in caplog.text)
    assert ("somebody.else", logging.WARNING, "of 1\nand more") in caplog.record_tuples


def test_with_log_files_warnings_are_still_shown(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    files = tmp_path / "logs"
    with running(LogsElsewhereApart, tmp_path, [(1, 0)], pystorm_log_path=str(files), **WORKERS) as run:
        run.settle()
        run.until(lambda: "of 1" in caplog.text)
    (file,) = files.glob("pystorm_tested_logs_*.log")
    assert "somebody.else - WARNING - of 1\nand more" in file.read_text()


@pytest.mark.parametrize(
    ("key", "value", "told"),
    [
        ("pystorm_log_path", "/dev/null/logs", r"pystorm\.log\.path: /dev/null/logs cannot be made"),
        ("pystorm_log_file", "{nobody}.log", r"pystorm\.log\.file: '\{nobody\}\.log' is not right"),
    ],
)
def test_log_files_that_cannot_be_are_told(key: str, value: str, told: str, tmp_path: Path) -> None:
    conf = {"pystorm_log_path": str(tmp_path / "logs"), key: value, **WORKERS}
    with pytest.raises(ConfigurationError, match=told), running(LogsElsewhereApart, tmp_path, **conf):
        pass


def test_a_component_that_cannot_be_constructed_leaves_no_process_of_another(tmp_path: Path) -> None:
    with pytest.raises(ComponentStartError, match="unmade"), running(UnmadeBesideApart, tmp_path, **WORKERS):
        pass
    assert not children()


@pytest.mark.parametrize("key", ["acked", "count"])
def test_what_is_emitted_too_late_is_an_error_and_goes_nowhere(key: str, tmp_path: Path) -> None:
    with running(LateApart, tmp_path, [("p" * 5000, key), (2, "")], **WORKERS) as run:
        run.until(lambda: len(run.values("last")) >= 2 and not run.topology.in_flight())
        assert set(run.values("last")) == {2}
        errors = [each.message for each in run.topology.stats().components["troubled"].errors]
    said = "it had already acked or failed" if key == "acked" else "emitted 2 values on stream 'default'"
    assert any(said in each for each in errors)


def of(run: Run, name: str = "troubled") -> ProcessBoltExecutor:
    """The executor of a bolt that has a process."""
    (executor,) = (each for each in run.topology._bolts if each.plan.name == name)
    assert isinstance(executor, ProcessBoltExecutor)
    return executor


def python(program: str, *arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    return subprocess.run(
        [sys.executable, "-P", "-c", program, *arguments],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=cwd,
    )


def ended(pid: int) -> bool:
    status = Path(f"/proc/{pid}/status")
    return not status.exists() or "State:\tZ" in status.read_text()


def pipes() -> int:
    return sum(file.is_fifo() for file in Path("/proc/self/fd").iterdir())


def children() -> list[str]:
    """Component processes of this one; other tests may have left servers of theirs."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            stat, command = (process / "stat").read_text(), (process / "cmdline").read_text()
            if stat.rpartition(")")[2].split()[1] == str(os.getpid()) and "component_process" in command:
                found.append(command)
    return found
