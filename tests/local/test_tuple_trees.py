"""Ack, fail, time-out and replay of spout tuples, over trees of all shapes."""

from pathlib import Path
from typing import Any

from streamparse import Grouping, Topology

from spindrift.clock import VirtualClock
from tests.local.components.bolts import (
    Echo,
    Flood,
    FloodMark,
    Later,
    Loop,
    OwnLoop,
    Pairs,
    Picky,
    Recorder,
    Silent,
    Twice,
    Unanchored,
)
from tests.local.components.spouts import CountingSpout, ListSpout, StubbornSpout, ThreadSpout
from tests.local.running import in_a_row, running

TEN = [(n, n % 3) for n in range(10)]


class Chain(Topology):
    numbers = ListSpout.spec()
    first = Twice.spec(inputs=[numbers], par=2)
    second = Twice.spec(inputs={first: Grouping.fields("key")}, par=2)
    last = Recorder.spec(inputs=[second])


class Diamond(Topology):
    numbers = ListSpout.spec()
    left = Echo.spec(inputs=[numbers])
    right = Twice.spec(inputs=[numbers])
    last = Recorder.spec(inputs=[left, right], par=3)


class OnePicky(Topology):
    numbers = ListSpout.spec()
    picky = Picky.spec(inputs=[numbers])


def test_a_tuple_is_acked_once_when_its_whole_tree_is(tmp_path: Path) -> None:
    with running(Chain, tmp_path, TEN) as run:
        run.settle()
        assert run.ids("ack") == list(range(10))
        assert len(run.values("last")) == 40


def test_fan_out_and_fan_in(tmp_path: Path) -> None:
    with running(Diamond, tmp_path, TEN) as run:
        run.settle()
        assert run.ids("ack") == list(range(10))
        assert len(run.values("last")) == 30


def test_a_tree_is_open_while_one_leaf_is(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, echo=Echo, silent=Silent), tmp_path, [(1, 0)]) as run:
        run.until(lambda: run.values("silent"))
        assert run.topology.in_flight() == 1
        assert not run.events("ack")


def test_a_flood_from_one_tuple_is_handed_over_in_parts_of_one_tree(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, flood=Flood, mark=FloodMark), tmp_path, [(1, 0)]) as run:
        run.settle()
        assert run.ids("ack") == [0]
        assert run.ids("fail") == []
        assert run.topology.stats().components["mark"].acked == 10_000
        assert not run.topology.stats().components["flood"].errors


def test_a_tuple_with_two_anchors_belongs_to_both_trees(tmp_path: Path) -> None:
    with running(
        in_a_row(numbers=ListSpout, pairs=Pairs, picky=Picky), tmp_path, [(1, 0), (1, 0), (1, 0), (2, 0)]
    ) as run:
        run.settle()
        assert run.ids("ack") == [0, 1], "1 + 1 is acked"
        assert run.ids("fail") == [2, 3], "1 + 2 is failed"


def test_without_anchor_the_tree_ends(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, cut=Unanchored, silent=Silent), tmp_path, TEN) as run:
        run.settle()
        assert run.ids("ack") == list(range(10))


def test_fail_by_hand_and_by_exception(tmp_path: Path) -> None:
    with running(OnePicky, tmp_path, [(n, 0) for n in range(1, 11)]) as run:
        run.settle()
        assert run.ids("fail") == [0, 2, 4, 6, 8, 9]
        assert run.ids("ack") == [1, 3, 5, 7]
        stats = run.topology.stats().components
        assert (stats["picky"].acked, stats["picky"].failed) == (4, 6)
        assert (stats["numbers"].acked, stats["numbers"].failed) == (4, 6)


def test_a_bolt_that_raises_goes_on_and_reports_component_tuple_and_traceback(tmp_path: Path) -> None:
    with running(OnePicky, tmp_path, [(10, 0), (2, 0)]) as run:
        run.settle()
        assert run.ids("ack") == [1]
        (error,) = run.topology.stats().components["picky"].errors
    assert error.component == "picky"
    assert "values=NumbersDefaultTuple(value=10, key=0)" in error.message
    assert "ValueError: cannot take 10" in error.message
    assert "bolts.py" in error.message


def test_not_even_sys_exit_ends_a_bolt(tmp_path: Path) -> None:
    with running(OnePicky, tmp_path, [(99, 0), (2, 0)]) as run:
        run.settle()
        assert (run.ids("fail"), run.ids("ack")) == ([0], [1])


def test_every_tuple_ends_once_when_all_queues_are_full(tmp_path: Path) -> None:
    class Storm(Topology):
        numbers = ListSpout.spec()
        left = Echo.spec(inputs=[numbers], par=2)
        right = Twice.spec(inputs=[numbers], par=2)
        last = Picky.spec(inputs={left: Grouping.fields("key"), right: Grouping.SHUFFLE}, par=3)

    tuples = [(n, n % 7) for n in range(1, 400)]
    with running(Storm, tmp_path, tuples, topology_executor_receive_buffer_size=3) as run:
        run.settle()
        failed = [place for place, (value, _) in enumerate(tuples) if value % 2 or value % 10 == 0]
        assert run.ids("fail") == failed
        assert run.ids("ack") == sorted(set(range(399)) - set(failed))


