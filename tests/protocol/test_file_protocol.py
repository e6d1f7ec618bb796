"""Files and folders as pages: for seeds, and what files lead to."""

import asyncio
import contextlib
import os
import threading
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
from spindrift.protocol.disk import in_thread, open_regular
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


class TestTheSeedsFolder:
    """What a file leads to is read where it lies in the folder of the seed, or below."""

    @pytest.fixture
    def site(self, folder: Path) -> Path:
        (folder / "sub" / "deep.html").write_text("deep")
        (folder.parent / "secret.html").write_text("secret")
        (folder.parent / "a folder too").mkdir()
        return folder

    @pytest.mark.parametrize("seed", ["page.html", "", "gone.html"])
    def test_is_open_to_its_pages(self, site: Path, seed: str) -> None:
        source = {"file.seed": [(site / seed).as_uri()]}
        for path in (site, site / "page.html", site / "sub", site / "sub" / "deep.html"):
            assert read(path, source).status_code == 200
        assert read(site / "missing.html", source).status_code == 404

    @pytest.mark.parametrize("seed", ["page.html", "", "sub/"])
    @pytest.mark.parametrize("target", ["..", "../secret.html", "../a folder too", "../missing", "/", "/etc/hostname"])
    def test_is_left_by_none(self, site: Path, seed: str, target: str) -> None:
        source = {"file.seed": [f"{site.as_uri()}/{seed}"]}
        with pytest.raises(FetchFailure, match="file: outside of the seed's folder"):
            read("file://" + os.path.normpath(site / target), source)

    def test_is_not_left_by_links_of_the_file_system_either(self, site: Path) -> None:
        source = {"file.seed": [(site / "page.html").as_uri()]}
        (site / "link").symlink_to(site.parent / "secret.html")
        (site / "up").symlink_to(site.parent)
        for path in (site / "link", site / "up", site / "up" / "secret.html"):
            with pytest.raises(FetchFailure, match="file: outside of the seed's folder"):
                read(path, source)

    def test_is_the_one_that_the_seed_means_where_it_is_a_link(self, site: Path) -> None:
        link = site.parent / "link"
        link.symlink_to(site / "page.html")
        response = read(link)
        source = MetadataTransfer([], []).outlink((site / "page.html").as_uri(), link.as_uri(), ALLOWED)
        assert response.headers["location"] == [(site / "page.html").as_uri()]
        assert read(site / "page.html", source).status_code == 200

    @pytest.mark.parametrize("track_path", [False, True])
    def test_goes_from_file_to_file_and_nowhere_else(self, track_path: bool) -> None:
        transfer = MetadataTransfer([], [], track_path=track_path)
        first_link = transfer.outlink("file:///a/b", "file:///a/", ALLOWED)
        second = transfer.outlink("file:///", "file:///a/b", first_link)
        assert first_link["file.seed"] == second["file.seed"] == ["file:///a/"]
        assert transfer.persistent(second)["file.seed"] == ["file:///a/"]
        web = transfer.outlink("http://h/", "file:///a/b", first_link)
        assert "file.seed" not in web
        assert "file.seed" not in transfer.outlink("file:///", "http://h/", web)


class TestWhatIsNoFile:
    @pytest.mark.parametrize("path", ["/proc/uptime", "/proc", "/sys/kernel", "/dev/null"])
    def test_is_not_read_even_as_a_seed(self, path: str) -> None:
        assert read(Path(path)).status_code in (403, 404)  # there is no /proc everywhere

    def test_is_not_listed(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        (folder / "null").symlink_to("/dev/null")
        assert b"pipe" not in read(folder).content
        assert b"null" not in read(folder).content

    def test_is_not_waited_for_when_it_takes_a_files_place(self, folder: Path) -> None:
        os.mkfifo(folder / "pipe")
        with pytest.raises(PermissionError):
            open_regular(folder / "pipe")

    def test_no_end_waits_for_a_disk_that_does_not_answer(self) -> None:
        answered = threading.Event()

        async def stopped() -> None:
            reading = asyncio.create_task(in_thread(answered.wait))
            await asyncio.sleep(0)
            reading.cancel()

        asyncio.run(stopped())  # with a thread of the loop's, this would not end
        assert not answered.is_set()
        answered.set()

    def test_errors_of_a_thread_arrive(self) -> None:
        with pytest.raises(ZeroDivisionError):
            asyncio.run(in_thread(lambda: 1 // 0))


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
