"""From construction to the last call: configuration, context, ticks, batches, logging, start and stop."""

import logging
import weakref
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

import pytest
from streamparse import Grouping, Topology

from spindrift.clock import VirtualClock
from spindrift.local import ComponentStartError, LocalTopology
from tests.local.components.bolts import (
    Batches,
    Chatty,
    ContextRecorder,
    Echo,
    Leaving,
    Many,
    PassOn,
    Recorder,
    Silent,
    Slow,
    TicklessBatches,
    Unmade,
    Unready,
)
from tests.local.components.spouts import CountingSpout, EndlessSpout, ListSpout, RaisingSpout
from tests.local.running import in_a_row, running

TEN = [(n, n % 3) for n in range(10)]


class Simple(Topology):
    numbers = ListSpout.spec()
    record = Recorder.spec(inputs=[numbers])


def test_ticks_come_as_often_as_each_component_asks(tmp_path: Path) -> None:
    class Ticking(Topology):
        numbers = ListSpout.spec()
        slow = Recorder.spec(inputs=[numbers], config={"topology.tick.tuple.freq.secs": 10})
        fast = Recorder.spec(inputs=[numbers])

    clock = VirtualClock()
    with running(Ticking, tmp_path, (), clock, topology_tick_tuple_freq_secs=4) as run:
        for second in range(1, 21):
            clock.advance(1)
            for component, ticks in (("fast", second // 4), ("slow", second // 10)):
                run.until(partial(lambda name, count: len(run.events("tick", name)) == count, component, ticks))
        assert {each["seconds"] for each in run.events("tick", "slow")} == {10.0}


def test_a_components_config_is_its_classes_or_its_specs(tmp_path: Path) -> None:
    class Own(ContextRecorder):
        config: ClassVar = {"mine": "class", "theirs": 1}

    class Configured(Topology):
        config: ClassVar = {"mine": "topology"}
        numbers = ListSpout.spec()
        by_class = Own.spec(inputs=[numbers])
        by_spec = Own.spec(inputs=[numbers], config={"mine": "spec"})

    with running(Configured, tmp_path, mine="topology") as run:
        confs = {each["component"]: each["conf"] for each in run.events("context")}
    assert confs["by_class"]["mine"] == "class"
    assert confs["by_spec"]["mine"] == "spec"
    assert confs["by_spec"]["topology.name"] == "tested"


def test_the_context_is_storms(tmp_path: Path) -> None:
    class Contextual(Topology):
        numbers = ListSpout.spec()
        middle = Echo.spec(inputs=[numbers], par=2)
        last = ContextRecorder.spec(inputs={middle: Grouping.fields("key"), numbers: Grouping.ALL})

    with running(Contextual, tmp_path) as run:
        (event,) = run.events("context")
    assert event["context"] == {
        "taskid": 4,
        "componentid": "last",
        "task->component": {"1": "numbers", "2": "middle", "3": "middle", "4": "last"},
        "streams": [],
        "stream->outputfields": {},
        "stream->target->grouping": {},
        "source->stream->grouping": {
            "middle": {"default": {"type": "FIELDS", "fields": ["key"]}},
            "numbers": {"default": {"type": "ALL"}},
        },
        "source->stream->fields": {"middle": {"default": ["value", "key"]}, "numbers": {"default": ["value", "key"]}},
    }


def test_batching_bolt_batches_between_ticks(tmp_path: Path) -> None:
    clock = VirtualClock()
    with running(batching(Batches), tmp_path, TEN, clock) as run:
        run.until(lambda: run.topology.in_flight() == 10)
        run.until(lambda: run.ids("ack") == list(range(10)), meanwhile=lambda: clock.advance(1))
        batches = {each["key"]: each["values"] for each in run.events("batch")}
    assert batches == {0: [0, 3, 6, 9], 1: [1, 4, 7], 2: [2, 5, 8]}


def test_a_batch_that_raises_fails_and_no_other(tmp_path: Path) -> None:
    clock = VirtualClock()
    with running(batching(Batches), tmp_path, [(0, "good"), (1, "bad"), (2, "good")], clock) as run:
        run.until(lambda: run.topology.in_flight() == 3)
        run.until(lambda: len(run.events("ack") + run.events("fail")) == 3, meanwhile=lambda: clock.advance(1))
        assert run.ids("ack") == [0, 2]
        assert run.ids("fail") == [1]


def test_tickless_batching_bolt_needs_no_ticks(tmp_path: Path) -> None:
    with running(batching(TicklessBatches), tmp_path, TEN) as run:
        run.until(lambda: run.ids("ack") == list(range(10)))
        assert sorted(value for each in run.events("batch") for value in each["values"]) == list(range(10))


def test_a_tickless_batch_that_raises_fails_and_the_timer_goes_on(tmp_path: Path) -> None:
    with running(batching(TicklessBatches), tmp_path, [(0, "bad"), (1, "good")]) as run:
        run.until(lambda: run.ids("ack") == [1])
        run.until(lambda: run.ids("fail") == [0])
        assert "a bad batch" in run.topology.stats().components["batches"].errors[0].message


@pytest.mark.parametrize("bolt", [Batches, TicklessBatches])
def test_stop_drains_what_batches_hold(bolt: Any, tmp_path: Path) -> None:
    class Patient(bolt):
        secs_between_batches = 3600

    with running(batching(Patient), tmp_path, TEN, topology_tick_tuple_freq_secs="1h") as run:
        run.until(lambda: run.topology.in_flight() == 10)
        run.topology.stop(drain=20)
        assert run.topology.in_flight() == 0
        assert run.ids("ack") == list(range(10))


def test_a_spout_that_raises_reports_and_goes_on(tmp_path: Path) -> None:
    with running(in_a_row(numbers=RaisingSpout, record=Recorder), tmp_path, TEN) as run:
        run.until(lambda: run.ids("ack") == list(range(10)))
        errors = run.topology.stats().components["numbers"].errors
    assert "RuntimeError: no luck this time" in errors[0].message


def test_initialize_that_raises_names_the_component_and_nothing_starts(tmp_path: Path) -> None:
    class Broken(Topology):
        numbers = ListSpout.spec()
        record = Recorder.spec(inputs=[numbers])
        unready = Unready.spec(inputs=[numbers])

    with (
        pytest.raises(
            ComponentStartError, match=r"cannot initialize component unready .*Unready.*OSError: no database"
        ),
        running(Broken, tmp_path, TEN),
    ):
        pass
    journal = (tmp_path / "journal").read_text()
    assert "cleanup" in journal, "what had been initialized was closed"
    assert "process" not in journal


def test_sys_exit_in_a_constructor_names_the_component(tmp_path: Path) -> None:
    with (
        pytest.raises(ComponentStartError, match=r"cannot construct component unmade .*SystemExit: not today"),
        running(in_a_row(numbers=ListSpout, unmade=Unmade), tmp_path, TEN),
    ):
        pass


def test_sys_exit_in_the_last_call_is_reported(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, leaving=Leaving), tmp_path, TEN) as run:
        run.settle()
        run.topology.stop()
        (error,) = run.topology.stats().components["leaving"].errors
    assert error.message == "SystemExit raised in the last call: bye"


def test_stop_deactivates_drains_and_closes(tmp_path: Path) -> None:
    with running(Simple, tmp_path, TEN) as run:
        run.settle()
    events = [each["event"] for each in run.events("activate") + run.events("deactivate") + run.events("close")]
    assert events == ["activate", "deactivate", "close"]
    assert len(run.events("cleanup")) == 1
    assert run.topology.wait(0)


def test_deactivate_and_activate(tmp_path: Path) -> None:
    def emitted() -> int:
        return run.topology.stats().components["numbers"].emitted.get("default", 0)

    with running(in_a_row(numbers=EndlessSpout, record=Recorder), tmp_path, topology_max_spout_pending=5) as run:
        run.until(lambda: emitted() > 20)
        run.topology.deactivate()
        run.until(lambda: len(run.events("deactivate")) == 1)
        run.until(lambda: run.topology.in_flight() == 0)
        before = emitted()
        assert {emitted() for _ in range(500)} == {before}, "a spout that is not active is not asked"
        run.topology.activate()
        run.until(lambda: emitted() > before + 20)
        assert len(run.events("activate")) == 2, "also at the start"


def test_stop_gives_up_on_what_does_not_drain(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, silent=Silent), tmp_path, [(1, 0)]) as run:
        run.until(lambda: run.topology.in_flight() == 1)
        run.topology.stop(drain=0.1)
        assert run.topology.wait(0)
        assert len(run.events("cleanup")) == 1


