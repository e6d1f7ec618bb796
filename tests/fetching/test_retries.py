"""Asking again at once for what failed: how often, for which answers, and still politely."""

from collections import Counter
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.fetching.outcomes import Failed, Page, Postponed
from spindrift.fetching.retries import Retries
from spindrift.metadata import Metadata
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import LoopbackServer, Request, http

ALLOWED: Metadata = {"fetch.private.allowed": ["true"]}


class Flaky:
    """Answers with `code` the first `times` times that a page is asked for."""

    def __init__(self, code: int, times: int) -> None:
        self.asked: Counter[str] = Counter()
        self._code, self._times = code, times

    def __call__(self, request: Request) -> bytes:
        if request.path == "/robots.txt":
            return http(404)
        self.asked[request.path] += 1
        if self._code and self.asked[request.path] <= self._times:
            return http(self._code)
        return b"nonsense\r\n\r\n" if self.asked[request.path] <= self._times else http(200, b"page")


def asked(code: int, times: int, metadata: Metadata | None = None, **conf: Any) -> tuple[int, object]:
    """How often a page was asked for, and its outcome."""
    flaky = Flaky(code, times)
    with LoopbackServer(flaky) as server, EngineRun(**conf) as run:
        run.submit(server.url("/page"), ALLOWED | (metadata or {}))
        run.wait()
        return flaky.asked["/page"], run.outcomes[server.url("/page")]


def test_nothing_is_asked_for_again_by_default() -> None:
    count, outcome = asked(500, 1)
    assert (count, type(outcome)) == (1, Failed)


@pytest.mark.parametrize("code", [500, 502, 504, 408, 0])
def test_what_failed_is_asked_for_again(code: int) -> None:
    count, outcome = asked(code, 2, fetcher__retry__times=2)
    assert (count, type(outcome)) == (3, Page)


def test_what_fails_for_good_is_a_failure() -> None:
    count, outcome = asked(500, 9, fetcher__retry__times=2)
    assert (count, type(outcome)) == (3, Failed)


@pytest.mark.parametrize("code", [404, 403, 501])
def test_other_codes_are_not_asked_for_again(code: int) -> None:
    assert asked(code, 9, fetcher__retry__times=2)[0] == 1


def test_the_codes_are_a_key() -> None:
    conf: dict[str, Any] = {"fetcher__retry__times": 1, "fetcher__retry__codes": ["404"]}
    assert asked(404, 9, **conf)[0] == 2
    assert asked(500, 9, **conf)[0] == 1


def test_a_host_that_asks_for_patience_is_not_asked_again() -> None:
    count, outcome = asked(429, 9, fetcher__retry__times=2)
    assert (count, type(outcome)) == (1, Postponed)


@pytest.mark.parametrize(
    ("metadata", "count"),
    [({"max.retry.times": ["4"]}, 5), ({"max.retry.times": ["x"]}, 2), ({"dont_retry": ["true"]}, 1)],
)
def test_a_url_may_say_otherwise(metadata: Metadata, count: int) -> None:
    assert asked(500, 9, metadata, fetcher__retry__times=1, fetcher__backoff__failures=100)[0] == count


def test_the_pause_of_the_host_is_kept() -> None:
    with LoopbackServer(Flaky(500, 2)) as server:
        with EngineRun(fetcher__retry__times=2, fetcher__server__delay="50ms") as run:
            run.fetch([server.url("/page")])
        for before, after in zip(server.requests, server.requests[1:], strict=False):
            assert after.start - before.end >= 0.05


def test_a_host_that_fails_again_and_again_hands_its_urls_back() -> None:
    conf: dict[str, Any] = {"fetcher__retry__times": 9, "fetcher__backoff__failures": 3, "fetcher__backoff__min": "1h"}
    count, outcome = asked(500, 99, **conf)
    assert (count, type(outcome)) == (3, Postponed)


def test_codes_that_are_none_are_refused() -> None:
    with pytest.raises(ConfigurationError, match="5xx is not right"):
        Retries.from_settings(Settings({"fetcher.retry.codes": ["500", "5xx"]}))
