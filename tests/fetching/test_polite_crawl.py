"""Politeness as servers see it: the real engine against a server on loopback that records every request.

Gaps are only tested for being long enough: the server takes the end of a response before it leaves, and the start of a
request when it has arrived, so that what it sees between the two is never shorter than what the crawler kept.
"""

from collections import defaultdict
from itertools import pairwise

import pytest

from spindrift.fetching.outcomes import Outcome, Page, Postponed, Redirect, Refused
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, http, slowly

ROBOTS = b"User-agent: *\nDisallow: /private\nDisallow: /*?secret\n"


def site(request: Request) -> Answer:
    if request.path == "/robots.txt":
        return http(200, ROBOTS)
    return slowly(0.01, http(200, b"a page"))


def gaps(requests: list[Request]) -> list[float]:
    """Seconds from the end of each request to the start of the next."""
    return [after.start - before.end for before, after in pairwise(requests)]


def overlaps(requests: list[Request]) -> int:
    """The most requests that were being answered at the same time."""
    events = sorted([(r.start, 1) for r in requests] + [(r.end, -1) for r in requests])
    most = now = 0
    for _, step in events:
        now += step
        most = max(most, now)
    return most


def by_host(server: LoopbackServer) -> dict[str, list[Request]]:
    requests = defaultdict(list)
    for request in server.requests:
        requests[request.host].append(request)
    return requests


class TestOneThreadAHost:
    def test_each_host_is_asked_by_one_at_a_time_with_pauses_robots_first_everything_once(self) -> None:
        hosts = [f"host{number}.localhost" for number in range(5)]
        with LoopbackServer(site) as server, EngineRun(fetcher__server__delay="50ms") as run:
            urls = [server.url(f"/page{page}", host) for page in range(4) for host in hosts]
            outcomes = run.fetch(urls)
        assert all(isinstance(outcome, Page) for outcome in outcomes)
        for host, requests in by_host(server).items():
            assert requests[0].path == "/robots.txt", host
            assert sorted(request.path for request in requests[1:]) == [f"/page{page}" for page in range(4)]
            assert overlaps(requests) == 1
            assert min(gaps(requests)) >= 0.05, "also from robots.txt to the first page"

    def test_the_pause_holds_when_the_queue_drains_and_refills(self) -> None:
        with LoopbackServer(site) as server, EngineRun(fetcher__server__delay="50ms") as run:
            for page in range(3):
                run.fetch([server.url(f"/page{page}", "a.localhost")])
        assert len(server.requests) == 4
        assert min(gaps(server.requests)) >= 0.05

    @pytest.mark.parametrize(("delay", "told"), [("1h", [("a.localhost", "pause")]), ("5s", [])])
    def test_a_long_pause_is_told_before_and_after_each_request_to_whoever_keeps_the_frontier(
        self, delay: str, told: list[tuple[str, str]]
    ) -> None:
        told_before: list[tuple[str, str]] = []

        def watched(request: Request) -> Answer:
            told_before.extend((state.key, state.reason) for state in run.hosts)
            return site(request)

        own = {"fetcher__server__delay": delay, "http__robots__file__skip": True}
        with LoopbackServer(watched) as server, EngineRun(**own) as run:
            run.fetch([server.url("/page", "a.localhost")])
        assert told_before == told
        assert [(state.key, state.reason) for state in run.hosts] == told * 2
        assert all(3500 < state.until - run.engine._clock.time() <= 3600 for state in run.hosts)

    def test_a_random_pause_is_as_long_as_it_was_drawn(self) -> None:
        own = {"fetcher__server__delay": "50ms", "fetcher__server__delay__randomize": True}
        with LoopbackServer(site) as server, EngineRun(jitter=lambda: 0.8, **own) as run:
            run.fetch(server.url(f"/page{page}", "a.localhost") for page in range(3))
        assert min(gaps(server.requests)) >= 0.09

    def test_hosts_of_one_key_share_its_pauses(self) -> None:
        with LoopbackServer(site) as server, EngineRun(fetcher__server__delay="50ms") as run:
            for host in ("a.localhost", "b.localhost"):
                run.submit(server.url("/page", host), key="localhost")
            run.wait()
        assert len(server.requests) == 4
        assert min(gaps(server.requests)) >= 0.05

    def test_addresses_are_hosts_as_well(self) -> None:
        addresses = ("127.0.0.1", "127.0.0.2", "127.0.0.3")
        with LoopbackServer(site, addresses) as server, EngineRun(fetcher__server__delay="50ms") as run:
            run.fetch(server.url(f"/{page}", address) for address in addresses for page in range(2))
        assert set(by_host(server)) == set(addresses)
        for requests in by_host(server).values():
            assert min(gaps(requests)) >= 0.05


