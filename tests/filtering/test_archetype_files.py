"""The files of a project made by StormCrawler's archetypes load unchanged, its own rules beside them."""

import json
from pathlib import Path

import pytest

from spindrift.conf import Settings
from spindrift.filtering import URLFilters

# Both archetypes (core and search) have this list; the shape is theirs: full names, a name each, tabs.
PACKAGES = {
    "BasicURLFilter": "basic",
    "MaxDepthFilter": "depth",
    "BasicURLNormalizer": "basic",
    "HostURLFilter": "host",
    "RegexURLNormalizer": "regex",
    "RegexURLFilter": "regex",
    "SelfURLFilter": "basic",
    "SitemapFilter": "sitemap",
}
PARAMS = {
    "BasicURLFilter": {"maxPathRepetition": 3, "maxLength": 1024},
    "MaxDepthFilter": {"maxDepth": -1},
    "BasicURLNormalizer": {
        "removeAnchorPart": True,
        "unmangleQueryString": True,
        "checkValidURI": True,
        "removeHashes": True,
        "hostIDNtoASCII": True,
    },
    "HostURLFilter": {"ignoreOutsideHost": False, "ignoreOutsideDomain": True},
    "RegexURLNormalizer": {"regexNormalizerFile": "default-regex-normalizers.xml"},
    "RegexURLFilter": {"regexFilterFile": "default-regex-filters.txt"},
}
# What their rules are made of: nothing in use but comments; RE2 has all that the filters' patterns need.
NORMALIZERS = """<?xml version="1.0"?>
<!-- the rules are applied in this order -->
<regex-normalize>
<!--<regex>-->
  <!--<pattern>(?&lt;!:)/{2,}</pattern>-->
  <!--<substitution>/</substitution>-->
<!--</regex>-->
</regex-normalize>
"""
FILTERS = r"""# no files, no mails
-^(file|ftp|mailto):

-(?i)\.(gif|jpg|png|ico|css|zip|gz|exe|jpeg|js|mp3|mp4)(\?|&|$)

# addresses of this machine
-^https?://(?:localhost|127(?:\.(?:(?:25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?))){3}|\[::1\])(?::\d+)?(?:/|$)

+.
"""


@pytest.mark.parametrize("root", ["org.apache.stormcrawler", "com.digitalpebble.stormcrawler"])
def test_the_url_filters_of_an_archetype(root: str, tmp_path: Path) -> None:
    entries = [
        {"class": f"{root}.filtering.{package}.{name}", "name": name}
        | ({"params": PARAMS[name]} if name in PARAMS else {})
        for name, package in PACKAGES.items()
    ]
    resources = tmp_path / "resources"
    resources.mkdir()
    (resources / "urlfilters.json").write_text(json.dumps({f"{root}.filtering.URLFilters": entries}, indent="\t"))
    (resources / "default-regex-normalizers.xml").write_text(NORMALIZERS)
    (resources / "default-regex-filters.txt").write_text(FILTERS)
    conf = {"spindrift.project.dir": str(tmp_path), "sitemap.discovery": True}
    filters = URLFilters.from_settings(Settings(conf))
    assert filters.names == tuple(PACKAGES)
    page = "http://www.a.org/index.html"
    refused = {
        "http://www.a.org/x/y/x/y/x/": "BasicURLFilter",
        "http://www.a.org/\x00": None,
        "http://b.org/": "HostURLFilter",
        "http://www.a.org/x.GIF": "RegexURLFilter",
        page: "SelfURLFilter",
    }
    assert {url: filters.verdict(page, {}, url).by for url in refused} == refused
    assert (
        filters.filter(page, {}, "HTTP://sub.A.org/../x?s=0123456789abcdef0123456789abcdef#y") == "http://sub.a.org/x"
    )
    assert filters.verdict(page, {"foundSitemap": ["true"]}, "http://www.a.org/x").by == "SitemapFilter"
