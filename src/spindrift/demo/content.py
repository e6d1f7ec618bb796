"""What the hosts of the generated web answer: pages, and (unless plain) one of everything else that a crawler meets."""

import hashlib
from collections.abc import Callable, Mapping

from spindrift.demo import syndication
from spindrift.demo.pages import PageWriter
from spindrift.demo.server import Answer, Content, Request

Fault = Callable[[Request], Answer | None]
"""Decides what a host answers; None leaves it to the generated web."""

LAST_MODIFIED = "Mon, 01 Jan 2024 00:00:00 GMT"
RETRY_AFTER = 2
HOST_WITH_DRAFTS = 0
HOST_WITH_SITEMAPS = 0
HOST_WITHOUT_ROBOTS = 1
_PLAIN_TEXT = {"Content-Type": "text/plain; charset=utf-8"}
_HTML = {"Content-Type": "text/html; charset=utf-8"}


class GeneratedContent(Content):
    """Answers of all hosts. `authorities` are the Host headers (with port) in order, `faults` may be changed any time.

    Beside its pages a host has, unless `plain`: `/private/` (disallowed by robots.txt), `/old-home.html` (301 to
    page 0), and by turns a link that is missing (404), gone (410) or a picture. The first host has a page with
    `noindex, nofollow`, the second no robots.txt, and the last answers 503 with Retry-After to the first request
    for its home page. With `sitemaps` the robots.txt of the first host names a sitemap index, and its home page links
    a feed; each of them names a page that nothing else leads to.
    """

    def __init__(
        self,
        writer: PageWriter,
        authorities: list[str],
        *,
        pages: int,
        plain: bool,
        crawl_delay: float | None,
        faults: Mapping[str, Fault],
        sitemaps: bool = False,
    ) -> None:
        super().__init__()
        self._writer = writer
        self._authorities = authorities
        self._hosts = {authority: host for host, authority in enumerate(authorities)}
        self._pages = pages
        self._plain = plain
        self._crawl_delay = crawl_delay
        self._faults = faults
        self._numbers: list[dict[str, int]] = [
            {writer.path(host, page): page for page in range(pages)} for host in range(len(authorities))
        ]
        self._html: dict[tuple[int, int], bytes] = {}
        self._syndicated: dict[str, Answer] = {}
        if sitemaps:
            urls = [writer.url(HOST_WITH_SITEMAPS, page) for page in range(pages)]
            self._syndicated = syndication.documents(f"http://{authorities[HOST_WITH_SITEMAPS]}", urls)

    def prepare(self) -> None:
        """Write every page now, so that answering costs next to nothing."""
        for host, authority in enumerate(self._authorities):
            for path, page in self._numbers[host].items():
                self.ready[f"{authority}{path}".encode()] = self._page(host, page).encode()
            self.ready[f"{authority}/robots.txt".encode()] = self._robots(host).encode()

    def answer(self, request: Request) -> Answer:
        """The answer of a host; 404 for hosts and paths that do not exist."""
        fault = self._faults.get(request.host) or self._faults.get(request.host.rpartition(":")[0])
        if fault is not None and (scripted := fault(request)) is not None:
            return scripted
        host = self._hosts.get(request.host)
        if host is None:
            return _not_found()
        if request.path == "/robots.txt":
            return self._robots(host)
        if host == HOST_WITH_SITEMAPS and request.path in self._syndicated:
            return self._syndicated[request.path]
        page = self._numbers[host].get(request.path)
        if page is not None:
            if page == 0 and request.number == 1 and not self._plain and host == len(self._authorities) - 1 > 0:
                headers = {**_PLAIN_TEXT, "Retry-After": str(RETRY_AFTER)}
                return Answer(503, b"Busy for a moment.\n", headers)
            return _conditional(request, self._page(host, page))
        return _not_found() if self._plain else self._special(host, request.path)

    def _page(self, host: int, page: int) -> Answer:
        body = self._html.get((host, page))
        if body is None:
            links = special_links(host) if page == 0 and not self._plain else ()
            if page == 0 and host == HOST_WITH_SITEMAPS and self._syndicated:
                links = (*links, (syndication.FEED, "News feed"))
            body = self._writer.html(host, page, extra_links=links).encode()
            self._html[host, page] = body
        etag = hashlib.blake2b(body, digest_size=8).hexdigest()
        return Answer(200, body, {**_HTML, "ETag": f'"{etag}"', "Last-Modified": LAST_MODIFIED})

    def _robots(self, host: int) -> Answer:
        if self._plain:
            return Answer(200, b"User-agent: *\nDisallow:\n", dict(_PLAIN_TEXT))
        if host == HOST_WITHOUT_ROBOTS:
            return _not_found()
        lines = ["User-agent: *", "Disallow: /private/"]
        if self._crawl_delay is not None:
            lines.append(f"Crawl-delay: {self._crawl_delay:g}")
        if host == HOST_WITH_SITEMAPS and self._syndicated:
            lines.append(f"Sitemap: {syndication.INDEX}")
        return Answer(200, "\n".join([*lines, ""]).encode(), dict(_PLAIN_TEXT))

    def _special(self, host: int, path: str) -> Answer:
        if path not in dict(special_links(host)):
            if host == HOST_WITH_DRAFTS and path == "/only-from-drafts.html":
                return Answer(200, b"<title>Reached by a nofollow link</title><p>A crawler should not be here.")
            return _not_found()
        match path:
            case "/private/accounts.html":
                return Answer(200, b"<title>Private</title><p>robots.txt asks crawlers not to come here.")
            case "/old-home.html":
                return Answer(301, b"", {"Location": "/"})
            case "/withdrawn.html":
                return Answer(410, b"Withdrawn.\n", dict(_PLAIN_TEXT))
            case "/chart.png":
                return Answer(200, b"\x89PNG\r\n\x1a\n" + bytes(500), {"Content-Type": "image/png"})
            case "/drafts.html":
                head = '<title>Drafts</title><meta name="robots" content="noindex, nofollow">'
                body = f'{head}<p>Not for the index. <a href="/only-from-drafts.html">A draft</a>'
                return Answer(200, body.encode())
            case _:
                return _not_found()


def special_links(host: int) -> tuple[tuple[str, str], ...]:
    """(href, text) of the links of a home page to what is no ordinary page."""
    links = [("/private/accounts.html", "Accounts"), ("/old-home.html", "Our old home page")]
    links.append((("/missing.html", "Missing"), ("/withdrawn.html", "Withdrawn"), ("/chart.png", "Chart"))[host % 3])
    if host == HOST_WITH_DRAFTS:
        links.append(("/drafts.html", "Drafts"))
    return tuple(links)


def _conditional(request: Request, answer: Answer) -> Answer:
    """304 where the client has this very page already."""
    etag = answer.headers["ETag"]
    given = request.headers.get("if-none-match")
    if given is not None:
        known = etag in (part.strip().removeprefix("W/") for part in given.split(","))
    else:
        known = request.headers.get("if-modified-since") == LAST_MODIFIED
    return Answer(304, b"", {"ETag": etag}) if known else answer


def _not_found() -> Answer:
    return Answer(404, b"<title>Not found</title><p>Nothing here.")
