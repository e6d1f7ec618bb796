"""Components in processes of their own, over the multilang protocol."""

import logging
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from streamparse import Topology

from spindrift.local import ComponentStartError
from spindrift.local.placement import tasks_in_processes
from spindrift.local.plan import plan_topology
from tests.local.components.bolts import Recorder
from tests.local.components.spouts import ListSpout
from tests.local.components.topologies import (
    Apart,
    AskingApart,
    BatchesApart,
    ChattyApart,
    DeadlyApart,
    OddApart,
    SpoutApart,
    ToApart,
    Unmarked,
    UnreadyApart,
)
from tests.local.running import running

WORKERS: dict[str, Any] = {"topology_workers": 8}


def test_trees_and_groupings_are_the_same(tmp_path: Path) -> None:
    with running(Apart, tmp_path, [(n, n % 2) for n in range(1, 21)], **WORKERS) as run:
        run.settle()
        assert run.ids("ack") == [1, 3, 5, 7, 11, 13, 15, 17]
        assert len(run.ids("fail")) == 12
        assert sorted(map(len, run.by_task("echo").values())) == [10, 10]
        (error, _) = run.topology.stats().components["picky"].errors
        assert "ValueError: cannot take 10" in error.message or "ValueError: cannot take 20" in error.message


def test_a_spout_in_a_process_replays(tmp_path: Path) -> None:
    with running(SpoutApart, tmp_path, [(2, 0), (3, 0)], **WORKERS) as run:
        run.settle()
        assert run.values("picky") == [2, 3, 3, 3]
        assert run.ids("ack") == [0, 1]


def test_ticks_and_batches(tmp_path: Path) -> None:
    with running(BatchesApart, tmp_path, [(n, n % 2) for n in range(6)], **WORKERS) as run:
        run.until(lambda: run.topology.in_flight() == 6)
        run.topology.stop(drain=20)
        assert run.ids("ack") == list(range(6))
        assert sorted(run.values("last")) == [0, 1]


@pytest.mark.parametrize("how", ["kill", "hang"])
def test_a_killed_or_hung_process_is_replaced_and_its_tuples_replay(how: str, tmp_path: Path) -> None:
    tuples = [(1, "a"), (2, how), (3, "b")]
    with running(DeadlyApart, tmp_path, tuples, topology_subprocess_timeout_secs=3, **WORKERS) as run:
        run.until(lambda: len(run.ids("ack")) == 3)
        assert run.ids("fail"), "what the process held has failed"
        assert set(run.values("last")) == {1, 2, 3}
        errors = run.topology.stats().components["deadly"].errors
    assert any("signal 9" in each.message for each in errors)


def test_what_msgpack_cannot_carry_fails_its_tuple_and_names_the_stream(tmp_path: Path) -> None:
    with running(OddApart, tmp_path, [(1, ""), (2, "date")], **WORKERS) as run:
        run.settle()
        assert (run.ids("ack"), run.ids("fail")) == ([0], [1])
        (error,) = run.topology.stats().components["odd"].errors
    assert "odd cannot emit on stream 'default'" in error.message
    assert "datetime" in error.message


def test_the_same_on_the_way_to_a_process(tmp_path: Path) -> None:
    class Dated(Topology):
        numbers = Dates.spec()
        record = ToApart.specs[1]

    with running(Dated, tmp_path, [(1, 0), (2, 0), (3, 0)], topology_workers=2) as run:
        run.settle()
        assert (run.ids("ack"), run.ids("fail")) == ([2], [0, 1])
        messages = [each.message for each in run.topology.stats().components["record"].errors]
    assert all("stream 'default' of numbers cannot be sent to record" in message for message in messages)


def test_bytes_come_through_as_bytes(tmp_path: Path) -> None:
    class Bytes(Topology):
        numbers = BytesSpout.spec()
        record = ToApart.specs[1]

    with running(Bytes, tmp_path, [(1, 0)], **WORKERS) as run:
        run.settle()
        assert run.values("record") == [repr(bytes(range(256)))]


