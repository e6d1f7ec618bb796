"""The fetcher as a Storm component: tuples in, tuples, acks and fails out, against a server on loopback."""

import asyncio
import json
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest

from spindrift.bolts.fetch import FetcherBolt
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata
from spindrift.testing import SystemClock, run_bolt
from tests.protocol.loopback_server import Answer, LoopbackServer, Request, http

ALLOWED = {"fetch.private.allowed": ["true"]}


class Fetcher:
    """A running FetcherBolt (or one that does the same) that is given URLs which may lead to this machine."""

    kind: type[FetcherBolt] = FetcherBolt

    def __init__(self, listened: tuple[str, ...] = (), **conf: Any) -> None:
        base = {"http.agent.name": "tester", "fetcher.server.delay": 0}
        settings = base | {name.replace("__", "."): value for name, value in conf.items()}
        self._running = run_bolt(self.kind, settings, clock=SystemClock(), listened=listened)
        self.bolt = self._running.__enter__()

    def close(self) -> None:
        self._running.__exit__(None, None, None)

    def process(self, url: str, metadata: Metadata | None = None, key: str = "key") -> str:
        """Process one tuple and wait until it is acked or failed; which of the two."""
        tup = self.bolt.send(url=url, key=key, metadata=ALLOWED | (metadata or {}))
        self.bolt.until(lambda: tup not in self.bolt.held, timeout=30)
        return "ack" if tup in self.bolt.acked else "fail"

    def emitted(self, stream: str = "default") -> list[Any]:
        unanchored = {each.stream for each in self.bolt.emissions if not each.anchors}
        assert unanchored <= {"aside"}, "everything is anchored"
        return self.bolt.emitted(stream)


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    some = Fetcher()
    yield some
    some.close()


def site(answers: dict[str, Answer]) -> LoopbackServer:
    return LoopbackServer(lambda request: answers.get(request.path, http(404)))


class TestPages:
    def test_are_emitted_with_their_content_then_acked(self, fetcher: Fetcher) -> None:
        with site({"/a": http(200, b"<p>", content_type="text/html", etag='"7"')}) as server:
            assert fetcher.process(server.url("/a"), {"depth": ["1"], "error.cause": ["x"]}) == "ack"
        ((url, content, metadata),) = fetcher.emitted()
        assert (url, content) == (server.url("/a"), b"<p>")
        assert metadata["protocol.content-type"] == ["text/html"]
        assert metadata["protocol.etag"] == ['"7"']
        assert metadata["fetch.statusCode"] == ["200"]
        assert metadata["fetch.byteLength"] == ["3"]
        assert metadata["depth"] == ["1"]
        assert {"fetch.loadingTime", "fetch.timeInQueues"} <= set(metadata)
        assert "error.cause" not in metadata, "what an earlier fetch said is gone"
        assert metadata["fetch.private.allowed"] == ["true"], "the address that answered is private"
        assert len(fetcher.bolt.emissions) == 1

    def test_that_are_cut_off_say_so(self) -> None:
        fetcher = Fetcher(http__content__limit=4)
        with site({"/a": http(200, b"too long")}) as server:
            fetcher.process(server.url("/a"))
        ((_, content, metadata),) = fetcher.emitted()
        assert (content, metadata["http.trimmed"], metadata["http.trimmed.reason"]) == (b"too ", ["true"], ["length"])
        fetcher.close()

    def test_that_are_unchanged_are_fetched(self, fetcher: Fetcher) -> None:
        with site({"/a": http(304)}) as server:
            fetcher.process(server.url("/a"), {"protocol.etag": ['"7"']})
        ((url, metadata, status),) = fetcher.emitted("status")
        assert (url, status) == (server.url("/a"), "FETCHED")
        assert metadata["protocol.etag"] == ['"7"'], "the validator of the page that is kept"
        assert fetcher.emitted() == []


