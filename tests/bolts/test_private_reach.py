"""A crawl of a hostile public host, through the real fetcher and parser: nothing ever reaches a private address.

127.0.0.2 plays the public internet, 127.0.0.1 the machines inside; names are looked up in a table.
"""

import ipaddress
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from spindrift.bolts.fetch import FetcherBolt
from spindrift.bolts.parse import ParserBolt
from spindrift.clock import VirtualClock
from spindrift.fetching.outcomes import Refused
from spindrift.metadata import Metadata
from spindrift.protocol import addresses
from spindrift.testing import SystemClock, run_bolt
from tests.fetching.engine_run import EngineRun
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, http

OUTSIDE, INSIDE = "127.0.0.2", "127.0.0.1"
ALLOWED = {"fetch.private.allowed": ["true"]}

# Every way to spell an inside host that a page might try; {} is the port of the server inside.
INSIDERS = [
    "http://127.0.0.1:{}/",
    "http://127.0.0.1.:{}/",
    "http://127.1:{}/",
    "http://0:{}/",
    "http://0.0.0.0:{}/",
    "http://2130706433:{}/",
    "http://0x7f000001:{}/",
    "http://0177.0.0.1:{}/",
    "http://0x7f.0.0.1:{}/",
    "http://①②⑦.0.0.1:{}/",
    "http://127。0。0。1:{}/",
    "http://%31%32%37.0.0.1:{}/",
    "http://localhost:{}/",
    "http://LOCALHOST.:{}/",
    "http://any.localhost:{}/",
    "http://[::]:{}/",
    "http://[::1]:{}/",
    "http://[::ffff:127.0.0.1]:{}/",
    "http://[::ffff:7f00:1]:{}/",
    "http://[::127.0.0.1]:{}/",
    "http://[64:ff9b::7f00:1]:{}/",
    "http://[2002:7f00:1::]:{}/",
    "http://user@127.0.0.1:{}/",
    "http://inside.example:{}/",
    "http://mapped.example:{}/",
    "http://rebound.example:{}/",
    "https://inside.example:{}/",
    "//inside.example:{}/",
]


class Names:
    """The resolver: numbers as `inet_aton` reads them, and some names; what it says of one changes each time."""

    def __init__(self) -> None:
        self.asked = 0

    async def __call__(self, host: str) -> list[str]:
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            pass
        if host == "rebound.example":
            self.asked += 1
            return [OUTSIDE if self.asked % 2 else INSIDE]
        known = {
            "public.example": [OUTSIDE],
            "both.example": [INSIDE, OUTSIDE],
            "inside.example": [INSIDE],
            "mapped.example": [f"::ffff:{INSIDE}"],
        }
        if host not in known:
            raise socket.gaierror(socket.EAI_NONAME, host)
        return known[host]


