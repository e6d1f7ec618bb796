"""What a URL's metadata asks of its queue."""

import pytest

from spindrift.clock import VirtualClock
from spindrift.metadata import Metadata
from spindrift.politeness.asked import delays_asked, threads_asked
from spindrift.politeness.limits import QueueLimits
from spindrift.politeness.queues import PolitenessQueues
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import LoopbackServer, http


@pytest.mark.parametrize(
    ("metadata", "expected"),
    [
        ({}, None),
        ({"crawl.delay": ["2"]}, (2.0, 0.0)),
        ({"crawl.delay": ["250ms"], "crawl.min.delay": ["1.5"]}, (0.25, 1.5)),
        ({"crawl.delay": ["-3"], "crawl.min.delay": ["soon"]}, (0.0, 0.0)),
    ],
)
def test_delays_have_the_unit_of_their_keys(metadata: Metadata, expected: tuple[float, float] | None) -> None:
    assert delays_asked(metadata) == expected


@pytest.mark.parametrize(("text", "expected"), [("3", 3), ("0", None), ("-1", None), ("x", None), ("99999", None)])
def test_threads_are_a_number_above_0(text: str, expected: int | None) -> None:
    assert threads_asked({"max.threads.queue": [text]}) == expected


def pause(asked: tuple[float, float], threads: int = 1, robots: float | None = None) -> float:
    """How long a key with a delay of 1 s (0.5 s with several threads) rests after a request."""
    clock = VirtualClock()
    queues: PolitenessQueues[str] = PolitenessQueues(
        QueueLimits(threads_per_key=threads, delay=1.0, min_delay=0.5), clock
    )
    queues.add("a", "item")
    queues.ask_delays("a", *asked)
    queues.start_next()
    if robots is not None:
        queues.set_crawl_delay("a", "http://a", robots)
    queues.finished("a")
    return queues.opens_at("a") - clock.monotonic()


def test_the_longer_of_the_queues_and_the_urls_delay_counts() -> None:
    assert pause((3.0, 0.0)) == 3.0
    assert pause((0.1, 0.0)) == 1.0
    assert pause((9.0, 3.0), threads=2) == 3.0
    assert pause((9.0, 0.1), threads=2) == 0.5


def test_crawl_delay_of_robots_stands_beside_it() -> None:
    assert pause((3.0, 0.0), robots=2.0) == 3.0
    assert pause((3.0, 0.0), robots=4.0) == 4.0
    assert pause((0.0, 0.0), robots=0.25) == 0.25


def test_a_queue_keeps_the_delay_that_one_of_its_urls_asked_for() -> None:
    with LoopbackServer(lambda request: http(200)) as server, EngineRun() as run:
        run.submit(server.url("/0"), {"fetch.private.allowed": ["true"], "crawl.delay": ["60ms"]})
        for page in (1, 2):
            run.submit(server.url(f"/{page}"))
        run.wait()
    for before, after in zip(server.requests, server.requests[1:], strict=False):
        assert after.start - before.end >= 0.06