class TestStatuses:
    def test_of_a_redirect_are_the_target_and_the_source(self, fetcher: Fetcher) -> None:
        with site({"/from": http(301, location="/to#x")}) as server:
            fetcher.process(server.url("/from"))
        target, source = fetcher.emitted("status")
        assert (target[0], target[2]) == (server.url("/to"), "DISCOVERED")
        assert target[1]["fetch.private.allowed"] == ["true"]
        assert (source[0], source[2]) == (server.url("/from"), "REDIRECTION")
        assert source[1]["_redirTo"] == [server.url("/to")]

    def test_of_a_redirect_leave_out_a_target_that_a_filter_refuses(self, tmp_path: Path) -> None:
        rules = {
            "org.apache.stormcrawler.filtering.URLFilters": [
                {"class": "RegexURLFilter", "name": "r", "params": {"urlFilters": ["-/to", "+."]}}
            ]
        }
        file = tmp_path / "urlfilters.json"
        file.write_text(json.dumps(rules))
        fetcher = Fetcher(urlfilters__config__file=str(file))
        with site({"/from": http(301, location="/to")}) as server:
            fetcher.process(server.url("/from"))
        assert [status for _, _, status in fetcher.emitted("status")] == ["REDIRECTION"]
        fetcher.close()

    def test_of_a_redirect_are_the_source_alone_where_targets_are_not_wanted(self) -> None:
        fetcher = Fetcher(redirections__allowed=False)
        with site({"/from": http(301, location="/to")}) as server:
            fetcher.process(server.url("/from"))
        assert [status for _, _, status in fetcher.emitted("status")] == ["REDIRECTION"]
        fetcher.close()

    def test_of_an_error_keep_the_code_and_the_validators_of_the_page(self, fetcher: Fetcher) -> None:
        with site({"/a": http(410, etag='"error"')}) as server:
            fetcher.process(server.url("/a"), {"protocol.etag": ['"page"']})
        ((_, metadata, status),) = fetcher.emitted("status")
        assert (status, metadata["fetch.statusCode"], metadata["protocol.etag"]) == ("FETCH_ERROR", ["410"], ['"page"'])

    def test_of_no_answer_name_the_cause(self, fetcher: Fetcher) -> None:
        with site({"/a": b"nonsense\r\n\r\n"}) as server:
            fetcher.process(server.url("/a"))
        ((_, metadata, status),) = fetcher.emitted("status")
        assert (status, metadata["fetch.exception"]) == ("FETCH_ERROR", ["InvalidResponse"])
        assert metadata["error.cause"] == ["InvalidResponse"]

    def test_of_what_robots_forbid_are_errors(self, fetcher: Fetcher) -> None:
        with site({"/robots.txt": http(200, b"User-agent: *\nDisallow: /")}) as server:
            fetcher.process(server.url("/a"))
        ((_, metadata, status),) = fetcher.emitted("status")
        assert (status, metadata["error.cause"]) == ("ERROR", ["robots.txt"])

    def test_of_a_malformed_url_are_errors(self, fetcher: Fetcher) -> None:
        fetcher.process("http://", key="")
        ((_, metadata, status),) = fetcher.emitted("status")
        assert (status, metadata["error.cause"]) == ("ERROR", ["malformed URL"])

    def test_of_not_now_say_until_when_and_tell_of_the_host(self, fetcher: Fetcher) -> None:
        with site({"/a": http(429, retry_after="3600")}) as server:
            fetcher.process(server.url("/a", "some.localhost"), key="some.localhost")
        ((_, metadata, status),) = fetcher.emitted("status")
        ((key, until, reason, failures),) = fetcher.emitted("host")
        assert status == "FETCH_ERROR"
        assert float(metadata["fetch.postponed.until"][0]) == until
        assert (key, reason, failures) == ("some.localhost", "status 429", 1)


class TestHolds:
    def test_are_told_beside_the_pause_that_ends_at_the_same_moment(self) -> None:
        fetcher = Fetcher(fetcher__max__crawl__delay__force="slow")
        with site({"/robots.txt": http(200, b"User-agent: *\nCrawl-delay: 3600")}) as server:
            assert fetcher.process(server.url("/a", "some.localhost"), key="some.localhost") == "ack"
        pause, hold = fetcher.emitted("host")
        assert (pause[0], pause[2], hold[2]) == ("some.localhost", "pause", "Crawl-delay of 3600 s")
        assert abs(hold[1] - pause[1]) < 1
        fetcher.close()

    def test_name_the_frontiers_key_of_each_host_that_is_turned_away_because_of_its_address(self) -> None:
        fetcher = Fetcher(partition__url__mode="byIP")
        with site({"/a?0": http(429, retry_after="3600")}) as server:
            for host in ("a.localhost", "b.localhost", "b.localhost", "c.localhost"):
                fetcher.process(server.url("/a?" + str(len(fetcher.bolt.acked)), host), key="127.0.0.1")
            assert server.paths() == ["/robots.txt", "/a?0"]
        held = fetcher.emitted("host")
        assert [host[0] for host in held] == ["a.localhost", "b.localhost", "c.localhost"]
        assert len({host[1] for host in held}) == 1, "all until the same moment"
        assert {host[2] for host in held} == {"status 429"}
        assert [status for _, _, status in fetcher.emitted("status")] == ["FETCH_ERROR"] * 4
        fetcher.close()


