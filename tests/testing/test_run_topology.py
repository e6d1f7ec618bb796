"""The kit runs a topology on given tuples, in virtual time, with faults."""

from typing import Any, ClassVar

import pytest
from streamparse import Bolt, Topology

from spindrift.testing import crash, delay, drop_ack, run_bolt, run_topology
from tests.testing.word_components import Batches, Count, TwoStreamSpout, WordCount

TO_BE = [["to"], ["be"], ["to"]]


def test_given_tuples_flow_through() -> None:
    with run_topology(WordCount, feed={"words": TO_BE}) as run:
        assert sorted(run.emitted("count")) == [("be", 1), ("to", 1), ("to", 2)]
        assert sorted(run.received("sink")) == [("be", 1), ("to", 1), ("to", 2)]
        assert sorted(run.acked("words")) == [("be",), ("to",), ("to",)]
        assert (run.failed("words"), run.in_flight, run.errors) == ([], 0, [])


def test_the_topologys_own_spout_runs_where_it_is_not_fed() -> None:
    with run_topology(WordCount, conf={"words": ["or", "not"]}) as run:
        assert sorted(run.acked("words")) == [("not",), ("or",)]


def test_the_configuration_may_come_second_as_for_a_bolt() -> None:
    with run_topology(WordCount, {"words": ["or"]}) as run:
        assert run.acked("words") == [("or",)]


class Seeds(Topology):
    """A spout without a default stream."""

    numbers = TwoStreamSpout.spec()


def test_an_empty_feed_silences_any_spout() -> None:
    with run_topology(Seeds, feed={"numbers": []}) as run:
        assert run.emitted("numbers", "odd") == []
    with pytest.raises(ValueError, match="no stream 'default'"), run_topology(Seeds, feed={"numbers": [[1]]}):
        pass


def test_time_does_not_go_back() -> None:
    with run_topology(WordCount, feed={"words": []}) as run:
        with pytest.raises(ValueError, match=r"cannot go back \(advance\(-1\)\)"):
            run.advance(-1)
        with run_bolt(Count) as bolt, pytest.raises(ValueError, match="cannot go back"):
            bolt.advance(-1)


def test_more_can_be_fed_later_by_field() -> None:
    with run_topology(WordCount, feed={"words": []}) as run:
        assert run.received("count") == []
        run.feed("words", {"word": "be"}, ["or"])
        assert run.received("count") == [("be",), ("or",)]


def test_ticks_come_by_the_virtual_clock() -> None:
    with run_topology(WordCount, feed={"words": TO_BE}) as run:
        run.advance(9)
        assert run.emitted("count", "ticks") == []
        run.advance(21)
        assert run.emitted("count", "ticks") == [(3,)] * 3


def test_batches_come_by_the_virtual_clock() -> None:
    with run_topology(Batches, feed={"words": TO_BE}) as run:
        run.advance(2)
        assert sorted(run.emitted("tickless")) == [("be", 1), ("to", 2)]
        assert run.emitted("ticked") == []
        assert run.in_flight == 3
        run.advance(8)
        assert sorted(run.emitted("ticked")) == [("be", 1), ("to", 2)]
        assert run.in_flight == 0


def test_what_a_bolt_raises_fails_its_tree_and_is_told() -> None:
    with run_topology(WordCount, feed={"words": [["to"], ["bad"]]}) as run:
        assert (run.acked("words"), run.failed("words")) == ([("to",)], [("bad",)])
        assert "a bad word" in run.errors[0].message


def test_a_crash_loses_the_bolts_memory() -> None:
    with run_topology(WordCount, feed={"words": [["to"]] * 3}, faults=[crash("count", at=2)]) as run:
        assert run.emitted("count") == [("to", 1), ("to", 1)]
        assert run.failed("words") == [("to",)]


