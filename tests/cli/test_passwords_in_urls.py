"""User names and passwords in URLs are nowhere: not in the store, not in what is printed, not in the log."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from spindrift.frontier.records import StatusUpdate
from spindrift.status import Status
from spindrift.store import open_store
from tests.cli.conftest import Run

SECRET = "s3cr3t"
OPTIONS = ("-o", "http.agent.name=test-crawler", "-o", "fetcher.server.delay=0", "-o", "metadata.persist=*")


class Site(BaseHTTPRequestHandler):
    """Names itself with a password wherever a page can: link, canonical, base, frame, refresh, redirect, sitemap."""

    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        with_password = f"http://user:{SECRET}@{self.headers['Host']}"
        self.asked.append(f"{self.path} {self.headers['Authorization']}")
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", with_password + "/target")
            self.end_headers()
            return
        kind, body = "text/html", f'<a href="{with_password}/page">a</a><iframe src="{with_password}/frame"></iframe>'
        if self.path == "/robots.txt":
            kind, body = "text/plain", f"User-agent: *\nSitemap: {with_password}/sitemap.xml\n"
        elif self.path == "/sitemap.xml":
            kind, body = "text/xml", f"<urlset><url><loc>{with_password}/listed</loc></url></urlset>"
        elif self.path == "/":
            links = "".join(f"<a href='/{name}'>x</a>" for name in ("moved", "refreshed", "based"))
            body = f"<link rel=canonical href='{with_password}/'>{links}{body}"
        elif self.path == "/refreshed":
            body = f"<meta http-equiv=refresh content='0; url={with_password}/fresh'>"
        elif self.path == "/based":
            body = f"<base href='{with_password}/below/'><a href='it'>x</a>"
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    """`host:port` of a site."""
    Site.asked.clear()
    with ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()


def bytes_of(folder: Path) -> bytes:
    """All that lies in it."""
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_crawl_stores_and_shows_no_password(
    spindrift: Run,
    site: str,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    seed = f"http://user:{SECRET}@{site}/"
    crawled = spindrift("crawl", seed, *OPTIONS, "--json")
    assert crawled.code == 0, crawled.err
    statuses = [json.loads(line) for line in spindrift("export", "--what", "statuses").out.splitlines()]
    expected = (
        "",
        "page",
        "frame",
        "moved",
        "target",
        "refreshed",
        "fresh",
        "based",
        "below/it",
        "sitemap.xml",
        "listed",
    )
    assert {record["url"] for record in statuses} == {f"http://{site}/{path}" for path in expected}
    assert SECRET not in crawled.out + crawled.err + caplog.text
    assert SECRET.encode() not in bytes_of(tmp_path)
    assert not any("Basic" in asked for asked in Site.asked)


def test_the_warning_says_where_a_password_belongs(spindrift: Run) -> None:
    injected = spindrift("inject", f"https://user:{SECRET}@intranet.example/")
    assert injected.code == 0
    assert "1 added" in injected.out
    assert "warning: seed https://intranet.example/: user name and password are left out" in injected.out
    assert "http.basicauth.user.intranet.example and http.basicauth.password.intranet.example" in injected.out
    assert json.loads(spindrift("inject", f"https://user:{SECRET}@b.example/", "--json").out)["warnings"]


@pytest.mark.parametrize(
    "command",
    [
        ["inject", f"https://user:{SECRET}/x@intranet.example/"],
        ["inject", f"user:{SECRET}@intranet.example"],
        ["inject", f"https://user:{SECRET}@intranet.example/a.jpg"],
        ["crawl", f"https://user:{SECRET}@a b/", *OPTIONS],
        ["explain", f"https://user:{SECRET}@intranet.example/", "--offline"],
        ["explain", f"https://user:{SECRET}@a b/", "--offline", "--json"],
        ["explain", "https://a.example/", "--source", f"https://user:{SECRET}@b.example/", "--offline"],
        ["parse", f"ftp://user:{SECRET}@intranet.example/"],
        ["parse", f"http://user:{SECRET}@127.0.0.1:9/", *OPTIONS],
        ["status", f"https://user:{SECRET}@intranet.example/"],
        ["status", "--store", f"postgres://user:{SECRET}@intranet.example/crawl"],
        ["replay", f"https://user:{SECRET}@intranet.example/x.warc.gz"],
        ["extract", "--warc", f"https://user:{SECRET}@intranet.example/x.warc.gz"],
        ["extract", f"https://user:{SECRET}@intranet.example/x.html"],
    ],
)
def test_no_command_tells_it(spindrift: Run, command: list[str]) -> None:
    spindrift("inject", "https://a.example/")
    told = spindrift(*command)
    assert SECRET not in told.out + told.err


def test_a_url_of_an_older_store_is_fetched_without_it(spindrift: Run, site: str, tmp_path: Path) -> None:
    url = f"http://user:{SECRET}@{site}/page"
    with open_store(f"sqlite:///{tmp_path}/crawl.db") as store:
        update = StatusUpdate(url, "127.0.0.1", Status.DISCOVERED, {"fetch.private.allowed": ["true"]}, 0.0)
        store.frontier.put([update])
    assert spindrift("crawl", *OPTIONS).code == 0
    assert json.loads(spindrift("status", url, "--json").out)["status"] == "FETCHED"
    assert "/page None" in Site.asked
    found = json.loads(spindrift("search", "a", "--json").out)
    assert f"http://{site}/page" in {hit["url"] for hit in found["hits"]}
    others = [json.loads(line) for line in spindrift("export", "--what", "statuses").out.splitlines()]
    assert SECRET not in json.dumps([record for record in others if record["url"] != url])
