"""Asking for robots.txt from code that waits."""

import asyncio
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from spindrift.conf import Settings
from spindrift.robots.known import KnownRobots, known_robots
from spindrift.robots.lookup import RobotsLookup
from spindrift.robots.rules import parse_robots
from tests.protocol.loopback_server import LoopbackServer, Request, http

ALLOWED = {"fetch.private.allowed": ["true"]}


def own_settings(**conf: Any) -> Settings:
    """Of a crawler of its own name: what is known is shared by all of one name in the process."""
    letters = "".join(letter for letter in uuid4().hex if letter.isalpha())
    return Settings({"http.agent.name": f"tester-{letters}", **{key.replace("__", "."): v for key, v in conf.items()}})


def disallow_private(request: Request) -> bytes:
    return http(200, b"User-agent: *\nDisallow: /private") if request.path == "/robots.txt" else http(404)


@pytest.fixture
def lookup() -> Iterator[RobotsLookup]:
    found = RobotsLookup(own_settings())
    yield found
    found.close()


def test_a_host_is_asked_once_and_its_rules_are_told(lookup: RobotsLookup) -> None:
    with LoopbackServer(disallow_private) as server:
        answers = []
        for path in ("/private", "/open", "/private/x"):
            rules = lookup.rules(server.url(path), ALLOWED)
            assert rules is not None
            answers.append(rules.allowed(server.url(path)))
    assert answers == [False, True, False]
    assert server.paths() == ["/robots.txt"]


def test_a_private_address_is_not_asked_for_a_page_that_may_not_lead_there(lookup: RobotsLookup) -> None:
    with LoopbackServer(disallow_private) as server:
        assert lookup.rules(server.url("/private"), {}) is None
    assert server.paths() == []


def test_a_caller_in_an_event_loop_does_not_wait() -> None:
    settings = own_settings()
    lookup = RobotsLookup(settings)

    async def ask(url: str) -> object:
        return lookup.rules(url, ALLOWED)

    with LoopbackServer(disallow_private) as server:
        url = server.url("/private")
        assert asyncio.run(ask(url)) is None
        assert lookup.rules(url, ALLOWED) is not None, "the answer that was asked for is waited for here"
        assert asyncio.run(ask(url)) is not None
    assert server.paths() == ["/robots.txt"]
    lookup.close()


def test_a_host_that_does_not_answer_is_not_waited_for_beyond_the_time_out() -> None:
    async def silent(writer: Any) -> None:
        await asyncio.Event().wait()

    lookup = RobotsLookup(own_settings(http__timeout="100ms"))
    with LoopbackServer(lambda request: silent) as server:
        assert lookup.rules(server.url("/x"), ALLOWED) is None
    lookup.close()


def test_what_a_fetcher_has_read_is_known_to_all_of_its_name() -> None:
    settings = own_settings()
    known_robots(settings).put("http://a.org", parse_robots("User-agent: *\nDisallow: /", ()))
    rules = known_robots(Settings({"http.agent.name": settings.text("http.agent.name")})).rules("http://a.org/x")
    assert rules is not None
    assert not rules.allowed("http://a.org/x")
    assert known_robots(own_settings()).rules("http://a.org/x") is None


def test_each_scheme_host_and_port_has_rules_of_its_own() -> None:
    known = KnownRobots(own_settings())
    known.put("http://a.org", parse_robots("", ()))
    urls = ("http://a.org/", "https://a.org/", "http://a.org:81/", "http://b.org/", "mailto:a", "x")
    assert [url for url in urls if known.rules(url)] == ["http://a.org/"]
