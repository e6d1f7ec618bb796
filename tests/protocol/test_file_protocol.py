"""Files and folders as pages: for seeds, and what files lead to."""

import asyncio
import contextlib
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from spindrift.conf import Settings
from spindrift.fetching.outcomes import Redirect, redirect_target
from spindrift.metadata import Metadata
from spindrift.metadata_transfer import MetadataTransfer
from spindrift.protocol.file import FileProtocol
from spindrift.protocol.response import FetchFailure, Response
from tests.fetching.engine_run import EngineRun
from tests.protocol.fetching_with import ALLOWED, fetch
from tests.protocol.loopback_server import LoopbackServer, http


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    root = tmp_path.resolve() / "a folder"
    (root / "sub").mkdir(parents=True)
    (root / "page.html").write_bytes(b"<p>hello")
    (root / "ä&b <c>.txt").write_text("text")
    return root


def read(path: Path | str, metadata: Metadata | None = None, **conf: Any) -> Response:
    url = path.as_uri() if isinstance(path, Path) else path
    return fetch(url, metadata, FileProtocol, **conf)


class TestAFile:
    def test_has_content_type_and_date(self, folder: Path) -> None:
        response = read(folder / "page.html")
        assert (response.status_code, response.content) == (200, b"<p>hello")
        assert response.headers["content-type"] == ["text/html"]
        assert response.headers["last-modified"][0].endswith("GMT")

    def test_that_is_unchanged_is_not_read_again(self, folder: Path) -> None:
        known = read(folder / "page.html").headers["last-modified"]
        assert read(folder / "page.html", {"protocol.last-modified": known}).status_code == 304

    def test_is_cut_off_at_the_limit(self, folder: Path) -> None:
        response = read(folder / "page.html", http__content__limit=3)
        assert (response.content, response.trimmed) == (b"<p>", "length")

    def test_that_is_not_there_is_404(self, folder: Path) -> None:
        assert read(folder / "nothing").status_code == 404
        assert read(folder / "page.html" / "below").status_code == 404

    def test_that_never_ends_is_not_read(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        assert read(folder / "pipe").status_code == 403
        assert read("file:///dev/zero").status_code == 403

    def test_of_another_machine_is_refused(self) -> None:
        for url in ("file://other.example/etc/hosts", "file:///%00", "http://h/"):
            with pytest.raises(FetchFailure, match="malformed URL"):
                read(url)

    def test_behind_a_link_is_a_redirect(self, folder: Path) -> None:
        (folder / "link").symlink_to(folder / "page.html")
        (folder / "loop").symlink_to(folder / "loop")
        response = read(folder / "link")
        assert response.status_code == 301
        assert redirect_target(response) == (folder / "page.html").as_uri()
        with pytest.raises(FetchFailure):
            read(folder / "loop")


class TestAFolder:
    def test_is_a_sitemap_of_what_is_in_it(self, folder: Path) -> None:
        response = read(folder)
        assert response.metadata == {"isSitemap": ["true"]}
        locations = etree.fromstring(response.content).findall(".//{*}loc")
        urls = [str(location.text) for location in locations]
        assert [url.rpartition("a%20folder/")[2] for url in urls] == ["page.html", "sub/", "%C3%A4%26b%20%3Cc%3E.txt"]
        assert [read(url).status_code for url in urls] == [200, 200, 200]


class TestTheWeb:
    def test_leads_to_no_file(self, folder: Path) -> None:
        url = (folder / "page.html").as_uri()
        for metadata in ({}, ALLOWED | {"url.path": ["http://localhost/"]}):
            with pytest.raises(FetchFailure, match="file: from the web"):
                asyncio.run(FileProtocol(Settings()).fetch(url, metadata))
        assert read(url, {"url.path": ["http://seed/", "file:///a"]}).status_code == 200

    def test_hands_no_leave_to_a_file(self) -> None:
        transfer = MetadataTransfer([], [])
        leave = "fetch.private.allowed"
        assert leave not in transfer.outlink("file:///x", "http://localhost/", ALLOWED)
        assert leave in transfer.outlink("file:///x", "file:///", ALLOWED)
        assert leave in transfer.outlink("http://localhost/x", "http://localhost/", ALLOWED)

    def test_redirects_to_no_file(self, folder: Path) -> None:
        answers = {"/robots.txt": http(404), "/": http(302, location=folder.as_uri())}
        server = LoopbackServer(lambda request: answers[request.path])
        with server, EngineRun(protocols=["http", "file"]) as run:
            (outcome,) = run.fetch([server.url()])
        assert not isinstance(outcome, Redirect)


def test_the_engine_asks_no_robots_and_keeps_no_pause_for_files(folder: Path) -> None:
    with EngineRun(protocols=["file"], fetcher__server__delay=3600) as run:
        outcomes = run.fetch([(folder / "page.html").as_uri(), folder.as_uri()])
    assert [type(outcome).__name__ for outcome in outcomes] == ["Page", "Page"]


@given(st.text(max_size=40), st.sampled_from(["file:///", "file:", "file://localhost/", ""]))
def test_no_url_makes_it_fail_in_another_way(text: str, prefix: str) -> None:
    with contextlib.suppress(FetchFailure):
        assert FileProtocol(Settings()).origin(prefix + text) == "file://"