def test_task_ids_for_a_process_that_asks(tmp_path: Path) -> None:
    with running(AskingApart, tmp_path, [(n, 0) for n in range(9)], **WORKERS) as run:
        run.settle()
        told = [each["tasks"] for each in run.events("tasks")]
        assert all(len(each) == 1 for each in told)
        assert {each[0] for each in told} == set(run.topology.plan.components["last"].tasks)


def test_log_print_and_metrics_come_out_of_the_process(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.INFO), running(ChattyApart, tmp_path, [(1, 0), (2, 0)], **WORKERS) as run:
        run.settle()
        run.until(lambda: run.topology.stats().metrics)
        assert run.ids("ack") == [0, 1], "what was printed did not disturb the protocol"
    assert capsys.readouterr().out == "printed 1\nprinted 2\n", "by lines, where a thread would print"
    assert "logged 1" in caplog.text
    assert "sent to Storm's log" in caplog.text


def test_initialize_that_raises_in_a_process(tmp_path: Path) -> None:
    said = r"(?s)initialize component unready.*OSError.*no database"
    with pytest.raises(ComponentStartError, match=said), running(UnreadyApart, tmp_path, **WORKERS):
        pass


def test_the_last_call_is_made_in_the_process(tmp_path: Path) -> None:
    with running(ToApart, tmp_path, [(1, 0)], **WORKERS) as run:
        run.settle()
    assert len(run.events("cleanup", "record")) == 1


@pytest.mark.parametrize("work", [0, 100], ids=["idle", "in the middle of tuples"])
def test_a_process_ends_with_its_parent(work: int) -> None:
    program = (
        "import os, sys\n"
        "from spindrift.local.child import ChildProcess\n"
        "from tests.local.components.bolts import PassOn\n"
        "child = ChildProcess(PassOn, {}, {'taskid': 1, 'componentid': 'x'})\n"
        "print(child.read()[0]['pid'], flush=True)\n"
        f"for number in range({work}):\n"
        "    child.send({'id': str(number), 'comp': 'y', 'stream': 'default', 'task': 2, 'tuple': [1, 0]})\n"
        "os.kill(os.getpid(), 9)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    ran = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, timeout=60, check=False
    )
    child = Path("/proc") / ran.stdout.strip()
    assert ran.returncode == -9, ran.stderr
    pause = threading.Event()
    for _ in range(1000):
        if not child.exists() or "State:\tZ" in (child / "status").read_text():
            return
        pause.wait(0.01)
    raise AssertionError(f"process {ran.stdout} has outlived its parent")


def test_marked_components_go_first_and_workers_is_the_limit() -> None:
    apart = plan_topology(Apart, "t")
    assert tasks_in_processes(apart, {"topology.workers": 2}) == {2, 4}, "one task of each in turn"
    assert tasks_in_processes(apart, {"topology.workers": 1}) == set()
    assert tasks_in_processes(plan_topology(Unmarked, "t"), {"topology.workers": 3}) == {2, 4, 3}


def test_a_class_that_cannot_be_imported_stays() -> None:
    class Hidden(Recorder):
        pass

    class Here(Topology):
        numbers = ListSpout.spec()
        hidden = Hidden.spec(inputs=[numbers], par=4)

    assert tasks_in_processes(plan_topology(Here, "t"), {"topology.workers": 4}) == set()


class Dates(ListSpout):
    """Emits a date, a dict with a tuple for a key, and a number."""

    def next_tuple(self) -> None:
        if self.next < 3:
            value = [datetime(2026, 1, 1, tzinfo=UTC), {(1,): 2}, 3][self.next]
            self.next += 1
            self.emit([value, 0], tup_id=self.next - 1)


class BytesSpout(ListSpout):
    """Emits all bytes there are."""

    def next_tuple(self) -> None:
        if not self.next:
            self.next = 1
            self.emit([bytes(range(256)), 0], tup_id=0)