def test_a_tuple_that_nobody_acks_times_out(tmp_path: Path) -> None:
    clock = VirtualClock()
    with running(
        in_a_row(numbers=ListSpout, silent=Silent), tmp_path, [(0, 0), (1, 0)], clock, topology_message_timeout_secs=30
    ) as run:
        run.until(lambda: len(run.values("silent")) == 2)
        clock.advance(29)
        assert run.topology.in_flight() == 2
        clock.advance(2)
        run.until(lambda: run.ids("fail") == [0, 1])
        assert run.topology.in_flight() == 0


def test_an_ack_after_the_time_out_does_nothing(tmp_path: Path) -> None:
    clock = VirtualClock()
    with running(
        in_a_row(numbers=ListSpout, pairs=Pairs), tmp_path, [(1, 0)], clock, topology_message_timeout_secs=30
    ) as run:
        run.until(lambda: run.topology.in_flight() == 1)
        clock.advance(31)
        run.until(lambda: run.ids("fail") == [0])
    assert not run.events("ack")


def test_no_more_than_max_spout_pending_in_flight(tmp_path: Path) -> None:
    with running(in_a_row(numbers=CountingSpout, silent=Silent), tmp_path, topology_max_spout_pending=7) as run:
        run.until(lambda: len(run.values("silent")) == 7)
        assert run.topology.in_flight() == 7
        assert run.topology.stats().components["numbers"].emitted["default"] == 7


def test_without_ackers_a_tuple_is_acked_when_it_is_emitted(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, silent=Silent), tmp_path, TEN, topology_acker_executors=0) as run:
        run.settle()
        assert run.ids("ack") == list(range(10))


def test_without_message_id_nothing_is_tracked(tmp_path: Path) -> None:
    with running(OnePicky, tmp_path, TEN, test_unreliable=True) as run:
        run.settle()
        assert len(run.values("picky")) == 10
        assert not run.events("ack")
        assert not run.events("fail")


def test_reliable_spout_replays_up_to_max_fails(tmp_path: Path) -> None:
    with running(in_a_row(numbers=StubbornSpout, picky=Picky), tmp_path, [(2, 0), (3, 0)]) as run:
        run.settle()
        assert run.values("picky") == [2, 3, 3, 3], "once and two replays"
        assert run.ids("ack") == [0, 1], "given up as acked, as pystorm does"
        assert run.ids("fail") == [1, 1, 1]


def test_a_bolt_may_ack_fail_and_emit_from_another_thread(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, later=Later, last=Recorder), tmp_path, TEN) as run:
        run.settle()
        assert run.ids("ack") == [0, 2, 4, 6, 8]
        assert run.ids("fail") == [1, 3, 5, 7, 9]
        assert sorted(run.values("last")) == [0, 2, 4, 6, 8]
        assert run.topology.stats().components["later"].latency_ms >= 1, "from process to ack"


def test_a_spout_may_emit_from_another_thread(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ThreadSpout, last=Recorder), tmp_path, TEN) as run:
        run.until(lambda: run.ids("ack") == list(range(10)))


def test_a_cycle_runs_until_its_tuples_are_acked(tmp_path: Path) -> None:
    with running(round_trip(), tmp_path, [(500, 0), (3, 0)]) as run:
        run.settle()
        assert run.ids("ack") == [0, 1]
        assert len(run.values("loop")) == 501 + 4


def test_full_queues_on_a_cycle_do_not_stop_it(tmp_path: Path) -> None:
    tuples = [(20, n) for n in range(200)]
    with running(round_trip(), tmp_path, tuples, topology_executor_receive_buffer_size=2) as run:
        run.settle()
        assert run.ids("ack") == list(range(200))


def test_overridden_run_emit_and_ack_are_used(tmp_path: Path) -> None:
    with running(in_a_row(numbers=ListSpout, own=OwnLoop, last=Recorder), tmp_path, TEN) as run:
        run.settle()
        assert [each["id"] for each in run.events("ack", "numbers")] == list(range(10))
        assert len(run.events("run", "own")) >= 10
        assert len(run.events("emit", "own")) == len(run.events("ack", "own")) == 10
        assert run.values("last") == list(range(10))


def round_trip() -> Any:
    """A bolt that listens to itself; streamparse's class syntax cannot say it, its data structures can."""
    from streamparse.thrift import GlobalStreamId

    class RoundTrip(Topology):
        numbers = ListSpout.spec()
        loop = Loop.spec(
            inputs={
                numbers: Grouping.SHUFFLE,
                GlobalStreamId(componentId="loop", streamId="default"): Grouping.fields("key"),
            },
            par=2,
        )

    return RoundTrip
