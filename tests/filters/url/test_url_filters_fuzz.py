"""Whatever a page links to, no URL filter lets an exception out, or takes long."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from spindrift.filtering import load_filters
from spindrift.filtering.classes import short_names
from spindrift.metadata import Metadata

PARAMS: dict[str, Any] = {
    "BasicURLFilter": {"maxLength": 100},
    "BasicURLNormalizer": {"removeHashes": True, "hostIDNtoASCII": True, "queryElementsToRemove": ["sid"]},
    "FastURLFilter": {
        "rules": [
            {"scope": "host:a.org", "patterns": ["AllowPath ^/ok", r"DenyPathQuery \?"]},
            {"scope": "domain:org", "patterns": ["AllowPathQuery (a+)+$"]},
            {"scope": "metadata:k=v", "patterns": ["DenyPath ."]},
            {"scope": "GLOBAL", "patterns": [r"DenyPath (x+x+)+y", "DenyPathQuery (.*)(.*)(.*)z$"]},
        ]
    },
    "HostURLFilter": {"ignoreOutsideDomain": True},
    "MaxDepthFilter": {"maxDepth": 3},
    "MetadataFilter": {"k": ["v", "w"]},
    "RegexURLFilter": {"urlFilters": ["-(a+)+$", r"-(.*)(.*)(.*)\.gif", "+."]},
    "RegexURLNormalizer": {
        "urlNormalizers": [
            {"pattern": "(x.*y)|x", "substitution": "$1z"},
            {"pattern": "[?&]sid=[^&]*", "substitution": ""},
            {"pattern": "(a*)*b", "substitution": "$0$0"},
        ]
    },
    "RobotsFilter": {},
    "SeedScopeFilter": {},
    "SelfURLFilter": {},
    "SitemapFilter": {},
}
SCOPE = {"hosts": ["*.org", "xn--bcher-kva.example"], "metadata": {"k": ["v"]}}


@cache
def filters(folder: Path, scoped: bool = False) -> dict[str, Any]:
    more = {"scope": SCOPE} if scoped else {}
    entries = [{"class": name, "params": params} | more for name, params in PARAMS.items()]
    path = folder / f"filters-{scoped}.json"
    path.write_text(json.dumps({"any.URLFilters": entries}))
    return {each.name: each.instance for each in load_filters(path, "URLFilters")}


def test_all_filters_are_here() -> None:
    assert set(PARAMS) == set(short_names("URLFilters"))


PIECES = [
    "http://",
    "HTTPS:",
    "//",
    "/",
    "a.org",
    "bücher.example",
    "[::1]",
    ":80",
    ":99999",
    "?",
    "&",
    "=",
    "#",
    "%",
    "%2f",
]
PIECES += [
    "..",
    ".",
    "\\",
    "@",
    "\x00",
    "\ud800",
    "\U0001f600",
    " ",
    "\n",
    "sid=1",
    ";",
    "xn--",
    "x",
    "y",
    "ab",
    "127.1",
]
URLS = st.one_of(st.text(), st.lists(st.one_of(st.sampled_from(PIECES), st.characters()), max_size=30).map("".join))
METADATA = st.dictionaries(
    st.sampled_from(["k", "depth", "max.depth", "foundSitemap", "isSitemap", "sitemap.discovery", "_redirTo"]),
    st.lists(st.one_of(st.sampled_from(["true", "v", "1", "-1", "9" * 5000]), st.text()), max_size=3),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(source=st.one_of(st.none(), URLS), metadata=METADATA, url=URLS)
def test_any_url_is_answered(
    source: str | None, metadata: Metadata, url: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    before = {key: list(values) for key, values in metadata.items()}
    for scoped in (False, True):
        for instance in filters(tmp_path_factory.getbasetemp(), scoped).values():
            answer = instance.filter(source, metadata, url)
            assert answer is None or isinstance(answer, str)
    assert metadata == before, "a filter does not change the page's metadata"


MANY = 200_000
LONG = {
    "letters": "http://a.org/" + "a" * MANY + "!",
    "slashes": "http://a.org/" + "/" * MANY,
    "dots": "http://a.org/" + "../" * MANY,
    "dots of the host": "http://" + "a." * MANY + "org/",
    "labels of the host": "http://" + ".".join(["org"] * MANY) + "/",
    "percent": "http://a.org/" + "%" * MANY,
    "escapes": "http://a.org/" + "%61" * MANY,
    "queries": "http://a.org/?" + "sid=1&" * MANY,
    "path parameters": "http://a.org/" + ";sid=1" * MANY,
    "questions": "http://a.org/" + "?" * MANY,
    "matches": "http://a.org/" + "x" * MANY,
    "umlauts": "http://" + "ö" * MANY + ".org/" + "ö" * MANY,
    "users": "http://" + "a@" * MANY + "a.org/",
    "backslashes": "http:" + "\\" * MANY,
    "schemes": "http:" * MANY,
    "no URL": "x" * MANY,
}


@pytest.mark.timeout(30)
@pytest.mark.parametrize("name", PARAMS)
@pytest.mark.parametrize("kind", LONG)
def test_a_long_url_takes_linear_time(name: str, kind: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The limit of the test is what would fail: what grows with the square takes minutes for these."""
    url = LONG[kind]
    folder = tmp_path_factory.getbasetemp()
    for instance in (filters(folder)[name], filters(folder, True)[name]):
        answer = instance.filter(url, {"k": ["v"]}, url)
        assert answer is None or len(answer) <= 4 * len(url)
