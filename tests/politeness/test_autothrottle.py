"""Pauses that follow how quick a server is: Scrapy's formula."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.politeness import autothrottle
from spindrift.politeness.autothrottle import AutoThrottle
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import LoopbackServer, http, slowly


def test_is_off_by_default() -> None:
    assert AutoThrottle.from_settings(Settings()) is None


def test_begins_with_the_start_delay_and_goes_half_the_way_with_each_answer() -> None:
    throttle = AutoThrottle()
    assert throttle.adjust("a", 1.0, ok=True) == 3.0  # (5 + 1) / 2
    assert throttle.adjust("a", 1.0, ok=True) == 2.0
    assert throttle.adjust("b", 1.0, ok=True) == 3.0, "each key has its own"


def test_follows_a_server_that_becomes_slow_at_once() -> None:
    throttle = AutoThrottle(start=0.0)
    assert throttle.adjust("a", 8.0, ok=True) == 8.0


def test_an_error_may_lengthen_the_pause_and_not_shorten_it() -> None:
    throttle = AutoThrottle()
    assert throttle.adjust("a", 0.1, ok=False) == 5.0
    assert throttle.adjust("a", 20.0, ok=False) == 20.0
    assert throttle.adjust("a", 0.0, ok=True) == 10.0


def test_concurrency_divides_the_latency() -> None:
    assert AutoThrottle(start=0.0, concurrency=4.0).adjust("a", 8.0, ok=True) == 2.0


@given(st.lists(st.tuples(st.floats(0, 1000), st.booleans()), min_size=1))
def test_stays_within_its_bounds(answers: list[tuple[float, bool]]) -> None:
    throttle = AutoThrottle(start=5.0, shortest=0.5, longest=60.0)
    assert all(0.5 <= throttle.adjust("a", latency, ok=ok) <= 60.0 for latency, ok in answers)


def test_forgets_the_keys_of_long_ago(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(autothrottle, "MAX_KEYS", 2)
    throttle = AutoThrottle()
    for key in "aab":
        throttle.adjust(key, 0.0, ok=True)
    throttle.adjust("c", 0.0, ok=True)
    assert throttle.adjust("b", 0.0, ok=True) == 1.25
    assert throttle.adjust("a", 0.0, ok=True) == 2.5, "from the start again"


def test_needs_some_concurrency() -> None:
    with pytest.raises(ConfigurationError, match=r"target\.concurrency"):
        AutoThrottle.from_settings(
            Settings({"fetcher.autothrottle": True, "fetcher.autothrottle.target.concurrency": 0})
        )


def test_spaces_the_requests_of_an_engine() -> None:
    conf = {"fetcher__autothrottle": True, "fetcher__autothrottle__start__delay": 0}
    answer = slowly(0.06, http(200))
    with LoopbackServer(lambda request: http(404) if "robots" in request.path else answer) as server:
        with EngineRun(**conf) as run:
            run.fetch(server.url(f"/{page}") for page in range(3))
        pages = server.requests[1:]
    for before, after in itertools.pairwise(pages):
        assert after.start - before.end >= 0.05
