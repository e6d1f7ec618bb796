"""--max-depth, --same-host and --same-domain are keys that put filters behind those of the file."""

import pytest

from spindrift.conf import Settings
from spindrift.filtering.chain import URLFilters

PAGE = "https://www.example.com/"


def filters(**conf: object) -> URLFilters:
    keys = {f"urlfilters.{name.replace('_', '.')}": value for name, value in conf.items()}
    return URLFilters.from_settings(Settings({"urlfilters.config.file": "", **keys}))


@pytest.mark.parametrize(("depth", "passes"), [("0", True), ("1", True), ("2", False)])
def test_links_stop_at_the_depth(depth: str, passes: bool) -> None:
    verdict = filters(max_depth=2).verdict(PAGE, {"depth": [depth]}, "https://www.example.com/a")
    assert (verdict.url is not None, verdict.by) == (passes, None if passes else "urlfilters.max.depth")


def test_depth_0_is_seeds_only() -> None:
    chain = filters(max_depth=0)
    assert chain.filter(None, {"depth": ["0"]}, PAGE) == PAGE
    assert chain.filter(PAGE, {"depth": ["0"]}, "https://www.example.com/a") is None


@pytest.mark.parametrize(
    ("same", "url", "passes"),
    [
        ("host", "https://www.example.com/a", True),
        ("host", "https://shop.example.com/", False),
        ("domain", "https://shop.example.com/", True),
        ("domain", "https://example.org/", False),
    ],
)
def test_links_stay_where_they_are(same: str, url: str, passes: bool) -> None:
    assert (filters(same=same).filter(PAGE, {}, url) == url) is passes


def test_without_the_keys_nothing_is_refused() -> None:
    assert filters().filter(PAGE, {"depth": ["99"]}, "https://example.org/") == "https://example.org/"