def test_full_queues_hold_the_spout_back(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    with running(
        in_a_row(numbers=CountingSpout, echo=Echo, slow=Slow),
        tmp_path,
        topology_executor_receive_buffer_size=20,
        test_gate=str(gate),
    ) as run:
        run.until(lambda: run.topology.stats().components["slow"].queue_length >= 20)
        run.topology.deactivate()
        assert run.topology.stats().components["numbers"].emitted["default"] < 200
        gate.touch()
        run.until(lambda: run.topology.in_flight() == 0)


def test_full_queues_hold_a_bolt_back_that_makes_many_of_one(tmp_path: Path) -> None:
    gate = tmp_path / "gate"
    tuples = [(n, 0) for n in range(15)]
    with running(
        in_a_row(numbers=ListSpout, many=Many, slow=Slow),
        tmp_path,
        tuples,
        topology_executor_receive_buffer_size=20,
        test_gate=str(gate),
    ) as run:
        run.until(lambda: run.topology.stats().components["slow"].queue_length >= 20)
        assert run.topology.stats().components["many"].emitted["default"] < 15 * 50
        gate.touch()
        run.settle()
        assert len(run.values("slow")) == 15 * 50


def test_log_print_and_metrics_of_a_component(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    class Talking(Topology):
        numbers = ListSpout.spec()
        chatty = Chatty.spec(inputs=[numbers], par=2)

    before = len(logging.getLogger().handlers)
    with caplog.at_level(logging.INFO), running(Talking, tmp_path, [(1, 0), (2, 0)]) as run:
        run.settle()
        metrics = run.topology.stats().metrics["chatty"]
    assert sorted(value["chatter"]["value"] for value in metrics.values()) == [1, 2]
    logged = [record.getMessage() for record in caplog.records if record.name == "pystorm.component.chatty"]
    assert sorted(logged) == ["logged 1", "logged 2", "sent to Storm's log", "sent to Storm's log"]
    assert "printed 1" in capsys.readouterr().out
    assert len(logging.getLogger().handlers) == before


def test_log_files_as_pystorm_writes_them(tmp_path: Path) -> None:
    class Talking(Topology):
        numbers = ListSpout.spec()
        chatty = Chatty.spec(inputs=[numbers], par=2)

    logs = tmp_path / "logs"
    with running(Talking, tmp_path, [(1, 0)], pystorm_log_path=str(logs)) as run:
        run.settle()
    (file,) = logs.glob("pystorm_tested_chatty_*.log")
    assert file.read_text().count("logged 1") == 1


def test_no_thread_is_left_behind(tmp_path: Path) -> None:
    import threading

    before = set(threading.enumerate())
    with running(batching(TicklessBatches), tmp_path, TEN) as run:
        run.until(lambda: len(run.events("ack")) == 10)
    run.until(lambda: set(threading.enumerate()) <= before)


def test_a_topology_may_be_started_outside_the_main_thread(tmp_path: Path) -> None:
    import threading

    conf = {"test.journal": str(tmp_path / "journal"), "test.tuples": []}
    topology = LocalTopology(batching(TicklessBatches), name="tested", conf=conf)
    failed: list[BaseException] = []

    def start() -> None:
        try:
            topology.start()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    topology.stop(drain=1)
    assert not failed


def batching(bolt: Any) -> Any:
    class Batching(Topology):
        numbers = ListSpout.spec()
        batches = bolt.spec(inputs=[numbers], config={"topology.tick.tuple.freq.secs": 1})

    return Batching


def test_what_has_been_worked_on_is_not_kept_while_there_is_nothing_to_do(tmp_path: Path) -> None:
    class Large:
        """Stands for the content of a page."""

    alive = []

    class Larges(ListSpout):
        def next_tuple(self) -> None:
            if self.next < len(self.tuples):
                self.next += 1
                large = Large()
                alive.append(weakref.ref(large))
                self.emit([large, 0], tup_id=self.next)

    with running(in_a_row(larges=Larges, first=PassOn, second=PassOn), tmp_path, TEN) as run:
        run.settle()
        run.until(lambda: all(reference() is None for reference in alive))
    assert len(alive) == len(TEN)