class TestLimits:
    def test_of_all_threads_are_never_exceeded(self) -> None:
        with LoopbackServer(site) as server, EngineRun(fetcher__threads__number=3) as run:
            run.fetch(server.url("/page", f"host{number}.localhost") for number in range(12))
        assert len(server.requests) == 24
        assert overlaps(server.requests) <= 3

    def test_of_several_threads_a_host_are_never_exceeded(self) -> None:
        with LoopbackServer(site) as server, EngineRun(fetcher__threads__per__queue=2) as run:
            run.fetch(server.url(f"/page{page}", "a.localhost") for page in range(8))
        assert server.paths()[0] == "/robots.txt"
        assert len(server.requests) == 9, "robots.txt is asked for once, also by several threads"
        assert overlaps(server.requests) <= 2

    def test_several_threads_a_host_keep_the_minimal_delay(self) -> None:
        conf = {"fetcher__threads__per__queue": 3, "fetcher__server__min__delay": "50ms"}
        with LoopbackServer(site) as server, EngineRun(**conf) as run:
            run.fetch(server.url(f"/page{page}", "a.localhost") for page in range(4))
        starts = [request.start for request in server.requests]
        for request in server.requests:
            assert all(start - request.end >= 0.05 for start in starts if start > request.end)


class TestRobots:
    def test_what_they_disallow_is_never_asked_for(self) -> None:
        with LoopbackServer(site) as server, EngineRun() as run:
            allowed, *refused = run.fetch(
                server.url(path, "a.localhost") for path in ("/open", "/private/x", "/open?secret=1")
            )
        assert isinstance(allowed, Page)
        assert refused == [Refused("robots.txt"), Refused("robots.txt")]
        assert server.paths() == ["/robots.txt", "/open"]

    def test_a_crawl_delay_is_kept(self) -> None:
        def patient(request: Request) -> Answer:
            return http(200, b"User-agent: *\nCrawl-delay: 0.1" if request.path == "/robots.txt" else b"page")

        with LoopbackServer(patient) as server, EngineRun(fetcher__threads__per__queue=2) as run:
            run.fetch(server.url(f"/page{page}", "a.localhost") for page in range(3))
        assert len(server.requests) == 4
        assert min(gaps(server.requests)) >= 0.1

    def test_a_crawl_delay_is_kept_by_several_threads_for_a_host_that_was_forgotten(self) -> None:
        def patient(request: Request) -> Answer:
            return http(200, b"User-agent: *\nCrawl-delay: 0.1" if request.path == "/robots.txt" else b"page")

        with LoopbackServer(patient) as server, EngineRun(fetcher__threads__per__queue=3) as run:
            run.fetch([server.url("/first", "a.localhost")])
            run.fetch(server.url(f"/{page}", "b.localhost") for page in range(3))
            run.fetch(server.url(f"/{page}", "a.localhost") for page in range(3))
        requests = by_host(server)["a.localhost"]
        assert [request.path for request in requests] == ["/robots.txt", "/first", "/0", "/1", "/2"]
        assert min(gaps(requests)) >= 0.1

    def test_a_crawl_delay_counts_from_robots_txt_also_after_a_page_that_it_disallows(self) -> None:
        def patient(request: Request) -> Answer:
            return http(
                200, b"User-agent: *\nDisallow: /no\nCrawl-delay: 0.2" if request.path == "/robots.txt" else b""
            )

        with LoopbackServer(patient) as server, EngineRun() as run:
            refused, _ = run.fetch(server.url(path, "a.localhost") for path in ("/no", "/page"))
        assert refused == Refused("robots.txt")
        assert server.paths() == ["/robots.txt", "/page"]
        assert min(gaps(server.requests)) >= 0.2

    def test_too_long_a_crawl_delay_refuses_the_pages(self) -> None:
        def impatient(request: Request) -> Answer:
            return http(200, b"User-agent: *\nCrawl-delay: 60")

        with LoopbackServer(impatient) as server, EngineRun() as run:
            outcomes = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2"))
        assert outcomes == [Refused("crawl_delay"), Refused("crawl_delay")]
        assert server.paths() == ["/robots.txt"]

    def test_a_very_long_crawl_delay_is_kept_by_the_frontier(self) -> None:
        def sloth(request: Request) -> Answer:
            return http(200, b"User-agent: *\nCrawl-delay: 3600")

        with LoopbackServer(sloth) as server, EngineRun(fetcher__max__crawl__delay__force="slow") as run:
            outcomes = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2"))
        assert all(isinstance(outcome, Postponed) for outcome in outcomes)
        assert server.paths() == ["/robots.txt"]
        assert [state.reason for state in run.hosts] == ["pause", "Crawl-delay of 3600 s", "Crawl-delay of 3600 s"]
        assert all(state.until - run.engine._clock.time() > 3500 for state in run.hosts)

    def test_what_a_crawl_delay_keeps_waiting_for_too_long_is_handed_back_unasked(self) -> None:
        def slow(request: Request) -> Answer:
            return http(200, b"User-agent: *\nCrawl-delay: 0.4" if request.path == "/robots.txt" else b"page")

        with LoopbackServer(slow) as server, EngineRun(topology__message__timeout__secs=3) as run:
            outcomes = run.fetch(server.url(f"/{page}", "a.localhost") for page in range(5))
        assert [type(outcome) for outcome in outcomes] == [Page, Page, Postponed, Postponed, Postponed]
        assert server.paths() == ["/robots.txt", "/0", "/1"]
        assert {(state.key, state.reason) for state in run.hosts} == {("a.localhost", "Crawl-delay of 0.4 s")}
        assert {state.until for state in run.hosts} == {outcome.until for outcome in outcomes[2:]}  # type: ignore[union-attr]

    def test_unreachable_ones_postpone_the_pages_and_hold_the_host(self) -> None:
        with LoopbackServer(lambda request: http(503)) as server, EngineRun() as run:
            outcomes = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2"))
        assert all(isinstance(outcome, Postponed) for outcome in outcomes)
        assert server.paths() == ["/robots.txt"]
        assert {state.key for state in run.hosts} == {"a.localhost"}

    def test_sitemaps_are_handed_on_by_the_page_that_caused_the_request(self) -> None:
        def with_sitemap(request: Request) -> Answer:
            return http(200, b"Sitemap: /map.xml\nUser-agent: *\nDisallow: /no\nSitemap: /no.xml")

        with LoopbackServer(with_sitemap) as server, EngineRun() as run:
            urls = [server.url(path, "a.localhost") for path in ("/1", "/2")]
            run.fetch(urls)
        assert [run.items[url].sitemaps for url in urls] == [(server.url("/map.xml", "a.localhost"),), ()]