@pytest.fixture(autouse=True)
def internet(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """127.0.0.2 is public."""
    real = addresses.is_public
    public = ipaddress.ip_address(OUTSIDE)

    def forget() -> None:
        addresses.is_public_text.cache_clear()
        addresses.known_privacy.cache_clear()

    monkeypatch.setattr(addresses, "is_public", lambda address: address == public or real(address))
    forget()
    yield
    monkeypatch.undo()
    forget()


class Crawl:
    """A fetcher and a parser; whatever they discover is fetched, each URL once."""

    def __init__(self, **conf: Any) -> None:
        self.settings: dict[str, Any] = {
            "http.agent.name": "tester",
            "fetcher.server.delay": 0,
            "fetcher.backoff.failures": 1000,
            "http.timeout": 500,
            "urlfilters.config.file": "",
            "parsefilters.config.file": "",
            **{name.replace("__", "."): value for name, value in conf.items()},
        }
        self.statuses: dict[str, str] = {}

    def run(self, seed: str, metadata: Metadata) -> "Crawl":
        class Fetcher(FetcherBolt):
            lookup = Names()

        found = {seed: metadata}
        seen: set[str] = set()
        with (
            run_bolt(Fetcher, self.settings, clock=SystemClock()) as fetcher,
            run_bolt(ParserBolt, self.settings) as parser,
        ):
            while found:
                for url, its_metadata in found.items():
                    fetcher.send(url=url, key=url, metadata=its_metadata)
                fetcher.until(lambda: not fetcher.held, timeout=30)
                for page in fetcher.emitted():
                    parser.send(**page._asdict())
                said = [*fetcher.emitted("status"), *parser.emitted("status")]
                self.statuses |= {each.url: each.status for each in said if each.status != "DISCOVERED"}
                seen |= found.keys()
                discovered = [each for each in said if each.status == "DISCOVERED"]
                found = {each.url: each.metadata for each in discovered if each.url not in seen}
                fetcher.clear()
                parser.clear()
        return self


@pytest.fixture
def inside() -> Iterator[LoopbackServer]:
    with LoopbackServer(lambda request: http(200, b"secret"), addresses=(INSIDE,)) as server:
        yield server


def outside(script: Any) -> LoopbackServer:
    return LoopbackServer(script, addresses=(OUTSIDE,))


@pytest.mark.parametrize("metadata", [{}, ALLOWED], ids=["a link", "a seed"])
class TestAPublicPage:
    def test_leads_nowhere_inside_by_its_links(self, inside: LoopbackServer, metadata: Any) -> None:
        links = "".join(f'<a href="{url}">x</a><iframe src="{url}"></iframe>' for url in INSIDERS)
        page = http(200, links.format(*[inside.port] * 2 * len(INSIDERS)).encode(), content_type="text/html")
        with outside(lambda request: http(404) if request.path == "/robots.txt" else page) as server:
            crawl = Crawl().run(server.url("/", "public.example"), metadata)
            assert len(server.requests) >= 2
        assert inside.connections == 0
        assert len(crawl.statuses) >= 15, "several are spellings of one address"
        assert "FETCHED" not in crawl.statuses.values()

    def test_leads_nowhere_inside_by_redirects(self, inside: LoopbackServer, metadata: Any) -> None:
        def script(request: Request) -> Answer:
            if request.path == "/robots.txt":
                return http(404)
            if request.path == "/":
                return http(200, "".join(f"<a href=/{n}>x</a>" for n in range(len(INSIDERS))).encode())
            return http(302, location=INSIDERS[int(request.path[1:])].format(inside.port))

        with outside(script) as server:
            crawl = Crawl().run(server.url("/", "public.example"), metadata)
            assert len(server.paths()) == 2 + len(INSIDERS)
        assert inside.connections == 0
        assert list(crawl.statuses.values()).count("REDIRECTION") > 15

    def test_leads_nowhere_inside_by_its_robots_txt(self, inside: LoopbackServer, metadata: Any) -> None:
        def script(request: Request) -> Answer:
            if request.path == "/robots.txt":
                return http(302, location=f"http://inside.example:{inside.port}/robots.txt")
            return http(200, b"page")

        with outside(script) as server:
            Crawl().run(server.url("/", "public.example"), metadata)
        assert inside.connections == 0

    def test_leads_nowhere_inside_by_its_sitemaps(self, inside: LoopbackServer, metadata: Any) -> None:
        def script(request: Request) -> Answer:
            if request.path == "/robots.txt":
                return http(200, f"Sitemap: http://inside.example:{inside.port}/map.xml".encode())
            return http(200, b"page")

        with outside(script) as server:
            crawl = Crawl(sitemap__discovery=True).run(server.url("/", "public.example"), metadata)
        assert inside.connections == 0
        assert crawl.statuses[f"http://inside.example:{inside.port}/map.xml"] == "ERROR"

    def test_of_a_name_with_addresses_of_both_kinds_comes_from_outside(
        self, inside: LoopbackServer, metadata: Any
    ) -> None:
        with outside(lambda request: http(404)) as server:
            Crawl().run(server.url("/", "both.example"), metadata)
            assert server.paths() == ["/robots.txt", "/"]
        assert inside.connections == 0


def test_a_name_that_changes_sides_between_two_requests_leads_nowhere_inside() -> None:
    clock = VirtualClock()
    names = iter([OUTSIDE, INSIDE])

    async def lookup(host: str) -> list[str]:
        return [next(names)]

    # Each answer ends its connection, so that the name is looked up anew.
    answer = b"HTTP/1.1 404 No\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
    with (
        LoopbackServer(lambda request: answer, addresses=(OUTSIDE,)) as server,
        EngineRun(clock, lookup) as run,
    ):
        run.submit(server.url("/1", "rebound.example"), {})
        run.wait()
        clock.advance(3600)
        run.submit(server.url("/2", "rebound.example"), {})
        run.wait()
    assert server.paths() == ["/robots.txt", "/1"]
    assert run.outcomes[server.url("/2", "rebound.example")] == Refused("private address")


def test_a_private_seed_may_lead_to_other_private_hosts() -> None:
    def script(request: Request) -> Answer:
        links = f'<a href="http://any.localhost:{server.port}/other">x</a>'.encode()
        return http(404) if request.path == "/robots.txt" else http(200, links, content_type="text/html")

    with LoopbackServer(script, addresses=(INSIDE,)) as server:
        Crawl().run(server.url("/", "inside.example"), ALLOWED)
        assert "/other" in server.paths("any.localhost")
