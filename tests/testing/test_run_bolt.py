"""The kit runs a bolt as Storm would, one tuple at a time."""

import threading
from typing import Any, ClassVar

import pytest
from streamparse import Bolt

from spindrift.local import EmitError
from spindrift.testing import SystemClock, VirtualClock, run_bolt
from tests.testing.word_components import Batch, Count, Stamp, TicklessBatch


def test_what_a_bolt_emits_equals_tuples_and_has_names() -> None:
    with run_bolt(Count) as bolt:
        tup = bolt.send(word="be")
        assert bolt.emitted() == [("be", 1)]
        assert bolt.emitted()[0].count == 1
        assert bolt.emissions[0].anchors == (tup,)
        assert (bolt.acked, bolt.failed, bolt.held) == ([tup], [], [])


def test_a_stream_that_is_not_declared_cannot_be_asked_for() -> None:
    with run_bolt(Count) as bolt, pytest.raises(ValueError, match=r"no stream 'nowhere' \(declared: default, ticks\)"):
        bolt.emitted("nowhere")


def test_what_a_bolt_raises_is_raised_and_its_tuple_fails() -> None:
    with run_bolt(Count) as bolt:
        with pytest.raises(ValueError, match="a bad word"):
            bolt.send(word="bad", tup_id="7")
        assert [tup.id for tup in bolt.failed] == ["7"]
        assert "a bad word" in bolt.reported[0]
        good = bolt.send(word="be")
        assert bolt.acked == [good]


def test_ticks_come_by_the_clock() -> None:
    with run_bolt(Count, {"topology.tick.tuple.freq.secs": 10}) as bolt:
        bolt.send(word="be")
        bolt.advance(9)
        assert bolt.emitted("ticks") == []
        bolt.advance(21)
        assert bolt.emitted("ticks") == [(1,)] * 3
        bolt.tick()
        assert len(bolt.emitted("ticks")) == 4


def test_a_bolt_with_a_clock_gets_the_virtual_one() -> None:
    with run_bolt(Stamp, clock=VirtualClock(100.0)) as bolt:
        bolt.advance(5)
        bolt.send(word="be")
        assert bolt.emitted() == [("be", 105.0)]


def test_a_bolt_may_have_the_machines_clock_and_ticks_when_they_are_wanted() -> None:
    clock = SystemClock()
    before = clock.time()
    with run_bolt(Stamp, {"topology.tick.tuple.freq.secs": 1}, clock=clock) as bolt:
        bolt.advance(1000)
        bolt.send(word="be")
        [(_, moment)] = bolt.emitted()
        assert before <= moment <= clock.time()


def test_attributes_are_set_before_the_start_and_the_last_call_is_made() -> None:
    ended: list[str] = []
    with run_bolt(Stamp, ended=ended):
        assert ended == []
    assert ended == ["cleanup"]


def test_a_batching_bolt_holds_tuples_until_enough_ticks() -> None:
    with run_bolt(Batch, {"topology.tick.tuple.freq.secs": 1}) as bolt:
        sent = [bolt.send(word=word) for word in ("to", "be", "to")]
        bolt.advance(1)
        assert (bolt.emitted(), bolt.held) == ([], sent)
        bolt.advance(1)
        assert sorted(bolt.emitted()) == [("be", 1), ("to", 2)]
        assert bolt.acked == [sent[0], sent[2], sent[1]]


def test_a_batch_that_raises_fails_alone() -> None:
    with run_bolt(Batch) as bolt:
        bad, good = bolt.send(word="bad"), bolt.send(word="good")
        bolt.tick()
        with pytest.raises(ValueError, match="a bad batch"):
            bolt.tick()
        assert (bolt.failed, bolt.held) == ([bad], [good])


def test_a_tickless_batching_bolt_goes_by_the_virtual_clock() -> None:
    with run_bolt(TicklessBatch) as bolt:
        sent = bolt.send(word="be")
        bolt.advance(1.9)
        assert bolt.held == [sent]
        bolt.advance(0.1)
        assert (bolt.emitted(), bolt.acked) == ([("be", 1)], [sent])
        assert threading.active_count() < 20, "no timer thread is left behind"


