"""MetadataFilter and SitemapFilter: what the page says of its links."""

from pathlib import Path
from typing import Any

import pytest

from tests.filters.url.loaded import loaded, mistakes

URL = "http://a.org/x"


@pytest.mark.parametrize(
    ("metadata", "passes"),
    [
        ({}, True),
        ({"lang": ["de"]}, False),
        ({"lang": ["en", "DE"]}, False),
        ({"lang": ["en"]}, True),
        ({"section": ["b"]}, False),
        ({"section": []}, True),
        ({"archived": ["TRUE"]}, False),
        ({"level": ["3"]}, False),
    ],
)
def test_links_of_pages_with_one_of_the_values_are_refused(
    tmp_path: Path, metadata: dict[str, list[str]], passes: bool
) -> None:
    params = {"lang": "de", "section": ["a", "B"], "archived": True, "level": 3}
    found = loaded(tmp_path, "MetadataFilter", params)
    assert found.filter("http://s.org/", metadata, URL) == (URL if passes else None)


def test_values_that_are_none_are_told(tmp_path: Path) -> None:
    found = mistakes(tmp_path, "MetadataFilter", {"a": None, "b": [], "c": {"d": 1}, "e": "f"})
    assert [problem.partition(":")[0] for problem in found] == ["/a", "/b", "/c"]


SITE = {"foundSitemap": ["true"]}


@pytest.mark.parametrize(
    ("metadata", "conf", "passes"),
    [
        (SITE, {"sitemap__discovery": True}, False),
        (SITE, {}, False),
        (SITE, {"sitemap__discovery": False}, True),
        (SITE | {"sitemap.discovery": ["TRUE"]}, {}, False),
        (SITE | {"sitemap.discovery": ["false"]}, {"sitemap__discovery": True}, True),
        (SITE | {"sitemap.discovery": ["?"]}, {"sitemap__discovery": True}, False),
        (SITE | {"isSitemap": ["true"]}, {"sitemap__discovery": True}, True),
        (SITE | {"isSitemap": ["false"]}, {"sitemap__discovery": True}, False),
        (SITE | {"_redirTo": [URL]}, {"sitemap__discovery": True}, True),
        ({"foundSitemap": ["false"]}, {"sitemap__discovery": True}, True),
        ({}, {"sitemap__discovery": True}, True),
    ],
)
def test_of_a_site_with_sitemaps_only_what_they_list_is_crawled(
    tmp_path: Path, metadata: dict[str, list[str]], conf: dict[str, Any], passes: bool
) -> None:
    found = loaded(tmp_path, "SitemapFilter", {}, **conf)
    assert found.filter("http://a.org/", metadata, URL) == (URL if passes else None)