def test_a_crash_fails_what_a_batching_bolt_holds() -> None:
    faults = [crash("ticked", when=lambda tup: tup.values.word == "be")]
    with run_topology(Batches, feed={"words": [["to"], ["be"], ["or"]]}, faults=faults, replays=1) as run:
        run.advance(10)
        assert sorted(run.failed("ticked")) == [("be",), ("to",)]
        assert sorted(run.failed("words")) == [("be",), ("to",)]
        assert sorted(run.acked("words")) == [("be",), ("or",), ("to",)]
        assert sorted(run.emitted("ticked")) == [("be", 1), ("or", 1), ("to", 1)]


def test_a_tickless_bolt_crashes_too() -> None:
    with run_topology(Batches, feed={"words": TO_BE}, faults=[crash("tickless", at=3)]) as run:
        run.advance(10)
        assert run.emitted("tickless") == []
        assert len(run.failed("words")) == 3


def test_a_spout_that_crashes_forgets_what_it_has_done() -> None:
    with run_topology(WordCount, faults=[crash("words", at=2)]) as run:
        assert sorted(run.emitted("words")) == [("be",), ("be",), ("to",), ("to",)]


def test_a_dropped_ack_times_out_and_is_replayed() -> None:
    with run_topology(WordCount, feed={"words": [["to"]]}, faults=[drop_ack("count", at=1)], replays=1) as run:
        assert (run.in_flight, run.acked("count"), len(run.acked("sink"))) == (1, [], 1)
        run.advance(29)
        assert run.failed("words") == []
        run.advance(2)
        assert (run.failed("words"), run.acked("words")) == ([("to",)], [("to",)])
        assert run.emitted("count") == [("to", 1), ("to", 2)]


def test_a_delayed_tuple_is_overtaken() -> None:
    with run_topology(WordCount, feed={"words": [["to"], ["be"]]}, faults=[delay("count", 20, at=1)]) as run:
        assert run.received("count") == [("be",)]
        run.advance(19)
        assert run.received("count") == [("be",)]
        run.advance(1)
        assert run.received("count") == [("be",), ("to",)]
        assert run.in_flight == 0


def test_a_tuple_that_is_delayed_too_long_fails() -> None:
    with run_topology(WordCount, feed={"words": [["to"]]}, faults=[delay("count", 60, at=1)]) as run:
        run.advance(31)
        assert run.failed("words") == [("to",)]


def test_a_fault_strikes_as_often_as_asked() -> None:
    faults = [crash("count", when=lambda tup: True, times=2)]
    with run_topology(WordCount, feed={"words": [["to"]]}, faults=faults, replays=5) as run:
        assert (len(run.failed("words")), len(run.acked("words"))) == (2, 1)


class Shout(Bolt):
    outputs: ClassVar = Count.outputs

    def process(self, tup: Any) -> None:
        self.emit([tup.values.word.upper(), 0])


def test_a_component_can_be_replaced() -> None:
    with run_topology(WordCount, feed={"words": TO_BE}, replacements={"count": Shout}) as run:
        assert sorted(run.received("sink")) == [("BE", 0), ("TO", 0), ("TO", 0)]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"feed": {"word": TO_BE}}, "no component 'word'; did you mean \"words\""),
        ({"feed": {"count": TO_BE}}, "count is a bolt; only spouts can be fed"),
        ({"feed": {"words": [["to", "be"]]}}, "its fields are word"),
        ({"feed": {"words": {"other": TO_BE}}}, "no stream 'other'"),
        ({"faults": [crash("cuont", at=1)]}, "no component 'cuont'"),
        ({"faults": [drop_ack("words", at=1)]}, "a spout can only crash; give a bolt that hears it: count"),
        ({"replacements": {"snk": Shout}}, "no component 'snk'"),
    ],
)
def test_mistakes_say_what_is_right(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message), run_topology(WordCount, **arguments):
        pass


def test_a_fault_says_which_tuple() -> None:
    with pytest.raises(ValueError, match="either at=3"):
        crash("count")


def test_what_is_asked_about_must_exist() -> None:
    with run_topology(WordCount, feed={"words": []}) as run:
        with pytest.raises(ValueError, match="did you mean"):
            run.emitted("conut")
        with pytest.raises(ValueError, match="declared: default, ticks"):
            run.emitted("count", "tick")