def test_a_crash_fails_what_is_held_and_forgets() -> None:
    with run_bolt(Batch) as bolt:
        lost = bolt.send(word="to")
        bolt.crash()
        assert bolt.failed == [lost]
        bolt.send(word="be")
        bolt.tick()
        bolt.tick()
        assert bolt.emitted() == [("be", 1)]


class Later(Bolt):
    """Emits and acks in another thread, when it may."""

    outputs: ClassVar = ["word"]
    auto_ack = False
    gate: ClassVar[threading.Event]

    def process(self, tup: Any) -> None:
        threading.Thread(target=self.finish, args=(tup,)).start()

    def finish(self, tup: Any) -> None:
        self.gate.wait(10)
        self.emit([tup.values.word], anchors=[tup])
        self.ack(tup)


def test_what_other_threads_do_can_be_waited_for() -> None:
    gate = threading.Event()
    with run_bolt(Later, gate=gate) as bolt:
        tup = bolt.send(word="be")
        assert bolt.held == [tup]
        gate.set()
        bolt.until(lambda: bolt.acked == [tup])
        assert bolt.emitted() == [("be",)]


def test_what_does_not_come_about_says_how_far_it_came() -> None:
    gate = threading.Event()
    with run_bolt(Later, gate=gate) as bolt:
        bolt.send(word="be")
        with pytest.raises(AssertionError, match=r"emitted nothing, acked 0, failed 0, holds 1"):
            bolt.until(lambda: bolt.acked, timeout=0.01)
        gate.set()
        bolt.until(lambda: bolt.acked)


class Wrong(Bolt):
    outputs: ClassVar = ["value"]

    def process(self, tup: Any) -> None:
        if tup.values.case == "acked":
            self.ack(tup)
        self.emit(*{"stream": ([1], "nowhere"), "width": ([1, 2],), "acked": ([1],)}[tup.values.case])


@pytest.mark.parametrize(
    ("case", "message"),
    [("stream", "does not declare"), ("width", "2 values on stream 'default', which has 1"), ("acked", "already")],
)
def test_an_emit_that_the_topology_would_not_allow_is_an_error(case: str, message: str) -> None:
    with run_bolt(Wrong) as bolt, pytest.raises(EmitError, match=message):
        bolt.send(case=case)


def test_fields_may_be_named_as_the_options_are() -> None:
    with run_bolt(Count) as bolt:
        tup = bolt.send({"stream": "a", "source": "b"}, word="be", stream="other", source="words")
        assert (tup.values, tup.stream, tup.component) == (("a", "b", "be"), "other", "words")


def test_configuration_and_context_are_storms() -> None:
    with run_bolt(Count, {"mine": 1}, name="count", index=1, par=2) as bolt:
        assert bolt.component.conf["mine"] == 1
        assert bolt.component.conf["topology.message.timeout.secs"] == 300
        tasks = [int(task) for task, name in bolt.component.ctx["task->component"].items() if name == "count"]
        assert tasks.index(bolt.component.ctx["taskid"]) == 1


def test_streams_are_listened_to_where_that_is_said() -> None:
    with run_bolt(Count, listened=["ticks"]) as bolt:
        groupings = bolt.component.ctx["stream->target->grouping"]
        assert {stream: list(targets) for stream, targets in groupings.items() if targets} == {"ticks": ["listener"]}
        bolt.tick()
        assert bolt.emitted("ticks") == [(0,)]
    with pytest.raises(KeyError, match=r"nowhere.*default"), run_bolt(Count, listened=["nowhere"]):
        pass


def test_metrics_are_written_down() -> None:
    with run_bolt(Count) as bolt:
        bolt.component.report_metric("words", {"n": 1})
        assert bolt.metrics == [("words", {"n": 1})]
