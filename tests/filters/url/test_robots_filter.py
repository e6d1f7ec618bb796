"""RobotsFilter: links that robots.txt disallows need not be kept."""

from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.errors import ConfigurationError
from spindrift.fetching.outcomes import Page
from spindrift.filtering import URLFilters
from tests.fetching.engine_run import EngineRun
from tests.filters.url.loaded import loaded
from tests.protocol.loopback_server import LoopbackServer, Request, http

ALLOWED = {"fetch.private.allowed": ["true"]}


def site(request: Request) -> bytes:
    robots = b"User-agent: *\nDisallow: /private"
    return http(200, robots if request.path == "/robots.txt" else b"<p>", content_type="text/html")


def robots_filter(folder: Path, agent: str, **params: Any) -> Any:
    return loaded(folder, "RobotsFilter", params, http__agent__name=agent)


def test_what_the_fetcher_has_read_decides_and_nothing_is_asked(tmp_path: Path) -> None:
    found = robots_filter(tmp_path, "knowing")
    with LoopbackServer(site) as server, EngineRun(http__agent__name="knowing") as run:
        links = [server.url("/private/x"), server.url("/open")]
        assert [found.filter(None, ALLOWED, link) for link in links] == links
        assert server.paths() == []
        (outcome,) = run.fetch([server.url("/")])
        assert isinstance(outcome, Page)
        assert [found.filter(None, ALLOWED, link) for link in links] == [None, links[1]]
        assert server.paths() == ["/robots.txt", "/"]


def test_a_host_is_asked_where_that_is_wanted(tmp_path: Path) -> None:
    found = robots_filter(tmp_path, "asking", fromCacheOnly=False)
    with LoopbackServer(site) as server:
        links = [server.url("/private/x"), server.url("/open")]
        assert [found.filter(server.url("/"), ALLOWED, link) for link in links] == [None, links[1]]
        assert server.paths() == ["/robots.txt"]
        assert found.filter("http://public.example/", {}, "no URL") == "no URL"


@pytest.mark.parametrize("from_cache_only", [True, False])
def test_where_robots_txt_is_not_obeyed_nothing_is_refused_and_nothing_asked(
    tmp_path: Path, from_cache_only: bool
) -> None:
    conf = {"http__agent__name": "careless", "http__robots__file__skip": True}
    found = loaded(tmp_path, "RobotsFilter", {"fromCacheOnly": from_cache_only}, **conf)
    with LoopbackServer(site) as server:
        assert found.filter(None, ALLOWED, server.url("/private")) == server.url("/private")
        assert server.paths() == []


def test_hosts_are_only_asked_by_a_crawler_with_a_name(tmp_path: Path) -> None:
    loaded(tmp_path, "RobotsFilter")
    with pytest.raises(ConfigurationError, match=r"RobotsFilter: configuration key http\.agent\.name has no value"):
        loaded(tmp_path, "RobotsFilter", {"fromCacheOnly": False})


def test_it_is_made_from_the_settings_of_the_crawl(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text('{"URLFilters": [{"class": "RobotsFilter", "params": {"fromCacheOnly": false}}]}')
    conf = {"urlfilters.config.file": str(tmp_path / "f.json"), "http.agent.name": "named"}
    assert URLFilters.from_settings(Settings(conf)).names == ("RobotsFilter",)
