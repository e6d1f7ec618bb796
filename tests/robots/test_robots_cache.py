"""The robots.txt of hosts: what an answer means, how long it is kept, who shares it."""

import asyncio
import json
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from spindrift.clock import VirtualClock
from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.protocol.response import FetchFailure, Response
from spindrift.robots.cache import RobotsAnswer, RobotsCache
from tests.shared_data import shared_data

HOUR = 3600.0
RULES = b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\nSitemap: /sitemap.xml\n"

Reply = Response | FetchFailure | Exception


class Servers:
    """What servers answer by URL; records every request."""

    def __init__(self, replies: dict[str, Reply]) -> None:
        self.replies = replies
        self.requested: list[str] = []

    async def fetch(self, url: str) -> Response:
        self.requested.append(url)
        await asyncio.sleep(0)  # others get their turn, as during a real request
        reply = self.replies[url]
        if isinstance(reply, Exception):
            raise reply
        return reply


def found(content: bytes = RULES, status: int = 200, trimmed: str = "", **headers: str) -> Response:
    fields = {name.replace("_", "-"): [value] for name, value in headers.items()}
    return Response("", status, fields, content, trimmed)


def redirect(location: str, status: int = 301) -> Response:
    return found(b"", status, location=location)


class World:
    """A cache over servers, on a clock moved by hand."""

    def __init__(self, replies: dict[str, Reply], **conf: Any) -> None:
        self.clock = VirtualClock()
        self.servers = Servers(replies)
        keys = {key.replace("__", "."): value for key, value in conf.items()}
        settings = Settings({"http.agent.name": "my-crawler", **keys})
        self.cache = RobotsCache(settings, self.servers.fetch, self.clock)

    def ask(self, url: str) -> RobotsAnswer:
        return asyncio.run(self.cache.answer(url))

    def run(self, scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
        asyncio.run(scenario())


def only(reply: Reply, **conf: Any) -> World:
    return World({"https://a.example/robots.txt": reply}, **conf)


def allows(answer: RobotsAnswer, url: str = "https://a.example/private") -> bool:
    assert answer.rules is not None
    return answer.rules.allowed(url)


class TestGoodAnswers:
    def test_rules_are_read_with_delay_and_sitemaps(self) -> None:
        answer = only(found()).ask("https://a.example/private/1")
        assert not allows(answer)
        assert answer.rules is not None
        assert answer.rules.crawl_delay == 2
        assert answer.rules.sitemaps == ("https://a.example/sitemap.xml",)
        assert answer.fetched

    def test_they_are_kept_for_the_age_of_their_cache(self) -> None:
        world = only(found())
        world.ask("https://a.example/1")
        world.clock.advance(6 * HOUR - 1)
        again = world.ask("https://a.example/2")
        assert not again.fetched
        assert len(world.servers.requested) == 1
        world.clock.advance(1)
        assert world.cache.cached("https://a.example/1") is None
        assert world.ask("https://a.example/1").fetched
        assert len(world.servers.requested) == 2

    def test_scheme_host_and_port_have_each_their_own(self) -> None:
        replies: dict[str, Reply] = {
            "https://a.example/robots.txt": found(),
            "http://a.example/robots.txt": found(b""),
            "https://a.example:8443/robots.txt": found(b""),
            "https://b.example/robots.txt": found(b""),
        }
        world = World(replies)
        assert not allows(world.ask("https://a.example/1"))
        for url in ("http://a.example/private", "https://a.example:8443/private", "https://b.example/private"):
            assert allows(world.ask(url), url)
        assert world.servers.requested == list(replies)

    def test_default_port_user_and_case_make_no_difference(self) -> None:
        world = only(found())
        world.ask("https://a.example/1")
        assert not allows(world.ask("https://me:secret@A.example:443/2"))
        assert len(world.servers.requested) == 1

    def test_looking_into_the_cache_asks_nobody(self) -> None:
        world = only(found())
        assert world.cache.cached("https://a.example/1") is None
        assert world.servers.requested == []
        world.ask("https://a.example/1")
        cached = world.cache.cached("https://a.example/2")
        assert cached is not None
        assert not cached.fetched

    def test_the_number_of_hosts_is_bounded(self) -> None:
        hosts = [f"https://{name}.example" for name in "abc"]
        world = World({f"{host}/robots.txt": found() for host in hosts}, robots__cache__spec="maximumSize=2")
        for host in hosts:
            world.ask(host)
        assert [world.cache.cached(host) is not None for host in hosts] == [False, True, True]

    def test_beyond_the_limit_whole_lines_are_read_only(self) -> None:
        content = b"User-agent: *\nDisallow: /private\nDisallow: /\n"
        world = only(found(content), http__robots__content__limit=len(content) - 2)
        answer = world.ask("https://a.example/")
        assert allows(answer, "https://a.example/open")
        assert not allows(answer)

    def test_a_rule_that_the_protocol_cut_off_is_dropped(self) -> None:
        answer = only(found(b"User-agent: *\nDisallow: /", trimmed="length")).ask("https://a.example/")
        assert allows(answer)


class TestNoRobotsFile:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
    def test_4xx_allows_everything(self, status: int) -> None:
        answer = only(found(status=status)).ask("https://a.example/1")
        assert allows(answer)
        assert answer.retry_at is None

    def test_403_forbids_everything_where_the_key_says_so(self) -> None:
        answer = only(found(status=403), **{"http.robots.403.allow": False}).ask("https://a.example/1")
        assert not allows(answer, "https://a.example/open")
        assert answer.cause == "robots.txt"

    def test_robots_txt_can_be_ignored(self) -> None:
        world = only(found(), http__robots__file__skip=True)
        assert allows(world.ask("https://a.example/private"))
        assert world.servers.requested == []

    @pytest.mark.parametrize("url", ["file:///tmp/x", "not a URL", "mailto:me@a.example", ""])
    def test_what_is_not_on_the_web_has_none(self, url: str) -> None:
        world = World({})
        assert allows(world.ask(url))
        assert world.servers.requested == []


class TestNotNow:
    @pytest.mark.parametrize(
        ("reply", "cause"),
        [
            (found(status=429), "robots.txt: status 429"),
            (found(status=500), "robots.txt: status 500"),
            (found(status=503), "robots.txt: status 503"),
            (FetchFailure("Socket timeout fetching"), "robots.txt: Socket timeout fetching"),
            (FetchFailure("Unknown host", "a.example"), "robots.txt: Unknown host: a.example"),
            (FetchFailure("private address"), "robots.txt: private address"),
            (KeyError("a defect"), "robots.txt: KeyError: 'a defect'"),
            (found(trimmed="disconnect"), "robots.txt: incomplete (disconnect)"),
        ],
    )
    def test_the_host_is_asked_again_after_the_error_age(self, reply: Reply, cause: str) -> None:
        world = only(reply)
        answer = world.ask("https://a.example/1")
        assert answer.rules is None
        assert answer.cause == cause
        assert answer.retry_at == world.clock.time() + HOUR
        world.clock.advance(HOUR - 1)
        assert world.ask("https://a.example/2").retry_at == answer.retry_at
        assert len(world.servers.requested) == 1
        world.clock.advance(1)
        world.servers.replies["https://a.example/robots.txt"] = found()
        assert not allows(world.ask("https://a.example/3"))

    def test_its_age_is_a_key(self) -> None:
        world = only(found(status=500), **{"robots.error.cache.spec": "maximumSize=10,expireAfterWrite=5m"})
        assert world.ask("https://a.example/1").retry_at == world.clock.time() + 300

    @pytest.mark.parametrize(
        ("header", "seconds"),
        [("120", 120.0), ("7200", 7200.0), ("0", 1.0), ("99999999", 24 * HOUR), ("soon", HOUR)],
    )
    def test_retry_after_is_honoured_within_reason(self, header: str, seconds: float) -> None:
        world = only(found(status=503, retry_after=header))
        assert world.ask("https://a.example/1").retry_at == world.clock.time() + seconds

    def test_retry_after_may_be_a_date(self) -> None:
        world = only(found(status=429, retry_after="Tue, 14 Nov 2023 22:23:20 GMT"))
        assert world.clock.time() == 1_700_000_000  # Tue, 14 Nov 2023 22:13:20 GMT
        assert world.ask("https://a.example/1").retry_at == world.clock.time() + 600

    def test_5xx_allows_where_the_key_says_so_yet_is_asked_again_soon(self) -> None:
        world = only(found(status=500), **{"http.robots.5xx.allow": True})
        assert allows(world.ask("https://a.example/1"))
        world.clock.advance(HOUR)
        assert world.cache.cached("https://a.example/1") is None


class TestRedirects:
    def chain(self, redirects: int) -> dict[str, Reply]:
        replies: dict[str, Reply] = {"https://a.example/robots.txt": redirect("/1")}
        for number in range(1, redirects):
            replies[f"https://a.example/{number}"] = redirect(f"/{number + 1}")
        replies[f"https://a.example/{redirects}"] = found()
        return replies

    def test_five_are_followed(self) -> None:
        assert not allows(World(self.chain(5)).ask("https://a.example/x"))

    def test_six_count_as_no_robots_txt(self) -> None:
        world = World(self.chain(6))
        assert allows(world.ask("https://a.example/x"))
        assert len(world.servers.requested) == 6

    @pytest.mark.parametrize("location", ["/robots.txt", "", "file:///etc/passwd", "http://[", "javascript:1"])
    def test_a_redirect_that_leads_nowhere_counts_as_no_robots_txt(self, location: str) -> None:
        world = only(redirect(location))
        assert allows(world.ask("https://a.example/x"))
        assert world.servers.requested == ["https://a.example/robots.txt"]

    def test_rules_found_at_another_host_are_kept_for_it_too(self) -> None:
        world = World(
            {
                "http://a.example/robots.txt": redirect("https://www.a.example/robots.txt", 308),
                "https://www.a.example/robots.txt": found(),
            }
        )
        answer = world.ask("http://a.example/")
        assert not allows(answer)
        assert answer.rules is not None
        assert answer.rules.sitemaps == ("https://www.a.example/sitemap.xml",)
        assert not world.ask("https://www.a.example/private").fetched
        assert len(world.servers.requested) == 2

    def test_rules_known_of_the_target_are_not_fetched_again(self) -> None:
        world = World(
            {
                "http://a.example/robots.txt": redirect("https://www.a.example/robots.txt"),
                "https://www.a.example/robots.txt": found(),
            }
        )
        world.ask("https://www.a.example/")
        assert not allows(world.ask("http://a.example/private"))
        assert world.servers.requested == ["https://www.a.example/robots.txt", "http://a.example/robots.txt"]

    def test_rules_found_elsewhere_on_a_host_are_not_that_hosts(self) -> None:
        world = World(
            {
                "http://a.example/robots.txt": redirect("https://b.example/other.txt"),
                "https://b.example/other.txt": found(),
            }
        )
        assert not allows(world.ask("http://a.example/private"))
        assert world.cache.cached("https://b.example/") is None

    def test_a_long_way_to_a_host_says_nothing_of_that_host(self) -> None:
        """Else anyone could switch a host's rules off by redirecting to it."""
        evil = self.chain(5)
        evil["https://a.example/5"] = redirect("https://victim.example/robots.txt")
        evil["https://victim.example/robots.txt"] = redirect("/rules")
        evil["https://victim.example/rules"] = found()
        world = World(evil)
        assert allows(world.ask("https://a.example/x"))
        assert not allows(world.ask("https://victim.example/private"))

    def test_a_failure_on_the_way_to_a_host_says_nothing_of_that_host(self) -> None:
        world = World(
            {
                "https://a.example/robots.txt": redirect("http://intranet.example/robots.txt"),
                "http://intranet.example/robots.txt": FetchFailure("private address"),
            }
        )
        assert world.ask("https://a.example/").rules is None
        assert world.cache.cached("http://intranet.example/") is None


class TestSharing:
    def test_callers_of_the_same_host_share_one_request(self) -> None:
        world = only(found())

        async def scenario() -> None:
            answers = await asyncio.gather(*(world.cache.answer(f"https://a.example/{page}") for page in range(50)))
            assert [answer.fetched for answer in answers] == [True] + [False] * 49
            assert all(answer.rules is not None for answer in answers)

        world.run(scenario)
        assert world.servers.requested == ["https://a.example/robots.txt"]

    def test_they_share_a_failure_too(self) -> None:
        world = only(FetchFailure("Unknown host"))

        async def scenario() -> None:
            answers = await asyncio.gather(*(world.cache.answer(f"https://a.example/{page}") for page in range(3)))
            assert {answer.retry_at for answer in answers} == {world.clock.time() + HOUR}

        world.run(scenario)
        assert len(world.servers.requested) == 1

    def test_one_that_gives_up_does_not_take_the_answer_from_the_others(self) -> None:
        world = only(found())

        async def scenario() -> None:
            first = asyncio.create_task(world.cache.answer("https://a.example/1"))
            second = asyncio.create_task(world.cache.answer("https://a.example/2"))
            await asyncio.sleep(0)
            first.cancel()
            assert not allows(await second)

        world.run(scenario)
        assert len(world.servers.requested) == 1


class TestRecordedCases:
    """StormCrawler's own tests; ours differ where it would forbid for good what is only not known now."""

    def cases(self, kind: str) -> list[dict[str, Any]]:
        lines = shared_data("robots/cases.jsonl").read_text("utf-8").splitlines()
        return [case for case in map(json.loads, lines) if case["kind"] == kind]

    def check(self, case: dict[str, Any], replies: dict[str, Reply]) -> None:
        world = World(replies, http__agent__name=case["agents"][0], **case.get("conf", {}))
        rules = world.ask("https://a.example/").rules
        assert rules is not None
        restricted, other = (rules.allowed(f"https://a.example/{path}") for path in ("restricted/", "other"))
        expected = {"parse": (False, True), "allow_all": (True, True), "allow_none": (False, False)}
        assert (restricted, other) == expected[case["expected"]], case

    def test_every_status(self) -> None:
        for case in self.cases("status"):
            self.check(case, {"https://a.example/robots.txt": found(case["robots"].encode(), case["status"])})

    def test_every_redirect(self) -> None:
        for case in self.cases("redirect"):
            replies: dict[str, Reply] = {}
            url = "https://a.example/robots.txt"
            for hop, status in enumerate(case["chain"]):
                if status == 200:
                    replies[url] = found(case["robots"].encode())
                else:
                    target = url if "loop" in case["chain"] else f"https://a.example/hop{hop}"
                    replies[url] = redirect(target, 301)
                    url = target
            self.check(case, replies)


def test_a_cache_specification_that_cannot_be_read_is_named() -> None:
    with pytest.raises(ConfigurationError, match=r"robots\.error\.cache\.spec.*an hour"):
        only(found(), **{"robots.error.cache.spec": "expireAfterWrite=an hour"})
