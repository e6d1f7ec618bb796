"""The generated web is what the other tests, the demonstration and the benchmarks stand on."""

import http.client
import socket
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import lxml.html
import pytest

from spindrift.demo.generated_web import Answer, GeneratedWeb, Request


@pytest.fixture
def web() -> Iterator[GeneratedWeb]:
    with GeneratedWeb(hosts=3, pages=4, page_bytes=6000, links=10, record=True, crawl_delay=0.5) as web:
        yield web


def get(web: GeneratedWeb, url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request without a resolver: names lead to loopback."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", web.port, timeout=10)
    try:
        connection.request("GET", parts.path or "/", headers={"Host": parts.netloc, **headers})
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def links_of(url: str, content: bytes) -> list[str]:
    return [urljoin(url, link.get("href", "")) for link in lxml.html.fromstring(content).iter("a")]


class TestPages:
    def test_every_page_is_reached_from_one_seed(self, web: GeneratedWeb) -> None:
        seen: set[str] = set()
        waiting = [web.seeds[0]]
        while waiting:
            url = waiting.pop()
            if url in seen:
                continue
            seen.add(url)
            status, headers, content = get(web, url)
            if status == 503:
                status, headers, content = get(web, url)
            if status == 200 and headers["content-type"].startswith("text/html"):
                waiting += links_of(url, content)
        assert set(web.urls()) <= seen

    def test_pages_have_the_size_and_the_number_of_links_asked_for(self) -> None:
        with GeneratedWeb(hosts=2, pages=3, plain=True) as web:
            for url in web.urls():
                _, _, content = get(web, url)
                assert len(content) == pytest.approx(27_000, rel=0.02)
                assert len(links_of(url, content)) == 100

    def test_the_same_arguments_give_the_same_pages(self, web: GeneratedWeb) -> None:
        url = web.url(1, 2)
        first = get(web, url)
        web.stop()
        with GeneratedWeb(hosts=3, pages=4, page_bytes=6000, links=10, port=web.port) as again:
            assert get(again, url) == first
        with GeneratedWeb(hosts=3, pages=4, page_bytes=6000, links=10, port=web.port, seed=1) as other:
            assert get(other, url)[2] != first[2]

    def test_prepared_answers_are_the_same(self) -> None:
        with GeneratedWeb(hosts=2, pages=2, page_bytes=4000, links=4) as web:
            answers = [get(web, url) for url in web.urls()[:2]]
        with GeneratedWeb(hosts=2, pages=2, page_bytes=4000, links=4, prepare=True, port=web.port) as prepared:
            assert [get(prepared, url) for url in prepared.urls()[:2]] == answers

    def test_addresses_instead_of_names(self) -> None:
        with GeneratedWeb(hosts=2, pages=2, page_bytes=4000, links=4, names="addresses", plain=True) as web:
            for url in web.urls()[:3]:
                connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=10)
                connection.request("GET", urlsplit(url).path)
                assert connection.getresponse().status == 200
                connection.close()


class TestEverythingElseThatACrawlerMeets:
    @pytest.mark.parametrize(
        ("host", "path", "status"),
        [
            (0, "/missing.html", 404),
            (1, "/withdrawn.html", 410),
            (2, "/chart.png", 200),
            (0, "/old-home.html", 301),
            (0, "/no-such-page.html", 404),
            (1, "/robots.txt", 404),
        ],
    )
    def test_status(self, web: GeneratedWeb, host: int, path: str, status: int) -> None:
        assert get(web, urljoin(web.seeds[host], path))[0] == status

    def test_robots_txt(self, web: GeneratedWeb) -> None:
        _, _, content = get(web, urljoin(web.seeds[0], "/robots.txt"))
        assert content.decode().splitlines() == ["User-agent: *", "Disallow: /private/", "Crawl-delay: 0.5"]

    def test_an_unchanged_page_is_not_sent_twice(self, web: GeneratedWeb) -> None:
        _, headers, _ = get(web, web.seeds[0])
        assert get(web, web.seeds[0], **{"If-None-Match": headers["etag"]})[::2] == (304, b"")
        assert get(web, web.seeds[0], **{"If-Modified-Since": headers["last-modified"]})[0] == 304
        assert get(web, web.seeds[0], **{"If-None-Match": '"other"'})[0] == 200

    def test_the_last_host_is_busy_once(self, web: GeneratedWeb) -> None:
        status, headers, _ = get(web, web.seeds[-1])
        assert (status, headers["retry-after"]) == (503, "2")
        assert get(web, web.seeds[-1])[0] == 200

    def test_home_pages_link_to_all_of_it(self, web: GeneratedWeb) -> None:
        linked = {link for seed in web.seeds[:2] for link in links_of(seed, get(web, seed)[2])}
        for path in ("/private/accounts.html", "/old-home.html", "/missing.html", "/drafts.html"):
            assert urljoin(web.seeds[0], path) in linked
        assert b"noindex, nofollow" in get(web, urljoin(web.seeds[0], "/drafts.html"))[2]

    def test_a_plain_web_has_good_pages_only(self) -> None:
        with GeneratedWeb(hosts=3, pages=2, page_bytes=4000, links=6, plain=True) as web:
            for url in web.urls():
                status, _, content = get(web, url)
                assert status == 200
                assert set(links_of(url, content)) <= set(web.urls())
            assert get(web, urljoin(web.seeds[0], "/robots.txt"))[2] == b"User-agent: *\nDisallow:\n"


class TestForTests:
    def test_requests_are_recorded_in_order(self, web: GeneratedWeb) -> None:
        get(web, web.url(0, 1))
        get(web, web.url(1, 0))
        assert [(host, path) for _, _, host, path in web.requests] == [
            (web.authority(0), urlsplit(web.url(0, 1)).path),
            (web.authority(1), "/"),
        ]
        assert all(start <= end for start, end, _, _ in web.requests)

    def test_a_fault_answers_in_the_place_of_a_host(self, web: GeneratedWeb) -> None:
        def fails_twice(request: Request) -> Answer | None:
            return Answer(500, b"broken") if request.number <= 2 else None

        web.faults[web.host_name(0)] = fails_twice
        assert [get(web, web.seeds[0])[0] for _ in range(3)] == [500, 500, 200]
        assert get(web, web.seeds[1])[0] == 200

    def test_a_cut_answer_closes_the_connection_early(self, web: GeneratedWeb) -> None:
        web.faults[web.host_name(0)] = lambda _request: Answer(body=b"0123456789", cut=4)
        with pytest.raises(http.client.IncompleteRead) as error:
            get(web, web.seeds[0])
        assert error.value.partial == b"0123"

    def test_latency_shows_in_the_record(self) -> None:
        with GeneratedWeb(hosts=1, pages=1, page_bytes=3000, links=2, record=True, latency=0.02) as web:
            get(web, web.seeds[0])
            assert web.requests[0].end - web.requests[0].start >= 0.02

    def test_requests_in_one_packet_are_answered_in_turn(self, web: GeneratedWeb) -> None:
        request = f"GET /robots.txt HTTP/1.1\r\nHost: {web.authority(0)}\r\n\r\n".encode()
        with socket.create_connection(("127.0.0.1", web.port), timeout=10) as connection:
            connection.sendall(request + request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            received = b"".join(iter(lambda: connection.recv(65536), b""))
        assert received.count(b"HTTP/1.1 200 OK") == 2
