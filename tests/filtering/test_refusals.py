"""By which rule a URL filter refuses a URL."""

import json
from pathlib import Path
from typing import Any

import pytest

from spindrift.conf import Settings
from spindrift.filtering import URLFilters
from spindrift.filtering.refusals import refusing_rule
from spindrift.metadata import Metadata
from spindrift.resource_files import ResourceFiles

PAGE = "http://www.a.example/page"


def filters(folder: Path, *entries: dict[str, Any]) -> URLFilters:
    (folder / "filters.json").write_text(json.dumps({"URLFilters": entries}))
    return URLFilters.load(folder / "filters.json", ResourceFiles([folder]), Settings({"sitemap.discovery": True}))


def entry(name: str, **params: Any) -> dict[str, Any]:
    return {"class": name, "params": params} if params else {"class": name}


FAST = [
    {"scope": "domain:b.example", "patterns": ["AllowPath ^/a", "DenyPath ^/p"]},
    {"scope": "metadata:kind=old", "patterns": ["DenyPathQuery [?]"]},
]


@pytest.mark.parametrize(
    ("given", "metadata", "url", "rule"),
    [
        (entry("RegexURLFilter", urlFilters=["# none", "-[?]", "+."]), {}, "http://b.example/?x", "urlFilters/1: -[?]"),
        (entry("RegexURLFilter", urlFilters=["+x"]), {}, "http://b.test/", "no rule fits it; +. as the last one would"),
        (entry("FastURLFilter", rules=FAST), {}, "http://w.b.example/p", "domain:b.example: DenyPath ^/p"),
        (entry("FastURLFilter", rules=FAST), {"kind": ["Old"]}, "http://c.example/?", "metadata:kind=old: DenyPathQ"),
        (entry("FastURLFilter", rules=FAST), {}, "nothing", "it is no URL with a path"),
        (entry("MetadataFilter", lang=["de", "fr"], x="y"), {"lang": ["en", "FR"]}, PAGE, "lang of its page is FR"),
        (
            entry("HostURLFilter", ignoreOutsideHost=True),
            {},
            "http://a.example/",
            "ignoreOutsideHost: a.example is not",
        ),
        (entry("HostURLFilter", ignoreOutsideDomain=True), {}, "http://b.org/", "ignoreOutsideDomain: b.org is not "),
        (entry("BasicURLFilter", maxLength=20), {}, PAGE, "maxLength: it has 25 characters, at most 20 are let pass"),
        (entry("BasicURLFilter"), {}, "http://b.example/x/y/x/y/x", 'maxPathRepetition: "x" stands 3 times in it, 3'),
        (entry("BasicURLNormalizer"), {}, "http://b.example/{x}", "checkValidURI: it has characters that no URI may"),
        (entry("BasicURLNormalizer"), {}, "mailto:a@b.example", "it is not an absolute http, https, ftp or file URL"),
        (entry("MaxDepthFilter", maxDepth=3), {"depth": ["3"]}, PAGE, "maxDepth: its page has depth 3, and 3 is the"),
        (entry("MaxDepthFilter"), {"max.depth": ["0"]}, PAGE, "max.depth of its seed: its page has depth 0, and 0 is"),
        (entry("SelfURLFilter"), {}, PAGE, "it is the page that the link stands on"),
        (entry("SitemapFilter"), {"foundSitemap": ["true"]}, PAGE, "the site of its page has sitemaps (foundSitemap)"),
        (entry("SeedScopeFilter"), {"scope": ["/a", "/b"]}, PAGE, "scope: /a, /b are not found in it"),
        (
            entry("RegexURLNormalizer", urlNormalizers=[{"pattern": ".*", "substitution": ""}]),
            {},
            PAGE,
            "its rules lea",
        ),
    ],
)
def test_each_filter_tells_its_rule(
    tmp_path: Path, given: dict[str, Any], metadata: Metadata, url: str, rule: str
) -> None:
    loaded = filters(tmp_path, given)
    assert loaded.verdict(PAGE, metadata, url).url is None
    assert refusing_rule(loaded, PAGE, metadata, url).startswith(rule)


def test_a_filter_with_a_scope_tells_it_too_and_sees_what_the_ones_before_made(tmp_path: Path) -> None:
    rule = entry("RegexURLFilter", urlFilters=["-/a[?]b=1$", "+."]) | {"scope": {"hosts": ["a.example"]}}
    loaded = filters(tmp_path, entry("BasicURLNormalizer"), rule)
    assert refusing_rule(loaded, None, {}, "http://u:p@A.example/x/../a") == ""
    assert refusing_rule(loaded, None, {}, "http://u:p@A.example/x/../a?b=1#c") == "urlFilters/0: -/a[?]b=1$"
    assert refusing_rule(loaded, None, {}, "http://b.example/a?b=1") == ""


def test_filters_that_keys_ask_for_tell_it(tmp_path: Path) -> None:
    loaded = URLFilters.from_settings(Settings({"urlfilters.config.file": "", "urlfilters.max.depth": 0}))
    assert refusing_rule(loaded, PAGE, {}, "http://b.example/").startswith("maxDepth: its page has depth 0")


class Silent:
    """A user's filter that says nothing of its reasons."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        return None


class Raises:
    """A user's filter with a mistake."""

    def filter(self, source_url: str | None, source_metadata: Metadata, url: str) -> str | None:
        raise KeyError("oops")


def test_filters_of_ones_own_need_not_tell_it_and_may_raise(tmp_path: Path) -> None:
    assert refusing_rule(filters(tmp_path, entry(f"{__name__}.Silent")), PAGE, {}, PAGE) == ""
    assert refusing_rule(filters(tmp_path, entry(f"{__name__}.Raises")), PAGE, {}, PAGE) == "it raised KeyError: 'oops'"
