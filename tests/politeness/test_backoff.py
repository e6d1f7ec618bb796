"""Hosts in trouble: when they are left alone, for how long, and what sets them free."""

import pytest

from spindrift.clock import VirtualClock
from spindrift.politeness import backoff as backoff_module
from spindrift.politeness.backoff import HostBackoff, HostState

NOW = 1_700_000_000.0


def backoff(clock: VirtualClock, *, jitter: float = 0.0) -> HostBackoff:
    return HostBackoff(first=30.0, longest=3600.0, threshold=3, clock=clock, jitter=lambda: jitter)


class TestFailures:
    def test_in_a_row_up_to_the_threshold_change_nothing(self) -> None:
        some = backoff(VirtualClock(NOW))
        assert [some.failed("a", "x") for _ in range(2)] == [None, None]
        assert some.held_until("a") is None

    def test_at_the_threshold_the_host_is_left_alone(self) -> None:
        some = backoff(VirtualClock(NOW))
        states = [some.failed("a", "Unknown host") for _ in range(3)]
        assert states[-1] == HostState("a", NOW + 30.0, "Unknown host", 3)
        assert some.held_until("a") == NOW + 30.0

    def test_are_forgotten_at_any_answer(self) -> None:
        some = backoff(VirtualClock(NOW))
        some.failed("a", "x")
        some.failed("a", "x")
        assert some.succeeded("a") is None
        assert some.failed("a", "x") is None

    def test_of_requests_from_before_the_pause_do_not_lengthen_it(self) -> None:
        some = backoff(VirtualClock(NOW))
        for _ in range(3):
            some.failed("a", "x")
        assert some.failed("a", "x") is None
        assert some.held_until("a") == NOW + 30.0

    def test_of_one_host_do_not_concern_another(self) -> None:
        some = backoff(VirtualClock(NOW))
        some.failed("a", "x")
        some.failed("b", "x")
        assert some.failed("a", "x") is None

    def test_after_the_pause_one_more_doubles_it(self) -> None:
        clock = VirtualClock(NOW)
        some = backoff(clock)
        for _ in range(3):
            some.failed("a", "x")
        pauses = []
        for _ in range(9):
            until = some.held_until("a")
            assert until is not None
            clock.advance(until - clock.time())
            state = some.failed("a", "x")
            assert state is not None
            pauses.append(state.until - clock.time())
        assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]

    def test_after_the_pause_an_answer_sets_the_host_free(self) -> None:
        clock = VirtualClock(NOW)
        some = backoff(clock)
        for _ in range(3):
            some.failed("a", "x")
        assert some.succeeded("a") is None, "an answer to a request from before the pause"
        clock.advance(30.0)
        assert some.succeeded("a") == HostState("a", 0.0, "", 0)
        assert some.held_until("a") is None

    def test_pauses_are_spread(self) -> None:
        some = backoff(VirtualClock(NOW), jitter=1.0)
        states = [some.failed("a", "x") for _ in range(3)]
        assert states[-1] is not None
        assert states[-1].until == pytest.approx(NOW + 33.0)

    def test_are_remembered_of_a_bounded_number_of_hosts(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(backoff_module, "MAX_HOSTS", 2)
        some = backoff(VirtualClock(NOW))
        for key in "abc":
            some.told_to_wait(key, "429", 60.0)
        assert [some.held_until(key) is None for key in "abc"] == [True, False, False]


class TestRequestsForPatience:
    def test_are_granted_at_once(self) -> None:
        some = backoff(VirtualClock(NOW))
        assert some.told_to_wait("a", "429", 120.0) == HostState("a", NOW + 120.0, "429", 1)

    def test_are_capped(self) -> None:
        some = backoff(VirtualClock(NOW))
        assert some.told_to_wait("a", "429", 1e9).until == NOW + 3600.0

    def test_without_a_figure_grow(self) -> None:
        clock = VirtualClock(NOW)
        some = backoff(clock)
        assert some.told_to_wait("a", "429", None).until == NOW + 30.0
        clock.advance(30.0)
        assert some.told_to_wait("a", "429", None).until == NOW + 30.0 + 60.0

    def test_of_zero_are_at_least_a_second(self) -> None:
        some = backoff(VirtualClock(NOW))
        assert some.told_to_wait("a", "429", 0.0).until == NOW + 1.0

    def test_that_do_not_help_are_outgrown(self) -> None:
        clock = VirtualClock(NOW)
        some = backoff(clock)
        pauses = []
        for _ in range(5):
            state = some.told_to_wait("a", "429", 1.0)
            pauses.append(state.until - clock.time())
            clock.advance(pauses[-1])
        assert pauses == [1.0, 1.0, 30.0, 60.0, 120.0]

    def test_never_shorten_a_pause(self) -> None:
        some = backoff(VirtualClock(NOW))
        some.told_to_wait("a", "429", 600.0)
        assert some.told_to_wait("a", "429", 5.0).until == NOW + 600.0
        assert some.hold_until("a", NOW + 5.0, "robots.txt").until == NOW + 600.0


class TestHolds:
    def test_that_do_not_help_are_outgrown(self) -> None:
        clock = VirtualClock(NOW)
        some = backoff(clock)
        pauses = []
        for _ in range(5):
            state = some.hold_until("a", clock.time() + 5.0, "robots.txt: status 503")
            pauses.append(state.until - clock.time())
            clock.advance(pauses[-1])
        assert pauses == [5.0, 5.0, 30.0, 60.0, 120.0]
