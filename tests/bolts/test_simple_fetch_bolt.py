"""SimpleFetcherBolt says what FetcherBolt says, one URL after the other."""

import time
from collections.abc import Iterator

import pytest

from spindrift.bolts.simple_fetch import SimpleFetcherBolt
from tests.bolts import test_fetch_bolt
from tests.bolts.test_fetch_bolt import ALLOWED, Fetcher, site
from tests.protocol.loopback_server import http


@pytest.fixture(autouse=True)
def simple(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Fetcher, "kind", SimpleFetcherBolt)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    some = Fetcher()
    yield some
    some.close()


class TestPages(test_fetch_bolt.TestPages):
    """As those of FetcherBolt."""


class TestStatuses(test_fetch_bolt.TestStatuses):
    """As those of FetcherBolt."""


class TestHolds(test_fetch_bolt.TestHolds):
    """As those of FetcherBolt."""


class TestArchived(test_fetch_bolt.TestArchived):
    """As that of FetcherBolt."""


class TestSitemaps(test_fetch_bolt.TestSitemaps):
    """As those of FetcherBolt."""


class TestPauses:
    def test_are_slept_through(self) -> None:
        fetcher = Fetcher(fetcher__server__delay="60ms")
        with site({"/a": http(200), "/b": http(200)}) as server:
            for path in ("/a", "/b"):
                assert fetcher.process(server.url(path)) == "ack"
            robots, first, second = server.requests
        assert first.start - robots.end >= 0.06
        assert second.start - first.end >= 0.06
        fetcher.close()

    def test_that_are_too_long_put_a_url_aside_until_a_tick(self) -> None:
        fetcher = Fetcher(fetcher__server__delay="150ms", fetcher__max__throttle__sleep=10)
        with site({"/a": http(200), "/b": http(200)}) as server:
            assert fetcher.process(server.url("/a"), key="a") == "ack"
            second = fetcher.bolt.send(url=server.url("/b"), key="a", metadata=ALLOWED)
            assert "/b" not in server.paths()
            while fetcher.bolt.component._simple.must_wait("a"):
                time.sleep(0.01)
            fetcher.bolt.tick()
            assert server.paths()[-1] == "/b"
        assert second in fetcher.bolt.acked
        fetcher.close()


def test_metrics_are_reported_on_ticks() -> None:
    fetcher = Fetcher(metrics__report=True)
    fetcher.bolt.tick()
    [(_, value)] = fetcher.bolt.metrics
    assert value["fetched"] == 0
    fetcher.close()