class TestHeads:
    def test_are_under_the_prefix_with_stormcrawlers_names(self) -> None:
        fetcher = Fetcher(http__store__headers=True)
        with site({"/a": http(200, b"x")}) as server:
            fetcher.process(server.url("/a"))
        ((_, _, metadata),) = fetcher.emitted()
        assert metadata["protocol._request.headers_"][0].startswith("GET /a HTTP/1.1\r\n")
        assert metadata["protocol._response.headers_"][0].startswith("HTTP/1.1 200 ")
        assert metadata["protocol._response.ip_"] == ["127.0.0.1"]
        fetcher.close()


class TestArchived:
    """Where a bolt listens to the stream archive, all that came of URLs goes there."""

    @pytest.fixture
    def archived(self) -> Iterator[Fetcher]:
        some = Fetcher(("archive", "aside"), fetcher__retry__times=1)
        yield some
        some.close()

    def test_visits_go_there_in_place_of_pages_and_statuses(self, archived: Fetcher) -> None:
        answers: dict[str, Answer] = {
            "/a": http(200, b"<p>"),
            "/b": http(404, b"no"),
            "/c": http(301, b"", location="/d"),
        }
        with site(answers) as server:
            for path in answers:
                archived.process(server.url(path))
        visits = [(url, content, md["fetch.statusCode"], status) for url, content, md, status in self.visits(archived)]
        assert visits == [
            (server.url("/a"), b"<p>", ["200"], ""),
            (server.url("/b"), b"no", ["404"], "FETCH_ERROR"),
            (server.url("/c"), b"", ["301"], "REDIRECTION"),
        ]
        assert archived.emitted() == []
        assert [(url, status) for url, _, status in archived.emitted("status")] == [(server.url("/d"), "DISCOVERED")]

    def test_urls_without_an_answer_go_there_with_the_time(self, archived: Fetcher) -> None:
        archived.process("http://", key="")
        ((url, content, metadata, status),) = self.visits(archived)
        assert (url, content, status) == ("http://", b"", "ERROR")
        assert int(metadata["protocol._request.time_"][0]) > 0

    def test_robots_txt_and_what_was_asked_for_again_stand_aside(self, archived: Fetcher) -> None:
        answers = [http(500, b"busy"), http(200, b"<p>")]
        with LoopbackServer(lambda asked: answers.pop(0) if asked.path == "/a" else http(404, b"none")) as server:
            archived.process(server.url("/a"))
        asides = [(url, content, md["fetch.statusCode"]) for url, content, md in archived.emitted("aside")]
        assert asides == [(server.url("/robots.txt"), b"none", ["404"]), (server.url("/a"), b"busy", ["500"])]
        robots, again = [metadata for _, _, metadata in archived.emitted("aside")]
        assert robots["robots.txt"] == again["fetch.asked.again"] == ["true"]
        ((_, content, metadata, status),) = self.visits(archived)
        assert (content, status, "fetch.asked.again" in metadata) == (b"<p>", "", False)

    def visits(self, fetcher: Fetcher) -> list[list[Any]]:
        return fetcher.emitted("archive")


