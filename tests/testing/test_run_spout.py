"""The kit asks a spout as Storm would."""

import pytest

from spindrift.spouts.seeds import SeedSpout
from spindrift.testing import run_spout
from tests.testing.word_components import TwoStreamSpout, WordSpout


def test_it_emits_when_it_is_asked() -> None:
    with run_spout(WordSpout) as spout:
        assert spout.emitted() == []
        assert spout.next() == [("to",)]
        assert spout.next(5) == [("be",)]
        assert spout.emitted()[1].word == "be"
        assert spout.ids == spout.pending == ["to", "be"]


def test_a_reliable_spout_replays_until_it_has_failed_too_often() -> None:
    with run_spout(WordSpout, {"words": ["to"]}) as spout:
        spout.drain()
        for _ in range(5):
            spout.fail("to")
        assert len(spout.emitted()) == 1 + WordSpout.max_fails
        assert spout.pending == []


def test_acked_tuples_are_pending_no_more() -> None:
    with run_spout(WordSpout) as spout:
        spout.drain()
        spout.ack("to")
        assert spout.pending == ["be"]


def test_streams_and_message_ids() -> None:
    with run_spout(TwoStreamSpout) as spout:
        spout.next(4)
        assert spout.emitted("odd") == [(1,), (3,)]
        assert spout.emitted("even") == [(2, 1), (4, 2)]
        assert spout.ids == [None, 2, None, 4]
        assert spout.pending == [2, 4]


def test_a_spout_without_an_end_cannot_be_drained() -> None:
    with run_spout(TwoStreamSpout) as spout, pytest.raises(AssertionError, match="still emits"):
        spout.drain()


def test_a_crash_loses_its_memory_but_not_storms() -> None:
    with run_spout(WordSpout) as spout:
        spout.next()
        spout.crash()
        assert spout.pending == ["to"]
        assert spout.drain() == [("to",), ("be",)]


def test_virtual_time_is_the_spouts() -> None:
    with run_spout(SeedSpout, {"seeds": ["http://a.example/"], "urlfilters.config.file": ""}) as spout:
        spout.next()
        spout.fail("http://a.example/")
        assert spout.next() == []
        spout.advance(1)
        assert [values.status for values in spout.next()] == ["DISCOVERED"]


def test_a_task_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="index=2 is not one of par=2"), run_spout(WordSpout, index=2, par=2):
        pass
