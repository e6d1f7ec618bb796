"""The sitemap bolt: what it emits for a sitemap, and that it lets everything else pass."""

from typing import Any

import pytest

from spindrift.bolts.sitemap import SiteMapParserBolt
from spindrift.clock import VirtualClock
from spindrift.errors import ConfigurationError
from spindrift.metadata import Metadata, copy
from spindrift.testing import BoltRun, run_bolt
from tests.parse.test_sitemaps import urlset

URL = "http://a.example/sitemap.xml"
NOW = 1_700_000_000.0  # 2023-11-14T22:13:20Z
FORCED = {"isSitemap": ["true"]}


def run(content: bytes, metadata: Metadata | None = None, conf: dict[str, Any] | None = None) -> BoltRun:
    files = {"urlfilters.config.file": "", "parsefilters.config.file": ""}
    given = {} if metadata is None else metadata
    before = copy(given)
    with run_bolt(SiteMapParserBolt, files | (conf or {}), clock=VirtualClock(NOW)) as bolt:
        tup = bolt.send(url=URL, content=content, metadata=given)
    assert given == before, "the metadata of a tuple are not changed"
    assert bolt.acked == [tup]
    return bolt


def entry(url: str, more: str = "") -> str:
    return f"<url><loc>{url}</loc>{more}</url>"


def index(*entries: str) -> bytes:
    return f"<sitemapindex>{''.join(f'<sitemap>{one}</sitemap>' for one in entries)}</sitemapindex>".encode()


def discovered(bolt: BoltRun) -> dict[str, Metadata]:
    return {url: metadata for url, metadata, status in bolt.emitted("status") if status == "DISCOVERED"}


def test_links_come_first_then_the_sitemap_is_fetched() -> None:
    more = "<lastmod>2023-11-01</lastmod><changefreq>daily</changefreq><priority>0.8</priority>"
    bolt = run(urlset(entry("http://a.example/1", more) + entry("/2")), {"depth": ["1"]})
    first, second, last = bolt.emitted("status")
    assert first == (
        "http://a.example/1",
        {
            "depth": ["2"],
            "url.path": [URL],
            "isSitemap": ["false"],
            "sitemap.lastModified": ["2023-11-01"],
            "sitemap.changefreq": ["daily"],
            "sitemap.priority": ["0.8"],
        },
        "DISCOVERED",
    )
    assert second[::2] == ("http://a.example/2", "DISCOVERED")
    assert last == (URL, {"depth": ["1"], "isSitemap": ["true"]}, "FETCHED")
    assert bolt.emitted() == []


@pytest.mark.parametrize(
    ("content", "metadata"),
    [(b"<html>", {}), (b"\x89PNG", {}), (b"", {}), (urlset(""), {"isSitemap": ["false"]})],
)
def test_what_is_no_sitemap_passes_untouched(content: bytes, metadata: Metadata) -> None:
    bolt = run(content, metadata)
    assert bolt.emitted() == [(URL, content, metadata)]
    assert bolt.emitted("status") == []


def test_a_text_is_a_sitemap_where_the_metadata_say_so() -> None:
    assert list(discovered(run(b"http://a.example/1\n", FORCED))) == ["http://a.example/1"]
    assert run(b"http://a.example/1\n").emitted()


def test_the_parts_of_an_index_are_sitemaps_one_after_the_other() -> None:
    locs = [f"<loc>http://a.example/{number}.xml</loc>" for number in range(3)]
    found = discovered(run(index(*locs), conf={"sitemap.schedule.delay": 10}))
    assert {url: metadata["isSitemap"] for url, metadata in found.items()} == {
        f"http://a.example/{number}.xml": ["true"] for number in range(3)
    }
    assert [metadata.get("scheduler.delay.mins") for metadata in found.values()] == [None, ["10"], ["20"]]


class TestHosts:
    """A sitemap speaks for its own host, and for those whose robots.txt names it."""

    CONTENT = urlset("".join(entry(f"https://{host}/1") for host in ("a.example", "www.a.example", "b.example", "c.x")))

    def test_others_are_left_out(self) -> None:
        assert list(discovered(run(self.CONTENT))) == ["https://a.example/1", "https://www.a.example/1"]

    def test_those_that_submit_it_are_taken(self) -> None:
        found = discovered(run(self.CONTENT, {"sitemap.hosts": ["b.example"]}))
        assert list(found) == ["https://a.example/1", "https://www.a.example/1", "https://b.example/1"]
        assert all("sitemap.hosts" not in metadata for metadata in found.values())

    def test_they_vouch_for_the_parts_of_an_index(self) -> None:
        content = index("<loc>http://a.example/1.xml</loc>")
        found = discovered(run(content, {"sitemap.hosts": ["b.example"]}))
        assert found["http://a.example/1.xml"]["sitemap.hosts"] == ["b.example"]

    def test_all_are_taken_if_the_configuration_says_so(self) -> None:
        assert len(discovered(run(self.CONTENT, conf={"sitemap.other.hosts": True}))) == 4