class TestRedirectsOfRobots:
    @staticmethod
    def crawl(
        locations: dict[str, str], urls: list[tuple[str, str]], **conf: str
    ) -> tuple[list[Request], list[Outcome]]:
        """Every host in `locations` redirects its robots.txt there; `urls` are hosts and paths."""

        def script(request: Request) -> Answer:
            if request.path == "/robots.txt" and request.host in locations:
                return slowly(0.01, http(302, location=locations[request.host].format(port=server.port)))
            return slowly(0.01, http(404) if "robots" in request.path else http(200, b"page"))

        server = LoopbackServer(script)
        with server, EngineRun(fetcher__server__delay="100ms", **conf) as run:
            outcomes = run.fetch(server.url(path, host) for host, path in urls)
        return server.requests, outcomes

    def test_of_one_host_keep_its_pause(self) -> None:
        requests, outcomes = self.crawl({"a.localhost": "/robots2.txt"}, [("a.localhost", "/1"), ("a.localhost", "/2")])
        assert [request.path for request in requests] == ["/robots.txt", "/robots2.txt", "/1", "/2"]
        assert min(gaps(requests)) >= 0.1
        assert all(isinstance(outcome, Page) for outcome in outcomes)

    def test_to_another_host_wait_for_its_turns(self) -> None:
        hosts = [f"red{number}.localhost" for number in range(5)]
        locations = {host: "http://target.localhost:{port}/robots/" + host for host in hosts}
        urls = [("target.localhost", "/0"), *((host, "/") for host in hosts), ("target.localhost", "/1")]
        requests, outcomes = self.crawl(locations, urls)
        of_target = [request for request in requests if request.host == "target.localhost"]
        assert len(of_target) == 8, "its robots.txt, two pages, and five that are led there"
        assert min(gaps(of_target)) >= 0.1
        assert all(isinstance(outcome, Page) for outcome in outcomes)

    def test_to_the_robots_txt_of_another_host_ask_it_once(self) -> None:
        hosts = [f"red{number}.localhost" for number in range(5)]
        locations = dict.fromkeys(hosts, "http://target.localhost:{port}/robots.txt")
        requests, outcomes = self.crawl(locations, [(host, "/") for host in hosts])
        assert [request.path for request in requests if request.host == "target.localhost"] == ["/robots.txt"]
        assert all(isinstance(outcome, Page) for outcome in outcomes)

    def test_in_a_circle_come_to_an_end(self) -> None:
        locations = {
            "a.localhost": "http://b.localhost:{port}/robots.txt",
            "b.localhost": "http://a.localhost:{port}/robots.txt",
        }
        requests, outcomes = self.crawl(locations, [("a.localhost", "/"), ("b.localhost", "/")])
        for host in locations:
            assert min(gaps([request for request in requests if request.host == host])) >= 0.1
        assert all(isinstance(outcome, Page) for outcome in outcomes), "a loop is no robots.txt"

    def test_to_a_host_with_too_long_a_queue_are_not_now(self) -> None:
        hosts = [f"red{number}.localhost" for number in range(5)]
        locations = {host: "http://target.localhost:{port}/robots/" + host for host in hosts}
        requests, outcomes = self.crawl(
            locations, [(host, "/") for host in hosts], topology__message__timeout__secs="600ms"
        )
        of_target = [request for request in requests if request.host == "target.localhost"]
        assert 0 < len(of_target) < 5
        assert {type(outcome) for outcome in outcomes} == {Page, Postponed}


