"""The politeness queues on a virtual clock: what is promised to hosts, whatever arrives in whatever order."""

import heapq
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.politeness.limits import CrawlDelayTooLongError, LongDelay, QueueLimits
from spindrift.politeness.queues import PolitenessQueues


def queues(clock: VirtualClock | None = None, **limits: object) -> PolitenessQueues[str]:
    return PolitenessQueues(QueueLimits(**limits), clock or VirtualClock(0.0))  # type: ignore[arg-type]


def started(some: PolitenessQueues[str]) -> list[str]:
    """Start everything that may start now."""
    items = []
    while (turn := some.start_next()) is not None:
        items.append(turn[1])
    return items


class TestOneKey:
    def test_the_first_item_starts_at_once_and_the_next_waits_for_its_end(self) -> None:
        some = queues(delay=0.0)
        some.add("a", "a1")
        some.add("a", "a2")
        assert started(some) == ["a1"]
        some.finished("a")
        assert started(some) == ["a2"]

    def test_the_pause_counts_from_the_end_of_a_request(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.add("a", "a1")
        some.add("a", "a2")
        started(some)
        clock.advance(5.0)
        some.finished("a")
        assert some.next_wakeup() == 6.0
        clock.advance(0.999)
        assert started(some) == []
        clock.advance(0.001)
        assert started(some) == ["a2"]

    def test_the_pause_outlives_a_queue_that_drains_and_refills(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.add("a", "a1")
        started(some)
        some.finished("a")
        clock.advance(0.5)
        some.add("b", "b1")  # what drained keys are looked through at
        some.add("a", "a2")
        assert started(some) == ["b1"]
        clock.advance(0.5)
        assert started(some) == ["a2"]

    def test_is_forgotten_when_it_has_drained_and_its_pause_is_over(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.add("a", "a1")
        started(some)
        some.finished("a")
        clock.advance(1.0)
        some.add("b", "b1")
        assert [state.key for state in some.states()] == ["b"]

    def test_an_item_that_needed_no_request_costs_no_pause(self) -> None:
        some = queues(delay=1.0)
        some.add("a", "disallowed")
        some.add("a", "a2")
        started(some)
        some.finished("a", asked=False)
        assert started(some) == ["a2"]

    def test_an_item_put_back_goes_first_after_the_pause(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.add("a", "a1")
        some.add("a", "a2")
        started(some)
        some.put_back("a", "a1", 0.0)
        some.finished("a")
        assert started(some) == []
        clock.advance(1.0)
        assert started(some) == ["a1"]

    def test_nothing_starts_while_it_is_paused(self) -> None:
        some = queues(threads_per_key=2)
        some.add("a", "a1")
        some.add("a", "a2")
        some.settle("a")
        turn = some.start_next()
        assert turn == ("a", "a1")
        some.pause("a")
        assert started(some) == []
        some.resume("a")
        assert started(some) == ["a2"]


class TestSeveralThreadsAKey:
    def test_run_side_by_side(self) -> None:
        some = queues(threads_per_key=2, delay=10.0)
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
        some.settle("a")
        assert started(some) == ["a1", "a2"]
        some.finished("a")
        assert started(some) == ["a3"]

    def test_wait_for_the_first_to_tell_the_pause(self) -> None:
        some = queues(threads_per_key=3)
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
        assert started(some) == ["a1"]
        some.settle("a")
        assert started(some) == ["a2", "a3"]

    def test_wait_for_it_again_when_the_key_was_forgotten(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, threads_per_key=3)
        some.add("a", "a1")
        started(some)
        some.settle("a")
        some.set_crawl_delay("a", "http://a", 2.0)
        some.finished("a")
        clock.advance(2.0)
        for item in ("a2", "a3", "a4"):
            some.add("a", item)
        assert started(some) == ["a2"]
        some.set_crawl_delay("a", "http://a", 2.0)
        some.settle("a")
        assert started(some) == []
        clock.advance(5.0)
        some.finished("a")
        assert some.next_wakeup() == 9.0

    def test_take_turns_where_a_crawl_delay_counts_from_the_end(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, threads_per_key=2)
        some.add("a", "a1")
        some.add("a", "a2")
        some.settle("a")
        some.set_crawl_delay("a", "http://a", 1.0)
        assert started(some) == ["a1"]
        clock.advance(3.0)
        assert started(some) == []
        some.finished("a")
        assert some.next_wakeup() == 4.0

    def test_keep_the_minimal_delay_between_starts_and_after_ends(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, threads_per_key=2, min_delay=1.0)
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
        some.settle("a")
        assert started(some) == ["a1"]
        clock.advance(1.0)
        assert started(some) == ["a2"]
        clock.advance(0.5)
        some.finished("a")
        clock.advance(0.5)
        assert started(some) == []
        clock.advance(0.5)
        assert started(some) == ["a3"]

    def test_obey_a_crawl_delay(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, threads_per_key=4, min_delay=0.0)
        some.add("a", "a1")
        some.add("a", "a2")
        some.set_crawl_delay("a", "http://a", 3.0)
        assert started(some) == ["a1"]
        some.finished("a")
        clock.advance(2.9)
        assert started(some) == []
        clock.advance(0.1)
        assert started(some) == ["a2"]

    def test_of_a_pattern_are_counted_by_the_first_that_matches_all_of_the_key(self) -> None:
        limits = QueueLimits.from_settings(
            Settings({r"fetcher.maxThreads.(.+\.)?fast\.example": 3, "fetcher.maxThreads..*": 2})
        )
        assert limits.threads_of("www.fast.example") == 3
        assert limits.threads_of("fast.example.org") == 2

    def test_of_a_pattern_that_is_none_are_a_configuration_error(self) -> None:
        with pytest.raises(ConfigurationError, match=r'fetcher\.maxThreads\.\(a: "\(a" is not a usable regular'):
            QueueLimits.from_settings(Settings({"fetcher.maxThreads.(a": 3}))


class TestRandomPauses:
    def test_are_drawn_from_once_to_twice_the_pause(self) -> None:
        clock = VirtualClock(0.0)
        drawn = iter([0.0, 0.25, 1.0])
        some = PolitenessQueues[str](QueueLimits(delay=2.0, randomized=True), clock, lambda: next(drawn))
        pauses = []
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
            assert started(some) == [item]
            some.finished("a")
            pauses.append(some.opens_at("a") - clock.monotonic())
            clock.advance(pauses[-1])
        assert pauses == [2.0, 2.5, 4.0]

    def test_are_never_shorter_than_a_crawl_delay(self) -> None:
        some = PolitenessQueues[str](QueueLimits(randomized=True), VirtualClock(0.0), lambda: 0.5)
        some.add("a", "a1")
        started(some)
        some.set_crawl_delay("a", "http://a", 10.0)
        some.finished("a")
        assert some.opens_at("a") == 15.0

    def test_are_off_by_default(self) -> None:
        assert not QueueLimits.from_settings(Settings({})).randomized
        assert QueueLimits.from_settings(Settings({"fetcher.server.delay.randomize": "true"})).randomized


class TestPausesByPattern:
    LIMITS = QueueLimits.from_settings(
        Settings(
            {
                r"fetcher.serverDelay.(.+\.)?slow\.example": "5s",
                "fetcher.serverDelay.fast.*": "250ms",
                "fetcher.serverDelay.none": None,
                "fetcher.server.delay": 2,
            }
        )
    )

    @pytest.mark.parametrize(
        ("key", "pause"), [("www.slow.example", 5.0), ("slow.example.org", 2.0), ("fast.example", 0.25), ("none", 2.0)]
    )
    def test_are_those_of_the_first_that_matches_all_of_the_key(self, key: str, pause: float) -> None:
        some = PolitenessQueues[str](self.LIMITS, VirtualClock(0.0))
        some.add(key, "a1")
        started(some)
        some.finished(key)
        assert some.opens_at(key) == pause

    def test_hold_with_several_threads_too(self) -> None:
        some = PolitenessQueues[str](self.LIMITS, VirtualClock(0.0))
        some.add("slow.example", "a1", threads=3)
        some.add("slow.example", "a2")
        some.settle("slow.example")
        assert started(some) == ["a1"]
        assert some.next_wakeup() == 5.0

    def test_give_way_to_a_crawl_delay_unless_they_are_forced(self) -> None:
        assert self.LIMITS.crawl_delay(1.0, "slow.example") == 1.0
        assert replace(self.LIMITS, delay_forced=True).crawl_delay(1.0, "slow.example") == 5.0

    def test_of_a_pattern_that_is_none_are_a_configuration_error(self) -> None:
        with pytest.raises(ConfigurationError, match=r'fetcher\.serverDelay\.\(a: "\(a" is not a usable regular'):
            QueueLimits.from_settings(Settings({"fetcher.serverDelay.(a": 3}))


class TestManyKeys:
    def test_take_turns(self) -> None:
        some = queues(threads=1, delay=0.0)
        for key in "abc":
            for number in (1, 2):
                some.add(key, f"{key}{number}")
        order = []
        while turn := some.start_next():
            order.append(turn[1])
            some.finished(turn[0])
        assert order == ["a1", "b1", "c1", "a2", "b2", "c2"]

    def test_share_the_threads(self) -> None:
        some = queues(threads=2)
        for key in "abc":
            some.add(key, key)
        assert started(some) == ["a", "b"]
        assert some.next_wakeup() is None
        some.finished("a")
        assert started(some) == ["c"]

    def test_a_full_queue_takes_nothing_more(self) -> None:
        some = queues(max_queue_size=2)
        assert [some.add("a", "x") for _ in range(3)] == [True, True, False]
        assert some.add("b", "x")

    def test_items_that_waited_too_long_are_taken_out(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, queue_timeout=10.0)
        some.add("a", "a1")
        clock.advance(5.0)
        some.add("a", "a2")
        clock.advance(5.0)
        assert some.take_expired() == [("a", "a1")]
        assert some.queued == 1


class TestHolds:
    def test_keep_a_key_closed_until_their_end(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock)
        some.add("a", "a1")
        some.hold("a", 60.0)
        assert started(some) == []
        assert some.next_wakeup() == 60.0
        assert some.opens_at("a") == 60.0
        clock.advance(60.0)
        assert started(some) == ["a1"]

    def test_last_for_keys_that_have_nothing_queued(self) -> None:
        some = queues()
        some.hold("a", 60.0)
        some.add("a", "a1")
        assert started(some) == []

    def test_end_with_one_probe_where_several_threads_could_run(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, threads_per_key=3)
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
        some.settle("a")
        some.hold("a", 60.0, probe=True)
        clock.advance(60.0)
        assert started(some) == ["a1"]
        some.release("a")
        assert started(some) == ["a2", "a3"]

    def test_hand_back_what_waits(self) -> None:
        some = queues()
        some.add("a", "a1")
        some.add("a", "a2")
        assert some.take_waiting("a") == ["a1", "a2"]
        assert (some.queued, started(some)) == (0, [])


class TestLateItems:
    def test_are_those_whose_turn_comes_after_so_many_pauses(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=9.0)
        for number in range(5):
            some.add("a", f"a{number}")
        started(some)
        some.finished("a")
        late = some.take_late("a", 30.0)
        assert late == (["a4"], 18.0, "pause of 9 s"), "a1 starts at 9, a2 at 18, a3 at 27, a4 at 36"
        assert some.take_late("a", 30.0) is None
        assert some.queued == 3

    def test_are_counted_from_the_end_of_what_runs(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=9.0)
        for number in range(3):
            some.add("a", f"a{number}")
        started(some)
        some.finished("a")
        clock.advance(9.0)
        assert started(some) == ["a1"]
        some.add("a", "a3")
        late = some.take_late("a", 10.0)
        assert late is not None
        assert (late.items, late.until) == (["a3"], 18.0)

    def test_are_all_where_the_pause_is_too_long(self) -> None:
        some = queues(delay=3600.0)
        some.add("a", "a1")
        started(some)
        some.set_crawl_delay("a", "http://a", 7200.0)
        some.finished("a")
        some.add("a", "a2")
        assert some.take_late("a", 100.0) == (["a2"], 7200.0, "Crawl-delay of 7200 s")

    def test_are_none_while_the_pause_is_unknown_or_never_kept(self) -> None:
        some = queues(delay=9.0)
        some.add("a", "a1")
        some.add("a", "a2")
        assert some.take_late("a", 1.0) is None
        started(some)
        some.finished("a", asked=False)
        assert some.take_late("a", 1.0) is None


class TestTurnsWithoutAnItem:
    def test_come_before_what_waits_and_start_the_pause_with_their_end(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.add("a", "a1")
        some.add("a", "a2")
        started(some)
        some.want_turn("a", 30.0)
        assert some.take_turn("a") == float("inf"), "it is being asked"
        some.finished("a")
        assert some.take_turn("a") == 1.0
        clock.advance(1.0)
        assert started(some) == []
        assert some.take_turn("a") is None
        clock.advance(2.0)
        assert started(some) == []
        some.end_request("a")
        assert some.next_wakeup() == 4.0

    def test_do_not_keep_items_from_theirs_however_many_there_are(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        for item in ("a1", "a2", "a3"):
            some.add("a", item)
        order = []
        for _ in range(12):
            some.want_turn("a", 100.0)
            if some.take_turn("a") is None:
                order.append("turn")
                some.end_request("a")
            for item in started(some):
                order.append(item)
                some.finished("a")
            clock.advance(0.5)
        assert order == ["turn", "a1", "turn", "a2", "turn", "a3"]

    def test_are_given_while_an_item_waits_for_its_robots_txt(self) -> None:
        some = queues(delay=1.0)
        some.add("a", "a1")
        started(some)
        some.pause("a")
        some.want_turn("a", 30.0)
        assert some.take_turn("a") is None

    def test_are_refused_where_too_many_want_them(self) -> None:
        some = queues(delay=1.0)
        assert [some.want_turn("a", 1.0) for _ in range(4)] == [2.0, 2.0, 2.0, None]
        for _ in range(3):
            some.drop_turn("a")
        some.add("a", "a1")
        assert started(some) == ["a1"]

    def test_keep_a_key_from_being_forgotten(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=1.0)
        some.want_turn("a", 30.0)
        clock.advance(5.0)
        some.add("b", "b1")
        assert some.take_turn("a") is None
        some.end_request("a")
        some.add("a", "a1")
        assert started(some) == ["b1"]


class TestCrawlDelay:
    def test_within_the_maximum_is_kept(self) -> None:
        assert QueueLimits(max_crawl_delay=30.0).crawl_delay(20.0, "a") == 20.0

    @pytest.mark.parametrize("asked", [None, 0.0, -1.0])
    def test_of_nothing_is_none(self, asked: float | None) -> None:
        assert QueueLimits().crawl_delay(asked, "a") is None

    def test_above_the_maximum_is_refused_capped_or_honoured(self) -> None:
        with pytest.raises(CrawlDelayTooLongError):
            QueueLimits(long_delay=LongDelay.REFUSE).crawl_delay(31.0, "a")
        assert QueueLimits(long_delay=LongDelay.CAP).crawl_delay(31.0, "a") == 30.0
        assert QueueLimits(long_delay=LongDelay.SLOW).crawl_delay(3100.0, "a") == 3100.0
        assert QueueLimits(max_crawl_delay=None).crawl_delay(3100.0, "a") == 3100.0

    def test_below_the_own_delay_counts_unless_that_is_forced(self) -> None:
        assert QueueLimits(delay=1.0).crawl_delay(0.2, "a") == 0.2
        assert QueueLimits(delay=1.0, delay_forced=True).crawl_delay(0.2, "a") == 1.0

    def test_of_the_most_patient_origin_counts_for_a_key_of_several(self) -> None:
        clock = VirtualClock(0.0)
        some = queues(clock, delay=0.0)
        some.add("a", "a1")
        some.set_crawl_delay("a", "http://a", 2.0)
        some.set_crawl_delay("a", "https://a", 1.0)
        some.set_crawl_delay("a", "https://b.a", None)
        started(some)
        some.finished("a")
        assert some.opens_at("a") == 2.0


# A crawl on a virtual clock: items arrive at times, requests take times, and everything that happens is written down.


@dataclass(frozen=True)
class Arrival:
    at: float
    key: str
    takes: float
    asked: bool


@dataclass
class Log:
    starts: list[tuple[float, str]] = field(default_factory=list)
    spans: dict[str, list[tuple[float, float, bool]]] = field(default_factory=lambda: defaultdict(list))
    served: Counter[int] = field(default_factory=Counter)
    most_at_once: int = 0
    most_at_once_of_key: Counter[str] = field(default_factory=Counter)


def crawl(arrivals: list[Arrival], limits: QueueLimits, jitter: Callable[[], float] = lambda: 0.0) -> Log:
    clock = VirtualClock(0.0)
    some: PolitenessQueues[int] = PolitenessQueues(limits, clock, jitter)
    events: list[tuple[float, int, str, int]] = [
        (arrival.at, number, "arrives", number) for number, arrival in enumerate(arrivals)
    ]
    heapq.heapify(events)
    running: Counter[str] = Counter()
    started_at: dict[int, float] = {}
    log = Log()
    order = len(arrivals)
    while True:
        wakeup = some.next_wakeup()
        times = [events[0][0]] if events else []
        if wakeup is not None:
            times.append(max(wakeup, clock.monotonic()))
        if not times:
            return log
        clock.advance(max(0.0, min(times) - clock.monotonic()))
        now = clock.monotonic()
        while events and events[0][0] <= now:
            _, _, what, number = heapq.heappop(events)
            arrival = arrivals[number]
            if what == "arrives":
                assert some.add(arrival.key, number)
            else:
                some.finished(arrival.key, asked=arrival.asked)
                running[arrival.key] -= 1
                log.spans[arrival.key].append((started_at[number], now, arrival.asked))
        while (turn := some.start_next()) is not None:
            key, number = turn
            some.settle(key)
            running[key] += 1
            started_at[number] = now
            log.served[number] += 1
            log.starts.append((now, key))
            log.most_at_once = max(log.most_at_once, running.total())
            log.most_at_once_of_key[key] = max(log.most_at_once_of_key[key], running[key])
            order += 1
            heapq.heappush(events, (now + arrivals[number].takes, order, "ends", number))


# Whole numbers of an eighth of a second: exact as floats, so that the laws can be stated without a tolerance.
EIGHTHS = st.integers(0, 80).map(lambda eighths: eighths / 8)
ARRIVALS = st.lists(
    st.builds(Arrival, at=EIGHTHS, key=st.sampled_from("abcd"), takes=EIGHTHS, asked=st.integers(0, 3).map(bool)),
    max_size=40,
)


class TestLaws:
    @settings(max_examples=150, deadline=None)
    @given(ARRIVALS, st.integers(1, 6), st.integers(1, 3), EIGHTHS, EIGHTHS)
    def test_of_every_crawl(
        self, arrivals: list[Arrival], threads: int, threads_per_key: int, delay: float, min_delay: float
    ) -> None:
        limits = QueueLimits(threads=threads, threads_per_key=threads_per_key, delay=delay, min_delay=min_delay)
        log = crawl(arrivals, limits)
        assert log.served == Counter(range(len(arrivals))), "everything is served, once"
        assert log.most_at_once <= threads
        assert all(most <= threads_per_key for most in log.most_at_once_of_key.values())
        pause = delay if threads_per_key == 1 else min_delay
        for spans in log.spans.values():
            for _, end, asked in spans:
                gaps = [start - end for start, _, _ in spans if start > end]
                assert not asked or all(gap >= pause for gap in gaps), "never sooner after an end than the pause"

    @settings(max_examples=100, deadline=None)
    @given(ARRIVALS, EIGHTHS, st.randoms(use_true_random=False))
    def test_random_pauses_are_never_shorter(self, arrivals: list[Arrival], delay: float, chance: Random) -> None:
        eighths = [0.0, 0.125, 0.5, 0.875]
        log = crawl(arrivals, QueueLimits(delay=delay, randomized=True), lambda: chance.choice(eighths))
        assert log.served == Counter(range(len(arrivals)))
        for spans in log.spans.values():
            for _, end, asked in spans:
                assert not asked or all(start >= end + delay for start, _, _ in spans if start > end)

    @settings(max_examples=100, deadline=None)
    @given(st.integers(2, 12), st.integers(1, 4), st.integers(2, 6))
    def test_no_key_gets_a_second_turn_before_each_has_had_its_first(self, keys: int, threads: int, items: int) -> None:
        arrivals = [Arrival(0.0, f"key{key}", 0.125, asked=True) for key in range(keys) for _ in range(items)]
        log = crawl(arrivals, QueueLimits(threads=threads, delay=0.0))
        first_turns = [key for _, key in log.starts[:keys]]
        assert len(set(first_turns)) == keys