def test_entries_of_long_ago_are_left_out() -> None:
    dates = {"1": "2023-11-14T21:00:00Z", "2": "2023-11-14T19:00:00Z", "3": "2023-11-14", "4": "2023-11-13"}
    content = urlset(
        "".join(entry(f"/{name}", f"<lastmod>{date}</lastmod>") for name, date in dates.items()) + entry("/5")
    )
    found = discovered(run(content, conf={"sitemap.filter.hours.since.modified": 2}))
    assert [url[-1] for url in found] == ["1", "3", "5"]


def test_url_filters_decide_on_links(tmp_path: Any) -> None:
    file = tmp_path / "filters.json"
    rule = '{"class": "RegexURLFilter", "name": "x", "params": {"urlFilters": ["-/no", "+."]}}'
    file.write_text(f'{{"spindrift.URLFilters": [{rule}]}}')
    content = urlset(entry("/no") + entry("/yes") + entry("/yes") + entry("http://[bad/"))
    assert list(discovered(run(content, conf={"urlfilters.config.file": str(file)}))) == ["http://a.example/yes"]


def test_extensions_are_metadata_of_the_link() -> None:
    image = "<image:image xmlns:image='x'><image:loc>/i.jpg</image:loc></image:image>"
    found = discovered(run(urlset(entry("/1", image)), conf={"sitemap.extensions": ["image"]}))
    assert found["http://a.example/1"]["IMAGE.loc"] == ["/i.jpg"]
    assert "IMAGE.loc" not in discovered(run(urlset(entry("/1", image))))["http://a.example/1"]


def test_an_unknown_extension_is_refused_at_the_start() -> None:
    with pytest.raises(ConfigurationError, match=r"sitemap\.extensions: AUDIO is no extension; expected some of IMAGE"):
        run(b"", conf={"sitemap.extensions": ["AUDIO", "NEWS"]})


class TestBroken:
    def test_what_can_be_read_is_read_and_the_rest_said(self) -> None:
        bolt = run(urlset(entry("/1") + "<url><loc>/2")[:-9], FORCED)
        assert list(discovered(bolt)) == ["http://a.example/1"]
        url, metadata, status = bolt.emitted("status")[-1]
        assert (url, status) == (URL, "FETCHED")
        assert "Premature end of data" in metadata["sitemap.warning"][0]

    @pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"\x1f\x8b\x08junk", b"just text", b"<urlset><url"])
    def test_where_nothing_can_be_read_it_is_an_error(self, content: bytes) -> None:
        [[url, metadata, status]] = run(content, FORCED).emitted("status")
        assert (url, status) == (URL, "ERROR")
        assert metadata["error.cause"] == metadata["error.source"] == ["sitemap parsing"]
        assert metadata["error.message"][0].startswith(f"sitemap {URL} cannot be read: ")

    def test_one_without_entries_is_none(self) -> None:
        [[_, metadata, status]] = run(urlset("")).emitted("status")
        assert status == "FETCHED"
        assert "sitemap.warning" not in metadata

    def test_what_the_fetcher_cut_off_is_said(self) -> None:
        bolt = run(urlset(entry("/1")), {"http.trimmed": ["true"]})
        assert bolt.emitted("status")[-1][1]["sitemap.warning"] == ["cut off by the fetcher (http.trimmed)"]

    def test_a_warning_does_not_outlive_its_cause(self) -> None:
        bolt = run(urlset(entry("/1")), {"sitemap.warning": ["old"]})
        assert "sitemap.warning" not in bolt.emitted("status")[-1][1]


def test_parse_filters_see_the_sitemap(tmp_path: Any) -> None:
    file = tmp_path / "filters.json"
    file.write_text(
        '{"spindrift.ParseFilters": [{"class": "DomainParseFilter", "name": "x", "params": {"key": "domain"}}]}'
    )
    bolt = run(urlset(""), conf={"parsefilters.config.file": str(file)})
    assert bolt.emitted("status")[-1][1]["domain"] == ["a.example"]


class WordCount:
    """A user's parse filter that writes a number by itself, and one that sets other metadata altogether."""

    def filter(self, page: Any) -> None:
        page.metadata = {**page.metadata, "words": len(page.text.split()), "kind": "text"}


def test_what_a_parse_filter_writes_by_itself_is_one_value(tmp_path: Any) -> None:
    file = tmp_path / "filters.json"
    file.write_text(f'{{"x.ParseFilters": [{{"class": "{__name__}.WordCount"}}]}}')
    bolt = run(urlset(entry("/1")), FORCED, {"parsefilters.config.file": str(file), "metadata.transfer": ["words"]})
    assert discovered(bolt)["http://a.example/1"]["words"] == ["0"]
    assert bolt.emitted("status")[-1] == (URL, FORCED | {"words": ["0"], "kind": ["text"]}, "FETCHED")