class TestRedirects:
    def test_are_not_followed(self) -> None:
        def script(request: Request) -> Answer:
            return http(404) if request.path == "/robots.txt" else http(302, location="/to#part")

        with LoopbackServer(script) as server, EngineRun() as run:
            (outcome,) = run.fetch([server.url("/from", "a.localhost")])
        assert isinstance(outcome, Redirect)
        assert outcome.target == server.url("/to", "a.localhost")
        assert server.paths() == ["/robots.txt", "/from"]


class TestRetryAfter:
    def test_is_honoured_for_the_whole_host(self) -> None:
        def busy(request: Request) -> Answer:
            if request.path == "/busy":
                return http(429, retry_after="1")
            return http(404) if request.path == "/robots.txt" else http(200, b"page")

        with LoopbackServer(busy) as server, EngineRun() as run:
            postponed, page = run.fetch(server.url(path, "a.localhost") for path in ("/busy", "/page"))
        assert isinstance(postponed, Postponed)
        assert isinstance(page, Page), "a short hold is waited for"
        assert gaps(server.requests)[-1] >= 1.0
        assert [(state.key, bool(state.until)) for state in run.hosts] == [
            ("a.localhost", True),
            ("a.localhost", False),
        ]

    def test_of_an_hour_hands_everything_back(self) -> None:
        def busy(request: Request) -> Answer:
            return http(404) if request.path == "/robots.txt" else http(503, retry_after="3600")

        with LoopbackServer(busy) as server, EngineRun() as run:
            outcomes = run.fetch(server.url(path, "a.localhost") for path in ("/1", "/2", "/3"))
            (later,) = run.fetch([server.url("/4", "a.localhost")])
        assert all(isinstance(outcome, Postponed) for outcome in [*outcomes, later])
        assert server.paths() == ["/robots.txt", "/1"]