class TestSitemaps:
    ROBOTS = http(200, b"User-agent: *\nDisallow:\nSitemap: /map.xml")

    def test_of_a_new_robots_txt_are_discovered_once(self) -> None:
        fetcher = Fetcher(sitemap__discovery=True)
        with site({"/robots.txt": self.ROBOTS}) as server:
            fetcher.process(server.url("/a"))
            fetcher.process(server.url("/b"))
        discovered = [(url, md) for url, md, status in fetcher.emitted("status") if status == "DISCOVERED"]
        assert [url for url, _ in discovered] == [server.url("/map.xml")]
        assert discovered[0][1]["isSitemap"] == ["true"]
        fetcher.close()

    @pytest.mark.parametrize(("metadata", "count"), [({}, 1), ({"sitemap.discovery": ["false"]}, 0)])
    def test_are_left_alone_on_request(self, fetcher: Fetcher, metadata: Any, count: int) -> None:
        with site({"/robots.txt": self.ROBOTS}) as server:
            fetcher.process(server.url("/a"), metadata)
        assert [status for _, _, status in fetcher.emitted("status")].count("DISCOVERED") == count

    def test_are_noted_on_every_page_of_a_site_that_has_some(self, fetcher: Fetcher) -> None:
        page, map_ = http(200, b"<p>", content_type="text/html"), {"isSitemap": ["true"]}
        with site({"/robots.txt": self.ROBOTS, "/a": page, "/b": page}) as server:
            fetcher.process(server.url("/a"), map_)
            fetcher.process(server.url("/b"))
        assert [metadata["foundSitemap"] for _, _, metadata in fetcher.emitted()] == [["true"]] * 2

    def test_that_are_gone_are_not_noted_any_more(self, fetcher: Fetcher) -> None:
        with site({"/a": http(200, b"<p>", content_type="text/html")}) as server:
            fetcher.process(server.url("/a"), {"foundSitemap": ["true"]})
        ((_, _, metadata),) = fetcher.emitted()
        assert "foundSitemap" not in metadata

    def test_are_not_what_a_redirect_has_to_be_in(self, tmp_path: Path) -> None:
        filters = tmp_path / "filters.json"
        filters.write_text('{"URLFilters": [{"class": "SitemapFilter"}]}')
        fetcher = Fetcher(sitemap__discovery=True, urlfilters__config__file=str(filters))
        with site({"/robots.txt": self.ROBOTS, "/from": http(301, location="/to")}) as server:
            fetcher.process(server.url("/from"))
        discovered = [url for url, _, status in fetcher.emitted("status") if status == "DISCOVERED"]
        assert discovered == [server.url(path) for path in ("/map.xml", "/to")]
        fetcher.close()

    def test_on_another_host_are_vouched_for_by_the_host_that_names_them(self) -> None:
        fetcher = Fetcher(sitemap__discovery=True)

        def robots(request: Request) -> Answer:
            named = f"Sitemap: http://b.localhost:{server.port}/map.xml\nSitemap: /own.xml"
            return http(200, named.encode()) if request.path == "/robots.txt" else http(404)

        with LoopbackServer(robots) as server:
            fetcher.process(server.url("/a", "a.localhost"))
        found = {
            url: md.get("sitemap.hosts") for url, md, status in fetcher.emitted("status") if status == "DISCOVERED"
        }
        assert found == {
            server.url("/map.xml", "b.localhost"): ["a.localhost"],
            server.url("/own.xml", "a.localhost"): None,
        }
        fetcher.close()

    def test_that_have_moved_are_still_sitemaps_and_vouched_for(self) -> None:
        fetcher = Fetcher()
        moved = http(301, location="http://b.localhost/map.xml")
        with site({"/map.xml": moved}) as server:
            fetcher.process(
                server.url("/map.xml", "a.localhost"), {"isSitemap": ["true"], "sitemap.hosts": ["c.example"]}
            )
        [target] = [md for _, md, status in fetcher.emitted("status") if status == "DISCOVERED"]
        assert (target["isSitemap"], target["sitemap.hosts"]) == (["true"], ["c.example", "a.localhost"])
        fetcher.close()


class TestComponent:
    def test_does_not_start_without_the_name_of_the_agent(self) -> None:
        with pytest.raises(ConfigurationError, match=r"http\.agent\.name"), run_bolt(FetcherBolt):
            pass

    def test_fails_a_tuple_whose_queue_is_full(self) -> None:
        fetcher = Fetcher(fetcher__max__queue__size=1, fetcher__threads__number=1)
        release = threading.Event()

        def script(request: Request) -> Answer:
            release.wait()
            return http(404)

        with LoopbackServer(script) as server:
            for page in range(4):
                fetcher.bolt.send(url=server.url(f"/{page}"), key="key", metadata=ALLOWED)
            fetcher.bolt.until(lambda: fetcher.bolt.failed)
            release.set()
        fetcher.close()

    def test_acks_ticks_and_reports_metrics_on_them(self) -> None:
        fetcher = Fetcher(metrics__report=True)
        acked: list[Any] = []
        fetcher.bolt.component.ack = acked.append
        fetcher.bolt.tick()
        fetcher.bolt.until(lambda: fetcher.bolt.metrics)
        [(name, value)] = fetcher.bolt.metrics
        assert (name, value["fetched"]) == ("fetcher", 0)
        assert [tup.id for tup in acked] == ["tick"]
        fetcher.close()


def test_what_is_asked_for_again_meanwhile_is_fetched_once_for_who_asked_last(fetcher: Fetcher) -> None:
    release, asked = threading.Event(), threading.Event()

    async def held(writer: Any) -> None:
        asked.set()
        await asyncio.to_thread(release.wait)
        writer.write(http(200, b"page"))

    def acked(tuples: list[Any]) -> bool:
        return all(tup in fetcher.bolt.acked for tup in tuples)

    with site({"/running": cast(Answer, held), "/waiting": http(200, b"page")}) as server:
        urls = [server.url("/running"), server.url("/waiting")]
        older = [fetcher.bolt.send(url=url, key="key", metadata=ALLOWED) for url in urls]
        assert asked.wait(30)
        newer = [fetcher.bolt.send(url=url, key="key", metadata=ALLOWED) for url in urls]
        fetcher.bolt.until(lambda: acked(older), timeout=30)
        assert not fetcher.bolt.emissions
        release.set()
        fetcher.bolt.until(lambda: acked(newer), timeout=30)
        assert server.paths() == ["/robots.txt", "/running", "/waiting"]
    assert [list(each.anchors) for each in fetcher.bolt.emissions] == [[newer[0]], [newer[1]]]
